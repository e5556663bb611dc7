//! The gradient of the linear map on the GPU: of input, weight and bias in one launch.
//!
//! The sum over the rows of a weight's gradient is cut into parts where there would be too few workgroups, and a second
//! kernel adds the parts up.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::activation::Activation;
use super::conv_sums_cube::sum_parts;
use super::cube::{empty, spaced, view, workgroups};
use super::flat::next_start;
use super::product_cube::{linear_gradients_kernel, product_kernel};
use super::product_spec::{Ending, LARGE, Lie, Numbers, ROWS, Tile, choose, count, parts, tiles};
use crate::runtime::work::computes;

fn last(tensor: &CubeTensor) -> usize {
    let shape = tensor.meta.shape();
    shape[shape.num_dims() - 1]
}

/// The gradients of the input, of its shape, the weight and the bias. Where the input is an activation of `before.0`, the
/// first is that of `before.0`.
pub fn grads(
    grad: CubeTensor,
    weight: CubeTensor,
    x: CubeTensor,
    before: Option<(CubeTensor, Activation)>,
) -> (CubeTensor, CubeTensor, CubeTensor) {
    let [output, input] = weight.meta.shape().dims();
    let shape = x.meta.shape().clone();
    let rows = shape.num_elements() / input;
    let of_x = Numbers::new([rows, input], output);
    let (of_x, of_weight, numbers) = both_grads(grad, into_contiguous(weight), x, before, of_x, 0, 1);
    let (of_weight, of_bias) = weight_and_bias(&of_weight, &numbers);
    (view(&of_x, 0, shape), of_weight, of_bias)
}

/// The gradients of [`maps`](super::linear_cube::maps) from `grad` `[maps, rows, out]`: of `x`, and of all weights and biases in one vector, where
/// they lie as in that of all parameters.
pub fn maps_grads(grad: CubeTensor, weights: &[CubeTensor], x: CubeTensor) -> (CubeTensor, CubeTensor) {
    let [output, input] = weights[0].meta.shape().dims();
    let rows = x.meta.num_elements() / input;
    let (weight, right_step) = spaced(weights);
    let left_step = rows * output;
    let of_x = Numbers {
        left_step,
        right_step,
        out_step: rows * input,
        ..Numbers::new([rows, input], output)
    };
    let shape = x.meta.shape().clone();
    let (of_x, of_weights, _) = both_grads(grad, weight, x, None, of_x, left_step, weights.len());
    let of_x = sum_parts(of_x, weights.len(), rows * input);
    (view(&of_x, 0, shape), of_weights)
}

/// One launch for `maps` products, which are `of_x`, and as many gradients of weights, whose `grad`s lie `grad_step` apart.
fn both_grads(
    grad: CubeTensor,
    weight: CubeTensor,
    x: CubeTensor,
    before: Option<(CubeTensor, Activation)>,
    of_x: Numbers,
    grad_step: usize,
    maps: usize,
) -> (CubeTensor, CubeTensor, Numbers) {
    let ([rows, input], output) = (of_x.size, of_x.terms);
    let size = [output, input];
    let most = |tile| if maps > 1 { maps } else { parts(tile, size, rows) };
    let tile = choose(output.min(input), |tile| {
        maps * count(tile, of_x.size) + most(tile) * count(tile, size)
    });
    let products = most(tile);
    let of_weight = weight_numbers(size, rows, tile, products, maps > 1, grad_step);
    let [x_down, x_across] = tiles(tile, of_x.size);
    let [weight_down, weight_across] = tiles(tile, size);
    let (x_count, weight_count) = (x_down * x_across * maps, weight_down * weight_across * products);
    let x_out = empty(&x, [maps * rows * input]);
    let weight_out = empty(&x, [products * of_weight.out_step]);
    let ending = before
        .as_ref()
        .map_or(Ending::Plain, |(_, activation)| Ending::Back(*activation));
    // Something has to stand there.
    let other = before.map_or_else(|| weight.clone(), |(before, _)| into_contiguous(before));
    // Of the input, and of the weight.
    computes::<linear_gradients_kernel::LinearGradientsKernel>(&[2, maps, rows, input, output]);
    linear_gradients_kernel::launch(
        &x_out.client,
        workgroups(x_count + weight_count),
        CubeDim::new_2d(tile.across, tile.down),
        into_contiguous(grad).into_tensor_arg(),
        weight.into_tensor_arg(),
        into_contiguous(x).into_tensor_arg(),
        other.into_tensor_arg(),
        x_out.clone().into_tensor_arg(),
        weight_out.clone().into_tensor_arg(),
        of_x.launch(),
        of_weight.launch(),
        x_down as u32,
        x_count as u32,
        weight_down as u32,
        weight_across as u32,
        weight_count as u32,
        tile,
        ending,
    );
    let weight_out = match products > maps {
        true => sum_parts(weight_out, products, of_weight.out_step),
        false => weight_out,
    };
    (x_out, weight_out, of_weight)
}

/// `grad^T x`, and the sum of the rows of `grad`.
pub fn weight_grad(x: CubeTensor, grad: CubeTensor) -> (CubeTensor, CubeTensor) {
    let size = [last(&grad), last(&x)];
    let terms = x.meta.num_elements() / size[1];
    // With many parts the largest tile has enough workgroups too.
    let tile = match terms / ROWS > 4 && size[0].min(size[1]) > 32 {
        true => LARGE,
        false => choose(size[1], |tile| count(tile, size)),
    };
    let products = parts(tile, size, terms);
    let numbers = weight_numbers(size, terms, tile, products, false, 0);
    let [down, across] = tiles(tile, size);
    let out = empty(&x, [products * numbers.out_step]);
    let x = into_contiguous(x);
    computes::<product_kernel::ProductKernel>(&[size[0], size[1], terms]);
    product_kernel::launch(
        &out.client,
        CubeCount::Static(down as u32, across as u32, products as u32),
        CubeDim::new_2d(tile.across, tile.down),
        into_contiguous(grad).into_tensor_arg(),
        x.clone().into_tensor_arg(),
        x.clone().into_tensor_arg(),
        x.clone().into_tensor_arg(),
        x.into_tensor_arg(),
        out.clone().into_tensor_arg(),
        numbers.launch(),
        tile,
        Lie {
            left_inside: false,
            right_inside: false,
            left_patch: 0,
            out_patch: 0,
        },
        Ending::Plain,
        true,
    );
    let out = match products {
        1 => out,
        _ => sum_parts(out, products, numbers.out_step),
    };
    weight_and_bias(&out, &numbers)
}

/// Sizes of a weight's gradient: so many products, each of a map of its own, or of a part of one map's terms. Each writes
/// weight and bias into one buffer, the second from an aligned start on.
fn weight_numbers(
    size: [usize; 2],
    terms: usize,
    tile: Tile,
    products: usize,
    apart: bool,
    grad_step: usize,
) -> Numbers {
    let second = next_start(0, size[0] * size[1]);
    // A whole number of rounds a part.
    let a_part = terms.div_ceil(products).next_multiple_of(tile.depth as usize);
    Numbers {
        left_step: grad_step,
        terms_step: if apart { 0 } else { a_part },
        terms_a_part: if apart { terms } else { a_part },
        second,
        out_step: next_start(second, size[0]),
        ..Numbers::new(size, terms)
    }
}

fn weight_and_bias(of_both: &CubeTensor, numbers: &Numbers) -> (CubeTensor, CubeTensor) {
    (
        view(of_both, 0, numbers.size),
        view(of_both, numbers.second, [numbers.size[0]]),
    )
}
