//! A copy on the GPU.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::cube::{THREADS, a_thread_each};
use crate::runtime::work::moves;

/// `to` with the values of `from`; elements of four bytes, whatever they are.
pub fn copy(from: CubeTensor, to: CubeTensor) -> CubeTensor {
    let count = from.meta.num_elements();
    moves::<copy_into_kernel::CopyIntoKernel>(&[&from, &to], 0);
    copy_into_kernel::launch(
        &to.client,
        a_thread_each(count),
        CubeDim::new_1d(THREADS),
        into_contiguous(from).into_tensor_arg(),
        to.clone().into_tensor_arg(),
        count as u32,
    );
    to
}

#[cube(launch)]
fn copy_into_kernel(from: &Tensor<u32>, to: &mut Tensor<u32>, count: u32) {
    let mut i = CUBE_POS_X * 256 + UNIT_POS_X;
    while i < count {
        to[i as usize] = from[i as usize];
        i += CUBE_COUNT_X * 256;
    }
}
