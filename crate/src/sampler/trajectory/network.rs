//! What a trajectory asks of the network, and what it makes of the answer.

use burn::tensor::{Device, Int, Tensor};

use super::Trajectory;
use crate::denoiser::Denoiser;
use crate::error::{ConfigError, require};
use crate::guidance::Guidance;
use crate::prediction::Prediction;
use crate::sampler::{Clipping, SampleConfig, Step, StepWeights, Transition};
use crate::schedule::Level;

impl Trajectory {
    /// Asks the network.
    pub(super) fn ask(&mut self, denoiser: &dyn Denoiser, x_t: Tensor<4>, t: f64) -> Tensor<4> {
        self.model_calls += 1;
        self.guidance().ask(denoiser, x_t, t, self.labels.clone())
    }

    /// What is made of the answers about `x_t` at `level`.
    pub(super) fn made(&self, level: Level, weights: StepWeights) -> Step {
        Step {
            guidance: self.guidance(),
            prediction: self.prediction,
            clipping: Clipping::of(&self.config),
            use_clipped_model_output: self.config.use_clipped_model_output,
            level,
            weights,
        }
    }

    fn guidance(&self) -> Guidance {
        Guidance {
            scale: if self.is_conditional() {
                self.config.guidance_scale
            } else {
                1.0
            },
            rescale: self.config.guidance_rescale,
            null_class: self.null_class.unwrap_or_default(),
            channels: self.config.guidance_channels,
        }
    }

    /// Whether the network is asked for a class, so that guidance has a direction.
    fn is_conditional(&self) -> bool {
        self.config.class.is_some() || self.has_own_labels
    }
}

/// The labels that the network is given: the class for every image, the null class without one.
pub(super) fn labels(
    config: &SampleConfig,
    null_class: Option<u8>,
    device: &Device,
) -> Result<Option<Tensor<1, Int>>, ConfigError> {
    let Some(null_class) = null_class else {
        let class = config
            .class
            .map_or_else(|| "none".into(), |class| class.to_string());
        require(
            config.class.is_none(),
            "class",
            class,
            "none with a network without classes",
        )?;
        return Ok(None);
    };
    let class = config.class.unwrap_or(null_class);
    require(
        class <= null_class,
        "class",
        class,
        format!("from 0 to {null_class}"),
    )?;
    Ok(Some(Tensor::full([config.count], class, device)))
}

/// Whether what the network predicts determines the image at every level it is asked at.
pub(super) fn check_prediction(prediction: Prediction, plan: &[Transition]) -> Result<(), ConfigError> {
    let undefined = plan
        .iter()
        .any(|transition| !prediction.is_defined_at(transition.from));
    require(
        !undefined,
        "prediction",
        format!("{prediction:?}").to_lowercase(),
        match prediction {
            Prediction::Epsilon => "sample or v where sampling begins without any signal (zero terminal SNR)",
            _ => "epsilon or v where sampling begins at the clean image (inversion)",
        },
    )
}
