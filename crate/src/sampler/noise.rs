//! The noise of sampling: functions of seed, step and image alone, whatever the number of images.

use burn::tensor::{Device, Shape, Tensor, TensorData};

use crate::rng::{Rng, Stream};

/// What noise drawn during a sampling step is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Purpose {
    /// The sampler's own.
    Sampler = 0,
    /// The noise of known pixels in inpainting.
    Known = 1,
    /// Going back to a noisier level in resampling.
    Resampling = 2,
}

/// The start `x_T` of sampling: standard normal, `[count, channels, height, width]`. Image i is the same for any count.
pub fn start_noise(seed: u64, shape: [usize; 4], device: &Device) -> Tensor<4> {
    noise(shape, device, |image| Rng::new(seed, Stream::Start, image))
}

/// The noise of sampling step `step`, standard normal.
pub(super) fn step_noise(
    seed: u64,
    step: usize,
    purpose: Purpose,
    shape: [usize; 4],
    device: &Device,
) -> Tensor<4> {
    let index = 3 * step as u32 + purpose as u32;
    noise(shape, device, |image| {
        Rng::new(seed, Stream::Sampler, index).lane(image)
    })
}

fn noise(shape: [usize; 4], device: &Device, rng: impl Fn(u32) -> Rng) -> Tensor<4> {
    let [count, channels, height, width] = shape;
    let values = (0..count as u32)
        .flat_map(|image| rng(image).normals(channels * height * width))
        .collect();
    Tensor::from_data(TensorData::new::<f32, _>(values, Shape::from(shape)), device)
}
