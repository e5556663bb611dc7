//! Group normalisation on the CPU, and the SiLU after it.

use burn_flex::{Flex, FlexTensor};

use super::activation_flex::{silu, silu_slope};
use super::flex::{fill_pairs, in_order, sizes, sum_of, tensor, values};
use super::norm::{GroupNormalisation, GroupNormalisationParts};

impl GroupNormalisation for Flex {
    fn normalise(
        x: FlexTensor,
        weight: FlexTensor,
        bias: FlexTensor,
        groups: usize,
        eps: f64,
        activate: bool,
    ) -> FlexTensor {
        Self::normalise_with_moments(x, weight, bias, groups, eps, activate).0
    }
}

impl GroupNormalisationParts for Flex {
    fn normalise_with_moments(
        x: FlexTensor,
        weight: FlexTensor,
        bias: FlexTensor,
        groups: usize,
        eps: f64,
        activate: bool,
    ) -> (FlexTensor, FlexTensor) {
        let [x, weight, bias] = [x, weight, bias].map(in_order);
        let [batch, channels, height, width] = sizes(&x);
        let (pixels, members) = (height * width, channels / groups);
        let group = members * pixels;
        let mut moments = vec![0.0; batch * groups * 2];
        let mut y = values(&x).to_vec();
        fill_pairs((&mut y, group), (&mut moments, 2), |i, y, moments| {
            let mean = sum_of(y, y, |x, _| x) / group as f32;
            let variance = sum_of(y, y, |x, _| (x - mean) * (x - mean)) / group as f32;
            moments.copy_from_slice(&[mean, 1.0 / (variance + eps as f32).sqrt()]);
            for (k, y) in y.chunks_mut(pixels).enumerate() {
                let [scale, shift] = affine(moments, &weight, &bias, i % groups * members + k);
                match activate {
                    true => y.iter_mut().for_each(|y| *y = silu(*y * scale + shift)),
                    false => y.iter_mut().for_each(|y| *y = *y * scale + shift),
                }
            }
        });
        let shape = x.layout().shape().clone();
        (tensor(y, shape), tensor(moments, [batch, groups, 2]))
    }

    fn normalise_grad(
        x: FlexTensor,
        weight: FlexTensor,
        bias: FlexTensor,
        moments: FlexTensor,
        grad: FlexTensor,
        activate: bool,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let [x, weight, bias, moments, grad] = [x, weight, bias, moments, grad].map(in_order);
        let [batch, channels, height, width] = sizes(&x);
        let groups = moments.layout().shape()[1];
        let (pixels, members) = (height * width, channels / groups);
        let group = members * pixels;
        let mut of_x = values(&grad).to_vec();
        // Of each channel of each image: the sum of its gradient, and of that times the normalised input.
        let mut sums = vec![0.0; batch * channels * 2];
        fill_pairs((&mut of_x, group), (&mut sums, 2 * members), |i, of_x, sums| {
            let moments = &values(&moments)[2 * i..];
            let (mean, inverse) = (moments[0], moments[1]);
            let x = &values(&x)[i * group..][..group];
            let first = i % groups * members;
            // With g = grad weight and the normalised input n, the gradient is (g - mean(g) - n mean(g n)) / deviation.
            let (mut of_sum, mut of_product) = (0.0, 0.0);
            let channels = of_x.chunks_mut(pixels).zip(x.chunks(pixels));
            for (k, ((grad, x), sums)) in channels.zip(sums.chunks_mut(2)).enumerate() {
                if activate {
                    let [scale, shift] = affine(moments, &weight, &bias, first + k);
                    for (grad, x) in grad.iter_mut().zip(x) {
                        *grad *= silu_slope(x * scale + shift);
                    }
                }
                sums[0] = sum_of(grad, grad, |grad, _| grad);
                sums[1] = inverse * sum_of(grad, x, |grad, x| grad * (x - mean));
                of_sum += values(&weight)[first + k] * sums[0] / group as f32;
                of_product += values(&weight)[first + k] * sums[1] / group as f32;
            }
            let slope = of_product * inverse * inverse;
            let shift = slope * mean - of_sum * inverse;
            for (k, (grad, x)) in of_x.chunks_mut(pixels).zip(x.chunks(pixels)).enumerate() {
                let scale = values(&weight)[first + k] * inverse;
                for (grad, x) in grad.iter_mut().zip(x) {
                    *grad = *grad * scale - x * slope + shift;
                }
            }
        });
        let (all, others) = sums.split_at_mut(2 * channels);
        for image in others.chunks(2 * channels) {
            all.iter_mut().zip(image).for_each(|(all, sum)| *all += sum);
        }
        let [of_bias, of_weight] = [0, 1].map(|which| all.iter().skip(which).step_by(2).copied().collect());
        (
            tensor(of_x, x.layout().shape().clone()),
            tensor(of_weight, [channels]),
            tensor(of_bias, [channels]),
        )
    }
}

/// What a channel is multiplied by, and what is added then.
fn affine(moments: &[f32], weight: &FlexTensor, bias: &FlexTensor, channel: usize) -> [f32; 2] {
    let scale = moments[1] * values(weight)[channel];
    [scale, values(bias)[channel] - moments[0] * scale]
}
