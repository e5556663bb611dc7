//! Sampling as a pull: each call of [`Trajectory::step`] takes one step and shows what happened.

mod conditioning;
mod memory;
mod network;
mod steering;

use burn::tensor::{Device, Int, Tensor};

use self::conditioning::Inpainting;
use self::memory::Memory;
use self::network::{check_prediction, labels};
use super::dpm_solver::Past;
use super::noise::{Purpose, start_noise, step_noise};
use super::{
    Addends, SampleConfig, SamplerKind, StepWeights, Transition, ddim, ddpm, dpm_solver, euler, heun, plan,
    unipc,
};
use crate::denoiser::Denoiser;
use crate::error::{ConfigError, require};
use crate::prediction::{Estimates, Prediction};
use crate::process::q_step;
use crate::schedule::{Level, Schedule};

/// What one step saw: `x_t` as the network saw it at timestep `t`, and what the network made of it. Images are
/// `[count, channels, height, width]`.
#[derive(Clone, Debug)]
pub struct Frame {
    /// This step's number, from 1.
    pub step: usize,
    /// Steps of the whole trajectory.
    pub steps: usize,
    /// The timestep that the network was told; not always whole with Karras' noise ratios and in rectified flow.
    pub t: f64,
    pub x_t: Tensor<4>,
    /// The estimated noise, guidance included.
    pub eps_hat: Tensor<4>,
    /// The estimated image, guidance and clipping included.
    pub x0_hat: Tensor<4>,
}

/// A batch of images on the way from noise to data (or back, in inversion).
///
/// Nothing in here reads a tensor back: a step queues work on the device and returns. A clone shares all tensors.
#[derive(Clone)]
pub struct Trajectory {
    config: SampleConfig,
    schedule: Schedule,
    prediction: Prediction,
    null_class: Option<u8>,
    labels: Option<Tensor<1, Int>>,
    /// Whether `labels` were given one by one, in place of the configuration's class.
    has_own_labels: bool,
    plan: Vec<Transition>,
    /// Steps taken; the index of the next transition.
    taken: usize,
    x_t: Tensor<4>,
    /// The latest steps, newest last, for methods that look back.
    past: Vec<Past>,
    memory: Memory,
    inpainting: Option<Inpainting>,
    model_calls: usize,
}

impl Trajectory {
    /// A trajectory that starts from noise. `shape` is `[count, channels, height, width]`; `null_class` is the label
    /// that stands for "no class", none for a network without classes.
    pub fn new(
        config: &SampleConfig,
        schedule: &Schedule,
        prediction: Prediction,
        shape: [usize; 4],
        null_class: Option<u8>,
        device: &Device,
    ) -> Result<Self, ConfigError> {
        require(
            shape[0] == config.count,
            "count",
            config.count,
            format!("{}, as in the shape", shape[0]),
        )?;
        let plan = plan(config, schedule, prediction)?;
        check_prediction(prediction, &plan)?;
        Ok(Self {
            labels: labels(config, null_class, device)?,
            has_own_labels: false,
            x_t: start_noise(config.seed, shape, device),
            config: config.clone(),
            schedule: schedule.clone(),
            prediction,
            null_class,
            plan,
            taken: 0,
            past: Vec::new(),
            memory: Memory::default(),
            inpainting: None,
            model_calls: 0,
        })
    }

    /// Takes one step. `None` once all are taken.
    pub fn step(&mut self, denoiser: &dyn Denoiser) -> Option<Frame> {
        let transition = *self.plan.get(self.taken)?;
        self.memory.keep(&self.x_t, &self.past);
        self.rewind(transition);
        let x_t = self.x_t.clone();
        let answers = self.ask(denoiser, x_t.clone(), transition.t);
        let (estimates, x_next) = self.advance(denoiser, transition, answers);
        self.x_t = self.restore_known(x_next, transition.to);
        self.taken += 1;
        let Estimates { x0_hat, eps_hat } = estimates;
        Some(Frame {
            step: self.taken,
            steps: self.plan.len(),
            t: transition.t,
            x_t,
            eps_hat,
            x0_hat,
        })
    }

    /// The present state: `x_T` before the first step, the sample after the last.
    pub fn x_t(&self) -> Tensor<4> {
        self.x_t.clone()
    }

    /// The steps, taken and to come.
    pub fn plan(&self) -> &[Transition] {
        &self.plan
    }

