//! From one noise to another.

use burn::tensor::Tensor;

/// Spherical interpolation between two noises, image by image; `weight` 0 gives `a`, 1 gives `b` (Shoemake 1985,
/// "Animating Rotation with Quaternion Curves"; between starting noises Song et al. 2021, "Denoising Diffusion Implicit
/// Models", section 5.3).
pub fn slerp(a: Tensor<4>, b: Tensor<4>, weight: f64) -> Tensor<4> {
    let dot = |x: &Tensor<4>, y: &Tensor<4>| (x.clone() * y.clone()).sum_dims(&[1, 2, 3]);
    let norms = (dot(&a, &a) * dot(&b, &b)).sqrt().clamp_min(1e-12);
    // Away from 0 and pi, where the sine would divide by 0; parallel noises are then interpolated linearly.
    let angle = (dot(&a, &b) / norms)
        .clamp(-1.0, 1.0)
        .acos()
        .clamp(1e-3, std::f64::consts::PI - 1e-3);
    let sine = angle.clone().sin();
    a * ((angle.clone() * (1.0 - weight)).sin() / sine.clone()) + b * ((angle * weight).sin() / sine)
}

/// The straight line from `a` to `b`. Between independent standard normal noises it passes through noise that is too
/// weak: of variance `(1 - weight)^2 + weight^2`, a half in the middle.
pub fn lerp(a: Tensor<4>, b: Tensor<4>, weight: f64) -> Tensor<4> {
    a * (1.0 - weight) + b * weight
}

/// `count` noises from `a` to `b`, both included, `[count, channels, height, width]`, of one image each.
pub fn way(
    a: Tensor<4>,
    b: Tensor<4>,
    count: usize,
    between: fn(Tensor<4>, Tensor<4>, f64) -> Tensor<4>,
) -> Tensor<4> {
    let last = count.saturating_sub(1).max(1) as f64;
    let places = (0..count).map(|i| between(a.clone(), b.clone(), i as f64 / last));
    Tensor::cat(places.collect(), 0)
}
