//! Half and twice the resolution, where no kernel does it on the way into a convolution.

use burn::tensor::Tensor;

/// Every pixel becomes 2x2 equal pixels: `[b, c, h, w]` -> `[b, c, 2h, 2w]`.
pub fn upsample_nearest_2x(x: Tensor<4>) -> Tensor<4> {
    let [b, c, h, w] = x.dims();
    x.reshape([b, c, h, 1, w, 1])
        .expand([b, c, h, 2, w, 2])
        .reshape([b, c, 2 * h, 2 * w])
}

/// Every 2x2 pixels become their mean: `[b, c, 2h, 2w]` -> `[b, c, h, w]`.
pub fn avg_pool_2x(x: Tensor<4>) -> Tensor<4> {
    let [b, c, h, w] = x.dims();
    x.reshape([b, c, h / 2, 2, w / 2, 2])
        .mean_dim(5)
        .mean_dim(3)
        .reshape([b, c, h / 2, w / 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn upsampling_repeats_pixels_and_sums_their_gradients() {
        let device = Device::flex().autodiff();
        let x = Tensor::<4>::from_data([[[[1.0, 2.0], [3.0, 4.0]]]], &device).require_grad();
        let y = upsample_nearest_2x(x.clone());
        let row = |a, b| [a, a, b, b];
        let expected = [[[row(1.0, 2.0), row(1.0, 2.0), row(3.0, 4.0), row(3.0, 4.0)]]];
        y.clone().into_data().assert_eq(
            &Tensor::<4>::from_data(expected, &Device::flex()).into_data(),
            true,
        );
        let grads = y.sum().backward();
        let grad = x.grad(&grads).expect("x requires a gradient").into_data();
        grad.assert_eq(
            &Tensor::<4>::full([1, 1, 2, 2], 4.0, &Device::flex()).into_data(),
            true,
        );
    }
}
