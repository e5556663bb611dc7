//! What conditions a network, on the GPU.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::activation::Activation;
use super::activation_cube::{apply, slope};
use super::cube::{THREADS, a_thread_each, empty, workgroups};
use crate::runtime::work::moves;

/// Cosines and sines of `t` `[batch]` times each of the `frequencies`, `[1, n]`: `[batch, 2 n]`.
pub fn sinusoids(t: CubeTensor, frequencies: CubeTensor, cosines_first: bool) -> CubeTensor {
    let [batch] = t.meta.shape().dims();
    let [_, half] = frequencies.meta.shape().dims();
    let out = empty(&t, [batch, 2 * half]);
    moves::<sinusoids_kernel::SinusoidsKernel>(&[&t, &frequencies, &out], 0);
    sinusoids_kernel::launch(
        &out.client,
        a_thread_each(batch * half),
        CubeDim::new_1d(THREADS),
        into_contiguous(t).into_tensor_arg(),
        into_contiguous(frequencies).into_tensor_arg(),
        out.clone().into_tensor_arg(),
        half as u32,
        (batch * half) as u32,
        cosines_first,
    );
    out
}

/// The SiLU of `x` `[batch, dim]` plus each label's row of `table`; labels are of four bytes.
pub fn forward(x: CubeTensor, table: CubeTensor, labels: CubeTensor) -> CubeTensor {
    let [batch, dim] = x.meta.shape().dims();
    let out = empty(&x, [batch, dim]);
    moves::<silu_labelled_kernel::SiluLabelledKernel>(&[&x, &table, &labels, &out], 0);
    silu_labelled_kernel::launch(
        &out.client,
        a_thread_each(batch * dim),
        CubeDim::new_1d(THREADS),
        into_contiguous(x).into_tensor_arg(),
        into_contiguous(table).into_tensor_arg(),
        into_contiguous(labels).into_tensor_arg(),
        out.clone().into_tensor_arg(),
        dim as u32,
        (batch * dim) as u32,
    );
    out
}

/// The gradients of `x` and of the table.
pub fn gradient(
    x: CubeTensor,
    table: CubeTensor,
    labels: CubeTensor,
    grad: CubeTensor,
) -> (CubeTensor, CubeTensor) {
    let [batch, dim] = x.meta.shape().dims();
    let [classes, _] = table.meta.shape().dims();
    let of_x = empty(&x, [batch, dim]);
    let of_table = empty(&x, [classes, dim]);
    let x_workgroups = (batch * dim).div_ceil(THREADS as usize);
    let table_workgroups = (classes * dim).div_ceil(THREADS as usize);
    moves::<silu_labelled_gradient_kernel::SiluLabelledGradientKernel>(
        &[&x, &table, &labels, &grad, &of_x, &of_table],
        0,
    );
    silu_labelled_gradient_kernel::launch(
        &of_x.client,
        workgroups(x_workgroups + table_workgroups),
        CubeDim::new_1d(THREADS),
        into_contiguous(x).into_tensor_arg(),
        into_contiguous(table).into_tensor_arg(),
        into_contiguous(labels).into_tensor_arg(),
        into_contiguous(grad).into_tensor_arg(),
        of_x.clone().into_tensor_arg(),
        of_table.clone().into_tensor_arg(),
        dim as u32,
        batch as u32,
        classes as u32,
        x_workgroups as u32,
    );
    (of_x, of_table)
}

#[cube(launch)]
fn sinusoids_kernel(
    t: &Tensor<f32>,
    frequencies: &Tensor<f32>,
    out: &mut Tensor<f32>,
    half: u32,
    total: u32,
    #[comptime] cosines_first: bool,
) {
    let mut i = CUBE_POS_X * 256 + UNIT_POS_X;
    while i < total {
        let (row, column) = (i / half, i % half);
        let angle = t[row as usize] * frequencies[column as usize];
        let first = row * 2 * half + column;
        if comptime!(cosines_first) {
            out[first as usize] = angle.cos();
            out[(first + half) as usize] = angle.sin();
        } else {
            out[first as usize] = angle.sin();
            out[(first + half) as usize] = angle.cos();
        }
        i += CUBE_COUNT_X * 256;
    }
}

#[cube(launch)]
fn silu_labelled_kernel(
    x: &Tensor<f32>,
    table: &Tensor<f32>,
    labels: &Tensor<u32>,
    out: &mut Tensor<f32>,
    dim: u32,
    total: u32,
) {
    let mut i = CUBE_POS_X * 256 + UNIT_POS_X;
    while i < total {
        let sum = x[i as usize] + table[(labels[(i / dim) as usize] * dim + i % dim) as usize];
        out[i as usize] = apply(sum, comptime!(Activation::Silu));
        i += CUBE_COUNT_X * 256;
    }
}

/// In the first workgroups a thread has an entry of `x`, in the others one of the table, and goes through the batch.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn silu_labelled_gradient_kernel(
    x: &Tensor<f32>,
    table: &Tensor<f32>,
    labels: &Tensor<u32>,
    grad: &Tensor<f32>,
    of_x: &mut Tensor<f32>,
    of_table: &mut Tensor<f32>,
    dim: u32,
    batch: u32,
    classes: u32,
    x_workgroups: u32,
) {
    let workgroup = CUBE_POS_Y * CUBE_COUNT_X + CUBE_POS_X;
    if workgroup < x_workgroups {
        let i = workgroup * 256 + UNIT_POS_X;
        if i < batch * dim {
            let sum = x[i as usize] + table[(labels[(i / dim) as usize] * dim + i % dim) as usize];
            of_x[i as usize] = grad[i as usize] * slope(sum, comptime!(Activation::Silu));
        }
    } else {
        let i = (workgroup - x_workgroups) * 256 + UNIT_POS_X;
        if i < classes * dim {
            let own = table[i as usize];
            let mut total = 0.0f32;
            for image in 0..batch {
                if labels[image as usize] == i / dim {
                    let at = (image * dim + i % dim) as usize;
                    total += grad[at] * slope(x[at] + own, comptime!(Activation::Silu));
                }
            }
            of_table[i as usize] = total;
        }
    }
}
