//! Normally distributed data: the best estimate of the image is known, and so is where the ODE leads.

use burn::tensor::{Device, Int, Tensor};

use crate::denoiser::Denoiser;
use crate::prediction::{Estimates, Prediction};
use crate::sampler::{SampleConfig, Trajectory};
use crate::schedule::{Level, Schedule, ScheduleConfig};

/// Standard deviation of the data.
pub const SPREAD: f64 = 0.5;

pub struct GaussianToy {
    pub schedule: Schedule,
    pub prediction: Prediction,
}

/// What the tests need of a toy model.
pub trait Toy: Denoiser + Sized {
    fn trajectory(&self, config: &SampleConfig) -> Trajectory;

    fn finish(&self, trajectory: &mut Trajectory) {
        while trajectory.step(self).is_some() {}
    }
}

pub fn schedule() -> ScheduleConfig {
    ScheduleConfig {
        num_train_timesteps: 200,
        beta_start: 5e-4,
        beta_end: 0.1,
        ..Default::default()
    }
}

pub fn config() -> SampleConfig {
    SampleConfig {
        steps: 10,
        clip_sample: false,
        seed: 3,
        ..Default::default()
    }
}

pub fn shape(count: usize) -> [usize; 4] {
    [count, 1, 8, 8]
}

pub fn values(x: Tensor<4>) -> Vec<f32> {
    x.into_data().try_to_vec().unwrap()
}

impl GaussianToy {
    pub fn new(prediction: Prediction) -> Self {
        Self {
            schedule: Schedule::new(&schedule()).unwrap(),
            prediction,
        }
    }

    fn level(&self, t: f64) -> Level {
        match self.prediction {
            Prediction::Flow => Level::flow(t / self.schedule.len() as f64),
            _ if t.fract() == 0.0 => self.schedule.level(t as usize),
            _ => Level::from_noise_ratio(self.schedule.noise_ratio_at(t)),
        }
    }
}

impl Toy for GaussianToy {
    fn trajectory(&self, config: &SampleConfig) -> Trajectory {
        let shape = shape(config.count);
        Trajectory::new(
            config,
            &self.schedule,
            self.prediction,
            shape,
            None,
            &Device::flex(),
        )
        .unwrap()
    }
}

impl Denoiser for GaussianToy {
    fn denoise(&self, x_t: Tensor<4>, t: Tensor<1>, _: Option<Tensor<1, Int>>) -> Tensor<4> {
        let t: f32 = t.narrow(0, 0, 1).into_scalar();
        let level = self.level(t.into());
        let variance = (level.alpha * SPREAD).powi(2) + level.sigma.powi(2);
        let x0_hat = x_t.clone() * (level.alpha * SPREAD * SPREAD / variance);
        let eps_hat = x_t * (level.sigma / variance);
        self.prediction.output(Estimates { x0_hat, eps_hat }, &[level])
    }
}
