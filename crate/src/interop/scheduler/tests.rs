use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::interop::InteropError;
use crate::sampler::ddpm::Variance;
use crate::sampler::{Clipping, SamplerKind, plan};
use crate::schedule::Schedule;

fn read_value(value: &Value) -> Result<(Scheduler, Vec<String>), InteropError> {
    read(&value.to_string())
}

/// The scheduler and the warnings of a class with some fields.
fn read_class(class: &str, fields: Value) -> Result<(Scheduler, Vec<String>), InteropError> {
    let mut config = fields;
    config["_class_name"] = json!(class);
    config["_diffusers_version"] = json!("0.42.1");
    read_value(&config)
}

#[test]
fn defaults_are_those_of_each_class() {
    let (ddpm, warnings) = read_class("DDPMScheduler", json!({})).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(ddpm.schedule, ScheduleConfig::default());
    assert_eq!(
        (ddpm.sample.sampler, ddpm.sample.steps),
        (SamplerKind::Ddpm, 1000)
    );
    assert_eq!(
        (ddpm.sample.spacing, ddpm.sample.clip_sample),
        (Spacing::Leading, true)
    );
    let (solver, warnings) = read_class("DPMSolverMultistepScheduler", json!({})).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(
        (solver.sample.spacing, solver.sample.clip_sample),
        (Spacing::Linspace, false)
    );
    assert_eq!(solver.sample.steps, 50);
    let (heun, _) = read_class("HeunDiscreteScheduler", json!({})).unwrap();
    assert_eq!(
        (heun.schedule.beta_start, heun.schedule.beta_end),
        (0.00085, 0.012)
    );
    let (flow, warnings) = read_class("FlowMatchEulerDiscreteScheduler", json!({"shift": 3.0})).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!((flow.prediction, flow.sample.shift), (Prediction::Flow, 3.0));
}

/// As `DPMSolverMultistepScheduler().save_pretrained` of diffusers 0.42.1 writes it, bare infinity included.
#[test]
fn a_file_from_python_is_read() {
    let text = r#"{
        "_class_name": "DPMSolverMultistepScheduler", "_diffusers_version": "0.42.1",
        "algorithm_type": "dpmsolver++", "beta_end": 0.02, "beta_schedule": "linear", "beta_start": 0.0001,
        "dynamic_thresholding_ratio": 0.995, "euler_at_final": false, "final_sigmas_type": "zero", "flow_shift": 1.0,
        "lambda_min_clipped": -Infinity, "lower_order_final": true, "num_train_timesteps": 1000,
        "prediction_type": "epsilon", "rescale_betas_zero_snr": false, "sample_max_value": 1.0, "solver_order": 2,
        "solver_type": "midpoint", "steps_offset": 0, "thresholding": false, "time_shift_type": "exponential",
        "timestep_spacing": "linspace", "trained_betas": null, "use_beta_sigmas": false,
        "use_dynamic_shifting": false, "use_exponential_sigmas": false, "use_flow_sigmas": false,
        "use_karras_sigmas": false, "use_lu_lambdas": false, "variance_type": null
    }"#;
    let (scheduler, warnings) = read(text).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(scheduler.sample.sampler, SamplerKind::DpmSolverPp2M);
}

