//! What the worker answers.

use serde::Serialize;
use tsify::Tsify;

use super::parts::{
    AttentionView, BlockTime, DrawnNetwork, Frames, LatentNetworks, LatentPart, NetworkCost, OpenedRun,
    Points, SaveFormat, SavedFile, Split, Spread,
};
use super::place::Place;
use crate::model::inspect::Memory;
use crate::model::{Block, Preset};
use crate::prediction::Prediction;
use crate::process::Histogram;
use crate::runtime::{Backend, KernelTime};
use crate::sampler::{NoiseFigures, SampleConfig};
use crate::schedule::ScheduleConfig;
use crate::train::{StepReport, TrainConfig};

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
    /// Every kernel of one training step, and of one forward pass over as many images, the longest first. An autoencoder
    /// has no such pass.
    Profile {
        step: Vec<KernelTime>,
        pass: Vec<KernelTime>,
    },
    /// Bytes of the GPU's memory: of what is held, and with what is kept for tensors to come. 0 on the CPU.
    Memory {
        in_use: f64,
        reserved: f64,
    },
    /// Samples from fixed noise after `step` training steps; `labels` are the classes asked for.
    ///
    /// `t`, `x_t` and `x0_hat` are some stages of the way there: the timesteps, and for each of them one picture for every
    /// class, in the order of `labels`. Empty where they are no grey images. `emaLoss` is the loss that the moving average of
    /// the weights has on the batch of the next step.
    Grid {
        step: u32,
        ema_loss: Option<f32>,
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
    /// After step `step` of `steps`, at timestep `t`. Of those to come `left` will be shown.
    SampleStep {
        step: u32,
        steps: u32,
        left: u32,
        t: f64,
        x_t: Frames,
        eps_hat: Frames,
        x0_hat: Frames,
    },
    /// It is over, or it rests before its end: `cancelled`.
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
    /// The second network can draw.
    Beside,
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
    /// `noise` are what the data and the noise are multiplied with in each `x_t`. `field` is the `eps_hat` at each of `places`,
    /// step by step.
    PointsSamples {
        step: u32,
        count: u32,
        signal: Vec<f64>,
        noise: Vec<f64>,
        x_t: Points,
        x0_hat: Points,
        places: Points,
        field: Points,
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
