//! Convolution, linear map and nearest-neighbour upsampling. Weights have PyTorch's layouts.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::autodiff::{Autodiff, NodeId};
use burn::backend::fusion::custom::TensorSpec;
use burn::backend::ops::{FloatTensorOps, ModuleOps};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, Flex, TensorMetadata, backend_extension};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::cube::runs_kernels;
use super::{conv_cube, conv_grad_cube};

/// 2-D convolution.
///
/// `x` `[batch, in, height, width]`, `weight` `[out, in, k, k]`, `bias` `[out]` ->
/// `[batch, out, (height + 2 padding - k) / stride + 1, ...]`.
pub fn conv2d(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, stride: usize, padding: usize) -> Tensor<4> {
    let (x, weight, bias) = (x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(Dispatch::convolution(x, weight, bias, stride, padding))
}

/// `x` `[batch, in]`, `weight` `[out, in]`, `bias` `[out]` -> `x weight^T + bias`, `[batch, out]`.
///
/// On the GPU this is the convolution of images of one pixel: its kernels add the bias, and cut the sum of a small
/// matrix's gradient into parts.
pub fn linear(x: Tensor<2>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<2> {
    if runs_kernels(&x.device()) {
        let [batch, input] = x.dims();
        let output = bias.dims()[0];
        return linear_pixels(x.reshape([batch, input, 1, 1]), weight, bias).reshape([batch, output]);
    }
    x.matmul(weight.transpose()) + bias.unsqueeze()
}

/// [`linear`] on every pixel: `x` `[batch, in, height, width]` -> `[batch, out, height, width]`.
pub fn linear_pixels(x: Tensor<4>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<4> {
    let [output, input] = weight.dims();
    conv2d(x, weight.reshape([output, input, 1, 1]), bias, 1, 0)
}

/// Every pixel becomes 2x2 equal pixels: `[b, c, h, w]` -> `[b, c, 2h, 2w]`.
pub fn upsample_nearest_2x(x: Tensor<4>) -> Tensor<4> {
    let [b, c, h, w] = x.dims();
    x.reshape([b, c, h, 1, w, 1])
        .expand([b, c, h, 2, w, 2])
        .reshape([b, c, 2 * h, 2 * w])
}

/// The convolution: on the GPU our own kernel, on the CPU Burn's.
#[backend_extension(Cube, Flex, Fusion, Autodiff)]
pub trait Convolution: Backend {
    #[fusion(dtype = x, shape = Shape::new([
        x[0],
        weight[0],
        (x[2] + 2 * padding - weight[2]) / stride + 1,
        (x[3] + 2 * padding - weight[3]) / stride + 1,
    ]))]
    fn convolution(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        stride: usize,
        padding: usize,
    ) -> FloatTensor<Self>;
}

/// The two halves of the convolution's gradient that cost as much as the convolution itself.
#[backend_extension(Cube, Flex, Fusion)]
pub trait ConvolutionGrad: Backend {
    /// Of the input, whose image size is `[height, width]`.
    #[fusion(dtype = grad, shape = Shape::new([grad[0], weight[1], *height, *width]))]
    fn convolution_input_grad(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        height: usize,
        width: usize,
        stride: usize,
        padding: usize,
    ) -> FloatTensor<Self>;

    /// Of the weight, `[out, in, kernel, kernel]`, and of the bias, `[out]`.
    #[fusion(meta = |x, grad, kernel, _stride, _padding| (
        TensorSpec::new(Shape::new([grad.shape[1], x.shape[1], *kernel, *kernel]), x.dtype),
        TensorSpec::new(Shape::new([grad.shape[1]]), x.dtype),
    ))]
    fn convolution_weight_grad(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        kernel: usize,
        stride: usize,
        padding: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

impl Convolution for CubeBackend {
    fn convolution(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        stride: usize,
        padding: usize,
    ) -> FloatTensor<Self> {
        conv_cube::forward(x, weight, bias, stride, padding)
    }
}

impl ConvolutionGrad for CubeBackend {
    fn convolution_input_grad(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        height: usize,
        width: usize,
        stride: usize,
        padding: usize,
    ) -> FloatTensor<Self> {
        conv_cube::input_grad(grad, weight, [height, width], stride, padding)
    }

    fn convolution_weight_grad(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        kernel: usize,
        stride: usize,
        padding: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        conv_grad_cube::weight_grad(x, grad, kernel, stride, padding)
    }
}

fn options(stride: usize, padding: usize) -> ConvOptions<2> {
    ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1)
}

