//! A network out to diffusers' files and in again.

use burn::tensor::Device;
use diffusion_playground::interop::{Part, PublishedConfig, Scheduler, export, import};
use diffusion_playground::model::{Preset, Trainable};

/// Every tensor is the same, bit by bit.
pub async fn a_network_survives_export_and_import(device: &Device) {
    let network = Trainable::init(Preset::Tiny, 0, device).expect("a valid configuration");
    let config = PublishedConfig::of(&network).expect("a class of diffusers");
    let network = config.build(device).expect("a valid configuration");
    let expected = network.weights().await.expect("the weights are read back");
    let part = Part {
        config: &config,
        weights: &expected,
    };
    let folder = export(&[part], Some(&Scheduler::default())).expect("a valid schedule");
    let file = |path: &str| {
        let found = folder.files.iter().find(|file| file.path == path);
        &found.expect("the file is exported").bytes
    };
    let json = std::str::from_utf8(file("unet/config.json")).expect("JSON is text");
    let weights = file("unet/diffusion_pytorch_model.safetensors");
    let imported = import(Some(json), weights, device).expect("our own files");
    let found = imported.model.weights().await.expect("the weights are read back");
    assert!(found.keys().eq(expected.keys()));
    for (name, data) in &expected {
        assert_eq!(found[name].as_bytes(), data.as_bytes(), "{name}");
    }
}
