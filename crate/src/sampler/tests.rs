//! What every sampler must do, on data whose perfect denoiser is known.

mod conditioning;
mod settings;
mod steering;
mod toy;

use self::toy::{GaussianToy, SPREAD, Toy, values};
use super::*;
use crate::prediction::Prediction;
use crate::schedule::{Schedule, ScheduleConfig, Spacing};

const DETERMINISTIC: [SamplerKind; 5] = [
    SamplerKind::Ddim,
    SamplerKind::DpmSolverPp2M,
    SamplerKind::UniPc,
    SamplerKind::Euler,
    SamplerKind::Heun,
];

fn distance(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// Largest distance from the ODE's exact end, where each pixel keeps its place among all that could have come.
fn ode_error(sampler: SamplerKind, steps: usize, prediction: Prediction, use_karras_sigmas: bool) -> f32 {
    let toy = GaussianToy::new(prediction);
    let config = SampleConfig {
        sampler,
        steps,
        use_karras_sigmas,
        ..toy::config()
    };
    let mut trajectory = toy.trajectory(&config);
    let start = trajectory.plan()[0].from;
    let scale = SPREAD / (start.alpha.powi(2) * SPREAD * SPREAD + start.sigma.powi(2)).sqrt();
    let exact = values(trajectory.x_t() * scale);
    toy.finish(&mut trajectory);
    distance(&values(trajectory.x_t()), &exact)
}

#[test]
fn deterministic_samplers_solve_the_ode() {
    for sampler in DETERMINISTIC {
        let first_order = matches!(sampler, SamplerKind::Ddim | SamplerKind::Euler);
        // With four times the steps, at least: an error of a third in first order, of a sixth in second.
        let (least_error, gain) = if first_order { (0.04, 3.0) } else { (0.004, 6.0) };
        for (prediction, karras) in [
            (Prediction::V, false),
            (Prediction::Epsilon, true),
            (Prediction::Flow, false),
        ] {
            let error = |steps| ode_error(sampler, steps, prediction, karras);
            let (few, many) = (error(25), error(100));
            assert!(
                many < least_error && many * gain < few,
                "{sampler:?} {prediction:?}: {few} with 25 steps, {many} with 100"
            );
        }
    }
}

#[test]
fn stochastic_samplers_draw_from_the_data() {
    for (sampler, variance) in [
        (SamplerKind::Ddpm, ddpm::Variance::FixedSmall),
        (SamplerKind::Ddpm, ddpm::Variance::FixedLarge),
        (SamplerKind::Ddim, ddpm::Variance::FixedSmall),
    ] {
        let toy = GaussianToy::new(Prediction::Epsilon);
        let config = SampleConfig {
            sampler,
            variance,
            steps: 200,
            eta: 0.5,
            count: 8,
            ..toy::config()
        };
        let mut trajectory = toy.trajectory(&config);
        toy.finish(&mut trajectory);
        let pixels = values(trajectory.x_t());
        let n = pixels.len() as f32;
        let mean = pixels.iter().sum::<f32>() / n;
        let spread = (pixels.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / n).sqrt();
        assert!(
            mean.abs() < 0.04 && (spread - SPREAD as f32).abs() < 0.04,
            "{sampler:?}: {mean} +- {spread}"
        );
    }
}

#[test]
fn ddim_with_eta_1_on_all_steps_is_ddpm() {
    let toy = GaussianToy::new(Prediction::Epsilon);
    for clip_sample in [false, true] {
        // DDPM's mean is made of the clipped image and x_t, which is DDIM's with the noise that fits them.
        let ddpm = SampleConfig {
            steps: 200,
            clip_sample,
            use_clipped_model_output: true,
            ..toy::config()
        };
        let ddim = SampleConfig {
            sampler: SamplerKind::Ddim,
            eta: 1.0,
            ..ddpm.clone()
        };
        let (mut ddpm, mut ddim) = (toy.trajectory(&ddpm), toy.trajectory(&ddim));
        while let (Some(a), Some(b)) = (ddpm.step(&toy), ddim.step(&toy)) {
            assert_eq!(a.t, b.t);
            assert!(distance(&values(a.x_t), &values(b.x_t)) < 1e-3, "at {}", a.t);
        }
        assert!(ddpm.is_done() && ddim.is_done());
    }
}

/// Stated error: 5 % of the data's spread with 200 steps, at any pixel.
#[test]
fn inversion_and_sampling_return_the_image() {
    let toy = GaussianToy::new(Prediction::Epsilon);
    let inversion = SampleConfig {
        sampler: SamplerKind::DdimInversion,
        steps: 200,
        ..toy::config()
    };
    let sampling = SampleConfig {
        sampler: SamplerKind::Ddim,
        ..inversion.clone()
    };
    let image = toy
        .trajectory(&SampleConfig {
            seed: 5,
            ..sampling.clone()
        })
        .x_t()
        * SPREAD;
    let mut up = toy.trajectory(&inversion).with_start(image.clone()).unwrap();
    toy.finish(&mut up);
    let spread = values(up.x_t().square().mean().reshape([1, 1, 1, 1]))[0].sqrt();
    assert!(
        (spread - 1.0).abs() < 0.2,
        "inversion ends in noise of spread {spread}"
    );
    let mut down = toy.trajectory(&sampling).with_start(up.x_t()).unwrap();
    toy.finish(&mut down);
    let error = distance(&values(down.x_t()), &values(image));
    assert!(error < 0.05 * SPREAD as f32, "{error}");
}

#[test]
fn every_combination_stays_finite() {
    let spacings = [Spacing::Leading, Spacing::Trailing, Spacing::Linspace];
    let kinds = [SamplerKind::Ddpm, SamplerKind::DdimInversion]
        .into_iter()
        .chain(DETERMINISTIC);
    for sampler in kinds {
        for (steps, spacing) in [1, 2, 3, 9]
            .into_iter()
            .flat_map(|n| spacings.map(|spacing| (n, spacing)))
        {
            for prediction in [Prediction::Epsilon, Prediction::V, Prediction::Flow] {
                let toy = GaussianToy::new(prediction);
                let config = SampleConfig {
                    sampler,
                    steps,
                    spacing,
                    ..toy::config()
                };
                let mut trajectory = toy.trajectory(&config);
                toy.finish(&mut trajectory);
                let finite = values(trajectory.x_t()).iter().all(|x| x.is_finite());
                assert!(finite, "{sampler:?} {prediction:?} {steps} {spacing:?}");
            }
        }
    }
}

#[test]
fn zero_terminal_snr_starts_from_pure_noise() {
    let schedule = ScheduleConfig {
        rescale_zero_terminal_snr: true,
        ..toy::schedule()
    };
    let schedule = Schedule::new(&schedule).unwrap();
    for sampler in DETERMINISTIC.into_iter().chain([SamplerKind::Ddpm]) {
        for karras in [false, true] {
            let toy = GaussianToy {
                schedule: schedule.clone(),
                ..GaussianToy::new(Prediction::V)
            };
            let config = SampleConfig {
                sampler,
                steps: 40,
                use_karras_sigmas: karras,
                ..toy::config()
            };
            let mut trajectory = toy.trajectory(&config);
            toy.finish(&mut trajectory);
            assert!(
                values(trajectory.x_t()).iter().all(|x| x.abs() < 4.0),
                "{sampler:?} karras {karras}"
            );
        }
    }
}

#[test]
fn calls_of_the_network_are_counted() {
    let toy = GaussianToy::new(Prediction::Epsilon);
    let calls = |sampler| {
        let mut trajectory = toy.trajectory(&SampleConfig {
            sampler,
            steps: 7,
            ..toy::config()
        });
        toy.finish(&mut trajectory);
        trajectory.model_calls()
    };
    assert_eq!(calls(SamplerKind::UniPc), 7);
    assert_eq!(calls(SamplerKind::Heun), 13);
}
