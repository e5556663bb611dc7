//! Distances between all pairs of two sets of points, in blocks: nearest neighbours, and precision and recall.

use burn::tensor::{Device, Tensor, TensorData};

use crate::runtime::{ReadError, read};

/// Points whose distances to [`COLUMNS`] others are computed at once: 20 MB of them.
const ROWS: usize = 500;
const COLUMNS: usize = 10_000;

/// Points on a device.
#[derive(Debug)]
pub struct Cloud {
    /// `[points, size]` each, together all of them.
    blocks: Vec<Tensor<2>>,
    count: usize,
    device: Device,
}

impl Cloud {
    /// Of `values`, `[count, size]`.
    pub fn new(values: &[f32], size: usize, device: &Device) -> Self {
        let block = |rows: &[f32]| {
            let data = TensorData::new(rows.to_vec(), [rows.len() / size, size]);
            Tensor::from_data(data, device)
        };
        Self {
            blocks: values.chunks(COLUMNS * size).map(block).collect(),
            count: values.len() / size,
            device: device.clone(),
        }
    }

    /// The number of points.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Points by tens of rows, in order.
    fn rows(&self) -> impl Iterator<Item = Tensor<2>> + '_ {
        self.blocks
            .iter()
            .flat_map(|block| block.clone().split(ROWS, 0).into_iter())
    }

    /// The squared distance of each point to the nearest of `others`.
    pub async fn nearest(&self, others: &Self) -> Result<Vec<f32>, ReadError> {
        let none = vec![0.0; others.count];
        self.least_excess(others, &none).await
    }

    /// The least of squared distance minus `squared_radii` over all `others`, for each point.
    async fn least_excess(&self, others: &Self, squared_radii: &[f32]) -> Result<Vec<f32>, ReadError> {
        let mut found = Vec::with_capacity(self.count);
        for rows in self.rows() {
            let mut least: Option<Tensor<2>> = None;
            for (columns, radii) in others.blocks.iter().zip(squared_radii.chunks(COLUMNS)) {
                let radii = TensorData::new(radii.to_vec(), [1, radii.len()]);
                let radii = Tensor::<2>::from_data(radii, &self.device);
                let excess = (squared_distances(rows.clone(), columns.clone()) - radii).min_dim(1);
                least = Some(match least {
                    Some(least) => least.min_pair(excess),
                    None => excess,
                });
            }
            if let Some(least) = least {
                found.extend(read(least).await?);
            }
        }
        Ok(found)
    }

    /// The squared distance of each point to the `k`-th nearest other point of the same set, from 1.
    pub async fn squared_radii(&self, k: usize) -> Result<Vec<f32>, ReadError> {
        let mut radii = Vec::with_capacity(self.count);
        for rows in self.rows() {
            let [count, _] = rows.dims();
            let mut nearest = vec![Vec::new(); count];
            for (block, columns) in self.blocks.iter().enumerate() {
                let mut distances = read(squared_distances(rows.clone(), columns.clone())).await?;
                let width = columns.dims()[0];
                for (row, (distances, nearest)) in
                    distances.chunks_exact_mut(width).zip(&mut nearest).enumerate()
                {
                    // Not itself.
                    if let Some(own) = (radii.len() + row).checked_sub(block * COLUMNS) {
                        distances
                            .get_mut(own)
                            .into_iter()
                            .for_each(|d| *d = f32::INFINITY);
                    }
                    let least = k.min(width);
                    distances.select_nth_unstable_by(least - 1, f32::total_cmp);
                    nearest.extend_from_slice(&distances[..least]);
                }
            }
            for mut nearest in nearest {
                nearest.sort_by(f32::total_cmp);
                radii.push(nearest[(k - 1).min(nearest.len() - 1)]);
            }
        }
        Ok(radii)
    }

    /// The share of these points that lie in the manifold of `others`: within a ball around one of them, of its radius
    /// in `squared_radii`.
    ///
    /// With the radii of the [`squared_radii`](Self::squared_radii) of 3, samples in the manifold of real images are the
    /// precision, and real images in the manifold of samples the recall (Kynkaanniemi et al. 2019, "Improved Precision
    /// and Recall Metric for Assessing Generative Models", equation 1).
    pub async fn share_within(&self, others: &Self, squared_radii: &[f32]) -> Result<f64, ReadError> {
        let excess = self.least_excess(others, squared_radii).await?;
        let within = excess.iter().filter(|&&excess| excess <= 0.0).count();
        Ok(within as f64 / self.count.max(1) as f64)
    }
}

/// A search for the nearest of many points, which are shown block by block: they need never be on the device together.
#[derive(Debug)]
pub struct NearestSearch {
    queries: Tensor<2>, // [queries, size]
    nearest: Vec<Neighbour>,
    seen: usize,
}

/// A point that was shown, by its place in the order of showing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    pub index: usize,
    pub distance: f64,
}

impl NearestSearch {
    /// For each of `queries`, `[count, size]`.
    pub fn new(queries: &[f32], size: usize, device: &Device) -> Self {
        let count = queries.len() / size;
        let none = Neighbour {
            index: 0,
            distance: f64::INFINITY,
        };
        Self {
            queries: Tensor::from_data(TensorData::new(queries.to_vec(), [count, size]), device),
            nearest: vec![none; count],
            seen: 0,
        }
    }

