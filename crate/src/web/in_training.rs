//! A model in training beside the run on images: slices of steps, the next queued before the last is waited for.

use super::pace::Pace;
use crate::model::parameters;
use crate::runtime::clock;
use crate::train::{Pending, StepReport, TrainError, Trainer};

pub struct InTraining {
    pub trainer: Trainer,
    pub pace: Pace,
    /// Steps on the device's queue.
    pending: Option<Pending>,
    /// When the last steps ended that were waited for.
    ended: Option<f64>,
}

impl InTraining {
    pub fn new(trainer: Trainer) -> Self {
        Self {
            trainer,
            pace: Pace::default(),
            pending: None,
            ended: None,
        }
    }

    pub fn parameters(&self) -> u32 {
        parameters::count(&self.trainer.ema_model()) as u32
    }

    /// Whether steps were begun whose reports are still to come.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Whether as many steps are taken as there are between two looks at what was learnt.
    pub fn is_due(&self) -> bool {
        let every = self.trainer.config().grid_every;
        self.trainer.steps_taken().is_multiple_of(every)
    }

    /// A slice, and the reports of the last one; where it is slow, or a look is due, its own too.
    pub async fn advance(&mut self) -> Result<Vec<StepReport>, TrainError> {
        let every = self.trainer.config().grid_every;
        let left = every - self.trainer.steps_taken() % every;
        let next = self.trainer.begin(self.pace.steps().min(left));
        let last = self.pending.replace(next);
        let mut reports = self.reports(last).await?;
        if !self.pace.is_fast() || self.is_due() {
            reports.extend(self.finish().await?);
        }
        Ok(reports)
    }

    /// Waits for what is queued.
    pub async fn finish(&mut self) -> Result<Vec<StepReport>, TrainError> {
        let pending = self.pending.take();
        self.reports(pending).await
    }

    async fn reports(&mut self, steps: Option<Pending>) -> Result<Vec<StepReport>, TrainError> {
        let Some(steps) = steps else {
            return Ok(Vec::new());
        };
        let reports = steps.reports(self.ended).await?;
        self.ended = Some(clock::now());
        if let Some(first) = reports.first() {
            self.pace.note(first.seconds);
        }
        Ok(reports)
    }
}
