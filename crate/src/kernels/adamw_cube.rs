//! AdamW with clipping and moving average on the GPU: a launch for the gradient's norm, a launch for the rest.

use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, backend_extension};
use burn::tensor::Shape;
use burn_cubecl::{CubeBackend, kernel::into_contiguous};
use cubecl::prelude::*;

use super::adamw::{AdamW, Rates};
use super::cube::{THREADS, aligned, empty, view, workgroup_sum};

/// Parts of the sum of squares: one for each thread of a workgroup of the second kernel.
const PARTS: usize = THREADS as usize;
/// Parameters that a thread of the second kernel updates.
const A_THREAD: usize = 4;

/// The numbers of one update, as the kernel takes them.
#[derive(CubeLaunch, CubeType, Clone, Copy)]
struct Scalars {
    learning_rate: f32,
    weight_decay: f32,
    beta1: f32,
    beta2: f32,
    /// 1 - beta1^step and 1 - beta2^step.
    correction1: f32,
    correction2: f32,
    eps: f32,
    max_norm: f32,
    ema_decay: f32,
}

/// The numbers of one update.
#[derive(Clone, Copy, Debug)]
pub struct Coefficients {
    rates: Rates,
    options: AdamW,
    correction1: f64,
    correction2: f64,
}

impl Coefficients {
    /// Of update number `step`, from 1.
    pub fn new(step: u32, rates: Rates, options: AdamW) -> Self {
        Self {
            rates,
            options,
            correction1: 1.0 - options.beta1.powi(step as i32),
            correction2: 1.0 - options.beta2.powi(step as i32),
        }
    }

    fn launch(&self) -> ScalarsLaunch {
        ScalarsLaunch::new(
            self.rates.learning_rate as f32,
            self.options.weight_decay as f32,
            self.options.beta1 as f32,
            self.options.beta2 as f32,
            self.correction1 as f32,
            self.correction2 as f32,
            self.options.eps as f32,
            self.rates.max_norm as f32,
            self.rates.ema_decay as f32,
        )
    }
}

/// The update on the GPU.
#[backend_extension(Cube, Fusion)]
#[allow(clippy::type_complexity)]
pub trait FlatUpdate: Backend {
    /// Parameters, moving average, moments and the gradient's norm, `[1]`, after the update.
    #[fusion(meta = |theta, ema, m, v, _grad, _coefficients| (
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
        coefficients: Coefficients,
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
        coefficients: Coefficients,
    ) -> (
        FloatTensor<Self>,
        FloatTensor<Self>,
        FloatTensor<Self>,
        FloatTensor<Self>,
        FloatTensor<Self>,
    ) {
        let grad = into_contiguous(grad);
        let count = grad.meta.num_elements();
        // The norm goes behind them: whoever keeps it for a while keeps no more than a kilobyte from being used again.
        let squares = empty(&grad, [PARTS + 1]);
        squares_kernel::launch(
            &grad.client,
            CubeCount::Static(PARTS as u32, 1, 1),
            CubeDim::new_1d(THREADS),
            grad.clone().into_tensor_arg(),
            squares.clone().into_tensor_arg(),
            count as u32,
        );
        // One buffer for all that is written: WebGPU promises 8 buffers a kernel, and Burn takes one.
        let section = aligned(&grad, count);
        let out = empty(&grad, [4 * section]);
        let workgroups = count.div_ceil(A_THREAD * THREADS as usize).min(32_768);
        update_kernel::launch(
            &out.client,
            CubeCount::Static(workgroups as u32, 1, 1),
            CubeDim::new_1d(THREADS),
            into_contiguous(theta).into_tensor_arg(),
            into_contiguous(ema).into_tensor_arg(),
            into_contiguous(m).into_tensor_arg(),
            into_contiguous(v).into_tensor_arg(),
            grad.into_tensor_arg(),
            squares.clone().into_tensor_arg(),
            out.clone().into_tensor_arg(),
            count as u32,
            section as u32,
            coefficients.launch(),
        );
        (
            view(&out, 0, [count]),
            view(&out, section, [count]),
            view(&out, 2 * section, [count]),
            view(&out, 3 * section, [count]),
            view(&squares, PARTS, [1]),
        )
    }
}

#[cube(launch)]
fn squares_kernel(grad: &Tensor<f32>, squares: &mut Tensor<f32>, count: u32) {
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
}

/// `out` holds parameters, moving average and both moments, each from a multiple of `section` on. The norm is left behind
/// the sums of squares.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn update_kernel(
    theta: &Tensor<f32>,
    ema: &Tensor<f32>,
    m: &Tensor<f32>,
    v: &Tensor<f32>,
    grad: &Tensor<f32>,
    squares: &mut Tensor<f32>,
    out: &mut Tensor<f32>,
    count: u32,
    section: u32,
    scalars: Scalars,
) {
    let mut shared = Shared::<[f32]>::new_slice(256usize);
    let norm = workgroup_sum(squares[UNIT_POS_X as usize], UNIT_POS_X, &mut shared).sqrt();
    let mut clip = scalars.max_norm / (norm + 1e-6f32);
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
        let first = scalars.beta1 * m[at] + (1.0f32 - scalars.beta1) * g;
        let second = scalars.beta2 * v[at] + (1.0f32 - scalars.beta2) * g * g;
        let step = (first / scalars.correction1) / ((second / scalars.correction2).sqrt() + scalars.eps);
        let old = theta[at];
        let new = old - scalars.learning_rate * (step + scalars.weight_decay * old);
        out[at] = new;
        out[(section + i) as usize] = scalars.ema_decay * ema[at] + (1.0f32 - scalars.ema_decay) * new;
        out[(2 * section + i) as usize] = first;
        out[(3 * section + i) as usize] = second;
        i += CUBE_COUNT_X * 256;
    }
}
