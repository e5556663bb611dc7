//! How the values of an image are spread.

use serde::Serialize;

/// Where the bins lie: -1 and 1, black and white, are in the middle of one.
const LOW: f64 = -4.1;
const HIGH: f64 = 4.1;
const BINS: usize = 41;

/// The share of values in equal bins, as a density: all bars together have the area 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Histogram {
    /// Left end of the first bin.
    pub low: f64,
    /// Right end of the last bin.
    pub high: f64,
    /// What lies outside is counted in the outermost bins.
    pub densities: Vec<f64>,
    pub mean: f64,
    pub standard_deviation: f64,
}

impl Histogram {
    /// Of one value or more; all densities of none are 0.
    pub fn new(values: &[f32]) -> Self {
        let width = (HIGH - LOW) / BINS as f64;
        let count = values.len().max(1) as f64;
        let mut densities = vec![0.0; BINS];
        for &value in values {
            // A cast saturates.
            let bin = ((f64::from(value) - LOW) / width) as usize;
            densities[bin.min(BINS - 1)] += 1.0 / (count * width);
        }
        let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
        let squares: f64 = values
            .iter()
            .map(|&value| (f64::from(value) - mean).powi(2))
            .sum();
        Self {
            low: LOW,
            high: HIGH,
            densities,
            mean,
            standard_deviation: (squares / count).sqrt(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Rng, Stream};

    #[test]
    fn a_clean_digit_has_two_bars() {
        let histogram = Histogram::new(&[-1.0, -1.0, -1.0, 1.0]);
        let bars: Vec<(usize, f64)> = histogram
            .densities
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, density)| *density > 0.0)
            .collect();
        assert_eq!(bars.iter().map(|bar| bar.0).collect::<Vec<_>>(), [15, 25]);
        assert!((bars[0].1 - 3.75).abs() < 1e-9 && (bars[1].1 - 1.25).abs() < 1e-9);
        assert_eq!(histogram.mean, -0.5);
        assert!((histogram.standard_deviation - 0.75_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn noise_follows_the_normal_curve() {
        let histogram = Histogram::new(&Rng::new(3, Stream::Noise, 0).normals(400_000));
        let width = (histogram.high - histogram.low) / histogram.densities.len() as f64;
        for (bin, density) in histogram.densities.iter().enumerate() {
            let x = histogram.low + (bin as f64 + 0.5) * width;
            let normal = (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt();
            assert!((density - normal).abs() < 0.01, "{density} for {normal} at {x}");
        }
    }

    #[test]
    fn nothing_is_left_out() {
        let histogram = Histogram::new(&[-100.0, 100.0, f32::NEG_INFINITY, 0.0]);
        let width = (histogram.high - histogram.low) / histogram.densities.len() as f64;
        assert!((histogram.densities.iter().sum::<f64>() * width - 1.0).abs() < 1e-12);
    }
}
