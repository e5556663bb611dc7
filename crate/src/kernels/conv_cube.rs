//! Convolution on the GPU as a matrix product whose left matrix is never written down (implicit GEMM).
//!
//! Every workgroup of 16x16 threads makes a tile of 64 pixels by 16 `COLS` channels, 16 products of the sum at a time,
//! from shared memory; a thread makes 4 pixels by `cols` channels of it.

use burn::backend::cubecl::dtype_to_storage_type;
use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::cube::{aligned, empty, view};

/// Threads of a workgroup along each of its two axes, and products a round.
const SIDE: usize = 16;
/// Pixels of a tile.
const PIXELS: usize = 64;
/// Workgroups that keep a large GPU busy.
const ENOUGH: usize = 512;

/// Images `[batch, channels, height, width]` that are read, and the size of those that are written.
#[derive(CubeLaunch, CubeType, Clone, Copy)]
struct Sizes {
    batch: u32,
    channels: u32,
    height: u32,
    width: u32,
    out_channels: u32,
    out_height: u32,
    out_width: u32,
}

/// The convolution of `x` `[batch, in, h, w]` with `weight` `[out, in, k, k]`, plus `bias` `[out]`.
pub fn forward(
    x: CubeTensor,
    weight: CubeTensor,
    bias: CubeTensor,
    stride: usize,
    padding: usize,
) -> CubeTensor {
    let [_, _, h, w] = x.meta.shape().dims();
    let [out, _, k, _] = weight.meta.shape().dims();
    let size = |n: usize| (n + 2 * padding - k) / stride + 1;
    launch(
        x,
        weight,
        Some(bias),
        [out, size(h), size(w)],
        k,
        stride,
        padding,
        false,
    )
}

/// The gradient of the input of size `[in, h, w]` from that of the output, `grad` `[batch, out, oh, ow]`.
pub fn input_grad(
    grad: CubeTensor,
    weight: CubeTensor,
    [h, w]: [usize; 2],
    stride: usize,
    padding: usize,
) -> CubeTensor {
    let [_, input, k, _] = weight.meta.shape().dims();
    launch(grad, weight, None, [input, h, w], k, stride, padding, true)
}

#[allow(clippy::too_many_arguments)]
fn launch(
    x: CubeTensor,
    weight: CubeTensor,
    bias: Option<CubeTensor>,
    [out_channels, out_height, out_width]: [usize; 3],
    kernel: usize,
    stride: usize,
    padding: usize,
    transposed: bool,
) -> CubeTensor {
    let (x, weight) = (into_contiguous(x), into_contiguous(weight));
    let [batch, channels, height, width] = x.meta.shape().dims();
    let out = empty(&x, [batch, out_channels, out_height, out_width]);
    let cols = if out_channels <= 2 * SIDE { 2 } else { 4 };
    let tiles = (batch * out_height * out_width).div_ceil(PIXELS);
    let count = CubeCount::Static(tiles as u32, out_channels.div_ceil(cols * SIDE) as u32, 1);
    let has_bias = bias.is_some();
    let bias = bias.unwrap_or_else(|| weight.clone());
    conv_kernel::launch(
        &out.client,
        count,
        CubeDim::new_3d(SIDE as u32, SIDE as u32, 1),
        x.into_tensor_arg(),
        weight.into_tensor_arg(),
        into_contiguous(bias).into_tensor_arg(),
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
        stride as u32,
        padding as u32,
        cols as u32,
        transposed,
        has_bias,
        dtype_to_storage_type(out.dtype),
    );
    out
}

