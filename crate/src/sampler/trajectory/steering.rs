//! Changing a trajectory on its way.

use burn::tensor::{Int, Tensor};

use super::Trajectory;
use super::network::{check_prediction, labels};
use crate::error::{ConfigError, require};
use crate::sampler::{SampleConfig, SamplerKind, Transition, plan};

impl Trajectory {
    /// Takes the last step back. False where there is none, or where it is too long ago: 128 steps are kept, fewer of
    /// very many images.
    ///
    /// The step's noise is the same when it is taken again.
    pub fn back(&mut self) -> bool {
        let Some((x_t, past)) = self.memory.back() else {
            return false;
        };
        (self.x_t, self.past) = (x_t, past);
        self.taken -= 1;
        true
    }

    /// Goes on with other settings from the next step: guidance, eta, class, steps, spacing, even another sampler.
    ///
    /// With other steps, the levels to come are those of the new settings that lie below the present one. Seed and
    /// count belong to the start and can't change; neither can an inversion's steps. An error leaves all as it was.
    pub fn reconfigure(&mut self, config: &SampleConfig) -> Result<(), ConfigError> {
        config.validate(self.schedule.len())?;
        let same = &self.config;
        require(
            config.count == same.count,
            "count",
            config.count,
            format!("{} as at the start", same.count),
        )?;
        require(
            config.seed == same.seed,
            "seed",
            config.seed,
            format!("{} as at the start", same.seed),
        )?;
        let new_labels = if config.class == self.config.class {
            None
        } else {
            Some(labels(config, self.null_class, &self.x_t.device())?)
        };
        if !same_levels(config, &self.config) {
            self.replan(config)?;
        }
        if config.sampler != self.config.sampler {
            self.past.clear();
        }
        if let Some(labels) = new_labels {
            (self.labels, self.has_own_labels) = (labels, false);
        }
        self.config = config.clone();
        Ok(())
    }

    /// A class for each image in place of the configuration's one class.
    pub fn with_labels(mut self, labels: &[u8]) -> Result<Self, ConfigError> {
        let expected = format!("{} of them for this many images", self.config.count);
        require(
            labels.len() == self.config.count,
            "labels",
            labels.len(),
            expected,
        )?;
        let Some(null_class) = self.null_class else {
            return Err(ConfigError::new(
                "labels",
                "given",
                "none with a network without classes",
            ));
        };
        for &label in labels {
            require(
                label <= null_class,
                "labels",
                label,
                format!("from 0 to {null_class}"),
            )?;
        }
        let indices: Vec<i32> = labels.iter().map(|&label| label.into()).collect();
        self.labels = Some(Tensor::<1, Int>::from_ints(
            indices.as_slice(),
            &self.x_t.device(),
        ));
        self.has_own_labels = true;
        Ok(self)
    }

    fn replan(&mut self, config: &SampleConfig) -> Result<(), ConfigError> {
        let inverts = |config: &SampleConfig| config.sampler == SamplerKind::DdimInversion;
        if inverts(config) || inverts(&self.config) {
            return Err(ConfigError::new(
                "sampler",
                "ddimInversion",
                "kept as it began, with its steps",
            ));
        }
        let mut ahead = plan(config, &self.schedule, self.prediction)?;
        check_prediction(self.prediction, &ahead)?;
        if let Some(&present) = self.plan.get(self.taken) {
            let end = ahead[ahead.len() - 1];
            ahead.retain(|step| step.from.noise_ratio() < present.from.noise_ratio());
            let (t_next, to) = ahead
                .first()
                .map_or((end.t_next, end.to), |step| (step.t, step.from));
            ahead.insert(
                0,
                Transition {
                    t_next,
                    to,
                    ..present
                },
            );
            let ahead = self.with_jumps(ahead);
            self.plan.truncate(self.taken);
            self.plan.extend(ahead);
        }
        Ok(())
    }
}

/// Whether two configurations go through the same levels in the same way.
fn same_levels(a: &SampleConfig, b: &SampleConfig) -> bool {
    let levels = |config: &SampleConfig| {
        let SampleConfig {
            sampler,
            steps,
            spacing,
            steps_offset,
            ..
        } = *config;
        (
            sampler,
            steps,
            spacing,
            steps_offset,
            config.set_alpha_to_one,
            config.use_karras_sigmas,
            config.shift,
        )
    };
    levels(a) == levels(b)
}
