//! Two runs kept level with each other: whose turn it is.

use serde::{Deserialize, Serialize};

/// By what the two are kept level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Pace {
    /// Training steps.
    #[default]
    Steps,
    /// Seconds of training.
    Seconds,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Standing {
    pub steps: u32,
    pub seconds: f64,
}

/// Which of the two trains next, and for how many steps at most: the one that is behind. None once it has taken `until`
/// steps: then both are as far as they should be.
pub fn turn([first, second]: [Standing; 2], pace: Pace, until: u32) -> Option<(usize, u32)> {
    let second_is_behind = match pace {
        Pace::Steps => second.steps < first.steps,
        Pace::Seconds => second.seconds < first.seconds,
    };
    let (index, behind, ahead) = match second_is_behind {
        true => (1, second, first),
        false => (0, first, second),
    };
    let left = until.checked_sub(behind.steps).filter(|&left| left > 0)?;
    Some(match pace {
        Pace::Steps if behind.steps < ahead.steps => (index, left.min(ahead.steps - behind.steps)),
        _ => (index, left),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use burn::tensor::Device;

    use super::*;
    use crate::data::ImageSet;
    use crate::model::Preset;
    use crate::prediction::Prediction;
    use crate::schedule::{ScheduleConfig, ScheduleKind};
    use crate::train::{TrainConfig, Trainer};

    /// The standings when it is `None`'s turn, where a step takes the runs so many seconds and a slice is of `slice` steps.
    fn run(pace: Pace, until: u32, seconds: [f64; 2], slice: u32) -> [Standing; 2] {
        let mut standings = [Standing::default(); 2];
        while let Some((index, most)) = turn(standings, pace, until) {
            let steps = most.min(slice);
            assert!(steps > 0);
            standings[index].steps += steps;
            standings[index].seconds += f64::from(steps) * seconds[index];
        }
        standings
    }

    #[test]
    fn by_steps_both_take_as_many() {
        for slice in [1, 7, 100] {
            let standings = run(Pace::Steps, 50, [0.1, 0.4], slice);
            assert_eq!(standings.map(|standing| standing.steps), [50, 50]);
        }
        let ahead = Standing {
            steps: 5,
            seconds: 9.0,
        };
        let behind = Standing {
            steps: 3,
            seconds: 1.0,
        };
        assert_eq!(turn([ahead, behind], Pace::Steps, 50), Some((1, 2)));
    }

    #[test]
    fn by_seconds_the_faster_one_takes_more_steps() {
        for seconds in [[0.1, 0.4], [0.4, 0.1]] {
            let standings = run(Pace::Seconds, 40, seconds, 2);
            let faster = usize::from(seconds[1] < seconds[0]);
            assert_eq!(standings[faster].steps, 40);
            assert!((10..=12).contains(&standings[1 - faster].steps), "{standings:?}");
            let apart = standings[0].seconds - standings[1].seconds;
            assert!(apart.abs() <= 0.8, "a slice at most: {apart}");
        }
    }

    #[test]
    fn whoever_changes_the_pace_lets_the_one_behind_catch_up() {
        let standings = [(400, 10.0), (120, 10.5)].map(|(steps, seconds)| Standing { steps, seconds });
        assert_eq!(turn(standings, Pace::Steps, 500), Some((1, 280)));
        assert_eq!(turn(standings, Pace::Seconds, 500), Some((0, 100)));
    }

    /// Whatever else differs: with one seed and one size of batch both learn from the same images, timesteps and noise.
    #[test]
    fn both_look_at_the_same() {
        let pixels = (0..20 * 784).map(|i| (i * 37 % 256) as u8).collect();
        let images = ImageSet::new(1, 28, 28, 10, (0..20).map(|i| i % 10).collect(), pixels).unwrap();
        let images = Arc::new(images);
        let batch = |preset, prediction, kind| {
            let config = TrainConfig {
                preset,
                prediction,
                schedule: ScheduleConfig {
                    kind,
                    ..ScheduleConfig::default()
                },
                batch_size: 4,
                seed: 7,
                ..TrainConfig::default()
            };
            let mut trainer = Trainer::new(config, images.clone(), &Device::flex()).unwrap();
            let batch = trainer.next_batch().unwrap();
            let values = [batch.x_0, batch.eps].map(|tensor| tensor.into_data());
            (values, batch.labels.into_data(), batch.t)
        };
        let first = batch(Preset::Tiny, Prediction::Epsilon, ScheduleKind::Linear);
        let second = batch(Preset::Dit, Prediction::Flow, ScheduleKind::Cosine);
        assert_eq!(first, second);
    }
}
