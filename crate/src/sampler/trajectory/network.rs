//! What a trajectory asks of the network, and what it makes of the answer.

use burn::tensor::{Device, Int, Tensor};

use super::Trajectory;
use crate::denoiser::{Denoiser, split_variance};
use crate::error::{ConfigError, require};
use crate::guidance::Guided;
use crate::prediction::{Estimates, Prediction};
use crate::sampler::{Clipping, SampleConfig, Transition};
use crate::schedule::Level;

impl Trajectory {
    /// Asks the network for image and noise, and for the variance where it gives one.
    pub(super) fn estimate(
        &mut self,
        denoiser: &dyn Denoiser,
        x_t: Tensor<4>,
        t: f64,
        level: Level,
    ) -> (Estimates, Option<Tensor<4>>) {
        self.model_calls += 1;
        let [count, channels, ..] = x_t.dims();
        let guided = Guided {
            denoiser,
            scale: if self.is_conditional() {
                self.config.guidance_scale
            } else {
                1.0
            },
            rescale: self.config.guidance_rescale,
            null_class: self.null_class.unwrap_or_default(),
            channels: self.config.guidance_channels,
        };
        let times = Tensor::full([count], t, &x_t.device());
        let output = guided.denoise(x_t.clone(), times, self.labels.clone());
        let (output, v) = split_variance(output, channels);
        let Estimates { x0_hat, eps_hat } = self.prediction.estimates(x_t.clone(), output, &[level]);
        let x0_hat = Clipping::of(&self.config).apply(x0_hat);
        let eps_hat = if self.config.use_clipped_model_output && level.sigma > 0.0 {
            (x_t - x0_hat.clone() * level.alpha) / level.sigma
        } else {
            eps_hat
        };
        (Estimates { x0_hat, eps_hat }, v)
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
