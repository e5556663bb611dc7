//! The mean squared error of each example: a launch forward, a launch back.

use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::cube::{Followed, direct, runs_kernels};
use super::squared_error_cube;

/// The mean of `(x - y)^2` over all but the first dimension: `x` and `y` `[batch, ...]` -> `[batch]`.
pub fn mean_squared_error(x: Tensor<4>, y: Tensor<4>) -> Tensor<1> {
    if runs_kernels(&x.device()) {
        return Tensor::from_dispatch(direct(
            [x.into_dispatch(), y.into_dispatch()],
            |[x, y]| Cube::squared_error(x, y),
            |[x, y]| Followed::squared_error(x, y),
        ));
    }
    x.sub(y).square().mean_dims(&[1, 2, 3]).flatten(0, 3)
}

/// The error on the GPU.
#[backend_extension(Cube, Fusion, Autodiff)]
pub trait SquaredError: Backend {
    #[fusion(dtype = x, shape = Shape::new([x[0]]))]
    fn squared_error(x: FloatTensor<Self>, y: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// Its gradient on the GPU.
#[backend_extension(Cube, Fusion)]
pub trait SquaredErrorGrad: Backend {
    /// Of `x`; that of `y` is the same with `x` and `y` exchanged.
    #[fusion(dtype = x, shape = x)]
    fn squared_error_grad(
        x: FloatTensor<Self>,
        y: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

impl SquaredError for CubeBackend {
    fn squared_error(x: FloatTensor<Self>, y: FloatTensor<Self>) -> FloatTensor<Self> {
        squared_error_cube::forward(x, y)
    }
}

impl SquaredErrorGrad for CubeBackend {
    fn squared_error_grad(
        x: FloatTensor<Self>,
        y: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        squared_error_cube::gradient(x, y, grad)
    }
}

/// The step back.
#[derive(Debug)]
struct SquaredErrorBackward;

impl<B: SquaredErrorGrad> Backward<B, 2> for SquaredErrorBackward {
    /// `x` and `y`.
    type State = [FloatTensor<B>; 2];

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [x, y] = ops.state;
        let [of_x, of_y] = ops.parents;
        let grad = grads.consume::<B>(&ops.node);
        for (node, x, y) in [(of_x, &x, &y), (of_y, &y, &x)] {
            if let Some(node) = node {
                let grad = B::squared_error_grad(x.clone(), y.clone(), grad.clone());
                grads.register::<B>(node.id, grad);
            }
        }
    }
}

impl<B: SquaredError + SquaredErrorGrad, C: CheckpointStrategy> SquaredError for Autodiff<B, C> {
    fn squared_error(x: FloatTensor<Self>, y: FloatTensor<Self>) -> FloatTensor<Self> {
        let nodes = [x.node(), y.node()];
        let [x, y] = [x, y].map(|tensor| tensor.into_primitive());
        match SquaredErrorBackward
            .prepare::<C>(nodes)
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prep) => {
                let errors = B::squared_error(x.clone(), y.clone());
                prep.finish([x, y], errors)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::squared_error(x, y)),
        }
    }
}
