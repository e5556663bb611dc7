//! The loss by how noisy the examples were.

/// Timesteps are divided into so many bands of equal width.
pub const BANDS: usize = 5;

/// The mean loss of the examples in each band of `num_train_timesteps`, the least noisy first; none where a batch had no
/// example. `t` and `losses` `[batch]` belong together.
pub fn mean_by_band(t: &[usize], losses: &[f32], num_train_timesteps: usize) -> Vec<Option<f32>> {
    let mut sums = [(0.0, 0u32); BANDS];
    for (&t, &loss) in t.iter().zip(losses) {
        let (sum, count) = &mut sums[band_of(t, num_train_timesteps)];
        *sum += f64::from(loss);
        *count += 1;
    }
    let mean = |(sum, count): (f64, u32)| (count > 0).then(|| (sum / f64::from(count)) as f32);
    sums.map(mean).to_vec()
}

fn band_of(t: usize, num_train_timesteps: usize) -> usize {
    (t * BANDS / num_train_timesteps.max(1)).min(BANDS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_example_counts_in_its_band() {
        let t = [0, 199, 200, 599, 999];
        let bands = mean_by_band(&t, &[1.0, 3.0, 5.0, 7.0, 9.0], 1000);
        assert_eq!(bands, [Some(2.0), Some(5.0), Some(7.0), None, Some(9.0)]);
        // Fewer timesteps than bands, and as many.
        assert_eq!(mean_by_band(&[0], &[1.0], 1), [Some(1.0), None, None, None, None]);
        assert_eq!(mean_by_band(&[4], &[1.0], 5), [None, None, None, None, Some(1.0)]);
    }
}
