//! Tensors into one vector on the GPU, several a launch.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::cube::THREADS;

/// Parts that one kernel copies: with the vector and Burn's own buffer the 8 that WebGPU promises.
pub const PARTS: usize = 6;
/// Elements that a thread copies, about.
const COPIES: u32 = 8;

/// `flat` with each of `parts` from its start on; in place where nothing else holds `flat`.
pub fn gather(flat: CubeTensor, parts: [CubeTensor; PARTS], starts: [usize; PARTS]) -> CubeTensor {
    let flat = if flat.can_mut() { flat } else { flat.copy() };
    let parts = parts.map(into_contiguous);
    let counts: [u32; PARTS] = std::array::from_fn(|i| parts[i].meta.num_elements() as u32);
    let largest = counts.into_iter().fold(1, u32::max);
    let workgroups = largest.div_ceil(THREADS * COPIES).min(32_768);
    let [a, b, c, d, e, f] = parts.map(CubeTensor::into_tensor_arg);
    gather_kernel::launch(
        &flat.client,
        CubeCount::Static(workgroups, PARTS as u32, 1),
        CubeDim::new_1d(THREADS),
        flat.clone().into_tensor_arg(),
        a,
        b,
        c,
        d,
        e,
        f,
        starts[0] as u32,
        starts[1] as u32,
        starts[2] as u32,
        starts[3] as u32,
        starts[4] as u32,
        starts[5] as u32,
        counts[0],
        counts[1],
        counts[2],
        counts[3],
        counts[4],
        counts[5],
    );
    flat
}

/// Workgroups with the same second coordinate share a part.
#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn gather_kernel(
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
