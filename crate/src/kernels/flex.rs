//! What our kernels for the CPU share: values of tensors, matrix products, sums, and all cores where there are several.

#![allow(unsafe_code)]

use std::ops::Range;

use burn::tensor::{Shape, TensorData};
use burn_flex::FlexTensor;
use gemm::Parallelism;
#[cfg(not(target_arch = "wasm32"))]
use rayon::prelude::*;

/// Entries below which more than one core costs more than it saves.
#[cfg(not(target_arch = "wasm32"))]
const WORTH_SHARING: usize = 1 << 15;

/// Multiplications below which a product is faster on one core.
const LARGE_PRODUCT: usize = 128 * 128 * 128;
#[cfg(not(target_arch = "wasm32"))]
const ALL_CORES: Parallelism = Parallelism::Rayon(0);
#[cfg(target_arch = "wasm32")]
const ALL_CORES: Parallelism = Parallelism::None;

/// Sums are taken in so many lanes: vector registers that a compiler finds by itself.
const LANES: usize = 16;

/// The tensor with its values in order: copied where they lie otherwise.
pub fn in_order(tensor: FlexTensor) -> FlexTensor {
    match tensor.layout().contiguous_offsets() {
        Some(_) => tensor,
        None => tensor.to_contiguous(),
    }
}

/// The values of a tensor [in order](in_order).
pub fn values(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().expect("f32 values in order")
}

pub fn tensor(values: Vec<f32>, shape: impl Into<Shape>) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

/// The four sizes of an image tensor or of a convolution's weight.
pub fn sizes(tensor: &FlexTensor) -> [usize; 4] {
    std::array::from_fn(|axis| tensor.layout().shape()[axis])
}

/// Lets `work` fill each part of `size` entries, on all cores where there are several.
pub fn fill_parts(out: &mut [f32], size: usize, work: impl Fn(usize, &mut [f32]) + Send + Sync) {
    #[cfg(not(target_arch = "wasm32"))]
    if out.len() >= WORTH_SHARING {
        let parts = out.par_chunks_mut(size).enumerate();
        return parts.for_each(|(i, part)| work(i, part));
    }
    for (i, part) in out.chunks_mut(size).enumerate() {
        work(i, part);
    }
}

/// The same with a part of each of two.
pub fn fill_pairs(
    (a, a_size): (&mut [f32], usize),
    (b, b_size): (&mut [f32], usize),
    work: impl Fn(usize, &mut [f32], &mut [f32]) + Send + Sync,
) {
    #[cfg(not(target_arch = "wasm32"))]
    if a.len() >= WORTH_SHARING {
        let parts = a.par_chunks_mut(a_size).zip(b.par_chunks_mut(b_size));
        return parts.enumerate().for_each(|(i, (a, b))| work(i, a, b));
    }
    for (i, (a, b)) in a.chunks_mut(a_size).zip(b.chunks_mut(b_size)).enumerate() {
        work(i, a, b);
    }
}

/// A matrix in a slice: an entry is `row_stride` behind the one above it and `column_stride` behind the one before it.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// Row after row.
    pub fn new(values: &'a [f32], rows: usize, columns: usize) -> Self {
        assert_eq!(values.len(), rows * columns, "a matrix of {rows} x {columns}");
        Self {
            values,
            rows,
            columns,
            row_stride: columns,
            column_stride: 1,
        }
    }

    /// Some columns of one that lies row after row.
    pub fn of_columns(values: &'a [f32], rows: usize, width: usize, columns: Range<usize>) -> Self {
        assert!(values.len() == rows * width && columns.end <= width);
        Self {
            values: &values[columns.start.min(values.len())..],
            rows,
            columns: columns.len(),
            row_stride: width,
            column_stride: 1,
        }
    }

    pub fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }
}

/// Adds `a b` to a matrix whose rows begin `stride` apart in `out`.
pub fn add_product(out: &mut [f32], stride: usize, a: Matrix, b: Matrix) {
    let (rows, columns) = (a.rows, b.columns);
    assert_eq!(a.columns, b.rows);
    if rows == 0 || columns == 0 {
        return;
    }
    assert!(columns <= stride && (rows - 1) * stride + columns <= out.len());
    let cores = match rows * columns * a.columns < LARGE_PRODUCT {
        true => Parallelism::None,
        false => ALL_CORES,
    };
    // SAFETY: `Matrix`'s constructors and the assertions hold every entry of the three matrices within its slice, and
    // `out` is borrowed for this call alone.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            a.columns,
            out.as_mut_ptr(),
            1,
            stride as isize,
            true,
            a.values.as_ptr(),
            a.column_stride as isize,
            a.row_stride as isize,
            b.values.as_ptr(),
            b.column_stride as isize,
            b.row_stride as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            cores,
        );
    }
}

/// The sum of `term` over pairs of entries.
#[inline(always)]
pub fn sum_of(a: &[f32], b: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let (a_chunks, a_rest) = a.as_chunks::<LANES>();
    let (b_chunks, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for i in 0..LANES {
            lanes[i] += term(a[i], b[i]);
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(&a, &b)| term(a, b));
    lanes.into_iter().chain(rest).sum()
}

/// The exponential function within 2 units in the last place, in arithmetic that a compiler does for several values at
/// once: 2^n times the polynomial for what is left, of less than ln(2)/2 (Cephes, `expf`).
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    /// Adding it leaves a number rounded to an integer, in the last bits.
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    // ln(2) in two parts, the first of which has few bits.
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let mut p = 1.987_569_1e-4;
    for c in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = p * r + c;
    }
    let two_to_the_n = f32::from_bits((shifted.to_bits() << 23).wrapping_add(1f32.to_bits()));
    (p * r * r + r + 1.0) * two_to_the_n
}

/// `1 / (1 + exp(-x))`
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

#[cfg(test)]
mod tests;
