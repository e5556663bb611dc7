//! `diffusion train`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::tensor::Device;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use diffusion_playground::data::{DataName, DataSet, ImageSet, PointSet};
use diffusion_playground::evaluate::Samples;
use diffusion_playground::model::Preset;
use diffusion_playground::runtime::{Compute, Wanted};
use diffusion_playground::sampler::{SampleConfig, SamplerKind};
use diffusion_playground::train::{Checkpoint, Queue, TrainConfig, Trainer};
use indicatif::{ProgressBar, ProgressStyle};

use super::train_log::Log;
use super::{check_folder_of, config_args, grid, image_folder, latents, write_whole};

pub type Error = Box<dyn std::error::Error>;

/// Steps between two looks at the losses: no more work than twice this is ever queued on the device.
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
                    "A packed data set; or a folder of pictures, with a folder in it for each class; or points:SHAPE, SHAPE \
                     being two-moons, swiss-roll, eight-gaussians or checkerboard",
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
            Arg::new("config")
                .long("config")
                .conflicts_with("resume")
                .value_parser(value_parser!(PathBuf))
                .help("A JSON file of the configuration, as a model's card shows it; what flags say goes before it"),
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
        .arg(
            Arg::new("save-every")
                .long("save-every")
                .value_parser(value_parser!(u32).range(1..))
                .help("Steps between checkpoints on the way; without it there is one, at the end"),
        )
        .arg(
            Arg::new("grids")
                .long("grids")
                .value_parser(value_parser!(PathBuf))
                .help("A folder for a picture of samples every --grid-every steps"),
        )
        .arg(
            Arg::new("log")
                .long("log")
                .action(ArgAction::Append)
                .value_parser(value_parser!(PathBuf))
                .help(
                    "A file for a line a step: CSV, or JSON where its name ends in .json or .jsonl; may be given twice, and a \
                     resumed run goes on in it",
                ),
        )
        .arg(device_arg());
    // The defaults of a configuration always serialise.
    config_args::add::<TrainConfig>(command.clone(), &[]).unwrap_or(command)
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

pub fn read_checkpoint(file: &Path) -> Result<Checkpoint, Error> {
    Checkpoint::parse(&read_file(file)?).map_err(|error| format!("{}: {error}", file.display()).into())
}

fn read_config(file: &Path) -> Result<TrainConfig, Error> {
    serde_json::from_slice(&read_file(file)?).map_err(|error| format!("{}: {error}", file.display()).into())
}

/// Points of a distribution where `shape` names one, else the images of the pack or folder `name`, and what they are
/// called.
fn read_data(
    name: &str,
    shape: Option<&str>,
    seed: u64,
) -> Result<(Arc<dyn DataSet>, Option<DataName>), Error> {
    let path = Path::new(name);
    if let Some(shape) = shape {
        let points = PointSet::generate(shape.parse()?, POINTS, seed)?;
        return Ok((Arc::new(points), None));
    }
    if path.is_dir() {
        let (set, name) = image_folder::read(path)?;
        return Ok((Arc::new(set), Some(name)));
    }
    let set = ImageSet::unpack(&read_file(path)?).map_err(|error| format!("{name}: {error}"))?;
    Ok((Arc::new(set), Some(name_of(path))))
}

/// What a pack is called: `mnist` is in `mnist-train.pack`. The names of its classes are in no pack.
fn name_of(file: &Path) -> DataName {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    DataName {
        name: stem.strip_suffix("-train").unwrap_or(&stem).to_string(),
        classes: Vec::new(),
    }
}

