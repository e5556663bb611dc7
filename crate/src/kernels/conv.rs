//! Convolution. Weights have PyTorch's layouts.

use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, Dispatch, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::cube::{Followed, direct, runs_kernels};
use super::{conv_cube, conv_grad_cube, conv_sums_cube};

/// 2-D convolution.
///
/// `x` `[batch, in, height, width]`, `weight` `[out, in, k, k]`, `bias` `[out]` ->
/// `[batch, out, (height + 2 padding - k) / stride + 1, ...]`.
pub fn conv2d(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, stride: usize, padding: usize) -> Tensor<4> {
    convolve(x, weight, bias, None, ConvShape::new(stride, padding))
}

/// [`conv2d`], then `addend` is added: `[batch, out, ...]` as the result, or `[batch, out, 1, 1]` for all pixels alike.
pub fn conv2d_add(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    addend: Tensor<4>,
    stride: usize,
    padding: usize,
) -> Tensor<4> {
    convolve(x, weight, bias, Some(addend), ConvShape::new(stride, padding))
}

/// [`conv2d`] of `x` at twice its resolution, where every pixel has become 2x2 equal ones.
pub fn upsample_conv2d(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, padding: usize) -> Tensor<4> {
    let shape = ConvShape {
        up: 2,
        ..ConvShape::new(1, padding)
    };
    convolve(x, weight, bias, None, shape)
}

/// [`linear`](super::linear) on every pixel: `x` `[batch, in, height, width]` -> `[batch, out, height, width]`.
pub fn linear_pixels(x: Tensor<4>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<4> {
    let [output, input] = weight.dims();
    conv2d(x, weight.reshape([output, input, 1, 1]), bias, 1, 0)
}

/// [`linear_pixels`], then `addend`, of the result's shape, is added.
pub fn linear_pixels_add(x: Tensor<4>, weight: Tensor<2>, bias: Tensor<1>, addend: Tensor<4>) -> Tensor<4> {
    let [output, input] = weight.dims();
    conv2d_add(x, weight.reshape([output, input, 1, 1]), bias, addend, 1, 0)
}

/// What is added to a convolution's result besides its bias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addend {
    Nothing,
    /// `[batch, out, 1, 1]`.
    EachChannel,
    /// `[batch, out, height, width]`.
    EachPixel,
}

/// What a convolution is told besides its tensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    pub stride: usize,
    pub padding: usize,
    /// 2 where the input's resolution is doubled first, else 1.
    pub up: usize,
    pub addend: Addend,
}

impl ConvShape {
    fn new(stride: usize, padding: usize) -> Self {
        Self {
            stride,
            padding,
            up: 1,
            addend: Addend::Nothing,
        }
    }

    /// Height or width of the output.
    pub fn output(&self, input: usize, kernel: usize) -> usize {
        (self.up * input + 2 * self.padding - kernel) / self.stride + 1
    }
}

fn convolve(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<1>,
    addend: Option<Tensor<4>>,
    mut shape: ConvShape,
) -> Tensor<4> {
    let addend = match addend {
        // Something has to stand there.
        None => bias.clone().into_dispatch(),
        Some(addend) => {
            let [_, _, height, width] = addend.dims();
            let kernel = weight.dims()[2];
            let output = [2, 3].map(|axis| shape.output(x.dims()[axis], kernel));
            shape.addend = match [height, width] == output {
                true => Addend::EachPixel,
                false => Addend::EachChannel,
            };
            addend.into_dispatch()
        }
    };
    let gpu = runs_kernels(&x.device());
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(match gpu {
        true => direct(
            [x, weight, bias, addend],
            |[x, weight, bias, addend]| Cube::convolution(x, weight, bias, addend, shape),
            |[x, weight, bias, addend]| Followed::convolution(x, weight, bias, addend, shape),
        ),
        false => Dispatch::convolution(x, weight, bias, addend, shape),
    })
}

/// The convolution.
#[backend_extension(Cube, Flex, Fusion, Autodiff)]
pub trait Convolution: Backend {
    #[fusion(dtype = x, shape = Shape::new([
        x[0],
        weight[0],
        shape.output(x[2], weight[2]),
        shape.output(x[3], weight[3]),
    ]))]
    fn convolution(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        addend: FloatTensor<Self>,
        shape: ConvShape,
    ) -> FloatTensor<Self>;
}

