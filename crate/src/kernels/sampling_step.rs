//! A whole sampling step on the GPU in one launch: what is made of a network's answer, and the next `x_t`.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Cube, backend_extension};
use burn::tensor::Tensor;
use burn_cubecl::CubeBackend;

use super::cube::{from_gpu, on_gpu};
use super::sampling_step_cube;

/// The numbers of a step; see [`crate::sampler::Step`], which makes them and is the twin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepNumbers {
    pub guidance_scale: f64,
    /// Channels that guidance steers.
    pub guided_channels: usize,
    /// Weights of `x_t` and the guided output in x0_hat.
    pub x0_hat: [f64; 2],
    /// The largest absolute value of x0_hat.
    pub limit: f64,
    /// Weights of `x_t`, the guided output and the clipped x0_hat in eps_hat.
    pub eps_hat: [f64; 3],
    /// Weights of `x_t`, x0_hat, eps_hat, noise and the past in what comes next.
    pub x_next: [f64; 5],
    /// The noise is weighed by `exp(noise_growth v)` besides, where v is the output behind the prediction; never negative.
    pub noise_growth: f64,
}

/// x0_hat, eps_hat and the next `x_t`.
///
/// `x_t` `[count, channels, height, width]`; `output` `[count or 2 count, channels or 2 channels, ..]`, the answers with
/// the null class behind the others, and v behind the prediction; `noise` and `past` as `x_t`.
pub fn sampling_step(
    x_t: Tensor<4>,
    output: Tensor<4>,
    noise: Option<Tensor<4>>,
    past: Option<Tensor<4>>,
    numbers: StepNumbers,
) -> [Tensor<4>; 3] {
    let x_t = on_gpu(x_t.into_dispatch());
    // What is not there has no weight.
    let or_x_t = |x: Option<Tensor<4>>| x.map_or_else(|| x_t.clone(), |x| on_gpu(x.into_dispatch()));
    let (noise, past) = (or_x_t(noise), or_x_t(past));
    let (x0_hat, eps_hat, x_next) =
        Cube::sampling_step(x_t, on_gpu(output.into_dispatch()), noise, past, numbers);
    [x0_hat, eps_hat, x_next].map(|x| Tensor::from_dispatch(from_gpu(x)))
}

/// The step on the GPU.
#[backend_extension(Cube, Fusion)]
pub trait SamplingStep: Backend {
    #[fusion(meta = |x_t, _output, _noise, _past, _numbers| (x_t.clone(), x_t.clone(), x_t.clone()))]
    fn sampling_step(
        x_t: FloatTensor<Self>,
        output: FloatTensor<Self>,
        noise: FloatTensor<Self>,
        past: FloatTensor<Self>,
        numbers: StepNumbers,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

impl SamplingStep for CubeBackend {
    fn sampling_step(
        x_t: FloatTensor<Self>,
        output: FloatTensor<Self>,
        noise: FloatTensor<Self>,
        past: FloatTensor<Self>,
        numbers: StepNumbers,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        sampling_step_cube::step(x_t, output, noise, past, numbers)
    }
}
