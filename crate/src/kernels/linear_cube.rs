//! The linear map on the GPU: one launch, with whatever becomes of it.

use burn::tensor::Shape;
use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::activation::Activation;
use super::cube::{aligned, empty, spaced, view};
use super::linear::with_last;
use super::product_cube::product_kernel;
use super::product_spec::{Ending, Lie, Numbers, Tile, choose, count, tiles};
use crate::runtime::work::computes;

/// What a row is beside what it is multiplied with: see [`Ending::Gated`].
pub struct Gates {
    pub residual: CubeTensor,
    pub gates: CubeTensor,
    /// The first gate of the first image, and the distance to the next image's.
    pub start: usize,
    pub step: usize,
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

#[allow(clippy::too_many_arguments)]
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
    computes::<product_kernel::ProductKernel>(&[products, numbers.size[0], numbers.size[1], numbers.terms]);
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
