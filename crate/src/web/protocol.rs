//! What the page and the worker say to each other. TypeScript reads the same definitions from the generated `.d.ts`.

use serde::{Deserialize, Serialize};
use tsify::Tsify;
use wasm_bindgen::JsValue;

use crate::data::drawing::Stroke;
use crate::data::{DataName, PointShape};
use crate::model::inspect::Memory;
use crate::model::{Architecture, Block, Inspection, Preset};
use crate::prediction::Prediction;
use crate::process::Histogram;
use crate::runtime::{Backend, KernelTime};
use crate::sampler::ddpm::Variance;
use crate::sampler::{NoiseFigures, SampleConfig};
use crate::schedule::ScheduleConfig;
use crate::train::race::Pace;
use crate::train::{StepReport, TrainConfig};

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
    /// is a function of `(noiseSeed, image)` alone: it stays the same while `t` moves.
    Forward {
        schedule: ScheduleConfig,
        image: u32,
        #[serde(default, with = "serde_bytes")]
        #[tsify(optional, type = "Uint8Array")]
        own: Option<Vec<u8>>,
        t: u32,
        noise_seed: f64,
    },
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
    /// Times every kernel of one training step, then pauses. Answered by `profile`.
    Profile,
    /// From now on the run's samples are drawn with these of its weights: its grids, and all that follows. Unless this was
    /// said, with the moving average.
    DrawWith { weights: DrawnWeights },
    /// Starts a trajectory with the current run's network; replaces one that is still going on.
    /// Each step is answered by `sampleStep`, the end by `sampleDone`.
    Sample { config: SampleConfig },
    /// Stops the trajectory. Answered by `sampleDone` with `cancelled`.
    CancelSample,
    /// Several ways from one x_T, a row each; replaces one that is still going on. Answered by `rowsStart`, then
    /// `rowStep`, at the end `rowsDone`, all at `compare`.
    Compare { configs: Vec<SampleConfig> },
    /// The same at `guidance`, where `labels` are the classes of each row's images.
    Guidance {
        configs: Vec<SampleConfig>,
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        labels: Vec<u8>,
    },
    /// One row at `draw`: the digits of the opening.
    Draw {
        configs: Vec<SampleConfig>,
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        labels: Vec<u8>,
    },
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Split {
    Train,
    Test,
}

/// A network whose layers are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(untagged)]
pub enum DrawnNetwork {
    Known(Architecture),
    Opened(OpenedNetwork),
}

/// The model that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum OpenedNetwork {
    Opened,
}

/// What a run on latents trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum LatentPart {
    Autoencoder,
    Network,
}

/// Networks whose costs are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct LatentNetworks {
    pub pixels: Preset,
    pub latents: Preset,
    pub autoencoder: Preset,
}

/// What a network takes, for one image.
#[derive(Clone, Copy, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct NetworkCost {
    pub parameters: usize,
    pub multiply_adds: u64,
}

impl From<&Inspection> for NetworkCost {
    fn from(inspection: &Inspection) -> Self {
        Self {
            parameters: inspection.parameters(),
            multiply_adds: inspection.multiply_adds(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum SaveFormat {
    /// The whole run: weights, their average, the optimizer's moments.
    Checkpoint,
    /// The folder that diffusers opens, with the average of the weights.
    Diffusers,
}

/// Weights of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum DrawnWeights {
    /// Their exponential moving average over the steps.
    #[default]
    Ema,
    /// As the last step left them.
    Raw,
}

/// A file that was asked for.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct SavedFile {
    /// With `/` between folders.
    pub path: String,
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub bytes: Vec<u8>,
}

/// The run that a checkpoint is of.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct OpenedRun {
    pub config: TrainConfig,
    pub step: u32,
}

/// On what the variational bound is evaluated.
#[derive(Clone, Debug, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ObjectiveConfig {
    /// The first so many of the `test` split.
    pub images: u32,
    /// About so many timesteps, first and last among them.
    pub timesteps: u32,
    /// Of the reverse steps: the network learns none.
    pub variance: Variance,
    pub seed: u64,
}

