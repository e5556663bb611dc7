//! The gradient of the gated residual connection on the GPU.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::cube::{column_sum, empty, own};
use super::modulation::Part;
use crate::runtime::work::moves;

/// The gradient of `y` `[batch, tokens, channels]`, and `gradients` with that of the gates, which are a part of
/// `modulation`.
pub fn gradient(
    y: CubeTensor,
    modulation: CubeTensor,
    grad: CubeTensor,
    gradients: CubeTensor,
    gate: &Part,
) -> (CubeTensor, CubeTensor) {
    let (y, grad) = (into_contiguous(y), into_contiguous(grad));
    let gradients = own(gradients);
    let [batch, tokens, channels] = y.meta.shape().dims();
    let of_y = empty(&y, [batch, tokens, channels]);
    moves::<gated_gradient_kernel::GatedGradientKernel>(&[&y, &grad, &of_y], 2 * batch * channels);
    gated_gradient_kernel::launch(
        &of_y.client,
        CubeCount::Static(channels.div_ceil(32) as u32, batch as u32, 1),
        CubeDim::new_2d(32, 8),
        y.into_tensor_arg(),
        into_contiguous(modulation).into_tensor_arg(),
        grad.into_tensor_arg(),
        of_y.clone().into_tensor_arg(),
        gradients.clone().into_tensor_arg(),
        tokens as u32,
        channels as u32,
        gate.start as u32,
        gate.step as u32,
    );
    (of_y, gradients)
}

/// A workgroup takes 32 channels of an image over all its tokens.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn gated_gradient_kernel(
    y: &Tensor<f32>,
    gates: &Tensor<f32>,
    grad: &Tensor<f32>,
    of_y: &mut Tensor<f32>,
    of_gates: &mut Tensor<f32>,
    tokens: u32,
    channels: u32,
    gates_start: u32,
    gates_step: u32,
) {
    let mut shared = Shared::<[f32]>::new_slice(256usize);
    let image = CUBE_POS_Y;
    let channel = CUBE_POS_X * 32 + UNIT_POS_X;
    let gate = (gates_start + image * gates_step + channel) as usize;
    let mut sum = 0.0f32;
    if channel < channels {
        let open = gates[gate];
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
        of_gates[gate] = sum;
    }
}
