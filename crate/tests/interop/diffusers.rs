//! diffusers itself opens what is exported. Where there is no Python with diffusers, its recorded answers stand in.

use std::process::{Command, Stdio};

use burn::tensor::{Device, Tensor, TensorData};
use diffusion_playground::denoiser::Denoiser;
use diffusion_playground::interop::{Export, Part, PublishedConfig, Scheduler, Weights, export};
use diffusion_playground::model::{AutoencoderKl, DiT, DiTConfig, Network, Preset, Trainable, parameters};
use diffusion_playground::prediction::Prediction;
use diffusion_playground::rng::{Rng, Stream};
use diffusion_playground::sampler::{SampleConfig, SamplerKind, plan};
use diffusion_playground::schedule::Schedule;
use serde::{Deserialize, Serialize};

use super::folders::{assert_close, input, own_output};
use super::{TempFolder, exported, tiny, weights_of};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/interop/run_export.py");
const RECORD: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/fixtures/diffusers_on_export.json"
);
const SEED: u64 = 7;

/// What the script prints.
#[derive(Debug, Deserialize, Serialize)]
struct Answer {
    output: Vec<f32>,
    /// Fields of the scheduler's configuration that its class does not know.
    unknown_fields: Vec<String>,
    timesteps: Vec<f64>,
    pipeline: Option<(String, Vec<usize>)>,
    version: String,
}

