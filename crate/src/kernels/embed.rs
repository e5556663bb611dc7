//! What conditions a network: sinusoids of the timestep, and the sum of timestep's and label's vectors. A launch each, and
//! one back.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::NoCheckpointing};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Backend, Cube, backend_extension};
use burn::tensor::{Int, Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::cube::{Tracked, from_gpu, from_tracked, on_gpu, runs_kernels, tracked};
use super::{embed_cube, silu};

/// `[batch, 2 n]`: cosines then sines (`cosines_first`) or sines then cosines of `t` `[batch]` times each of the
/// `frequencies`, `[1, n]`. Nothing has a gradient.
pub fn sinusoids(t: Tensor<1>, frequencies: Tensor<2>, cosines_first: bool) -> Tensor<2> {
    if runs_kernels(&t.device()) {
        let autodiff = t.is_autodiff();
        let [t, frequencies] = [t.into_dispatch(), frequencies.into_dispatch()];
        let [t, frequencies] = [t, frequencies].map(|x| tracked(x).into_primitive());
        let waves = Cube::sinusoids(t, frequencies, cosines_first);
        return Tensor::from_dispatch(match autodiff {
            true => from_tracked(Tracked::new(waves)),
            false => from_gpu(waves),
        });
    }
    let angles = t.unsqueeze_dim::<2>(1) * frequencies;
    let (sin, cos) = (angles.clone().sin(), angles.cos());
    Tensor::cat(
        if cosines_first {
            vec![cos, sin]
        } else {
            vec![sin, cos]
        },
        1,
    )
}

/// The SiLU of `x` `[batch, dim]` plus each label's row of `table` `[classes, dim]`; `labels` `[batch]` -> the shape of `x`.
pub fn silu_labelled(x: Tensor<2>, table: Tensor<2>, labels: Tensor<1, Int>) -> Tensor<2> {
    if runs_kernels(&x.device()) {
        let autodiff = x.is_autodiff() || table.is_autodiff();
        let [x, table] = [x, table].map(|x| tracked(x.into_dispatch()));
        let labels = on_gpu(labels.into_dispatch());
        let nodes = [x.node(), table.node()];
        let [x, table] = [x, table].map(Tracked::into_primitive);
        let y = Cube::silu_labelled(x.clone(), table.clone(), labels.clone());
        if !autodiff {
            return Tensor::from_dispatch(from_gpu(y));
        }
        let prepared = SiluLabelledBackward
            .prepare::<NoCheckpointing>(nodes)
            .compute_bound();
        return Tensor::from_dispatch(from_tracked(match prepared.stateful() {
            OpsKind::Tracked(prep) => prep.finish(([x, table], labels), y),
            OpsKind::UnTracked(prep) => prep.finish(y),
        }));
    }
    silu(x + table.select(0, labels))
}

/// Both on the GPU.
#[backend_extension(Cube, Fusion)]
pub trait Embed: Backend {
    #[fusion(dtype = t, shape = Shape::new([t[0], 2 * frequencies[1]]))]
    fn sinusoids(
        t: FloatTensor<Self>,
        frequencies: FloatTensor<Self>,
        cosines_first: bool,
    ) -> FloatTensor<Self>;

    #[fusion(dtype = x, shape = x)]
    fn silu_labelled(
        x: FloatTensor<Self>,
        table: FloatTensor<Self>,
        labels: IntTensor<Self>,
    ) -> FloatTensor<Self>;

    /// The gradients of `x` and of the table.
    #[fusion(meta = |x, table, _labels, _grad| (x.clone(), table.clone()))]
    fn silu_labelled_grad(
        x: FloatTensor<Self>,
        table: FloatTensor<Self>,
        labels: IntTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

impl Embed for CubeBackend {
    fn sinusoids(
        t: FloatTensor<Self>,
        frequencies: FloatTensor<Self>,
        cosines_first: bool,
    ) -> FloatTensor<Self> {
        embed_cube::sinusoids(t, frequencies, cosines_first)
    }

    fn silu_labelled(
        x: FloatTensor<Self>,
        table: FloatTensor<Self>,
        labels: IntTensor<Self>,
    ) -> FloatTensor<Self> {
        embed_cube::forward(x, table, labels)
    }

    fn silu_labelled_grad(
        x: FloatTensor<Self>,
        table: FloatTensor<Self>,
        labels: IntTensor<Self>,
        grad: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        embed_cube::gradient(x, table, labels, grad)
    }
}

/// The step back of [`silu_labelled`].
#[derive(Debug)]
struct SiluLabelledBackward;

impl Backward<Cube, 2> for SiluLabelledBackward {
    /// `x` and the table; the labels.
    type State = ([FloatTensor<Cube>; 2], IntTensor<Cube>);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let ([x, table], labels) = ops.state;
        let grad = grads.consume::<Cube>(&ops.node);
        let (of_x, of_table) = Cube::silu_labelled_grad(x, table, labels, grad);
        for (node, grad) in ops.parents.into_iter().zip([of_x, of_table]) {
            if let Some(node) = node {
                grads.register::<Cube>(node.id, grad);
            }
        }
    }
}
