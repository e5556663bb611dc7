//! The variational bound of the network, term by term, on some test images.

use std::collections::VecDeque;

use burn::tensor::{Device, Int, Tensor};

use super::emitter::Emitter;
use super::images::Images;
use super::model::Model;
use super::protocol::{Event, ObjectiveConfig, Place};
use crate::bound::{Bound, SumEstimate, spread_timesteps};
use crate::data::batches::label_tensor;
use crate::error::{ConfigError, require};
use crate::model::Network;
use crate::prediction::Prediction;
use crate::rng::{Rng, Stream};
use crate::runtime::{Backend, Compute, ReadError, clock, read};
use crate::sampler::Clipping;
use crate::sampler::ddpm::Variance;
use crate::schedule::Schedule;

/// Most images that a term is the mean of.
const MAX_IMAGES: u32 = 256;
/// So many of them a slice, where the arithmetic is slow.
const IMAGES_AT_ONCE: usize = 16;

pub struct Objective {
    network: Network,
    schedule: Schedule,
    prediction: Prediction,
    variance: Variance,
    seed: u64,
    x_0: Tensor<4>, // [batch, channels, height, width]
    /// None for a network without classes.
    labels: Option<Tensor<1, Int>>, // [batch]
    device: Device,
    images_at_once: usize,
    /// The timesteps to come, the present one first.
    ahead: VecDeque<usize>,
    /// The present term as far as it is known.
    part: Part,
    /// The bound; none before L_T is known.
    estimate: Option<SumEstimate>,
    /// L_simple, summed up.
    simple: SumEstimate,
    model_calls: u32,
    start: f64,
}

/// Sums over the images that have been looked at.
#[derive(Default)]
struct Part {
    images: usize,
    bits: f64,
    l_simple: f64,
}

impl Objective {
    /// The bound of the network of `model` on the first images of `test`. It is told their classes where they are of the
    /// data set that it was trained on.
    pub fn new(
        config: &ObjectiveConfig,
        model: Model,
        test: &Images,
        compute: &Compute,
    ) -> Result<Self, ConfigError> {
        let are_known = test.are_of(&model.data);
        let test = &test.images;
        let most = MAX_IMAGES.min(test.count() as u32);
        require(
            (1..=most).contains(&config.images),
            "images",
            config.images,
            format!("from 1 to {most}"),
        )?;
        model.require_test_images(test)?;
        let Model {
            network,
            scheduler,
            schedule,
            null_class,
            ..
        } = model;
        require(
            (1..=schedule.len() as u32).contains(&config.timesteps),
            "timesteps",
            config.timesteps,
            format!("from 1 to {}", schedule.len()),
        )?;
        require(
            scheduler.prediction != Prediction::Flow,
            "network",
            "one for rectified flow",
            "one that learned with a noise schedule: the bound is a sum over its steps, and a flow has none",
        )?;
        let images: Vec<usize> = (0..config.images as usize).collect();
        Ok(Self {
            network,
            prediction: scheduler.prediction,
            variance: config.variance,
            seed: config.seed,
            x_0: test.images(&images, &compute.device),
            labels: null_class.map(|null_class| match are_known {
                true => label_tensor(&test.labels[..images.len()], &compute.device),
                false => label_tensor(&vec![null_class; images.len()], &compute.device),
            }),
            device: compute.device.clone(),
            images_at_once: match (compute.backend, compute.software) {
                (Backend::Gpu, false) => MAX_IMAGES as usize,
                _ => IMAGES_AT_ONCE,
            },
            part: Part::default(),
            ahead: spread_timesteps(schedule.len(), config.timesteps as usize).into(),
            simple: SumEstimate::new(schedule.len(), 0.0),
            schedule,
            estimate: None,
            model_calls: 0,
            start: clock::now(),
        })
    }

    /// One term, or some images' part in it. `false` after the last.
    pub async fn advance(&mut self, emitter: &Emitter) -> bool {
        let outcome = if self.estimate.is_none() {
            self.prior(emitter).await
        } else if let Some(&t) = self.ahead.front() {
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
            model_calls: self.model_calls,
            seconds: clock::now() - self.start,
            cancelled,
        });
    }

    async fn prior(&mut self, emitter: &Emitter) -> Result<(), ReadError> {
        let prior = f64::from(read(self.bound().prior_term(self.x_0.clone()).mean()).await?[0]);
        self.estimate = Some(SumEstimate::new(self.schedule.len(), prior));
        emitter.emit(Event::ObjectiveStart {
            prior,
            timesteps: self.ahead.len() as u32,
        });
        Ok(())
    }

    async fn term(&mut self, t: usize, emitter: &Emitter) -> Result<(), ReadError> {
        let all = self.x_0.dims()[0];
        let from = self.part.images;
        let count = self.images_at_once.min(all - from);
        let eps = Rng::new(self.seed, Stream::Data, t as u32).normal_tensor(self.x_0.dims(), &self.device);
        let (bits, simple) = self.bound().evaluate_with_simple(
            &self.network,
            self.prediction,
            Clipping::Range,
            (
                self.x_0.clone().narrow(0, from, count),
                eps.narrow(0, from, count),
            ),
            self.labels.clone().map(|labels| labels.narrow(0, from, count)),
            t,
        );
        let sums = read(Tensor::cat(vec![bits.sum(), simple.sum()], 0)).await?;
        self.model_calls += 1;
        self.part.images += count;
        self.part.bits += f64::from(sums[0]);
        self.part.l_simple += f64::from(sums[1]);
        if self.part.images == all {
            self.ahead.pop_front();
            let Part { bits, l_simple, .. } = std::mem::take(&mut self.part);
            self.report(t, bits / all as f64, l_simple / all as f64, emitter);
        }
        Ok(())
    }

    fn report(&mut self, t: usize, bits: f64, l_simple: f64, emitter: &Emitter) {
        let sum = self.estimate.as_mut().and_then(|estimate| {
            estimate.insert(t, bits);
            estimate.sum()
        });
        self.simple.insert(t, l_simple);
        emitter.emit(Event::ObjectiveTerm {
            t: t as u32,
            bits,
            l_simple,
            sum,
            l_simple_mean: self.simple.sum().map(|sum| sum / self.schedule.len() as f64),
        });
    }

    fn bound(&self) -> Bound<'_> {
        Bound {
            schedule: &self.schedule,
            variance: self.variance,
        }
    }
}