/// Forward, or (`transposed`) the gradient of its input: rows are output pixels, columns output channels, and the sum
/// runs over input channels and the kernel's window.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn conv_kernel<F: Float>(
    x: &Tensor<F>,
    weight: &Tensor<F>,
    bias: &Tensor<F>,
    out: &mut Tensor<F>,
    sizes: Sizes,
    #[comptime] kernel: u32,
    #[comptime] stride: u32,
    #[comptime] padding: u32,
    #[comptime] cols: u32,
    #[comptime] transposed: bool,
    #[comptime] has_bias: bool,
    #[define(F)] _dtype: ElemType,
) {
    let window = comptime!(kernel * kernel);
    let row = comptime!(16 * cols + 1); // one more than the tile is wide: no two threads meet in one memory bank
    let mut pixels = Shared::<[F]>::new_slice(1024usize);
    let mut weights = Shared::<[F]>::new_slice(comptime!((16 * row) as usize));
    let tx = UNIT_POS_X;
    let ty = UNIT_POS_Y;
    let thread = ty * 16 + tx;
    let first_pixel = CUBE_POS_X * 64;
    let first_channel = CUBE_POS_Y * comptime!(16 * cols);
    let out_size = sizes.out_height * sizes.out_width;
    let total_pixels = sizes.batch * out_size;
    let terms = sizes.channels * window;

    // The pixel that this thread gathers for.
    let gathered = first_pixel + thread % 64;
    let image = gathered / out_size;
    let position = gathered % out_size;
    let out_y = position / sizes.out_width;
    let out_x = position % sizes.out_width;
    let inside = gathered < total_pixels;
    let image_start = image * sizes.channels;

    let mut acc = Array::<F>::new(comptime!((4 * cols) as usize));
    #[unroll]
    for i in 0..comptime!(4 * cols) {
        acc[i as usize] = F::new(0.0_f32);
    }

    let mut first_term = 0u32;
    while first_term < terms {
        #[unroll]
        for q in 0..4u32 {
            let slot = thread + q * 256;
            let term = first_term + slot / 64;
            let channel = term / window;
            let ky = (term % window) / kernel;
            let kx = term % kernel;
            let mut value = F::new(0.0_f32);
            if comptime!(transposed) {
                // out + padding = in * stride + k
                let y = out_y + padding - ky;
                let x_ = out_x + padding - kx;
                let reached = out_y + padding >= ky
                    && out_x + padding >= kx
                    && y.is_multiple_of(stride)
                    && x_.is_multiple_of(stride);
                let in_y = y / stride;
                let in_x = x_ / stride;
                if inside && term < terms && reached && in_y < sizes.height && in_x < sizes.width {
                    value =
                        x[(((image_start + channel) * sizes.height + in_y) * sizes.width + in_x) as usize];
                }
            } else {
                let y = out_y * stride + ky;
                let x_ = out_x * stride + kx;
                let reached =
                    y >= padding && x_ >= padding && y < sizes.height + padding && x_ < sizes.width + padding;
                if inside && term < terms && reached {
                    let in_y = y - padding;
                    let in_x = x_ - padding;
                    value =
                        x[(((image_start + channel) * sizes.height + in_y) * sizes.width + in_x) as usize];
                }
            }
            pixels[slot as usize] = value;
        }
        #[unroll]
        for q in 0..cols {
            let slot = thread + q * 256;
            let term = first_term + slot % 16;
            let channel = first_channel + slot / 16;
            let mut value = F::new(0.0_f32);
            if term < terms && channel < sizes.out_channels {
                if comptime!(transposed) {
                    let input = term / window;
                    value =
                        weight[((input * sizes.out_channels + channel) * window + term % window) as usize];
                } else {
                    value = weight[(channel * terms + term) as usize];
                }
            }
            weights[((slot % 16) * row + slot / 16) as usize] = value;
        }
        sync_cube();
        #[unroll]
        for k in 0..16u32 {
            #[unroll]
            for i in 0..cols {
                let w = weights[(k * row + ty * cols + i) as usize];
                #[unroll]
                for j in 0..4u32 {
                    acc[(i * 4 + j) as usize] += w * pixels[(k * 64 + tx + j * 16) as usize];
                }
            }
        }
        sync_cube();
        first_term += 16;
    }

    #[unroll]
    for j in 0..4u32 {
        let pixel = first_pixel + tx + j * 16;
        if pixel < total_pixels {
            let start = pixel / out_size * sizes.out_channels * out_size + pixel % out_size;
            #[unroll]
            for i in 0..cols {
                let channel = first_channel + ty * cols + i;
                if channel < sizes.out_channels {
                    let mut value = acc[(i * 4 + j) as usize];
                    if comptime!(has_bias) {
                        value += bias[channel as usize];
                    }
                    out[(start + channel * out_size) as usize] = value;
                }
            }
        }
    }
}

