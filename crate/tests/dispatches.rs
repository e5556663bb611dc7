//! How many kernels a training step launches: each costs some 20 microseconds in a browser, whatever it does.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use burn::tensor::Device;
use cubecl::logging::{LaunchObservation, LaunchObserver};
use diffusion_playground::data::ImageSet;
use diffusion_playground::model::Preset;
use diffusion_playground::runtime::{Compute, Wanted};
use diffusion_playground::train::{TrainConfig, Trainer};
use pollster::block_on;

/// Launches by the kernel's short name.
#[derive(Default)]
struct Launches(Mutex<BTreeMap<String, usize>>);

impl LaunchObserver for Launches {
    fn launched(&self, kernel: &'static str) {
        let name = kernel.split('<').next().unwrap_or(kernel);
        let name = name.rsplit("::").next().unwrap_or(name);
        if let Ok(mut counts) = self.0.lock() {
            *counts.entry(name.into()).or_default() += 1;
        }
    }
}

/// Launches of one step of `preset`, once the first step has compiled and allocated what all steps share.
async fn launches_of_a_step(preset: Preset, device: &Device) -> BTreeMap<String, usize> {
    let config = TrainConfig {
        preset,
        batch_size: 4,
        ..TrainConfig::default()
    };
    let pixels = (0..8 * 784).map(|i| (i * 37 % 256) as u8).collect();
    let data = ImageSet::new(1, 28, 28, 10, (0..8).collect(), pixels).expect("a valid set");
    let mut trainer = Trainer::new(config, Arc::new(data), device).expect("a valid configuration");
    trainer.step(2).await.expect("no divergence");
    let launches = Arc::new(Launches::default());
    let watching = LaunchObservation::new(launches.clone());
    trainer.step(1).await.expect("no divergence");
    drop(watching);
    let counts = launches.0.lock().expect("no observer panicked");
    counts.clone()
}

/// At a batch of 4. Raise them never, lower them with every change that saves a launch. A larger batch has its weights'
/// gradients summed in parts, which takes one launch more a layer.
const MOST: [(Preset, usize); 2] = [(Preset::Unet, 381), (Preset::Dit, 235)];

#[test]
fn a_training_step_launches_few_kernels() {
    let gpu = block_on(Compute::choose(Wanted::Gpu))
        .expect("a wgpu adapter; on Debian install mesa-vulkan-drivers");
    for (preset, most) in MOST {
        let launches = block_on(launches_of_a_step(preset, &gpu.device));
        let total: usize = launches.values().sum();
        println!("{preset:?}, {total} launches: {launches:#?}");
        assert!(total > 0, "the observer saw no launch");
        assert!(total <= most, "{preset:?}, {total} launches: {launches:#?}");
    }
}
