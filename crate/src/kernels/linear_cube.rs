//! The linear map and its gradient on the GPU: three products of matrices, one kernel.
//!
//! A thread makes 4 rows by 4 columns from shared memory that is read and written 4 numbers at once. How many threads
//! share a workgroup follows from the shape: see [`Tile`]. The sum over the rows of a weight's gradient is cut into parts
//! where there would be too few workgroups, and a second kernel adds the parts up.

use burn::tensor::Shape;
use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::conv_sums_cube::sum_parts;
use super::conv_tile::Four;
use super::cube::{aligned, empty, view};

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

/// `left right`, where `left` is `[rows, terms]` and `right` `[terms, columns]`, in either order in memory.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn product_kernel(
    left: &Tensor<f32>,
    right: &Tensor<f32>,
    bias: &Tensor<f32>,
    out: &mut Tensor<f32>,
    rows: u32,
    columns: u32,
    terms: u32,
    terms_a_part: u32,
    part_size: u32,
    sums_start: u32,
    #[comptime] across: u32,
    #[comptime] down: u32,
    #[comptime] depth: u32,
    #[comptime] left_inside: bool,
    #[comptime] right_inside: bool,
    #[comptime] add_bias: bool,
    #[comptime] sum_left: bool,
) {
    // A row a term, and in it four neighbours at a time; one more than needed keeps writers out of each other's memory
    // banks.
    let mut lefts = Shared::<[Four]>::new_slice(comptime!((depth * (down + 1)) as usize));
    let mut rights = Shared::<[Four]>::new_slice(comptime!((depth * (across + 1)) as usize));
    let tx = UNIT_POS_X;
    let ty = UNIT_POS_Y;
    let first_row = CUBE_POS_X * comptime!(4 * down);
    let first_column = CUBE_POS_Y * comptime!(4 * across);

    let mut acc_0 = Four::new(0.0f32);
    let mut acc_1 = Four::new(0.0f32);
    let mut acc_2 = Four::new(0.0f32);
    let mut acc_3 = Four::new(0.0f32);
    let mut sums = Four::new(0.0f32);

    let mut term = CUBE_POS_Z * terms_a_part;
    let mut end = term + terms_a_part;
    if end > terms {
        end = terms;
    }
    while term < end {
        load(
            left,
            &mut lefts,
            first_row,
            rows,
            term,
            end,
            terms,
            down,
            depth,
            across * down,
            left_inside,
        );
        load(
            right,
            &mut rights,
            first_column,
            columns,
            term,
            end,
            terms,
            across,
            depth,
            across * down,
            right_inside,
        );
        sync_cube();
        #[unroll]
        for k in 0..depth {
            let l = lefts[(k * comptime!(down + 1) + ty) as usize];
            let r = rights[(k * comptime!(across + 1) + tx) as usize];
            acc_0 += r * Four::new(l.extract(0usize));
            acc_1 += r * Four::new(l.extract(1usize));
            acc_2 += r * Four::new(l.extract(2usize));
            acc_3 += r * Four::new(l.extract(3usize));
        }
        if comptime!(sum_left) && CUBE_POS_Y == 0 && tx == 0 {
            #[unroll]
            for k in 0..depth {
                sums += lefts[(k * comptime!(down + 1) + ty) as usize];
            }
        }
        sync_cube();
        term += depth;
    }

    let start = CUBE_POS_Z * part_size;
    let row = first_row + ty * 4;
    let column = first_column + tx * 4;
    write(out, bias, acc_0, start, row, rows, column, columns, add_bias);
    write(out, bias, acc_1, start, row + 1, rows, column, columns, add_bias);
    write(out, bias, acc_2, start, row + 2, rows, column, columns, add_bias);
    write(out, bias, acc_3, start, row + 3, rows, column, columns, add_bias);
    if comptime!(sum_left) && CUBE_POS_Y == 0 && tx == 0 {
        #[unroll]
        for i in 0..4u32 {
            if row + i < rows {
                out[(start + sums_start + row + i) as usize] = sums.extract(comptime!(i as usize));
            }
        }
    }
}

/// `depth` terms of `4 width` neighbours of a matrix, zeros beyond its ends. Neighbouring threads read neighbouring
/// numbers.
#[cube]
#[allow(clippy::too_many_arguments)]
fn load(
    matrix: &Tensor<f32>,
    tile: &mut Shared<[Four]>,
    first: u32,
    count: u32,
    first_term: u32,
    end: u32,
    terms: u32,
    #[comptime] width: u32,
    #[comptime] depth: u32,
    #[comptime] threads: u32,
    #[comptime] terms_inside: bool,
) {
    #[unroll]
    for q in 0..comptime!(depth * width / threads) {
        let slot = UNIT_POS + q * threads;
        let mut k = slot / width;
        let mut at_four = slot % width;
        if comptime!(terms_inside) {
            k = slot % depth;
            at_four = slot / depth;
        }
        let term = first_term + k;
        let mut four = Four::new(0.0f32);
        if term < end {
            #[unroll]
            for i in 0..4u32 {
                let neighbour = first + at_four * 4 + i;
                if neighbour < count {
                    if comptime!(terms_inside) {
                        four.insert(comptime!(i as usize), matrix[(neighbour * terms + term) as usize]);
                    } else {
                        four.insert(comptime!(i as usize), matrix[(term * count + neighbour) as usize]);
                    }
                }
            }
        }
        tile[(k * comptime!(width + 1) + at_four) as usize] = four;
    }
}

/// Four columns of a row.
#[cube]
#[allow(clippy::too_many_arguments)]
fn write(
    out: &mut Tensor<f32>,
    bias: &Tensor<f32>,
    four: Four,
    start: u32,
    row: u32,
    rows: u32,
    column: u32,
    columns: u32,
    #[comptime] add_bias: bool,
) {
    if row < rows {
        #[unroll]
        for i in 0..4u32 {
            if column + i < columns {
                let mut value = four.extract(comptime!(i as usize));
                if comptime!(add_bias) {
                    value += bias[(column + i) as usize];
                }
                out[(start + row * columns + column + i) as usize] = value;
            }
        }
    }
}
