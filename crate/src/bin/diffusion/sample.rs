//! `diffusion sample`

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use diffusion_playground::model::Preset;
use diffusion_playground::prediction::Prediction;
use diffusion_playground::runtime::read;
use diffusion_playground::sampler::{SampleConfig, Trajectory};
use diffusion_playground::schedule::Schedule;
use diffusion_playground::train::Checkpoint;
use indicatif::{ProgressBar, ProgressStyle};

use super::train::{choose_device, device_arg, read_file};
use super::{config_args, grid, scatter};

type Error = Box<dyn std::error::Error>;

pub fn command() -> Command {
    let command = Command::new("sample")
        .about("Draws samples from a checkpoint into a PNG: a grid of images, or a scatter plot of points")
        .arg(
            Arg::new("model")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("A checkpoint"),
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
    config_args::add::<SampleConfig>(command.clone()).unwrap_or(command)
}

pub async fn run(arguments: &ArgMatches) -> Result<(), Error> {
    let file = arguments
        .get_one::<PathBuf>("model")
        .ok_or("a checkpoint is needed")?;
    let checkpoint =
        Checkpoint::parse(&read_file(file)?).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut config: SampleConfig = config_args::read(arguments)?;
    if arguments.get_one::<String>("clip-sample").is_none() {
        config.clip_sample = checkpoint.config.preset.draws_pixels();
    }
    let compute = choose_device(arguments).await?;
    let network = checkpoint.ema_network(&compute.device)?;
    let latent_space = checkpoint.latent_space(&compute.device)?;
    let schedule = Schedule::new(&checkpoint.config.schedule)?;
    let [channels, height, width] = checkpoint.config.preset.input_shape();
    let shape = [config.count, channels, height, width];
    let mut trajectory = Trajectory::new(
        &config,
        &schedule,
        Prediction::Epsilon,
        shape,
        checkpoint.config.preset.null_class(),
        &compute.device,
    )?;

    let bar = ProgressBar::new(config.steps as u64);
    bar.set_style(ProgressStyle::with_template(
        "{bar:30} {pos}/{len} steps  {eta} left",
    )?);
    while trajectory.step(&network).is_some() {
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
    let [_, _, height, width] = images.dims();
    let values = read(images).await?;
    match checkpoint.config.preset {
        Preset::Points => scatter::write_png(out, &values)?,
        _ => grid::write_png(out, &values, height, width, columns.min(config.count))?,
    }
    println!(
        "{} samples, {} model calls: {}",
        config.count,
        trajectory.model_calls(),
        out.display()
    );
    Ok(())
}
