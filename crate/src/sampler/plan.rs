//! The levels that a sampler goes through, settled before the first step.

use super::{SampleConfig, SamplerKind};
use crate::error::ConfigError;
use crate::prediction::Prediction;
use crate::schedule::{Level, Schedule, Spacing, karras_sigmas, linspace, solver_timesteps, timesteps};

/// One sampling step: which levels it goes between, and what time the network is told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition {
    /// The timestep that goes with `from`; with `to` in inversion.
    pub t: f64,
    /// The timestep that goes with `to`, for a method that asks the network there.
    pub t_next: f64,
    pub from: Level,
    pub to: Level,
    /// Where `x_t` stands before the step, if that is cleaner than `from`: fresh noise takes it there first.
    pub rewind_from: Option<Level>,
}

/// The steps of a whole trajectory, from noise to image (from image to noise in inversion).
///
/// A network that predicts a flow is sampled on rectified flow's path, any other on the schedule's.
pub fn plan(
    config: &SampleConfig,
    schedule: &Schedule,
    prediction: Prediction,
) -> Result<Vec<Transition>, ConfigError> {
    config.validate(schedule.len())?;
    let visited = match prediction {
        Prediction::Flow => flow_levels(config, schedule.len()),
        _ if config.use_karras_sigmas => karras_levels(config, schedule),
        _ => schedule_levels(config, schedule)?,
    };
    let ends_noisy = prediction != Prediction::Flow && !config.set_alpha_to_one && is_ddim(config.sampler);
    let end = (
        0.0,
        if ends_noisy {
            schedule.level(0)
        } else {
            Level::CLEAN
        },
    );
    let ends = visited.iter().skip(1).chain([&end]);
    let mut transitions: Vec<Transition> = visited
        .iter()
        .zip(ends)
        .map(|(&(t, from), &(t_next, to))| Transition {
            t,
            t_next,
            from,
            to,
            rewind_from: None,
        })
        .collect();
    if config.sampler == SamplerKind::DdimInversion {
        transitions.reverse();
        for transition in &mut transitions {
            std::mem::swap(&mut transition.from, &mut transition.to);
        }
    }
    Ok(transitions)
}

/// A plan with resampling jumps (Lugmayr et al. 2022, "RePaint", section 4.2): each `jump_length` steps
/// are gone through `jump_n_sample` times in all.
pub fn resampled(plan: &[Transition], jump_length: usize, jump_n_sample: usize) -> Vec<Transition> {
    let steps = plan.len();
    let mut left = vec![jump_n_sample.saturating_sub(1); steps];
    let mut resampled = Vec::with_capacity(steps);
    let mut next = 0;
    let mut rewind_from = None;
    while next < steps {
        resampled.push(Transition {
            rewind_from: rewind_from.take(),
            ..plan[next]
        });
        next += 1;
        // Noisy levels that are still ahead, the one just reached included.
        let remaining = steps - next;
        let jumps_here = remaining > 0 && next >= jump_length && (remaining - 1).is_multiple_of(jump_length);
        if jumps_here && left[next] > 0 {
            left[next] -= 1;
            rewind_from = Some(plan[next].from);
            next -= jump_length;
        }
    }
    resampled
}

fn is_ddim(sampler: SamplerKind) -> bool {
    matches!(sampler, SamplerKind::Ddim | SamplerKind::DdimInversion)
}

/// Whether the method goes to sigma = 0 after its last timestep by itself.
fn is_multistep(sampler: SamplerKind) -> bool {
    matches!(sampler, SamplerKind::DpmSolverPp2M | SamplerKind::UniPc)
}

fn schedule_levels(config: &SampleConfig, schedule: &Schedule) -> Result<Vec<(f64, Level)>, ConfigError> {
    let (count, steps, spacing, offset) = (schedule.len(), config.steps, config.spacing, config.steps_offset);
    let visited = match config.sampler {
        SamplerKind::Euler | SamplerKind::Heun if spacing == Spacing::Linspace => {
            let between = linspace(0.0, (count - 1) as f64, steps).rev();
            return Ok(between
                .map(|t| (t, Level::from_noise_ratio(schedule.noise_ratio_at(t))))
                .collect());
        }
        sampler if is_multistep(sampler) => solver_timesteps(count, steps, spacing, offset)?,
        _ => timesteps(count, steps, spacing, offset)?,
    };
    Ok(visited
        .into_iter()
        .map(|t| (t as f64, schedule.level(t)))
        .collect())
}

fn karras_levels(config: &SampleConfig, schedule: &Schedule) -> Vec<(f64, Level)> {
    let (min, max) = (schedule.noise_ratio(0), schedule.noise_ratio(schedule.len() - 1));
    let ratios = karras_sigmas(min, max, config.steps, 7.0);
    let time_of = |ratio| {
        let t = schedule.timestep_of(ratio);
        if is_ode(config.sampler) {
            t
        } else {
            t.round_ties_even()
        }
    };
    ratios
        .into_iter()
        .map(|ratio| (time_of(ratio), Level::from_noise_ratio(ratio)))
        .collect()
}

/// Whether the method asks the network at timesteps between the trained ones.
fn is_ode(sampler: SamplerKind) -> bool {
    matches!(sampler, SamplerKind::Euler | SamplerKind::Heun)
}

/// Rectified flow's times from 1 down, shifted towards noise (Esser et al. 2024, "Scaling Rectified Flow Transformers
/// for High-Resolution Image Synthesis", equation 23). The least time is that of the first training timestep, itself
/// shifted.
fn flow_levels(config: &SampleConfig, num_train_timesteps: usize) -> Vec<(f64, Level)> {
    let shifted = |time: f64| config.shift * time / (1.0 + (config.shift - 1.0) * time);
    let count = num_train_timesteps as f64;
    linspace(1.0, shifted(1.0 / count), config.steps)
        .map(shifted)
        .map(|time| (time * count, Level::flow(time)))
        .collect()
}
