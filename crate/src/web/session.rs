//! One page's computation: its device, its data, its training run and its trajectory.
//!
//! The worker calls one method at a time: [`Session::handle`] for each message, and [`Session::advance`] while
//! [`Session::busy`], giving the browser its turn in between.

use std::error::Error;
use std::fmt::Display;
use std::sync::Arc;

use futures_channel::mpsc;
use futures_util::StreamExt;
use js_sys::Function;
use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::emitter::Emitter;
use super::forward;
use super::images::{Example, Images, OWN_SIDE, TEST_MISSING};
use super::jobs::{Job, Jobs};
use super::judging;
use super::latent::LatentRun;
use super::latent_pictures;
use super::looking;
use super::model::Model;
use super::neighbours::Neighbours;
use super::objective::Objective;
use super::opening::{Opened, Opening};
use super::points::PointsRun;
use super::protocol::{Command, DrawnWeights, Event, Frames, Pictures, Place, Split};
use super::race::Race;
use super::rest;
use super::rows::Rows;
use super::sampling::Sampling;
use super::saving;
use super::slow_step::Before;
use super::steering::Steering;
use super::training::Run;
use crate::data::{DataError, DataName, ImageSet, drawing};
use crate::error::ConfigError;
use crate::evaluate::Classifier;
use crate::interop::Layout;
use crate::model::{Architecture, parameters};
use crate::runtime::{Backend, Compute, Profile, Wanted};
use crate::sampler::SampleConfig;
use crate::train::race::Pace;
use crate::train::{CheckpointError, TrainConfig, Trainer};

const RUN_MISSING: &str = "there is no network yet: train one first, a few hundred steps will do";
const TRAIN_MISSING: &str = "the training images are not loaded yet";
const CLASSIFIER_MISSING: &str = "the classifier is not loaded yet";
const LATENT_MISSING: &str = "there is no autoencoder yet: train one first";
/// Every tenth picture of the reader's own is kept for testing.
const TEST_EVERY: usize = 10;

#[wasm_bindgen]
pub struct Session {
    compute: Compute,
    emitter: Emitter,
    train: Option<Images>,
    test: Option<Images>,
    run: Option<Run>,
    points: Option<PointsRun>,
    latent: Option<LatentRun>,
    race: Option<Race>,
    /// What the run's samples are drawn with.
    weights: DrawnWeights,
    /// A model on its way in.
    opening: Option<Box<Opening>>,
    /// Draws in the place of the run's network.
    opened: Option<Box<Opened>>,
    /// Reads what was drawn.
    classifier: Option<Classifier>,
    jobs: Jobs,
    /// Whose turn it is when several kinds of work go on together.
    turn: usize,
}

#[wasm_bindgen]
impl Session {
    /// Chooses the device and reports it as the event `ready`. `device` is "gpu" or "cpu"; anything else leaves the
    /// choice to us. Without a GPU, asking for one is an error.
    pub async fn create(device: &str, emit: Function) -> Result<Session, JsError> {
        let emitter = Emitter::new(emit);
        let wanted = match device {
            "gpu" => Wanted::Gpu,
            "cpu" => Wanted::Cpu,
            _ => Wanted::Auto,
        };
        let compute = rest::compute(wanted).await?;
        // The callback may come from anywhere; a channel brings its news to this thread.
        let (sender, mut receiver) = mpsc::unbounded();
        compute.on_lost(move |reason| {
            // Nobody listens any more once the page is gone.
            let _ = sender.unbounded_send(reason);
        });
        let listener = emitter.clone();
        wasm_bindgen_futures::spawn_local(async move {
            while let Some(message) = receiver.next().await {
                listener.emit(Event::DeviceLost { message });
            }
        });
        emitter.emit(Event::Ready {
            backend: compute.backend,
            adapter: compute.adapter.clone(),
            software: compute.software,
            reason: compute.reason.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
        });
        Ok(Self {
            compute,
            emitter,
            train: None,
            test: None,
            run: None,
            points: None,
            latent: None,
            race: None,
            weights: DrawnWeights::default(),
            opening: None,
            opened: None,
            classifier: None,
            jobs: Jobs::default(),
            turn: 0,
        })
    }

    /// Does what a message asks for; what goes wrong is reported as the event `error`.
    pub async fn handle(&mut self, command: Ts<Command>) {
        match command.to_rust() {
            Ok(command) => self.obey(command).await,
            Err(error) => self.emitter.error(Place::of_command(&command.js_value()), error),
        }
    }

