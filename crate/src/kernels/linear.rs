//! Linear map. The weight has PyTorch's layout.

use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, Dispatch, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::cube::{Followed, direct, runs_kernels};
use super::{linear_cube, linear_grad_cube};

/// `x` `[..., in]`, `weight` `[out, in]`, `bias` `[out]` -> `x weight^T + bias`, `[..., out]`.
pub fn linear<const D: usize>(x: Tensor<D>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<D> {
    let gpu = runs_kernels(&x.device());
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(match gpu {
        true => direct(
            [x, weight, bias],
            |[x, weight, bias]| Cube::linear_map(x, weight, bias),
            |[x, weight, bias]| Followed::linear_map(x, weight, bias),
        ),
        false => Dispatch::linear_map(x, weight, bias),
    })
}

/// `shape` with another last dimension.
pub(super) fn with_last(shape: &Shape, last: usize) -> Shape {
    let mut dims = shape.to_vec();
    if let Some(old) = dims.last_mut() {
        *old = last;
    }
    Shape::from(dims)
}

/// The map.
#[backend_extension(Cube, Flex, Fusion, Autodiff)]
pub trait LinearMap: Backend {
    #[fusion(dtype = x, shape = with_last(x, weight[0]))]
    fn linear_map(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

/// Its gradient.
#[backend_extension(Cube, Flex, Fusion)]
pub trait LinearMapGrad: Backend {
    /// Of the input, the weight and the bias.
    #[fusion(meta = |grad, weight, x| (
        x.clone(),
        weight.clone(),
        TensorSpec::new(Shape::new([weight.shape[0]]), grad.dtype),
    ))]
    fn linear_map_grads(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        x: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);

    /// Of the weight, `[out, in]`, and of the bias, `[out]`.
    #[fusion(meta = |x, grad| {
        let last = |shape: &Shape| shape[shape.num_dims() - 1];
        let (input, output) = (last(&x.shape), last(&grad.shape));
        (
            TensorSpec::new(Shape::new([output, input]), x.dtype),
            TensorSpec::new(Shape::new([output]), x.dtype),
        )
    })]
    fn linear_map_weight_grad(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

impl LinearMap for CubeBackend {
    fn linear_map(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let shape = with_last(x.meta.shape(), weight.meta.shape()[0]);
        linear_cube::forward(x, weight, bias, shape)
    }
}

impl LinearMapGrad for CubeBackend {
    fn linear_map_grads(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        x: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        linear_grad_cube::grads(grad, weight, x, None)
    }

    fn linear_map_weight_grad(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        linear_grad_cube::weight_grad(x, grad)
    }
}

/// The map's step back.
#[derive(Debug)]
struct LinearMapBackward;

impl<B: LinearMapGrad> Backward<B, 3> for LinearMapBackward {
    /// The input and the weight.
    type State = (FloatTensor<B>, FloatTensor<B>);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [of_x, of_weight, of_bias] = ops.parents;
        let (x, weight) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let (weight_grad, bias_grad) = match of_x {
            None => B::linear_map_weight_grad(x, grad),
            Some(node) => {
                let (x_grad, weight_grad, bias_grad) = B::linear_map_grads(grad, weight, x);
                grads.register::<B>(node.id, x_grad);
                (weight_grad, bias_grad)
            }
        };
        for (node, grad) in [(of_weight, weight_grad), (of_bias, bias_grad)] {
            if let Some(node) = node {
                grads.register::<B>(node.id, grad);
            }
        }
    }
}

impl<B: LinearMap + LinearMapGrad, C: CheckpointStrategy> LinearMap for Autodiff<B, C> {
    fn linear_map(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node()];
        let [x, weight, bias] = [x, weight, bias].map(|tensor| tensor.into_primitive());
        match LinearMapBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let y = B::linear_map(x.clone(), weight.clone(), bias);
                prep.finish((x, weight), y)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::linear_map(x, weight, bias)),
        }
    }
}
