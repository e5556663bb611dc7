//! The run on latents, beside the one on images: an autoencoder learns, the data set goes through its encoder once, and a
//! network learns from what comes out.

use std::error::Error;
use std::sync::Arc;

use burn::tensor::{Device, Tensor};

use super::emitter::Emitter;
use super::latent_pictures::{RANGE, frames, reconstruction};
use super::model::Model;
use super::opening::{Opened, Opening};
use super::pace::Pace;
use super::protocol::{Event, Frames, LatentPart, Place};
use super::sampling::SLICE;
use crate::data::{DataSet, Encoding, ImageSet, LatentSet};
use crate::error::{ConfigError, require};
use crate::model::preset::NULL_CLASS;
use crate::model::{AutoencoderKl, parameters};
use crate::runtime::{Compute, ReadError, clock, read};
use crate::sampler::{SampleConfig, SamplerKind, Trajectory};
use crate::train::{TrainConfig, TrainError, Trainer};

/// Denoising steps of the samples.
const STEPS: usize = 20;
const GUIDANCE_SCALE: f64 = 2.0;
/// Every so many of the steps are shown.
const STAGE: usize = 2;
/// Images encoded together: the first slice's, and the most.
const BATCHES: (usize, usize) = (8, 1024);

type Failure = Box<dyn Error>;

pub struct LatentRun {
    images: Arc<ImageSet>,
    test: Arc<ImageSet>,
    device: Device,
    autoencoder: InTraining,
    work: Option<Work>,
    space: Option<Space>,
    network: Option<InTraining>,
    travel: Option<Travel>,
    /// The reconstructions are to be shown.
    look: bool,
}

/// What goes on until it is paused.
enum Work {
    Training(LatentPart),
    Encoding(Coding),
}

struct InTraining {
    trainer: Trainer,
    pace: Pace,
}

/// The data set on its way through the encoder.
struct Coding {
    encoding: Encoding,
    count: usize,
    batch: usize,
    /// Training steps of the autoencoder.
    step: u32,
}

/// Where the network learns.
struct Space {
    latents: Arc<LatentSet>,
    autoencoder: AutoencoderKl,
}

/// Samples on their way from noise, then through the decoder.
struct Travel {
    step: u32,
    model: Model,
    trajectory: Trajectory,
    t: Vec<f64>,
    /// x_t and x0_hat, one after the other.
    stages: Vec<[Tensor<4>; 2]>,
    decoded: Vec<[Tensor<4>; 2]>,
}

impl LatentRun {
    /// An autoencoder at step 0 for `images`; `test` images show what it has learnt.
    pub fn new(
        config: TrainConfig,
        images: Arc<ImageSet>,
        test: Arc<ImageSet>,
        device: &Device,
    ) -> Result<Self, TrainError> {
        require(
            config.preset.autoencoder().is_some(),
            "preset",
            format!("{:?}", config.preset),
            "an autoencoder",
        )?;
        Ok(Self {
            autoencoder: InTraining::new(Trainer::new(config, images.clone(), device)?),
            images,
            test,
            device: device.clone(),
            work: None,
            space: None,
            network: None,
            travel: None,
            look: true,
        })
    }

    /// The event `latent`.
    pub fn begin(&self) -> Event {
        Event::Latent {
            parameters: self.autoencoder.parameters(),
        }
    }

    /// A network over the latents, at step 0: the event `latentNetwork`.
    pub fn begin_network(&mut self, config: TrainConfig) -> Result<Event, Failure> {
        let space = self.space.as_ref().ok_or("nothing is encoded yet")?;
        let network = InTraining::new(Trainer::new(config, space.latents.clone(), &self.device)?);
        self.travel = Some(Travel::begin(&network.trainer, &self.device)?);
        Ok(Event::LatentNetwork {
            parameters: self.network.insert(network).parameters(),
        })
    }

    pub fn train(&mut self, part: LatentPart) -> Result<(), Failure> {
        if part == LatentPart::Network && self.network.is_none() {
            return Err("there is no network over latents yet: encode the data first".into());
        }
        self.work = Some(Work::Training(part));
        Ok(())
    }

