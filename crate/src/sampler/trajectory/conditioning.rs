//! Trajectories that begin at an image, or keep parts of one.

use burn::tensor::Tensor;

use super::Trajectory;
use crate::error::{ConfigError, require};
use crate::process::mix;
use crate::sampler::SamplerKind;
use crate::sampler::noise::Purpose;
use crate::sampler::plan::{Transition, resampled};
use crate::schedule::Level;

/// Pixels that are given, and how often the sampler goes back to fit the others to them.
#[derive(Clone)]
pub(super) struct Inpainting {
    x_0: Tensor<4>,
    mask: Tensor<4>,
    jump_length: usize,
    jump_n_sample: usize,
}

impl Trajectory {
    /// Starts from this in place of the seed's noise: noise found by inversion, a mean of two noises, the image of
    /// an inversion. Only before the first step.
    pub fn with_start(mut self, x: Tensor<4>) -> Result<Self, ConfigError> {
        self.check_start("x", &x)?;
        self.x_t = x;
        Ok(self)
    }

    /// Starts from an image noised to timestep `t` (Meng et al. 2022, "SDEdit", section 3): steps noisier than
    /// that are left out. The smaller `t`, the more of the image stays. Only before the first step, and
    /// before [`Self::with_known`].
    pub fn with_image(mut self, x_0: Tensor<4>, t: f64) -> Result<Self, ConfigError> {
        self.check_start("x_0", &x_0)?;
        let inverts = self.config.sampler == SamplerKind::DdimInversion;
        require(
            !inverts,
            "sampler",
            "ddimInversion",
            "one that goes from noise to image",
        )?;
        require(
            self.inpainting.is_none(),
            "x_0",
            "given after the known pixels",
            "given before them",
        )?;
        let lowest = self.plan.iter().map(|step| step.t).fold(f64::INFINITY, f64::min);
        require(
            t >= lowest,
            "t",
            t,
            format!("at least {lowest}, the least timestep visited"),
        )?;
        self.plan.retain(|step| step.t <= t);
        self.x_t = mix(x_0, self.x_t, &[self.plan[0].from]);
        Ok(self)
    }

    /// Fills in what `mask`, 1 where a pixel of `x_0` is known and 0 where not, leaves open (Lugmayr et al. 2022,
    /// "RePaint", algorithm 1): after each step the known pixels are replaced by theirs, noised to the level reached.
    ///
    /// Each `jump_length` steps are gone through `jump_n_sample` times, so that the rest comes to agree with the known;
    /// 1 is once. Only before the first step.
    pub fn with_known(
        mut self,
        x_0: Tensor<4>,
        mask: Tensor<4>,
        jump_length: usize,
        jump_n_sample: usize,
    ) -> Result<Self, ConfigError> {
        self.check_start("x_0", &x_0)?;
        self.check_start("mask", &mask)?;
        require(
            (1..=1000).contains(&jump_length),
            "jump_length",
            jump_length,
            "from 1 to 1000",
        )?;
        require(
            (1..=100).contains(&jump_n_sample),
            "jump_n_sample",
            jump_n_sample,
            "from 1 to 100",
        )?;
        self.inpainting = Some(Inpainting {
            x_0,
            mask,
            jump_length,
            jump_n_sample,
        });
        let plan = std::mem::take(&mut self.plan);
        self.plan = self.with_jumps(plan);
        Ok(self)
    }

    /// The plan with inpainting's jumps, if it has any.
    pub(super) fn with_jumps(&self, plan: Vec<Transition>) -> Vec<Transition> {
        match &self.inpainting {
            Some(known) => resampled(&plan, known.jump_length, known.jump_n_sample),
            None => plan,
        }
    }

    /// Puts the known pixels, noised to `level`, over the sampler's.
    pub(super) fn restore_known(&self, x: Tensor<4>, level: Level) -> Tensor<4> {
        let Some(Inpainting { x_0, mask, .. }) = &self.inpainting else {
            return x;
        };
        let known = if level.sigma == 0.0 {
            x_0.clone()
        } else {
            mix(x_0.clone(), self.noise(Purpose::Known), &[level])
        };
        x.clone() + (known - x) * mask.clone()
    }

    fn check_start(&self, field: &'static str, x: &Tensor<4>) -> Result<(), ConfigError> {
        let (shape, expected) = (x.dims(), self.x_t.dims());
        require(
            shape == expected,
            field,
            format!("{shape:?}"),
            format!("{expected:?}"),
        )?;
        require(
            self.taken == 0,
            field,
            format!("given after step {}", self.taken),
            "given before the first step",
        )
    }
}
