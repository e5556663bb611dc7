//! Every sampler along whole trajectories, entry by entry, on the analytic model `x t / (t + 1)`.

use std::collections::HashMap;

use burn::tensor::{Device, Int, Tensor};
use diffusion_playground::interop::{Scheduler, scheduler};
use diffusion_playground::prediction::{Estimates, Prediction};
use diffusion_playground::sampler::{
    Addends, Clipping, SampleConfig, StepWeights, Trajectory, Transition, ddim, ddpm, plan,
};
use diffusion_playground::schedule::{Level, Schedule};
use serde::Deserialize;
use serde_json::{Value, json};

const SHAPE: [usize; 4] = [1, 3, 4, 4];

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Clone, Deserialize)]
struct Case {
    name: String,
    scheduler: String,
    config: Value,
    steps: usize,
    #[serde(default)]
    eta: f64,
    timesteps: Vec<f64>,
    #[serde(default)]
    sigmas: Vec<f64>,
    #[serde(default)]
    alphas_cumprod: HashMap<usize, f64>,
    trajectory: Vec<Vec<f32>>,
    noises: Vec<Vec<f32>>,
}

impl Case {
    fn named(name: &str) -> Self {
        let fixture = include_str!("../../../tests/fixtures/samplers.json");
        let cases = serde_json::from_str::<Fixture>(fixture).unwrap().cases;
        cases.into_iter().find(|case| case.name == name).unwrap()
    }

    /// The reference's configuration, read as every other.
    fn scheduler(&self) -> Scheduler {
        let mut config = self.config.clone();
        config["_class_name"] = json!(self.scheduler);
        scheduler::read(&config.to_string()).unwrap().0
    }

    fn schedule(&self) -> Schedule {
        let schedule = Schedule::new(&self.scheduler().schedule).unwrap();
        for (&t, alpha_bar) in &self.alphas_cumprod {
            assert!(
                (schedule.alpha_bar(t) - alpha_bar).abs() < 1e-6,
                "{}: alpha-bar at {t}",
                self.name
            );
        }
        schedule
    }

    fn prediction(&self) -> Prediction {
        self.scheduler().prediction
    }

    fn settings(&self) -> SampleConfig {
        SampleConfig {
            steps: self.steps,
            eta: self.eta,
            ..self.scheduler().sample
        }
    }

    /// The plan, once its timesteps and noise levels are those of the reference.
    fn plan(&self) -> Vec<Transition> {
        let plan = plan(&self.settings(), &self.schedule(), self.prediction()).unwrap();
        assert_eq!(plan.len(), self.timesteps.len(), "{}", self.name);
        for (step, t) in plan.iter().zip(&self.timesteps) {
            assert!(
                (step.t - t).abs() < 2e-3,
                "{}: timestep {} for {t}",
                self.name,
                step.t
            );
        }
        for (step, sigma) in plan.iter().zip(&self.sigmas) {
            let found = if self.prediction() == Prediction::Flow {
                step.from.sigma
            } else {
                step.from.noise_ratio()
            };
            assert!(
                (found / sigma - 1.0).abs() < 1e-4,
                "{}: sigma {found} for {sigma}",
                self.name
            );
        }
        plan
    }

    /// Compares a state, multiplied by `factor`, with the reference's.
    fn check(&self, index: usize, x: Tensor<4>, factor: f64) {
        let found = (x * factor).into_data().try_to_vec::<f32>().unwrap();
        let expected = &self.trajectory[index];
        assert_eq!(found.len(), expected.len());
        for (entry, (a, b)) in found.iter().zip(expected).enumerate() {
            assert!(
                (a - b).abs() < 1e-4,
                "{}: {a} for {b}, entry {entry} of state {index}",
                self.name
            );
        }
    }

    /// Runs a [`Trajectory`]. `scale` gives the factor between its state at a level and the reference's.
    fn follow(&self, scale: fn(Level) -> f64) {
        let plan = self.plan();
        let (schedule, prediction) = (self.schedule(), self.prediction());
        let start = image(&self.trajectory[0]) / scale(plan[0].from);
        let mut trajectory = Trajectory::new(
            &self.settings(),
            &schedule,
            prediction,
            SHAPE,
            None,
            &Device::flex(),
        )
        .unwrap();
        trajectory = trajectory.with_start(start).unwrap();
        for (index, step) in plan.iter().enumerate() {
            let frame = trajectory.step(&model).unwrap();
            assert_eq!((frame.step, frame.t), (index + 1, step.t));
            self.check(index + 1, trajectory.x_t(), scale(step.to));
        }
        assert!(trajectory.step(&model).is_none());
        assert_eq!(trajectory.model_calls(), self.steps);
    }

