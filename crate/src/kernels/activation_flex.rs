//! The networks' activations on the CPU.

use burn_flex::{Flex, FlexTensor};

use super::activation::{Activate, ActivateGrad, Activation};
use super::flex::{fill_parts, in_order, sigmoid, tensor, values};

/// Entries of what a core takes at a time.
const PART: usize = 1 << 13;
/// `2 sqrt(2/pi)`: the tanh form of GELU is `x sigmoid(2 sqrt(2/pi) (x + 0.044715 x^3))`.
const SLOPE: f32 = 1.595_769;
const CUBIC: f32 = 0.044_715;

impl Activate for Flex {
    fn activate(x: FlexTensor, activation: Activation) -> FlexTensor {
        match activation {
            Activation::Gelu => map(x, |x| x * sigmoid(SLOPE * (CUBIC * x * x + 1.0) * x)),
            Activation::Silu => map(x, silu),
        }
    }
}

impl ActivateGrad for Flex {
    fn activate_grad(x: FlexTensor, grad: FlexTensor, activation: Activation) -> FlexTensor {
        match activation {
            Activation::Gelu => map_pair(x, grad, |x, grad| {
                let s = sigmoid(SLOPE * (CUBIC * x * x + 1.0) * x);
                let slope = SLOPE * (3.0 * CUBIC * x * x + 1.0);
                grad * s * (x * (1.0 - s) * slope + 1.0)
            }),
            Activation::Silu => map_pair(x, grad, |x, grad| grad * silu_slope(x)),
        }
    }
}

#[inline(always)]
pub fn silu(x: f32) -> f32 {
    x * sigmoid(x)
}

/// The derivative of [`silu`].
#[inline(always)]
pub fn silu_slope(x: f32) -> f32 {
    let s = sigmoid(x);
    s * (x * (1.0 - s) + 1.0)
}

#[inline(always)]
fn map(x: FlexTensor, function: impl Fn(f32) -> f32 + Send + Sync) -> FlexTensor {
    let x = in_order(x);
    let mut y = values(&x).to_vec();
    fill_parts(&mut y, PART, |_, y| y.iter_mut().for_each(|y| *y = function(*y)));
    tensor(y, x.layout().shape().clone())
}

#[inline(always)]
fn map_pair(x: FlexTensor, grad: FlexTensor, function: impl Fn(f32, f32) -> f32 + Send + Sync) -> FlexTensor {
    let [x, grad] = [x, grad].map(in_order);
    let mut out = values(&grad).to_vec();
    fill_parts(&mut out, PART, |i, out| {
        let x = &values(&x)[i * PART..];
        out.iter_mut()
            .zip(x)
            .for_each(|(out, &x)| *out = function(x, *out));
    });
    tensor(out, x.layout().shape().clone())
}
