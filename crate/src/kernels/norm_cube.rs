//! Group normalisation on the GPU: a launch forward, a launch back.
//!
//! Forward, a workgroup takes one group of one image. Back, the first workgroups take a channel of the whole batch
//! each, for the gradients of scale and shift, and the others a group of an image, for that of the input: the two
//! kinds of work need nothing of each other, so they share a launch.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::cube::{THREADS, aligned, empty, view, workgroup_sum};
use crate::runtime::work::moves;

/// Group normalisation of `x` `[batch, channels, h, w]`, then SiLU where `activate`; and each group's mean and inverse
/// standard deviation, `[batch, groups, 2]`.
pub fn forward(
    x: CubeTensor,
    weight: CubeTensor,
    bias: CubeTensor,
    groups: usize,
    eps: f64,
    activate: bool,
) -> (CubeTensor, CubeTensor) {
    let x = into_contiguous(x);
    let [batch, channels, h, w] = x.meta.shape().dims();
    let out = empty(&x, [batch, channels, h, w]);
    let moments = empty(&x, [batch, groups, 2]);
    moves::<group_norm_kernel::GroupNormKernel>(&[&x, &weight, &bias, &out, &moments], 0);
    group_norm_kernel::launch(
        &out.client,
        rows(batch * groups),
        CubeDim::new_1d(THREADS),
        x.into_tensor_arg(),
        into_contiguous(weight).into_tensor_arg(),
        into_contiguous(bias).into_tensor_arg(),
        out.clone().into_tensor_arg(),
        moments.clone().into_tensor_arg(),
        (batch * groups) as u32,
        groups as u32,
        (channels / groups) as u32,
        (h * w) as u32,
        eps as f32,
        activate,
    );
    (out, moments)
}

/// The gradients of `x`, `weight` and `bias` from that of the output.
pub fn gradient(
    x: CubeTensor,
    weight: CubeTensor,
    bias: CubeTensor,
    moments: CubeTensor,
    grad: CubeTensor,
    activate: bool,
) -> (CubeTensor, CubeTensor, CubeTensor) {
    let (x, grad) = (into_contiguous(x), into_contiguous(grad));
    let [batch, channels, h, w] = x.meta.shape().dims();
    let groups = moments.meta.shape()[1];
    let of_x = empty(&x, [batch, channels, h, w]);
    // One buffer for both: WebGPU promises 8 buffers a kernel, and Burn takes one.
    let second = aligned(&x, channels);
    let of_both = empty(&x, [second + channels]);
    moves::<group_norm_gradient_kernel::GroupNormGradientKernel>(
        &[&x, &weight, &bias, &moments, &grad, &of_x],
        2 * channels,
    );
    group_norm_gradient_kernel::launch(
        &of_x.client,
        rows(channels + batch * groups),
        CubeDim::new_1d(THREADS),
        x.into_tensor_arg(),
        into_contiguous(weight).into_tensor_arg(),
        into_contiguous(bias).into_tensor_arg(),
        into_contiguous(moments).into_tensor_arg(),
        grad.into_tensor_arg(),
        of_x.clone().into_tensor_arg(),
        of_both.clone().into_tensor_arg(),
        batch as u32,
        groups as u32,
        (channels / groups) as u32,
        (h * w) as u32,
        second as u32,
        activate,
    );
    (
        of_x,
        view(&of_both, 0, [channels]),
        view(&of_both, second, [channels]),
    )
}

/// So many workgroups, in two dimensions where one would be too long for WebGPU.
fn rows(count: usize) -> CubeCount {
    let wide = count.min(32_768);
    CubeCount::Static(wide as u32, count.div_ceil(wide.max(1)) as u32, 1)
}

#[cube]
pub fn sigmoid(x: f32) -> f32 {
    1.0f32 / (1.0f32 + (-x).exp())
}

/// The gradient of the normalised and scaled value `z`, from that of what became of it.
#[cube]
fn through_activation(z: f32, grad: f32, #[comptime] activate: bool) -> f32 {
    let mut result = grad;
    if comptime!(activate) {
        let s = sigmoid(z);
        result = grad * s * (1.0f32 + z * (1.0f32 - s));
    }
    result
}

