//! The gated residual connection on the GPU.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::chunk_cube::rows;
use super::cube::{THREADS, a_thread_each, column_sum, empty};

/// `x + gate y` for `x` and `y` `[batch, tokens, channels]`, `gate` `[batch, channels]`.
pub fn forward(x: CubeTensor, y: CubeTensor, gate: CubeTensor) -> CubeTensor {
    let (x, y) = (into_contiguous(x), into_contiguous(y));
    let (gate, gate_row) = rows(gate);
    let [batch, tokens, channels] = x.meta.shape().dims();
    let out = empty(&x, [batch, tokens, channels]);
    let total = batch * tokens * channels;
    forward_kernel::launch(
        &out.client,
        a_thread_each(total),
        CubeDim::new_1d(THREADS),
        x.into_tensor_arg(),
        y.into_tensor_arg(),
        gate.into_tensor_arg(),
        out.clone().into_tensor_arg(),
        (tokens * channels) as u32,
        channels as u32,
        gate_row,
        total as u32,
    );
    out
}

/// The gradients of `y` and `gate`.
pub fn gradient(y: CubeTensor, gate: CubeTensor, grad: CubeTensor) -> (CubeTensor, CubeTensor) {
    let (y, grad) = (into_contiguous(y), into_contiguous(grad));
    let (gate, gate_row) = rows(gate);
    let [batch, tokens, channels] = y.meta.shape().dims();
    let of_y = empty(&y, [batch, tokens, channels]);
    let of_gate = empty(&y, [batch, channels]);
    gradient_kernel::launch(
        &of_y.client,
        CubeCount::Static(channels.div_ceil(32) as u32, batch as u32, 1),
        CubeDim::new_2d(32, 8),
        y.into_tensor_arg(),
        gate.into_tensor_arg(),
        grad.into_tensor_arg(),
        of_y.clone().into_tensor_arg(),
        of_gate.clone().into_tensor_arg(),
        tokens as u32,
        channels as u32,
        gate_row,
    );
    (of_y, of_gate)
}

#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn forward_kernel(
    x: &Tensor<f32>,
    y: &Tensor<f32>,
    gate: &Tensor<f32>,
    out: &mut Tensor<f32>,
    image: u32,
    channels: u32,
    gate_row: u32,
    total: u32,
) {
    let mut i = CUBE_POS_X * 256 + UNIT_POS_X;
    while i < total {
        let open = gate[(i / image * gate_row + i % channels) as usize];
        out[i as usize] = x[i as usize] + open * y[i as usize];
        i += CUBE_COUNT_X * 256;
    }
}

/// A workgroup takes 32 channels of an image over all its tokens.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn gradient_kernel(
    y: &Tensor<f32>,
    gate: &Tensor<f32>,
    grad: &Tensor<f32>,
    of_y: &mut Tensor<f32>,
    of_gate: &mut Tensor<f32>,
    tokens: u32,
    channels: u32,
    gate_row: u32,
) {
    let mut shared = Shared::<[f32]>::new_slice(256usize);
    let image = CUBE_POS_Y;
    let channel = CUBE_POS_X * 32 + UNIT_POS_X;
    let mut sum = 0.0f32;
    if channel < channels {
        let open = gate[(image * gate_row + channel) as usize];
        let mut token = UNIT_POS_Y;
        while token < tokens {
            let at = ((image * tokens + token) * channels + channel) as usize;
            of_y[at] = grad[at] * open;
            sum += grad[at] * y[at];
            token += 8;
        }
    }
    let sum = column_sum(sum, &mut shared);
    if UNIT_POS_Y == 0 && channel < channels {
        of_gate[(image * channels + channel) as usize] = sum;
    }
}
