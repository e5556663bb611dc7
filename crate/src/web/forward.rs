//! The forward process as the page shows it: a schedule's curves, and one image with its noise.

use burn::tensor::{Device, Tensor, TensorData};

use super::images::Example;
use super::protocol::{Event, Frames};
use crate::error::ConfigError;
use crate::process::{Histogram, q_sample, step_weights};
use crate::runtime::read;
use crate::schedule::{Schedule, ScheduleConfig};

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
    let x_0 = example.x_0(&device);
    let eps = match stepwise && t > 0 {
        true => walked(example, &schedule, t, &device),
        false => example.eps(&device),
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
    })
}

/// What the fresh noises of `t` small steps add up to, as one: with it [`q_sample`] ends where the steps do.
fn walked(example: &Example, schedule: &Schedule, t: u32, device: &Device) -> Tensor<4> {
    let [height, width] = example.side();
    let mut noise = vec![0.0; height * width];
    for step in 1..=t {
        let index = step as usize - 1;
        let (kept, added) = step_weights(schedule.level_before(index), schedule.level(index));
        for (noise, fresh) in noise.iter_mut().zip(example.step_noise(step)) {
            *noise = kept as f32 * *noise + added as f32 * fresh;
        }
    }
    let noise = Tensor::from_data(TensorData::new(noise, [1, 1, height, width]), device);
    noise / schedule.level(t as usize - 1).sigma
}
