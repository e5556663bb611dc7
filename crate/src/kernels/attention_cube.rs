//! Attention on the GPU, in one launch. Scores are never written down.
//!
//! A thread has one query and goes through all keys, which a workgroup loads 16 at a time, with a running maximum and
//! sum for the softmax (Dao et al., 2022, "FlashAttention", algorithm 1).

use burn::tensor::Shape;
use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;
use cubecl::zspace::metadata::Metadata;

use super::cube::{empty, view};
use crate::runtime::work::computes;

/// Threads of a workgroup, each with a query or a key.
pub const SIDE: u32 = 64;

/// How far apart the neighbours of `[batch, heads, tokens, head_dim]` are.
#[derive(CubeLaunch, CubeType, Clone, Copy)]
pub struct Strides {
    pub batch: u32,
    pub head: u32,
    pub token: u32,
    pub dim: u32,
}

pub fn strides(tensor: &CubeTensor) -> StridesLaunch {
    let of = |axis: usize| tensor.meta.strides()[axis] as u32;
    StridesLaunch::new(of(0), of(1), of(2), of(3))
}

/// `[batch, heads, tokens, head_dim]`.
pub fn dims(tensor: &CubeTensor) -> [usize; 4] {
    tensor.meta.shape().dims()
}

/// `flat` from `start` on as a tensor of the shape of `like`, in the same order of tokens and dimensions.
pub fn like(flat: &CubeTensor, start: usize, like: &CubeTensor) -> CubeTensor {
    let [batch, heads, tokens, dim] = dims(like);
    let count = batch * heads * tokens * dim;
    let mut result = view(flat, start, [count]);
    let dims_last = like.meta.strides()[3] == 1 || dim == 1;
    let strides: [usize; 4] = if dims_last {
        [tokens * heads * dim, dim, heads * dim, 1]
    } else {
        [heads * dim * tokens, dim * tokens, 1, tokens]
    };
    *result.meta = Metadata::new(Shape::new([batch, heads, tokens, dim]), strides);
    result
}

/// Result, in the order of `q`, and the logarithm of each query's sum, `[batch, heads, tokens]`.
pub fn forward(q: CubeTensor, k: CubeTensor, v: CubeTensor) -> (CubeTensor, CubeTensor) {
    let [batch, heads, tokens, dim] = dims(&q);
    let context = dims(&k)[2];
    let out = like(&empty(&q, [batch * heads * tokens * dim]), 0, &q);
    let sums = empty(&q, [batch, heads, tokens]);
    let (q_strides, k_strides, v_strides, out_strides) =
        (strides(&q), strides(&k), strides(&v), strides(&out));
    // Scores, and values by them.
    computes::<attention_kernel::AttentionKernel>(&[2, batch, heads, tokens, context, dim]);
    attention_kernel::launch(
        &out.client,
        CubeCount::Static((tokens as u32).div_ceil(SIDE), heads as u32, batch as u32),
        CubeDim::new_1d(SIDE),
        q.into_tensor_arg(),
        k.into_tensor_arg(),
        v.into_tensor_arg(),
        out.clone().into_tensor_arg(),
        sums.clone().into_tensor_arg(),
        q_strides,
        k_strides,
        v_strides,
        out_strides,
        tokens as u32,
        context as u32,
        (dim as f32).powf(-0.5),
        dim as u32,
    );
    (out, sums)
}

/// The queries (0), keys (1) or values (2) of `heads` heads in `qkv` `[batch, tokens, 3 width]`, contiguous, as
/// `[batch, heads, tokens, head_dim]`.
pub fn packed(qkv: &CubeTensor, which: usize, heads: usize) -> CubeTensor {
    let [batch, tokens, columns] = qkv.meta.shape().dims();
    let width = columns / 3;
    let size = qkv.dtype.size();
    let mut part = qkv.clone();
    part.handle = part
        .handle
        .offset_start((which * width * size) as u64)
        .offset_end(((2 - which) * width * size) as u64);
    *part.meta = Metadata::new(
        Shape::new([batch, heads, tokens, width / heads]),
        [tokens * columns, width / heads, columns, 1],
    );
    part
}

