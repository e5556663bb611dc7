//! Several samplers side by side.

use burn::tensor::{Device, Tensor};

use super::noise::start_noise;
use super::{Frame, SampleConfig, Trajectory};
use crate::denoiser::Denoiser;
use crate::error::ConfigError;
use crate::prediction::Prediction;
use crate::schedule::Schedule;

/// Trajectories from one and the same `x_T`, one step each at a time; those with fewer steps finish earlier.
pub struct Lockstep {
    trajectories: Vec<Trajectory>,
}

impl Lockstep {
    /// One trajectory for each configuration; seed and count are those of the first. The other arguments are
    /// [`Trajectory::new`]'s.
    pub fn new(
        configs: &[SampleConfig],
        schedule: &Schedule,
        prediction: Prediction,
        shape: [usize; 4],
        null_class: Option<u8>,
        device: &Device,
    ) -> Result<Self, ConfigError> {
        let Some(&SampleConfig { seed, count, .. }) = configs.first() else {
            return Err(ConfigError::new("configs", "empty", "one configuration or more"));
        };
        let x_t: Tensor<4> = start_noise(seed, shape, device);
        let trajectories = configs.iter().map(|config| {
            let config = SampleConfig {
                seed,
                count,
                ..config.clone()
            };
            Trajectory::new(&config, schedule, prediction, shape, null_class, device)?.with_start(x_t.clone())
        });
        Ok(Self {
            trajectories: trajectories.collect::<Result<_, _>>()?,
        })
    }

    /// One more, with another network. It takes over the `x_T`, which is nothing but noise for every network, whatever
    /// mixes image and noise on the way: the shape has to be the same, and nothing else.
    pub fn beside(mut self, other: Trajectory) -> Result<Self, ConfigError> {
        let x_t = self.trajectories[0].x_t();
        self.trajectories.push(other.with_start(x_t)?);
        Ok(self)
    }

    /// A class for each image in place of the configurations' one class, in every trajectory.
    pub fn with_labels(self, labels: &[u8]) -> Result<Self, ConfigError> {
        let trajectories = self.trajectories.into_iter();
        Ok(Self {
            trajectories: trajectories
                .map(|trajectory| trajectory.with_labels(labels))
                .collect::<Result<_, _>>()?,
        })
    }

    /// One step of every trajectory that is still under way, each with its network: its frame, or `None` where it is
    /// done. `None` once all are.
    pub fn step<'a>(&mut self, network: impl Fn(usize) -> &'a dyn Denoiser) -> Option<Vec<Option<Frame>>> {
        let frames: Vec<_> = self
            .trajectories
            .iter_mut()
            .enumerate()
            .map(|(index, trajectory)| trajectory.step(network(index)))
            .collect();
        frames.iter().any(Option::is_some).then_some(frames)
    }

    /// The trajectories in the order of their configurations; each counts its own calls of the network.
    pub fn trajectories(&self) -> &[Trajectory] {
        &self.trajectories
    }

    /// As [`Self::trajectories`], to steer one apart from the others.
    pub fn trajectories_mut(&mut self) -> &mut [Trajectory] {
        &mut self.trajectories
    }
}
