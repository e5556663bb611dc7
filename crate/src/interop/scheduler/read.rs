//! From `scheduler_config.json`.

use serde_json::{Value, json};

use super::class::Class;
use super::{PREDICTIONS, SCHEDULES, SPACINGS, Scheduler, UNLIMITED};
use crate::interop::{Fields, InteropError};
use crate::prediction::Prediction;
use crate::sampler::ddpm::Variance;
use crate::sampler::{SampleConfig, SamplerKind};
use crate::schedule::{ScheduleConfig, ScheduleKind, Spacing};

/// Steps where the configuration has none: what diffusers' pipelines take for samplers that skip timesteps.
const STEPS: usize = 50;

/// Reads a scheduler's configuration. Also gives what there is to remark on it.
pub fn read(json: &str) -> Result<(Scheduler, Vec<String>), InteropError> {
    let mut fields = Fields::parse(json)?;
    let name = fields.take_class(&Class::names())?;
    let class = Class::named(&name).ok_or_else(|| InteropError::UnknownClass {
        found: name,
        known: Class::names().join(", "),
    })?;
    let num_train_timesteps = fields.take("num_train_timesteps", 1000)?;
    let mut schedule = ScheduleConfig {
        num_train_timesteps,
        ..ScheduleConfig::default()
    };
    let mut sample = SampleConfig {
        sampler: class.sampler(),
        steps: match class {
            Class::Ddpm => num_train_timesteps,
            _ => STEPS.min(num_train_timesteps),
        },
        clip_sample: false,
        ..SampleConfig::default()
    };
    let prediction = if class.is_flow() {
        sample.shift = fields.take("shift", 1.0)?;
        fields.require("invert_sigmas", &json!(false))?;
        Prediction::Flow
    } else {
        read_betas(class, &mut fields, &mut schedule)?;
        read_timesteps(class, &mut fields, &mut sample)?;
        read_clipping(class, &mut fields, &mut sample)?;
        if class == Class::Ddpm {
            sample.variance = read_variance(&mut fields)?;
        }
        if class.is_ddim() {
            sample.set_alpha_to_one = fields.take("set_alpha_to_one", true)?;
        }
        read_prediction(class, &mut fields, &mut sample)?
    };
    for (field, value) in class.only() {
        fields.prefer(field, &value);
    }
    fields.ignore(class.inert());
    schedule.validate()?;
    sample.validate(num_train_timesteps)?;
    Ok((
        Scheduler {
            schedule,
            prediction,
            sample,
        },
        fields.finish(),
    ))
}

fn read_betas(class: Class, fields: &mut Fields, schedule: &mut ScheduleConfig) -> Result<(), InteropError> {
    let (start, end) = class.default_betas();
    fields.require("trained_betas", &Value::Null)?;
    schedule.kind = fields.take_named("beta_schedule", &SCHEDULES, ScheduleKind::Linear)?;
    schedule.beta_start = fields.take("beta_start", start)?;
    schedule.beta_end = fields.take("beta_end", end)?;
    if class.has_zero_snr() {
        schedule.rescale_zero_terminal_snr = fields.take("rescale_betas_zero_snr", false)?;
    }
    Ok(())
}

fn read_timesteps(class: Class, fields: &mut Fields, sample: &mut SampleConfig) -> Result<(), InteropError> {
    sample.spacing = fields.take_named("timestep_spacing", &SPACINGS, class.default_spacing())?;
    sample.steps_offset = fields.take("steps_offset", 0)?;
    if class.has_karras_sigmas() {
        sample.use_karras_sigmas = fields.take("use_karras_sigmas", false)?;
    }
    if matches!(class, Class::Ddpm | Class::Ddim | Class::DdimInverse) && sample.spacing != Spacing::Leading {
        let name = class.name();
        fields.warn(format!(
            "timestep_spacing: where T is no multiple of the steps, and with linspace, {name} steps down by T / steps \
             rounded down whatever timestep comes next; here a step goes to the timestep that is visited next"
        ));
    }
    Ok(())
}

/// What happens to x0_hat: `thresholding` goes before `clip_sample`, and with its default limit of 1 is the same.
fn read_clipping(class: Class, fields: &mut Fields, sample: &mut SampleConfig) -> Result<(), InteropError> {
    if class.has_clip_sample() {
        sample.clip_sample = fields.take("clip_sample", class.clips_by_default())?;
        let range: f64 = fields.take("clip_sample_range", 1.0)?;
        if sample.clip_sample && range != 1.0 {
            fields.warn(format!(
                "clip_sample_range is {range}: the estimated image is kept within -1 and 1 all the same"
            ));
        }
    }
    if class.has_thresholding() {
        let percentile: f64 = fields.take("dynamic_thresholding_ratio", 0.995)?;
        let most: f64 = fields.take("sample_max_value", 1.0)?;
        if fields.take("thresholding", false)? {
            if most == 1.0 {
                sample.clip_sample = true;
            } else {
                sample.dynamic_threshold = Some(percentile);
                if most < UNLIMITED {
                    fields.warn(format!(
                        "sample_max_value is {most}: the dynamic threshold has no upper limit here"
                    ));
                }
            }
        }
    }
    Ok(())
}

fn read_variance(fields: &mut Fields) -> Result<Variance, InteropError> {
    // The variants differ in what they take a logarithm of, not in the variance.
    let names = [
        ("fixed_small", Variance::FixedSmall),
        ("fixed_small_log", Variance::FixedSmall),
        ("fixed_large", Variance::FixedLarge),
        ("fixed_large_log", Variance::FixedLarge),
        ("learned_range", Variance::LearnedRange),
    ];
    match fields.take_value("variance_type") {
        None => Ok(Variance::FixedSmall),
        Some(Value::String(learned)) if learned == "learned" => {
            fields.warn(
                "variance_type is \"learned\", which is not supported: the network's variance is left out, and the \
                 posterior's taken",
            );
            Ok(Variance::FixedSmall)
        }
        Some(found) => {
            let known = names.iter().find(|(name, _)| found == *name);
            known
                .map(|(_, variance)| *variance)
                .ok_or_else(|| InteropError::Field {
                    field: "variance_type".into(),
                    value: found.to_string(),
                    reason: format!("it must be one of {}", names.map(|(name, _)| name).join(", ")),
                })
        }
    }
}

/// Also the shift, where a multistep solver runs on rectified flow.
fn read_prediction(
    class: Class,
    fields: &mut Fields,
    sample: &mut SampleConfig,
) -> Result<Prediction, InteropError> {
    let prediction = fields.take_named("prediction_type", &PREDICTIONS, Prediction::Epsilon)?;
    if !matches!(class.sampler(), SamplerKind::DpmSolverPp2M | SamplerKind::UniPc) {
        return Ok(prediction);
    }
    let shift = fields.take("flow_shift", 1.0)?;
    let is_flow = prediction == Prediction::Flow;
    fields.require("use_flow_sigmas", &json!(is_flow))?;
    if is_flow {
        sample.shift = shift;
        fields.warn("use_flow_sigmas: the times of the steps are those of FlowMatchEulerDiscreteScheduler");
    }
    Ok(prediction)
}
