//! The places on the page that a message belongs to.

use serde::{Deserialize, Serialize};
use tsify::Tsify;
use wasm_bindgen::JsValue;

/// Where on the page an error belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    Device,
    Data,
    Forward,
    Train,
    Sample,
    Compare,
    Beside,
    Guidance,
    Draw,
    Verdicts,
    Neighbours,
    Objective,
    Steer,
    SlowMotion,
    Network,
    Estimate,
    Points,
    Latent,
    Race,
    Open,
    Save,
}

impl Place {
    /// Where a command belongs that could not be read.
    pub(in crate::web) fn of_command(command: &JsValue) -> Self {
        let text = |field: &str| js_sys::Reflect::get(command, &field.into()).ok()?.as_string();
        match text("type").as_deref() {
            Some("data" | "ownData") => Self::Data,
            Some("schedule" | "forward") => Self::Forward,
            Some("rehearse" | "newRun" | "train" | "trainStep" | "profile" | "pause" | "drawWith") => {
                Self::Train
            }
            Some("sample" | "sampleOn" | "cancelSample") => Self::Sample,
            Some("rows") => match text("at").as_deref() {
                Some("guidance") => Self::Guidance,
                Some("draw") => Self::Draw,
                _ => Self::Compare,
            },
            Some("openBeside") => Self::Beside,
            Some("classifier" | "judge") => Self::Verdicts,
            Some("neighbours") => Self::Neighbours,
            Some("objective") => Self::Objective,
            Some("steer" | "drawing") => Self::Steer,
            Some("slowStep") => Self::SlowMotion,
            Some("estimate") => Self::Estimate,
            Some("inspect" | "timeBlocks" | "probe") => Self::Network,
            Some(kind) if kind.starts_with("open") => Self::Open,
            Some("findFiles" | "close" | "resume") => Self::Open,
            Some("save") => Self::Save,
            Some("newPoints" | "trainPoints" | "pausePoints") => Self::Points,
            Some("newLatent" | "encodeLatents" | "newLatentNetwork" | "trainLatent") => Self::Latent,
            Some("pauseLatent" | "mixLatents" | "latentCosts") => Self::Latent,
            Some("newRace" | "trainRace" | "pauseRace") => Self::Race,
            _ => Self::Device,
        }
    }
}