#[test]
fn what_changes_the_schedule_or_the_network_must_be_followed() {
    let error = |class: &str, fields: Value| read_class(class, fields).unwrap_err().to_string();
    let says = |found: String, what: &str| assert!(found.contains(what), "{found:?} does not say {what:?}");
    says(
        error("PNDMScheduler", json!({})),
        "_class_name is \"PNDMScheduler\", but must be one of DDPMScheduler, ",
    );
    says(
        read_value(&json!({})).unwrap_err().to_string(),
        "no \"_class_name\"",
    );
    says(
        read_value(&json!([])).unwrap_err().to_string(),
        "not a JSON object",
    );
    says(read("{").unwrap_err().to_string(), "not JSON");
    says(
        error("DDIMScheduler", json!({"beta_schedule": "laplace"})),
        "beta_schedule is \"laplace\": it must be one of \"linear\", \"scaled_linear\"",
    );
    says(
        error("DDIMScheduler", json!({"trained_betas": [0.1, 0.2]})),
        "trained_betas is [0.1,0.2]: only null is supported",
    );
    says(
        error("DDPMScheduler", json!({"prediction_type": "score"})),
        "prediction_type is \"score\"",
    );
    says(
        error("DDPMScheduler", json!({"num_train_timesteps": "many"})),
        "num_train_timesteps is \"many\"",
    );
    says(
        error("DDPMScheduler", json!({"num_train_timesteps": 0})),
        "num_train_timesteps is 0",
    );
    says(error("DDPMScheduler", json!({"beta_end": 2.0})), "beta_end is 2");
    says(
        error("DDPMScheduler", json!({"variance_type": "wide"})),
        "variance_type is \"wide\"",
    );
    says(
        error("FlowMatchEulerDiscreteScheduler", json!({"invert_sigmas": true})),
        "invert_sigmas is true",
    );
    says(
        error("UniPCMultistepScheduler", json!({"use_flow_sigmas": true})),
        "use_flow_sigmas is true",
    );
}

#[test]
fn what_changes_only_the_sampler_is_remarked_on() {
    let warned = |class: &str, fields: Value, what: &str| {
        let (scheduler, warnings) = read_class(class, fields).unwrap();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].contains(what), "{warnings:?} do not say {what:?}");
        scheduler
    };
    let solver = "DPMSolverMultistepScheduler";
    warned(
        solver,
        json!({"solver_order": 3}),
        "solver_order is 3, which is not supported: sampling goes on with 2",
    );
    warned(
        solver,
        json!({"algorithm_type": "sde-dpmsolver++"}),
        "algorithm_type",
    );
    warned(
        solver,
        json!({"lambda_min_clipped": -5.1}),
        "lambda_min_clipped is -5.1",
    );
    warned(
        solver,
        json!({"final_sigmas_type": "sigma_min"}),
        "final_sigmas_type",
    );
    warned(
        "DDIMScheduler",
        json!({"clip_sample_range": 2.0}),
        "clip_sample_range is 2",
    );
    warned(
        "DDIMScheduler",
        json!({"timestep_spacing": "linspace"}),
        "rounded down",
    );
    warned(
        "DDPMScheduler",
        json!({"shiny": 1}),
        "shiny is 1: this field is not known",
    );
    warned(
        "FlowMatchEulerDiscreteScheduler",
        json!({"use_dynamic_shifting": true}),
        "use_dynamic_shifting",
    );
    let learned = warned("DDPMScheduler", json!({"variance_type": "learned"}), "learned");
    assert_eq!(learned.sample.variance, Variance::FixedSmall);
    let flow = json!({"prediction_type": "flow_prediction", "use_flow_sigmas": true, "flow_shift": 3.0});
    let flow = warned("UniPCMultistepScheduler", flow, "FlowMatchEulerDiscreteScheduler");
    assert_eq!((flow.prediction, flow.sample.shift), (Prediction::Flow, 3.0));
}

#[test]
fn thresholding_with_its_default_limit_is_clipping() {
    let clipping = |most: f64| {
        let fields = json!({"clip_sample": false, "thresholding": true, "sample_max_value": most});
        let (scheduler, warnings) = read_class("DDPMScheduler", fields).unwrap();
        (Clipping::of(&scheduler.sample), warnings.len())
    };
    assert_eq!(clipping(1.0), (Clipping::Range, 0));
    assert_eq!(clipping(UNLIMITED), (Clipping::Dynamic(0.995), 0));
    assert_eq!(clipping(1.5), (Clipping::Dynamic(0.995), 1));
}

