//! One training step from the inside: one example of its batch before and after.

use std::error::Error;

use burn::tensor::{Int, Tensor};

use super::protocol::{Event, Frames};
use super::training::Run;
use crate::denoiser::{Denoiser, split_variance};
use crate::model::parameters;
use crate::model::preset::NULL_CLASS;
use crate::prediction::Estimates;
use crate::process::mix;
use crate::runtime::read;
use crate::schedule::Level;
use crate::train::StepReport;
use crate::train::objective::{timestep_tensor, told_and_mixed};

/// An example of the batch that the next step will look at, and what the network says of it before the step.
pub struct Before {
    x_0: Tensor<4>,
    eps: Tensor<4>,
    x_t: Tensor<4>,
    target: Tensor<4>,
    output: Tensor<4>,
    t: usize,
    /// What the network is told of `t`.
    told: usize,
    level: Level,
    label: Tensor<1, Int>,
    weights: Tensor<1>,
}

impl Before {
    /// The first of the batch.
    pub fn of_next_step(run: &mut Run) -> Result<Self, Box<dyn Error>> {
        let trainer = &mut run.trainer;
        let batch = trainer
            .next_batch()
            .ok_or("an autoencoder adds no noise: there is no step of this kind to show")?;
        let [x_0, eps] = [batch.x_0, batch.eps].map(|tensor| tensor.narrow(0, 0, 1));
        if x_0.dims()[1] != 1 {
            return Err("only grey images can be shown, and this network learns from something else".into());
        }
        let (t, label) = (batch.t[0], batch.labels.narrow(0, 0, 1));
        let prediction = trainer.config().prediction;
        let (told, level) = told_and_mixed(t, trainer.schedule(), prediction);
        let x_t = mix(x_0.clone(), eps.clone(), &[level]);
        let known = Estimates {
            x0_hat: x_0.clone(),
            eps_hat: eps.clone(),
        };
        let network = trainer.network()?;
        Ok(Self {
            target: prediction.output(known, &[level]),
            output: output(&network, x_t.clone(), told, label.clone()),
            // A copy: the step may write the new weights over the old ones.
            weights: parameters::flatten(&network),
            x_0,
            eps,
            x_t,
            t,
            told,
            level,
            label,
        })
    }

    /// The event `slowStep`, once the run has taken the step that `report` is of.
    pub async fn after(self, run: &Run, report: &StepReport) -> Result<Event, Box<dyn Error>> {
        let network = run.trainer.network()?;
        let output_after = output(&network, self.x_t.clone(), self.told, self.label.clone());
        let change = parameters::flatten(&network) - self.weights.clone();
        let length = |x: Tensor<1>| x.square().sum().sqrt();
        let errors =
            [self.output.clone(), output_after.clone()].map(|guess| (self.target.clone() - guess).square());
        let numbers = [
            errors[0].clone().mean(),
            errors[1].clone().mean(),
            length(self.weights),
            length(change),
            self.label.float(),
        ];
        let numbers = read(Tensor::cat(numbers.into(), 0)).await?;
        // A picture spans -1 to 1: an error of 0 is the one, an error of 4 the other.
        let [error, error_after] = errors.map(|error| error * 0.5 - 1.0);
        let pictures = [
            self.x_0,
            self.eps,
            self.x_t,
            self.target,
            self.output,
            output_after,
            error,
            error_after,
        ];
        let [
            x_0,
            eps,
            x_t,
            target,
            output,
            output_after,
            squared_error,
            squared_error_after,
        ] = Frames::read(pictures).await?;
        let config = run.trainer.config();
        let label = numbers[4] as u8;
        Ok(Event::SlowStep {
            step: report.step,
            label: (label != NULL_CLASS).then_some(label),
            t: self.t as u32 + 1,
            prediction: config.prediction,
            signal: self.level.alpha,
            noise: self.level.sigma,
            x_0,
            eps,
            x_t,
            target,
            output,
            output_after,
            squared_error,
            squared_error_after,
            example_loss: numbers[0].into(),
            example_loss_after: numbers[1].into(),
            batch_size: config.batch_size as u32,
            loss: report.loss,
            grad_norm: report.grad_norm,
            learning_rate: report.learning_rate,
            weight_decay: config.weight_decay,
            grad_clip: config.grad_clip,
            weights_norm: numbers[2],
            update_norm: numbers[3],
        })
    }
}

/// What the network answers, without what it may say of the variance.
fn output(network: &impl Denoiser, x_t: Tensor<4>, told: usize, label: Tensor<1, Int>) -> Tensor<4> {
    let told = timestep_tensor(&[told], &x_t.device());
    let channels = x_t.dims()[1];
    split_variance(network.denoise(x_t, told, Some(label)), channels).0
}
