//! A network from its configuration and its weights, which may arrive piece by piece.

use std::collections::BTreeMap;

use burn::tensor::{Device, TensorData};

use super::safetensors::{Header, Progress, Reader};
use super::{InteropError, PublishedConfig, PublishedModel};
use crate::model::parameters;

/// Bytes that are looked at before the header is checked again.
pub const PIECE: usize = 1 << 16;

/// A network that is complete.
#[derive(Debug)]
pub struct Imported {
    pub config: PublishedConfig,
    pub model: PublishedModel,
    /// Tensors in the file.
    pub tensors: usize,
    /// What the configuration says that is not followed.
    pub warnings: Vec<String>,
}

/// A network on its way in. A file that does not fit is refused as soon as its header has arrived.
#[derive(Debug)]
pub struct Import {
    /// Without a `config.json`, from the header on.
    config: Option<PublishedConfig>,
    warnings: Vec<String>,
    device: Device,
    reader: Reader,
    /// Without weights of its own, from the header on, where the header tells all about it.
    model: Option<PublishedModel>,
    is_checked: bool,
}

impl Import {
    /// `config_json` is the network's `config.json`; without it, the weights must speak for themselves. `file_length`
    /// is that of the weights, where it is known.
    pub fn begin(
        config_json: Option<&str>,
        file_length: Option<u64>,
        device: &Device,
    ) -> Result<Self, InteropError> {
        let config = config_json.map(PublishedConfig::parse).transpose()?;
        Self::of_reader(config, Reader::new(file_length), device)
    }

    /// As [`begin`](Self::begin), with a configuration that was read, and remarks on it, where the weights' first bytes
    /// have been taken in already.
    pub fn of_reader(
        config: Option<(PublishedConfig, Vec<String>)>,
        reader: Reader,
        device: &Device,
    ) -> Result<Self, InteropError> {
        let (config, warnings) = config.unzip();
        let mut import = Self {
            config,
            warnings: warnings.unwrap_or_default(),
            device: device.clone(),
            reader,
            model: None,
            is_checked: false,
        };
        import.check_header()?;
        Ok(import)
    }

    /// The network's configuration, once it is known.
    pub fn config(&self) -> Option<&PublishedConfig> {
        self.config.as_ref()
    }

    /// The name of the tensor whose bytes come next.
    pub fn current_tensor(&self) -> Option<&str> {
        self.reader.current_tensor()
    }

    /// Takes in the next bytes of the weights.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Progress, InteropError> {
        let mut progress = self.reader.feed(&[])?;
        for piece in bytes.chunks(PIECE) {
            progress = self.reader.feed(piece)?;
            self.check_header()?;
        }
        Ok(progress)
    }

    /// Builds the network as soon as there is a header.
    fn check_header(&mut self) -> Result<(), InteropError> {
        if let (false, Some(header)) = (self.is_checked, self.reader.header()) {
            let config = match self.config.take().or_else(|| PublishedConfig::infer(header)) {
                Some(config) => self.config.insert(config),
                None => return Err(InteropError::NoConfig),
            };
            self.model = fit(config, header, &self.device)?;
            self.is_checked = true;
        }
        Ok(())
    }

    /// The network with the file's weights, where all of them have arrived.
    pub fn finish(self) -> Result<Imported, InteropError> {
        let file = self.reader.finish()?;
        let tensors = file.tensors.len();
        let mut config = self.config.ok_or(InteropError::NoConfig)?;
        let renamed = file.tensors.into_iter().map(|(name, data)| {
            let (name, shape) = config.rename(&name, data.shape().as_slice());
            let (bytes, _, dtype) = data.into_parts();
            (name, TensorData::from_bytes(bytes, shape, dtype))
        });
        let renamed = renamed.collect();
        let weights = config.rearrange(renamed)?;
        let model = match self.model {
            Some(model) => model,
            None => config.build(&self.device)?,
        };
        Ok(Imported {
            model: model.load(weights)?,
            config,
            tensors,
            warnings: self.warnings,
        })
    }
}

/// A network from files that are in memory.
pub fn import(config_json: Option<&str>, weights: &[u8], device: &Device) -> Result<Imported, InteropError> {
    let mut import = Import::begin(config_json, Some(weights.len() as u64), device)?;
    import.feed(weights)?;
    import.finish()
}

/// The network that a file of this header fits, with weights yet to come; `None` where its tensors must be rearranged
/// first.
fn fit(
    config: &PublishedConfig,
    header: &Header,
    device: &Device,
) -> Result<Option<PublishedModel>, InteropError> {
    let found = header.tensors.iter().map(|tensor| tensor.elements() as u64).sum();
    let least = config.fewest_parameters();
    if found < least {
        return Err(InteropError::TooFewParameters { least, found });
    }
    let mut sources: BTreeMap<String, &str> = BTreeMap::new();
    let mut shapes = BTreeMap::new();
    for tensor in &header.tensors {
        let (name, shape) = config.rename(&tensor.name, &tensor.shape);
        if let Some(first) = sources.insert(name.clone(), &tensor.name) {
            return Err(InteropError::Ambiguous {
                first: first.into(),
                second: tensor.name.clone(),
            });
        }
        shapes.insert(name, shape);
    }
    if !config.is_tensor_by_tensor() {
        return Ok(None);
    }
    let model = config.build(device)?;
    parameters::check(&model.names(), shapes)?;
    Ok(Some(model))
}
