//! Steering a trajectory, comparing several, and what is refused.

use super::distance;
use super::toy::{GaussianToy, Toy, config, values};
use crate::prediction::Prediction;
use crate::sampler::{Lockstep, SampleConfig, SamplerKind, Trajectory, ddpm::Variance};
use crate::schedule::{Schedule, ScheduleConfig, Spacing};
use burn::tensor::{Device, Int, Tensor};

#[test]
fn an_image_does_not_depend_on_how_many_are_drawn() {
    let toy = GaussianToy::new(Prediction::Epsilon);
    let draw = |count| {
        let mut trajectory = toy.trajectory(&SampleConfig { count, ..config() });
        toy.finish(&mut trajectory);
        values(trajectory.x_t())
    };
    let (one, three) = (draw(1), draw(3));
    assert_eq!(one, three[..one.len()]);
    assert_ne!(one, three[one.len()..2 * one.len()]);
}

#[test]
fn a_step_taken_back_and_taken_again_is_the_same() {
    for sampler in [SamplerKind::Ddpm, SamplerKind::DpmSolverPp2M, SamplerKind::UniPc] {
        let toy = GaussianToy::new(Prediction::Epsilon);
        let mut trajectory = toy.trajectory(&SampleConfig { sampler, ..config() });
        let start = values(trajectory.x_t());
        for _ in 0..5 {
            trajectory.step(&toy);
        }
        let fifth = values(trajectory.x_t());
        assert!(trajectory.back() && trajectory.back());
        assert_eq!(trajectory.taken(), 3);
        let frame = trajectory.step(&toy).unwrap();
        assert_eq!((frame.step, frame.steps), (4, 10));
        trajectory.step(&toy);
        assert_eq!(values(trajectory.x_t()), fifth);
        assert_eq!(trajectory.model_calls(), 7);
        while trajectory.back() {}
        assert_eq!((trajectory.taken(), values(trajectory.x_t())), (0, start));
    }
}

#[test]
fn going_on_with_the_same_settings_changes_nothing() {
    let toy = GaussianToy::new(Prediction::Epsilon);
    let config = config();
    let (mut a, mut b) = (toy.trajectory(&config), toy.trajectory(&config));
    b.step(&toy);
    b.reconfigure(&config).unwrap();
    let other = SampleConfig {
        steps: 20,
        ..config.clone()
    };
    b.reconfigure(&other).unwrap();
    b.reconfigure(&config).unwrap();
    assert_eq!(a.plan(), b.plan());
    toy.finish(&mut a);
    toy.finish(&mut b);
    assert_eq!(values(a.x_t()), values(b.x_t()));
}

#[test]
fn the_steps_to_come_can_change_midway() {
    let toy = GaussianToy::new(Prediction::Epsilon);
    let mut trajectory = toy.trajectory(&config());
    for _ in 0..4 {
        trajectory.step(&toy);
    }
    let present = trajectory.plan()[4].from;
    let finer = SampleConfig {
        sampler: SamplerKind::Ddim,
        steps: 100,
        eta: 0.3,
        ..config()
    };
    trajectory.reconfigure(&finer).unwrap();
    assert_eq!(trajectory.plan()[4].from, present);
    assert_eq!(trajectory.plan().len(), 4 + 60);
    for pair in trajectory.plan().windows(2) {
        assert_eq!((pair[0].to, pair[0].t_next), (pair[1].from, pair[1].t));
    }
    toy.finish(&mut trajectory);
    assert_eq!(trajectory.model_calls(), 64);

    let mut short = toy.trajectory(&config());
    for _ in 0..9 {
        short.step(&toy);
    }
    short.reconfigure(&SampleConfig { steps: 2, ..config() }).unwrap();
    assert_eq!(short.plan().len(), 10);
    assert_eq!(short.plan()[9].to, crate::schedule::Level::CLEAN);
}

#[test]
fn samplers_in_lockstep_share_their_start() {
    let toy = GaussianToy::new(Prediction::Epsilon);
    let with = |sampler, steps, seed| SampleConfig {
        sampler,
        steps,
        seed,
        ..config()
    };
    let configs = [
        with(SamplerKind::Ddpm, 10, 1),
        with(SamplerKind::Heun, 4, 2),
        with(SamplerKind::Ddim, 4, 3),
    ];
    let shape = super::toy::shape(1);
    let device = Device::flex();
    let mut lockstep =
        Lockstep::new(&configs, &toy.schedule, Prediction::Epsilon, shape, None, &device).unwrap();
    let starts: Vec<_> = lockstep
        .trajectories()
        .iter()
        .map(|trajectory| values(trajectory.x_t()))
        .collect();
    assert!(starts[0] == starts[1] && starts[1] == starts[2]);
    let mut rounds = 0;
    while let Some(frames) = lockstep.step(|_| &toy) {
        assert_eq!(frames[1].is_some(), rounds < 4);
        rounds += 1;
    }
    let calls: Vec<_> = lockstep
        .trajectories()
        .iter()
        .map(Trajectory::model_calls)
        .collect();
    assert_eq!((rounds, calls), (10, vec![10, 7, 4]));
    assert!(Lockstep::new(&[], &toy.schedule, Prediction::Epsilon, shape, None, &device).is_err());
}