/// Whether `python3` finds diffusers; says aloud where it does not.
fn has_diffusers() -> bool {
    let found = Command::new("python3")
        .args(["-c", "import diffusers, torch"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        println!("SKIPPED: python3 has no diffusers, so only its recorded answers are compared");
    }
    found
}

/// An answer for each folder, from one start of Python: it takes long.
fn ask(folders: &[TempFolder]) -> Vec<Answer> {
    let paths = folders.iter().map(|folder| &folder.0);
    let output = Command::new("python3").arg(SCRIPT).args(paths).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"))
}

/// What is exported, by the names of the recorded answers: a U-Net with classes and one without, a Diffusion
/// Transformer, an autoencoder.
fn exports() -> [(&'static str, Export); 4] {
    let unet = |is_conditional| exported(&tiny(is_conditional), SEED, &Scheduler::default());
    let (dit, autoencoder) = (dit(), autoencoder());
    let (dit_weights, autoencoder_weights) = (weights_of(&dit), weights_of(&autoencoder));
    let network = Trainable::Denoiser(Network::DiT(dit));
    let autoencoder = Trainable::Autoencoder(autoencoder);
    let folder = |model: &Trainable, weights: &Weights, scheduler| {
        let config = &PublishedConfig::of(model).unwrap();
        export(&[Part { config, weights }], scheduler).unwrap()
    };
    [
        ("UNet2DModel with classes", unet(true)),
        ("UNet2DModel", unet(false)),
        (
            "DiTTransformer2DModel",
            folder(&network, &dit_weights, Some(&Scheduler::default())),
        ),
        ("AutoencoderKL", folder(&autoencoder, &autoencoder_weights, None)),
    ]
}

/// A small transformer whose weights are all drawn: the gates of a fresh one are closed, and its output is zero.
fn dit() -> DiT {
    let config = DiTConfig {
        hidden_size: 32,
        depth: 2,
        num_heads: 2,
        ..DiTConfig::pixels()
    };
    let dit = config.init(SEED, &Device::flex()).unwrap();
    let drawn = |(index, (name, shape)): (usize, (String, Vec<usize>))| {
        let mut rng = Rng::new(SEED, Stream::Data, index as u32);
        let values = rng.normals(shape.iter().product());
        let values: Vec<f32> = values.into_iter().map(|value| 0.1 * value).collect();
        (name, TensorData::new(values, shape))
    };
    let weights = parameters::names(&dit)
        .into_iter()
        .enumerate()
        .map(drawn)
        .collect();
    parameters::load(dit, weights).unwrap()
}

fn autoencoder() -> AutoencoderKl {
    let config = Preset::AutoencoderTiny.autoencoder().unwrap();
    config.init(SEED, &Device::flex()).unwrap()
}

/// What the network computes here.
fn output(name: &str) -> Vec<f32> {
    let (x, t) = input([2, 1, 28, 28]);
    let out = match name {
        "DiTTransformer2DModel" => {
            let labels = Tensor::from_data([3, 10], &x.device());
            let network = Network::DiT(dit());
            network.denoise(x, t, Some(labels)).flatten::<1>(0, 3)
        }
        "AutoencoderKL" => {
            let autoencoder = autoencoder();
            let latents = autoencoder.encode(x).mean;
            let image = autoencoder.decode(latents.clone());
            Tensor::cat(vec![latents.flatten(0, 3), image.flatten(0, 3)], 0)
        }
        name => return own_output(&tiny(name.ends_with("classes")), SEED),
    };
    out.into_data().try_to_vec().unwrap()
}

/// Every network computes the same there, and one samples in its pipeline. `UPDATE_FIXTURES=1` records the answers anew.
#[test]
fn diffusers_computes_what_the_exported_networks_compute() {
    let recorded = std::fs::read(RECORD).unwrap_or_else(|error| panic!("{RECORD}: {error}"));
    let mut answers: Vec<(String, Answer)> = serde_json::from_slice(&recorded).unwrap();
    if has_diffusers() {
        let exports = exports();
        let folders: Vec<_> = exports
            .iter()
            .map(|(name, export)| {
                let folder = TempFolder::new(&name.replace(' ', "-"));
                folder.write(&export.files);
                folder
            })
            .collect();
        let names = exports.iter().map(|(name, _)| name.to_string());
        let live: Vec<_> = names.zip(ask(&folders)).collect();
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            std::fs::write(RECORD, serde_json::to_string(&live).unwrap() + "\n").unwrap();
        }
        answers.extend(live);
    }
    assert!(answers.len() >= 4, "{RECORD} is not complete");
    for (name, answer) in &answers {
        println!("{name}, diffusers {}", answer.version);
        assert!(answer.output.iter().any(|value| value.abs() > 0.1));
        assert_close(&output(name), &answer.output);
        assert!(answer.unknown_fields.is_empty(), "{:?}", answer.unknown_fields);
        let is_plain = name == "UNet2DModel";
        let pipeline = is_plain.then(|| ("DDPMPipeline".to_string(), vec![1, 28, 28, 1]));
        assert_eq!(answer.pipeline, pipeline, "{name}");
    }
}

/// Every sampler's scheduler is opened, knows all its fields, and visits the timesteps that are visited here.
#[test]
fn diffusers_visits_the_timesteps_of_the_exported_scheduler() {
    if !has_diffusers() {
        return;
    }
    use SamplerKind::*;
    let eps = Prediction::Epsilon;
    let samplers = [
        (Ddpm, eps),
        (Ddim, Prediction::V),
        (DdimInversion, eps),
        (DpmSolverPp2M, Prediction::Sample),
        (UniPc, eps),
        (Euler, eps),
        (Euler, Prediction::Flow),
    ];
    let schedulers = samplers.map(|(sampler, prediction)| Scheduler {
        prediction,
        sample: SampleConfig {
            sampler,
            steps: 10,
            shift: 2.0,
            ..SampleConfig::default()
        },
        ..Scheduler::default()
    });
    let folders = schedulers.each_ref().map(|scheduler| {
        let name = format!("{:?}{:?}", scheduler.sample.sampler, scheduler.prediction);
        let folder = TempFolder::new(&name);
        folder.write(&exported(&tiny(true), SEED, scheduler).files);
        folder
    });
    for (scheduler, answer) in schedulers.iter().zip(ask(&folders)) {
        let sampler = scheduler.sample.sampler;
        assert!(
            answer.unknown_fields.is_empty(),
            "{sampler:?}: {:?}",
            answer.unknown_fields
        );
        let schedule = Schedule::new(&scheduler.schedule).unwrap();
        let plan = plan(&scheduler.sample, &schedule, scheduler.prediction).unwrap();
        assert_eq!(answer.timesteps.len(), plan.len());
        for (there, here) in answer.timesteps.iter().zip(&plan) {
            let close = (there - here.t).abs() < 1e-2;
            assert!(close, "{sampler:?}: {there} there, {} here", here.t);
        }
    }
}
