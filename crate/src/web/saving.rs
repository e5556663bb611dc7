//! The model that draws, as files to keep: our checkpoint, or the folder that diffusers opens.

use std::error::Error;

use super::model::Model;
use super::opening::Opened;
use super::protocol::{DrawnWeights, Event, SaveFormat, SavedFile};
use super::training::Run;
use crate::interop::{Export, Part, PublishedConfig, export};
use crate::model::{Trainable, parameters};
use crate::runtime::read;

/// The event `saved`, of the opened model or else of the run's.
pub async fn save(
    format: SaveFormat,
    opened: Option<&Opened>,
    run: Option<&Run>,
) -> Result<Event, Box<dyn Error>> {
    let (files, warnings) = match (format, opened, run) {
        (_, None, None) => return Err("there is no network yet: train one first, or open one".into()),
        (SaveFormat::Checkpoint, Some(opened), _) => {
            let checkpoint = opened.checkpoint.as_ref().ok_or(
                "only a network that was trained here has a checkpoint: save the opened one as a folder for diffusers",
            )?;
            (vec![checkpoint_file(checkpoint.to_file()?)], Vec::new())
        }
        (SaveFormat::Checkpoint, None, Some(run)) => {
            (vec![checkpoint_file(run.trainer.save().await?)], Vec::new())
        }
        (SaveFormat::Diffusers, Some(opened), _) => folder(opened.model.clone()).await?,
        (SaveFormat::Diffusers, None, Some(run)) => {
            folder(Model::of_run(&run.trainer, DrawnWeights::Ema)?).await?
        }
    };
    Ok(Event::Saved {
        format,
        files,
        warnings,
    })
}

fn checkpoint_file(bytes: Vec<u8>) -> SavedFile {
    SavedFile {
        path: "model.safetensors".into(),
        bytes,
    }
}

async fn folder(model: Model) -> Result<(Vec<SavedFile>, Vec<String>), Box<dyn Error>> {
    let autoencoder = model.latent_space.map(Trainable::Autoencoder);
    let mut networks = Vec::new();
    for network in [Trainable::Denoiser(model.network)]
        .into_iter()
        .chain(autoencoder)
    {
        let config = PublishedConfig::of(&network)
            .ok_or("diffusers has no network like this one: save it as a checkpoint")?;
        let flat = read(parameters::flatten(&network)).await?;
        networks.push((config, parameters::by_name(&parameters::names(&network), &flat)));
    }
    let parts: Vec<Part> = networks
        .iter()
        .map(|(config, weights)| Part { config, weights })
        .collect();
    let Export { files, warnings } = export(&parts, Some(&model.scheduler))?;
    let files = files.into_iter().map(|file| SavedFile {
        path: file.path,
        bytes: file.bytes,
    });
    Ok((files.collect(), warnings))
}
