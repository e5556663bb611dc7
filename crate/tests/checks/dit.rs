//! The Diffusion Transformer against the published definition and diffusers', on random weights, and its training.

use burn::tensor::{Device, Gradients, Int, Tensor, TensorData};
use diffusion_playground::model::dit_diffusers::DiTTransformer2DConfig;
use diffusion_playground::model::dit_layouts::{Weights, from_diffusers, from_published, to_diffusers};
use diffusion_playground::model::{DiT, DiTConfig, Preset, parameters};
use diffusion_playground::train::{StepReport, TrainConfig, Trainer};

use super::networks::{Oracle, gradients};
use super::{assert_close, training, values};

static PUBLISHED: &[u8] = include_bytes!("../../../tests/fixtures/dit.safetensors");
static DIFFUSERS: &[u8] = include_bytes!("../../../tests/fixtures/dit_diffusers.safetensors");

/// Checks the output, within 1e-4 of its largest entry, and gives network and gradients of `mean(out^2)`.
async fn forward(oracle: &Oracle, config: &DiTConfig, weights: Weights, device: &Device) -> (DiT, Gradients) {
    let device = device.clone().autodiff();
    let network = config.init(0, &device).expect("a valid config");
    let network = parameters::load(network, weights).expect("the reference's keys are ours");
    let labels: Tensor<1, Int> = oracle.tensor::<1>("in.y", &device).int();
    let (x, t) = (
        oracle.tensor::<4>("in.x", &device),
        oracle.tensor::<1>("in.t", &device),
    );
    let out = network.forward(x, t, Some(labels));
    let found = values(out.clone().inner()).await;
    assert_close("out", &found, &oracle.values("out"), 1e-4);
    let grads = out.square().mean().backward();
    (network, grads)
}

/// The published DiT: its keys, frequencies with shift 0, twice the channels.
pub async fn dit_matches_the_published_definition(device: &Device) {
    let oracle = Oracle::parse(PUBLISHED);
    let config: DiTConfig = serde_json::from_str(&oracle.config).expect("the published arguments");
    let weights = from_published(oracle.weights(), &config).expect("the positions are the fixed ones");
    let (network, grads) = forward(&oracle, &config, weights, device).await;
    let mut found = Vec::new();
    for (name, grad) in gradients(&network, grads) {
        found.push((name, values(grad).await));
    }
    assert_eq!(found.len(), oracle.gradients());
    oracle.assert_gradients(found);
}

/// diffusers' `DiTTransformer2DModel`: its keys, frequencies with shift 1, embedders that differ from block to block.
pub async fn dit_matches_diffusers(device: &Device) {
    let oracle = Oracle::parse(DIFFUSERS);
    let config: DiTTransformer2DConfig = serde_json::from_str(&oracle.config).expect("diffusers' config");
    let translated = from_diffusers(oracle.weights()).expect("diffusers' keys");
    let config = config
        .to_dit(translated.per_block_embedders)
        .expect("a network that we have");
    let (network, grads) = forward(&oracle, &config, translated.weights, device).await;
    let mut found = Weights::new();
    for ((name, grad), (_, shape)) in gradients(&network, grads)
        .into_iter()
        .zip(parameters::names(&network))
    {
        found.insert(name, TensorData::new(values(grad).await, shape));
    }
    let found = to_diffusers(found).expect("our own names");
    assert_eq!(found.len(), oracle.gradients());
    let flat = |(name, data): (String, TensorData)| (name, data.iter::<f32>().collect());
    oracle.assert_gradients(found.into_iter().map(flat).collect());
}

async fn run(preset: Preset, batch_size: usize, steps: u32, device: &Device) -> Vec<StepReport> {
    let config = TrainConfig {
        preset,
        batch_size,
        ..training::config()
    };
    let mut trainer = Trainer::new(config, training::bars(), device).expect("a valid configuration");
    trainer.step(steps).await.expect("the run does not diverge")
}

/// Losses and gradient norms of the preset follow those of the CPU.
pub async fn a_dit_run_follows_the_cpu(device: &Device) {
    a_run_follows_the_cpu(Preset::Dit, device).await;
}

/// The same with the hybrid loss of a learned variance. Natively alone, for the time that it takes in a browser.
#[cfg(not(target_arch = "wasm32"))]
pub async fn a_learned_variance_follows_the_cpu(device: &Device) {
    a_run_follows_the_cpu(Preset::DitLearnedSigma, device).await;
}

async fn a_run_follows_the_cpu(preset: Preset, device: &Device) {
    let both =
        |reports: &[StepReport]| -> Vec<f32> { reports.iter().flat_map(|r| [r.loss, r.grad_norm]).collect() };
    let found = run(preset, 4, 5, device).await;
    let expected = run(preset, 4, 5, &Device::flex()).await;
    assert_close("losses and gradient norms", &both(&found), &both(&expected), 2e-3);
}

/// Forty steps of a preset lower the loss well below that of an answer of zeros, which is 1, or a little more with the
/// bound of a variance. Natively alone: in a browser without a GPU they would take minutes.
#[cfg(not(target_arch = "wasm32"))]
pub async fn dit_training_lowers_the_loss(preset: Preset, device: &Device) {
    let reports = run(preset, 8, 40, device).await;
    let last = reports[30..].iter().map(|report| report.loss).sum::<f32>() / 10.0;
    assert!(
        reports[0].loss > 0.9 && last < 0.7,
        "the loss went from {} to {last}",
        reports[0].loss
    );
}
