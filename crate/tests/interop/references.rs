//! The other classes, on the reference files: what is read computes what the reference computes, and is written as it was.

use ::safetensors::{Dtype, SafeTensors};
use burn::tensor::{Device, Int, Tensor, TensorData};
use diffusion_playground::denoiser::Denoiser;
use diffusion_playground::interop::safetensors::{self, Header};
use diffusion_playground::interop::{
    Imported, InteropError, Part, PublishedConfig, PublishedModel, Weights, export, import,
};
use serde_json::{Value, json};

use super::folders::assert_close;

/// A reference file's configuration, and its tensors, whole numbers among them.
fn reference(file: &[u8]) -> (Value, Weights) {
    let (_, metadata) = SafeTensors::read_metadata(file).unwrap();
    let config = serde_json::from_str(&metadata.metadata().as_ref().unwrap()["config"]).unwrap();
    let tensors = SafeTensors::deserialize(file).unwrap();
    let read = |(name, view): (String, ::safetensors::tensor::TensorView)| {
        let words = view.data().chunks_exact(4).map(|b| b.try_into().unwrap());
        let values: Vec<f32> = match view.dtype() {
            Dtype::F32 => words.map(f32::from_le_bytes).collect(),
            _ => words.map(|word| i32::from_le_bytes(word) as f32).collect(),
        };
        (name, TensorData::new(values, view.shape().to_vec()))
    };
    (config, tensors.tensors().into_iter().map(read).collect())
}

fn weights_of(tensors: &Weights) -> Weights {
    let strip =
        |(name, data): (&String, &TensorData)| Some((name.strip_prefix("weight.")?.into(), data.clone()));
    tensors.iter().filter_map(strip).collect()
}

fn file_of(weights: &Weights) -> Vec<u8> {
    let tensors = weights.iter().map(|(name, data)| (name.clone(), data));
    safetensors::write(tensors, &Default::default())
}

fn read(class: &str, config: &Value, weights: &Weights) -> Result<Imported, InteropError> {
    let mut config = config.clone();
    config["_class_name"] = json!(class);
    import(Some(&config.to_string()), &file_of(weights), &Device::flex())
}

fn tensor<const D: usize>(tensors: &Weights, name: &str) -> Tensor<D> {
    Tensor::from_data(tensors[name].clone(), &Device::flex())
}

/// The tensors that are exported, by name.
fn written(imported: &Imported) -> Weights {
    let weights = pollster::block_on(imported.model.weights()).unwrap();
    let part = Part {
        config: &imported.config,
        weights: &weights,
    };
    let files = export(&[part], None).unwrap().files;
    let file = files.iter().find(|file| file.path.ends_with(".safetensors"));
    safetensors::read(&file.unwrap().bytes).unwrap().tensors
}

/// Computes what the reference computed; gives what is exported again.
fn check_denoiser(class: &str, file: &[u8]) -> (Weights, Weights) {
    let (config, tensors) = reference(file);
    let imported = read(class, &config, &weights_of(&tensors)).unwrap();
    assert!(imported.warnings.is_empty(), "{:?}", imported.warnings);
    assert_eq!(imported.config.image(), [1, 28, 28]);
    assert_eq!(imported.config.null_class(), Some(10));
    let written = written(&imported);
    let labels: Tensor<1, Int> = tensor::<1>(&tensors, "in.y").int();
    let (x, t) = (tensor(&tensors, "in.x"), tensor(&tensors, "in.t"));
    let out = imported
        .model
        .into_denoiser()
        .unwrap()
        .denoise(x, t, Some(labels));
    assert_close(
        &out.into_data().try_to_vec::<f32>().unwrap(),
        &tensors["out"].try_to_vec::<f32>().unwrap(),
    );
    (written, weights_of(&tensors))
}

fn assert_same(found: &Weights, expected: &Weights) {
    assert!(found.keys().eq(expected.keys()));
    for (name, data) in expected {
        assert_eq!(found[name].shape(), data.shape(), "{name}");
        assert_eq!(found[name].as_bytes(), data.as_bytes(), "{name}");
    }
}

#[test]
fn diffusers_dit_is_read_and_written() {
    let file = include_bytes!("../../../tests/fixtures/dit_diffusers.safetensors");
    let (found, expected) = check_denoiser("DiTTransformer2DModel", file);
    assert_same(&found, &expected);
}

#[test]
fn the_published_dit_is_read_and_written() {
    let file = include_bytes!("../../../tests/fixtures/dit.safetensors");
    let (mut found, mut expected) = check_denoiser("DiT", file);
    // The fixed positions are computed anew.
    let [found_positions, positions] =
        [&mut found, &mut expected].map(|all| all.remove("pos_embed").unwrap());
    assert_close(
        &found_positions.try_to_vec::<f32>().unwrap(),
        &positions.try_to_vec::<f32>().unwrap(),
    );
    assert_same(&found, &expected);
}

