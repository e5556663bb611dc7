//! Ways between noises, there and back, and chance, where the outcome is known exactly.

use burn::tensor::{Device, Tensor};

use super::distance;
use super::toy::{GaussianToy, SPREAD, Toy, config, shape, values};
use crate::prediction::Prediction;
use crate::rng::{Rng, Stream};
use crate::sampler::{
    NoiseFigures, SampleConfig, SamplerKind, lengths, lerp, slerp, spread, start_noise, way,
};

const DDIM: SamplerKind = SamplerKind::Ddim;

/// One image's noise.
fn noise(seed: u64) -> Tensor<4> {
    start_noise(seed, [1, 1, 32, 32], &Device::flex())
}

fn numbers(x: Tensor<1>) -> Vec<f32> {
    x.into_data().try_to_vec().unwrap()
}

fn sample(toy: &GaussianToy, config: &SampleConfig, start: Tensor<4>) -> Tensor<4> {
    let mut trajectory = toy.trajectory(config).with_start(start).unwrap();
    toy.finish(&mut trajectory);
    trajectory.x_t()
}

#[test]
fn the_arc_keeps_the_noise_strong_and_the_chord_does_not() {
    let (a, b) = (noise(1), noise(2));
    let of = |between| numbers(lengths(way(a.clone(), b.clone(), 9, between)));
    let ends = numbers(lengths(Tensor::cat(vec![a.clone(), b.clone()], 0)));
    for lengths in [of(slerp), of(lerp)] {
        assert!(distance(&[lengths[0], lengths[8]], &ends) < 1e-5);
    }
    assert!(of(slerp).iter().all(|length| (length - 1.0).abs() < 0.05));
    let product = values((a.clone() * b.clone()).mean().reshape([1, 1, 1, 1]))[0];
    for (i, length) in of(lerp).into_iter().enumerate() {
        let w = i as f32 / 8.0;
        let expected =
            ((1.0 - w).powi(2) * ends[0].powi(2) + w * w * ends[1].powi(2) + 2.0 * w * (1.0 - w) * product)
                .sqrt();
        assert!((length - expected).abs() < 1e-4, "{w}: {length}, not {expected}");
    }
    assert!((of(lerp)[4] - 0.5_f32.sqrt()).abs() < 0.05);
    assert_eq!(way(a.clone(), b, 1, slerp).dims(), [1, 1, 32, 32]);
}

#[test]
fn samples_between_two_noises_lie_between_the_samples() {
    let toy = GaussianToy::new(Prediction::V);
    let noise = |seed| start_noise(seed, shape(1), &Device::flex());
    let config = |count| SampleConfig {
        sampler: DDIM,
        count,
        ..config()
    };
    // For normal data DDIM multiplies x_T by a number, and so it commutes with both interpolations.
    for between in [slerp, lerp] {
        let start = way(noise(1), noise(2), 5, between);
        let ends = [1, 2].map(|seed| sample(&toy, &config(1), noise(seed)));
        let [a, b] = ends;
        let samples = values(sample(&toy, &config(5), start));
        assert!(distance(&samples, &values(way(a, b, 5, between))) < 1e-4);
    }
}

#[test]
fn the_way_to_noise_and_back_misses_less_with_more_steps() {
    let toy = GaussianToy::new(Prediction::V);
    let image = start_noise(9, shape(1), &Device::flex()) * SPREAD;
    let error = |steps| {
        let up = SampleConfig {
            sampler: SamplerKind::DdimInversion,
            steps,
            ..config()
        };
        let down = SampleConfig {
            sampler: DDIM,
            ..up.clone()
        };
        let back = sample(&toy, &down, sample(&toy, &up, image.clone()));
        numbers(lengths(back - image.clone()))[0]
    };
    let errors = [5, 10, 20, 40, 200].map(error);
    // A method of first order.
    assert!(
        errors.windows(2).all(|pair| pair[1] < 0.7 * pair[0]),
        "{errors:?}"
    );
    assert!(errors[4] < 0.03 * SPREAD as f32, "{errors:?}");
}

/// For normal data both the mean and the variance of x_0 given x_T are known.
#[test]
fn chance_on_the_way_spreads_samples_as_the_posterior_says() {
    let toy = GaussianToy::new(Prediction::Epsilon);
    let x_t = start_noise(4, shape(1), &Device::flex());
    let count = 256;
    let samples = |eta| {
        let config = SampleConfig {
            sampler: DDIM,
            steps: 200,
            eta,
            count,
            ..config()
        };
        spread(sample(&toy, &config, x_t.clone().repeat_dim(0, count)))
    };
    let [_, deviation] = samples(0.0);
    assert!(values(deviation).iter().all(|deviation| *deviation < 1e-5));

    let level = toy.schedule.level(toy.schedule.len() - 1);
    let variance = (level.alpha * SPREAD).powi(2) + level.sigma.powi(2);
    let expected = SPREAD * level.sigma / variance.sqrt();
    let [mean, deviation] = samples(1.0);
    let posterior = values(x_t.clone() * (level.alpha * SPREAD * SPREAD / variance));
    // Four standard errors of a mean of so many.
    let allowed = 4.0 * SPREAD as f32 / (count as f32).sqrt();
    assert!(distance(&values(mean), &posterior) < allowed);
    let deviations = values(deviation);
    let overall = deviations.iter().sum::<f32>() / deviations.len() as f32;
    assert!(
        (overall - expected as f32).abs() < 0.02,
        "{overall}, not {expected}"
    );
}

#[test]
fn spread_is_of_the_batch_pixel_by_pixel() {
    let x = Tensor::<1>::from_floats([1.0, 5.0, 3.0, 5.0, 8.0, 5.0], &Device::flex()).reshape([3, 1, 1, 2]);
    let [mean, deviation] = spread(x.clone());
    assert!(distance(&values(mean), &[4.0, 5.0]) < 1e-6);
    assert!(distance(&values(deviation), &[13.0_f32.sqrt(), 0.0]) < 1e-6);
    let [_, of_one] = spread(x.narrow(0, 0, 1));
    assert_eq!(values(of_one), [0.0, 0.0]);
}

#[test]
fn figures_tell_noise_from_what_is_not() {
    let values = Rng::new(3, Stream::Data, 0).normals(2 * 64 * 64);
    let of_noise = NoiseFigures::new(&values, [64, 64]);
    assert!(of_noise.mean.abs() < 0.04 && (of_noise.standard_deviation - 1.0).abs() < 0.04);
    assert!(of_noise.neighbour_correlation.abs() < 0.03);

    let board: Vec<f32> = (0..64)
        .map(|i| if (i / 8 + i % 8) % 2 == 0 { 2.0 } else { -2.0 })
        .collect();
    let expected = NoiseFigures {
        mean: 0.0,
        standard_deviation: 2.0,
        neighbour_correlation: -1.0,
    };
    assert_eq!(NoiseFigures::new(&board, [8, 8]), expected);
    let stripes: Vec<f32> = (0..64).map(|i| if i % 8 < 4 { 1.0 } else { -1.0 }).collect();
    // Of 56 pairs side by side 8 differ; all 56 above each other are the same.
    let correlation = NoiseFigures::new(&stripes, [8, 8]).neighbour_correlation;
    assert!((correlation - 96.0 / 112.0).abs() < 1e-12);
    assert_eq!(NoiseFigures::new(&[0.5; 4], [2, 2]).neighbour_correlation, 0.0);
}
