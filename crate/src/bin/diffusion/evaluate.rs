//! `diffusion evaluate`

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use diffusion_playground::data::ImageSet;
use diffusion_playground::evaluate::{Classifier, ClassifierTraining, Reference, Samples};
use diffusion_playground::runtime::Compute;
use diffusion_playground::sampler::{SampleConfig, SamplerKind};
use diffusion_playground::schedule::Schedule;
use indicatif::{ProgressBar, ProgressStyle};

use super::report::{LEGEND, Measured, Report, name, table_head, table_row};
use super::sample::load;
use super::source::Source;
use super::train::{choose_device, device_arg, read_file};
use super::train_classifier::{config_for, read_images, train};
use super::{check_folder_of, config_args, grid, write_whole};

type Error = Box<dyn std::error::Error>;

/// Fields of a sampling configuration that are chosen here in another way.
const CHOSEN: [&str; 5] = ["sampler", "steps", "guidance-scale", "class", "count"];

/// Columns of a picture of samples, and how many are shown.
const SHOWN: [usize; 2] = [10, 100];

pub fn command() -> Command {
    let path = |name| Arg::new(name).long(name).value_parser(value_parser!(PathBuf));
    let number = |name, default| {
        Arg::new(name)
            .long(name)
            .default_value(default)
            .value_parser(value_parser!(u32).range(1..=65_536))
    };
    let command = Command::new("evaluate")
        .about(
            "Measures how good a network's samples are, for every sampler and guidance scale that is named",
        )
        .arg(
            Arg::new("model")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("A checkpoint; or diffusers' folder, or a safetensors file beside its config.json"),
        )
        .arg(
            path("classifier")
                .required(true)
                .help("What `train-classifier` wrote"),
        )
        .arg(path("data").required(true).help("The packed test images"))
        .arg(
            path("train-data")
                .required(true)
                .help("The packed training images"),
        )
        .arg(number("count", "10000").help("Samples of each setting, as many of each class"))
        .arg(number("batch", "500").help("Samples drawn together"))
        .arg(
            Arg::new("samplers")
                .long("sampler")
                .default_value("ddim:50")
                .value_delimiter(',')
                .help("Samplers and their steps: ddpm, ddim, dpm-solver, unipc, euler, heun"),
        )
        .arg(
            Arg::new("guidance-scales")
                .long("guidance-scale")
                .default_value("1")
                .value_delimiter(',')
                .value_parser(value_parser!(f64)),
        )
        .arg(
            Arg::new("train-on-samples")
                .long("train-on-samples")
                .action(ArgAction::SetTrue)
                .help("Also trains a classifier on the samples alone, and measures it on the test images"),
        )
        .arg(
            Arg::new("classifier-steps")
                .long("classifier-steps")
                .value_parser(value_parser!(u32).range(1..))
                .help("Steps of that training"),
        )
        .arg(path("json").help("A file for all figures"))
        .arg(path("grids").help("A folder for a picture of each setting's first samples"))
        .arg(device_arg());
    // The defaults of a configuration always serialise.
    config_args::add::<SampleConfig>(command.clone(), &CHOSEN).unwrap_or(command)
}

/// `ddim:50`
fn parse_sampler(text: &str) -> Result<(SamplerKind, usize), Error> {
    let wrong = || {
        format!(
            "--sampler {text}: a name and a number of steps are expected, such as ddim:50 or dpm-solver:10"
        )
    };
    let (name, steps) = text.split_once(':').ok_or_else(wrong)?;
    let kind = match name {
        "dpm-solver" => SamplerKind::DpmSolverPp2M,
        "unipc" => SamplerKind::UniPc,
        _ => serde_json::from_value(name.into()).map_err(|error| format!("--sampler {text}: {error}"))?,
    };
    Ok((kind, steps.parse().map_err(|_| wrong())?))
}

/// The settings that are named, each sampler with each guidance scale.
fn settings(arguments: &ArgMatches, base: &SampleConfig) -> Result<Vec<SampleConfig>, Error> {
    let samplers = arguments.get_many::<String>("samplers").unwrap_or_default();
    let scales: Vec<f64> = arguments
        .get_many::<f64>("guidance-scales")
        .unwrap_or_default()
        .copied()
        .collect();
    let mut found = Vec::new();
    for text in samplers {
        let (sampler, steps) = parse_sampler(text)?;
        found.extend(scales.iter().map(|&guidance_scale| SampleConfig {
            sampler,
            steps,
            guidance_scale,
            ..base.clone()
        }));
    }
    Ok(found)
}

