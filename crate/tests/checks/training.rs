//! A training run on a small synthetic data set.

use std::sync::Arc;

use burn::tensor::Device;
use diffusion_playground::data::ImageSet;
use diffusion_playground::model::Preset;
use diffusion_playground::rng::{Rng, Stream};
use diffusion_playground::train::{Checkpoint, StepReport, TrainConfig, Trainer};

use super::assert_close;

/// Thirty images of a bar whose height is its class.
pub fn bars() -> Arc<ImageSet> {
    let mut rng = Rng::new(1, Stream::Data, 0);
    let labels: Vec<u8> = (0..30).map(|i| i % 10).collect();
    let pixels = labels.iter().flat_map(|&label| {
        let left = rng.below(20);
        (0..784u32).map(move |i| {
            let (row, column) = (i / 28, i % 28);
            if (left..left + 8).contains(&column) && row / 3 <= label as u32 {
                255
            } else {
                0
            }
        })
    });
    let pixels = pixels.collect();
    Arc::new(ImageSet::new(1, 28, 28, 10, labels, pixels).expect("a valid set"))
}

pub fn config() -> TrainConfig {
    TrainConfig {
        preset: Preset::Tiny,
        batch_size: 8,
        warm_up_steps: 2,
        ..TrainConfig::default()
    }
}

async fn run(device: &Device, steps: u32) -> (Trainer, Vec<StepReport>) {
    let mut trainer = Trainer::new(config(), bars(), device).expect("a valid configuration");
    let reports = trainer.step(steps).await.expect("the run does not diverge");
    (trainer, reports)
}

/// Losses and gradient norms follow those of the CPU.
pub async fn a_run_follows_the_cpu(device: &Device) {
    let (_, found) = run(device, 6).await;
    let (_, expected) = run(&Device::flex(), 6).await;
    let both =
        |reports: &[StepReport]| -> Vec<f32> { reports.iter().flat_map(|r| [r.loss, r.grad_norm]).collect() };
    assert_close("losses and gradient norms", &both(&found), &both(&expected), 2e-3);
}

/// Forty steps lower the loss well below that of an answer of zeros, which is 1.
pub async fn training_lowers_the_loss(device: &Device) {
    let (_, reports) = run(device, 40).await;
    let mean = |part: &[StepReport]| part.iter().map(|report| report.loss).sum::<f32>() / part.len() as f32;
    let (first, last) = (mean(&reports[..5]), mean(&reports[35..]));
    assert!(last < 0.8 * first, "the loss went from {first} to {last}");
}

/// What is looked at before a step is what the step learns from, and its loss by timestep is of the same examples.
pub async fn the_next_batch_is_what_the_step_sees(device: &Device) {
    let (mut trainer, _) = run(device, 2).await;
    let batch = trainer
        .next_batch()
        .expect("a network learns from noised examples");
    let t = batch.t.clone();
    let network = trainer.network().expect("no autoencoder");
    let losses =
        super::values(batch.losses(&network, trainer.schedule(), trainer.config().prediction, false)).await;
    let report = trainer.step(1).await.expect("no divergence").remove(0);
    let mean = losses.iter().sum::<f32>() / losses.len() as f32;
    assert_close("loss", &[report.loss], &[mean], 1e-4);
    assert_eq!(report.bands.len(), 5);
    for (band, found) in report.bands.into_iter().enumerate() {
        let own = t.iter().zip(&losses).filter(|(t, _)| **t / 200 == band);
        let own: Vec<f32> = own.map(|(_, &loss)| loss).collect();
        assert_eq!(found.is_some(), !own.is_empty());
        if let Some(found) = found {
            let mean = own.iter().sum::<f32>() / own.len() as f32;
            assert_close("the loss of a band", &[found], &[mean], 1e-4);
        }
    }
}

/// The moving average begins as the weights, so that its loss is what the first step reports, and then lags behind them.
pub async fn the_average_is_asked_what_the_next_step_learns_from(device: &Device) {
    let mut trainer = Trainer::new(config(), bars(), device).expect("a valid configuration");
    let loss = super::values(trainer.ema_loss().expect("no autoencoder")).await;
    let report = trainer.step(1).await.expect("no divergence").remove(0);
    assert_close("the first loss", &loss, &[report.loss], 1e-4);
    trainer.step(20).await.expect("no divergence");
    let loss = super::values(trainer.ema_loss().expect("no autoencoder")).await;
    let report = trainer.step(1).await.expect("no divergence").remove(0);
    assert!(
        loss[0].is_finite() && (loss[0] - report.loss).abs() > 1e-3,
        "{} and {}",
        loss[0],
        report.loss
    );
}

/// A run that is saved and resumed goes on as if it had not stopped.
pub async fn a_resumed_run_is_the_same_run(device: &Device) {
    let (mut onward, _) = run(device, 3).await;
    let file = onward.save().await.expect("a checkpoint");
    let checkpoint = Checkpoint::parse(&file).expect("our own file");
    let mut resumed = Trainer::resume(&checkpoint, bars(), device).expect("our own file");
    assert_eq!(resumed.steps_taken(), 3);
    let onward = onward.step(2).await.expect("no divergence");
    let resumed = resumed.step(2).await.expect("no divergence");
    for (onward, resumed) in onward.iter().zip(&resumed) {
        assert_eq!(onward.step, resumed.step);
        assert_close("loss", &[resumed.loss], &[onward.loss], 1e-4);
    }
}
