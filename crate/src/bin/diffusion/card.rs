//! `diffusion card`

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use diffusion_playground::data::ImageSet;
use diffusion_playground::evaluate::{Manifest, Samples, ShippedClassifier, ShippedFigures, ShippedModel};
use diffusion_playground::model::parameters;
use diffusion_playground::runtime::{Compute, Wanted};
use diffusion_playground::sampler::{SampleConfig, SamplerKind};
use diffusion_playground::schedule::Schedule;
use diffusion_playground::train::{Checkpoint, TrainConfig};
use sha2::{Digest, Sha256};

use super::report::{self, LEGEND, Report, table_head, table_row};
use super::sample::load;
use super::source::Source;
use super::train::{read_checkpoint, read_file};
use super::{config_args, grid, write_whole};

type Error = Box<dyn std::error::Error>;

/// Of the weights.
const LICENCE: &str = "MIT or Apache-2.0";

pub fn command() -> Command {
    let text = |name, help| Arg::new(name).long(name).required(true).help(help);
    Command::new("card")
        .about("Puts a model among those that are shipped: its weights, its card, a recorded sample and its entry in the list")
        .arg(
            Arg::new("model")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("A checkpoint; one of weights alone is the smallest (see convert)"),
        )
        .arg(text("name", "The name of its files, such as mnist-unet"))
        .arg(text("label", "What a visitor reads"))
        .arg(text("data-set", "What it was trained on, such as MNIST"))
        .arg(
            Arg::new("autoencoder")
                .long("autoencoder")
                .value_parser(value_parser!(PathBuf))
                .help("For a network over latents: the checkpoint of its autoencoder, whose training the card tells"),
        )
        .arg(
            Arg::new("evaluation")
                .long("evaluation")
                .num_args(1..)
                .value_parser(value_parser!(PathBuf))
                .help("What evaluate --json wrote, one or several files"),
        )
        .arg(
            Arg::new("classifier")
                .long("classifier")
                .requires("evaluation")
                .value_parser(value_parser!(PathBuf))
                .help("The classifier of the evaluation, to be shipped as well"),
        )
        .arg(
            Arg::new("guidance-scale")
                .long("guidance-scale")
                .default_value("2")
                .value_parser(value_parser!(f64))
                .help("Of the recorded sample"),
        )
        .arg(
            Arg::new("folder")
                .long("folder")
                .default_value("www/models")
                .value_parser(value_parser!(PathBuf)),
        )
}

