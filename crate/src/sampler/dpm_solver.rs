//! DPM-Solver++(2M) (Lu et al. 2022, "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic
//! Models").

use burn::tensor::Tensor;

use super::{StepWeights, euler};
use crate::schedule::Level;

/// What a multistep method remembers of a step.
#[derive(Clone, Debug)]
pub struct Past {
    pub level: Level,
    pub x_t: Tensor<4>,
    pub x0_hat: Tensor<4>,
}

/// One step (algorithm 2): the estimate is carried on along the line through the present and the `previous` one, which is
/// the past of the sum.
///
/// Without a previous step it is first order, and so it is where the step ends at the clean level, infinitely far in
/// lambda.
pub fn weights(previous: Option<Level>, from: Level, to: Level) -> StepWeights {
    let first_order = euler::weights(from, to);
    match previous {
        Some(previous) if to.sigma > 0.0 => {
            let ahead = to.lambda() - from.lambda();
            let behind = from.lambda() - previous.lambda();
            let carried = 0.5 * ahead / behind;
            StepWeights {
                x0_hat: first_order.x0_hat * (1.0 + carried),
                past: -first_order.x0_hat * carried,
                ..first_order
            }
        }
        _ => first_order,
    }
}
