//! A training step that is recorded on the GPU once and replayed with every batch: the host then draws the batch, and no
//! more.

use burn::backend::ExecutionError;
use burn::tensor::Tensor;

use super::objective::Question;
use crate::kernels::{self, Moments, Weights};
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
    _theta: Tensor<1>,
}

impl RecordedStep {
    /// Records the step of `model`, a denoiser whose loss is the question's. Nothing is written that is given here.
    pub fn new(
        model: &Trainable,
        weights: &Weights,
        question: Question,
        coefficients: Tensor<1>,
    ) -> Result<Self, ExecutionError> {
        let device = weights.theta.device();
        let original = weights;
        let weights = Weights {
            theta: kernels::copied(original.theta.clone()),
            ema: kernels::copied(original.ema.clone()),
            moments: Moments {
                m: kernels::copied(original.moments.m.clone()),
                v: kernels::copied(original.moments.v.clone()),
            },
        };
        let inputs = Inputs {
            question: Question {
                x_t: kernels::copied(question.x_t),
                times: kernels::copied(question.times),
                labels: kernels::copied_labels(question.labels),
                target: kernels::copied(question.target),
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
                let [norm, theta] = kernels::update_in_place(&weights, grad, inputs.coefficients.clone());
                Output {
                    values: Tensor::cat(vec![losses.inner(), norm], 0),
                    _theta: theta,
                }
            }
        };
        let step = Recording::new(&device, step)?;
        // The recording took a step to warm up.
        let restore = |x: &Tensor<1>, original: &Tensor<1>| kernels::overwrite(x.clone(), original.clone());
        let _restored = [
            restore(&weights.theta, &original.theta),
            restore(&weights.ema, &original.ema),
            restore(&weights.moments.m, &original.moments.m),
            restore(&weights.moments.v, &original.moments.v),
        ];
        device.flush()?;
        Ok(Self {
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
    pub fn take(&self, question: Question, coefficients: Tensor<1>) -> Result<Tensor<1>, ExecutionError> {
        let kept = &self.inputs;
        // Held until the replay: what nobody holds any more need not be computed.
        let _question = Question {
            x_t: kernels::overwrite(kept.question.x_t.clone(), question.x_t),
            times: kernels::overwrite(kept.question.times.clone(), question.times),
            labels: kernels::overwrite_labels(kept.question.labels.clone(), question.labels),
            target: kernels::overwrite(kept.question.target.clone(), question.target),
        };
        let _coefficients = kernels::overwrite(kept.coefficients.clone(), coefficients);
        let output = self.step.replay()?;
        Ok(kernels::copied(output.values.clone()))
    }
}
