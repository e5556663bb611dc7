use proptest::prelude::*;

use super::*;
use crate::schedule::{Schedule, ScheduleConfig};

fn image<const N: usize>(values: [f32; N]) -> Tensor<4> {
    Tensor::<1>::from_floats(values, &Device::flex()).reshape([1, 1, 1, N])
}

fn values(x: Tensor<4>) -> Vec<f32> {
    x.into_data().try_to_vec().unwrap()
}

#[test]
fn the_worked_example() {
    let x_t = values(q_sample(image([1.0, 2.0]), image([0.5, -0.3]), &[0.8]));
    for (value, expected) in x_t.iter().zip([1.118, 1.655]) {
        assert!((value - expected).abs() < 5e-4, "{x_t:?}");
    }
}

#[test]
fn every_image_of_a_batch_has_its_own_level() {
    let both = |value: f32| Tensor::<4>::full([2, 1, 1, 1], value, &Device::flex());
    assert_eq!(values(q_sample(both(2.0), both(4.0), &[1.0, 0.0])), [2.0, 4.0]);
    assert_eq!(
        values(mix(both(2.0), both(4.0), &[Level::flow(0.25), Level::flow(0.5)])),
        [2.5, 3.0]
    );
}

#[test]
fn single_steps_add_up_to_the_jump() {
    let schedule = Schedule::new(&ScheduleConfig {
        num_train_timesteps: 40,
        beta_end: 0.2,
        ..Default::default()
    })
    .unwrap();
    let (mut signal, mut variance) = (1.0, 0.0);
    for t in 0..schedule.len() {
        let added = transition_variance(schedule.level(t), schedule.level_before(t));
        assert!((added - schedule.betas[t]).abs() < 1e-12);
        signal *= (1.0 - added).sqrt();
        variance = variance * (1.0 - added) + added;
        let level = schedule.level(t);
        assert!((signal - level.alpha).abs() < 1e-12 && (variance - level.sigma.powi(2)).abs() < 1e-12);
    }
    // The draws agree too: the mean of many is the jump's mean, their spread its spread.
    let n = 20_000;
    let device = Device::flex();
    let mut x = Tensor::<4>::full([1, 1, 1, n], 0.7, &device);
    let mut rng = crate::rng::Rng::new(1, crate::rng::Stream::Noise, 0);
    for t in 0..schedule.len() {
        let eps = rng.normal_tensor([1, 1, 1, n], &device);
        x = q_step(x, eps, schedule.level_before(t), schedule.level(t));
    }
    let x = values(x);
    let mean = x.iter().sum::<f32>() / n as f32;
    let spread = x.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / n as f32;
    let level = schedule.level(39);
    assert!((f64::from(mean) - 0.7 * level.alpha).abs() < 0.02, "{mean}");
    assert!((f64::from(spread) - level.sigma.powi(2)).abs() < 0.03, "{spread}");
}

proptest! {
    /// Both sides of Bayes' rule: marginalising q(x_s | x_t, x_0) over q(x_t | x_0) gives q(x_s | x_0).
    #[test]
    fn the_posterior_is_consistent(a in 1e-4..0.9999f64, share in 1e-3..0.999f64) {
        let (clean, noisy) = (Level::from_alpha_bar(a), Level::from_alpha_bar(a * share));
        let posterior = Posterior::new(noisy, clean);
        let beta = transition_variance(noisy, clean);
        prop_assert!(posterior.variance >= 0.0 && posterior.variance <= beta * (1.0 + 1e-9));
        let mean = posterior.x_0_weight + posterior.x_t_weight * noisy.alpha;
        prop_assert!((mean - clean.alpha).abs() < 1e-9);
        let variance = posterior.variance + (posterior.x_t_weight * noisy.sigma).powi(2);
        prop_assert!((variance - clean.sigma.powi(2)).abs() < 1e-9);
    }

    #[test]
    fn the_posterior_of_rectified_flow_is_consistent(s in 0.0..0.99f64, share in 0.01..1.0f64) {
        let (clean, noisy) = (Level::flow(s), Level::flow(s + (1.0 - s) * share));
        let posterior = Posterior::new(noisy, clean);
        prop_assert!((posterior.x_0_weight + posterior.x_t_weight * noisy.alpha - clean.alpha).abs() < 1e-9);
        let variance = posterior.variance + (posterior.x_t_weight * noisy.sigma).powi(2);
        prop_assert!((variance - clean.sigma.powi(2)).abs() < 1e-9);
    }
}

#[test]
fn the_last_posterior_is_the_image() {
    let posterior = Posterior::new(Level::from_alpha_bar(0.9999), Level::CLEAN);
    assert!((posterior.x_0_weight - 1.0).abs() < 1e-9);
    assert_eq!((posterior.x_t_weight, posterior.variance), (0.0, 0.0));
}
