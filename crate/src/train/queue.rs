//! Slices of training steps, the next on the device's queue before the last is waited for: it is never without work.

use super::config::TrainError;
use super::pending::Pending;
use super::trainer::{StepReport, Trainer};
use crate::runtime::clock;

/// The steps of one trainer that are on their way.
#[derive(Default)]
pub struct Queue {
    pending: Option<Pending>,
    /// When the last steps ended that were waited for.
    ended: Option<f64>,
}

impl Queue {
    /// Whether steps were begun whose reports are still to come.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Begins `count` steps, and waits for the reports of those that were begun before.
    pub async fn advance(
        &mut self,
        trainer: &mut Trainer,
        count: u32,
    ) -> Result<Vec<StepReport>, TrainError> {
        let next = trainer.begin(count);
        let last = self.pending.replace(next);
        self.reports(last).await
    }

    /// Waits for all that were begun.
    pub async fn finish(&mut self) -> Result<Vec<StepReport>, TrainError> {
        let last = self.pending.take();
        self.reports(last).await
    }

    async fn reports(&mut self, steps: Option<Pending>) -> Result<Vec<StepReport>, TrainError> {
        let Some(steps) = steps else {
            return Ok(Vec::new());
        };
        let reports = steps.reports(self.ended).await?;
        self.ended = Some(clock::now());
        Ok(reports)
    }
}