    /// Whether there is work for [`Session::advance`].
    pub fn busy(&self) -> bool {
        WORK.iter().any(|work| self.has(*work))
    }

    /// One slice of the work whose turn it is: some training steps, or a slice of another job.
    pub async fn advance(&mut self) {
        let turns = WORK.iter().cycle().skip(self.turn).take(WORK.len());
        let Some(work) = turns.copied().find(|&work| self.has(work)) else {
            return;
        };
        self.turn = work as usize + 1;
        match work {
            Work::Training => {
                if let Some(run) = &mut self.run {
                    run.advance(&self.compute, &self.emitter).await;
                }
            }
            Work::Jobs => self.jobs.advance(&self.emitter).await,
            Work::Points => {
                if let Some(run) = &mut self.points {
                    run.advance(&self.emitter).await;
                }
            }
            Work::Latent => {
                if let Some(run) = &mut self.latent {
                    run.advance(&self.compute, &self.emitter).await;
                }
            }
            Work::Race => {
                // Its seconds are its own: nothing may be on the device's queue before it.
                if let Some(run) = &mut self.run {
                    run.finish(&self.emitter).await;
                }
                if let Some(race) = &mut self.race {
                    race.advance(&self.emitter).await;
                }
            }
        }
    }
}

/// What may go on at the same time, in turns.
#[derive(Clone, Copy)]
enum Work {
    Training,
    Jobs,
    Points,
    Latent,
    Race,
}

const WORK: [Work; 5] = [Work::Training, Work::Jobs, Work::Points, Work::Latent, Work::Race];