    /// Takes the steps that `weights` makes of the levels with the reference's own noises.
    fn replay(&self, plan: &[Transition], weights: impl Fn(Level, Level) -> StepWeights) {
        let clipping = Clipping::of(&self.settings());
        let mut x = image(&self.trajectory[0]);
        for (index, transition) in plan.iter().enumerate() {
            let t = Tensor::full([1], transition.t, &Device::flex());
            let output = model(x.clone(), t, None);
            let Estimates { x0_hat, eps_hat } =
                self.prediction().estimates(x.clone(), output, &[transition.from]);
            let estimates = Estimates {
                x0_hat: clipping.apply(x0_hat),
                eps_hat,
            };
            let noise = self.noises.get(index).map(|noise| image(noise));
            let addends = Addends { noise, past: None };
            x = weights(transition.from, transition.to).sum(x, &estimates, None, addends);
            self.check(index + 1, x.clone(), 1.0);
        }
    }
}

fn image(values: &[f32]) -> Tensor<4> {
    Tensor::<1>::from_floats(values, &Device::flex()).reshape(SHAPE)
}

fn model(x_t: Tensor<4>, t: Tensor<1>, _: Option<Tensor<1, Int>>) -> Tensor<4> {
    let t = t.reshape([-1, 1, 1, 1]);
    x_t * (t.clone() / (t + 1.0))
}

fn same(_: Level) -> f64 {
    1.0
}

/// The reference's Euler sampler keeps the image at full strength and lets the noise grow.
fn variance_exploding(level: Level) -> f64 {
    level.alpha.recip()
}

#[test]
fn ddim() {
    for name in [
        "ddim_linear_eps",
        "ddim_linear_eps_clip_trailing",
        "ddim_linear_x0",
        "ddim_zero_snr_v",
        "ddim_alpha_to_one_false_offset_1",
        "ddim_inverse",
    ] {
        Case::named(name).follow(same);
    }
}

#[test]
fn ddim_with_fresh_noise() {
    for name in ["ddim_eta_0.5", "ddim_eta_1"] {
        let case = Case::named(name);
        case.replay(&case.plan(), |from, to| ddim::weights(case.eta, from, to));
    }
}

/// The reference steps down by T / steps rounded down, whatever timestep comes next: with linspace these differ. A
/// trajectory goes to the timestep that is visited next, so the reference's levels are put in here.
#[test]
fn ddim_with_a_fixed_stride() {
    let case = Case::named("ddim_cosine_v_linspace");
    let (mut plan, schedule) = (case.plan(), case.schedule());
    let stride = schedule.len() / case.steps;
    for step in &mut plan {
        step.to = (step.t as usize)
            .checked_sub(stride)
            .map_or(Level::CLEAN, |t| schedule.level(t));
    }
    case.replay(&plan, |from, to| ddim::weights(0.0, from, to));
}

#[test]
fn ddpm() {
    for name in ["ddpm_fixed_small", "ddpm_fixed_large_v"] {
        let case = Case::named(name);
        let variance = case.settings().variance;
        case.replay(&case.plan(), |from, to| ddpm::weights(variance, false, from, to));
    }
}

#[test]
fn multistep_solvers() {
    for name in ["dpmpp_2m_midpoint", "dpmpp_2m_karras_v", "unipc_bh2"] {
        Case::named(name).follow(same);
    }
}

#[test]
fn euler() {
    Case::named("euler_karras").follow(variance_exploding);
}

#[test]
fn rectified_flow() {
    for name in ["flow_shift_1", "flow_shift_3"] {
        Case::named(name).follow(same);
    }
}

/// No case is forgotten above.
#[test]
fn the_fixture_has_seventeen_cases() {
    let fixture = include_str!("../../../tests/fixtures/samplers.json");
    assert_eq!(serde_json::from_str::<Fixture>(fixture).unwrap().cases.len(), 17);
}
