//! One network, two layouts of its weights: the published DiT's keys, which are ours, and those of diffusers'
//! `DiTTransformer2DModel`.
//!
//! Translating is a function of names and tensors. diffusers keeps queries, keys and values apart, and gives every
//! block its own copy of the embedders: where all copies are equal, as in a converted DiT, one is kept.

use std::collections::BTreeMap;

use burn::tensor::TensorData;
use thiserror::Error;

use super::dit_config::DiTConfig;
use super::dit_embedding::positions;
use super::parameters::LoadError;

/// Tensors by name.
pub type Weights = BTreeMap<String, TensorData>;

/// Why weights cannot be translated.
#[derive(Debug, Error, PartialEq)]
pub enum LayoutError {
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error("entry {index} of \"pos_embed\" is {found}, but the fixed position there is {expected}")]
    Positions { index: usize, found: f32, expected: f32 },
    #[error(
        "the published layout has one embedder, but this network has one in each block: export for diffusers"
    )]
    PerBlock,
}

/// diffusers' weights under our keys.
#[derive(Clone, Debug)]
pub struct FromDiffusers {
    pub weights: Weights,
    /// The blocks' embedders differ: [`DiTConfig::per_block_embedders`] must be set.
    pub per_block_embedders: bool,
}

/// Layers outside the blocks: ours, diffusers'.
const TOP: [(&str, &str); 3] = [
    ("x_embedder.proj.", "pos_embed.proj."),
    ("final_layer.adaLN_modulation.1.", "proj_out_1."),
    ("final_layer.linear.", "proj_out_2."),
];
/// Layers of a block: ours, diffusers'.
const BLOCK: [(&str, &str); 4] = [
    ("attn.proj.", "attn1.to_out.0."),
    ("mlp.fc1.", "ff.net.0.proj."),
    ("mlp.fc2.", "ff.net.2."),
    ("adaLN_modulation.1.", "norm1.linear."),
];
/// Layers of an embedder: ours, diffusers'.
const EMBEDDER: [(&str, &str); 3] = [
    ("t_embedder.mlp.0.", "norm1.emb.timestep_embedder.linear_1."),
    ("t_embedder.mlp.2.", "norm1.emb.timestep_embedder.linear_2."),
    (
        "y_embedder.embedding_table.",
        "norm1.emb.class_embedder.embedding_table.",
    ),
];
/// In the order in which `qkv` holds them.
const QKV: [&str; 3] = ["attn1.to_q.", "attn1.to_k.", "attn1.to_v."];

/// A published DiT's weights without the fixed positions, which must be those that `config` asks for.
pub fn from_published(mut weights: Weights, config: &DiTConfig) -> Result<Weights, LayoutError> {
    let name = "pos_embed".to_string();
    let expected = positions(config.hidden_size, config.grid());
    let shape = expected.shape().to_vec();
    let Some(found) = weights.remove(&name) else {
        return Err(LoadError::Missing {
            name,
            expected: shape,
        }
        .into());
    };
    same_shape(&name, &found, &shape)?;
    for (index, (found, expected)) in found.iter::<f32>().zip(expected.iter::<f32>()).enumerate() {
        // Written so that NaN is refused.
        let close = (found - expected).abs() < 1e-3;
        if !close {
            return Err(LayoutError::Positions {
                index,
                found,
                expected,
            });
        }
    }
    Ok(weights)
}

/// Our weights with the fixed positions: a published DiT's.
pub fn to_published(mut weights: Weights, config: &DiTConfig) -> Result<Weights, LayoutError> {
    if config.per_block_embedders {
        return Err(LayoutError::PerBlock);
    }
    weights.insert("pos_embed".into(), positions(config.hidden_size, config.grid()));
    Ok(weights)
}

/// diffusers' weights under our keys.
pub fn from_diffusers(mut theirs: Weights) -> Result<FromDiffusers, LayoutError> {
    let mut weights = Weights::new();
    while let Some((key, data)) = theirs.pop_first() {
        if let Some(name) = renamed(&key, "", TOP.map(|(ours, theirs)| (theirs, ours))) {
            weights.insert(name, data);
            continue;
        }
        let Some((block, rest)) = split_block(&key, "transformer_blocks.") else {
            return Err(LoadError::Unknown(key).into());
        };
        let ours = format!("blocks.{block}.");
        let own = format!("{ours}emb.");
        let name = renamed(rest, &ours, BLOCK.map(|(ours, theirs)| (theirs, ours)))
            .or_else(|| renamed(rest, &own, EMBEDDER.map(|(ours, theirs)| (theirs, ours))));
        if let Some(name) = name {
            weights.insert(name, data);
        } else if let Some(kind) = QKV.iter().find_map(|prefix| rest.strip_prefix(prefix)) {
            let name = format!("{ours}attn.qkv.{kind}");
            let parts = QKV.map(|prefix| format!("transformer_blocks.{block}.{prefix}{kind}"));
            theirs.insert(key.clone(), data);
            weights.insert(name, join_qkv(parts, &mut theirs)?);
        } else {
            return Err(LoadError::Unknown(key).into());
        }
    }
    let per_block_embedders = !share_embedders(&mut weights);
    Ok(FromDiffusers {
        weights,
        per_block_embedders,
    })
}

