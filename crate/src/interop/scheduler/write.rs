//! To `scheduler_config.json`.

use serde_json::{Map, Value, json};

use super::class::Class;
use super::{PREDICTIONS, SCHEDULES, SPACINGS, Scheduler, UNLIMITED, name_of};
use crate::error::ConfigError;
use crate::prediction::Prediction;
use crate::sampler::SamplerKind;
use crate::sampler::ddpm::Variance;
use crate::schedule::{Schedule, ScheduleConfig, ScheduleKind};

/// The configuration of the diffusers class that samples in the same way, and what it cannot say. Its `_class_name` is
/// the class's.
pub fn write(scheduler: &Scheduler) -> Result<(Map<String, Value>, Vec<String>), ConfigError> {
    let Scheduler {
        schedule,
        prediction,
        sample,
    } = scheduler;
    schedule.validate()?;
    let class = Class::of(sample.sampler, *prediction);
    let mut fields = Map::new();
    let mut warnings = Vec::new();
    let mut set = |field: &str, value: Value| {
        fields.insert(field.into(), value);
    };
    set("_class_name", json!(class.name()));
    set("num_train_timesteps", json!(schedule.num_train_timesteps));
    for (field, value) in class.only() {
        // Infinity is the default, and no JSON.
        if value != "-Infinity" {
            set(field, value);
        }
    }
    if class.is_flow() {
        set("shift", json!(sample.shift));
        if sample.sampler != class.sampler() {
            warnings.push(format!(
                "diffusers has no {:?} for rectified flow: {} is written",
                sample.sampler,
                class.name()
            ));
        }
        if class == Class::FlowHeun && sample.shift != 1.0 {
            warnings.push("FlowMatchHeunDiscreteScheduler shifts its times in another way".into());
        }
    } else {
        write_betas(class, schedule, &mut fields, &mut warnings)?;
        write_sampling(class, scheduler, &mut fields, &mut warnings);
    }
    write_clipping(class, scheduler, &mut fields, &mut warnings);
    Ok((fields, warnings))
}

fn write_betas(
    class: Class,
    schedule: &ScheduleConfig,
    fields: &mut Map<String, Value>,
    warnings: &mut Vec<String>,
) -> Result<(), ConfigError> {
    let zero_snr = schedule.rescale_zero_terminal_snr;
    let sigmoid_elsewhere = schedule.kind == ScheduleKind::Sigmoid && !class.has_sigmoid();
    let kind = if sigmoid_elsewhere {
        ScheduleKind::Linear
    } else {
        schedule.kind
    };
    fields.insert("beta_schedule".into(), json!(name_of(&SCHEDULES, kind)));
    fields.insert("beta_start".into(), json!(schedule.beta_start));
    fields.insert("beta_end".into(), json!(schedule.beta_end));
    if class.has_zero_snr() {
        fields.insert("rescale_betas_zero_snr".into(), json!(zero_snr));
    }
    let rescaled_elsewhere = zero_snr && !class.has_zero_snr();
    if sigmoid_elsewhere || rescaled_elsewhere {
        let plain = ScheduleConfig {
            rescale_zero_terminal_snr: rescaled_elsewhere,
            ..schedule.clone()
        };
        fields.insert("trained_betas".into(), json!(Schedule::new(&plain)?.betas));
        warnings.push(format!(
            "{} has no name for this schedule: its betas are written one by one",
            class.name()
        ));
    }
    Ok(())
}

fn write_sampling(
    class: Class,
    scheduler: &Scheduler,
    fields: &mut Map<String, Value>,
    warnings: &mut Vec<String>,
) {
    let Scheduler {
        prediction, sample, ..
    } = scheduler;
    let mut set = |field: &str, value: Value| {
        fields.insert(field.into(), value);
    };
    set("prediction_type", json!(name_of(&PREDICTIONS, *prediction)));
    set("timestep_spacing", json!(name_of(&SPACINGS, sample.spacing)));
    set("steps_offset", json!(sample.steps_offset));
    if class == Class::Ddpm {
        let variance = match sample.variance {
            Variance::FixedSmall => "fixed_small",
            Variance::FixedLarge => "fixed_large",
            Variance::LearnedRange => "learned_range",
        };
        set("variance_type", json!(variance));
    }
    if class.is_ddim() {
        set("set_alpha_to_one", json!(sample.set_alpha_to_one));
    }
    if class.has_karras_sigmas() {
        set("use_karras_sigmas", json!(sample.use_karras_sigmas));
    } else if sample.use_karras_sigmas {
        warnings.push(format!(
            "{} has no use_karras_sigmas: it takes its evenly spaced timesteps",
            class.name()
        ));
    }
}

/// Without `clip_sample` a class says the same with a dynamic threshold that may not exceed 1.
fn write_clipping(
    class: Class,
    Scheduler {
        sample, prediction, ..
    }: &Scheduler,
    fields: &mut Map<String, Value>,
    warnings: &mut Vec<String>,
) {
    let mut set = |field: &str, value: Value| {
        fields.insert(field.into(), value);
    };
    let dynamic = sample.dynamic_threshold.filter(|_| class.has_thresholding());
    let by_threshold = sample.clip_sample && !class.has_clip_sample() && class.has_thresholding();
    if class.has_clip_sample() {
        set("clip_sample", json!(sample.clip_sample));
    }
    if class.has_thresholding() {
        set("thresholding", json!(dynamic.is_some() || by_threshold));
        set(
            "sample_max_value",
            json!(if dynamic.is_some() { UNLIMITED } else { 1.0 }),
        );
    }
    if let Some(percentile) = dynamic {
        set("dynamic_thresholding_ratio", json!(percentile));
    }
    let name = class.name();
    if sample.dynamic_threshold.is_some() && dynamic.is_none() {
        warnings.push(format!("{name} has no dynamic thresholding"));
    } else if sample.clip_sample && !class.has_clip_sample() && !class.has_thresholding() {
        warnings.push(format!(
            "{name} has no clip_sample: it does not keep the estimated image within -1 and 1"
        ));
    }
    let is_ddim = sample.sampler == SamplerKind::Ddim && *prediction != Prediction::Flow;
    if sample.use_clipped_model_output {
        warnings.push(if is_ddim {
            "use_clipped_model_output is no part of the configuration: pass it to DDIMScheduler.step".into()
        } else {
            format!("use_clipped_model_output is unknown to {name}")
        });
    }
}
