//! A model that the page hands over piece by piece: a checkpoint of ours, or published weights with their texts.
//!
//! Nothing of it touches what runs before all of it is read and found right.

use std::error::Error;

use burn::tensor::Device;

use super::model::Model;
use super::protocol::{Event, OpenedRun};
use crate::interop::safetensors::{Progress, Reader};
use crate::interop::{Import, Imported, PIECE, PublishedConfig, Scheduler, scheduler};
use crate::model::{Replayed, parameters};
use crate::schedule::Schedule;
use crate::train::{Checkpoint, TrainConfig};

type Failure = Box<dyn Error>;

const NO_SCHEDULER: &str =
    "there is no scheduler_config.json: the network is taken to predict the noise of DDPM's linear schedule";

pub const DRAWS_NOTHING: &str = "it takes no noise away: by itself it draws nothing";

/// A model that was read, and draws.
pub struct Opened {
    pub model: Model,
    /// The run that it is of, where this program wrote it.
    pub checkpoint: Option<Checkpoint>,
}

/// A model on its way in.
pub struct Opening {
    name: String,
    config: Option<(PublishedConfig, Vec<String>)>,
    scheduler: Option<(Scheduler, Vec<String>)>,
    warnings: Vec<String>,
    device: Device,
    progress: Progress,
    /// Whose network it will be, from the header on, until that is asked for.
    announced: Option<TrainConfig>,
    stage: Stage,
}

enum Stage {
    /// Nothing is known yet of what the file is.
    Header(Reader),
    Published(Box<Import>),
    Checkpoint(Reader),
}

impl Opening {
    /// `length`: of the weights' file; `config` and `scheduler`: the texts beside it.
    pub fn begin(
        name: String,
        length: Option<u64>,
        config: Option<&str>,
        scheduler: Option<&str>,
        device: &Device,
    ) -> Result<Self, Failure> {
        Ok(Self {
            name,
            config: config.map(PublishedConfig::parse).transpose()?,
            scheduler: scheduler.map(scheduler::read).transpose()?,
            warnings: Vec::new(),
            device: device.clone(),
            progress: Progress {
                total: length,
                ..Progress::default()
            },
            announced: None,
            stage: Stage::Header(Reader::new(length)),
        })
    }

    /// Remarks on what lay beside the model and is no part of it.
    pub fn leaving_out(mut self, parts: &[String]) -> Self {
        if !parts.is_empty() {
            self.warnings.push(format!("left out: {}", parts.join(", ")));
        }
        self
    }

    /// Takes in the next bytes of the weights.
    pub fn feed(mut self: Box<Self>, bytes: &[u8]) -> Result<Box<Self>, Failure> {
        for piece in bytes.chunks(PIECE) {
            self.progress = match &mut self.stage {
                Stage::Published(import) => import.feed(piece)?,
                Stage::Header(reader) | Stage::Checkpoint(reader) => reader.feed(piece)?,
            };
            self.recognise()?;
        }
        Ok(self)
    }

    /// Chooses how to go on once the header is there.
    fn recognise(&mut self) -> Result<(), Failure> {
        let Stage::Header(reader) = &mut self.stage else {
            return Ok(());
        };
        let Some(header) = reader.header() else {
            return Ok(());
        };
        let is_ours = self.config.is_none() && Checkpoint::is_header(&header.metadata);
        if is_ours {
            self.announced = Checkpoint::config_in(&header.metadata);
        }
        let reader = std::mem::replace(reader, Reader::new(None));
        self.stage = match is_ours {
            true => Stage::Checkpoint(reader),
            false => Stage::Published(Box::new(Import::of_reader(
                self.config.take(),
                reader,
                &self.device,
            )?)),
        };
        Ok(())
    }

    /// The run whose network it will be, once, as soon as the file has told.
    pub fn announced(&mut self) -> Option<TrainConfig> {
        self.announced.take()
    }

    /// The event `opening`.
    pub fn progress(&self) -> Event {
        let tensor = match &self.stage {
            Stage::Published(import) => import.current_tensor(),
            Stage::Header(reader) | Stage::Checkpoint(reader) => reader.current_tensor(),
        };
        Event::Opening {
            received: self.progress.received as f64,
            total: self.progress.total.map(|total| total as f64),
            tensor: tensor.map(String::from),
        }
    }

