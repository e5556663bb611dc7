//! A file that is not what it says gives a sentence, and changes nothing.

use std::collections::BTreeMap;

use burn::tensor::{Device, TensorData};
use diffusion_playground::interop::{Import, Scheduler, import, safetensors};
use diffusion_playground::model::parameters;
use serde_json::{Value, json};

use super::{exported, text, tiny, weights};

fn config_json() -> String {
    let export = exported(&tiny(true), 1, &Scheduler::default());
    text(&export, "unet/config.json").into()
}

fn file(weights: &BTreeMap<String, TensorData>) -> Vec<u8> {
    safetensors::write(
        weights.iter().map(|(name, data)| (name.clone(), data)),
        &BTreeMap::new(),
    )
}

/// What importing the exported weights says after a change.
fn after(change: impl Fn(&mut BTreeMap<String, TensorData>)) -> String {
    let mut weights = weights(&tiny(true), 1);
    change(&mut weights);
    import(Some(&config_json()), &file(&weights), &Device::flex())
        .unwrap_err()
        .to_string()
}

/// What importing says with a field of the configuration changed.
fn with(field: &str, value: Value) -> String {
    let mut config: Value = serde_json::from_str(&config_json()).unwrap();
    config[field] = value;
    import(
        Some(&config.to_string()),
        &file(&weights(&tiny(true), 1)),
        &Device::flex(),
    )
    .unwrap_err()
    .to_string()
}

#[test]
fn weights_that_do_not_fit_name_the_tensor() {
    let bias = "conv_in.bias".to_string();
    assert_eq!(
        after(|weights| drop(weights.remove(&bias))),
        "the file lacks the tensor \"conv_in.bias\" of shape [8]"
    );
    assert_eq!(
        after(|weights| drop(weights.insert("extra.weight".into(), TensorData::from([1.0f32])))),
        "the file has a tensor \"extra.weight\" that the network does not know"
    );
    assert_eq!(
        after(|weights| drop(weights.insert(bias.clone(), TensorData::from([0.0f32; 9])))),
        "tensor \"conv_in.bias\" has shape [9], the network needs [8]"
    );
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut values = [0.0; 8];
        values[3] = value;
        assert_eq!(
            after(|weights| drop(weights.insert(bias.clone(), TensorData::from(values)))),
            "tensor \"conv_in.bias\" holds a value that is not a finite number"
        );
    }
    let old = "mid_block.attentions.0.query.weight";
    assert_eq!(
        after(|weights| drop(weights.insert(old.into(), TensorData::zeros::<f32, _>([16, 16])))),
        format!(
            "the tensors \"{old}\" and \"mid_block.attentions.0.to_q.weight\" stand for the same weights"
        )
    );
}

/// The network that runs keeps its weights when a file for it is refused at its last tensor.
#[test]
fn the_running_network_is_untouched() {
    let device = Device::flex();
    let network = tiny(true).init(3, &device).unwrap();
    let before = parameters::flatten(&network).into_data();
    let mut wrong = weights(&tiny(true), 1);
    let last = wrong.keys().next_back().unwrap().clone();
    let shape = wrong[&last].shape().clone();
    wrong.insert(last, TensorData::full(shape, f32::NAN));
    assert!(parameters::load(network.clone(), wrong).is_err());
    parameters::flatten(&network).into_data().assert_eq(&before, true);
    // All that is right is loaded.
    let right = parameters::load(network, weights(&tiny(true), 1)).unwrap();
    let found = parameters::flatten(&right).into_data();
    assert_ne!(found.as_bytes(), before.as_bytes());
}

#[test]
fn weights_alone_do_not_say_what_network_they_are_of() {
    let file = file(&weights(&tiny(true), 1));
    let error = import(None, &file, &Device::flex()).unwrap_err().to_string();
    assert_eq!(
        error,
        "there is no config.json, and the weights alone do not say what network they are of"
    );
}

#[test]
fn a_wrong_shape_is_known_from_the_header_alone() {
    let mut wrong = weights(&tiny(true), 1);
    wrong.insert("conv_in.bias".into(), TensorData::from([0.0f32; 9]));
    let file = file(&wrong);
    let header = 8 + u64::from_le_bytes(file[..8].try_into().unwrap()) as usize;
    let mut import = Import::begin(Some(&config_json()), None, &Device::flex()).unwrap();
    import.feed(&file[..header - 1]).unwrap();
    let error = import.feed(&file[header - 1..header]).unwrap_err();
    assert!(
        error.to_string().contains("\"conv_in.bias\" has shape [9]"),
        "{error}"
    );
}

#[test]
fn a_configuration_that_is_not_supported_names_the_field() {
    let says = |found: String, what: &str| assert!(found.contains(what), "{found:?} does not say {what:?}");
    says(
        with("_class_name", json!("Transformer2DModel")),
        "_class_name is \"Transformer2DModel\", but must be one of UNet2DModel",
    );
    says(with("_class_name", Value::Null), "has no \"_class_name\"");
    says(
        with("act_fn", json!("gelu")),
        "act_fn is \"gelu\", but must be silu",
    );
    says(
        with("time_embedding_type", json!("fourier")),
        "time_embedding_type is \"fourier\"",
    );
    says(
        with("down_block_types", json!(["SkipDownBlock2D"])),
        "down_block_types is [\"SkipDownBlock2D\"], but must be a list of DownBlock2D",
    );
    says(
        with("norm_num_groups", json!("four")),
        "norm_num_groups is \"four\"",
    );
    says(
        with("norm_num_groups", json!(3)),
        "block_out_channels is 8, but must be multiples of norm_num_groups, 3",
    );
    says(
        with("sample_size", Value::Null),
        "sample_size is null, but must be the height and width",
    );
    says(with("sample_size", json!([28, 32])), "sample_size is [28,32]");
    says(
        with("in_channels", json!(3)),
        "\"conv_in.weight\" has shape [8, 1, 3, 3], the network needs [8, 3, 3, 3]",
    );
}

/// A configuration alone makes nobody allocate: the file must have as many numbers.
#[test]
fn a_configuration_far_larger_than_its_file_is_refused() {
    for (field, value) in [
        ("layers_per_block", json!(64)),
        ("num_class_embeds", json!(65_536)),
        ("in_channels", json!(8192)),
        ("block_out_channels", json!([8192, 8192, 8192])),
    ] {
        let found = with(field, value);
        assert!(found.contains("do not belong together"), "{field}: {found}");
    }
}

#[test]
fn fields_without_effect_are_taken_and_unknown_ones_refused() {
    let mut config: Value = serde_json::from_str(&config_json()).unwrap();
    config["sample_size"] = json!([28, 28]);
    config["_name_or_path"] = json!("somewhere");
    config["mid_block_scale_factor"] = json!(1.0);
    let file = file(&weights(&tiny(true), 1));
    let imported = import(Some(&config.to_string()), &file, &Device::flex()).unwrap();
    assert!(imported.warnings.is_empty(), "{:?}", imported.warnings);
    assert!(with("shiny", json!({"new": true})).contains("\"shiny\""));
    assert!(with("dropout", json!(0.1)).contains("dropout is 0.1"));
}
