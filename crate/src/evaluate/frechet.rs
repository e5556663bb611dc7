//! The Frechet distance between two sets of features, each taken for a Gaussian.

use super::eigen::Matrix;

/// Mean and covariance of features.
#[derive(Clone, Debug)]
pub struct Gaussian {
    mean: Vec<f64>,
    covariance: Matrix,
}

impl Gaussian {
    /// Of features `[count, size]`; the covariance is the unbiased one.
    pub fn of(features: &[f32], size: usize) -> Self {
        let count = (features.len() / size) as f64;
        let mut mean = vec![0.0; size];
        for row in features.chunks_exact(size) {
            mean.iter_mut().zip(row).for_each(|(mean, &x)| *mean += x as f64);
        }
        mean.iter_mut().for_each(|mean| *mean /= count);
        let mut covariance = Matrix::zeros(size);
        for row in features.chunks_exact(size) {
            let centred: Vec<f64> = row.iter().zip(&mean).map(|(&x, mean)| x as f64 - mean).collect();
            for (out, a) in covariance.values.chunks_exact_mut(size).zip(&centred) {
                out.iter_mut().zip(&centred).for_each(|(out, b)| *out += a * b);
            }
        }
        let divisor = (count - 1.0).max(1.0);
        covariance.values.iter_mut().for_each(|value| *value /= divisor);
        Self { mean, covariance }
    }

    /// `|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))`, the squared 2-Wasserstein distance of two Gaussians (Dowson and
    /// Landau 1982; Heusel et al. 2017, "GANs Trained by a Two Time-Scale Update Rule", equation 6, on other features).
    ///
    /// The trace of the root is that of `(C1^(1/2) C2 C1^(1/2))^(1/2)`, which is symmetric.
    pub fn frechet_distance(&self, other: &Self) -> f64 {
        let between = self.mean.iter().zip(&other.mean).map(|(a, b)| (a - b).powi(2));
        let root = self.covariance.sqrt();
        let (values, _) = root.times(&other.covariance).times(&root).symmetric_eigen();
        let cross: f64 = values.iter().map(|value| value.max(0.0).sqrt()).sum();
        between.sum::<f64>() + self.covariance.trace() + other.covariance.trace() - 2.0 * cross
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaussian(mean: &[f64], covariance: &[f64]) -> Gaussian {
        Gaussian {
            mean: mean.to_vec(),
            covariance: Matrix {
                size: mean.len(),
                values: covariance.to_vec(),
            },
        }
    }

    #[test]
    fn mean_and_covariance_of_four_points() {
        let found = Gaussian::of(&[0.0, 0.0, 2.0, 0.0, 0.0, 4.0, 2.0, 4.0], 2);
        assert_eq!(found.mean, [1.0, 2.0]);
        assert_eq!(found.covariance.values, [4.0 / 3.0, 0.0, 0.0, 16.0 / 3.0]);
    }

    /// Where the covariances commute, the distance is that of the means plus that of the standard deviations.
    #[test]
    fn the_distance_of_gaussians_that_share_their_axes() {
        let a = gaussian(&[0.0, 1.0], &[4.0, 0.0, 0.0, 9.0]);
        let b = gaussian(&[3.0, 1.0], &[1.0, 0.0, 0.0, 25.0]);
        assert!((a.frechet_distance(&b) - (9.0 + 1.0 + 4.0)).abs() < 1e-12);
        assert!(a.frechet_distance(&a).abs() < 1e-12);
    }

    /// Of 2x2 matrices, the trace of the root is `sqrt(tr(M) + 2 sqrt(det(M)))`, `M = C1 C2`.
    #[test]
    fn the_distance_of_gaussians_that_do_not() {
        let a = gaussian(&[0.0, 0.0], &[2.0, 1.0, 1.0, 3.0]);
        let b = gaussian(&[1.0, -1.0], &[5.0, -2.0, -2.0, 1.0]);
        let product = a.covariance.times(&b.covariance);
        let determinant = product.at(0, 0) * product.at(1, 1) - product.at(0, 1) * product.at(1, 0);
        let expected = 2.0 + 5.0 + 6.0 - 2.0 * (product.trace() + 2.0 * determinant.sqrt()).sqrt();
        assert!((a.frechet_distance(&b) - expected).abs() < 1e-12);
        assert!((b.frechet_distance(&a) - expected).abs() < 1e-12);
    }
}
