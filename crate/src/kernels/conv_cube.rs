//! Convolution on the GPU as a matrix product whose left matrix is never written down (implicit GEMM).
//!
//! A thread makes 4 neighbouring pixels by 4 channels, 16 products of the sum at a time, from shared memory that is read
//! and written 4 numbers at once. How many threads share a workgroup, and along which axis, follows from the shape: see
//! [`Tile`].

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::conv::{Addend, ConvShape};
use super::conv_tile::{Four, Sizes, SizesLaunch, Tile};
use super::conv_write_cube::*;
use super::cube::empty;
use crate::runtime::work::computes;

/// The convolution of `x` `[batch, in, h, w]` with `weight` `[out, in, k, k]`, plus `bias` `[out]`, plus `addend` where
/// `shape` says that it counts.
pub fn forward(
    x: CubeTensor,
    weight: CubeTensor,
    bias: CubeTensor,
    addend: CubeTensor,
    shape: ConvShape,
) -> CubeTensor {
    let [_, _, h, w] = x.meta.shape().dims();
    let [out, _, k, _] = weight.meta.shape().dims();
    let size = [out, shape.output(h, k), shape.output(w, k)];
    launch(x, weight, Some((bias, addend)), size, shape)
}

/// The gradient of the input of size `[in, h, w]` from that of the output, `grad` `[batch, out, oh, ow]`.
pub fn input_grad(grad: CubeTensor, weight: CubeTensor, [h, w]: [usize; 2], shape: ConvShape) -> CubeTensor {
    let input = weight.meta.shape()[1];
    launch(grad, weight, None, [input, h, w], shape)
}

/// With bias and addend the convolution, without them the gradient of its input.
fn launch(
    x: CubeTensor,
    weight: CubeTensor,
    added: Option<(CubeTensor, CubeTensor)>,
    [out_channels, out_height, out_width]: [usize; 3],
    shape: ConvShape,
) -> CubeTensor {
    let (x, weight) = (into_contiguous(x), into_contiguous(weight));
    let [batch, channels, height, width] = x.meta.shape().dims();
    let kernel = weight.meta.shape()[2];
    let out = empty(&x, [batch, out_channels, out_height, out_width]);
    let pixels = batch * out_height * out_width;
    let tile = Tile::choose(pixels, out_channels);
    let transposed = added.is_none();
    // Something has to stand there.
    let (bias, addend) = added.unwrap_or_else(|| (weight.clone(), weight.clone()));
    // Back as many as forward, where the output is what is given here.
    let outputs = if transposed {
        height * width
    } else {
        out_height * out_width
    };
    computes::<conv_kernel::ConvKernel>(&[batch, outputs, channels, out_channels, kernel, kernel]);
    conv_kernel::launch(
        &out.client,
        CubeCount::Static(
            pixels.div_ceil(4 * tile.pixels) as u32,
            out_channels.div_ceil(4 * tile.channels) as u32,
            1,
        ),
        CubeDim::new_2d(tile.pixels as u32, tile.channels as u32),
        x.into_tensor_arg(),
        weight.into_tensor_arg(),
        into_contiguous(bias).into_tensor_arg(),
        into_contiguous(addend).into_tensor_arg(),
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
        kernel as u32,
        shape.stride as u32,
        shape.padding as u32,
        shape.up as u32,
        tile.pixels as u32,
        tile.channels as u32,
        transposed,
        shape.addend == Addend::EachChannel,
        shape.addend == Addend::EachPixel,
    );
    out
}

