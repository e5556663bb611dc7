//! A network's inputs on the GPU.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::cube::{THREADS, a_thread_each};
use crate::runtime::work::moves;

/// Fills images, timesteps and labels of `to`, where there may be more of each than there is in `from`: images repeat, and
/// the labels behind those that are given are `null_class`.
pub fn write(from: [CubeTensor; 2], to: [CubeTensor; 3], t: f32, null_class: u32, has_labels: bool) {
    let [x_t, labels] = from.map(into_contiguous);
    let [x_to, t_to, labels_to] = to;
    let batch = t_to.meta.num_elements();
    let total = x_to.meta.num_elements();
    moves::<write_inputs_kernel::WriteInputsKernel>(&[&x_t, &labels, &x_to, &t_to, &labels_to], 0);
    write_inputs_kernel::launch(
        &x_to.client.clone(),
        a_thread_each(total.max(batch)),
        CubeDim::new_1d(THREADS),
        x_t.clone().into_tensor_arg(),
        labels.clone().into_tensor_arg(),
        x_to.into_tensor_arg(),
        t_to.into_tensor_arg(),
        labels_to.into_tensor_arg(),
        t,
        null_class,
        x_t.meta.num_elements() as u32,
        total as u32,
        batch as u32,
        labels.meta.num_elements() as u32,
        if has_labels { batch as u32 } else { 0 },
    );
}

#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn write_inputs_kernel(
    x_t: &Tensor<f32>,
    labels: &Tensor<u32>,
    x_to: &mut Tensor<f32>,
    t_to: &mut Tensor<f32>,
    labels_to: &mut Tensor<u32>,
    t: f32,
    null_class: u32,
    given: u32,
    total: u32,
    batch: u32,
    given_labels: u32,
    all_labels: u32,
) {
    let first = CUBE_POS_X * 256 + UNIT_POS_X;
    let mut i = first;
    while i < total {
        x_to[i as usize] = x_t[(i % given) as usize];
        i += CUBE_COUNT_X * 256;
    }
    i = first;
    while i < batch {
        t_to[i as usize] = t;
        i += CUBE_COUNT_X * 256;
    }
    i = first;
    while i < all_labels {
        let mut label = null_class;
        if i < given_labels {
            label = labels[i as usize];
        }
        labels_to[i as usize] = label;
        i += CUBE_COUNT_X * 256;
    }
}
