use burn::tensor::{Device, TensorData};

use super::*;
use crate::schedule::{Level, ScheduleConfig};

/// Standard deviation of the toy's data.
const SPREAD: f64 = 0.5;

fn schedule(num_train_timesteps: usize) -> Schedule {
    Schedule::new(&ScheduleConfig {
        num_train_timesteps,
        beta_end: 0.2,
        ..Default::default()
    })
    .unwrap()
}

fn images(pixels: &[f32]) -> Tensor<4> {
    Tensor::from_data(
        TensorData::new(pixels.to_vec(), [1, 1, 1, pixels.len()]),
        &Device::flex(),
    )
}

fn read(x: Tensor<1>) -> f64 {
    x.into_data().try_to_vec::<f32>().unwrap()[0].into()
}

/// Two points each way: they have the mean and variance of the toy's data and of noise, and so the exact expectation of
/// everything quadratic.
fn quadrature() -> (Tensor<4>, Tensor<4>) {
    let spread = SPREAD as f32;
    (
        images(&[spread, spread, -spread, -spread]),
        images(&[1.0, -1.0, 1.0, -1.0]),
    )
}

/// Variance of the image given `x_t`, and the weight of `x_t` in its mean.
fn given_x_t(level: Level) -> (f64, f64) {
    let variance = (level.alpha * SPREAD).powi(2) + level.sigma.powi(2);
    (
        (SPREAD * level.sigma).powi(2) / variance,
        level.alpha * SPREAD * SPREAD / variance,
    )
}

#[test]
fn the_prior_term_is_the_divergence_of_two_normals() {
    let schedule = schedule(10);
    let bound = Bound {
        schedule: &schedule,
        variance: Variance::FixedSmall,
    };
    let end = schedule.level(9);
    let variance = end.sigma.powi(2);
    for x in [0.0, 0.7] {
        let nats = 0.5 * ((end.alpha * x).powi(2) + variance - 1.0 - variance.ln());
        assert!((read(bound.prior_term(images(&[x as f32]))) - nats / LN_2).abs() < 1e-6);
    }
}

/// With the best estimate of the image and the posterior's variance, E[L_{t-1}] is the image's remaining variance,
/// weighted: half the fall of the SNR from t-1 to t (Kingma et al. 2021, section 4).
#[test]
fn denoising_terms_of_the_toy() {
    let schedule = schedule(50);
    let bound = Bound {
        schedule: &schedule,
        variance: Variance::FixedSmall,
    };
    let (x_0, eps) = quadrature();
    for t in 1..50 {
        let (remaining, weight) = given_x_t(schedule.level(t));
        let best = |x_t: Tensor<4>, _: Tensor<1>, _: Option<Tensor<1, Int>>| x_t * weight;
        let data = (x_0.clone(), eps.clone());
        let term = read(bound.evaluate(&best, Prediction::Sample, Clipping::None, data, None, t));
        let expected = 0.5 * (schedule.snr(t - 1) - schedule.snr(t)) * remaining / LN_2;
        assert!(
            (term - expected).abs() < 1e-3 * expected + 1e-6,
            "{term} for {expected} at {t}"
        );
    }
}

/// With the variance of the true reverse step, which is normal for normal data, the bound is tight: all terms together
/// are the entropy of the data, and L_T is what the end of the chain adds.
#[test]
fn the_bound_of_a_perfect_model_is_the_entropy() {
    let schedule = schedule(100);
    let bound = Bound {
        schedule: &schedule,
        variance: Variance::LearnedRange,
    };
    let (x_0, eps) = quadrature();
    let mut sum = read(bound.prior_term(x_0.clone()));
    for t in 1..100 {
        let (noisy, clean) = (schedule.level(t), schedule.level(t - 1));
        let (remaining, weight) = given_x_t(noisy);
        let posterior = Posterior::new(noisy, clean);
        let variance = posterior.variance + posterior.x_0_weight.powi(2) * remaining;
        let (low, high) = log_variance_range(noisy, clean);
        let v = x_0.full_like(2.0 * (variance.ln() - low) / (high - low) - 1.0);
        let x_t = q_sample(x_0.clone(), eps.clone(), &[schedule.alpha_bar(t)]);
        sum += read(bound.term(x_0.clone(), x_t * weight, Some(v), &[t]));
    }
    // The last step's likelihood, as a density, in place of the likelihood of grey values.
    let (remaining, _) = given_x_t(schedule.level(0));
    let normal_entropy =
        |variance: f64| 0.5 * (std::f64::consts::TAU * std::f64::consts::E * variance).log2();
    sum += normal_entropy(remaining);
    // What the model's prior has too much over the true distribution of x_T.
    let end = schedule.level(99);
    let variance = (end.alpha * SPREAD).powi(2) + end.sigma.powi(2);
    let mismatch = 0.5 * (variance - 1.0 - variance.ln()) / LN_2;
    let expected = normal_entropy(SPREAD * SPREAD) + mismatch;
    assert!((sum - expected).abs() < 2e-3, "{sum} for {expected}");
}

