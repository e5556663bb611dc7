//! The CPU's kernels against their twins: the same as compositions of Burn's tensors, values and gradients.

use std::iter::once;

use burn::tensor::{Device, Tensor, activation, module, ops::ConvOptions};

use super::exp;
use crate::kernels::{self, Activation, upsample_nearest_2x};
use crate::rng::{Rng, Stream};

/// Within this of the largest entry.
const TOLERANCE: f32 = 1e-5;

#[test]
fn exp_is_exp() {
    for i in -870..880 {
        let x = i as f32 / 10.0 + 0.033;
        let (found, expected) = (f64::from(exp(x)), f64::from(x).exp());
        assert!(
            (found / expected - 1.0).abs() < 2.4e-7,
            "exp({x}) is {found}, not {expected}"
        );
    }
    assert!(exp(f32::NAN).is_nan());
    assert!(exp(-1e9) < 1e-37 && exp(1e9) > 1e38);
}

/// Asserts that two functions of vectors of these lengths have the same values and gradients.
fn assert_twins<const N: usize, const D: usize>(
    what: &str,
    lengths: [usize; N],
    kernel: impl Fn([Tensor<1>; N]) -> Tensor<D>,
    twin: impl Fn([Tensor<1>; N]) -> Tensor<D>,
) {
    let device = Device::flex().autodiff();
    let random = |i, length| Rng::new(i as u64, Stream::Data, 0).normal_tensor([length], &device);
    let inputs: [Tensor<1>; N] = std::array::from_fn(|i| random(i, lengths[i]).require_grad());
    let list = |tensor: Tensor<1>| tensor.into_data().try_to_vec::<f32>().expect("f32 values");
    let lists = |y: Tensor<D>| {
        let y = y.flatten::<1>(0, D - 1);
        let grads = (y.clone() * random(N, y.dims()[0])).sum().backward();
        let gradients = inputs
            .iter()
            .map(|input| list(input.grad(&grads).expect("tracked")));
        once(list(y.inner())).chain(gradients).collect::<Vec<_>>()
    };
    let (found, expected) = (lists(kernel(inputs.clone())), lists(twin(inputs.clone())));
    for (i, (found, expected)) in found.iter().zip(&expected).enumerate() {
        let largest = expected
            .iter()
            .fold(1e-3, |largest: f32, value| largest.max(value.abs()));
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            let close = (found - expected).abs() <= TOLERANCE * largest;
            assert!(
                close,
                "{what}, {i} of value and gradients: {found}, not {expected}"
            );
        }
    }
}

fn conv_twin(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, stride: usize, padding: usize) -> Tensor<4> {
    let options = ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1);
    module::conv2d(x, weight, Some(bias), options)
}

/// Several groups of images, several strips of one, taps outside of images, images smaller than the kernel.
#[test]
fn convolution_follows_its_twin() {
    let cases = [
        ([1, 32, 32, 28, 28], [3, 1, 1]),
        ([9, 3, 5, 7, 4], [3, 1, 1]),
        ([2, 96, 7, 28, 27], [3, 1, 1]),
        ([2, 70, 37, 7, 7], [3, 1, 1]),
        ([2, 5, 3, 14, 9], [3, 2, 1]),
        ([1, 4, 4, 8, 5], [3, 2, 0]),
        ([3, 6, 4, 5, 7], [1, 1, 0]),
        ([2, 2, 3, 9, 8], [1, 2, 0]),
        ([2, 1, 6, 12, 8], [4, 4, 0]),
        ([2, 3, 2, 1, 2], [3, 1, 1]),
        ([1, 2, 3, 2, 6], [5, 1, 2]),
        ([1, 2, 3, 6, 3], [3, 1, 2]),
    ];
    for ([batch, input, output, height, width], [kernel, stride, padding]) in cases {
        let (image, taps) = ([batch, input, height, width], [output, input, kernel, kernel]);
        assert_twins(
            &format!("{image:?} with {taps:?}, stride {stride}, padding {padding}"),
            [image.iter().product(), taps.iter().product(), output],
            |[x, w, b]| kernels::conv2d(x.reshape(image), w.reshape(taps), b, stride, padding),
            |[x, w, b]| conv_twin(x.reshape(image), w.reshape(taps), b, stride, padding),
        );
    }
}

#[test]
fn convolution_with_more_follows_its_twin() {
    for [batch, input, output, height, width] in [[2, 3, 4, 5, 7], [5, 32, 9, 14, 14]] {
        let (image, taps) = ([batch, input, height, width], [output, input, 3, 3]);
        let lengths = [image.iter().product(), taps.iter().product(), output];
        assert_twins(
            &format!("{image:?}, upsampled, with {taps:?}"),
            lengths,
            |[x, w, b]| kernels::upsample_conv2d(x.reshape(image), w.reshape(taps), b, 1),
            |[x, w, b]| conv_twin(upsample_nearest_2x(x.reshape(image)), w.reshape(taps), b, 1, 1),
        );
        for added in [[batch, output, 1, 1], [batch, output, height, width]] {
            assert_twins(
                &format!("{image:?} with {taps:?}, {added:?} added"),
                [lengths[0], lengths[1], lengths[2], added.iter().product()],
                |[x, w, b, a]| {
                    kernels::conv2d_add(x.reshape(image), w.reshape(taps), b, a.reshape(added), 1, 1)
                },
                |[x, w, b, a]| conv_twin(x.reshape(image), w.reshape(taps), b, 1, 1) + a.reshape(added),
            );
        }
    }
}

