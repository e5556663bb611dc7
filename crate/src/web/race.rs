//! Two runs on the same images that are kept level with each other, and looked at in the same way.

use std::error::Error;
use std::sync::Arc;

use burn::tensor::{Device, Int, Tensor};

use super::emitter::Emitter;
use super::model::Model;
use super::protocol::{DrawnWeights, Event, Frames, Place};
use super::sampling::SLICE;
use super::training::grid_trajectory;
use crate::data::ImageSet;
use crate::data::batches::label_tensor;
use crate::error::{ConfigError, require};
use crate::evaluate::denoising::{NOISE_RATIOS, geometric_mean, noise_error};
use crate::model::parameters;
use crate::model::preset::NULL_CLASS;
use crate::rng::{Rng, Stream};
use crate::runtime::{ReadError, clock, read};
use crate::sampler::Trajectory;
use crate::train::race::{Pace, Standing, turn};
use crate::train::{TrainConfig, TrainError, Trainer};

/// Training steps a slice at most: no more work than this is ever queued on the device.
const MAX_STEPS: f64 = 16.0;
/// Test images that the error is measured on, the first so many.
const TEST_IMAGES: usize = 16;
/// How the page calls the two.
const NAMES: [&str; 2] = ["A", "B"];

pub struct Race {
    contenders: [Contender; 2],
    exam: Exam,
    device: Device,
    /// How they go on, if they do.
    pub pace: Option<Pace>,
    /// Steps between looks.
    every: u32,
    /// The steps of the one that is ahead at the next look.
    until: u32,
    /// Looks under way: at neither, at both in turn.
    looks: Vec<Look>,
}

struct Contender {
    trainer: Trainer,
    /// Of all steps but the first.
    seconds: f64,
    /// Recent seconds a step.
    pace: Option<f64>,
}

/// What both are asked.
struct Exam {
    x_0: Tensor<4>,         // [TEST_IMAGES, channels, height, width]
    eps: Tensor<4>,         // as x_0
    labels: Tensor<1, Int>, // [TEST_IMAGES]
}

/// One contender's samples on their way, then its answers.
struct Look {
    contender: usize,
    labels: Vec<u8>,
    model: Model,
    trajectory: Trajectory,
    errors: Vec<Tensor<1>>,
}

impl Race {
    pub fn new(
        configs: [TrainConfig; 2],
        every: u32,
        train: Arc<ImageSet>,
        test: &ImageSet,
        device: &Device,
    ) -> Result<Self, TrainError> {
        require(every > 0, "every", every, "at least 1")?;
        let seed = configs[0].seed;
        let begin = |config: TrainConfig| -> Result<Contender, TrainError> {
            Ok(Contender {
                trainer: Trainer::new(config, train.clone(), device)?,
                seconds: 0.0,
                pace: None,
            })
        };
        let [first, second] = configs.map(begin);
        let contenders: [Contender; 2] = [first?, second?];
        for contender in &contenders {
            contender.model()?.require_test_images(test)?;
        }
        Ok(Self {
            contenders,
            exam: Exam::new(test, seed, device),
            device: device.clone(),
            pace: None,
            every,
            until: every,
            looks: Vec::new(),
        })
    }

    /// The event `race`.
    pub fn begin(&self) -> Event {
        let count = |contender: &Contender| parameters::count(&contender.trainer.ema_model()) as u32;
        Event::Race {
            parameters: [count(&self.contenders[0]), count(&self.contenders[1])],
        }
    }

    pub fn busy(&self) -> bool {
        self.pace.is_some() || !self.looks.is_empty()
    }

    /// The next slice: of a look that is due, or of the training of the one that is behind.
    pub async fn advance(&mut self, emitter: &Emitter) {
        let outcome = match (self.looks.pop(), self.pace) {
            (Some(look), _) => self.look(look, emitter).await.map_err(Box::from),
            (None, Some(pace)) => self.go_on(pace, emitter).await,
            (None, None) => return,
        };
        if let Err(error) = outcome {
            self.pace = None;
            emitter.error(Place::Race, error);
        }
    }

    async fn go_on(&mut self, pace: Pace, emitter: &Emitter) -> Result<(), Box<dyn Error>> {
        let standings = [0, 1].map(|index| self.contenders[index].standing());
        let Some((index, most)) = turn(standings, pace, self.until) else {
            let furthest = standings.map(|standing| standing.steps).into_iter().max();
            self.until = (furthest.unwrap_or_default() / self.every + 1) * self.every;
            self.looks = vec![self.begin_look(1)?, self.begin_look(0)?];
            return Ok(());
        };
        let contender = &mut self.contenders[index];
        let event = contender.train(index, most).await;
        emitter.emit(event.map_err(|error| format!("{}: {error}", NAMES[index]))?);
        Ok(())
    }