/// A new run, over the examples or over their latents.
async fn begin(
    arguments: &ArgMatches,
    config: TrainConfig,
    data: Arc<dyn DataSet>,
    device: &Device,
) -> Result<Trainer, Error> {
    let data = match (path(arguments, "autoencoder"), config.preset.takes_latents()) {
        (None, false) => data,
        (None, true) => return Err("this preset learns from latents: --autoencoder is needed".into()),
        (Some(_), false) => {
            return Err("this preset learns from images: it has no use for --autoencoder".into());
        }
        (Some(file), true) => {
            let autoencoder = read_checkpoint(file)?
                .autoencoder(device)?
                .ok_or_else(|| format!("{} holds no autoencoder", file.display()))?;
            let encoding = latents::encode(data, autoencoder, device).await?;
            Arc::new(encoding.finish_with_unit_variance()?)
        }
    };
    Ok(Trainer::new(config, data, device)?)
}

/// The run of a checkpoint; where it is one over latents, of the autoencoder that it keeps, at the scale that it keeps.
async fn resume(checkpoint: &Checkpoint, data: Arc<dyn DataSet>, device: &Device) -> Result<Trainer, Error> {
    let data = match checkpoint.latent_space(device)? {
        Some(autoencoder) => Arc::new(latents::encode(data, autoencoder, device).await?.finish()),
        None => data,
    };
    Ok(Trainer::resume(checkpoint, data, device)?)
}

