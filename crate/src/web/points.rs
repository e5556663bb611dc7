//! The run on points in the plane, beside the one on images: it trains, and shows how its samples travel.

use std::error::Error;
use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

use super::emitter::Emitter;
use super::model::Model;
use super::pace::Pace;
use super::protocol::{DrawnWeights, Event, Place, Points};
use super::sampling::SLICE;
use crate::data::{PointSet, PointShape};
use crate::denoiser::Denoiser;
use crate::error::ConfigError;
use crate::model::parameters;
use crate::runtime::{ReadError, clock, read};
use crate::sampler::{SampleConfig, SamplerKind, Trajectory};
use crate::schedule::Level;
use crate::train::{TrainConfig, TrainError, Trainer};

/// Samples at a time.
const COUNT: usize = 512;
/// Denoising steps of each.
const STEPS: usize = 20;
/// The field is looked at in so many rows and columns of places, so far apart.
const PLACES: usize = 15;
const SPACING: f32 = 0.3;

pub struct PointsRun {
    trainer: Trainer,
    data: Arc<PointSet>,
    device: Device,
    pub going: bool,
    pace: Pace,
    travel: Option<Travel>,
}

/// Samples on their way from noise.
struct Travel {
    step: u32,
    model: Model,
    trajectory: Trajectory,
    /// What the network was told of the time, step by step.
    t: Vec<f64>,
    x_t: Vec<Tensor<4>>,
    x0_hat: Vec<Tensor<4>>,
}

impl PointsRun {
    /// A run at step 0 on points of a shape or, in their place, on those that were drawn.
    pub fn new(
        config: TrainConfig,
        shape: PointShape,
        count: u32,
        drawn: Option<&[[f32; 2]]>,
        device: &Device,
    ) -> Result<Self, TrainError> {
        let data = Arc::new(match drawn {
            Some(points) => PointSet::given(points)?,
            None => PointSet::generate(shape, count as usize, config.seed)?,
        });
        let mut run = Self {
            trainer: Trainer::new(config, data.clone(), device)?,
            data,
            device: device.clone(),
            going: false,
            pace: Pace::default(),
            travel: None,
        };
        run.travel = Some(run.samples()?);
        Ok(run)
    }

    /// The event `points`.
    pub fn begin(&self) -> Event {
        Event::Points {
            parameters: parameters::count(&self.trainer.ema_model()) as u32,
            data: Points::new(self.data.points().as_flattened()),
        }
    }

    pub fn busy(&self) -> bool {
        self.going || self.travel.is_some()
    }

    /// The next slice: samples on their way, or else some training steps.
    pub async fn advance(&mut self, emitter: &Emitter) {
        let outcome = match self.travel.take() {
            Some(travel) => self.go_on(travel, emitter).await.map_err(Box::from),
            None => self.train(emitter).await,
        };
        if let Err(error) = outcome {
            emitter.error(Place::Points, error);
            self.going = false;
        }
    }

    async fn train(&mut self, emitter: &Emitter) -> Result<(), Box<dyn Error>> {
        let every = self.trainer.config().grid_every;
        let left = every - self.trainer.steps_taken() % every;
        let reports = self.trainer.step(self.pace.steps().min(left)).await?;
        self.pace
            .note(reports.first().map_or(0.0, |report| report.seconds));
        emitter.emit(Event::PointsTrain {
            reports,
            steps_per_second: self.pace.steps_per_second(),
        });
        if self.trainer.steps_taken().is_multiple_of(every) {
            self.travel = Some(self.samples()?);
        }
        Ok(())
    }

    /// Noise that is the same every time, and the network of this moment.
    fn samples(&self) -> Result<Travel, ConfigError> {
        let model = Model::of_run(&self.trainer, DrawnWeights::Ema)?;
        let config = SampleConfig {
            sampler: SamplerKind::Ddim,
            steps: STEPS.min(self.trainer.schedule().len()),
            seed: self.trainer.config().seed,
            count: COUNT,
            // No points are pixels: it clips nothing.
            ..model.scheduler.sample.clone()
        };
        Ok(Travel {
            step: self.trainer.steps_taken(),
            trajectory: model.trajectory(&config, &self.device)?,
            model,
            t: Vec::new(),
            x_t: Vec::new(),
            x0_hat: Vec::new(),
        })
    }

    async fn go_on(&mut self, mut travel: Travel, emitter: &Emitter) -> Result<(), ReadError> {
        let end = clock::now() + SLICE;
        while let Some(frame) = travel.trajectory.step(&travel.model.replayed) {
            travel.t.push(frame.t);
            travel.x_t.push(frame.x_t);
            travel.x0_hat.push(frame.x0_hat);
            if clock::now() > end {
                self.travel = Some(travel);
                return Ok(());
            }
        }
        emitter.emit(travel.read().await?);
        Ok(())
    }
}

impl Travel {
    /// The event `pointsSamples`, by one read-back.
    async fn read(mut self) -> Result<Event, ReadError> {
        self.x_t.push(self.trajectory.x_t());
        let places = places();
        let field = self.field(&places);
        let sizes = [&self.x_t, &self.x0_hat].map(|stages| stages.len() * COUNT * 2);
        let values = read(Tensor::cat([self.x_t, self.x0_hat, vec![field]].concat(), 0)).await?;
        let (x_t, values) = values.split_at(sizes[0]);
        let (x0_hat, field) = values.split_at(sizes[1]);
        let plan = self.trajectory.plan();
        let levels: Vec<Level> = plan
            .iter()
            .map(|step| step.from)
            .chain(plan.last().map(|step| step.to))
            .collect();
        Ok(Event::PointsSamples {
            step: self.step,
            count: COUNT as u32,
            signal: levels.iter().map(|level| level.alpha).collect(),
            noise: levels.iter().map(|level| level.sigma).collect(),
            x_t: Points::new(x_t),
            x0_hat: Points::new(x0_hat),
            places: Points::new(places.as_flattened()),
            field: Points::new(field),
        })
    }

    /// The noise that the network sees at some places before each step.
    fn field(&self, places: &[[f32; 2]]) -> Tensor<4> {
        let (device, steps) = (self.trajectory.x_t().device(), self.t.len());
        let count = steps * places.len();
        let x_t = TensorData::new(places.as_flattened().repeat(steps), [count, 2, 1, 1]);
        let x_t = Tensor::<4>::from_data(x_t, &device);
        let of_all = |value: f64| std::iter::repeat_n(value as f32, places.len());
        let times: Vec<f32> = self.t.iter().flat_map(|&t| of_all(t)).collect();
        let levels: Vec<Level> = self
            .trajectory
            .plan()
            .iter()
            .flat_map(|step| std::iter::repeat_n(step.from, places.len()))
            .collect();
        let times = Tensor::<1>::from_floats(times.as_slice(), &device);
        let class = self.model.null_class;
        let labels = class.map(|class| Tensor::full([count], class, &device));
        let output = self.model.network.denoise(x_t.clone(), times, labels);
        self.model
            .scheduler
            .prediction
            .estimates(x_t, output, &levels)
            .eps_hat
    }
}

/// All over the plane, row by row.
fn places() -> Vec<[f32; 2]> {
    let at = |index: usize| (index as f32 - (PLACES / 2) as f32) * SPACING;
    (0..PLACES * PLACES)
        .map(|place| [at(place % PLACES), at(place / PLACES)])
        .collect()
}

impl Points {
    fn new(coordinates: &[f32]) -> Self {
        Self {
            coordinates: coordinates.iter().flat_map(|value| value.to_le_bytes()).collect(),
        }
    }
}
