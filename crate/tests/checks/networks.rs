//! Networks against reference outputs and gradients, computed with diffusers on random weights.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Int, Tensor, TensorData};
use diffusion_playground::model::{UNetConfig, parameters};
use safetensors::{Dtype, SafeTensors};

use super::{assert_close, assert_within, values};

static UNET2D: &[u8] = include_bytes!("../../../tests/fixtures/unet2d.safetensors");

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

    /// Asserts that every gradient is within 1e-3 of the reference's of that name, relative to its largest entry.
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
            let bound = 1e-3 * max(&expected).max(1e-3 * largest);
            assert_within(&format!("grad.{name}"), &grad, &expected, bound);
        }
    }
}

/// diffusers' `UNet2DModel`: output within 1e-4, every gradient within 1e-3, relative to the largest entry.
pub async fn unet_matches_diffusers(device: &Device) {
    let oracle = Oracle::parse(UNET2D);
    let config: UNetConfig =
        serde_json::from_str(&oracle.config).expect("diffusers' config is read as it is");
    let device = device.clone().autodiff();
    let unet = config.init(0, &device).expect("a valid config");
    let unet = parameters::load(unet, oracle.weights()).expect("the reference's keys are ours");

    let x = oracle.tensor::<4>("in.x", &device);
    let t = oracle.tensor::<1>("in.t", &device);
    let labels: Tensor<1, Int> = oracle.tensor::<1>("in.y", &device).int();
    let out = unet.forward(x, t, Some(labels));
    assert_close(
        "out",
        &values(out.clone().inner()).await,
        &oracle.values("out"),
        1e-4,
    );

    let mut grads = Vec::new();
    for (name, grad) in gradients(&unet, out.square().mean().backward()) {
        grads.push((name, values(grad).await));
    }
    oracle.assert_gradients(grads);
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
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.into());
    }
    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }
}
