//! Linear map, alone and with an activation. The weight has PyTorch's layout.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::autodiff::{Autodiff, NodeId};
use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::activation::Activation;
use super::{linear_cube, linear_grad_cube};

/// `x` `[..., in]`, `weight` `[out, in]`, `bias` `[out]` -> `x weight^T + bias`, `[..., out]`.
pub fn linear<const D: usize>(x: Tensor<D>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<D> {
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(Dispatch::linear_map(x, weight, bias))
}

/// What a linear map is made of: a tensor, or an activation of one.
#[derive(Clone, Debug)]
pub struct Input<const D: usize> {
    pub(super) value: Tensor<D>,
    /// What the value is an activation of, where its gradient is asked for: the step back goes through both at once.
    pub(super) before: Option<(Tensor<D>, Activation)>,
}

impl<const D: usize> From<Tensor<D>> for Input<D> {
    fn from(value: Tensor<D>) -> Self {
        Self { value, before: None }
    }
}

/// The activation of [`linear`], for another one: [`linear_after`].
pub fn linear_activated<const D: usize>(
    x: Tensor<D>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    activation: Activation,
) -> Input<D> {
    let autodiff = x.is_autodiff() || weight.is_autodiff();
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    if !autodiff {
        return Tensor::from_dispatch(Dispatch::linear_activated_only(x, weight, bias, activation)).into();
    }
    let (value, before) = Dispatch::linear_activated(x, weight, bias, activation);
    Input {
        value: Tensor::from_dispatch(value),
        before: Some((Tensor::from_dispatch(before), activation)),
    }
}

/// [`linear`] of what may be an activation.
pub fn linear_after<const D: usize>(x: Input<D>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<D> {
    let Some((before, activation)) = x.before else {
        return linear(x.value, weight, bias);
    };
    let [x, before] = [x.value, before].map(Tensor::into_dispatch);
    let (weight, bias) = (weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(Dispatch::linear_after(x, before, weight, bias, activation))
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

    /// An activation of the map, without gradient, and the map.
    #[fusion(meta = |x, weight, _bias, _activation| {
        let shape = with_last(&x.shape, weight.shape[0]);
        (TensorSpec::new(shape.clone(), x.dtype), TensorSpec::new(shape, x.dtype))
    })]
    fn linear_activated(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        activation: Activation,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// The map of `x`, which is an activation of `before`.
    #[fusion(dtype = x, shape = with_last(x, weight[0]))]
    fn linear_after(
        x: FloatTensor<Self>,
        before: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        activation: Activation,
    ) -> FloatTensor<Self>;
}

/// What takes no gradient.
#[backend_extension(Cube, Flex, Fusion)]
pub trait LinearActivation: Backend {
    /// An activation of the map.
    #[fusion(dtype = x, shape = with_last(x, weight[0]))]
    fn linear_activated_only(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        activation: Activation,
    ) -> FloatTensor<Self>;
}

/// Its gradient.
#[backend_extension(Cube, Flex, Fusion)]
pub trait LinearMapGrad: Backend {
    /// As [`linear_map_grads`](Self::linear_map_grads), where `x` is an activation of `before`, whose gradient is the first.
    #[fusion(meta = |grad, weight, x, _before, _activation| (
        x.clone(),
        weight.clone(),
        TensorSpec::new(Shape::new([weight.shape[0]]), grad.dtype),
    ))]
    fn linear_after_grads(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        x: FloatTensor<Self>,
        before: FloatTensor<Self>,
        activation: Activation,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);

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

    fn linear_activated(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        activation: Activation,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        linear_cube::activated(x, weight, bias, activation, true)
    }

    fn linear_after(
        x: FloatTensor<Self>,
        _before: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        _activation: Activation,
    ) -> FloatTensor<Self> {
        Self::linear_map(x, weight, bias)
    }
}

impl LinearActivation for CubeBackend {
    fn linear_activated_only(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        activation: Activation,
    ) -> FloatTensor<Self> {
        linear_cube::activated(x, weight, bias, activation, false).0
    }
}

