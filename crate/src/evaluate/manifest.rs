//! The list of the models that are shipped with the page, `www/models/manifest.json`.

use serde::{Deserialize, Serialize};

use crate::model::Preset;
use crate::sampler::SampleConfig;

/// What the page reads before it loads any model, in the order in which it offers them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    pub models: Vec<ShippedModel>,
    /// What the page reads samples with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classifier: Option<ShippedClassifier>,
}

/// A classifier beside the manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShippedClassifier {
    pub file: String,
    pub bytes: u64,
    /// Of the file, in hexadecimal.
    pub sha256: String,
    pub data_set: String,
    /// The share of the test images that it reads right.
    pub accuracy: f64,
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
    pub parameters: u64,
    pub training_steps: u32,
    pub licence: String,
    /// How the recorded sample was drawn.
    pub sample: SampleConfig,
    /// What was measured of its samples; the card says with which command.
    #[serde(default)]
    pub figures: Vec<ShippedFigures>,
}

/// What was measured of the samples of one setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShippedFigures {
    /// As `diffusion evaluate` names it.
    pub sampler: String,
    pub steps: usize,
    pub guidance_scale: f64,
    pub count: usize,
    /// The share that is read as the class asked for.
    pub accuracy: f64,
    pub frechet_distance: f64,
    /// That of as many training images.
    pub frechet_floor: f64,
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
