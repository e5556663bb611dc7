//! The product of two matrices on the GPU, alone and with another in the same launch.
//!
//! A thread makes 4 rows by 4 columns from shared memory that is read and written 4 numbers at once.

use cubecl::prelude::*;

use super::conv_tile::Four;
use super::product_spec::{Ending, Lie, Sizes, Tile};
use super::product_write_cube::{pixel, write};

/// `left right`, where `left` is `[rows, terms]` and `right` `[terms, columns]`.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
pub fn product_kernel(
    left: &Tensor<f32>,
    right: &Tensor<f32>,
    bias: &Tensor<f32>,
    other: &Tensor<f32>,
    gates: &Tensor<f32>,
    out: &mut Tensor<f32>,
    sizes: Sizes,
    #[comptime] tile: Tile,
    #[comptime] lie: Lie,
    #[comptime] ending: Ending,
    #[comptime] sum_left: bool,
) {
    let mut lefts = Shared::<[Four]>::new_slice(comptime!((tile.depth * (tile.down + 1)) as usize));
    let mut rights = Shared::<[Four]>::new_slice(comptime!((tile.depth * (tile.across + 1)) as usize));
    product(
        left,
        right,
        bias,
        other,
        gates,
        out,
        &mut lefts,
        &mut rights,
        &sizes,
        CUBE_POS_X,
        CUBE_POS_Y,
        CUBE_POS_Z,
        tile,
        lie,
        ending,
        sum_left,
    );
}

/// Both gradients of a linear map: of its input, `grad weight`, in the first workgroups, and of its weight and bias,
/// `grad^T x` and the sum of the rows of `grad`, in the others.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
pub fn linear_gradients_kernel(
    grad: &Tensor<f32>,
    weight: &Tensor<f32>,
    x: &Tensor<f32>,
    other: &Tensor<f32>,
    of_x: &mut Tensor<f32>,
    of_weight: &mut Tensor<f32>,
    x_sizes: Sizes,
    weight_sizes: Sizes,
    x_down: u32,
    x_workgroups: u32,
    weight_down: u32,
    weight_across: u32,
    weight_workgroups: u32,
    #[comptime] tile: Tile,
    #[comptime] ending: Ending,
) {
    let mut lefts = Shared::<[Four]>::new_slice(comptime!((tile.depth * (tile.down + 1)) as usize));
    let mut rights = Shared::<[Four]>::new_slice(comptime!((tile.depth * (tile.across + 1)) as usize));
    let workgroup = CUBE_POS_Y * CUBE_COUNT_X + CUBE_POS_X;
    if workgroup < x_workgroups {
        let across = (x_sizes.columns - 1) / comptime!(4 * tile.across) + 1;
        product(
            grad,
            weight,
            other,
            other,
            other,
            of_x,
            &mut lefts,
            &mut rights,
            &x_sizes,
            workgroup % x_down,
            workgroup / x_down % across,
            workgroup / (x_down * across),
            tile,
            comptime!(Lie {
                left_inside: true,
                right_inside: false,
                left_patch: 0,
                out_patch: 0,
            }),
            ending,
            false,
        );
    } else if workgroup < x_workgroups + weight_workgroups {
        let workgroup = workgroup - x_workgroups;
        product(
            grad,
            x,
            other,
            other,
            other,
            of_weight,
            &mut lefts,
            &mut rights,
            &weight_sizes,
            workgroup % weight_down,
            workgroup / weight_down % weight_across,
            workgroup / (weight_down * weight_across),
            tile,
            comptime!(Lie {
                left_inside: false,
                right_inside: false,
                left_patch: 0,
                out_patch: 0,
            }),
            comptime!(Ending::Plain),
            true,
        );
    }
}

