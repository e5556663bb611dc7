//! Our GPU kernels against what computes the same on the CPU, their twins: values and gradients.

use burn::tensor::{Device, Int, Tensor};
use diffusion_playground::kernels::{self, Activation, AdamW, Modulation, Moments, Rates, Weights};
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
        let once = kernels::group_norm(once, bias.clone(), bias.clone(), 2, 1e-5);
        values(kernels::conv2d(once, weight.clone(), bias.clone(), 1, 1)).await;
    };
    run().await;
    let profile = Profile::start();
    run().await;
    let kernels = profile.finish().await;
    let find = |name: &str| {
        let found = kernels.iter().find(|kernel| kernel.name == name);
        found.unwrap_or_else(|| panic!("no {name} among {kernels:?}"))
    };
    let (convolution, norm) = (find("ConvKernel"), find("GroupNormKernel"));
    assert_eq!((convolution.count, norm.count), (2, 1), "{kernels:?}");
    assert!(convolution.seconds > 0.0, "{kernels:?}");
    let flops = 2 * 2 * 64 * 4 * 4 * 9;
    assert_eq!((convolution.flops, convolution.bytes), (flops as f64, 0.0));
    // The image and the result, scale and shift, and two moments of each group.
    let numbers = 2 * 4 * 64 + 2 * 4 + 2 * 2;
    assert_eq!((norm.flops, norm.bytes), (0.0, 4.0 * numbers as f64));
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
pub fn assert_twins(what: &str, names: &[&str], found: Vec<Vec<f32>>, expected: Vec<Vec<f32>>) {
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

/// Output and gradients of an attention, its inputs as they are or as transposed views.
async fn attention(
    [batch, heads, tokens, context]: [usize; 4],
    head_dim: usize,
    transposed: bool,
    device: &Device,
) -> Vec<Vec<f32>> {
    let device = device.clone().autodiff();
    let mut rng = Rng::new(7, Stream::Data, tokens as u32);
    let mut input = |length: usize| -> Tensor<4> {
        let shape = match transposed {
            true => [batch, heads, head_dim, length],
            false => [batch, heads, length, head_dim],
        };
        rng.normal_tensor(shape, &device).require_grad()
    };
    let (q, k, v) = (input(tokens), input(context), input(context));
    let view = |x: &Tensor<4>| match transposed {
        true => x.clone().swap_dims(2, 3),
        false => x.clone(),
    };
    let y = kernels::attention(view(&q), view(&k), view(&v));
    let mut found = vec![values(y.clone().inner()).await];
    let upstream: Tensor<4> = rng.normal_tensor(y.dims(), &device);
    let grads = (y * upstream).sum().backward();
    for x in [q, k, v] {
        found.push(values(x.grad(&grads).expect("tracked")).await);
    }
    found
}

/// Fewer and more tokens than a workgroup has threads, self- and cross-attention, and more than the kernel takes.
pub async fn attention_follows_its_twin(device: &Device) {
    let cases = [
        ([2, 4, 49, 49], 32),
        ([1, 2, 70, 5], 7),
        ([1, 1, 1, 65], 64),
        ([1, 1, 3, 300], 8),
    ];
    for (sizes, head_dim) in cases {
        for transposed in [false, true] {
            assert_twins(
                &format!("attention {sizes:?}, {head_dim} a head, transposed: {transposed}"),
                &["y", "q.grad", "k.grad", "v.grad"],
                attention(sizes, head_dim, transposed, device).await,
                attention(sizes, head_dim, transposed, &Device::flex()).await,
            );
        }
    }
}

/// Output and gradients of a layer normalisation with modulation.
async fn layer_norm([batch, tokens, channels]: [usize; 3], device: &Device) -> Vec<Vec<f32>> {
    let device = device.clone().autodiff();
    let mut rng = Rng::new(8, Stream::Data, channels as u32);
    let x = (rng.normal_tensor([batch, tokens, channels], &device) * 2.0 - 1.0)
        .detach()
        .require_grad();
    let parts = rng.normal_tensor([batch, 2 * channels], &device).require_grad();
    let modulation = Modulation::of_block(parts.clone());
    let (y, _) = kernels::layer_norm_modulate(x.clone(), &modulation, 0, 1e-6);
    let mut found = vec![values(y.clone().inner()).await];
    let upstream: Tensor<3> = rng.normal_tensor(y.dims(), &device);
    let grads = (y * upstream).sum().backward();
    found.push(values(x.grad(&grads).expect("tracked")).await);
    found.push(values(parts.grad(&grads).expect("tracked")).await);
    found
}

pub async fn layer_norm_follows_its_twin(device: &Device) {
    for sizes in [[3, 49, 128], [2, 5, 37], [1, 1, 300], [5, 1, 8]] {
        assert_twins(
            &format!("layer norm {sizes:?}"),
            &["y", "x.grad", "parts.grad"],
            layer_norm(sizes, device).await,
            layer_norm(sizes, &Device::flex()).await,
        );
    }
}

/// Output and gradients of blocks of two branches each, modulated by maps of one condition, in which there is a part that
/// nothing is made of. Weights of the maps lie in one vector as a trained network's do, or each where it is.
async fn branches(
    [batch, tokens, channels]: [usize; 3],
    blocks: usize,
    one_vector: bool,
    device: &Device,
) -> Vec<Vec<f32>> {
    let (plain, device) = (device, device.clone().autodiff());
    let mut rng = Rng::new(12, Stream::Data, channels as u32);
    let [x, upstream]: [Tensor<3>; 2] =
        std::array::from_fn(|_| rng.normal_tensor([batch, tokens, channels], &device));
    let x = x.require_grad();
    let condition: Tensor<2> = rng.normal_tensor([batch, 12], &device).require_grad();
    let (weight, bias) = ([7 * channels, 12], [7 * channels]);
    let mut vectors: Vec<Tensor<1>> = Vec::new();
    for _ in 0..blocks {
        vectors.push(rng.normal_tensor([weight[0] * weight[1]], plain) * 0.3);
        vectors.push(rng.normal_tensor(bias, plain));
    }
    let flat = kernels::gather(vectors.clone());
    let mut maps = Vec::new();
    let mut start = 0;
    for pair in vectors.chunks(2) {
        let next = kernels::next_start(start, pair[0].dims()[0]);
        let (w, b) = match one_vector {
            true => (
                kernels::part(&flat, start, weight),
                kernels::part(&flat, next, bias),
            ),
            false => (pair[0].clone().reshape(weight), pair[1].clone()),
        };
        maps.push((w.autodiff().require_grad(), b.autodiff().require_grad()));
        start = kernels::next_start(next, bias[0]);
    }
    let width = channels + 3;
    let weights = [[channels; 2], [width, channels], [channels, width]].map(|size| {
        let weight: Tensor<2> = rng.normal_tensor(size, &device) / (size[1] as f32).sqrt();
        weight.detach().require_grad()
    });
    let biases = [channels, width, channels]
        .map(|size| -> Tensor<1> { rng.normal_tensor([size], &device).require_grad() });
    let layer = |i: usize| (weights[i].clone(), biases[i].clone());
    let mut out = x.clone();
    for modulation in kernels::modulations(condition.clone(), &maps) {
        let (normal, residual) = kernels::layer_norm_modulate(out, &modulation, 0, 1e-6);
        let (weight, bias) = layer(0);
        out = kernels::gated_linear(normal, weight, bias, residual, &modulation, 2);
        let (normal, residual) = kernels::layer_norm_modulate(out, &modulation, 4, 1e-6);
        let (weight, bias) = layer(1);
        let hidden = kernels::linear_activated(normal, weight, bias, Activation::Gelu);
        let (weight, bias) = layer(2);
        out = kernels::gated_linear(hidden, weight, bias, residual, &modulation, 3);
    }
    let mut found = vec![values(out.clone().inner()).await];
    let grads = (out * upstream).sum().backward();
    found.push(values(x.grad(&grads).expect("tracked")).await);
    found.push(values(condition.grad(&grads).expect("tracked")).await);
    for (weight, bias) in weights
        .iter()
        .zip(&biases)
        .chain(maps.iter().map(|(w, b)| (w, b)))
    {
        found.push(values(weight.grad(&grads).expect("tracked")).await);
        found.push(values(bias.grad(&grads).expect("tracked")).await);
    }
    found
}

pub async fn branches_follow_their_twin(device: &Device) {
    for (sizes, blocks, one_vector) in [
        ([3, 49, 128], 2, true),
        ([2, 5, 37], 7, true),
        ([1, 1, 300], 1, true),
        ([5, 9, 64], 3, false),
    ] {
        let mut names = vec!["y", "x.grad", "condition.grad"];
        names.extend([
            "proj.weight.grad",
            "proj.bias.grad",
            "fc1.weight.grad",
            "fc1.bias.grad",
        ]);
        names.extend(["fc2.weight.grad", "fc2.bias.grad"]);
        names.extend(["map.weight.grad", "map.bias.grad"].repeat(blocks));
        assert_twins(
            &format!("{blocks} blocks {sizes:?}"),
            &names,
            branches(sizes, blocks, one_vector, device).await,
            branches(sizes, blocks, one_vector, &Device::flex()).await,
        );
    }
}

/// Sinusoids, and the SiLU of a sum of vectors with those of labels, with its gradients.
async fn condition(batch: usize, dim: usize, classes: usize, device: &Device) -> Vec<Vec<f32>> {
    let plain = device.clone();
    let device = device.clone().autodiff();
    let mut rng = Rng::new(14, Stream::Data, dim as u32);
    let [t, frequencies]: [Tensor<2>; 2] =
        [batch, dim].map(|size| rng.normal_tensor([1, size], &plain) * 3.0);
    let mut found = Vec::new();
    for cosines_first in [true, false] {
        let waves = kernels::sinusoids(t.clone().flatten(0, 1), frequencies.clone(), cosines_first);
        found.push(values(waves).await);
    }
    let x: Tensor<2> = rng.normal_tensor([batch, dim], &device).require_grad();
    let table: Tensor<2> = rng.normal_tensor([classes, dim], &device).require_grad();
    let labels: Vec<i32> = (0..batch).map(|i| (i * i % classes) as i32).collect();
    let labels = Tensor::<1, Int>::from_ints(labels.as_slice(), &device);
    let y = kernels::silu_labelled(x.clone(), table.clone(), labels);
    found.push(values(y.clone().inner()).await);
    let upstream: Tensor<2> = rng.normal_tensor([batch, dim], &device);
    let grads = (y * upstream).sum().backward();
    found.push(values(x.grad(&grads).expect("tracked")).await);
    found.push(values(table.grad(&grads).expect("tracked")).await);
    found
}

pub async fn conditions_follow_their_twin(device: &Device) {
    for (batch, dim, classes) in [(4, 128, 11), (9, 37, 3), (1, 300, 1000)] {
        assert_twins(
            &format!("condition of {batch} with {classes} classes"),
            &["cos, sin", "sin, cos", "y", "x.grad", "table.grad"],
            condition(batch, dim, classes, device).await,
            condition(batch, dim, classes, &Device::flex()).await,
        );
    }
}

/// Tokens of the patches of images, patches of these tokens, and all gradients.
async fn patches(
    [batch, channels, rows, columns]: [usize; 4],
    patch: usize,
    width: usize,
    device: &Device,
) -> Vec<Vec<f32>> {
    let device = device.clone().autodiff();
    let mut rng = Rng::new(15, Stream::Data, width as u32);
    let x: Tensor<4> = rng
        .normal_tensor([batch, channels, rows * patch, columns * patch], &device)
        .require_grad();
    let weight: Tensor<4> = rng
        .normal_tensor([width, channels, patch, patch], &device)
        .require_grad();
    let bias: Tensor<1> = rng.normal_tensor([width], &device).require_grad();
    let added: Tensor<3> = rng.normal_tensor([1, rows * columns, width], &device);
    let numbers = 2 * channels * patch * patch;
    let back: Tensor<2> = rng.normal_tensor([numbers, width], &device).require_grad();
    let back_bias: Tensor<1> = rng.normal_tensor([numbers], &device).require_grad();
    let tokens = kernels::linear_of_patches(x.clone(), weight.clone(), bias.clone(), added);
    let mut found = vec![values(tokens.clone().inner()).await];
    let y = kernels::linear_to_patches(tokens, back.clone(), back_bias.clone(), patch, columns);
    found.push(values(y.clone().inner()).await);
    let upstream: Tensor<4> = rng.normal_tensor(y.dims(), &device);
    let grads = (y * upstream).sum().backward();
    found.push(values(x.grad(&grads).expect("tracked")).await);
    found.push(values(weight.grad(&grads).expect("tracked")).await);
    found.push(values(bias.grad(&grads).expect("tracked")).await);
    found.push(values(back.grad(&grads).expect("tracked")).await);
    found.push(values(back_bias.grad(&grads).expect("tracked")).await);
    found
}

pub async fn patches_follow_their_twin(device: &Device) {
    for (sizes, patch, width) in [
        ([3, 1, 7, 7], 4, 128),
        ([2, 4, 3, 5], 2, 37),
        ([1, 4, 7, 7], 1, 64),
    ] {
        assert_twins(
            &format!("patches {sizes:?} of {patch} pixels"),
            &[
                "tokens",
                "y",
                "x.grad",
                "weight.grad",
                "bias.grad",
                "back.grad",
                "back.bias.grad",
            ],
            patches(sizes, patch, width, device).await,
            patches(sizes, patch, width, &Device::flex()).await,
        );
    }
}

/// Output and gradient of self-attention.
async fn self_attention([batch, tokens, width]: [usize; 3], heads: usize, device: &Device) -> Vec<Vec<f32>> {
    let device = device.clone().autodiff();
    let mut rng = Rng::new(13, Stream::Data, width as u32);
    let qkv = rng
        .normal_tensor([batch, tokens, 3 * width], &device)
        .require_grad();
    let y = kernels::self_attention(qkv.clone(), heads);
    let mut found = vec![values(y.clone().inner()).await];
    let upstream: Tensor<3> = rng.normal_tensor(y.dims(), &device);
    let grads = (y * upstream).sum().backward();
    found.push(values(qkv.grad(&grads).expect("tracked")).await);
    found
}

/// Widths at which queries, keys and values are views, and others at which they are copies.
pub async fn self_attention_follows_its_twin(device: &Device) {
    for (sizes, heads) in [
        ([2, 49, 128], 4),
        ([1, 70, 64], 1),
        ([3, 5, 24], 3),
        ([1, 1, 64], 2),
    ] {
        assert_twins(
            &format!("self-attention {sizes:?}, {heads} heads"),
            &["y", "qkv.grad"],
            self_attention(sizes, heads, device).await,
            self_attention(sizes, heads, &Device::flex()).await,
        );
    }
}

/// Output and gradients of a linear map.
async fn linear<const D: usize>(shape: [usize; D], output: usize, device: &Device) -> Vec<Vec<f32>> {
    let input = shape[D - 1];
    let device = device.clone().autodiff();
    let mut rng = Rng::new(9, Stream::Data, input as u32);
    let x = rng.normal_tensor(shape, &device).require_grad();
    let weight = rng.normal_tensor([output, input], &device).require_grad();
    let bias = rng.normal_tensor([output], &device).require_grad();
    let y = kernels::linear(x.clone(), weight.clone(), bias.clone());
    let mut found = vec![values(y.clone().inner()).await];
    let upstream: Tensor<D> = rng.normal_tensor(y.dims(), &device);
    let grads = (y * upstream).sum().backward();
    found.push(values(x.grad(&grads).expect("tracked")).await);
    found.push(values(weight.grad(&grads).expect("tracked")).await);
    found.push(values(bias.grad(&grads).expect("tracked")).await);
    found
}

pub async fn linear_follows_its_twin(device: &Device) {
    let names = ["y", "x.grad", "weight.grad", "bias.grad"];
    // The last two have their weight's gradient summed in parts, in tiles of either size.
    for (shape, output) in [
        ([64, 128], 32),
        ([3, 5], 7),
        ([300, 33], 65),
        ([1, 70], 1),
        ([1061, 6], 5),
    ] {
        assert_twins(
            &format!("linear {shape:?} to {output}"),
            &names,
            linear(shape, output, device).await,
            linear(shape, output, &Device::flex()).await,
        );
    }
    // Tokens: the largest tile forward, parts back.
    let shape = [2, 450, 130];
    assert_twins(
        "linear of tokens",
        &names,
        linear(shape, 1100, device).await,
        linear(shape, 1100, &Device::flex()).await,
    );
}

/// Values and gradients of an activation and of the error of each example.
async fn error_of_activated(shape: [usize; 4], device: &Device) -> Vec<Vec<f32>> {
    let device = device.clone().autodiff();
    let mut rng = Rng::new(14, Stream::Data, shape[3] as u32);
    let [x, y] = [(); 2].map(|()| rng.normal_tensor(shape, &device).require_grad());
    let weights: Tensor<1> = rng.normal_tensor([shape[0]], &device);
    // Far enough out that an exponential overflows on one side.
    let silu = kernels::silu(x.clone() * 40.0);
    let errors = kernels::mean_squared_error(silu.clone(), y.clone());
    let mut found = vec![values(silu.inner()).await, values(errors.clone().inner()).await];
    let grads = (errors * weights).sum().backward();
    found.push(values(x.grad(&grads).expect("tracked")).await);
    found.push(values(y.grad(&grads).expect("tracked")).await);
    found
}

pub async fn errors_follow_their_twin(device: &Device) {
    for shape in [[4, 1, 28, 28], [1, 3, 5, 7], [3, 1, 1, 2]] {
        assert_twins(
            &format!("error {shape:?}"),
            &["silu", "errors", "x.grad", "y.grad"],
            error_of_activated(shape, device).await,
            error_of_activated(shape, &Device::flex()).await,
        );
    }
}

/// Three updates of AdamW, the first two clipped: parameters, moving average, moments, and the norms.
async fn updates(count: usize, device: &Device) -> Vec<Vec<f32>> {
    let mut rng = Rng::new(10, Stream::Data, count as u32);
    let mut vector = || -> Tensor<1> { rng.normal_tensor([count], device) };
    let mut weights = Weights {
        theta: vector(),
        ema: vector(),
        moments: Moments {
            m: vector(),
            v: vector().square(),
        },
    };
    let options = AdamW {
        beta1: 0.9,
        beta2: 0.999,
        eps: 1e-8,
        weight_decay: 0.1,
    };
    let rates = Rates {
        learning_rate: 0.01,
        max_norm: 1.0,
        ema_decay: 0.9,
    };
    let mut norms = Vec::new();
    for (step, size) in [(1, 3.0), (2, 1.0), (3, 1e-3)] {
        let norm = kernels::update(&mut weights, vector() * size, step, rates, options);
        norms.extend(values(norm).await);
    }
    vec![
        values(weights.theta).await,
        values(weights.ema).await,
        values(weights.moments.m).await,
        values(weights.moments.v).await,
        norms,
    ]
}

pub async fn updates_follow_their_twin(device: &Device) {
    for count in [1, 64, 100, 70_001] {
        assert_twins(
            &format!("{count} parameters"),
            &["theta", "ema", "m", "v", "norms"],
            updates(count, device).await,
            updates(count, &Device::flex()).await,
        );
    }
}

/// Tensors gathered into one vector and taken out again.
pub async fn parts_of_a_vector_come_back(device: &Device) {
    let mut rng = Rng::new(11, Stream::Data, 0);
    let counts = [1, 64, 5000, 63, 65, 128, 7, 300];
    let parts = counts.map(|count| rng.normals(count));
    let tensors = parts
        .iter()
        .map(|part| Tensor::<1>::from_data(part.as_slice(), device))
        .collect();
    let flat = kernels::gather(tensors);
    let mut start = 0;
    for part in &parts {
        let found = values(kernels::part(&flat, start, [1, part.len()])).await;
        assert_eq!(&found, part);
        start = kernels::next_start(start, part.len());
    }
    let expected: f32 = parts.iter().flatten().map(|value| value.abs()).sum();
    let found = values(flat.abs().sum()).await;
    assert_close(
        "the sum, in which the gaps count nothing",
        &found,
        &[expected],
        1e-5,
    );
}

/// Output and gradients of a convolution to whose result something is added, or before which the resolution doubles.
async fn convolution_with(
    [batch, input, output, size]: [usize; 4],
    addend: Option<bool>,
    device: &Device,
) -> Vec<Vec<f32>> {
    let device = device.clone().autodiff();
    let mut rng = Rng::new(12, Stream::Data, size as u32);
    let x = rng
        .normal_tensor([batch, input, size, size + 1], &device)
        .require_grad();
    let weight = rng.normal_tensor([output, input, 3, 3], &device).require_grad();
    let bias = rng.normal_tensor([output], &device).require_grad();
    let shape = match addend {
        Some(true) => [batch, output, size, size + 1],
        _ => [batch, output, 1, 1],
    };
    let added = rng.normal_tensor(shape, &device).require_grad();
    let y = match addend {
        Some(_) => kernels::conv2d_add(x.clone(), weight.clone(), bias.clone(), added.clone(), 1, 1),
        None => kernels::upsample_conv2d(x.clone(), weight.clone(), bias.clone(), 1) * added.clone(),
    };
    let mut found = vec![values(y.clone().inner()).await];
    let upstream: Tensor<4> = rng.normal_tensor(y.dims(), &device);
    let grads = (y * upstream).sum().backward();
    found.push(values(x.grad(&grads).expect("tracked")).await);
    found.push(values(weight.grad(&grads).expect("tracked")).await);
    found.push(values(bias.grad(&grads).expect("tracked")).await);
    found.push(values(added.grad(&grads).expect("tracked")).await);
    found
}

/// With an addend a pixel, an addend a channel, and doubled resolution.
pub async fn convolution_with_more_follows_its_twin(device: &Device) {
    for sizes in [[3, 5, 6, 7], [2, 32, 64, 6], [1, 3, 40, 1]] {
        for addend in [Some(true), Some(false), None] {
            assert_twins(
                &format!("convolution {sizes:?}, an addend a pixel: {addend:?}"),
                &["y", "x.grad", "weight.grad", "bias.grad", "addend.grad"],
                convolution_with(sizes, addend, device).await,
                convolution_with(sizes, addend, &Device::flex()).await,
            );
        }
    }
}

/// Feature maps one after the other, and the gradients of both.
pub async fn concatenation_follows_its_twin(device: &Device) {
    async fn concat([batch, m, n, size]: [usize; 4], device: &Device) -> Vec<Vec<f32>> {
        let device = device.clone().autodiff();
        let mut rng = Rng::new(13, Stream::Data, size as u32);
        let a = rng
            .normal_tensor([batch, m, size, size + 2], &device)
            .require_grad();
        let b = rng
            .normal_tensor([batch, n, size, size + 2], &device)
            .require_grad();
        let y = kernels::concat_channels(a.clone(), b.clone());
        let mut found = vec![values(y.clone().inner()).await];
        let upstream: Tensor<4> = rng.normal_tensor(y.dims(), &device);
        let grads = (y * upstream).sum().backward();
        found.push(values(a.grad(&grads).expect("tracked")).await);
        found.push(values(b.grad(&grads).expect("tracked")).await);
        found
    }
    for sizes in [[3, 5, 2, 7], [1, 1, 1, 1], [2, 64, 32, 14]] {
        assert_twins(
            &format!("concatenation {sizes:?}"),
            &["y", "a.grad", "b.grad"],
            concat(sizes, device).await,
            concat(sizes, &Device::flex()).await,
        );
    }
}
