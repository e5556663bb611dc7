//! Layer normalisation as a Diffusion Transformer uses it: modulated.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::NoCheckpointing};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::cube::{Tracked, from_gpu, from_tracked, on_gpu, runs_kernels, tracked};
use super::gated::Residual;
use super::layer_norm_cube;
use super::modulation::{Modulation, Part, Slot};

/// `normal (1 + scale) + shift`, where `normal` is each token of `x` with mean 0 and variance 1 over its channels
/// (Ba et al., 2016; modulated as in Peebles and Xie, 2023, "Scalable diffusion models with transformers", section 3.2).
///
/// `x` `[batch, tokens, channels]`; the shift, `[batch, channels]`, is part `shift` of `modulation`, the scale the next
/// -> the shape of `x`, and `x` to be added again.
pub fn layer_norm_modulate(
    x: Tensor<3>,
    modulation: &Modulation,
    shift: usize,
    eps: f64,
) -> (Tensor<3>, Residual) {
    let channels = x.dims()[2];
    let residual = Residual {
        x: x.clone(),
        gradient: Slot::default(),
    };
    if runs_kernels(&x.device()) {
        let (values, part) = modulation.find(shift, channels);
        let autodiff = x.is_autodiff() || values.is_autodiff();
        let [x, values] = [x, values].map(Tensor::into_dispatch);
        let normal = match autodiff {
            true => from_tracked(modulate(
                tracked(x),
                tracked(values),
                part,
                residual.gradient.clone(),
                eps,
            )),
            false => from_gpu(Cube::modulate_with_moments(on_gpu(x), on_gpu(values), part, eps).0),
        };
        return (Tensor::from_dispatch(normal), residual);
    }
    let [shift, scale] = [shift, shift + 1].map(|part| modulation.part(part, channels));
    let centred = x.clone() - x.mean_dim(2);
    let variance = centred.clone().square().mean_dim(2);
    let normal = centred / (variance + eps).sqrt();
    let normal = normal * (scale + 1.0).unsqueeze_dim::<3>(1) + shift.unsqueeze_dim::<3>(1);
    (normal, residual)
}

/// The normalisation and modulation, followed by autodiff. In the slot will be the gradient of `x` as a residual.
fn modulate(x: Tracked, modulation: Tracked, part: Part, residual: Slot, eps: f64) -> Tracked {
    let nodes = [x.node(), modulation.node()];
    let [x, modulation] = [x, modulation].map(Tracked::into_primitive);
    let (y, moments) = Cube::modulate_with_moments(x.clone(), modulation.clone(), part.clone(), eps);
    let prepared = ModulateBackward.prepare::<NoCheckpointing>(nodes).compute_bound();
    match prepared.stateful() {
        OpsKind::Tracked(prep) => prep.finish(([x, modulation, moments], part, residual), y),
        OpsKind::UnTracked(prep) => prep.finish(y),
    }
}

/// On the GPU.
#[backend_extension(Cube, Fusion)]
pub trait Modulate: Backend {
    /// The result, and each token's mean and inverse standard deviation, `[batch, tokens, 2]`.
    #[fusion(meta = |x, _modulation, _part, _eps| (
        x.clone(),
        TensorSpec::new(Shape::new([x.shape[0], x.shape[1], 2]), x.dtype),
    ))]
    fn modulate_with_moments(
        x: FloatTensor<Self>,
        modulation: FloatTensor<Self>,
        part: Part,
        eps: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// The gradient of `x`, with `residual` added if `add_residual`, and `gradients` with those of shift and scale.
    #[fusion(meta = |x, _modulation, _moments, _grad, _residual, gradients, _part, _add_residual| (
        x.clone(),
        gradients.clone(),
    ))]
    #[allow(clippy::too_many_arguments)]
    fn modulate_grad(
        x: FloatTensor<Self>,
        modulation: FloatTensor<Self>,
        moments: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        gradients: FloatTensor<Self>,
        part: Part,
        add_residual: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

impl Modulate for CubeBackend {
    fn modulate_with_moments(
        x: FloatTensor<Self>,
        modulation: FloatTensor<Self>,
        part: Part,
        eps: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        layer_norm_cube::forward(x, modulation, &part, eps)
    }

    fn modulate_grad(
        x: FloatTensor<Self>,
        modulation: FloatTensor<Self>,
        moments: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        residual: FloatTensor<Self>,
        gradients: FloatTensor<Self>,
        part: Part,
        add_residual: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let read = [x, modulation, moments, grad, residual];
        layer_norm_cube::gradient(read, gradients, &part, add_residual)
    }
}

/// The step back.
#[derive(Debug)]
struct ModulateBackward;

impl Backward<Cube, 2> for ModulateBackward {
    /// `x`, the modulation and the moments; the part; where the residual's gradient is.
    type State = ([FloatTensor<Cube>; 3], Part, Slot);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let ([x, modulation, moments], part, residual) = ops.state;
        let grad = grads.consume::<Cube>(&ops.node);
        let gradients = part.gradients(&modulation);
        let slot = part.gradients.clone();
        let residual = residual.take();
        let add_residual = residual.is_some();
        // Something has to stand there.
        let residual = residual.unwrap_or_else(|| grad.clone());
        let (of_x, gradients) = Cube::modulate_grad(
            x,
            modulation,
            moments,
            grad,
            residual,
            gradients,
            part,
            add_residual,
        );
        slot.put(gradients);
        // The modulation's gradient is in its slot.
        if let [Some(node), _modulation] = ops.parents {
            grads.register::<Cube>(node.id, of_x);
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
        let modulation = Modulation::of_block(Tensor::cat(vec![shift, scale], 1));
        let found = vec(layer_norm_modulate(x, &modulation, 0, 1e-3).0.flatten(0, 2));
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