/// Our weights under diffusers' keys; an embedder that the blocks share is copied into each.
///
/// The same translation serves gradients, where each block has its own embedders.
pub fn to_diffusers(ours: Weights) -> Result<Weights, LayoutError> {
    let depth = 1 + ours
        .keys()
        .filter_map(|key| split_block(key, "blocks.")?.0.parse::<usize>().ok())
        .max()
        .unwrap_or_default();
    let mut weights = Weights::new();
    for (key, data) in ours {
        if let Some(name) = renamed(&key, "", TOP) {
            weights.insert(name, data);
        } else if let Some((block, rest)) = split_block(&key, "blocks.") {
            let theirs = format!("transformer_blocks.{block}.");
            let name = renamed(rest, &theirs, BLOCK)
                .or_else(|| renamed(rest.strip_prefix("emb.")?, &theirs, EMBEDDER));
            if let Some(name) = name {
                weights.insert(name, data);
            } else if let Some(kind) = rest.strip_prefix("attn.qkv.") {
                for (prefix, part) in QKV.iter().zip(split_qkv(&key, &data)?) {
                    weights.insert(format!("{theirs}{prefix}{kind}"), part);
                }
            } else {
                return Err(LoadError::Unknown(key).into());
            }
        } else if renamed(&key, "", EMBEDDER).is_some() {
            for block in 0..depth {
                let theirs = format!("transformer_blocks.{block}.");
                weights.extend(renamed(&key, &theirs, EMBEDDER).map(|name| (name, data.clone())));
            }
        } else {
            return Err(LoadError::Unknown(key).into());
        }
    }
    Ok(weights)
}

/// `key` with its layer's name replaced after a table of `(from, to)`, and `prefix` in front; none where no layer fits.
fn renamed<const N: usize>(key: &str, prefix: &str, table: [(&str, &str); N]) -> Option<String> {
    table.into_iter().find_map(|(from, to)| {
        let kind = key.strip_prefix(from)?;
        matches!(kind, "weight" | "bias").then(|| format!("{prefix}{to}{kind}"))
    })
}

/// The number of the block, and what follows.
fn split_block<'a>(key: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
    let (block, rest) = key.strip_prefix(prefix)?.split_once('.')?;
    block.parse::<usize>().ok()?;
    Some((block, rest))
}

/// Takes queries, keys and values out of `theirs` and puts them end to end. At least one of them must be there.
fn join_qkv(names: [String; 3], theirs: &mut Weights) -> Result<TensorData, LayoutError> {
    let found = names.iter().find_map(|name| theirs.get(name));
    let mut shape = found.map(|data| data.shape().to_vec()).unwrap_or_default();
    let mut values: Vec<f32> = Vec::new();
    for name in names {
        let Some(part) = theirs.remove(&name) else {
            return Err(LoadError::Missing {
                name,
                expected: shape,
            }
            .into());
        };
        same_shape(&name, &part, &shape)?;
        values.extend(part.iter::<f32>());
    }
    if let Some(rows) = shape.first_mut() {
        *rows *= 3;
    }
    Ok(TensorData::new(values, shape))
}

fn split_qkv(name: &str, data: &TensorData) -> Result<[TensorData; 3], LayoutError> {
    let mut shape = data.shape().to_vec();
    match shape.first_mut() {
        Some(rows) if rows.is_multiple_of(3) => *rows /= 3,
        _ => {
            let expected = vec![3 * shape.first().map_or(1, |rows| rows.div_ceil(3))];
            let (name, found) = (name.into(), shape);
            return Err(LoadError::Shape {
                name,
                expected,
                found,
            }
            .into());
        }
    }
    let values: Vec<f32> = data.iter().collect();
    let len = values.len() / 3;
    Ok(std::array::from_fn(|i| {
        TensorData::new(values[i * len..(i + 1) * len].to_vec(), shape.clone())
    }))
}

/// Replaces the blocks' embedders by one. False, and nothing changed, where they are not all equal.
fn share_embedders(weights: &mut Weights) -> bool {
    const FIRST: &str = "blocks.0.emb.";
    let of_block = |key: &str| {
        let (_, rest) = split_block(key, "blocks.")?;
        rest.strip_prefix("emb.").map(String::from)
    };
    let equal = weights.iter().all(|(key, data)| match of_block(key) {
        Some(rest) => weights.get(&format!("{FIRST}{rest}")) == Some(data),
        None => true,
    });
    if equal {
        let first: Vec<_> = weights
            .iter()
            .filter_map(|(key, data)| Some((key.strip_prefix(FIRST)?.to_string(), data.clone())))
            .collect();
        weights.retain(|key, _| of_block(key).is_none());
        weights.extend(first);
    }
    equal
}

fn same_shape(name: &str, data: &TensorData, expected: &[usize]) -> Result<(), LoadError> {
    let found = data.shape().to_vec();
    if found == expected {
        return Ok(());
    }
    Err(LoadError::Shape {
        name: name.into(),
        expected: expected.to_vec(),
        found,
    })
}

#[cfg(test)]
mod tests;
