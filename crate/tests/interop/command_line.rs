//! `diffusion convert` and `diffusion sample`, as a user runs them.

use std::path::{Path, PathBuf};
use std::process::Command;

use burn::tensor::Device;
use diffusion_playground::interop::Scheduler;
use diffusion_playground::model::{Preset, Trainable};
use diffusion_playground::prediction::Prediction;
use diffusion_playground::train::{Checkpoint, TrainConfig};

use super::{TempFolder, exported, tiny, weights_of};

/// Runs the command; standard output where it succeeds, the errors where it fails.
pub fn diffusion(arguments: &[&Path]) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_diffusion"))
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout) + &text(&output.stderr)),
        false => Err(text(&output.stderr)),
    }
}

fn convert(from: &Path, to: &Path) -> Result<String, String> {
    diffusion(&["convert".as_ref(), from, to])
}

fn sample(model: &Path, out: &Path) -> Result<String, String> {
    let flags = ["--device", "cpu", "--steps", "2", "--out"];
    let mut arguments = vec!["sample".as_ref(), model];
    arguments.extend(flags.iter().map(Path::new));
    arguments.push(out);
    diffusion(&arguments)
}

/// A checkpoint of a preset, not trained; over latents, with an autoencoder.
fn checkpoint(preset: Preset, folder: &Path) -> PathBuf {
    let device = Device::flex();
    let init = |preset| Trainable::init(preset, 5, &device).unwrap();
    let autoencoder = preset.takes_latents().then(|| {
        let autoencoder = init(Preset::AutoencoderTiny).into_autoencoder().unwrap();
        // No power of ten.
        let autoencoder = autoencoder.with_scaling_factor(1.0 / 3.0).unwrap();
        (autoencoder.config().clone(), weights_of(&autoencoder))
    });
    let config = TrainConfig {
        preset,
        ..TrainConfig::default()
    };
    let checkpoint = Checkpoint::from_weights(config, weights_of(&init(preset)), autoencoder);
    let path = folder.join("model.safetensors");
    std::fs::write(&path, checkpoint.to_file().unwrap()).unwrap();
    path
}

#[test]
fn a_checkpoint_becomes_a_folder_and_the_folder_the_same_checkpoint() {
    for (preset, component) in [
        (Preset::Tiny, "unet"),
        (Preset::UnetLatentTiny, "unet"),
        (Preset::Dit, "transformer"),
        (Preset::DitLearnedSigma, "transformer"),
        (Preset::AutoencoderTiny, "vae"),
    ] {
        let temp = TempFolder::new(&format!("convert-{preset:?}"));
        let first = checkpoint(preset, &temp.0);
        let (folder, second) = (temp.0.join("exported"), temp.0.join("again.safetensors"));
        let said = convert(&first, &folder).unwrap();
        assert!(said.contains(&format!("{component}/config.json")), "{said}");
        assert_eq!(said.contains("from_pretrained"), component != "vae", "{said}");
        assert_eq!(
            said.contains("vae/config.json"),
            component == "vae" || preset.takes_latents()
        );
        convert(&folder, &second).unwrap();
        assert!(
            std::fs::read(&first).unwrap() == std::fs::read(&second).unwrap(),
            "{preset:?} is another"
        );
        // Both, and the weights beside their configuration, are sampled from alike.
        let weights = folder.join(component).join("diffusion_pytorch_model.safetensors");
        let pictures = [first, folder, weights].map(|model| {
            let out = temp.0.join("out.png");
            sample(&model, &out).map(|_| std::fs::read(out).unwrap())
        });
        match (preset, pictures) {
            (Preset::AutoencoderTiny, [first, folder, _]) => {
                assert!(first.unwrap_err().contains("draws no samples"));
                assert!(folder.unwrap_err().contains("draws no samples"));
            }
            // Alone, the network draws latents, and four channels are no picture.
            (Preset::UnetLatentTiny, [first, folder, weights]) => {
                assert_eq!(first.unwrap(), folder.unwrap());
                assert!(weights.unwrap_err().contains("4 channels"));
            }
            // Beside the weights alone nothing says that the steps' variance is the network's.
            (Preset::DitLearnedSigma, [first, folder, weights]) => {
                let first = first.unwrap();
                assert_eq!(first, folder.unwrap());
                assert_ne!(first, weights.unwrap());
            }
            (_, [first, folder, weights]) => {
                let first = first.unwrap();
                assert_eq!(first, folder.unwrap());
                assert_eq!(first, weights.unwrap());
            }
        }
    }
}

