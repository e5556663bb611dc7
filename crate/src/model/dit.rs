//! The Diffusion Transformer of Peebles and Xie (2023), "Scalable Diffusion Models with Transformers".
//!
//! Field names are the keys of the published DiT; [`dit_layouts`](super::dit_layouts) translates diffusers'.

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor};

use super::dit_blocks::{BlockRecord, DiTBlock, FinalLayer, condition};
use super::dit_config::DiTConfig;
use super::dit_embedding::{LabelEmbedder, PatchEmbed, TimestepEmbedder, position_tensor};
use super::layers::Init;
use crate::error::ConfigError;

#[derive(Module, Debug)]
pub struct DiT {
    pub x_embedder: PatchEmbed,
    /// None where each block has its own.
    pub t_embedder: Option<TimestepEmbedder>,
    /// None where each block has its own.
    pub y_embedder: Option<LabelEmbedder>,
    pub blocks: Vec<DiTBlock>,
    pub final_layer: FinalLayer,
    /// Fixed, and so no parameter: `[1, tokens, hidden_size]`.
    positions: Tensor<3>,
    #[module(skip)]
    config: DiTConfig,
}

impl DiTConfig {
    /// A network with random weights, a function of `seed`, as the published DiT begins: every gate and the output are 0.
    pub fn init(&self, seed: u64, device: &Device) -> Result<DiT, ConfigError> {
        self.validate()?;
        let init = &mut Init::new(seed, device);
        let shared = !self.per_block_embedders;
        Ok(DiT {
            x_embedder: PatchEmbed::init(self, init),
            t_embedder: shared.then(|| TimestepEmbedder::init(self.hidden_size, init)),
            y_embedder: shared.then(|| LabelEmbedder::init(self.num_classes, self.hidden_size, init)),
            blocks: (0..self.depth).map(|_| DiTBlock::init(self, init)).collect(),
            final_layer: FinalLayer::init(self, init),
            positions: position_tensor(self, device),
            config: self.clone(),
        })
    }
}

impl DiT {
    pub fn config(&self) -> &DiTConfig {
        &self.config
    }

    /// `x` `[batch, in_channels, input_size, input_size]`, timesteps `t` `[batch]`, `labels` `[batch]` ->
    /// `[batch, out_channels, input_size, input_size]`
    ///
    /// Without labels all are the null class.
    pub fn forward(&self, x: Tensor<4>, t: Tensor<1>, labels: Option<Tensor<1, Int>>) -> Tensor<4> {
        self.run(x, t, labels, None)
    }

    /// [`Self::forward`], and what each block did.
    pub fn forward_recorded(
        &self,
        x: Tensor<4>,
        t: Tensor<1>,
        labels: Option<Tensor<1, Int>>,
    ) -> (Tensor<4>, Vec<BlockRecord>) {
        let mut record = Vec::with_capacity(self.blocks.len());
        let output = self.run(x, t, labels, Some(&mut record));
        (output, record)
    }

    fn run(
        &self,
        x: Tensor<4>,
        t: Tensor<1>,
        labels: Option<Tensor<1, Int>>,
        mut record: Option<&mut Vec<BlockRecord>>,
    ) -> Tensor<4> {
        let labels = labels.unwrap_or_else(|| self.null_labels(&t));
        let embed = |t_embedder: &TimestepEmbedder, y_embedder: &LabelEmbedder| {
            condition(
                t_embedder,
                y_embedder,
                t.clone(),
                labels.clone(),
                self.config.freq_shift,
            )
        };
        // The first condition is also the final layer's.
        let mut conditions = Vec::with_capacity(self.blocks.len());
        if let (Some(t_embedder), Some(y_embedder)) = (&self.t_embedder, &self.y_embedder) {
            conditions.push(embed(t_embedder, y_embedder));
        }
        let own = self.blocks.iter().filter_map(|block| block.emb.as_ref());
        conditions.extend(own.map(|emb| embed(&emb.t_embedder, &emb.y_embedder)));

        let mut x = self.x_embedder.forward(x) + self.positions.clone();
        for (block, condition) in self.blocks.iter().zip(conditions.iter().cycle()) {
            x = block.forward(x, condition.clone(), record.as_deref_mut());
        }
        self.final_layer.forward(x, conditions.swap_remove(0))
    }

