//! Ways to decide what is drawn: the starting noise, a picture to begin at or to keep, and how much is left to chance.
//!
//! Each is a few trajectories, one after the other; some begin where the one before ended.

use std::collections::VecDeque;
use std::error::Error;

use burn::tensor::{Device, Tensor};

use super::emitter::Emitter;
use super::model::Model;
use super::protocol::{Event, Frames, Place, Spread, Steer};
use super::rows::is_shown;
use super::sampling::SLICE;
use crate::data::batches::image_tensor;
use crate::error::{ConfigError, require};
use crate::runtime::{Compute, ReadError, clock, read};
use crate::sampler::{
    NoiseFigures, SampleConfig, SamplerKind, Trajectory, lengths, lerp, slerp, spread, start_noise, way,
};
use crate::schedule::Level;

/// Most classes that one noise is told in turn.
const MOST_CLASSES: u8 = 10;
/// Most pictures from one noise to the other.
const MOST_PLACES: u32 = 64;

pub struct Steering {
    model: Model,
    config: SampleConfig,
    device: Device,
    /// What goes to noise and back.
    image: Option<Tensor<4>>,
    /// The noise that it last became.
    noise: Option<Tensor<4>>,
    /// The label that it is told on the way.
    label: Option<u8>,
    ahead: VecDeque<Leg>,
    current: Option<(Box<Trajectory>, Measure)>,
    /// Legs that are over.
    over: u32,
    model_calls: usize,
    start: f64,
}

/// One trajectory of several.
enum Leg {
    Ready(Box<Trajectory>, Measure),
    /// The image to noise, in so many steps.
    ToNoise(usize),
    /// That noise to the image again.
    Back(usize),
    /// That noise, told each class.
    Classes,
}

/// What is measured of the pictures that a leg has come to.
#[derive(Clone, Copy)]
enum Measure {
    Nothing,
    /// At its end: how much like noise it is. It is kept, too.
    Noise,
    /// At its end: how far from the image it is.
    Error,
    /// How they differ from each other.
    Spread,
}

/// What is known of a leg's pictures besides themselves.
#[derive(Default)]
struct Figures {
    noise: Option<NoiseFigures>,
    error: Option<f64>,
    spread: Option<Spread>,
}

impl Steering {
    /// With the network of `model`. How many pictures are drawn, `config` says, unless `steer` does.
    pub fn new(
        steer: Steer,
        config: SampleConfig,
        model: Model,
        compute: &Compute,
    ) -> Result<Self, ConfigError> {
        let mut steering = Self {
            label: None,
            image: None,
            noise: None,
            device: compute.device.clone(),
            ahead: VecDeque::new(),
            current: None,
            over: 0,
            model_calls: 0,
            start: clock::now(),
            config,
            model,
        };
        steering.ahead = steering.plan(steer)?;
        Ok(steering)
    }

    /// Steps up to the next one that is shown. `false` once all legs are over.
    pub async fn advance(&mut self, emitter: &Emitter) -> bool {
        let outcome = match self.current.is_some() {
            true => self.step(emitter).await.map_err(Into::into).map(|()| true),
            false => self.begin(emitter).await,
        };
        match outcome {
            Ok(true) => true,
            Ok(false) => {
                self.finish(false, emitter);
                false
            }
            Err(error) => {
                emitter.error(Place::Steer, error);
                false
            }
        }
    }

    /// Reports the end.
    pub fn finish(&self, cancelled: bool, emitter: &Emitter) {
        let current = self.current.as_ref();
        let under_way = current.map_or(0, |(trajectory, _)| trajectory.model_calls());
        emitter.emit(Event::SteerDone {
            model_calls: (self.model_calls + under_way) as u32,
            seconds: clock::now() - self.start,
            cancelled,
        });
    }

