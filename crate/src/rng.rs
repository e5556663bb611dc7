//! The crate's one source of randomness: Philox4x32-10, a counter-based generator.
//!
//! Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011). A counter-based generator has no state to
//! carry: the numbers are a function of `(seed, stream, index)`. Training step 1000 draws the same timesteps and noise
//! whether the run came there in one go or was resumed, natively or in the browser.
//!
//! Normal variates use [`libm`] and not the platform's mathematics library, so that they are the same to the last bit
//! everywhere.

use burn::tensor::{Device, Shape, Tensor, TensorData};

/// What a stream of numbers is for. Streams with one seed are independent of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Stream {
    /// Initial weights.
    Weights = 0,
    /// The order in which a data set is visited; the index is the epoch.
    Order = 1,
    /// Timesteps of a training batch; the index is the training step.
    Timesteps = 2,
    /// Noise `eps` of a training batch; the index is the training step.
    Noise = 3,
    /// Which labels of a training batch are dropped; the index is the training step.
    LabelDropout = 4,
    /// The start `x_T` of a sample; the index is the sample's.
    Start = 5,
    /// Noise added by a stochastic sampler; the index is the sampling step.
    Sampler = 6,
    /// Noise of the forward-process view; the index is the image's.
    Forward = 7,
    /// Synthetic data, augmentation and anything else.
    Data = 8,
}

/// A sequence of random numbers, a pure function of `(seed, stream, index)`.
#[derive(Clone, Debug)]
pub struct Rng {
    key: [u32; 2],
    /// `[block low, block high, index, stream]`
    counter: [u32; 4],
    block: [u32; 4],
    used: usize,
    spare_normal: Option<f32>,
}

impl Rng {
    pub fn new(seed: u64, stream: Stream, index: u32) -> Self {
        Self {
            key: [seed as u32, (seed >> 32) as u32],
            counter: [0, 0, index, stream as u32],
            block: [0; 4],
            used: 4,
            spare_normal: None,
        }
    }

    /// One of 2^32 sequences side by side under this seed, stream and index: one for each image of a step's noise.
    ///
    /// Chosen before the first number is drawn; lane 0 is the sequence itself.
    pub fn lane(mut self, lane: u32) -> Self {
        self.counter[1] = lane;
        self
    }

    /// 32 uniform bits.
    pub fn bits(&mut self) -> u32 {
        if self.used == 4 {
            self.block = philox4x32_10(self.counter, self.key);
            let (low, carry) = self.counter[0].overflowing_add(1);
            self.counter[0] = low;
            self.counter[1] = self.counter[1].wrapping_add(carry as u32);
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }

    /// Uniform in `[0, 1)`, a multiple of 2^-24.
    pub fn uniform(&mut self) -> f32 {
        (self.bits() >> 8) as f32 * (1.0 / 16_777_216.0)
    }

    /// Uniform in `0..n`, without bias (Lemire, "Fast random integer generation in an interval", 2019).
    ///
    /// `n = 0` gives 0.
    pub fn below(&mut self, n: u32) -> u32 {
        let threshold = n.wrapping_neg().checked_rem(n).unwrap_or(0);
        loop {
            let product = self.bits() as u64 * n as u64;
            if product as u32 >= threshold {
                return (product >> 32) as u32;
            }
        }
    }

    /// Standard normal (Box-Muller, two variates for two uniforms).
    pub fn normal(&mut self) -> f32 {
        if let Some(z) = self.spare_normal.take() {
            return z;
        }
        // In (0, 1]: the logarithm is finite.
        let u = (self.bits() as f32 + 1.0) * (1.0 / 4_294_967_296.0);
        let radius = libm::sqrtf(-2.0 * libm::logf(u));
        let (sin, cos) = libm::sincosf(std::f32::consts::TAU * self.uniform());
        self.spare_normal = Some(radius * sin);
        radius * cos
    }

    /// `n` standard normals.
    pub fn normals(&mut self, n: usize) -> Vec<f32> {
        (0..n).map(|_| self.normal()).collect()
    }

    /// A tensor of standard normals.
    pub fn normal_tensor<const D: usize>(&mut self, shape: [usize; D], device: &Device) -> Tensor<D> {
        let n = shape.iter().product();
        Tensor::from_data(TensorData::new(self.normals(n), Shape::from(shape)), device)
    }

    /// The numbers `0..n` in random order (Fisher-Yates).
    pub fn permutation(&mut self, n: u32) -> Vec<u32> {
        let mut order: Vec<u32> = (0..n).collect();
        for i in (1..n).rev() {
            order.swap(i as usize, self.below(i + 1) as usize);
        }
        order
    }
}

/// Ten rounds of Philox4x32: the block of a counter under a key.
pub fn philox4x32_10(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    const MULTIPLIER: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
    const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
    for _ in 0..10 {
        let a = MULTIPLIER[0] as u64 * counter[0] as u64;
        let b = MULTIPLIER[1] as u64 * counter[2] as u64;
        counter = [
            (b >> 32) as u32 ^ counter[1] ^ key[0],
            b as u32,
            (a >> 32) as u32 ^ counter[3] ^ key[1],
            a as u32,
        ];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    counter
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answers published with Random123.
    #[test]
    fn philox_known_answers() {
        assert_eq!(
            philox4x32_10([0; 4], [0; 2]),
            [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
        );
        assert_eq!(
            philox4x32_10([u32::MAX; 4], [u32::MAX; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            philox4x32_10(
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0]
            ),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn normals_have_mean_0_and_variance_1() {
        let z = Rng::new(7, Stream::Noise, 3).normals(200_000);
        let n = z.len() as f64;
        let mean = z.iter().map(|&v| v as f64).sum::<f64>() / n;
        let variance = z.iter().map(|&v| (v as f64 - mean).powi(2)).sum::<f64>() / n;
        assert!(mean.abs() < 0.01, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.02, "variance {variance}");
        assert!(z.iter().all(|v| v.is_finite()));
    }

    #[test]
    fn streams_and_indices_are_independent() {
        let draw = |stream, index| Rng::new(1, stream, index).normals(8);
        assert_eq!(draw(Stream::Noise, 5), draw(Stream::Noise, 5));
        assert_ne!(draw(Stream::Noise, 5), draw(Stream::Noise, 6));
        assert_ne!(draw(Stream::Noise, 5), draw(Stream::Start, 5));
    }

    #[test]
    fn lanes_are_independent() {
        let draw = |lane| Rng::new(1, Stream::Sampler, 5).lane(lane).normals(8);
        assert_eq!(draw(0), Rng::new(1, Stream::Sampler, 5).normals(8));
        assert_ne!(draw(0), draw(1));
    }

    #[test]
    fn permutation_holds_every_number_once() {
        let mut order = Rng::new(3, Stream::Order, 0).permutation(1000);
        assert_ne!(order[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        order.sort_unstable();
        assert!(order.iter().enumerate().all(|(i, &v)| i as u32 == v));
    }

    #[test]
    fn below_is_uniform() {
        let mut rng = Rng::new(11, Stream::Data, 0);
        let mut counts = [0u32; 10];
        for _ in 0..100_000 {
            counts[rng.below(10) as usize] += 1;
        }
        assert!(counts.iter().all(|&c| (9_500..10_500).contains(&c)), "{counts:?}");
    }
}