    /// The event `opened`, and the model where it can draw here.
    pub fn finish(self) -> Result<(Event, Option<Opened>), Failure> {
        match self.stage {
            // Says what is missing: a header is.
            Stage::Header(reader) => Err(reader
                .finish()
                .map_or_else(Failure::from, |_| "the file is empty".into())),
            Stage::Checkpoint(reader) => checkpoint(self.name, reader, self.warnings, &self.device),
            Stage::Published(import) => {
                let mut imported = import.finish()?;
                imported.warnings.extend(self.warnings);
                published(self.name, imported, self.scheduler)
            }
        }
    }
}

fn checkpoint(
    name: String,
    reader: Reader,
    warnings: Vec<String>,
    device: &Device,
) -> Result<(Event, Option<Opened>), Failure> {
    let file = reader.finish()?;
    let tensors = file.tensors.len() as u32;
    let checkpoint = Checkpoint::from_file(file)?;
    let config = checkpoint.config.clone();
    let ema = checkpoint.ema_model(device)?;
    let parameters = parameters::count(&ema) as u32;
    let latent_space = checkpoint.latent_space(device)?;
    let network = ema.into_denoiser();
    let model = network.and_then(|network| Model::of_config(&config, network, latent_space));
    let (model, obstacle) = match model {
        Ok(model) => (Some(model.clone()), model.obstacle()),
        Err(error) => (None, Some(error.to_string())),
    };
    let event = Event::Opened {
        name,
        class_name: format!("{:?}", config.preset),
        parameters,
        tensors,
        image: model
            .as_ref()
            .map_or(config.preset.input_shape(), Model::picture_shape)
            .map(|side| side as u32),
        latents: config
            .preset
            .takes_latents()
            .then(|| config.preset.input_shape().map(|side| side as u32)),
        classes: config.preset.null_class().map(u32::from),
        schedule: config.schedule.clone(),
        prediction: config.prediction,
        sample: model
            .as_ref()
            .map(|model| model.scheduler.sample.clone())
            .unwrap_or_default(),
        run: Some(OpenedRun {
            step: checkpoint.step,
            config,
        }),
        warnings,
        obstacle: obstacle.clone(),
    };
    let opened = model.filter(|_| obstacle.is_none()).map(|model| Opened {
        model,
        checkpoint: Some(checkpoint),
    });
    Ok((event, opened))
}

fn published(
    name: String,
    imported: Imported,
    scheduler: Option<(Scheduler, Vec<String>)>,
) -> Result<(Event, Option<Opened>), Failure> {
    let Imported {
        config,
        model,
        tensors,
        mut warnings,
    } = imported;
    let (scheduler, remarks) = scheduler.unwrap_or_else(|| (Scheduler::default(), vec![NO_SCHEDULER.into()]));
    warnings.extend(remarks);
    let schedule = Schedule::new(&scheduler.schedule)?;
    let parameters = model
        .names()
        .iter()
        .map(|(_, shape)| shape.iter().product::<usize>())
        .sum::<usize>();
    let class_name = config.class_name();
    let null_class = config.null_class();
    let event = |obstacle: Option<String>| Event::Opened {
        name,
        class_name: class_name.into(),
        parameters: parameters as u32,
        tensors: tensors as u32,
        image: config.image().map(|side| side as u32),
        latents: None,
        classes: null_class.map(|classes| classes as u32),
        schedule: scheduler.schedule.clone(),
        prediction: scheduler.prediction,
        sample: scheduler.sample.clone(),
        run: None,
        warnings,
        obstacle,
    };
    let Some(network) = model.into_denoiser() else {
        let obstacle = match config {
            PublishedConfig::UNet2DConditionModel(_) => {
                "it needs a context, a text's perhaps, which nothing here gives it"
            }
            _ => DRAWS_NOTHING,
        };
        return Ok((event(Some(obstacle.into())), None));
    };
    let Ok(null_class) = null_class.map(u8::try_from).transpose() else {
        let obstacle = "it knows more than 255 classes, and labels here are single bytes";
        return Ok((event(Some(obstacle.into())), None));
    };
    let model = Model {
        replayed: Replayed::new(network.clone()),
        network,
        scheduler: scheduler.clone(),
        schedule,
        image: config.image(),
        latent_space: None,
        null_class,
        data: None,
    };
    let obstacle = model.obstacle();
    let opened = obstacle.is_none().then_some(Opened {
        model,
        checkpoint: None,
    });
    Ok((event(obstacle), opened))
}
