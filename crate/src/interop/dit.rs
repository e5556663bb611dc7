//! The Diffusion Transformer in both of its published layouts: diffusers' `DiTTransformer2DModel`, and the DiT of
//! Peebles and Xie, 2023, "Scalable Diffusion Models with Transformers", whose files have no configuration.

use std::borrow::Cow;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::safetensors::TensorInfo;
use super::{InteropError, Published, Weights};
use crate::error::ConfigError;
use crate::model::dit_diffusers::DiTTransformer2DConfig;
use crate::model::dit_layouts::{LayoutError, from_diffusers, from_published, to_diffusers, to_published};
use crate::model::{DiT, DiTConfig, Network};

/// diffusers' configuration, and what only the weights tell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DiffusersDiT {
    #[serde(flatten)]
    pub config: DiTTransformer2DConfig,
    /// [`DiTConfig::per_block_embedders`]
    #[serde(skip)]
    pub per_block_embedders: bool,
}

impl DiffusersDiT {
    /// The configuration of a network that diffusers can compute.
    pub fn of(config: &DiTConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            config: config.to_diffusers()?,
            per_block_embedders: config.per_block_embedders,
        })
    }
}

impl Published for DiffusersDiT {
    type Module = DiT;

    const COMPONENT: &'static str = "transformer";
    const INERT: &'static [&'static str] = &["norm_num_groups", "upcast_attention"];
    const TENSOR_BY_TENSOR: bool = false;

    fn check(&self) -> Result<(), ConfigError> {
        self.config.to_dit(false).map(|_| ())
    }

    fn fewest_parameters(&self) -> u64 {
        let width = self
            .config
            .num_attention_heads
            .saturating_mul(self.config.attention_head_dim);
        fewest_parameters(self.config.num_layers, width)
    }

    fn build(&self, device: &Device) -> Result<DiT, ConfigError> {
        self.config.to_dit(self.per_block_embedders)?.init(0, device)
    }

    fn rearrange(&mut self, weights: Weights) -> Result<Weights, InteropError> {
        let found = from_diffusers(weights)?;
        self.per_block_embedders = found.per_block_embedders;
        Ok(found.weights)
    }

    fn publish<'a>(&self, weights: &'a Weights) -> Result<Cow<'a, Weights>, InteropError> {
        Ok(Cow::Owned(to_diffusers(weights.clone())?))
    }

    fn image(&self) -> [usize; 3] {
        let size = self.config.sample_size;
        [self.config.in_channels, size, size]
    }

    fn null_class(&self) -> Option<usize> {
        Some(self.config.num_embeds_ada_norm)
    }

    fn denoiser(module: DiT) -> Option<Network> {
        Some(Network::DiT(module))
    }
}

impl Published for DiTConfig {
    type Module = DiT;

    const COMPONENT: &'static str = "transformer";
    const TENSOR_BY_TENSOR: bool = false;

    /// From the shapes; the number of heads, which no shape shows, for the widths that were published.
    fn infer(tensors: &[TensorInfo]) -> Option<Self> {
        let shape = |name: &str| {
            let tensor = tensors.iter().find(|tensor| tensor.name == name)?;
            Some(tensor.shape.as_slice())
        };
        let [hidden_size, in_channels, patch_size, _] = *shape("x_embedder.proj.weight")? else {
            return None;
        };
        let [_, tokens, _] = *shape("pos_embed")? else {
            return None;
        };
        let num_heads = match hidden_size {
            384 => 6,
            768 => 12,
            1024 | 1152 => 16,
            _ => return None,
        };
        let mlp = *shape("blocks.0.mlp.fc1.weight")?.first()?;
        let outputs = *shape("final_layer.linear.weight")?.first()?;
        let depth = (0..)
            .take_while(|block| shape(&format!("blocks.{block}.attn.qkv.weight")).is_some())
            .count();
        let config = Self {
            input_size: tokens.isqrt().checked_mul(patch_size)?,
            patch_size,
            in_channels,
            hidden_size,
            depth,
            num_heads,
            mlp_ratio: mlp as f64 / hidden_size as f64,
            num_classes: shape("y_embedder.embedding_table.weight")?
                .first()?
                .checked_sub(1)?,
            learn_sigma: Some(outputs)
                == [2, patch_size, patch_size, in_channels]
                    .into_iter()
                    .try_fold(1, usize::checked_mul),
            ..Self::default()
        };
        config.validate().is_ok().then_some(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        self.validate()
    }

    fn fewest_parameters(&self) -> u64 {
        fewest_parameters(self.depth, self.hidden_size)
    }

    fn build(&self, device: &Device) -> Result<DiT, ConfigError> {
        self.init(0, device)
    }

    fn rearrange(&mut self, weights: Weights) -> Result<Weights, InteropError> {
        Ok(from_published(weights, self)?)
    }

    fn publish<'a>(&self, weights: &'a Weights) -> Result<Cow<'a, Weights>, InteropError> {
        Ok(Cow::Owned(to_published(weights.clone(), self)?))
    }

    fn image(&self) -> [usize; 3] {
        [self.in_channels, self.input_size, self.input_size]
    }

    fn null_class(&self) -> Option<usize> {
        Some(self.num_classes)
    }

    fn denoiser(module: DiT) -> Option<Network> {
        Some(Network::DiT(module))
    }
}

/// Of the attention alone: queries, keys, values and output.
fn fewest_parameters(depth: usize, width: usize) -> u64 {
    [depth, 4, width, width]
        .into_iter()
        .fold(1, |product, factor| product.saturating_mul(factor as u64))
}

impl From<LayoutError> for InteropError {
    fn from(error: LayoutError) -> Self {
        match error {
            LayoutError::Load(error) => Self::Weights(error),
            other => Self::Arrangement(other.to_string()),
        }
    }
}
