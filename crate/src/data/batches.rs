//! Batches in a random order that is a function of the seed alone.

use burn::tensor::{Device, Int, Tensor, TensorData};

use super::ImageSet;
use crate::rng::{Rng, Stream};

/// Deals out an image set in epochs: every image once, each epoch in an order of its own.
#[derive(Clone, Debug)]
pub struct Batches {
    seed: u64,
    count: usize,
    epoch: Option<u32>,
    order: Vec<u32>,
}

impl Batches {
    /// Over `count` images.
    pub fn new(seed: u64, count: usize) -> Self {
        Self {
            seed,
            count,
            epoch: None,
            order: Vec::new(),
        }
    }

    /// The images of batch number `step`: positions `step * size ..` in the endless sequence of epochs.
    pub fn indices(&mut self, step: u32, size: usize) -> Vec<usize> {
        let start = step as u64 * size as u64;
        (start..start + size as u64)
            .map(|position| self.at(position))
            .collect()
    }

    fn at(&mut self, position: u64) -> usize {
        let epoch = (position / self.count as u64) as u32;
        if self.epoch != Some(epoch) {
            self.order = Rng::new(self.seed, Stream::Order, epoch).permutation(self.count as u32);
            self.epoch = Some(epoch);
        }
        self.order[(position % self.count as u64) as usize] as usize
    }
}

impl ImageSet {
    /// Images as `x_0`, `[batch, channels, height, width]` in [-1, 1].
    pub fn images(&self, indices: &[usize], device: &Device) -> Tensor<4> {
        let bytes: Vec<u8> = indices.iter().flat_map(|&i| self.image(i)).copied().collect();
        let shape = [
            indices.len(),
            self.channels as usize,
            self.height as usize,
            self.width as usize,
        ];
        image_tensor(&bytes, shape, device)
    }
}

/// Pictures as `[batch, channels, height, width]`: 0 becomes -1, 255 becomes 1.
pub fn image_tensor(bytes: &[u8], shape: [usize; 4], device: &Device) -> Tensor<4> {
    let values: Vec<f32> = bytes.iter().map(|&byte| byte as f32 / 127.5 - 1.0).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// Class labels, `[batch]`.
pub fn label_tensor(labels: &[u8], device: &Device) -> Tensor<1, Int> {
    let values: Vec<i32> = labels.iter().map(|&label| label as i32).collect();
    Tensor::from_data(TensorData::new(values, [labels.len()]), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_holds_every_image_once() {
        let mut batches = Batches::new(5, 100);
        let mut seen: Vec<usize> = (0..10).flat_map(|step| batches.indices(step, 10)).collect();
        let first = seen.clone();
        seen.sort_unstable();
        assert_eq!(seen, (0..100).collect::<Vec<_>>());
        let second: Vec<usize> = (10..20).flat_map(|step| batches.indices(step, 10)).collect();
        assert_ne!(first, second);
    }

    #[test]
    fn a_batch_depends_on_the_step_alone() {
        let mut onward = Batches::new(5, 100);
        let all: Vec<_> = (0..8).map(|step| onward.indices(step, 32)).collect();
        // Batch 3 spans the border of the first two epochs.
        assert_eq!(Batches::new(5, 100).indices(3, 32), all[3]);
        assert_ne!(Batches::new(6, 100).indices(3, 32), all[3]);
    }

    #[test]
    fn bytes_become_minus_one_to_one() {
        let set = ImageSet::new(1, 1, 2, 2, vec![0, 1], vec![0, 255, 127, 128]).unwrap();
        let x_0 = set
            .images(&[1, 0], &Device::flex())
            .into_data()
            .try_to_vec::<f32>()
            .unwrap();
        assert_eq!(x_0[2..], [-1.0, 1.0]);
        assert!(x_0[0] < 0.0 && x_0[1] > 0.0 && x_0[1] < 0.005);
    }
}
