//! How many kernels training and sampling launch: each costs some 20 microseconds in a browser, whatever it does. And how
//! much a profile says that they compute and move.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::sync::Arc;

use burn::tensor::{Device, Int, Tensor};
use diffusion_playground::data::ImageSet;
use diffusion_playground::denoiser::Denoiser;
use diffusion_playground::model::{Preset, Replayed};
use diffusion_playground::prediction::Prediction;
use diffusion_playground::runtime::{Compute, KernelTime, Profile, Unreplayed, Wanted, read};
use diffusion_playground::sampler::{SampleConfig, SamplerKind, Trajectory};
use diffusion_playground::schedule::Schedule;
use diffusion_playground::train::{TrainConfig, Trainer};
use pollster::block_on;

/// Kernels that are not ours, and do not tell what they move.
const BURNS: [&str; 5] = [
    "CopyKernel",
    "ElemwiseFuse",
    "FullKernel",
    "KernelBinop",
    "ReduceKernel",
];

const STEP_BATCH: usize = 4;
const PASS_BATCH: usize = 2;

/// Launches of one step of `preset`, once the first step has compiled and allocated what all steps share.
async fn launches_of_a_step(preset: Preset, device: &Device) -> Vec<KernelTime> {
    let config = TrainConfig {
        preset,
        batch_size: STEP_BATCH,
        ..TrainConfig::default()
    };
    let pixels = (0..8 * 784).map(|i| (i * 37 % 256) as u8).collect();
    let data = ImageSet::new(1, 28, 28, 10, (0..8).collect(), pixels).expect("a valid set");
    let mut trainer = Trainer::new(config, Arc::new(data), device).expect("a valid configuration");
    let _launched = Unreplayed::begin();
    trainer.step(2).await.expect("no divergence");
    let watching = Profile::count();
    trainer.step(1).await.expect("no divergence");
    watching.finish().await
}

/// Launches of one forward pass, as it is recorded, once an earlier one has compiled what all share.
async fn launches_of_a_pass(preset: Preset, device: &Device) -> Vec<KernelTime> {
    let network = preset.init(0, device).expect("a preset is valid").in_one_vector();
    let x_t = Tensor::<4>::zeros([PASS_BATCH, 1, 28, 28], device);
    let t = Tensor::<1>::zeros([PASS_BATCH], device);
    let labels = Tensor::<1, Int>::zeros([PASS_BATCH], device);
    let pass = async || {
        let output = network.denoise(x_t.clone(), t.clone(), Some(labels.clone()));
        read(output).await.expect("the device gives its result back")
    };
    pass().await;
    let watching = Profile::count();
    pass().await;
    watching.finish().await
}

/// Launches of one guided sampling step beside the network's replayed pass.
async fn launches_of_a_sampling_step(config: SampleConfig, device: &Device) -> Vec<KernelTime> {
    let network = Replayed::new(Preset::Points.init(0, device).expect("a preset is valid"));
    let schedule = Schedule::new(&Default::default()).expect("a valid schedule");
    let config = SampleConfig {
        steps: 10,
        count: 3,
        class: Some(3),
        guidance_scale: 1.5,
        ..config
    };
    let shape = [3, 2, 1, 1];
    let mut trajectory = Trajectory::new(&config, &schedule, Prediction::V, shape, Some(10), device)
        .expect("a valid configuration");
    let mut step = async || {
        let frame = trajectory.step(&network).expect("steps are left");
        for x in [frame.x_t, frame.eps_hat, frame.x0_hat] {
            read(x).await.expect("the device gives its result back");
        }
    };
    for _ in 0..4 {
        step().await;
    }
    assert!(network.is_recorded());
    let watching = Profile::count_beside_replays();
    step().await;
    watching.finish().await
}

/// Of a step whose kernels are launched one by one. Raise them never, lower them with every change that saves a launch. A
/// larger batch has its weights' gradients summed in parts, which takes one launch more a layer.
const MOST: [(Preset, usize); 2] = [(Preset::Unet, 350), (Preset::Dit, 137)];

/// Of one forward pass.
const MOST_A_PASS: [(Preset, usize); 2] = [(Preset::Unet, 104), (Preset::Dit, 51)];

