//! Every sampler along whole trajectories, entry by entry, on the analytic model `x t / (t + 1)`.

use std::collections::HashMap;

use burn::tensor::{Device, Int, Tensor};
use diffusion_playground::prediction::{Estimates, Prediction};
use diffusion_playground::sampler::ddpm::{self, Variance};
use diffusion_playground::sampler::{
    Clipping, SampleConfig, SamplerKind, Trajectory, Transition, ddim, plan,
};
use diffusion_playground::schedule::{Level, Schedule, ScheduleConfig, ScheduleKind, Spacing};
use serde::Deserialize;

const SHAPE: [usize; 4] = [1, 3, 4, 4];

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Clone, Deserialize)]
struct Case {
    name: String,
    scheduler: String,
    config: SchedulerConfig,
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

/// The fields of diffusers' schedulers that the cases use.
#[derive(Clone, Deserialize)]
struct SchedulerConfig {
    num_train_timesteps: usize,
    beta_start: Option<f64>,
    beta_end: Option<f64>,
    beta_schedule: Option<String>,
    prediction_type: Option<String>,
    timestep_spacing: Option<String>,
    variance_type: Option<String>,
    shift: Option<f64>,
    set_alpha_to_one: Option<bool>,
    #[serde(default)]
    clip_sample: bool,
    #[serde(default)]
    steps_offset: usize,
    #[serde(default)]
    use_karras_sigmas: bool,
    #[serde(default)]
    rescale_betas_zero_snr: bool,
}

impl Case {
    fn named(name: &str) -> Self {
        let fixture = include_str!("../../../tests/fixtures/samplers.json");
        let cases = serde_json::from_str::<Fixture>(fixture).unwrap().cases;
        cases.into_iter().find(|case| case.name == name).unwrap()
    }

    fn schedule(&self) -> Schedule {
        let defaults = ScheduleConfig::default();
        let schedule = Schedule::new(&ScheduleConfig {
            kind: match self.config.beta_schedule.as_deref() {
                Some("squaredcos_cap_v2") => ScheduleKind::Cosine,
                Some("scaled_linear") => ScheduleKind::ScaledLinear,
                _ => ScheduleKind::Linear,
            },
            num_train_timesteps: self.config.num_train_timesteps,
            beta_start: self.config.beta_start.unwrap_or(defaults.beta_start),
            beta_end: self.config.beta_end.unwrap_or(defaults.beta_end),
            rescale_zero_terminal_snr: self.config.rescale_betas_zero_snr,
        });
        let schedule = schedule.unwrap();
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
        match self.config.prediction_type.as_deref() {
            _ if self.scheduler.starts_with("Flow") => Prediction::Flow,
            Some("v_prediction") => Prediction::V,
            Some("sample") => Prediction::Sample,
            _ => Prediction::Epsilon,
        }
    }

    fn settings(&self) -> SampleConfig {
        let sampler = match self.scheduler.as_str() {
            "DDPMScheduler" => SamplerKind::Ddpm,
            "DDIMScheduler" => SamplerKind::Ddim,
            "DDIMInverseScheduler" => SamplerKind::DdimInversion,
            "DPMSolverMultistepScheduler" => SamplerKind::DpmSolverPp2M,
            "UniPCMultistepScheduler" => SamplerKind::UniPc,
            "EulerDiscreteScheduler" | "FlowMatchEulerDiscreteScheduler" => SamplerKind::Euler,
            other => panic!("{other}"),
        };
        let has_ode_spacing = !matches!(
            sampler,
            SamplerKind::Ddpm | SamplerKind::Ddim | SamplerKind::DdimInversion
        );
        SampleConfig {
            sampler,
            steps: self.steps,
            eta: self.eta,
            spacing: match self.config.timestep_spacing.as_deref() {
                Some("trailing") => Spacing::Trailing,
                Some("linspace") => Spacing::Linspace,
                None if has_ode_spacing => Spacing::Linspace,
                _ => Spacing::Leading,
            },
            steps_offset: self.config.steps_offset,
            set_alpha_to_one: self.config.set_alpha_to_one.unwrap_or(true),
            use_karras_sigmas: self.config.use_karras_sigmas,
            shift: self.config.shift.unwrap_or(1.0),
            variance: match self.config.variance_type.as_deref() {
                Some("fixed_large") => Variance::FixedLarge,
                _ => Variance::FixedSmall,
            },
            clip_sample: self.config.clip_sample,
            ..Default::default()
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

    /// Runs a step function with the reference's own noises.
    fn replay(
        &self,
        plan: &[Transition],
        step: impl Fn(Tensor<4>, Estimates, Option<Tensor<4>>, &Transition) -> Tensor<4>,
    ) {
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
            x = step(x, estimates, noise, transition);
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
        case.replay(&case.plan(), |_, Estimates { x0_hat, eps_hat }, noise, step| {
            ddim::step(x0_hat, eps_hat, case.eta, noise, step.from, step.to)
        });
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
    case.replay(&plan, |_, Estimates { x0_hat, eps_hat }, noise, step| {
        ddim::step(x0_hat, eps_hat, 0.0, noise, step.from, step.to)
    });
}

#[test]
fn ddpm() {
    for name in ["ddpm_fixed_small", "ddpm_fixed_large_v"] {
        let case = Case::named(name);
        let variance = case.settings().variance;
        case.replay(
            &case.plan(),
            |x_t, Estimates { x0_hat, .. }, noise, Transition { from, to, .. }| {
                let noise = noise.filter(|_| to.sigma > 0.0);
                let noise = noise.map(|noise| variance.scale_noise(noise, None, *from, *to));
                ddpm::step(x_t, x0_hat, noise, *from, *to)
            },
        );
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