    fn plan(&mut self, steer: Steer) -> Result<VecDeque<Leg>, ConfigError> {
        let sample = |trajectory| VecDeque::from([Leg::Ready(Box::new(trajectory), Measure::Nothing)]);
        Ok(match steer {
            Steer::Interpolate { other_seed, pictures } => {
                require(
                    (2..=MOST_PLACES).contains(&pictures),
                    "pictures",
                    pictures,
                    format!("from 2 to {MOST_PLACES}"),
                )?;
                self.config.count = 2 * pictures as usize;
                let trajectory = self.trajectory()?;
                let [a, b] = [self.config.seed, other_seed].map(|seed| self.start_noise(seed));
                let [arc, chord] =
                    [slerp, lerp].map(|between| way(a.clone(), b.clone(), pictures as usize, between));
                sample(trajectory.with_start(Tensor::cat(vec![arc, chord], 0))?)
            }
            Steer::Invert { image, label, steps } => {
                self.image = Some(self.image("image", &image)?);
                self.label = label.filter(|_| self.model.null_class.is_some());
                let classes = self.model.null_class.map(|_| Leg::Classes);
                let there_and_back = steps.iter().flat_map(|&n| [Leg::ToNoise(n), Leg::Back(n)]);
                there_and_back.chain(classes).collect()
            }
            Steer::Edit { image, t } => {
                let trajectory = self.trajectory()?;
                let image = self.for_each_picture("image", &image)?;
                sample(trajectory.with_image(image, f64::from(t) - 1.0)?)
            }
            Steer::Inpaint {
                image,
                hole,
                jump_length,
                jump_n_sample,
            } => {
                let trajectory = self.trajectory()?;
                let image = self.for_each_picture("image", &image)?;
                let hole = self.for_each_picture("hole", &hole)?;
                let mask = hole.lower_scalar(0.0).float();
                let (length, times) = (jump_length as usize, jump_n_sample as usize);
                sample(trajectory.with_known(image, mask, length, times)?)
            }
            Steer::Variance { etas } => {
                let leg = |eta| {
                    let config = SampleConfig {
                        eta,
                        ..self.config.clone()
                    };
                    let trajectory = self.model.trajectory(&config, &self.device)?;
                    let x_t = self.start_noise(config.seed).repeat_dim(0, config.count);
                    let trajectory = Box::new(trajectory.with_start(x_t)?);
                    Ok(Leg::Ready(trajectory, Measure::Spread))
                };
                etas.into_iter().map(leg).collect::<Result<_, ConfigError>>()?
            }
        })
    }

    /// Begins the next leg. `false` after the last.
    async fn begin(&mut self, emitter: &Emitter) -> Result<bool, Box<dyn Error>> {
        let Some(leg) = self.ahead.pop_front() else {
            return Ok(false);
        };
        let (trajectory, measure) = match leg {
            Leg::Ready(trajectory, measure) => (trajectory, measure),
            Leg::ToNoise(steps) => (
                self.there_or_back(SamplerKind::DdimInversion, steps, self.image.clone())?,
                Measure::Noise,
            ),
            Leg::Back(steps) => (
                self.there_or_back(SamplerKind::Ddim, steps, self.noise.clone())?,
                Measure::Error,
            ),
            Leg::Classes => (self.classes()?, Measure::Nothing),
        };
        let x_t = trajectory.x_t();
        let lengths = read(lengths(x_t.clone())).await?;
        let [frames] = Frames::read([x_t]).await?;
        let first = trajectory.plan().first();
        let from = first.map_or(Level::CLEAN, |step| step.from);
        emitter.emit(Event::SteerLeg {
            leg: self.over,
            t: first.map_or(0.0, |step| step.t),
            signal: from.alpha,
            noise: from.sigma,
            steps: trajectory.plan().len() as u32,
            x_t: frames,
            lengths: lengths.into_iter().map(f64::from).collect(),
        });
        self.current = Some((trajectory, measure));
        Ok(true)
    }

    async fn step(&mut self, emitter: &Emitter) -> Result<(), ReadError> {
        let Some((trajectory, measure)) = &mut self.current else {
            return Ok(());
        };
        let end = clock::now() + SLICE;
        while let Some(frame) = trajectory.step(&self.model.replayed) {
            if is_shown(frame.step, frame.steps) {
                let last = frame.step == frame.steps;
                let (x_t, x0_hat) = (trajectory.x_t(), frame.x0_hat);
                let samples = if last { x_t.clone() } else { x0_hat.clone() };
                let figures = Figures::of(*measure, samples, last, self.image.as_ref()).await?;
                let [x_t, x0_hat] = Frames::read([x_t, x0_hat]).await?;
                emitter.emit(Event::SteerStep {
                    leg: self.over,
                    step: frame.step as u32,
                    steps: frame.steps as u32,
                    t: frame.t,
                    x_t,
                    x0_hat,
                    noise: figures.noise,
                    error: figures.error,
                    spread: figures.spread,
                });
                break;
            }
            if clock::now() > end {
                break;
            }
        }
        if trajectory.is_done() {
            if let Measure::Noise = measure {
                self.noise = Some(trajectory.x_t());
            }
            self.model_calls += trajectory.model_calls();
            self.over += 1;
            self.current = None;
        }
        Ok(())
    }

