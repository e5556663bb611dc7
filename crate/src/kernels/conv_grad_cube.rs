//! The gradient of a convolution's weights and bias on the GPU: a matrix product over all pixels of the batch.
//!
//! A thread makes 4 output channels by 4 terms of the convolution's sum, 16 pixels at a time. The sum over the pixels is
//! cut into parts so that there are enough workgroups, and a second kernel adds the parts up.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::conv::ConvShape;
use super::conv_sums_cube::sum_parts;
use super::conv_tile::{Four, Sizes, SizesLaunch};
use super::cube::{aligned, empty, view};
use crate::runtime::work::computes;

/// Terms of a tile.
const TERMS: usize = 64;
/// Workgroups that keep a large GPU busy.
const ENOUGH: usize = 512;
/// Pixels that are worth a part of their own.
const PIXELS: usize = 256;

/// The gradients of the weights, `[out, in, k, k]`, and of the bias, `[out]`. Both are in one buffer, the bias from an
/// aligned start on.
pub fn weight_grad(
    x: CubeTensor,
    grad: CubeTensor,
    kernel: usize,
    shape: ConvShape,
) -> (CubeTensor, CubeTensor) {
    let (x, grad) = (into_contiguous(x), into_contiguous(grad));
    let [batch, channels, height, width] = x.meta.shape().dims();
    let [_, out_channels, out_height, out_width] = grad.meta.shape().dims();
    let terms = channels * kernel * kernel;
    let down = if out_channels <= 32 { 8 } else { 16 };
    let tiles = [terms.div_ceil(TERMS), out_channels.div_ceil(4 * down)];
    let pixels = batch * out_height * out_width;
    let parts = (ENOUGH / (tiles[0] * tiles[1])).clamp(1, pixels.div_ceil(PIXELS));
    // A whole number of rounds a part.
    let pixels_a_part = pixels.div_ceil(parts).next_multiple_of(16);
    let bias_start = aligned(&x, out_channels * terms);
    let size = bias_start + out_channels;
    let out = empty(&x, [parts * size]);
    computes::<conv_weight_gradient_kernel::ConvWeightGradientKernel>(&[pixels, terms, out_channels]);
    conv_weight_gradient_kernel::launch(
        &out.client,
        CubeCount::Static(tiles[0] as u32, tiles[1] as u32, parts as u32),
        CubeDim::new_2d(16, down as u32),
        x.into_tensor_arg(),
        grad.into_tensor_arg(),
        out.clone().into_tensor_arg(),
        SizesLaunch::new(
            batch as u32,
            channels as u32,
            height as u32,
            width as u32,
            out_channels as u32,
            out_height as u32,
            out_width as u32,
        ),
        pixels_a_part as u32,
        bias_start as u32,
        kernel as u32,
        shape.stride as u32,
        shape.padding as u32,
        shape.up as u32,
        down as u32,
    );
    let sum = match parts {
        1 => out,
        _ => sum_parts(out, parts, size),
    };
    (
        view(&sum, 0, [out_channels, channels, kernel, kernel]),
        view(&sum, bias_start, [out_channels]),
    )
}

