//! diffusers' scheduler classes that have a sampler here, and which fields each has.

use serde_json::{Value, json};

use crate::prediction::Prediction;
use crate::sampler::SamplerKind;
use crate::schedule::Spacing;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Ddpm,
    Ddim,
    DdimInverse,
    DpmSolver,
    UniPc,
    Euler,
    Heun,
    FlowEuler,
    FlowHeun,
}

use Class::*;

const CLASSES: [(&str, Class, SamplerKind); 9] = [
    ("DDPMScheduler", Ddpm, SamplerKind::Ddpm),
    ("DDIMScheduler", Ddim, SamplerKind::Ddim),
    ("DDIMInverseScheduler", DdimInverse, SamplerKind::DdimInversion),
    (
        "DPMSolverMultistepScheduler",
        DpmSolver,
        SamplerKind::DpmSolverPp2M,
    ),
    ("UniPCMultistepScheduler", UniPc, SamplerKind::UniPc),
    ("EulerDiscreteScheduler", Euler, SamplerKind::Euler),
    ("HeunDiscreteScheduler", Heun, SamplerKind::Heun),
    ("FlowMatchEulerDiscreteScheduler", FlowEuler, SamplerKind::Euler),
    ("FlowMatchHeunDiscreteScheduler", FlowHeun, SamplerKind::Heun),
];

impl Class {
    pub fn names() -> [&'static str; 9] {
        CLASSES.map(|(name, ..)| name)
    }

    pub fn named(name: &str) -> Option<Self> {
        CLASSES
            .iter()
            .find(|(known, ..)| *known == name)
            .map(|(_, class, _)| *class)
    }

    /// The class whose configuration says most of what a sampler is told.
    pub fn of(sampler: SamplerKind, prediction: Prediction) -> Self {
        match (prediction, sampler) {
            (Prediction::Flow, SamplerKind::Heun) => FlowHeun,
            (Prediction::Flow, _) => FlowEuler,
            (_, sampler) => CLASSES
                .iter()
                .find(|(_, _, own)| *own == sampler)
                .map_or(Ddpm, |(_, class, _)| *class),
        }
    }

    fn entry(self) -> (&'static str, Class, SamplerKind) {
        CLASSES
            .into_iter()
            .find(|(_, class, _)| *class == self)
            .unwrap_or(CLASSES[0])
    }

    pub fn name(self) -> &'static str {
        self.entry().0
    }

    pub fn sampler(self) -> SamplerKind {
        self.entry().2
    }

    /// On rectified flow's path instead of a schedule of betas.
    pub fn is_flow(self) -> bool {
        matches!(self, FlowEuler | FlowHeun)
    }

    pub fn is_ddim(self) -> bool {
        matches!(self, Ddim | DdimInverse)
    }

    pub fn has_karras_sigmas(self) -> bool {
        matches!(self, DpmSolver | UniPc | Euler | Heun)
    }

    pub fn has_clip_sample(self) -> bool {
        matches!(self, Ddpm | Ddim | DdimInverse | Heun)
    }

    pub fn has_thresholding(self) -> bool {
        matches!(self, Ddpm | Ddim | DpmSolver | UniPc)
    }

    pub fn has_zero_snr(self) -> bool {
        !self.is_flow() && self != Heun
    }

    pub fn has_sigmoid(self) -> bool {
        self == Ddpm
    }

    /// diffusers' default of `clip_sample`.
    pub fn clips_by_default(self) -> bool {
        matches!(self, Ddpm | Ddim | DdimInverse)
    }

    /// diffusers' default of `timestep_spacing`.
    pub fn default_spacing(self) -> Spacing {
        match self {
            Ddpm | Ddim | DdimInverse => Spacing::Leading,
            _ => Spacing::Linspace,
        }
    }

    /// diffusers' defaults of `beta_start` and `beta_end`.
    pub fn default_betas(self) -> (f64, f64) {
        match self {
            Heun => (0.00085, 0.012),
            _ => (0.0001, 0.02),
        }
    }

    /// Fields whose other values the sampler here has no counterpart for.
    pub fn only(self) -> Vec<(&'static str, Value)> {
        let spaced = [
            ("use_exponential_sigmas", json!(false)),
            ("use_beta_sigmas", json!(false)),
        ];
        let own = match self {
            Ddpm | Ddim | DdimInverse | FlowHeun => return Vec::new(),
            Heun => vec![],
            DpmSolver => vec![
                ("solver_order", json!(2)),
                ("algorithm_type", json!("dpmsolver++")),
                ("solver_type", json!("midpoint")),
                ("final_sigmas_type", json!("zero")),
                ("lambda_min_clipped", json!("-Infinity")),
                ("use_lu_lambdas", json!(false)),
                ("use_dynamic_shifting", json!(false)),
            ],
            UniPc => vec![
                ("solver_order", json!(2)),
                ("solver_type", json!("bh2")),
                ("predict_x0", json!(true)),
                ("lower_order_final", json!(true)),
                ("disable_corrector", json!([])),
                ("solver_p", Value::Null),
                ("final_sigmas_type", json!("zero")),
                ("use_dynamic_shifting", json!(false)),
                ("sigma_min", Value::Null),
                ("sigma_max", Value::Null),
                ("shift_terminal", Value::Null),
            ],
            Euler => vec![
                ("interpolation_type", json!("linear")),
                ("timestep_type", json!("discrete")),
                ("final_sigmas_type", json!("zero")),
                ("sigma_min", Value::Null),
                ("sigma_max", Value::Null),
            ],
            FlowEuler => vec![
                ("use_dynamic_shifting", json!(false)),
                ("use_karras_sigmas", json!(false)),
                ("shift_terminal", Value::Null),
                ("stochastic_sampling", json!(false)),
            ],
        };
        own.into_iter().chain(spaced).collect()
    }

    /// Fields that change nothing with the values of [`Self::only`].
    pub fn inert(self) -> &'static [&'static str] {
        match self {
            // The last step goes to sigma = 0, where every order is the first.
            DpmSolver => &[
                "lower_order_final",
                "euler_at_final",
                "time_shift_type",
                "variance_type",
            ],
            UniPc => &["time_shift_type"],
            FlowEuler => &[
                "base_shift",
                "max_shift",
                "base_image_seq_len",
                "max_image_seq_len",
                "time_shift_type",
            ],
            _ => &[],
        }
    }
}
