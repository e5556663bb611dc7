//! A network's layers block by block, as a diagram shows them.

use serde::Serialize;

use super::{Inspection, Row};

/// Layers whose paths begin alike, next to each other in the order of computation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), serde(rename_all = "camelCase"))]
pub struct Block {
    /// What their paths have in common: `conv_in`, `down_blocks.0`, `blocks.3`.
    pub name: String,
    pub parameters: usize,
    /// For one image.
    pub multiply_adds: u64,
    pub layers: Vec<Row>,
}

impl Inspection {
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        for row in &self.rows {
            let name = block_of(&row.name);
            if blocks.last().is_none_or(|last| last.name != name) {
                blocks.push(Block {
                    name: name.into(),
                    parameters: 0,
                    multiply_adds: 0,
                    layers: Vec::new(),
                });
            }
            if let Some(block) = blocks.last_mut() {
                block.parameters = block.parameters.saturating_add(row.parameters);
                block.multiply_adds = block.multiply_adds.saturating_add(row.multiply_adds);
                block.layers.push(row.clone());
            }
        }
        blocks
    }
}

/// The first part of a path, and the second where it is a number. A U-Net inside another module keeps its own names.
fn block_of(path: &str) -> &str {
    let path = path.strip_prefix("unet.").unwrap_or(path);
    let mut dots = path.match_indices('.').map(|(at, _)| at);
    let Some(first) = dots.next() else { return path };
    let second = dots.next().unwrap_or(path.len());
    match path[first + 1..second].parse::<usize>() {
        Ok(_) => &path[..second],
        Err(_) => &path[..first],
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Preset;

    #[test]
    fn blocks_are_the_parts_of_the_network_and_leave_nothing_out() {
        let names = |preset: Preset| {
            let inspection = preset.inspect(1).unwrap();
            let blocks = inspection.blocks();
            let parameters: usize = blocks.iter().map(|block| block.parameters).sum();
            let cost: u64 = blocks.iter().map(|block| block.multiply_adds).sum();
            assert_eq!(
                (parameters, cost),
                (inspection.parameters(), inspection.multiply_adds())
            );
            let names: Vec<String> = blocks.into_iter().map(|block| block.name).collect();
            names.join(" ")
        };
        let levels = "conv_in down_blocks.0 down_blocks.1 down_blocks.2 mid_block \
            up_blocks.0 up_blocks.1 up_blocks.2 conv_norm_out conv_out";
        assert_eq!(
            names(Preset::Unet),
            format!("time_embedding class_embedding {levels}")
        );
        assert_eq!(
            names(Preset::UnetCross),
            format!("context_embedding time_embedding {levels}")
        );
        assert_eq!(
            names(Preset::Dit),
            "x_embedder t_embedder y_embedder blocks.0 blocks.1 blocks.2 blocks.3 blocks.4 blocks.5 final_layer output"
        );
    }
}
