//! How long the blocks of a network take: every block has its time, and the times are those of the pass.
#![cfg(not(target_arch = "wasm32"))]

use burn::tensor::Tensor;
use diffusion_playground::model::{Preset, Probe};
use diffusion_playground::runtime::{Compute, Laps, Wanted, clock, read};
use pollster::block_on;

async fn times(preset: Preset, compute: &Compute) -> (Vec<(String, f64)>, f64) {
    let device = &compute.device;
    let network = preset.init(0, device).expect("a preset is valid");
    let began = clock::now();
    let mut probe = Probe::timing(Laps::start(device, compute.backend));
    let x_t = Tensor::ones([2, 1, 28, 28], device);
    let labels = Some(Tensor::full([2], 10, device));
    let output = network.denoise_probed(x_t, Tensor::ones([2], device), labels, &mut probe);
    let laps = probe
        .laps
        .take()
        .expect("the probe keeps its laps")
        .finish()
        .await;
    read(output).await.expect("the device is there");
    (laps, clock::now() - began)
}

/// The names of the blocks that the diagram draws, in their order; some are timed with the one before them.
fn drawn(preset: Preset, timed_with_another: &[&str]) -> Vec<String> {
    let inspection = preset.inspect(2).expect("a preset is valid");
    let mut names: Vec<String> = inspection.blocks().into_iter().map(|block| block.name).collect();
    names.retain(|name| !timed_with_another.contains(&name.as_str()));
    names.sort();
    names
}

fn check(wanted: Wanted) {
    let compute = block_on(Compute::choose(wanted)).expect("a device; on Debian install mesa-vulkan-drivers");
    for (preset, others) in [
        (Preset::Tiny, &[][..]),
        (Preset::Dit, &["y_embedder", "output"][..]),
    ] {
        let (laps, whole) = block_on(times(preset, &compute));
        let mut names: Vec<String> = laps.iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        assert_eq!(names, drawn(preset, others), "{preset:?}");
        let sum: f64 = laps.iter().map(|(_, seconds)| seconds).sum();
        assert!(laps.iter().all(|&(_, seconds)| seconds > 0.0), "{laps:?}");
        assert!(sum <= whole, "{sum} of {whole} s");
    }
}

#[test]
fn every_block_is_timed_on_the_cpu() {
    check(Wanted::Cpu);
}

#[test]
fn every_block_is_timed_on_the_gpu() {
    check(Wanted::Gpu);
}
