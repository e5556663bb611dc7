//! Scaled dot-product attention.

use burn::tensor::{Tensor, activation::softmax};

/// `softmax(q k^T / sqrt(head_dim)) v` (Vaswani et al., 2017, equation 1).
///
/// `q` `[batch, heads, tokens, head_dim]`, `k` and `v` `[batch, heads, context, head_dim]` -> the shape of `q`.
pub fn attention(q: Tensor<4>, k: Tensor<4>, v: Tensor<4>) -> Tensor<4> {
    let head_dim = q.dims()[3];
    let scores = q.matmul(k.swap_dims(2, 3)) * (head_dim as f64).powf(-0.5);
    softmax(scores, 3).matmul(v)
}