/// One workgroup's part of a product: tile `x` down, `y` across, of product or part `z`.
#[cube]
#[allow(clippy::too_many_arguments)]
fn product(
    left: &Tensor<f32>,
    right: &Tensor<f32>,
    bias: &Tensor<f32>,
    other: &Tensor<f32>,
    gates: &Tensor<f32>,
    out: &mut Tensor<f32>,
    lefts: &mut Shared<[Four]>,
    rights: &mut Shared<[Four]>,
    sizes: &Sizes,
    x: u32,
    y: u32,
    z: u32,
    #[comptime] tile: Tile,
    #[comptime] lie: Lie,
    #[comptime] ending: Ending,
    #[comptime] sum_left: bool,
) {
    let tx = UNIT_POS_X;
    let ty = UNIT_POS_Y;
    let first_row = x * comptime!(4 * tile.down);
    let first_column = y * comptime!(4 * tile.across);
    let left_start = z * sizes.left_step;
    let right_start = z * sizes.right_step;

    let mut acc_0 = Four::new(0.0f32);
    let mut acc_1 = Four::new(0.0f32);
    let mut acc_2 = Four::new(0.0f32);
    let mut acc_3 = Four::new(0.0f32);
    let mut sums = Four::new(0.0f32);

    let mut term = z * sizes.terms_step;
    let mut end = term + sizes.terms_a_part;
    if end > sizes.terms {
        end = sizes.terms;
    }
    while term < end {
        load(
            left,
            lefts,
            sizes,
            left_start,
            first_row,
            sizes.rows,
            term,
            end,
            sizes.terms,
            comptime!(tile.down),
            tile,
            comptime!(lie.left_inside),
            comptime!(lie.left_patch),
        );
        load(
            right,
            rights,
            sizes,
            right_start,
            first_column,
            sizes.columns,
            term,
            end,
            sizes.terms,
            comptime!(tile.across),
            tile,
            comptime!(lie.right_inside),
            0u32,
        );
        sync_cube();
        #[unroll]
        for k in 0..comptime!(tile.depth) {
            let l = lefts[(k * comptime!(tile.down + 1) + ty) as usize];
            let r = rights[(k * comptime!(tile.across + 1) + tx) as usize];
            acc_0 += r * Four::new(l.extract(0usize));
            acc_1 += r * Four::new(l.extract(1usize));
            acc_2 += r * Four::new(l.extract(2usize));
            acc_3 += r * Four::new(l.extract(3usize));
        }
        if comptime!(sum_left) && y == 0 && tx == 0 {
            #[unroll]
            for k in 0..comptime!(tile.depth) {
                sums += lefts[(k * comptime!(tile.down + 1) + ty) as usize];
            }
        }
        sync_cube();
        term += comptime!(tile.depth);
    }

    let start = z * sizes.out_step;
    let row = first_row + ty * 4;
    let column = first_column + tx * 4;
    let bias_start = z * sizes.bias_step;
    write(
        out, bias, other, gates, acc_0, sizes, start, bias_start, row, column, lie, ending,
    );
    write(
        out,
        bias,
        other,
        gates,
        acc_1,
        sizes,
        start,
        bias_start,
        row + 1,
        column,
        lie,
        ending,
    );
    write(
        out,
        bias,
        other,
        gates,
        acc_2,
        sizes,
        start,
        bias_start,
        row + 2,
        column,
        lie,
        ending,
    );
    write(
        out,
        bias,
        other,
        gates,
        acc_3,
        sizes,
        start,
        bias_start,
        row + 3,
        column,
        lie,
        ending,
    );
    if comptime!(sum_left) && y == 0 && tx == 0 {
        #[unroll]
        for i in 0..4u32 {
            if row + i < sizes.rows {
                out[(start + sizes.second + row + i) as usize] = sums.extract(comptime!(i as usize));
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
    into: &mut Shared<[Four]>,
    sizes: &Sizes,
    start: u32,
    first: u32,
    count: u32,
    first_term: u32,
    end: u32,
    terms: u32,
    #[comptime] width: u32,
    #[comptime] tile: Tile,
    #[comptime] terms_inside: bool,
    #[comptime] patch: u32,
) {
    let threads = comptime!(tile.across * tile.down);
    let depth = comptime!(tile.depth);
    // A row a term, and in it four neighbours at a time; one more than needed keeps writers out of each other's memory
    // banks.
    #[unroll]
    for q in 0..comptime!(tile.depth * width / (tile.across * tile.down)) {
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
                    let mut at = term * count + neighbour;
                    if comptime!(patch > 0) {
                        let within = term % comptime!(patch * patch);
                        at = pixel(
                            sizes,
                            terms,
                            neighbour,
                            term / comptime!(patch * patch),
                            within,
                            patch,
                        );
                    } else if comptime!(terms_inside) {
                        at = neighbour * terms + term;
                    }
                    four.insert(comptime!(i as usize), matrix[(start + at) as usize]);
                }
            }
        }
        into[(k * comptime!(width + 1) + at_four) as usize] = four;
    }
}
