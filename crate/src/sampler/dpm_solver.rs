//! DPM-Solver++(2M) (Lu et al. 2022, "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic
//! Models").

use burn::tensor::Tensor;

use crate::schedule::Level;

/// What a multistep method remembers of a step.
#[derive(Clone, Debug)]
pub struct Past {
    pub level: Level,
    pub x_t: Tensor<4>,
    pub x0_hat: Tensor<4>,
}

/// One step (algorithm 2): the estimate is carried on along the line through the present and the previous one.
///
/// Without a previous step it is first order, and so it is where the step ends at the clean level, infinitely far in
/// lambda.
pub fn step(x_t: Tensor<4>, x0_hat: Tensor<4>, previous: Option<&Past>, from: Level, to: Level) -> Tensor<4> {
    let estimate = match previous {
        Some(previous) if to.sigma > 0.0 => {
            let ahead = to.lambda() - from.lambda();
            let behind = from.lambda() - previous.level.lambda();
            x0_hat.clone() + (x0_hat - previous.x0_hat.clone()) * (0.5 * ahead / behind)
        }
        _ => x0_hat,
    };
    let ratio = to.sigma / from.sigma;
    x_t * ratio + estimate * (to.alpha - from.alpha * ratio)
}
