//! The sums that a convolution's gradient needs on the GPU besides its matrix products.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::cube::{empty, row_sum};
use crate::runtime::work::moves;

/// The sum of `parts` vectors of `size` elements that lie end to end.
pub fn sum_parts(all: CubeTensor, parts: usize, size: usize) -> CubeTensor {
    let sum = empty(&all, [size]);
    moves::<sum_parts_kernel::SumPartsKernel>(&[&all, &sum], 0);
    sum_parts_kernel::launch(
        &sum.client,
        CubeCount::Static(size.div_ceil(32) as u32, 1, 1),
        CubeDim::new_2d(32, 8),
        all.into_tensor_arg(),
        sum.clone().into_tensor_arg(),
        parts as u32,
        size as u32,
    );
    sum
}

/// A workgroup sums 32 neighbouring elements, each in 8 threads.
#[cube(launch)]
fn sum_parts_kernel(all: &Tensor<f32>, sum: &mut Tensor<f32>, parts: u32, size: u32) {
    let mut shared = Shared::<[f32]>::new_slice(256usize);
    let element = CUBE_POS_X * 32 + UNIT_POS_X;
    let mut own = 0.0f32;
    if element < size {
        let mut part = UNIT_POS_Y;
        while part < parts {
            own += all[(part * size + element) as usize];
            part += 8;
        }
    }
    shared[(UNIT_POS_Y * 32 + UNIT_POS_X) as usize] = own;
    sync_cube();
    if UNIT_POS_Y == 0 && element < size {
        let mut total = 0.0f32;
        #[unroll]
        for row in 0..8u32 {
            total += shared[(row * 32 + UNIT_POS_X) as usize];
        }
        sum[element as usize] = total;
    }
}

/// The sum over the pixels of `grad` `[batch, channels, h, w]`, `[batch, channels, 1, 1]`.
pub fn channel_grad(grad: CubeTensor) -> CubeTensor {
    let grad = into_contiguous(grad);
    let [batch, channels, h, w] = grad.meta.shape().dims();
    let sum = empty(&grad, [batch, channels, 1, 1]);
    let rows = batch * channels;
    let workgroups = rows.div_ceil(8);
    let wide = workgroups.clamp(1, 32_768);
    moves::<channel_sum_kernel::ChannelSumKernel>(&[&grad, &sum], 0);
    channel_sum_kernel::launch(
        &sum.client,
        CubeCount::Static(wide as u32, workgroups.div_ceil(wide) as u32, 1),
        CubeDim::new_2d(32, 8),
        grad.into_tensor_arg(),
        sum.clone().into_tensor_arg(),
        rows as u32,
        (h * w) as u32,
    );
    sum
}

/// A row of 32 threads sums an image's channel.
#[cube(launch)]
fn channel_sum_kernel(grad: &Tensor<f32>, sum: &mut Tensor<f32>, rows: u32, pixels: u32) {
    let mut shared = Shared::<[f32]>::new_slice(256usize);
    let row = (CUBE_POS_Y * CUBE_COUNT_X + CUBE_POS_X) * 8 + UNIT_POS_Y;
    let mut own = 0.0f32;
    if row < rows {
        let mut i = UNIT_POS_X;
        while i < pixels {
            own += grad[(row * pixels + i) as usize];
            i += 32;
        }
    }
    let total = row_sum(own, &mut shared);
    if UNIT_POS_X == 0 && row < rows {
        sum[row as usize] = total;
    }
}
