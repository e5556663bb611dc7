//! `cargo bench`: the kernels at the sizes that the presets `unet` and `dit` have them in, their forward passes, and
//! training steps. On the GPU where there is one; `DEVICE=cpu` insists on Flex. A name or a part of one is a filter:
//! `cargo bench -- convolution`.
//!
//! A value is read back after each pass, so a small kernel's time on a GPU is that of the way there and back.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use burn::tensor::{Device, Int, Tensor};
use criterion::{Criterion, Throughput};
use diffusion_playground::data::ImageSet;
use diffusion_playground::denoiser::Denoiser;
use diffusion_playground::kernels::{self, Modulation};
use diffusion_playground::model::Preset;
use diffusion_playground::rng::{Rng, Stream};
use diffusion_playground::runtime::{Compute, Recording, Wanted, read};
use diffusion_playground::train::{Queue, TrainConfig, Trainer};
use pollster::block_on;

/// As in the README's table.
const FORWARD_BATCH: usize = 16;
const TRAIN_BATCH: usize = 64;
/// Channels and side of the U-Net's images, level by level.
const LEVELS: [(usize, usize); 3] = [(32, 28), (64, 14), (128, 7)];
const GROUPS: usize = 8;
const HEAD_DIM: usize = 32;
/// Tokens and width of the Diffusion Transformer.
const TOKENS: usize = 49;
const WIDTH: usize = 128;

struct Bench {
    criterion: Criterion,
    device: Device,
}

impl Bench {
    fn random<const D: usize>(&self, shape: [usize; D]) -> Tensor<D> {
        Rng::new(0, Stream::Data, 0).normal_tensor(shape, &self.device)
    }

    /// Times `pass` together with reading one value of what it gives, which waits for the device.
    fn time<const D: usize>(&mut self, name: &str, items: usize, mut pass: impl FnMut() -> Tensor<D>) {
        let mut group = self.criterion.benchmark_group(name);
        group
            .throughput(Throughput::Elements(items as u64))
            .sample_size(10);
        group.bench_function(format!("batch {items}"), |bencher| {
            bencher.iter(|| black_box(finished(pass())));
        });
        group.finish();
    }

    fn unet_kernels(&mut self, batch: usize) {
        for (channels, side) in LEVELS {
            let x = self.random([batch, channels, side, side]);
            let weight = self.random([channels, channels, 3, 3]);
            let [scale, bias] = [0, 1].map(|_| self.random([channels]));
            let size = format!("{channels}x{side}x{side}");
            self.time(&format!("convolution 3x3 {size}"), batch, || {
                kernels::conv2d(x.clone(), weight.clone(), bias.clone(), 1, 1)
            });
            self.time(&format!("convolution 3x3, stride 2, {size}"), batch, || {
                kernels::conv2d(x.clone(), weight.clone(), bias.clone(), 2, 1)
            });
            self.time(&format!("group norm and SiLU {size}"), batch, || {
                kernels::group_norm_silu(x.clone(), scale.clone(), bias.clone(), GROUPS, 1e-5)
            });
            self.time(&format!("concatenation {size}"), batch, || {
                kernels::concat_channels(x.clone(), x.clone())
            });
        }
    }

    fn dit_kernels(&mut self, batch: usize) {
        let x = self.random([batch, TOKENS, WIDTH]);
        let qkv = self.random([batch, TOKENS, 3 * WIDTH]);
        let modulation = Modulation::of_block(self.random([batch, 3 * WIDTH]));
        self.time("self-attention", batch, || {
            kernels::self_attention(qkv.clone(), WIDTH / HEAD_DIM)
        });
        self.time("layer norm and modulation", batch, || {
            kernels::layer_norm_modulate(x.clone(), &modulation, 0, 1e-6).0
        });
        let (_, residual) = kernels::layer_norm_modulate(x.clone(), &modulation, 0, 1e-6);
        let (square, offsets) = (self.random([WIDTH, WIDTH]), self.random([WIDTH]));
        self.time("linear map and gated addition", batch, || {
            let (weight, bias, residual) = (square.clone(), offsets.clone(), residual.clone());
            kernels::gated_linear(x.clone(), weight, bias, residual, &modulation, 2)
        });
        let hidden = self.random([batch, TOKENS, 4 * WIDTH]);
        self.time("GELU", batch, || kernels::gelu(hidden.clone()));
        let rows = self.random([batch * TOKENS, WIDTH]);
        let (weight, bias) = (self.random([4 * WIDTH, WIDTH]), self.random([4 * WIDTH]));
        self.time("linear map", batch, || {
            kernels::linear(rows.clone(), weight.clone(), bias.clone())
        });
    }