#[test]
fn the_likelihood_of_grey_values_adds_up_to_1() {
    let grey: Vec<f32> = (0..256).map(|value| value as f32 / 127.5 - 1.0).collect();
    let x_0 = images(&grey);
    for (mean, spread) in [(0.1, 0.05), (-0.98, 0.1), (0.0, 0.5)] {
        let log_variance = Tensor::full([1, 1, 1, 1], 2.0 * f64::ln(spread), &Device::flex());
        let nats = negative_log_likelihood(x_0.clone(), x_0.full_like(mean), log_variance);
        let total: f32 = nats
            .into_data()
            .try_to_vec::<f32>()
            .unwrap()
            .iter()
            .map(|nats| (-nats).exp())
            .sum();
        assert!((total - 1.0).abs() < 1e-4, "{total}");
    }
}

#[test]
fn the_reconstruction_term_is_small_where_the_image_is_right() {
    let schedule = Schedule::new(&ScheduleConfig {
        beta_start: 1e-6,
        ..Default::default()
    })
    .unwrap();
    let bound = Bound {
        schedule: &schedule,
        variance: Variance::FixedLarge,
    };
    let x_0 = images(&[-1.0, 1.0 / 255.0, 1.0]);
    assert!(read(bound.term(x_0.clone(), x_0.clone(), None, &[0])) < 1e-3);
    let wrong = read(bound.term(x_0.clone(), x_0 * 0.9, None, &[0]));
    assert!(wrong > 10.0 && wrong.is_finite());
}

#[test]
fn a_batch_holds_any_mixture_of_timesteps() {
    let schedule = schedule(20);
    let bound = Bound {
        schedule: &schedule,
        variance: Variance::FixedSmall,
    };
    let one = |value: f32, t: &[usize]| {
        let x_0 = Tensor::<4>::full([t.len(), 1, 1, 1], value, &Device::flex());
        bound
            .term(x_0.clone(), x_0 * 0.99, None, t)
            .into_data()
            .try_to_vec::<f32>()
            .unwrap()
    };
    let mixed = one(0.5, &[0, 7, 19]);
    for (i, t) in [0, 7, 19].into_iter().enumerate() {
        assert!((mixed[i] - one(0.5, &[t])[0]).abs() < 1e-5 * mixed[i].abs() + 1e-6);
    }
}

#[test]
fn the_hybrid_loss_trains_mean_and_variance_apart() {
    let schedule = schedule(20);
    let bound = Bound {
        schedule: &schedule,
        variance: Variance::LearnedRange,
    };
    let device = Device::flex().autodiff();
    let filled = |value: f64| Tensor::<4>::full([2, 1, 2, 2], value, &device);
    let (x_0, eps, t) = (filled(0.3), filled(-0.8), [0, 7]);
    let x_t = q_sample(x_0.clone(), eps.clone(), &t.map(|t| schedule.alpha_bar(t)));
    let (mean, v) = (filled(-0.5).require_grad(), filled(0.2).require_grad());
    let output = || Tensor::cat(vec![mean.clone(), v.clone()], 1);
    let only_vlb = bound.l_vlb(Prediction::Epsilon, (x_0.clone(), x_t.clone()), output(), &t);
    let gradients = only_vlb.sum().backward();
    let largest = |x: Option<Tensor<4>>| x.map_or(0.0, |x| x.abs().max().into_scalar::<f32>());
    assert_eq!(largest(mean.grad(&gradients)), 0.0);
    assert!(largest(v.grad(&gradients)) > 1e-3);

    let hybrid = bound.l_hybrid(Prediction::Epsilon, [x_0, eps, x_t], output(), &t, 0.0);
    let simple = hybrid.clone().into_data().try_to_vec::<f32>().unwrap();
    assert!(simple.iter().all(|loss| (loss - 0.09).abs() < 1e-6), "{simple:?}");
    let gradients = hybrid.sum().backward();
    assert!(largest(mean.grad(&gradients)) > 1e-3);
    assert_eq!(largest(v.grad(&gradients)), 0.0);
}
