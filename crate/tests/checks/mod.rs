//! What must hold on every device. Native tests run these on Flex and on wgpu, the browser's on WebGPU.

pub mod autoencoder;
pub mod dit;
pub mod interop;
pub mod judging;
pub mod kernels;
pub mod latents;
pub mod networks;
pub mod points;
pub mod randomness;
pub mod replay;
pub mod sampling;
pub mod training;

use burn::tensor::Tensor;
use diffusion_playground::runtime::read;

/// All values of a tensor.
pub async fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    read(tensor).await.expect("the device gives its result back")
}

/// Asserts that every entry is within `tolerance` of the expected one, relative to the largest expected entry.
pub fn assert_close(what: &str, found: &[f32], expected: &[f32], tolerance: f32) {
    let largest = expected
        .iter()
        .fold(0f32, |largest, value| largest.max(value.abs()));
    assert_within(what, found, expected, tolerance * largest);
}

/// Asserts that every entry is within `bound` of the expected one.
pub fn assert_within(what: &str, found: &[f32], expected: &[f32], bound: f32) {
    assert_eq!(found.len(), expected.len(), "{what}: number of entries");
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        // A comparison with NaN is false: write it so that NaN fails.
        let close = (found - expected).abs() <= bound;
        assert!(
            close,
            "{what}[{i}] is {found}, expected {expected} within {bound}"
        );
    }
}
