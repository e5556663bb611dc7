//! All parameters of a network at once: by name, or as one flat vector in the order of the module's fields.
//!
//! In the vector each parameter starts where a GPU kernel can be given it without a copy; zeros fill the gaps.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Gradients, Tensor, TensorData};
use thiserror::Error;

use crate::kernels;

/// Why weights do not fit a network.
#[derive(Debug, Error, PartialEq)]
pub enum LoadError {
    #[error("the file lacks the tensor \"{name}\" of shape {expected:?}")]
    Missing { name: String, expected: Vec<usize> },
    #[error("tensor \"{name}\" has shape {found:?}, the network needs {expected:?}")]
    Shape {
        name: String,
        expected: Vec<usize>,
        found: Vec<usize>,
    },
    #[error("tensor \"{name}\" holds a value that is not a finite number")]
    NotFinite { name: String },
    #[error("the file has a tensor \"{0}\" that the network does not know")]
    Unknown(String),
}

/// Names and shapes, in the order of the module's fields.
pub fn names<M: Module>(module: &M) -> Vec<(String, Vec<usize>)> {
    let mut visitor = Names::default();
    module.visit(&mut visitor);
    visitor.found
}

/// The number of trainable scalars.
pub fn count<M: Module>(module: &M) -> usize {
    names(module)
        .iter()
        .map(|(_, shape)| shape.iter().product::<usize>())
        .sum()
}

/// Where each parameter lies in the flat vector, in the order of [`names`].
pub fn ranges(names: &[(String, Vec<usize>)]) -> Vec<Range<usize>> {
    let place = |start: &mut usize, (_, shape): &(String, Vec<usize>)| {
        let range = *start..*start + shape.iter().product::<usize>();
        *start = kernels::next_start(range.start, range.len());
        Some(range)
    };
    names.iter().scan(0, place).collect()
}

/// All parameters as one vector, without gradient.
pub fn flatten<M: Module>(module: &M) -> Tensor<1> {
    let mut visitor = Flatten {
        grads: None,
        parts: Vec::new(),
    };
    module.visit(&mut visitor);
    kernels::gather(visitor.parts)
}

/// The gradients of all parameters as one vector; zero where a parameter had no part in the loss.
pub fn flatten_grads<M: Module>(module: &M, grads: Gradients) -> Tensor<1> {
    let mut visitor = Flatten {
        grads: Some(grads),
        parts: Vec::new(),
    };
    module.visit(&mut visitor);
    kernels::gather(visitor.parts)
}

/// The module with the values of `flat`, which [`flatten`] gave; parameters that are trained stay so.
pub fn unflatten<M: Module>(module: M, flat: Tensor<1>) -> M {
    module.map(&mut Unflatten { flat, start: 0 })
}

/// The values of [`flatten`], read back, as tensors by name; `names` are those of the module.
pub fn by_name(names: &[(String, Vec<usize>)], flat: &[f32]) -> BTreeMap<String, TensorData> {
    let tensor = |((name, shape), range): (&(String, Vec<usize>), Range<usize>)| {
        (name.clone(), TensorData::new(flat[range].to_vec(), shape.clone()))
    };
    names.iter().zip(ranges(names)).map(tensor).collect()
}

/// Whether tensors of the names and shapes `found` are those that a network needs, [`names`]: all, and no others.
pub fn check(
    expected: &[(String, Vec<usize>)],
    mut found: BTreeMap<String, Vec<usize>>,
) -> Result<(), LoadError> {
    for (name, expected) in expected.iter().cloned() {
        match found.remove(&name) {
            None => return Err(LoadError::Missing { name, expected }),
            Some(found) if found != expected => {
                return Err(LoadError::Shape {
                    name,
                    expected,
                    found,
                });
            }
            Some(_) => {}
        }
    }
    match found.into_keys().next() {
        Some(name) => Err(LoadError::Unknown(name)),
        None => Ok(()),
    }
}

/// The module with the tensors of `weights` by name: all of them, or none at all.
pub fn load<M: Module>(module: M, mut weights: BTreeMap<String, TensorData>) -> Result<M, LoadError> {
    let shape = |(name, data): (&String, &TensorData)| (name.clone(), data.shape().to_vec());
    check(&names(&module), weights.iter().map(shape).collect())?;
    for (name, data) in &weights {
        if f32_values(data).iter().any(|value| !value.is_finite()) {
            return Err(LoadError::NotFinite { name: name.clone() });
        }
    }
    Ok(module.map(&mut Load {
        path: Path::default(),
        weights: &mut weights,
    }))
}

/// The values of host data, copied only where they are not `f32` already.
pub fn f32_values(data: &TensorData) -> Cow<'_, [f32]> {
    match data.as_slice::<f32>() {
        Ok(values) => Cow::Borrowed(values),
        Err(_) => Cow::Owned(data.iter::<f32>().collect()),
    }
}

/// Where in a module a visitor is. Which of the networks an enum holds is no part of a parameter's name.
#[derive(Default)]
struct Path(Vec<String>);

impl Path {
    fn enter(&mut self, name: &str, container_type: &str) {
        if !container_type.starts_with("Enum:") {
            self.0.push(name.into());
        }
    }

