//! The U-Net of Ho et al. (2020) and of Rombach et al. (2022), with the structure and parameter names of diffusers'
//! `UNet2DModel` and `UNet2DConditionModel`.

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor};

use super::embedding::{TimestepEmbedding, frequencies, timestep_embedding};
use super::layers::{Conv2d, Embedding, GroupNorm, Init};
use super::probe::Probe;
use super::unet_blocks::{DownBlock, MidBlock, Pass, UpBlock};
use super::unet_config::UNetConfig;
use super::unet_plan::UNetPlan;
use crate::error::ConfigError;
use crate::kernels::silu;

#[derive(Module, Debug)]
pub struct UNet {
    pub conv_in: Conv2d,
    pub time_embedding: TimestepEmbedding,
    pub class_embedding: Option<Embedding>,
    pub down_blocks: Vec<DownBlock>,
    pub mid_block: Option<MidBlock>,
    pub up_blocks: Vec<UpBlock>,
    pub conv_norm_out: GroupNorm,
    pub conv_out: Conv2d,
    /// Of the timestep's sinusoids; fixed, and so no parameter.
    frequencies: Tensor<2>,
    #[module(skip)]
    config: UNetConfig,
}

impl UNetConfig {
    /// A network with random weights, a function of `seed`.
    pub fn init(&self, seed: u64, device: &Device) -> Result<UNet, ConfigError> {
        self.build(&mut Init::new(seed, device))
    }