/// The same digits, learned perfectly by a network that predicts noise and by one that predicts a flow: what the ODE
/// leads to does not depend on how noise and image are mixed on the way, but for what little signal x_T should have.
#[test]
fn another_network_goes_its_own_way_from_one_start_to_one_end() {
    let toys = [Prediction::Epsilon, Prediction::Flow].map(GaussianToy::new);
    let [noise, flow] = &toys;
    let euler = SampleConfig {
        sampler: SamplerKind::Euler,
        steps: 100,
        ..config()
    };
    let device = Device::flex();
    let (configs, shape) = ([euler.clone()], super::toy::shape(1));
    let new = || Lockstep::new(&configs, &noise.schedule, noise.prediction, shape, None, &device).unwrap();
    let other = |count| {
        flow.trajectory(&SampleConfig {
            seed: 9,
            count,
            ..euler.clone()
        })
    };
    let mut lockstep = new().beside(other(1)).unwrap();
    let mut apart = Vec::new();
    while let Some(frames) = lockstep.step(|row| &toys[row]) {
        let [a, b] = [0, 1].map(|row| values(frames[row].clone().unwrap().x_t));
        apart.push(distance(&a, &b));
    }
    let [a, b] = [0, 1].map(|row| values(lockstep.trajectories()[row].x_t()));
    let end = distance(&a, &b);
    assert_eq!(apart[0], 0.0);
    assert!(
        apart[50] > 0.5 && end < 0.05,
        "{} midway, {end} at the end",
        apart[50]
    );
    assert!(new().beside(other(2)).is_err());
}

/// Answers with its label as x0_hat.
fn tells_label(x_t: Tensor<4>, _: Tensor<1>, labels: Option<Tensor<1, Int>>) -> Tensor<4> {
    x_t.zeros_like() + labels.expect("labels").float().reshape([-1, 1, 1, 1])
}

#[test]
fn classes_and_guidance_reach_the_network_and_can_change() {
    let schedule = GaussianToy::new(Prediction::Sample).schedule;
    let device = Device::flex();
    let new = |class, guidance_scale| {
        let config = SampleConfig {
            class,
            guidance_scale,
            count: 2,
            ..config()
        };
        Trajectory::new(
            &config,
            &schedule,
            Prediction::Sample,
            [2, 1, 1, 1],
            Some(10),
            &device,
        )
    };
    let image = |trajectory: &mut Trajectory| values(trajectory.step(&tells_label).unwrap().x0_hat);
    assert_eq!(image(&mut new(None, 4.0).unwrap()), [10.0, 10.0]);
    let mut trajectory = new(Some(3), 1.0).unwrap();
    assert_eq!(image(&mut trajectory), [3.0, 3.0]);
    let guided = SampleConfig {
        class: Some(4),
        guidance_scale: 2.0,
        ..trajectory.config().clone()
    };
    trajectory.reconfigure(&guided).unwrap();
    assert_eq!(image(&mut trajectory), [-2.0, -2.0]);
    assert_eq!(
        image(&mut new(None, 1.0).unwrap().with_labels(&[7, 2]).unwrap()),
        [7.0, 2.0]
    );

    assert_eq!(new(Some(11), 1.0).err().unwrap().field, "class");
    assert_eq!(
        new(None, 1.0).unwrap().with_labels(&[1]).err().unwrap().field,
        "labels"
    );
    assert_eq!(
        new(None, 1.0).unwrap().with_labels(&[1, 12]).err().unwrap().field,
        "labels"
    );
}

#[test]
fn a_learned_variance_widens_the_step() {
    let schedule = GaussianToy::new(Prediction::Sample).schedule;
    let spread = |v: f64, variance| {
        let network = move |x_t: Tensor<4>, _: Tensor<1>, _: Option<Tensor<1, Int>>| {
            Tensor::cat(vec![x_t.zeros_like(), x_t.full_like(v)], 1)
        };
        let config = SampleConfig {
            variance,
            spacing: Spacing::Linspace,
            steps: 2,
            ..config()
        };
        let mut trajectory = Trajectory::new(
            &config,
            &schedule,
            Prediction::Sample,
            [1, 1, 1, 1],
            None,
            &Device::flex(),
        )
        .unwrap();
        trajectory.step(&network);
        values(trajectory.x_t())
    };
    let close = |a: Vec<f32>, b: Vec<f32>| (a[0] - b[0]).abs() < 1e-5;
    assert!(close(
        spread(-1.0, Variance::LearnedRange),
        spread(0.0, Variance::FixedSmall)
    ));
    assert!(close(
        spread(1.0, Variance::LearnedRange),
        spread(0.0, Variance::FixedLarge)
    ));
}

