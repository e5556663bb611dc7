//! The linear map and its gradient on the GPU: a launch forward, and a launch back for input, weight and bias.
//!
//! How many threads share a workgroup follows from the shape: see [`choose`]. The sum over the rows of a weight's gradient
//! is cut into parts where there would be too few workgroups, and a second kernel adds the parts up.

use burn::tensor::Shape;
use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::activation::Activation;
use super::conv_sums_cube::sum_parts;
use super::cube::{aligned, empty, spaced, view, workgroups};
use super::flat::next_start;
use super::linear::with_last;
use super::product_cube::{Ending, Lie, SizesLaunch, Tile, gradients_kernel, product_kernel};

/// Workgroups that keep a large GPU busy.
const ENOUGH: usize = 264;
/// Rows that are worth a part of their own in the gradient of a weight.
const ROWS: usize = 128;

const LARGE: Tile = Tile {
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
fn tiles(tile: Tile, [rows, columns]: [usize; 2]) -> [usize; 2] {
    [
        rows.div_ceil(4 * tile.down as usize),
        columns.div_ceil(4 * tile.across as usize),
    ]
}

fn count(tile: Tile, size: [usize; 2]) -> usize {
    tiles(tile, size).iter().product()
}

/// The largest tile with which `workgroups` are enough, else the smallest.
fn choose(narrowest: usize, workgroups: impl Fn(Tile) -> usize) -> Tile {
    let enough = |&tile: &Tile| narrowest > 32 && workgroups(tile) >= ENOUGH;
    [LARGE, MIDDLE].into_iter().find(enough).unwrap_or(SMALL)
}

/// Into how many parts the sum over `terms` rows is cut in the gradient of a weight of `size`.
fn parts(tile: Tile, size: [usize; 2], terms: usize) -> usize {
    (ENOUGH / count(tile, size)).clamp(1, (terms / ROWS).max(1))
}

/// What a row is beside what it is multiplied with: see [`Ending::Gated`].
pub struct Gates {
    pub residual: CubeTensor,
    pub gates: CubeTensor,
    /// The first gate of the first image, and the distance to the next image's.
    pub start: usize,
    pub step: usize,
}

/// Sizes of one product; [`SizesLaunch`] in the order of its fields.
#[derive(Clone, Copy, Default)]
struct Numbers {
    size: [usize; 2],
    terms: usize,
    terms_step: usize,
    terms_a_part: usize,
    left_step: usize,
    right_step: usize,
    bias_step: usize,
    out_step: usize,
    second: usize,
    image_rows: usize,
    patches_across: usize,
    gates: [usize; 2],
}

impl Numbers {
    fn new(size: [usize; 2], terms: usize) -> Self {
        Self {
            size,
            terms,
            terms_a_part: terms,
            image_rows: 1,
            patches_across: 1,
            ..Self::default()
        }
    }

    fn launch(&self) -> SizesLaunch {
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

fn last(tensor: &CubeTensor) -> usize {
    let shape = tensor.meta.shape();
    shape[shape.num_dims() - 1]
}

/// `x weight^T + bias`, of this shape.
pub fn forward(x: CubeTensor, weight: CubeTensor, bias: CubeTensor, shape: Shape) -> CubeTensor {
    let out = ended(x, weight, bias, Ending::Bias, None, false);
    view(&out, 0, shape)
}

/// An activation of the map, and, where it is to be kept, the map itself.
pub fn activated(
    x: CubeTensor,
    weight: CubeTensor,
    bias: CubeTensor,
    activation: Activation,
    keep: bool,
) -> (CubeTensor, CubeTensor) {
    let shape = with_last(x.meta.shape(), weight.meta.shape()[0]);
    let ending = Ending::Activated { activation, keep };
    let out = ended(x, weight, bias, ending, None, keep);
    both(out, keep, shape)
}

/// `residual + gate (x weight^T + bias)`, and, where it is to be kept, what the gate is multiplied with. All are
/// `[images, rows, columns]`, and each image has a gate a column.
pub fn gated(
    x: CubeTensor,
    weight: CubeTensor,
    bias: CubeTensor,
    gates: Gates,
    keep: bool,
) -> (CubeTensor, CubeTensor) {
    let shape = gates.residual.meta.shape().clone();
    let out = ended(x, weight, bias, Ending::Gated { keep }, Some(gates), keep);
    both(out, keep, shape)
}

/// The two halves of a buffer; the first twice where there is no second.
fn both(out: CubeTensor, keep: bool, shape: Shape) -> (CubeTensor, CubeTensor) {
    let second = if keep {
        aligned(&out, shape.num_elements())
    } else {
        0
    };
    (view(&out, 0, shape.clone()), view(&out, second, shape))
}

fn ended(
    x: CubeTensor,
    weight: CubeTensor,
    bias: CubeTensor,
    ending: Ending,
    gates: Option<Gates>,
    keep: bool,
) -> CubeTensor {
    let [columns, terms] = weight.meta.shape().dims();
    let rows = x.meta.num_elements() / terms;
    let size = [rows, columns];
    let tile = choose(columns, |tile| count(tile, size));
    let second = aligned(&x, rows * columns);
    let out = empty(&x, [if keep { second } else { 0 } + rows * columns]);
    let mut numbers = Numbers {
        second,
        ..Numbers::new(size, terms)
    };
    let weight = into_contiguous(weight);
    // Something has to stand there.
    let mut others = [weight.clone(), weight.clone()];
    if let Some(gates) = gates {
        numbers.image_rows = gates.residual.meta.shape()[1];
        numbers.gates = [gates.start, gates.step];
        others = [into_contiguous(gates.residual), into_contiguous(gates.gates)];
    }
    launch([x, weight, bias], others, &out, &numbers, 1, tile, [0, 0], ending);
    out
}

/// The map of each patch of `x` `[batch, channels, height, width]` by `weight` `[out, channels, patch, patch]`, and `added`
/// `[1, patches, out]`: `[batch, patches, out]`.
pub fn of_patches(x: CubeTensor, weight: CubeTensor, bias: CubeTensor, added: CubeTensor) -> CubeTensor {
    let [columns, channels, patch, _] = weight.meta.shape().dims();
    let [batch, _, _, width] = x.meta.shape().dims();
    let [_, patches, _] = added.meta.shape().dims();
    let size = [batch * patches, columns];
    let numbers = Numbers {
        image_rows: patches,
        patches_across: width / patch,
        ..Numbers::new(size, channels * patch * patch)
    };
    let out = empty(&x, [batch, patches, columns]);
    let tile = choose(columns, |tile| count(tile, size));
    let (weight, added) = (into_contiguous(weight), into_contiguous(added));
    let others = [added.clone(), added];
    launch(
        [x, weight, bias],
        others,
        &out,
        &numbers,
        1,
        tile,
        [patch as u32, 0],
        Ending::Added,
    );
    out
}

/// The map of `x` `[batch, patches, in]` to patches of images: `weight` `[patch patch channels, in]` ->
/// `[batch, channels, height, width]`, with so many patches beside each other.
pub fn to_patches(
    x: CubeTensor,
    weight: CubeTensor,
    bias: CubeTensor,
    patch: usize,
    across: usize,
) -> CubeTensor {
    let [batch, patches, terms] = x.meta.shape().dims();
    let [columns, _] = weight.meta.shape().dims();
    let size = [batch * patches, columns];
    let numbers = Numbers {
        image_rows: patches,
        patches_across: across,
        ..Numbers::new(size, terms)
    };
    let sides = [patches / across * patch, across * patch];
    let out = empty(&x, [batch, columns / (patch * patch), sides[0], sides[1]]);
    let tile = choose(columns, |tile| count(tile, size));
    let weight = into_contiguous(weight);
    let others = [weight.clone(), weight.clone()];
    launch(
        [x, weight, bias],
        others,
        &out,
        &numbers,
        1,
        tile,
        [0, patch as u32],
        Ending::Bias,
    );
    out
}

/// Maps of the same `x` `[rows, in]` by each weight, `[out, in]`, and bias: `[maps, rows, out]`.
pub fn maps(x: CubeTensor, weights: &[CubeTensor], biases: &[CubeTensor]) -> CubeTensor {
    let [columns, terms] = weights[0].meta.shape().dims();
    let rows = x.meta.num_elements() / terms;
    let size = [rows, columns];
    let (weight, right_step) = spaced(weights);
    let (bias, bias_step) = spaced(biases);
    let numbers = Numbers {
        right_step,
        bias_step,
        out_step: rows * columns,
        ..Numbers::new(size, terms)
    };
    let out = empty(&x, [weights.len(), rows, columns]);
    let tile = choose(columns, |tile| weights.len() * count(tile, size));
    let others = [bias.clone(), bias.clone()];
    let products = weights.len();
    launch(
        [x, weight, bias],
        others,
        &out,
        &numbers,
        products,
        tile,
        [0, 0],
        Ending::Bias,
    );
    out
}

fn launch(
    [left, right, bias]: [CubeTensor; 3],
    [other, gates]: [CubeTensor; 2],
    out: &CubeTensor,
    numbers: &Numbers,
    products: usize,
    tile: Tile,
    [left_patch, out_patch]: [u32; 2],
    ending: Ending,
) {
    let [down, across] = tiles(tile, numbers.size);
    product_kernel::launch(
        &out.client,
        CubeCount::Static(down as u32, across as u32, products as u32),
        CubeDim::new_2d(tile.across, tile.down),
        into_contiguous(left).into_tensor_arg(),
        right.into_tensor_arg(),
        into_contiguous(bias).into_tensor_arg(),
        other.into_tensor_arg(),
        gates.into_tensor_arg(),
        out.clone().into_tensor_arg(),
        numbers.launch(),
        tile,
        Lie {
            left_inside: true,
            right_inside: true,
            left_patch,
            out_patch,
        },
        ending,
        false,
    );
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

/// The gradients of [`maps`] from `grad` `[maps, rows, out]`: of `x`, and of all weights and biases in one vector, where
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
    gradients_kernel::launch(
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
