//! Layer normalisation with modulation on the GPU: a launch forward, a launch back.
//!
//! Workgroups of 32x8 threads: forward, each row of threads takes a token. Back, the first workgroups take 32 channels
//! of an image over all its tokens, for the gradients of shift and scale, the others 8 tokens, for that of the input.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::cube::{column_sum, empty, own, row_sum, workgroups};
use super::modulation::Part;
use crate::runtime::work::moves;

/// The result for `x` `[batch, tokens, channels]`, and each token's mean and inverse standard deviation.
pub fn forward(x: CubeTensor, modulation: CubeTensor, part: &Part, eps: f64) -> (CubeTensor, CubeTensor) {
    let x = into_contiguous(x);
    let [batch, tokens, channels] = x.meta.shape().dims();
    let out = empty(&x, [batch, tokens, channels]);
    let moments = empty(&x, [batch, tokens, 2]);
    moves::<layer_norm_kernel::LayerNormKernel>(&[&x, &out, &moments], 2 * batch * channels);
    layer_norm_kernel::launch(
        &out.client,
        workgroups((batch * tokens).div_ceil(8)),
        CubeDim::new_2d(32, 8),
        x.into_tensor_arg(),
        into_contiguous(modulation).into_tensor_arg(),
        out.clone().into_tensor_arg(),
        moments.clone().into_tensor_arg(),
        batch as u32,
        tokens as u32,
        channels as u32,
        part.start as u32,
        part.step as u32,
        eps as f32,
    );
    (out, moments)
}

/// The gradient of `x`, with the residual's added if `add_residual`, and `gradients` with those of shift and scale.
pub fn gradient(
    [x, modulation, moments, grad, residual]: [CubeTensor; 5],
    gradients: CubeTensor,
    part: &Part,
    add_residual: bool,
) -> (CubeTensor, CubeTensor) {
    let [x, modulation, moments, grad, residual] =
        [x, modulation, moments, grad, residual].map(into_contiguous);
    let gradients = own(gradients);
    let [batch, tokens, channels] = x.meta.shape().dims();
    let of_x = empty(&x, [batch, tokens, channels]);
    let columns = batch * channels.div_ceil(32);
    // A scale is read, the gradients of shift and scale are written.
    let mut others = 3 * batch * channels;
    if add_residual {
        others += residual.meta.num_elements();
    }
    moves::<layer_norm_gradient_kernel::LayerNormGradientKernel>(&[&x, &moments, &grad, &of_x], others);
    layer_norm_gradient_kernel::launch(
        &of_x.client,
        workgroups(columns + (batch * tokens).div_ceil(8)),
        CubeDim::new_2d(32, 8),
        x.into_tensor_arg(),
        modulation.into_tensor_arg(),
        moments.into_tensor_arg(),
        grad.into_tensor_arg(),
        residual.into_tensor_arg(),
        of_x.clone().into_tensor_arg(),
        gradients.clone().into_tensor_arg(),
        batch as u32,
        tokens as u32,
        channels as u32,
        part.start as u32,
        part.step as u32,
        add_residual,
    );
    (of_x, gradients)
}

#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn layer_norm_kernel(
    x: &Tensor<f32>,
    modulation: &Tensor<f32>,
    out: &mut Tensor<f32>,
    moments: &mut Tensor<f32>,
    batch: u32,
    tokens: u32,
    channels: u32,
    shifts_start: u32,
    shifts_step: u32,
    eps: f32,
) {
    let mut shared = Shared::<[f32]>::new_slice(256usize);
    let token = (CUBE_POS_Y * CUBE_COUNT_X + CUBE_POS_X) * 8 + UNIT_POS_Y;
    // Threads without a token have no channels, but take part in the sums.
    let mut end = 0u32;
    if token < batch * tokens {
        end += channels;
    }
    let start = token * channels;
    let image = token / tokens;

    let mut sum = 0.0f32;
    let mut i = UNIT_POS_X;
    while i < end {
        sum += x[(start + i) as usize];
        i += 32;
    }
    let mean = row_sum(sum, &mut shared) / f32::cast_from(channels);
    let mut squares = 0.0f32;
    let mut i = UNIT_POS_X;
    while i < end {
        let centred = x[(start + i) as usize] - mean;
        squares += centred * centred;
        i += 32;
    }
    let variance = row_sum(squares, &mut shared) / f32::cast_from(channels);
    let inverse = 1.0f32 / (variance + eps).sqrt();
    let mut i = UNIT_POS_X;
    while i < end {
        let normal = (x[(start + i) as usize] - mean) * inverse;
        let shift = shifts_start + image * shifts_step + i;
        let stretch = 1.0f32 + modulation[(shift + channels) as usize];
        out[(start + i) as usize] = normal * stretch + modulation[shift as usize];
        i += 32;
    }
    if UNIT_POS_X == 0 && end > 0 {
        moments[(2 * token) as usize] = mean;
        moments[(2 * token + 1) as usize] = inverse;
    }
}

