use burn::tensor::{Device, Shape};

use super::*;
use crate::model::parameters;
use crate::rng::{Rng, Stream};

fn small(per_block_embedders: bool) -> DiTConfig {
    DiTConfig {
        hidden_size: 16,
        depth: 2,
        num_heads: 2,
        per_block_embedders,
        ..DiTConfig::pixels()
    }
}

/// Every parameter of the network, random.
fn weights(config: &DiTConfig) -> Weights {
    let network = config.init(0, &Device::flex()).unwrap();
    let mut rng = Rng::new(4, Stream::Data, 0);
    let random = |(name, shape): (String, Vec<usize>)| {
        let values = rng.normals(shape.iter().product());
        (name, TensorData::new(values, Shape::from(shape)))
    };
    parameters::names(&network).into_iter().map(random).collect()
}

#[test]
fn going_to_diffusers_and_back_is_the_identity() {
    for per_block_embedders in [false, true] {
        let ours = weights(&small(per_block_embedders));
        let theirs = to_diffusers(ours.clone()).unwrap();
        assert!(theirs.contains_key("transformer_blocks.1.norm1.emb.timestep_embedder.linear_2.bias"));
        let back = from_diffusers(theirs).unwrap();
        assert_eq!(back.per_block_embedders, per_block_embedders);
        assert_eq!(back.weights, ours);
    }
}

#[test]
fn queries_keys_and_values_are_the_thirds_of_qkv() {
    let ours = weights(&small(false));
    let qkv: Vec<f32> = ours["blocks.1.attn.qkv.weight"].iter().collect();
    let theirs = to_diffusers(ours).unwrap();
    for (third, name) in qkv.chunks_exact(16 * 16).zip(["q", "k", "v"]) {
        let part = &theirs[&format!("transformer_blocks.1.attn1.to_{name}.weight")];
        assert_eq!(part.iter::<f32>().collect::<Vec<_>>(), third);
        assert_eq!(part.shape().to_vec(), [16, 16]);
    }
}

#[test]
fn embedders_that_differ_in_one_number_stay_apart() {
    let mut theirs = to_diffusers(weights(&small(false))).unwrap();
    assert!(!from_diffusers(theirs.clone()).unwrap().per_block_embedders);
    let name = "transformer_blocks.1.norm1.emb.class_embedder.embedding_table.weight";
    let mut values: Vec<f32> = theirs[name].iter().collect();
    values[7] += 1.0;
    theirs.insert(name.into(), TensorData::new(values, [11, 16]));
    let back = from_diffusers(theirs).unwrap();
    assert!(back.per_block_embedders);
    let network = small(true).init(0, &Device::flex()).unwrap();
    parameters::load(network, back.weights).unwrap();
}

#[test]
fn a_file_that_does_not_fit_names_the_tensor() {
    let theirs = to_diffusers(weights(&small(false))).unwrap();
    let attempt = |change: &dyn Fn(&mut Weights)| {
        let mut theirs = theirs.clone();
        change(&mut theirs);
        from_diffusers(theirs).unwrap_err().to_string()
    };
    for part in ["q", "k", "v"] {
        let name = format!("transformer_blocks.0.attn1.to_{part}.bias");
        let message = attempt(&|theirs| drop(theirs.remove(&name)));
        assert!(
            message.contains(&format!("lacks the tensor \"{name}\"")),
            "{message}"
        );
    }
    let message = attempt(&|theirs| {
        let data = TensorData::new(vec![0.0f32; 9], [9]);
        theirs.insert("transformer_blocks.0.attn1.to_v.bias".into(), data);
    });
    assert!(message.contains("to_v.bias\" has shape [9]"), "{message}");
    let message = attempt(&|theirs| {
        theirs.insert(
            "transformer_blocks.0.attn1.to_x.bias".into(),
            TensorData::from([0.0f32]),
        );
    });
    assert!(message.contains("to_x.bias"), "{message}");
}

#[test]
fn the_published_layout_adds_the_positions_and_checks_them() {
    let config = small(false);
    let ours = weights(&config);
    let published = to_published(ours.clone(), &config).unwrap();
    assert_eq!(published["pos_embed"].shape().to_vec(), [1, 49, 16]);
    assert_eq!(from_published(published.clone(), &config).unwrap(), ours);

    let mut moved = published.clone();
    let mut values: Vec<f32> = published["pos_embed"].iter().collect();
    values[20] = f32::NAN;
    moved.insert("pos_embed".into(), TensorData::new(values, [1, 49, 16]));
    let message = from_published(moved, &config).unwrap_err().to_string();
    assert!(message.contains("entry 20 of \"pos_embed\""), "{message}");
    let message = from_published(ours, &config).unwrap_err().to_string();
    assert!(
        message.contains("lacks the tensor \"pos_embed\" of shape [1, 49, 16]"),
        "{message}"
    );
    assert_eq!(
        to_published(Weights::new(), &small(true)),
        Err(LayoutError::PerBlock)
    );
}
