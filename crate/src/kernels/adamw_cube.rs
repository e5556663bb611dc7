//! AdamW with clipping and moving average on the GPU: a launch for the gradient's norm, a launch for the rest.

use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, backend_extension};
use burn::tensor::Shape;
use burn_cubecl::{CubeBackend, kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::cube::{THREADS, empty, view, workgroup_sum};
use crate::runtime::work::moves;

/// Parts of the sum of squares: one for each thread of a workgroup of the second kernel.
const PARTS: usize = THREADS as usize;
/// Parameters that a thread of the second kernel updates.
const A_THREAD: usize = 4;

/// Numbers of one update.
pub const COEFFICIENTS: usize = 9;

/// The update on the GPU.
#[backend_extension(Cube, Fusion)]
#[allow(clippy::type_complexity)]
pub trait FlatUpdate: Backend {
    /// Parameters, moving average, moments and the gradient's norm, `[1]`, after the update. The parameters are others;
    /// average and moments are written where they were if nobody else holds them, or if `in_place`, whoever does.
    #[fusion(meta = |theta, ema, m, v, _grad, _coefficients, _in_place| (
        theta.clone(),
        ema.clone(),
        m.clone(),
        v.clone(),
        TensorSpec::new(Shape::new([1]), theta.dtype),
    ))]
    fn update_weights(
        theta: FloatTensor<Self>,
        ema: FloatTensor<Self>,
        m: FloatTensor<Self>,
        v: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        coefficients: FloatTensor<Self>,
        in_place: bool,
    ) -> (
        FloatTensor<Self>,
        FloatTensor<Self>,
        FloatTensor<Self>,
        FloatTensor<Self>,
        FloatTensor<Self>,
    );
}

impl FlatUpdate for CubeBackend {
    fn update_weights(
        theta: FloatTensor<Self>,
        ema: FloatTensor<Self>,
        m: FloatTensor<Self>,
        v: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        coefficients: FloatTensor<Self>,
        in_place: bool,
    ) -> (
        FloatTensor<Self>,
        FloatTensor<Self>,
        FloatTensor<Self>,
        FloatTensor<Self>,
        FloatTensor<Self>,
    ) {
        let grad = into_contiguous(grad);
        let count = grad.meta.num_elements();
        // The norm goes behind them, and the coefficients behind it: whoever keeps it for a while keeps no more than a
        // kilobyte from being used again, and the second kernel has one buffer less.
        let squares = empty(&grad, [PARTS + 1 + COEFFICIENTS]);
        moves::<adamw_squares_kernel::AdamwSquaresKernel>(&[&grad, &squares], 0);
        adamw_squares_kernel::launch(
            &grad.client,
            CubeCount::Static(PARTS as u32, 1, 1),
            CubeDim::new_1d(THREADS),
            grad.clone().into_tensor_arg(),
            into_contiguous(coefficients).into_tensor_arg(),
            squares.clone().into_tensor_arg(),
            count as u32,
        );
        let out = empty(&grad, [count]);
        let own = |x: CubeTensor| match in_place || x.can_mut() {
            true => x,
            false => x.copy(),
        };
        let [ema, m, v] = [ema, m, v].map(own);
        let workgroups = count.div_ceil(A_THREAD * THREADS as usize).min(32_768);
        // Average and moments are read and written.
        moves::<adamw_update_kernel::AdamwUpdateKernel>(&[&squares], 9 * count);
        adamw_update_kernel::launch(
            &out.client,
            CubeCount::Static(workgroups as u32, 1, 1),
            CubeDim::new_1d(THREADS),
            into_contiguous(theta).into_tensor_arg(),
            out.clone().into_tensor_arg(),
            ema.clone().into_tensor_arg(),
            m.clone().into_tensor_arg(),
            v.clone().into_tensor_arg(),
            grad.into_tensor_arg(),
            squares.clone().into_tensor_arg(),
            count as u32,
        );
        (out, ema, m, v, view(&squares, PARTS, [1]))
    }
}

#[cube(launch)]
fn adamw_squares_kernel(
    grad: &Tensor<f32>,
    coefficients: &Tensor<f32>,
    squares: &mut Tensor<f32>,
    count: u32,
) {
    let mut shared = Shared::<[f32]>::new_slice(256usize);
    let mut sum = 0.0f32;
    let mut i = CUBE_POS_X * 256 + UNIT_POS_X;
    while i < count {
        let g = grad[i as usize];
        sum += g * g;
        i += CUBE_COUNT_X * 256;
    }
    let sum = workgroup_sum(sum, UNIT_POS_X, &mut shared);
    if UNIT_POS_X == 0 {
        squares[CUBE_POS_X as usize] = sum;
    }
    if CUBE_POS_X == 0 && UNIT_POS_X < 9 {
        squares[(257 + UNIT_POS_X) as usize] = coefficients[UNIT_POS_X as usize];
    }
}

/// Behind the sums of squares the norm is left, and behind it the coefficients are found.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn adamw_update_kernel(
    theta: &Tensor<f32>,
    out: &mut Tensor<f32>,
    ema: &mut Tensor<f32>,
    m: &mut Tensor<f32>,
    v: &mut Tensor<f32>,
    grad: &Tensor<f32>,
    squares: &mut Tensor<f32>,
    count: u32,
) {
    let learning_rate = squares[257usize];
    let weight_decay = squares[258usize];
    let beta1 = squares[259usize];
    let beta2 = squares[260usize];
    let correction1 = squares[261usize];
    let correction2 = squares[262usize];
    let eps = squares[263usize];
    let max_norm = squares[264usize];
    let ema_decay = squares[265usize];
    let mut shared = Shared::<[f32]>::new_slice(256usize);
    let norm = workgroup_sum(squares[UNIT_POS_X as usize], UNIT_POS_X, &mut shared).sqrt();
    let mut clip = max_norm / (norm + 1e-6f32);
    if clip > 1.0f32 {
        clip = 1.0f32;
    }
    if CUBE_POS_X == 0 && UNIT_POS_X == 0 {
        squares[256usize] = norm;
    }
    let mut i = CUBE_POS_X * 256 + UNIT_POS_X;
    while i < count {
        let at = i as usize;
        let g = grad[at] * clip;
        let first = beta1 * m[at] + (1.0f32 - beta1) * g;
        let second = beta2 * v[at] + (1.0f32 - beta2) * g * g;
        let step = (first / correction1) / ((second / correction2).sqrt() + eps);
        let old = theta[at];
        let new = old - learning_rate * (step + weight_decay * old);
        out[at] = new;
        ema[at] = ema_decay * ema[at] + (1.0f32 - ema_decay) * new;
        m[at] = first;
        v[at] = second;
        i += CUBE_COUNT_X * 256;
    }
}
