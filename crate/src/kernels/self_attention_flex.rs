//! Self-attention on the CPU: for each head two matrix products of what lies in `qkv`, and a softmax between them.

use burn_flex::{Flex, FlexTensor};

use super::flex::{Matrix, add_product, exp, fill_pairs, fill_parts, in_order, sum_of, tensor, values};
use super::self_attention::{AttendSelf, AttendSelfParts};

/// Where a head's numbers are in an image's `qkv`.
#[derive(Clone, Copy)]
struct Head {
    tokens: usize,
    /// Of all heads.
    width: usize,
    size: usize,
    number: usize,
}

impl Head {
    /// Where its queries (0), keys (1) or values (2) begin in a token's row.
    fn start(&self, which: usize) -> usize {
        which * self.width + self.number * self.size
    }

    fn of<'a>(&self, qkv: &'a [f32], which: usize) -> Matrix<'a> {
        let start = self.start(which);
        Matrix::of_columns(qkv, self.tokens, 3 * self.width, start..start + self.size)
    }

    /// Its part of something `width` wide.
    fn of_result<'a>(&self, result: &'a [f32]) -> Matrix<'a> {
        let start = self.start(0);
        Matrix::of_columns(result, self.tokens, self.width, start..start + self.size)
    }

    /// `q k^T / sqrt(size)`
    fn scores(&self, qkv: &[f32]) -> Vec<f32> {
        let mut scores = vec![0.0; self.tokens * self.tokens];
        let keys = self.of(qkv, 1).transposed();
        add_product(&mut scores, self.tokens, self.of(qkv, 0), keys);
        scores.iter_mut().for_each(|score| *score *= self.scale());
        scores
    }

    fn scale(&self) -> f32 {
        (self.size as f32).powf(-0.5)
    }
}

/// Batch, tokens, and the heads.
fn layout(qkv: &FlexTensor, heads: usize) -> ([usize; 2], impl Iterator<Item = Head> + Clone + Send + Sync) {
    let shape = qkv.layout().shape();
    let (tokens, width) = (shape[1], shape[2] / 3);
    let heads = (0..heads).map(move |number| Head {
        tokens,
        width,
        size: width / heads,
        number,
    });
    ([shape[0], tokens], heads)
}

impl AttendSelf for Flex {
    fn attend_self(qkv: FlexTensor, heads: usize) -> FlexTensor {
        Self::attend_self_with_sums(qkv, heads).0
    }
}

impl AttendSelfParts for Flex {
    fn attend_self_with_sums(qkv: FlexTensor, heads: usize) -> (FlexTensor, FlexTensor) {
        let qkv = in_order(qkv);
        let ([batch, tokens], each_head) = layout(&qkv, heads);
        let image = values(&qkv).len() / batch;
        let mut out = vec![0.0; batch * image / 3];
        let mut sums = vec![0.0; batch * heads * tokens];
        fill_pairs(
            (&mut out, image / 3),
            (&mut sums, heads * tokens),
            |i, out, sums| {
                let qkv = &values(&qkv)[i * image..][..image];
                for (head, sums) in each_head.clone().zip(sums.chunks_mut(tokens)) {
                    let mut scores = head.scores(qkv);
                    for (scores, log_sum) in scores.chunks_mut(tokens).zip(sums) {
                        let largest = scores.iter().fold(f32::NEG_INFINITY, |a, &b| a.max(b));
                        scores.iter_mut().for_each(|score| *score = exp(*score - largest));
                        let sum = sum_of(scores, scores, |score, _| score);
                        scores.iter_mut().for_each(|score| *score /= sum);
                        *log_sum = largest + sum.ln();
                    }
                    let weights = Matrix::new(&scores, tokens, tokens);
                    add_product(&mut out[head.start(0)..], head.width, weights, head.of(qkv, 2));
                }
            },
        );
        let width = image / 3 / tokens;
        (
            tensor(out, [batch, tokens, width]),
            tensor(sums, [batch, heads, tokens]),
        )
    }

    fn attend_self_grad(
        qkv: FlexTensor,
        out: FlexTensor,
        sums: FlexTensor,
        grad: FlexTensor,
        heads: usize,
    ) -> FlexTensor {
        let [qkv, out, sums, grad] = [qkv, out, sums, grad].map(in_order);
        let ([batch, tokens], each_head) = layout(&qkv, heads);
        let image = values(&qkv).len() / batch;
        let mut of_qkv = vec![0.0; batch * image];
        fill_parts(&mut of_qkv, image, |i, of_qkv| {
            let qkv = &values(&qkv)[i * image..][..image];
            let [out, grad] = [&out, &grad].map(|tensor| &values(tensor)[i * image / 3..][..image / 3]);
            for head in each_head.clone() {
                let (row, start) = (3 * head.width, |which| head.start(which));
                let sums = &values(&sums)[(i * heads + head.number) * tokens..];
                let mut weights = head.scores(qkv);
                for (scores, log_sum) in weights.chunks_mut(tokens).zip(sums) {
                    scores.iter_mut().for_each(|score| *score = exp(*score - log_sum));
                }
                let of_result = head.of_result(grad);
                let weights_matrix = Matrix::new(&weights, tokens, tokens);
                add_product(
                    &mut of_qkv[start(2)..],
                    row,
                    weights_matrix.transposed(),
                    of_result,
                );
                // Of the scores, with g the gradient of the weights p: p (g - sum(p g)), whose sum is that of out grad.
                let mut of_scores = vec![0.0; tokens * tokens];
                add_product(&mut of_scores, tokens, of_result, head.of(qkv, 2).transposed());
                for (token, of_scores) in of_scores.chunks_mut(tokens).enumerate() {
                    let place = token * head.width + start(0);
                    let [out, grad] = [out, grad].map(|list| &list[place..][..head.size]);
                    let mean = sum_of(out, grad, |out, grad| out * grad);
                    for (g, p) in of_scores.iter_mut().zip(&weights[token * tokens..]) {
                        *g = p * (*g - mean) * head.scale();
                    }
                }
                let of_scores = Matrix::new(&of_scores, tokens, tokens);
                add_product(&mut of_qkv[start(0)..], row, of_scores, head.of(qkv, 1));
                add_product(
                    &mut of_qkv[start(1)..],
                    row,
                    of_scores.transposed(),
                    head.of(qkv, 0),
                );
            }
        });
        tensor(of_qkv, qkv.layout().shape().clone())
    }
}