/// Its gradient.
#[backend_extension(Cube, Flex, Fusion)]
pub trait ConvolutionGrad: Backend {
    /// Of the input, whose image size is `[height, width]`.
    #[fusion(dtype = grad, shape = Shape::new([grad[0], weight[1], *height, *width]))]
    fn convolution_input_grad(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        height: usize,
        width: usize,
        shape: ConvShape,
    ) -> FloatTensor<Self>;

    /// Of the weight, `[out, in, kernel, kernel]`, and of the bias, `[out]`.
    #[fusion(meta = |x, grad, kernel, _shape| (
        TensorSpec::new(Shape::new([grad.shape[1], x.shape[1], *kernel, *kernel]), x.dtype),
        TensorSpec::new(Shape::new([grad.shape[1]]), x.dtype),
    ))]
    fn convolution_weight_grad(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        kernel: usize,
        shape: ConvShape,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// Of what is added to all pixels of a channel alike, `[batch, out, 1, 1]`.
    #[fusion(dtype = grad, shape = Shape::new([grad[0], grad[1], 1, 1]))]
    fn convolution_channel_grad(grad: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl Convolution for CubeBackend {
    fn convolution(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        addend: FloatTensor<Self>,
        shape: ConvShape,
    ) -> FloatTensor<Self> {
        conv_cube::forward(x, weight, bias, addend, shape)
    }
}

impl ConvolutionGrad for CubeBackend {
    fn convolution_input_grad(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        height: usize,
        width: usize,
        shape: ConvShape,
    ) -> FloatTensor<Self> {
        conv_cube::input_grad(grad, weight, [height, width], shape)
    }

    fn convolution_weight_grad(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        kernel: usize,
        shape: ConvShape,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        conv_grad_cube::weight_grad(x, grad, kernel, shape)
    }

    fn convolution_channel_grad(grad: FloatTensor<Self>) -> FloatTensor<Self> {
        conv_sums_cube::channel_grad(grad)
    }
}

/// The convolution's step back.
#[derive(Debug)]
struct ConvolutionBackward;

impl<B: ConvolutionGrad> Backward<B, 4> for ConvolutionBackward {
    /// The input and the weight.
    type State = (FloatTensor<B>, FloatTensor<B>, ConvShape);

    fn backward(self, ops: Ops<Self::State, 4>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [of_x, of_weight, of_bias, of_addend] = ops.parents;
        let (x, weight, shape) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        if let Some(node) = of_x {
            let (height, width) = (x.shape()[2], x.shape()[3]);
            let grad = B::convolution_input_grad(grad.clone(), weight.clone(), height, width, shape);
            grads.register::<B>(node.id, grad);
        }
        if of_weight.is_some() || of_bias.is_some() {
            let kernel = weight.shape()[2];
            let (weight_grad, bias_grad) = B::convolution_weight_grad(x, grad.clone(), kernel, shape);
            for (node, grad) in [(of_weight, weight_grad), (of_bias, bias_grad)] {
                if let Some(node) = node {
                    grads.register::<B>(node.id, grad);
                }
            }
        }
        match (of_addend, shape.addend) {
            (Some(node), Addend::EachPixel) => grads.register::<B>(node.id, grad),
            (Some(node), Addend::EachChannel) => {
                grads.register::<B>(node.id, B::convolution_channel_grad(grad));
            }
            (_, Addend::Nothing) | (None, _) => {}
        }
    }
}

impl<B: Convolution + ConvolutionGrad, C: CheckpointStrategy> Convolution for Autodiff<B, C> {
    fn convolution(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        addend: FloatTensor<Self>,
        shape: ConvShape,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node(), addend.node()];
        let [x, weight, bias, addend] = [x, weight, bias, addend].map(|tensor| tensor.into_primitive());
        match ConvolutionBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let y = B::convolution(x.clone(), weight.clone(), bias, addend, shape);
                prep.finish((x, weight, shape), y)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::convolution(x, weight, bias, addend, shape)),
        }
    }
}