/// What decides over the pictures, besides the seed. Pictures of the page's are bytes as in [`Frames`].
#[derive(Clone, Debug, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Steer {
    /// `pictures` starting noises from that of the seed to that of `otherSeed` along the arc, then as many along the chord.
    Interpolate { other_seed: u64, pictures: u32 },
    /// `image`, told `label`, to noise and back: with each of these numbers of steps, two legs each. Then the last noise is
    /// told every class, in a leg of its own; without classes there is none.
    Invert {
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        image: Vec<u8>,
        label: Option<u8>,
        steps: Vec<usize>,
    },
    /// Begins at `image` with the noise of timestep `t`, from 1.
    Edit {
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        image: Vec<u8>,
        t: u32,
    },
    /// Keeps `image` where `hole` is black, and fills in where it is white.
    Inpaint {
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        image: Vec<u8>,
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        hole: Vec<u8>,
        jump_length: u32,
        jump_n_sample: u32,
    },
    /// One starting noise for all pictures, with each of these shares of fresh noise, a leg each.
    Variance { etas: Vec<f64> },
}

/// How pictures differ from each other, pixel by pixel: their mean, and the standard deviation, black where it is 0 and
/// white where it is 1. `overall` is the mean of the latter.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct Spread {
    pub mean: Frames,
    pub deviation: Frames,
    pub overall: f64,
}

/// `count` images row by row, a byte for each of a pixel's channels; -1 is 0, +1 is 255, what lies outside is clipped.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct Frames {
    pub width: u32,
    pub height: u32,
    /// 1 is grey, 3 is red, green and blue.
    pub channels: u32,
    pub count: u32,
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub pixels: Vec<u8>,
}

/// Grey pictures from the page, row by row, with the classes that were asked for.
#[derive(Clone, Debug, Deserialize, Tsify)]
pub struct Pictures {
    pub width: u32,
    pub height: u32,
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub labels: Vec<u8>,
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub pixels: Vec<u8>,
}

/// Points in the plane: the bytes of `x` and `y`, 32-bit floats, point by point.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct Points {
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub coordinates: Vec<u8>,
}

/// Where one layer of attention looked.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct AttentionView {
    /// Its path in the block.
    pub layer: String,
    pub heads: u32,
    pub queries: u32,
    pub keys: u32,
    /// Head by head and query by query the weights of all keys, which add up to 1. Empty where they are too many to show.
    pub weights: Vec<f32>,
}

