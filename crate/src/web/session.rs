//! One page's computation: its device, its data, its training run and its trajectory.
//!
//! The worker calls one method at a time: [`Session::handle`] for each message, and [`Session::advance`] while
//! [`Session::busy`], giving the browser its turn in between.

use std::sync::Arc;

use burn::tensor::Device;
use futures_channel::mpsc;
use futures_util::StreamExt;
use js_sys::Function;
use tsify::Ts;
use wasm_bindgen::prelude::*;

use super::emitter::Emitter;
use super::protocol::{Command, Event, Frames, Place, Split};
use super::sampling::Sampling;
use super::training::Run;
use crate::data::ImageSet;
use crate::error::ConfigError;
use crate::model::parameters;
use crate::process::q_sample;
use crate::rng::{Rng, Stream};
use crate::runtime::{Backend, Compute, Profile, Wanted};
use crate::sampler::SampleConfig;
use crate::schedule::{Schedule, ScheduleConfig};
use crate::train::{TrainConfig, Trainer};

#[wasm_bindgen]
pub struct Session {
    compute: Compute,
    emitter: Emitter,
    train: Option<Arc<ImageSet>>,
    test: Option<Arc<ImageSet>>,
    run: Option<Run>,
    sampling: Option<Sampling>,
    /// Whose turn it is when training and sampling go on together.
    training_next: bool,
}

#[wasm_bindgen]
impl Session {
    /// Chooses the device and reports it as the event `ready`. `device` is "gpu" or "cpu"; anything else leaves the
    /// choice to us. Without a GPU, asking for one is an error.
    pub async fn create(device: &str, emit: Function) -> Result<Session, JsError> {
        let emitter = Emitter::new(emit);
        let wanted = match device {
            "gpu" => Wanted::Gpu,
            "cpu" => Wanted::Cpu,
            _ => Wanted::Auto,
        };
        let compute = Compute::choose(wanted).await?;
        // The callback may come from anywhere; a channel brings its news to this thread.
        let (sender, mut receiver) = mpsc::unbounded();
        compute.on_lost(move |reason| {
            // Nobody listens any more once the page is gone.
            let _ = sender.unbounded_send(reason);
        });
        let listener = emitter.clone();
        wasm_bindgen_futures::spawn_local(async move {
            while let Some(message) = receiver.next().await {
                listener.emit(Event::DeviceLost { message });
            }
        });
        emitter.emit(Event::Ready {
            backend: compute.backend,
            adapter: compute.adapter.clone(),
            software: compute.software,
            reason: compute.reason.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
        });
        Ok(Self {
            compute,
            emitter,
            train: None,
            test: None,
            run: None,
            sampling: None,
            training_next: true,
        })
    }

    /// Does what a message asks for; what goes wrong is reported as the event `error`.
    pub async fn handle(&mut self, command: Ts<Command>) {
        match command.to_rust() {
            Ok(command) => self.obey(command).await,
            Err(error) => self.emitter.error(Place::of_command(&command.js_value()), error),
        }
    }

    /// Whether there is work for [`Session::advance`].
    pub fn busy(&self) -> bool {
        self.sampling.is_some() || self.run.as_ref().is_some_and(Run::busy)
    }

    /// One slice of work: some training steps, or some steps of a trajectory.
    pub async fn advance(&mut self) {
        let training =
            self.run.as_ref().is_some_and(Run::busy) && (self.training_next || self.sampling.is_none());
        self.training_next = !training;
        if training {
            if let Some(run) = &mut self.run {
                run.advance(&self.compute, &self.emitter).await;
            }
        } else if let Some(mut sampling) = self.sampling.take()
            && sampling.advance(&self.emitter).await
        {
            self.sampling = Some(sampling);
        }
    }
}

impl Session {
    async fn obey(&mut self, command: Command) {
        match command {
            Command::Data { split, bytes } => self.data(split, &bytes),
            Command::Schedule { schedule } => self.schedule(&schedule),
            Command::Forward {
                schedule,
                image,
                t,
                noise_seed,
            } => {
                if let Err(error) = self.forward(&schedule, image, t, noise_seed).await {
                    self.emitter.error(Place::Forward, error);
                }
            }
            Command::NewRun { config } => self.new_run(config),
            Command::Train => self.set_going(true),
            Command::Pause => self.set_going(false),
            Command::TrainStep => self.train_step().await,
            Command::Profile => self.profile().await,
            Command::Sample { config } => self.sample(&config).await,
            Command::CancelSample => self.cancel_sample().await,
            Command::LoseDevice => self.compute.lose(),
        }
    }

