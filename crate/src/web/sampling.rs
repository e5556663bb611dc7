//! A trajectory on its way, shown as it unfolds. It may rest, go back, and go on with other settings.

use super::emitter::Emitter;
use super::latent_pictures::channel_sheet;
use super::model::Model;
use super::protocol::{Event, Frames, Place};
use crate::error::{ConfigError, require};
use crate::runtime::{Compute, ReadError, clock};
use crate::sampler::{Frame, SampleConfig, Trajectory};

/// A trajectory of more steps than this shows every second, third, ... of them.
const MAX_FRAMES: usize = 50;
/// A slice on the CPU ends after this many seconds.
pub const SLICE: f64 = 0.1;

pub struct Sampling {
    model: Model,
    trajectory: Trajectory,
    /// Seconds at work before it last rested.
    seconds: f64,
    /// When it last began to work.
    start: f64,
    /// The step that it began with then: it is shown, and every `every` after it.
    first: usize,
    every: usize,
    /// Whether it rests after the next step that is shown.
    once: bool,
}

impl Sampling {
    pub fn new(
        config: &SampleConfig,
        once: bool,
        model: Model,
        compute: &Compute,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            trajectory: model.trajectory(config, &compute.device)?,
            model,
            seconds: 0.0,
            start: clock::now(),
            first: 1,
            every: config.steps.div_ceil(MAX_FRAMES),
            once,
        })
    }

    /// Goes back to where `taken` steps had been taken, to go on from there with other settings. An error leaves all as it was.
    pub fn go_on(&mut self, taken: usize, config: &SampleConfig, once: bool) -> Result<(), ConfigError> {
        let mut trajectory = self.trajectory.clone();
        while trajectory.taken() > taken && trajectory.back() {}
        let (oldest, newest) = (trajectory.taken(), self.trajectory.taken());
        require(
            oldest == taken,
            "step",
            taken,
            format!("from {oldest} to {newest}: only the last steps are kept"),
        )?;
        trajectory.reconfigure(&self.model.settled(config))?;
        let ahead = trajectory.plan().len() - taken;
        self.trajectory = trajectory;
        self.start = clock::now();
        self.first = taken + 1;
        self.every = ahead.div_ceil(MAX_FRAMES).max(1);
        self.once = once;
        Ok(())
    }

    /// Steps up to the next one that is shown. `false` once the trajectory is over, or rests.
    pub async fn advance(&mut self, emitter: &Emitter) -> bool {
        let end = clock::now() + SLICE;
        while let Some(frame) = self.trajectory.step(&self.model.replayed) {
            if (frame.step - self.first).is_multiple_of(self.every) || frame.step == frame.steps {
                match self.show(frame).await {
                    Ok(event) => emitter.emit(event),
                    Err(error) => {
                        emitter.error(Place::Sample, error);
                        return false;
                    }
                }
                if self.once {
                    self.finish(emitter).await;
                }
                return !self.once;
            }
            if clock::now() > end {
                return true;
            }
        }
        self.finish(emitter).await;
        false
    }

    /// The event `sampleStep`.
    async fn show(&self, frame: Frame) -> Result<Event, ReadError> {
        let (step, steps, t) = (frame.step as u32, frame.steps as u32, frame.t);
        let shown_before = |step: usize| (step - self.first).div_ceil(self.every);
        let left = (shown_before(frame.steps) - shown_before(frame.step)) as u32;
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
            left,
            t,
            x_t,
            eps_hat,
            x0_hat,
        })
    }

    /// Reports the end, or where it rests.
    pub async fn finish(&mut self, emitter: &Emitter) {
        let frames = match Frames::read([self.model.pictures(self.trajectory.x_t())]).await {
            Ok([frames]) => Some(frames),
            Err(error) => {
                emitter.error(Place::Sample, error);
                None
            }
        };
        self.seconds += clock::now() - self.start;
        emitter.emit(Event::SampleDone {
            model_calls: self.trajectory.model_calls() as u32,
            seconds: self.seconds,
            cancelled: !self.trajectory.is_done(),
            frames,
        });
    }
}
