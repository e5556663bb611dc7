//! What the kernels of matrix products are told: how their work is cut up, how matrices lie, and what becomes of a sum.

use cubecl::prelude::*;

use super::activation::Activation;

/// Threads of a workgroup along the columns and along the rows of the result, and how many products a thread takes from
/// shared memory at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tile {
    pub across: u32,
    pub down: u32,
    pub depth: u32,
}

/// How matrices lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lie {
    /// Neighbouring numbers of the left matrix are terms of one sum, and not neighbours in the result.
    pub left_inside: bool,
    /// Of the right matrix.
    pub right_inside: bool,
    /// The left matrix is images: each row is a square patch with so many pixels a side, and the terms are its channels,
    /// then its rows. 0 where it is not.
    pub left_patch: u32,
    /// The result is images: each row is a patch, and the columns are its rows, then its pixels, then their channels.
    pub out_patch: u32,
}

/// What a sum becomes. `bias` is one a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    Plain,
    Bias,
    /// An activation of the sum with its bias. That sum is kept behind the result if `keep`.
    Activated {
        activation: Activation,
        keep: bool,
    },
    /// `other + gate (sum + bias)`. The sum with its bias is kept behind the result if `keep`.
    Gated {
        keep: bool,
    },
    /// `sum + bias + other`, which is the same for every image.
    Added,
    /// The sum times the activation's derivative at `other`.
    Back(Activation),
}

/// Sizes of a product; of several that are alike, how far apart their matrices lie, and of one whose sums are cut, the
/// parts. The third coordinate of a workgroup, `z`, says which product or part it works for.
#[derive(CubeLaunch, CubeType, Clone, Copy)]
pub struct Sizes {
    pub rows: u32,
    pub columns: u32,
    pub terms: u32,
    /// From the terms of one `z` to those of the next, and how many each has.
    pub terms_step: u32,
    pub terms_a_part: u32,
    pub left_step: u32,
    pub right_step: u32,
    pub bias_step: u32,
    pub out_step: u32,
    /// Where behind the result the sums of the left matrix's rows go, or what is kept.
    pub second: u32,
    /// Rows of an image, and how many of them lie beside each other where they are patches.
    pub image_rows: u32,
    pub patches_across: u32,
    /// The start of the first image's gates, and the distance to the next image's.
    pub gates_start: u32,
    pub gates_step: u32,
}

/// Workgroups that keep a large GPU busy.
const ENOUGH: usize = 264;
/// Rows that are worth a part of their own in the gradient of a weight.
pub const ROWS: usize = 128;

pub const LARGE: Tile = Tile {
    across: 16,
    down: 16,
    depth: 16,
};
const MIDDLE: Tile = Tile {
    across: 16,
    down: 8,
    depth: 32,
};
const SMALL: Tile = Tile {
    across: 8,
    down: 8,
    depth: 32,
};

/// Workgroups that a tile takes, down and across.
pub fn tiles(tile: Tile, [rows, columns]: [usize; 2]) -> [usize; 2] {
    [
        rows.div_ceil(4 * tile.down as usize),
        columns.div_ceil(4 * tile.across as usize),
    ]
}

pub fn count(tile: Tile, size: [usize; 2]) -> usize {
    tiles(tile, size).iter().product()
}

/// The largest tile with which `workgroups` are enough, else the smallest.
pub fn choose(narrowest: usize, workgroups: impl Fn(Tile) -> usize) -> Tile {
    let enough = |&tile: &Tile| narrowest > 32 && workgroups(tile) >= ENOUGH;
    [LARGE, MIDDLE].into_iter().find(enough).unwrap_or(SMALL)
}

/// Into how many parts the sum over `terms` rows is cut in the gradient of a weight of `size`.
pub fn parts(tile: Tile, size: [usize; 2], terms: usize) -> usize {
    (ENOUGH / count(tile, size)).clamp(1, (terms / ROWS).max(1))
}

/// Sizes of one product; [`SizesLaunch`] in the order of its fields.
#[derive(Clone, Copy, Default)]
pub struct Numbers {
    pub size: [usize; 2],
    pub terms: usize,
    pub terms_step: usize,
    pub terms_a_part: usize,
    pub left_step: usize,
    pub right_step: usize,
    pub bias_step: usize,
    pub out_step: usize,
    pub second: usize,
    pub image_rows: usize,
    pub patches_across: usize,
    pub gates: [usize; 2],
}

impl Numbers {
    pub fn new(size: [usize; 2], terms: usize) -> Self {
        Self {
            size,
            terms,
            terms_a_part: terms,
            image_rows: 1,
            patches_across: 1,
            ..Self::default()
        }
    }

    pub fn launch(&self) -> SizesLaunch {
        SizesLaunch::new(
            self.size[0] as u32,
            self.size[1] as u32,
            self.terms as u32,
            self.terms_step as u32,
            self.terms_a_part as u32,
            self.left_step as u32,
            self.right_step as u32,
            self.bias_step as u32,
            self.out_step as u32,
            self.second as u32,
            self.image_rows as u32,
            self.patches_across as u32,
            self.gates[0] as u32,
            self.gates[1] as u32,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 256 threads at most that share the loading evenly, and the shared memory of both matrices within WebGPU's 16 KiB.
    #[test]
    fn every_tile_is_within_the_limits_of_webgpu() {
        for tile in [LARGE, MIDDLE, SMALL] {
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
        let forward = |rows, columns| choose(columns, |tile| count(tile, [rows, columns]));
        assert_eq!(forward(3136, 512), LARGE);
        assert_eq!(forward(3136, 384), LARGE);
        assert_eq!(forward(3136, 128), SMALL);
        assert_eq!(forward(64, 768), SMALL);
        assert_eq!(forward(100_000, 16), SMALL);
    }
}
