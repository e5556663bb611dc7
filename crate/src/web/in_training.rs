//! A model in training beside the run on images.

use super::pace::Pace;
use crate::model::parameters;
use crate::train::{Queue, StepReport, TrainError, Trainer};

pub struct InTraining {
    pub trainer: Trainer,
    pub pace: Pace,
    queue: Queue,
}

impl InTraining {
    pub fn new(trainer: Trainer) -> Self {
        Self {
            trainer,
            pace: Pace::default(),
            queue: Queue::default(),
        }
    }

    pub fn parameters(&self) -> u32 {
        parameters::count(&self.trainer.ema_model()) as u32
    }

    /// Whether steps were begun whose reports are still to come.
    pub fn is_pending(&self) -> bool {
        self.queue.is_pending()
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
        let count = self.pace.steps().min(left);
        let reports = self.queue.advance(&mut self.trainer, count).await;
        let mut reports = self.noted(reports)?;
        if !self.pace.is_fast() || self.is_due() {
            reports.extend(self.finish().await?);
        }
        Ok(reports)
    }

    /// Waits for what is queued.
    pub async fn finish(&mut self) -> Result<Vec<StepReport>, TrainError> {
        let reports = self.queue.finish().await;
        self.noted(reports)
    }

    fn noted(&mut self, reports: Result<Vec<StepReport>, TrainError>) -> Result<Vec<StepReport>, TrainError> {
        if let Some(first) = reports.as_ref().ok().and_then(|reports| reports.first()) {
            self.pace.note(first.seconds);
        }
        reports
    }
}
