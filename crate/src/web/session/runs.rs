//! The page's data, its runs and the model that was opened: begun, paused and replaced.

use std::error::Error;
use std::sync::Arc;

use super::{
    BESIDE_MISSING, LATENT_MISSING, NEVER_BUILT, OPENED_MISSING, RUN_MISSING, Session, TRAIN_MISSING,
};
use crate::data::{DataError, DataName, ImageSet};
use crate::model::{Architecture, parameters};
use crate::runtime::{Backend, GpuMemory, Profile};
use crate::sampler::SampleConfig;
use crate::train::race::Pace;
use crate::train::{CheckpointError, TrainConfig, Trainer};
use crate::web::images::{Example, Images, TEST_MISSING};
use crate::web::jobs::Job;
use crate::web::latent::LatentRun;
use crate::web::model::Model;
use crate::web::neighbours::Neighbours;
use crate::web::opening::{DRAWS_NOTHING, Opened, Opening};
use crate::web::protocol::{DrawnNetwork, Event, Pictures, Place, Split};
use crate::web::race::Race;
use crate::web::rehearsal;
use crate::web::rows::Rows;
use crate::web::slow_step::Before;
use crate::web::timing::Timing;
use crate::web::training::Run;

impl Session {
    pub(super) fn take(&mut self, set: String, split: Split, images: Result<ImageSet, DataError>) {
        match images {
            Ok(images) => {
                self.emitter.emit(Event::Data {
                    set: set.clone(),
                    split,
                    count: images.count() as u32,
                    width: images.width,
                    height: images.height,
                    labels: images.labels.clone(),
                });
                let images = Some(Images {
                    set,
                    images: Arc::new(images),
                });
                match split {
                    Split::Train => self.train = images,
                    Split::Test => self.test = images,
                }
            }
            Err(error) => self.emitter.error(Place::Data, error),
        }
    }