pub async fn run(arguments: &ArgMatches) -> Result<(), Error> {
    let text = |name: &str| {
        let found = arguments.get_one::<String>(name).cloned();
        found.ok_or(format!("--{name} is needed"))
    };
    let path = |name| {
        arguments
            .get_one::<PathBuf>(name)
            .ok_or(format!("{name} is needed"))
    };
    let (model, folder) = (path("model")?, path("folder")?);
    let name = text("name")?;
    if name.is_empty()
        || !name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    {
        return Err(format!("--name {name}: letters, digits, - and _ make a file's name").into());
    }
    let source = Source::open(model)?;
    let Source::Checkpoint(checkpoint) = &source else {
        return Err(format!("{} is no checkpoint: convert it to one first", model.display()).into());
    };
    let bytes = read_file(model)?;
    let autoencoder = match arguments.get_one::<PathBuf>("autoencoder") {
        Some(file) => Some(read_checkpoint(file)?),
        None => None,
    };
    let mut reports: Vec<Report> = Vec::new();
    for file in arguments.get_many::<PathBuf>("evaluation").unwrap_or_default() {
        let report = serde_json::from_slice(&read_file(file)?);
        reports.push(report.map_err(|error| format!("{}: {error}", file.display()))?);
    }
    let manifest_file = folder.join("manifest.json");
    let mut manifest: Manifest = match manifest_file.exists() {
        true => serde_json::from_slice(&read_file(&manifest_file)?)
            .map_err(|error| format!("{}: {error}", manifest_file.display()))?,
        false => Manifest::default(),
    };

    let scale = arguments.get_one::<f64>("guidance-scale").copied().unwrap_or(2.0);
    let (sample, drawn) = recorded(&source, scale).await?;
    let parameters = parameters::count(&checkpoint.ema_model(&burn::tensor::Device::flex())?);
    let shipped = ShippedModel {
        file: format!("{name}.safetensors"),
        bytes: bytes.len() as u64,
        sha256: sha256(&bytes),
        preset: checkpoint.config.preset,
        data_set: text("data-set")?,
        label: text("label")?,
        parameters: parameters as u64,
        training_steps: checkpoint.step,
        licence: LICENCE.into(),
        sample,
        figures: reports.iter().flat_map(figures).collect(),
        name,
    };
    let card = card(&shipped, checkpoint, autoencoder.as_ref(), &reports)?;
    fs::create_dir_all(folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    write_whole(&folder.join(&shipped.file), &bytes)?;
    write_whole(&folder.join(format!("{}.md", shipped.name)), card.as_bytes())?;
    grid::write_images(&folder.join(format!("{}.png", shipped.name)), &drawn, 1)?;
    if let (Some(file), Some(report)) = (arguments.get_one::<PathBuf>("classifier"), reports.first()) {
        let bytes = read_file(file)?;
        let name = "classifier.safetensors";
        write_whole(&folder.join(name), &bytes)?;
        manifest.classifier = Some(ShippedClassifier {
            file: name.into(),
            bytes: bytes.len() as u64,
            sha256: sha256(&bytes),
            data_set: shipped.data_set.clone(),
            accuracy: report.classifier_accuracy,
        });
    }
    manifest.put(shipped);
    let json = serde_json::to_string_pretty(&manifest)? + "\n";
    write_whole(&manifest_file, json.as_bytes())?;
    println!("{} models: {}", manifest.models.len(), manifest_file.display());
    Ok(())
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the list says of the settings that were measured.
fn figures(report: &Report) -> impl Iterator<Item = ShippedFigures> + '_ {
    report.settings.iter().map(|measured| ShippedFigures {
        sampler: report::name(&measured.sampling),
        steps: measured.sampling.steps,
        guidance_scale: measured.sampling.guidance_scale,
        count: measured.figures.count,
        accuracy: measured.figures.accuracy,
        frechet_distance: rounded(measured.figures.frechet_distance),
        frechet_floor: rounded(report.floor.frechet_distance),
    })
}

/// To more digits than count: every visitor downloads them.
fn rounded(figure: f64) -> f64 {
    (1e4 * figure).round() / 1e4
}

/// One sample, drawn on the CPU: what any device must draw again.
async fn recorded(source: &Source, guidance_scale: f64) -> Result<(SampleConfig, ImageSet), Error> {
    let device = Compute::choose(Wanted::Cpu).await?.device;
    let loaded = load(source, &device)?;
    let config = SampleConfig {
        sampler: SamplerKind::Ddim,
        steps: loaded.scheduler.schedule.num_train_timesteps.min(10),
        guidance_scale,
        count: 1,
        ..loaded.scheduler.sample.clone()
    };
    let samples = Samples {
        network: &loaded.network,
        schedule: Schedule::new(&loaded.scheduler.schedule)?,
        prediction: loaded.scheduler.prediction,
        shape: loaded.shape,
        null_class: loaded.null_class,
        latent_space: loaded.latent_space.as_ref(),
        device,
    };
    let drawn = samples.draw(&config, 1, |_| ()).await?;
    Ok((config, drawn))
}

/// The card: what the model is, where it comes from, how good it is.
fn card(
    shipped: &ShippedModel,
    checkpoint: &Checkpoint,
    autoencoder: Option<&Checkpoint>,
    reports: &[Report],
) -> Result<String, Error> {
    let ShippedModel {
        name,
        file,
        bytes,
        sha256,
        preset,
        data_set,
        label,
        licence,
        ..
    } = shipped;
    let config = &checkpoint.config;
    let millions = shipped.parameters as f64 / 1e6;
    let preset = serde_json::to_value(preset)?;
    let prediction = serde_json::to_value(config.prediction)?;
    let packed = match &config.data {
        Some(data) => format!("{}-train.pack", data.name),
        None => format!("{}-train.pack", data_set.to_lowercase()),
    };
    let mut command = train_command(config, checkpoint.step, &packed)?;
    if config.preset.takes_latents() {
        command += " --autoencoder autoencoder.safetensors";
    }
    if let Some(Checkpoint { config, step, .. }) = autoencoder {
        let first = train_command(config, *step, &packed)?;
        command = format!("{first} --out autoencoder.safetensors\n{command}");
    }
    let mut card = String::new();
    writeln!(card, "# {label}\n")?;
    writeln!(card, "![A recorded sample]({name}.png)\n")?;
    writeln!(card, "| | |\n|---|---|")?;
    writeln!(card, "| data | {data_set}, its training images |")?;
    writeln!(
        card,
        "| network | preset `{}`, {millions:.2} M parameters, predicts `{}` |",
        preset.as_str().unwrap_or_default(),
        prediction.as_str().unwrap_or_default()
    )?;
    writeln!(
        card,
        "| training | {} steps of {} images, seed {} |",
        checkpoint.step, config.batch_size, config.seed
    )?;
    writeln!(card, "| file | `{file}`, {bytes} bytes, SHA-256 `{sha256}` |")?;
    writeln!(
        card,
        "| licence | weights: {licence}, as the program; the images keep theirs |\n"
    )?;
    writeln!(card, "Trained with\n\n```sh\n{command}\n```\n")?;
    writeln!(
        card,
        "and the configuration\n\n```json\n{}\n```\n",
        serde_json::to_string_pretty(config)?
    )?;
    if reports.is_empty() {
        writeln!(card, "Its samples have not been measured.")?;
    }
    for report in reports {
        writeln!(
            card,
            "## {} samples of each setting\n\nOn {}, read by a classifier that is right on {:.2} % of the test images. The \
             first row is the floor: training images, measured as the samples are.\n",
            report.floor.count,
            report.device,
            100.0 * report.classifier_accuracy
        )?;
        writeln!(card, "{}", table_head(&report.floor))?;
        for measured in &report.settings {
            writeln!(card, "{}", table_row(measured))?;
        }
        writeln!(
            card,
            "\n{LEGEND}\n\n```sh\ndiffusion {}\n```\n",
            shown(&report.command)
        )?;
    }
    Ok(card.trim_end().to_string() + "\n")
}

/// What trains the same again from the data `packed`.
fn train_command(config: &TrainConfig, steps: u32, packed: &str) -> Result<String, Error> {
    let flags = config_args::flags(config)?.join(" ");
    Ok(format!("diffusion train {packed} --steps {steps} {flags}"))
}

/// A command without the folders that it was given in.
fn shown(command: &[String]) -> String {
    let words = command.iter().map(|word| match Path::new(word).file_name() {
        Some(name) if word.contains('/') => name.to_string_lossy().into_owned(),
        _ => word.clone(),
    });
    words.collect::<Vec<_>>().join(" ")
}
