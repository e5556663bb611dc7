//! The gated residual connection of a Diffusion Transformer, with the linear map before it: a launch forward, two back.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::NoCheckpointing};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, backend_extension};
use burn::tensor::Tensor;
use burn_cubecl::CubeBackend;

use super::activated::{Input, Kept, linear_after};
use super::cube::{Tracked, from_gpu, from_tracked, on_gpu, runs_kernels, tracked};
use super::gated_cube;
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
        let (out, _) = Cube::gated(x, weight, bias, residual, values, gate, false);
        return Tensor::from_dispatch(from_gpu(out));
    }
    let [x, before, weight, bias, residual_x, values] =
        [x, before, weight, bias, residual_x, values].map(tracked);
    // The residual's gradient is left in its slot.
    let nodes = [before.node(), weight.node(), bias.node(), values.node()];
    let [x, before, weight, bias, residual_x, values] =
        [x, before, weight, bias, residual_x, values].map(Tracked::into_primitive);
    let (out, y) = Cube::gated(
        x.clone(),
        weight.clone(),
        bias,
        residual_x,
        values.clone(),
        gate.clone(),
        true,
    );
    let before = activation.map(|activation| (before, activation));
    let kept = Kept { weight, x, before };
    let prepared = GatedBackward.prepare::<NoCheckpointing>(nodes).compute_bound();
    Tensor::from_dispatch(from_tracked(match prepared.stateful() {
        OpsKind::Tracked(prep) => prep.finish((kept, [y, values], gate, residual.gradient), out),
        OpsKind::UnTracked(prep) => prep.finish(out),
    }))
}

/// Map and connection on the GPU.
#[backend_extension(Cube, Fusion)]
pub trait Gated: Backend {
    /// The result, and the linear map, which is nothing to look at unless `keep`.
    #[fusion(meta = |_x, _weight, _bias, residual, _modulation, _gate, _keep| (residual.clone(), residual.clone()))]
    fn gated(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        modulation: FloatTensor<Self>,
        gate: Part,
        keep: bool,
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

impl Gated for CubeBackend {
    fn gated(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        modulation: FloatTensor<Self>,
        gate: Part,
        keep: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let gates = Gates {
            residual,
            gates: modulation,
            start: gate.start,
            step: gate.step,
        };
        linear_cube::gated(x, weight, bias, gates, keep)
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

impl Backward<Cube, 4> for GatedBackward {
    /// The linear map's parts, its result and the modulation; the gate; where the residual's gradient goes.
    type State = (Kept, [FloatTensor<Cube>; 2], Part, Slot);

    fn backward(self, ops: Ops<Self::State, 4>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let (kept, [y, modulation], gate, residual) = ops.state;
        let grad = grads.consume::<Cube>(&ops.node);
        let gradients = gate.gradients(&modulation);
        let slot = gate.gradients.clone();
        let (of_y, gradients) = Cube::gated_grad(y, modulation, grad.clone(), gradients, gate);
        slot.put(gradients);
        residual.put(grad);
        // The gate's gradient is in its slot.
        let [x, weight, bias, _modulation] = ops.parents.map(|node| Some(node?.id));
        kept.register(of_y, [x, weight, bias], grads);
    }
}
