//! Copies on the GPU: what a replayed computation reads and writes is always the same buffers.

use burn::backend::fusion::custom::TensorSpec;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, backend_extension};
use burn::tensor::{DType, Int, Tensor};
use burn_cubecl::CubeBackend;

use super::copy_cube::copy;
use super::cube::on_gpu;

/// The same values in a buffer of their own.
pub fn copied<const D: usize>(x: &Tensor<D>) -> Tensor<D> {
    x.clone() * 1.0
}

/// What must be held until the next replay, which would otherwise go without it.
pub type Overwritten = FloatTensor<Cube>;

/// Writes `values` where `x` is, whoever else holds it.
pub fn overwrite<const D: usize>(x: &Tensor<D>, values: Tensor<D>) -> Overwritten {
    Cube::overwritten(on_gpu(x.clone().into_dispatch()), on_gpu(values.into_dispatch()))
}

/// As [`overwrite`]: four bytes are copied as four bytes.
pub fn overwrite_labels(x: &Tensor<1, Int>, values: Tensor<1, Int>) -> Overwritten {
    Cube::overwritten(on_gpu(x.clone().into_dispatch()), on_gpu(values.into_dispatch()))
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
