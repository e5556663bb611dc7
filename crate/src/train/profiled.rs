//! Where the device's time goes when a run's network is asked, as sampling does step after step.

use super::Trainer;
use crate::denoiser::Denoiser;
use crate::runtime::{KernelTime, Profile, ReadError, read};

/// Passes before the one that is watched: the first shows Burn what can be fused, and from the second on it is.
const WARM_UPS: usize = 2;

impl Trainer {
    /// The kernels of one forward pass over the examples of the next step, watched by what `watch` begins. None of an
    /// autoencoder, which is asked otherwise.
    pub async fn profile_pass(&mut self, watch: fn() -> Profile) -> Result<Vec<KernelTime>, ReadError> {
        let (Some(batch), Ok(network)) = (self.next_batch(), self.network()) else {
            return Ok(Vec::new());
        };
        let asked = batch.question(self.schedule(), self.config().prediction);
        let pass = async || {
            let labels = Some(asked.labels.clone());
            read(network.denoise(asked.x_t.clone(), asked.times.clone(), labels)).await
        };
        for _ in 0..WARM_UPS {
            pass().await?;
        }
        let profile = watch();
        pass().await?;
        Ok(profile.finish().await)
    }
}
