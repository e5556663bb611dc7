//! The linear map and its gradient on the GPU: three products of matrices, one kernel.
//!
//! How many threads share a workgroup follows from the shape: see [`Tile`]. The sum over the rows of a weight's gradient
//! is cut into parts where there would be too few workgroups, and a second kernel adds the parts up.

use burn::tensor::Shape;
use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::conv_sums_cube::sum_parts;
use super::cube::{aligned, empty, view};
use super::product_cube::product_kernel;

/// Workgroups that keep a large GPU busy.
const ENOUGH: usize = 264;
/// Rows that are worth a part of their own in the gradient of a weight.
const ROWS: usize = 128;

/// Threads of a workgroup along the columns and along the rows of the result, and how many products a thread takes from
/// shared memory at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tile {
    across: usize,
    down: usize,
    depth: usize,
}

impl Tile {
    const LARGE: Self = Self {
        across: 16,
        down: 16,
        depth: 16,
    };
    const MIDDLE: Self = Self {
        across: 16,
        down: 8,
        depth: 32,
    };
    const SMALL: Self = Self {
        across: 8,
        down: 8,
        depth: 32,
    };

    /// The largest that makes enough workgroups, else the smallest.
    fn choose(rows: usize, columns: usize) -> Self {
        let enough = |tile: &Self| tile.count(rows, columns) >= ENOUGH;
        let wide = [Self::LARGE, Self::MIDDLE].into_iter().find(enough);
        wide.filter(|_| columns > 32).unwrap_or(Self::SMALL)
    }

    /// Workgroups that it takes.
    fn count(self, rows: usize, columns: usize) -> usize {
        rows.div_ceil(4 * self.down) * columns.div_ceil(4 * self.across)
    }
}

/// A matrix as it lies in memory.
struct Matrix {
    tensor: CubeTensor,
    /// Neighbouring numbers are terms of one sum, and not neighbours in the result.
    terms_inside: bool,
}

impl Matrix {
    fn new(tensor: CubeTensor, terms_inside: bool) -> Self {
        Self {
            tensor: into_contiguous(tensor),
            terms_inside,
        }
    }
}

fn last(tensor: &CubeTensor) -> usize {
    let shape = tensor.meta.shape();
    shape[shape.num_dims() - 1]
}

/// `x weight^T + bias`, of this shape.
pub fn forward(x: CubeTensor, weight: CubeTensor, bias: CubeTensor, shape: Shape) -> CubeTensor {
    let [columns, terms] = weight.meta.shape().dims();
    let rows = shape.num_elements() / columns;
    let out = empty(&x, [rows * columns]);
    launch(
        Matrix::new(x, true),
        Matrix::new(weight, true),
        Some(into_contiguous(bias)),
        &out,
        [rows, columns, terms],
        Parts::one(terms),
        Tile::choose(rows, columns),
    );
    view(&out, 0, shape)
}

/// `grad weight`, of this shape.
pub fn input_grad(grad: CubeTensor, weight: CubeTensor, shape: Shape) -> CubeTensor {
    let [terms, columns] = weight.meta.shape().dims();
    let rows = shape.num_elements() / columns;
    let out = empty(&grad, [rows * columns]);
    launch(
        Matrix::new(grad, true),
        Matrix::new(weight, false),
        None,
        &out,
        [rows, columns, terms],
        Parts::one(terms),
        Tile::choose(rows, columns),
    );
    view(&out, 0, shape)
}

/// `grad^T x`, and the sum of the rows of `grad`. Both are in one buffer, the second from an aligned start on.
pub fn weight_grad(x: CubeTensor, grad: CubeTensor) -> (CubeTensor, CubeTensor) {
    let (columns, rows) = (last(&x), last(&grad));
    let terms = x.meta.num_elements() / columns;
    let bias_start = aligned(&x, rows * columns);
    let size = bias_start + rows;
    let most = (terms / ROWS).max(1);
    // With many parts the largest tile has enough workgroups too.
    let tile = match most > 4 && rows.min(columns) > 32 {
        true => Tile::LARGE,
        false => Tile::choose(rows, columns),
    };
    let parts = (ENOUGH / tile.count(rows, columns)).clamp(1, most);
    // A whole number of rounds a part.
    let terms_a_part = terms.div_ceil(parts).next_multiple_of(tile.depth);
    let parts = Parts {
        count: parts,
        terms: terms_a_part,
        size,
        sums: Some(bias_start),
    };
    let out = empty(&x, [parts.count * size]);
    launch(
        Matrix::new(grad, false),
        Matrix::new(x, false),
        None,
        &out,
        [rows, columns, terms],
        parts,
        tile,
    );
    let sum = match parts.count {
        1 => out,
        count => sum_parts(out, count, size),
    };
    (view(&sum, 0, [rows, columns]), view(&sum, bias_start, [rows]))
}

/// How the sums are cut.
#[derive(Clone, Copy)]
struct Parts {
    count: usize,
    /// Terms of the sums in each part.
    terms: usize,
    /// Numbers that a part writes.
    size: usize,
    /// Where in a part the sums of the left matrix's rows go, if they are wanted.
    sums: Option<usize>,
}

impl Parts {
    fn one(terms: usize) -> Self {
        Self {
            count: 1,
            terms,
            size: 0,
            sums: None,
        }
    }
}

fn launch(
    left: Matrix,
    right: Matrix,
    bias: Option<CubeTensor>,
    out: &CubeTensor,
    [rows, columns, terms]: [usize; 3],
    parts: Parts,
    tile: Tile,
) {
    let add_bias = bias.is_some();
    // Something has to stand there.
    let bias = bias.unwrap_or_else(|| right.tensor.clone());
    product_kernel::launch(
        &out.client,
        CubeCount::Static(
            rows.div_ceil(4 * tile.down) as u32,
            columns.div_ceil(4 * tile.across) as u32,
            parts.count as u32,
        ),
        CubeDim::new_2d(tile.across as u32, tile.down as u32),
        left.tensor.into_tensor_arg(),
        right.tensor.into_tensor_arg(),
        bias.into_tensor_arg(),
        out.clone().into_tensor_arg(),
        rows as u32,
        columns as u32,
        terms as u32,
        parts.terms as u32,
        parts.size as u32,
        parts.sums.unwrap_or(0) as u32,
        tile.across as u32,
        tile.down as u32,
        tile.depth as u32,
        left.terms_inside,
        right.terms_inside,
        add_bias,
        parts.sums.is_some(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 256 threads at most that share the loading evenly, and the shared memory of both matrices within WebGPU's 16 KiB.
    #[test]
    fn every_tile_is_within_the_limits_of_webgpu() {
        for tile in [Tile::LARGE, Tile::MIDDLE, Tile::SMALL] {
            let threads = tile.across * tile.down;
            assert!(threads <= 256, "{tile:?}");
            for width in [tile.across, tile.down] {
                assert_eq!(tile.depth * width % threads, 0, "{tile:?}");
            }
            assert!(
                16 * tile.depth * (tile.across + tile.down + 2) <= 16_384,
                "{tile:?}"
            );
        }
    }

    #[test]
    fn a_tile_is_no_larger_than_keeps_a_gpu_busy() {
        assert_eq!(Tile::choose(3136, 512), Tile::LARGE);
        assert_eq!(Tile::choose(3136, 384), Tile::LARGE);
        assert_eq!(Tile::choose(3136, 128), Tile::SMALL);
        assert_eq!(Tile::choose(64, 768), Tile::SMALL);
        assert_eq!(Tile::choose(100_000, 16), Tile::SMALL);
    }
}
