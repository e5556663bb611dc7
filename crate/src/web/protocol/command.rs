//! What the page asks for.

use serde::Deserialize;
use tsify::Tsify;

use super::parts::{
    DrawnNetwork, DrawnWeights, LatentNetworks, LatentPart, ObjectiveConfig, Pictures, SaveFormat, Split,
    Steer,
};
use super::place::Place;
use crate::data::drawing::Stroke;
use crate::data::{DataName, PointShape};
use crate::sampler::SampleConfig;
use crate::schedule::ScheduleConfig;
use crate::train::TrainConfig;
use crate::train::race::Pace;

/// From the page to the worker.
#[derive(Debug, Deserialize, Tsify)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Command {
    /// A packed split of the data set `set` (see `data::pack`), which takes the place of the last. Answered by `data`.
    Data {
        set: String,
        split: Split,
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        bytes: Vec<u8>,
    },
    /// The same of pictures that the reader brought: labels and 28x28 bytes each, of which some are kept for `test`.
    /// Answered by `data`.
    OwnData {
        set: String,
        split: Split,
        classes: u32,
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        labels: Vec<u8>,
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        pixels: Vec<u8>,
    },
    /// Curves of a noise schedule. Answered by `schedule`.
    Schedule { schedule: ScheduleConfig },
    /// One image of the `test` split at timestep `t`, or `own` in its place: 28x28 bytes. Answered by `forward`. The noise
    /// is a function of `(noiseSeed, image)` alone: it stays the same while `t` moves. With `stepwise` it is
    /// what the fresh noises of `t` small steps add up to.
    Forward {
        schedule: ScheduleConfig,
        image: u32,
        #[serde(default, with = "serde_bytes")]
        #[tsify(optional, type = "Uint8Array")]
        own: Option<Vec<u8>>,
        t: u32,
        noise_seed: f64,
        #[serde(default)]
        #[tsify(optional)]
        stepwise: bool,
    },
    /// Compiles what a run with these settings will need, while nothing waits for it. Not answered.
    Rehearse { config: TrainConfig },
    /// Begins a new run: fresh weights, step 0, paused. Needs the `train` split of its data set, or of whichever is there
    /// where it names none. Answered by `run`.
    NewRun { config: TrainConfig },
    /// Train until `pause`.
    Train,
    /// Stop training after the step in flight. Answered by `paused`.
    Pause,
    /// Exactly one training step, then pause.
    TrainStep,
    /// The same, shown from the inside. Answered by `slowStep`, too.
    SlowStep,
    /// Times every kernel of one forward pass and of one training step, then pauses. Answered by `profile`.
    Profile,
    /// How much of the GPU's memory is held. Answered by `memory`.
    Memory,
    /// From now on the run's samples are drawn with these of its weights: its grids, and all that follows. Unless this was
    /// said, with the moving average.
    DrawWith { weights: DrawnWeights },
    /// Starts a trajectory with the current run's network; replaces one that is still going on.
    /// Each step is answered by `sampleStep`, the end by `sampleDone`. With `once` it stops at the first that is shown.
    Sample {
        config: SampleConfig,
        #[serde(default)]
        once: bool,
    },
    /// Takes that trajectory back to where `taken` steps had been taken, and goes on from there with other settings, of which
    /// seed and count stay. Answered as `sample` is.
    SampleOn {
        taken: u32,
        config: SampleConfig,
        once: bool,
    },
    /// Stops the trajectory. Answered by `sampleDone` with `cancelled`.
    CancelSample,
    /// Several ways from one x_T, a row each; replaces what is still going on at that place. `labels` are the classes of
    /// each row's images, in place of the configurations' one. With `beside` the second network draws the last row.
    /// Answered by `rowsStart`, then `rowStep`, at the end `rowsDone`.
    Rows {
        at: Place,
        configs: Vec<SampleConfig>,
        #[serde(default, with = "serde_bytes")]
        #[tsify(optional, type = "Uint8Array")]
        labels: Option<Vec<u8>>,
        #[serde(default)]
        #[tsify(optional)]
        beside: bool,
    },
    /// A second network, the bytes of one of our checkpoints: it is there for `rows` alone. Answered by `beside`.
    OpenBeside {
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        bytes: Vec<u8>,
    },
    /// Forgets it.
    CloseBeside,
    /// A classifier's file. Answered by `classifier`: from then on `judge` is answered.
    Classifier {
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        bytes: Vec<u8>,
    },
    /// What the classifier reads in grey pictures of which `labels` were asked for. Answered by `verdicts` with the same
    /// `row`.
    Judge { row: u32, pictures: Pictures },
    /// The nearest training images of grey pictures, and of the first `testImages` test images; replaces a search that is
    /// still going on. Needs both splits. Answered by `neighboursStep`, at the end `neighbours`.
    Neighbours { pictures: Pictures, test_images: u32 },
    /// The variational bound of the current run's network; replaces one that is still going on. Answered by
    /// `objectiveStart`, then `objectiveTerm`, at the end `objectiveDone`.
    Objective { config: ObjectiveConfig },
    /// Decides what is drawn, in one of several ways; replaces what is still going on there. Answered by `steerLeg`, then
    /// `steerStep`, for each of its trajectories in turn, at the end by `steerDone`.
    Steer { steer: Steer, config: SampleConfig },
    /// What was drawn by hand as a picture of 28x28 pixels. Answered by `drawing`, with the same `id`. Without `pen` it is
    /// scaled and centred as MNIST's digits are; with one, so many pixels wide, it stays where it was drawn.
    Drawing {
        id: f64,
        #[tsify(type = "[number, number, number][][]")]
        strokes: Vec<Stroke>,
        pen: Option<f32>,
    },
    /// What the current run's EMA weights make of a picture with noise, as `forward` noises it but with the run's own
    /// schedule, `t` from 1. Its class is told where it is one of the run's own. Answered by `estimate`.
    Estimate {
        image: u32,
        #[serde(default, with = "serde_bytes")]
        #[tsify(optional, type = "Uint8Array")]
        own: Option<Vec<u8>>,
        t: u32,
        noise_seed: f64,
    },
    /// The layers of a network for a batch, found without building it. Answered by `network`.
    Inspect { network: DrawnNetwork, batch: u32 },
    /// How long each block of a network takes in a forward pass of at most `batch` images. Answered by `blockTimes`, again
    /// and again as the passes go on; replaces a measurement that is still going on.
    TimeBlocks { network: DrawnNetwork, batch: u32 },
    /// A look into one block of the current run's network while it does what `estimate` asks for. Answered by `probe`.
    Probe {
        block: String,
        image: u32,
        #[serde(default, with = "serde_bytes")]
        #[tsify(optional, type = "Uint8Array")]
        own: Option<Vec<u8>>,
        t: u32,
        noise_seed: f64,
    },
    /// Stops what was last begun at a place.
    Cancel { at: Place },
    /// Which of the files of a folder, or of a few that were chosen, make up a model. Answered by `filesFound`.
    FindFiles { paths: Vec<String> },
    /// Begins to open a model: a checkpoint of ours, or weights with the texts of their `config.json` and
    /// `scheduler_config.json`. `length` is that of the weights' file in bytes, where it is known; `leftOut` names what
    /// lay beside it. Answered by `opening`.
    Open {
        name: String,
        left_out: Vec<String>,
        length: Option<f64>,
        config: Option<String>,
        scheduler: Option<String>,
    },
    /// The next bytes of the weights. Answered by `opening`: only then is the next piece due.
    OpenPiece {
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        bytes: Vec<u8>,
    },
    /// All of the weights were sent. Answered by `opened`: from then on the model draws in the place of the run's.
    OpenEnd,
    /// Forgets what has been sent.
    OpenCancel,
    /// Forgets the opened model: the run's draws again. Answered by `closed`.
    Close,
    /// Goes on with the run whose checkpoint was opened, on `data`. Needs its `train` split. Answered by `run`.
    Resume { data: DataName },
    /// The model that draws, as files. Answered by `saved`.
    Save { format: SaveFormat },
    /// Begins a new run on points in the plane, beside that on images: fresh weights, paused. The data are `count` points
    /// of `shape` or, in their place, those that were drawn, `[x, y]` each. Answered by `points`, then `pointsSamples`.
    NewPoints {
        config: TrainConfig,
        shape: PointShape,
        count: u32,
        drawn: Option<Vec<[f32; 2]>>,
    },
    /// Train that run until `pausePoints`. Answered by `pointsTrain`, and `pointsSamples` now and then.
    TrainPoints,
    /// Stop training it after the slice in flight.
    PausePoints,
    /// Begins a new run on latents with an autoencoder of fresh weights, paused. Needs both splits. Answered by `latent`,
    /// then `latentReconstruction`.
    NewLatent { config: TrainConfig },
    /// Takes the first `count` training images through the autoencoder as it is now. Answered by `latentEncoding`, at the
    /// end `latentSpace`.
    EncodeLatents { count: u32 },
    /// A network with fresh weights over those latents, paused. Answered by `latentNetwork`, then `latentSamples`.
    NewLatentNetwork { config: TrainConfig },
    /// Train one of the two until `pauseLatent`. Answered by `latentTrain`, and now and then `latentReconstruction` or
    /// `latentSamples`.
    TrainLatent { part: LatentPart },
    /// Stop training after the slice in flight, or encoding: what is encoded then are all latents.
    PauseLatent,
    /// Two test images mixed, as pixels and as latents. Answered by `latentMix`.
    MixLatents { images: [u32; 2] },
    /// What networks over pixels and over latents take. Answered by `latentCosts`.
    LatentCosts { networks: LatentNetworks },
    /// The network over latents draws in all sections, as if its checkpoint had been opened. Answered by `opened`.
    OpenLatent,
    /// Begins two runs on images, beside the page's one: fresh weights, paused. After every `every` steps of the one that
    /// is ahead both draw, and are measured on test images. Needs both splits. Answered by `race`.
    NewRace { configs: [TrainConfig; 2], every: u32 },
    /// Train both until `pauseRace`, level with each other by `pace`. Answered by `raceTrain`, and `raceLook` now and then.
    TrainRace { pace: Pace },
    /// Stop training them after the slice in flight.
    PauseRace,
    /// Gives the GPU up, as when a graphics driver restarts: shows what the page does then.
    LoseDevice,
}