    fn null_labels(&self, t: &Tensor<1>) -> Tensor<1, Int> {
        Tensor::full(t.dims(), self.config.num_classes as i64, &t.device())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{dit_embedding::positions, parameters};
    use crate::rng::{Rng, Stream};

    fn vec<const D: usize>(x: Tensor<D>) -> Vec<f32> {
        x.into_data().try_to_vec().unwrap()
    }

    /// A network that does something: the weights that begin at 0 are random.
    fn random(config: &DiTConfig) -> DiT {
        let device = Device::flex();
        let network = config.init(0, &device).unwrap();
        let shape = parameters::flatten(&network).dims();
        let flat = Rng::new(0, Stream::Data, 0).normal_tensor(shape, &device) * 0.1;
        parameters::unflatten(network, flat)
    }

    #[test]
    fn begins_with_closed_gates_and_the_published_spread() {
        let device = Device::flex();
        let dit = DiTConfig::pixels().init(3, &device).unwrap();
        let x = Rng::new(0, Stream::Data, 0).normal_tensor([2, 1, 28, 28], &device);
        let (output, records) = dit.forward_recorded(x, Tensor::from_data([3.0, 700.0], &device), None);
        assert!(vec(output).iter().all(|&v| v == 0.0));
        assert_eq!(records.len(), 6);
        for record in records {
            assert!(
                vec(record.gate_msa)
                    .iter()
                    .chain(&vec(record.gate_mlp))
                    .all(|&v| v == 0.0)
            );
        }
        let block = &dit.blocks[0];
        let largest = vec(block.attn.qkv.weight.val())
            .iter()
            .fold(0f32, |m, v| m.max(v.abs()));
        let bound = (6.0f32 / (128.0 + 384.0)).sqrt();
        assert!(largest <= bound && largest > 0.99 * bound, "{largest} of {bound}");
        assert!(vec(block.mlp.fc1.bias.val()).iter().all(|&v| v == 0.0));
        let table = &dit.y_embedder.as_ref().unwrap().embedding_table.weight;
        let deviation = vec(table.val().square().mean())[0].sqrt();
        assert!((deviation - 0.02).abs() < 0.002, "{deviation}");
    }

    #[test]
    fn recording_changes_nothing_and_attention_is_a_distribution() {
        let device = Device::flex();
        let dit = random(&DiTConfig::latents());
        let x = Rng::new(0, Stream::Data, 1).normal_tensor([2, 4, 7, 7], &device);
        let t = Tensor::from_data([3.0, 700.0], &device);
        let labels = Some(Tensor::from_ints([1, 10], &device));
        let (output, records) = dit.forward_recorded(x.clone(), t.clone(), labels.clone());
        assert_eq!(vec(output), vec(dit.forward(x, t, labels)));
        for record in records {
            assert_eq!(record.attention.dims(), [2, 4, 49, 49]);
            let sums = vec(record.attention.clone().sum_dim(3));
            assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-5));
            assert!(vec(record.gate_msa).iter().any(|&v| v != 0.0));
        }
    }

    #[test]
    fn no_label_is_the_null_class() {
        let device = Device::flex();
        let dit = random(&DiTConfig::pixels());
        let x = Rng::new(0, Stream::Data, 1).normal_tensor([1, 1, 28, 28], &device);
        let ask = |label: Option<i32>| {
            let labels = label.map(|label| Tensor::from_ints([label], &device));
            vec(dit.forward(x.clone(), Tensor::from_data([40.0], &device), labels))
        };
        assert_eq!(ask(None), ask(Some(10)));
        assert_ne!(ask(None), ask(Some(3)));
    }

    #[test]
    fn a_network_for_use_keeps_its_positions() {
        let device = Device::flex().autodiff();
        let dit = DiTConfig::pixels().init(0, &device).unwrap().valid();
        let expected = positions(128, 7).try_to_vec::<f32>().unwrap();
        assert_eq!(vec(dit.positions.clone()), expected);
        let output = dit.forward(
            Tensor::zeros([1, 1, 28, 28], &Device::flex()),
            Tensor::zeros([1], &Device::flex()),
            None,
        );
        assert!(!output.is_autodiff());
    }
}
