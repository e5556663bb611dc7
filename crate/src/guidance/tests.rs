use std::cell::RefCell;

use burn::tensor::Device;

use super::*;
use crate::rng::{Rng, Stream};

const NULL: u8 = 10;

/// Says its label everywhere, and keeps the batch sizes that it was asked for.
fn label_teller(calls: &RefCell<Vec<usize>>) -> impl Denoiser + '_ {
    move |x_t: Tensor<4>, t: Tensor<1>, labels: Option<Tensor<1, Int>>| {
        assert_eq!(t.dims()[0], x_t.dims()[0]);
        calls.borrow_mut().push(x_t.dims()[0]);
        let labels = labels.map_or_else(
            || Tensor::zeros([x_t.dims()[0]], &x_t.device()),
            |labels| labels.float(),
        );
        x_t.zeros_like() + labels.reshape([-1, 1, 1, 1])
    }
}

fn ask(scale: f64, labels: Option<[i32; 2]>) -> (Vec<f32>, Vec<usize>) {
    let device = Device::flex();
    let calls = RefCell::new(Vec::new());
    let denoiser = label_teller(&calls);
    let guidance = Guidance {
        scale,
        rescale: 0.0,
        null_class: NULL,
        channels: None,
    };
    let labels = labels.map(|labels| Tensor::from_ints(labels, &device));
    let answers = guidance.ask(&denoiser, Tensor::zeros([2, 1, 1, 1], &device), 0.0, labels);
    let output = guidance.combine(answers, 2, 1);
    let output = output.into_data().try_to_vec().unwrap();
    (output, calls.borrow().clone())
}

#[test]
fn steers_from_the_null_class_past_the_class() {
    assert_eq!(
        ask(3.0, Some([2, 4])),
        (
            vec![10.0 + 3.0 * (2.0 - 10.0), 10.0 + 3.0 * (4.0 - 10.0)],
            vec![4]
        )
    );
}

#[test]
fn needs_one_evaluation_without_guidance() {
    assert_eq!(ask(1.0, Some([2, 4])), (vec![2.0, 4.0], vec![2]));
    assert_eq!(ask(0.0, Some([2, 4])), (vec![10.0, 10.0], vec![2]));
    assert_eq!(ask(5.0, None), (vec![0.0, 0.0], vec![2]));
}

#[test]
fn rescaling_restores_the_spread() {
    let device = Device::flex();
    let random = |index| Rng::new(0, Stream::Data, index).normal_tensor([2, 3, 4, 4], &device);
    let (guided, reference) = (random(0) * 5.0 + 0.3, random(1) * 0.5);
    let spread = |x: Tensor<4>| standard_deviation(x).into_data().try_to_vec::<f32>().unwrap();
    let full = spread(rescale(guided.clone(), reference.clone(), 1.0));
    let half = spread(rescale(guided.clone(), reference.clone(), 0.5));
    for i in 0..2 {
        let (from, to) = (spread(guided.clone())[i], spread(reference.clone())[i]);
        assert!((full[i] - to).abs() < 1e-4);
        assert!((half[i] - 0.5 * (from + to)).abs() < 1e-3);
    }
}

#[test]
fn a_learned_variance_is_not_guided() {
    let device = Device::flex();
    let with_variance = |x_t: Tensor<4>, _: Tensor<1>, labels: Option<Tensor<1, Int>>| {
        let labels = labels.unwrap().float().reshape([-1, 1, 1, 1]);
        Tensor::cat(
            vec![x_t.zeros_like() + labels.clone(), x_t.zeros_like() + labels * 0.1],
            1,
        )
    };
    let guidance = Guidance {
        scale: 2.0,
        rescale: 0.0,
        null_class: NULL,
        channels: None,
    };
    let labels = Tensor::from_ints([3], &device);
    let x_t = Tensor::zeros([1, 1, 1, 1], &device);
    let output = guidance.combine(guidance.ask(&with_variance, x_t, 0.0, Some(labels)), 1, 1);
    let output = output.into_data().try_to_vec::<f32>().unwrap();
    assert!(
        (output[0] + 4.0).abs() < 1e-6 && (output[1] - 0.3).abs() < 1e-6,
        "{output:?}"
    );
}

/// As the published DiT: three of four latents steered, the fourth and the variances the class's own.
#[test]
fn only_the_first_channels_are_steered_where_asked() {
    let device = Device::flex();
    let latents = |x_t: Tensor<4>, _: Tensor<1>, labels: Option<Tensor<1, Int>>| {
        let labels = labels.unwrap().float().reshape([-1, 1, 1, 1]);
        Tensor::cat(vec![x_t.clone(), x_t], 1).zeros_like() + labels
    };
    let ask = |channels| {
        let guidance = Guidance {
            scale: 2.0,
            rescale: 0.0,
            null_class: NULL,
            channels,
        };
        let x_t = Tensor::zeros([1, 4, 1, 1], &device);
        let labels = Tensor::from_ints([3], &device);
        let output = guidance.combine(guidance.ask(&latents, x_t, 0.0, Some(labels)), 1, 4);
        output.into_data().try_to_vec::<f32>().unwrap()
    };
    assert_eq!(ask(Some(3)), [-4.0, -4.0, -4.0, 3.0, 3.0, 3.0, 3.0, 3.0]);
    assert_eq!(ask(None), [-4.0, -4.0, -4.0, -4.0, 3.0, 3.0, 3.0, 3.0]);
    assert_eq!(ask(Some(9)), ask(None));
}