/// What a kernel gets need not lie in order.
#[test]
fn views_are_convolved_as_they_look() {
    assert_twins(
        "a view",
        [2 * 3 * 4 * 5, 2 * 6, 2],
        |[x, w, b]| {
            let x = x.reshape([2, 3, 4, 5]).swap_dims(2, 3).narrow(1, 1, 2);
            kernels::conv2d(x, w.reshape([2, 6, 1, 1]).narrow(1, 2, 2), b, 1, 0)
        },
        |[x, w, b]| {
            let x = x.reshape([2, 3, 4, 5]).swap_dims(2, 3).narrow(1, 1, 2);
            conv_twin(x, w.reshape([2, 6, 1, 1]).narrow(1, 2, 2), b, 1, 0)
        },
    );
}

/// Groups of one channel and of several, of one pixel (as in layer norm) and of many.
#[test]
fn group_norm_follows_its_twin() {
    for [batch, channels, height, width, groups] in [
        [3, 6, 5, 7, 2],
        [2, 32, 28, 29, 8],
        [2, 8, 2, 3, 8],
        [1, 65, 7, 9, 5],
        [7, 37, 1, 1, 1],
    ] {
        let image = [batch, channels, height, width];
        let lengths = [image.iter().product(), channels, channels];
        let twin = |x: Tensor<1>, weight: Tensor<1>, bias: Tensor<1>| {
            let x = (x * 2.0 + 3.0).reshape([batch, groups, channels / groups * height * width]);
            let centred = x.clone() - x.mean_dim(2);
            let variance = centred.clone().square().mean_dim(2);
            let normal = (centred / (variance + 1e-5).sqrt()).reshape(image);
            normal * weight.reshape([1, channels, 1, 1]) + bias.reshape([1, channels, 1, 1])
        };
        let x = |x: Tensor<1>| (x * 2.0 + 3.0).reshape(image);
        assert_twins(
            &format!("norm of {image:?} in {groups} groups"),
            lengths,
            |[v, w, b]| kernels::group_norm(x(v), w, b, groups, 1e-5),
            |[v, w, b]| twin(v, w, b),
        );
        assert_twins(
            &format!("norm of {image:?} in {groups} groups, and SiLU"),
            lengths,
            |[v, w, b]| kernels::group_norm_silu(x(v), w, b, groups, 1e-5),
            |[v, w, b]| activation::silu(twin(v, w, b)),
        );
    }
}

#[test]
fn activations_follow_their_twins() {
    for length in [1, 7, 64, 50_001] {
        assert_twins(
            "SiLU",
            [length],
            |[x]| kernels::silu(x * 4.0),
            |[x]| activation::silu(x * 4.0),
        );
        assert_twins(
            "GELU",
            [length],
            |[x]| kernels::gelu(x * 4.0),
            |[x]| activation::gelu_approximate(x * 4.0),
        );
    }
}

#[test]
fn self_attention_follows_its_twin() {
    for [batch, tokens, heads, size] in [[1, 49, 4, 32], [3, 5, 2, 7], [2, 1, 1, 3], [1, 300, 2, 8]] {
        let width = heads * size;
        let shape = [batch, tokens, 3 * width];
        assert_twins(
            &format!("attention of {tokens} tokens in {heads} heads of {size}"),
            [shape.iter().product()],
            |[qkv]| kernels::self_attention(qkv.reshape(shape) * 2.0, heads),
            |[qkv]| {
                let [q, k, v] = std::array::from_fn(|i| {
                    let part = (qkv.clone().reshape(shape) * 2.0).narrow(2, i * width, width);
                    part.reshape([batch, tokens, heads, size]).swap_dims(1, 2)
                });
                let scores = q.matmul(k.swap_dims(2, 3)) / (size as f32).sqrt();
                let mixed = activation::softmax(scores, 3).matmul(v);
                mixed.swap_dims(1, 2).reshape([batch, tokens, width])
            },
        );
    }
}

/// One row, few and many.
#[test]
fn linear_map_follows_its_twin() {
    for [rows, input, output] in [[1, 5, 7], [2, 3, 1], [49, 128, 96], [128, 4, 6], [131, 9, 5]] {
        let (shape, matrix) = ([1, rows, input], [output, input]);
        assert_twins(
            &format!("{rows} rows, {input} to {output}"),
            [rows * input, output * input, output],
            |[x, w, b]| kernels::linear(x.reshape(shape), w.reshape(matrix), b),
            |[x, w, b]| {
                let y = x.reshape([rows, input]).matmul(w.reshape(matrix).transpose());
                (y + b.unsqueeze()).reshape([1, rows, output])
            },
        );
    }
}

#[test]
fn activated_maps_follow_their_twin() {
    for [rows, input, hidden, output] in [[1, 5, 7, 3], [49, 12, 48, 12]] {
        let (shape, first, second) = ([rows, input], [hidden, input], [output, hidden]);
        for activation in [Activation::Gelu, Activation::Silu] {
            assert_twins(
                &format!("{rows} rows, {input} to {hidden}, {activation:?}, to {output}"),
                [rows * input, hidden * input, hidden, output * hidden, output],
                |[x, w, b, v, c]| {
                    let (x, w, v) = (x.reshape(shape), w.reshape(first), v.reshape(second));
                    kernels::linear_after(kernels::linear_activated(x, w, b, activation), v, c)
                },
                |[x, w, b, v, c]| {
                    let (x, w, v) = (x.reshape(shape), w.reshape(first), v.reshape(second));
                    let y = x.matmul(w.transpose()) + b.unsqueeze();
                    let y = match activation {
                        Activation::Gelu => activation::gelu_approximate(y),
                        Activation::Silu => activation::silu(y),
                    };
                    y.matmul(v.transpose()) + c.unsqueeze()
                },
            );
        }
    }
}
