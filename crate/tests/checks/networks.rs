//! Networks against reference outputs and gradients, computed with diffusers on random weights.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use diffusion_playground::model::{ClassContextConfig, UNetConfig, parameters};
use diffusion_playground::rng::{Rng, Stream};
use safetensors::{Dtype, SafeTensors};

use super::{assert_close, assert_within, values};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/fixtures/", $name, ".safetensors"))
    };
}

static UNET2D_CONDITION: &[u8] = fixture!("unet2d_condition");
/// Between them, every field of a configuration that changes what is computed.
static UNETS: [(&str, &[u8]); 7] = [
    ("unet2d", fixture!("unet2d")),
    ("unet2d_padding", fixture!("unet2d_padding")),
    ("unet2d_scale_shift", fixture!("unet2d_scale_shift")),
    ("unet2d_groups", fixture!("unet2d_groups")),
    ("unet2d_no_middle", fixture!("unet2d_no_middle")),
    ("unet2d_condition", UNET2D_CONDITION),
    ("unet2d_condition_linear", fixture!("unet2d_condition_linear")),
];

/// Whether the adapter is a browser's own, in software. It computes less exactly than any GPU, lavapipe or Flex.
pub static SOFTWARE_IN_A_BROWSER: AtomicBool = AtomicBool::new(false);

/// Relative to the largest entry of each gradient. In software in a browser the gradients of the U-Net with
/// cross-attention are up to 1.3e-3 away.
fn gradient_tolerance() -> f32 {
    if SOFTWARE_IN_A_BROWSER.load(Ordering::Relaxed) {
        2e-3
    } else {
        1e-3
    }
}

/// The reference file: config, inputs, weights, output and the gradients of `mean(out^2)`.
pub(super) struct Oracle {
    pub(super) config: String,
    tensors: BTreeMap<String, TensorData>,
}

impl Oracle {
    pub(super) fn parse(file: &[u8]) -> Self {
        let (_, metadata) = SafeTensors::read_metadata(file).expect("a safetensors file");
        let config = metadata.metadata().as_ref().expect("metadata")["config"].clone();
        let tensors = SafeTensors::deserialize(file)
            .expect("a safetensors file")
            .tensors();
        let read = |(name, view): (String, safetensors::tensor::TensorView)| {
            let values: Vec<f32> = match view.dtype() {
                Dtype::F32 => view
                    .data()
                    .chunks_exact(4)
                    .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
                    .collect(),
                Dtype::I32 => view
                    .data()
                    .chunks_exact(4)
                    .map(|b| i32::from_le_bytes(b.try_into().unwrap()) as f32)
                    .collect(),
                other => panic!("{name} has type {other:?}"),
            };
            (name, TensorData::new(values, view.shape().to_vec()))
        };
        Self {
            config,
            tensors: tensors.into_iter().map(read).collect(),
        }
    }

    pub(super) fn tensor<const D: usize>(&self, name: &str, device: &Device) -> Tensor<D> {
        Tensor::from_data(self.tensors[name].clone(), device)
    }

    pub(super) fn values(&self, name: &str) -> Vec<f32> {
        self.tensors[name].try_to_vec().expect("f32")
    }

    pub(super) fn weights(&self) -> BTreeMap<String, TensorData> {
        let strip = |(name, data): (&String, &TensorData)| {
            Some((name.strip_prefix("weight.")?.to_string(), data.clone()))
        };
        self.tensors.iter().filter_map(strip).collect()
    }

    /// The number of gradients that the reference has.
    pub(super) fn gradients(&self) -> usize {
        self.tensors.keys().filter(|key| key.starts_with("grad.")).count()
    }

    /// Asserts that every gradient is within [`gradient_tolerance`] of the reference's of that name.
    pub(super) fn assert_gradients(&self, found: Vec<(String, Vec<f32>)>) {
        let max = |values: &[f32]| {
            values
                .iter()
                .fold(0f32, |largest, value| largest.max(value.abs()))
        };
        let expected: Vec<_> = found
            .iter()
            .map(|(name, _)| self.values(&format!("grad.{name}")))
            .collect();
        let largest = expected.iter().fold(0f32, |largest, own| largest.max(max(own)));
        for ((name, grad), expected) in found.into_iter().zip(expected) {
            // The softmax is blind to the bias of the keys: that gradient is 0, and rounding is all there is of it.
            let bound = gradient_tolerance() * max(&expected).max(1e-3 * largest);
            assert_within(&format!("{}: grad.{name}", self.config), &grad, &expected, bound);
        }
    }
}

