//! A trajectory on its way, shown as it unfolds.

use super::emitter::Emitter;
use super::latent_pictures::channel_sheet;
use super::model::Model;
use super::protocol::{Event, Frames, Place};
use crate::error::ConfigError;
use crate::runtime::{Compute, ReadError, clock};
use crate::sampler::{Frame, SampleConfig, Trajectory};

/// A trajectory of more steps than this shows every second, third, ... of them.
const MAX_FRAMES: usize = 50;
/// A slice on the CPU ends after this many seconds.
pub const SLICE: f64 = 0.1;

pub struct Sampling {
    model: Model,
    trajectory: Trajectory,
    start: f64,
    every: usize,
}

impl Sampling {
    pub fn new(config: &SampleConfig, model: Model, compute: &Compute) -> Result<Self, ConfigError> {
        Ok(Self {
            trajectory: model.trajectory(config, &compute.device)?,
            model,
            start: clock::now(),
            every: config.steps.div_ceil(MAX_FRAMES),
        })
    }

    /// Steps up to the next one that is shown. `false` once the trajectory is over.
    pub async fn advance(&mut self, emitter: &Emitter) -> bool {
        let end = clock::now() + SLICE;
        while let Some(frame) = self.trajectory.step(&self.model.replayed) {
            if frame.step % self.every == 0 || frame.step == frame.steps {
                match self.show(frame).await {
                    Ok(event) => emitter.emit(event),
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

    /// The event `sampleStep`.
    async fn show(&self, frame: Frame) -> Result<Event, ReadError> {
        let (step, steps, t) = (frame.step as u32, frame.steps as u32, frame.t);
        let [x_t, eps_hat, x0_hat] = match self.model.latent_space {
            None => Frames::read([frame.x_t, frame.eps_hat, frame.x0_hat]).await?,
            Some(_) => {
                let pictures = [frame.x_t, frame.x0_hat].map(|x| self.model.pictures(x));
                let [x_t, x0_hat] = Frames::read(pictures).await?;
                // Noise decodes to nothing: it is shown as it is.
                let [eps_hat] = Frames::read([channel_sheet(frame.eps_hat)]).await?;
                [x_t, eps_hat, x0_hat]
            }
        };
        Ok(Event::SampleStep {
            step,
            steps,
            t,
            x_t,
            eps_hat,
            x0_hat,
        })
    }

    /// Reports the end.
    pub async fn finish(&self, cancelled: bool, emitter: &Emitter) {
        let frames = match Frames::read([self.model.pictures(self.trajectory.x_t())]).await {
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