#[test]
fn bad_settings_name_their_field() {
    let refused = |change: fn(&mut SampleConfig)| {
        let mut config = config();
        change(&mut config);
        config.validate(200).unwrap_err().field
    };
    assert_eq!(refused(|c| c.steps = 0), "steps");
    assert_eq!(refused(|c| c.steps = 201), "steps");
    assert_eq!(refused(|c| c.eta = -0.1), "eta");
    assert_eq!(refused(|c| c.eta = f64::NAN), "eta");
    assert_eq!(refused(|c| c.guidance_scale = f64::NAN), "guidance_scale");
    assert_eq!(refused(|c| c.guidance_scale = -1.0), "guidance_scale");
    assert_eq!(refused(|c| c.guidance_rescale = 1.5), "guidance_rescale");
    assert_eq!(refused(|c| c.count = 0), "count");
    assert_eq!(refused(|c| c.shift = 0.0), "shift");
    assert_eq!(
        refused(|c| c.dynamic_threshold = Some(f64::NAN)),
        "dynamic_threshold"
    );
    assert!(config().validate(200).is_ok());
}

#[test]
fn what_can_not_work_is_refused_before_the_first_step() {
    let toy = GaussianToy::new(Prediction::Epsilon);
    let new = |config: &SampleConfig, schedule: &Schedule, prediction, count, null| {
        Trajectory::new(
            config,
            schedule,
            prediction,
            [count, 1, 8, 8],
            null,
            &Device::flex(),
        )
        .err()
        .map(|e| e.field)
    };
    let dark = ScheduleConfig {
        rescale_zero_terminal_snr: true,
        ..Default::default()
    };
    let dark = Schedule::new(&dark).unwrap();
    let inversion = SampleConfig {
        sampler: SamplerKind::DdimInversion,
        ..config()
    };
    let with_class = SampleConfig {
        class: Some(3),
        ..config()
    };
    assert_eq!(
        new(&config(), &dark, Prediction::Epsilon, 1, None),
        Some("prediction")
    );
    assert_eq!(new(&config(), &dark, Prediction::V, 1, None), None);
    assert_eq!(
        new(&inversion, &toy.schedule, Prediction::Sample, 1, None),
        Some("prediction")
    );
    assert_eq!(
        new(&with_class, &toy.schedule, Prediction::V, 1, None),
        Some("class")
    );
    assert_eq!(
        new(&config(), &toy.schedule, Prediction::V, 2, None),
        Some("count")
    );

    let mut under_way = toy.trajectory(&config());
    under_way.step(&toy);
    let refused = |trajectory: &mut Trajectory, config| trajectory.reconfigure(&config).unwrap_err().field;
    assert_eq!(
        refused(&mut under_way, SampleConfig { seed: 9, ..config() }),
        "seed"
    );
    assert_eq!(
        refused(&mut under_way, SampleConfig { count: 2, ..config() }),
        "count"
    );
    assert_eq!(refused(&mut under_way, inversion), "sampler");
    assert_eq!(refused(&mut under_way, with_class), "class");
    let x = under_way.x_t();
    assert_eq!(under_way.with_start(x).err().unwrap().field, "x");
}

#[test]
fn settings_are_camel_case_with_defaults() {
    let json = r#"{"sampler": "dpmSolverPp2M", "guidanceScale": 3.5, "class": 7, "useKarrasSigmas": true}"#;
    let config: SampleConfig = serde_json::from_str(json).unwrap();
    let sampler = SamplerKind::DpmSolverPp2M;
    let expected = SampleConfig {
        sampler,
        guidance_scale: 3.5,
        class: Some(7),
        use_karras_sigmas: true,
        ..Default::default()
    };
    assert_eq!(config, expected);
}

#[test]
fn every_trajectory_in_lockstep_draws_the_same_classes() {
    let schedule = GaussianToy::new(Prediction::Sample).schedule;
    let device = Device::flex();
    let configs = [1.0, 4.0].map(|guidance_scale| SampleConfig {
        guidance_scale,
        clip_sample: false,
        count: 3,
        ..config()
    });
    let shape = [3, 1, 1, 1];
    let new = || Lockstep::new(&configs, &schedule, Prediction::Sample, shape, Some(10), &device).unwrap();
    let mut lockstep = new().with_labels(&[0, 7, 3]).unwrap();
    let frames = lockstep.step(|_| &tells_label).unwrap();
    let guesses: Vec<_> = frames
        .into_iter()
        .map(|frame| values(frame.unwrap().x0_hat))
        .collect();
    assert_eq!(guesses[0], [0.0, 7.0, 3.0]);
    // 10 + 4 (label - 10)
    assert_eq!(guesses[1], [-30.0, -2.0, -18.0]);
    assert!(new().with_labels(&[0, 7]).is_err());
}