    pub fn encode(&mut self, count: u32) -> Result<(), Failure> {
        let all = self.images.count();
        require(
            (1..=all).contains(&(count as usize)),
            "count",
            count,
            format!("from 1 to {all}"),
        )?;
        let trainer = &self.autoencoder.trainer;
        self.work = Some(Work::Encoding(Coding {
            encoding: Encoding::new(self.images.clone(), self.latest_autoencoder()?, &self.device)?,
            count: count as usize,
            batch: BATCHES.0,
            step: trainer.steps_taken(),
        }));
        Ok(())
    }

    /// Encoding ends with what is encoded then.
    pub fn pause(&mut self) -> Result<(), Failure> {
        match &mut self.work {
            Some(Work::Encoding(coding)) => coding.count = coding.encoding.encoded().max(1),
            work => *work = None,
        }
        Ok(())
    }

    pub fn busy(&self) -> bool {
        self.work.is_some() || self.travel.is_some() || self.look
    }

    /// The autoencoder whose latents are learnt or, before there are any, the one in training.
    pub fn autoencoder(&self) -> Result<AutoencoderKl, ConfigError> {
        match &self.space {
            Some(space) => Ok(space.autoencoder.clone()),
            None => self.latest_autoencoder(),
        }
    }

    /// The network over latents as if its checkpoint had been opened.
    pub async fn open(&self) -> Result<(Event, Option<Opened>), Failure> {
        let network = self
            .network
            .as_ref()
            .ok_or("there is no network over latents yet")?;
        let bytes = network.trainer.save().await?;
        let name = format!("latents-step-{}", network.trainer.steps_taken());
        let opening = Opening::begin(name, Some(bytes.len() as u64), None, None, &self.device)?;
        Box::new(opening).feed(&bytes)?.finish()
    }

    /// The next slice: pictures that are due, or else training or encoding.
    pub async fn advance(&mut self, compute: &Compute, emitter: &Emitter) {
        if let Err(error) = self.go_on(compute, emitter).await {
            emitter.error(Place::Latent, error);
            self.work = None;
        }
    }

    async fn go_on(&mut self, compute: &Compute, emitter: &Emitter) -> Result<(), Failure> {
        if std::mem::take(&mut self.look) {
            let step = self.autoencoder.trainer.steps_taken();
            let autoencoder = self.latest_autoencoder()?;
            emitter.emit(reconstruction(&autoencoder, &self.test, step, compute).await?);
            return Ok(());
        }
        if let Some(mut travel) = self.travel.take() {
            match travel.go_on() {
                true => self.travel = Some(travel),
                false => emitter.emit(travel.read().await?),
            }
            return Ok(());
        }
        match self.work.take() {
            Some(Work::Encoding(coding)) => self.go_on_encoding(coding, emitter).await,
            Some(Work::Training(part)) => {
                self.work = Some(Work::Training(part));
                self.go_on_training(part, emitter).await
            }
            None => Ok(()),
        }
    }

    async fn go_on_encoding(&mut self, mut coding: Coding, emitter: &Emitter) -> Result<(), Failure> {
        let began = clock::now();
        let left = coding.count.saturating_sub(coding.encoding.encoded());
        if left > 0 {
            coding.encoding.step(coding.batch.min(left)).await?;
        }
        if clock::now() - began < 0.5 * SLICE {
            coding.batch = (2 * coding.batch).min(BATCHES.1);
        }
        let encoded = coding.encoding.encoded();
        emitter.emit(Event::LatentEncoding {
            encoded: encoded as u32,
            count: coding.count as u32,
        });
        if encoded < coding.count {
            self.work = Some(Work::Encoding(coding));
            return Ok(());
        }
        let latents = coding.encoding.finish_with_unit_variance()?;
        let autoencoder = latents
            .autoencoder()
            .cloned()
            .ok_or("the latents lack their autoencoder")?;
        emitter.emit(Event::LatentSpace {
            step: coding.step,
            count: latents.count() as u32,
            scale: autoencoder.config().scaling_factor,
        });
        self.network = None;
        self.travel = None;
        self.space = Some(Space {
            latents: Arc::new(latents),
            autoencoder,
        });
        Ok(())
    }

