//! The list of published classes, and the types that hold whichever was found.

use std::borrow::Cow;

use burn::tensor::Device;
use serde_json::{Map, Value};

use super::published::Weights;
use super::safetensors::Header;
use super::{DiffusersDiT, Fields, InteropError, Published};
use crate::error::ConfigError;
use crate::model::parameters::{self, LoadError};
use crate::model::{AutoencoderConfig, DiTConfig, Network, Trainable, UNetConfig};
use crate::runtime::{ReadError, read};

/// From a class's name and its configuration: a variant of each type, and all that asks the configuration.
macro_rules! registry {
    ($($(#[$doc:meta])* $class:ident($config:ty),)*) => {
        /// The configuration of a published network, by its `_class_name`.
        #[derive(Clone, Debug, PartialEq)]
        pub enum PublishedConfig {
            $($(#[$doc])* $class($config),)*
        }

        /// A network of a published class.
        #[derive(Debug)]
        #[allow(clippy::large_enum_variant, reason = "there is one at a time, and Burn's modules are not boxed")]
        pub enum PublishedModel {
            $($(#[$doc])* $class(<$config as Published>::Module),)*
        }

        impl PublishedConfig {
            /// Every class that is known.
            pub const CLASS_NAMES: &'static [&'static str] = &[$(stringify!($class)),*];

            pub fn class_name(&self) -> &'static str {
                match self { $(Self::$class(_) => stringify!($class),)* }
            }

            /// Reads a `config.json`, or the parameters of CompVis's U-Net. Also gives what there is to remark on it.
            pub fn parse(json: &str) -> Result<(Self, Vec<String>), InteropError> {
                let mut fields = Fields::parse(json)?;
                if fields.has("ch_mult") {
                    return Ok((Self::UNet2DModel(UNetConfig::from_json(json)?), Vec::new()));
                }
                let class = fields.take_class(Self::CLASS_NAMES)?;
                $(if class == stringify!($class) {
                    let config = read_fields::<$config>(&mut fields)?;
                    return Ok((Self::$class(config), fields.finish()));
                })*
                Err(InteropError::UnknownClass { found: class, known: Self::CLASS_NAMES.join(", ") })
            }

            /// The configuration that a file's tensors speak for, where any class knows them.
            pub fn infer(header: &Header) -> Option<Self> {
                $(if let Some(config) = <$config as Published>::infer(&header.tensors) {
                    return Some(Self::$class(config));
                })*
                None
            }

            /// The fields of a `config.json`, defaults included, without those of the library itself.
            pub fn fields(&self) -> Map<String, Value> {
                match self { $(Self::$class(config) => config.fields(),)* }
            }

            /// [`Published::COMPONENT`]
            pub fn component(&self) -> &'static str {
                match self { $(Self::$class(_) => <$config as Published>::COMPONENT,)* }
            }

            /// [`Published::pipeline`]
            pub fn pipeline(&self) -> Option<&'static str> {
                match self { $(Self::$class(config) => config.pipeline(),)* }
            }

            /// [`Published::image`]
            pub fn image(&self) -> [usize; 3] {
                match self { $(Self::$class(config) => config.image(),)* }
            }

            /// [`Published::null_class`]
            pub fn null_class(&self) -> Option<usize> {
                match self { $(Self::$class(config) => config.null_class(),)* }
            }

            /// The network with random weights.
            pub fn build(&self, device: &Device) -> Result<PublishedModel, ConfigError> {
                Ok(match self { $(Self::$class(config) => PublishedModel::$class(config.build(device)?),)* })
            }

            pub(super) fn fewest_parameters(&self) -> u64 {
                match self { $(Self::$class(config) => config.fewest_parameters(),)* }
            }

            pub(super) fn is_tensor_by_tensor(&self) -> bool {
                match self { $(Self::$class(_) => <$config as Published>::TENSOR_BY_TENSOR,)* }
            }

            pub(super) fn rename(&self, name: &str, shape: &[usize]) -> (String, Vec<usize>) {
                match self { $(Self::$class(config) => config.rename(name, shape),)* }
            }

            pub(super) fn rearrange(&mut self, weights: Weights) -> Result<Weights, InteropError> {
                match self { $(Self::$class(config) => config.rearrange(weights),)* }
            }

            pub(super) fn publish<'a>(&self, weights: &'a Weights) -> Result<Cow<'a, Weights>, InteropError> {
                match self { $(Self::$class(config) => config.publish(weights),)* }
            }
        }

        impl PublishedModel {
            /// [`parameters::names`]
            pub fn names(&self) -> Vec<(String, Vec<usize>)> {
                match self { $(Self::$class(module) => parameters::names(module),)* }
            }

            /// All weights by name, read back from the device.
            pub async fn weights(&self) -> Result<Weights, ReadError> {
                let flat = match self { $(Self::$class(module) => parameters::flatten(module),)* };
                Ok(parameters::by_name(&self.names(), &read(flat).await?))
            }

            /// [`parameters::load`]
            pub fn load(self, weights: Weights) -> Result<Self, LoadError> {
                Ok(match self { $(Self::$class(module) => Self::$class(parameters::load(module, weights)?),)* })
            }

            /// The network as the samplers take it; `None` for what is no denoiser.
            pub fn into_denoiser(self) -> Option<Network> {
                match self { $(Self::$class(module) => <$config as Published>::denoiser(module),)* }
            }
        }
    };
}

registry! {
    /// diffusers' U-Net over pixels.
    UNet2DModel(UNetConfig),
    /// diffusers' U-Net with cross-attention to a context.
    UNet2DConditionModel(UNetConfig),
    /// diffusers' Diffusion Transformer.
    DiTTransformer2DModel(DiffusersDiT),
    /// The Diffusion Transformer as its authors keep it.
    DiT(DiTConfig),
    /// diffusers' autoencoder of latent diffusion.
    AutoencoderKL(AutoencoderConfig),
}

impl PublishedConfig {
    /// The configuration of a model of ours, where it is of a published class: of diffusers', if diffusers can compute
    /// it.
    pub fn of(model: &Trainable) -> Option<Self> {
        Some(match model {
            Trainable::Denoiser(Network::UNet(unet)) => {
                let config = unet.config().clone();
                match config.cross_attention_dim {
                    None => Self::UNet2DModel(config),
                    Some(_) => Self::UNet2DConditionModel(config),
                }
            }
            Trainable::Denoiser(Network::DiT(dit)) => match DiffusersDiT::of(dit.config()) {
                Ok(config) => Self::DiTTransformer2DModel(config),
                Err(_) => Self::DiT(dit.config().clone()),
            },
            // Its contexts are learned: diffusers' U-Nets are given theirs.
            Trainable::Denoiser(Network::UNetCross(_)) | Trainable::Denoiser(Network::Points(_)) => {
                return None;
            }
            Trainable::Autoencoder(autoencoder) => Self::AutoencoderKL(autoencoder.config().clone()),
        })
    }
}

fn read_fields<C: Published>(fields: &mut Fields) -> Result<C, InteropError> {
    let config = C::read(fields)?;
    fields.ignore(C::INERT);
    config.check()?;
    Ok(config)
}
