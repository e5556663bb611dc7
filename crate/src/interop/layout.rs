//! Which of a folder's files is what, by their names alone: the same for a folder on disk and for files dropped on a
//! page.

use thiserror::Error;

const WEIGHTS: &str = "diffusion_pytorch_model.safetensors";
const INDEX: &str = "diffusion_pytorch_model.safetensors.index.json";
/// Where pipelines keep their denoiser.
const COMPONENTS: [&str; 2] = ["unet", "transformer"];
/// Where they keep the autoencoder, which may be all that there is.
const AUTOENCODER: &str = "vae";

/// The paths of a network's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelFiles {
    /// None where there are weights alone.
    pub config: Option<String>,
    pub weights: String,
}

/// What is where in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    pub model: ModelFiles,
    /// That of a pipeline over latents.
    pub autoencoder: Option<ModelFiles>,
    pub scheduler: Option<String>,
    /// Other parts of a pipeline, by folder.
    pub others: Vec<String>,
}

/// What a folder lacks.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum LayoutError {
    #[error(
        "there is no config.json, neither here nor in a folder unet or transformer: it says what network there is"
    )]
    NoConfig,
    #[error("{folder} holds no .safetensors file, but must hold {WEIGHTS}")]
    NoWeights { folder: String },
    #[error(
        "{found} is a Python pickle, which can run programs when it is read: save the model again with save_pretrained, which writes {WEIGHTS}"
    )]
    Pickle { found: String },
    #[error(
        "the weights are split over several files, which {INDEX} lists: save the model again with save_pretrained(..., max_shard_size=\"100GB\"), which writes one"
    )]
    Sharded,
    #[error("{folder} holds several .safetensors files, {found}: keep the one that is wanted, as {WEIGHTS}")]
    Ambiguous { folder: String, found: String },
}

impl Layout {
    /// `paths`: of all files, with `/` between folders, all below the same folder or folders.
    pub fn find(paths: &[String]) -> Result<Self, LayoutError> {
        let root = common_folder(paths);
        let has = |path: &str| paths.iter().any(|found| found == path);
        let below = |folder: &str| format!("{root}{folder}/");
        let config = |folder: &str| Some(format!("{folder}config.json")).filter(|path| has(path));
        let is_weights = |path: &String| {
            let name = path.strip_prefix(&root).unwrap_or(path);
            name.ends_with(".safetensors") && !name.contains('/')
        };
        let [unet, transformer] = COMPONENTS.map(below);
        let folders = [unet, transformer, root.clone(), below(AUTOENCODER)];
        let folder = match folders.into_iter().find(|folder| config(folder).is_some()) {
            Some(folder) => folder,
            None if paths.iter().any(is_weights) => root.clone(),
            None => {
                return Err(match paths.iter().find(|path| is_pickle(path)) {
                    Some(found) => LayoutError::Pickle { found: found.clone() },
                    None => LayoutError::NoConfig,
                });
            }
        };
        let files = |folder: &str| {
            Ok(ModelFiles {
                config: config(folder),
                weights: weights(folder, paths)?,
            })
        };
        let vae = Some(below(AUTOENCODER)).filter(|vae| *vae != folder && config(vae).is_some());
        let scheduler = ["scheduler/", ""].map(|below| format!("{root}{below}scheduler_config.json"));
        Ok(Self {
            model: files(&folder)?,
            autoencoder: vae.map(|vae| files(&vae)).transpose()?,
            scheduler: scheduler.into_iter().find(|path| has(path)),
            others: others(&root, &folder, paths),
        })
    }
}

/// The folder that all paths begin with, with its final `/`, or nothing.
fn common_folder(paths: &[String]) -> String {
    let folder = |path: &str| path.rfind('/').map_or("", |end| &path[..=end]).to_string();
    let mut common = paths.first().map(|path| folder(path)).unwrap_or_default();
    while !paths.iter().all(|path| path.starts_with(&common)) {
        common = folder(common.trim_end_matches('/'));
    }
    common
}

fn weights(folder: &str, paths: &[String]) -> Result<String, LayoutError> {
    let names: Vec<&str> = paths
        .iter()
        .filter_map(|path| path.strip_prefix(folder))
        .filter(|name| !name.contains('/'))
        .collect();
    if names.contains(&WEIGHTS) {
        return Ok(format!("{folder}{WEIGHTS}"));
    }
    if names.iter().any(|name| name.ends_with(".safetensors.index.json")) {
        return Err(LayoutError::Sharded);
    }
    let found: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| name.ends_with(".safetensors"))
        .collect();
    let shown = match folder.trim_end_matches('/') {
        "" => "the folder",
        folder => folder,
    };
    match found.as_slice() {
        [one] => Ok(format!("{folder}{one}")),
        [] => match names.iter().find(|name| is_pickle(name)) {
            Some(name) => Err(LayoutError::Pickle {
                found: format!("{folder}{name}"),
            }),
            None => Err(LayoutError::NoWeights { folder: shown.into() }),
        },
        several => Err(LayoutError::Ambiguous {
            folder: shown.into(),
            found: several.join(", "),
        }),
    }
}

