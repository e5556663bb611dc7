//! `diffusion convert`

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use clap::{Arg, ArgMatches, Command, value_parser};
use diffusion_playground::interop::safetensors::Dtype;
use diffusion_playground::interop::{
    Export, Imported, Part, PublishedConfig, PublishedModel, Scheduler, export,
};
use diffusion_playground::model::{Preset, Trainable};
use diffusion_playground::sampler::{SampleConfig, SamplerKind};
use diffusion_playground::train::{Checkpoint, TrainConfig};

use super::source::{Folder, Source, warn};

type Error = Box<dyn std::error::Error>;

pub fn command() -> Command {
    let path = |name, help| {
        Arg::new(name)
            .required(true)
            .value_parser(value_parser!(PathBuf))
            .help(help)
    };
    Command::new("convert")
        .about("Writes a checkpoint as a folder that diffusers opens, or such a folder as a checkpoint")
        .arg(path(
            "from",
            "A checkpoint; or diffusers' folder, or a safetensors file beside its config.json",
        ))
        .arg(path(
            "to",
            "The folder to write (with the moving average of the weights), or a .safetensors file of these weights alone; \
             from a folder, the checkpoint",
        ))
        .arg(
            Arg::new("dtype")
                .long("dtype")
                .value_parser(["f32", "f16", "bf16"])
                .help("The type of the numbers in a .safetensors file of a checkpoint's weights alone [default: f32]"),
        )
        .arg(
            Arg::new("sampler")
                .long("sampler")
                .default_value("ddpm")
                .help("The sampler that the folder's scheduler is to be, as in `sample --sampler`"),
        )
}

pub async fn run(arguments: &ArgMatches) -> Result<(), Error> {
    let path = |name| {
        arguments
            .get_one::<PathBuf>(name)
            .ok_or(format!("{name} is needed"))
    };
    let to = path("to")?;
    if to.is_file() || to.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(format!("{} exists already: name another, or remove it", to.display()).into());
    }
    let to_one_file = to.extension().is_some_and(|extension| extension == "safetensors");
    let dtype = arguments.get_one::<String>("dtype");
    match Source::open(path("from")?)? {
        Source::Checkpoint(checkpoint) if to_one_file => {
            // Refuses a file whose tensors are not the model's.
            checkpoint.ema_model(&Device::flex())?;
            let name = dtype.map_or("f32", String::as_str).to_uppercase();
            let dtype = Dtype::named(&name).ok_or("--dtype is f32, f16 or bf16")?;
            let file = checkpoint.to_weights_file(dtype)?;
            // What is too large for the type would be refused when the file is opened.
            Checkpoint::parse(&file)?
                .ema_model(&Device::flex())
                .map_err(|error| format!("the weights cannot be kept as {name}: {error}"))?;
            write_file(to, &file)
        }
        _ if dtype.is_some() => {
            Err("--dtype is for a .safetensors file of a checkpoint's weights alone: all else is f32".into())
        }
        Source::Checkpoint(checkpoint) => {
            let sampler = arguments
                .get_one::<String>("sampler")
                .map_or("ddpm", String::as_str);
            let sampler = serde_json::from_value(sampler.into())
                .map_err(|error| format!("--sampler {sampler}: {error}"))?;
            write(to, &to_folder(&checkpoint, sampler).await?)
        }
        Source::Folder(folder) => {
            let file = to_checkpoint(&folder).await?.to_file()?;
            write_file(to, &file)
        }
    }
}

/// What diffusers opens: the moving average of the weights, which samples are drawn with, and the autoencoder of a run
/// over latents.
async fn to_folder(checkpoint: &Checkpoint, sampler: SamplerKind) -> Result<Export, Error> {
    let device = Device::flex();
    let preset = checkpoint.config.preset;
    // Refuses a file whose tensors are not the model's.
    let model = checkpoint.ema_model(&device)?;
    let config =
        PublishedConfig::of(&model).ok_or_else(|| format!("{preset:?} is no network that diffusers has"))?;
    let scheduler = Scheduler {
        schedule: checkpoint.config.schedule.clone(),
        prediction: checkpoint.config.prediction,
        sample: SampleConfig {
            sampler,
            ..checkpoint.config.sampling()
        },
    };
    let mut models = vec![(config, checkpoint.ema().clone())];
    if let Some(autoencoder) = checkpoint.latent_space(&device)? {
        let config = PublishedConfig::AutoencoderKL(autoencoder.config().clone());
        let model = PublishedModel::AutoencoderKL(autoencoder);
        models.push((config, model.weights().await?));
    }
    let parts: Vec<Part> = models
        .iter()
        .map(|(config, weights)| Part { config, weights })
        .collect();
    let is_denoiser = preset.autoencoder().is_none();
    Ok(export(&parts, is_denoiser.then_some(&scheduler))?)
}

/// A run at step 0 with the folder's weights, where its network is one of the presets.
async fn to_checkpoint(folder: &Folder) -> Result<Checkpoint, Error> {
    let device = Device::flex();
    let (Imported { config, model, .. }, autoencoder) = folder.import(&device)?;
    let mut found = None;
    for preset in Preset::ALL {
        if PublishedConfig::of(&Trainable::init(preset, 0, &device)?) == Some(config.clone()) {
            found = Some(preset);
        }
    }
    let Some(preset) = found else {
        let known = Preset::ALL.map(|preset| format!("{preset:?}")).join(", ");
        return Err(format!(
            "this {} is none of the presets, which checkpoints are of ({known}): sample from the folder as it is",
            config.class_name()
        )
        .into());
    };
    let mut train = TrainConfig {
        preset,
        ..TrainConfig::default()
    };
    if preset.autoencoder().is_none() {
        let Scheduler {
            schedule, prediction, ..
        } = folder.scheduler()?;
        (train.schedule, train.prediction) = (schedule, prediction);
    }
    let autoencoder = match autoencoder {
        Some(autoencoder) => {
            let config = autoencoder.config().clone();
            let weights = PublishedModel::AutoencoderKL(autoencoder).weights().await?;
            Some((config, weights))
        }
        None => None,
    };
    let checkpoint = Checkpoint::from_weights(train, model.weights().await?, autoencoder);
    // Refuses latents of another shape, or none.
    checkpoint.latent_space(&device)?;
    Ok(checkpoint)
}

fn write(folder: &Path, export: &Export) -> Result<(), Error> {
    for file in &export.files {
        write_file(&folder.join(&file.path), &file.bytes)?;
    }
    export.warnings.iter().for_each(|warning| warn(warning));
    Ok(())
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let unwritable = |error| format!("{} cannot be written: {error}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(unwritable)?;
    }
    std::fs::write(path, bytes).map_err(unwritable)?;
    println!("{}", path.display());
    Ok(())
}