/// A launch for what is asked, and one for what is made of the answer. UniPC corrects itself, and Heun's method asks twice.
#[test]
fn a_sampling_step_launches_few_kernels() {
    let gpu = block_on(Compute::choose(Wanted::Gpu))
        .expect("a wgpu adapter; on Debian install mesa-vulkan-drivers");
    for (sampler, most) in [
        (SamplerKind::Ddim, 2),
        (SamplerKind::Ddpm, 2),
        (SamplerKind::Euler, 2),
        (SamplerKind::DpmSolverPp2M, 2),
        (SamplerKind::UniPc, 3),
        (SamplerKind::Heun, 4),
    ] {
        let config = SampleConfig {
            sampler,
            eta: 0.5,
            ..SampleConfig::default()
        };
        let launches = block_on(launches_of_a_sampling_step(config, &gpu.device));
        let total: usize = launches.iter().map(|kernel| kernel.count as usize).sum();
        assert!(
            total > 0 && total <= most,
            "{sampler:?}, {total} launches: {launches:#?}"
        );
    }
}

#[test]
fn a_training_step_launches_few_kernels() {
    few_launches("a training step", MOST, async |preset, device| {
        let launches = launches_of_a_step(preset, device).await;
        // Forward, and as much for the gradients of inputs and of weights; but nobody asks for those of the images and of
        // the timesteps' sinusoids. Attention's gradient is five products where forward has two: one more than twice.
        let (layers, first) = match preset {
            Preset::Unet => (4, 784 * 9 * 32 + 32 * 128),
            _ => (6, 49 * 16 * 128 + 256 * 128),
        };
        let expected = 3 * multiply_adds(preset) - first + layers * 49 * 49 * 128;
        assert_eq!(flops(&launches), 2 * STEP_BATCH as u64 * expected, "{preset:?}");
        // Parameters, moments, average and gradient are read, and all but the last written; gaps between them as well.
        let parameters = preset.inspect(1).expect("a preset is valid").parameters() as f64;
        let update = launches.iter().find(|kernel| kernel.name == "AdamwUpdateKernel");
        let bytes = update.expect("AdamW is a kernel").bytes;
        assert!((36.0..36.4).contains(&(bytes / parameters)), "{bytes} bytes");
        launches
    });
}

#[test]
fn a_forward_pass_launches_few_kernels() {
    few_launches("a forward pass", MOST_A_PASS, async |preset, device| {
        let launches = launches_of_a_pass(preset, device).await;
        let expected = 2 * PASS_BATCH as u64 * multiply_adds(preset);
        assert_eq!(flops(&launches), expected, "{preset:?}");
        launches
    });
}

/// Of a forward pass for one image.
fn multiply_adds(preset: Preset) -> u64 {
    preset.inspect(1).expect("a preset is valid").multiply_adds()
}

fn flops(launches: &[KernelTime]) -> u64 {
    launches.iter().map(|kernel| kernel.flops as u64).sum()
}

fn few_launches(
    what: &str,
    most: [(Preset, usize); 2],
    launches: impl AsyncFn(Preset, &Device) -> Vec<KernelTime>,
) {
    let gpu = block_on(Compute::choose(Wanted::Gpu))
        .expect("a wgpu adapter; on Debian install mesa-vulkan-drivers");
    for (preset, most) in most {
        let launches = block_on(launches(preset, &gpu.device));
        let total: usize = launches.iter().map(|kernel| kernel.count as usize).sum();
        println!("{preset:?}, {what}, {total} launches: {launches:#?}");
        assert!(total > 0, "the observer saw no launch");
        let names: BTreeSet<&str> = launches.iter().map(|kernel| kernel.name.as_str()).collect();
        assert_eq!(
            names.len(),
            launches.len(),
            "two kernels share a name: {launches:#?}"
        );
        for kernel in &launches {
            let bounds = (kernel.flops > 0.0, kernel.bytes > 0.0);
            let of_burn = BURNS.iter().any(|name| kernel.name.starts_with(name));
            assert!(bounds.0 != bounds.1 || of_burn, "what bounds {kernel:?}?");
        }
        assert!(
            total <= most,
            "{preset:?}, {what}, {total} launches: {launches:#?}"
        );
    }
}