    /// A network with weights that `init` draws.
    pub(super) fn build(&self, init: &mut Init) -> Result<UNet, ConfigError> {
        self.validate()?;
        let plan = UNetPlan::of(self);
        let channels = self.block_out_channels[0];
        let time_dim = self.time_embed_dim();
        Ok(UNet {
            conv_in: Conv2d::init(self.in_channels, channels, 3, 1, 1, init),
            time_embedding: TimestepEmbedding::init(channels, time_dim, init),
            class_embedding: self
                .num_class_embeds
                .map(|classes| Embedding::init(classes, time_dim, init)),
            down_blocks: plan
                .down
                .iter()
                .map(|block| DownBlock::init(self, block, init))
                .collect(),
            mid_block: plan.mid.map(|block| MidBlock::init(self, &block, init)),
            up_blocks: plan
                .up
                .iter()
                .map(|block| UpBlock::init(self, block, init))
                .collect(),
            conv_norm_out: GroupNorm::init(channels, self.norm_num_groups, self.norm_eps, init),
            conv_out: Conv2d::init(channels, self.out_channels, 3, 1, 1, init),
            frequencies: frequencies(channels, self.freq_shift, init.device()),
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
        self.forward_with(x, t, labels, None, None)
    }

    /// As [`forward`](Self::forward), with a `context` `[batch, tokens, cross_attention_dim]` for cross-attention, and
    /// a look into one block. Without a context, cross-attention adds the bias of its last layer and no more.
    pub fn forward_with(
        &self,
        x: Tensor<4>,
        t: Tensor<1>,
        labels: Option<Tensor<1, Int>>,
        context: Option<Tensor<3>>,
        mut probe: Option<&mut Probe>,
    ) -> Tensor<4> {
        let mut pass = Pass {
            emb: self.embed(t, labels, probe.as_deref_mut()),
            context,
            probe,
        };
        pass.enter(|| "conv_in".into());
        let x = if self.config.center_input_sample {
            x * 2.0 - 1.0
        } else {
            x
        };
        let mut x = self.conv_in.forward(x);
        let mut skips = vec![x.clone()];
        for (i, block) in self.down_blocks.iter().enumerate() {
            pass.enter(|| format!("down_blocks.{i}"));
            x = block.forward(x, &mut pass, &mut skips);
            pass.leave(&x);
        }
        if let Some(block) = &self.mid_block {
            pass.enter(|| "mid_block".into());
            x = block.forward(x, &mut pass);
            pass.leave(&x);
        }
        for (i, block) in self.up_blocks.iter().enumerate() {
            pass.enter(|| format!("up_blocks.{i}"));
            x = block.forward(x, &mut pass, &mut skips);
            pass.leave(&x);
        }
        pass.enter(|| "conv_norm_out".into());
        let x = self.conv_norm_out.forward_silu(x);
        pass.enter(|| "conv_out".into());
        self.conv_out.forward(x)
    }

    /// The SiLU of the time embedding and the class's, `[batch, time_embed_dim]`: every block begins with it.
    fn embed(
        &self,
        t: Tensor<1>,
        labels: Option<Tensor<1, Int>>,
        mut probe: Option<&mut Probe>,
    ) -> Tensor<2> {
        let config = &self.config;
        if let Some(probe) = &mut probe {
            probe.enter("time_embedding");
        }
        let sinusoids = timestep_embedding(
            t,
            self.frequencies.clone(),
            config.block_out_channels[0],
            config.flip_sin_to_cos,
        );
        let emb = self.time_embedding.forward(sinusoids);
        if let (Some(embedding), Some(labels)) = (&self.class_embedding, labels) {
            if let Some(probe) = &mut probe {
                probe.enter("class_embedding");
            }
            return embedding.forward_silu(emb, labels);
        }
        silu(emb)
    }
}

impl Pass<'_> {
    fn enter(&mut self, block: impl FnOnce() -> String) {
        if let Some(probe) = &mut self.probe {
            probe.enter(&block());
        }
    }

    fn leave(&mut self, x: &Tensor<4>) {
        if let Some(probe) = &mut self.probe {
            probe.leave(|| x.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::unet_config::{DownBlockType, UpBlockType};
    use crate::rng::{Rng, Stream};

    fn network() -> (UNet, Tensor<4>, Tensor<1>, Tensor<3>) {
        let device = Device::flex();
        let config = UNetConfig {
            sample_size: 4,
            in_channels: 1,
            out_channels: 1,
            block_out_channels: vec![4, 8],
            layers_per_block: 1,
            down_block_types: vec![
                DownBlockType::AttnDownBlock2D,
                DownBlockType::CrossAttnDownBlock2D,
            ],
            up_block_types: vec![UpBlockType::UpBlock2D, UpBlockType::UpBlock2D],
            norm_num_groups: 2,
            attention_head_dim: Some(2.into()),
            cross_attention_dim: Some(3),
            ..UNetConfig::conditional()
        };
        let mut rng = Rng::new(4, Stream::Data, 0);
        (
            config.init(1, &device).unwrap(),
            rng.normal_tensor([2, 1, 4, 4], &device),
            Tensor::from_data([10.0, 700.0], &device),
            rng.normal_tensor([2, 5, 3], &device),
        )
    }

    #[test]
    fn a_probe_sees_a_block_and_changes_nothing() {
        let (unet, x, t, context) = network();
        let without = unet.forward_with(x.clone(), t.clone(), None, Some(context.clone()), None);
        let look = |block: &str| {
            let mut probe = Probe::new(block);
            let out = unet.forward_with(
                x.clone(),
                t.clone(),
                None,
                Some(context.clone()),
                Some(&mut probe),
            );
            out.into_data().assert_eq(&without.clone().into_data(), true);
            let maps: Vec<_> = probe
                .attention_maps
                .into_iter()
                .map(|map| {
                    let sums = map.weights.clone().sum_dim(3) - 1.0;
                    assert!(
                        sums.abs().max().into_scalar::<f32>() < 1e-5,
                        "weights add up to 1"
                    );
                    (map.layer, map.weights.dims())
                })
                .collect();
            (probe.features.map(|features| features.dims()), maps)
        };
        let own = vec![("attentions.0".to_string(), [2, 2, 16, 16])];
        assert_eq!(look("down_blocks.0"), (Some([2, 4, 2, 2]), own));
        let cross = vec![
            (
                "attentions.0.transformer_blocks.0.attn1".to_string(),
                [2, 2, 4, 4],
            ),
            (
                "attentions.0.transformer_blocks.0.attn2".to_string(),
                [2, 2, 4, 5],
            ),
        ];
        assert_eq!(look("down_blocks.1"), (Some([2, 8, 2, 2]), cross.clone()));
        assert_eq!(look("mid_block"), (Some([2, 8, 2, 2]), cross));
        assert_eq!(look("up_blocks.1"), (Some([2, 4, 4, 4]), vec![]));
        assert_eq!(look("up_blocks.2"), (None, vec![]));
    }

    #[test]
    fn the_context_matters_and_its_order_does_not() {
        let (unet, x, t, context) = network();
        let ask = |context| unet.forward_with(x.clone(), t.clone(), None, context, None);
        let apart = |a: Tensor<4>, b: Tensor<4>| (a - b).abs().max().into_scalar::<f32>();
        let out = ask(Some(context.clone()));
        assert!(apart(out.clone(), ask(Some(context.clone() * 2.0))) > 1e-4);
        assert!(apart(out.clone(), ask(Some(context.flip([1])))) < 1e-5);
        // No context is a context of zeros: values of nothing.
        let zeros = Tensor::zeros([2, 1, 3], &Device::flex());
        assert!(apart(ask(None), ask(Some(zeros))) < 1e-6);
        assert!(apart(out, ask(None)) > 1e-4);
    }
}
