//! What a training step of a diffusion model minimises: L_simple, the error of the predicted noise (Ho et al., 2020,
//! equation 14), or the same error of another quantity that the network predicts; L_hybrid where it learns the variance of
//! its steps too (Nichol and Dhariwal, 2021, equation 16).

use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::bound::{Bound, l_simple};
use crate::data::{DataSet, batches::label_tensor};
use crate::denoiser::Denoiser;
use crate::model::preset::NULL_CLASS;
use crate::prediction::{Estimates, Prediction};
use crate::process::mix;
use crate::rng::{Rng, Stream};
use crate::sampler::ddpm::Variance;
use crate::schedule::{Level, Schedule};

/// lambda, the weight of L_vlb in L_hybrid (Nichol and Dhariwal, 2021, section 3.1).
const BOUND_WEIGHT: f64 = 0.001;

/// What one training step looks at: examples, their labels, a timestep and noise for each.
#[derive(Clone, Debug)]
pub struct Batch {
    pub x_0: Tensor<4>,         // [batch, channels, height, width]
    pub labels: Tensor<1, Int>, // [batch], the null class where there is none or it was dropped
    pub t: Vec<usize>,          // [batch], each in 0..T
    pub eps: Tensor<4>,         // as x_0
}

impl Batch {
    /// The batch of training step `step`, a function of its arguments alone.
    pub fn draw(
        data: &dyn DataSet,
        indices: &[usize],
        label_dropout: f64,
        num_train_timesteps: usize,
        seed: u64,
        step: u32,
        device: &Device,
    ) -> Self {
        let x_0 = data.x_0(indices, device);
        let mut dropout = Rng::new(seed, Stream::LabelDropout, step);
        let mut label = |&i: &usize| {
            if (dropout.uniform() as f64) < label_dropout {
                NULL_CLASS
            } else {
                data.label(i).unwrap_or(NULL_CLASS)
            }
        };
        let labels: Vec<u8> = indices.iter().map(&mut label).collect();
        let mut timesteps = Rng::new(seed, Stream::Timesteps, step);
        Self {
            labels: label_tensor(&labels, device),
            t: indices
                .iter()
                .map(|_| timesteps.below(num_train_timesteps as u32) as usize)
                .collect(),
            eps: Rng::new(seed, Stream::Noise, step).normal_tensor(x_0.dims(), device),
            x_0,
        }
    }

    /// What the network is asked, and what it should answer.
    pub fn question(&self, schedule: &Schedule, prediction: Prediction) -> Question {
        let level = |&t: &usize| told_and_mixed(t, schedule, prediction);
        let (told, levels): (Vec<usize>, Vec<Level>) = self.t.iter().map(level).unzip();
        let estimates = Estimates {
            x0_hat: self.x_0.clone(),
            eps_hat: self.eps.clone(),
        };
        Question {
            x_t: mix(self.x_0.clone(), self.eps.clone(), &levels),
            times: timestep_tensor(&told, &self.x_0.device()),
            labels: self.labels.clone(),
            target: prediction.output(estimates, &levels),
        }
    }

    /// Mean of `|target - output|^2` over the pixels of each example, `[batch]`, where the target is what `prediction`
    /// names, with the weighted bound of the variance where the network's output has one behind the prediction; the loss
    /// is their mean.
    ///
    /// `autodiff`: whether the network's parameters are on an autodiff device.
    pub fn losses(
        self,
        network: &impl Denoiser,
        schedule: &Schedule,
        prediction: Prediction,
        autodiff: bool,
    ) -> Tensor<1> {
        let question = self.question(schedule, prediction).on(autodiff);
        let Self { x_0, t, eps, .. } = self;
        let output = question.output(network);
        if output.dims()[1] == 2 * x_0.dims()[1] {
            let bound = Bound {
                schedule,
                variance: Variance::LearnedRange,
            };
            let [x_0, eps] = match autodiff {
                true => [x_0.autodiff(), eps.autodiff()],
                false => [x_0, eps],
            };
            return bound.l_hybrid(prediction, [x_0, eps, question.x_t], output, &t, BOUND_WEIGHT);
        }
        l_simple(output, question.target)
    }
}

