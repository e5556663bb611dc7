//! What training steps keep of the GPU's memory until they are read back.
#![cfg(not(target_arch = "wasm32"))]

use std::sync::Arc;

use burn::backend::DispatchDevice;
use burn::tensor::Device;
use cubecl_runtime::memory_management::MemoryScope;
use diffusion_playground::data::ImageSet;
use diffusion_playground::model::{Preset, parameters};
use diffusion_playground::runtime::{Compute, Wanted};
use diffusion_playground::train::{TrainConfig, Trainer};
use pollster::block_on;

fn bytes_in_use(device: &Device) -> u64 {
    let DispatchDevice::Cube(gpu) = device.as_dispatch() else {
        panic!("no GPU: {device:?}");
    };
    let report = gpu.client().memory_report(MemoryScope::Device);
    report.usage().bytes_in_use
}

/// Twenty steps on the queue hold their losses and the norms of their gradients, and no weights of theirs.
#[test]
fn steps_in_flight_keep_no_weights() {
    let gpu = block_on(Compute::choose(Wanted::Gpu))
        .expect("a wgpu adapter; on Debian install mesa-vulkan-drivers");
    let config = TrainConfig {
        preset: Preset::Tiny,
        batch_size: 4,
        ..TrainConfig::default()
    };
    let pixels = (0..8 * 784).map(|i| (i * 37 % 256) as u8).collect();
    let data = ImageSet::new(1, 28, 28, 10, (0..8).collect(), pixels).expect("a valid set");
    let mut trainer = Trainer::new(config, Arc::new(data), &gpu.device).expect("a valid configuration");
    block_on(trainer.step(2)).expect("no divergence");
    let before = bytes_in_use(&gpu.device);
    let queued: Vec<_> = (0..20).map(|_| trainer.begin(1)).collect();
    let kept = bytes_in_use(&gpu.device).saturating_sub(before);
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
