//! Two feature maps as one, channel after channel: a launch forward, a launch back.

use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::concat_cube;
use super::cube::{Followed, direct, runs_kernels};

/// `a` `[batch, m, height, width]` and `b` `[batch, n, height, width]` -> `[batch, m + n, height, width]`.
pub fn concat_channels(a: Tensor<4>, b: Tensor<4>) -> Tensor<4> {
    if runs_kernels(&a.device()) {
        return Tensor::from_dispatch(direct(
            [a.into_dispatch(), b.into_dispatch()],
            |[a, b]| Cube::concat(a, b),
            |[a, b]| Followed::concat(a, b),
        ));
    }
    Tensor::cat(vec![a, b], 1)
}

/// The concatenation on the GPU.
#[backend_extension(Cube, Fusion, Autodiff)]
pub trait Concat: Backend {
    #[fusion(dtype = a, shape = Shape::new([a[0], a[1] + b[1], a[2], a[3]]))]
    fn concat(a: FloatTensor<Self>, b: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// Its inverse.
#[backend_extension(Cube, Fusion)]
pub trait Split: Backend {
    /// The first `channels` channels, and the others.
    #[fusion(meta = |x, channels| (
        TensorSpec::new(Shape::new([x.shape[0], *channels, x.shape[2], x.shape[3]]), x.dtype),
        TensorSpec::new(
            Shape::new([x.shape[0], x.shape[1] - *channels, x.shape[2], x.shape[3]]),
            x.dtype,
        ),
    ))]
    fn split(x: FloatTensor<Self>, channels: usize) -> (FloatTensor<Self>, FloatTensor<Self>);
}

impl Concat for CubeBackend {
    fn concat(a: FloatTensor<Self>, b: FloatTensor<Self>) -> FloatTensor<Self> {
        concat_cube::concat(a, b)
    }
}

impl Split for CubeBackend {
    fn split(x: FloatTensor<Self>, channels: usize) -> (FloatTensor<Self>, FloatTensor<Self>) {
        concat_cube::split(x, channels)
    }
}

/// The concatenation's step back.
#[derive(Debug)]
struct ConcatBackward;

impl<B: Split> Backward<B, 2> for ConcatBackward {
    /// Channels of the first.
    type State = usize;

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let grad = grads.consume::<B>(&ops.node);
        let (of_a, of_b) = B::split(grad, ops.state);
        for (node, grad) in ops.parents.into_iter().zip([of_a, of_b]) {
            if let Some(node) = node {
                grads.register::<B>(node.id, grad);
            }
        }
    }
}

impl<B: Concat + Split, C: CheckpointStrategy> Concat for Autodiff<B, C> {
    fn concat(a: FloatTensor<Self>, b: FloatTensor<Self>) -> FloatTensor<Self> {
        let nodes = [a.node(), b.node()];
        let channels = a.shape()[1];
        let y = B::concat(a.into_primitive(), b.into_primitive());
        match ConcatBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(channels, y),
            OpsKind::UnTracked(prep) => prep.finish(y),
        }
    }
}
