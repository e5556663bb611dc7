//! Checkpoints of others: diffusers' folders read and written, wrong files, the memory it takes, the command line.
#![cfg(not(target_arch = "wasm32"))]

mod command_line;
mod diffusers;
mod evaluation;
mod folders;
mod memory;
mod references;
mod wrong_files;

use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::tensor::Device;
use diffusion_playground::interop::{
    Export, ExportedFile, Part, PublishedConfig, Scheduler, Weights, export,
};
use diffusion_playground::model::{Network, Preset, UNetConfig, parameters};

/// A folder that is removed with its content.
struct TempFolder(PathBuf);

impl TempFolder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("diffusion-interop-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, files: &[ExportedFile]) -> &Path {
        for file in files {
            let path = self.0.join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, &file.bytes).unwrap();
        }
        &self.0
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The smallest preset's configuration, with classes or without.
fn tiny(is_conditional: bool) -> UNetConfig {
    let Network::UNet(unet) = Preset::Tiny.init(0, &Device::flex()).unwrap() else {
        panic!("the smallest preset is a U-Net")
    };
    let config = unet.config().clone();
    UNetConfig {
        num_class_embeds: config.num_class_embeds.filter(|_| is_conditional),
        ..config
    }
}

/// A module's weights by name.
fn weights_of(module: &impl Module) -> Weights {
    let flat = parameters::flatten(module).into_data();
    parameters::by_name(&parameters::names(module), &flat.try_to_vec::<f32>().unwrap())
}

/// A U-Net's weights, a function of `seed`.
fn weights(config: &UNetConfig, seed: u64) -> Weights {
    weights_of(&config.init(seed, &Device::flex()).unwrap())
}

fn exported(config: &UNetConfig, seed: u64, scheduler: &Scheduler) -> Export {
    let (weights, config) = (
        weights(config, seed),
        PublishedConfig::UNet2DModel(config.clone()),
    );
    let part = Part {
        config: &config,
        weights: &weights,
    };
    export(&[part], Some(scheduler)).unwrap()
}

fn file<'a>(export: &'a Export, path: &str) -> &'a [u8] {
    let found = export.files.iter().find(|file| file.path == path);
    &found.unwrap_or_else(|| panic!("{path} is not exported")).bytes
}

fn text<'a>(export: &'a Export, path: &str) -> &'a str {
    std::str::from_utf8(file(export, path)).unwrap()
}
