//! Training in slices short enough that the worker stays ready to answer.

use burn::tensor::{Device, Tensor};

use super::emitter::Emitter;
use super::model::Model;
use super::pace::Pace;
use super::protocol::{DrawnWeights, Event, Frames, Place};
use super::sampling::SLICE;
use crate::error::ConfigError;
use crate::model::Replayed;
use crate::model::preset::NULL_CLASS;
use crate::runtime::{Backend, Compute, ReadError, clock, read};
use crate::sampler::{SampleConfig, SamplerKind, Trajectory};
use crate::train::{Queue, StepReport, TrainError, Trainer};

/// Every so many denoising steps of a grid one is kept for the page.
const STAGE: usize = 2;

/// A run, and whether it is going on.
pub struct Run {
    pub trainer: Trainer,
    pub going: bool,
    /// What its grids are drawn with.
    pub weights: DrawnWeights,
    pace: Pace,
    queue: Queue,
    grid: Option<Grid>,
}

/// A grid of samples on its way.
struct Grid {
    step: u32,
    ema_loss: Option<Tensor<1>>,
    labels: Vec<u8>,
    network: Replayed,
    trajectory: Trajectory,
    stages: Vec<Stage>,
}

/// A moment on a grid's way, of the first image of every class.
struct Stage {
    t: f64,
    x_t: Tensor<4>,
    x0_hat: Tensor<4>,
}

impl Grid {
    /// The event `grid`, by one read-back.
    async fn read(self) -> Result<Event, ReadError> {
        let ema_loss = match self.ema_loss {
            Some(loss) => read(loss).await?.first().copied(),
            None => None,
        };
        let images = self.trajectory.x_t();
        let [_, _, height, width] = images.dims();
        let size = images.shape().num_elements();
        let x_t = self.stages.iter().map(|stage| stage.x_t.clone());
        let x0_hat = self.stages.iter().map(|stage| stage.x0_hat.clone());
        let all = std::iter::once(images).chain(x_t).chain(x0_hat);
        let values = read(Tensor::cat(all.collect(), 0)).await?;
        let (images, stages) = values.split_at(size);
        let (x_t, x0_hat) = stages.split_at(stages.len() / 2);
        let frames = |values| Frames::new([height, width], values);
        Ok(Event::Grid {
            step: self.step,
            ema_loss,
            labels: self.labels,
            frames: frames(images),
            t: self.stages.iter().map(|stage| stage.t).collect(),
            x_t: frames(x_t),
            x0_hat: frames(x0_hat),
        })
    }
}

impl Run {
    pub fn new(trainer: Trainer, weights: DrawnWeights) -> Self {
        Self {
            trainer,
            going: false,
            weights,
            pace: Pace::default(),
            queue: Queue::default(),
            grid: None,
        }
    }

    pub fn busy(&self) -> bool {
        self.going || self.queue.is_pending() || self.grid.is_some()
    }

    /// The next slice: one denoising step of a grid that is due, or else some training steps. On a fast device they are
    /// queued before the last slice is waited for, so that it never runs out of work.
    pub async fn advance(&mut self, compute: &Compute, emitter: &Emitter) {
        if self.grid.is_some() {
            return self.advance_grid(emitter).await;
        }
        if !self.going {
            self.finish(emitter).await;
            return;
        }
        let is_fast = self.pace.is_fast();
        let every = self.trainer.config().grid_every;
        let left = every - self.trainer.steps_taken() % every;
        let count = self.pace.steps().min(left);
        let reports = self.queue.advance(&mut self.trainer, count).await;
        self.report(reports, emitter);
        if !is_fast || self.grid_is_due() {
            self.finish(emitter).await;
        }
        if self.going && self.grid_is_due() {
            self.begin_grid(compute, emitter);
        }
    }

    /// Takes `steps` training steps and reports them; gives the last report, unless something went wrong.
    pub async fn train(&mut self, steps: u32, compute: &Compute, emitter: &Emitter) -> Option<StepReport> {
        self.finish(emitter).await;
        let reports = self.queue.advance(&mut self.trainer, steps).await;
        self.report(reports, emitter);
        let last = self.finish(emitter).await;
        if last.is_some() && self.grid_is_due() {
            self.begin_grid(compute, emitter);
        }
        last
    }

