//! How much each timestep counts in the training loss.
//!
//! Written as weights on the squared error of x0_hat, the published weightings compare: predicting eps with equal
//! weights is the weight SNR, predicting v is SNR + 1 (Salimans and Ho 2022, "Progressive Distillation", section 4).

use serde::{Deserialize, Serialize};

use super::Prediction;
use crate::error::{ConfigError, require};

/// A weight for each timestep's loss, a function of its signal-to-noise ratio.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum LossWeighting {
    /// Every timestep alike: L_simple (Ho et al. 2020, equation 14).
    #[default]
    Simple,
    /// SNR on the error of x0_hat, but never more than gamma; 5 in the paper (Hang et al. 2023, "Efficient Diffusion
    /// Training via Min-SNR Weighting Strategy", section 3.4).
    MinSnr { gamma: f64 },
    /// SNR + 1 on the error of x0_hat (Salimans and Ho 2022). Not for [`Prediction::Epsilon`], where the weight has no
    /// bound as the signal vanishes.
    SnrPlusOne,
}

impl LossWeighting {
    /// gamma above 0; no [`Self::SnrPlusOne`] with [`Prediction::Epsilon`].
    pub fn validate(self, prediction: Prediction) -> Result<(), ConfigError> {
        match self {
            Self::Simple => Ok(()),
            Self::MinSnr { gamma } => require(
                gamma > 0.0 && gamma.is_finite(),
                "gamma",
                gamma,
                "a number above 0",
            ),
            Self::SnrPlusOne => require(
                prediction != Prediction::Epsilon,
                "loss_weighting",
                "snrPlusOne",
                "simple or minSnr where eps is predicted",
            ),
        }
    }

    /// The factor on the squared error of the network's output at this signal-to-noise ratio.
    pub fn weight(self, snr: f64, prediction: Prediction) -> f64 {
        match self {
            Self::Simple => 1.0,
            Self::MinSnr { gamma } => match prediction {
                // The general rule gives 0 / 0 where the SNR is 0.
                Prediction::Epsilon => (gamma / snr).min(1.0),
                _ => snr.min(gamma) / output_error_per_x_0_error(snr, prediction),
            },
            Self::SnrPlusOne => (snr + 1.0) / output_error_per_x_0_error(snr, prediction),
        }
    }
}

/// The squared error of the output that goes with a squared error of 1 in x0_hat.
fn output_error_per_x_0_error(snr: f64, prediction: Prediction) -> f64 {
    match prediction {
        Prediction::Epsilon => snr,
        Prediction::Sample => 1.0,
        Prediction::V => snr + 1.0,
        // 1 / sigma^2 on the path alpha + sigma = 1.
        Prediction::Flow => (snr.sqrt() + 1.0).powi(2),
    }
}
