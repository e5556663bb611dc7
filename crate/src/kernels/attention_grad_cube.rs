//! The gradient of attention on the GPU, in one launch that computes the softmax again.
//!
//! In the first workgroups a thread has a query and goes through all keys, as forward; in the others a thread has a key
//! and goes through all queries.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::attention_cube::{SIDE, Strides, StridesLaunch, base, dims, like, load, packed, strides};
use super::cube::{aligned, empty};
use crate::runtime::work::computes;

/// The gradients of `q`, `k` and `v`, each in its own order.
pub fn gradient(
    q: CubeTensor,
    k: CubeTensor,
    v: CubeTensor,
    out: CubeTensor,
    sums: CubeTensor,
    grad: CubeTensor,
) -> (CubeTensor, CubeTensor, CubeTensor) {
    let [batch, heads, tokens, dim] = dims(&q);
    let context = dims(&k)[2];
    // One buffer for all that is written: WebGPU promises 8 buffers a kernel, and Burn takes one.
    let q_size = aligned(&q, batch * heads * tokens * dim);
    let k_size = aligned(&q, batch * heads * context * dim);
    let flat = empty(&q, [q_size + 2 * k_size]);
    let of_q = like(&flat, 0, &q);
    let of_k = like(&flat, q_size, &k);
    let of_v = like(&flat, q_size + k_size, &v);
    let to = [&of_q, &of_k, &of_v].map(strides);
    launch([q, k, v, out, sums, grad], flat, to, [q_size, k_size]);
    (of_q, of_k, of_v)
}

/// The gradient of `qkv` `[batch, tokens, 3 width]`, from the result and its gradient, `[batch, tokens, width]`.
pub fn gradient_self(
    qkv: CubeTensor,
    out: CubeTensor,
    sums: CubeTensor,
    grad: CubeTensor,
    heads: usize,
) -> CubeTensor {
    let qkv = into_contiguous(qkv);
    let [batch, tokens, columns] = qkv.meta.shape().dims();
    let flat = empty(&qkv, [batch, tokens, columns]);
    let [q, k, v] = [0, 1, 2].map(|which| packed(&qkv, which, heads));
    let to = [0, 1, 2].map(|which| strides(&packed(&flat, which, heads)));
    let [out, grad] = [out, grad].map(|of_tokens| like(&into_contiguous(of_tokens), 0, &q));
    let width = columns / 3;
    launch([q, k, v, out, sums, grad], flat.clone(), to, [width, width]);
    flat
}

/// Writes the gradients of `q`, `k` and `v` into `flat`, in the order that the strides `to` say: those of `k` begin
/// `sizes[0]` after those of `q`, and those of `v` `sizes[1]` after those of `k`.
fn launch(
    [q, k, v, out, sums, grad]: [CubeTensor; 6],
    flat: CubeTensor,
    to: [StridesLaunch; 3],
    sizes: [usize; 2],
) {
    let [batch, heads, tokens, dim] = dims(&q);
    let context = dims(&k)[2];
    let [q_at, k_at, v_at, out_at, grad_at] = [&q, &k, &v, &out, &grad].map(strides);
    let [of_q_at, of_k_at, of_v_at] = to;
    let query_groups = (tokens as u32).div_ceil(SIDE);
    let client = flat.client.clone();
    // The scores again, and the gradients of softmax, queries, keys and values; that some are computed twice does not count.
    computes::<attention_gradient_kernel::AttentionGradientKernel>(&[5, batch, heads, tokens, context, dim]);
    attention_gradient_kernel::launch(
        &client,
        CubeCount::Static(
            query_groups + (context as u32).div_ceil(SIDE),
            heads as u32,
            batch as u32,
        ),
        CubeDim::new_1d(SIDE),
        q.into_tensor_arg(),
        k.into_tensor_arg(),
        v.into_tensor_arg(),
        out.into_tensor_arg(),
        sums.into_tensor_arg(),
        grad.into_tensor_arg(),
        flat.into_tensor_arg(),
        q_at,
        k_at,
        v_at,
        out_at,
        grad_at,
        of_q_at,
        of_k_at,
        of_v_at,
        tokens as u32,
        context as u32,
        query_groups,
        sizes[0] as u32,
        sizes[1] as u32,
        (dim as f32).powf(-0.5),
        dim as u32,
    );
}