impl Session {
    fn has(&self, work: Work) -> bool {
        match work {
            Work::Training => self.run.as_ref().is_some_and(Run::busy),
            Work::Jobs => self.jobs.busy(),
            Work::Points => self.points.as_ref().is_some_and(PointsRun::busy),
            Work::Latent => self.latent.as_ref().is_some_and(LatentRun::busy),
            Work::Race => self.race.as_ref().is_some_and(Race::busy),
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Data { set, split, bytes } => self.take(set, split, ImageSet::unpack(&bytes)),
            Command::OwnData {
                set,
                split,
                classes,
                labels,
                pixels,
            } => self.take(set, split, own_images(split, classes, labels, pixels)),
            Command::Schedule { schedule } => self.answer(Place::Forward, forward::curves(&schedule)),
            Command::Forward {
                schedule,
                image,
                own,
                t,
                noise_seed,
            } => {
                let noised = match Example::find(self.test.as_ref(), image, own, noise_seed) {
                    Ok(example) => forward::noised(&example, &schedule, t).await,
                    Err(error) => Err(error),
                };
                self.answer(Place::Forward, noised);
            }
            Command::NewRun { config } => self.new_run(config),
            Command::Train => self.set_going(true).await,
            Command::Pause => self.set_going(false).await,
            Command::TrainStep => self.train_step().await,
            Command::SlowStep => {
                let shown = self.slow_step().await;
                self.answer(Place::SlowMotion, shown);
                self.set_going(false).await;
            }
            Command::Profile => self.profile().await,
            Command::Inspect { network, batch } => self.answer(Place::Network, inspect(network, batch)),
            Command::Estimate {
                image,
                own,
                t,
                noise_seed,
            } => {
                let estimate = match self.run_and_example(image, own, noise_seed) {
                    Ok((run, example)) => looking::estimate(&run.trainer, &example, t, &self.compute).await,
                    Err(error) => Err(error),
                };
                self.answer(Place::Estimate, estimate);
            }
            Command::Probe {
                block,
                image,
                own,
                t,
                noise_seed,
            } => {
                let probe = match self.run_and_example(image, own, noise_seed) {
                    Ok((run, example)) => {
                        looking::probe(&run.trainer, block, &example, t, &self.compute).await
                    }
                    Err(error) => Err(error),
                };
                self.answer(Place::Network, probe);
            }
            Command::DrawWith { weights } => {
                self.weights = weights;
                if let Some(run) = &mut self.run {
                    run.weights = weights;
                }
            }
            Command::Sample { config } => {
                let begin = |model: Model, this: &Self| {
                    let sampling = Sampling::new(&config, model, &this.compute)?;
                    Ok(Job::Sampling(Box::new(sampling)))
                };
                self.begin(Place::Sample, begin).await;
            }
            Command::CancelSample => self.jobs.cancel(Place::Sample, &self.emitter).await,
            Command::Compare { configs } => self.rows(Place::Compare, &configs, None).await,
            Command::Guidance { configs, labels } => {
                self.rows(Place::Guidance, &configs, Some(&labels)).await
            }
            Command::Draw { configs, labels } => self.rows(Place::Draw, &configs, Some(&labels)).await,
            Command::Classifier { bytes } => {
                let classifier = Classifier::parse(&bytes, &self.compute.device);
                let answer = classifier.map(|classifier| {
                    self.classifier = Some(classifier);
                    Event::Classifier
                });
                self.answer(Place::Verdicts, answer);
            }
            Command::Judge { row, pictures } => {
                let verdicts = match &self.classifier {
                    Some(classifier) => {
                        judging::verdicts(classifier, row, pictures, &self.compute.device).await
                    }
                    None => Err(CLASSIFIER_MISSING.into()),
                };
                self.answer(Place::Verdicts, verdicts);
            }
            Command::Neighbours {
                pictures,
                test_images,
            } => {
                self.jobs.cancel(Place::Neighbours, &self.emitter).await;
                match self.neighbours(pictures, test_images) {
                    Ok(search) => self
                        .jobs
                        .begin(Place::Neighbours, Job::Neighbours(Box::new(search))),
                    Err(error) => self.emitter.error(Place::Neighbours, error),
                }
            }
            Command::Objective { config } => {
                let begin = |model: Model, this: &Self| {
                    let test = this.test.as_ref().ok_or(TEST_MISSING)?;
                    let objective = Objective::new(&config, model, test, &this.compute)?;
                    Ok(Job::Objective(Box::new(objective)))
                };
                self.begin(Place::Objective, begin).await;
            }
            Command::Steer { steer, config } => {
                let begin = |model: Model, this: &Self| {
                    let steering = Steering::new(steer, config, model, &this.compute)?;
                    Ok(Job::Steering(Box::new(steering)))
                };
                self.begin(Place::Steer, begin).await;
            }
            Command::Drawing { id, strokes, pen } => {
                let pixels = match pen {
                    Some(pen) => drawing::as_drawn(&strokes, pen),
                    None => drawing::digit(&strokes),
                };
                let side = drawing::SIDE as u32;
                let picture = Frames {
                    width: side,
                    height: side,
                    channels: 1,
                    count: 1,
                    pixels,
                };
                self.emitter.emit(Event::Drawing { id, picture });
            }
            Command::Cancel { at } => self.jobs.cancel(at, &self.emitter).await,
            Command::FindFiles { paths } => {
                let found = Layout::find(&paths).map(|layout| Event::FilesFound {
                    config: layout.model.config,
                    scheduler: layout.scheduler,
                    weights: layout.model.weights,
                    left_out: layout
                        .autoencoder
                        .map(|autoencoder| autoencoder.weights)
                        .into_iter()
                        .chain(layout.others)
                        .collect(),
                });
                self.answer(Place::Open, found);
            }
            Command::Open {
                name,
                left_out,
                length,
                config,
                scheduler,
            } => {
                let length = length.map(|length| length as u64);
                let device = &self.compute.device;
                let opening = Opening::begin(name, length, config.as_deref(), scheduler.as_deref(), device);
                self.open(opening.map(|opening| Box::new(opening.leaving_out(&left_out))));
            }
            Command::OpenPiece { bytes } => {
                let opening = self
                    .opening
                    .take()
                    .ok_or_else(|| "no model is being opened".into());
                self.open(opening.and_then(|opening| opening.feed(&bytes)));
            }
            Command::OpenEnd => self.open_end(),
            Command::OpenCancel => self.opening = None,
            Command::Close => {
                self.opened = None;
                self.emitter.emit(Event::Closed);
            }
            Command::Resume { data } => self.resume(data),
            Command::Save { format } => {
                let saved = saving::save(format, self.opened.as_deref(), self.run.as_ref()).await;
                self.answer(Place::Save, saved);
            }
            Command::NewPoints {
                config,
                shape,
                count,
                drawn,
            } => {
                let run = PointsRun::new(config, shape, count, drawn.as_deref(), &self.compute.device);
                let begun = run.map(|run| self.points.insert(run).begin());
                self.answer(Place::Points, begun);
            }
            Command::TrainPoints => self.set_points_going(true),
            Command::PausePoints => self.set_points_going(false),
            Command::NewLatent { config } => {
                let begun = self.new_latent(config);
                self.answer(Place::Latent, begun);
            }
            Command::EncodeLatents { count } => self.tell_latent(|run| run.encode(count)),
            Command::NewLatentNetwork { config } => {
                let begun = match &mut self.latent {
                    Some(run) => run.begin_network(config),
                    None => Err(LATENT_MISSING.into()),
                };
                self.answer(Place::Latent, begun);
            }
            Command::TrainLatent { part } => self.tell_latent(|run| run.train(part)),
            Command::PauseLatent => self.tell_latent(LatentRun::pause),
            Command::MixLatents { images } => {
                let mixed = match (&self.latent, &self.test) {
                    (Some(run), Some(test)) => {
                        latent_pictures::mixed(run, &test.images, images, &self.compute).await
                    }
                    _ => Err(LATENT_MISSING.into()),
                };
                self.answer(Place::Latent, mixed);
            }
            Command::LatentCosts { networks } => {
                self.answer(Place::Latent, latent_pictures::costs(networks));
            }
            Command::OpenLatent => self.open_latent().await,
            Command::NewRace { configs, every } => {
                let begun = self.new_race(configs, every);
                self.answer(Place::Race, begun);
            }
            Command::TrainRace { pace } => self.set_race_going(Some(pace)),
            Command::PauseRace => self.set_race_going(None),
            Command::LoseDevice => self.compute.lose(),
        }
    }

