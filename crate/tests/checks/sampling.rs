//! Trajectories with an untrained network: the arithmetic, not the picture.

use burn::tensor::Device;
use diffusion_playground::model::{Preset, preset::NULL_CLASS};
use diffusion_playground::prediction::Prediction;
use diffusion_playground::sampler::{SampleConfig, SamplerKind, Trajectory};
use diffusion_playground::schedule::Schedule;

use super::{assert_within, values};

async fn sample(sampler: SamplerKind, device: &Device) -> Vec<f32> {
    let network = Preset::Tiny.init(3, device).expect("a preset is valid");
    let config = SampleConfig {
        sampler,
        steps: 8,
        eta: 0.5,
        class: Some(7),
        guidance_scale: 2.0,
        seed: 9,
        count: 2,
        ..SampleConfig::default()
    };
    let schedule = Schedule::new(&Default::default()).expect("the default is valid");
    let mut trajectory = Trajectory::new(
        &config,
        &schedule,
        Prediction::Epsilon,
        [2, 1, 28, 28],
        Some(NULL_CLASS),
        device,
    )
    .expect("a valid configuration");
    while trajectory.step(&network).is_some() {}
    values(trajectory.x_t()).await
}

/// DDPM and DDIM with guidance end where they end on the CPU.
pub async fn samplers_follow_the_cpu(device: &Device) {
    for sampler in [SamplerKind::Ddpm, SamplerKind::Ddim] {
        let expected = sample(sampler, &Device::flex()).await;
        assert!(
            expected.iter().any(|value| value.abs() > 0.1),
            "the samples are not empty"
        );
        assert_within(
            &format!("{sampler:?}"),
            &sample(sampler, device).await,
            &expected,
            2e-3,
        );
    }
}
