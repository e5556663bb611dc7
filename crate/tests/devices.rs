//! The checks of every device, natively: on Flex (the CPU), and on wgpu, which is lavapipe where there is no GPU.
#![cfg(not(target_arch = "wasm32"))]

mod checks;

use burn::tensor::Device;
use checks::{kernels, networks, randomness, sampling, training};
use diffusion_playground::runtime::{Compute, Wanted};
use pollster::block_on;

#[test]
fn a_seed_means_the_same_numbers_everywhere() {
    randomness::a_seed_means_the_same_numbers_everywhere();
}

#[test]
fn unet_matches_diffusers_on_flex() {
    block_on(networks::unet_matches_diffusers(&Device::flex()));
}

#[test]
fn training_lowers_the_loss_on_flex() {
    block_on(training::training_lowers_the_loss(&Device::flex()));
}

#[test]
fn a_resumed_run_is_the_same_run_on_flex() {
    block_on(training::a_resumed_run_is_the_same_run(&Device::flex()));
}

/// One test, because every test is a process of its own and would compile the same shaders again. A machine without any
/// Vulkan, Metal or DirectX adapter is a failure, not a reason to skip.
#[test]
fn wgpu_passes_every_check() {
    block_on(async {
        let gpu = Compute::choose(Wanted::Gpu)
            .await
            .expect("a wgpu adapter; on Debian install mesa-vulkan-drivers");
        kernels::convolution_follows_its_twin(&gpu.device).await;
        kernels::convolution_with_more_follows_its_twin(&gpu.device).await;
        kernels::concatenation_follows_its_twin(&gpu.device).await;
        kernels::group_norm_follows_its_twin(&gpu.device).await;
        kernels::attention_follows_its_twin(&gpu.device).await;
        kernels::layer_norm_follows_its_twin(&gpu.device).await;
        kernels::linear_follows_its_twin(&gpu.device).await;
        kernels::updates_follow_their_twin(&gpu.device).await;
        kernels::parts_of_a_vector_come_back(&gpu.device).await;
        networks::unet_matches_diffusers(&gpu.device).await;
        sampling::samplers_follow_the_cpu(&gpu.device).await;
        training::a_run_follows_the_cpu(&gpu.device).await;
        training::a_resumed_run_is_the_same_run(&gpu.device).await;
    });
}
