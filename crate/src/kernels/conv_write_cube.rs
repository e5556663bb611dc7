//! The end of the convolution's kernel: its results, and all that is added to them.

use cubecl::prelude::*;

use super::conv_tile::Four;

/// Where a pixel is written: how many channels all images before have, and the size of an image.
#[derive(CubeType)]
pub struct Place {
    pub image_channels: u32,
    pub pixel: u32,
    pub channels: u32,
    pub pixels: u32,
}

/// One pixel of `four` to its channel, with all that is added to it.
#[cube]
#[allow(clippy::too_many_arguments)]
pub fn write(
    out: &mut Tensor<f32>,
    bias: &Tensor<f32>,
    addend: &Tensor<f32>,
    four: Four,
    place: &Place,
    channel: u32,
    #[comptime] j: u32,
    #[comptime] transposed: bool,
    #[comptime] add_channels: bool,
    #[comptime] add_pixels: bool,
) {
    if channel < place.channels {
        let row = place.image_channels + channel;
        let at = (row * place.pixels + place.pixel) as usize;
        let mut value = four.extract(comptime!(j as usize));
        if comptime!(!transposed) {
            value += bias[channel as usize];
            if comptime!(add_channels) {
                value += addend[row as usize];
            }
            if comptime!(add_pixels) {
                value += addend[at];
            }
        }
        out[at] = value;
    }
}
