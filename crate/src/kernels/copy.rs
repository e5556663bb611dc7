//! Copies on the GPU: what a replayed computation reads and writes is always the same buffers.

use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Backend, Dispatch, backend_extension};
use burn::tensor::{Int, Tensor};
use burn_cubecl::CubeBackend;

use super::copy_cube::copy;
use super::cube::empty_like;

/// The same values in a buffer of their own.
pub fn copied<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::copied(x.into_dispatch()))
}

/// As [`copied`].
pub fn copied_labels(labels: Tensor<1, Int>) -> Tensor<1, Int> {
    Tensor::from_dispatch(Dispatch::copied_int(labels.into_dispatch()))
}

/// Writes `values` where `x` is, whoever else holds it.
pub fn overwrite<const D: usize>(x: Tensor<D>, values: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::overwritten(x.into_dispatch(), values.into_dispatch()))
}

/// As [`overwrite`].
pub fn overwrite_labels(x: Tensor<1, Int>, values: Tensor<1, Int>) -> Tensor<1, Int> {
    Tensor::from_dispatch(Dispatch::overwritten_int(
        x.into_dispatch(),
        values.into_dispatch(),
    ))
}

#[backend_extension(Cube, Fusion)]
pub trait Copies: Backend {
    #[fusion(dtype = x, shape = x)]
    fn copied(x: FloatTensor<Self>) -> FloatTensor<Self>;

    #[fusion(dtype = x, shape = x)]
    fn copied_int(x: IntTensor<Self>) -> IntTensor<Self>;

    #[fusion(dtype = x, shape = x)]
    fn overwritten(x: FloatTensor<Self>, values: FloatTensor<Self>) -> FloatTensor<Self>;

    #[fusion(dtype = x, shape = x)]
    fn overwritten_int(x: IntTensor<Self>, values: IntTensor<Self>) -> IntTensor<Self>;
}

impl Copies for CubeBackend {
    fn copied(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let out = empty_like(&x);
        copy(x, out)
    }

    fn copied_int(x: IntTensor<Self>) -> IntTensor<Self> {
        let out = empty_like(&x);
        copy(x, out)
    }

    fn overwritten(x: FloatTensor<Self>, values: FloatTensor<Self>) -> FloatTensor<Self> {
        copy(values, x)
    }

    fn overwritten_int(x: IntTensor<Self>, values: IntTensor<Self>) -> IntTensor<Self> {
        copy(values, x)
    }
}
