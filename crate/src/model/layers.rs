//! The layers that all networks are made of, initialised as PyTorch does it.

use burn::module::{Module, Param, ParamId};
use burn::tensor::{Device, Int, Shape, Tensor, TensorData};

use crate::kernels::{self, Activation, Input, Modulation, Residual};
use crate::rng::{Rng, Stream};

/// Initial weights, one stream of numbers a parameter. A parameter draws its own, and puts them on the device, when it
/// is first asked for them: one that is loaded from a file never is.
#[derive(Debug)]
pub struct Init<'a> {
    seed: u64,
    parameter: u32,
    device: &'a Device,
}

impl<'a> Init<'a> {
    pub fn new(seed: u64, device: &'a Device) -> Self {
        Self {
            seed,
            parameter: 0,
            device,
        }
    }

    pub fn device(&self) -> &Device {
        self.device
    }

    fn rng(&mut self) -> Rng {
        self.parameter += 1;
        Rng::new(self.seed, Stream::Weights, self.parameter)
    }

    /// Uniform in +-1/sqrt(fan_in): PyTorch's default for weights and biases of linear and convolution layers.
    pub fn uniform<const D: usize>(&mut self, shape: [usize; D], fan_in: usize) -> Param<Tensor<D>> {
        self.uniform_within(shape, 1.0 / (fan_in as f32).sqrt())
    }

    /// Uniform in +-`bound`.
    pub fn uniform_within<const D: usize>(&mut self, shape: [usize; D], bound: f32) -> Param<Tensor<D>> {
        let mut rng = self.rng();
        self.fill(shape, move || (2.0 * rng.uniform() - 1.0) * bound)
    }

    pub fn normal<const D: usize>(&mut self, shape: [usize; D]) -> Param<Tensor<D>> {
        self.normal_of(shape, 1.0)
    }

    /// Normal with mean 0 and this standard deviation.
    pub fn normal_of<const D: usize>(&mut self, shape: [usize; D], deviation: f32) -> Param<Tensor<D>> {
        let mut rng = self.rng();
        self.fill(shape, move || deviation * rng.normal())
    }

    pub fn constant<const D: usize>(&mut self, shape: [usize; D], value: f32) -> Param<Tensor<D>> {
        self.fill(shape, move || value)
    }

    fn fill<const D: usize>(
        &self,
        shape: [usize; D],
        mut value: impl FnMut() -> f32 + Send + Sync + 'static,
    ) -> Param<Tensor<D>> {
        let shape = Shape::from(shape);
        let drawn = shape.clone();
        let draw = move |device: &Device, require_grad: bool| {
            let values = (0..drawn.num_elements()).map(|_| value()).collect::<Vec<f32>>();
            Tensor::from_data(TensorData::new(values, drawn), device).set_require_grad(require_grad)
        };
        Param::uninitialized(ParamId::new(), draw, self.device.clone(), true, shape)
    }
}

/// `y = x W^T + b`
#[derive(Module, Debug)]
pub struct Linear {
    pub weight: Param<Tensor<2>>, // [out, in]
    pub bias: Param<Tensor<1>>,   // [out]
}

impl Linear {
    pub fn init(input: usize, output: usize, init: &mut Init) -> Self {
        Self {
            weight: init.uniform([output, input], input),
            bias: init.uniform([output], input),
        }
    }

    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        kernels::linear(x, self.weight.val(), self.bias.val())
    }

    /// On every pixel: `[batch, in, height, width]` -> `[batch, out, height, width]`.
    pub fn forward_pixels(&self, x: Tensor<4>) -> Tensor<4> {
        kernels::linear_pixels(x, self.weight.val(), self.bias.val())
    }

    /// [`forward_pixels`](Self::forward_pixels), then `addend`, of the result's shape, is added.
    pub fn forward_pixels_add(&self, x: Tensor<4>, addend: Tensor<4>) -> Tensor<4> {
        kernels::linear_pixels_add(x, self.weight.val(), self.bias.val(), addend)
    }

    /// On the last of three dimensions: `[batch, tokens, in]` -> `[batch, tokens, out]`.
    pub fn forward_tokens(&self, x: Tensor<3>) -> Tensor<3> {
        kernels::linear(x, self.weight.val(), self.bias.val())
    }

    /// An activation of the map, for another one.
    pub fn forward_activated<const D: usize>(&self, x: Tensor<D>, activation: Activation) -> Input<D> {
        kernels::linear_activated(x, self.weight.val(), self.bias.val(), activation)
    }

    /// Of what [`forward_activated`](Self::forward_activated) gave.
    pub fn forward_after<const D: usize>(&self, x: Input<D>) -> Tensor<D> {
        kernels::linear_after(x, self.weight.val(), self.bias.val())
    }

    /// `residual + gate y`, `[batch, tokens, out]`, where the gate is a part of `modulation`.
    pub fn forward_gated(
        &self,
        x: impl Into<Input<3>>,
        residual: Residual,
        modulation: &Modulation,
        gate: usize,
    ) -> Tensor<3> {
        kernels::gated_linear(x, self.weight.val(), self.bias.val(), residual, modulation, gate)
    }
}

