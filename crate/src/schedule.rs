//! Noise schedules: how much noise is in `x_t`, as pure functions in `f64`.
//!
//! Timesteps count from 0 here, as in the code of the field: `alphas_cumprod[0]` is the paper's alpha-bar_1.
//! alpha-bar_t is the product of `1 - beta_s` for s up to t, without a square root (Ho et al. 2020, "Denoising
//! Diffusion Probabilistic Models", below equation 3). The paper on DDIM writes a plain alpha for the same number.

mod curves;
mod level;
mod sigmas;
mod spacing;

use serde::{Deserialize, Serialize};

pub use curves::rescale_zero_terminal_snr;
pub use level::Level;
pub use sigmas::karras_sigmas;
pub use spacing::{Spacing, linspace, solver_timesteps, timesteps};

use crate::error::{ConfigError, require};

/// Above this value of sqrt(alpha-bar_T), `x_T` keeps enough of the image to tell its brightness, while sampling
/// starts from noise that has none (Lin et al. 2024, "Common Diffusion Noise Schedules and Sample Steps are Flawed").
pub const TERMINAL_SIGNAL_LIMIT: f64 = 0.05;

/// Most timesteps that a schedule may have.
pub const MAX_TRAIN_TIMESTEPS: usize = 10_000;

/// The shape of `betas` over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum ScheduleKind {
    /// beta grows linearly (Ho et al. 2020, section 4).
    #[default]
    Linear,
    /// sqrt(beta) grows linearly (Rombach et al. 2022, latent diffusion).
    ScaledLinear,
    /// alpha-bar is a squared cosine (Nichol and Dhariwal 2021, equation 17). `beta_start` and `beta_end` don't matter.
    Cosine,
    /// beta grows along a sigmoid (Xu et al. 2022, GeoDiff).
    Sigmoid,
}

/// What a [`Schedule`] is made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct ScheduleConfig {
    pub kind: ScheduleKind,
    /// T, from 1 to [`MAX_TRAIN_TIMESTEPS`].
    pub num_train_timesteps: usize,
    pub beta_start: f64,
    pub beta_end: f64,
    /// Moves the curve so that alpha-bar_T is exactly 0.
    pub rescale_zero_terminal_snr: bool,
}

impl Default for ScheduleConfig {
    fn default() -> Self {
        Self {
            kind: ScheduleKind::Linear,
            num_train_timesteps: 1000,
            beta_start: 1e-4,
            beta_end: 0.02,
            rescale_zero_terminal_snr: false,
        }
    }
}

impl ScheduleConfig {
    /// T from 1 to [`MAX_TRAIN_TIMESTEPS`] (from 2 when rescaled), and 0 < beta_start <= beta_end < 1.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let fewest = if self.rescale_zero_terminal_snr { 2 } else { 1 };
        require(
            (fewest..=MAX_TRAIN_TIMESTEPS).contains(&self.num_train_timesteps),
            "num_train_timesteps",
            self.num_train_timesteps,
            format!("from {fewest} to {MAX_TRAIN_TIMESTEPS}"),
        )?;
        let (start, end) = (self.beta_start, self.beta_end);
        require(start > 0.0 && start < 1.0, "beta_start", start, "between 0 and 1")?;
        require(
            end >= start && end < 1.0,
            "beta_end",
            end,
            format!("at least beta_start ({start}) and below 1"),
        )
    }
}

/// The noise of every timestep.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Variance that the step to timestep t adds.
    pub betas: Vec<f64>,
    /// alpha-bar: the share of the image's variance that is left at timestep t.
    pub alphas_cumprod: Vec<f64>,
}

impl Schedule {
    pub fn new(config: &ScheduleConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        let mut betas = curves::betas(config);
        if config.rescale_zero_terminal_snr {
            betas = rescale_zero_terminal_snr(&betas);
        }
        Ok(Self::accumulate(betas))
    }

    /// A schedule of given betas, each between 0 and 1.
    pub fn from_betas(betas: Vec<f64>) -> Result<Self, ConfigError> {
        let count = betas.len();
        require(
            (1..=MAX_TRAIN_TIMESTEPS).contains(&count),
            "betas",
            format!("a list of {count}"),
            format!("a list of 1 to {MAX_TRAIN_TIMESTEPS}"),
        )?;
        for &beta in &betas {
            require(beta > 0.0 && beta < 1.0, "betas", beta, "between 0 and 1")?;
        }
        Ok(Self::accumulate(betas))
    }

    fn accumulate(betas: Vec<f64>) -> Self {
        let mut product = 1.0;
        let alphas_cumprod = betas
            .iter()
            .map(|beta| {
                product *= 1.0 - beta;
                product
            })
            .collect();
        Self {
            betas,
            alphas_cumprod,
        }
    }

    /// T, the number of timesteps.
    #[expect(clippy::len_without_is_empty, reason = "a schedule has at least one timestep")]
    pub fn len(&self) -> usize {
        self.betas.len()
    }

    /// alpha-bar_t. Panics where t is not below T, as the other accessors do.
    pub fn alpha_bar(&self, t: usize) -> f64 {
        self.alphas_cumprod[t]
    }

    /// Share of data and of noise in x_t.
    pub fn level(&self, t: usize) -> Level {
        Level::from_alpha_bar(self.alpha_bar(t))
    }

    /// Share of data and of noise in what the step to timestep t starts from: x_{t-1}, the clean image for t = 0.
    pub fn level_before(&self, t: usize) -> Level {
        t.checked_sub(1).map_or(Level::CLEAN, |before| self.level(before))
    }

    /// Signal-to-noise ratio alpha-bar_t / (1 - alpha-bar_t).
    pub fn snr(&self, t: usize) -> f64 {
        let alpha_bar = self.alpha_bar(t);
        alpha_bar / (1.0 - alpha_bar)
    }

    /// Natural logarithm of [`Self::snr`]; minus infinity where alpha-bar_t is 0.
    pub fn log_snr(&self, t: usize) -> f64 {
        let alpha_bar = self.alpha_bar(t);
        alpha_bar.ln() - (-alpha_bar).ln_1p()
    }

    /// sqrt(alpha-bar_T): how much of the image the noisiest `x_t` still shows.
    pub fn terminal_signal(&self) -> f64 {
        self.alpha_bar(self.len() - 1).sqrt()
    }

    /// [`Self::terminal_signal`] where it is above [`TERMINAL_SIGNAL_LIMIT`]: samples will lack what it should carry.
    pub fn terminal_signal_warning(&self) -> Option<f64> {
        Some(self.terminal_signal()).filter(|&signal| signal > TERMINAL_SIGNAL_LIMIT)
    }
}

#[cfg(test)]
mod tests;
