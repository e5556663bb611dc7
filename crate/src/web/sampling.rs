//! A trajectory on its way, shown as it unfolds.

use super::emitter::Emitter;
use super::model::Model;
use super::protocol::{Event, Frames, Place};
use crate::error::ConfigError;
use crate::model::Network;
use crate::runtime::{Compute, clock};
use crate::sampler::{SampleConfig, Trajectory};

/// A trajectory of more steps than this shows every second, third, ... of them.
const MAX_FRAMES: usize = 50;
/// A slice on the CPU ends after this many seconds.
pub const SLICE: f64 = 0.1;

pub struct Sampling {
    network: Network,
    trajectory: Trajectory,
    start: f64,
    every: usize,
}

impl Sampling {
    pub fn new(config: &SampleConfig, model: Model, compute: &Compute) -> Result<Self, ConfigError> {
        Ok(Self {
            trajectory: model.trajectory(config, &compute.device)?,
            network: model.network,
            start: clock::now(),
            every: config.steps.div_ceil(MAX_FRAMES),
        })
    }

    /// Steps up to the next one that is shown. `false` once the trajectory is over.
    pub async fn advance(&mut self, emitter: &Emitter) -> bool {
        let end = clock::now() + SLICE;
        while let Some(frame) = self.trajectory.step(&self.network) {
            if frame.step % self.every == 0 || frame.step == frame.steps {
                match Frames::read([frame.x_t, frame.eps_hat, frame.x0_hat]).await {
                    Ok([x_t, eps_hat, x0_hat]) => emitter.emit(Event::SampleStep {
                        step: frame.step as u32,
                        steps: frame.steps as u32,
                        t: frame.t,
                        x_t,
                        eps_hat,
                        x0_hat,
                    }),
                    Err(error) => {
                        emitter.error(Place::Sample, error);
                        return false;
                    }
                }
                return true;
            }
            if clock::now() > end {
                return true;
            }
        }
        self.finish(false, emitter).await;
        false
    }

    /// Reports the end.
    pub async fn finish(&self, cancelled: bool, emitter: &Emitter) {
        let frames = match Frames::read([self.trajectory.x_t()]).await {
            Ok([frames]) => Some(frames),
            Err(error) => {
                emitter.error(Place::Sample, error);
                None
            }
        };
        emitter.emit(Event::SampleDone {
            model_calls: self.trajectory.model_calls() as u32,
            seconds: clock::now() - self.start,
            cancelled,
            frames,
        });
    }
}
