//! The networks' activations: on the GPU a launch forward, a launch back.

use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, Dispatch, backend_extension};
use burn::tensor::Tensor;
use burn_cubecl::CubeBackend;

use super::activation_cube;
use super::cube::{Followed, direct, runs_kernels};

/// Which function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Activation {
    Gelu,
    Silu,
}

/// GELU in its tanh form, `x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))` (Hendrycks and Gimpel, 2016, section 2).
pub fn gelu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    activate(x, Activation::Gelu)
}

/// `x sigmoid(x)` (Hendrycks and Gimpel, 2016; "swish").
pub fn silu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    activate(x, Activation::Silu)
}

/// Either.
pub(super) fn activate<const D: usize>(x: Tensor<D>, activation: Activation) -> Tensor<D> {
    let gpu = runs_kernels(&x.device());
    let x = x.into_dispatch();
    Tensor::from_dispatch(match gpu {
        true => direct(
            [x],
            |[x]| Cube::activate(x, activation),
            |[x]| Followed::activate(x, activation),
        ),
        false => Dispatch::activate(x, activation),
    })
}

/// An activation.
#[backend_extension(Cube, Flex, Fusion, Autodiff)]
pub trait Activate: Backend {
    #[fusion(dtype = x, shape = x)]
    fn activate(x: FloatTensor<Self>, activation: Activation) -> FloatTensor<Self>;
}

/// What the gradient needs besides.
#[backend_extension(Cube, Flex, Fusion)]
pub trait ActivateGrad: Backend {
    #[fusion(dtype = x, shape = x)]
    fn activate_grad(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        activation: Activation,
    ) -> FloatTensor<Self>;
}

impl Activate for CubeBackend {
    fn activate(x: FloatTensor<Self>, activation: Activation) -> FloatTensor<Self> {
        activation_cube::forward(x, activation)
    }
}

impl ActivateGrad for CubeBackend {
    fn activate_grad(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        activation: Activation,
    ) -> FloatTensor<Self> {
        activation_cube::gradient(x, grad, activation)
    }
}

/// The step back.
#[derive(Debug)]
struct ActivateBackward;

impl<B: ActivateGrad> Backward<B, 1> for ActivateBackward {
    type State = (FloatTensor<B>, Activation);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let grad = grads.consume::<B>(&ops.node);
        if let [Some(node)] = ops.parents {
            let (x, activation) = ops.state;
            grads.register::<B>(node.id, B::activate_grad(x, grad, activation));
        }
    }
}

impl<B: Activate + ActivateGrad, C: CheckpointStrategy> Activate for Autodiff<B, C> {
    fn activate(x: FloatTensor<Self>, activation: Activation) -> FloatTensor<Self> {
        let nodes = [x.node()];
        let x = x.into_primitive();
        match ActivateBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let out = B::activate(x.clone(), activation);
                prep.finish((x, activation), out)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::activate(x, activation)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    /// Values that PyTorch gives for `gelu(x, approximate="tanh")`.
    #[test]
    fn values_of_the_tanh_form() {
        let x = Tensor::<1>::from_data([-3.0f32, -1.0, 0.0, 0.5, 2.0], &Device::flex());
        let found = gelu(x).into_data().try_to_vec::<f32>().unwrap();
        let expected = [-0.003_637_39, -0.158_808, 0.0, 0.345_714, 1.954_597_7];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-5, "{found} instead of {expected}");
        }
    }
}