/// [`forward`] of what lies in `qkv`; the result is `[batch, tokens, width]`.
pub fn forward_self(qkv: CubeTensor, heads: usize) -> (CubeTensor, CubeTensor) {
    let qkv = into_contiguous(qkv);
    let [batch, tokens, columns] = qkv.meta.shape().dims();
    let [q, k, v] = [0, 1, 2].map(|which| packed(&qkv, which, heads));
    let (out, sums) = forward(q, k, v);
    (view(&out, 0, [batch, tokens, columns / 3]), sums)
}

/// Where the tokens of this workgroup's image and head begin.
#[cube]
pub fn base(batch: u32, head: u32) -> u32 {
    CUBE_POS_Z * batch + CUBE_POS_Y * head
}

/// Tokens `first..first + 16` into shared memory, `[16, dim]`; zeros beyond the last.
#[cube]
pub fn load(
    from: &Tensor<f32>,
    at: &Strides,
    first: u32,
    tokens: u32,
    shared: &mut Shared<[f32]>,
    #[comptime] dim: u32,
) {
    let start = base(at.batch, at.head);
    let mut slot = UNIT_POS_X;
    while slot < comptime!(16 * dim) {
        let token = first + slot / dim;
        let mut value = 0.0f32;
        if token < tokens {
            value = from[(start + token * at.token + (slot % dim) * at.dim) as usize];
        }
        shared[slot as usize] = value;
        slot += 64;
    }
}

#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn attention_kernel(
    q: &Tensor<f32>,
    k: &Tensor<f32>,
    v: &Tensor<f32>,
    out: &mut Tensor<f32>,
    sums: &mut Tensor<f32>,
    q_at: Strides,
    k_at: Strides,
    v_at: Strides,
    out_at: Strides,
    tokens: u32,
    context: u32,
    scale: f32,
    #[comptime] dim: u32,
) {
    let mut keys = Shared::<[f32]>::new_slice(comptime!((16 * dim) as usize));
    let mut values = Shared::<[f32]>::new_slice(comptime!((16 * dim) as usize));
    let token = CUBE_POS_X * 64 + UNIT_POS_X;
    let mut own = Array::<f32>::new(comptime!(dim as usize));
    let mut acc = Array::<f32>::new(comptime!(dim as usize));
    #[unroll]
    for d in 0..dim {
        own[d as usize] = 0.0f32;
        acc[d as usize] = 0.0f32;
    }
    if token < tokens {
        let start = base(q_at.batch, q_at.head) + token * q_at.token;
        #[unroll]
        for d in 0..dim {
            own[d as usize] = q[(start + d * q_at.dim) as usize] * scale;
        }
    }

    let mut largest = f32::new(-1.0e30_f32);
    let mut sum = 0.0f32;
    let mut first = 0u32;
    while first < context {
        load(k, &k_at, first, context, &mut keys, dim);
        load(v, &v_at, first, context, &mut values, dim);
        sync_cube();
        let mut count = context - first;
        if count > 16 {
            count = 16u32;
        }
        let mut j = 0u32;
        while j < count {
            let mut score = 0.0f32;
            #[unroll]
            for d in 0..dim {
                score += own[d as usize] * keys[(j * dim + d) as usize];
            }
            let mut top = largest;
            if score > top {
                top = score;
            }
            let kept = (largest - top).exp();
            let weight = (score - top).exp();
            largest = top;
            sum = sum * kept + weight;
            #[unroll]
            for d in 0..dim {
                acc[d as usize] = acc[d as usize] * kept + weight * values[(j * dim + d) as usize];
            }
            j += 1;
        }
        sync_cube();
        first += 16;
    }

    if token < tokens {
        let start = base(out_at.batch, out_at.head) + token * out_at.token;
        #[unroll]
        for d in 0..dim {
            out[(start + d * out_at.dim) as usize] = acc[d as usize] / sum;
        }
        sums[((CUBE_POS_Z * CUBE_COUNT_Y + CUBE_POS_Y) * tokens + token) as usize] = largest + sum.ln();
    }
}
