//! Every model that is shipped with the page loads into today's code and draws its recorded sample again.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use diffusion_playground::evaluate::{Manifest, Samples, ShippedModel};
use diffusion_playground::runtime::{Compute, Wanted};
use diffusion_playground::schedule::Schedule;
use diffusion_playground::train::Checkpoint;
use pollster::block_on;
use sha2::{Digest, Sha256};

/// Grey levels of 255 between the sample that was recorded and one that is drawn: on average, and of any pixel.
const MEAN: f64 = 0.5;
const MOST: u8 = 16;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/models")
}

/// None, which is said aloud, where no model is shipped.
fn manifest() -> Option<Manifest> {
    let file = folder().join("manifest.json");
    if !file.exists() {
        println!("www/models/manifest.json is not there: no model is shipped, so none is tested");
        return None;
    }
    Some(serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap())
}

fn draw(model: &ShippedModel, device: &Device) -> Vec<u8> {
    let checkpoint = Checkpoint::parse(&std::fs::read(folder().join(&model.file)).unwrap()).unwrap();
    let preset = checkpoint.config.preset;
    assert_eq!(preset, model.preset);
    let network = checkpoint.ema_network(device).unwrap();
    let latent_space = checkpoint.latent_space(device).unwrap();
    let samples = Samples {
        network: &network,
        schedule: Schedule::new(&checkpoint.config.schedule).unwrap(),
        prediction: checkpoint.config.prediction,
        shape: preset.input_shape(),
        null_class: preset.null_class(),
        latent_space: latent_space.as_ref(),
        device: device.clone(),
    };
    block_on(samples.draw(&model.sample, 1, |_| ())).unwrap().pixels
}

fn recorded(model: &ShippedModel) -> Vec<u8> {
    let file = std::fs::File::open(folder().join(format!("{}.png", model.name))).unwrap();
    let mut reader = png::Decoder::new(std::io::BufReader::new(file))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    pixels.truncate(info.buffer_size());
    pixels
}

fn every_model_draws_its_sample_again(device: &Device) {
    for model in manifest().map(|manifest| manifest.models).unwrap_or_default() {
        let (found, expected) = (draw(&model, device), recorded(&model));
        assert_eq!(found.len(), expected.len(), "{}", model.name);
        let differences: Vec<u8> = found.iter().zip(&expected).map(|(a, b)| a.abs_diff(*b)).collect();
        let mean = differences.iter().map(|&d| d as f64).sum::<f64>() / differences.len() as f64;
        let most = differences.iter().max().copied().unwrap_or_default();
        println!("{}: {mean:.4} grey levels apart, {most} at most", model.name);
        assert!(mean <= MEAN && most <= MOST, "{}: {mean}, {most}", model.name);
    }
}

#[test]
fn every_model_draws_its_sample_again_on_flex() {
    every_model_draws_its_sample_again(&Device::flex());
}

#[test]
fn every_model_draws_its_sample_again_on_wgpu() {
    let compute = block_on(Compute::choose(Wanted::Gpu)).expect("lavapipe or a GPU");
    every_model_draws_its_sample_again(&compute.device);
}

#[test]
fn the_manifest_tells_of_every_file_what_it_is() {
    let Some(manifest) = manifest() else { return };
    let mut named = BTreeSet::from(["manifest.json".to_string()]);
    let is_listed = |file: &str, bytes: u64, sha256: &str| {
        let content = std::fs::read(folder().join(file)).unwrap();
        assert_eq!(content.len() as u64, bytes, "{file}");
        let digest = Sha256::digest(&content);
        let found: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, sha256, "{file}");
    };
    if let Some(classifier) = &manifest.classifier {
        is_listed(&classifier.file, classifier.bytes, &classifier.sha256);
        named.insert(classifier.file.clone());
    }
    for model in &manifest.models {
        is_listed(&model.file, model.bytes, &model.sha256);
        let beside = ["md", "png"].map(|extension| format!("{}.{extension}", model.name));
        named.extend(beside.into_iter().chain([model.file.clone()]));
    }
    let found: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, named);
}
