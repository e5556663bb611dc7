//! The U-Net of Ho et al. (2020), with the structure and parameter names of diffusers' `UNet2DModel`.

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor};

use super::embedding::{TimestepEmbedding, timestep_embedding};
use super::layers::{Conv2d, Embedding, GroupNorm, Init};
use super::unet_blocks::{DownBlock, MidBlock, UpBlock};
use super::unet_config::{DownBlockType, UNetConfig, UpBlockType};
use crate::error::ConfigError;
use crate::kernels::silu;

#[derive(Module, Debug)]
pub struct UNet {
    pub conv_in: Conv2d,
    pub time_embedding: TimestepEmbedding,
    pub class_embedding: Option<Embedding>,
    pub down_blocks: Vec<DownBlock>,
    pub mid_block: MidBlock,
    pub up_blocks: Vec<UpBlock>,
    pub conv_norm_out: GroupNorm,
    pub conv_out: Conv2d,
    #[module(skip)]
    config: UNetConfig,
}

impl UNetConfig {
    /// A network with random weights, a function of `seed`.
    pub fn init(&self, seed: u64, device: &Device) -> Result<UNet, ConfigError> {
        self.validate()?;
        let init = &mut Init::new(seed, device);
        let channels = &self.block_out_channels;
        let levels = channels.len();
        let time_dim = self.time_embed_dim();

        let conv_in = Conv2d::init(self.in_channels, channels[0], 3, 1, 1, init);
        let time_embedding = TimestepEmbedding::init(channels[0], time_dim, init);
        let class_embedding = self
            .num_class_embeds
            .map(|classes| Embedding::init(classes, time_dim, init));

        // The channels of the skip connections, as the way down pushes them.
        let mut skips = vec![channels[0]];
        let mut down_blocks = Vec::with_capacity(levels);
        for level in 0..levels {
            let (input, output) = (channels[level.saturating_sub(1)], channels[level]);
            let attend = self.down_block_types[level] == DownBlockType::AttnDownBlock2D;
            let last = level == levels - 1;
            down_blocks.push(DownBlock::init(self, input, output, attend, last, init));
            let results = self.layers_per_block + usize::from(!last);
            skips.extend(std::iter::repeat_n(output, results));
        }

        let lowest = channels[levels - 1];
        let mid_block = MidBlock::init(self, lowest, init);

        let mut up_blocks = Vec::with_capacity(levels);
        for level in 0..levels {
            let output = channels[levels - 1 - level];
            let input = if level == 0 {
                lowest
            } else {
                channels[levels - level]
            };
            let mut own = skips.split_off(skips.len() - self.layers_per_block - 1);
            own.reverse();
            let attend = self.up_block_types[level] == UpBlockType::AttnUpBlock2D;
            up_blocks.push(UpBlock::init(
                self,
                input,
                &own,
                output,
                attend,
                level == levels - 1,
                init,
            ));
        }

        Ok(UNet {
            conv_in,
            time_embedding,
            class_embedding,
            down_blocks,
            mid_block,
            up_blocks,
            conv_norm_out: GroupNorm::init(channels[0], self.norm_num_groups, self.norm_eps, init),
            conv_out: Conv2d::init(channels[0], self.out_channels, 3, 1, 1, init),
            config: self.clone(),
        })
    }
}

impl UNet {
    pub fn config(&self) -> &UNetConfig {
        &self.config
    }

    /// `x` `[batch, in_channels, h, w]`, timesteps `t` `[batch]`, `labels` `[batch]` -> `[batch, out_channels, h, w]`
    ///
    /// Without labels a class-conditional network gets no class at all, which is not its null class.
    pub fn forward(&self, x: Tensor<4>, t: Tensor<1>, labels: Option<Tensor<1, Int>>) -> Tensor<4> {
        let config = &self.config;
        let sinusoids = timestep_embedding(
            t,
            config.block_out_channels[0],
            config.flip_sin_to_cos,
            config.freq_shift,
        );
        let mut emb = self.time_embedding.forward(sinusoids); // [batch, time_embed_dim]
        if let (Some(embedding), Some(labels)) = (&self.class_embedding, labels) {
            emb = emb + embedding.forward(labels);
        }
        // Every block begins with the SiLU of the embedding: taken once.
        let emb = silu(emb);

        let mut x = self.conv_in.forward(x);
        let mut skips = vec![x.clone()];
        for block in &self.down_blocks {
            x = block.forward(x, &emb, &mut skips);
        }
        x = self.mid_block.forward(x, &emb);
        for block in &self.up_blocks {
            x = block.forward(x, &emb, &mut skips);
        }
        self.conv_out.forward(self.conv_norm_out.forward_silu(x))
    }
}