#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn layer_norm_gradient_kernel(
    x: &Tensor<f32>,
    modulation: &Tensor<f32>,
    moments: &Tensor<f32>,
    grad: &Tensor<f32>,
    residual: &Tensor<f32>,
    of_x: &mut Tensor<f32>,
    of_modulation: &mut Tensor<f32>,
    batch: u32,
    tokens: u32,
    channels: u32,
    shifts_start: u32,
    shifts_step: u32,
    #[comptime] add_residual: bool,
) {
    let mut shared = Shared::<[f32]>::new_slice(256usize);
    let workgroup = CUBE_POS_Y * CUBE_COUNT_X + CUBE_POS_X;
    let blocks = (channels - 1) / 32 + 1;
    let columns = batch * blocks;
    if workgroup < columns {
        let image = workgroup / blocks;
        let channel = (workgroup % blocks) * 32 + UNIT_POS_X;
        let mut of_shift = 0.0f32;
        let mut of_scale = 0.0f32;
        if channel < channels {
            let mut i = UNIT_POS_Y;
            while i < tokens {
                let token = image * tokens + i;
                let at = (token * channels + channel) as usize;
                let moment = (2 * token) as usize;
                let g = grad[at];
                of_shift += g;
                of_scale += g * (x[at] - moments[moment]) * moments[moment + 1];
                i += 8;
            }
        }
        let of_shift = column_sum(of_shift, &mut shared);
        let of_scale = column_sum(of_scale, &mut shared);
        if UNIT_POS_Y == 0 && channel < channels {
            let shift = shifts_start + image * shifts_step + channel;
            of_modulation[shift as usize] = of_shift;
            of_modulation[(shift + channels) as usize] = of_scale;
        }
    } else {
        let token = (workgroup - columns) * 8 + UNIT_POS_Y;
        let mut end = 0u32;
        let mut mean = 0.0f32;
        let mut inverse = 0.0f32;
        if token < batch * tokens {
            end += channels;
            mean += moments[(2 * token) as usize];
            inverse += moments[(2 * token + 1) as usize];
        }
        let start = token * channels;
        let scales = shifts_start + channels + token / tokens * shifts_step;
        let mut plain = 0.0f32;
        let mut along = 0.0f32;
        let mut i = UNIT_POS_X;
        while i < end {
            let normal = (x[(start + i) as usize] - mean) * inverse;
            let g = grad[(start + i) as usize] * (1.0f32 + modulation[(scales + i) as usize]);
            plain += g;
            along += g * normal;
            i += 32;
        }
        let plain = row_sum(plain, &mut shared) / f32::cast_from(channels);
        let along = row_sum(along, &mut shared) / f32::cast_from(channels);
        let mut i = UNIT_POS_X;
        while i < end {
            let normal = (x[(start + i) as usize] - mean) * inverse;
            let g = grad[(start + i) as usize] * (1.0f32 + modulation[(scales + i) as usize]);
            let mut value = inverse * (g - plain - normal * along);
            if comptime!(add_residual) {
                value += residual[(start + i) as usize];
            }
            of_x[(start + i) as usize] = value;
            i += 32;
        }
    }
}