/// What a network is asked, and what it should answer: all that the loss takes of a batch, on the device.
#[derive(Clone, Debug)]
pub struct Question {
    pub x_t: Tensor<4>,         // [batch, channels, height, width]
    pub times: Tensor<1>,       // [batch]
    pub labels: Tensor<1, Int>, // [batch]
    pub target: Tensor<4>,      // as x_t
}

impl Question {
    /// The loss of each example, `[batch]`, of a network that learns no variance. See [`Batch::losses`].
    pub fn losses(self, network: &impl Denoiser, autodiff: bool) -> Tensor<1> {
        let question = self.on(autodiff);
        l_simple(question.output(network), question.target)
    }

    fn output(&self, network: &impl Denoiser) -> Tensor<4> {
        network.denoise(self.x_t.clone(), self.times.clone(), Some(self.labels.clone()))
    }

    /// On the autodiff device, or as it is.
    fn on(self, autodiff: bool) -> Self {
        match autodiff {
            true => Self {
                x_t: self.x_t.autodiff(),
                times: self.times.autodiff(),
                labels: self.labels.autodiff(),
                target: self.target.autodiff(),
            },
            false => self,
        }
    }
}

/// What the network is told of timestep `t`, and how much noise is mixed in. Rectified flow's times go from `1 / T` to 1,
/// and are told as `1` to `T`: the samplers' plan does the same.
pub(crate) fn told_and_mixed(t: usize, schedule: &Schedule, prediction: Prediction) -> (usize, Level) {
    match prediction {
        Prediction::Flow => {
            let told = t + 1;
            (told, Level::flow(told as f64 / schedule.len() as f64))
        }
        _ => (t, schedule.level(t)),
    }
}

