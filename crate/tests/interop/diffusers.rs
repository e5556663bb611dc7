//! diffusers itself opens what is exported. Where there is no Python with diffusers, its recorded answers stand in.

use std::process::{Command, Stdio};

use diffusion_playground::interop::Scheduler;
use diffusion_playground::prediction::Prediction;
use diffusion_playground::sampler::{SampleConfig, SamplerKind, plan};
use diffusion_playground::schedule::Schedule;
use serde::{Deserialize, Serialize};

use super::folders::{assert_close, own_output};
use super::{TempFolder, exported, tiny};

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

/// The network computes the same there, with classes and without; the unconditional one samples in its pipeline.
/// `UPDATE_FIXTURES=1` records the answers anew.
#[test]
fn diffusers_computes_what_the_exported_network_computes() {
    let is_live = has_diffusers();
    let recorded = std::fs::read(RECORD).ok();
    let mut answers: Vec<Answer> = recorded
        .map(|bytes| serde_json::from_slice(&bytes).unwrap())
        .unwrap_or_default();
    if is_live {
        let live = [true, false].map(|is_conditional| {
            let folder = TempFolder::new(if is_conditional { "classes" } else { "plain" });
            folder.write(&exported(&tiny(is_conditional), SEED, &Scheduler::default()).files);
            folder
        });
        let live = ask(&live);
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            std::fs::write(RECORD, serde_json::to_string(&live).unwrap() + "\n").unwrap();
        }
        answers.extend(live);
    }
    assert!(answers.len() >= 2, "{RECORD} is missing");
    for (answer, is_conditional) in answers.iter().zip([true, false].into_iter().cycle()) {
        assert_close(&own_output(&tiny(is_conditional), SEED), &answer.output);
        assert!(answer.unknown_fields.is_empty(), "{:?}", answer.unknown_fields);
        let images = vec![1, 28, 28, 1];
        let pipeline = (!is_conditional).then(|| ("DDPMPipeline".to_string(), images));
        assert_eq!(answer.pipeline, pipeline);
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
