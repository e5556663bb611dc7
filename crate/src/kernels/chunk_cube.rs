//! Parts of each row of a matrix, and rows joined from parts, on the GPU.

use burn::tensor::Shape;
use burn_cubecl::kernel::{into_contiguous, slice};
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;
use cubecl::zspace::metadata::Metadata;

use super::cube::{THREADS, a_thread_each, aligned, empty};

/// Part `i` of `count` of the rows of `x` `[rows, columns]`: a view where a buffer may be bound from there on.
pub fn chunk(x: CubeTensor, i: usize, count: usize) -> CubeTensor {
    let x = into_contiguous(x);
    let [rows, columns] = x.meta.shape().dims();
    let width = columns / count;
    let start = i * width;
    if aligned(&x, start) != start {
        return slice(x, &[0..rows, start..start + width]);
    }
    let size = x.dtype.size();
    let rest = columns - start - width;
    let mut part = CubeTensor {
        handle: x
            .handle
            .clone()
            .offset_start((start * size) as u64)
            .offset_end((rest * size) as u64),
        ..x
    };
    *part.meta = Metadata::new(Shape::new([rows, width]), [columns, 1]);
    part
}

/// The matrix, and the distance of its rows, whose entries lie one after the other.
pub fn rows(x: CubeTensor) -> (CubeTensor, u32) {
    let x = match x.meta.strides()[1] {
        1 => x,
        _ => into_contiguous(x),
    };
    let distance = x.meta.strides()[0] as u32;
    (x, distance)
}

/// Rows of the first `count` of `parts`, `[rows, columns]` each, one after the other.
pub fn join(parts: [CubeTensor; 6], count: usize) -> CubeTensor {
    let parts = parts.map(into_contiguous);
    let [rows, columns] = parts[0].meta.shape().dims();
    let out = empty(&parts[0], [rows, count * columns]);
    let total = rows * count * columns;
    let [a, b, c, d, e, f] = parts.map(|part| part.into_tensor_arg());
    join_kernel::launch(
        &out.client,
        a_thread_each(total),
        CubeDim::new_1d(THREADS),
        a,
        b,
        c,
        d,
        e,
        f,
        out.clone().into_tensor_arg(),
        columns as u32,
        count as u32,
        total as u32,
    );
    out
}

#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn join_kernel(
    a: &Tensor<f32>,
    b: &Tensor<f32>,
    c: &Tensor<f32>,
    d: &Tensor<f32>,
    e: &Tensor<f32>,
    f: &Tensor<f32>,
    out: &mut Tensor<f32>,
    columns: u32,
    count: u32,
    total: u32,
) {
    let mut i = CUBE_POS_X * 256 + UNIT_POS_X;
    while i < total {
        let part = i / columns % count;
        let from = (i / (columns * count) * columns + i % columns) as usize;
        let mut value = a[from];
        if part == 1 {
            value = b[from];
        }
        if part == 2 {
            value = c[from];
        }
        if part == 3 {
            value = d[from];
        }
        if part == 4 {
            value = e[from];
        }
        if part == 5 {
            value = f[from];
        }
        out[i as usize] = value;
        i += CUBE_COUNT_X * 256;
    }
}