    /// Looks through the next points, `[count, size]`.
    pub async fn show(&mut self, points: &[f32]) -> Result<(), ReadError> {
        let [queries, size] = self.queries.dims();
        let count = points.len() / size;
        if count == 0 {
            return Ok(());
        }
        let points = TensorData::new(points.to_vec(), [count, size]);
        let points = Tensor::<2>::from_data(points, &self.queries.device());
        let (least, index) = squared_distances(self.queries.clone(), points).min_dim_with_indices(1);
        // One read-back for the two: as f32 the indices of a block are exact.
        let both = read(Tensor::cat(vec![least, index.float()], 0)).await?;
        let (least, indices) = both.split_at(queries);
        for (nearest, (&square, &index)) in self.nearest.iter_mut().zip(least.iter().zip(indices)) {
            let distance = f64::from(square).sqrt();
            if distance < nearest.distance {
                *nearest = Neighbour {
                    index: self.seen + index as usize,
                    distance,
                };
            }
        }
        self.seen += count;
        Ok(())
    }

    /// How many points have been shown.
    pub fn seen(&self) -> usize {
        self.seen
    }

    /// The nearest so far, of each query.
    pub fn nearest(&self) -> &[Neighbour] {
        &self.nearest
    }
}

/// `|a|^2 - 2 a b + |b|^2` for all pairs of rows, `[a, size]`, `[b, size]` -> `[a, b]`, not below 0.
fn squared_distances(a: Tensor<2>, b: Tensor<2>) -> Tensor<2> {
    let norms_a = a.clone().square().sum_dim(1);
    let norms_b = b.clone().square().sum_dim(1).transpose();
    let products = a.matmul(b.transpose());
    (norms_a + norms_b - products * 2.0).clamp_min(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Rng, Stream};

    fn cloud(values: &[f32], size: usize) -> Cloud {
        Cloud::new(values, size, &Device::flex())
    }

    fn wait<T>(future: impl Future<Output = Result<T, ReadError>>) -> T {
        pollster::block_on(future).unwrap()
    }

    #[test]
    fn distances_on_a_line() {
        let points = cloud(&[0.0, 1.0, 3.0, 7.0], 1);
        assert_eq!(wait(points.squared_radii(1)), [1.0, 1.0, 4.0, 16.0]);
        assert_eq!(wait(points.squared_radii(2)), [9.0, 4.0, 9.0, 36.0]);
        assert_eq!(wait(cloud(&[0.4, 9.0], 1).nearest(&points)).len(), 2);
        assert_eq!(wait(cloud(&[2.0, 9.0], 1).nearest(&points)), [1.0, 4.0]);
    }

    /// Two sets of which one covers half of the other: its samples are all precise, and half of the real points are
    /// recalled.
    #[test]
    fn precision_and_recall_of_half_a_line() {
        let real: Vec<f32> = (0..20).map(|i| i as f32).collect();
        let samples: Vec<f32> = (0..10).map(|i| i as f32 + 0.1).collect();
        let (real, samples) = (cloud(&real, 1), cloud(&samples, 1));
        let (real_radii, sample_radii) = (wait(real.squared_radii(1)), wait(samples.squared_radii(1)));
        assert_eq!(wait(samples.share_within(&real, &real_radii)), 1.0);
        // 0 to 10 are within 1 of a sample.
        assert_eq!(wait(real.share_within(&samples, &sample_radii)), 11.0 / 20.0);
        let far = cloud(&[100.0, 200.0], 1);
        assert_eq!(wait(far.share_within(&real, &real_radii)), 0.0);
    }

    #[test]
    fn a_search_finds_what_the_definition_gives_however_the_points_are_cut() {
        let size = 7;
        let values = Rng::new(1, Stream::Data, 0).normals(size * 60);
        let (queries, points) = values.split_at(size * 9);
        let expected: Vec<(usize, f64)> = queries
            .chunks_exact(size)
            .map(|query| {
                let distance = |point: &[f32]| {
                    let square: f32 = point.iter().zip(query).map(|(a, b)| (a - b).powi(2)).sum();
                    f64::from(square).sqrt()
                };
                let all = points.chunks_exact(size).map(distance).enumerate();
                all.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
            })
            .collect();
        for at_once in [1, 20, 51, 100] {
            let mut search = NearestSearch::new(queries, size, &Device::flex());
            for block in points.chunks(at_once * size) {
                wait(search.show(block));
            }
            assert_eq!(search.seen(), 51);
            for (found, expected) in search.nearest().iter().zip(&expected) {
                assert_eq!(found.index, expected.0, "{at_once}");
                assert!((found.distance - expected.1).abs() < 1e-3, "{at_once}: {found:?}");
            }
        }
    }

    /// More points than one block holds give what the definition gives.
    #[test]
    fn blocks_make_no_difference() {
        let values = Rng::new(0, Stream::Data, 0).normals(2 * (COLUMNS + 7));
        let all = cloud(&values, 2);
        let few = ROWS + 3;
        let radii = wait(all.squared_radii(3));
        assert_eq!(radii.len(), all.count());
        for index in [0, few, COLUMNS - 1, COLUMNS, COLUMNS + 6] {
            let own = &values[2 * index..][..2];
            let mut distances: Vec<f32> = values
                .chunks_exact(2)
                .map(|p| (p[0] - own[0]).powi(2) + (p[1] - own[1]).powi(2))
                .collect();
            distances.sort_by(f32::total_cmp);
            assert!((radii[index] - distances[3]).abs() < 1e-5, "{index}");
        }
        let first = cloud(&values[..2 * few], 2);
        assert!(wait(first.nearest(&all)).iter().all(|&d| d < 1e-5));
    }
}