/// `y = x W^T`
#[derive(Module, Debug)]
pub struct LinearNoBias {
    pub weight: Param<Tensor<2>>, // [out, in]
}

impl LinearNoBias {
    pub fn init(input: usize, output: usize, init: &mut Init) -> Self {
        Self {
            weight: init.uniform([output, input], input),
        }
    }

    /// On the last of three dimensions: `[batch, tokens, in]` -> `[batch, tokens, out]`.
    pub fn forward_tokens(&self, x: Tensor<3>) -> Tensor<3> {
        let weight = self.weight.val();
        let none = Tensor::zeros([weight.dims()[0]], &x.device());
        kernels::linear(x, weight, none)
    }
}

/// A square 2-D convolution.
#[derive(Module, Debug)]
pub struct Conv2d {
    pub weight: Param<Tensor<4>>, // [out, in, k, k]
    pub bias: Param<Tensor<1>>,   // [out]
    #[module(skip)]
    stride: usize,
    #[module(skip)]
    padding: usize,
}

impl Conv2d {
    pub fn init(
        input: usize,
        output: usize,
        kernel: usize,
        stride: usize,
        padding: usize,
        init: &mut Init,
    ) -> Self {
        let fan_in = input * kernel * kernel;
        Self {
            weight: init.uniform([output, input, kernel, kernel], fan_in),
            bias: init.uniform([output], fan_in),
            stride,
            padding,
        }
    }

    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        kernels::conv2d(x, self.weight.val(), self.bias.val(), self.stride, self.padding)
    }

    /// The convolution, then `addend` is added, of the result's shape or `[batch, out, 1, 1]`.
    pub fn forward_add(&self, x: Tensor<4>, addend: Tensor<4>) -> Tensor<4> {
        let (weight, bias) = (self.weight.val(), self.bias.val());
        kernels::conv2d_add(x, weight, bias, addend, self.stride, self.padding)
    }

    /// The convolution, of stride 1, of `x` at twice its resolution.
    pub fn forward_upsampled(&self, x: Tensor<4>) -> Tensor<4> {
        kernels::upsample_conv2d(x, self.weight.val(), self.bias.val(), self.padding)
    }
}

/// Group normalisation with a scale and a shift a channel.
#[derive(Module, Debug)]
pub struct GroupNorm {
    pub weight: Param<Tensor<1>>, // [channels]
    pub bias: Param<Tensor<1>>,   // [channels]
    #[module(skip)]
    groups: usize,
    #[module(skip)]
    eps: f64,
}

impl GroupNorm {
    pub fn init(channels: usize, groups: usize, eps: f64, init: &mut Init) -> Self {
        Self {
            weight: init.constant([channels], 1.0),
            bias: init.constant([channels], 0.0),
            groups,
            eps,
        }
    }

    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        kernels::group_norm(x, self.weight.val(), self.bias.val(), self.groups, self.eps)
    }

    /// The norm and the SiLU after it.
    pub fn forward_silu(&self, x: Tensor<4>) -> Tensor<4> {
        kernels::group_norm_silu(x, self.weight.val(), self.bias.val(), self.groups, self.eps)
    }
}

/// Layer normalisation (Ba et al., 2016) with a scale and a shift an entry.
#[derive(Module, Debug)]
pub struct LayerNorm {
    pub weight: Param<Tensor<1>>, // [dim]
    pub bias: Param<Tensor<1>>,   // [dim]
    #[module(skip)]
    eps: f64,
}

impl LayerNorm {
    pub fn init(dim: usize, eps: f64, init: &mut Init) -> Self {
        Self {
            weight: init.constant([dim], 1.0),
            bias: init.constant([dim], 0.0),
            eps,
        }
    }

    /// `[batch, tokens, dim]` -> the same shape
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let [batch, tokens, dim] = x.dims();
        // A token is an image of one pixel, and all its channels are one group.
        let x = x.reshape([batch * tokens, dim, 1, 1]);
        kernels::group_norm(x, self.weight.val(), self.bias.val(), 1, self.eps).reshape([batch, tokens, dim])
    }
}

/// A vector a class.
#[derive(Module, Debug)]
pub struct Embedding {
    pub weight: Param<Tensor<2>>, // [classes, dim]
}

impl Embedding {
    pub fn init(classes: usize, dim: usize, init: &mut Init) -> Self {
        Self {
            weight: init.normal([classes, dim]),
        }
    }

    /// The SiLU of `x` plus each label's vector; `x` `[batch, dim]`, `labels` `[batch]` -> `[batch, dim]`
    pub fn forward_silu(&self, x: Tensor<2>, labels: Tensor<1, Int>) -> Tensor<2> {
        kernels::silu_labelled(x, self.weight.val(), labels)
    }
}
