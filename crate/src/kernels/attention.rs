//! Scaled dot-product attention.

use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, backend_extension};
use burn::tensor::{Shape, Tensor, activation::softmax};
use burn_cubecl::CubeBackend;

use super::cube::{Followed, direct, runs_kernels};
use super::{attention_cube, attention_grad_cube};

/// Beyond these the kernel, which keeps a head's query and result in a thread's registers and goes through the keys one
/// by one, is slower than the matrix products.
pub(super) const LARGEST_HEAD: usize = 64;
pub(super) const LONGEST: usize = 256;

/// `softmax(q k^T / sqrt(head_dim)) v` (Vaswani et al., 2017, equation 1).
///
/// `q` `[batch, heads, tokens, head_dim]`, `k` and `v` `[batch, heads, context, head_dim]` -> the shape of `q`. They
/// may be transposed views: the kernel reads them as they lie, and its results lie as its inputs did.
pub fn attention(q: Tensor<4>, k: Tensor<4>, v: Tensor<4>) -> Tensor<4> {
    let [_, _, tokens, head_dim] = q.dims();
    let short = tokens.max(k.dims()[2]) <= LONGEST && head_dim <= LARGEST_HEAD;
    if short && runs_kernels(&q.device()) {
        let (q, k, v) = (q.into_dispatch(), k.into_dispatch(), v.into_dispatch());
        return Tensor::from_dispatch(direct(
            [q, k, v],
            |[q, k, v]| Cube::attend(q, k, v),
            |[q, k, v]| Followed::attend(q, k, v),
        ));
    }
    let scores = q.matmul(k.swap_dims(2, 3)) * (head_dim as f64).powf(-0.5);
    softmax(scores, 3).matmul(v)
}

/// Attention on the GPU.
#[backend_extension(Cube, Fusion, Autodiff)]
pub trait Attend: Backend {
    #[fusion(dtype = q, shape = q)]
    fn attend(q: FloatTensor<Self>, k: FloatTensor<Self>, v: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// What the gradient needs besides.
#[backend_extension(Cube, Fusion)]
pub trait AttendParts: Backend {
    /// The result, and the logarithm of the sum that each query's softmax divides by, `[batch, heads, tokens]`.
    #[fusion(meta = |q, _k, _v| (
        q.clone(),
        TensorSpec::new(Shape::new([q.shape[0], q.shape[1], q.shape[2]]), q.dtype),
    ))]
    fn attend_with_sums(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// The gradients of `q`, `k` and `v`.
    #[fusion(meta = |q, k, v, _out, _sums, _grad| (q.clone(), k.clone(), v.clone()))]
    fn attend_grad(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        out: FloatTensor<Self>,
        sums: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

impl Attend for CubeBackend {
    fn attend(q: FloatTensor<Self>, k: FloatTensor<Self>, v: FloatTensor<Self>) -> FloatTensor<Self> {
        attention_cube::forward(q, k, v).0
    }
}

impl AttendParts for CubeBackend {
    fn attend_with_sums(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        attention_cube::forward(q, k, v)
    }

    fn attend_grad(
        q: FloatTensor<Self>,
        k: FloatTensor<Self>,
        v: FloatTensor<Self>,
        out: FloatTensor<Self>,
        sums: FloatTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        attention_grad_cube::gradient(q, k, v, out, sums, grad)
    }
}

/// Attention's step back: the softmax is computed again.
#[derive(Debug)]
struct AttendBackward;

impl<B: AttendParts> Backward<B, 3> for AttendBackward {
    /// `q`, `k`, `v`, the result and the logarithms of the sums.
    type State = [FloatTensor<B>; 5];

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [q, k, v, out, sums] = ops.state;
        let grad = grads.consume::<B>(&ops.node);
        let (of_q, of_k, of_v) = B::attend_grad(q, k, v, out, sums, grad);
        for (node, grad) in ops.parents.into_iter().zip([of_q, of_k, of_v]) {
            if let Some(node) = node {
                grads.register::<B>(node.id, grad);
            }
        }
    }
}

impl<B: Attend + AttendParts, C: CheckpointStrategy> Attend for Autodiff<B, C> {
    fn attend(q: FloatTensor<Self>, k: FloatTensor<Self>, v: FloatTensor<Self>) -> FloatTensor<Self> {
        let nodes = [q.node(), k.node(), v.node()];
        let [q, k, v] = [q, k, v].map(|tensor| tensor.into_primitive());
        match AttendBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let (out, sums) = B::attend_with_sums(q.clone(), k.clone(), v.clone());
                prep.finish([q, k, v, out.clone(), sums], out)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::attend(q, k, v)),
        }
    }
}
