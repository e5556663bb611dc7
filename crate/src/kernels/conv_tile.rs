//! How the work of a convolution on the GPU is cut up, and the sizes that its kernels are told.

use cubecl::prelude::*;

/// Four numbers that are read, multiplied and written together.
pub type Four = Vector<f32, Const<4>>;

/// Workgroups that keep a large GPU busy.
const ENOUGH: usize = 264;

/// Threads of a workgroup along the pixels and along the channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    pub pixels: usize,
    pub channels: usize,
}

impl Tile {
    /// Few channels make long tiles, so that no thread is without work; few pixels make small ones, so that no
    /// processor is.
    pub fn choose(pixels: usize, channels: usize) -> Self {
        let tile = |pixels, channels| Self { pixels, channels };
        match channels {
            0..=16 => tile(32, 4),
            17..=32 => tile(32, 8),
            _ if pixels.div_ceil(64) * channels.div_ceil(64) >= ENOUGH => tile(16, 16),
            _ => tile(16, 8),
        }
    }
}

/// Images `[batch, channels, height, width]` that are read, and the size of those that are written.
#[derive(CubeLaunch, CubeType, Clone, Copy)]
pub struct Sizes {
    pub batch: u32,
    pub channels: u32,
    pub height: u32,
    pub width: u32,
    pub out_channels: u32,
    pub out_height: u32,
    pub out_width: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 256 threads at most, and the shared memory of both arrays within WebGPU's 16 KiB.
    #[test]
    fn every_tile_is_within_the_limits_of_webgpu() {
        for channels in [1, 16, 17, 32, 33, 128, 1000] {
            for pixels in [1, 3136, 50_176, 1_000_000] {
                let tile = Tile::choose(pixels, channels);
                assert!(tile.pixels * tile.channels <= 256, "{tile:?}");
                assert!(16 * (tile.pixels + tile.channels + 1) * 16 <= 16_384, "{tile:?}");
                assert!(tile.pixels >= 16 && 16 % tile.channels == 0, "{tile:?}");
            }
        }
    }
}
