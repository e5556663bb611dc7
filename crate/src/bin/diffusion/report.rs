//! What `diffusion evaluate` has measured: its file, and its table.

use diffusion_playground::evaluate::Figures;
use diffusion_playground::evaluate::figures::Nearest;
use diffusion_playground::sampler::{SampleConfig, SamplerKind};
use diffusion_playground::train::TrainConfig;
use serde::{Deserialize, Serialize};

/// Everything that was measured.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub command: Vec<String>,
    pub device: String,
    /// The run that the network comes from, where it is one of ours.
    pub training: Option<TrainConfig>,
    pub training_steps: Option<u32>,
    pub classifier_accuracy: f64,
    /// Of as many training images as there are samples: what no sample can be expected to surpass.
    pub floor: Figures,
    pub settings: Vec<Measured>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    pub sampling: SampleConfig,
    pub seconds: f64,
    #[serde(flatten)]
    pub figures: Figures,
    pub nearest: Nearest,
    /// Accuracy on the test images of a classifier that was trained on the samples alone.
    pub trained_on_samples: Option<f64>,
}

/// A sampler's name as it is given.
pub fn name(config: &SampleConfig) -> String {
    match config.sampler {
        SamplerKind::DpmSolverPp2M => "dpm-solver".into(),
        SamplerKind::UniPc => "unipc".into(),
        other => serde_json::to_value(other)
            .ok()
            .and_then(|name| name.as_str().map(String::from))
            .unwrap_or_default(),
    }
}

/// What the columns of [`table_head`] mean.
pub const LEGEND: &str = "nearest: median distance to the nearest training image, of the images / of test images; \
below: share of the images that come nearer to one than 99 % of the test images do; \
trained: accuracy on the test images of a classifier trained on the samples alone.";

/// The head of the table, and its first row: training images, measured as samples are.
pub fn table_head(floor: &Figures) -> String {
    let head = format!(
        "| {:<16} | guidance | accuracy | Frechet | precision | recall | nearest       | below   | trained | seconds |",
        "images"
    );
    let rule = format!(
        "|{:-<18}|---------:|---------:|--------:|----------:|-------:|--------------:|--------:|--------:|--------:|",
        ""
    );
    let first = format!("{} training", floor.count);
    let row = format!(
        "| {first:<16} |        - | {} |             - |       - |       - |       - |",
        columns(floor)
    );
    [head, rule, row].join("\n")
}

fn columns(figures: &Figures) -> String {
    format!(
        "{:>6.2} % | {:>7.3} | {:>7.2} % | {:>4.1} %",
        100.0 * figures.accuracy,
        figures.frechet_distance,
        100.0 * figures.precision,
        100.0 * figures.recall
    )
}

/// A setting's row of the table.
pub fn table_row(measured: &Measured) -> String {
    let Measured {
        sampling,
        seconds,
        figures,
        nearest,
        trained_on_samples,
    } = measured;
    let trained = trained_on_samples.map_or("-".into(), |accuracy| format!("{:.2} %", 100.0 * accuracy));
    format!(
        "| {:<16} | {:>8} | {} | {:>5.2} / {:>5.2} | {:>5.2} % | {trained:>7} | {seconds:>7.1} |",
        format!("{}, {} steps", name(sampling), sampling.steps),
        sampling.guidance_scale,
        columns(figures),
        nearest.median,
        nearest.test_median,
        100.0 * nearest.share_below_limit,
    )
}