    /// Number of steps taken.
    pub fn taken(&self) -> usize {
        self.taken
    }

    pub fn is_done(&self) -> bool {
        self.taken == self.plan.len()
    }

    /// Evaluations of the network so far, steps since taken back included. One with guidance's doubled batch
    /// counts once.
    pub fn model_calls(&self) -> usize {
        self.model_calls
    }

    pub fn config(&self) -> &SampleConfig {
        &self.config
    }

    /// The sampler's step: the estimates of `answers`, and the next `x_t`.
    fn advance(
        &mut self,
        denoiser: &dyn Denoiser,
        Transition { t_next, from, to, .. }: Transition,
        answers: Tensor<4>,
    ) -> (Estimates, Tensor<4>) {
        let x_t = self.x_t.clone();
        let has_v = answers.dims()[1] == 2 * x_t.dims()[1];
        let weights = self.weights(has_v, from, to);
        let step = self.made(from, weights);
        let addends = Addends {
            noise: (weights.noise > 0.0).then(|| self.noise(Purpose::Sampler)),
            past: self.past.last().map(|past| past.x0_hat.clone()),
        };
        match self.config.sampler {
            SamplerKind::Ddpm | SamplerKind::Ddim | SamplerKind::DdimInversion | SamplerKind::Euler => {
                step.take(x_t, answers, addends)
            }
            SamplerKind::DpmSolverPp2M => {
                let (estimates, x_next) = step.take(x_t.clone(), answers, addends);
                self.remember(from, x_t, &estimates);
                (estimates, x_next)
            }
            SamplerKind::UniPc => {
                let (estimates, x_next) = step.take(x_t.clone(), answers, addends.clone());
                let before = match self.past.as_slice() {
                    [] => None,
                    [previous] => Some((previous, None)),
                    [.., before, previous] => Some((previous, Some(before))),
                };
                // Corrected, the step before ends elsewhere, and this one goes on from there.
                let (x_t, x_next) = match before {
                    None => (x_t, x_next),
                    Some((previous, before)) => {
                        let x_t = unipc::correct(estimates.x0_hat.clone(), previous, before, from);
                        (x_t.clone(), weights.sum(x_t, &estimates, None, addends))
                    }
                };
                self.remember(from, x_t, &estimates);
                (estimates, x_next)
            }
            SamplerKind::Heun => {
                let (estimates, x_euler) = step.take(x_t.clone(), answers, addends);
                if to.sigma == 0.0 {
                    return (estimates, x_euler);
                }
                let there = self.ask(denoiser, x_euler.clone(), t_next);
                let past = Addends {
                    past: Some(x_t),
                    ..Addends::default()
                };
                let corrected = self.made(to, heun::weights(from, to));
                let (_, x_next) = corrected.take(x_euler, there, past);
                (estimates, x_next)
            }
        }
    }

    /// How the sampler weighs; Heun's method its first half.
    fn weights(&self, has_v: bool, from: Level, to: Level) -> StepWeights {
        match self.config.sampler {
            SamplerKind::Ddpm => ddpm::weights(self.config.variance, has_v, from, to),
            SamplerKind::Ddim => ddim::weights(self.config.eta, from, to),
            SamplerKind::DdimInversion => ddim::weights(0.0, from, to),
            SamplerKind::DpmSolverPp2M | SamplerKind::UniPc => {
                dpm_solver::weights(self.past.last().map(|past| past.level), from, to)
            }
            SamplerKind::Euler | SamplerKind::Heun => euler::weights(from, to),
        }
    }

    /// Before a step that is gone through again: fresh noise takes `x_t` back to the level where it begins.
    fn rewind(&mut self, transition: Transition) {
        if let Some(clean) = transition.rewind_from {
            self.x_t = q_step(
                self.x_t.clone(),
                self.noise(Purpose::Resampling),
                clean,
                transition.from,
            );
            self.past.clear();
        }
    }

    fn remember(&mut self, level: Level, x_t: Tensor<4>, Estimates { x0_hat, .. }: &Estimates) {
        if self.past.len() == 2 {
            self.past.remove(0);
        }
        let x0_hat = x0_hat.clone();
        self.past.push(Past { level, x_t, x0_hat });
    }

    fn noise(&self, purpose: Purpose) -> Tensor<4> {
        step_noise(
            self.config.seed,
            self.taken,
            purpose,
            self.x_t.dims(),
            &self.x_t.device(),
        )
    }
}
