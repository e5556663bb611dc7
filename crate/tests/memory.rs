//! What training takes of the GPU's memory, with its pools as they are in a browser: a buffer for each tensor.
#![cfg(not(target_arch = "wasm32"))]

use std::sync::Arc;

use burn::tensor::wgpu::MemoryConfiguration;
use burn::tensor::{Device, DeviceKind};
use diffusion_playground::data::{DataSet, ImageSet, PointSet, PointShape};
use diffusion_playground::model::{Preset, parameters};
use diffusion_playground::runtime::{GpuMemory, Unreplayed, give_back};
use diffusion_playground::train::{TrainConfig, Trainer};
use pollster::block_on;

fn gpu() -> Device {
    let options = || Device::wgpu_options().memory_config(MemoryConfiguration::ExclusivePages);
    options()
        .init()
        .or_else(|_| options().device_kind(DeviceKind::Cpu).init())
        .expect("a wgpu adapter; on Debian install mesa-vulkan-drivers")
}

fn digits() -> Arc<dyn DataSet> {
    let pixels = (0..8 * 784).map(|i| (i * 37 % 256) as u8).collect();
    Arc::new(ImageSet::new(1, 28, 28, 10, (0..8).collect(), pixels).expect("a valid set"))
}

fn run(preset: Preset, batch_size: usize, data: Arc<dyn DataSet>, device: &Device) -> Trainer {
    let config = TrainConfig {
        preset,
        batch_size,
        ..TrainConfig::default()
    };
    Trainer::new(config, data, device).expect("a valid configuration")
}

fn steps(trainer: &mut Trainer, count: u32) {
    block_on(trainer.step(count)).expect("no divergence");
}

/// Twenty steps on the queue hold their losses and the norms of their gradients, and no weights of theirs.
#[test]
fn steps_in_flight_keep_no_weights() {
    let gpu = gpu();
    let mut trainer = run(Preset::Tiny, 4, digits(), &gpu);
    steps(&mut trainer, 2);
    let before = GpuMemory::of(&gpu).in_use;
    let queued: Vec<_> = (0..20).map(|_| trainer.begin(1)).collect();
    let kept = GpuMemory::of(&gpu).in_use.saturating_sub(before);
    let weights = 4 * parameters::count(&trainer.ema_model()) as u64;
    println!(
        "{kept} bytes kept by {} steps, {weights} bytes of weights",
        queued.len()
    );
    assert!(kept < weights, "{kept} bytes kept, {weights} bytes of weights");
    for steps in queued {
        block_on(steps.reports(None)).expect("no divergence");
    }
}

/// The recording has the weights to itself, and goes through the buffers that the steps before it left.
#[test]
fn a_recorded_run_reserves_what_a_plain_one_does() {
    let gpu = gpu();
    let after_steps = |replayed| {
        let mut trainer = run(Preset::Unet, 2, digits(), &gpu);
        steps(&mut trainer, 3);
        assert_eq!(trainer.is_replayed(), replayed);
        GpuMemory::of(&gpu)
    };
    let unreplayed = Unreplayed::begin();
    let plain = after_steps(false);
    drop(unreplayed);
    give_back(&gpu);
    let none = GpuMemory::of(&gpu);
    let recorded = after_steps(true);
    println!("plain {plain:?}, recorded {recorded:?}, when the run is gone {none:?}");
    assert!(
        none.reserved * 20 < plain.reserved,
        "{none:?} of {plain:?} are left"
    );
    assert!(
        recorded.reserved as f64 <= 1.05 * plain.reserved as f64,
        "recorded {recorded:?}, plain {plain:?}"
    );
}

/// Memory in use is the same to the byte, and memory reserved to a few pages, however many steps there are.
#[test]
fn a_long_run_takes_no_more_than_a_short_one() {
    let gpu = gpu();
    let points: Arc<dyn DataSet> =
        Arc::new(PointSet::generate(PointShape::TwoMoons, 500, 1).expect("a valid set"));
    for (preset, data, slices) in [(Preset::Tiny, digits(), 15), (Preset::Points, points, 200)] {
        let mut trainer = run(preset, 2, data, &gpu);
        steps(&mut trainer, 10);
        let early = GpuMemory::of(&gpu);
        for _ in 0..slices {
            steps(&mut trainer, 10);
        }
        let late = GpuMemory::of(&gpu);
        println!(
            "{preset:?}: {early:?} after 10 steps, {late:?} after {}",
            trainer.steps_taken()
        );
        assert!(trainer.is_replayed());
        assert_eq!(late.in_use, early.in_use, "bytes in use");
        // Pages come and go; one a step that stays would be 2 MB and more.
        assert!(
            late.reserved <= early.reserved + (256 << 10),
            "{early:?}, then {late:?}"
        );
    }
}
