//! Improved DDPM's learned range, pixel by pixel.

use burn::tensor::{Device, Tensor};
use diffusion_playground::sampler::ddpm::{Variance, learned_deviation, weights};
use diffusion_playground::schedule::{Schedule, ScheduleConfig};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    t: usize,
    v: Vec<f32>,
    log_variance: Vec<f32>,
}

fn cases() -> Vec<Case> {
    let fixture = include_str!("../../../tests/fixtures/learned_variance.json");
    serde_json::from_str::<Fixture>(fixture).unwrap().cases
}

fn image(values: &[f32]) -> Tensor<4> {
    Tensor::<1>::from_floats(values, &Device::flex()).reshape([1, 3, 4, 4])
}

/// The logarithm of the variance of a step whose noise weighs `noise exp(growth v)`.
fn log_variance(v: &[f32], (noise, growth): (f64, f64)) -> Tensor<4> {
    (image(v) * growth + noise.ln()) * 2.0
}

fn distance(log_variance: Tensor<4>, expected: &[f32]) -> f32 {
    let found = log_variance.into_data().try_to_vec::<f32>().unwrap();
    assert_eq!(found.len(), expected.len());
    found
        .iter()
        .zip(expected)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

/// The reference computes beta_t as `1 - alpha_bar_t / alpha_bar_(t-1)` in single precision, which is off by up to
/// 6e-8 / beta_t. With the ends of the range rounded like that, every pixel agrees to 1e-5.
#[test]
fn agrees_with_the_reference_in_single_precision() {
    let (start, end) = (1e-4_f32, 0.02_f32);
    let stride = (end - start) / 999.0;
    let beta = |i: usize| {
        if i < 500 {
            stride.mul_add(i as f32, start)
        } else {
            (-stride).mul_add((999 - i) as f32, end)
        }
    };
    let alphas_cumprod: Vec<f32> = (0..1000)
        .scan(1.0_f64, |product, i| {
            *product *= f64::from(1.0 - beta(i));
            Some(*product as f32)
        })
        .collect();
    for case in cases() {
        let (noisy, clean) = (alphas_cumprod[case.t], alphas_cumprod[case.t - 1]);
        let added = 1.0 - noisy / clean;
        let posterior = (1.0 - clean) / (1.0 - noisy) * added;
        let range = (posterior.ln().into(), added.ln().into());
        let found = log_variance(&case.v, learned_deviation(range));
        let distance = distance(found, &case.log_variance);
        assert!(distance < 1e-5, "{distance} at {}", case.t);
    }
}

/// The schedule's own range, in double precision, is as near as the reference's rounding lets it be.
#[test]
fn agrees_with_the_reference_within_its_rounding() {
    let schedule = Schedule::new(&ScheduleConfig::default()).unwrap();
    for case in cases() {
        let (noisy, clean) = (schedule.level(case.t), schedule.level_before(case.t));
        let step = weights(Variance::LearnedRange, true, noisy, clean);
        let found = log_variance(&case.v, (step.noise, step.noise_growth));
        let distance = distance(found, &case.log_variance);
        assert!(distance < 1e-4, "{distance} at {}", case.t);
    }
}
