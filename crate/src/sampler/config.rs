//! What a trajectory is made from.

use serde::{Deserialize, Serialize};

use super::ddpm::Variance;
use crate::error::{ConfigError, require};
use crate::schedule::Spacing;

/// Most images that one trajectory may hold.
const MAX_COUNT: usize = 65_536;

/// The method that takes `x_t` from one level to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum SamplerKind {
    #[default]
    Ddpm,
    Ddim,
    /// DDIM run backwards, from an image to the noise that gives it.
    DdimInversion,
    /// DPM-Solver++(2M).
    DpmSolverPp2M,
    UniPc,
    Euler,
    /// Calls the network twice a step.
    Heun,
}

/// How to sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct SampleConfig {
    pub sampler: SamplerKind,
    /// Sampling steps, from 1 to the number of training timesteps.
    pub steps: usize,
    /// DDIM's share of fresh noise, from 0 (none) to 1 (as much as DDPM).
    pub eta: f64,
    /// The class asked for; none is the null class.
    pub class: Option<u8>,
    /// Scale of classifier-free guidance; 1 is none.
    pub guidance_scale: f64,
    /// How far guidance's growth of contrast is taken back, from 0 to 1.
    pub guidance_rescale: f64,
    /// How many channels guidance steers; none is all, 3 is the published DiT over latents.
    pub guidance_channels: Option<usize>,
    pub seed: u64,
    /// Number of images.
    pub count: usize,
    pub spacing: Spacing,
    /// Added to the timesteps of leading spacing.
    pub steps_offset: usize,
    /// Whether DDIM's last step ends at the clean image (alpha-bar = 1), or at alpha-bar of timestep 0.
    pub set_alpha_to_one: bool,
    /// Noise ratios spaced as in Karras et al. 2022, in place of evenly spaced timesteps.
    pub use_karras_sigmas: bool,
    /// Timestep shift of rectified flow: above 1, more of the steps go where there is much noise.
    pub shift: f64,
    /// The variance of DDPM's steps.
    pub variance: Variance,
    /// Keep x0_hat in [-1, 1], where pixels live.
    pub clip_sample: bool,
    /// Scale x0_hat down by this percentile of its absolute values, from 0 to 1, where it is above 1 (dynamic
    /// thresholding); takes the place of `clip_sample`.
    pub dynamic_threshold: Option<f64>,
    /// Whether clipping x0_hat also moves eps_hat, so that the two still make up `x_t`.
    pub use_clipped_model_output: bool,
}

impl Default for SampleConfig {
    fn default() -> Self {
        Self {
            sampler: SamplerKind::Ddpm,
            steps: 1000,
            eta: 0.0,
            class: None,
            guidance_scale: 1.0,
            guidance_rescale: 0.0,
            guidance_channels: None,
            seed: 0,
            count: 1,
            spacing: Spacing::default(),
            steps_offset: 0,
            set_alpha_to_one: true,
            use_karras_sigmas: false,
            shift: 1.0,
            variance: Variance::default(),
            clip_sample: true,
            dynamic_threshold: None,
            use_clipped_model_output: false,
        }
    }
}

impl SampleConfig {
    /// Checks every field against its range; `num_train_timesteps` is the schedule's.
    pub fn validate(&self, num_train_timesteps: usize) -> Result<(), ConfigError> {
        let share = 0.0..=1.0;
        require(
            (1..=num_train_timesteps).contains(&self.steps),
            "steps",
            self.steps,
            format!("from 1 to {num_train_timesteps}, the number of training timesteps"),
        )?;
        require(share.contains(&self.eta), "eta", self.eta, "from 0 to 1")?;
        require(
            (0.0..=100.0).contains(&self.guidance_scale),
            "guidance_scale",
            self.guidance_scale,
            "from 0 to 100",
        )?;
        require(
            share.contains(&self.guidance_rescale),
            "guidance_rescale",
            self.guidance_rescale,
            "from 0 to 1",
        )?;
        if let Some(channels) = self.guidance_channels {
            require(channels > 0, "guidance_channels", channels, "at least 1, or none")?;
        }
        require(
            (1..=MAX_COUNT).contains(&self.count),
            "count",
            self.count,
            format!("from 1 to {MAX_COUNT}"),
        )?;
        require(
            (0.01..=100.0).contains(&self.shift),
            "shift",
            self.shift,
            "from 0.01 to 100",
        )?;
        if let Some(percentile) = self.dynamic_threshold {
            require(
                percentile > 0.0 && percentile <= 1.0,
                "dynamic_threshold",
                percentile,
                "above 0, at most 1",
            )?;
        }
        Ok(())
    }
}