impl LinearMapGrad for CubeBackend {
    fn linear_after_grads(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        x: FloatTensor<Self>,
        before: FloatTensor<Self>,
        activation: Activation,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        linear_grad_cube::grads(grad, weight, x, Some((before, activation)))
    }

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

/// What a map's gradient is made of: the weight, the input, and what the input is an activation of.
#[derive(Debug)]
pub(super) struct Kept<B: Backend> {
    pub weight: FloatTensor<B>,
    pub x: FloatTensor<B>,
    pub before: Option<(FloatTensor<B>, Activation)>,
}

impl<B: Backend> Clone for Kept<B> {
    fn clone(&self) -> Self {
        Self {
            weight: self.weight.clone(),
            x: self.x.clone(),
            before: self.before.clone(),
        }
    }
}

impl<B: LinearMapGrad> Kept<B> {
    /// Registers the gradients of input, weight and bias, from that of the map.
    pub fn register(self, grad: FloatTensor<B>, parents: [Option<NodeId>; 3], grads: &mut Gradients) {
        let Self { weight, x, before } = self;
        let (of_x, of_weight, of_bias) = match (&parents[0], before) {
            (None, _) => {
                let (of_weight, of_bias) = B::linear_map_weight_grad(x, grad);
                (None, of_weight, of_bias)
            }
            (Some(_), before) => {
                let (of_x, of_weight, of_bias) = match before {
                    None => B::linear_map_grads(grad, weight, x),
                    Some((before, activation)) => B::linear_after_grads(grad, weight, x, before, activation),
                };
                (Some(of_x), of_weight, of_bias)
            }
        };
        for (node, grad) in parents.into_iter().zip([of_x, Some(of_weight), Some(of_bias)]) {
            if let Some((node, grad)) = node.zip(grad) {
                grads.register::<B>(node, grad);
            }
        }
    }
}

/// The map's step back.
#[derive(Debug)]
struct LinearMapBackward;

impl<B: LinearMapGrad> Backward<B, 3> for LinearMapBackward {
    type State = Kept<B>;

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let grad = grads.consume::<B>(&ops.node);
        ops.state
            .register(grad, ops.parents.map(|node| Some(node?.id)), grads);
    }
}

impl<B: LinearMap + LinearActivation + LinearMapGrad, C: CheckpointStrategy> LinearMap for Autodiff<B, C> {
    fn linear_map(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node()];
        let [x, weight, bias] = [x, weight, bias].map(|tensor| tensor.into_primitive());
        let y = B::linear_map(x.clone(), weight.clone(), bias);
        match LinearMapBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let before = None;
                prep.finish(Kept { weight, x, before }, y)
            }
            OpsKind::UnTracked(prep) => prep.finish(y),
        }
    }

    fn linear_activated(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        activation: Activation,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let nodes = [x.node(), weight.node(), bias.node()];
        let [x, weight, bias] = [x, weight, bias].map(|tensor| tensor.into_primitive());
        let (activated, y) = B::linear_activated(x.clone(), weight.clone(), bias, activation);
        let y = match LinearMapBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let before = None;
                prep.finish(Kept { weight, x, before }, y)
            }
            OpsKind::UnTracked(prep) => prep.finish(y),
        };
        (<FloatTensor<Self>>::new(activated), y)
    }

    fn linear_after(
        x: FloatTensor<Self>,
        before: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        activation: Activation,
    ) -> FloatTensor<Self> {
        let nodes = [before.node(), weight.node(), bias.node()];
        let [x, before, weight, bias] = [x, before, weight, bias].map(|tensor| tensor.into_primitive());
        let y = B::linear_map(x.clone(), weight.clone(), bias);
        match LinearMapBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let before = Some((before, activation));
                prep.finish(Kept { weight, x, before }, y)
            }
            OpsKind::UnTracked(prep) => prep.finish(y),
        }
    }
}
