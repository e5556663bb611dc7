//! A run in one safetensors file: weights by name, their moving average, the optimizer's moments, and a JSON header.

use std::collections::BTreeMap;
use std::sync::Arc;

use burn::tensor::{Device, TensorData};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::config::{TrainConfig, TrainError};
use super::trainer::{State, Trainer};
use crate::data::DataSet;
use crate::error::ConfigError;
use crate::kernels::Moments;
use crate::model::Network;
use crate::model::parameters::{self, LoadError};
use crate::runtime::{ReadError, read};

const HEADER: &str = "diffusion_playground";
/// The four parts, each with every parameter by name.
const PARTS: [&str; 4] = ["ema", "model", "optimizer.m", "optimizer.v"];

/// Why a file is not a checkpoint of ours, or not of this network.
#[derive(Debug, Error)]
pub enum CheckpointError {
    #[error("this is not a safetensors file, or it is damaged: {0}")]
    NotSafetensors(#[from] safetensors::SafeTensorError),
    #[error("the file has no \"{HEADER}\" header: it was not written by this program")]
    NoHeader,
    #[error("the file's header cannot be read: {0}")]
    Header(#[from] serde_json::Error),
    #[error("tensor \"{name}\" has type {found:?}, expected F32")]
    Dtype { name: String, found: Dtype },
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
}

/// A checkpoint in memory, read but not yet on a device.
#[derive(Debug)]
pub struct Checkpoint {
    pub config: TrainConfig,
    pub step: u32,
    parts: BTreeMap<&'static str, BTreeMap<String, TensorData>>,
}

impl Trainer {
    /// The whole run as a safetensors file.
    pub async fn save(&self) -> Result<Vec<u8>, CheckpointError> {
        let State {
            step,
            theta,
            ema,
            moments,
        } = self.state.clone();
        let names = parameters::names(&self.ema_network());
        let mut values = Vec::new();
        for (part, flat) in PARTS.into_iter().zip([ema, theta, moments.m, moments.v]) {
            values.push((
                part,
                read(flat)
                    .await?
                    .into_iter()
                    .flat_map(f32::to_le_bytes)
                    .collect::<Vec<u8>>(),
            ));
        }
        let mut views = Vec::new();
        for (part, bytes) in &values {
            let mut rest = bytes.as_slice();
            for (name, shape) in &names {
                let (own, others) = rest.split_at(4 * shape.iter().product::<usize>());
                views.push((
                    format!("{part}.{name}"),
                    TensorView::new(Dtype::F32, shape.clone(), own)?,
                ));
                rest = others;
            }
        }
        let header = Header {
            version: env!("CARGO_PKG_VERSION").into(),
            step,
            config: self.config().clone(),
        };
        let metadata = [(HEADER.to_string(), serde_json::to_string(&header)?)].into();
        Ok(safetensors::serialize(views, Some(metadata))?)
    }

    /// The run that a checkpoint holds, ready to take its next step.
    pub fn resume(
        checkpoint: &Checkpoint,
        data: Arc<dyn DataSet>,
        device: &Device,
    ) -> Result<Self, CheckpointError> {
        let run = Self::new(checkpoint.config.clone(), data, device)?;
        let [ema, theta, m, v] = PARTS.map(|part| checkpoint.network(part, device));
        let [ema, theta, m, v] = [ema?, theta?, m?, v?].map(|network| parameters::flatten(&network));
        Ok(run.with_state(State {
            step: checkpoint.step,
            theta,
            ema,
            moments: Moments { m, v },
        }))
    }
}

impl Checkpoint {
    /// Reads a file; nothing goes to a device yet.
    pub fn parse(file: &[u8]) -> Result<Self, CheckpointError> {
        let (_, metadata) = SafeTensors::read_metadata(file)?;
        let header = metadata
            .metadata()
            .as_ref()
            .and_then(|metadata| metadata.get(HEADER));
        let header: Header = serde_json::from_str(header.ok_or(CheckpointError::NoHeader)?)?;
        let mut parts: BTreeMap<_, BTreeMap<_, _>> = PARTS.map(|part| (part, BTreeMap::new())).into();
        for (key, view) in SafeTensors::deserialize(file)?.tensors() {
            if view.dtype() != Dtype::F32 {
                return Err(CheckpointError::Dtype {
                    name: key,
                    found: view.dtype(),
                });
            }
            let part = PARTS.into_iter().find_map(|part| {
                let name = key.strip_prefix(part)?.strip_prefix('.')?;
                Some((part, name.to_string()))
            });
            let Some((part, name)) = part else {
                return Err(LoadError::Unknown(key).into());
            };
            let values: Vec<f32> = view
                .data()
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect();
            parts
                .entry(part)
                .or_default()
                .insert(name, TensorData::new(values, view.shape().to_vec()));
        }
        Ok(Self {
            config: header.config,
            step: header.step,
            parts,
        })
    }

    /// The network with the moving average of its weights.
    pub fn ema_network(&self, device: &Device) -> Result<Network, CheckpointError> {
        self.network(PARTS[0], device)
    }

    fn network(&self, part: &str, device: &Device) -> Result<Network, CheckpointError> {
        let network = self.config.preset.init(self.config.seed, device)?;
        Ok(parameters::load(
            network,
            self.parts.get(part).cloned().unwrap_or_default(),
        )?)
    }
}
