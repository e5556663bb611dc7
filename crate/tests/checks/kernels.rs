//! Our GPU kernels against their twins on the CPU: values and gradients.

use burn::tensor::{Device, Tensor};
use diffusion_playground::kernels;
use diffusion_playground::rng::{Rng, Stream};
use diffusion_playground::runtime::Profile;

use super::{assert_close, values};

/// Output and gradients of a convolution, in one list.
async fn convolution(
    [batch, input, output, size]: [usize; 4],
    [kernel, stride, padding]: [usize; 3],
    device: &Device,
) -> Vec<Vec<f32>> {
    let device = device.clone().autodiff();
    let mut rng = Rng::new(5, Stream::Data, size as u32);
    let x = rng
        .normal_tensor([batch, input, size, size], &device)
        .require_grad();
    let weight = rng
        .normal_tensor([output, input, kernel, kernel], &device)
        .require_grad();
    let bias = rng.normal_tensor([output], &device).require_grad();
    let y = kernels::conv2d(x.clone(), weight.clone(), bias.clone(), stride, padding);
    let mut found = vec![values(y.clone().inner()).await];
    let upstream: Tensor<4> = rng.normal_tensor(y.dims(), &device);
    let grads = (y * upstream).sum().backward();
    found.push(values(x.grad(&grads).expect("tracked")).await);
    found.push(values(weight.grad(&grads).expect("tracked")).await);
    found.push(values(bias.grad(&grads).expect("tracked")).await);
    found
}

/// Two convolutions are two launches of one kernel, and take time.
pub async fn a_profile_names_every_kernel(device: &Device) {
    let mut rng = Rng::new(6, Stream::Data, 0);
    let x = rng.normal_tensor::<4>([1, 4, 8, 8], device);
    let weight = rng.normal_tensor([4, 4, 3, 3], device);
    let bias = rng.normal_tensor([4], device);
    let run = async || {
        let once = kernels::conv2d(x.clone(), weight.clone(), bias.clone(), 1, 1);
        values(kernels::conv2d(once, weight.clone(), bias.clone(), 1, 1)).await;
    };
    run().await;
    let profile = Profile::start();
    run().await;
    let kernels = profile.finish().await;
    let convolution = kernels
        .iter()
        .find(|kernel| kernel.name.starts_with("ConvKernel"));
    let convolution = convolution.unwrap_or_else(|| panic!("no convolution among {kernels:?}"));
    assert_eq!(convolution.count, 2, "{kernels:?}");
    assert!(convolution.seconds > 0.0, "{kernels:?}");
}

/// All shapes that a network here has, and some that fit no tile.
pub async fn convolution_follows_its_twin(device: &Device) {
    let cases = [
        ([2, 1, 32, 28], [3, 1, 1]),
        ([2, 32, 1, 28], [3, 1, 1]),
        ([3, 32, 64, 14], [3, 2, 1]),
        ([2, 70, 37, 7], [3, 1, 1]),
        ([2, 96, 64, 7], [1, 1, 0]),
        ([1, 3, 5, 9], [3, 2, 1]),
        ([1, 4, 4, 8], [3, 2, 0]),
    ];
    for (sizes, options) in cases {
        let found = convolution(sizes, options, device).await;
        let expected = convolution(sizes, options, &Device::flex()).await;
        for ((what, found), expected) in ["y", "x.grad", "weight.grad", "bias.grad"]
            .iter()
            .zip(found)
            .zip(expected)
        {
            assert_close(
                &format!("{what} of {sizes:?} {options:?}"),
                &found,
                &expected,
                1e-4,
            );
        }
    }
}

/// Asserts that values and gradients, in one list each, are those that the twin gives on the CPU.
fn assert_twins(what: &str, names: &[&str], found: Vec<Vec<f32>>, expected: Vec<Vec<f32>>) {
    assert_eq!(
        (found.len(), expected.len()),
        (names.len(), names.len()),
        "{what}"
    );
    for ((name, found), expected) in names.iter().zip(found).zip(expected) {
        assert_close(&format!("{name} of {what}"), &found, &expected, 2e-4);
    }
}

/// Output and gradients of a group normalisation.
async fn group_norm(
    [batch, channels, size, groups]: [usize; 4],
    activate: bool,
    device: &Device,
) -> Vec<Vec<f32>> {
    let device = device.clone().autodiff();
    let mut rng = Rng::new(6, Stream::Data, size as u32);
    let shape = [batch, channels, size, size + 1];
    let x = (rng.normal_tensor(shape, &device) * 2.0 + 3.0)
        .detach()
        .require_grad();
    let weight = rng.normal_tensor([channels], &device).require_grad();
    let bias = rng.normal_tensor([channels], &device).require_grad();
    let norm = if activate {
        kernels::group_norm_silu
    } else {
        kernels::group_norm
    };
    let y = norm(x.clone(), weight.clone(), bias.clone(), groups, 1e-5);
    let mut found = vec![values(y.clone().inner()).await];
    let upstream: Tensor<4> = rng.normal_tensor(shape, &device);
    let grads = (y * upstream).sum().backward();
    found.push(values(x.grad(&grads).expect("tracked")).await);
    found.push(values(weight.grad(&grads).expect("tracked")).await);
    found.push(values(bias.grad(&grads).expect("tracked")).await);
    found
}

/// Groups larger and smaller than a workgroup, of one channel and of several.
pub async fn group_norm_follows_its_twin(device: &Device) {
    for sizes in [[3, 6, 5, 2], [2, 32, 28, 8], [2, 8, 2, 8], [1, 65, 7, 5]] {
        for activate in [false, true] {
            assert_twins(
                &format!("group norm {sizes:?}, SiLU: {activate}"),
                &["y", "x.grad", "weight.grad", "bias.grad"],
                group_norm(sizes, activate, device).await,
                group_norm(sizes, activate, &Device::flex()).await,
            );
        }
    }
}
