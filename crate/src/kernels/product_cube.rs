//! The product of two matrices on the GPU.
//!
//! A thread makes 4 rows by 4 columns from shared memory that is read and written 4 numbers at once.

use cubecl::prelude::*;

use super::conv_tile::Four;

/// `left right`, where `left` is `[rows, terms]` and `right` `[terms, columns]`, in either order in memory.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
pub fn product_kernel(
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
