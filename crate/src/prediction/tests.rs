use burn::tensor::Device;
use proptest::prelude::*;

use super::*;
use crate::process::mix;

const ALL: [Prediction; 4] = [
    Prediction::Epsilon,
    Prediction::Sample,
    Prediction::V,
    Prediction::Flow,
];

fn pair(a: f32, b: f32) -> Tensor<4> {
    Tensor::<1>::from_floats([a, b], &Device::flex()).reshape([2, 1, 1, 1])
}

fn values(x: Tensor<4>) -> Vec<f32> {
    x.into_data().try_to_vec().unwrap()
}

fn close(x: Tensor<4>, y: Tensor<4>, tolerance: f32) -> bool {
    values(x)
        .iter()
        .zip(values(y))
        .all(|(x, y)| (x - y).abs() < tolerance)
}

proptest! {
    #[test]
    fn every_output_gives_back_image_and_noise(
        x_0 in -1f32..1.0, eps in -2f32..2.0, a in 0.02..0.98f64, b in 0.02..0.98f64, flow in any::<bool>()
    ) {
        let level = |share| if flow { Level::flow(share) } else { Level::from_alpha_bar(share) };
        let levels = [level(a), level(b)];
        let (x_0, eps) = (pair(x_0, -x_0), pair(eps, eps * 0.5));
        let x_t = mix(x_0.clone(), eps.clone(), &levels);
        for prediction in ALL {
            let output = prediction.output(Estimates { x0_hat: x_0.clone(), eps_hat: eps.clone() }, &levels);
            let estimates = prediction.estimates(x_t.clone(), output.clone(), &levels);
            prop_assert!(close(estimates.x0_hat.clone(), x_0.clone(), 1e-4), "{:?}", prediction);
            prop_assert!(close(estimates.eps_hat.clone(), eps.clone(), 1e-4), "{:?}", prediction);
            prop_assert!(close(prediction.output(estimates, &levels), output, 1e-4), "{:?}", prediction);
        }
    }

    #[test]
    fn weightings_agree_on_the_error_of_the_image(snr in 1e-3..1e3f64, gamma in 0.5..20.0f64) {
        // The same weighting, written for two predictions, differs by the ratio of their errors.
        let min_snr = LossWeighting::MinSnr { gamma };
        let of_image = min_snr.weight(snr, Prediction::Sample);
        prop_assert!((of_image - snr.min(gamma)).abs() < 1e-9);
        prop_assert!((min_snr.weight(snr, Prediction::Epsilon) * snr - of_image).abs() < 1e-9 * gamma);
        prop_assert!((min_snr.weight(snr, Prediction::V) * (snr + 1.0) - of_image).abs() < 1e-9 * gamma);
        prop_assert!((LossWeighting::SnrPlusOne.weight(snr, Prediction::V) - 1.0).abs() < 1e-12);
        prop_assert_eq!(LossWeighting::Simple.weight(snr, Prediction::V), 1.0);
    }
}

#[test]
fn targets() {
    let (x_0, eps) = (pair(1.0, 1.0), pair(0.5, 0.5));
    let target = |prediction: Prediction| values(prediction.target(x_0.clone(), eps.clone(), &[0.64, 0.36]));
    assert_eq!(target(Prediction::Epsilon), [0.5, 0.5]);
    assert_eq!(target(Prediction::Sample), [1.0, 1.0]);
    assert!(close(
        Prediction::V.target(x_0.clone(), eps.clone(), &[0.64, 0.36]),
        pair(-0.2, -0.5),
        1e-6
    ));
    assert_eq!(target(Prediction::Flow), [-0.5, -0.5]);
}

#[test]
fn the_error_of_a_velocity_is_that_of_the_image_over_sigma() {
    let level = Level::flow(0.4);
    let (x_t, error) = (pair(0.3, 0.3), 0.01);
    let image = |output: f32| {
        values(
            Prediction::Flow
                .estimates(x_t.clone(), pair(output, output), &[level])
                .x0_hat,
        )[0]
    };
    let of_image = f64::from(image(0.5) - image(0.5 + error)) / f64::from(error);
    let weight = LossWeighting::SnrPlusOne.weight(level.snr(), Prediction::Flow);
    assert!(
        (weight - (level.snr() + 1.0) * of_image.powi(2)).abs() < 1e-3,
        "{weight}"
    );
}

#[test]
fn outputs_say_nothing_where_their_divisor_is_0() {
    let dark = Level::from_alpha_bar(0.0);
    assert!(!Prediction::Epsilon.is_defined_at(dark) && Prediction::V.is_defined_at(dark));
    assert!(!Prediction::Sample.is_defined_at(Level::CLEAN) && Prediction::Flow.is_defined_at(Level::CLEAN));
    let x_t = pair(0.5, -0.5);
    let image = Prediction::V
        .estimates(x_t.clone(), pair(0.25, 0.0), &[dark])
        .x0_hat;
    assert_eq!(values(image), [-0.25, 0.0]);
}

#[test]
fn min_snr_is_finite_without_signal() {
    assert_eq!(
        LossWeighting::MinSnr { gamma: 5.0 }.weight(0.0, Prediction::Epsilon),
        1.0
    );
    assert_eq!(
        LossWeighting::MinSnr { gamma: 5.0 }.weight(0.0, Prediction::V),
        0.0
    );
}

#[test]
fn bad_weightings_name_their_field() {
    let nan = LossWeighting::MinSnr { gamma: f64::NAN };
    assert_eq!(nan.validate(Prediction::V).unwrap_err().field, "gamma");
    assert_eq!(
        LossWeighting::SnrPlusOne
            .validate(Prediction::Epsilon)
            .unwrap_err()
            .field,
        "loss_weighting"
    );
    assert!(LossWeighting::SnrPlusOne.validate(Prediction::Sample).is_ok());
}