impl Convolution for Flex {
    fn convolution(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        stride: usize,
        padding: usize,
    ) -> FloatTensor<Self> {
        Self::conv2d(x, weight, Some(bias), options(stride, padding))
    }
}

impl ConvolutionGrad for Flex {
    fn convolution_input_grad(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        height: usize,
        width: usize,
        stride: usize,
        padding: usize,
    ) -> FloatTensor<Self> {
        let shape = Shape::new([grad.shape()[0], weight.shape()[1], height, width]);
        // Only its shape is looked at.
        let x = Self::float_empty(shape, &grad.device(), grad.dtype().into());
        Self::conv2d_x_backward(x, weight, grad, options(stride, padding))
    }

    fn convolution_weight_grad(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        kernel: usize,
        stride: usize,
        padding: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let [batch, channels, height, width] = grad.shape().dims();
        let of_bias = Self::float_reshape(grad.clone(), Shape::new([batch, channels, height * width]));
        let of_bias = Self::float_sum_dim(Self::float_sum_dim(of_bias, 2), 0);
        let shape = Shape::new([channels, x.shape()[1], kernel, kernel]);
        // Only its shape is looked at.
        let weight = Self::float_empty(shape, &grad.device(), grad.dtype().into());
        (
            Self::conv2d_weight_backward(x, weight, grad, options(stride, padding)),
            Self::float_reshape(of_bias, Shape::new([channels])),
        )
    }
}

/// The convolution's step back.
#[derive(Debug)]
struct ConvolutionBackward;

impl<B: ConvolutionGrad> Backward<B, 3> for ConvolutionBackward {
    /// The input's and the weight's nodes, stride and padding.
    type State = (NodeId, NodeId, usize, usize);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, checkpointer: &mut Checkpointer) {
        let [of_x, of_weight, of_bias] = ops.parents;
        let (x, weight, stride, padding) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let x = checkpointer.retrieve_node_output::<FloatTensor<B>>(x);
        let weight = checkpointer.retrieve_node_output::<FloatTensor<B>>(weight);
        if let Some(node) = of_x {
            let (height, width) = (x.shape()[2], x.shape()[3]);
            let grad =
                B::convolution_input_grad(grad.clone(), weight.clone(), height, width, stride, padding);
            grads.register::<B>(node.id, grad);
        }
        if of_weight.is_none() && of_bias.is_none() {
            return;
        }
        let kernel = weight.shape()[2];
        let (weight_grad, bias_grad) = B::convolution_weight_grad(x, grad, kernel, stride, padding);
        for (node, grad) in [(of_weight, weight_grad), (of_bias, bias_grad)] {
            if let Some(node) = node {
                grads.register::<B>(node.id, grad);
            }
        }
    }
}

impl<B: Convolution + ConvolutionGrad, C: CheckpointStrategy> Convolution for Autodiff<B, C> {
    fn convolution(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        stride: usize,
        padding: usize,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node()];
        let convolve = |x: FloatTensor<Self>, weight: FloatTensor<Self>, bias: FloatTensor<Self>| {
            B::convolution(
                x.into_primitive(),
                weight.into_primitive(),
                bias.into_primitive(),
                stride,
                padding,
            )
        };
        match ConvolutionBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let state = (prep.checkpoint(&x), prep.checkpoint(&weight), stride, padding);
                prep.finish(state, convolve(x, weight, bias))
            }
            OpsKind::UnTracked(prep) => prep.finish(convolve(x, weight, bias)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn upsampling_repeats_pixels_and_sums_their_gradients() {
        let device = Device::flex().autodiff();
        let x = Tensor::<4>::from_data([[[[1.0, 2.0], [3.0, 4.0]]]], &device).require_grad();
        let y = upsample_nearest_2x(x.clone());
        let row = |a, b| [a, a, b, b];
        let expected = [[[row(1.0, 2.0), row(1.0, 2.0), row(3.0, 4.0), row(3.0, 4.0)]]];
        y.clone().into_data().assert_eq(
            &Tensor::<4>::from_data(expected, &Device::flex()).into_data(),
            true,
        );
        let grads = y.sum().backward();
        let grad = x.grad(&grads).expect("x requires a gradient").into_data();
        grad.assert_eq(
            &Tensor::<4>::full([1, 1, 2, 2], 4.0, &Device::flex()).into_data(),
            true,
        );
    }
}
