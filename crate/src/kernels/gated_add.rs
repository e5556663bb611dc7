//! The residual connection of adaLN-Zero.

use burn::tensor::Tensor;

/// `x + gate y` (Peebles and Xie, 2023, "Scalable diffusion models with transformers", section 3.2): a gate a channel.
///
/// `x` and `y` `[batch, tokens, channels]`, `gate` `[batch, channels]` -> the shape of `x`.
pub fn gated_add(x: Tensor<3>, y: Tensor<3>, gate: Tensor<2>) -> Tensor<3> {
    x + y * gate.unsqueeze_dim::<3>(1)
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
