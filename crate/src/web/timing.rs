//! How long the blocks of a network take on this device: some forward passes, one a slice.

use std::error::Error;

use burn::tensor::{Device, Tensor};

use super::emitter::Emitter;
use super::protocol::{BlockTime, DrawnNetwork, Event, Place};
use crate::model::{Network, Probe};
use crate::rng::{Rng, Stream};
use crate::runtime::{Backend, Compute, Laps, read};

/// Passes that count.
const PASSES: u32 = 8;
/// Enough to fill a GPU, and little enough for its memory.
const MOST_ON_GPU: u32 = 64;
/// On the CPU every image takes as long as the one before.
const MOST_ON_CPU: u32 = 1;

pub struct Timing {
    drawn: DrawnNetwork,
    network: Network,
    input: Tensor<4>,
    null_class: Option<u8>,
    batch: u32,
    device: Device,
    backend: Backend,
    /// Passes that were made, the first of which does not count.
    made: u32,
    /// Sums over the passes.
    blocks: Vec<BlockTime>,
}

impl Timing {
    /// `drawn` is what the page calls the network, which takes images of channels, height and width `image`.
    pub fn new(
        drawn: DrawnNetwork,
        network: Network,
        [channels, height, width]: [usize; 3],
        null_class: Option<u8>,
        batch: u32,
        compute: &Compute,
    ) -> Self {
        let device = &compute.device;
        let most = match compute.backend {
            Backend::Gpu => MOST_ON_GPU,
            Backend::Cpu => MOST_ON_CPU,
        };
        let batch = batch.clamp(1, most);
        let shape = [batch as usize, channels, height, width];
        Self {
            drawn,
            network,
            input: Rng::new(0, Stream::Data, 0).normal_tensor(shape, device),
            null_class,
            batch,
            device: device.clone(),
            backend: compute.backend,
            made: 0,
            blocks: Vec::new(),
        }
    }

    /// One pass; `false` after the last.
    pub async fn advance(&mut self, emitter: &Emitter) -> bool {
        match self.pass().await {
            Ok(times) => self.add(times),
            Err(error) => {
                emitter.error(Place::Network, error);
                return false;
            }
        }
        self.made += 1;
        let counted = self.made - 1;
        emitter.emit(Event::BlockTimes {
            network: self.drawn,
            batch: self.batch,
            pass: counted,
            passes: PASSES,
            blocks: self.means(counted),
        });
        counted < PASSES
    }

    async fn pass(&self) -> Result<Vec<(String, f64)>, Box<dyn Error>> {
        let count = self.batch as usize;
        let t = Tensor::full([count], 500.0, &self.device);
        let labels = self
            .null_class
            .map(|null_class| Tensor::full([count], null_class, &self.device));
        // Nothing else may be on the device's queue.
        read(self.input.clone().sum()).await?;
        let mut probe = Probe::timing(Laps::start(&self.device, self.backend));
        let output = self
            .network
            .denoise_probed(self.input.clone(), t, labels, &mut probe);
        let times = match probe.laps.take() {
            Some(laps) => laps.finish().await,
            None => Vec::new(),
        };
        read(output.sum()).await?;
        Ok(times)
    }

    fn add(&mut self, times: Vec<(String, f64)>) {
        if self.made == 0 {
            let zero = |(name, _)| BlockTime { name, seconds: 0.0 };
            self.blocks = times.into_iter().map(zero).collect();
            return;
        }
        for (block, (_, seconds)) in self.blocks.iter_mut().zip(times) {
            block.seconds += seconds;
        }
    }

    fn means(&self, passes: u32) -> Vec<BlockTime> {
        let mean = |block: &BlockTime| BlockTime {
            name: block.name.clone(),
            seconds: block.seconds / f64::from(passes.max(1)),
        };
        self.blocks.iter().map(mean).collect()
    }
}