pub async fn run(arguments: &ArgMatches) -> Result<(), Error> {
    let out = path(arguments, "out").ok_or("--out is needed")?;
    check_folder_of(out)?;
    let checkpoint = match path(arguments, "resume") {
        Some(file) => Some(read_checkpoint(file)?),
        None => None,
    };
    let mut config: TrainConfig = match (&checkpoint, path(arguments, "config")) {
        (Some(checkpoint), _) => checkpoint.config.clone(),
        (None, Some(file)) => config_args::read_over(&read_config(file)?, arguments)?,
        (None, None) => config_args::read(arguments)?,
    };
    let name = arguments
        .get_one::<String>("data")
        .ok_or("a data set is needed")?;
    let shape = name.strip_prefix("points:");
    let is_chosen = ["preset", "config"].map(|name| arguments.contains_id(name));
    if shape.is_some() && checkpoint.is_none() && is_chosen == [false; 2] {
        config.preset = Preset::Points;
    }
    let (data, data_name) = read_data(name, shape, config.seed)?;
    if checkpoint.is_none() {
        config.data = data_name;
    }
    let compute = choose_device(arguments).await?;
    let mut trainer = match &checkpoint {
        Some(checkpoint) => resume(checkpoint, data, &compute.device).await?,
        None => begin(arguments, config, data, &compute.device).await?,
    };

    let steps = arguments.get_one::<u32>("steps").copied().unwrap_or_default();
    let bar = ProgressBar::new(steps as u64).with_position(trainer.steps_taken() as u64);
    bar.set_style(ProgressStyle::with_template(
        "{bar:30} {pos}/{len} steps  {per_sec}  {msg}  {eta} left",
    )?);
    let save_every = arguments.get_one::<u32>("save-every").copied();
    let logs = arguments.get_many::<PathBuf>("log").unwrap_or_default();
    let mut logs = logs.map(|file| Log::open(file)).collect::<Result<Vec<_>, _>>()?;
    let grids = path(arguments, "grids");
    if grids.is_some() && trainer.config().preset.null_class().is_none() {
        return Err("--grids: this preset draws no samples of classes".into());
    }
    let mut smoothed = None;
    let mut queue = Queue::default();
    while trainer.steps_taken() < steps {
        let taken = trainer.steps_taken();
        let grid_every = grids.map(|_| trainer.config().grid_every);
        let to_stop = [save_every, grid_every].into_iter().flatten();
        let to_stop = to_stop
            .map(|every| every - taken % every)
            .min()
            .unwrap_or(u32::MAX);
        let count = STEPS_A_READ.min(steps - taken).min(to_stop);
        let mut reports = queue.advance(&mut trainer, count).await?;
        if count == to_stop || trainer.steps_taken() == steps {
            reports.extend(queue.finish().await?);
        }
        for report in reports {
            let loss = smoothed.map_or(report.loss, |smoothed| 0.98 * smoothed + 0.02 * report.loss);
            smoothed = Some(loss);
            bar.set_message(format!("loss {loss:.4}"));
            bar.inc(1);
            for log in &mut logs {
                log.line(&report, loss)?;
            }
        }
        if save_every.is_some_and(|every| trainer.steps_taken().is_multiple_of(every)) {
            write_whole(out, &trainer.save().await?)?;
        }
        if let Some(folder) =
            grids.filter(|_| trainer.steps_taken().is_multiple_of(trainer.config().grid_every))
        {
            write_grid(folder, &trainer, &compute.device).await?;
        }
    }
    bar.finish();

    write_whole(out, &trainer.save().await?)?;
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

/// Ten samples of each class, with the moving average of the weights; the starting noise is always the same.
async fn write_grid(folder: &Path, trainer: &Trainer, device: &Device) -> Result<(), Error> {
    let config = trainer.config();
    let network = trainer.ema_network()?;
    let samples = Samples {
        network: &network,
        schedule: trainer.schedule().clone(),
        prediction: config.prediction,
        shape: config.preset.input_shape(),
        null_class: config.preset.null_class(),
        latent_space: trainer.latent_space(),
        device: device.clone(),
    };
    let sampling = SampleConfig {
        sampler: SamplerKind::Ddim,
        steps: 20,
        guidance_scale: 2.0,
        count: 100,
        ..config.sampling()
    };
    let steps = config.schedule.num_train_timesteps.min(sampling.steps);
    let drawn = samples
        .draw(&SampleConfig { steps, ..sampling }, 100, |_| ())
        .await?;
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    let name = format!("step-{:06}.png", trainer.steps_taken());
    grid::write_images(&folder.join(name), &drawn, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_is_called_by_its_set() {
        let name = |file: &str| name_of(Path::new(file)).name;
        assert_eq!(name("www/dist/data/fashion-train.pack"), "fashion");
        assert_eq!(name("own.pack"), "own");
    }

    #[test]
    fn a_run_takes_a_folder_and_a_configuration_and_goes_on() {
        let folder = std::env::temp_dir().join(format!("diffusion-train-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let pictures = folder.join("own/stripes");
        std::fs::create_dir_all(&pictures).unwrap();
        let orange = include_bytes!("../../../../tests/fixtures/orange.jpg");
        std::fs::write(pictures.join("0.jpg"), orange).unwrap();
        let named = |name: &str| folder.join(name).display().to_string();
        let [config, first, second, csv, json] = [
            "config.json",
            "a.safetensors",
            "b.safetensors",
            "log.csv",
            "log.json",
        ]
        .map(named);
        let text = r#"{"preset": "tiny", "prediction": "v", "batchSize": 2, "learningRate": 0.5}"#;
        std::fs::write(&config, text).unwrap();
        let train = |arguments: &[&str]| {
            let own = named("own");
            let always = ["train", &own, "--device", "cpu", "--log", &csv];
            let arguments = command().get_matches_from(always.iter().chain(arguments));
            pollster::block_on(run(&arguments)).map_err(|error| error.to_string())
        };
        let rate = ["--learning-rate", "0.001"];
        train(&[&["--config", &config, "--steps", "1", "--out", &first], &rate[..]].concat()).unwrap();
        train(&[
            "--resume", &first, "--steps", "3", "--out", &second, "--log", &json,
        ])
        .unwrap();
        let Checkpoint { config, step, .. } = read_checkpoint(Path::new(&second)).unwrap();
        assert_eq!((config.batch_size, config.learning_rate, step), (2, 0.001, 3));
        let data = config.data.unwrap();
        assert_eq!(
            (data.name.as_str(), &*data.classes),
            ("own", &["stripes".to_string()][..])
        );
        let lines = |file: &str| std::fs::read_to_string(file).unwrap().lines().count();
        assert_eq!((lines(&csv), lines(&json)), (1 + 3, 2));

        let message = train(&["--config", &csv]).unwrap_err();
        assert!(message.contains("log.csv: "), "{message}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
