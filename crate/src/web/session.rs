//! One page's computation: its device, its data, its training run and its trajectory.
//!
//! The worker calls one method at a time: [`Session::handle`] for each message, and [`Session::advance`] while
//! [`Session::busy`], giving the browser its turn in between.

mod commands;
mod runs;

use std::error::Error;
use std::fmt::Display;

use futures_channel::mpsc;
use futures_util::StreamExt;
use js_sys::Function;
use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::emitter::Emitter;
use super::images::Images;
use super::jobs::{Job, Jobs};
use super::latent::LatentRun;
use super::model::Model;
use super::opening::{Opened, Opening};
use super::points::PointsRun;
use super::protocol::{Command, DrawnWeights, Event, Place};
use super::race::Race;
use super::training::Run;
use super::{rehearsal, rest};
use crate::evaluate::Classifier;
use crate::runtime::{Compute, Wanted};

const RUN_MISSING: &str = "there is no network yet: train one first, a few hundred steps will do";
const TRAIN_MISSING: &str = "the training images are not loaded yet";
const OPENED_MISSING: &str =
    "no model is opened: open one at the end of section two, or choose another network";
const NEVER_BUILT: &str = "this network is too large to be built in a tab, so nothing of it can be timed";
const BESIDE_MISSING: &str = "the second network is not there: switch it off and on again";
const CLASSIFIER_MISSING: &str = "the classifier is not loaded yet";
const LATENT_MISSING: &str = "there is no autoencoder yet: train one first";
/// Milliseconds that work waits for its pipelines before other commands get their turn.
const PATIENCE: f64 = 50.0;
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
    /// Draws a row beside those of the network that draws.
    beside: Option<Model>,
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
            beside: None,
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
        if rehearsal::compiling() {
            return rehearsal::compiled(Some(PATIENCE)).await;
        }
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

    fn answer(&self, place: Place, answer: Result<Event, impl Display>) {
        match answer {
            Ok(event) => self.emitter.emit(event),
            Err(error) => self.emitter.error(place, error),
        }
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
