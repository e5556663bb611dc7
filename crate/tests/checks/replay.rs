//! What is replayed is what would have been computed.

use burn::tensor::{Device, Int, Tensor};
use diffusion_playground::denoiser::Denoiser;
use diffusion_playground::model::{Preset, Replayed, parameters};
use diffusion_playground::rng::{Rng, Stream};

use super::values;

/// Passes with other inputs each time, and of another shape between them, are those of the network itself, to the bit.
pub async fn a_replayed_pass_is_the_pass(preset: Preset, device: &Device) {
    let network = preset.init(5, device).expect("a preset is valid");
    // A fresh DiT answers 0.
    let count = parameters::flatten(&network).dims();
    let weights: Tensor<1> = Rng::new(2, Stream::Weights, 0).normal_tensor(count, device);
    let network = parameters::unflatten(network, weights * 0.1);
    let replayed = Replayed::new(network.clone());
    let [channels, height, width] = preset.input_shape();
    let mut kept = Vec::new();
    for (call, count) in [2, 2, 2, 2, 3, 3, 2, 2, 2].into_iter().enumerate() {
        let x_t: Tensor<4> =
            Rng::new(1, Stream::Noise, call as u32).normal_tensor([count, channels, height, width], device);
        let t = Tensor::<1>::full([count], 100.0 * call as f64 + 3.0, device);
        let labels = preset
            .null_class()
            .map(|_| Tensor::<1, Int>::full([count], call as i64, device));
        let expected = network.denoise(x_t.clone(), t.clone(), labels.clone());
        kept.push((expected, replayed.denoise(x_t, t, labels)));
    }
    // Read when all are made: no replay writes over what an earlier one gave.
    for (call, (expected, found)) in kept.into_iter().enumerate() {
        let (expected, found) = (values(expected).await, values(found).await);
        assert!(expected.iter().any(|value| *value != 0.0), "an empty pass shows nothing");
        assert_eq!(found, expected, "{preset:?}, call {call}");
    }
    assert_eq!(replayed.is_recorded(), diffusion_playground::runtime::may_replay(device));
}