/// Forward, or (`transposed`) the gradient of its input: rows are output pixels, columns output channels, and the sum
/// runs over input channels and the kernel's window. Back through doubled resolution, a pixel of the input is `up` by
/// `up` pixels, and the window is gone through for each.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn conv_kernel(
    x: &Tensor<f32>,
    weight: &Tensor<f32>,
    bias: &Tensor<f32>,
    addend: &Tensor<f32>,
    out: &mut Tensor<f32>,
    sizes: Sizes,
    #[comptime] kernel: u32,
    #[comptime] stride: u32,
    #[comptime] padding: u32,
    #[comptime] up: u32,
    #[comptime] across: u32,
    #[comptime] down: u32,
    #[comptime] transposed: bool,
    #[comptime] add_channels: bool,
    #[comptime] add_pixels: bool,
) {
    let weights_a_channel = comptime!(kernel * kernel);
    let window = comptime!(if transposed {
        kernel * kernel * up * up
    } else {
        kernel * kernel
    });
    let mut pixels = Shared::<[Four]>::new_slice(comptime!((16 * across) as usize));
    // One more than needed a row: threads that write the same channels meet in no memory bank.
    let mut weights = Shared::<[Four]>::new_slice(comptime!((16 * (down + 1)) as usize));
    let tx = UNIT_POS_X;
    let ty = UNIT_POS_Y;
    let first_pixel = (CUBE_POS_X * across + tx) * 4;
    let first_channel = CUBE_POS_Y * comptime!(4 * down);
    let in_size = sizes.height * sizes.width;
    let out_size = sizes.out_height * sizes.out_width;
    let total_pixels = sizes.batch * out_size;
    let terms = sizes.channels * window;

    // The four pixels of this thread: where their images begin, and where they lie in them. A pixel beyond the last is
    // placed so far out that it reaches nothing.
    let mut starts = Array::<u32>::new(4usize);
    let mut ys = Array::<u32>::new(4usize);
    let mut xs = Array::<u32>::new(4usize);
    #[unroll]
    for j in 0..4u32 {
        let pixel = first_pixel + j;
        let position = pixel % out_size;
        let mut y = position / sizes.out_width;
        let mut x_ = position % sizes.out_width;
        if comptime!(transposed) {
            y = y * up + padding;
            x_ = x_ * up + padding;
        } else {
            y *= stride;
            x_ *= stride;
        }
        if pixel >= total_pixels {
            y = 0x1000_0000u32;
        }
        starts[j as usize] = pixel / out_size * sizes.channels * in_size;
        ys[j as usize] = y;
        xs[j as usize] = x_;
    }

    let mut acc_0 = Four::new(0.0f32);
    let mut acc_1 = Four::new(0.0f32);
    let mut acc_2 = Four::new(0.0f32);
    let mut acc_3 = Four::new(0.0f32);

    let mut first_term = 0u32;
    while first_term < terms {
        #[unroll]
        for q in 0..comptime!(16 / down) {
            let slot = ty + q * down;
            let term = first_term + slot;
            let channel = term / window;
            let within = term % window;
            let ky = (within % weights_a_channel) / kernel;
            let kx = within % kernel;
            // Which of the pixels that one of the input became.
            let sub_y = within / comptime!(weights_a_channel * up);
            let sub_x = (within / weights_a_channel) % up;
            let mut four = Four::new(0.0f32);
            if term < terms {
                #[unroll]
                for j in 0..4u32 {
                    let start = starts[j as usize] + channel * in_size;
                    if comptime!(transposed) {
                        let y = ys[j as usize] + sub_y;
                        let x_ = xs[j as usize] + sub_x;
                        // out + padding = in * stride + k
                        let in_y = (y - ky) / stride;
                        let in_x = (x_ - kx) / stride;
                        if y >= ky
                            && x_ >= kx
                            && (y - ky).is_multiple_of(stride)
                            && (x_ - kx).is_multiple_of(stride)
                            && in_y < sizes.height
                            && in_x < sizes.width
                        {
                            four.insert(
                                comptime!(j as usize),
                                x[(start + in_y * sizes.width + in_x) as usize],
                            );
                        }
                    } else {
                        // Above and left of the image the difference wraps round to a large number.
                        let in_y = ys[j as usize] + ky - padding;
                        let in_x = xs[j as usize] + kx - padding;
                        if in_y < sizes.height * up && in_x < sizes.width * up {
                            let at = start + in_y / up * sizes.width + in_x / up;
                            four.insert(comptime!(j as usize), x[at as usize]);
                        }
                    }
                }
            }
            pixels[(slot * across + tx) as usize] = four;
        }
        if tx < 16 {
            let term = first_term + tx;
            let mut four = Four::new(0.0f32);
            if term < terms {
                #[unroll]
                for i in 0..4u32 {
                    let channel = first_channel + ty * 4 + i;
                    if channel < sizes.out_channels {
                        if comptime!(transposed) {
                            let row = term / window * sizes.out_channels + channel;
                            let at = row * weights_a_channel + (term % window) % weights_a_channel;
                            four.insert(comptime!(i as usize), weight[at as usize]);
                        } else {
                            four.insert(comptime!(i as usize), weight[(channel * terms + term) as usize]);
                        }
                    }
                }
            }
            weights[(tx * comptime!(down + 1) + ty) as usize] = four;
        }
        sync_cube();
        #[unroll]
        for k in 0..16u32 {
            let p = pixels[(k * across + tx) as usize];
            let w = weights[(k * comptime!(down + 1) + ty) as usize];
            acc_0 += p * Four::new(w.extract(0usize));
            acc_1 += p * Four::new(w.extract(1usize));
            acc_2 += p * Four::new(w.extract(2usize));
            acc_3 += p * Four::new(w.extract(3usize));
        }
        sync_cube();
        first_term += 16;
    }

    #[unroll]
    for j in 0..4u32 {
        let pixel = first_pixel + j;
        if pixel < total_pixels {
            let image = pixel / out_size;
            let place = Place {
                image_channels: image * sizes.out_channels,
                pixel: pixel % out_size,
                channels: sizes.out_channels,
                pixels: out_size,
            };
            let channel = first_channel + ty * 4;
            write(
                out,
                bias,
                addend,
                acc_0,
                &place,
                channel,
                j,
                transposed,
                add_channels,
                add_pixels,
            );
            write(
                out,
                bias,
                addend,
                acc_1,
                &place,
                channel + 1,
                j,
                transposed,
                add_channels,
                add_pixels,
            );
            write(
                out,
                bias,
                addend,
                acc_2,
                &place,
                channel + 2,
                j,
                transposed,
                add_channels,
                add_pixels,
            );
            write(
                out,
                bias,
                addend,
                acc_3,
                &place,
                channel + 3,
                j,
                transposed,
                add_channels,
                add_pixels,
            );
        }
    }
}
