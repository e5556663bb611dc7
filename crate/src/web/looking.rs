//! What the network of a run makes of one picture with noise: its estimates, and what one of its blocks did.

use std::error::Error;

use burn::tensor::{Int, Tensor};

use super::images::Example;
use super::protocol::{AttentionView, Event, Frames};
use crate::bound::l_simple;
use crate::data::batches::label_tensor;
use crate::denoiser::{Denoiser, split_variance};
use crate::error::require;
use crate::model::Probe;
use crate::model::probe::AttentionMap;
use crate::process::mix;
use crate::runtime::{Compute, read};
use crate::schedule::Level;
use crate::train::Trainer;
use crate::train::objective::{timestep_tensor, told_and_mixed};

/// Channels of a feature map that are shown.
const CHANNELS: usize = 16;
/// Weights of an attention map that are sent at most.
const MOST_WEIGHTS: usize = 1 << 18;

/// A picture, noised on the path of the run.
struct Noised {
    level: Level,
    eps: Tensor<4>,                 // [1, channels, height, width]
    x_t: Tensor<4>,                 // as eps
    t: Tensor<1>,                   // [1]
    labels: Option<Tensor<1, Int>>, // [1]
}

impl Noised {
    /// At timestep `t`, from 1; the noise is that of `forward::noised`.
    fn new(trainer: &Trainer, example: &Example, t: u32, compute: &Compute) -> Result<Self, Box<dyn Error>> {
        let device = &compute.device;
        let schedule = trainer.schedule();
        let timesteps = schedule.len() as u32;
        require(
            (1..=timesteps).contains(&t),
            "t",
            t,
            format!("from 1 to {timesteps}"),
        )?;
        let preset = trainer.config().preset;
        let x_0 = example.x_0(device);
        let shape = preset.input_shape();
        if x_0.dims()[1..] != shape {
            let message = format!("the pictures are no {shape:?}, which this network takes");
            return Err(message.into());
        }
        let (told, level) = told_and_mixed(t as usize - 1, schedule, trainer.config().prediction);
        let eps = example.eps(device);
        Ok(Self {
            level,
            x_t: mix(x_0, eps.clone(), &[level]),
            eps,
            t: timestep_tensor(&[told], device),
            labels: preset
                .null_class()
                .map(|null_class| example.label_for(&trainer.config().data).unwrap_or(null_class))
                .map(|label| label_tensor(&[label], device)),
        })
    }
}

/// The event `estimate`.
pub async fn estimate(
    trainer: &Trainer,
    example: &Example,
    t: u32,
    compute: &Compute,
) -> Result<Event, Box<dyn Error>> {
    let noised = Noised::new(trainer, example, t, compute)?;
    let x_t = noised.x_t;
    let output = trainer
        .ema_network()?
        .denoise(x_t.clone(), noised.t, noised.labels);
    let (output, _) = split_variance(output, x_t.dims()[1]);
    let prediction = trainer.config().prediction;
    let estimates = prediction.estimates(x_t.clone(), output, &[noised.level]);
    let loss = l_simple(estimates.eps_hat.clone(), noised.eps);
    let [_, _, height, width] = x_t.dims();
    let pictures = [x_t, estimates.eps_hat, estimates.x0_hat].map(|picture| picture.reshape([-1]));
    let values = read(Tensor::cat([&pictures[..], &[loss]].concat(), 0)).await?;
    let mut parts = values.chunks_exact(height * width);
    let [x_t, eps_hat, x0_hat] =
        std::array::from_fn(|_| Frames::new([height, width], parts.next().unwrap_or_default()));
    Ok(Event::Estimate {
        image: example.image,
        t,
        step: trainer.steps_taken(),
        prediction,
        signal: noised.level.alpha,
        noise: noised.level.sigma,
        loss: values.last().map_or(f64::NAN, |&loss| loss.into()),
        x_t,
        eps_hat,
        x0_hat,
    })
}

/// The event `probe`.
pub async fn probe(
    trainer: &Trainer,
    block: String,
    example: &Example,
    t: u32,
    compute: &Compute,
) -> Result<Event, Box<dyn Error>> {
    let noised = Noised::new(trainer, example, t, compute)?;
    let mut probe = Probe::new(block.clone());
    trainer
        .ema_network()?
        .denoise_probed(noised.x_t, noised.t, noised.labels, &mut probe);

    let shown = probe.features.as_ref().map(|features| {
        let channels = features.dims()[1].min(CHANNELS);
        features.clone().narrow(1, 0, channels)
    });
    let flat = |map: &AttentionMap| map.weights.clone().reshape([-1]);
    let parts: Vec<Tensor<1>> = shown
        .iter()
        .map(|features| features.clone().reshape([-1]))
        .chain(probe.attention_maps.iter().filter(|map| is_small(map)).map(flat))
        .chain(probe.modulation.map(|modulation| modulation.reshape([-1])))
        .collect();
    let values = match parts.is_empty() {
        true => Vec::new(),
        false => read(Tensor::cat(parts, 0)).await?,
    };
    let mut values = values.into_iter();
    let mut next = |count: usize| values.by_ref().take(count).collect::<Vec<f32>>();

    let features = shown.map(|features| {
        let [_, channels, height, width] = features.dims();
        let channels = (0..channels).flat_map(|_| full_contrast(&next(height * width)));
        Frames::new([height, width], &channels.collect::<Vec<f32>>())
    });
    let attention = probe.attention_maps.into_iter().map(|map| {
        let [_, heads, queries, keys] = map.weights.dims();
        let count = if is_small(&map) { heads * queries * keys } else { 0 };
        AttentionView {
            layer: map.layer,
            heads: heads as u32,
            queries: queries as u32,
            keys: keys as u32,
            weights: next(count),
        }
    });
    let attention = attention.collect();
    Ok(Event::Probe {
        block,
        image: example.image,
        t,
        step: trainer.steps_taken(),
        channels: probe.features.map_or(0, |features| features.dims()[1]) as u32,
        features,
        attention,
        modulation: values.collect(),
    })
}

fn is_small(map: &AttentionMap) -> bool {
    map.weights.shape().num_elements() <= MOST_WEIGHTS
}

/// From the least value, -1, to the largest, 1; all 0 where they are the same.
fn full_contrast(values: &[f32]) -> Vec<f32> {
    let low = values.iter().copied().fold(f32::INFINITY, f32::min);
    let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let scale = match high > low {
        true => 2.0 / (high - low),
        false => 0.0,
    };
    let middle = (low + high) / 2.0;
    values.iter().map(|&value| (value - middle) * scale).collect()
}
