//! The states that a trajectory can go back to.

use std::collections::VecDeque;

use burn::tensor::Tensor;

use crate::sampler::dpm_solver::Past;

/// Most steps that can be taken back.
const MOST_STEPS: usize = 128;

/// Most pixels kept for that, 64 MiB: every state is an image batch on the device.
const MOST_PIXELS: usize = 1 << 24;

/// The latest states, newest last.
#[derive(Clone, Default)]
pub(super) struct Memory(VecDeque<(Tensor<4>, Vec<Past>)>);

impl Memory {
    pub fn keep(&mut self, x_t: &Tensor<4>, past: &[Past]) {
        let pixels = x_t.dims().iter().product::<usize>().max(1);
        if self.0.len() == (MOST_PIXELS / pixels).clamp(1, MOST_STEPS) {
            self.0.pop_front();
        }
        self.0.push_back((x_t.clone(), past.to_vec()));
    }

    /// The state before the last step, which is forgotten.
    pub fn back(&mut self) -> Option<(Tensor<4>, Vec<Past>)> {
        self.0.pop_back()
    }
}