#[test]
fn a_colour_network_without_classes_is_sampled_from() {
    let temp = TempFolder::new("colour");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/legacy_unet2d");
    let out = temp.0.join("out.png");
    sample(folder.as_ref(), &out).unwrap();
    let picture = std::fs::read(out).unwrap();
    // Width, height, depth and kind of a PNG: 8 by 8 pixels of red, green and blue.
    assert_eq!(picture[16..26], [0, 0, 0, 8, 0, 0, 0, 8, 8, 2]);
}

#[test]
fn what_a_network_predicts_goes_with_it() {
    let v = Scheduler {
        prediction: Prediction::V,
        ..Scheduler::default()
    };
    let temp = TempFolder::new("v");
    let (first, again) = (temp.0.join("v.ckpt"), temp.0.join("exported"));
    convert(temp.write(&exported(&tiny(true), 1, &v).files), &first).unwrap();
    let checkpoint = Checkpoint::parse(&std::fs::read(&first).unwrap()).unwrap();
    assert_eq!(checkpoint.config.prediction, Prediction::V);
    convert(&first, &again).unwrap();
    let scheduler = std::fs::read_to_string(again.join("scheduler/scheduler_config.json")).unwrap();
    assert!(scheduler.contains("v_prediction"), "{scheduler}");
}

#[test]
fn what_cannot_be_converted_says_why() {
    let temp = TempFolder::new("refused");
    let first = checkpoint(Preset::Tiny, &temp.0);
    let to = temp.0.join("to");
    let says = |result: Result<String, String>, what: &str| {
        let found = result.unwrap_err();
        assert!(found.contains(what), "{found:?} does not say {what:?}");
        assert!(!to.exists(), "nothing is written after an error");
    };
    says(convert(&temp.0.join("nowhere"), &to), "cannot be read");
    says(convert(&first, &first), "exists already");
    let empty = temp.0.join("empty");
    std::fs::create_dir(&empty).unwrap();
    says(convert(&empty, &to), "there is no config.json, neither here");
    let alone = temp.0.join("alone.ckpt");
    let export = exported(&tiny(true), 1, &Scheduler::default());
    let bytes = super::file(&export, "unet/diffusion_pytorch_model.safetensors");
    std::fs::write(&alone, "PK\x03\x04 and so on").unwrap();
    says(
        convert(&alone, &to),
        "alone.ckpt: this is not a safetensors file: it is a zip archive",
    );
    let alone = alone.with_extension("safetensors");
    std::fs::write(&alone, bytes).unwrap();
    says(convert(&alone, &to), "the weights alone do not say");

    let unconditional = TempFolder::new("unconditional");
    let folder = unconditional.write(&exported(&tiny(false), 1, &Scheduler::default()).files);
    says(convert(folder, &to), "is none of the presets");

    let points = checkpoint(Preset::Points, &temp.0);
    says(convert(&points, &to), "Points is no network that diffusers has");

    let weights = folder.join("unet/diffusion_pytorch_model.safetensors");
    let bytes = std::fs::read(&weights).unwrap();
    std::fs::write(&weights, &bytes[..bytes.len() - 5]).unwrap();
    says(
        convert(folder, &to),
        "diffusion_pytorch_model.safetensors: the file is truncated in tensor",
    );
    std::fs::remove_file(&weights).unwrap();
    let index = folder.join("unet/diffusion_pytorch_model.safetensors.index.json");
    std::fs::write(index, "{}").unwrap();
    says(convert(folder, &to), "split over several files");
}