fn is_pickle(path: &str) -> bool {
    [".bin", ".pt", ".pth", ".ckpt"]
        .iter()
        .any(|end| path.ends_with(end))
}

/// Folders with a configuration that are nothing of the above.
fn others(root: &str, folder: &str, paths: &[String]) -> Vec<String> {
    let mut others: Vec<String> = paths
        .iter()
        .filter_map(|path| path.strip_prefix(root))
        .filter_map(|path| path.strip_suffix("/config.json"))
        .filter(|&other| !other.contains('/') && other != AUTOENCODER && format!("{root}{other}/") != folder)
        .map(String::from)
        .collect();
    others.sort();
    others
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(paths: &[&str]) -> Result<Layout, LayoutError> {
        Layout::find(&paths.iter().map(|path| path.to_string()).collect::<Vec<_>>())
    }

    #[test]
    fn a_pipeline_is_found_below_any_folder() {
        for root in ["", "downloads/ddpm/"] {
            let paths = [
                "model_index.json",
                "scheduler/scheduler_config.json",
                "unet/config.json",
                "unet/diffusion_pytorch_model.safetensors",
                "unet/diffusion_pytorch_model.bin",
                "vae/config.json",
                "vae/diffusion_pytorch_model.safetensors",
                "text_encoder/config.json",
            ]
            .map(|path| format!("{root}{path}"));
            let layout = Layout::find(&paths).unwrap();
            assert_eq!(layout.model.config, Some(format!("{root}unet/config.json")));
            assert_eq!(
                layout.model.weights,
                format!("{root}unet/diffusion_pytorch_model.safetensors")
            );
            assert_eq!(
                layout.scheduler,
                Some(format!("{root}scheduler/scheduler_config.json"))
            );
            let vae = layout.autoencoder.unwrap();
            assert_eq!(vae.config, Some(format!("{root}vae/config.json")));
            assert_eq!(
                vae.weights,
                format!("{root}vae/diffusion_pytorch_model.safetensors")
            );
            assert_eq!(layout.others, ["text_encoder"]);
        }
    }

    #[test]
    fn two_files_alone_are_enough() {
        let layout = find(&["config.json", "mine.fp16.safetensors"]).unwrap();
        assert_eq!(layout.model.weights, "mine.fp16.safetensors");
        assert_eq!(layout.scheduler, None);
        let one = find(&["a/unet/config.json", "a/unet/x.safetensors"]).unwrap();
        assert_eq!(one.model.config, Some("a/unet/config.json".into()));
        let alone = find(&["a/DiT.safetensors"]).unwrap();
        assert_eq!(
            (alone.model.config, alone.model.weights),
            (None, "a/DiT.safetensors".into())
        );
    }

    #[test]
    fn what_is_missing_is_said() {
        let error = |paths: &[&str]| find(paths).unwrap_err().to_string();
        assert_eq!(find(&[]), Err(LayoutError::NoConfig));
        let vae = find(&["a/vae/config.json", "a/vae/x.safetensors", "a/readme"]).unwrap();
        assert_eq!(
            (vae.model.weights, vae.autoencoder),
            ("a/vae/x.safetensors".into(), None)
        );
        assert_eq!(find(&["notes.txt"]), Err(LayoutError::NoConfig));
        assert_eq!(find(&["a/vae/x.safetensors", "a/b"]), Err(LayoutError::NoConfig));
        let sharded = [
            "unet/config.json",
            "unet/diffusion_pytorch_model-00001-of-00002.safetensors",
            "unet/diffusion_pytorch_model-00002-of-00002.safetensors",
            "unet/diffusion_pytorch_model.safetensors.index.json",
        ];
        assert_eq!(find(&sharded), Err(LayoutError::Sharded));
        assert!(error(&sharded).contains("max_shard_size"));
        assert!(error(&["config.json", "diffusion_pytorch_model.bin"]).contains("pickle"));
        assert!(error(&["v1-5.ckpt"]).starts_with("v1-5.ckpt is a Python pickle"));
        assert!(error(&["unet/config.json", "model_index.json"]).starts_with("unet holds no .safetensors"));
        assert!(
            error(&["config.json", "a.safetensors", "b.safetensors"])
                .contains("a.safetensors, b.safetensors")
        );
    }
}
