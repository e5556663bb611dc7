//! Several trajectories from one x_T, a row of pictures each: samplers compared, networks, or scales of guidance.

use super::emitter::Emitter;
use super::model::Model;
use super::protocol::{Event, Frames, Place};
use super::sampling::SLICE;
use crate::error::ConfigError;
use crate::runtime::{Compute, ReadError, clock};
use crate::sampler::{Lockstep, SampleConfig, Trajectory};

/// Most pictures that a row shows on its way. A row is read back as often.
const MAX_FRAMES: usize = 10;

pub struct Rows {
    place: Place,
    /// The network of each row.
    models: Vec<Model>,
    lockstep: Lockstep,
    /// Wall time of each row, from its first step on.
    seconds: Vec<f64>,
    /// The row under way: no other is begun before its work is read back, so that each row's time is its own.
    current: Option<usize>,
    /// Rows whose networks are still to take a step, the last first, that compiles shaders and counts for no row.
    cold: Vec<usize>,
}

impl Rows {
    /// One row for each configuration, with the network of `model`; seed and count are those of the first. `labels`,
    /// where given, are the classes of the images, in place of the configurations' one.
    pub fn new(
        place: Place,
        configs: &[SampleConfig],
        labels: Option<&[u8]>,
        model: Model,
        compute: &Compute,
    ) -> Result<Self, ConfigError> {
        let settled: Vec<_> = configs.iter().map(|config| model.settled(config)).collect();
        let mut lockstep = Lockstep::new(
            &settled,
            &model.schedule,
            model.scheduler.prediction,
            model.shape(configs.first().map_or(0, |config| config.count)),
            model.null_class,
            &compute.device,
        )?;
        if let Some(labels) = labels {
            lockstep = lockstep.with_labels(labels)?;
        }
        Ok(Self {
            place,
            lockstep,
            models: vec![model; configs.len()],
            seconds: vec![0.0; configs.len()],
            current: None,
            cold: vec![0],
        })
    }

    /// One more row, of another network.
    pub fn beside(
        mut self,
        config: &SampleConfig,
        model: Model,
        compute: &Compute,
    ) -> Result<Self, ConfigError> {
        let other = model.trajectory(config, &compute.device)?;
        self.lockstep = self.lockstep.beside(other)?;
        self.cold.push(self.models.len());
        self.models.push(model);
        self.seconds.push(0.0);
        Ok(self)
    }

    /// One row's steps up to the next that is shown. `false` once all rows are through.
    pub async fn advance(&mut self, emitter: &Emitter) -> bool {
        let outcome = match self.cold.pop() {
            Some(row) => self.warm_up(row, emitter).await.map(|()| true),
            None => self.step(emitter).await,
        };
        match outcome {
            Ok(true) => true,
            Ok(false) => {
                self.finish(false, emitter);
                false
            }
            Err(error) => {
                emitter.error(self.place, error);
                false
            }
        }
    }

    /// Reports the end.
    pub fn finish(&self, cancelled: bool, emitter: &Emitter) {
        emitter.emit(Event::RowsDone {
            at: self.place,
            cancelled,
        });
    }

    async fn warm_up(&self, row: usize, emitter: &Emitter) -> Result<(), ReadError> {
        let (mut trajectory, model) = (self.lockstep.trajectories()[row].clone(), &self.models[row]);
        let x_t = trajectory.x_t();
        trajectory.step(&model.replayed);
        let [x_t, _] = Frames::read([x_t, trajectory.x_t()].map(|x| model.pictures(x))).await?;
        if row == 0 {
            emitter.emit(Event::RowsStart { at: self.place, x_t });
        }
        Ok(())
    }

    async fn step(&mut self, emitter: &Emitter) -> Result<bool, ReadError> {
        let Some(row) = self.current.or_else(|| self.furthest_back()) else {
            return Ok(false);
        };
        self.current = Some(row);
        let (trajectory, model) = (&mut self.lockstep.trajectories_mut()[row], &self.models[row]);
        let start = clock::now();
        while let Some(frame) = trajectory.step(&model.replayed) {
            if is_shown(frame.step, frame.steps) {
                let pictures = [trajectory.x_t(), frame.x0_hat].map(|x| model.pictures(x));
                let [x_t, x0_hat] = Frames::read(pictures).await?;
                self.seconds[row] += clock::now() - start;
                self.current = None;
                let transition = trajectory.plan()[frame.step - 1];
                emitter.emit(Event::RowStep {
                    at: self.place,
                    row: row as u32,
                    step: frame.step as u32,
                    steps: frame.steps as u32,
                    sigma: transition.from.noise_ratio(),
                    sigma_next: transition.to.noise_ratio(),
                    model_calls: trajectory.model_calls() as u32,
                    seconds: self.seconds[row],
                    x_t,
                    x0_hat,
                });
                return Ok(true);
            }
            if clock::now() - start > SLICE {
                break;
            }
        }
        self.seconds[row] += clock::now() - start;
        Ok(true)
    }

    /// The row that has the largest part of its way ahead; of equals the first.
    fn furthest_back(&self) -> Option<usize> {
        let share =
            |trajectory: &Trajectory| trajectory.taken() as f64 / trajectory.plan().len().max(1) as f64;
        let rows = self.lockstep.trajectories().iter().enumerate();
        rows.filter(|(_, trajectory)| !trajectory.is_done())
            .min_by(|(_, a), (_, b)| share(a).total_cmp(&share(b)))
            .map(|(row, _)| row)
    }
}

/// Whether `step`, from 1 to `steps`, is one of the [`MAX_FRAMES`] that are shown; the last one always is.
pub fn is_shown(step: usize, steps: usize) -> bool {
    step * MAX_FRAMES / steps > (step - 1) * MAX_FRAMES / steps
}
