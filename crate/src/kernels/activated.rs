//! An activation between two linear maps. On the GPU it is taken where the first ends, and its gradient where the second
//! one's does.

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::NoCheckpointing};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::activation::{Activation, activate};
use super::cube::{Tracked, from_gpu, from_tracked, on_gpu, runs_kernels, tracked};
use super::linear::{LinearMap, LinearMapGrad, linear, with_last};
use super::{linear_cube, linear_grad_cube};

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

/// The activation of [`linear`], for another map: [`linear_after`].
pub fn linear_activated<const D: usize>(
    x: Tensor<D>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    activation: Activation,
) -> Input<D> {
    if !runs_kernels(&x.device()) {
        return activate(linear(x, weight, bias), activation).into();
    }
    let autodiff = x.is_autodiff() || weight.is_autodiff();
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    if !autodiff {
        let [x, weight, bias] = [x, weight, bias].map(on_gpu);
        let (value, _) = Cube::linear_activated(x, weight, bias, activation, false);
        return Tensor::from_dispatch(from_gpu(value)).into();
    }
    let [x, weight, bias] = [x, weight, bias].map(tracked);
    let nodes = [x.node(), weight.node(), bias.node()];
    let [x, weight, bias] = [x, weight, bias].map(Tracked::into_primitive);
    let (value, before) = Cube::linear_activated(x.clone(), weight.clone(), bias, activation, true);
    let kept = Kept {
        weight,
        x,
        before: None,
    };
    let before = match KeptBackward
        .prepare::<NoCheckpointing>(nodes)
        .compute_bound()
        .stateful()
    {
        OpsKind::Tracked(prep) => prep.finish(kept, before),
        OpsKind::UnTracked(prep) => prep.finish(before),
    };
    Input {
        value: Tensor::from_dispatch(from_tracked(Tracked::new(value))),
        before: Some((Tensor::from_dispatch(from_tracked(before)), activation)),
    }
}

/// [`linear`] of what may be an activation.
pub fn linear_after<const D: usize>(x: Input<D>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<D> {
    let Some((before, activation)) = x.before else {
        return linear(x.value, weight, bias);
    };
    let [x, before] = [x.value, before].map(|x| tracked(x.into_dispatch()));
    let [weight, bias] = [weight.into_dispatch(), bias.into_dispatch()].map(tracked);
    let nodes = [before.node(), weight.node(), bias.node()];
    let [x, before, weight, bias] = [x, before, weight, bias].map(Tracked::into_primitive);
    let y = Cube::linear_map(x.clone(), weight.clone(), bias);
    let kept = Kept {
        weight,
        x,
        before: Some((before, activation)),
    };
    let y = match KeptBackward
        .prepare::<NoCheckpointing>(nodes)
        .compute_bound()
        .stateful()
    {
        OpsKind::Tracked(prep) => prep.finish(kept, y),
        OpsKind::UnTracked(prep) => prep.finish(y),
    };
    Tensor::from_dispatch(from_tracked(y))
}

/// On the GPU.
#[backend_extension(Cube, Fusion)]
pub trait LinearActivated: Backend {
    /// An activation of the map, and the map, which is nothing to look at unless `keep`.
    #[fusion(meta = |x, weight, _bias, _activation, _keep| {
        let shape = with_last(&x.shape, weight.shape[0]);
        (TensorSpec::new(shape.clone(), x.dtype), TensorSpec::new(shape, x.dtype))
    })]
    fn linear_activated(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        activation: Activation,
        keep: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// As [`LinearMapGrad::linear_map_grads`], where `x` is an activation of `before`, whose gradient is the first.
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
}

impl LinearActivated for CubeBackend {
    fn linear_activated(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        activation: Activation,
        keep: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        linear_cube::activated(x, weight, bias, activation, keep)
    }

    fn linear_after_grads(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        x: FloatTensor<Self>,
        before: FloatTensor<Self>,
        activation: Activation,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        linear_grad_cube::grads(grad, weight, x, Some((before, activation)))
    }
}

/// What a map's gradient is made of: the weight, the input, and what the input is an activation of.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub weight: FloatTensor<Cube>,
    pub x: FloatTensor<Cube>,
    pub before: Option<(FloatTensor<Cube>, Activation)>,
}

impl Kept {
    /// Registers the gradients of input, weight and bias, from that of the map.
    pub fn register(self, grad: FloatTensor<Cube>, parents: [Option<NodeId>; 3], grads: &mut Gradients) {
        let Self { weight, x, before } = self;
        let (of_x, of_weight, of_bias) = match (parents[0], before) {
            (None, _) => {
                let (of_weight, of_bias) = Cube::linear_map_weight_grad(x, grad);
                (None, of_weight, of_bias)
            }
            (Some(_), None) => {
                let (of_x, of_weight, of_bias) = Cube::linear_map_grads(grad, weight, x);
                (Some(of_x), of_weight, of_bias)
            }
            (Some(_), Some((before, activation))) => {
                let found = Cube::linear_after_grads(grad, weight, x, before, activation);
                (Some(found.0), found.1, found.2)
            }
        };
        let found = [of_x, Some(of_weight), Some(of_bias)];
        for (node, grad) in parents.into_iter().zip(found) {
            if let Some((node, grad)) = node.zip(grad) {
                grads.register::<Cube>(node, grad);
            }
        }
    }
}

/// The map's step back.
#[derive(Debug)]
struct KeptBackward;

impl Backward<Cube, 3> for KeptBackward {
    type State = Kept;

    fn backward(self, ops: Ops<Kept, 3>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let grad = grads.consume::<Cube>(&ops.node);
        let parents = ops.parents.map(|node| Some(node?.id));
        ops.state.register(grad, parents, grads);
    }
}
