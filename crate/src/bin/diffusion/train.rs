//! `diffusion train`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::tensor::Device;
use clap::{Arg, ArgMatches, Command, value_parser};
use diffusion_playground::data::{DataSet, ImageSet, PointSet, PointShape};
use diffusion_playground::model::Preset;
use diffusion_playground::runtime::{Compute, Wanted};
use diffusion_playground::train::{Checkpoint, TrainConfig, Trainer};
use indicatif::{ProgressBar, ProgressStyle};

use super::{config_args, latents};

pub type Error = Box<dyn std::error::Error>;

/// Steps between two looks at the losses: no more work than this is ever queued on the device.
const STEPS_A_READ: u32 = 10;
/// Points drawn from a distribution.
const POINTS: usize = 10_000;

pub fn command() -> Command {
    let command = Command::new("train")
        .about("Trains a network and writes a checkpoint")
        .arg(
            Arg::new("data")
                .required(true)
                .help(
                    "A packed data set, or points:SHAPE, which is two-moons, swiss-roll, eight-gaussians or checkerboard",
                ),
        )
        .arg(
            Arg::new("out")
                .long("out")
                .default_value("model.safetensors")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new("resume")
                .long("resume")
                .value_parser(value_parser!(PathBuf))
                .help("A checkpoint to go on from; its configuration is kept"),
        )
        .arg(
            Arg::new("autoencoder")
                .long("autoencoder")
                .conflicts_with("resume")
                .value_parser(value_parser!(PathBuf))
                .help(
                    "A trained autoencoder, for a preset that learns from its latents; the new checkpoint keeps it",
                ),
        )
        .arg(
            Arg::new("steps")
                .long("steps")
                .default_value("2000")
                .value_parser(value_parser!(u32))
                .help("Steps of the whole run, those of a resumed checkpoint included"),
        )
        .arg(device_arg());
    // The defaults of a configuration always serialise.
    config_args::add::<TrainConfig>(command.clone()).unwrap_or(command)
}

pub fn device_arg() -> Arg {
    Arg::new("device")
        .long("device")
        .default_value("auto")
        .value_parser(value_parser!(Wanted))
}

pub async fn choose_device(arguments: &ArgMatches) -> Result<Compute, Error> {
    let compute = Compute::choose(arguments.get_one::<Wanted>("device").copied().unwrap_or_default()).await?;
    match &compute.reason {
        Some(reason) => eprintln!("device: {} ({reason})", compute.adapter),
        None => eprintln!("device: {}", compute.adapter),
    }
    Ok(compute)
}

pub fn read_file(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()).into())
}

fn path<'a>(arguments: &'a ArgMatches, name: &str) -> Option<&'a PathBuf> {
    arguments.get_one::<PathBuf>(name)
}

fn read_checkpoint(file: &Path) -> Result<Checkpoint, Error> {
    Checkpoint::parse(&read_file(file)?).map_err(|error| format!("{}: {error}", file.display()).into())
}

/// What the data argument names.
enum Source {
    Images(Arc<ImageSet>),
    Points(PointShape),
}

impl Source {
    fn read(name: &str) -> Result<Self, Error> {
        if let Some(shape) = name.strip_prefix("points:") {
            return Ok(Self::Points(shape.parse()?));
        }
        let set =
            ImageSet::unpack(&read_file(Path::new(name))?).map_err(|error| format!("{name}: {error}"))?;
        Ok(Self::Images(Arc::new(set)))
    }
}

/// A new run, over points, over images or over their latents.
async fn begin(arguments: &ArgMatches, source: Source, device: &Device) -> Result<Trainer, Error> {
    let mut config: TrainConfig = config_args::read(arguments)?;
    let images = match source {
        Source::Images(images) => images,
        Source::Points(shape) => {
            if arguments.get_one::<String>("preset").is_none() {
                config.preset = Preset::Points;
            }
            let points = PointSet::generate(shape, POINTS, config.seed)?;
            return Ok(Trainer::new(config, Arc::new(points), device)?);
        }
    };
    let data: Arc<dyn DataSet> = match (path(arguments, "autoencoder"), config.preset.takes_latents()) {
        (None, false) => images,
        (None, true) => return Err("this preset learns from latents: --autoencoder is needed".into()),
        (Some(_), false) => {
            return Err("this preset learns from images: it has no use for --autoencoder".into());
        }
        (Some(file), true) => {
            let autoencoder = read_checkpoint(file)?
                .autoencoder(device)?
                .ok_or_else(|| format!("{} holds no autoencoder", file.display()))?;
            let encoding = latents::encode(images, autoencoder, device).await?;
            Arc::new(encoding.finish_with_unit_variance()?)
        }
    };
    Ok(Trainer::new(config, data, device)?)
}

/// The run of a checkpoint, over latents of the autoencoder that it keeps, at the scale that it keeps.
async fn resume(file: &Path, source: Source, device: &Device) -> Result<Trainer, Error> {
    let checkpoint = read_checkpoint(file)?;
    let data: Arc<dyn DataSet> = match (source, checkpoint.latent_space(device)?) {
        (Source::Points(shape), _) => Arc::new(PointSet::generate(shape, POINTS, checkpoint.config.seed)?),
        (Source::Images(images), Some(autoencoder)) => {
            Arc::new(latents::encode(images, autoencoder, device).await?.finish())
        }
        (Source::Images(images), None) => images,
    };
    Ok(Trainer::resume(&checkpoint, data, device)?)
}

pub async fn run(arguments: &ArgMatches) -> Result<(), Error> {
    let name = arguments
        .get_one::<String>("data")
        .ok_or("a data set is needed")?;
    let source = Source::read(name)?;
    let compute = choose_device(arguments).await?;
    let mut trainer = match path(arguments, "resume") {
        Some(file) => resume(file, source, &compute.device).await?,
        None => begin(arguments, source, &compute.device).await?,
    };

    let steps = arguments.get_one::<u32>("steps").copied().unwrap_or_default();
    let bar = ProgressBar::new(steps as u64).with_position(trainer.steps_taken() as u64);
    bar.set_style(ProgressStyle::with_template(
        "{bar:30} {pos}/{len} steps  {per_sec}  {msg}  {eta} left",
    )?);
    let mut smoothed = None;
    while trainer.steps_taken() < steps {
        let count = STEPS_A_READ.min(steps - trainer.steps_taken());
        for report in trainer.step(count).await? {
            let loss = smoothed.map_or(report.loss, |smoothed| 0.98 * smoothed + 0.02 * report.loss);
            smoothed = Some(loss);
            bar.set_message(format!("loss {loss:.4}"));
            bar.inc(1);
        }
    }
    bar.finish();

    let out = path(arguments, "out").ok_or("--out is needed")?;
    std::fs::write(out, trainer.save().await?)
        .map_err(|error| format!("{} cannot be written: {error}", out.display()))?;
    match smoothed {
        Some(loss) => println!(
            "{} steps, smoothed loss {loss:.4}: {}",
            trainer.steps_taken(),
            out.display()
        ),
        None => println!("{} steps: {}", trainer.steps_taken(), out.display()),
    }
    Ok(())
}
