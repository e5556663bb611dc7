//! Copies on the GPU: what a replayed computation reads and writes is always the same buffers.

use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{
    Backend, BackendTensor, Dispatch, DispatchTensor, DispatchTensorKind, backend_extension,
};
use burn::tensor::{DType, Int, Tensor};
use burn_cubecl::CubeBackend;

use super::copy_cube::copy;

/// The same values in a buffer of their own.
pub fn copied<const D: usize>(x: &Tensor<D>) -> Tensor<D> {
    x.clone() * 1.0
}

/// Writes `values` where `x` is, whoever else holds it, once what comes back is computed.
pub fn overwrite<const D: usize>(x: &Tensor<D>, values: Tensor<D>) -> DispatchTensor {
    Dispatch::overwritten(x.clone().into_dispatch(), values.into_dispatch())
}

/// As [`overwrite`].
pub fn overwrite_labels(x: &Tensor<1, Int>, values: Tensor<1, Int>) -> DispatchTensor {
    // Four bytes are copied as four bytes.
    let [x, values] = [x.clone(), values].map(|labels| {
        let mut labels = labels.into_dispatch();
        if let DispatchTensorKind::Cube(BackendTensor::Int(inner)) = labels.kind {
            labels.kind = DispatchTensorKind::Cube(BackendTensor::Float(inner));
        }
        labels
    });
    Dispatch::overwritten(x, values)
}

#[backend_extension(Cube, Fusion)]
pub trait Overwrite: Backend {
    /// What comes back is `x`, and by name of f32, whatever it holds.
    #[fusion(meta = |x, _values| TensorSpec::new(x.shape.clone(), DType::F32))]
    fn overwritten(x: FloatTensor<Self>, values: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl Overwrite for CubeBackend {
    fn overwritten(x: FloatTensor<Self>, values: FloatTensor<Self>) -> FloatTensor<Self> {
        let mut x = copy(values, x);
        x.dtype = DType::F32;
        x
    }
}