    async fn go_on_training(&mut self, part: LatentPart, emitter: &Emitter) -> Result<(), Failure> {
        let model = match (part, &mut self.network) {
            (LatentPart::Network, Some(network)) => network,
            _ => &mut self.autoencoder,
        };
        let every = model.trainer.config().grid_every;
        let left = every - model.trainer.steps_taken() % every;
        let reports = model.trainer.step(model.pace.steps().min(left)).await?;
        model
            .pace
            .note(reports.first().map_or(0.0, |report| report.seconds));
        emitter.emit(Event::LatentTrain {
            part,
            reports,
            steps_per_second: model.pace.steps_per_second(),
        });
        if model.trainer.steps_taken().is_multiple_of(every) {
            match part {
                LatentPart::Autoencoder => self.look = true,
                LatentPart::Network => self.travel = Some(Travel::begin(&model.trainer, &self.device)?),
            }
        }
        Ok(())
    }

    /// With the moving average of its weights.
    fn latest_autoencoder(&self) -> Result<AutoencoderKl, ConfigError> {
        let model = self.autoencoder.trainer.ema_model();
        let missing = || ConfigError::new("preset", "a network that predicts noise", "an autoencoder");
        model.into_autoencoder().ok_or_else(missing)
    }
}

impl InTraining {
    fn new(trainer: Trainer) -> Self {
        Self {
            trainer,
            pace: Pace::default(),
        }
    }

    fn parameters(&self) -> u32 {
        parameters::count(&self.trainer.ema_model()) as u32
    }
}

impl Travel {
    /// Noise that is the same every time, and the network of this moment.
    fn begin(trainer: &Trainer, device: &Device) -> Result<Self, ConfigError> {
        let model = Model::of_run(trainer)?;
        let labels: Vec<u8> = (0..NULL_CLASS).collect();
        let config = SampleConfig {
            sampler: SamplerKind::Ddim,
            steps: STEPS.min(trainer.schedule().len()),
            seed: trainer.config().seed,
            count: labels.len(),
            guidance_scale: GUIDANCE_SCALE,
            // Latents are no pixels: nothing is clipped.
            ..model.scheduler.sample.clone()
        };
        Ok(Self {
            step: trainer.steps_taken(),
            trajectory: model.trajectory(&config, device)?.with_labels(&labels)?,
            model,
            t: Vec::new(),
            stages: Vec::new(),
            decoded: Vec::new(),
        })
    }

    /// A slice. `false` once all is decoded.
    fn go_on(&mut self) -> bool {
        let end = clock::now() + SLICE;
        while let Some(frame) = self.trajectory.step(&self.model.network) {
            if frame.step % STAGE == 1 {
                self.t.push(frame.t);
                self.stages.push([frame.x_t, frame.x0_hat]);
            }
            if frame.step == frame.steps {
                let x_0 = self.trajectory.x_t();
                self.stages.push([x_0.clone(), x_0]);
            }
            if clock::now() > end {
                return true;
            }
        }
        while let Some(stage) = self.stages.get(self.decoded.len()) {
            let decoded = stage.clone().map(|x| self.model.pictures(x));
            self.decoded.push(decoded);
            if clock::now() > end {
                return true;
            }
        }
        false
    }

    /// The event `latentSamples`, by one read-back.
    async fn read(self) -> Result<Event, ReadError> {
        let [channels, height, width] = self.model.image;
        let [_, image_height, image_width] = self.model.picture_shape();
        let flat = |stages: &[[Tensor<4>; 2]], which: usize| {
            let parts = stages.iter().map(|stage| stage[which].clone());
            Tensor::cat(parts.collect(), 0).reshape([-1])
        };
        let parts: [Tensor<1>; 4] = [
            flat(&self.stages, 0),
            flat(&self.stages, 1),
            flat(&self.decoded, 0),
            flat(&self.decoded, 1),
        ];
        let size = 2 * parts[0].dims()[0];
        let values = read(Tensor::cat(parts.into(), 0)).await?;
        let (latents, decoded) = values.split_at(size);
        let [x_t, x0_hat] = halves(latents).map(|values| frames([height, width], values, RANGE));
        let [decoded_x_t, decoded_x0_hat] =
            halves(decoded).map(|values| Frames::new([image_height, image_width], values));
        Ok(Event::LatentSamples {
            step: self.step,
            labels: (0..NULL_CLASS).collect(),
            t: self.t,
            channels: channels as u32,
            range: RANGE,
            x_t,
            x0_hat,
            decoded_x_t,
            decoded_x0_hat,
        })
    }
}

fn halves(values: &[f32]) -> [&[f32]; 2] {
    values.split_at(values.len() / 2).into()
}