    fn exit(&mut self, container_type: &str) {
        if !container_type.starts_with("Enum:") {
            self.0.pop();
        }
    }
}

#[derive(Default)]
struct Names {
    path: Path,
    found: Vec<(String, Vec<usize>)>,
}

impl ModuleVisitor for Names {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.found
            .push((self.path.0.join("."), param.lazy_shape().to_vec()));
    }
    fn enter_module(&mut self, name: &str, container_type: &str) {
        self.path.enter(name, container_type);
    }
    fn exit_module(&mut self, _name: &str, container_type: &str) {
        self.path.exit(container_type);
    }
}

struct Flatten {
    grads: Option<Gradients>,
    parts: Vec<Tensor<1>>,
}

impl ModuleVisitor for Flatten {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        let part = match &mut self.grads {
            Some(grads) => match value.grad_remove(grads) {
                Some(grad) => grad,
                None => value.inner().zeros_like(),
            },
            None => value.inner(),
        };
        let count = part.shape().num_elements();
        self.parts.push(part.reshape([count]));
    }
}

struct Unflatten {
    flat: Tensor<1>,
    start: usize,
}

impl ModuleMapper for Unflatten {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|value| {
            let count = value.shape().num_elements();
            let part = kernels::part(&self.flat, self.start, value.dims());
            self.start = kernels::next_start(self.start, count);
            replace(value, part)
        })
    }
}

struct Load<'a> {
    path: Path,
    weights: &'a mut BTreeMap<String, TensorData>,
}

impl ModuleMapper for Load<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        match self.weights.remove(&self.path.0.join(".")) {
            Some(data) => {
                // On the parameter's own device, autodiff's included; its random weights are never drawn.
                let tensor = Tensor::from_data(data.convert::<f32>(), &param.lazy_device());
                let id = param.id;
                param.transform_for_load(tensor, id)
            }
            None => param,
        }
    }
    fn enter_module(&mut self, name: &str, container_type: &str) {
        self.path.enter(name, container_type);
    }
    fn exit_module(&mut self, _name: &str, container_type: &str) {
        self.path.exit(container_type);
    }
}

/// `new` in the place of `old`: on the autodiff device, as a leaf, where `old` was.
fn replace<const D: usize>(old: Tensor<D>, new: Tensor<D>) -> Tensor<D> {
    if old.is_autodiff() {
        new.autodiff().set_require_grad(old.is_require_grad())
    } else {
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Preset;
    use burn::tensor::{Device, Shape};

    #[test]
    fn names_are_those_of_diffusers() {
        let names = names(&Preset::Tiny.init(0, &Device::flex()).unwrap());
        let has = |name: &str, shape: &[usize]| names.iter().any(|(n, s)| n == name && s == shape);
        assert!(has("conv_in.weight", &[8, 1, 3, 3]), "{names:?}");
        assert!(has("down_blocks.0.downsamplers.0.conv.bias", &[8]));
        assert!(has("mid_block.attentions.0.to_out.0.weight", &[16, 16]));
        assert!(has("class_embedding.weight", &[11, 32]));
    }

    #[test]
    fn flatten_and_unflatten_are_inverse_and_keep_what_is_trained() {
        let device = Device::flex().autodiff();
        let network = Preset::Tiny.init(0, &device).unwrap();
        let flat = flatten(&network);
        let doubled = unflatten(network, flat.clone() * 2.0);
        let found = flatten(&doubled).into_data();
        found.assert_eq(&(flat * 2.0).into_data(), true);
        let x = Tensor::<4>::ones([1, 1, 28, 28], &device);
        let out = crate::denoiser::Denoiser::denoise(&doubled, x, Tensor::ones([1], &device), None);
        let grads = flatten_grads(&doubled, out.square().mean().backward());
        assert!(grads.abs().sum().into_scalar::<f32>() > 0.0);
    }

    #[test]
    fn weights_that_do_not_fit_name_the_tensor() {
        let network = Preset::Tiny.init(0, &Device::flex()).unwrap();
        let mut weights: BTreeMap<_, _> = names(&network)
            .into_iter()
            .map(|(name, shape)| (name, TensorData::zeros::<f32, _>(Shape::from(shape))))
            .collect();
        let attempt = |weights: &BTreeMap<_, _>| {
            load(network.clone(), weights.clone())
                .map(|_| ())
                .unwrap_err()
                .to_string()
        };
        weights.insert("extra".into(), TensorData::from([0.0f32]));
        assert!(attempt(&weights).contains("\"extra\""));
        weights.remove("extra");
        assert!(load(network.clone(), weights.clone()).is_ok());
        weights.insert("conv_in.bias".into(), TensorData::from([0.0f32; 9]));
        assert!(attempt(&weights).contains("\"conv_in.bias\" has shape [9], the network needs [8]"));
        weights.insert("conv_in.bias".into(), TensorData::from([f32::NAN; 8]));
        assert!(attempt(&weights).contains("not a finite number"));
        weights.remove("conv_in.bias");
        assert!(attempt(&weights).contains("lacks the tensor \"conv_in.bias\""));
    }
}
