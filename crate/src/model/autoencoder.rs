//! The autoencoder of latent diffusion (Rombach et al., 2022), with the structure and parameter names of diffusers'
//! `AutoencoderKL`.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::autoencoder_blocks::{AutoencoderMidBlock, DownEncoderBlock, NORM_EPS, UpDecoderBlock};
use super::autoencoder_config::AutoencoderConfig;
use super::gaussian::DiagonalGaussian;
use super::layers::{Conv2d, GroupNorm, Init};
use crate::error::ConfigError;
use crate::kernels::silu;

/// Image to the moments of its latents.
#[derive(Module, Debug)]
pub struct Encoder {
    pub conv_in: Conv2d,
    pub down_blocks: Vec<DownEncoderBlock>,
    pub mid_block: AutoencoderMidBlock,
    pub conv_norm_out: GroupNorm,
    pub conv_out: Conv2d,
}

impl Encoder {
    fn init(config: &AutoencoderConfig, init: &mut Init) -> Self {
        let channels = &config.block_out_channels;
        let last = channels.len() - 1;
        Self {
            conv_in: Conv2d::init(config.in_channels, channels[0], 3, 1, 1, init),
            down_blocks: (0..=last)
                .map(|level| {
                    let input = channels[level.saturating_sub(1)];
                    DownEncoderBlock::init(config, input, channels[level], level == last, init)
                })
                .collect(),
            mid_block: AutoencoderMidBlock::init(config, channels[last], init),
            conv_norm_out: GroupNorm::init(channels[last], config.norm_num_groups, NORM_EPS, init),
            conv_out: Conv2d::init(channels[last], 2 * config.latent_channels, 3, 1, 1, init),
        }
    }

    /// `[b, in_channels, h, w]` -> `[b, 2 latent_channels, h / downsampling, w / downsampling]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = self.conv_in.forward(x);
        let x = self.down_blocks.iter().fold(x, |x, block| block.forward(x));
        let x = self.mid_block.forward(x);
        self.conv_out.forward(silu(self.conv_norm_out.forward(x)))
    }
}

/// Latents to the image.
#[derive(Module, Debug)]
pub struct Decoder {
    pub conv_in: Conv2d,
    pub mid_block: AutoencoderMidBlock,
    pub up_blocks: Vec<UpDecoderBlock>,
    pub conv_norm_out: GroupNorm,
    pub conv_out: Conv2d,
}

impl Decoder {
    fn init(config: &AutoencoderConfig, init: &mut Init) -> Self {
        let channels = &config.block_out_channels;
        let last = channels.len() - 1;
        Self {
            conv_in: Conv2d::init(config.latent_channels, channels[last], 3, 1, 1, init),
            mid_block: AutoencoderMidBlock::init(config, channels[last], init),
            up_blocks: (0..=last)
                .rev()
                .map(|level| {
                    let input = channels[(level + 1).min(last)];
                    UpDecoderBlock::init(config, input, channels[level], level == 0, init)
                })
                .collect(),
            conv_norm_out: GroupNorm::init(channels[0], config.norm_num_groups, NORM_EPS, init),
            conv_out: Conv2d::init(channels[0], config.out_channels, 3, 1, 1, init),
        }
    }

    /// `[b, latent_channels, h, w]` -> `[b, out_channels, downsampling h, downsampling w]`
    pub fn forward(&self, z: Tensor<4>) -> Tensor<4> {
        let x = self.mid_block.forward(self.conv_in.forward(z));
        let x = self.up_blocks.iter().fold(x, |x, block| block.forward(x));
        self.conv_out.forward(silu(self.conv_norm_out.forward(x)))
    }
}

/// Images to latents and back. Latents `z` are the encoder's own; *scaled* latents are what a diffusion model sees,
/// `z` times the configuration's `scaling_factor`.
#[derive(Module, Debug)]
pub struct AutoencoderKl {
    pub encoder: Encoder,
    pub decoder: Decoder,
    /// 1x1
    pub quant_conv: Option<Conv2d>,
    /// 1x1
    pub post_quant_conv: Option<Conv2d>,
    #[module(skip)]
    config: AutoencoderConfig,
}

