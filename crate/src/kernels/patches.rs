//! Linear maps from the patches of images to tokens, and from tokens to patches: a launch forward, where nothing is copied
//! into another order.

use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::cube::runs_kernels;
use super::linear::{Kept, LinearMapGrad};
use super::{linear, linear_cube};

/// Each patch of `x` `[batch, channels, height, width]` mapped by `weight` `[out, channels, patch, patch]` and `bias`
/// `[out]`, the patches row by row, plus `added` `[1, patches, out]`, which has no gradient: `[batch, patches, out]`.
pub fn linear_of_patches(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, added: Tensor<3>) -> Tensor<3> {
    let [out, channels, patch, _] = weight.dims();
    if runs_kernels(&x.device()) {
        let (x, weight) = (x.into_dispatch(), weight.into_dispatch());
        let (bias, added) = (bias.into_dispatch(), added.into_dispatch());
        return Tensor::from_dispatch(Dispatch::linear_of_patches(x, weight, bias, added));
    }
    let [batch, _, height, width] = x.dims();
    let (rows, columns) = (height / patch, width / patch);
    let length = channels * patch * patch;
    let patches = x
        .reshape([batch, channels, rows, patch, columns, patch])
        .permute([0, 2, 4, 1, 3, 5]) // [batch, rows, columns, channels, patch, patch]
        .reshape([batch, rows * columns, length]);
    linear(patches, weight.reshape([out, length]), bias) + added
}

/// `x` `[batch, patches, in]` mapped by `weight` `[patch patch channels, in]` and `bias`: images of patches, row by row,
/// `across` of them side by side, `[batch, channels, height, width]`.
pub fn linear_to_patches(
    x: Tensor<3>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    patch: usize,
    across: usize,
) -> Tensor<4> {
    if runs_kernels(&x.device()) {
        let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
        return Tensor::from_dispatch(Dispatch::linear_to_patches(x, weight, bias, patch, across));
    }
    let tokens = linear(x, weight, bias);
    let [batch, count, columns] = tokens.dims();
    let (rows, channels) = (count / across, columns / (patch * patch));
    tokens
        .reshape([batch, rows, across, patch, patch, channels])
        .permute([0, 5, 1, 3, 2, 4])
        .reshape([batch, channels, rows * patch, across * patch])
}

fn image_shape(x: &Shape, columns: usize, patch: usize, across: usize) -> Shape {
    Shape::new([
        x[0],
        columns / (patch * patch),
        x[1] / across * patch,
        across * patch,
    ])
}

/// Both maps on the GPU.
#[backend_extension(Cube, Fusion, Autodiff)]
pub trait Patches: Backend {
    #[fusion(dtype = x, shape = Shape::new([x[0], added[1], weight[0]]))]
    fn linear_of_patches(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        added: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    #[fusion(dtype = x, shape = image_shape(x, weight[0], *patch, *across))]
    fn linear_to_patches(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        patch: usize,
        across: usize,
    ) -> FloatTensor<Self>;
}

impl Patches for CubeBackend {
    fn linear_of_patches(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        added: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        linear_cube::of_patches(x, weight, bias, added)
    }

    fn linear_to_patches(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        patch: usize,
        across: usize,
    ) -> FloatTensor<Self> {
        linear_cube::to_patches(x, weight, bias, patch, across)
    }
}

/// Images `[batch, channels, height, width]` as six dimensions, and those in the given order as tokens.
fn tokens<B: Backend>(x: FloatTensor<B>, patch: usize, order: [usize; 6]) -> FloatTensor<B> {
    let [batch, channels, height, width] = x.shape().dims();
    let (rows, columns) = (height / patch, width / patch);
    let x = B::float_reshape(x, Shape::new([batch, channels, rows, patch, columns, patch]));
    let x = B::float_permute(x, &order);
    B::float_reshape(x, Shape::new([batch, rows * columns, channels * patch * patch]))
}

/// The step back of [`linear_of_patches`].
#[derive(Debug)]
struct OfPatchesBackward;

impl<B: LinearMapGrad> Backward<B, 3> for OfPatchesBackward {
    /// The images and the weight.
    type State = [FloatTensor<B>; 2];

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [x, weight] = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let ([of_x, of_weight, of_bias], image, size) = (ops.parents, x.shape(), weight.shape());
        let patch = size[2];
        let x = tokens::<B>(x, patch, [0, 2, 4, 1, 3, 5]);
        let (weight_grad, bias_grad) = B::linear_map_weight_grad(x.clone(), grad.clone());
        if let Some(node) = of_x {
            let length = size[1] * patch * patch;
            let weight = B::float_reshape(weight, Shape::new([size[0], length]));
            let (tokens, _, _) = B::linear_map_grads(grad, weight, x);
            let [batch, channels, height, width] = image.dims();
            let (rows, columns) = (height / patch, width / patch);
            let tokens = B::float_reshape(tokens, Shape::new([batch, rows, columns, channels, patch, patch]));
            let pixels = B::float_permute(tokens, &[0, 3, 1, 4, 2, 5]);
            grads.register::<B>(node.id, B::float_reshape(pixels, image));
        }
        if let Some(node) = of_weight {
            grads.register::<B>(node.id, B::float_reshape(weight_grad, size));
        }
        if let Some(node) = of_bias {
            grads.register::<B>(node.id, bias_grad);
        }
    }
}

/// The step back of [`linear_to_patches`].
#[derive(Debug)]
struct ToPatchesBackward;

impl<B: LinearMapGrad> Backward<B, 3> for ToPatchesBackward {
    /// The linear map's parts, and the side of a patch.
    type State = (Kept<B>, usize);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let (kept, patch) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let grad = tokens::<B>(grad, patch, [0, 2, 4, 3, 5, 1]);
        kept.register(grad, ops.parents.map(|node| Some(node?.id)), grads);
    }
}

impl<B: Patches + LinearMapGrad, C: CheckpointStrategy> Patches for Autodiff<B, C> {
    fn linear_of_patches(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        added: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node()];
        let [x, weight, bias, added] = [x, weight, bias, added].map(|tensor| tensor.into_primitive());
        let y = B::linear_of_patches(x.clone(), weight.clone(), bias, added);
        match OfPatchesBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish([x, weight], y),
            OpsKind::UnTracked(prep) => prep.finish(y),
        }
    }

    fn linear_to_patches(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        patch: usize,
        across: usize,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node()];
        let [x, weight, bias] = [x, weight, bias].map(|tensor| tensor.into_primitive());
        let y = B::linear_to_patches(x.clone(), weight.clone(), bias, patch, across);
        match ToPatchesBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let before = None;
                prep.finish((Kept { weight, x, before }, patch), y)
            }
            OpsKind::UnTracked(prep) => prep.finish(y),
        }
    }
}
