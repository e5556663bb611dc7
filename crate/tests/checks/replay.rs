//! What is replayed is what would have been computed.

use burn::tensor::{Device, Int, Tensor};
use diffusion_playground::denoiser::{Asked, Denoiser};
use diffusion_playground::kernels;
use diffusion_playground::model::{Preset, Replayed, parameters};
use diffusion_playground::rng::{Rng, Stream};
use diffusion_playground::runtime::{Unreplayed, may_replay};
use diffusion_playground::train::{TrainConfig, Trainer};

use super::training::bars;
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
    for (call, count) in [2, 2, 2, 2, 3, 3, 3, 2, 2, 2].into_iter().enumerate() {
        let x_t: Tensor<4> =
            Rng::new(1, Stream::Noise, call as u32).normal_tensor([count, channels, height, width], device);
        let asked = Asked {
            x_t,
            t: 100.0 * call as f64 + 3.0,
            labels: preset
                .null_class()
                .map(|_| Tensor::<1, Int>::full([count], call as i64, device)),
            null_class: preset.null_class().filter(|_| call >= 5),
        };
        let expected = network.answer(asked.clone());
        // An answer is good until the next.
        kept.push((expected, kernels::copied(&replayed.answer(asked))));
    }
    // Read when all are made: no replay writes over what an earlier one gave.
    for (call, (expected, found)) in kept.into_iter().enumerate() {
        let (expected, found) = (values(expected).await, values(found).await);
        assert!(
            expected.iter().any(|value| *value != 0.0),
            "an empty pass shows nothing"
        );
        assert_eq!(found, expected, "{preset:?}, call {call}");
    }
    assert_eq!(replayed.is_recorded(), may_replay(device));
}

/// Losses, norms and weights of a run whose steps are replayed are those of one whose kernels are launched one by one, to
/// the bit; and a network that was taken from it keeps the weights of then.
pub async fn a_replayed_run_is_the_run(config: &TrainConfig, device: &Device) {
    let run = async || {
        let mut trainer = Trainer::new(config.clone(), bars(), device).expect("a valid configuration");
        let mut reports = trainer.step(3).await.expect("no divergence");
        let [ema, own] =
            [trainer.ema_network(), trainer.network()].map(|network| network.expect("a denoiser"));
        for _ in 0..2 {
            reports.extend(trainer.step(2).await.expect("no divergence"));
        }
        let numbers: Vec<_> = reports
            .iter()
            .map(|report| (report.loss, report.grad_norm))
            .collect();
        let kept = values(parameters::flatten(&ema)).await;
        let own = values(parameters::flatten(&own)).await;
        let replays = trainer.is_replayed();
        (
            numbers,
            kept,
            own,
            trainer.save().await.expect("a checkpoint"),
            replays,
        )
    };
    let watched = Unreplayed::begin();
    let expected = run().await;
    drop(watched);
    let found = run().await;
    assert_eq!(found.0, expected.0, "losses and norms");
    assert!(found.1 == expected.1, "the moving average of step 3");
    assert!(found.2 == expected.2, "the weights of step 3");
    assert!(found.3 == expected.3, "the checkpoint");
    assert!(found.1 != found.2 && !expected.4);
    assert_eq!(found.4, may_replay(device));
}
