//! The activation of transformers: a launch forward, a launch back.

use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, backend_extension};
use burn::tensor::Tensor;
use burn_cubecl::CubeBackend;

use super::cube::runs_kernels;
use super::gelu_cube;

/// GELU in its tanh form, `x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))` (Hendrycks and Gimpel, 2016, section 2).
pub fn gelu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    if runs_kernels(&x.device()) {
        return Tensor::from_dispatch(Dispatch::gelu_tanh(x.into_dispatch()));
    }
    const SLOPE: f64 = std::f64::consts::FRAC_2_SQRT_PI * std::f64::consts::FRAC_1_SQRT_2;
    let cubic = (x.clone().square() * 0.044715 + 1.0) * x.clone();
    ((cubic * SLOPE).tanh() + 1.0) * x * 0.5
}

/// GELU on the GPU.
#[backend_extension(Cube, Fusion, Autodiff)]
pub trait Gelu: Backend {
    #[fusion(dtype = x, shape = x)]
    fn gelu_tanh(x: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// What the gradient needs besides.
#[backend_extension(Cube, Fusion)]
pub trait GeluGrad: Backend {
    #[fusion(dtype = x, shape = x)]
    fn gelu_tanh_grad(x: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl Gelu for CubeBackend {
    fn gelu_tanh(x: FloatTensor<Self>) -> FloatTensor<Self> {
        gelu_cube::forward(x)
    }
}

impl GeluGrad for CubeBackend {
    fn gelu_tanh_grad(x: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        gelu_cube::gradient(x, grad)
    }
}

/// The step back.
#[derive(Debug)]
struct GeluBackward;

impl<B: GeluGrad> Backward<B, 1> for GeluBackward {
    type State = FloatTensor<B>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let grad = grads.consume::<B>(&ops.node);
        if let [Some(node)] = ops.parents {
            grads.register::<B>(node.id, B::gelu_tanh_grad(ops.state, grad));
        }
    }
}

impl<B: Gelu + GeluGrad, C: CheckpointStrategy> Gelu for Autodiff<B, C> {
    fn gelu_tanh(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let nodes = [x.node()];
        let x = x.into_primitive();
        match GeluBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(x.clone(), B::gelu_tanh(x)),
            OpsKind::UnTracked(prep) => prep.finish(B::gelu_tanh(x)),
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
