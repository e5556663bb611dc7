//! What is exported is imported again, and what diffusers wrote computes what diffusers computes.

use burn::tensor::{Device, Int, Tensor, TensorData};
use diffusion_playground::denoiser::Denoiser;
use diffusion_playground::interop::{Import, PublishedConfig, Scheduler, import, safetensors, scheduler};
use diffusion_playground::prediction::Prediction;
use diffusion_playground::sampler::ddpm::Variance;
use diffusion_playground::sampler::{SampleConfig, SamplerKind};
use pollster::block_on;

use super::{exported, file, text, tiny, weights};

const CONFIG: &str = "unet/config.json";
const WEIGHTS: &str = "unet/diffusion_pytorch_model.safetensors";

/// The input that the Python scripts use: a sine, at timesteps 10 and 500.
pub fn input(shape: [usize; 4]) -> (Tensor<4>, Tensor<1>) {
    let device = Device::flex();
    let count = shape.iter().product::<usize>();
    let values: Vec<f32> = (0..count).map(|i| (0.1 * i as f64).sin() as f32).collect();
    let x = Tensor::from_data(TensorData::new(values, shape), &device);
    (x, Tensor::from_data([10.0f32, 500.0], &device))
}

pub fn assert_close(found: &[f32], expected: &[f32]) {
    let largest = expected.iter().fold(0f32, |largest, v| largest.max(v.abs()));
    assert_eq!(found.len(), expected.len());
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let close = (found - expected).abs() <= 1e-4 * largest;
        assert!(close, "entry {i} is {found}, diffusers has {expected}");
    }
}

/// Bit by bit, whether the file comes whole or in pieces.
#[test]
fn export_then_import_gives_identical_tensors() {
    for is_conditional in [true, false] {
        let config = tiny(is_conditional);
        let export = exported(&config, 7, &Scheduler::default());
        let expected = weights(&config, 7);
        let device = Device::flex();
        let whole = import(Some(text(&export, CONFIG)), file(&export, WEIGHTS), &device).unwrap();
        let mut streamed = Import::begin(Some(text(&export, CONFIG)), None, &device).unwrap();
        for piece in file(&export, WEIGHTS).chunks(1001) {
            streamed.feed(piece).unwrap();
        }
        for imported in [whole, streamed.finish().unwrap()] {
            assert_eq!(imported.config, PublishedConfig::UNet2DModel(config.clone()));
            assert!(imported.warnings.is_empty(), "{:?}", imported.warnings);
            let found = block_on(imported.model.weights()).unwrap();
            assert!(found.keys().eq(expected.keys()));
            for (name, data) in &expected {
                assert_eq!(found[name].shape(), data.shape(), "{name}");
                assert_eq!(found[name].as_bytes(), data.as_bytes(), "{name}");
            }
        }
    }
}

/// A pipeline is written where diffusers has one, and said to be missing where it has not.
#[test]
fn the_layout_is_that_of_diffusers() {
    let with = exported(&tiny(false), 1, &Scheduler::default());
    let index: serde_json::Value = serde_json::from_str(text(&with, "model_index.json")).unwrap();
    assert_eq!(index["_class_name"], "DDPMPipeline");
    assert_eq!(index["unet"], serde_json::json!(["diffusers", "UNet2DModel"]));
    assert_eq!(
        index["scheduler"],
        serde_json::json!(["diffusers", "DDPMScheduler"])
    );
    assert!(with.warnings.is_empty(), "{:?}", with.warnings);
    let without = exported(&tiny(true), 1, &Scheduler::default());
    assert!(without.files.iter().all(|file| file.path != "model_index.json"));
    assert!(without.warnings[0].contains("UNet2DModel.from_pretrained"));
}

#[test]
fn the_scheduler_survives_export_and_import() {
    let scheduler = Scheduler {
        prediction: Prediction::V,
        sample: SampleConfig {
            sampler: SamplerKind::Ddim,
            set_alpha_to_one: false,
            clip_sample: false,
            ..SampleConfig::default()
        },
        ..Scheduler::default()
    };
    let export = exported(&tiny(false), 1, &scheduler);
    let (read, _) = scheduler::read(text(&export, "scheduler/scheduler_config.json")).unwrap();
    assert_eq!(read.schedule, scheduler.schedule);
    assert_eq!(read.prediction, Prediction::V);
    let SampleConfig {
        sampler,
        set_alpha_to_one,
        clip_sample,
        ..
    } = read.sample;
    assert_eq!(
        (sampler, set_alpha_to_one, clip_sample),
        (SamplerKind::Ddim, false, false)
    );
}

