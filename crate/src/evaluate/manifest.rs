//! The list of the models that are shipped with the page, `www/models/manifest.json`.

use serde::{Deserialize, Serialize};

use crate::model::Preset;
use crate::sampler::SampleConfig;

/// What the page reads before it loads any model, in the order in which it offers them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    pub models: Vec<ShippedModel>,
}

/// One model. Its files lie beside the manifest: the weights, its card `NAME.md`, and the recorded sample `NAME.png`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShippedModel {
    pub name: String,
    /// The weights, a safetensors file.
    pub file: String,
    pub bytes: u64,
    /// Of the file, in hexadecimal.
    pub sha256: String,
    pub preset: Preset,
    pub data_set: String,
    /// What a visitor reads.
    pub label: String,
    /// How the recorded sample was drawn.
    pub sample: SampleConfig,
}

impl Manifest {
    /// Adds a model, in the place of the one that has its name.
    pub fn put(&mut self, model: ShippedModel) {
        match self.models.iter_mut().find(|found| found.name == model.name) {
            Some(found) => *found = model,
            None => self.models.push(model),
        }
    }
}
