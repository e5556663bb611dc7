//! Group normalisation and the SiLU that follows it in the networks here.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::autodiff::{Autodiff, NodeId};
use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, Dispatch, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::cube::{Followed, direct, runs_kernels};
use super::norm_cube;

/// Group normalisation (Wu and He, 2018): each of `groups` groups of channels has mean 0 and variance 1 over its
/// channels and pixels, then a scale and a shift a channel.
///
/// `x` `[batch, channels, height, width]`, `weight` and `bias` `[channels]` -> the shape of `x`.
pub fn group_norm(x: Tensor<4>, weight: Tensor<1>, bias: Tensor<1>, groups: usize, eps: f64) -> Tensor<4> {
    fused(x, weight, bias, groups, eps, false)
}

/// `silu(group_norm(...))`, in one kernel.
pub fn group_norm_silu(
    x: Tensor<4>,
    weight: Tensor<1>,
    bias: Tensor<1>,
    groups: usize,
    eps: f64,
) -> Tensor<4> {
    fused(x, weight, bias, groups, eps, true)
}

fn fused(
    x: Tensor<4>,
    weight: Tensor<1>,
    bias: Tensor<1>,
    groups: usize,
    eps: f64,
    activate: bool,
) -> Tensor<4> {
    let gpu = runs_kernels(&x.device());
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(match gpu {
        true => direct(
            [x, weight, bias],
            |[x, weight, bias]| Cube::normalise(x, weight, bias, groups, eps, activate),
            |[x, weight, bias]| Followed::normalise(x, weight, bias, groups, eps, activate),
        ),
        false => Dispatch::normalise(x, weight, bias, groups, eps, activate),
    })
}

/// Group normalisation, then SiLU where `activate`.
#[backend_extension(Cube, Flex, Fusion, Autodiff)]
pub trait GroupNormalisation: Backend {
    #[fusion(dtype = x, shape = x)]
    fn normalise(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        groups: usize,
        eps: f64,
        activate: bool,
    ) -> FloatTensor<Self>;
}

/// What the gradient needs besides.
#[backend_extension(Cube, Flex, Fusion)]
pub trait GroupNormalisationParts: Backend {
    /// The result, and each group's mean and inverse standard deviation, `[batch, groups, 2]`.
    #[fusion(meta = |x, _weight, _bias, groups, _eps, _activate| (
        x.clone(),
        TensorSpec::new(Shape::new([x.shape[0], *groups, 2]), x.dtype),
    ))]
    fn normalise_with_moments(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        groups: usize,
        eps: f64,
        activate: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// The gradients of `x`, `weight` and `bias`.
    #[fusion(meta = |x, weight, bias, _moments, _grad, _activate| (x.clone(), weight.clone(), bias.clone()))]
    fn normalise_grad(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        moments: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        activate: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

impl GroupNormalisation for CubeBackend {
    fn normalise(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        groups: usize,
        eps: f64,
        activate: bool,
    ) -> FloatTensor<Self> {
        norm_cube::forward(x, weight, bias, groups, eps, activate).0
    }
}

impl GroupNormalisationParts for CubeBackend {
    fn normalise_with_moments(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        groups: usize,
        eps: f64,
        activate: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        norm_cube::forward(x, weight, bias, groups, eps, activate)
    }

    fn normalise_grad(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        moments: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        activate: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        norm_cube::gradient(x, weight, bias, moments, grad, activate)
    }
}

/// The normalisation's step back.
#[derive(Debug)]
struct NormaliseBackward;

impl<B: GroupNormalisationParts> Backward<B, 3> for NormaliseBackward {
    /// The nodes of `x`, `weight` and `bias`, the moments, and whether SiLU follows.
    type State = ([NodeId; 3], FloatTensor<B>, bool);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, checkpointer: &mut Checkpointer) {
        let (nodes, moments, activate) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let [x, weight, bias] = nodes.map(|node| checkpointer.retrieve_node_output::<FloatTensor<B>>(node));
        let (of_x, of_weight, of_bias) = B::normalise_grad(x, weight, bias, moments, grad, activate);
        for (node, grad) in ops.parents.into_iter().zip([of_x, of_weight, of_bias]) {
            if let Some(node) = node {
                grads.register::<B>(node.id, grad);
            }
        }
    }
}

impl<B: GroupNormalisation + GroupNormalisationParts, C: CheckpointStrategy> GroupNormalisation
    for Autodiff<B, C>
{
    fn normalise(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        groups: usize,
        eps: f64,
        activate: bool,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node()];
        match NormaliseBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let nodes = [&x, &weight, &bias].map(|tensor| prep.checkpoint(tensor));
                let (y, moments) = B::normalise_with_moments(
                    x.into_primitive(),
                    weight.into_primitive(),
                    bias.into_primitive(),
                    groups,
                    eps,
                    activate,
                );
                prep.finish((nodes, moments, activate), y)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::normalise(
                x.into_primitive(),
                weight.into_primitive(),
                bias.into_primitive(),
                groups,
                eps,
                activate,
            )),
        }
    }
}
