//! A training step that is recorded on the GPU once and replayed with every batch: the host then draws the batch, and no
//! more.

use burn::tensor::Tensor;

use super::objective::Question;
use crate::kernels::{self, Moments, Overwritten, Weights};
use crate::model::{Trainable, parameters};
use crate::runtime::Recording;

/// A run's step, and the weights that it writes where they are.
#[derive(Debug)]
pub(super) struct RecordedStep {
    weights: Weights,
    inputs: Inputs,
    step: Recording<Output>,
}

/// Where the step finds what changes from step to step.
#[derive(Clone, Debug)]
struct Inputs {
    question: Question,
    coefficients: Tensor<1>,
}

#[derive(Debug)]
struct Output {
    values: Tensor<1>,
    /// Held so that nothing that writes the weights is left out.
    _theta: Overwritten,
}

impl RecordedStep {
    /// Records the step of `model`, a denoiser whose loss is the question's. Nothing is written that is given here.
    pub fn new(
        model: &Trainable,
        weights: &Weights,
        question: &Question,
        coefficients: &Tensor<1>,
    ) -> Option<Self> {
        let device = weights.theta.device();
        let original = weights;
        let weights = Weights {
            theta: kernels::copied(&original.theta),
            ema: kernels::copied(&original.ema),
            moments: Moments {
                m: kernels::copied(&original.moments.m),
                v: kernels::copied(&original.moments.v),
            },
        };
        let inputs = Inputs {
            question: Question {
                x_t: kernels::copied(&question.x_t),
                times: kernels::copied(&question.times),
                labels: question.labels.full_like(0),
                target: kernels::copied(&question.target),
            },
            coefficients: kernels::copied(coefficients),
        };
        let step = {
            let (weights, inputs) = (weights.clone(), inputs.clone());
            let model = parameters::unflatten(model.clone(), weights.theta.clone());
            move || {
                let Trainable::Denoiser(network) = &model else {
                    unreachable!("the caller asks for a denoiser's step");
                };
                let losses = inputs.question.clone().losses(network, true);
                let grad = parameters::flatten_grads(&model, losses.clone().mean().backward());
                let (norm, theta) = kernels::update_in_place(&weights, grad, inputs.coefficients.clone());
                Output {
                    values: Tensor::cat(vec![losses.inner(), norm], 0),
                    _theta: theta,
                }
            }
        };
        let step = Recording::new(&device, step)?;
        // The recording took steps to warm up.
        let _restored = [
            kernels::overwrite(&weights.theta, original.theta.clone()),
            kernels::overwrite(&weights.ema, original.ema.clone()),
            kernels::overwrite(&weights.moments.m, original.moments.m.clone()),
            kernels::overwrite(&weights.moments.v, original.moments.v.clone()),
        ];
        device.flush().ok()?;
        Some(Self {
            weights,
            inputs,
            step,
        })
    }

    /// The weights, which the next step writes over: copy what is to last.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Takes a step: the losses of the examples and behind them the gradient's norm, `[batch + 1]`.
    pub fn take(&self, question: Question, coefficients: Tensor<1>) -> Option<Tensor<1>> {
        let kept = &self.inputs;
        // Held until the replay: what nobody holds any more need not be computed.
        let _written = [
            kernels::overwrite(&kept.question.x_t, question.x_t),
            kernels::overwrite(&kept.question.times, question.times),
            kernels::overwrite_labels(&kept.question.labels, question.labels),
            kernels::overwrite(&kept.question.target, question.target),
            kernels::overwrite(&kept.coefficients, coefficients),
        ];
        let output = self.step.replay()?;
        Some(kernels::copied(&output.values))
    }
}