/// The gradients of the weights, `[out, in, k, k]`, and of the bias, `[out]`.
///
/// The sum over all pixels of the batch is cut into parts so that there are enough workgroups; a second kernel adds the
/// parts up. Both results are in one buffer, the bias from an aligned start on.
pub fn weight_grad(
    x: CubeTensor,
    grad: CubeTensor,
    kernel: usize,
    stride: usize,
    padding: usize,
) -> (CubeTensor, CubeTensor) {
    let (x, grad) = (into_contiguous(x), into_contiguous(grad));
    let [batch, channels, height, width] = x.meta.shape().dims();
    let [_, out_channels, out_height, out_width] = grad.meta.shape().dims();
    let terms = channels * kernel * kernel;
    let tiles = terms.div_ceil(4 * SIDE) * out_channels.div_ceil(2 * SIDE);
    let pixels = batch * out_height * out_width;
    let parts = (ENOUGH / tiles).clamp(1, pixels.div_ceil(4 * PIXELS));
    // A whole number of rounds a part.
    let pixels_a_part = pixels.div_ceil(parts).next_multiple_of(SIDE);
    let bias_start = aligned(&x, out_channels * terms);
    let size = bias_start + out_channels;
    let out = empty(&x, [parts * size]);
    weight_grad_kernel::launch(
        &out.client,
        CubeCount::Static(
            terms.div_ceil(4 * SIDE) as u32,
            out_channels.div_ceil(2 * SIDE) as u32,
            parts as u32,
        ),
        CubeDim::new_3d(SIDE as u32, SIDE as u32, 1),
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
        stride as u32,
        padding as u32,
        dtype_to_storage_type(out.dtype),
    );
    let sum = if parts == 1 {
        out
    } else {
        sum_parts(out, parts, size)
    };
    (
        view(&sum, 0, [out_channels, channels, kernel, kernel]),
        view(&sum, bias_start, [out_channels]),
    )
}

/// The sum of `parts` vectors of `size` elements that lie end to end.
fn sum_parts(all: CubeTensor, parts: usize, size: usize) -> CubeTensor {
    let sum = empty(&all, [size]);
    sum_parts_kernel::launch(
        &sum.client,
        CubeCount::Static(size.div_ceil(2 * SIDE) as u32, 1, 1),
        CubeDim::new_2d(2 * SIDE as u32, SIDE as u32 / 2),
        all.into_tensor_arg(),
        sum.clone().into_tensor_arg(),
        parts as u32,
        size as u32,
    );
    sum
}

/// A workgroup sums 32 neighbouring elements, each in 8 threads.
#[cube(launch)]
fn sum_parts_kernel(all: &Tensor<f32>, sum: &mut Tensor<f32>, parts: u32, size: u32) {
    let mut shared = Shared::<[f32]>::new_slice(256usize);
    let element = CUBE_POS_X * 32 + UNIT_POS_X;
    let mut own = 0.0f32;
    if element < size {
        let mut part = UNIT_POS_Y;
        while part < parts {
            own += all[(part * size + element) as usize];
            part += 8;
        }
    }
    shared[(UNIT_POS_Y * 32 + UNIT_POS_X) as usize] = own;
    sync_cube();
    if UNIT_POS_Y == 0 && element < size {
        let mut total = 0.0f32;
        #[unroll]
        for row in 0..8u32 {
            total += shared[(row * 32 + UNIT_POS_X) as usize];
        }
        sum[element as usize] = total;
    }
}