    fn forward(&mut self, preset: Preset, batch: usize) {
        let network = preset.init(0, &self.device).expect("a preset is valid");
        let [channels, height, width] = preset.input_shape();
        let x_t = self.random([batch, channels, height, width]);
        let t = Tensor::<1>::zeros([batch], &self.device) + 500.0;
        let labels = Tensor::<1, Int>::zeros([batch], &self.device);
        let pass = move || network.denoise(x_t.clone(), t.clone(), Some(labels.clone()));
        self.time(&format!("forward pass {preset:?}, launched"), batch, &pass);
        if let Some(recorded) = Recording::new(&self.device, pass) {
            self.time(&format!("forward pass {preset:?}, recorded"), batch, || {
                recorded.replay().expect("the device is there").clone()
            });
        }
    }

    fn train_step(&mut self, preset: Preset, batch: usize) {
        let config = TrainConfig {
            preset,
            batch_size: batch,
            ..TrainConfig::default()
        };
        let pixels = (0..batch * 784).map(|i| (i * 37 % 256) as u8).collect();
        let labels = (0..batch).map(|i| (i % 10) as u8).collect();
        let data = ImageSet::new(1, 28, 28, 10, labels, pixels).expect("a valid set");
        let mut trainer = Trainer::new(config, Arc::new(data), &self.device).expect("a valid configuration");
        let mut group = self
            .criterion
            .benchmark_group(format!("training step {preset:?}"));
        group
            .throughput(Throughput::Elements(batch as u64))
            .sample_size(10);
        group.bench_function(format!("batch {batch}"), |bencher| {
            // The queue never runs empty, as in a real run.
            bencher.iter_custom(|count| {
                let (mut queue, begun) = (Queue::default(), Instant::now());
                for _ in 0..count {
                    block_on(queue.advance(&mut trainer, 1)).expect("no divergence");
                }
                block_on(queue.finish()).expect("no divergence");
                begun.elapsed()
            });
        });
        group.finish();
    }
}

/// Waits until the tensor is computed.
fn finished<const D: usize>(tensor: Tensor<D>) -> f32 {
    let count = tensor.shape().num_elements();
    let first = tensor.reshape([count]).narrow(0, 0, 1);
    block_on(read(first)).expect("the device gives its result back")[0]
}

fn main() {
    let wanted = match std::env::var("DEVICE").as_deref() {
        Ok("cpu") => Wanted::Cpu,
        _ => Wanted::Auto,
    };
    let compute = block_on(Compute::choose(wanted)).expect("there is always a device");
    println!("On {}", compute.adapter);
    let on_cpu = compute.backend == diffusion_playground::runtime::Backend::Cpu;
    // On the CPU one image is what a reader waits for.
    let (forward_batch, train_batch) = if on_cpu {
        (1, 8)
    } else {
        (FORWARD_BATCH, TRAIN_BATCH)
    };
    let mut bench = Bench {
        criterion: Criterion::default().configure_from_args(),
        device: compute.device,
    };
    bench.unet_kernels(forward_batch);
    bench.dit_kernels(forward_batch);
    for preset in [Preset::Unet, Preset::Dit] {
        bench.forward(preset, forward_batch);
        bench.train_step(preset, train_batch);
    }
    bench.criterion.final_summary();
}
