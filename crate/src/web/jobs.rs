//! What goes on besides training, a slice at a time in turn; each place on the page has at most one.

use std::collections::VecDeque;
use std::error::Error;

use super::emitter::Emitter;
use super::neighbours::Neighbours;
use super::objective::Objective;
use super::protocol::{Event, Place};
use super::rows::Rows;
use super::sampling::Sampling;
use super::steering::Steering;
use super::timing::Timing;
use crate::sampler::SampleConfig;

/// Work that was begun and can be stopped.
pub enum Job {
    Sampling(Box<Sampling>),
    Rows(Box<Rows>),
    Objective(Box<Objective>),
    Neighbours(Box<Neighbours>),
    Steering(Box<Steering>),
    Timing(Box<Timing>),
}

const NOTHING_RESTS: &str = "there is nothing to go on with: draw something first";

#[derive(Default)]
pub struct Jobs {
    /// The next one's turn first.
    under_way: VecDeque<(Place, Job)>,
    /// The last trajectory, until the next one begins: a reader may go on from any of its steps.
    resting: Option<Box<Sampling>>,
}

impl Jobs {
    pub fn busy(&self) -> bool {
        !self.under_way.is_empty()
    }

    /// One slice of the job whose turn it is.
    pub async fn advance(&mut self, emitter: &Emitter) {
        if let Some((place, mut job)) = self.under_way.pop_front() {
            match job.advance(emitter).await {
                true => self.under_way.push_back((place, job)),
                false => self.rest(job),
            }
        }
    }

    pub fn begin(&mut self, place: Place, job: Job) {
        if place == Place::Sample {
            self.resting = None;
        }
        self.under_way.push_back((place, job));
    }

    /// Sets the trajectory that rests going again. An error leaves it as it was.
    pub fn go_on(&mut self, taken: u32, config: &SampleConfig, once: bool) -> Result<(), Box<dyn Error>> {
        let mut sampling = self.resting.take().ok_or(NOTHING_RESTS)?;
        let outcome = sampling.go_on(taken as usize, config, once);
        match outcome {
            Ok(()) => self.begin(Place::Sample, Job::Sampling(sampling)),
            Err(_) => self.resting = Some(sampling),
        }
        Ok(outcome?)
    }

    /// Ends the job of a place, if it has one, and reports the end.
    pub async fn cancel(&mut self, place: Place, emitter: &Emitter) {
        if let Some(index) = self.under_way.iter().position(|(of, _)| *of == place)
            && let Some((_, mut job)) = self.under_way.remove(index)
        {
            job.cancel(emitter).await;
            self.rest(job);
        }
    }

    fn rest(&mut self, job: Job) {
        if let Job::Sampling(sampling) = job {
            self.resting = Some(sampling);
        }
    }
}

impl Job {
    /// `false` once it is over.
    async fn advance(&mut self, emitter: &Emitter) -> bool {
        match self {
            Self::Sampling(sampling) => sampling.advance(emitter).await,
            Self::Rows(rows) => rows.advance(emitter).await,
            Self::Objective(objective) => objective.advance(emitter).await,
            Self::Neighbours(neighbours) => neighbours.advance(emitter).await,
            Self::Steering(steering) => steering.advance(emitter).await,
            Self::Timing(timing) => timing.advance(emitter).await,
        }
    }

    async fn cancel(&mut self, emitter: &Emitter) {
        match self {
            Self::Sampling(sampling) => sampling.finish(emitter).await,
            Self::Rows(rows) => rows.finish(true, emitter),
            Self::Objective(objective) => objective.finish(true, emitter),
            Self::Neighbours(_) => emitter.emit(Event::NeighboursCancelled),
            Self::Steering(steering) => steering.finish(true, emitter),
            Self::Timing(_) => emitter.emit(Event::BlockTimesCancelled),
        }
    }
}