    /// What a run on `data` learns from.
    pub(super) fn training_images(&self, data: &Option<DataName>) -> Result<&Images, &'static str> {
        let train = self.train.as_ref().filter(|train| train.are_of(data));
        train.ok_or(TRAIN_MISSING)
    }

    pub(super) async fn new_run(&mut self, mut config: TrainConfig) {
        let data = match self.training_images(&config.data) {
            Ok(Images { set, images }) => {
                config.data.get_or_insert_with(|| DataName {
                    name: set.clone(),
                    classes: Vec::new(),
                });
                images.clone()
            }
            Err(error) => return self.emitter.error(Place::Train, error),
        };
        rehearsal::training(&config, &self.compute).await;
        match Trainer::new(config, data, &self.compute.device) {
            Ok(trainer) => self.begin_run(trainer),
            Err(error) => self.emitter.error(Place::Train, error),
        }
    }

    /// A run in the place of the last one, and of a model that was opened.
    pub(super) fn begin_run(&mut self, trainer: Trainer) {
        self.emitter.emit(Event::Run {
            preset: trainer.config().preset,
            parameters: parameters::count(&trainer.ema_model()) as u32,
            step: trainer.steps_taken(),
            config: trainer.config().clone(),
        });
        self.run = Some(Run::new(trainer, self.weights));
        self.opened = None;
    }

    /// The next stage of a model that is being opened. One that fails is forgotten.
    pub(super) fn open(&mut self, opening: Result<Box<Opening>, Box<dyn Error>>) {
        match opening {
            Ok(mut opening) => {
                self.emitter.emit(opening.progress());
                if let Some(config) = opening.announced() {
                    rehearsal::drawing_ahead(&config, &self.compute);
                }
                self.opening = Some(opening);
            }
            Err(error) => self.emitter.error(Place::Open, error),
        }
    }

    pub(super) fn open_end(&mut self) {
        let Some(opening) = self.opening.take() else {
            return self.emitter.error(Place::Open, "no model is being opened");
        };
        match opening.finish() {
            Ok((event, opened)) => {
                if let Some(opened) = opened {
                    self.opened = Some(Box::new(opened));
                }
                self.emitter.emit(event);
            }
            Err(error) => self.emitter.error(Place::Open, error),
        }
    }

    /// The event `beside`.
    pub(super) fn open_beside(&mut self, bytes: &[u8]) -> Result<Event, Box<dyn Error>> {
        let device = &self.compute.device;
        let opening = Opening::begin(String::new(), Some(bytes.len() as u64), None, None, device)?;
        let mut opening = Box::new(opening).feed(bytes)?;
        if let Some(config) = opening.announced() {
            rehearsal::drawing_ahead(&config, &self.compute);
        }
        let (_, opened) = opening.finish()?;
        self.beside = Some(opened.ok_or(DRAWS_NOTHING)?.model);
        Ok(Event::Beside)
    }

    pub(super) async fn resume(&mut self, data: DataName) {
        let data = Some(data);
        let images = match self.training_images(&data) {
            Ok(train) => train.images.clone(),
            Err(error) => return self.emitter.error(Place::Open, error),
        };
        let resumed = match self.opened.as_deref_mut() {
            Some(Opened {
                checkpoint: Some(checkpoint),
                ..
            }) => {
                checkpoint.config.data = data;
                rehearsal::training(&checkpoint.config, &self.compute).await;
                Trainer::resume(checkpoint, images, &self.compute.device)
            }
            _ => Err(CheckpointError::NoHeader),
        };
        match resumed {
            Ok(trainer) => self.begin_run(trainer),
            Err(error) => self.emitter.error(Place::Open, error),
        }
    }

    pub(super) async fn set_going(&mut self, going: bool) {
        let Some(run) = &mut self.run else {
            return self
                .emitter
                .error(Place::Train, "there is no run yet: start one first");
        };
        run.going = going;
        if !going {
            run.finish(&self.emitter).await;
            self.emitter.emit(Event::Paused {
                step: run.trainer.steps_taken(),
            });
        }
    }

    pub(super) fn set_points_going(&mut self, going: bool) {
        match &mut self.points {
            Some(run) => run.going = going,
            None => self
                .emitter
                .error(Place::Points, "there are no points yet: start anew"),
        }
    }

    pub(super) fn new_latent(&mut self, config: TrainConfig) -> Result<Event, Box<dyn Error>> {
        let train = self.training_images(&config.data)?.images.clone();
        let test = self.test.as_ref().ok_or(TEST_MISSING)?.images.clone();
        let run = LatentRun::new(config, train, test, &self.compute.device)?;
        Ok(self.latent.insert(run).begin())
    }

    pub(super) fn tell_latent(&mut self, tell: impl FnOnce(&mut LatentRun) -> Result<(), Box<dyn Error>>) {
        let told = match &mut self.latent {
            Some(run) => tell(run),
            None => Err(LATENT_MISSING.into()),
        };
        if let Err(error) = told {
            self.emitter.error(Place::Latent, error);
        }
    }

    /// The network over latents by way of its checkpoint.
    pub(super) async fn open_latent(&mut self) {
        let opened = match &self.latent {
            Some(run) => run.open().await,
            None => Err(LATENT_MISSING.into()),
        };
        match opened {
            Ok((event, opened)) => {
                self.opened = opened.map(Box::new);
                self.emitter.emit(event);
            }
            Err(error) => self.emitter.error(Place::Latent, error),
        }
    }

    /// The event `race`.
    pub(super) fn new_race(
        &mut self,
        configs: [TrainConfig; 2],
        every: u32,
    ) -> Result<Event, Box<dyn Error>> {
        let train = self.training_images(&configs[0].data)?.images.clone();
        let test = self.test.as_ref().ok_or(TEST_MISSING)?;
        let race = Race::new(configs, every, train, &test.images, &self.compute.device)?;
        Ok(self.race.insert(race).begin())
    }

    pub(super) fn set_race_going(&mut self, pace: Option<Pace>) {
        match &mut self.race {
            Some(race) => race.pace = pace,
            None => self
                .emitter
                .error(Place::Race, "there is no race yet: start anew"),
        }
    }

    pub(super) async fn train_step(&mut self) {
        if let Some(run) = &mut self.run {
            run.going = false;
            run.train(1, &self.compute, &self.emitter).await;
        }
        self.set_going(false).await;
    }

    /// One training step and what is to be seen of it; the run pauses.
    pub(super) async fn slow_step(&mut self) -> Result<Event, Box<dyn Error>> {
        let run = self.run.as_mut().ok_or(RUN_MISSING)?;
        run.going = false;
        let before = Before::of_next_step(run)?;
        let report = run.train(1, &self.compute, &self.emitter).await;
        // Its own error has been reported.
        let report = report.ok_or("the step could not be taken")?;
        before.after(run, &report).await
    }

    pub(super) fn run_and_example(
        &self,
        image: u32,
        own: Option<Vec<u8>>,
        seed: f64,
    ) -> Result<(&Run, Example), Box<dyn Error>> {
        let run = self.run.as_ref().ok_or(RUN_MISSING)?;
        Ok((run, Example::find(self.test.as_ref(), image, own, seed)?))
    }

    pub(super) fn neighbours(
        &self,
        pictures: Pictures,
        test_images: u32,
    ) -> Result<Neighbours, Box<dyn Error>> {
        let train = self.train.as_ref().ok_or(TRAIN_MISSING)?.images.clone();
        let test = self.test.as_ref().ok_or(TEST_MISSING)?;
        Neighbours::new(&pictures, train, &test.images, test_images, &self.compute.device)
    }

    /// The event `profile`.
    pub(super) async fn profile(&mut self) -> Result<Event, Box<dyn Error>> {
        let watch = match self.compute.backend {
            Backend::Gpu => Profile::start,
            Backend::Cpu => Profile::count,
        };
        let run = self.run.as_mut().ok_or(RUN_MISSING)?;
        let pass = run.trainer.profile_pass(watch).await?;
        let profile = watch();
        self.train_step().await;
        let step = profile.finish().await;
        Ok(Event::Profile { step, pass })
    }

    pub(super) fn memory(&self) {
        let GpuMemory { in_use, reserved } = GpuMemory::of(&self.compute.device);
        self.emitter.emit(Event::Memory {
            in_use: in_use as f64,
            reserved: reserved as f64,
        });
    }

    /// The event `network`.
    pub(super) fn inspect(&self, network: DrawnNetwork, batch: u32) -> Result<Event, Box<dyn Error>> {
        let inspection = match network {
            DrawnNetwork::Known(architecture) => architecture.inspect(batch as usize)?,
            DrawnNetwork::Opened(_) => {
                let model = &self.opened.as_ref().ok_or(OPENED_MISSING)?.model;
                model.network.inspect(model.shape(batch as usize))?
            }
        };
        Ok(Event::Network {
            network,
            batch,
            parameters: inspection.parameters(),
            multiply_adds: inspection.multiply_adds(),
            memory: inspection.memory(),
            blocks: inspection.blocks(),
        })
    }

    pub(super) fn timing(&self, network: DrawnNetwork, batch: u32) -> Result<Timing, Box<dyn Error>> {
        let (built, image, null_class) = match network {
            DrawnNetwork::Known(Architecture::Published(_)) => return Err(NEVER_BUILT.into()),
            // What its weights are does not matter to the time.
            DrawnNetwork::Known(Architecture::Preset(preset)) => {
                let built = preset.init(0, &self.compute.device)?;
                (built, preset.input_shape(), preset.null_class())
            }
            DrawnNetwork::Opened(_) => {
                let model = &self.opened.as_ref().ok_or(OPENED_MISSING)?.model;
                (model.network.clone(), model.image, model.null_class)
            }
        };
        let compute = &self.compute;
        Ok(Timing::new(network, built, image, null_class, batch, compute))
    }

    /// With `beside` the second network draws the last row.
    pub(super) async fn rows(
        &mut self,
        place: Place,
        configs: &[SampleConfig],
        labels: Option<&[u8]>,
        beside: bool,
    ) {
        let begin = |model: Model, this: &Self| {
            let (own, other) = configs.split_at(configs.len().saturating_sub(usize::from(beside)));
            let mut rows = Rows::new(place, own, labels, model, &this.compute)?;
            for config in other {
                let second = this.beside.clone().ok_or(BESIDE_MISSING)?;
                rows = rows.beside(config, second, &this.compute)?;
            }
            Ok(Job::Rows(Box::new(rows)))
        };
        self.begin(place, begin).await;
    }
}