impl AutoencoderConfig {
    /// An autoencoder with random weights, a function of `seed`.
    pub fn init(&self, seed: u64, device: &Device) -> Result<AutoencoderKl, ConfigError> {
        self.validate()?;
        let init = &mut Init::new(seed, device);
        let mut mix = |channels| Conv2d::init(channels, channels, 1, 1, 0, init);
        let quant_conv = self.use_quant_conv.then(|| mix(2 * self.latent_channels));
        let post_quant_conv = self.use_post_quant_conv.then(|| mix(self.latent_channels));
        Ok(AutoencoderKl {
            encoder: Encoder::init(self, init),
            decoder: Decoder::init(self, init),
            quant_conv,
            post_quant_conv,
            config: self.clone(),
        })
    }
}

impl AutoencoderKl {
    pub fn config(&self) -> &AutoencoderConfig {
        &self.config
    }

    /// The same network with another scale of its latents.
    pub fn with_scaling_factor(mut self, scaling_factor: f64) -> Result<Self, ConfigError> {
        self.config.scaling_factor = scaling_factor;
        self.config.validate()?;
        Ok(self)
    }

    /// The posterior `q(z | x)`: `[b, in_channels, h, w]` -> means and log-variances,
    /// `[b, latent_channels, h / downsampling, w / downsampling]` each.
    pub fn encode(&self, x: Tensor<4>) -> DiagonalGaussian {
        let moments = self.encoder.forward(x);
        DiagonalGaussian::from_moments(match &self.quant_conv {
            Some(conv) => conv.forward(moments),
            None => moments,
        })
    }

    /// `z` `[b, latent_channels, h, w]` -> images `[b, out_channels, downsampling h, downsampling w]`
    pub fn decode(&self, z: Tensor<4>) -> Tensor<4> {
        self.decoder.forward(match &self.post_quant_conv {
            Some(conv) => conv.forward(z),
            None => z,
        })
    }

    /// Scaled latents of images, the means of their posteriors: shapes as in [`encode`](Self::encode).
    pub fn to_latents(&self, x: Tensor<4>) -> Tensor<4> {
        self.encode(x).mean * self.config.scaling_factor
    }

    /// Images of scaled latents: shapes as in [`decode`](Self::decode).
    pub fn to_images(&self, latents: Tensor<4>) -> Tensor<4> {
        self.decode(latents / self.config.scaling_factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parameters;

    fn config() -> AutoencoderConfig {
        AutoencoderConfig {
            in_channels: 1,
            out_channels: 1,
            latent_channels: 3,
            norm_num_groups: 4,
            sample_size: 8,
            ..AutoencoderConfig::with_levels(vec![4, 8])
        }
    }

    #[test]
    fn options_leave_their_layers_out() {
        let names = |config: AutoencoderConfig| -> Vec<String> {
            let network = config.init(0, &Device::flex()).unwrap();
            parameters::names(&network)
                .into_iter()
                .map(|(name, _)| name)
                .collect()
        };
        let all = names(config());
        let bare = names(AutoencoderConfig {
            use_quant_conv: false,
            use_post_quant_conv: false,
            mid_block_add_attention: false,
            ..config()
        });
        let optional = |name: &String| name.contains("quant_conv") || name.contains("attentions");
        assert!(all.iter().any(optional));
        assert_eq!(
            bare,
            all.into_iter().filter(|name| !optional(name)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn shapes_are_those_of_the_config() {
        let config = AutoencoderConfig {
            use_quant_conv: false,
            use_post_quant_conv: false,
            mid_block_add_attention: false,
            ..config()
        };
        let network = config.init(0, &Device::flex()).unwrap();
        let latents = network.to_latents(Tensor::ones([2, 1, 8, 8], &Device::flex()));
        assert_eq!(latents.dims()[1..], config.latent_shape());
        assert_eq!(network.to_images(latents).dims(), [2, 1, 8, 8]);
    }

    #[test]
    fn scaling_multiplies_latents_and_leaves_what_they_stand_for() {
        let device = Device::flex();
        let network = config().init(0, &device).unwrap();
        let x = Tensor::<4>::ones([1, 1, 8, 8], &device);
        let z = network.encode(x.clone()).mean;
        let network = network.with_scaling_factor(3.0).unwrap();
        let latents = network.to_latents(x);
        let largest = |t: Tensor<4>| t.abs().max().into_scalar::<f32>();
        assert!(largest(latents.clone() - z.clone() * 3.0) < 1e-6);
        assert!(largest(network.to_images(latents) - network.decode(z)) < 1e-5);
        assert_eq!(
            network.with_scaling_factor(0.0).unwrap_err().field,
            "scaling_factor"
        );
    }
}
