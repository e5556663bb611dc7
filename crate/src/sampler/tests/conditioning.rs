//! Trajectories that begin at an image, keep parts of one, or clip their estimates.

use burn::tensor::{Device, Tensor};

use super::toy::{GaussianToy, Toy, config, shape, values};
use crate::prediction::Prediction;
use crate::rng::{Rng, Stream};
use crate::sampler::{Clipping, SampleConfig, SamplerKind, resampled, slerp, start_noise};

fn image() -> Tensor<4> {
    start_noise(77, shape(1), &Device::flex()) * 0.5
}

#[test]
fn image_to_image_begins_at_the_chosen_timestep() {
    let toy = GaussianToy::new(Prediction::Epsilon);
    let all_steps = SampleConfig {
        steps: 200,
        ..config()
    };
    let mut trajectory = toy.trajectory(&all_steps).with_image(image(), 20.0).unwrap();
    assert_eq!(trajectory.plan().len(), 21);
    let level = toy.schedule.level(20);
    let noise = start_noise(all_steps.seed, shape(1), &Device::flex());
    let expected = values(image() * level.alpha + noise * level.sigma);
    let frame = trajectory.step(&toy).unwrap();
    assert_eq!(frame.t, 20.0);
    assert!(super::distance(&values(frame.x_t), &expected) < 1e-5);
    toy.finish(&mut trajectory);

    let mut further = toy.trajectory(&all_steps).with_image(image(), 150.0).unwrap();
    toy.finish(&mut further);
    let from_image = |x: Tensor<4>| values((x - image()).square().mean().reshape([1, 1, 1, 1]))[0];
    assert!(from_image(trajectory.x_t()) < 0.5 * from_image(further.x_t()));

    let leading_too_low = toy.trajectory(&config()).with_image(image(), 5.0);
    assert_eq!(leading_too_low.err().unwrap().field, "t");
    assert_eq!(
        toy.trajectory(&config())
            .with_image(image(), f64::NAN)
            .err()
            .unwrap()
            .field,
        "t"
    );
}

#[test]
fn inpainting_keeps_what_is_known() {
    let toy = GaussianToy::new(Prediction::Epsilon);
    let mask = Tensor::cat(
        vec![
            Tensor::ones([1, 1, 4, 8], &Device::flex()),
            Tensor::zeros([1, 1, 4, 8], &Device::flex()),
        ],
        2,
    );
    for sampler in [SamplerKind::Ddpm, SamplerKind::DpmSolverPp2M] {
        let config = SampleConfig { sampler, ..config() };
        let mut trajectory = toy
            .trajectory(&config)
            .with_known(image(), mask.clone(), 2, 3)
            .unwrap();
        // Ten levels, jumps of two from levels 0, 2, 4 and 6, twice each.
        assert_eq!(trajectory.plan().len(), 10 + 4 * 2 * 2);
        toy.finish(&mut trajectory);
        assert_eq!(trajectory.model_calls(), 26);
        let (sample, known) = (values(trajectory.x_t()), values(image()));
        assert!(super::distance(&sample[..32], &known[..32]) < 1e-6);
        assert!(super::distance(&sample[32..], &known[32..]) > 0.1);
        assert!(sample.iter().all(|x| x.abs() < 4.0));
    }
    let refused = |jump_length, times| {
        let trajectory = toy.trajectory(&config());
        trajectory
            .with_known(image(), mask.clone(), jump_length, times)
            .err()
            .unwrap()
            .field
    };
    assert_eq!((refused(0, 1), refused(1, 0)), ("jump_length", "jump_n_sample"));
    let foreign = Tensor::zeros([1, 1, 2, 2], &Device::flex());
    assert_eq!(
        toy.trajectory(&config())
            .with_known(image(), foreign, 1, 1)
            .err()
            .unwrap()
            .field,
        "mask"
    );
}

#[test]
fn resampling_goes_back_and_comes_down_again() {
    let toy = GaussianToy::new(Prediction::Epsilon);
    let plan = toy
        .trajectory(&SampleConfig { steps: 5, ..config() })
        .plan()
        .to_vec();
    assert_eq!(resampled(&plan, 2, 1), plan);
    let twice = resampled(&plan, 2, 2);
    let visited: Vec<_> = twice
        .iter()
        .map(|step| plan.iter().position(|p| p.t == step.t).unwrap())
        .collect();
    assert_eq!(visited, [0, 1, 0, 1, 2, 3, 2, 3, 4]);
    assert_eq!(twice[2].rewind_from, Some(plan[2].from));
    assert_eq!(twice.iter().filter(|step| step.rewind_from.is_some()).count(), 2);
}

#[test]
fn clipping_holds_the_image_in_its_range() {
    let x = Rng::new(1, Stream::Data, 0).normal_tensor([2, 1, 32, 32], &Device::flex()) * 3.0;
    let range = values(Clipping::Range.apply(x.clone()));
    assert!(
        range
            .iter()
            .zip(values(x.clone()))
            .all(|(clipped, x)| *clipped == x.clamp(-1.0, 1.0))
    );
    assert_eq!(values(Clipping::None.apply(x.clone())), values(x.clone()));

    let percentile = 0.9;
    let dynamic = values(Clipping::Dynamic(percentile).apply(x.clone()));
    for (image, clipped) in values(x.clone()).chunks(1024).zip(dynamic.chunks(1024)) {
        let mut sorted: Vec<f32> = image.iter().map(|x| x.abs()).collect();
        sorted.sort_by(f32::total_cmp);
        let threshold = sorted[(percentile * 1024.0_f64).ceil() as usize - 1];
        for (x, clipped) in image.iter().zip(clipped) {
            assert!((clipped - (x / threshold).clamp(-1.0, 1.0)).abs() < 1e-4);
        }
    }
    let faint = x * 0.01;
    assert!(
        super::distance(
            &values(Clipping::Dynamic(percentile).apply(faint.clone())),
            &values(faint)
        ) < 1e-6
    );
}

#[test]
fn interpolated_noise_is_as_strong_as_its_ends() {
    let noise = |seed| start_noise(seed, [2, 1, 32, 32], &Device::flex());
    let (a, b) = (noise(1), noise(2));
    assert!(super::distance(&values(slerp(a.clone(), b.clone(), 0.0)), &values(a.clone())) < 1e-5);
    assert!(super::distance(&values(slerp(a.clone(), b.clone(), 1.0)), &values(b.clone())) < 1e-5);
    let half = values(slerp(a.clone(), b, 0.5));
    let variance = half.iter().map(|x| x * x).sum::<f32>() / half.len() as f32;
    assert!((variance - 1.0).abs() < 0.1, "{variance}");
    assert!(super::distance(&values(slerp(a.clone(), a.clone(), 0.3)), &values(a)) < 1e-3);
}
