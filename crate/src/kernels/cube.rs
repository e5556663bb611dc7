//! What our GPU kernels share: buffers, views into them, and the sum over a workgroup.

use burn::backend::autodiff::Autodiff;
use burn::backend::tensor::FloatTensor;
use burn::backend::{
    BackendTensor, Cube, DispatchAutodiffContext, DispatchDevice, DispatchTensor, DispatchTensorKind,
};
use burn::tensor::{Device, GradientCheckpointingStrategy, Shape};
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;
use cubecl::zspace::metadata::Metadata;

use super::flat_cube::gather;

/// Threads of a workgroup whose threads all do the same: WebGPU promises no more.
pub const THREADS: u32 = 256;

/// Whether our kernels for the GPU can run there.
pub fn runs_kernels(device: &Device) -> bool {
    matches!(
        device.clone().without_autodiff().as_dispatch(),
        DispatchDevice::Cube(_)
    )
}

/// A tensor where [`runs_kernels`], without gradient.
pub fn on_gpu(tensor: DispatchTensor) -> FloatTensor<Cube> {
    match tensor.kind {
        DispatchTensorKind::Cube(BackendTensor::Float(tensor) | BackendTensor::Int(tensor)) => tensor,
        _ => unreachable!("kernels run on the GPU, and these have no gradient"),
    }
}

/// The inverse of [`on_gpu`], of floats.
pub fn from_gpu(tensor: FloatTensor<Cube>) -> DispatchTensor {
    DispatchTensor {
        kind: DispatchTensorKind::Cube(BackendTensor::Float(tensor)),
        autodiff: DispatchAutodiffContext::Disabled,
    }
}

/// Autodiff over the GPU, which computes nothing again.
pub type Followed = Autodiff<Cube>;

/// Its tensors.
pub type Tracked = FloatTensor<Followed>;

/// A tensor of floats where [`runs_kernels`], for autodiff to follow: a constant where it is not on autodiff's device.
pub fn tracked(tensor: DispatchTensor) -> Tracked {
    match tensor.kind {
        DispatchTensorKind::Autodiff(kind) => match *kind {
            DispatchTensorKind::Cube(tensor) => tensor.autodiff(),
            _ => unreachable!("kernels run on the GPU"),
        },
        _ => Tracked::new(on_gpu(tensor)),
    }
}

/// The inverse of [`tracked`].
pub fn from_tracked(tensor: Tracked) -> DispatchTensor {
    let kind = DispatchTensorKind::Cube(BackendTensor::Autodiff(tensor));
    DispatchTensor {
        kind: DispatchTensorKind::Autodiff(Box::new(kind)),
        autodiff: DispatchAutodiffContext::Enabled(GradientCheckpointingStrategy::Disabled),
    }
}

/// Computes `plain` where [`runs_kernels`], or `followed` where a tensor is on autodiff's device. `Dispatch` would ask every
/// backend, which is much code.
pub fn direct<const N: usize>(
    tensors: [DispatchTensor; N],
    plain: impl FnOnce([FloatTensor<Cube>; N]) -> FloatTensor<Cube>,
    followed: impl FnOnce([Tracked; N]) -> Tracked,
) -> DispatchTensor {
    let autodiff = |tensor: &DispatchTensor| matches!(tensor.kind, DispatchTensorKind::Autodiff(_));
    match tensors.iter().any(autodiff) {
        true => from_tracked(followed(tensors.map(tracked))),
        false => from_gpu(plain(tensors.map(on_gpu))),
    }
}

/// A buffer that is still to be written, on the device of `like`.
pub fn empty<const D: usize>(like: &CubeTensor, shape: [usize; D]) -> CubeTensor {
    let shape = Shape::from(shape);
    let buffer = like.client.empty(shape.num_elements() * like.dtype.size());
    CubeTensor::new_contiguous(
        like.client.clone(),
        like.device.clone(),
        shape,
        buffer,
        like.dtype,
    )
}

/// The same of the shape of `like`, whatever its rank.
pub fn empty_like(like: &CubeTensor) -> CubeTensor {
    let flat = empty(like, [like.meta.num_elements()]);
    view(&flat, 0, like.meta.shape().clone())
}

/// A buffer that may be written in its place: `x` itself, or a copy where somebody else holds it.
pub fn own(x: CubeTensor) -> CubeTensor {
    match x.can_mut() {
        true => x,
        false => x.copy(),
    }
}

/// Workgroups for a thread an element, or for some elements a thread where there are very many.
pub fn a_thread_each(elements: usize) -> CubeCount {
    let workgroups = elements.div_ceil(THREADS as usize);
    CubeCount::Static(workgroups.clamp(1, 32_768) as u32, 1, 1)
}

