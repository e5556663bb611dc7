//! The checks of every device, in a browser: on WebGPU, through the browser's own shader compiler.
#![cfg(target_arch = "wasm32")]

mod checks;

use burn::tensor::Device;
use checks::{
    autoencoder, dit, interop, judging, kernels, latents, networks, points, randomness, sampling, training,
};
use diffusion_playground::runtime::{Compute, Wanted};
use diffusion_playground::web::constructors;
use std::cell::RefCell;
use std::sync::atomic::Ordering;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// WebGPU, chosen once: a browser without it is a failure, not a reason to skip.
async fn gpu() -> Device {
    thread_local! {
        static DEVICE: RefCell<Option<Device>> = const { RefCell::new(None) };
    }
    if let Some(device) = DEVICE.with_borrow(Option::clone) {
        return device;
    }
    constructors::run();
    let compute = Compute::choose(Wanted::Gpu).await.expect("WebGPU");
    networks::SOFTWARE_IN_A_BROWSER.store(compute.software, Ordering::Relaxed);
    let device = compute.device;
    DEVICE.with_borrow_mut(|known| *known = Some(device.clone()));
    device
}

#[wasm_bindgen_test]
fn a_seed_means_the_same_numbers_everywhere() {
    randomness::a_seed_means_the_same_numbers_everywhere();
}

/// Each test is a call into the module: were its exports wrapped in the constructors, they would have run before this.
#[wasm_bindgen_test]
fn constructors_run_once() {
    constructors::run();
    constructors::run();
    assert_eq!(constructors::constructor_runs(), 1);
}

#[wasm_bindgen_test]
async fn convolution_follows_its_twin() {
    kernels::convolution_follows_its_twin(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn a_profile_names_every_kernel() {
    kernels::a_profile_names_every_kernel(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn convolution_with_more_follows_its_twin() {
    kernels::convolution_with_more_follows_its_twin(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn a_sampling_step_follows_its_twin() {
    sampling::a_sampling_step_follows_its_twin(&gpu().await).await;
    sampling::inputs_follow_their_twin(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn concatenation_follows_its_twin() {
    kernels::concatenation_follows_its_twin(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn group_norm_follows_its_twin() {
    kernels::group_norm_follows_its_twin(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn attention_follows_its_twin() {
    kernels::attention_follows_its_twin(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn layer_norm_follows_its_twin() {
    kernels::layer_norm_follows_its_twin(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn branches_follow_their_twin() {
    kernels::branches_follow_their_twin(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn conditions_follow_their_twin() {
    kernels::conditions_follow_their_twin(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn patches_follow_their_twin() {
    kernels::patches_follow_their_twin(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn self_attention_follows_its_twin() {
    kernels::self_attention_follows_its_twin(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn linear_follows_its_twin() {
    kernels::linear_follows_its_twin(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn errors_follow_their_twin() {
    kernels::errors_follow_their_twin(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn updates_follow_their_twin() {
    kernels::updates_follow_their_twin(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn parts_of_a_vector_come_back() {
    kernels::parts_of_a_vector_come_back(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn unet_matches_diffusers() {
    networks::unet_matches_diffusers(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn unet_matches_diffusers_on_the_cpu() {
    networks::unet_matches_diffusers(&Device::flex()).await;
}

#[wasm_bindgen_test]
async fn autoencoder_matches_diffusers() {
    autoencoder::autoencoder_matches_diffusers(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn autoencoder_matches_diffusers_on_the_cpu() {
    autoencoder::autoencoder_matches_diffusers(&Device::flex()).await;
}

#[wasm_bindgen_test]
async fn dit_matches_the_published_definition() {
    dit::dit_matches_the_published_definition(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn dit_matches_diffusers() {
    dit::dit_matches_diffusers(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn dit_matches_diffusers_on_the_cpu() {
    dit::dit_matches_diffusers(&Device::flex()).await;
}

#[wasm_bindgen_test]
async fn a_dit_run_follows_the_cpu() {
    dit::a_dit_run_follows_the_cpu(&gpu().await).await;
}

/// On the CPU, where this is faster than on a software adapter.
#[wasm_bindgen_test]
async fn eight_gaussians_are_learned_on_the_cpu() {
    points::eight_gaussians_are_learned(&Device::flex()).await;
}

#[wasm_bindgen_test]
async fn class_tokens_follow_the_cpu() {
    networks::class_tokens_follow_the_cpu(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn a_network_survives_export_and_import() {
    interop::a_network_survives_export_and_import(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn samplers_follow_the_cpu() {
    sampling::samplers_follow_the_cpu(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn a_run_follows_the_cpu() {
    training::a_run_follows_the_cpu(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn training_lowers_the_loss() {
    training::training_lowers_the_loss(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn the_next_batch_is_what_the_step_sees() {
    training::the_next_batch_is_what_the_step_sees(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn a_resumed_run_is_the_same_run() {
    training::a_resumed_run_is_the_same_run(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn an_autoencoder_run_follows_the_cpu() {
    latents::an_autoencoder_run_follows_the_cpu(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn latents_have_unit_variance() {
    latents::latents_have_unit_variance(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn latent_diffusion_runs_end_to_end() {
    latents::latent_diffusion_runs_end_to_end(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn what_does_not_fit_is_refused() {
    latents::what_does_not_fit_is_refused(&Device::flex()).await;
}

#[wasm_bindgen_test]
async fn an_autoencoder_learns_to_reconstruct() {
    latents::an_autoencoder_learns_to_reconstruct(&gpu().await).await;
}

#[wasm_bindgen_test]
async fn judging_follows_the_cpu() {
    judging::judging_follows_the_cpu(&gpu().await).await;
}