    fn trajectory(&self) -> Result<Trajectory, ConfigError> {
        self.model.trajectory(&self.config, &self.device)
    }

    /// One picture on the deterministic way, with nothing but its own label: guidance would lead elsewhere on the way back.
    fn there_or_back(
        &self,
        sampler: SamplerKind,
        steps: usize,
        from: Option<Tensor<4>>,
    ) -> Result<Box<Trajectory>, ConfigError> {
        let config = SampleConfig {
            sampler,
            steps,
            class: self.label,
            guidance_scale: 1.0,
            eta: 0.0,
            count: 1,
            ..self.config.clone()
        };
        let trajectory = self.model.trajectory(&config, &self.device)?;
        let from = from.unwrap_or_else(|| trajectory.x_t());
        Ok(Box::new(trajectory.with_start(from)?))
    }

    fn classes(&self) -> Result<Box<Trajectory>, ConfigError> {
        let count = self.model.null_class.unwrap_or_default().min(MOST_CLASSES);
        let config = SampleConfig {
            eta: 0.0,
            count: count.into(),
            ..self.config.clone()
        };
        let trajectory = self.model.trajectory(&config, &self.device)?;
        let labels: Vec<u8> = (0..count).collect();
        let start = match &self.noise {
            Some(noise) => noise.clone().repeat_dim(0, count.into()),
            None => trajectory.x_t(),
        };
        Ok(Box::new(trajectory.with_labels(&labels)?.with_start(start)?))
    }

    /// The x_T of one picture.
    fn start_noise(&self, seed: u64) -> Tensor<4> {
        start_noise(seed, self.model.shape(1), &self.device)
    }

    /// The same picture for all that are drawn.
    fn for_each_picture(&self, field: &'static str, bytes: &[u8]) -> Result<Tensor<4>, ConfigError> {
        Ok(self.image(field, bytes)?.repeat_dim(0, self.config.count))
    }

    /// A picture's bytes as the network takes them.
    fn image(&self, field: &'static str, bytes: &[u8]) -> Result<Tensor<4>, ConfigError> {
        let [channels, height, width] = self.model.image;
        require(
            bytes.len() == channels * height * width,
            field,
            format!("one of {} values", bytes.len()),
            format!("one of {channels} x {height} x {width}, which is what this network draws"),
        )?;
        Ok(image_tensor(bytes, self.model.shape(1), &self.device))
    }
}

impl Figures {
    /// Of the pictures that a leg has come to; `last` is its end.
    async fn of(
        measure: Measure,
        samples: Tensor<4>,
        last: bool,
        image: Option<&Tensor<4>>,
    ) -> Result<Self, ReadError> {
        let mut figures = Self::default();
        match (measure, image) {
            (Measure::Noise, _) if last => {
                let [.., height, width] = samples.dims();
                figures.noise = Some(NoiseFigures::new(&read(samples).await?, [height, width]));
            }
            (Measure::Error, Some(image)) if last => {
                let error = read(lengths(samples - image.clone())).await?;
                figures.error = error.first().map(|&error| error.into());
            }
            (Measure::Spread, _) => figures.spread = Some(Spread::of(samples).await?),
            _ => (),
        }
        Ok(figures)
    }
}

impl Spread {
    async fn of(samples: Tensor<4>) -> Result<Self, ReadError> {
        let [mean, deviation] = spread(samples);
        let overall = read(deviation.clone().mean()).await?;
        // Deviations of values between -1 and 1 are between 0, black, and about 1, white.
        let [mean, deviation] = Frames::read([mean, deviation * 2.0 - 1.0]).await?;
        Ok(Self {
            mean,
            deviation,
            overall: overall.first().map_or(0.0, |&overall| overall.into()),
        })
    }
}
