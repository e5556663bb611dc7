//! The Diffusion Transformer of Peebles and Xie (2023), "Scalable Diffusion Models with Transformers".
//!
//! Field names are the keys of the published DiT; [`dit_layouts`](super::dit_layouts) translates diffusers'.

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor};

use super::dit_blocks::{DiTBlock, FinalLayer, condition};
use super::dit_config::DiTConfig;
use super::dit_embedding::{FREQUENCY_DIM, LabelEmbedder, PatchEmbed, TimestepEmbedder, position_tensor};
use super::embedding::frequencies;
use super::layers::Init;
use super::probe::Probe;
use crate::error::ConfigError;
use crate::kernels::modulations;

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
    /// Of the timestep's sinusoids; fixed too.
    frequencies: Tensor<2>,
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
            frequencies: frequencies(FREQUENCY_DIM, self.freq_shift, device),
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
        self.forward_probed(x, t, labels, None)
    }

    /// As [`forward`](Self::forward), with a look into one block.
    pub fn forward_probed(
        &self,
        x: Tensor<4>,
        t: Tensor<1>,
        labels: Option<Tensor<1, Int>>,
        mut probe: Option<&mut Probe>,
    ) -> Tensor<4> {
        let labels = labels.unwrap_or_else(|| self.null_labels(&t));
        let embed = |t_embedder: &TimestepEmbedder, y_embedder: &LabelEmbedder| {
            condition(
                t_embedder,
                y_embedder,
                t.clone(),
                labels.clone(),
                self.frequencies.clone(),
            )
        };
        let enter = |probe: &mut Option<&mut Probe>, block: &str| {
            if let Some(probe) = probe {
                probe.enter(block);
            }
        };
        enter(&mut probe, "t_embedder");
        // The first condition is also the final layer's.
        let mut conditions = Vec::with_capacity(self.blocks.len());
        if let (Some(t_embedder), Some(y_embedder)) = (&self.t_embedder, &self.y_embedder) {
            conditions.push(embed(t_embedder, y_embedder));
        }
        let own = self.blocks.iter().filter_map(|block| block.emb.as_ref());
        conditions.extend(own.map(|emb| embed(&emb.t_embedder, &emb.y_embedder)));
        let layers: Vec<_> = self.blocks.iter().map(DiTBlock::modulation).collect();
        let blocks_a_condition = self.blocks.len().div_ceil(conditions.len());
        let modulated = conditions.iter().zip(layers.chunks(blocks_a_condition));
        let modulations: Vec<_> = modulated
            .flat_map(|(condition, layers)| modulations(condition.clone(), layers))
            .collect();

        enter(&mut probe, "x_embedder");
        let mut x = self.x_embedder.forward(x, self.positions.clone());
        for (i, (block, modulation)) in self.blocks.iter().zip(&modulations).enumerate() {
            enter(&mut probe, &format!("blocks.{i}"));
            x = block.forward(x, modulation, probe.as_deref_mut());
            if let Some(probe) = &mut probe {
                probe.leave(|| self.on_grid(x.clone()));
            }
        }
        enter(&mut probe, "final_layer");
        self.final_layer.forward(x, conditions.swap_remove(0))
    }

    /// `[batch, tokens, hidden_size]` -> `[batch, hidden_size, height, width]`, a pixel a patch
    fn on_grid(&self, tokens: Tensor<3>) -> Tensor<4> {
        let [batch, _, hidden] = tokens.dims();
        let grid = self.config.grid();
        tokens.swap_dims(1, 2).reshape([batch, hidden, grid, grid])
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
        let t = Tensor::from_data([3.0, 700.0], &device);
        for i in 0..6 {
            let mut probe = Probe::new(format!("blocks.{i}"));
            let output = dit.forward_probed(x.clone(), t.clone(), None, Some(&mut probe));
            assert!(vec(output).iter().all(|&v| v == 0.0));
            assert!(vec(probe.modulation.unwrap()).iter().all(|&v| v == 0.0));
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
    fn a_probe_sees_a_block_and_changes_nothing() {
        let device = Device::flex();
        let dit = random(&DiTConfig::latents());
        let x = Rng::new(0, Stream::Data, 1).normal_tensor([2, 4, 7, 7], &device);
        let t = Tensor::from_data([3.0, 700.0], &device);
        let labels = Some(Tensor::from_ints([1, 10], &device));
        let expected = vec(dit.forward(x.clone(), t.clone(), labels.clone()));
        for i in 0..6 {
            let mut probe = Probe::new(format!("blocks.{i}"));
            let output = dit.forward_probed(x.clone(), t.clone(), labels.clone(), Some(&mut probe));
            assert_eq!(vec(output), expected);
            assert_eq!(probe.features.unwrap().dims(), [2, 128, 7, 7]);
            let modulation = probe.modulation.unwrap();
            assert_eq!(modulation.dims(), [2, 6 * 128]);
            assert!(vec(modulation).iter().any(|&v| v != 0.0));
            let [map] = <[_; 1]>::try_from(probe.attention_maps).unwrap();
            assert_eq!((map.layer.as_str(), map.weights.dims()), ("attn", [2, 4, 49, 49]));
            let sums = vec(map.weights.sum_dim(3));
            assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-5));
        }
        let mut probe = Probe::new("blocks.6");
        dit.forward_probed(x, t, labels, Some(&mut probe));
        assert!(probe.features.is_none() && probe.modulation.is_none() && probe.attention_maps.is_empty());
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
