//! The end of the kernel of matrix products: its results, and what becomes of them before they are written.

use cubecl::prelude::*;

use super::activation_cube::{apply, slope};
use super::conv_tile::Four;
use super::product_spec::{Ending, Lie, Sizes};

/// Where in the images, of which each patch has `numbers`, pixel `within` of a patch is in its `channel`.
#[cube]
pub fn pixel(
    sizes: &Sizes,
    numbers: u32,
    row: u32,
    channel: u32,
    within: u32,
    #[comptime] patch: u32,
) -> u32 {
    let across = sizes.patches_across;
    let place = row % sizes.image_rows;
    let y = place / across * patch + within / patch;
    let x = place % across * patch + within % patch;
    let image = row / sizes.image_rows * sizes.image_rows * numbers;
    image + channel * sizes.image_rows * comptime!(patch * patch) + y * across * patch + x
}

/// Four columns of a row.
#[cube]
#[allow(clippy::too_many_arguments)]
pub fn write(
    out: &mut Tensor<f32>,
    bias: &Tensor<f32>,
    other: &Tensor<f32>,
    gates: &Tensor<f32>,
    four: Four,
    sizes: &Sizes,
    start: u32,
    bias_start: u32,
    row: u32,
    column: u32,
    #[comptime] lie: Lie,
    #[comptime] ending: Ending,
) {
    if row < sizes.rows {
        #[unroll]
        for i in 0..4u32 {
            let own = column + i;
            if own < sizes.columns {
                let mut at = start + row * sizes.columns + own;
                let mut value = four.extract(comptime!(i as usize));
                match comptime!(ending) {
                    Ending::Plain => {}
                    Ending::Bias => value += bias[(bias_start + own) as usize],
                    Ending::Activated { activation, keep } => {
                        value += bias[(bias_start + own) as usize];
                        if comptime!(keep) {
                            out[(sizes.second + at) as usize] = value;
                        }
                        value = apply(value, activation);
                    }
                    Ending::Gated { keep } => {
                        value += bias[(bias_start + own) as usize];
                        if comptime!(keep) {
                            out[(sizes.second + at) as usize] = value;
                        }
                        let gate = sizes.gates_start + row / sizes.image_rows * sizes.gates_step + own;
                        value = other[at as usize] + gates[gate as usize] * value;
                    }
                    Ending::Added => {
                        value += bias[(bias_start + own) as usize];
                        value += other[(row % sizes.image_rows * sizes.columns + own) as usize];
                    }
                    Ending::Back(activation) => value *= slope(other[at as usize], activation),
                }
                if comptime!(lie.out_patch > 0) {
                    let patch = comptime!(lie.out_patch);
                    let channels = sizes.columns / (patch * patch);
                    at = pixel(sizes, sizes.columns, row, own % channels, own / channels, patch);
                }
                out[at as usize] = value;
            }
        }
    }
}
