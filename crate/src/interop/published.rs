//! What a network class of a published library must tell to be imported and exported.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Debug;

use burn::module::Module;
use burn::tensor::{Device, TensorData};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::safetensors::TensorInfo;
use super::{Fields, InteropError, legacy};
use crate::error::ConfigError;
use crate::model::Network;

/// Tensors by name.
pub type Weights = BTreeMap<String, TensorData>;

/// The configuration of a published class, with the library's own field names and defaults.
///
/// Implement this and add the class to the list in `registry.rs`.
pub trait Published: Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned {
    type Module: Module + Debug;

    /// The subfolder of a pipeline that such a network is kept in: "unet", "transformer" or "vae".
    const COMPONENT: &'static str;

    /// Fields of the class that change nothing in what the network computes.
    const INERT: &'static [&'static str] = &[];

    /// Whether every tensor of a file is one of the module's, perhaps under another name; else
    /// [`Self::rearrange`] cuts or joins some, and names can be checked only when all have arrived.
    const TENSOR_BY_TENSOR: bool = true;

    /// Takes the class's fields.
    fn read(fields: &mut Fields) -> Result<Self, InteropError> {
        fields.take_all()
    }

    /// The configuration that the tensors of a file speak for; `None` where they do not say enough, or are not those of
    /// such a network.
    fn infer(_tensors: &[TensorInfo]) -> Option<Self> {
        None
    }

    /// The fields of a `config.json`, without those of the library itself.
    fn fields(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        }
    }

    /// Checks that the fields fit each other.
    fn check(&self) -> Result<(), ConfigError>;

    /// At least this many parameters has the network: known before any is allocated, so that a configuration is not
    /// believed that no file bears out. Must not overflow.
    fn fewest_parameters(&self) -> u64;

    /// The network with random weights.
    fn build(&self, device: &Device) -> Result<Self::Module, ConfigError>;

    /// The module's name and shape for a tensor of the file.
    fn rename(&self, name: &str, shape: &[usize]) -> (String, Vec<usize>) {
        legacy::attention(name, shape)
    }

    /// The module's tensors from the renamed ones of the file, which may also tell what `config.json` does not.
    fn rearrange(&mut self, weights: Weights) -> Result<Weights, InteropError> {
        Ok(weights)
    }

    /// The tensors of a file from those of the module: the way back.
    fn publish<'a>(&self, weights: &'a Weights) -> Result<Cow<'a, Weights>, InteropError> {
        Ok(Cow::Borrowed(weights))
    }

    /// The class of the library's pipeline that samples from this network as it is; `None` where there is none.
    fn pipeline(&self) -> Option<&'static str> {
        None
    }

    /// Channels, height and width of the images that it was trained on.
    fn image(&self) -> [usize; 3];

    /// The class that stands for "no class": the last one. `None` for a network without classes.
    fn null_class(&self) -> Option<usize>;

    /// The network as the samplers take it; `None` for what is no denoiser.
    fn denoiser(module: Self::Module) -> Option<Network>;
}