    fn data(&mut self, split: Split, bytes: &[u8]) {
        match ImageSet::unpack(bytes) {
            Ok(set) => {
                self.emitter.emit(Event::Data {
                    split,
                    count: set.count() as u32,
                    width: set.width,
                    height: set.height,
                    labels: set.labels.clone(),
                });
                match split {
                    Split::Train => self.train = Some(Arc::new(set)),
                    Split::Test => self.test = Some(Arc::new(set)),
                }
            }
            Err(error) => self.emitter.error(Place::Data, error),
        }
    }

    fn schedule(&self, config: &ScheduleConfig) {
        match Schedule::new(config) {
            Ok(schedule) => self.emitter.emit(Event::Schedule {
                log_snr: (0..schedule.len()).map(|t| schedule.log_snr(t)).collect(),
                betas: schedule.betas,
                alphas_cumprod: schedule.alphas_cumprod,
            }),
            Err(error) => self.emitter.error(Place::Forward, error),
        }
    }

    /// The forward process of one image, on the CPU: it answers at once whatever the GPU is doing.
    async fn forward(&self, config: &ScheduleConfig, image: u32, t: u32, seed: f64) -> Result<(), String> {
        let test = self.test.as_ref().ok_or("the images are not loaded yet")?;
        if image as usize >= test.count() {
            return Err(format!(
                "image must be from 0 to {}, not {image}",
                test.count() - 1
            ));
        }
        let schedule = Schedule::new(config).map_err(|error| error.to_string())?;
        let alpha_bar = match t {
            0 => 1.0,
            t if t as usize <= schedule.len() => schedule.alpha_bar(t as usize - 1),
            t => return Err(format!("t must be from 0 to {}, not {t}", schedule.len())),
        };
        let device = Device::flex();
        let x_0 = test.images(&[image as usize], &device);
        let eps = Rng::new(seed as u64, Stream::Forward, image).normal_tensor(x_0.dims(), &device);
        let x_t = q_sample(x_0.clone(), eps.clone(), &[alpha_bar]);
        let frames = Frames::read([x_0, eps, x_t])
            .await
            .map_err(|error| error.to_string())?;
        let [x_0, eps, x_t] = frames;
        self.emitter.emit(Event::Forward {
            image,
            label: test.labels[image as usize],
            t,
            alpha_bar,
            signal: alpha_bar.sqrt(),
            noise: (1.0 - alpha_bar).sqrt(),
            snr: alpha_bar / (1.0 - alpha_bar),
            x_0,
            eps,
            x_t,
        });
        Ok(())
    }

    fn new_run(&mut self, config: TrainConfig) {
        let Some(data) = self.train.clone() else {
            return self
                .emitter
                .error(Place::Train, "the training images are not loaded yet");
        };
        let preset = config.preset;
        match Trainer::new(config, data, &self.compute.device) {
            Ok(trainer) => {
                let parameters = parameters::count(&trainer.ema_model()) as u32;
                self.run = Some(Run::new(trainer));
                self.emitter.emit(Event::Run { preset, parameters });
            }
            Err(error) => self.emitter.error(Place::Train, error),
        }
    }

    fn set_going(&mut self, going: bool) {
        let Some(run) = &mut self.run else {
            return self
                .emitter
                .error(Place::Train, "there is no run yet: start one first");
        };
        run.going = going;
        if !going {
            self.emitter.emit(Event::Paused {
                step: run.trainer.steps_taken(),
            });
        }
    }

    async fn train_step(&mut self) {
        if let Some(run) = &mut self.run {
            run.going = false;
            run.train(1, &self.compute, &self.emitter).await;
        }
        self.set_going(false);
    }

    async fn profile(&mut self) {
        let profile = match self.compute.backend {
            Backend::Gpu => Profile::start(),
            Backend::Cpu => Profile::count(),
        };
        self.train_step().await;
        let kernels = profile.finish().await;
        self.emitter.emit(Event::Profile { kernels });
    }

    async fn sample(&mut self, config: &SampleConfig) {
        self.cancel_sample().await;
        let Some(run) = &self.run else {
            let message = "there is no network yet: train one first, a few hundred steps will do";
            return self.emitter.error(Place::Sample, message);
        };
        let begun: Result<_, ConfigError> = Sampling::new(config, &run.trainer, &self.compute);
        match begun {
            Ok(sampling) => self.sampling = Some(sampling),
            Err(error) => self.emitter.error(Place::Sample, error),
        }
    }

    async fn cancel_sample(&mut self) {
        if let Some(sampling) = self.sampling.take() {
            sampling.finish(true, &self.emitter).await;
        }
    }
}