fn schedules() -> impl Strategy<Value = ScheduleConfig> {
    let kinds = SCHEDULES.map(|(_, kind)| kind);
    (prop::sample::select(kinds.to_vec()), 60usize..1000, any::<bool>()).prop_map(
        |(kind, num_train_timesteps, rescale_zero_terminal_snr)| ScheduleConfig {
            kind,
            num_train_timesteps,
            rescale_zero_terminal_snr,
            ..ScheduleConfig::default()
        },
    )
}

fn samples() -> impl Strategy<Value = SampleConfig> {
    use SamplerKind::*;
    let samplers = vec![Ddpm, Ddim, DdimInversion, DpmSolverPp2M, UniPc, Euler, Heun];
    let variances = vec![Variance::FixedSmall, Variance::FixedLarge, Variance::LearnedRange];
    (
        prop::sample::select(samplers),
        prop::sample::select(SPACINGS.map(|(_, spacing)| spacing).to_vec()),
        prop::sample::select(variances),
        prop::sample::select(vec![None, Some(0.9), Some(0.995)]),
        prop::array::uniform4(prop::bool::weighted(0.2)),
        0usize..2,
        // Eighths: the JSON reader may be wrong in the last bit of others.
        (8u8..32).prop_map(|eighths| f64::from(eighths) / 8.0),
    )
        .prop_map(
            |(sampler, spacing, variance, dynamic_threshold, flags, steps_offset, shift)| SampleConfig {
                sampler,
                steps: 20,
                spacing,
                variance,
                dynamic_threshold,
                set_alpha_to_one: flags[0],
                use_karras_sigmas: flags[1],
                clip_sample: flags[2],
                use_clipped_model_output: flags[3],
                steps_offset,
                shift,
                ..SampleConfig::default()
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 10_000, ..ProptestConfig::default() })]

    /// What is written without a warning samples in the same way when it is read again.
    #[test]
    fn written_and_read_samples_in_the_same_way(
        schedule in schedules(),
        prediction in prop::sample::select(PREDICTIONS.map(|(_, prediction)| prediction).to_vec()),
        sample in samples(),
    ) {
        let scheduler = Scheduler { schedule, prediction, sample };
        let (fields, warnings) = write(&scheduler).unwrap();
        prop_assume!(warnings.is_empty());
        let (mut read, remarks) = read_value(&Value::Object(fields)).unwrap();
        prop_assert!(
            remarks.iter().all(|remark| remark.starts_with("timestep_spacing")),
            "{:?}", remarks
        );
        read.sample.steps = scheduler.sample.steps;
        prop_assert_eq!(read.sample.sampler, scheduler.sample.sampler);
        prop_assert_eq!(read.prediction, scheduler.prediction);
        prop_assert_eq!(Clipping::of(&read.sample), Clipping::of(&scheduler.sample));
        if read.sample.sampler == SamplerKind::Ddpm && prediction != Prediction::Flow {
            prop_assert_eq!(read.sample.variance, scheduler.sample.variance);
        }
        let plan = |Scheduler { schedule, prediction, sample }: &Scheduler| {
            plan(sample, &Schedule::new(schedule).unwrap(), *prediction)
        };
        prop_assert_eq!(plan(&read), plan(&scheduler));
    }

    #[test]
    fn arbitrary_fields_give_an_error_or_a_scheduler(
        class in prop::sample::select(class::Class::names().to_vec()),
        field in prop::sample::select(vec![
            "num_train_timesteps", "beta_start", "beta_schedule", "prediction_type", "thresholding", "shift",
            "solver_order", "steps_offset", "variance_type", "trained_betas", "sample_max_value",
        ]),
        value in prop::sample::select(vec![
            json!(null), json!(true), json!(-1), json!(0), json!(1e300), json!(u64::MAX), json!("NaN"), json!([]),
            json!({"a": [1]}), json!(""),
        ]),
    ) {
        let _ = read_class(class, json!({ field: value }));
    }
}
