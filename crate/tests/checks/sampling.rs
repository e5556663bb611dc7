//! Sampling: its kernels, and trajectories with an untrained network; the arithmetic, not the picture.

use burn::tensor::{Device, Int, Tensor};
use diffusion_playground::guidance::Guidance;
use diffusion_playground::kernels;
use diffusion_playground::model::{Preset, preset::NULL_CLASS};
use diffusion_playground::prediction::{Estimates, Prediction};
use diffusion_playground::rng::{Rng, Stream};
use diffusion_playground::sampler::{
    Addends, Clipping, SampleConfig, SamplerKind, Step, StepWeights, Trajectory,
};
use diffusion_playground::schedule::{Level, Schedule};

use super::kernels::assert_twins;
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

/// Whole sampling steps, guided or not, with all that a method may add, where the network gives a variance and where not.
pub async fn a_sampling_step_follows_its_twin(device: &Device) {
    async fn take([count, channels, size]: [usize; 3], step: &Step, device: &Device) -> Vec<Vec<f32>> {
        let mut rng = Rng::new(14, Stream::Data, size as u32);
        let answers = count * if step.guidance.scale == 1.0 { 1 } else { 2 };
        let channels_out = channels * if step.weights.noise_growth == 0.0 { 1 } else { 2 };
        let mut image = |count, channels| rng.normal_tensor([count, channels, size, size + 1], device);
        let (x_t, answers) = (image(count, channels), image(answers, channels_out));
        let addends = Addends {
            noise: (step.weights.noise > 0.0).then(|| image(count, channels)),
            past: (step.weights.past != 0.0).then(|| image(count, channels)),
        };
        let (Estimates { x0_hat, eps_hat }, x_next) = step.take(x_t, answers, addends);
        vec![values(x0_hat).await, values(eps_hat).await, values(x_next).await]
    }
    let deterministic = StepWeights {
        x0_hat: 0.8,
        eps_hat: 0.6,
        ..StepWeights::default()
    };
    let fresh = StepWeights {
        x_t: 0.3,
        noise: 0.5,
        ..deterministic
    };
    let learned = StepWeights {
        noise_growth: 0.4,
        ..fresh
    };
    let multistep = StepWeights {
        x_t: 0.7,
        past: -0.2,
        ..deterministic
    };
    for (i, weights) in [deterministic, fresh, learned, multistep].into_iter().enumerate() {
        for (j, (scale, rescale, channels)) in [(1.0, 0.0, None), (1.5, 0.0, Some(1)), (3.0, 0.7, None)]
            .into_iter()
            .enumerate()
        {
            let predictions = [
                Prediction::Epsilon,
                Prediction::V,
                Prediction::Flow,
                Prediction::Sample,
            ];
            let clippings = [Clipping::Range, Clipping::None, Clipping::Dynamic(0.83)];
            let step = Step {
                guidance: Guidance {
                    scale,
                    rescale,
                    null_class: 10,
                    channels,
                },
                prediction: predictions[(i + j) % 4],
                clipping: clippings[(i + 2 * j) % 3],
                use_clipped_model_output: (i + j) % 2 == 0,
                level: Level::from_alpha_bar(0.6),
                weights,
            };
            for sizes in [[1, 1, 1], [3, 2, 5], [2, 3, 17]] {
                assert_twins(
                    &format!("{sizes:?} {step:?}"),
                    &["x0_hat", "eps_hat", "x_next"],
                    take(sizes, &step, device).await,
                    take(sizes, &step, &Device::flex()).await,
                );
            }
        }
    }
}

/// What a network is asked, once and twice, with classes and without.
pub async fn inputs_follow_their_twin(device: &Device) {
    async fn ask(sizes: [usize; 3], classes: bool, null_class: Option<u8>, device: &Device) -> Vec<Vec<f32>> {
        let [count, channels, size] = sizes;
        let x_t =
            Rng::new(15, Stream::Data, size as u32).normal_tensor([count, channels, size, size + 1], device);
        let classes = classes.then(|| Tensor::<1, Int>::arange(1..1 + count as i64, device));
        let (x_t, t, labels) = kernels::inputs(x_t, 12.5, classes, null_class).parts();
        let labels = labels.unwrap_or_else(|| Tensor::zeros([1], device));
        vec![values(x_t).await, values(t).await, values(labels.float()).await]
    }
    for sizes in [[1, 1, 1], [7, 3, 5], [300, 2, 1]] {
        for (classes, null_class) in [(true, Some(10)), (true, None), (false, None)] {
            assert_twins(
                &format!("{sizes:?} {null_class:?}"),
                &["x_t", "t", "labels"],
                ask(sizes, classes, null_class, device).await,
                ask(sizes, classes, null_class, &Device::flex()).await,
            );
        }
    }
}
