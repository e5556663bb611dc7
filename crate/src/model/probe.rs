//! A look into a network while it computes: what one block saw and where it looked, or how long every block takes.

use burn::tensor::{Tensor, activation::softmax};

use crate::runtime::Laps;

/// Asks a forward pass for the results of one block; without a probe nothing of this is computed.
pub struct Probe {
    block: String,
    inside: bool,
    /// The block's output, `[batch, channels, height, width]`; of a transformer, its tokens where their patches are.
    pub features: Option<Tensor<4>>,
    /// What adaLN makes of the condition in a transformer's block, `[batch, 6 hidden_size]`: shift, scale and gate of the
    /// attention, then of the MLP.
    pub modulation: Option<Tensor<2>>,
    /// The block's attention in the order of computation.
    pub attention_maps: Vec<AttentionMap>,
    /// A part for every block.
    pub laps: Option<Laps>,
}

/// Where one layer of attention looked.
#[derive(Debug)]
pub struct AttentionMap {
    /// The layer's path within the block, as in the names of its parameters: `attentions.0`.
    pub layer: String,
    /// `[batch, heads, queries, keys]`: the weights of each query, which add up to 1.
    pub weights: Tensor<4>,
}

impl Probe {
    /// `block`: its path in the network, as in the names of its parameters: `mid_block`, `up_blocks.0`.
    pub fn new(block: impl Into<String>) -> Self {
        Self {
            block: block.into(),
            inside: false,
            features: None,
            modulation: None,
            attention_maps: Vec::new(),
            laps: None,
        }
    }

    /// Looks at no block, and times them all.
    pub fn timing(laps: Laps) -> Self {
        Self {
            laps: Some(laps),
            ..Self::new("")
        }
    }

    /// The network is about to compute `block`.
    pub fn enter(&mut self, block: &str) {
        self.inside = self.block == block;
        if let Some(laps) = &mut self.laps {
            laps.enter(block);
        }
    }

    /// A block has given `features`.
    pub fn leave(&mut self, features: impl FnOnce() -> Tensor<4>) {
        if std::mem::take(&mut self.inside) {
            self.features = Some(features());
        }
    }

    /// The current block will shift, scale and gate by `modulation`.
    pub fn modulate(&mut self, modulation: impl FnOnce() -> Tensor<2>) {
        if self.inside {
            self.modulation = Some(modulation());
        }
    }

    /// Where the map of a layer of the current block goes, if that block is looked at.
    pub fn recorder(&mut self, layer: impl FnOnce() -> String) -> Option<Recorder<'_>> {
        self.inside.then(|| Recorder {
            maps: &mut self.attention_maps,
            layer: layer(),
        })
    }
}

/// The place of one layer's attention map.
#[derive(Debug)]
pub struct Recorder<'a> {
    maps: &'a mut Vec<AttentionMap>,
    layer: String,
}

impl Recorder<'_> {
    /// The place of a layer inside this one.
    pub fn within(&mut self, layer: &str) -> Recorder<'_> {
        Recorder {
            layer: format!("{}.{layer}", self.layer),
            maps: self.maps,
        }
    }

    /// `q` `[batch, heads, queries, head_dim]`, `k` `[batch, heads, keys, head_dim]`
    pub fn record(self, q: &Tensor<4>, k: &Tensor<4>) {
        let scale = (q.dims()[3] as f64).powf(-0.5);
        let scores = q.clone().matmul(k.clone().swap_dims(2, 3)) * scale;
        self.maps.push(AttentionMap {
            layer: self.layer,
            weights: softmax(scores, 3),
        });
    }
}
