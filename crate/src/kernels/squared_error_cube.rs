//! The mean squared error of each example on the GPU.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::cube::{THREADS, a_thread_each, empty, empty_like, workgroup_sum};
use crate::runtime::work::moves;

/// The error of each example of `x` and `y` `[batch, ...]`, `[batch]`.
pub fn forward(x: CubeTensor, y: CubeTensor) -> CubeTensor {
    let (x, y) = (into_contiguous(x), into_contiguous(y));
    let batch = x.meta.shape()[0];
    let errors = empty(&x, [batch]);
    let size = x.meta.num_elements() / batch;
    moves::<squared_error_kernel::SquaredErrorKernel>(&[&x, &y, &errors], 0);
    squared_error_kernel::launch(
        &errors.client,
        CubeCount::Static(batch as u32, 1, 1),
        CubeDim::new_1d(THREADS),
        x.into_tensor_arg(),
        y.into_tensor_arg(),
        errors.clone().into_tensor_arg(),
        size as u32,
    );
    errors
}

/// The gradient of `x` from that of the errors, `grad` `[batch]`.
pub fn gradient(x: CubeTensor, y: CubeTensor, grad: CubeTensor) -> CubeTensor {
    let (x, y, grad) = (into_contiguous(x), into_contiguous(y), into_contiguous(grad));
    let out = empty_like(&x);
    let total = x.meta.num_elements();
    let size = total / x.meta.shape()[0];
    moves::<squared_error_gradient_kernel::SquaredErrorGradientKernel>(&[&x, &y, &grad, &out], 0);
    squared_error_gradient_kernel::launch(
        &out.client,
        a_thread_each(total),
        CubeDim::new_1d(THREADS),
        x.into_tensor_arg(),
        y.into_tensor_arg(),
        grad.into_tensor_arg(),
        out.clone().into_tensor_arg(),
        size as u32,
        total as u32,
    );
    out
}

/// A workgroup an example.
#[cube(launch)]
fn squared_error_kernel(x: &Tensor<f32>, y: &Tensor<f32>, errors: &mut Tensor<f32>, size: u32) {
    let mut shared = Shared::<[f32]>::new_slice(256usize);
    let start = CUBE_POS_X * size;
    let mut sum = 0.0f32;
    let mut i = UNIT_POS_X;
    while i < size {
        let at = (start + i) as usize;
        let difference = x[at] - y[at];
        sum += difference * difference;
        i += 256;
    }
    let sum = workgroup_sum(sum, UNIT_POS_X, &mut shared);
    if UNIT_POS_X == 0 {
        errors[CUBE_POS_X as usize] = sum / f32::cast_from(size);
    }
}

#[cube(launch)]
fn squared_error_gradient_kernel(
    x: &Tensor<f32>,
    y: &Tensor<f32>,
    grad: &Tensor<f32>,
    out: &mut Tensor<f32>,
    size: u32,
    total: u32,
) {
    let mut i = CUBE_POS_X * 256 + UNIT_POS_X;
    while i < total {
        let slope = grad[(i / size) as usize] * 2.0f32 / f32::cast_from(size);
        out[i as usize] = slope * (x[i as usize] - y[i as usize]);
        i += CUBE_COUNT_X * 256;
    }
}
