//! One forward pass of a preset with its weights, inputs and output: what other libraries are held against.

use std::collections::BTreeMap;

use burn::tensor::{Int, Tensor};
use wasm_bindgen::prelude::*;

use super::rest;
use crate::denoiser::Denoiser;
use crate::interop::safetensors;
use crate::model::preset::NULL_CLASS;
use crate::model::{Network, Preset, parameters};
use crate::rng::{Rng, Stream};
use crate::runtime::{Recording, Wanted, read};

/// Added to every initial weight: a network that begins with weights of 0 would hide most of itself.
const SPREAD: f64 = 0.02;

#[wasm_bindgen]
pub struct ForwardPass {
    network: Network,
    /// As drawing has it: a pass that is recorded once.
    recorded: Option<Recording<Tensor<4>>>,
    adapter: String,
    x_t: Tensor<4>,
    t: Tensor<1>,
    labels: Tensor<1, Int>,
}

#[wasm_bindgen]
impl ForwardPass {
    /// `preset` is one that predicts noise for classes; `device` is "gpu" or "cpu".
    pub async fn create(preset: &str, batch: usize, device: &str) -> Result<ForwardPass, JsError> {
        let wanted = if device == "cpu" { Wanted::Cpu } else { Wanted::Gpu };
        // First of all: on a page's own thread the rest has to be there for whatever follows.
        let compute = rest::compute(wanted).await?;
        let preset: Preset = serde_json::from_value(preset.into())
            .map_err(|error| JsError::new(&format!("preset: {error}")))?;
        if preset.null_class().is_none() || !(1..=1024).contains(&batch) {
            return Err(JsError::new(
                "a network with classes and a batch from 1 to 1024 are needed",
            ));
        }
        let device = &compute.device;
        let network = preset.init(0, device)?;
        let flat = parameters::flatten(&network);
        let noise = Rng::new(0, Stream::Data, 0).normal_tensor(flat.dims(), device);
        let [channels, height, width] = preset.input_shape();
        let t: Vec<f32> = (0..batch).map(|i| (i * 997 / batch) as f32).collect();
        let labels: Vec<i32> = (0..batch)
            .map(|i| (i % (NULL_CLASS as usize + 1)) as i32)
            .collect();
        let mut pass = Self {
            network: parameters::unflatten(network, flat + noise * SPREAD),
            recorded: None,
            x_t: Rng::new(0, Stream::Data, 1).normal_tensor([batch, channels, height, width], device),
            t: Tensor::from_data(t.as_slice(), device),
            labels: Tensor::from_data(labels.as_slice(), device),
            adapter: compute.adapter.clone(),
        };
        pass.recorded = Recording::new(device, pass.computation());
        Ok(pass)
    }

    #[wasm_bindgen(getter)]
    pub fn adapter(&self) -> String {
        self.adapter.clone()
    }

    /// The weights as a safetensors file.
    pub async fn weights(&self) -> Result<Vec<u8>, JsError> {
        let names = parameters::names(&self.network);
        let flat = read(parameters::flatten(&self.network)).await?;
        let tensors = parameters::by_name(&names, &flat);
        let in_order = tensors.iter().map(|(name, data)| (name.clone(), data));
        Ok(safetensors::write(in_order, &BTreeMap::new()))
    }

    /// The inputs as a safetensors file: `x_t`, and `t` and `labels` as f32.
    pub async fn inputs(&self) -> Result<Vec<u8>, JsError> {
        let tensors = [
            ("x_t", self.x_t.clone().into_data_async().await),
            ("t", self.t.clone().into_data_async().await),
            ("labels", self.labels.clone().float().into_data_async().await),
        ];
        let mut inputs = BTreeMap::new();
        for (name, data) in tensors {
            inputs.insert(name, data.map_err(|error| JsError::new(&error.to_string()))?);
        }
        let in_order = inputs.iter().map(|(name, data)| ((*name).to_owned(), data));
        Ok(safetensors::write(in_order, &BTreeMap::new()))
    }

    /// The output of the last of `times` passes, read back: all have ended then.
    pub async fn run(&self, times: usize) -> Result<Vec<f32>, JsError> {
        let compute = self.computation();
        let pass = || match self.recorded.as_ref().and_then(Recording::replay) {
            Some(output) => output.clone(),
            None => compute(),
        };
        let mut output = pass();
        for _ in 1..times {
            output = pass();
        }
        Ok(read(output).await?)
    }
}

impl ForwardPass {
    fn computation(&self) -> impl Fn() -> Tensor<4> + use<> {
        let (network, x_t, t, labels) = (
            self.network.clone(),
            self.x_t.clone(),
            self.t.clone(),
            self.labels.clone(),
        );
        move || network.denoise(x_t.clone(), t.clone(), Some(labels.clone()))
    }
}