/// From the worker to the page.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// The device is chosen. `backend` is "gpu" or "cpu"; `reason` says why not WebGPU, or that the adapter is software.
    Ready {
        backend: Backend,
        adapter: String,
        software: bool,
        reason: Option<String>,
        version: String,
    },
    /// From now on this is the split that is looked at, or learnt from.
    Data {
        set: String,
        split: Split,
        count: u32,
        width: u32,
        height: u32,
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        labels: Vec<u8>,
    },
    Schedule {
        betas: Vec<f64>,
        alphas_cumprod: Vec<f64>,
        log_snr: Vec<f64>,
        /// sqrt(alpha-bar_T).
        terminal_signal: f64,
        /// The same where it is so much that samples will lack what it should carry.
        terminal_signal_warning: Option<f64>,
    },
    /// `signal` = sqrt(alpha-bar_t), `noise` = sqrt(1 - alpha-bar_t); t = 0 is the clean image. A picture of one's own has
    /// no label.
    Forward {
        image: u32,
        label: Option<u8>,
        t: u32,
        alpha_bar: f64,
        signal: f64,
        noise: f64,
        snr: f64,
        x_0: Frames,
        eps: Frames,
        x_t: Frames,
        /// Of the pixels of `x_t`, unclipped.
        histogram: Histogram,
    },
    /// A run begins, or goes on after `step` steps: its network's name and number of parameters, and all its settings.
    Run {
        preset: Preset,
        parameters: u32,
        step: u32,
        config: TrainConfig,
    },
    /// Progress of training: one report a step since the last event.
    Train {
        reports: Vec<StepReport>,
        steps_per_second: Option<f64>,
        warm_up_seconds: Option<f64>,
    },
    Paused {
        step: u32,
    },
    /// Every kernel of one training step, the longest first.
    Profile {
        kernels: Vec<KernelTime>,
    },
    /// Samples from fixed noise after `step` training steps; `labels` are the classes asked for.
    ///
    /// `t`, `x_t` and `x0_hat` are some stages of the way there: the timesteps, and for each of them one picture for every
    /// class, in the order of `labels`. Empty where they are no grey images.
    Grid {
        step: u32,
        labels: Vec<u8>,
        frames: Frames,
        t: Vec<f64>,
        x_t: Frames,
        x0_hat: Frames,
    },
    /// Training step `step` from the inside, by one example of its batch: the image `x_0` of class `label`, if it was
    /// told, with the noise `eps` at timestep `t`, counted from 1: `x_t` is `signal` x_0 + `noise` eps. `target` is what
    /// `prediction` asks for, `output` the network's answer before the step, and `outputAfter` the same after it.
    SlowStep {
        step: u32,
        label: Option<u8>,
        t: u32,
        prediction: Prediction,
        signal: f64,
        noise: f64,
        x_0: Frames,
        eps: Frames,
        x_t: Frames,
        target: Frames,
        output: Frames,
        output_after: Frames,
        /// (target - output)^2 of every pixel: black is 0, white 4 or more.
        squared_error: Frames,
        squared_error_after: Frames,
        /// The mean of the squared error over the pixels.
        example_loss: f64,
        example_loss_after: f64,
        batch_size: u32,
        /// The mean over the whole batch, before the step.
        loss: f32,
        grad_norm: f32,
        learning_rate: f64,
        weight_decay: f64,
        /// A longer gradient is shortened to this length.
        grad_clip: f64,
        /// Euclidean lengths of the weights before the step, and of what the step changed.
        weights_norm: f32,
        update_norm: f32,
    },
    /// What the network made of one example after `step` training steps, where `x_t` is `signal` x_0 + `noise` eps;
    /// `loss` is the mean squared error of `epsHat`.
    Estimate {
        image: u32,
        t: u32,
        step: u32,
        prediction: Prediction,
        signal: f64,
        noise: f64,
        loss: f64,
        x_t: Frames,
        eps_hat: Frames,
        x0_hat: Frames,
    },
    /// The blocks of a network for a batch, in the order of computation.
    Network {
        network: DrawnNetwork,
        batch: u32,
        parameters: usize,
        /// For one image.
        multiply_adds: u64,
        memory: Memory,
        blocks: Vec<Block>,
    },
    /// The mean seconds of each block over so many of `passes` forward passes of `batch` images. The first pass does not
    /// count: it compiles.
    BlockTimes {
        network: DrawnNetwork,
        batch: u32,
        pass: u32,
        passes: u32,
        blocks: Vec<BlockTime>,
    },
    BlockTimesCancelled,
    /// What one block did with one example after `step` training steps.
    Probe {
        block: String,
        image: u32,
        t: u32,
        step: u32,
        /// Of how many channels `features` are the first.
        channels: u32,
        /// A picture a channel, from its least value, black, to its largest, white. None where the block was not found.
        features: Option<Frames>,
        attention: Vec<AttentionView>,
        /// Of a transformer's block: shift, scale and gate of the attention, then of the MLP, a number a channel each.
        modulation: Vec<f32>,
    },
    /// After model call number `step` of `steps`, at timestep `t`.
    SampleStep {
        step: u32,
        steps: u32,
        t: f64,
        x_t: Frames,
        eps_hat: Frames,
        x0_hat: Frames,
    },
    SampleDone {
        model_calls: u32,
        seconds: f64,
        cancelled: bool,
        frames: Option<Frames>,
    },
    /// The x_T that all rows start from.
    RowsStart {
        at: Place,
        x_t: Frames,
    },
    /// After step `step` of `steps` of one row, which went from the noise ratio `sigma` to `sigmaNext`. The seconds are
    /// the row's own.
    RowStep {
        at: Place,
        row: u32,
        step: u32,
        steps: u32,
        sigma: f64,
        sigma_next: f64,
        model_calls: u32,
        seconds: f64,
        x_t: Frames,
        x0_hat: Frames,
    },
    RowsDone {
        at: Place,
        cancelled: bool,
    },
    /// A classifier can be asked.
    Classifier,
    /// The most probable class of each picture, and how probable it is.
    Verdicts {
        row: u32,
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        classes: Vec<u8>,
        probabilities: Vec<f32>,
    },
    /// So many of the training images have been looked through.
    NeighboursStep {
        searched: u32,
        of: u32,
    },
    /// Of each picture the nearest training image, by the Euclidean distance of pixels in [-1, 1]. `testDistances` are
    /// those of the test images, rising; `shares` says what part of them is less than each picture's.
    Neighbours {
        frames: Frames,
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        labels: Vec<u8>,
        distances: Vec<f64>,
        shares: Vec<f64>,
        test_distances: Vec<f64>,
    },
    /// The search was stopped, or another took its place.
    NeighboursCancelled,
    /// L_T in bits per dimension, and how many terms will follow.
    ObjectiveStart {
        prior: f64,
        timesteps: u32,
    },
    /// The term of timestep `t`, counted from 0, in bits per dimension: L_0 for t = 0. `sum` estimates the whole bound
    /// from the terms so far, `lSimpleMean` the mean of L_simple over all timesteps.
    ObjectiveTerm {
        t: u32,
        bits: f64,
        l_simple: f64,
        sum: Option<f64>,
        l_simple_mean: Option<f64>,
    },
    ObjectiveDone {
        model_calls: u32,
        seconds: f64,
        cancelled: bool,
    },
    /// Trajectory number `leg` begins, with `x_t` at timestep `t`, where the image is multiplied with `signal` and the noise
    /// with `noise`. `lengths` are those of each `x_t` as a vector, in units of the root of its number of pixels: about 1 for
    /// pure noise.
    SteerLeg {
        leg: u32,
        t: f64,
        signal: f64,
        noise: f64,
        steps: u32,
        x_t: Frames,
        lengths: Vec<f64>,
    },
    /// After step `step` of `steps` of it. At the end of the way to noise `noise` says how much like noise it is, and at the
    /// end of the way back `error` how far from the image, as a root mean square over pixels from -1 to 1. `spread` is of
    /// several pictures from one noise: of `x0Hat`, and at the end of `xT`.
    SteerStep {
        leg: u32,
        step: u32,
        steps: u32,
        t: f64,
        x_t: Frames,
        x0_hat: Frames,
        noise: Option<NoiseFigures>,
        error: Option<f64>,
        spread: Option<Spread>,
    },
    SteerDone {
        model_calls: u32,
        seconds: f64,
        cancelled: bool,
    },
    Drawing {
        id: f64,
        picture: Frames,
    },
    /// The paths of a model's files, and the folders beside it that are left out.
    FilesFound {
        config: Option<String>,
        scheduler: Option<String>,
        weights: String,
        left_out: Vec<String>,
    },
    /// So many bytes of the weights have been read, of how many, and which tensor comes next.
    Opening {
        received: f64,
        total: Option<f64>,
        tensor: Option<String>,
    },
    /// A model was read. `image` has channels, height and width of its pictures, and `latents` of what it draws and has
    /// decoded, where it does; `classes` leaves out the class for none. `obstacle` is
    /// why it cannot draw here: then it was not kept.
    Opened {
        name: String,
        class_name: String,
        parameters: u32,
        tensors: u32,
        image: [u32; 3],
        latents: Option<[u32; 3]>,
        classes: Option<u32>,
        schedule: ScheduleConfig,
        prediction: Prediction,
        /// What its scheduler says of sampling.
        sample: SampleConfig,
        /// Of a checkpoint of ours.
        run: Option<OpenedRun>,
        warnings: Vec<String>,
        obstacle: Option<String>,
    },
    Closed,
    Saved {
        format: SaveFormat,
        files: Vec<SavedFile>,
        warnings: Vec<String>,
    },
    /// A run on points begins: its number of parameters, and its data as [`Points`].
    Points {
        parameters: u32,
        data: Points,
    },
    /// Its progress: one report a step since the last event.
    PointsTrain {
        reports: Vec<StepReport>,
        steps_per_second: Option<f64>,
    },
    /// Samples with the EMA weights after `step` training steps, from noise that is the same every time: `x_t` before each
    /// denoising step and after the last, `x0_hat` the guesses in between, all of them one after the other. `signal` and
    /// `noise` are what the data and the noise are multiplied with in each `x_t`.
    PointsSamples {
        step: u32,
        count: u32,
        signal: Vec<f64>,
        noise: Vec<f64>,
        x_t: Points,
        x0_hat: Points,
    },
    /// A run on latents begins: the number of its autoencoder's parameters.
    Latent {
        parameters: u32,
    },
    /// Its progress: one report a step since the last event.
    LatentTrain {
        part: LatentPart,
        reports: Vec<StepReport>,
        steps_per_second: Option<f64>,
    },
    /// The first test images, the means of their latents, a picture a channel from `-range`, black, to `range`, white, and
    /// what is decoded from those: with the EMA weights after `step` training steps.
    LatentReconstruction {
        step: u32,
        channels: u32,
        range: f32,
        images: Frames,
        latents: Frames,
        reconstructions: Frames,
    },
    /// So many of `count` images are encoded.
    LatentEncoding {
        encoded: u32,
        count: u32,
    },
    /// All are, by the autoencoder after `step` training steps. Times `scale`, the latents have a variance of 1.
    LatentSpace {
        step: u32,
        count: u32,
        scale: f64,
    },
    /// A network over latents begins: its number of parameters.
    LatentNetwork {
        parameters: u32,
    },
    /// Samples with the EMA weights after `step` training steps, from noise that is the same every time, one of every
    /// class. For each timestep of `t`, and after the last for the end: what was so far and the guess, as latents, a
    /// picture a channel from `-range`, black, to `range`, white, and decoded.
    LatentSamples {
        step: u32,
        labels: Vec<u8>,
        t: Vec<f64>,
        channels: u32,
        range: f32,
        x_t: Frames,
        x0_hat: Frames,
        decoded_x_t: Frames,
        decoded_x0_hat: Frames,
    },
    /// From the first image to the second in equal steps.
    LatentMix {
        images: [u32; 2],
        pixels: Frames,
        latents: Frames,
    },
    LatentCosts {
        networks: LatentNetworks,
        pixels: NetworkCost,
        latents: NetworkCost,
        autoencoder: NetworkCost,
        /// Of the autoencoder.
        decoder: NetworkCost,
    },
    /// A race begins: how many parameters each of the two has.
    Race {
        parameters: [u32; 2],
    },
    /// Progress of one of the two: one report a step since its last event, and the seconds of all its steps but the first,
    /// in which shaders are compiled.
    RaceTrain {
        contender: u32,
        reports: Vec<StepReport>,
        seconds: f64,
        steps_per_second: Option<f64>,
    },
    /// One of the two after `step` training steps and as many `seconds`, with the EMA weights: samples of the classes
    /// `labels`, from noise that is the same for both, and its error on test images (see `evaluate::denoising`).
    RaceLook {
        contender: u32,
        step: u32,
        seconds: f64,
        labels: Vec<u8>,
        frames: Frames,
        /// The geometric mean of `eps_errors`.
        error: f64,
        /// The mean squared error of eps_hat at each of `noise_ratios`.
        eps_errors: Vec<f32>,
        noise_ratios: Vec<f64>,
    },
    /// Something that was asked for could not be done; everything else goes on.
    Error {
        at: Place,
        message: String,
    },
    /// The GPU is gone: the worker must be started anew.
    DeviceLost {
        message: String,
    },
}

/// How long a block of a network takes.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct BlockTime {
    pub name: String,
    pub seconds: f64,
}

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
    pub(super) fn of_command(command: &JsValue) -> Self {
        let kind = js_sys::Reflect::get(command, &"type".into())
            .ok()
            .and_then(|kind| kind.as_string());
        match kind.as_deref() {
            Some("data" | "ownData") => Self::Data,
            Some("schedule" | "forward") => Self::Forward,
            Some("newRun" | "train" | "trainStep" | "profile" | "pause" | "drawWith") => Self::Train,
            Some("sample" | "cancelSample") => Self::Sample,
            Some("compare") => Self::Compare,
            Some("guidance") => Self::Guidance,
            Some("draw") => Self::Draw,
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