#[test]
fn a_unet_with_cross_attention_is_read_and_written() {
    let file = include_bytes!("../../../tests/fixtures/unet2d_condition.safetensors");
    let (config, tensors) = reference(file);
    let imported = read("UNet2DConditionModel", &config, &weights_of(&tensors)).unwrap();
    assert!(imported.warnings.is_empty(), "{:?}", imported.warnings);
    assert_same(&written(&imported), &weights_of(&tensors));
    // What is written of the configuration is read as the same.
    let mut fields = imported.config.fields();
    fields.insert("_class_name".into(), json!("UNet2DConditionModel"));
    let (again, _) = PublishedConfig::parse(&Value::Object(fields).to_string()).unwrap();
    assert_eq!(again, imported.config);
    let PublishedModel::UNet2DConditionModel(unet) = imported.model else {
        panic!("not a U-Net: {:?}", imported.config)
    };
    let (x, t) = (tensor(&tensors, "in.x"), tensor(&tensors, "in.t"));
    let out = unet.forward_with(x, t, None, Some(tensor(&tensors, "in.context")), None);
    assert_close(
        &out.into_data().try_to_vec::<f32>().unwrap(),
        &tensors["out"].try_to_vec::<f32>().unwrap(),
    );
}

#[test]
fn the_autoencoder_is_read_and_written() {
    let file = include_bytes!("../../../tests/fixtures/autoencoder_kl.safetensors");
    let (config, tensors) = reference(file);
    let imported = read("AutoencoderKL", &config, &weights_of(&tensors)).unwrap();
    assert!(imported.warnings.is_empty(), "{:?}", imported.warnings);
    assert_same(&written(&imported), &weights_of(&tensors));
    let PublishedModel::AutoencoderKL(autoencoder) = imported.model else {
        panic!("not an autoencoder: {:?}", imported.config)
    };
    let posterior = autoencoder.encode(tensor(&tensors, "in.x"));
    let image = autoencoder.decode(posterior.mean.clone());
    let moments = Tensor::cat(vec![posterior.mean, posterior.log_variance], 1);
    let out = Tensor::cat(vec![moments.flatten::<1>(0, 3), image.flatten::<1>(0, 3)], 0);
    assert_close(
        &out.into_data().try_to_vec::<f32>().unwrap(),
        &tensors["out"].try_to_vec::<f32>().unwrap(),
    );
}

/// DiT-S/2 over latents of 32x32, whose published files come without a configuration.
#[test]
fn a_published_dit_tells_its_shape() {
    let header = |width: usize| {
        let shapes = [
            ("x_embedder.proj.weight", vec![width, 4, 2, 2]),
            ("pos_embed", vec![1, 256, width]),
            ("y_embedder.embedding_table.weight", vec![1001, width]),
            ("final_layer.linear.weight", vec![32, width]),
            ("blocks.0.mlp.fc1.weight", vec![4 * width, width]),
            ("blocks.0.attn.qkv.weight", vec![3 * width, width]),
            ("blocks.1.attn.qkv.weight", vec![3 * width, width]),
        ];
        let mut end = 0;
        let mut entries = serde_json::Map::new();
        for (name, shape) in shapes {
            let begin = end;
            end += 2 * shape.iter().product::<usize>();
            let entry = json!({"dtype": "F16", "shape": shape, "data_offsets": [begin, end]});
            entries.insert(name.into(), entry);
        }
        Header::parse(Value::Object(entries).to_string().as_bytes()).unwrap()
    };
    let Some(PublishedConfig::DiT(config)) = PublishedConfig::infer(&header(384)) else {
        panic!("not known as a DiT")
    };
    assert_eq!(
        (config.input_size, config.patch_size, config.in_channels),
        (32, 2, 4)
    );
    assert_eq!((config.hidden_size, config.depth, config.num_heads), (384, 2, 6));
    assert_eq!((config.num_classes, config.learn_sigma), (1000, true));
    assert_eq!((config.mlp_ratio, config.freq_shift), (4.0, 0.0));
    // Of this width there is none.
    assert_eq!(PublishedConfig::infer(&header(400)), None);
}

#[test]
fn tensors_that_cannot_be_rearranged_are_named() {
    let says = |found: InteropError, what: &str| {
        let found = found.to_string();
        assert!(found.contains(what), "{found:?} does not say {what:?}");
    };
    let file = include_bytes!("../../../tests/fixtures/dit_diffusers.safetensors");
    let (config, tensors) = reference(file);
    let mut weights = weights_of(&tensors);
    let name = "transformer_blocks.1.attn1.to_k.weight";
    weights.remove(name);
    says(
        read("DiTTransformer2DModel", &config, &weights).unwrap_err(),
        name,
    );
    let mut config = config.clone();
    config["activation_fn"] = json!("geglu");
    let error = read("DiTTransformer2DModel", &config, &weights).unwrap_err();
    says(error, "activation_fn is geglu, but must be gelu-approximate");

    let (config, tensors) = reference(include_bytes!("../../../tests/fixtures/dit.safetensors"));
    let mut weights = weights_of(&tensors);
    let shape = weights["pos_embed"].shape().clone();
    weights.insert("pos_embed".into(), TensorData::zeros::<f32, _>(shape));
    says(read("DiT", &config, &weights).unwrap_err(), "\"pos_embed\"");
}