/// Rows are output channels, columns the terms of the convolution's sum (64 a tile), and this sum runs over the pixels
/// of one part. The workgroups of the first columns also sum the gradient itself, which is the bias's.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn conv_weight_gradient_kernel(
    x: &Tensor<f32>,
    grad: &Tensor<f32>,
    out: &mut Tensor<f32>,
    sizes: Sizes,
    pixels_a_part: u32,
    bias_start: u32,
    #[comptime] kernel: u32,
    #[comptime] stride: u32,
    #[comptime] padding: u32,
    #[comptime] up: u32,
    #[comptime] down: u32,
) {
    let window = comptime!(kernel * kernel);
    // A row a pixel, and in it four terms or channels at a time; one more than needed keeps writers out of each other's
    // memory banks.
    let mut inputs = Shared::<[Four]>::new_slice(272usize); // [16][17]
    let mut grads = Shared::<[Four]>::new_slice(comptime!((16 * (down + 1)) as usize));
    let tx = UNIT_POS_X;
    let ty = UNIT_POS_Y;
    let first_term = CUBE_POS_X * 64;
    let first_channel = (CUBE_POS_Y * down + ty) * 4;
    let in_size = sizes.height * sizes.width;
    let out_size = sizes.out_height * sizes.out_width;
    let total_pixels = sizes.batch * out_size;
    let terms = sizes.channels * window;

    let mut acc_0 = Four::new(0.0f32);
    let mut acc_1 = Four::new(0.0f32);
    let mut acc_2 = Four::new(0.0f32);
    let mut acc_3 = Four::new(0.0f32);
    let mut of_bias = Four::new(0.0f32);

    let mut first_pixel = CUBE_POS_Z * pixels_a_part;
    let mut end = first_pixel + pixels_a_part;
    if end > total_pixels {
        end = total_pixels;
    }
    while first_pixel < end {
        // Neighbouring threads read neighbouring pixels.
        let pixel = first_pixel + tx;
        let image = pixel / out_size;
        let position = pixel % out_size;
        let out_y = position / sizes.out_width * stride;
        let out_x = position % sizes.out_width * stride;
        let mut four = Four::new(0.0f32);
        if pixel < end {
            #[unroll]
            for i in 0..4u32 {
                let channel = first_channel + i;
                if channel < sizes.out_channels {
                    let at = (image * sizes.out_channels + channel) * out_size + position;
                    four.insert(comptime!(i as usize), grad[at as usize]);
                }
            }
        }
        grads[(tx * comptime!(down + 1) + ty) as usize] = four;
        #[unroll]
        for q in 0..comptime!(16 / down) {
            let slot = ty + q * down;
            let mut four = Four::new(0.0f32);
            if pixel < end {
                #[unroll]
                for i in 0..4u32 {
                    let term = first_term + slot * 4 + i;
                    // Above and left of the image the difference wraps round to a large number.
                    let in_y = out_y + (term % window) / kernel - padding;
                    let in_x = out_x + term % kernel - padding;
                    if term < terms && in_y < sizes.height * up && in_x < sizes.width * up {
                        let plane = (image * sizes.channels + term / window) * in_size;
                        let at = plane + in_y / up * sizes.width + in_x / up;
                        four.insert(comptime!(i as usize), x[at as usize]);
                    }
                }
            }
            inputs[(tx * 17 + slot) as usize] = four;
        }
        sync_cube();
        #[unroll]
        for k in 0..16u32 {
            let p = inputs[(k * 17 + tx) as usize];
            let g = grads[(k * comptime!(down + 1) + ty) as usize];
            acc_0 += p * Four::new(g.extract(0usize));
            acc_1 += p * Four::new(g.extract(1usize));
            acc_2 += p * Four::new(g.extract(2usize));
            acc_3 += p * Four::new(g.extract(3usize));
        }
        if CUBE_POS_X == 0 && tx == 0 {
            #[unroll]
            for k in 0..16u32 {
                of_bias += grads[(k * comptime!(down + 1) + ty) as usize];
            }
        }
        sync_cube();
        first_pixel += 16;
    }

    let part_start = CUBE_POS_Z * (bias_start + sizes.out_channels);
    let term = first_term + tx * 4;
    write(
        out,
        acc_0,
        part_start,
        first_channel,
        sizes.out_channels,
        term,
        terms,
    );
    write(
        out,
        acc_1,
        part_start,
        first_channel + 1,
        sizes.out_channels,
        term,
        terms,
    );
    write(
        out,
        acc_2,
        part_start,
        first_channel + 2,
        sizes.out_channels,
        term,
        terms,
    );
    write(
        out,
        acc_3,
        part_start,
        first_channel + 3,
        sizes.out_channels,
        term,
        terms,
    );
    if CUBE_POS_X == 0 && tx == 0 {
        #[unroll]
        for i in 0..4u32 {
            if first_channel + i < sizes.out_channels {
                out[(part_start + bias_start + first_channel + i) as usize] =
                    of_bias.extract(comptime!(i as usize));
            }
        }
    }
}

/// Four terms of a channel.
#[cube]
fn write(out: &mut Tensor<f32>, four: Four, start: u32, channel: u32, channels: u32, term: u32, terms: u32) {
    if channel < channels {
        #[unroll]
        for i in 0..4u32 {
            if term + i < terms {
                out[(start + channel * terms + term + i) as usize] = four.extract(comptime!(i as usize));
            }
        }
    }
}