/// diffusers' `UNet2DModel` and `UNet2DConditionModel`: output within 1e-4, every gradient within 1e-3, relative to
/// the largest entry.
pub async fn unet_matches_diffusers(device: &Device) {
    for (name, file) in UNETS {
        unet_matches(name, &Oracle::parse(file), device).await;
    }
}

async fn unet_matches(file: &str, oracle: &Oracle, device: &Device) {
    let config = UNetConfig::from_json(&oracle.config).expect("diffusers' config is read as it is");
    let device = device.clone().autodiff();
    let unet = config.init(0, &device).expect("a valid config");
    let unet = parameters::load(unet, oracle.weights()).expect("the reference's keys are ours");

    let x = oracle.tensor::<4>("in.x", &device);
    let t = oracle.tensor::<1>("in.t", &device);
    let has = |name: &str| oracle.tensors.contains_key(name);
    let labels = has("in.y").then(|| oracle.tensor::<1>("in.y", &device).int());
    let context = has("in.context").then(|| oracle.tensor::<3>("in.context", &device));
    let out = unet.forward_with(x, t, labels, context, None);
    assert_close(
        &format!("{file}: out"),
        &values(out.clone().inner()).await,
        &oracle.values("out"),
        1e-4,
    );

    let mut grads = Vec::new();
    for (name, grad) in gradients(&unet, out.square().mean().backward()) {
        grads.push((name, values(grad).await));
    }
    assert_eq!(grads.len(), oracle.gradients(), "{file}: number of gradients");
    oracle.assert_gradients(grads);
}

/// The learned tokens of the classes: what the network makes of them, and their gradient, are those of the CPU.
pub async fn class_tokens_follow_the_cpu(device: &Device) {
    let expected = class_tokens(&Device::flex()).await;
    let [_, grad] = &expected;
    let of_class = |class: usize| grad[class * 12..][..12].iter().any(|value| value.abs() > 1e-6);
    assert!(of_class(1) && of_class(3), "the tokens of the labels are learned");
    assert!(!of_class(0) && !of_class(2), "those of other classes are not");
    for (what, (found, expected)) in ["out", "grad.context_embedding"]
        .iter()
        .zip(class_tokens(device).await.iter().zip(&expected))
    {
        assert_close(what, found, expected, 1e-3);
    }
}

/// Output, and gradient of the embedding, for labels 1 and 3 of four.
async fn class_tokens(device: &Device) -> [Vec<f32>; 2] {
    let unet = Oracle::parse(UNET2D_CONDITION).config;
    let config = ClassContextConfig {
        unet: UNetConfig {
            cross_attention_dim: Some(6),
            ..UNetConfig::from_json(&unet).expect("diffusers' config is read as it is")
        },
        classes: 4,
        tokens: 2,
    };
    let device = device.clone().autodiff();
    let network = config.init(3, &device).expect("a valid config");
    let x = Rng::new(3, Stream::Data, 0).normal_tensor([2, 2, 8, 8], &device);
    let t = Tensor::from_data([10.0, 500.0], &device);
    let out = network.forward(x, t, Some(Tensor::from_ints([1, 3], &device)));
    let grads = out.clone().square().mean().backward();
    let grad = network.context_embedding.val().grad(&grads).expect("tracked");
    [values(out.inner()).await, values(grad).await]
}

/// The gradient of every parameter, by name and flat.
pub(super) fn gradients<M: Module>(network: &M, grads: Gradients) -> Vec<(String, Tensor<1>)> {
    let mut collected = Collect {
        grads,
        path: Vec::new(),
        found: Vec::new(),
    };
    network.visit(&mut collected);
    collected.found
}

struct Collect {
    grads: Gradients,
    path: Vec<String>,
    found: Vec<(String, Tensor<1>)>,
}

impl ModuleVisitor for Collect {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let name = self.path.join(".");
        let grad = param
            .val()
            .grad_remove(&mut self.grads)
            .unwrap_or_else(|| panic!("{name} has no gradient"));
        self.found.push((name, grad.flatten(0, D - 1)));
    }
    // Which of two layers an enum holds is no part of the name.
    fn enter_module(&mut self, name: &str, container_type: &str) {
        if !container_type.starts_with("Enum:") {
            self.path.push(name.into());
        }
    }
    fn exit_module(&mut self, _name: &str, container_type: &str) {
        if !container_type.starts_with("Enum:") {
            self.path.pop();
        }
    }
}
