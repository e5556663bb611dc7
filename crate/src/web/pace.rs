//! How many training steps make a slice of work, found from how long the last ones took.

/// A slice of training aims to last this long, in seconds.
const SLICE: f64 = 0.1;
/// Steps a slice at most: no more work than this is ever queued on the device.
const MAX_STEPS: f64 = 16.0;

#[derive(Default)]
pub struct Pace {
    /// Recent seconds a step, without the first.
    seconds: Option<f64>,
    warm_up_seconds: Option<f64>,
}

impl Pace {
    /// Steps of the next slice.
    pub fn steps(&self) -> u32 {
        self.seconds
            .map_or(1.0, |seconds| (SLICE / seconds).clamp(1.0, MAX_STEPS)) as u32
    }

    /// Takes the seconds that each step of a slice took.
    pub fn note(&mut self, seconds: f64) {
        match self.warm_up_seconds {
            None => self.warm_up_seconds = Some(seconds),
            Some(_) => self.seconds = Some(self.seconds.map_or(seconds, |mean| 0.8 * mean + 0.2 * seconds)),
        }
    }

    /// Whether a slice has more than one step.
    pub fn is_fast(&self) -> bool {
        self.seconds.is_some_and(|seconds| seconds < SLICE)
    }

    pub fn steps_per_second(&self) -> Option<f64> {
        self.seconds.map(f64::recip)
    }

    /// Duration of the first step, in which shaders are compiled.
    pub fn warm_up_seconds(&self) -> Option<f64> {
        self.warm_up_seconds
    }
}
