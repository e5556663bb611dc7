//! Equal parts of each row of a matrix: views forward, one launch for all their gradients back.
//!
//! Autodiff knows operations of one result, so that the gradients of N parts would each be a matrix of zeros around it,
//! and then a sum of N such matrices. Here each part leaves its gradient in a slot, and the step before all parts, which
//! autodiff takes after theirs, joins what lies there.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::chunk_cube;
use super::cube::runs_kernels;

/// A kernel binds no more.
const MOST: usize = 6;

/// `x` `[rows, N columns]` -> N parts, `[rows, columns]` each, N at most 6.
pub fn chunks<const N: usize>(x: Tensor<2>) -> [Tensor<2>; N] {
    const { assert!(N <= MOST) };
    let columns = x.dims()[1] / N;
    if !runs_kernels(&x.device()) {
        return std::array::from_fn(|i| x.clone().narrow(1, i * columns, columns));
    }
    let slots = Slots::new(N);
    let x = match x.is_autodiff() {
        true => Tensor::<2>::from_dispatch(Dispatch::join_gradients(x.into_dispatch(), slots.clone())),
        false => x,
    };
    let part = |i| Dispatch::chunk(x.clone().into_dispatch(), i, slots.clone());
    std::array::from_fn(|i| Tensor::from_dispatch(part(i)))
}

/// A place for the gradient of each part, which is a tensor of whatever backend computes.
#[derive(Clone)]
pub struct Slots(Arc<Mutex<Vec<Slot>>>);

type Slot = Option<Box<dyn Any + Send>>;

impl Slots {
    fn new(count: usize) -> Self {
        Self(Arc::new(Mutex::new((0..count).map(|_| None).collect())))
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn put<T: Send + 'static>(&self, i: usize, gradient: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[i] = Some(Box::new(gradient));
    }

    fn take<T: 'static>(&self) -> Vec<Option<T>> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = slots.iter_mut().map(Option::take);
        taken.map(|slot| Some(*slot?.downcast().ok()?)).collect()
    }
}

impl fmt::Debug for Slots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slots({})", self.count())
    }
}

/// A part, and the step that comes before all of them.
#[backend_extension(Cube, Fusion, Autodiff)]
pub trait Chunk: Backend {
    /// `x` as it is; going back, the gradient of all parts.
    #[fusion(dtype = x, shape = x)]
    fn join_gradients(x: FloatTensor<Self>, slots: Slots) -> FloatTensor<Self>;

    /// Part `i` of as many as there are slots.
    #[fusion(dtype = x, shape = Shape::new([x[0], x[1] / slots.count()]))]
    fn chunk(x: FloatTensor<Self>, i: usize, slots: Slots) -> FloatTensor<Self>;
}

/// What the gradient needs besides.
#[backend_extension(Cube, Fusion)]
pub trait Join: Backend {
    /// Rows of `count` of the parts, one after the other; the parts beyond are not read.
    #[fusion(dtype = a, shape = Shape::new([a[0], *count * a[1]]))]
    #[allow(clippy::too_many_arguments)]
    fn join(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
        e: FloatTensor<Self>,
        f: FloatTensor<Self>,
        count: usize,
    ) -> FloatTensor<Self>;
}

impl Chunk for CubeBackend {
    fn join_gradients(x: FloatTensor<Self>, _slots: Slots) -> FloatTensor<Self> {
        x
    }

    fn chunk(x: FloatTensor<Self>, i: usize, slots: Slots) -> FloatTensor<Self> {
        chunk_cube::chunk(x, i, slots.count())
    }
}

impl Join for CubeBackend {
    fn join(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
        e: FloatTensor<Self>,
        f: FloatTensor<Self>,
        count: usize,
    ) -> FloatTensor<Self> {
        chunk_cube::join([a, b, c, d, e, f], count)
    }
}

/// A part's step back: its gradient waits for the others.
#[derive(Debug)]
struct ChunkBackward;

impl<B: Backend> Backward<B, 1> for ChunkBackward {
    type State = (Slots, usize);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let (slots, i) = ops.state;
        slots.put(i, grads.consume::<B>(&ops.node));
    }
}

/// The step back of all parts together.
#[derive(Debug)]
struct JoinBackward;

impl<B: Join> Backward<B, 1> for JoinBackward {
    type State = Slots;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [node] = ops.parents;
        let parts = ops.state.take::<FloatTensor<B>>();
        let count = parts.len();
        let known = parts.iter().flatten().next().cloned();
        let (Some(node), Some(known)) = (node, known) else {
            return;
        };
        // A part that nothing was made of has the gradient 0.
        let zero = || B::float_mul_scalar(known.clone(), 0.0.into());
        let mut parts = parts.into_iter().map(|part| part.unwrap_or_else(zero));
        let [a, b, c, d, e, f] = std::array::from_fn(|_| parts.next().unwrap_or_else(|| known.clone()));
        grads.register::<B>(node.id, B::join(a, b, c, d, e, f, count));
    }
}

impl<B: Chunk + Join, C: CheckpointStrategy> Chunk for Autodiff<B, C> {
    fn join_gradients(x: FloatTensor<Self>, slots: Slots) -> FloatTensor<Self> {
        let nodes = [x.node()];
        let x = x.into_primitive();
        match JoinBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish(slots, x),
            OpsKind::UnTracked(prep) => prep.finish(x),
        }
    }

    fn chunk(x: FloatTensor<Self>, i: usize, slots: Slots) -> FloatTensor<Self> {
        let nodes = [x.node()];
        let part = B::chunk(x.into_primitive(), i, slots.clone());
        match ChunkBackward.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => prep.finish((slots, i), part),
            OpsKind::UnTracked(prep) => prep.finish(part),
        }
    }
}
