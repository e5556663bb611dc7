//! How many training steps make a slice of work, found from how long the last ones took.

/// A slice of training aims to last this long, in seconds.
const SLICE: f64 = 0.1;
/// Steps a slice at most: no more work than this is ever queued on the device.
const MAX_STEPS: f64 = 16.0;

#[derive(Default)]
pub struct Pace {
    /// Recent seconds a step, without the first, in which shaders are compiled.
    seconds: Option<f64>,
    warm: bool,
}

impl Pace {
    /// Steps of the next slice.
    pub fn steps(&self) -> u32 {
        self.seconds
            .map_or(1.0, |seconds| (SLICE / seconds).clamp(1.0, MAX_STEPS)) as u32
    }

    /// Takes the seconds that each step of a slice took.
    pub fn note(&mut self, seconds: f64) {
        if self.warm {
            self.seconds = Some(self.seconds.map_or(seconds, |mean| 0.8 * mean + 0.2 * seconds));
        }
        self.warm = true;
    }

    /// Whether a slice has more than one step.
    pub fn is_fast(&self) -> bool {
        self.seconds.is_some_and(|seconds| seconds < SLICE)
    }

    pub fn steps_per_second(&self) -> Option<f64> {
        self.seconds.map(f64::recip)
    }
}
