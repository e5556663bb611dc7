//! What a condition says to the blocks of a Diffusion Transformer, shifts, scales and gates, as one tensor: parts of it are
//! read where they lie forward, and their gradients written into one tensor back.
//!
//! Autodiff would give each part a gradient of the whole tensor's size and add them up. Here each kernel that reads a part
//! writes its gradient into a tensor that waits in a [`Slot`], and the step before all of them, which autodiff takes after
//! theirs, takes it from there.

use std::sync::{Arc, Mutex, PoisonError};

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::NoCheckpointing};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::ops::FloatTensorOps;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Cube, TensorMetadata};
use burn::tensor::Tensor;

use super::cube::{from_tracked, runs_kernels, tracked};

/// A block's row of parts for each image.
#[derive(Clone, Debug)]
pub struct Modulation {
    /// Of all blocks, `[blocks, batch, parts width]`.
    values: Tensor<3>,
    block: usize,
    gradients: Slot,
}

/// Where a kernel finds a part, and where its gradient goes.
#[derive(Clone, Debug)]
pub struct Part {
    /// The first image's.
    pub start: usize,
    /// From one image's to the next one's.
    pub step: usize,
    pub gradients: Slot,
}

impl Modulation {
    /// Each block's, of `[blocks, batch, parts width]`. No part may be used twice.
    pub fn of_blocks(values: Tensor<3>) -> Vec<Self> {
        let gradients = Slot::default();
        let blocks = values.dims()[0];
        let values = match values.is_autodiff() && runs_kernels(&values.device()) {
            true => joined(values, gradients.clone()),
            false => values,
        };
        let of_block = |block| Self {
            values: values.clone(),
            block,
            gradients: gradients.clone(),
        };
        (0..blocks).map(of_block).collect()
    }

    /// One block's, of `[batch, parts width]`.
    pub fn of_block(values: Tensor<2>) -> Self {
        Self::of_blocks(values.unsqueeze()).remove(0)
    }

    /// All parts, `[batch, parts width]`, to look at: on the GPU no gradient comes back from here.
    pub fn rows(&self) -> Tensor<2> {
        self.values.clone().narrow(0, self.block, 1).squeeze_dim(0)
    }

    /// Part `i`, `[batch, width]`, as the CPU takes it.
    pub(super) fn part(&self, i: usize, width: usize) -> Tensor<2> {
        self.rows().narrow(1, i * width, width)
    }

    /// The tensor with all blocks' parts, and where part `i` is in it.
    pub(super) fn find(&self, i: usize, width: usize) -> (Tensor<3>, Part) {
        let [_, batch, step] = self.values.dims();
        let part = Part {
            start: self.block * batch * step + i * width,
            step,
            gradients: self.gradients.clone(),
        };
        (self.values.clone(), part)
    }
}

/// A place for a gradient that autodiff does not see.
#[derive(Clone, Debug, Default)]
pub struct Slot(Arc<Mutex<Option<FloatTensor<Cube>>>>);

impl Slot {
    pub fn put(&self, gradient: FloatTensor<Cube>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(gradient);
    }

    pub fn take(&self) -> Option<FloatTensor<Cube>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Part {
    /// What the gradient of this part is written into: of the shape of `values`, zeros so far where no part has its.
    pub fn gradients(&self, values: &FloatTensor<Cube>) -> FloatTensor<Cube> {
        let zeros = || Cube::float_zeros(values.shape(), &values.device(), values.dtype().into());
        self.gradients.take().unwrap_or_else(zeros)
    }
}

/// `x` as it is; going back, the gradient of all parts.
fn joined(x: Tensor<3>, gradients: Slot) -> Tensor<3> {
    let x = tracked(x.into_dispatch());
    let nodes = [x.node()];
    let x = x.into_primitive();
    let prepared = JoinBackward.prepare::<NoCheckpointing>(nodes).compute_bound();
    Tensor::from_dispatch(from_tracked(match prepared.stateful() {
        OpsKind::Tracked(prep) => prep.finish(gradients, x),
        OpsKind::UnTracked(prep) => prep.finish(x),
    }))
}

/// The step back of all parts together.
#[derive(Debug)]
struct JoinBackward;

impl Backward<Cube, 1> for JoinBackward {
    type State = Slot;

    fn backward(self, ops: Ops<Slot, 1>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [node] = ops.parents;
        if let Some((node, gradient)) = node.zip(ops.state.take()) {
            grads.register::<Cube>(node.id, gradient);
        }
    }
}