/// Timesteps as the networks take them, `[batch]`.
pub fn timestep_tensor(t: &[usize], device: &Device) -> Tensor<1> {
    let values: Vec<f32> = t.iter().map(|&t| t as f32).collect();
    Tensor::from_data(TensorData::new(values, [t.len()]), device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageSet;

    fn data() -> ImageSet {
        let pixels = (0..40 * 4).map(|i| (i * 37 % 256) as u8).collect();
        ImageSet::new(1, 2, 2, 10, (0..40).map(|i| i % 10).collect(), pixels).unwrap()
    }

    /// The oracle that knows the noise has loss 0; one that answers 0 has the noise's own variance.
    #[test]
    fn the_loss_is_the_distance_from_the_noise() {
        struct Zero;
        impl Denoiser for Zero {
            fn denoise(&self, x_t: Tensor<4>, _: Tensor<1>, _: Option<Tensor<1, Int>>) -> Tensor<4> {
                x_t.zeros_like()
            }
        }
        let device = Device::flex();
        let indices: Vec<usize> = (0..40).collect();
        let batch = Batch::draw(&data(), &indices, 0.0, 1000, 3, 7, &device);
        let expected = batch.eps.clone().square().mean().into_scalar::<f32>();
        let schedule = Schedule::new(&Default::default()).unwrap();
        let losses = batch.losses(&Zero, &schedule, Prediction::Epsilon, false);
        assert_eq!(losses.dims(), [40]);
        let loss = losses.mean().into_scalar::<f32>();
        assert!((loss - expected).abs() < 1e-6 && loss > 0.5);
    }

    /// An oracle that knows the image and the noise answers each kind of question with loss 0; it finds the level from the
    /// time that it is told, as the samplers do.
    #[test]
    fn what_is_learnt_is_what_is_sampled_with() {
        struct Oracle {
            x_0: Tensor<4>,
            eps: Tensor<4>,
            schedule: Schedule,
            prediction: Prediction,
        }
        impl Denoiser for Oracle {
            fn denoise(&self, x_t: Tensor<4>, t: Tensor<1>, _: Option<Tensor<1, Int>>) -> Tensor<4> {
                let times = t.into_data().try_to_vec::<f32>().unwrap();
                let levels: Vec<Level> = times
                    .iter()
                    .map(|&t| match self.prediction {
                        Prediction::Flow => Level::flow(t as f64 / 1000.0),
                        _ => self.schedule.level(t as usize),
                    })
                    .collect();
                let error = x_t - mix(self.x_0.clone(), self.eps.clone(), &levels);
                assert!(error.abs().max().into_scalar::<f32>() < 1e-6);
                let estimates = Estimates {
                    x0_hat: self.x_0.clone(),
                    eps_hat: self.eps.clone(),
                };
                self.prediction.output(estimates, &levels)
            }
        }
        let indices: Vec<usize> = (0..40).collect();
        let schedule = Schedule::new(&Default::default()).unwrap();
        for prediction in [
            Prediction::Epsilon,
            Prediction::Sample,
            Prediction::V,
            Prediction::Flow,
        ] {
            let batch = Batch::draw(&data(), &indices, 0.0, 1000, 3, 7, &Device::flex());
            let oracle = Oracle {
                x_0: batch.x_0.clone(),
                eps: batch.eps.clone(),
                schedule: schedule.clone(),
                prediction,
            };
            let loss = batch.losses(&oracle, &schedule, prediction, false).mean();
            assert!(loss.into_scalar::<f32>() < 1e-10, "{prediction:?}");
        }
    }

    /// Beside a perfect prediction the bound alone is left: least where the variance is the posterior's, v = -1, and the
    /// mean is the posterior's too.
    #[test]
    fn a_learned_variance_is_held_to_the_posterior() {
        struct Oracle {
            eps: Tensor<4>,
            v: f64,
        }
        impl Denoiser for Oracle {
            fn denoise(&self, _: Tensor<4>, _: Tensor<1>, _: Option<Tensor<1, Int>>) -> Tensor<4> {
                let v = self.eps.zeros_like() + self.v;
                Tensor::cat(vec![self.eps.clone(), v], 1)
            }
        }
        let indices: Vec<usize> = (0..40).collect();
        let schedule = Schedule::new(&Default::default()).unwrap();
        let loss = |v| {
            let batch = Batch::draw(&data(), &indices, 0.0, 1000, 3, 7, &Device::flex());
            assert!(batch.t.iter().all(|&t| t > 0), "L_0 is no divergence");
            let eps = batch.eps.clone();
            batch
                .losses(&Oracle { eps, v }, &schedule, Prediction::Epsilon, false)
                .mean()
                .into_scalar::<f32>()
        };
        let [posterior, middle, beta] = [-1.0, 0.0, 1.0].map(loss);
        assert!(posterior.abs() < 1e-4, "{posterior}");
        assert!(posterior < middle && middle < beta, "{posterior} {middle} {beta}");
    }

    #[test]
    fn labels_are_dropped_with_the_probability_asked_for() {
        let indices: Vec<usize> = (0..40).cycle().take(4000).collect();
        let dropped = |p| {
            let batch = Batch::draw(&data(), &indices, p, 1000, 3, 7, &Device::flex());
            let labels = batch.labels.into_data();
            labels
                .iter::<i64>()
                .filter(|&label| label == NULL_CLASS as i64)
                .count()
        };
        assert_eq!((dropped(0.0), dropped(1.0)), (0, 4000));
        assert!((320..480).contains(&dropped(0.1)));
    }

    #[test]
    fn a_batch_is_a_function_of_seed_and_step() {
        let draw = |seed, step| {
            let batch = Batch::draw(&data(), &[1, 2, 3], 0.5, 1000, seed, step, &Device::flex());
            (batch.t, batch.eps.into_data().try_to_vec::<f32>().unwrap())
        };
        assert_eq!(draw(1, 2), draw(1, 2));
        assert_ne!(draw(1, 2), draw(1, 3));
        assert_ne!(draw(1, 2), draw(2, 2));
    }
}
