//! Some images of a set kept apart, so that a network can be tested on what it has never seen.

use super::{DataError, ImageSet};

impl ImageSet {
    /// The set in two: what is left to train on, and what is kept apart. That is one image of each class that has
    /// several, and of larger classes every so many.
    pub fn hold_out(&self, every: usize) -> Result<[Self; 2], DataError> {
        let mut sizes = vec![0; self.classes as usize];
        for &label in &self.labels {
            sizes[label as usize] += 1;
        }
        let mut seen = vec![0; self.classes as usize];
        let (held, kept): (Vec<usize>, Vec<usize>) = (0..self.count()).partition(|&index| {
            let class = self.labels[index] as usize;
            seen[class] += 1;
            (seen[class] - 1usize).is_multiple_of(every) && sizes[class] > 1
        });
        if held.is_empty() {
            return Err(DataError::NothingToHoldOut);
        }
        Ok([self.choose(&kept)?, self.choose(&held)?])
    }

    fn choose(&self, indices: &[usize]) -> Result<Self, DataError> {
        Self::new(
            self.channels,
            self.height,
            self.width,
            self.classes,
            indices.iter().map(|&index| self.labels[index]).collect(),
            indices
                .iter()
                .flat_map(|&index| self.image(index))
                .copied()
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Images of one pixel, which is their number.
    fn set(labels: &[u8]) -> ImageSet {
        let pixels = (0..labels.len() as u8).collect();
        ImageSet::new(1, 1, 1, 3, labels.to_vec(), pixels).unwrap()
    }

    #[test]
    fn every_class_gives_some_and_no_image_is_lost_or_doubled() {
        let [train, test] = set(&[0, 1, 0, 0, 1, 0, 0]).hold_out(4).unwrap();
        assert_eq!((test.labels, test.pixels), (vec![0, 1, 0], vec![0, 1, 6]));
        assert_eq!((train.labels, train.pixels), (vec![0, 0, 1, 0], vec![2, 3, 4, 5]));
        assert_eq!((train.classes, test.classes), (3, 3));
    }

    #[test]
    fn the_only_image_of_a_class_is_trained_on() {
        let [train, test] = set(&[2, 0, 0]).hold_out(10).unwrap();
        assert_eq!((train.pixels, test.pixels), (vec![0, 2], vec![1]));
        assert_eq!(set(&[2, 0, 1]).hold_out(10), Err(DataError::NothingToHoldOut));
    }
}
