//! UniPC of order 2 (Zhao et al. 2023, "UniPC: A Unified Predictor-Corrector Framework for Fast Sampling of Diffusion
//! Models"). Its predictor, UniP-2 with B(h) = e^h - 1, is DPM-Solver++(2M); the corrector is here.

use burn::tensor::Tensor;

use super::dpm_solver::Past;
use crate::schedule::Level;

/// UniC (algorithm 1): takes the step from `previous` to the present level `to` again, now that the network's
/// estimate `x0_hat` at its end is known. `before`, the step before that, raises the order from 1 to 2.
pub fn correct(x0_hat: Tensor<4>, previous: &Past, before: Option<&Past>, to: Level) -> Tensor<4> {
    let from = previous.level;
    let h = to.lambda() - from.lambda();
    let growth = -(-h).exp_m1();
    let change = x0_hat - previous.x0_hat.clone();
    let correction = match before {
        None => change * 0.5,
        Some(before) => {
            // The weights of both differences solve the two order conditions of theorem 3.1.
            let r = (before.level.lambda() - from.lambda()) / h;
            let b_1 = 1.0 / growth - 1.0 / h;
            let b_2 = 2.0 * b_1 / -h + 1.0 / growth;
            let older = (b_1 - b_2) / (1.0 - r);
            (before.x0_hat.clone() - previous.x0_hat.clone()) * (older / r) + change * (b_1 - older)
        }
    };
    let ratio = to.sigma / from.sigma;
    previous.x_t.clone() * ratio + (previous.x0_hat.clone() + correction) * (to.alpha - from.alpha * ratio)
}
