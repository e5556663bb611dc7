//! What a network is asked in a sampling step, written where it takes it in one launch.

use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{
    Backend, BackendTensor, Cube, DispatchAutodiffContext, DispatchTensor, DispatchTensorKind,
    backend_extension,
};
use burn::tensor::{Int, Tensor};
use burn_cubecl::CubeBackend;

use super::cube::{from_gpu, on_gpu, runs_kernels};
use super::inputs_cube;

/// What a network takes.
#[derive(Clone, Debug)]
pub struct Inputs {
    x_t: Tensor<4>,
    t: Tensor<1>,
    /// Of no meaning without classes: a kernel takes no buffer that may be there or not.
    labels: Tensor<1, Int>,
    has_labels: bool,
}

impl Inputs {
    /// Images, their timesteps, and their labels where they have such.
    pub fn parts(self) -> (Tensor<4>, Tensor<1>, Option<Tensor<1, Int>>) {
        (self.x_t, self.t, self.has_labels.then_some(self.labels))
    }
}

/// All of `x_t` at timestep `t`; with a null class twice, one after the other, and that in place of the labels the second
/// time.
pub fn inputs(x_t: Tensor<4>, t: f64, labels: Option<Tensor<1, Int>>, null_class: Option<u8>) -> Inputs {
    let [count, channels, height, width] = x_t.dims();
    let device = x_t.device();
    let batch = count * (1 + usize::from(null_class.is_some()));
    let has_labels = labels.is_some();
    if runs_kernels(&device) {
        let to = Inputs {
            x_t: Tensor::zeros([batch, channels, height, width], &device),
            t: Tensor::zeros([batch], &device),
            labels: Tensor::full([batch], 0, &device),
            has_labels,
        };
        return write_inputs(&to, x_t, t, labels, null_class);
    }
    let labels = labels.unwrap_or_else(|| Tensor::full([count], 0, &device));
    let t = Tensor::full([batch], t, &device);
    let (x_t, labels) = match null_class {
        None => (x_t, labels),
        Some(null_class) => {
            let null = labels.full_like(null_class);
            (x_t.repeat_dim(0, 2), Tensor::cat(vec![labels, null], 0))
        }
    };
    Inputs {
        x_t,
        t,
        labels,
        has_labels,
    }
}

/// The same on the GPU, where `to` is, whoever else holds it. What comes back is `to`, and must be held until it is used.
pub fn write_inputs(
    to: &Inputs,
    x_t: Tensor<4>,
    t: f64,
    labels: Option<Tensor<1, Int>>,
    null_class: Option<u8>,
) -> Inputs {
    let to = to.clone();
    let x_t = on_gpu(x_t.into_dispatch());
    let (x_t, t, labels) = Cube::write_inputs(
        x_t.clone(),
        // Without classes nobody looks.
        labels.map_or(x_t, |labels| on_gpu(labels.into_dispatch())),
        on_gpu(to.x_t.into_dispatch()),
        on_gpu(to.t.into_dispatch()),
        on_gpu(to.labels.into_dispatch()),
        t as f32,
        null_class.unwrap_or_default().into(),
        to.has_labels,
    );
    Inputs {
        x_t: Tensor::from_dispatch(from_gpu(x_t)),
        t: Tensor::from_dispatch(from_gpu(t)),
        labels: Tensor::from_dispatch(DispatchTensor {
            kind: DispatchTensorKind::Cube(BackendTensor::Int(labels)),
            autodiff: DispatchAutodiffContext::Disabled,
        }),
        has_labels: to.has_labels,
    }
}

/// The writing on the GPU.
#[backend_extension(Cube, Fusion)]
#[allow(clippy::too_many_arguments)]
pub trait WriteInputs: Backend {
    /// What comes back is `x_to`, `t_to` and `labels_to`.
    #[fusion(meta = |_x_t, _labels, x_to, t_to, labels_to, _t, _null_class, _has_labels| (
        x_to.clone(),
        t_to.clone(),
        labels_to.clone(),
    ))]
    fn write_inputs(
        x_t: FloatTensor<Self>,
        labels: IntTensor<Self>,
        x_to: FloatTensor<Self>,
        t_to: FloatTensor<Self>,
        labels_to: IntTensor<Self>,
        t: f32,
        null_class: u32,
        has_labels: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, IntTensor<Self>);
}

impl WriteInputs for CubeBackend {
    fn write_inputs(
        x_t: FloatTensor<Self>,
        labels: IntTensor<Self>,
        x_to: FloatTensor<Self>,
        t_to: FloatTensor<Self>,
        labels_to: IntTensor<Self>,
        t: f32,
        null_class: u32,
        has_labels: bool,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, IntTensor<Self>) {
        let to = [x_to, t_to, labels_to];
        inputs_cube::write([x_t, labels], to.clone(), t, null_class, has_labels);
        let [x_t, t, labels] = to;
        (x_t, t, labels)
    }
}
