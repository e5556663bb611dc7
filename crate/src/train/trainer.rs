//! The training loop, pulled from outside: pause is not calling, cancel is dropping.

use std::sync::Arc;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::Serialize;

use super::config::{TrainConfig, TrainError};
use super::objective::Batch;
use super::pending::{LossesOf, Pending, Queued};
use super::reconstruction::{Reconstruction, ReconstructionBatch};
use super::recorded::RecordedStep;
use crate::data::{Batches, DataSet};
use crate::error::ConfigError;
use crate::kernels::{self, AdamW, Moments, Rates, Weights};
use crate::model::preset::NULL_CLASS;
use crate::model::{AutoencoderKl, Network, Trainable, parameters};
use crate::runtime::{clock, give_back, may_replay};
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
    /// The loss of the examples in each of five equal bands of timesteps, the least noisy first; none where the batch had
    /// no example. Empty for an autoencoder.
    pub bands: Vec<Option<f32>>,
    /// What the loss is made of; of an autoencoder alone.
    pub reconstruction: Option<Reconstruction>,
    /// Wall time, read-back included; the mean of the steps that were read back together.
    pub seconds: f64,
}

/// A run: model, optimizer, moving average, and where in the data it stands.
#[derive(Debug)]
pub struct Trainer {
    config: TrainConfig,
    schedule: Schedule,
    data: Arc<dyn DataSet>,
    batches: Batches,
    device: Device,
    model: Trainable,
    state: State,
    stepping: Stepping,
}

/// How steps are taken.
#[derive(Debug)]
enum Stepping {
    /// One launch after the other; the step before the first that may be recorded.
    First,
    /// So too, and the next may be recorded.
    Known,
    Recorded(Box<RecordedStep>),
    /// The device does not record them.
    Refused,
}

/// All that changes from step to step.
#[derive(Clone, Debug)]
pub struct State {
    /// Steps taken.
    pub step: u32,
    pub weights: Weights,
}

impl Trainer {
    /// A run at step 0, on `device` without autodiff.
    pub fn new(config: TrainConfig, data: Arc<dyn DataSet>, device: &Device) -> Result<Self, TrainError> {
        config.validate()?;
        let schedule = Schedule::new(&config.schedule)?;
        let (expected, found) = (config.preset.input_shape(), data.shape());
        if found != expected || data.classes() > NULL_CLASS as u32 || data.count() == 0 {
            return Err(TrainError::Data {
                expected: if config.preset.takes_latents() {
                    format!("examples of {expected:?}, an autoencoder's latents,")
                } else {
                    format!("examples of {expected:?}")
                },
                found: format!("{} of {found:?} in {} classes", data.count(), data.classes()),
                classes: NULL_CLASS,
            });
        }
        let model = Trainable::init(config.preset, config.seed, &device.clone().autodiff())?;
        let theta = parameters::flatten(&model);
        let ema = parameters::flatten(&model);
        let moments = Moments {
            m: theta.zeros_like(),
            v: theta.zeros_like(),
        };
        Ok(Self {
            // The same values, which are kept once.
            model: parameters::unflatten(model, theta.clone()),
            batches: Batches::new(config.seed, data.count()),
            state: State {
                step: 0,
                weights: Weights {
                    // Not the same buffer: a kernel that reads both would be given it twice.
                    ema,
                    theta,
                    moments,
                },
            },
            device: device.clone(),
            config,
            schedule,
            data,
            stepping: Stepping::First,
        })
    }

    pub fn config(&self) -> &TrainConfig {
        &self.config
    }

    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// The number of classes in its data.
    pub fn classes(&self) -> u32 {
        self.data.classes()
    }

    /// Steps taken so far.
    pub fn steps_taken(&self) -> u32 {
        self.state.step
    }

    /// Whether the last step was replayed.
    pub fn is_replayed(&self) -> bool {
        matches!(self.stepping, Stepping::Recorded(_))
    }

    /// The model with the moving average of its weights.
    pub fn ema_model(&self) -> Trainable {
        parameters::unflatten(self.model.valid(), self.lasting(&self.state.weights.ema))
    }

    /// What samples are drawn with: [`ema_model`](Self::ema_model), where it is no autoencoder.
    pub fn ema_network(&self) -> Result<Network, ConfigError> {
        self.ema_model().into_denoiser()
    }

    /// The network with the weights of this moment, where it is no autoencoder.
    pub fn network(&self) -> Result<Network, ConfigError> {
        match self.stepping {
            Stepping::Recorded(_) => {
                parameters::unflatten(self.model.valid(), self.lasting(&self.state.weights.theta))
            }
            _ => self.model.valid(),
        }
        .into_denoiser()
    }

    /// The state of this moment, whatever steps follow.
    pub(super) fn state(&self) -> State {
        let Weights { theta, ema, moments } = &self.state.weights;
        State {
            step: self.state.step,
            weights: Weights {
                theta: self.lasting(theta),
                ema: self.lasting(ema),
                moments: Moments {
                    m: self.lasting(&moments.m),
                    v: self.lasting(&moments.v),
                },
            },
        }
    }

    /// A recorded step writes over its weights: who keeps some is given a copy.
    fn lasting(&self, weights: &Tensor<1>) -> Tensor<1> {
        match self.stepping {
            Stepping::Recorded(_) => kernels::copied(weights),
            _ => weights.clone(),
        }
    }

    /// What the next step will look at. An autoencoder's batches are not noised: it has none.
    pub fn next_batch(&mut self) -> Option<Batch> {
        if let Trainable::Autoencoder(_) = self.model {
            return None;
        }
        let indices = self.next_indices();
        Some(self.draw(&indices))
    }