#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn group_norm_kernel(
    x: &Tensor<f32>,
    weight: &Tensor<f32>,
    bias: &Tensor<f32>,
    out: &mut Tensor<f32>,
    moments: &mut Tensor<f32>,
    rows: u32,
    groups: u32,
    group_channels: u32,
    pixels: u32,
    eps: f32,
    #[comptime] activate: bool,
) {
    let mut shared = Shared::<[f32]>::new_slice(256usize);
    let thread = UNIT_POS_X;
    let row = CUBE_POS_Y * CUBE_COUNT_X + CUBE_POS_X;
    if row < rows {
        let size = group_channels * pixels;
        let start = row * size;
        let first_channel = (row % groups) * group_channels;

        let mut sum = 0.0f32;
        let mut i = thread;
        while i < size {
            sum += x[(start + i) as usize];
            i += 256;
        }
        let mean = workgroup_sum(sum, thread, &mut shared) / f32::cast_from(size);

        let mut squares = 0.0f32;
        let mut i = thread;
        while i < size {
            let centred = x[(start + i) as usize] - mean;
            squares += centred * centred;
            i += 256;
        }
        let variance = workgroup_sum(squares, thread, &mut shared) / f32::cast_from(size);
        let inverse = 1.0f32 / (variance + eps).sqrt();

        let mut i = thread;
        while i < size {
            let channel = (first_channel + i / pixels) as usize;
            let normal = (x[(start + i) as usize] - mean) * inverse;
            let mut y = normal * weight[channel] + bias[channel];
            if comptime!(activate) {
                y *= sigmoid(y);
            }
            out[(start + i) as usize] = y;
            i += 256;
        }
        if thread == 0 {
            moments[(2 * row) as usize] = mean;
            moments[(2 * row + 1) as usize] = inverse;
        }
    }
}

#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn group_norm_gradient_kernel(
    x: &Tensor<f32>,
    weight: &Tensor<f32>,
    bias: &Tensor<f32>,
    moments: &Tensor<f32>,
    grad: &Tensor<f32>,
    of_x: &mut Tensor<f32>,
    of_both: &mut Tensor<f32>,
    batch: u32,
    groups: u32,
    group_channels: u32,
    pixels: u32,
    second: u32,
    #[comptime] activate: bool,
) {
    let mut shared = Shared::<[f32]>::new_slice(256usize);
    let thread = UNIT_POS_X;
    let row = CUBE_POS_Y * CUBE_COUNT_X + CUBE_POS_X;
    let channels = groups * group_channels;
    if row < channels {
        let scale = weight[row as usize];
        let shift = bias[row as usize];
        let mut of_weight = 0.0f32;
        let mut of_bias = 0.0f32;
        let size = batch * pixels;
        let mut i = thread;
        while i < size {
            let image = i / pixels;
            let at = ((image * channels + row) * pixels + i % pixels) as usize;
            let moment = (2 * (image * groups + row / group_channels)) as usize;
            let normal = (x[at] - moments[moment]) * moments[moment + 1];
            let g = through_activation(normal * scale + shift, grad[at], activate);
            of_weight += g * normal;
            of_bias += g;
            i += 256;
        }
        let of_weight = workgroup_sum(of_weight, thread, &mut shared);
        let of_bias = workgroup_sum(of_bias, thread, &mut shared);
        if thread == 0 {
            of_both[row as usize] = of_weight;
            of_both[(second + row) as usize] = of_bias;
        }
    } else if row < channels + batch * groups {
        let group = row - channels;
        let size = group_channels * pixels;
        let start = group * size;
        let first_channel = (group % groups) * group_channels;
        let mean = moments[(2 * group) as usize];
        let inverse = moments[(2 * group + 1) as usize];

        // The means over the group of the normalised value's gradient, and of that times the value.
        let mut plain = 0.0f32;
        let mut along = 0.0f32;
        let mut i = thread;
        while i < size {
            let channel = (first_channel + i / pixels) as usize;
            let normal = (x[(start + i) as usize] - mean) * inverse;
            let scale = weight[channel];
            let g = scale
                * through_activation(
                    normal * scale + bias[channel],
                    grad[(start + i) as usize],
                    activate,
                );
            plain += g;
            along += g * normal;
            i += 256;
        }
        let plain = workgroup_sum(plain, thread, &mut shared) / f32::cast_from(size);
        let along = workgroup_sum(along, thread, &mut shared) / f32::cast_from(size);

        let mut i = thread;
        while i < size {
            let channel = (first_channel + i / pixels) as usize;
            let normal = (x[(start + i) as usize] - mean) * inverse;
            let scale = weight[channel];
            let g = scale
                * through_activation(
                    normal * scale + bias[channel],
                    grad[(start + i) as usize],
                    activate,
                );
            of_x[(start + i) as usize] = inverse * (g - plain - normal * along);
            i += 256;
        }
    }
}
