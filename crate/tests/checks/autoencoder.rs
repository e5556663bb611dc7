//! The autoencoder against reference outputs and gradients, computed with diffusers on random weights.

use burn::tensor::{Device, Tensor};
use diffusion_playground::model::{AutoencoderConfig, parameters};

use super::networks::{Oracle, gradients};
use super::{assert_close, values};

static AUTOENCODER_KL: &[u8] = include_bytes!("../../../tests/fixtures/autoencoder_kl.safetensors");

/// diffusers' `AutoencoderKL`: the moments of the latents and the image decoded from their mean, within 1e-4, every
/// gradient within 1e-3, relative to the largest entry.
pub async fn autoencoder_matches_diffusers(device: &Device) {
    let oracle = Oracle::parse(AUTOENCODER_KL);
    let config = AutoencoderConfig::from_json(&oracle.config).expect("diffusers' config is read as it is");
    let device = device.clone().autodiff();
    let autoencoder = config.init(0, &device).expect("a valid config");
    let autoencoder = parameters::load(autoencoder, oracle.weights()).expect("the reference's keys are ours");

    let posterior = autoencoder.encode(oracle.tensor::<4>("in.x", &device));
    let image = autoencoder.decode(posterior.mean.clone());
    let moments = Tensor::cat(vec![posterior.mean, posterior.log_variance], 1);
    let out = Tensor::cat(vec![moments.flatten::<1>(0, 3), image.flatten::<1>(0, 3)], 0);
    assert_close(
        "out",
        &values(out.clone().inner()).await,
        &oracle.values("out"),
        1e-4,
    );

    let mut grads = Vec::new();
    for (name, grad) in gradients(&autoencoder, out.square().mean().backward()) {
        grads.push((name, values(grad).await));
    }
    assert_eq!(grads.len(), oracle.gradients());
    oracle.assert_gradients(grads);
}
