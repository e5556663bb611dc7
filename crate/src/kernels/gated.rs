//! The gated residual connection of a Diffusion Transformer, with the linear map before it: a launch forward, two back.

use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, Dispatch, backend_extension};
use burn::tensor::Tensor;
use burn_cubecl::CubeBackend;

use super::activation::Activation;
use super::cube::{from_gpu, on_gpu, runs_kernels};
use super::gated_cube;
use super::linear::{Input, Kept, LinearMapGrad, linear_after};
use super::linear_cube::{self, Gates};
use super::modulation::{Modulation, Part, Slot};

/// A tensor that is added again after the branch that begins with its norm,
/// [`layer_norm_modulate`](super::layer_norm_modulate), whose step back adds both gradients.
#[derive(Clone, Debug)]
pub struct Residual {
    pub(super) x: Tensor<3>,
    pub(super) gradient: Slot,
}

/// `residual + gate (x weight^T + bias)`: the end of a branch of an adaLN-Zero block.
///
/// `x` `[batch, tokens, in]`, `weight` `[out, in]`, `bias` `[out]`, part `gate` of `modulation` `[batch, out]` -> the
/// residual's shape, `[batch, tokens, out]`.
pub fn gated_linear(
    x: impl Into<Input<3>>,
    weight: Tensor<2>,
    bias: Tensor<1>,
    residual: Residual,
    modulation: &Modulation,
    gate: usize,
) -> Tensor<3> {
    let (x, width) = (x.into(), weight.dims()[0]);
    if !runs_kernels(&weight.device()) {
        let gate = modulation.part(gate, width).unsqueeze_dim::<3>(1);
        return residual.x + linear_after(x, weight, bias) * gate;
    }
    let autodiff = x.value.is_autodiff() || weight.is_autodiff();
    let (values, gate) = modulation.find(gate, width);
    let (before, activation) = x.before.unzip();
    let before = before.unwrap_or_else(|| x.value.clone());
    let [x, before, values, residual_x] = [x.value, before, values, residual.x].map(Tensor::into_dispatch);
    let (weight, bias) = (weight.into_dispatch(), bias.into_dispatch());
    if !autodiff {
        let [x, weight, bias, residual, values] = [x, weight, bias, residual_x, values].map(on_gpu);
        return Tensor::from_dispatch(from_gpu(Cube::gated_only(
            x, weight, bias, residual, values, gate,
        )));
    }
    Tensor::from_dispatch(Dispatch::gated(
        x,
        before,
        weight,
        bias,
        residual_x,
        values,
        activation,
        gate,
        residual.gradient,
    ))
}

/// Map and connection on the GPU.
#[backend_extension(Cube, Fusion, Autodiff)]
#[allow(clippy::too_many_arguments)]
pub trait Gated: Backend {
    /// `x` is an activation of `before`, or the same. The gradient of `residual` is left in a slot.
    #[fusion(dtype = residual, shape = residual)]
    fn gated(
        x: FloatTensor<Self>,
        before: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        modulation: FloatTensor<Self>,
        activation: Option<Activation>,
        gate: Part,
        residual_gradient: Slot,
    ) -> FloatTensor<Self>;
}

/// What needs no gradient, and what the gradient needs besides.
#[backend_extension(Cube, Fusion)]
pub trait GatedParts: Backend {
    #[fusion(dtype = residual, shape = residual)]
    fn gated_only(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        modulation: FloatTensor<Self>,
        gate: Part,
    ) -> FloatTensor<Self>;

    /// The result, and the linear map.
    #[fusion(meta = |_x, _weight, _bias, residual, _modulation, _gate| (residual.clone(), residual.clone()))]
    fn gated_with_map(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        modulation: FloatTensor<Self>,
        gate: Part,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// The gradient of the map, and `gradients` with that of the gates; that of the residual is `grad`.
    #[fusion(meta = |y, _modulation, _grad, gradients, _gate| (y.clone(), gradients.clone()))]
    fn gated_grad(
        y: FloatTensor<Self>,
        modulation: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        gradients: FloatTensor<Self>,
        gate: Part,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

fn gates(residual: FloatTensor<CubeBackend>, gates: FloatTensor<CubeBackend>, part: &Part) -> Gates {
    Gates {
        residual,
        gates,
        start: part.start,
        step: part.step,
    }
}

impl Gated for CubeBackend {
    fn gated(
        x: FloatTensor<Self>,
        _before: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        modulation: FloatTensor<Self>,
        _activation: Option<Activation>,
        gate: Part,
        _residual_gradient: Slot,
    ) -> FloatTensor<Self> {
        Self::gated_only(x, weight, bias, residual, modulation, gate)
    }
}

impl GatedParts for CubeBackend {
    fn gated_only(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        modulation: FloatTensor<Self>,
        gate: Part,
    ) -> FloatTensor<Self> {
        linear_cube::gated(x, weight, bias, gates(residual, modulation, &gate), false).0
    }

    fn gated_with_map(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        modulation: FloatTensor<Self>,
        gate: Part,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        linear_cube::gated(x, weight, bias, gates(residual, modulation, &gate), true)
    }

    fn gated_grad(
        y: FloatTensor<Self>,
        modulation: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        gradients: FloatTensor<Self>,
        gate: Part,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        gated_cube::gradient(y, modulation, grad, gradients, &gate)
    }
}

/// The step back.
#[derive(Debug)]
struct GatedBackward;

impl<B: GatedParts + LinearMapGrad> Backward<B, 4> for GatedBackward {
    /// The linear map's parts, its result and the modulation; the gate; where the residual's gradient goes.
    type State = (Kept<B>, [FloatTensor<B>; 2], Part, Slot);

    fn backward(self, ops: Ops<Self::State, 4>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let (kept, [y, modulation], gate, residual) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let gradients = gate.gradients::<B>(&modulation);
        let slot = gate.gradients.clone();
        let (of_y, gradients) = B::gated_grad(y, modulation, grad.clone(), gradients, gate);
        slot.put(gradients);
        residual.put(grad);
        // The gate's gradient is in its slot.
        let [x, weight, bias, _modulation] = ops.parents.map(|node| Some(node?.id));
        kept.register(of_y, [x, weight, bias], grads);
    }
}

impl<B: Gated + GatedParts + LinearMapGrad, C: CheckpointStrategy> Gated for Autodiff<B, C> {
    fn gated(
        x: FloatTensor<Self>,
        before: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        modulation: FloatTensor<Self>,
        activation: Option<Activation>,
        gate: Part,
        residual_gradient: Slot,
    ) -> FloatTensor<Self> {
        let nodes = [before.node(), weight.node(), bias.node(), modulation.node()];
        let [x, before, weight, bias, residual, modulation] =
            [x, before, weight, bias, residual, modulation].map(|tensor| tensor.into_primitive());
        match GatedBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let (out, y) = B::gated_with_map(
                    x.clone(),
                    weight.clone(),
                    bias,
                    residual,
                    modulation.clone(),
                    gate.clone(),
                );
                let before = activation.map(|activation| (before, activation));
                let kept = Kept { weight, x, before };
                prep.finish((kept, [y, modulation], gate, residual_gradient), out)
            }
            OpsKind::UnTracked(prep) => {
                prep.finish(B::gated_only(x, weight, bias, residual, modulation, gate))
            }
        }
    }
}
