//! `diffusion sample`

use std::path::PathBuf;

use burn::tensor::Device;
use clap::{Arg, ArgMatches, Command, value_parser};
use diffusion_playground::interop::{Imported, Scheduler};
use diffusion_playground::model::{AutoencoderKl, Network, Replayed};
use diffusion_playground::runtime::read;
use diffusion_playground::sampler::{SampleConfig, Trajectory};
use diffusion_playground::schedule::Schedule;
use indicatif::{ProgressBar, ProgressStyle};

use super::source::Source;
use super::train::{choose_device, device_arg};
use super::{config_args, grid, scatter};

type Error = Box<dyn std::error::Error>;

pub fn command() -> Command {
    let command = Command::new("sample")
        .about("Draws samples from a checkpoint into a PNG: a grid of images, or a scatter plot of points")
        .arg(
            Arg::new("model")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("A checkpoint; or diffusers' folder, or a safetensors file beside its config.json"),
        )
        .arg(
            Arg::new("out")
                .long("out")
                .default_value("samples.png")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new("columns")
                .long("columns")
                .default_value("10")
                .value_parser(value_parser!(u16).range(1..)),
        )
        .arg(device_arg());
    // The defaults of a configuration always serialise.
    config_args::add::<SampleConfig>(command.clone(), &[]).unwrap_or(command)
}

/// A network, and what sampling from it begins with.
pub struct Loaded {
    pub network: Network,
    pub scheduler: Scheduler,
    /// Channels, height and width of what it draws.
    pub shape: [usize; 3],
    pub null_class: Option<u8>,
    /// What makes images of its latents.
    pub latent_space: Option<AutoencoderKl>,
}

pub fn load(source: &Source, device: &Device) -> Result<Loaded, Error> {
    match source {
        Source::Checkpoint(checkpoint) => {
            let preset = checkpoint.config.preset;
            Ok(Loaded {
                network: checkpoint.ema_network(device)?,
                scheduler: Scheduler {
                    schedule: checkpoint.config.schedule.clone(),
                    prediction: checkpoint.config.prediction,
                    sample: checkpoint.config.sampling(),
                },
                shape: preset.input_shape(),
                null_class: preset.null_class(),
                latent_space: checkpoint.latent_space(device)?,
            })
        }
        Source::Folder(folder) => {
            let (Imported { config, model, .. }, latent_space) = folder.import(device)?;
            let null_class = config.null_class().map(u8::try_from).transpose();
            Ok(Loaded {
                network: model
                    .into_denoiser()
                    .ok_or_else(|| format!("a {} alone draws no samples", config.class_name()))?,
                scheduler: folder.scheduler()?,
                shape: config.image(),
                null_class: null_class
                    .map_err(|_| "the network has more than 256 classes, null class included")?,
                latent_space,
            })
        }
    }
}

pub async fn run(arguments: &ArgMatches) -> Result<(), Error> {
    let file = arguments
        .get_one::<PathBuf>("model")
        .ok_or("a checkpoint is needed")?;
    let source = Source::open(file)?;
    let compute = choose_device(arguments).await?;
    let Loaded {
        network,
        scheduler,
        shape: [channels, height, width],
        null_class,
        latent_space,
    } = load(&source, &compute.device)?;
    let config = config_args::read_over(&scheduler.sample, arguments)?;
    let schedule = Schedule::new(&scheduler.schedule)?;
    let mut trajectory = Trajectory::new(
        &config,
        &schedule,
        scheduler.prediction,
        [config.count, channels, height, width],
        null_class,
        &compute.device,
    )?;

    let bar = ProgressBar::new(config.steps as u64);
    bar.set_style(ProgressStyle::with_template(
        "{bar:30} {pos}/{len} steps  {eta} left",
    )?);
    let replayed = Replayed::new(network.clone());
    while trajectory.step(&replayed).is_some() {
        // Nothing else holds the queue back.
        read(trajectory.x_t().slice([0..1, 0..1, 0..1, 0..1])).await?;
        bar.inc(1);
    }
    bar.finish();

    let out = arguments.get_one::<PathBuf>("out").ok_or("--out is needed")?;
    let columns = arguments.get_one::<u16>("columns").copied().unwrap_or(10) as usize;
    let images = match &latent_space {
        Some(autoencoder) => autoencoder.to_images(trajectory.x_t()),
        None => trajectory.x_t(),
    };
    let [_, channels, height, width] = images.dims();
    let values = read(images).await?;
    if matches!(network, Network::Points(_)) {
        scatter::write_png(out, &values)?;
    } else {
        let shape = [channels, height, width];
        grid::write_png(out, &values, shape, columns.min(config.count))?;
    }
    println!(
        "{} samples, {} model calls: {}",
        config.count,
        trajectory.model_calls(),
        out.display()
    );
    Ok(())
}
