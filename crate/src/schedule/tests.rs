use proptest::prelude::*;

use super::*;

fn of_kind(kind: ScheduleKind) -> Schedule {
    Schedule::new(&ScheduleConfig {
        kind,
        ..Default::default()
    })
    .unwrap()
}

fn any_config() -> impl Strategy<Value = ScheduleConfig> {
    let kinds = [
        ScheduleKind::Linear,
        ScheduleKind::ScaledLinear,
        ScheduleKind::Cosine,
        ScheduleKind::Sigmoid,
    ];
    (
        prop::sample::select(kinds.to_vec()),
        2usize..1200,
        1e-5..0.01,
        1.0..50.0,
        any::<bool>(),
    )
        .prop_map(
            |(kind, num_train_timesteps, beta_start, growth, rescale_zero_terminal_snr)| ScheduleConfig {
                kind,
                num_train_timesteps,
                beta_start,
                beta_end: beta_start * growth,
                rescale_zero_terminal_snr,
            },
        )
}

proptest! {
    #[test]
    fn noise_only_grows(config in any_config()) {
        let schedule = Schedule::new(&config).unwrap();
        prop_assert_eq!(schedule.len(), config.num_train_timesteps);
        let last = schedule.len() - 1;
        for t in 0..schedule.len() {
            let beta = schedule.betas[t];
            let may_end_at_1 = config.rescale_zero_terminal_snr && t == last;
            prop_assert!(beta > 0.0 && (beta < 1.0 || may_end_at_1), "beta_{} = {}", t, beta);
            if t > 0 {
                prop_assert!(schedule.alpha_bar(t) < schedule.alpha_bar(t - 1));
                prop_assert!(schedule.snr(t) < schedule.snr(t - 1));
            }
        }
        if config.rescale_zero_terminal_snr {
            prop_assert_eq!(schedule.alpha_bar(last), 0.0);
            let plain = Schedule::new(&ScheduleConfig { rescale_zero_terminal_snr: false, ..config }).unwrap();
            prop_assert!((schedule.alpha_bar(0) - plain.alpha_bar(0)).abs() < 1e-12);
        }
    }

    #[test]
    fn spacings_descend_within_the_schedule(count in 1usize..1500, share in 0.0..1.0f64) {
        let steps = 1 + (share * (count - 1) as f64) as usize;
        for spacing in [Spacing::Leading, Spacing::Trailing, Spacing::Linspace] {
            let visited = timesteps(count, steps, spacing, 0).unwrap();
            prop_assert_eq!(visited.len(), steps);
            prop_assert!(visited.is_sorted_by(|a, b| a > b) && visited[0] < count);
        }
    }

    #[test]
    fn a_timestep_is_found_again_by_its_noise(t in 0.0..999.0f64) {
        let schedule = Schedule::new(&ScheduleConfig::default()).unwrap();
        let found = schedule.timestep_of(schedule.noise_ratio_at(t));
        prop_assert!((found - t).abs() < 0.2, "{} for {}", found, t);
        let whole = t.floor();
        prop_assert!((schedule.timestep_of(schedule.noise_ratio_at(whole)) - whole).abs() < 1e-6);
    }
}

#[test]
fn linear_schedule_of_ddpm() {
    let schedule = of_kind(ScheduleKind::Linear);
    assert_eq!((schedule.betas[0], schedule.betas[999]), (1e-4, 0.02));
    assert!((schedule.alpha_bar(999) - 4.0358e-5).abs() < 1e-8);
    assert!((schedule.snr(0) - 9999.0).abs() < 1e-6);
    assert!((schedule.log_snr(500) - schedule.snr(500).ln()).abs() < 1e-12);
    assert_eq!(schedule.level_before(0), Level::CLEAN);
    assert_eq!(schedule.level_before(7), schedule.level(6));
}

#[test]
fn the_cosine_schedule_caps_its_last_beta() {
    let schedule = of_kind(ScheduleKind::Cosine);
    assert_eq!(schedule.betas[999], 0.999);
    assert!((schedule.alpha_bar(499) - 0.4937).abs() < 1e-3);
}

#[test]
fn the_sigmoid_schedule_is_symmetric_about_its_middle() {
    let betas = of_kind(ScheduleKind::Sigmoid).betas;
    for t in 0..500 {
        assert!((betas[t] + betas[999 - t] - 0.0201).abs() < 1e-12);
    }
    assert!((betas[0] - (1e-4 + 0.0199 / (1.0 + 6f64.exp()))).abs() < 1e-15);
}

#[test]
fn given_betas_multiply_up() {
    let schedule = Schedule::from_betas(vec![0.1, 0.2, 0.5]).unwrap();
    assert!((schedule.alpha_bar(2) - 0.9 * 0.8 * 0.5).abs() < 1e-15);
    assert!((schedule.terminal_signal() - 0.6).abs() < 1e-15);
}

