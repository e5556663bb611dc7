//! The forward process as the page shows it: a schedule's curves, and one image with its noise.

use burn::tensor::{Device, Tensor};

use super::images::Example;
use super::protocol::{Event, Frames, Walk};
use crate::error::ConfigError;
use crate::process::{Histogram, q_sample, q_step};
use crate::runtime::read;
use crate::schedule::{Schedule, ScheduleConfig};

/// Pictures of the way by small steps.
const STATIONS: u32 = 5;

/// The event `schedule`.
pub fn curves(config: &ScheduleConfig) -> Result<Event, ConfigError> {
    let schedule = Schedule::new(config)?;
    Ok(Event::Schedule {
        log_snr: (0..schedule.len()).map(|t| schedule.log_snr(t)).collect(),
        terminal_signal: schedule.terminal_signal(),
        terminal_signal_warning: schedule.terminal_signal_warning(),
        betas: schedule.betas,
        alphas_cumprod: schedule.alphas_cumprod,
    })
}

/// The event `forward` of one picture, on the CPU: it answers at once whatever the GPU is doing.
pub async fn noised(
    example: &Example,
    config: &ScheduleConfig,
    t: u32,
    stepwise: bool,
) -> Result<Event, String> {
    let schedule = Schedule::new(config).map_err(|error| error.to_string())?;
    let alpha_bar = match t {
        0 => 1.0,
        t if t as usize <= schedule.len() => schedule.alpha_bar(t as usize - 1),
        t => return Err(format!("t must be from 0 to {}, not {t}", schedule.len())),
    };
    let device = Device::flex();
    let (x_0, eps) = (example.x_0(&device), example.eps(&device));
    let walk = match stepwise && t > 0 {
        true => Some(walk(example, x_0.clone(), &schedule, t).await?),
        false => None,
    };
    let x_t = q_sample(x_0.clone(), eps.clone(), &[alpha_bar]);
    let pixels = read(x_t.clone()).await.map_err(|error| error.to_string())?;
    let [x_0, eps, x_t] = Frames::read([x_0, eps, x_t])
        .await
        .map_err(|error| error.to_string())?;
    Ok(Event::Forward {
        image: example.image,
        label: example.label(),
        t,
        alpha_bar,
        signal: alpha_bar.sqrt(),
        noise: (1.0 - alpha_bar).sqrt(),
        snr: alpha_bar / (1.0 - alpha_bar),
        x_0,
        eps,
        x_t,
        histogram: Histogram::new(&pixels),
        walk,
    })
}

/// From `x_0` to timestep `t` by small steps with fresh noise each, where [`q_sample`] jumps.
async fn walk(example: &Example, x_0: Tensor<4>, schedule: &Schedule, t: u32) -> Result<Walk, String> {
    let mut timesteps: Vec<u32> = (1..=STATIONS).map(|station| t * station / STATIONS).collect();
    timesteps.retain(|&station| station > 0);
    timesteps.dedup();
    let mut x = x_0.clone();
    let mut stations = Vec::new();
    for step in 1..=t {
        let index = step as usize - 1;
        let eps = example.fresh_noise(step, &x.device());
        x = q_step(x, eps, schedule.level_before(index), schedule.level(index));
        if timesteps.contains(&step) {
            stations.push(x.clone());
        }
    }
    let level = schedule.level(t as usize - 1);
    let noise = (x - x_0 * level.alpha) / level.sigma;
    let noise = read(noise).await.map_err(|error| error.to_string())?;
    let [x] = Frames::read([Tensor::cat(stations, 0)])
        .await
        .map_err(|error| error.to_string())?;
    Ok(Walk {
        timesteps,
        x,
        noise: Histogram::new(&noise),
    })
}
