//! Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations: for the covariance of a hundred features
//! that is exact and quick enough, and needs no linear algebra package.

/// A square matrix, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    pub size: usize,
    pub values: Vec<f64>,
}

/// Sweeps over all pairs; a symmetric matrix takes some ten.
const MAX_SWEEPS: usize = 60;

impl Matrix {
    pub fn zeros(size: usize) -> Self {
        Self {
            size,
            values: vec![0.0; size * size],
        }
    }

    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.size + column]
    }

    fn set(&mut self, row: usize, column: usize, value: f64) {
        self.values[row * self.size + column] = value;
    }

    pub fn trace(&self) -> f64 {
        (0..self.size).map(|i| self.at(i, i)).sum()
    }

    pub fn times(&self, other: &Self) -> Self {
        let size = self.size;
        let mut product = Self::zeros(size);
        for (out, row) in product
            .values
            .chunks_exact_mut(size)
            .zip(self.values.chunks_exact(size))
        {
            for (&a, other) in row.iter().zip(other.values.chunks_exact(size)) {
                out.iter_mut().zip(other).for_each(|(out, b)| *out += a * b);
            }
        }
        product
    }

    /// The symmetric square root of a positive semi-definite matrix; eigenvalues that rounding made negative count as 0.
    pub fn sqrt(&self) -> Self {
        let (values, vectors) = self.symmetric_eigen();
        let mut root = Self::zeros(self.size);
        for (value, vector) in values.iter().zip(vectors.values.chunks_exact(self.size)) {
            let scale = value.max(0.0).sqrt();
            for (out, a) in root.values.chunks_exact_mut(self.size).zip(vector) {
                out.iter_mut()
                    .zip(vector)
                    .for_each(|(out, b)| *out += scale * a * b);
            }
        }
        root
    }

    /// Eigenvalues, and their eigenvectors as the rows of an orthogonal matrix (Golub and Van Loan, "Matrix
    /// Computations", section 8.5: the cyclic Jacobi method).
    pub fn symmetric_eigen(&self) -> (Vec<f64>, Self) {
        let size = self.size;
        let mut a = self.clone();
        let mut vectors = Self::zeros(size);
        (0..size).for_each(|i| vectors.set(i, i, 1.0));
        let total: f64 = a.values.iter().map(|value| value * value).sum();
        for _ in 0..MAX_SWEEPS {
            let diagonal: f64 = (0..size).map(|i| a.at(i, i).powi(2)).sum();
            let all: f64 = a.values.iter().map(|value| value * value).sum();
            if all - diagonal <= 1e-26 * total && a.largest_off_diagonal() <= 1e-14 * total.sqrt() {
                break;
            }
            for p in 0..size {
                for q in p + 1..size {
                    a.rotate(&mut vectors, p, q);
                }
            }
        }
        ((0..size).map(|i| a.at(i, i)).collect(), vectors)
    }

    fn largest_off_diagonal(&self) -> f64 {
        let size = self.size;
        (0..size)
            .flat_map(|row| (0..row).map(move |column| (row, column)))
            .fold(0.0, |largest, (row, column)| {
                self.at(row, column).abs().max(largest)
            })
    }

    /// The rotation in the plane of `p` and `q` that makes their common element 0.
    fn rotate(&mut self, vectors: &mut Self, p: usize, q: usize) {
        let common = self.at(p, q);
        if common == 0.0 {
            return;
        }
        let theta = (self.at(q, q) - self.at(p, p)) / (2.0 * common);
        let tan = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
        let cos = (tan * tan + 1.0).sqrt().recip();
        let sin = tan * cos;
        for k in 0..self.size {
            let (kp, kq) = (self.at(k, p), self.at(k, q));
            self.set(k, p, cos * kp - sin * kq);
            self.set(k, q, sin * kp + cos * kq);
        }
        for matrix in [self, vectors] {
            for k in 0..matrix.size {
                let (pk, qk) = (matrix.at(p, k), matrix.at(q, k));
                matrix.set(p, k, cos * pk - sin * qk);
                matrix.set(q, k, sin * pk + cos * qk);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Rng, Stream};

    /// `B B^T` of a random `B`: symmetric and positive semi-definite.
    fn random(size: usize) -> Matrix {
        let mut rng = Rng::new(1, Stream::Data, size as u32);
        let values: Vec<f64> = rng.normals(size * size).iter().map(|&x| x as f64).collect();
        let b = Matrix { size, values };
        let mut transposed = Matrix::zeros(size);
        for (i, j) in (0..size).flat_map(|i| (0..size).map(move |j| (i, j))) {
            transposed.set(i, j, b.at(j, i));
        }
        b.times(&transposed)
    }

    #[test]
    fn eigenvalues_of_a_matrix_known_in_closed_form() {
        let matrix = Matrix {
            size: 2,
            values: vec![2.0, 1.0, 1.0, 2.0],
        };
        let (mut values, _) = matrix.symmetric_eigen();
        values.sort_by(f64::total_cmp);
        assert!((values[0] - 1.0).abs() < 1e-14 && (values[1] - 3.0).abs() < 1e-14);
    }

    #[test]
    fn the_square_root_squared_is_the_matrix() {
        for size in [1, 3, 40] {
            let matrix = random(size);
            let root = matrix.sqrt();
            let square = root.times(&root);
            for (found, expected) in square.values.iter().zip(&matrix.values) {
                assert!((found - expected).abs() < 1e-9, "{found} {expected}");
            }
        }
    }
}
