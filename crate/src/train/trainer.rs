//! The training loop, pulled from outside: pause is not calling, cancel is dropping.

use std::sync::Arc;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::Serialize;

use super::config::{TrainConfig, TrainError};
use super::objective::Batch;
use crate::data::{Batches, DataSet};
use crate::kernels::{AdamW, Moments, adamw};
use crate::model::preset::NULL_CLASS;
use crate::model::{Network, parameters};
use crate::runtime::{clock, read};
use crate::schedule::Schedule;

/// What one training step reports.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct StepReport {
    /// From 1.
    pub step: u32,
    pub loss: f32,
    /// Before clipping.
    pub grad_norm: f32,
    pub learning_rate: f64,
    /// Wall time, read-back included; the mean of the steps that were read back together.
    pub seconds: f64,
}

/// A run: network, optimizer, moving average, and where in the data it stands.
#[derive(Debug)]
pub struct Trainer {
    config: TrainConfig,
    schedule: Schedule,
    data: Arc<dyn DataSet>,
    batches: Batches,
    device: Device,
    network: Network,
    pub(super) state: State,
}

/// All that changes from step to step: vectors `[parameters]`, and the number of steps taken.
#[derive(Clone, Debug)]
pub struct State {
    pub step: u32,
    pub theta: Tensor<1>,
    pub ema: Tensor<1>,
    pub moments: Moments,
}

impl Trainer {
    /// A run at step 0, on `device` without autodiff.
    pub fn new(config: TrainConfig, data: Arc<dyn DataSet>, device: &Device) -> Result<Self, TrainError> {
        config.validate()?;
        let schedule = Schedule::new(&config.schedule)?;
        let (expected, found) = (config.preset.input_shape(), data.shape());
        if found != expected || data.classes() > NULL_CLASS as u32 || data.count() == 0 {
            return Err(TrainError::Data {
                expected: format!("examples of {expected:?}"),
                found: format!("{} of {found:?} in {} classes", data.count(), data.classes()),
                classes: NULL_CLASS,
            });
        }
        let network = config.preset.init(config.seed, &device.clone().autodiff())?;
        let theta = parameters::flatten(&network);
        let moments = Moments {
            m: theta.zeros_like(),
            v: theta.zeros_like(),
        };
        Ok(Self {
            batches: Batches::new(config.seed, data.count()),
            state: State {
                step: 0,
                ema: theta.clone(),
                theta,
                moments,
            },
            device: device.clone(),
            config,
            schedule,
            data,
            network,
        })
    }

    pub fn config(&self) -> &TrainConfig {
        &self.config
    }

    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// Steps taken so far.
    pub fn steps_taken(&self) -> u32 {
        self.state.step
    }

    /// The network with the moving average of its weights: what samples are drawn with.
    pub fn ema_network(&self) -> Network {
        parameters::unflatten(self.network.valid(), self.state.ema.clone())
    }

    /// Takes `count` steps and then reads their losses back, once.
    pub async fn step(&mut self, count: u32) -> Result<Vec<StepReport>, TrainError> {
        let start = clock::now();
        let first = self.state.step + 1;
        let mut values = Vec::with_capacity(2 * count as usize);
        for _ in 0..count {
            let (loss, grad_norm) = self.enqueue();
            values.extend([loss, grad_norm]);
        }
        if values.is_empty() {
            return Ok(Vec::new());
        }
        let values = read(Tensor::cat(values, 0)).await?;
        let seconds = (clock::now() - start) / count as f64;
        let report = |(step, pair): (u32, &[f32])| {
            let (loss, grad_norm) = (pair[0], pair[1]);
            let learning_rate = self.config.learning_rate_at(step);
            match loss.is_finite() && grad_norm.is_finite() {
                true => Ok(StepReport {
                    step,
                    loss,
                    grad_norm,
                    learning_rate,
                    seconds,
                }),
                false => Err(TrainError::Diverged(step)),
            }
        };
        (first..).zip(values.chunks_exact(2)).map(report).collect()
    }

    /// One step on the device's queue: its loss and gradient norm, `[1]` each, are not read back.
    fn enqueue(&mut self) -> (Tensor<1>, Tensor<1>) {
        let config = &self.config;
        let indices = self.batches.indices(self.state.step, config.batch_size);
        let batch = Batch::draw(
            self.data.as_ref(),
            &indices,
            config.label_dropout,
            self.schedule.len(),
            config.seed,
            self.state.step,
            &self.device,
        );
        let loss = batch.loss(&self.network, &self.schedule, true);
        let grad = parameters::flatten_grads(&self.network, loss.backward());

        let State {
            step,
            theta,
            ema,
            moments,
        } = self.state.clone();
        let step = step + 1;
        let options = AdamW {
            beta1: 0.9,
            beta2: 0.999,
            eps: 1e-8,
            weight_decay: config.weight_decay,
        };
        let learning_rate = config.learning_rate_at(step);
        let (theta, moments, grad_norm) = adamw(
            theta,
            grad,
            moments,
            step,
            learning_rate,
            config.grad_clip,
            options,
        );
        let decay = config.ema_decay_at(step);
        let ema = ema * decay + theta.clone() * (1.0 - decay);

        self.network = parameters::unflatten(self.network.clone(), theta.clone());
        self.state = State {
            step,
            theta,
            ema,
            moments,
        };
        (loss.inner(), grad_norm)
    }

    /// The run with the state of another of the same configuration: how a checkpoint is resumed.
    pub(super) fn with_state(mut self, state: State) -> Self {
        self.network = parameters::unflatten(self.network, state.theta.clone());
        self.state = state;
        self
    }
}