/// So many workgroups, in two dimensions where one would be too long for WebGPU.
pub fn workgroups(count: usize) -> CubeCount {
    let wide = count.clamp(1, 32_768);
    CubeCount::Static(wide as u32, count.div_ceil(wide) as u32, 1)
}

/// The distance, in elements, between the starts of two parts of one buffer that a kernel may be given apart.
pub fn aligned(like: &CubeTensor, count: usize) -> usize {
    let alignment = like.client.properties().memory.alignment as usize / like.dtype.size();
    count.next_multiple_of(alignment.max(1))
}

/// A part of a contiguous vector's buffer, without a copy: `start` is a multiple of what [`aligned`] gives.
pub fn view(flat: &CubeTensor, start: usize, shape: impl Into<Shape>) -> CubeTensor {
    let shape = shape.into();
    let size = flat.dtype.size();
    let rest = flat.meta.num_elements() - start - shape.num_elements();
    let buffer = flat
        .handle
        .clone()
        .offset_start((start * size) as u64)
        .offset_end((rest * size) as u64);
    CubeTensor::new_contiguous(
        flat.client.clone(),
        flat.device.clone(),
        shape,
        buffer,
        flat.dtype,
    )
}

/// Tensors of one size as one vector, and the distance between their starts. Where they lie in one buffer at equal
/// distances, as the parameters of equal layers do, nothing is copied.
pub fn spaced(tensors: &[CubeTensor]) -> (CubeTensor, usize) {
    let first = &tensors[0];
    let (size, count) = (first.dtype.size(), first.meta.num_elements());
    let start = |tensor: &CubeTensor| tensor.handle.offset_start.unwrap_or(0) as usize / size;
    let step = match tensors {
        [_, second, ..] => start(second).wrapping_sub(start(first)),
        _ => count,
    };
    let in_place = |(i, tensor): (usize, &CubeTensor)| {
        tensor.handle.memory.descriptor() == first.handle.memory.descriptor()
            && tensor.is_contiguous()
            && step >= count
            && start(tensor) == start(first) + i * step
    };
    let last = tensors.len() - 1;
    if tensors.iter().enumerate().all(in_place) {
        let mut all = first.clone();
        all.handle.offset_end = tensors[last].handle.offset_end;
        *all.meta = Metadata::new(Shape::from([last * step + count]), [1]);
        return (all, step);
    }
    let step = aligned(first, count);
    let starts: Vec<usize> = (0..=last).map(|i| i * step).collect();
    (
        gather(empty(first, [tensors.len() * step]), tensors, &starts),
        step,
    )
}

/// The sum of `value` over the 256 threads of a workgroup, known to each of them. All threads must call it.
#[cube]
pub fn workgroup_sum(value: f32, thread: u32, shared: &mut Shared<[f32]>) -> f32 {
    shared[thread as usize] = value;
    sync_cube();
    #[unroll]
    for level in 0..8u32 {
        let reach = comptime!(128u32 >> level);
        if thread < reach {
            let other = shared[(thread + reach) as usize];
            shared[thread as usize] += other;
        }
        sync_cube();
    }
    let sum = shared[0];
    sync_cube();
    sum
}

/// The sum of `value` over the 32 threads of a row, in a workgroup of 32x8. All threads of the workgroup must call it.
#[cube]
pub fn row_sum(value: f32, shared: &mut Shared<[f32]>) -> f32 {
    let own = UNIT_POS_Y * 32 + UNIT_POS_X;
    shared[own as usize] = value;
    sync_cube();
    #[unroll]
    for level in 0..5u32 {
        let reach = comptime!(16u32 >> level);
        if UNIT_POS_X < reach {
            let other = shared[(own + reach) as usize];
            shared[own as usize] += other;
        }
        sync_cube();
    }
    let sum = shared[(UNIT_POS_Y * 32) as usize];
    sync_cube();
    sum
}

/// The sum of `value` over the 8 threads of a column, in a workgroup of 32x8. All threads of the workgroup must call it.
#[cube]
pub fn column_sum(value: f32, shared: &mut Shared<[f32]>) -> f32 {
    shared[(UNIT_POS_Y * 32 + UNIT_POS_X) as usize] = value;
    sync_cube();
    let mut sum = 0.0f32;
    #[unroll]
    for row in 0..8u32 {
        sum += shared[(row * 32 + UNIT_POS_X) as usize];
    }
    sync_cube();
    sum
}
