//! Tensors into one vector on the GPU, several a launch.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;
use cubecl::zspace::metadata::Metadata;

use super::cube::{THREADS, own};
use crate::runtime::work::moves;

/// Parts that one call brings together.
pub const PARTS: usize = 12;
/// Runs of parts that one kernel copies: with the vector and Burn's own buffer the 8 that WebGPU promises.
pub const RUNS: usize = 6;
/// Elements that a thread copies, about.
const COPIES: u32 = 8;

/// `flat` with each of `parts` from its start on; in place where nothing else holds `flat`. Parts that lie behind each other
/// already, as the gradients of a weight and its bias do, are one run. A start that comes again has the same part.
pub fn gather(flat: CubeTensor, parts: &[CubeTensor], starts: &[usize]) -> CubeTensor {
    let flat = own(flat);
    let mut runs: Vec<(CubeTensor, usize)> = Vec::with_capacity(parts.len());
    for (i, (part, &start)) in parts.iter().zip(starts).enumerate() {
        if i > 0 && starts[i - 1] == start {
            continue;
        }
        let part = into_contiguous(part.clone());
        match runs.last_mut() {
            Some((run, last)) if *last + run.meta.num_elements() == start && follows(run, &part) => {
                run.handle.offset_end = part.handle.offset_end;
                let count = run.meta.num_elements() + part.meta.num_elements();
                *run.meta = Metadata::new([count], [1]);
            }
            _ => runs.push((part, start)),
        }
    }
    for runs in runs.chunks(RUNS) {
        copy_runs(&flat, runs);
    }
    flat
}

/// Whether `next` begins in memory where `tensor` ends; both are contiguous.
fn follows(tensor: &CubeTensor, next: &CubeTensor) -> bool {
    let start = |tensor: &CubeTensor| tensor.handle.offset_start.unwrap_or(0) as usize;
    let size = tensor.meta.num_elements() * tensor.dtype.size();
    tensor.handle.memory.descriptor() == next.handle.memory.descriptor()
        && start(tensor) + size == start(next)
}

fn copy_runs(flat: &CubeTensor, runs: &[(CubeTensor, usize)]) {
    // Where there are fewer, the last stands there again and has no elements.
    let count = |i: usize| runs.get(i).map_or(0, |(run, _)| run.meta.num_elements() as u32);
    let run = |i: usize| &runs[i.min(runs.len() - 1)];
    let counts: [u32; RUNS] = std::array::from_fn(count);
    let starts: [u32; RUNS] = std::array::from_fn(|i| run(i).1 as u32);
    let [a, b, c, d, e, f] = std::array::from_fn(|i| run(i).0.clone().into_tensor_arg());
    let largest = counts.into_iter().fold(1, u32::max);
    let workgroups = largest.div_ceil(THREADS * COPIES).min(32_768);
    let numbers: u32 = counts.iter().sum();
    moves::<gather_parts_kernel::GatherPartsKernel>(&[], 2 * numbers as usize);
    gather_parts_kernel::launch(
        &flat.client,
        CubeCount::Static(workgroups, runs.len() as u32, 1),
        CubeDim::new_1d(THREADS),
        flat.clone().into_tensor_arg(),
        a,
        b,
        c,
        d,
        e,
        f,
        starts[0],
        starts[1],
        starts[2],
        starts[3],
        starts[4],
        starts[5],
        counts[0],
        counts[1],
        counts[2],
        counts[3],
        counts[4],
        counts[5],
    );
}

/// Workgroups with the same second coordinate share a part.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn gather_parts_kernel(
    flat: &mut Tensor<f32>,
    a: &Tensor<f32>,
    b: &Tensor<f32>,
    c: &Tensor<f32>,
    d: &Tensor<f32>,
    e: &Tensor<f32>,
    f: &Tensor<f32>,
    a_start: u32,
    b_start: u32,
    c_start: u32,
    d_start: u32,
    e_start: u32,
    f_start: u32,
    a_count: u32,
    b_count: u32,
    c_count: u32,
    d_count: u32,
    e_count: u32,
    f_count: u32,
) {
    if CUBE_POS_Y == 0 {
        copy(flat, a, a_start, a_count);
    } else if CUBE_POS_Y == 1 {
        copy(flat, b, b_start, b_count);
    } else if CUBE_POS_Y == 2 {
        copy(flat, c, c_start, c_count);
    } else if CUBE_POS_Y == 3 {
        copy(flat, d, d_start, d_count);
    } else if CUBE_POS_Y == 4 {
        copy(flat, e, e_start, e_count);
    } else {
        copy(flat, f, f_start, f_count);
    }
}

#[cube]
fn copy(flat: &mut Tensor<f32>, part: &Tensor<f32>, start: u32, count: u32) {
    let mut i = CUBE_POS_X * 256 + UNIT_POS_X;
    while i < count {
        flat[(start + i) as usize] = part[i as usize];
        i += CUBE_COUNT_X * 256;
    }
}
