//! The gated residual connection of a Diffusion Transformer: a launch forward, a launch back.

use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, backend_extension};
use burn::tensor::Tensor;
use burn_cubecl::CubeBackend;

use super::cube::runs_kernels;
use super::gated_cube;

/// `x + gate y`: the residual connection of an adaLN-Zero block.
///
/// `x` and `y` `[batch, tokens, dim]`, `gate` `[batch, dim]` -> the shape of `x`.
pub fn gated_add(x: Tensor<3>, y: Tensor<3>, gate: Tensor<2>) -> Tensor<3> {
    if runs_kernels(&x.device()) {
        let (x, y, gate) = (x.into_dispatch(), y.into_dispatch(), gate.into_dispatch());
        return Tensor::from_dispatch(Dispatch::gated(x, y, gate));
    }
    x + y * gate.unsqueeze_dim::<3>(1)
}

/// The connection on the GPU.
#[backend_extension(Cube, Fusion, Autodiff)]
pub trait Gated: Backend {
    #[fusion(dtype = x, shape = x)]
    fn gated(x: FloatTensor<Self>, y: FloatTensor<Self>, gate: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// What the gradient needs besides.
#[backend_extension(Cube, Fusion)]
pub trait GatedGrad: Backend {
    /// The gradients of `y` and `gate`; that of `x` is `grad`.
    #[fusion(meta = |y, gate, _grad| (y.clone(), gate.clone()))]
    fn gated_grad(
        y: FloatTensor<Self>,
        gate: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

impl Gated for CubeBackend {
    fn gated(x: FloatTensor<Self>, y: FloatTensor<Self>, gate: FloatTensor<Self>) -> FloatTensor<Self> {
        gated_cube::forward(x, y, gate)
    }
}

impl GatedGrad for CubeBackend {
    fn gated_grad(
        y: FloatTensor<Self>,
        gate: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        gated_cube::gradient(y, gate, grad)
    }
}

/// The step back.
#[derive(Debug)]
struct GatedBackward;

impl<B: GatedGrad> Backward<B, 3> for GatedBackward {
    /// `y` and `gate`.
    type State = [FloatTensor<B>; 2];

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [y, gate] = ops.state;
        let of_x = grads.consume::<B>(&ops.node);
        let (of_y, of_gate) = B::gated_grad(y, gate, of_x.clone());
        for (node, grad) in ops.parents.into_iter().zip([of_x, of_y, of_gate]) {
            if let Some(node) = node {
                grads.register::<B>(node.id, grad);
            }
        }
    }
}

impl<B: Gated + GatedGrad, C: CheckpointStrategy> Gated for Autodiff<B, C> {
    fn gated(x: FloatTensor<Self>, y: FloatTensor<Self>, gate: FloatTensor<Self>) -> FloatTensor<Self> {
        let nodes = [x.node(), y.node(), gate.node()];
        let [x, y, gate] = [x, y, gate].map(|tensor| tensor.into_primitive());
        match GatedBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let out = B::gated(x, y.clone(), gate.clone());
                prep.finish([y, gate], out)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::gated(x, y, gate)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Rng, Stream};
    use burn::tensor::Device;

    #[test]
    fn a_closed_gate_leaves_the_residual() {
        let device = Device::flex();
        let mut rng = Rng::new(2, Stream::Data, 1);
        let [x, y] = [(); 2].map(|()| rng.normal_tensor([2, 3, 4], &device));
        let gate = Tensor::<2>::from_data([[0.0; 4], [2.0; 4]], &device);
        let found = gated_add(x.clone(), y.clone(), gate);
        let part = |x: &Tensor<3>, i: usize| x.clone().narrow(0, i, 1);
        part(&found, 0)
            .into_data()
            .assert_eq(&part(&x, 0).into_data(), true);
        let expected = part(&x, 1) + part(&y, 1) * 2.0;
        part(&found, 1).into_data().assert_eq(&expected.into_data(), true);
    }
}
