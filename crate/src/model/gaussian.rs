//! The distribution that an encoder gives for each image's latents.

use burn::tensor::Tensor;

/// Where the log-variance is kept, so that its exponential stays a number.
const LOG_VARIANCE: (f32, f32) = (-30.0, 20.0);

/// Independent normal variates, all tensors `[batch, channels, height, width]` (Kingma and Welling, 2014).
#[derive(Clone, Debug)]
pub struct DiagonalGaussian {
    pub mean: Tensor<4>,
    /// Natural logarithm of the variance, in [-30, 20].
    pub log_variance: Tensor<4>,
}

impl DiagonalGaussian {
    /// From means and log-variances one after the other, `[batch, 2 channels, height, width]`.
    pub fn from_moments(moments: Tensor<4>) -> Self {
        let channels = moments.dims()[1] / 2;
        let (min, max) = LOG_VARIANCE;
        Self {
            mean: moments.clone().narrow(1, 0, channels),
            log_variance: moments.narrow(1, channels, channels).clamp(min, max),
        }
    }

    /// `mean + sqrt(variance) noise`: a draw, where `noise` is standard normal and of the mean's shape.
    pub fn sample(&self, noise: Tensor<4>) -> Tensor<4> {
        self.mean.clone() + (self.log_variance.clone() * 0.5).exp() * noise
    }

    /// Kullback-Leibler divergence from the standard normal distribution, in nats, `[batch]`:
    /// `1/2 sum (mean^2 + variance - 1 - ln variance)` (Kingma and Welling, 2014, appendix B).
    pub fn kl(&self) -> Tensor<1> {
        let [batch, channels, height, width] = self.mean.dims();
        let log_variance = self.log_variance.clone();
        let terms = self.mean.clone().square() + log_variance.clone().exp() - log_variance - 1.0;
        let sums = terms.reshape([batch, channels * height * width]).sum_dim(1);
        (sums * 0.5).reshape([batch])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    fn gaussian(moments: [[[[f32; 1]; 1]; 4]; 2]) -> DiagonalGaussian {
        DiagonalGaussian::from_moments(Tensor::from_data(moments, &Device::flex()))
    }

    #[test]
    fn the_divergence_is_the_integral() {
        let moments = [
            [[[0.0]], [[0.0]], [[0.0]], [[0.0]]],
            [[[1.5]], [[-0.5]], [[0.8]], [[-1.2]]],
        ];
        let found = gaussian(moments).kl().into_data().try_to_vec::<f32>().unwrap();
        // The integral of p ln(p / q) over a grid, one dimension after the other.
        let divergence = |mean: f64, log_variance: f64| -> f64 {
            let variance = log_variance.exp();
            (-4000..4000)
                .map(|i| {
                    let x = i as f64 * 5e-3;
                    let ln_p =
                        -0.5 * ((x - mean).powi(2) / variance + (std::f64::consts::TAU * variance).ln());
                    let ln_q = -0.5 * (x * x + std::f64::consts::TAU.ln());
                    ln_p.exp() * (ln_p - ln_q) * 5e-3
                })
                .sum()
        };
        let expected = divergence(1.5, 0.8) + divergence(-0.5, -1.2);
        assert!(found[0].abs() < 1e-6);
        assert!((found[1] as f64 - expected).abs() < 1e-4, "{found:?}, {expected}");
    }

    #[test]
    fn the_log_variance_is_kept_where_its_exponential_is_a_number() {
        let moments = [[[[0.0]], [[0.0]], [[1e9]], [[-1e9]]]; 2];
        let gaussian = gaussian(moments);
        let kept = gaussian
            .log_variance
            .clone()
            .into_data()
            .try_to_vec::<f32>()
            .unwrap();
        assert_eq!(kept, [20.0, -30.0, 20.0, -30.0]);
        let kl = gaussian.kl().into_data().try_to_vec::<f32>().unwrap();
        assert!(kl.iter().all(|value| value.is_finite()), "{kl:?}");
    }

    #[test]
    fn draws_have_the_mean_and_the_deviation() {
        let gaussian = gaussian([[[[1.0]], [[2.0]], [[0.0]], [[4f32.ln()]]]; 2]);
        let noise = Tensor::from_data([[[[1.0]], [[-1.0]]], [[[0.0]], [[0.5]]]], &Device::flex());
        let draws = gaussian.sample(noise).into_data().try_to_vec::<f32>().unwrap();
        for (draw, expected) in draws.iter().zip([2.0, 0.0, 1.0, 3.0]) {
            assert!((draw - expected).abs() < 1e-6, "{draws:?}");
        }
    }
}
