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
use super::jobs::{Job, Jobs};
use super::looking;
use super::model::Model;
use super::objective::Objective;
use super::opening::{Opened, Opening};
use super::points::PointsRun;
use super::protocol::{Command, DrawnWeights, Event, Place, Split};
use super::race::Race;
use super::rows::Rows;
use super::sampling::Sampling;
use super::saving;
use super::slow_step::Example;
use super::training::Run;
use crate::data::ImageSet;
use crate::error::ConfigError;
use crate::interop::Layout;
use crate::model::{Architecture, parameters};
use crate::runtime::{Backend, Compute, Profile, Wanted};
use crate::sampler::SampleConfig;
use crate::train::race::Pace;
use crate::train::{CheckpointError, TrainConfig, Trainer};

const TEST_MISSING: &str = "the test images are not loaded yet";
const RUN_MISSING: &str = "there is no network yet: train one first, a few hundred steps will do";
const TRAIN_MISSING: &str = "the training images are not loaded yet";

#[wasm_bindgen]
pub struct Session {
    compute: Compute,
    emitter: Emitter,
    train: Option<Arc<ImageSet>>,
    test: Option<Arc<ImageSet>>,
    run: Option<Run>,
    points: Option<PointsRun>,
    race: Option<Race>,
    /// What the run's samples are drawn with.
    weights: DrawnWeights,
    /// A model on its way in.
    opening: Option<Box<Opening>>,
    /// Draws in the place of the run's network.
    opened: Option<Box<Opened>>,
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
        let compute = Compute::choose(wanted).await?;
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
            race: None,
            weights: DrawnWeights::default(),
            opening: None,
            opened: None,
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
    Race,
}

const WORK: [Work; 4] = [Work::Training, Work::Jobs, Work::Points, Work::Race];

impl Session {
    fn has(&self, work: Work) -> bool {
        match work {
            Work::Training => self.run.as_ref().is_some_and(Run::busy),
            Work::Jobs => self.jobs.busy(),
            Work::Points => self.points.as_ref().is_some_and(PointsRun::busy),
            Work::Race => self.race.as_ref().is_some_and(Race::busy),
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Data { split, bytes } => self.data(split, &bytes),
            Command::Schedule { schedule } => self.answer(Place::Forward, forward::curves(&schedule)),
            Command::Forward {
                schedule,
                image,
                t,
                noise_seed,
            } => {
                let noised = match &self.test {
                    Some(test) => forward::noised(test, &schedule, image, t, noise_seed).await,
                    None => Err(TEST_MISSING.into()),
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
            Command::Estimate { image, t, noise_seed } => {
                let estimate = match self.run_and_test() {
                    Ok((run, test)) => {
                        looking::estimate(&run.trainer, test, (image, t, noise_seed), &self.compute).await
                    }
                    Err(error) => Err(error.into()),
                };
                self.answer(Place::Estimate, estimate);
            }
            Command::Probe {
                block,
                image,
                t,
                noise_seed,
            } => {
                let probe = match self.run_and_test() {
                    Ok((run, test)) => {
                        let example = (image, t, noise_seed);
                        looking::probe(&run.trainer, test, block, example, &self.compute).await
                    }
                    Err(error) => Err(error.into()),
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
            Command::Objective { config } => {
                let begin = |model: Model, this: &Self| {
                    let test = this.test.as_ref().ok_or(TEST_MISSING)?;
                    let objective = Objective::new(&config, model, test, &this.compute)?;
                    Ok(Job::Objective(Box::new(objective)))
                };
                self.begin(Place::Objective, begin).await;
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
            Command::Resume => self.resume(),
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

    fn data(&mut self, split: Split, bytes: &[u8]) {
        match ImageSet::unpack(bytes) {
            Ok(set) => {
                self.emitter.emit(Event::Data {
                    split,
                    count: set.count() as u32,
                    width: set.width,
                    height: set.height,
                    labels: set.labels.clone(),
                });
                match split {
                    Split::Train => self.train = Some(Arc::new(set)),
                    Split::Test => self.test = Some(Arc::new(set)),
                }
            }
            Err(error) => self.emitter.error(Place::Data, error),
        }
    }

    fn new_run(&mut self, config: TrainConfig) {
        let Some(data) = self.train.clone() else {
            return self.emitter.error(Place::Train, TRAIN_MISSING);
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

    fn resume(&mut self) {
        let Some(data) = self.train.clone() else {
            return self.emitter.error(Place::Open, TRAIN_MISSING);
        };
        let resumed = match self.opened.as_deref() {
            Some(Opened {
                checkpoint: Some(checkpoint),
                ..
            }) => Trainer::resume(checkpoint, data, &self.compute.device),
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

    /// The event `race`.
    fn new_race(&mut self, configs: [TrainConfig; 2], every: u32) -> Result<Event, Box<dyn Error>> {
        let train = self.train.clone().ok_or(TRAIN_MISSING)?;
        let test = self.test.as_ref().ok_or(TEST_MISSING)?;
        let race = Race::new(configs, every, train, test, &self.compute.device)?;
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
        let example = Example::of_next_step(run)?;
        let report = run.train(1, &self.compute, &self.emitter).await;
        // Its own error has been reported.
        let report = report.ok_or("the step could not be taken")?;
        example.after(run, &report).await
    }

    fn run_and_test(&self) -> Result<(&Run, &ImageSet), &'static str> {
        let run = self.run.as_ref().ok_or(RUN_MISSING)?;
        Ok((run, self.test.as_ref().ok_or(TEST_MISSING)?))
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
