//! Layer normalisation as a Diffusion Transformer uses it: modulated before a layer, gated after it.

use burn::tensor::Tensor;

/// Layer normalisation (Ba et al., 2016) without a scale and shift of its own: every token has mean 0 and variance 1.
///
/// `x` `[batch, tokens, dim]` -> the same shape.
pub fn layer_norm(x: Tensor<3>, eps: f64) -> Tensor<3> {
    let centred = x.clone() - x.mean_dim(2);
    let variance = centred.clone().square().mean_dim(2);
    centred / (variance + eps).sqrt()
}

/// `layer_norm(x) (1 + scale) + shift` (Peebles and Xie, 2023, section 3.2, adaLN): scale and shift a batch entry.
///
/// `x` `[batch, tokens, dim]`, `shift` and `scale` `[batch, dim]` -> the shape of `x`.
pub fn modulated_layer_norm(x: Tensor<3>, shift: Tensor<2>, scale: Tensor<2>, eps: f64) -> Tensor<3> {
    layer_norm(x, eps) * (scale + 1.0).unsqueeze_dim::<3>(1) + shift.unsqueeze_dim::<3>(1)
}

/// `x + gate y`: the residual connection of an adaLN-Zero block.
///
/// `x` and `y` `[batch, tokens, dim]`, `gate` `[batch, dim]` -> the shape of `x`.
pub fn gated_add(x: Tensor<3>, y: Tensor<3>, gate: Tensor<2>) -> Tensor<3> {
    x + y * gate.unsqueeze_dim::<3>(1)
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
        let found = vec(modulated_layer_norm(x, shift, scale, 1e-3).flatten(0, 2));
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
