//! Many tensors end to end in one vector, and parts of it as tensors again.
//!
//! Each part starts at a multiple of [`ALIGNMENT`], so that a GPU kernel can be given a part without a copy; zeros fill
//! the gaps.

use std::ops::Range;

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Tensor};
use burn_cubecl::CubeBackend;

use super::cube::{from_gpu, on_gpu, runs_kernels, view};
use super::flat_cube::{self, PARTS, RUNS};

/// Elements between possible starts of a part: the 256 bytes that every WebGPU device accepts as a buffer's offset.
pub const ALIGNMENT: usize = 64;

/// Where a part of `count` elements ends that starts at `start`, which is where the next one starts.
pub fn next_start(start: usize, count: usize) -> usize {
    (start + count).next_multiple_of(ALIGNMENT)
}

/// All `parts`, which are at least one, in one vector.
pub fn gather(parts: Vec<Tensor<1>>) -> Tensor<1> {
    let device = parts[0].device();
    let counts = parts.iter().map(|part| part.dims()[0]);
    let mut starts = vec![0];
    starts.extend(counts.scan(0, |start, count| {
        *start = next_start(*start, count);
        Some(*start)
    }));
    if runs_kernels(&device) {
        let flat = Tensor::<1>::zeros([starts[parts.len()]], &device);
        return copy_all(flat, parts, &starts);
    }
    let zeros = Tensor::<1>::zeros([ALIGNMENT], &device);
    let mut pieces = Vec::with_capacity(2 * parts.len());
    for (part, window) in parts.into_iter().zip(starts.windows(2)) {
        let gap = window[1] - window[0] - part.dims()[0];
        pieces.push(part);
        if gap > 0 {
            pieces.push(zeros.clone().slice(0..gap));
        }
    }
    Tensor::cat(pieces, 0)
}

/// The part of `flat` that starts at `start`, a multiple of [`ALIGNMENT`].
pub fn part<const D: usize>(flat: &Tensor<1>, start: usize, shape: [usize; D]) -> Tensor<D> {
    if runs_kernels(&flat.device()) {
        let flat = on_gpu(flat.clone().into_dispatch());
        return Tensor::from_dispatch(from_gpu(Cube::flat_part(flat, start, shape.to_vec())));
    }
    let count: usize = shape.iter().product();
    flat.clone().slice(start..start + count).reshape(shape)
}

fn copy_all(flat: Tensor<1>, parts: Vec<Tensor<1>>, starts: &[usize]) -> Tensor<1> {
    let parts: Vec<_> = parts
        .into_iter()
        .map(|part| on_gpu(part.into_dispatch()))
        .collect();
    let mut flat = on_gpu(flat.into_dispatch());
    let counts: Vec<usize> = parts.iter().map(|part| part.shape().num_elements()).collect();
    for call in calls(starts, &counts) {
        let (parts, starts) = (&parts[call.clone()], &starts[call]);
        // Where there are fewer, the last is copied again to where it belongs.
        let last = parts.len() - 1;
        let part = |i: usize| parts[i.min(last)].clone();
        let starts = std::array::from_fn(|i| starts[i.min(last)]);
        let [a, b, c, d, e, f, g, h, i, j, k, l] = std::array::from_fn(part);
        flat = Cube::flat_gather(flat, a, b, c, d, e, f, g, h, i, j, k, l, starts);
    }
    Tensor::from_dispatch(from_gpu(flat))
}

/// Parts that are brought together by one call: runs for one launch, if each smaller part that comes right behind another
/// lies so in memory too, as the gradients of a bias and its weight do.
fn calls(starts: &[usize], counts: &[usize]) -> Vec<Range<usize>> {
    let mut calls = Vec::new();
    let (mut first, mut runs) = (0, 0);
    for i in 0..counts.len() {
        let follows = i > first && starts[i - 1] + counts[i - 1] == starts[i] && counts[i] <= counts[i - 1];
        if !follows {
            runs += 1;
        }
        if runs > RUNS || i - first == PARTS {
            calls.push(first..i);
            (first, runs) = (i, 1);
        }
    }
    calls.push(first..counts.len());
    calls
}

/// The vector's kernels.
#[backend_extension(Cube, Fusion)]
#[allow(clippy::too_many_arguments, clippy::many_single_char_names)]
pub trait FlatVector: Backend {
    /// A part, without a copy.
    #[fusion(dtype = flat, shape = Shape::from(shape.clone()))]
    fn flat_part(flat: FloatTensor<Self>, start: usize, shape: Vec<usize>) -> FloatTensor<Self>;

    /// `flat` with the vectors `a` to `l` from their starts on.
    #[fusion(dtype = flat, shape = flat)]
    fn flat_gather(
        flat: FloatTensor<Self>,
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
        e: FloatTensor<Self>,
        f: FloatTensor<Self>,
        g: FloatTensor<Self>,
        h: FloatTensor<Self>,
        i: FloatTensor<Self>,
        j: FloatTensor<Self>,
        k: FloatTensor<Self>,
        l: FloatTensor<Self>,
        starts: [usize; PARTS],
    ) -> FloatTensor<Self>;
}

impl FlatVector for CubeBackend {
    fn flat_part(flat: FloatTensor<Self>, start: usize, shape: Vec<usize>) -> FloatTensor<Self> {
        view(&flat, start, Shape::from(shape))
    }

    fn flat_gather(
        flat: FloatTensor<Self>,
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
        e: FloatTensor<Self>,
        f: FloatTensor<Self>,
        g: FloatTensor<Self>,
        h: FloatTensor<Self>,
        i: FloatTensor<Self>,
        j: FloatTensor<Self>,
        k: FloatTensor<Self>,
        l: FloatTensor<Self>,
        starts: [usize; PARTS],
    ) -> FloatTensor<Self> {
        flat_cube::gather(flat, &[a, b, c, d, e, f, g, h, i, j, k, l], &starts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn parts_come_back_and_the_gaps_are_zero() {
        let device = Device::flex();
        let long: Vec<f32> = (0..64).map(|i| i as f32).collect();
        let parts = vec![
            Tensor::<1>::from_data([1.0, 2.0, 3.0], &device),
            Tensor::<1>::from_data(long.as_slice(), &device),
            Tensor::<1>::from_data([4.0, 5.0, 6.0, 7.0], &device),
        ];
        let flat = gather(parts);
        assert_eq!(flat.dims(), [192]);
        assert_eq!(flat.clone().sum().into_scalar::<f32>(), (6 + 63 * 32 + 22) as f32);
        let last = part(&flat, next_start(next_start(0, 3), 64), [2, 2]).into_data();
        last.assert_eq(
            &Tensor::<2>::from_data([[4.0, 5.0], [6.0, 7.0]], &device).into_data(),
            true,
        );
    }
}