    fn answer(&self, place: Place, answer: Result<Event, impl Display>) {
        match answer {
            Ok(event) => self.emitter.emit(event),
            Err(error) => self.emitter.error(place, error),
        }
    }

    fn take(&mut self, set: String, split: Split, images: Result<ImageSet, DataError>) {
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
    fn training_images(&self, data: &Option<DataName>) -> Result<&Images, &'static str> {
        let train = self.train.as_ref().filter(|train| train.are_of(data));
        train.ok_or(TRAIN_MISSING)
    }

    fn new_run(&mut self, mut config: TrainConfig) {
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
        match Trainer::new(config, data, &self.compute.device) {
            Ok(trainer) => self.begin_run(trainer),
            Err(error) => self.emitter.error(Place::Train, error),
        }
    }

    /// A run in the place of the last one, and of a model that was opened.
    fn begin_run(&mut self, trainer: Trainer) {
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
    fn open(&mut self, opening: Result<Box<Opening>, Box<dyn Error>>) {
        match opening {
            Ok(opening) => {
                self.emitter.emit(opening.progress());
                self.opening = Some(opening);
            }
            Err(error) => self.emitter.error(Place::Open, error),
        }
    }

    fn open_end(&mut self) {
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

    fn resume(&mut self, data: DataName) {
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
                Trainer::resume(checkpoint, images, &self.compute.device)
            }
            _ => Err(CheckpointError::NoHeader),
        };
        match resumed {
            Ok(trainer) => self.begin_run(trainer),
            Err(error) => self.emitter.error(Place::Open, error),
        }
    }