    /// Waits for what is queued, and reports it.
    pub async fn finish(&mut self, emitter: &Emitter) -> Option<StepReport> {
        let reports = self.queue.finish().await;
        self.report(reports, emitter)
    }

    fn grid_is_due(&self) -> bool {
        let every = self.trainer.config().grid_every;
        self.trainer.steps_taken().is_multiple_of(every)
    }

    /// Gives the last report of these steps, unless there are none or something went wrong.
    fn report(
        &mut self,
        reports: Result<Vec<StepReport>, TrainError>,
        emitter: &Emitter,
    ) -> Option<StepReport> {
        match reports {
            Ok(reports) => {
                self.pace.note(reports.first()?.seconds);
                let last = reports.last().cloned();
                emitter.emit(Event::Train {
                    reports,
                    steps_per_second: self.pace.steps_per_second(),
                    warm_up_seconds: self.pace.warm_up_seconds(),
                });
                last
            }
            Err(error) => {
                self.stop(error, emitter);
                None
            }
        }
    }

    fn stop(&mut self, error: TrainError, emitter: &Emitter) {
        self.going = false;
        self.queue = Queue::default();
        emitter.error(Place::Train, error);
        emitter.emit(Event::Paused {
            step: self.trainer.steps_taken(),
        });
    }

    /// Samples of every class from noise that is the same at every step of the run.
    fn begin_grid(&mut self, compute: &Compute, emitter: &Emitter) {
        let Ok(model) = Model::of_run(&self.trainer, self.weights) else {
            // An autoencoder draws nothing by itself.
            return;
        };
        let rows = if compute.backend == Backend::Gpu && !compute.software {
            2
        } else {
            1
        };
        // Of a data set with fewer classes, some of them several times.
        let classes = self.trainer.classes().clamp(1, NULL_CLASS as u32) as u8;
        let labels: Vec<u8> = (0..rows * NULL_CLASS).map(|index| index % classes).collect();
        match grid_trajectory(&model, self.trainer.config().seed, &labels, &compute.device) {
            Ok(trajectory) => {
                self.grid = Some(Grid {
                    step: self.trainer.steps_taken(),
                    ema_loss: self.trainer.ema_loss(),
                    labels,
                    network: model.replayed,
                    trajectory,
                    stages: Vec::new(),
                });
            }
            Err(error) => emitter.error(Place::Train, error),
        }
    }

    async fn advance_grid(&mut self, emitter: &Emitter) {
        let Some(mut grid) = self.grid.take() else { return };
        let end = clock::now() + SLICE;
        let kept = grid.labels.len().min(NULL_CLASS as usize);
        while let Some(frame) = grid.trajectory.step(&grid.network) {
            if frame.step % STAGE == 1 && frame.x_t.dims()[1] == 1 {
                grid.stages.push(Stage {
                    t: frame.t,
                    x_t: frame.x_t.narrow(0, 0, kept),
                    x0_hat: frame.x0_hat.narrow(0, 0, kept),
                });
            }
            if clock::now() > end {
                self.grid = Some(grid);
                return;
            }
        }
        match grid.read().await {
            Ok(event) => emitter.emit(event),
            Err(error) => emitter.error(Place::Train, error),
        }
    }
}

/// The start of a grid: a sample of each label, from noise that is a function of the seed.
pub(super) fn grid_trajectory(
    model: &Model,
    seed: u64,
    labels: &[u8],
    device: &Device,
) -> Result<Trajectory, ConfigError> {
    let config = SampleConfig {
        sampler: SamplerKind::Ddim,
        steps: 20.min(model.schedule.len()),
        seed,
        count: labels.len(),
        use_clipped_model_output: true,
        ..SampleConfig::default()
    };
    model.trajectory(&config, device)?.with_labels(labels)
}
