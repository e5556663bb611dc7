//! The same seed gives the same numbers everywhere.

use diffusion_playground::data::Batches;
use diffusion_playground::data::idx::md5_hex;
use diffusion_playground::rng::{Rng, Stream};

/// MD5 of data order, timesteps and noise.
const RECORDED: [&str; 3] = [
    "f0a9e1e55248cf7996f61be51e7436fd",
    "1253d04526db821d6b8ecff25436b417",
    "d748bf6ef664c2041699a7ecedfde2c4",
];

/// Data order, timesteps and noise of a seed, as recorded natively.
pub fn a_seed_means_the_same_numbers_everywhere() {
    let order: Vec<u8> = Batches::new(42, 60_000)
        .indices(3, 64)
        .into_iter()
        .flat_map(|index| (index as u32).to_le_bytes())
        .collect();
    let mut rng = Rng::new(42, Stream::Timesteps, 3);
    let t: Vec<u8> = (0..64).flat_map(|_| rng.below(1000).to_le_bytes()).collect();
    let noise: Vec<u8> = Rng::new(42, Stream::Noise, 3)
        .normals(64 * 28 * 28)
        .into_iter()
        .flat_map(f32::to_le_bytes)
        .collect();
    assert_eq!([md5_hex(&order), md5_hex(&t), md5_hex(&noise)], RECORDED);
}
