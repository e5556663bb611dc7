//! Training steps that the device works on while the next ones are prepared.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use burn::tensor::Tensor;

use super::bands::mean_by_band;
use super::config::TrainError;
use super::reconstruction::Reconstruction;
use super::trainer::StepReport;
use crate::runtime::{ReadError, clock, read};

/// A step on the device's queue.
pub(super) struct Queued {
    /// The losses, and behind them the gradient's norm, `[n + 1]`.
    pub values: Tensor<1>,
    pub of: LossesOf,
    pub learning_rate: f64,
}

/// What a step's losses are of.
pub(super) enum LossesOf {
    /// Examples at these timesteps: the loss is the mean.
    Examples(Vec<usize>),
    /// A reconstruction: error and divergence, which counts with this weight.
    Reconstruction { kl_weight: f64 },
}

type Reading = Pin<Box<dyn Future<Output = Result<Vec<f32>, ReadError>>>>;

/// Steps one after the other, whose reports are on their way.
pub struct Pending {
    /// Number of the first step.
    first: u32,
    steps: Vec<Queued>,
    num_train_timesteps: usize,
    began: f64,
    values: Result<Vec<f32>, ReadError>,
    reading: Option<Reading>,
}

impl Pending {
    /// The read-back is asked for here, so that it waits for these steps and for nothing that is queued later.
    pub(super) fn new(first: u32, steps: Vec<Queued>, num_train_timesteps: usize, began: f64) -> Self {
        let tensors: Vec<_> = steps.iter().map(|step| step.values.clone()).collect();
        let mut pending = Self {
            first,
            steps,
            num_train_timesteps,
            began,
            values: Ok(Vec::new()),
            reading: None,
        };
        if !tensors.is_empty() {
            let mut reading: Reading = Box::pin(async move { read(Tensor::cat(tensors, 0)).await });
            match reading.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(values) => pending.values = values,
                Poll::Pending => pending.reading = Some(reading),
            }
        }
        pending
    }

    /// A report a step. Their time counts from when the first was queued or, where the device was busy with earlier
    /// steps then, from `free`.
    pub async fn reports(self, free: Option<f64>) -> Result<Vec<StepReport>, TrainError> {
        let values = match self.reading {
            Some(reading) => reading.await?,
            None => self.values?,
        };
        let since = free.map_or(self.began, |free| free.max(self.began));
        let seconds = (clock::now() - since) / self.steps.len().max(1) as f64;
        let mut rest = values.as_slice();
        let report = |(step, queued): (u32, &Queued)| {
            let (losses, after) = rest.split_at(queued.values.dims()[0] - 1);
            let grad_norm = after[0];
            rest = &after[1..];
            let (loss, bands, reconstruction) = match &queued.of {
                LossesOf::Examples(t) => {
                    let sum: f64 = losses.iter().map(|&loss| f64::from(loss)).sum();
                    let bands = mean_by_band(t, losses, self.num_train_timesteps);
                    ((sum / losses.len() as f64) as f32, bands, None)
                }
                LossesOf::Reconstruction { kl_weight } => {
                    let (error, kl) = (losses[0], losses[1]);
                    let loss = f64::from(error) + kl_weight * f64::from(kl);
                    (loss as f32, Vec::new(), Some(Reconstruction { error, kl }))
                }
            };
            match loss.is_finite() && grad_norm.is_finite() {
                true => Ok(StepReport {
                    step,
                    loss,
                    grad_norm,
                    learning_rate: queued.learning_rate,
                    bands,
                    reconstruction,
                    seconds,
                }),
                false => Err(TrainError::Diverged(step)),
            }
        };
        (self.first..).zip(&self.steps).map(report).collect()
    }
}
