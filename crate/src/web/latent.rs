//! The run on latents, beside the one on images: an autoencoder learns, the data set goes through its encoder once, and a
//! network learns from what comes out.

use std::error::Error;
use std::sync::Arc;

use burn::tensor::Device;

use super::emitter::Emitter;
use super::in_training::InTraining;
use super::latent_pictures::reconstruction;
use super::latent_samples::Travel;
use super::opening::{Opened, Opening};
use super::protocol::{Event, LatentPart, Place};
use super::sampling::SLICE;
use crate::data::{DataSet, Encoding, ImageSet, LatentSet};
use crate::error::{ConfigError, require};
use crate::model::AutoencoderKl;
use crate::runtime::{Compute, clock};
use crate::train::{StepReport, TrainConfig, TrainError, Trainer};

/// Images encoded together: the first slice's, and the most.
const BATCHES: (usize, usize) = (8, 1024);

type Failure = Box<dyn Error>;

pub struct LatentRun {
    images: Arc<ImageSet>,
    test: Arc<ImageSet>,
    device: Device,
    autoencoder: InTraining,
    work: Option<Work>,
    /// What the network learns from.
    latents: Option<Arc<LatentSet>>,
    network: Option<InTraining>,
    travel: Option<Travel>,
    /// The reconstructions are to be shown.
    look: bool,
}

/// What goes on until it is paused.
enum Work {
    Training(LatentPart),
    Encoding(Box<Coding>),
}

/// The data set on its way through the encoder.
struct Coding {
    encoding: Encoding,
    count: usize,
    batch: usize,
    /// Training steps of the autoencoder.
    step: u32,
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
            latents: None,
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
        let latents = self.latents.clone().ok_or("nothing is encoded yet")?;
        let network = InTraining::new(Trainer::new(config, latents, &self.device)?);
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
        self.work = Some(Work::Encoding(Box::new(Coding {
            encoding: Encoding::new(self.images.clone(), self.latest_autoencoder()?, &self.device)?,
            count: count as usize,
            batch: BATCHES.0,
            step: trainer.steps_taken(),
        })));
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
        self.work.is_some() || self.travel.is_some() || self.look || self.has_pending()
    }

    /// The autoencoder whose latents are learnt or, before there are any, the one in training.
    pub fn autoencoder(&self) -> Result<AutoencoderKl, ConfigError> {
        match self.latents.as_ref().and_then(|latents| latents.autoencoder()) {
            Some(autoencoder) => Ok(autoencoder.clone()),
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
        self.finish_others(emitter).await?;
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

    async fn go_on_encoding(&mut self, mut coding: Box<Coding>, emitter: &Emitter) -> Result<(), Failure> {
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
        emitter.emit(Event::LatentSpace {
            step: coding.step,
            count: latents.count() as u32,
            scale: latents.scale(),
        });
        self.network = None;
        self.travel = None;
        self.latents = Some(Arc::new(latents));
        Ok(())
    }

    async fn go_on_training(&mut self, part: LatentPart, emitter: &Emitter) -> Result<(), Failure> {
        let Some(model) = self.part(part) else {
            return Ok(());
        };
        let reports = model.advance().await?;
        report(part, model, reports, emitter);
        if !model.is_due() {
            return Ok(());
        }
        match (part, &self.network) {
            (LatentPart::Network, Some(network)) => {
                self.travel = Some(Travel::begin(&network.trainer, &self.device)?);
            }
            _ => self.look = true,
        }
        Ok(())
    }

    /// The reports of what is no longer trained.
    async fn finish_others(&mut self, emitter: &Emitter) -> Result<(), Failure> {
        for part in [LatentPart::Autoencoder, LatentPart::Network] {
            let goes_on = matches!(self.work, Some(Work::Training(going)) if going == part);
            if let Some(model) = self.part(part).filter(|model| model.is_pending() && !goes_on) {
                let reports = model.finish().await?;
                report(part, model, reports, emitter);
            }
        }
        Ok(())
    }

    fn part(&mut self, part: LatentPart) -> Option<&mut InTraining> {
        match part {
            LatentPart::Autoencoder => Some(&mut self.autoencoder),
            LatentPart::Network => self.network.as_mut(),
        }
    }

    fn has_pending(&self) -> bool {
        self.autoencoder.is_pending() || self.network.as_ref().is_some_and(InTraining::is_pending)
    }

    /// With the moving average of its weights.
    fn latest_autoencoder(&self) -> Result<AutoencoderKl, ConfigError> {
        let model = self.autoencoder.trainer.ema_model();
        let missing = || ConfigError::new("preset", "a network that predicts noise", "an autoencoder");
        model.into_autoencoder().ok_or_else(missing)
    }
}

/// The event `latentTrain`.
fn report(part: LatentPart, model: &InTraining, reports: Vec<StepReport>, emitter: &Emitter) {
    emitter.emit(Event::LatentTrain {
        part,
        reports,
        steps_per_second: model.pace.steps_per_second(),
    });
}
