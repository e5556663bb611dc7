//! `diffusion train-classifier`

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use clap::{Arg, ArgMatches, Command, value_parser};
use diffusion_playground::data::ImageSet;
use diffusion_playground::evaluate::{Classifier, ClassifierConfig, ClassifierRun, ClassifierTraining};
use indicatif::{ProgressBar, ProgressStyle};

use super::train::{choose_device, device_arg, read_file};
use super::{check_folder_of, config_args, write_whole};

type Error = Box<dyn std::error::Error>;

/// Steps between two looks at the loss.
const STEPS_A_READ: u32 = 20;

pub fn command() -> Command {
    let path = |name| Arg::new(name).value_parser(value_parser!(PathBuf));
    let command = Command::new("train-classifier")
        .about("Trains the classifier that `evaluate` reads samples with")
        .arg(path("data").required(true).help("A packed data set"))
        .arg(
            path("test")
                .long("test")
                .required(true)
                .help("The packed images that its accuracy is measured on"),
        )
        .arg(path("out").long("out").default_value("classifier.safetensors"))
        .arg(
            Arg::new("base-channels")
                .long("base-channels")
                .default_value("32")
                .value_parser(value_parser!(u16).range(1..))
                .help("Channels of the first convolution, a multiple of 8; there are four times as many features"),
        )
        .arg(device_arg());
    // The defaults of a configuration always serialise.
    config_args::add::<ClassifierTraining>(command.clone(), &[]).unwrap_or(command)
}

pub fn read_images(file: &Path) -> Result<ImageSet, Error> {
    ImageSet::unpack(&read_file(file)?).map_err(|error| format!("{}: {error}", file.display()).into())
}

/// A classifier's shape for the images of a set.
pub fn config_for(images: &ImageSet, base_channels: usize) -> ClassifierConfig {
    ClassifierConfig {
        in_channels: images.channels as usize,
        classes: images.classes as usize,
        base_channels,
        ..ClassifierConfig::default()
    }
}

/// The classifier after all steps, with a progress bar.
pub async fn train(
    config: &ClassifierConfig,
    options: &ClassifierTraining,
    images: &ImageSet,
    device: &Device,
) -> Result<Classifier, Error> {
    let mut run = ClassifierRun::new(config, options, images, device)?;
    let bar = ProgressBar::new(options.steps as u64);
    bar.set_style(ProgressStyle::with_template(
        "{bar:30} {pos}/{len} classifier steps  {per_sec}  {msg}  {eta} left",
    )?);
    while let Some(loss) = run.step(STEPS_A_READ).await? {
        bar.set_position(run.steps_taken() as u64);
        bar.set_message(format!("loss {loss:.4}"));
    }
    bar.finish_and_clear();
    Ok(run.classifier())
}

pub async fn run(arguments: &ArgMatches) -> Result<(), Error> {
    let path = |name| {
        arguments
            .get_one::<PathBuf>(name)
            .ok_or(format!("{name} is needed"))
    };
    let out = path("out")?;
    check_folder_of(out)?;
    let options: ClassifierTraining = config_args::read(arguments)?;
    let (images, test) = (read_images(path("data")?)?, read_images(path("test")?)?);
    let base = arguments.get_one::<u16>("base-channels").copied().unwrap_or(32);
    let config = config_for(&images, base as usize);
    let compute = choose_device(arguments).await?;
    let classifier = train(&config, &options, &images, &compute.device).await?;
    let file = classifier.to_file().await?;
    // What is measured is what is in the file, rounded to f16.
    let classifier = Classifier::parse(&file, &compute.device)?;
    classifier.check(&test)?;
    let reading = classifier.read(&test, &compute.device).await?;
    write_whole(out, &file)?;
    println!(
        "{:.2} % of {} test images read right, {} bytes: {}",
        100.0 * reading.accuracy(&test.labels),
        test.count(),
        file.len(),
        out.display()
    );
    Ok(())
}
