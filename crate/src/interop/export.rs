//! The files of a folder that diffusers opens with `from_pretrained`.

use serde_json::{Map, Value, json};

use super::published::Weights;
use super::safetensors;
use super::scheduler::{self, Scheduler};
use super::{InteropError, PublishedConfig};

/// The release of diffusers whose layout is written.
const DIFFUSERS_VERSION: &str = "0.42.1";

/// A file of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedFile {
    /// Within the folder, with `/` between folders.
    pub path: String,
    pub bytes: Vec<u8>,
}

/// A folder, not yet written anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub files: Vec<ExportedFile>,
    /// What the files cannot say.
    pub warnings: Vec<String>,
}

/// A network that goes into a folder, with its weights under the names of its module.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    pub config: &'a PublishedConfig,
    pub weights: &'a Weights,
}

/// Networks, each in the folder of its kind, and how to sample from the first of them, in diffusers' layout.
///
/// `model_index.json` is among the files where diffusers has a pipeline that samples from just such a network.
pub fn export(parts: &[Part], scheduler: Option<&Scheduler>) -> Result<Export, InteropError> {
    let mut export = Export {
        files: Vec::new(),
        warnings: Vec::new(),
    };
    for part in parts {
        export.files.extend(part.files()?);
    }
    let Some(scheduler) = scheduler else {
        return Ok(export);
    };
    let (scheduler, warnings) = scheduler::write(scheduler)?;
    export.warnings = warnings;
    let scheduler_class = scheduler["_class_name"].as_str().unwrap_or_default().to_string();
    if let [Part { config, .. }, others @ ..] = parts {
        let (class, component) = (config.class_name(), config.component());
        match config.pipeline().filter(|_| others.is_empty()) {
            Some(pipeline) => {
                let index = [
                    (component.to_string(), json!(["diffusers", class])),
                    ("scheduler".to_string(), json!(["diffusers", scheduler_class])),
                ];
                let index = index.into_iter().collect();
                export.files.push(json_file("model_index.json", pipeline, index));
            }
            None => export.warnings.push(format!(
                "diffusers has no pipeline for this network: open it with {class}.from_pretrained(folder, \
                 subfolder=\"{component}\"), and its scheduler with subfolder=\"scheduler\""
            )),
        }
    }
    let path = "scheduler/scheduler_config.json";
    export.files.push(json_file(path, &scheduler_class, scheduler));
    Ok(export)
}

impl Part<'_> {
    fn files(&self) -> Result<[ExportedFile; 2], InteropError> {
        let Self { config, weights } = self;
        let component = config.component();
        let weights = config.publish(weights)?;
        let tensors = weights.iter().map(|(name, data)| (name.clone(), data));
        // PyTorch's mark, without which older readers refuse the file.
        let metadata = [("format".to_string(), "pt".to_string())].into();
        let path = format!("{component}/config.json");
        Ok([
            json_file(&path, config.class_name(), config.fields()),
            ExportedFile {
                path: format!("{component}/diffusion_pytorch_model.safetensors"),
                bytes: safetensors::write(tensors, &metadata),
            },
        ])
    }
}

fn json_file(path: &str, class: &str, mut fields: Map<String, Value>) -> ExportedFile {
    fields.insert("_class_name".into(), json!(class));
    fields.insert("_diffusers_version".into(), json!(DIFFUSERS_VERSION));
    ExportedFile {
        path: path.into(),
        bytes: format!("{:#}\n", Value::Object(fields)).into_bytes(),
    }
}