/// With P the softmax, g the gradient of the result o: dS = P (g v^T - rowsum(g o)); `flat` takes dS k, dS^T q and
/// P^T g one after the other.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn attention_gradient_kernel(
    q: &Tensor<f32>,
    k: &Tensor<f32>,
    v: &Tensor<f32>,
    out: &Tensor<f32>,
    sums: &Tensor<f32>,
    grad: &Tensor<f32>,
    flat: &mut Tensor<f32>,
    q_at: Strides,
    k_at: Strides,
    v_at: Strides,
    out_at: Strides,
    grad_at: Strides,
    of_q_at: Strides,
    of_k_at: Strides,
    of_v_at: Strides,
    tokens: u32,
    context: u32,
    query_groups: u32,
    q_size: u32,
    k_size: u32,
    scale: f32,
    #[comptime] dim: u32,
) {
    // Keys and values, or queries and gradients.
    let mut left = Shared::<[f32]>::new_slice(comptime!((16 * dim) as usize));
    let mut right = Shared::<[f32]>::new_slice(comptime!((16 * dim) as usize));
    let mut corrections = Shared::<[f32]>::new_slice(16usize);
    let mut normalisers = Shared::<[f32]>::new_slice(16usize);
    let sums_start = (CUBE_POS_Z * CUBE_COUNT_Y + CUBE_POS_Y) * tokens;
    let mut a = Array::<f32>::new(comptime!(dim as usize));
    let mut b = Array::<f32>::new(comptime!(dim as usize));
    let mut of_a = Array::<f32>::new(comptime!(dim as usize));
    let mut of_b = Array::<f32>::new(comptime!(dim as usize));
    #[unroll]
    for d in 0..dim {
        a[d as usize] = 0.0f32;
        b[d as usize] = 0.0f32;
        of_a[d as usize] = 0.0f32;
        of_b[d as usize] = 0.0f32;
    }

    if CUBE_POS_X < query_groups {
        let token = CUBE_POS_X * 64 + UNIT_POS_X;
        let mut correction = 0.0f32;
        let mut normaliser = 0.0f32;
        if token < tokens {
            let q_start = base(q_at.batch, q_at.head) + token * q_at.token;
            let grad_start = base(grad_at.batch, grad_at.head) + token * grad_at.token;
            let out_start = base(out_at.batch, out_at.head) + token * out_at.token;
            #[unroll]
            for d in 0..dim {
                a[d as usize] = q[(q_start + d * q_at.dim) as usize] * scale;
                b[d as usize] = grad[(grad_start + d * grad_at.dim) as usize];
                correction += b[d as usize] * out[(out_start + d * out_at.dim) as usize];
            }
            normaliser = sums[(sums_start + token) as usize];
        }
        let mut first = 0u32;
        while first < context {
            load(k, &k_at, first, context, &mut left, dim);
            load(v, &v_at, first, context, &mut right, dim);
            sync_cube();
            let mut count = context - first;
            if count > 16 {
                count = 16u32;
            }
            let mut j = 0u32;
            while j < count {
                let mut score = 0.0f32;
                let mut of_weight = 0.0f32;
                #[unroll]
                for d in 0..dim {
                    score += a[d as usize] * left[(j * dim + d) as usize];
                    of_weight += b[d as usize] * right[(j * dim + d) as usize];
                }
                let of_score = (score - normaliser).exp() * (of_weight - correction) * scale;
                #[unroll]
                for d in 0..dim {
                    of_a[d as usize] += of_score * left[(j * dim + d) as usize];
                }
                j += 1;
            }
            sync_cube();
            first += 16;
        }
        if token < tokens {
            let start = base(of_q_at.batch, of_q_at.head) + token * of_q_at.token;
            #[unroll]
            for d in 0..dim {
                flat[(start + d * of_q_at.dim) as usize] = of_a[d as usize];
            }
        }
    } else {
        let token = (CUBE_POS_X - query_groups) * 64 + UNIT_POS_X;
        if token < context {
            let k_start = base(k_at.batch, k_at.head) + token * k_at.token;
            let v_start = base(v_at.batch, v_at.head) + token * v_at.token;
            #[unroll]
            for d in 0..dim {
                a[d as usize] = k[(k_start + d * k_at.dim) as usize] * scale;
                b[d as usize] = v[(v_start + d * v_at.dim) as usize];
            }
        }
        let mut first = 0u32;
        while first < tokens {
            load(q, &q_at, first, tokens, &mut left, dim);
            load(grad, &grad_at, first, tokens, &mut right, dim);
            if UNIT_POS_X < 16 && first + UNIT_POS_X < tokens {
                let query = first + UNIT_POS_X;
                let grad_start = base(grad_at.batch, grad_at.head) + query * grad_at.token;
                let out_start = base(out_at.batch, out_at.head) + query * out_at.token;
                let mut correction = 0.0f32;
                #[unroll]
                for d in 0..dim {
                    correction += grad[(grad_start + d * grad_at.dim) as usize]
                        * out[(out_start + d * out_at.dim) as usize];
                }
                corrections[UNIT_POS_X as usize] = correction;
                normalisers[UNIT_POS_X as usize] = sums[(sums_start + query) as usize];
            }
            sync_cube();
            let mut count = tokens - first;
            if count > 16 {
                count = 16u32;
            }
            let mut i = 0u32;
            while i < count {
                let mut score = 0.0f32;
                let mut of_weight = 0.0f32;
                #[unroll]
                for d in 0..dim {
                    score += a[d as usize] * left[(i * dim + d) as usize];
                    of_weight += b[d as usize] * right[(i * dim + d) as usize];
                }
                let weight = (score - normalisers[i as usize]).exp();
                let of_score = weight * (of_weight - corrections[i as usize]) * scale;
                #[unroll]
                for d in 0..dim {
                    of_a[d as usize] += of_score * left[(i * dim + d) as usize];
                    of_b[d as usize] += weight * right[(i * dim + d) as usize];
                }
                i += 1;
            }
            sync_cube();
            first += 16;
        }
        if token < context {
            let k_start = q_size + base(of_k_at.batch, of_k_at.head) + token * of_k_at.token;
            let v_start = q_size + k_size + base(of_v_at.batch, of_v_at.head) + token * of_v_at.token;
            #[unroll]
            for d in 0..dim {
                flat[(k_start + d * of_k_at.dim) as usize] = of_a[d as usize];
                flat[(v_start + d * of_v_at.dim) as usize] = of_b[d as usize];
            }
        }
    }
}
