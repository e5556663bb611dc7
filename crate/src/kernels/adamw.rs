//! The optimizer's update over all parameters at once, as one flat vector.

use burn::backend::Cube;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::adamw_cube::{COEFFICIENTS, FlatUpdate};
use super::copy::{Overwritten, overwrite};
use super::cube::{from_gpu, on_gpu, runs_kernels};

/// Hyper-parameters of AdamW (Loshchilov and Hutter, "Decoupled weight decay regularization", algorithm 2).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdamW {
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
    pub weight_decay: f64,
}

/// Running means of the gradient and of its square, `[parameters]`.
#[derive(Clone, Debug)]
pub struct Moments {
    pub m: Tensor<1>,
    pub v: Tensor<1>,
}

/// What a run updates together: the parameters, their exponential moving average, and the moments, `[parameters]` each.
#[derive(Clone, Debug)]
pub struct Weights {
    pub theta: Tensor<1>,
    pub ema: Tensor<1>,
    pub moments: Moments,
}

/// What changes from update to update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    pub learning_rate: f64,
    /// The largest norm of a gradient that is not scaled down.
    pub max_norm: f64,
    /// The part of the moving average that stays.
    pub ema_decay: f64,
}

/// Update number `step` (from 1) of `weights`; gives the gradient's norm before clipping, `[1]`.
pub fn update(weights: &mut Weights, grad: Tensor<1>, step: u32, rates: Rates, options: AdamW) -> Tensor<1> {
    // Moved out, so that nobody else holds what is updated.
    let theta = weights.theta.clone();
    let take = |x: &mut Tensor<1>| std::mem::replace(x, theta.clone());
    let ema = take(&mut weights.ema);
    let moments = Moments {
        m: take(&mut weights.moments.m),
        v: take(&mut weights.moments.v),
    };
    let norm;
    (*weights, norm) = if runs_kernels(&theta.device()) {
        let coefficients = coefficients(step, rates, options, &theta.device());
        update_on_gpu(Weights { theta, ema, moments }, grad, coefficients, false)
    } else {
        update_on_cpu(Weights { theta, ema, moments }, grad, step, rates, options)
    };
    norm
}

/// As [`update`], on the GPU, where the weights are; what a recording writes is always at one place.
pub fn update_in_place(
    weights: &Weights,
    grad: Tensor<1>,
    coefficients: Tensor<1>,
) -> (Tensor<1>, Overwritten) {
    let (new, norm) = update_on_gpu(weights.clone(), grad, coefficients, true);
    (norm, overwrite(&weights.theta, new.theta))
}

/// The numbers of update number `step`, from 1: values on the device, so that a recorded update is not always the same.
pub fn coefficients(step: u32, rates: Rates, options: AdamW, device: &Device) -> Tensor<1> {
    let values: [f64; COEFFICIENTS] = [
        rates.learning_rate,
        options.weight_decay,
        options.beta1,
        options.beta2,
        1.0 - options.beta1.powi(step as i32),
        1.0 - options.beta2.powi(step as i32),
        options.eps,
        rates.max_norm,
        rates.ema_decay,
    ];
    Tensor::from_floats(values.map(|value| value as f32), device)
}

fn update_on_gpu(
    Weights { theta, ema, moments }: Weights,
    grad: Tensor<1>,
    coefficients: Tensor<1>,
    in_place: bool,
) -> (Weights, Tensor<1>) {
    let (theta, ema, m, v, norm) = Cube::update_weights(
        on_gpu(theta.into_dispatch()),
        on_gpu(ema.into_dispatch()),
        on_gpu(moments.m.into_dispatch()),
        on_gpu(moments.v.into_dispatch()),
        on_gpu(grad.into_dispatch()),
        on_gpu(coefficients.into_dispatch()),
        in_place,
    );
    let [theta, ema, m, v, norm] = [theta, ema, m, v, norm].map(|part| Tensor::from_dispatch(from_gpu(part)));
    let moments = Moments { m, v };
    (Weights { theta, ema, moments }, norm)
}

fn update_on_cpu(
    Weights { theta, ema, moments }: Weights,
    grad: Tensor<1>,
    step: u32,
    rates: Rates,
    options: AdamW,
) -> (Weights, Tensor<1>) {
    let Rates {
        learning_rate,
        max_norm,
        ema_decay,
    } = rates;
    let (theta, moments, norm) = adamw(theta, grad, moments, step, learning_rate, max_norm, options);
    let ema = ema * ema_decay + theta.clone() * (1.0 - ema_decay);
    (Weights { theta, ema, moments }, norm)
}

/// Parameters and moments after update number `step` (from 1), all `[parameters]`.
///
/// A gradient of norm above `max_norm` is scaled down to it first (Pascanu et al., 2013). Its norm before that is
/// returned too, `[1]`, so that nothing is read back here.
fn adamw(
    theta: Tensor<1>,
    grad: Tensor<1>,
    moments: Moments,
    step: u32,
    learning_rate: f64,
    max_norm: f64,
    options: AdamW,
) -> (Tensor<1>, Moments, Tensor<1>) {
    let AdamW {
        beta1,
        beta2,
        eps,
        weight_decay,
    } = options;
    let norm = grad.clone().square().sum().sqrt();
    let grad = grad * (norm.clone() + 1e-6).recip().mul_scalar(max_norm).clamp_max(1.0);
    let m = moments.m * beta1 + grad.clone() * (1.0 - beta1);
    let v = moments.v * beta2 + grad.square() * (1.0 - beta2);
    let m_hat = m.clone() / (1.0 - beta1.powi(step as i32));
    let v_hat = v.clone() / (1.0 - beta2.powi(step as i32));
    let update = m_hat / (v_hat.sqrt() + eps) + theta.clone() * weight_decay;
    (theta - update * learning_rate, Moments { m, v }, norm)
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    /// The recurrence in f64, written with scalars.
    #[test]
    fn follows_algorithm_2_with_clipping() {
        let device = Device::flex();
        let options = AdamW {
            beta1: 0.9,
            beta2: 0.999,
            eps: 1e-8,
            weight_decay: 0.1,
        };
        let (mut theta, mut m, mut v) = ([1.0f64, -2.0], [0.0; 2], [0.0; 2]);
        let mut tensor = Tensor::<1>::from_data([1.0, -2.0], &device);
        let mut moments = Moments {
            m: Tensor::zeros([2], &device),
            v: Tensor::zeros([2], &device),
        };
        for (step, grad) in [[3.0f64, 4.0], [0.3, -0.4], [-0.1, 0.0]].into_iter().enumerate() {
            let step = step as i32 + 1;
            let norm = grad[0].hypot(grad[1]);
            for i in 0..2 {
                let g = grad[i] * (1.0 / norm).min(1.0);
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                let update =
                    (m[i] / (1.0 - 0.9f64.powi(step))) / ((v[i] / (1.0 - 0.999f64.powi(step))).sqrt() + 1e-8);
                theta[i] -= 0.01 * (update + 0.1 * theta[i]);
            }
            let grad = Tensor::<1>::from_data(grad, &device);
            let (next, next_moments, found) = adamw(tensor, grad, moments, step as u32, 0.01, 1.0, options);
            (tensor, moments) = (next, next_moments);
            let found = found.into_scalar::<f32>() as f64;
            assert!((found - norm).abs() < 1e-5, "norm {found} instead of {norm}");
        }
        let found = tensor.into_data().try_to_vec::<f32>().unwrap();
        for i in 0..2 {
            assert!(
                (found[i] as f64 - theta[i]).abs() < 1e-5,
                "{found:?} instead of {theta:?}"
            );
        }
    }
}
