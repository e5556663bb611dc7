//! The activations on the GPU.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::activation::Activation;
use super::cube::{THREADS, a_thread_each, empty_like};
use super::norm_cube::sigmoid;
use crate::runtime::work::moves;

/// sqrt(2 / pi).
const SLOPE: f32 = 0.797_884_6;
const CUBIC: f32 = 0.044_715;

pub fn forward(x: CubeTensor, activation: Activation) -> CubeTensor {
    let x = into_contiguous(x);
    let out = empty_like(&x);
    let total = x.meta.num_elements();
    let (y, client) = (out.clone().into_tensor_arg(), out.client.clone());
    moves::<activation_kernel::ActivationKernel>(&[&x, &out], 0);
    activation_kernel::launch(
        &client,
        a_thread_each(total),
        CubeDim::new_1d(THREADS),
        x.into_tensor_arg(),
        y,
        total as u32,
        activation,
    );
    out
}

pub fn gradient(x: CubeTensor, grad: CubeTensor, activation: Activation) -> CubeTensor {
    let (x, grad) = (into_contiguous(x), into_contiguous(grad));
    let out = empty_like(&x);
    let total = x.meta.num_elements();
    moves::<activation_gradient_kernel::ActivationGradientKernel>(&[&x, &grad, &out], 0);
    activation_gradient_kernel::launch(
        &out.client,
        a_thread_each(total),
        CubeDim::new_1d(THREADS),
        x.into_tensor_arg(),
        grad.into_tensor_arg(),
        out.clone().into_tensor_arg(),
        total as u32,
        activation,
    );
    out
}

/// tanh of GELU's cubic. Some drivers' own tanh overflows to NaN where its argument is large.
#[cube]
fn bend(x: f32) -> f32 {
    let argument = SLOPE * (x + CUBIC * x * x * x);
    let mut magnitude = argument;
    if argument < 0.0f32 {
        magnitude = -argument;
    }
    let decay = (f32::new(-2.0f32) * magnitude).exp();
    let size = (1.0f32 - decay) / (1.0f32 + decay);
    let mut result = size;
    if argument < 0.0f32 {
        result = -size;
    }
    result
}

/// The activation of a number.
#[cube]
pub fn apply(value: f32, #[comptime] activation: Activation) -> f32 {
    if comptime!(activation == Activation::Gelu) {
        0.5f32 * value * (1.0f32 + bend(value))
    } else {
        value * sigmoid(value)
    }
}

/// Its derivative there.
#[cube]
pub fn slope(value: f32, #[comptime] activation: Activation) -> f32 {
    if comptime!(activation == Activation::Gelu) {
        let bent = bend(value);
        let slope = SLOPE * (1.0f32 + 3.0f32 * CUBIC * value * value);
        0.5f32 * (1.0f32 + bent) + 0.5f32 * value * (1.0f32 - bent * bent) * slope
    } else {
        let gate = sigmoid(value);
        gate * (1.0f32 + value * (1.0f32 - gate))
    }
}

#[cube(launch)]
fn activation_kernel(x: &Tensor<f32>, out: &mut Tensor<f32>, total: u32, #[comptime] activation: Activation) {
    let mut i = CUBE_POS_X * 256 + UNIT_POS_X;
    while i < total {
        out[i as usize] = apply(x[i as usize], activation);
        i += CUBE_COUNT_X * 256;
    }
}

#[cube(launch)]
fn activation_gradient_kernel(
    x: &Tensor<f32>,
    grad: &Tensor<f32>,
    out: &mut Tensor<f32>,
    total: u32,
    #[comptime] activation: Activation,
) {
    let mut i = CUBE_POS_X * 256 + UNIT_POS_X;
    while i < total {
        out[i as usize] = grad[i as usize] * slope(x[i as usize], activation);
        i += CUBE_COUNT_X * 256;
    }
}