pub async fn run(arguments: &ArgMatches) -> Result<(), Error> {
    let path = |name| {
        arguments
            .get_one::<PathBuf>(name)
            .ok_or(format!("{name} is needed"))
    };
    let number = |name| arguments.get_one::<u32>(name).copied().unwrap_or(1) as usize;
    if let Some(file) = arguments.get_one::<PathBuf>("json") {
        check_folder_of(file)?;
    }
    let source = Source::open(path("model")?)?;
    let (test, images) = (read_images(path("data")?)?, read_images(path("train-data")?)?);
    let compute = choose_device(arguments).await?;
    let device = &compute.device;
    let classifier = path("classifier")?;
    let classifier = Classifier::parse(&read_file(classifier)?, device)
        .map_err(|error| format!("{}: {error}", classifier.display()))?;
    let loaded = load(&source, device)?;
    let base = SampleConfig {
        count: number("count"),
        ..config_args::read_over(&loaded.scheduler.sample, arguments)?
    };
    let settings = settings(arguments, &base)?;
    let samples = Samples {
        network: &loaded.network,
        schedule: Schedule::new(&loaded.scheduler.schedule)?,
        prediction: loaded.scheduler.prediction,
        shape: loaded.shape,
        null_class: loaded.null_class,
        latent_space: loaded.latent_space.as_ref(),
        device: device.clone(),
    };
    // Said before hours are spent.
    for config in &settings {
        config.validate(samples.schedule.len())?;
    }

    let reference = Reference::new(&classifier, &images, &test, device).await?;
    let floor = reference.figures(&first(&images, base.count)?).await?;
    let (training, training_steps) = match &source {
        Source::Checkpoint(checkpoint) => (Some(checkpoint.config.clone()), Some(checkpoint.step)),
        Source::Folder(_) => (None, None),
    };
    let mut report = Report {
        command: std::env::args().skip(1).collect(),
        device: compute.adapter.clone(),
        training,
        training_steps,
        classifier_accuracy: reference.accuracy,
        floor,
        settings: Vec::new(),
    };
    println!(
        "The classifier reads {:.2} % of the test images right.\n{LEGEND}\n\n{}",
        100.0 * report.classifier_accuracy,
        table_head(&report.floor)
    );
    for config in settings {
        let start = std::time::Instant::now();
        let drawn = draw(&samples, &config, number("batch")).await?;
        let seconds = start.elapsed().as_secs_f64();
        if let Some(folder) = arguments.get_one::<PathBuf>("grids") {
            write_grid(folder, &config, &drawn)?;
        }
        let trained_on_samples = match arguments.get_flag("train-on-samples") {
            true => Some(train_on(&drawn, &test, arguments, &compute).await?),
            false => None,
        };
        let measured = Measured {
            sampling: config,
            seconds,
            figures: reference.figures(&drawn).await?,
            nearest: reference.nearest(&drawn).await?,
            trained_on_samples,
        };
        println!("{}", table_row(&measured));
        report.settings.push(measured);
        // What is measured so far is kept, whatever happens to the rest.
        if let Some(file) = arguments.get_one::<PathBuf>("json") {
            write_whole(file, &serde_json::to_vec_pretty(&report)?)?;
        }
    }
    Ok(())
}

/// The first images of a set, or all where there are fewer.
fn first(images: &ImageSet, count: usize) -> Result<ImageSet, Error> {
    let count = count.min(images.count());
    Ok(ImageSet::new(
        images.channels,
        images.height,
        images.width,
        images.classes,
        images.labels[..count].to_vec(),
        images.pixels[..count * images.image_len()].to_vec(),
    )?)
}

async fn draw(samples: &Samples<'_>, config: &SampleConfig, batch: usize) -> Result<ImageSet, Error> {
    let bar = ProgressBar::new(config.count as u64);
    bar.set_style(ProgressStyle::with_template(
        "{bar:30} {pos}/{len} samples  {eta} left",
    )?);
    let drawn = samples
        .draw(config, batch, |count| bar.set_position(count as u64))
        .await?;
    bar.finish_and_clear();
    Ok(drawn)
}

/// Accuracy on `test` of a classifier that has seen samples only.
async fn train_on(
    samples: &ImageSet,
    test: &ImageSet,
    arguments: &ArgMatches,
    compute: &Compute,
) -> Result<f64, Error> {
    let default = ClassifierTraining::default();
    let options = ClassifierTraining {
        steps: arguments
            .get_one::<u32>("classifier-steps")
            .copied()
            .unwrap_or(default.steps),
        ..default
    };
    let config = config_for(samples, 32);
    let classifier = train(&config, &options, samples, &compute.device).await?;
    classifier.check(test)?;
    let reading = classifier.read(test, &compute.device).await?;
    Ok(reading.accuracy(&test.labels))
}

fn write_grid(folder: &Path, config: &SampleConfig, drawn: &ImageSet) -> Result<(), Error> {
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    let name = format!(
        "{}-{}-guidance-{}.png",
        name(config),
        config.steps,
        config.guidance_scale
    );
    let [columns, shown] = SHOWN;
    grid::write_images(&folder.join(name), &first(drawn, shown)?, columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_every_sampler_with_every_scale() {
        let arguments = [
            "m",
            "--classifier",
            "c",
            "--data",
            "d",
            "--train-data",
            "t",
            "--sampler",
            "ddim:50,dpm-solver:10",
            "--guidance-scale",
            "1,2.5",
            "--eta",
            "0.5",
        ];
        let matches = command()
            .no_binary_name(true)
            .try_get_matches_from(arguments)
            .unwrap();
        let base = config_args::read::<SampleConfig>(&matches).unwrap();
        let found: Vec<_> = settings(&matches, &base)
            .unwrap()
            .iter()
            .map(|c| (name(c), c.steps, c.guidance_scale, c.eta))
            .collect();
        let expected = [
            ("ddim", 50, 1.0),
            ("ddim", 50, 2.5),
            ("dpm-solver", 10, 1.0),
            ("dpm-solver", 10, 2.5),
        ];
        assert_eq!(
            found,
            expected.map(|(name, steps, scale)| (name.to_string(), steps, scale, 0.5))
        );
    }

    #[test]
    fn a_wrong_sampler_gets_a_sentence() {
        let message = |text| parse_sampler(text).unwrap_err().to_string();
        assert!(message("ddim").contains("such as ddim:50"));
        assert!(message("ddim:many").contains("such as ddim:50"));
        assert!(message("dpm:10").contains("ddim"), "the choices are listed");
    }
}