    async fn set_going(&mut self, going: bool) {
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

    fn set_points_going(&mut self, going: bool) {
        match &mut self.points {
            Some(run) => run.going = going,
            None => self
                .emitter
                .error(Place::Points, "there are no points yet: start anew"),
        }
    }

    fn new_latent(&mut self, config: TrainConfig) -> Result<Event, Box<dyn Error>> {
        let train = self.training_images(&config.data)?.images.clone();
        let test = self.test.as_ref().ok_or(TEST_MISSING)?.images.clone();
        let run = LatentRun::new(config, train, test, &self.compute.device)?;
        Ok(self.latent.insert(run).begin())
    }

    fn tell_latent(&mut self, tell: impl FnOnce(&mut LatentRun) -> Result<(), Box<dyn Error>>) {
        let told = match &mut self.latent {
            Some(run) => tell(run),
            None => Err(LATENT_MISSING.into()),
        };
        if let Err(error) = told {
            self.emitter.error(Place::Latent, error);
        }
    }

    /// The network over latents by way of its checkpoint.
    async fn open_latent(&mut self) {
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
    fn new_race(&mut self, configs: [TrainConfig; 2], every: u32) -> Result<Event, Box<dyn Error>> {
        let train = self.training_images(&configs[0].data)?.images.clone();
        let test = self.test.as_ref().ok_or(TEST_MISSING)?;
        let race = Race::new(configs, every, train, &test.images, &self.compute.device)?;
        Ok(self.race.insert(race).begin())
    }

    fn set_race_going(&mut self, pace: Option<Pace>) {
        match &mut self.race {
            Some(race) => race.pace = pace,
            None => self
                .emitter
                .error(Place::Race, "there is no race yet: start anew"),
        }
    }

    async fn train_step(&mut self) {
        if let Some(run) = &mut self.run {
            run.going = false;
            run.train(1, &self.compute, &self.emitter).await;
        }
        self.set_going(false).await;
    }

    /// One training step and what is to be seen of it; the run pauses.
    async fn slow_step(&mut self) -> Result<Event, Box<dyn Error>> {
        let run = self.run.as_mut().ok_or(RUN_MISSING)?;
        run.going = false;
        let before = Before::of_next_step(run)?;
        let report = run.train(1, &self.compute, &self.emitter).await;
        // Its own error has been reported.
        let report = report.ok_or("the step could not be taken")?;
        before.after(run, &report).await
    }

    fn run_and_example(
        &self,
        image: u32,
        own: Option<Vec<u8>>,
        seed: f64,
    ) -> Result<(&Run, Example), Box<dyn Error>> {
        let run = self.run.as_ref().ok_or(RUN_MISSING)?;
        Ok((run, Example::find(self.test.as_ref(), image, own, seed)?))
    }

    fn neighbours(&self, pictures: Pictures, test_images: u32) -> Result<Neighbours, Box<dyn Error>> {
        let train = self.train.as_ref().ok_or(TRAIN_MISSING)?.images.clone();
        let test = self.test.as_ref().ok_or(TEST_MISSING)?;
        Neighbours::new(&pictures, train, &test.images, test_images, &self.compute.device)
    }

    async fn profile(&mut self) {
        let profile = match self.compute.backend {
            Backend::Gpu => Profile::start(),
            Backend::Cpu => Profile::count(),
        };
        self.train_step().await;
        let kernels = profile.finish().await;
        self.emitter.emit(Event::Profile { kernels });
    }

    async fn rows(&mut self, place: Place, configs: &[SampleConfig], labels: Option<&[u8]>) {
        let begin = |model: Model, this: &Self| {
            let rows = Rows::new(place, configs, labels, model, &this.compute)?;
            Ok(Job::Rows(Box::new(rows)))
        };
        self.begin(place, begin).await;
    }

    /// The network to draw with: the opened one, or else the run's.
    fn model(&self) -> Result<Model, Box<dyn Error>> {
        match (&self.opened, &self.run) {
            (Some(opened), _) => Ok(opened.model.clone()),
            (None, Some(run)) => Ok(Model::of_run(&run.trainer, self.weights)?),
            (None, None) => Err(RUN_MISSING.into()),
        }
    }

    /// Begins a job with the network to draw with, in place of the one that goes on there.
    async fn begin(&mut self, place: Place, job: impl FnOnce(Model, &Self) -> Result<Job, Box<dyn Error>>) {
        self.jobs.cancel(place, &self.emitter).await;
        match self.model().and_then(|model| job(model, self)) {
            Ok(job) => self.jobs.begin(place, job),
            Err(error) => self.emitter.error(place, error),
        }
    }
}

/// A split of the reader's own pictures.
fn own_images(split: Split, classes: u32, labels: Vec<u8>, pixels: Vec<u8>) -> Result<ImageSet, DataError> {
    let all = ImageSet::new(1, OWN_SIDE, OWN_SIDE, classes, labels, pixels)?;
    let [train, test] = all.hold_out(TEST_EVERY)?;
    Ok(match split {
        Split::Train => train,
        Split::Test => test,
    })
}

/// The event `network`.
fn inspect(network: Architecture, batch: u32) -> Result<Event, ConfigError> {
    let inspection = network.inspect(batch as usize)?;
    Ok(Event::Network {
        network,
        batch,
        parameters: inspection.parameters(),
        multiply_adds: inspection.multiply_adds(),
        memory: inspection.memory(),
        blocks: inspection.blocks(),
    })
}
