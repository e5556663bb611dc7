//! What a network's output means: the noise, the image, v or a velocity. Each is a linear function of the other
//! once `x_t` is known, and after [`Prediction::estimates`] nobody needs to ask which one it was.

mod weighting;

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

pub use weighting::LossWeighting;

use crate::process::scale;
use crate::schedule::Level;

/// The quantity that a network is trained to output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Prediction {
    /// eps, the noise (Ho et al. 2020, equation 11).
    #[default]
    Epsilon,
    /// x_0, the clean image.
    Sample,
    /// v = alpha eps - sigma x_0 (Salimans and Ho 2022, "Progressive Distillation", section 4).
    V,
    /// eps - x_0, the velocity of rectified flow (Liu et al. 2023, "Flow Straight and Fast", equation 1, with noise at
    /// t = 1).
    Flow,
}

/// The two estimates that every output stands for; `x_t = alpha x0_hat + sigma eps_hat`.
#[derive(Clone, Debug)]
pub struct Estimates {
    pub x0_hat: Tensor<4>,
    pub eps_hat: Tensor<4>,
}

impl Prediction {
    /// The image and the noise that a network's output stands for. `levels`: one for each element of the batch, or
    /// one for all.
    ///
    /// Not finite where [`Self::is_defined_at`] is false.
    pub fn estimates(self, x_t: Tensor<4>, output: Tensor<4>, levels: &[Level]) -> Estimates {
        let (x_0, eps): (Vec<_>, Vec<_>) = levels.iter().map(|&level| self.weights(level)).unzip();
        let combine = |weights: Vec<(f64, f64)>| {
            let (of_x_t, of_output): (Vec<_>, Vec<_>) = weights.into_iter().unzip();
            scale(x_t.clone(), &of_x_t) + scale(output.clone(), &of_output)
        };
        match self {
            Self::Epsilon => Estimates {
                x0_hat: combine(x_0),
                eps_hat: output,
            },
            Self::Sample => Estimates {
                eps_hat: combine(eps),
                x0_hat: output,
            },
            Self::V | Self::Flow => Estimates {
                x0_hat: combine(x_0),
                eps_hat: combine(eps),
            },
        }
    }

    /// Weights of `(x_t, output)` that give x0_hat, and those that give eps_hat: the definition of the output and
    /// `x_t = alpha x_0 + sigma eps` solved for the two.
    pub(crate) fn weights(self, Level { alpha, sigma }: Level) -> ((f64, f64), (f64, f64)) {
        match self {
            Self::Epsilon => ((1.0 / alpha, -sigma / alpha), (0.0, 1.0)),
            Self::Sample => ((0.0, 1.0), (1.0 / sigma, -alpha / sigma)),
            Self::V => {
                let norm = alpha * alpha + sigma * sigma;
                ((alpha / norm, -sigma / norm), (sigma / norm, alpha / norm))
            }
            Self::Flow => {
                let norm = alpha + sigma;
                ((1.0 / norm, -sigma / norm), (1.0 / norm, alpha / norm))
            }
        }
    }

    /// Whether the output determines image and noise at a level: eps says nothing of the image where no signal is
    /// left, and the image says nothing of the noise where there is none.
    pub fn is_defined_at(self, level: Level) -> bool {
        match self {
            Self::Epsilon => level.alpha > 0.0,
            Self::Sample => level.sigma > 0.0,
            Self::V | Self::Flow => true,
        }
    }

    /// What the network should output for `x_t` made of `x_0` and `eps`; one alpha-bar for each element of the
    /// batch, or one for all.
    pub fn target(self, x_0: Tensor<4>, eps: Tensor<4>, alpha_bar: &[f64]) -> Tensor<4> {
        let levels: Vec<Level> = alpha_bar
            .iter()
            .map(|&alpha_bar| Level::from_alpha_bar(alpha_bar))
            .collect();
        self.output(
            Estimates {
                x0_hat: x_0,
                eps_hat: eps,
            },
            &levels,
        )
    }

    /// The output that stands for two given estimates: the inverse of [`Self::estimates`].
    pub fn output(self, Estimates { x0_hat, eps_hat }: Estimates, levels: &[Level]) -> Tensor<4> {
        match self {
            Self::Epsilon => eps_hat,
            Self::Sample => x0_hat,
            Self::V => {
                let (alphas, sigmas): (Vec<_>, Vec<_>) = levels.iter().map(|l| (l.alpha, l.sigma)).unzip();
                scale(eps_hat, &alphas) - scale(x0_hat, &sigmas)
            }
            Self::Flow => eps_hat - x0_hat,
        }
    }
}

#[cfg(test)]
mod tests;