    /// The loss that the moving average of the weights has on what the next step will look at, `[1]`. An autoencoder has none.
    pub fn ema_loss(&mut self) -> Option<Tensor<1>> {
        let batch = self.next_batch()?;
        let network = self.ema_network().ok()?;
        let losses = batch.losses(&network, &self.schedule, self.config.prediction, false);
        Some(losses.mean())
    }

    /// What turns samples into images, where the run learns from latents.
    pub fn latent_space(&self) -> Option<&AutoencoderKl> {
        self.data.autoencoder()
    }

    /// Takes `count` steps and then reads their losses back, once.
    pub async fn step(&mut self, count: u32) -> Result<Vec<StepReport>, TrainError> {
        self.begin(count).reports(None).await
    }

    /// Puts `count` steps on the device's queue: what follows can be prepared while it works on them. Wait for earlier
    /// steps before you begin many more, or the queue grows without bound.
    pub fn begin(&mut self, count: u32) -> Pending {
        let began = clock::now();
        let first = self.state.step + 1;
        let steps = (0..count).map(|_| self.enqueue()).collect();
        Pending::new(first, steps, self.schedule.len(), began)
    }

    /// One step on the device's queue; nothing is read back.
    fn enqueue(&mut self) -> Queued {
        let config = &self.config;
        let step = self.state.step + 1;
        let rates = Rates {
            learning_rate: config.learning_rate_at(step),
            max_norm: config.grad_clip,
            ema_decay: config.ema_decay_at(step),
        };
        let options = AdamW {
            beta1: 0.9,
            beta2: 0.999,
            eps: 1e-8,
            weight_decay: config.weight_decay,
        };
        let indices = self.next_indices();
        let (values, of) = match self.replay(&indices, rates, options) {
            Some(replayed) => replayed,
            None => {
                let (loss, losses, of) = self.losses(&indices);
                let grad = parameters::flatten_grads(&self.model, loss.backward());
                let norm = kernels::update(&mut self.state.weights, grad, step, rates, options);
                self.model = parameters::unflatten(self.model.clone(), self.state.weights.theta.clone());
                (Tensor::cat(vec![losses, norm], 0), of)
            }
        };
        self.state.step = step;
        Queued {
            values,
            of,
            learning_rate: rates.learning_rate,
        }
    }

    /// The next step by its recording, which is made at the second step: the values of [`Queued`]. None where a step is not
    /// recorded: on the CPU, while launches are watched, and of other objectives than the denoiser's own.
    fn replay(&mut self, indices: &[usize], rates: Rates, options: AdamW) -> Option<(Tensor<1>, LossesOf)> {
        let recordable =
            matches!(self.model, Trainable::Denoiser(_)) && !self.config.preset.learns_variance();
        if !recordable || !may_replay(&self.device) {
            self.stepping = Stepping::First;
            return None;
        }
        match self.stepping {
            Stepping::First => {
                self.stepping = Stepping::Known;
                return None;
            }
            Stepping::Refused => return None,
            Stepping::Known | Stepping::Recorded(_) => {}
        }
        let batch = self.draw(indices);
        let question = batch.question(&self.schedule, self.config.prediction);
        let coefficients = kernels::coefficients(self.state.step + 1, rates, options, &self.device);
        if let Stepping::Known = self.stepping {
            let weights = &self.state.weights;
            match RecordedStep::new(&self.model, weights, &question, &coefficients) {
                Some(step) => {
                    self.state.weights = step.weights().clone();
                    self.model = parameters::unflatten(self.model.clone(), step.weights().theta.clone());
                    self.stepping = Stepping::Recorded(Box::new(step));
                    // The weights of before, and what only recording took.
                    give_back(&self.device);
                }
                None => self.stepping = Stepping::Refused,
            }
        }
        let Stepping::Recorded(step) = &self.stepping else {
            return None;
        };
        match step.take(question, coefficients) {
            Some(values) => Some((values, LossesOf::Examples(batch.t))),
            // The device is lost: the read-back will say so.
            None => {
                self.stepping = Stepping::Refused;
                None
            }
        }
    }

    /// The loss of the next step by the model's own objective, and the numbers that it is made of, without autodiff.
    fn losses(&self, indices: &[usize]) -> (Tensor<1>, Tensor<1>, LossesOf) {
        match &self.model {
            Trainable::Denoiser(network) => {
                let batch = self.draw(indices);
                let of = LossesOf::Examples(batch.t.clone());
                let losses = batch.losses(network, &self.schedule, self.config.prediction, true);
                (losses.clone().mean(), losses.inner(), of)
            }
            Trainable::Autoencoder(autoencoder) => {
                let batch = ReconstructionBatch::draw(
                    self.data.as_ref(),
                    indices,
                    autoencoder.config().latent_shape(),
                    self.config.seed,
                    self.state.step,
                    &self.device,
                );
                let kl_weight = self.config.kl_weight;
                let [error, kl] = batch.error_and_kl(autoencoder, true);
                let losses = Tensor::cat(vec![error.clone().inner(), kl.clone().inner()], 0);
                (
                    error + kl * kl_weight,
                    losses,
                    LossesOf::Reconstruction { kl_weight },
                )
            }
        }
    }

    fn next_indices(&mut self) -> Vec<usize> {
        self.batches.indices(self.state.step, self.config.batch_size)
    }

    fn draw(&self, indices: &[usize]) -> Batch {
        Batch::draw(
            self.data.as_ref(),
            indices,
            self.config.label_dropout,
            self.schedule.len(),
            self.config.seed,
            self.state.step,
            &self.device,
        )
    }

    /// The run with the state of another of the same configuration: how a checkpoint is resumed.
    pub(super) fn with_state(mut self, state: State) -> Self {
        self.model = parameters::unflatten(self.model, state.weights.theta.clone());
        self.state = state;
        self.stepping = Stepping::First;
        self
    }
}
