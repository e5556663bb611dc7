//! What goes on besides training, a slice at a time in turn; each place on the page has at most one.

use std::collections::VecDeque;

use super::emitter::Emitter;
use super::neighbours::Neighbours;
use super::objective::Objective;
use super::protocol::{Event, Place};
use super::rows::Rows;
use super::sampling::Sampling;
use super::steering::Steering;
use super::timing::Timing;

/// Work that was begun and can be stopped.
pub enum Job {
    Sampling(Box<Sampling>),
    Rows(Box<Rows>),
    Objective(Box<Objective>),
    Neighbours(Box<Neighbours>),
    Steering(Box<Steering>),
    Timing(Box<Timing>),
}

/// The jobs under way, the next one's turn first.
#[derive(Default)]
pub struct Jobs(VecDeque<(Place, Job)>);

impl Jobs {
    pub fn busy(&self) -> bool {
        !self.0.is_empty()
    }

    /// One slice of the job whose turn it is.
    pub async fn advance(&mut self, emitter: &Emitter) {
        if let Some((place, mut job)) = self.0.pop_front()
            && job.advance(emitter).await
        {
            self.0.push_back((place, job));
        }
    }

    pub fn begin(&mut self, place: Place, job: Job) {
        self.0.push_back((place, job));
    }

    /// Ends the job of a place, if it has one, and reports the end.
    pub async fn cancel(&mut self, place: Place, emitter: &Emitter) {
        if let Some(index) = self.0.iter().position(|(of, _)| *of == place)
            && let Some((_, job)) = self.0.remove(index)
        {
            job.cancel(emitter).await;
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

    async fn cancel(self, emitter: &Emitter) {
        match self {
            Self::Sampling(sampling) => sampling.finish(true, emitter).await,
            Self::Rows(rows) => rows.finish(true, emitter),
            Self::Objective(objective) => objective.finish(true, emitter),
            Self::Neighbours(_) => emitter.emit(Event::NeighboursCancelled),
            Self::Steering(steering) => steering.finish(true, emitter),
            Self::Timing(_) => emitter.emit(Event::BlockTimesCancelled),
        }
    }
}
