//! Which of the T timesteps a sampler visits when it takes fewer than T steps.
//!
//! Lin et al. 2024, "Common Diffusion Noise Schedules and Sample Steps are Flawed", table 2, names the three ways.

use serde::{Deserialize, Serialize};

use crate::error::{ConfigError, require};

/// How the visited timesteps are spread over 0..T.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Spacing {
    /// Multiples of a whole stride, from 0: the noisiest timesteps are left out.
    Leading,
    /// Equal strides down from T - 1: the cleanest timesteps are left out.
    #[default]
    Trailing,
    /// From T - 1 to 0, both visited.
    Linspace,
}

/// The timesteps of `steps` sampling steps, noisiest first, all below `num_train_timesteps`.
///
/// `offset` is added to leading timesteps (Stable Diffusion uses 1). Halves round to even.
pub fn timesteps(
    num_train_timesteps: usize,
    steps: usize,
    spacing: Spacing,
    offset: usize,
) -> Result<Vec<usize>, ConfigError> {
    let count = num_train_timesteps;
    require(
        (1..=count).contains(&steps),
        "steps",
        steps,
        format!("from 1 to {count}"),
    )?;
    Ok(match spacing {
        Spacing::Leading => leading(count, count / steps, 0..steps, offset)?,
        Spacing::Trailing => trailing(count, steps),
        Spacing::Linspace => descending(linspace(0.0, (count - 1) as f64, steps)),
    })
}

/// [`timesteps`] for a solver that goes on from its last timestep to sigma = 0, and so does not visit timestep 0.
pub fn solver_timesteps(
    num_train_timesteps: usize,
    steps: usize,
    spacing: Spacing,
    offset: usize,
) -> Result<Vec<usize>, ConfigError> {
    let count = num_train_timesteps;
    let most = if spacing == Spacing::Trailing {
        count
    } else {
        count - 1
    };
    require(
        (1..=most).contains(&steps),
        "steps",
        steps,
        format!("from 1 to {most} with this sampler and spacing"),
    )?;
    Ok(match spacing {
        Spacing::Leading => leading(count, count / (steps + 1), 1..steps + 1, offset)?,
        Spacing::Trailing => trailing(count, steps),
        Spacing::Linspace => descending(linspace(0.0, (count - 1) as f64, steps + 1).skip(1)),
    })
}

/// `count` equally spaced numbers from `start` to `end`; only `start` where `count` is 1.
pub fn linspace(
    start: f64,
    end: f64,
    count: usize,
) -> impl DoubleEndedIterator<Item = f64> + ExactSizeIterator {
    let last = count.saturating_sub(1);
    let stride = (end - start) / last.max(1) as f64;
    (0..count).map(move |i| {
        if i == last && i > 0 {
            end
        } else {
            start + stride * i as f64
        }
    })
}

fn leading(
    count: usize,
    stride: usize,
    multiples: std::ops::Range<usize>,
    offset: usize,
) -> Result<Vec<usize>, ConfigError> {
    let highest = count - 1 - (multiples.end - 1) * stride;
    require(
        offset <= highest,
        "steps_offset",
        offset,
        format!("from 0 to {highest} with this many steps"),
    )?;
    Ok(multiples.rev().map(|i| i * stride + offset).collect())
}

fn trailing(count: usize, steps: usize) -> Vec<usize> {
    let stride = count as f64 / steps as f64;
    (0..steps)
        .map(|i| (count as f64 - i as f64 * stride).round_ties_even() as usize - 1)
        .collect()
}

fn descending(ascending: impl DoubleEndedIterator<Item = f64>) -> Vec<usize> {
    ascending.rev().map(|t| t.round_ties_even() as usize).collect()
}
