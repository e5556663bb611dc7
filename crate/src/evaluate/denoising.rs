//! How well a network takes noise away, measured alike whatever it predicts and whichever schedule it learned with.
//!
//! The losses of two predictions, or of two schedules, do not compare: each weighs the noise levels in its own way. So
//! every network is asked about the same images with the same noise at the same noise ratios r = sigma / alpha. There
//! `x_t = alpha x_0 + sigma eps` holds for the estimates too, so that the error of x0_hat is r times that of eps_hat; and
//! because the ratios lie evenly around 1, the geometric mean over them is the same for both.

use burn::tensor::{Int, Tensor};

use crate::bound::l_simple;
use crate::denoiser::{Denoiser, split_variance};
use crate::prediction::Prediction;
use crate::process::mix;
use crate::schedule::{Level, Schedule};

/// What is asked at: a factor of 10^(1/4) from one to the next. All schedules of 1000 timesteps reach this far.
pub const NOISE_RATIOS: [f64; 9] = [
    0.1,
    0.177_827_941_003_892_3,
    0.316_227_766_016_837_94,
    0.562_341_325_190_349,
    1.0,
    1.778_279_410_038_922_8,
    3.162_277_660_168_379_5,
    5.623_413_251_903_491,
    10.0,
];

/// The mean squared error of eps_hat at one noise ratio, `[1]`, over images `x_0` with the noise `eps`.
pub fn noise_error(
    network: &impl Denoiser,
    schedule: &Schedule,
    prediction: Prediction,
    (x_0, eps): (Tensor<4>, Tensor<4>),
    labels: Option<Tensor<1, Int>>,
    noise_ratio: f64,
) -> Tensor<1> {
    let (told, level) = told_and_mixed(noise_ratio, schedule, prediction);
    let [count, channels, ..] = x_0.dims();
    let times = Tensor::full([count], told, &x_0.device());
    let x_t = mix(x_0, eps.clone(), &[level]);
    let (output, _) = split_variance(network.denoise(x_t.clone(), times, labels), channels);
    let eps_hat = prediction.estimates(x_t, output, &[level]).eps_hat;
    l_simple(eps_hat, eps).mean()
}

/// The geometric mean of the errors at [`NOISE_RATIOS`].
pub fn geometric_mean(errors: &[f32]) -> f64 {
    let logarithms = errors.iter().map(|&error| f64::from(error).ln());
    (logarithms.sum::<f64>() / errors.len() as f64).exp()
}

/// The time that the network is told, between two timesteps perhaps, and the level on its own path with this ratio.
fn told_and_mixed(noise_ratio: f64, schedule: &Schedule, prediction: Prediction) -> (f64, Level) {
    match prediction {
        Prediction::Flow => {
            let time = noise_ratio / (1.0 + noise_ratio);
            (time * schedule.len() as f64, Level::flow(time))
        }
        _ => (
            schedule.timestep_of(noise_ratio),
            Level::from_noise_ratio(noise_ratio),
        ),
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::prediction::Estimates;
    use crate::rng::{Rng, Stream};
    use crate::schedule::{ScheduleConfig, ScheduleKind};

    const SHAPE: [usize; 4] = [3, 1, 4, 4];

    fn normal(index: u32) -> Tensor<4> {
        Rng::new(1, Stream::Data, index).normal_tensor(SHAPE, &Device::flex())
    }

    /// Knows the image but for a fixed error of variance 0.01, and answers in the terms of its prediction.
    struct NearlyRight<'a> {
        schedule: &'a Schedule,
        prediction: Prediction,
    }

    impl Denoiser for NearlyRight<'_> {
        fn denoise(&self, x_t: Tensor<4>, t: Tensor<1>, _: Option<Tensor<1, Int>>) -> Tensor<4> {
            let t = f64::from(t.into_data().try_to_vec::<f32>().unwrap()[0]);
            let level = match self.prediction {
                Prediction::Flow => Level::flow(t / self.schedule.len() as f64),
                // As exact as a time in f32.
                _ => {
                    let below = t.floor();
                    let ratio = |t: f64| self.schedule.noise_ratio(t as usize).ln();
                    let weight = t - below;
                    let above = (below + 1.0).min(self.schedule.len() as f64 - 1.0);
                    Level::from_noise_ratio(((1.0 - weight) * ratio(below) + weight * ratio(above)).exp())
                }
            };
            let x0_hat = normal(0) + normal(2) * 0.1;
            let eps_hat = (x_t - x0_hat.clone() * level.alpha) / level.sigma;
            self.prediction.output(Estimates { x0_hat, eps_hat }, &[level])
        }
    }

    fn errors(kind: ScheduleKind, prediction: Prediction) -> Vec<f32> {
        let schedule = Schedule::new(&ScheduleConfig {
            kind,
            ..ScheduleConfig::default()
        })
        .unwrap();
        let network = NearlyRight {
            schedule: &schedule,
            prediction,
        };
        let error = |ratio| {
            let data = (normal(0), normal(1));
            noise_error(&network, &schedule, prediction, data, None, ratio).into_scalar::<f32>()
        };
        NOISE_RATIOS.map(error).to_vec()
    }

    #[test]
    fn the_measure_does_not_depend_on_prediction_or_schedule() {
        let wrong = (normal(2) * 0.1).square().mean().into_scalar::<f32>();
        for kind in [ScheduleKind::Linear, ScheduleKind::Cosine, ScheduleKind::Sigmoid] {
            for prediction in [
                Prediction::Epsilon,
                Prediction::Sample,
                Prediction::V,
                Prediction::Flow,
            ] {
                let errors = errors(kind, prediction);
                for (error, ratio) in errors.iter().zip(NOISE_RATIOS) {
                    // The error of x0_hat is r times that of eps_hat, and both are squared.
                    let x_0 = error * (ratio * ratio) as f32;
                    assert!(
                        (x_0 / wrong - 1.0).abs() < 0.01,
                        "{kind:?}, {prediction:?}, {ratio}: {x_0}"
                    );
                }
                let mean = geometric_mean(&errors);
                assert!(
                    (mean / f64::from(wrong) - 1.0).abs() < 0.01,
                    "{kind:?}, {prediction:?}"
                );
            }
        }
    }

    #[test]
    fn the_ratios_lie_evenly_around_one() {
        let product: f64 = NOISE_RATIOS.iter().product();
        assert!((product - 1.0).abs() < 1e-12);
        let step = 10f64.powf(0.25);
        assert!(
            NOISE_RATIOS
                .windows(2)
                .all(|pair| (pair[1] / pair[0] / step - 1.0).abs() < 1e-12)
        );
    }

    #[test]
    fn every_schedule_reaches_the_ratios() {
        for kind in [
            ScheduleKind::Linear,
            ScheduleKind::ScaledLinear,
            ScheduleKind::Cosine,
            ScheduleKind::Sigmoid,
        ] {
            let (beta_start, beta_end) = match kind {
                ScheduleKind::ScaledLinear => (0.000_85, 0.012),
                _ => (0.0001, 0.02),
            };
            let schedule = Schedule::new(&ScheduleConfig {
                kind,
                beta_start,
                beta_end,
                ..ScheduleConfig::default()
            })
            .unwrap();
            assert!(schedule.noise_ratio(0) < NOISE_RATIOS[0], "{kind:?}");
            assert!(
                schedule.noise_ratio(schedule.len() - 1) > NOISE_RATIOS[8],
                "{kind:?}"
            );
        }
    }
}
