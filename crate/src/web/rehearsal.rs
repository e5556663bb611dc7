//! Work that is gone through once without being done, so that the browser compiles all pipelines that it takes side by
//! side, before any of them is needed: see rehearsal.js.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use burn::tensor::Device;
use wasm_bindgen::prelude::*;

use super::model::Model;
use super::protocol::{DrawnWeights, Frames};
use super::training::grid_trajectory;
use crate::data::ImageSet;
use crate::model::preset::NULL_CLASS;
use crate::runtime::{Backend, Compute};
use crate::sampler::{SampleConfig, SamplerKind, Trajectory};
use crate::train::{TrainConfig, Trainer};

#[wasm_bindgen(module = "/src/web/rehearsal.js")]
extern "C" {
    #[wasm_bindgen(js_namespace = rehearsal)]
    fn begin();

    #[wasm_bindgen(js_namespace = rehearsal)]
    fn end();

    /// Whether pipelines of a rehearsal are on their way.
    #[wasm_bindgen(js_namespace = rehearsal)]
    pub fn compiling() -> bool;

    /// Waits for them, but for no more than so many milliseconds where that is said.
    #[wasm_bindgen(js_namespace = rehearsal)]
    pub async fn compiled(at_most: Option<f64>);
}

/// Of a rehearsal that nobody waits for: nearly all pipelines serve batches of any size, and little memory is set aside.
const AHEAD_BATCH: usize = 16;

/// Results that were asked for, and that nobody looks at.
type Asked = Pin<Box<dyn Future<Output = ()>>>;

/// Before a run with these settings begins: all that its steps and its grids take is there afterwards.
pub async fn training(config: &TrainConfig, compute: &Compute) {
    training_step(config, compute).await;
    compiled(None).await;
}

/// The same before such a run is asked for; nobody waits.
pub async fn training_ahead(mut config: TrainConfig, compute: &Compute) {
    if compute.software {
        // Its compiler would take the page's processors.
        return;
    }
    config.batch_size = config.batch_size.min(AHEAD_BATCH);
    training_step(&config, compute).await;
    compute.device.memory_cleanup();
}

/// A training step, and a step of a grid. Whatever is wrong with the settings is told where the run begins.
async fn training_step(config: &TrainConfig, compute: &Compute) {
    rehearse(compute, |device| {
        let [channels, height, width] = config.preset.input_shape().map(|side| side as u32);
        let pixels = vec![0; (channels * height * width) as usize];
        let image = ImageSet::new(channels, height, width, NULL_CLASS.into(), vec![0], pixels)?;
        let mut trainer = Trainer::new(config.clone(), Arc::new(image), device)?;
        let step = trainer.begin(1);
        let mut asked = vec![ask(async move { drop(step.reports(None).await) })];
        if let Ok(model) = Model::of_run(&trainer, DrawnWeights::default()) {
            let labels: Vec<u8> = (0..NULL_CLASS).collect();
            asked.extend(one_step(
                &model,
                grid_trajectory(&model, config.seed, &labels, device)?,
            ));
        }
        Ok(asked)
    })
    .await;
}

/// A guided step of drawing with a network of such a run, before it is asked for.
pub async fn drawing_ahead(config: &TrainConfig, compute: &Compute) {
    if compute.software {
        return;
    }
    rehearse(compute, |device| {
        let network = config.preset.init(config.seed, device)?;
        let model = Model::of_config(config, network, None)?;
        let labels: Vec<u8> = (0..NULL_CLASS).collect();
        let drawn = SampleConfig {
            sampler: SamplerKind::Ddim,
            guidance_scale: 1.5,
            count: labels.len(),
            use_clipped_model_output: true,
            ..SampleConfig::default()
        };
        let trajectory = model.trajectory(&drawn, device)?.with_labels(&labels)?;
        Ok(one_step(&model, trajectory).into_iter().collect())
    })
    .await;
}

/// The first step, and the asking for what it gave.
fn one_step(model: &Model, mut trajectory: Trajectory) -> Option<Asked> {
    let x_t = trajectory.x_t();
    trajectory.step(&model.network)?;
    let pictures = [x_t, trajectory.x_t()].map(|x| model.pictures(x));
    Some(ask(async { drop(Frames::read(pictures).await) }))
}

/// Asks at once.
fn ask(result: impl Future<Output = ()> + 'static) -> Asked {
    let mut asked: Asked = Box::pin(result);
    // It is not there yet: whoever asked awaits it.
    let _ = asked.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    asked
}

/// What `part` gives the device is not worked on, and must not be looked at. The CPU has no pipelines.
async fn rehearse(compute: &Compute, part: impl FnOnce(&Device) -> Result<Vec<Asked>, Box<dyn Error>>) {
    if compute.backend == Backend::Cpu {
        return;
    }
    // What waits to be launched is real; then, nothing of `part` may wait. A device that is lost says so elsewhere.
    let _ = compute.device.flush();
    begin();
    let asked = part(&compute.device);
    let _ = compute.device.flush();
    end();
    match asked {
        // What memory they are read into is in use until then.
        Ok(asked) => {
            for result in asked {
                result.await;
            }
        }
        Err(error) => log::debug!("not rehearsed: {error}"),
    }
}