/// Rows are output channels (32 a tile), columns the terms of the convolution's sum (64 a tile), and this sum runs over
/// the pixels of one part. The workgroups of the first columns also sum the gradient itself, which is the bias's.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn weight_grad_kernel<F: Float>(
    x: &Tensor<F>,
    grad: &Tensor<F>,
    out: &mut Tensor<F>,
    sizes: Sizes,
    pixels_a_part: u32,
    bias_start: u32,
    #[comptime] kernel: u32,
    #[comptime] stride: u32,
    #[comptime] padding: u32,
    #[define(F)] _dtype: ElemType,
) {
    let window = comptime!(kernel * kernel);
    // One more than the tiles are wide: no two threads meet in one memory bank.
    let mut grads = Shared::<[F]>::new_slice(528usize); // [16][33]
    let mut inputs = Shared::<[F]>::new_slice(1040usize); // [16][65]
    let tx = UNIT_POS_X;
    let ty = UNIT_POS_Y;
    let first_term = CUBE_POS_X * 64;
    let first_channel = CUBE_POS_Y * 32;
    let out_size = sizes.out_height * sizes.out_width;
    let total_pixels = sizes.batch * out_size;
    let terms = sizes.channels * window;

    let mut acc = Array::<F>::new(8usize);
    #[unroll]
    for i in 0..8u32 {
        acc[i as usize] = F::new(0.0_f32);
    }

    let thread = ty * 16 + tx;
    let mut of_bias = F::new(0.0_f32);
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
        let out_y = position / sizes.out_width;
        let out_x = position % sizes.out_width;
        #[unroll]
        for q in 0..2u32 {
            let channel = first_channel + ty + q * 16;
            let mut value = F::new(0.0_f32);
            if pixel < end && channel < sizes.out_channels {
                value = grad[((image * sizes.out_channels + channel) * out_size + position) as usize];
            }
            grads[(tx * 33 + ty + q * 16) as usize] = value;
        }
        #[unroll]
        for q in 0..4u32 {
            let term = first_term + ty + q * 16;
            let channel = term / window;
            let y = out_y * stride + (term % window) / kernel;
            let x_ = out_x * stride + term % kernel;
            let mut value = F::new(0.0_f32);
            let reached =
                y >= padding && x_ >= padding && y < sizes.height + padding && x_ < sizes.width + padding;
            if pixel < end && term < terms && reached {
                let in_y = y - padding;
                let in_x = x_ - padding;
                value = x[(((image * sizes.channels + channel) * sizes.height + in_y) * sizes.width + in_x)
                    as usize];
            }
            inputs[(tx * 65 + ty + q * 16) as usize] = value;
        }
        sync_cube();
        #[unroll]
        for k in 0..16u32 {
            #[unroll]
            for i in 0..2u32 {
                let g = grads[(k * 33 + ty * 2 + i) as usize];
                #[unroll]
                for j in 0..4u32 {
                    acc[(i * 4 + j) as usize] += g * inputs[(k * 65 + tx + j * 16) as usize];
                }
            }
        }
        if CUBE_POS_X == 0 && thread < 32 {
            #[unroll]
            for k in 0..16u32 {
                of_bias += grads[(k * 33 + thread) as usize];
            }
        }
        sync_cube();
        first_pixel += 16;
    }

    let part_start = CUBE_POS_Z * (bias_start + sizes.out_channels);
    #[unroll]
    for i in 0..2u32 {
        let channel = first_channel + ty * 2 + i;
        #[unroll]
        for j in 0..4u32 {
            let term = first_term + tx + j * 16;
            if channel < sizes.out_channels && term < terms {
                out[(part_start + channel * terms + term) as usize] = acc[(i * 4 + j) as usize];
            }
        }
    }
    if CUBE_POS_X == 0 && thread < 32 && first_channel + thread < sizes.out_channels {
        out[(part_start + bias_start + first_channel + thread) as usize] = of_bias;
    }
}
