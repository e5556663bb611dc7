//! The variational bound of the network, term by term, on some test images.

use std::collections::VecDeque;

use burn::tensor::{Device, Int, Tensor};

use super::emitter::Emitter;
use super::protocol::{Event, ObjectiveConfig, Place};
use crate::bound::{Bound, BoundEstimate, spread_timesteps};
use crate::data::ImageSet;
use crate::data::batches::label_tensor;
use crate::error::{ConfigError, require};
use crate::model::Network;
use crate::prediction::Prediction;
use crate::rng::{Rng, Stream};
use crate::runtime::{Compute, ReadError, clock, read};
use crate::sampler::Clipping;
use crate::sampler::ddpm::Variance;
use crate::schedule::Schedule;
use crate::train::Trainer;

/// Most images that are looked at together.
const MAX_IMAGES: u32 = 256;

pub struct Objective {
    network: Network,
    schedule: Schedule,
    variance: Variance,
    seed: u64,
    x_0: Tensor<4>,         // [batch, channels, height, width]
    labels: Tensor<1, Int>, // [batch]
    device: Device,
    ahead: VecDeque<usize>,
    /// None before L_T is known.
    estimate: Option<BoundEstimate>,
    taken: u32,
    start: f64,
}

impl Objective {
    /// The bound of the network of `trainer` on the first images of `test`.
    pub fn new(
        config: &ObjectiveConfig,
        trainer: &Trainer,
        test: &ImageSet,
        compute: &Compute,
    ) -> Result<Self, ConfigError> {
        let most = MAX_IMAGES.min(test.count() as u32);
        require(
            (1..=most).contains(&config.images),
            "images",
            config.images,
            format!("from 1 to {most}"),
        )?;
        let schedule = trainer.schedule().clone();
        require(
            (1..=schedule.len() as u32).contains(&config.timesteps),
            "timesteps",
            config.timesteps,
            format!("from 1 to {}", schedule.len()),
        )?;
        let images: Vec<usize> = (0..config.images as usize).collect();
        Ok(Self {
            network: trainer.ema_network(),
            variance: config.variance,
            seed: config.seed,
            x_0: test.images(&images, &compute.device),
            labels: label_tensor(&test.labels[..images.len()], &compute.device),
            device: compute.device.clone(),
            ahead: spread_timesteps(schedule.len(), config.timesteps as usize).into(),
            schedule,
            estimate: None,
            taken: 0,
            start: clock::now(),
        })
    }

    /// One term. `false` after the last.
    pub async fn advance(&mut self, emitter: &Emitter) -> bool {
        let outcome = if self.estimate.is_none() {
            self.prior(emitter).await
        } else if let Some(t) = self.ahead.pop_front() {
            self.term(t, emitter).await
        } else {
            self.finish(false, emitter);
            return false;
        };
        if let Err(error) = &outcome {
            emitter.error(Place::Objective, error);
        }
        outcome.is_ok()
    }

    /// Reports the end.
    pub fn finish(&self, cancelled: bool, emitter: &Emitter) {
        emitter.emit(Event::ObjectiveDone {
            model_calls: self.taken,
            seconds: clock::now() - self.start,
            cancelled,
        });
    }

    async fn prior(&mut self, emitter: &Emitter) -> Result<(), ReadError> {
        let prior = f64::from(read(self.bound().prior_term(self.x_0.clone()).mean()).await?[0]);
        self.estimate = Some(BoundEstimate::new(self.schedule.len(), prior));
        emitter.emit(Event::ObjectiveStart {
            prior,
            timesteps: self.ahead.len() as u32,
        });
        Ok(())
    }

    async fn term(&mut self, t: usize, emitter: &Emitter) -> Result<(), ReadError> {
        let eps = Rng::new(self.seed, Stream::Data, t as u32).normal_tensor(self.x_0.dims(), &self.device);
        let (bits, simple) = self.bound().evaluate_with_simple(
            &self.network,
            Prediction::Epsilon,
            Clipping::Range,
            (self.x_0.clone(), eps),
            Some(self.labels.clone()),
            t,
        );
        let means = read(Tensor::cat(vec![bits.mean(), simple.mean()], 0)).await?;
        let (bits, l_simple) = (f64::from(means[0]), f64::from(means[1]));
        self.taken += 1;
        let sum = self.estimate.as_mut().and_then(|estimate| {
            estimate.insert(t, bits);
            estimate.sum()
        });
        emitter.emit(Event::ObjectiveTerm {
            t: t as u32,
            bits,
            l_simple,
            sum,
        });
        Ok(())
    }

    fn bound(&self) -> Bound<'_> {
        Bound {
            schedule: &self.schedule,
            variance: self.variance,
        }
    }
}
