//! Work that is gone through once without being done, so that the browser compiles all pipelines that it takes side by
//! side, before any of them is needed: see rehearsal.js.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use burn::tensor::Device;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

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
const AHEAD_BATCH: usize = 4;

/// Before a run with these settings begins: what its steps take is there afterwards.
pub async fn training(config: &TrainConfig, compute: &Compute) {
    training_step(config, compute);
    compiled(None).await;
}

/// The same before such a run is asked for; nobody waits.
pub fn training_ahead(mut config: TrainConfig, compute: &Compute) {
    // The compiler of a software adapter would take the page's processors.
    if !compute.software {
        config.batch_size = config.batch_size.min(AHEAD_BATCH);
        training_step(&config, compute);
    }
}

/// A guided step of drawing with a network of such a run, before it is asked for.
pub fn drawing_ahead(config: &TrainConfig, compute: &Compute) {
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
        one_step(&model, model.trajectory(&drawn, device)?.with_labels(&labels)?);
        Ok(())
    });
}

/// A training step, and a step of a grid. Whatever is wrong with the settings is told where the run begins.
fn training_step(config: &TrainConfig, compute: &Compute) {
    rehearse(compute, |device| {
        let [channels, height, width] = config.preset.input_shape().map(|side| side as u32);
        let pixels = vec![0; (channels * height * width) as usize];
        let image = ImageSet::new(channels, height, width, NULL_CLASS.into(), vec![0], pixels)?;
        let mut trainer = Trainer::new(config.clone(), Arc::new(image), device)?;
        let step = trainer.begin(1);
        ask(async { drop(step.reports(None).await) });
        if compute.software {
            // Its compiler has few processors: a grid waits for its own.
            return Ok(());
        }
        let model = Model::of_run(&trainer, DrawnWeights::default())?;
        let labels: Vec<u8> = (0..NULL_CLASS).collect();
        one_step(&model, grid_trajectory(&model, config.seed, &labels, device)?);
        Ok(())
    });
}

/// The first step, and the asking for what it gave.
fn one_step(model: &Model, mut trajectory: Trajectory) {
    let x_t = trajectory.x_t();
    trajectory.step(&model.network);
    let pictures = [x_t, trajectory.x_t()].map(|x| model.pictures(x));
    ask(async { drop(Frames::read(pictures).await) });
}

/// Asks for what nobody looks at: at once, but it comes later, and until then has to be awaited.
fn ask(result: impl Future<Output = ()> + 'static) {
    let mut result: Pin<Box<dyn Future<Output = ()>>> = Box::pin(result);
    if result
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
        .is_pending()
    {
        spawn_local(result);
    }
}

/// What `part` gives the device is not worked on, and must not be looked at. The CPU has no pipelines.
fn rehearse(compute: &Compute, part: impl FnOnce(&Device) -> Result<(), Box<dyn Error>>) {
    if compute.backend == Backend::Cpu {
        return;
    }
    // What waits to be launched is real; then, nothing of `part` may wait. A device that is lost says so elsewhere.
    let _ = compute.device.flush();
    begin();
    if let Err(error) = part(&compute.device) {
        log::debug!("not rehearsed: {error}");
    }
    let _ = compute.device.flush();
    end();
}