#[test]
fn a_schedule_that_keeps_the_image_warns() {
    assert_eq!(of_kind(ScheduleKind::Linear).terminal_signal_warning(), None);
    assert_eq!(of_kind(ScheduleKind::Cosine).terminal_signal_warning(), None);
    let short = ScheduleConfig {
        num_train_timesteps: 100,
        ..Default::default()
    };
    let signal = Schedule::new(&short).unwrap().terminal_signal_warning().unwrap();
    assert!((0.5..0.7).contains(&signal), "{signal}");
    let rescaled = ScheduleConfig {
        rescale_zero_terminal_snr: true,
        ..short
    };
    assert_eq!(Schedule::new(&rescaled).unwrap().terminal_signal_warning(), None);
}

#[test]
fn spacings_of_ten_steps() {
    let ten = |spacing, offset| timesteps(1000, 10, spacing, offset).unwrap();
    assert_eq!(
        ten(Spacing::Leading, 1),
        [901, 801, 701, 601, 501, 401, 301, 201, 101, 1]
    );
    assert_eq!(
        ten(Spacing::Trailing, 0),
        [999, 899, 799, 699, 599, 499, 399, 299, 199, 99]
    );
    assert_eq!(
        ten(Spacing::Linspace, 0),
        [999, 888, 777, 666, 555, 444, 333, 222, 111, 0]
    );
    let solver = solver_timesteps(1000, 10, Spacing::Linspace, 0).unwrap();
    assert_eq!(solver, [999, 899, 799, 699, 599, 500, 400, 300, 200, 100]);
    assert_eq!(
        solver_timesteps(1000, 4, Spacing::Leading, 0).unwrap(),
        [800, 600, 400, 200]
    );
}

#[test]
fn karras_sigmas_bend_towards_low_noise() {
    let sigmas = karras_sigmas(0.002, 80.0, 5, 7.0);
    let expected = [80.0, 17.5278, 2.51521, 0.169753, 0.002];
    for (sigma, expected) in sigmas.iter().zip(expected) {
        assert!((sigma / expected - 1.0).abs() < 1e-4, "{sigmas:?}");
    }
}

#[test]
fn bad_settings_name_their_field() {
    let of = |change: fn(&mut ScheduleConfig)| {
        let mut config = ScheduleConfig::default();
        change(&mut config);
        Schedule::new(&config).unwrap_err()
    };
    assert_eq!(of(|c| c.num_train_timesteps = 0).field, "num_train_timesteps");
    assert_eq!(
        of(|c| c.num_train_timesteps = 1_000_000).field,
        "num_train_timesteps"
    );
    assert_eq!(of(|c| c.beta_start = 0.0).field, "beta_start");
    assert_eq!(of(|c| c.beta_start = f64::NAN).field, "beta_start");
    assert_eq!(of(|c| c.beta_end = 1.0).field, "beta_end");
    assert_eq!(of(|c| c.beta_end = f64::NAN).field, "beta_end");
    assert_eq!(of(|c| c.beta_end = 5e-5).field, "beta_end");
    let one_rescaled = of(|c| (c.num_train_timesteps, c.rescale_zero_terminal_snr) = (1, true));
    assert_eq!(one_rescaled.field, "num_train_timesteps");
    assert_eq!(
        of(|c| c.beta_end = 1.5).to_string(),
        "beta_end is 1.5, but must be at least beta_start (0.0001) and below 1"
    );

    for betas in [vec![], vec![0.1, 1.0], vec![0.1, f64::NAN], vec![-0.1]] {
        assert_eq!(Schedule::from_betas(betas).unwrap_err().field, "betas");
    }
    assert_eq!(
        timesteps(1000, 1001, Spacing::Trailing, 0).unwrap_err().field,
        "steps"
    );
    assert_eq!(
        timesteps(1000, 0, Spacing::Leading, 0).unwrap_err().field,
        "steps"
    );
    assert_eq!(
        timesteps(1000, 1000, Spacing::Leading, 1).unwrap_err().field,
        "steps_offset"
    );
    assert_eq!(
        solver_timesteps(1000, 1000, Spacing::Linspace, 0)
            .unwrap_err()
            .field,
        "steps"
    );
}

#[test]
fn settings_are_camel_case_with_defaults() {
    let config: ScheduleConfig =
        serde_json::from_str(r#"{"kind": "scaledLinear", "betaStart": 0.00085}"#).unwrap();
    assert_eq!(
        config,
        ScheduleConfig {
            kind: ScheduleKind::ScaledLinear,
            beta_start: 0.00085,
            ..Default::default()
        }
    );
}
