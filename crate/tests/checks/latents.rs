//! Latent diffusion on a small synthetic data set: an autoencoder, a network over its latents, samples.

use std::sync::Arc;

use burn::tensor::{Device, Tensor};
use diffusion_playground::data::{DataSet, Encoding, ImageSet, LatentSet};
use diffusion_playground::model::{AutoencoderKl, Preset, parameters, preset::NULL_CLASS};
use diffusion_playground::prediction::Prediction;
use diffusion_playground::sampler::{SampleConfig, SamplerKind, Trajectory};
use diffusion_playground::train::{Checkpoint, StepReport, TrainConfig, Trainer};

use super::training::{bars, config};
use super::{assert_close, values};

fn autoencoder_config() -> TrainConfig {
    TrainConfig {
        preset: Preset::AutoencoderTiny,
        learning_rate: 4e-3,
        ..config()
    }
}

fn latent_config() -> TrainConfig {
    TrainConfig {
        preset: Preset::UnetLatentTiny,
        ..config()
    }
}

async fn run(
    config: TrainConfig,
    data: Arc<dyn DataSet>,
    steps: u32,
    device: &Device,
) -> (Trainer, Vec<StepReport>) {
    let mut trainer = Trainer::new(config, data, device).expect("a valid configuration");
    let reports = trainer.step(steps).await.expect("the run does not diverge");
    (trainer, reports)
}

async fn train_autoencoder(steps: u32, device: &Device) -> (Trainer, Vec<StepReport>) {
    run(autoencoder_config(), bars(), steps, device).await
}

fn autoencoder_of(trainer: &Trainer) -> AutoencoderKl {
    trainer
        .ema_model()
        .into_autoencoder()
        .expect("an autoencoder was trained")
}

async fn encode(images: Arc<ImageSet>, autoencoder: AutoencoderKl, device: &Device) -> Encoding {
    let count = images.count();
    let mut encoding = Encoding::new(images, autoencoder, device).expect("they fit each other");
    // A batch size that does not divide the number of images.
    while encoding.step(8).await.expect("the device gives its result back") {}
    assert_eq!(encoding.encoded(), count);
    encoding
}

async fn unit_variance_latents(trainer: &Trainer, device: &Device) -> LatentSet {
    encode(bars(), autoencoder_of(trainer), device)
        .await
        .finish_with_unit_variance()
        .expect("the latents vary")
}

/// Mean of the squared entries.
async fn mean_square(x: Tensor<4>) -> f32 {
    values(x.square().mean()).await[0]
}

/// A short run lowers the loss to a fraction, and what comes back is nearer to each image than their mean is.
pub async fn an_autoencoder_learns_to_reconstruct(device: &Device) {
    let (trainer, reports) = train_autoencoder(80, device).await;
    let mean = |part: &[StepReport]| part.iter().map(|report| report.loss).sum::<f32>() / part.len() as f32;
    let (first, last) = (mean(&reports[..5]), mean(&reports[75..]));
    assert!(last < 0.25 * first, "the loss went from {first} to {last}");
    for report in &reports {
        let parts = report.reconstruction.expect("an autoencoder's loss has parts");
        let sum = f64::from(parts.error) + autoencoder_config().kl_weight * f64::from(parts.kl);
        assert!(parts.kl > 0.0 && (f64::from(report.loss) - sum).abs() < 1e-6);
    }

    let set = bars();
    let x = set.images(&(0..set.count()).collect::<Vec<_>>(), device);
    let autoencoder = autoencoder_of(&trainer);
    let error = mean_square(autoencoder.to_images(autoencoder.to_latents(x.clone())) - x.clone()).await;
    let of_the_mean = mean_square(x.clone() - x.mean_dim(0)).await;
    assert!(
        error < 0.3 * of_the_mean,
        "{error}, the mean image has {of_the_mean}"
    );
}

/// Losses and gradient norms of an autoencoder's run follow those of the CPU.
pub async fn an_autoencoder_run_follows_the_cpu(device: &Device) {
    let (_, found) = train_autoencoder(4, device).await;
    let (_, expected) = train_autoencoder(4, &Device::flex()).await;
    let both =
        |reports: &[StepReport]| -> Vec<f32> { reports.iter().flat_map(|r| [r.loss, r.grad_norm]).collect() };
    assert_close("losses and gradient norms", &both(&found), &both(&expected), 2e-3);
}

