//! diffusers' `UNet2DModel` and `UNet2DConditionModel`: one network, with cross-attention or without.

use burn::tensor::Device;
use serde_json::{Map, Value};

use super::{Fields, InteropError, Published, compvis, legacy};
use crate::error::ConfigError;
use crate::model::{Network, UNet, UNetConfig};

/// Fields of a `UNet2DModel` that a `UNet2DConditionModel` lacks.
const UNCONDITIONAL: [&str; 4] = [
    "add_attention",
    "attn_norm_num_groups",
    "downsample_type",
    "upsample_type",
];

impl Published for UNetConfig {
    type Module = UNet;

    const COMPONENT: &'static str = "unet";

    /// [`UNetConfig`] knows every field, and refuses those that it does not know.
    fn read(fields: &mut Fields) -> Result<Self, InteropError> {
        Ok(Self::try_from(fields.take_rest())?)
    }

    fn fields(&self) -> Map<String, Value> {
        let mut fields = match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        if self.cross_attention_dim.is_some() {
            fields.retain(|field, _| !UNCONDITIONAL.contains(&field.as_str()));
        }
        fields
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.validate()
    }

    /// The second convolutions of all residual blocks, and what depends on the images and classes.
    fn fewest_parameters(&self) -> u64 {
        let product = |factors: &[usize]| {
            factors
                .iter()
                .fold(1u64, |product, &factor| product.saturating_mul(factor as u64))
        };
        let levels = self.block_out_channels.iter().map(|&c| {
            let blocks = self.layers_per_block.saturating_mul(2).saturating_add(1);
            product(&[9, blocks, c, c])
        });
        let first = self.block_out_channels.first().copied().unwrap_or_default();
        let outside = [
            product(&[9, self.in_channels, first]),
            product(&[9, self.out_channels, first]),
            product(&[4, self.num_class_embeds.unwrap_or_default(), first]),
        ];
        levels.chain(outside).fold(0, u64::saturating_add)
    }

    fn build(&self, device: &Device) -> Result<UNet, ConfigError> {
        self.init(0, device)
    }

    /// CompVis's names become diffusers' first, and its attention maps, 1x1 convolutions, then what they are today.
    fn rename(&self, name: &str, shape: &[usize]) -> (String, Vec<usize>) {
        let name = compvis::renamed(name, self.block_out_channels.len()).unwrap_or_else(|| name.into());
        legacy::attention(&name, shape)
    }

    /// `DDPMPipeline` never gives a class, and diffusers' class-conditional U-Nets insist on one.
    fn pipeline(&self) -> Option<&'static str> {
        let is_plain = self.num_class_embeds.is_none() && self.cross_attention_dim.is_none();
        is_plain.then_some("DDPMPipeline")
    }

    fn image(&self) -> [usize; 3] {
        [self.in_channels, self.sample_size, self.sample_size]
    }

    fn null_class(&self) -> Option<usize> {
        self.num_class_embeds.and_then(|classes| classes.checked_sub(1))
    }

    /// Cross-attention needs a context, which samplers do not have.
    fn denoiser(module: UNet) -> Option<Network> {
        let is_conditional = module.config().cross_attention_dim.is_some();
        (!is_conditional).then_some(Network::UNet(module))
    }
}
