//! Linear maps of one input by several layers: what a condition says to the blocks of a Diffusion Transformer. A launch for
//! all forward, two for all back.

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::NoCheckpointing};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::cube::{Tracked, from_gpu, from_tracked, on_gpu, runs_kernels, tracked};
use super::flat::{FlatVector, next_start};
use super::modulation::Modulation;
use super::{linear, linear_cube, linear_grad_cube};

/// Layers of a launch.
const MOST: usize = 6;

/// Each layer's map of `x` `[batch, in]` by its weight, `[out, in]`, and bias, `[out]`, which are of one size.
pub fn modulations(x: Tensor<2>, layers: &[(Tensor<2>, Tensor<1>)]) -> Vec<Modulation> {
    let on_gpu = runs_kernels(&x.device());
    let modulations = |layers: &[(Tensor<2>, Tensor<1>)]| match layers {
        [_, _, ..] if on_gpu => Modulation::of_blocks(maps(x.clone(), layers)),
        _ => layers
            .iter()
            .map(|(weight, bias)| Modulation::of_block(linear(x.clone(), weight.clone(), bias.clone())))
            .collect(),
    };
    layers.chunks(MOST).flat_map(modulations).collect()
}

/// `[layers, batch, out]`.
fn maps(x: Tensor<2>, layers: &[(Tensor<2>, Tensor<1>)]) -> Tensor<3> {
    let count = layers.len();
    // Where there are fewer, the last stands there again, and is not looked at.
    let layer = |i: usize| &layers[i.min(count - 1)];
    let weights: [_; MOST] = std::array::from_fn(|i| layer(i).0.clone().into_dispatch());
    let biases: [_; MOST] = std::array::from_fn(|i| layer(i).1.clone().into_dispatch());
    let autodiff = x.is_autodiff() || layers[0].0.is_autodiff();
    let x = x.into_dispatch();
    if !autodiff {
        let ([a, b, c, d, e, f], [i, j, k, l, m, n]) = (weights.map(on_gpu), biases.map(on_gpu));
        let maps = Cube::linear_maps(on_gpu(x), a, b, c, d, e, f, i, j, k, l, m, n, count);
        return Tensor::from_dispatch(from_gpu(maps));
    }
    let x = tracked(x);
    let (weights, biases) = (weights.map(tracked), biases.map(tracked));
    let mut nodes = weights.iter().chain(&biases).map(Tracked::node);
    let mut next = || nodes.next().expect("twelve tensors");
    let nodes: [_; 1 + 2 * MOST] = std::array::from_fn(|i| if i == 0 { x.node() } else { next() });
    let (x, weights) = (x.into_primitive(), weights.map(Tracked::into_primitive));
    let [a, b, c, d, e, f] = weights.clone();
    let [i, j, k, l, m, n] = biases.map(Tracked::into_primitive);
    let maps = Cube::linear_maps(x.clone(), a, b, c, d, e, f, i, j, k, l, m, n, count);
    let prepared = MapsBackward.prepare::<NoCheckpointing>(nodes).compute_bound();
    Tensor::from_dispatch(from_tracked(match prepared.stateful() {
        OpsKind::Tracked(prep) => prep.finish((x, weights, count), maps),
        OpsKind::UnTracked(prep) => prep.finish(maps),
    }))
}

/// Numbers of a layer's gradients, which lie as in the flat vector of all parameters.
fn step(weight: &Shape) -> usize {
    next_start(next_start(0, weight.num_elements()), weight[0])
}

/// The maps on the GPU.
#[backend_extension(Cube, Fusion)]
#[allow(clippy::too_many_arguments, clippy::many_single_char_names)]
pub trait LinearMaps: Backend {
    /// By the first `count` of the weights `a` to `f` and biases `i` to `n`.
    #[fusion(dtype = x, shape = Shape::new([*count, x[0], a[0]]))]
    fn linear_maps(
        x: FloatTensor<Self>,
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
        e: FloatTensor<Self>,
        f: FloatTensor<Self>,
        i: FloatTensor<Self>,
        j: FloatTensor<Self>,
        k: FloatTensor<Self>,
        l: FloatTensor<Self>,
        m: FloatTensor<Self>,
        n: FloatTensor<Self>,
        count: usize,
    ) -> FloatTensor<Self>;

    /// The gradients of the input, and of all weights and biases in one vector.
    #[fusion(meta = |_grad, x, a, _b, _c, _d, _e, _f, count| (
        x.clone(),
        TensorSpec::new(Shape::new([count * step(&a.shape)]), x.dtype),
    ))]
    fn linear_maps_grads(
        grad: FloatTensor<Self>,
        x: FloatTensor<Self>,
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
        e: FloatTensor<Self>,
        f: FloatTensor<Self>,
        count: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

impl LinearMaps for CubeBackend {
    fn linear_maps(
        x: FloatTensor<Self>,
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
        e: FloatTensor<Self>,
        f: FloatTensor<Self>,
        i: FloatTensor<Self>,
        j: FloatTensor<Self>,
        k: FloatTensor<Self>,
        l: FloatTensor<Self>,
        m: FloatTensor<Self>,
        n: FloatTensor<Self>,
        count: usize,
    ) -> FloatTensor<Self> {
        let (weights, biases) = ([a, b, c, d, e, f], [i, j, k, l, m, n]);
        linear_cube::maps(x, &weights[..count], &biases[..count])
    }

    fn linear_maps_grads(
        grad: FloatTensor<Self>,
        x: FloatTensor<Self>,
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
        e: FloatTensor<Self>,
        f: FloatTensor<Self>,
        count: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        linear_grad_cube::maps_grads(grad, &[a, b, c, d, e, f][..count], x)
    }
}

/// The maps' step back.
#[derive(Debug)]
struct MapsBackward;

impl Backward<Cube, 13> for MapsBackward {
    /// The input, the weights and their count.
    type State = (FloatTensor<Cube>, [FloatTensor<Cube>; MOST], usize);

    fn backward(self, ops: Ops<Self::State, 13>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let (x, [a, b, c, d, e, f], count) = ops.state;
        let grad = grads.consume::<Cube>(&ops.node);
        let size = a.shape();
        let (of_x, of_layers) = Cube::linear_maps_grads(grad, x, a, b, c, d, e, f, count);
        let mut nodes = ops.parents.into_iter();
        if let Some(Some(node)) = nodes.next() {
            grads.register::<Cube>(node.id, of_x);
        }
        let nodes: Vec<_> = nodes.collect();
        let (weights, biases) = nodes.split_at(MOST);
        for (i, (weight, bias)) in weights.iter().zip(biases).take(count).enumerate() {
            let start = i * step(&size);
            if let Some(node) = weight {
                let part = Cube::flat_part(of_layers.clone(), start, size.to_vec());
                grads.register::<Cube>(node.id, part);
            }
            if let Some(node) = bias {
                let start = next_start(start, size.num_elements());
                let part = Cube::flat_part(of_layers.clone(), start, vec![size[0]]);
                grads.register::<Cube>(node.id, part);
            }
        }
    }
}