/// Scaled latents have variance 1, and are what the autoencoder makes of the images.
pub async fn latents_have_unit_variance(device: &Device) {
    let (trainer, _) = train_autoencoder(4, device).await;
    let set = unit_variance_latents(&trainer, device).await;
    let latents = set.values();
    assert_eq!(latents.len(), 30 * 4 * 7 * 7);
    let mean = latents.iter().sum::<f32>() / latents.len() as f32;
    let variance = latents.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / latents.len() as f32;
    assert!((variance - 1.0).abs() < 1e-3, "{variance}");

    let images = bars();
    let autoencoder = set.autoencoder().expect("it is kept");
    let expected = values(autoencoder.to_latents(images.images(&[20, 3], device))).await;
    let found = set.x_0(&[20, 3], device);
    assert_eq!(found.dims(), [2, 4, 7, 7]);
    assert_close("latents", &values(found).await, &expected, 1e-4);
    assert_eq!(
        (set.label(20), set.label(3)),
        (Some(images.labels[20]), Some(images.labels[3]))
    );
}

/// Train an autoencoder, encode, train on latents, save, read, resume, sample, decode.
pub async fn latent_diffusion_runs_end_to_end(device: &Device) {
    let (trainer, _) = train_autoencoder(4, device).await;
    let file = trainer.save().await.expect("a checkpoint");
    let checkpoint = Checkpoint::parse(&file).expect("our own file");
    let autoencoder = checkpoint
        .autoencoder(device)
        .expect("our own file")
        .expect("there is one");
    let error = checkpoint
        .ema_network(device)
        .expect_err("it is no denoiser")
        .to_string();
    assert!(error.starts_with("preset is an autoencoder"), "{error}");

    let encoding = encode(bars(), autoencoder, device).await;
    let set = encoding.finish_with_unit_variance().expect("the latents vary");
    let scale = set.autoencoder().expect("it is kept").config().scaling_factor;
    let (mut onward, _) = run(latent_config(), Arc::new(set), 3, device).await;

    let file = onward.save().await.expect("a checkpoint");
    let checkpoint = Checkpoint::parse(&file).expect("our own file");
    let space = checkpoint
        .latent_space(device)
        .expect("our own file")
        .expect("it is kept");
    assert_eq!(space.config().scaling_factor, scale);
    let weights = values(parameters::flatten(&space)).await;
    assert_eq!(
        weights,
        values(parameters::flatten(&autoencoder_of(&trainer))).await
    );

    let latents = Arc::new(encode(bars(), space.clone(), device).await.finish());
    let mut resumed = Trainer::resume(&checkpoint, latents, device).expect("our own file");
    let onward = onward.step(2).await.expect("no divergence");
    let resumed_reports = resumed.step(2).await.expect("no divergence");
    for (onward, resumed) in onward.iter().zip(&resumed_reports) {
        assert_eq!(onward.step, resumed.step);
        assert_close("loss", &[resumed.loss], &[onward.loss], 1e-4);
    }

    let config = SampleConfig {
        sampler: SamplerKind::Ddim,
        steps: 5,
        count: 2,
        class: Some(3),
        clip_sample: false,
        ..SampleConfig::default()
    };
    let [channels, height, width] = Preset::UnetLatentTiny.input_shape();
    let mut trajectory = Trajectory::new(
        &config,
        resumed.schedule(),
        Prediction::Epsilon,
        [2, channels, height, width],
        Some(NULL_CLASS),
        device,
    )
    .expect("a valid configuration");
    let network = resumed.ema_network().expect("a denoiser");
    while trajectory.step(&network).is_some() {}
    let images = space.to_images(trajectory.x_t());
    assert_eq!(images.dims(), [2, 1, 28, 28]);
    let images = values(images).await;
    assert!(images.iter().all(|value| value.is_finite()));
    assert!(
        images.iter().any(|value| (value - images[0]).abs() > 1e-3),
        "the picture is not empty"
    );
}

/// What does not fit together is refused with a sentence.
pub async fn what_does_not_fit_is_refused(device: &Device) {
    let message = |result: Result<Trainer, diffusion_playground::train::TrainError>| {
        result.expect_err("they do not fit").to_string()
    };
    let refused = message(Trainer::new(latent_config(), bars(), device));
    assert!(
        refused.contains("examples of [4, 7, 7], an autoencoder's latents"),
        "{refused}"
    );

    let (trainer, _) = train_autoencoder(1, device).await;
    let latents = Arc::new(unit_variance_latents(&trainer, device).await);
    let refused = message(Trainer::new(config(), latents, device));
    assert!(refused.contains("examples of [1, 28, 28]"), "{refused}");

    let small = Arc::new(ImageSet::new(1, 8, 8, 10, vec![0], vec![0; 64]).expect("a valid set"));
    let error = Encoding::new(small, autoencoder_of(&trainer), device).expect_err("another size");
    assert_eq!(error.field, "sample_size");

    let alike = Arc::new(ImageSet::new(1, 28, 28, 10, vec![0], vec![9; 784]).expect("a valid set"));
    let flat = autoencoder_of(&trainer);
    let zero = parameters::flatten(&flat).zeros_like();
    let encoding = encode(alike, parameters::unflatten(flat, zero), device).await;
    let error = encoding
        .finish_with_unit_variance()
        .expect_err("latents that do not vary");
    assert_eq!(error.field, "scaling_factor");
}
