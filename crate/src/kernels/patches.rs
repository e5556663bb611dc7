//! Linear maps from the patches of images to tokens, and from tokens to patches: a launch forward, where nothing is copied
//! into another order.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::NoCheckpointing};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::ops::FloatTensorOps;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::activated::Kept;
use super::cube::{Tracked, from_gpu, from_tracked, runs_kernels, tracked};
use super::linear::LinearMapGrad;
use super::{linear, linear_cube};

/// Each patch of `x` `[batch, channels, height, width]` mapped by `weight` `[out, channels, patch, patch]` and `bias`
/// `[out]`, the patches row by row, plus `added` `[1, patches, out]`, which has no gradient: `[batch, patches, out]`.
pub fn linear_of_patches(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, added: Tensor<3>) -> Tensor<3> {
    let [out, channels, patch, _] = weight.dims();
    if runs_kernels(&x.device()) {
        let autodiff = x.is_autodiff() || weight.is_autodiff();
        let [x, weight] = [x, weight].map(|x| tracked(x.into_dispatch()));
        let [bias, added] = [bias.into_dispatch(), added.into_dispatch()].map(tracked);
        let nodes = [x.node(), weight.node(), bias.node()];
        let [x, weight, bias, added] = [x, weight, bias, added].map(Tracked::into_primitive);
        let y = Cube::linear_of_patches(x.clone(), weight.clone(), bias, added);
        if !autodiff {
            return Tensor::from_dispatch(from_gpu(y));
        }
        let prepared = OfPatchesBackward
            .prepare::<NoCheckpointing>(nodes)
            .compute_bound();
        return Tensor::from_dispatch(from_tracked(match prepared.stateful() {
            OpsKind::Tracked(prep) => prep.finish([x, weight], y),
            OpsKind::UnTracked(prep) => prep.finish(y),
        }));
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
        let autodiff = x.is_autodiff() || weight.is_autodiff();
        let [x, weight, bias] =
            [x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch()].map(tracked);
        let nodes = [x.node(), weight.node(), bias.node()];
        let [x, weight, bias] = [x, weight, bias].map(Tracked::into_primitive);
        let y = Cube::linear_to_patches(x.clone(), weight.clone(), bias, patch, across);
        if !autodiff {
            return Tensor::from_dispatch(from_gpu(y));
        }
        let before = None;
        let prepared = ToPatchesBackward
            .prepare::<NoCheckpointing>(nodes)
            .compute_bound();
        return Tensor::from_dispatch(from_tracked(match prepared.stateful() {
            OpsKind::Tracked(prep) => prep.finish((Kept { weight, x, before }, patch), y),
            OpsKind::UnTracked(prep) => prep.finish(y),
        }));
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
#[backend_extension(Cube, Fusion)]
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
fn tokens(x: FloatTensor<Cube>, patch: usize, order: [usize; 6]) -> FloatTensor<Cube> {
    let [batch, channels, height, width] = x.shape().dims();
    let (rows, columns) = (height / patch, width / patch);
    let x = Cube::float_reshape(x, Shape::new([batch, channels, rows, patch, columns, patch]));
    let x = Cube::float_permute(x, &order);
    Cube::float_reshape(x, Shape::new([batch, rows * columns, channels * patch * patch]))
}

/// The step back of [`linear_of_patches`].
#[derive(Debug)]
struct OfPatchesBackward;

impl Backward<Cube, 3> for OfPatchesBackward {
    /// The images and the weight.
    type State = [FloatTensor<Cube>; 2];

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [x, weight] = ops.state;
        let grad = grads.consume::<Cube>(&ops.node);
        let ([of_x, of_weight, of_bias], image, size) = (ops.parents, x.shape(), weight.shape());
        let patch = size[2];
        let x = tokens(x, patch, [0, 2, 4, 1, 3, 5]);
        let (weight_grad, bias_grad) = Cube::linear_map_weight_grad(x.clone(), grad.clone());
        if let Some(node) = of_x {
            let length = size[1] * patch * patch;
            let weight = Cube::float_reshape(weight, Shape::new([size[0], length]));
            let (tokens, _, _) = Cube::linear_map_grads(grad, weight, x);
            let [batch, channels, height, width] = image.dims();
            let (rows, columns) = (height / patch, width / patch);
            let tokens =
                Cube::float_reshape(tokens, Shape::new([batch, rows, columns, channels, patch, patch]));
            let pixels = Cube::float_permute(tokens, &[0, 3, 1, 4, 2, 5]);
            grads.register::<Cube>(node.id, Cube::float_reshape(pixels, image));
        }
        if let Some(node) = of_weight {
            grads.register::<Cube>(node.id, Cube::float_reshape(weight_grad, size));
        }
        if let Some(node) = of_bias {
            grads.register::<Cube>(node.id, bias_grad);
        }
    }
}

/// The step back of [`linear_to_patches`].
#[derive(Debug)]
struct ToPatchesBackward;

impl Backward<Cube, 3> for ToPatchesBackward {
    /// The linear map's parts, and the side of a patch.
    type State = (Kept, usize);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let (kept, patch) = ops.state;
        let grad = grads.consume::<Cube>(&ops.node);
        let grad = tokens(grad, patch, [0, 2, 4, 3, 5, 1]);
        kept.register(grad, ops.parents.map(|node| Some(node?.id)), grads);
    }
}
