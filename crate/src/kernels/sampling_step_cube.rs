//! A sampling step on the GPU.

use burn_cubecl::{kernel::into_contiguous, tensor::CubeTensor};
use cubecl::prelude::*;

use super::cube::{THREADS, a_thread_each, empty};
use super::sampling_step::StepNumbers;
use crate::runtime::work::moves;

/// x0_hat, eps_hat and the next `x_t`.
pub fn step(
    x_t: CubeTensor,
    output: CubeTensor,
    noise: CubeTensor,
    past: CubeTensor,
    numbers: StepNumbers,
) -> (CubeTensor, CubeTensor, CubeTensor) {
    let [x_t, output, noise, past] = [x_t, output, noise, past].map(into_contiguous);
    let shape: [usize; 4] = x_t.meta.shape().dims();
    let [answers, channels_out, _, _] = output.meta.shape().dims();
    let [count, channels, height, width] = shape;
    let pixels = height * width;
    let total = count * channels * pixels;
    // Where the answers with the null class begin; those with the class, where there are no others.
    let null = if answers > count {
        count * channels_out * pixels
    } else {
        0
    };
    let [x0_hat, eps_hat, x_next] = [(); 3].map(|()| empty(&x_t, shape));
    moves::<sampling_step_kernel::SamplingStepKernel>(
        &[&x_t, &output, &noise, &past, &x0_hat, &eps_hat, &x_next],
        0,
    );
    sampling_step_kernel::launch(
        &x_t.client.clone(),
        a_thread_each(total),
        CubeDim::new_1d(THREADS),
        x_t.into_tensor_arg(),
        output.into_tensor_arg(),
        noise.into_tensor_arg(),
        past.into_tensor_arg(),
        x0_hat.clone().into_tensor_arg(),
        eps_hat.clone().into_tensor_arg(),
        x_next.clone().into_tensor_arg(),
        (channels * pixels) as u32,
        (channels_out * pixels) as u32,
        (numbers.guided_channels.min(channels) * pixels) as u32,
        null as u32,
        total as u32,
        numbers.guidance_scale as f32,
        numbers.x0_hat[0] as f32,
        numbers.x0_hat[1] as f32,
        numbers.limit as f32,
        numbers.eps_hat[0] as f32,
        numbers.eps_hat[1] as f32,
        numbers.eps_hat[2] as f32,
        numbers.x_next[0] as f32,
        numbers.x_next[1] as f32,
        numbers.x_next[2] as f32,
        numbers.x_next[3] as f32,
        numbers.x_next[4] as f32,
        numbers.noise_growth as f32,
    );
    (x0_hat, eps_hat, x_next)
}

#[cube(launch)]
#[allow(clippy::too_many_arguments)]
fn sampling_step_kernel(
    x_t: &Tensor<f32>,
    output: &Tensor<f32>,
    noise: &Tensor<f32>,
    past: &Tensor<f32>,
    x0_hat: &mut Tensor<f32>,
    eps_hat: &mut Tensor<f32>,
    x_next: &mut Tensor<f32>,
    image: u32,
    image_out: u32,
    guided: u32,
    null: u32,
    total: u32,
    guidance_scale: f32,
    x_t_in_x0: f32,
    output_in_x0: f32,
    limit: f32,
    x_t_in_eps: f32,
    output_in_eps: f32,
    x0_in_eps: f32,
    of_x_t: f32,
    of_x0: f32,
    of_eps: f32,
    of_noise: f32,
    of_past: f32,
    noise_growth: f32,
) {
    let mut i = CUBE_POS_X * 256 + UNIT_POS_X;
    while i < total {
        let at = i as usize;
        let within = i % image;
        let answer = i / image * image_out + within;
        let mut out = output[answer as usize];
        if null > 0 && within < guided {
            let without = output[(null + answer) as usize];
            out = without + (out - without) * guidance_scale;
        }
        let x = x_t[at];
        let mut x0 = x_t_in_x0 * x + output_in_x0 * out;
        if x0 > limit {
            x0 = limit;
        }
        if x0 < -limit {
            x0 = -limit;
        }
        let eps = x_t_in_eps * x + output_in_eps * out + x0_in_eps * x0;
        let mut fresh = of_noise * noise[at];
        if noise_growth > 0.0f32 {
            fresh *= (noise_growth * output[(answer + image) as usize]).exp();
        }
        x0_hat[at] = x0;
        eps_hat[at] = eps;
        x_next[at] = of_x_t * x + of_x0 * x0 + of_eps * eps + fresh + of_past * past[at];
        i += CUBE_COUNT_X * 256;
    }
}
