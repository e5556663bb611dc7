//! A run in one safetensors file: weights by name, their moving average, the optimizer's moments, and a JSON header. A
//! run over latents also keeps the autoencoder that they come from.

use std::collections::BTreeMap;
use std::sync::Arc;

use burn::module::Module;
use burn::tensor::{Device, TensorData};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::config::{TrainConfig, TrainError};
use super::trainer::{State, Trainer};
use crate::data::DataSet;
use crate::error::{ConfigError, require};
use crate::interop::safetensors::{self, Dtype, SafetensorsError};
use crate::kernels::{Moments, Weights};
use crate::model::parameters::{self, LoadError};
use crate::model::{AutoencoderConfig, AutoencoderKl, Network, Trainable};
use crate::runtime::{ReadError, read};

const HEADER: &str = "diffusion_playground";
/// The four parts, each with every parameter by name.
const PARTS: [&str; 4] = ["ema", "model", "optimizer.m", "optimizer.v"];

/// The weights that turn latents into images, under their own names.
const AUTOENCODER: &str = "autoencoder";

/// Why a file is not a checkpoint of ours, or not of this network.
#[derive(Debug, Error)]
pub enum CheckpointError {
    #[error(transparent)]
    File(#[from] SafetensorsError),
    #[error("the file has no \"{HEADER}\" header: it was not written by this program")]
    NoHeader,
    #[error("the file's header cannot be read: {0}")]
    Header(#[from] serde_json::Error),
    #[error("the file lacks the autoencoder whose latents its network was trained on")]
    NoAutoencoder,
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Train(#[from] TrainError),
    #[error(transparent)]
    Read(#[from] ReadError),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Header {
    version: String,
    step: u32,
    config: TrainConfig,
    /// The shape of the autoencoder whose latents were learnt, and the scale of the latents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    autoencoder: Option<AutoencoderConfig>,
}

/// A checkpoint in memory, read but not yet on a device.
#[derive(Debug)]
pub struct Checkpoint {
    pub config: TrainConfig,
    pub step: u32,
    autoencoder: Option<AutoencoderConfig>,
    parts: BTreeMap<&'static str, BTreeMap<String, TensorData>>,
}

fn header(metadata: &BTreeMap<String, String>) -> Result<Header, CheckpointError> {
    let header = metadata.get(HEADER).ok_or(CheckpointError::NoHeader)?;
    Ok(serde_json::from_str(header)?)
}

impl Trainer {
    /// The whole run as a safetensors file.
    pub async fn save(&self) -> Result<Vec<u8>, CheckpointError> {
        let State { step, weights } = self.state();
        let Weights { theta, ema, moments } = weights;
        let names = parameters::names(&self.ema_model());
        let mut parts = BTreeMap::new();
        for (part, flat) in PARTS.into_iter().zip([ema, theta, moments.m, moments.v]) {
            parts.insert(part, parameters::by_name(&names, &read(flat).await?));
        }
        if let Some(autoencoder) = self.latent_space() {
            let flat = read(parameters::flatten(autoencoder)).await?;
            let names = parameters::names(autoencoder);
            parts.insert(AUTOENCODER, parameters::by_name(&names, &flat));
        }
        Checkpoint {
            config: self.config().clone(),
            step,
            autoencoder: self
                .latent_space()
                .map(|autoencoder| autoencoder.config().clone()),
            parts,
        }
        .to_file()
    }

    /// The run that a checkpoint holds, ready to take its next step. A run over latents is given those of the
    /// checkpoint's own [`latent_space`](Checkpoint::latent_space). From a file of weights alone a new run begins.
    pub fn resume(
        checkpoint: &Checkpoint,
        data: Arc<dyn DataSet>,
        device: &Device,
    ) -> Result<Self, CheckpointError> {
        let run = Self::new(checkpoint.config.clone(), data, device)?;
        if checkpoint.is_weights_only() {
            let weights = checkpoint.ema().clone();
            let begun = Checkpoint::from_weights(checkpoint.config.clone(), weights, None);
            return run.with_checkpoint(&begun, device);
        }
        run.with_checkpoint(checkpoint, device)
    }

    fn with_checkpoint(self, checkpoint: &Checkpoint, device: &Device) -> Result<Self, CheckpointError> {
        let [ema, theta, m, v] = PARTS.map(|part| checkpoint.model(part, device));
        let [ema, theta, m, v] = [ema?, theta?, m?, v?].map(|model| parameters::flatten(&model));
        Ok(self.with_state(State {
            step: checkpoint.step,
            weights: Weights {
                theta,
                ema,
                moments: Moments { m, v },
            },
        }))
    }
}

impl Checkpoint {
    /// A run at step 0 that begins with `weights`, by name: those of its own network, which other programs trained. A
    /// network over latents comes with the autoencoder that they are of.
    pub fn from_weights(
        config: TrainConfig,
        weights: BTreeMap<String, TensorData>,
        autoencoder: Option<(AutoencoderConfig, BTreeMap<String, TensorData>)>,
    ) -> Self {
        let zeros: BTreeMap<_, _> = weights
            .iter()
            .map(|(name, data)| (name.clone(), TensorData::zeros::<f32, _>(data.shape().clone())))
            .collect();
        let [ema, model, m, v] = PARTS;
        let mut parts = BTreeMap::from([
            (ema, weights.clone()),
            (model, weights),
            (m, zeros.clone()),
            (v, zeros),
        ]);
        let (autoencoder, own) = autoencoder.unzip();
        parts.extend(own.map(|weights| (AUTOENCODER, weights)));
        Self {
            config,
            step: 0,
            autoencoder,
            parts,
        }
    }

    /// Whether a file's texts say that this program wrote it.
    pub fn is_header(metadata: &BTreeMap<String, String>) -> bool {
        metadata.contains_key(HEADER)
    }

    /// The run that a file is of, by its texts.
    pub fn config_in(metadata: &BTreeMap<String, String>) -> Option<TrainConfig> {
        Some(header(metadata).ok()?.config)
    }

    /// Reads a file; nothing goes to a device yet.
    pub fn parse(file: &[u8]) -> Result<Self, CheckpointError> {
        Self::from_file(safetensors::read(file)?)
    }

    /// The checkpoint in a file that has been read, piece by piece perhaps.
    pub fn from_file(file: safetensors::File) -> Result<Self, CheckpointError> {
        let header = header(&file.metadata)?;
        let mut parts: BTreeMap<_, BTreeMap<_, _>> = PARTS.map(|part| (part, BTreeMap::new())).into();
        for (key, data) in file.tensors {
            let autoencoder = header.autoencoder.as_ref().map(|_| AUTOENCODER);
            let part = PARTS.into_iter().chain(autoencoder).find_map(|part| {
                let name = key.strip_prefix(part)?.strip_prefix('.')?;
                Some((part, name.to_string()))
            });
            let Some((part, name)) = part else {
                return Err(LoadError::Unknown(key).into());
            };
            parts.entry(part).or_default().insert(name, data);
        }
        Ok(Self {
            config: header.config,
            step: header.step,
            autoencoder: header.autoencoder,
            parts,
        })
    }

    /// Whether there is nothing but what samples are drawn with: no optimizer's moments to go on from.
    pub fn is_weights_only(&self) -> bool {
        let [_, rest @ ..] = PARTS;
        rest.iter()
            .all(|part| self.parts.get(part).is_none_or(BTreeMap::is_empty))
    }

    /// The checkpoint as a file.
    pub fn to_file(&self) -> Result<Vec<u8>, CheckpointError> {
        self.write(Dtype::F32, &[PARTS.as_slice(), &[AUTOENCODER]].concat())
    }

    /// What samples are drawn with as a file: the moving average of the weights, and the autoencoder of a run over
    /// latents.
    pub fn to_weights_file(&self, dtype: Dtype) -> Result<Vec<u8>, CheckpointError> {
        self.write(dtype, &[PARTS[0], AUTOENCODER])
    }

    fn write(&self, dtype: Dtype, parts: &[&str]) -> Result<Vec<u8>, CheckpointError> {
        let header = Header {
            version: env!("CARGO_PKG_VERSION").into(),
            step: self.step,
            config: self.config.clone(),
            autoencoder: self.autoencoder.clone(),
        };
        let metadata = [(HEADER.to_string(), serde_json::to_string(&header)?)].into();
        let written = self.parts.iter().filter(|(part, _)| parts.contains(part));
        let tensors = written.flat_map(|(part, tensors)| {
            tensors
                .iter()
                .map(move |(name, data)| (format!("{part}.{name}"), data))
        });
        Ok(safetensors::write_as(dtype, tensors, &metadata))
    }

    /// The moving average of the weights, by name.
    pub fn ema(&self) -> &BTreeMap<String, TensorData> {
        &self.parts[PARTS[0]]
    }

    /// The run's model with the moving average of its weights.
    pub fn ema_model(&self, device: &Device) -> Result<Trainable, CheckpointError> {
        self.model(PARTS[0], device)
    }

    /// The network with the moving average of its weights.
    pub fn ema_network(&self, device: &Device) -> Result<Network, CheckpointError> {
        Ok(self.ema_model(device)?.into_denoiser()?)
    }

    /// The autoencoder whose latents the run learnt, at their scale: what turns samples into images. None where the
    /// run learnt from images.
    pub fn latent_space(&self, device: &Device) -> Result<Option<AutoencoderKl>, CheckpointError> {
        let preset = self.config.preset;
        let config = match &self.autoencoder {
            Some(config) => config,
            None if preset.takes_latents() => return Err(CheckpointError::NoAutoencoder),
            None => return Ok(None),
        };
        let (found, expected) = (config.latent_shape(), preset.input_shape());
        require(
            found == expected,
            "autoencoder",
            format!("one with latents of {found:?}"),
            format!("one with latents of {expected:?}, which the network takes"),
        )?;
        let autoencoder = config.init(self.config.seed, device)?;
        Ok(Some(self.load(autoencoder, AUTOENCODER)?))
    }

    /// The autoencoder in the file, if there is any: the run's own with the moving average of its weights, or that of
    /// [`latent_space`](Self::latent_space).
    pub fn autoencoder(&self, device: &Device) -> Result<Option<AutoencoderKl>, CheckpointError> {
        match self.ema_model(device)? {
            Trainable::Autoencoder(autoencoder) => Ok(Some(autoencoder)),
            Trainable::Denoiser(_) => self.latent_space(device),
        }
    }

    fn model(&self, part: &str, device: &Device) -> Result<Trainable, CheckpointError> {
        let model = Trainable::init(self.config.preset, self.config.seed, device)?;
        Ok(self.load(model, part)?)
    }

    fn load<M: Module>(&self, module: M, part: &str) -> Result<M, LoadError> {
        parameters::load(module, self.parts.get(part).cloned().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Preset;

    /// A file with one small tensor, whose header has the configuration of `preset`.
    fn file(preset: Preset, autoencoder: Option<AutoencoderConfig>, tensor: &str) -> Vec<u8> {
        let header = Header {
            version: String::new(),
            step: 0,
            config: TrainConfig {
                preset,
                ..TrainConfig::default()
            },
            autoencoder,
        };
        let metadata = [(HEADER.to_string(), serde_json::to_string(&header).unwrap())].into();
        let data = TensorData::from([0.0f32]);
        safetensors::write([(tensor.to_string(), &data)].into_iter(), &metadata)
    }

    fn latent_space(preset: Preset, autoencoder: Option<AutoencoderConfig>) -> Result<bool, String> {
        let file = file(preset, autoencoder, "ema.x");
        let found = Checkpoint::parse(&file).unwrap().latent_space(&Device::flex());
        found
            .map(|found| found.is_some())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn an_autoencoder_that_is_missing_or_another_is_told_of() {
        assert_eq!(latent_space(Preset::Tiny, None), Ok(false));
        let error = latent_space(Preset::UnetLatentTiny, None).unwrap_err();
        assert!(error.contains("lacks the autoencoder"), "{error}");
        let other = AutoencoderConfig::with_levels(vec![32, 32]);
        let error = latent_space(Preset::UnetLatentTiny, Some(other)).unwrap_err();
        assert!(
            error.contains("[4, 16, 16]") && error.contains("[4, 7, 7]"),
            "{error}"
        );
        let own = Preset::AutoencoderTiny.autoencoder();
        let error = latent_space(Preset::UnetLatentTiny, own).unwrap_err();
        assert!(error.contains("lacks the tensor \"encoder."), "{error}");
    }

    #[test]
    fn weights_of_an_autoencoder_need_its_config() {
        let attempt = |config| Checkpoint::parse(&file(Preset::UnetLatentTiny, config, "autoencoder.x"));
        assert!(attempt(Some(AutoencoderConfig::default())).is_ok());
        let error = attempt(None).unwrap_err().to_string();
        assert!(error.contains("\"autoencoder.x\""), "{error}");
    }

    #[test]
    fn weights_alone_are_small_draw_the_same_and_begin_a_new_run() {
        let device = Device::flex();
        let model = Trainable::init(Preset::Tiny, 3, &device).unwrap();
        let flat = parameters::flatten(&model)
            .into_data()
            .try_to_vec::<f32>()
            .unwrap();
        let weights = parameters::by_name(&parameters::names(&model), &flat);
        let config = TrainConfig {
            preset: Preset::Tiny,
            batch_size: 2,
            ..TrainConfig::default()
        };
        let whole = Checkpoint {
            step: 700,
            ..Checkpoint::from_weights(config, weights, None)
        };
        let file = whole.to_weights_file(Dtype::F16).unwrap();
        assert!(
            7 * file.len() < whole.to_file().unwrap().len(),
            "{} bytes",
            file.len()
        );
        let small = Checkpoint::parse(&file).unwrap();
        assert_eq!((small.step, &small.config), (700, &whole.config));
        assert!(small.is_weights_only() && !whole.is_weights_only());
        let found = parameters::flatten(&small.ema_model(&device).unwrap()).into_data();
        for (found, expected) in found.iter::<f32>().zip(&flat) {
            assert!((found - expected).abs() <= expected.abs() / 2048.0 + 1e-7);
        }

        let data = crate::data::ImageSet::new(1, 28, 28, 10, vec![0, 1], vec![7; 2 * 784]).unwrap();
        let mut run = Trainer::resume(&small, Arc::new(data), &device).unwrap();
        assert_eq!(run.steps_taken(), 0);
        let report = pollster::block_on(run.step(1)).unwrap();
        assert!(report[0].loss.is_finite());
    }
}
