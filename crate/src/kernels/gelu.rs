//! The activation of transformers.

use burn::tensor::Tensor;

/// GELU in its tanh form, `x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))` (Hendrycks and Gimpel, 2016, section 2).
pub fn gelu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    const SLOPE: f64 = std::f64::consts::FRAC_2_SQRT_PI * std::f64::consts::FRAC_1_SQRT_2;
    let cubic = (x.clone().square() * 0.044715 + 1.0) * x.clone();
    ((cubic * SLOPE).tanh() + 1.0) * x * 0.5
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