    fn begin_look(&self, contender: usize) -> Result<Look, ConfigError> {
        let model = self.contenders[contender].model()?;
        // Of a data set with fewer classes, some of them several times.
        let classes = self.contenders[contender]
            .trainer
            .classes()
            .clamp(1, NULL_CLASS as u32) as u8;
        let labels: Vec<u8> = (0..NULL_CLASS).map(|index| index % classes).collect();
        // The first one's seed for both: the start is the same noise.
        let seed = self.contenders[0].trainer.config().seed;
        Ok(Look {
            contender,
            trajectory: grid_trajectory(&model, seed, &labels, &self.device)?,
            labels,
            model,
            errors: Vec::new(),
        })
    }

    async fn look(&mut self, mut look: Look, emitter: &Emitter) -> Result<(), ReadError> {
        let end = clock::now() + SLICE;
        while look.step(&self.exam) {
            if clock::now() > end {
                self.looks.push(look);
                return Ok(());
            }
        }
        let standing = self.contenders[look.contender].standing();
        emitter.emit(look.read(standing).await?);
        Ok(())
    }
}

impl Contender {
    fn model(&self) -> Result<Model, ConfigError> {
        Model::of_run(&self.trainer, DrawnWeights::Ema)
    }

    fn standing(&self) -> Standing {
        Standing {
            steps: self.trainer.steps_taken(),
            seconds: self.seconds,
        }
    }

    /// The event `raceTrain`, of at most so many steps. The first step is alone: its time is that of compiling shaders.
    async fn train(&mut self, index: usize, most: u32) -> Result<Event, TrainError> {
        let is_first = self.trainer.steps_taken() == 0;
        let steps = match self.pace {
            Some(pace) => (SLICE / pace).clamp(1.0, MAX_STEPS) as u32,
            None => 1,
        };
        let reports = self.trainer.step(steps.min(most)).await?;
        if !is_first {
            let seconds: f64 = reports.iter().map(|report| report.seconds).sum();
            let pace = seconds / reports.len() as f64;
            self.seconds += seconds;
            self.pace = Some(self.pace.map_or(pace, |last| 0.8 * last + 0.2 * pace));
        }
        Ok(Event::RaceTrain {
            contender: index as u32,
            reports,
            seconds: self.seconds,
            steps_per_second: self.pace.map(f64::recip),
        })
    }
}

impl Exam {
    fn new(test: &ImageSet, seed: u64, device: &Device) -> Self {
        let images: Vec<usize> = (0..TEST_IMAGES.min(test.count())).collect();
        let x_0 = test.images(&images, device);
        Self {
            eps: Rng::new(seed, Stream::Data, 0).normal_tensor(x_0.dims(), device),
            labels: label_tensor(&test.labels[..images.len()], device),
            x_0,
        }
    }
}

impl Look {
    /// One model call. `false` once there is nothing left to ask.
    fn step(&mut self, exam: &Exam) -> bool {
        if self.trajectory.step(&self.model.replayed).is_some() {
            return true;
        }
        let Some(&ratio) = NOISE_RATIOS.get(self.errors.len()) else {
            return false;
        };
        self.errors.push(noise_error(
            &self.model.network,
            &self.model.schedule,
            self.model.scheduler.prediction,
            (exam.x_0.clone(), exam.eps.clone()),
            self.model.null_class.map(|_| exam.labels.clone()),
            ratio,
        ));
        true
    }

    /// The event `raceLook`, by one read-back.
    async fn read(self, standing: Standing) -> Result<Event, ReadError> {
        let images = self.trajectory.x_t();
        let [_, _, height, width] = images.dims();
        let size = images.shape().num_elements();
        let parts = std::iter::once(images.reshape([-1])).chain(self.errors);
        let values = read(Tensor::cat(parts.collect(), 0)).await?;
        let (images, eps_errors) = values.split_at(size);
        Ok(Event::RaceLook {
            contender: self.contender as u32,
            step: standing.steps,
            seconds: standing.seconds,
            labels: self.labels,
            frames: Frames::new([height, width], images),
            error: geometric_mean(eps_errors),
            eps_errors: eps_errors.to_vec(),
            noise_ratios: NOISE_RATIOS.to_vec(),
        })
    }
}
