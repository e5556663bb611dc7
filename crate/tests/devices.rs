//! The checks of every device, natively: on Flex (the CPU), and on wgpu, which is lavapipe where there is no GPU.
#![cfg(not(target_arch = "wasm32"))]

mod checks;

use burn::tensor::Device;
use checks::{
    autoencoder, dit, interop, judging, kernels, latents, networks, points, randomness, replay, sampling,
    training,
};
use diffusion_playground::model::Preset;
use diffusion_playground::prediction::Prediction;
use diffusion_playground::runtime::{Compute, Wanted};
use diffusion_playground::train::TrainConfig;
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
fn class_tokens_are_learned_on_flex() {
    block_on(networks::class_tokens_follow_the_cpu(&Device::flex()));
}

#[test]
fn autoencoder_matches_diffusers_on_flex() {
    block_on(autoencoder::autoencoder_matches_diffusers(&Device::flex()));
}

#[test]
fn dit_matches_the_published_definition_on_flex() {
    block_on(dit::dit_matches_the_published_definition(&Device::flex()));
}

#[test]
fn dit_matches_diffusers_on_flex() {
    block_on(dit::dit_matches_diffusers(&Device::flex()));
}

#[test]
fn dit_training_lowers_the_loss_on_flex() {
    block_on(dit::dit_training_lowers_the_loss(Preset::Dit, &Device::flex()));
}

#[test]
fn dit_training_with_a_learned_variance_lowers_the_loss_on_flex() {
    block_on(dit::dit_training_lowers_the_loss(
        Preset::DitLearnedSigma,
        &Device::flex(),
    ));
}

#[test]
fn eight_gaussians_are_learned_on_flex() {
    block_on(points::eight_gaussians_are_learned(&Device::flex()));
}

#[test]
fn a_network_survives_export_and_import_on_flex() {
    block_on(interop::a_network_survives_export_and_import(&Device::flex()));
}

#[test]
fn training_lowers_the_loss_on_flex() {
    block_on(training::training_lowers_the_loss(&Device::flex()));
}

#[test]
fn the_next_batch_is_what_the_step_sees_on_flex() {
    block_on(training::the_next_batch_is_what_the_step_sees(&Device::flex()));
}

#[test]
fn the_average_is_asked_what_the_next_step_learns_from_on_flex() {
    block_on(training::the_average_is_asked_what_the_next_step_learns_from(
        &Device::flex(),
    ));
}

#[test]
fn a_resumed_run_is_the_same_run_on_flex() {
    block_on(training::a_resumed_run_is_the_same_run(&Device::flex()));
}

#[test]
fn an_autoencoder_learns_to_reconstruct_on_flex() {
    block_on(latents::an_autoencoder_learns_to_reconstruct(&Device::flex()));
}

#[test]
fn latents_have_unit_variance_on_flex() {
    block_on(latents::latents_have_unit_variance(&Device::flex()));
}

#[test]
fn latent_diffusion_runs_end_to_end_on_flex() {
    block_on(latents::latent_diffusion_runs_end_to_end(&Device::flex()));
}

#[test]
fn what_does_not_fit_is_refused_on_flex() {
    block_on(latents::what_does_not_fit_is_refused(&Device::flex()));
}

/// One test, because every test is a process of its own and would compile the same shaders again. A machine without any
/// Vulkan, Metal or DirectX adapter is a failure, not a reason to skip.
#[test]
fn wgpu_passes_every_check() {
    block_on(async {
        let gpu = Compute::choose(Wanted::Gpu)
            .await
            .expect("a wgpu adapter; on Debian install mesa-vulkan-drivers");
        sampling::a_sampling_step_follows_its_twin(&gpu.device).await;
        sampling::inputs_follow_their_twin(&gpu.device).await;
        kernels::convolution_follows_its_twin(&gpu.device).await;
        kernels::a_profile_names_every_kernel(&gpu.device).await;
        kernels::convolution_with_more_follows_its_twin(&gpu.device).await;
        kernels::concatenation_follows_its_twin(&gpu.device).await;
        kernels::group_norm_follows_its_twin(&gpu.device).await;
        kernels::attention_follows_its_twin(&gpu.device).await;
        kernels::layer_norm_follows_its_twin(&gpu.device).await;
        kernels::branches_follow_their_twin(&gpu.device).await;
        kernels::conditions_follow_their_twin(&gpu.device).await;
        kernels::patches_follow_their_twin(&gpu.device).await;
        kernels::self_attention_follows_its_twin(&gpu.device).await;
        kernels::linear_follows_its_twin(&gpu.device).await;
        kernels::errors_follow_their_twin(&gpu.device).await;
        kernels::updates_follow_their_twin(&gpu.device).await;
        kernels::parts_of_a_vector_come_back(&gpu.device).await;
        networks::unet_matches_diffusers(&gpu.device).await;
        networks::class_tokens_follow_the_cpu(&gpu.device).await;
        autoencoder::autoencoder_matches_diffusers(&gpu.device).await;
        dit::dit_matches_the_published_definition(&gpu.device).await;
        dit::dit_matches_diffusers(&gpu.device).await;
        dit::a_dit_run_follows_the_cpu(&gpu.device).await;
        dit::a_learned_variance_follows_the_cpu(&gpu.device).await;
        interop::a_network_survives_export_and_import(&gpu.device).await;
        sampling::samplers_follow_the_cpu(&gpu.device).await;
        training::a_run_follows_the_cpu(&gpu.device).await;
        training::a_resumed_run_is_the_same_run(&gpu.device).await;
        training::the_next_batch_is_what_the_step_sees(&gpu.device).await;
        judging::judging_follows_the_cpu(&gpu.device).await;
        latents::an_autoencoder_run_follows_the_cpu(&gpu.device).await;
        latents::latent_diffusion_runs_end_to_end(&gpu.device).await;
    });
}

#[test]
fn what_is_replayed_is_what_is_launched() {
    let gpu = block_on(Compute::choose(Wanted::Gpu))
        .expect("a wgpu adapter; on Debian install mesa-vulkan-drivers");
    for device in [&gpu.device, &Device::flex()] {
        for preset in [Preset::Tiny, Preset::DitLearnedSigma, Preset::Points] {
            block_on(replay::a_replayed_pass_is_the_pass(preset, device));
        }
        for (preset, prediction) in [(Preset::Tiny, Prediction::Epsilon), (Preset::Dit, Prediction::V)] {
            let config = TrainConfig {
                preset,
                prediction,
                ..training::config()
            };
            block_on(replay::a_replayed_run_is_the_run(&config, device));
        }
    }
}
