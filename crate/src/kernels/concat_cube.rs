//! Channels of two images after each other, and apart again, on the GPU.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::cube::{THREADS, aligned, empty, view};
use crate::runtime::work::moves;

/// Elements that a thread copies.
const COPIES: usize = 4;

fn count(elements: usize) -> CubeCount {
    let workgroups = elements.div_ceil(COPIES * THREADS as usize);
    CubeCount::Static(workgroups.clamp(1, 32_768) as u32, 1, 1)
}

/// `a` `[batch, m, h, w]` and `b` `[batch, n, h, w]` as `[batch, m + n, h, w]`.
pub fn concat(a: CubeTensor, b: CubeTensor) -> CubeTensor {
    let (a, b) = (into_contiguous(a), into_contiguous(b));
    let [batch, m, h, w] = a.meta.shape().dims();
    let n = b.meta.shape()[1];
    let out = empty(&a, [batch, m + n, h, w]);
    moves::<concat_channels_kernel::ConcatChannelsKernel>(&[&a, &b, &out], 0);
    concat_channels_kernel::launch(
        &out.client,
        count(out.meta.num_elements()),
        CubeDim::new_1d(THREADS),
        a.into_tensor_arg(),
        b.into_tensor_arg(),
        out.clone().into_tensor_arg(),
        (m * h * w) as u32,
        (n * h * w) as u32,
        out.meta.num_elements() as u32,
    );
    out
}

/// The first `m` channels of `x`, and the others: parts of one buffer.
pub fn split(x: CubeTensor, m: usize) -> (CubeTensor, CubeTensor) {
    let x = into_contiguous(x);
    let [batch, channels, h, w] = x.meta.shape().dims();
    let n = channels - m;
    let second = aligned(&x, batch * m * h * w);
    let out = empty(&x, [second + batch * n * h * w]);
    let total = x.meta.num_elements();
    moves::<split_channels_kernel::SplitChannelsKernel>(&[&x], total);
    split_channels_kernel::launch(
        &out.client,
        count(total),
        CubeDim::new_1d(THREADS),
        x.into_tensor_arg(),
        out.clone().into_tensor_arg(),
        (m * h * w) as u32,
        (n * h * w) as u32,
        second as u32,
        total as u32,
    );
    (
        view(&out, 0, [batch, m, h, w]),
        view(&out, second, [batch, n, h, w]),
    )
}

#[cube(launch)]
fn concat_channels_kernel(
    a: &Tensor<f32>,
    b: &Tensor<f32>,
    out: &mut Tensor<f32>,
    a_size: u32,
    b_size: u32,
    total: u32,
) {
    let size = a_size + b_size;
    let mut i = CUBE_POS_X * 256 + UNIT_POS_X;
    while i < total {
        let image = i / size;
        let within = i % size;
        if within < a_size {
            out[i as usize] = a[(image * a_size + within) as usize];
        } else {
            out[i as usize] = b[(image * b_size + within - a_size) as usize];
        }
        i += CUBE_COUNT_X * 256;
    }
}

#[cube(launch)]
fn split_channels_kernel(
    x: &Tensor<f32>,
    out: &mut Tensor<f32>,
    a_size: u32,
    b_size: u32,
    second: u32,
    total: u32,
) {
    let size = a_size + b_size;
    let mut i = CUBE_POS_X * 256 + UNIT_POS_X;
    while i < total {
        let image = i / size;
        let within = i % size;
        if within < a_size {
            out[(image * a_size + within) as usize] = x[i as usize];
        } else {
            out[(second + image * b_size + within - a_size) as usize] = x[i as usize];
        }
        i += CUBE_COUNT_X * 256;
    }
}