/// Half precision, the attention's old names and 1x1 convolutions, padding below and to the right only.
#[test]
fn a_folder_of_2022_computes_what_diffusers_computes() {
    let config = include_str!("../../../tests/fixtures/legacy_unet2d/unet/config.json");
    let weights =
        include_bytes!("../../../tests/fixtures/legacy_unet2d/unet/diffusion_pytorch_model.safetensors");
    let expected: Vec<f32> =
        serde_json::from_str(include_str!("../../../tests/fixtures/legacy_unet2d/output.json")).unwrap();
    let imported = import(Some(config), weights, &Device::flex()).unwrap();
    assert!(imported.warnings.is_empty(), "{:?}", imported.warnings);
    assert_eq!(imported.config.image(), [3, 8, 8]);
    assert_eq!(imported.config.null_class(), None);
    let (x, t) = input([2, 3, 8, 8]);
    let out = imported.model.into_denoiser().unwrap().denoise(x, t, None);
    assert_close(&out.into_data().try_to_vec::<f32>().unwrap(), &expected);

    let config = include_str!("../../../tests/fixtures/legacy_unet2d/scheduler/scheduler_config.json");
    let (scheduler, warnings) = scheduler::read(config).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(scheduler.sample.variance, Variance::FixedLarge);
}

/// The output of the network that the tests export.
pub fn own_output(config: &diffusion_playground::model::UNetConfig, seed: u64) -> Vec<f32> {
    let device = Device::flex();
    let labels = config
        .num_class_embeds
        .map(|_| Tensor::<1, Int>::from_data([3, 10], &device));
    let (x, t) = input([2, config.in_channels, config.sample_size, config.sample_size]);
    let out = config.init(seed, &device).unwrap().forward(x, t, labels);
    out.into_data().try_to_vec::<f32>().unwrap()
}

/// CompVis's U-Net, from its own parameters and under its own names, computes what it computes there.
#[test]
fn a_unet_of_compvis_computes_what_it_computes_there() {
    #[derive(serde::Deserialize)]
    struct Reference {
        config: serde_json::Value,
        tensors: Vec<(String, Vec<usize>)>,
        output: Vec<f32>,
    }
    let json = include_str!("../../../tests/fixtures/compvis_unet.json");
    let Reference {
        config,
        tensors,
        output,
    } = serde_json::from_str(json).unwrap();
    // The sines that the reference was computed with.
    let sines = |(index, (name, shape)): (usize, (String, Vec<usize>))| {
        let fan_in: usize = match shape.as_slice() {
            [_] => 16,
            [_, inputs @ ..] => inputs.iter().product(),
            [] => 1,
        };
        let around = if shape.len() == 1 && name.contains("norm") && name.ends_with("weight") {
            1.0
        } else {
            0.0
        };
        let value = |i: usize| around + (i as f64 * 0.7 + index as f64).sin() / (fan_in as f64).sqrt();
        let values: Vec<f32> = (0..shape.iter().product()).map(|i| value(i) as f32).collect();
        (name, TensorData::new(values, shape))
    };
    let weights: Vec<_> = tensors.into_iter().enumerate().map(sines).collect();
    let tensors = weights.iter().map(|(name, data)| (name.clone(), data));
    let file = safetensors::write(tensors, &Default::default());
    let imported = import(Some(&config.to_string()), &file, &Device::flex()).unwrap();
    assert!(imported.warnings.is_empty(), "{:?}", imported.warnings);
    assert_eq!(imported.config.class_name(), "UNet2DModel");
    let (x, t) = input([2, 1, 16, 16]);
    let out = imported.model.into_denoiser().unwrap().denoise(x, t, None);
    assert_close(&out.into_data().try_to_vec::<f32>().unwrap(), &output);
}
