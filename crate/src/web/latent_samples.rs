//! Samples of a network over latents on their way, and decoded.

use burn::tensor::{Device, Tensor};

use super::latent_pictures::{RANGE, frames};
use super::model::Model;
use super::protocol::{DrawnWeights, Event, Frames};
use super::sampling::SLICE;
use crate::error::ConfigError;
use crate::model::preset::NULL_CLASS;
use crate::runtime::{ReadError, clock, read};
use crate::sampler::{SampleConfig, SamplerKind, Trajectory};
use crate::train::Trainer;

/// Denoising steps of the samples.
const STEPS: usize = 20;
const GUIDANCE_SCALE: f64 = 2.0;
/// Every so many of the steps are shown.
const STAGE: usize = 2;
/// Samples on their way from noise, then through the decoder.
pub struct Travel {
    step: u32,
    model: Model,
    trajectory: Trajectory,
    t: Vec<f64>,
    /// x_t and x0_hat, one after the other.
    stages: Vec<[Tensor<4>; 2]>,
    decoded: Vec<[Tensor<4>; 2]>,
}

impl Travel {
    /// Noise that is the same every time, and the network of this moment.
    pub fn begin(trainer: &Trainer, device: &Device) -> Result<Self, ConfigError> {
        let model = Model::of_run(trainer, DrawnWeights::Ema)?;
        let labels: Vec<u8> = (0..NULL_CLASS).collect();
        let config = SampleConfig {
            sampler: SamplerKind::Ddim,
            steps: STEPS.min(trainer.schedule().len()),
            seed: trainer.config().seed,
            count: labels.len(),
            guidance_scale: GUIDANCE_SCALE,
            // Latents are no pixels: nothing is clipped.
            ..model.scheduler.sample.clone()
        };
        Ok(Self {
            step: trainer.steps_taken(),
            trajectory: model.trajectory(&config, device)?.with_labels(&labels)?,
            model,
            t: Vec::new(),
            stages: Vec::new(),
            decoded: Vec::new(),
        })
    }

    /// A slice. `false` once all is decoded.
    pub fn go_on(&mut self) -> bool {
        let end = clock::now() + SLICE;
        while let Some(frame) = self.trajectory.step(&self.model.replayed) {
            if frame.step % STAGE == 1 {
                self.t.push(frame.t);
                self.stages.push([frame.x_t, frame.x0_hat]);
            }
            if frame.step == frame.steps {
                let x_0 = self.trajectory.x_t();
                self.stages.push([x_0.clone(), x_0]);
            }
            if clock::now() > end {
                return true;
            }
        }
        while let Some(stage) = self.stages.get(self.decoded.len()) {
            let decoded = stage.clone().map(|x| self.model.pictures(x));
            self.decoded.push(decoded);
            if clock::now() > end {
                return true;
            }
        }
        false
    }

    /// The event `latentSamples`, by one read-back.
    pub async fn read(self) -> Result<Event, ReadError> {
        let [channels, height, width] = self.model.image;
        let [_, image_height, image_width] = self.model.picture_shape();
        let flat = |stages: &[[Tensor<4>; 2]], which: usize| {
            let parts = stages.iter().map(|stage| stage[which].clone());
            Tensor::cat(parts.collect(), 0).reshape([-1])
        };
        let parts: [Tensor<1>; 4] = [
            flat(&self.stages, 0),
            flat(&self.stages, 1),
            flat(&self.decoded, 0),
            flat(&self.decoded, 1),
        ];
        let size = 2 * parts[0].dims()[0];
        let values = read(Tensor::cat(parts.into(), 0)).await?;
        let (latents, decoded) = values.split_at(size);
        let [x_t, x0_hat] = halves(latents).map(|values| frames([height, width], values, RANGE));
        let [decoded_x_t, decoded_x0_hat] =
            halves(decoded).map(|values| Frames::new([image_height, image_width], values));
        Ok(Event::LatentSamples {
            step: self.step,
            labels: (0..NULL_CLASS).collect(),
            t: self.t,
            channels: channels as u32,
            range: RANGE,
            x_t,
            x0_hat,
            decoded_x_t,
            decoded_x0_hat,
        })
    }
}

fn halves(values: &[f32]) -> [&[f32]; 2] {
    values.split_at(values.len() / 2).into()
}
