//! Layer normalisation as a Diffusion Transformer uses it: modulated.

use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::cube::runs_kernels;
use super::layer_norm_cube;

/// `normal (1 + scale) + shift`, where `normal` is each token of `x` with mean 0 and variance 1 over its channels
/// (Ba et al., 2016; modulated as in Peebles and Xie, 2023, "Scalable diffusion models with transformers", section 3.2).
///
/// `x` `[batch, tokens, channels]`, `shift` and `scale` `[batch, channels]` -> the shape of `x`.
pub fn layer_norm_modulate(x: Tensor<3>, shift: Tensor<2>, scale: Tensor<2>, eps: f64) -> Tensor<3> {
    if runs_kernels(&x.device()) {
        let (x, shift, scale) = (x.into_dispatch(), shift.into_dispatch(), scale.into_dispatch());
        return Tensor::from_dispatch(Dispatch::modulate(x, shift, scale, eps));
    }
    let centred = x.clone() - x.mean_dim(2);
    let variance = centred.clone().square().mean_dim(2);
    let normal = centred / (variance + eps).sqrt();
    normal * (scale + 1.0).unsqueeze_dim::<3>(1) + shift.unsqueeze_dim::<3>(1)
}

/// The normalisation and modulation on the GPU.
#[backend_extension(Cube, Fusion, Autodiff)]
pub trait Modulate: Backend {
    #[fusion(dtype = x, shape = x)]
    fn modulate(
        x: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        eps: f64,
    ) -> FloatTensor<Self>;
}

/// What the gradient needs besides.
#[backend_extension(Cube, Fusion)]
pub trait ModulateParts: Backend {
    /// The result, and each token's mean and inverse standard deviation, `[batch, tokens, 2]`.
    #[fusion(meta = |x, _shift, _scale, _eps| (
        x.clone(),
        TensorSpec::new(Shape::new([x.shape[0], x.shape[1], 2]), x.dtype),
    ))]
    fn modulate_with_moments(
        x: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        eps: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// The gradients of `x`, `shift` and `scale`.
    #[fusion(meta = |x, scale, _moments, _grad| (x.clone(), scale.clone(), scale.clone()))]
    fn modulate_grad(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        moments: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

impl Modulate for CubeBackend {
    fn modulate(
        x: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        eps: f64,
    ) -> FloatTensor<Self> {
        layer_norm_cube::forward(x, shift, scale, eps).0
    }
}

impl ModulateParts for CubeBackend {
    fn modulate_with_moments(
        x: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        eps: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        layer_norm_cube::forward(x, shift, scale, eps)
    }

    fn modulate_grad(
        x: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        moments: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        layer_norm_cube::gradient(x, scale, moments, grad)
    }
}

/// The step back.
#[derive(Debug)]
struct ModulateBackward;

impl<B: ModulateParts> Backward<B, 3> for ModulateBackward {
    /// `x`, `scale` and the moments.
    type State = [FloatTensor<B>; 3];

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [x, scale, moments] = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let (of_x, of_shift, of_scale) = B::modulate_grad(x, scale, moments, grad);
        for (node, grad) in ops.parents.into_iter().zip([of_x, of_shift, of_scale]) {
            if let Some(node) = node {
                grads.register::<B>(node.id, grad);
            }
        }
    }
}

impl<B: Modulate + ModulateParts, C: CheckpointStrategy> Modulate for Autodiff<B, C> {
    fn modulate(
        x: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        eps: f64,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), shift.node(), scale.node()];
        let [x, shift, scale] = [x, shift, scale].map(|tensor| tensor.into_primitive());
        match ModulateBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let (y, moments) = B::modulate_with_moments(x.clone(), shift, scale.clone(), eps);
                prep.finish([x, scale, moments], y)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::modulate(x, shift, scale, eps)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Rng, Stream};
    use burn::tensor::Device;

    /// The definition in f64, entry by entry.
    #[test]
    fn every_token_is_normalised_then_modulated() {
        let device = Device::flex();
        let mut rng = Rng::new(2, Stream::Data, 0);
        let x = rng.normal_tensor([2, 3, 8], &device) * 3.0 + 1.0;
        let [shift, scale] = [(); 2].map(|()| rng.normal_tensor([2, 8], &device));
        let vec = |x: Tensor<1>| x.into_data().try_to_vec::<f32>().unwrap();
        let (xs, shifts, scales) = (
            vec(x.clone().flatten(0, 2)),
            vec(shift.clone().flatten(0, 1)),
            vec(scale.clone().flatten(0, 1)),
        );
        let found = vec(layer_norm_modulate(x, shift, scale, 1e-3).flatten(0, 2));
        for (token, values) in xs.chunks_exact(8).enumerate() {
            let mean = values.iter().map(|&v| v as f64).sum::<f64>() / 8.0;
            let variance = values.iter().map(|&v| (v as f64 - mean).powi(2)).sum::<f64>() / 8.0;
            for (i, &value) in values.iter().enumerate() {
                let normal = (value as f64 - mean) / (variance + 1e-3).sqrt();
                let of_batch = token / 3 * 8 + i;
                let expected = normal * (1.0 + scales[of_batch] as f64) + shifts[of_batch] as f64;
                assert!((found[8 * token + i] as f64 - expected).abs() < 1e-5);
            }
        }
    }
}
