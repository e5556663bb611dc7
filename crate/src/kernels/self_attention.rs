//! Self-attention of tokens whose queries, keys and values lie beside each other: nothing is copied to take them apart.

use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, Dispatch, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::attention::{LARGEST_HEAD, LONGEST, attention};
use super::cube::{Followed, direct, runs_kernels};
use super::{attention_cube, attention_grad_cube};

/// Entries between which WebGPU lets a buffer be bound: 256 bytes.
const BINDING: usize = 64;

/// [`attention`] of tokens to each other in `heads` heads. `qkv` `[batch, tokens, 3 width]` has each token's queries, then
/// keys, then values, of all heads -> `[batch, tokens, width]`.
pub fn self_attention(qkv: Tensor<3>, heads: usize) -> Tensor<3> {
    let [batch, tokens, width] = qkv.dims();
    let width = width / 3;
    if !runs_kernels(&qkv.device()) {
        return Tensor::from_dispatch(Dispatch::attend_self(qkv.into_dispatch(), heads));
    }
    if tokens <= LONGEST && width / heads <= LARGEST_HEAD && width.is_multiple_of(BINDING) {
        return Tensor::from_dispatch(direct(
            [qkv.into_dispatch()],
            |[qkv]| Cube::attend_self(qkv, heads),
            |[qkv]| Followed::attend_self(qkv, heads),
        ));
    }
    let [q, k, v] = std::array::from_fn(|i| {
        qkv.clone()
            .narrow(2, i * width, width)
            .reshape([batch, tokens, heads, width / heads])
            .swap_dims(1, 2)
    });
    attention(q, k, v).swap_dims(1, 2).reshape([batch, tokens, width])
}

/// Self-attention.
#[backend_extension(Cube, Flex, Fusion, Autodiff)]
pub trait AttendSelf: Backend {
    #[fusion(dtype = qkv, shape = Shape::new([qkv[0], qkv[1], qkv[2] / 3]))]
    fn attend_self(qkv: FloatTensor<Self>, heads: usize) -> FloatTensor<Self>;
}

/// What the gradient needs besides.
#[backend_extension(Cube, Flex, Fusion)]
pub trait AttendSelfParts: Backend {
    /// The result, and the logarithm of the sum that each query's softmax divides by, `[batch, heads, tokens]`.
    #[fusion(meta = |qkv, heads| (
        TensorSpec::new(Shape::new([qkv.shape[0], qkv.shape[1], qkv.shape[2] / 3]), qkv.dtype),
        TensorSpec::new(Shape::new([qkv.shape[0], *heads, qkv.shape[1]]), qkv.dtype),
    ))]
    fn attend_self_with_sums(qkv: FloatTensor<Self>, heads: usize) -> (FloatTensor<Self>, FloatTensor<Self>);

    #[fusion(dtype = qkv, shape = qkv)]
    fn attend_self_grad(
        qkv: FloatTensor<Self>,
        out: FloatTensor<Self>,
        sums: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        heads: usize,
    ) -> FloatTensor<Self>;
}

impl AttendSelf for CubeBackend {
    fn attend_self(qkv: FloatTensor<Self>, heads: usize) -> FloatTensor<Self> {
        attention_cube::forward_self(qkv, heads).0
    }
}

impl AttendSelfParts for CubeBackend {
    fn attend_self_with_sums(qkv: FloatTensor<Self>, heads: usize) -> (FloatTensor<Self>, FloatTensor<Self>) {
        attention_cube::forward_self(qkv, heads)
    }

    fn attend_self_grad(
        qkv: FloatTensor<Self>,
        out: FloatTensor<Self>,
        sums: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        heads: usize,
    ) -> FloatTensor<Self> {
        attention_grad_cube::gradient_self(qkv, out, sums, grad, heads)
    }
}

/// The step back: the softmax is computed again.
#[derive(Debug)]
struct AttendSelfBackward;

impl<B: AttendSelfParts> Backward<B, 1> for AttendSelfBackward {
    /// `qkv`, the result and the logarithms of the sums; the heads.
    type State = ([FloatTensor<B>; 3], usize);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let ([qkv, out, sums], heads) = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        if let [Some(node)] = ops.parents {
            grads.register::<B>(node.id, B::attend_self_grad(qkv, out, sums, grad, heads));
        }
    }
}

impl<B: AttendSelf + AttendSelfParts, C: CheckpointStrategy> AttendSelf for Autodiff<B, C> {
    fn attend_self(qkv: FloatTensor<Self>, heads: usize) -> FloatTensor<Self> {
        let nodes = [qkv.node()];
        let qkv = qkv.into_primitive();
        match AttendSelfBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let (out, sums) = B::attend_self_with_sums(qkv.clone(), heads);
                prep.finish(([qkv, out.clone(), sums], heads), out)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::attend_self(qkv, heads)),
        }
    }
}
