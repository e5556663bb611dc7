//! `diffusion profile`

use std::sync::Arc;

use clap::{Arg, ArgMatches, Command, value_parser};
use diffusion_playground::data::ImageSet;
use diffusion_playground::model::preset::NULL_CLASS;
use diffusion_playground::rng::{Rng, Stream};
use diffusion_playground::runtime::{Backend, KernelTime, Profile};
use diffusion_playground::train::{TrainConfig, Trainer};

use super::config_args;
use super::train::{Error, choose_device, device_arg};

/// Images of noise, enough for any batch: what they show costs nothing.
const IMAGES: usize = 512;

pub fn command() -> Command {
    let command = Command::new("profile")
        .about("Times every kernel of one training step and one forward pass, on images of noise")
        .after_help(
            "GFLOP/s, two for a multiply-add, are given for kernels that arithmetic bounds: convolutions, products of \
             matrices, attention. GB/s, every number read and written once, are given for the others of ours, which memory \
             bounds. Hold the first against the device's rate in float32 without units for matrices, the second against \
             its memory's bandwidth.",
        )
        .arg(
            Arg::new("warm-up")
                .long("warm-up")
                .default_value("3")
                .value_parser(value_parser!(u32).range(1..))
                .help("Steps taken before, in which shaders are compiled"),
        )
        .arg(device_arg());
    // The defaults of a configuration always serialise.
    config_args::add::<TrainConfig>(command.clone(), &[]).unwrap_or(command)
}

pub async fn run(arguments: &ArgMatches) -> Result<(), Error> {
    let config: TrainConfig = config_args::read(arguments)?;
    let compute = choose_device(arguments).await?;
    let mut trainer = Trainer::new(config.clone(), noise(&config)?, &compute.device)?;
    let warm_up = arguments.get_one::<u32>("warm-up").copied().unwrap_or(1);
    trainer.step(warm_up).await?;
    if let Backend::Cpu = compute.backend {
        return Err("there are no kernels on the CPU: profile on a GPU".into());
    }
    let profile = Profile::start();
    trainer.step(1).await?;
    print("One training step", &profile.finish().await);
    let pass = trainer.profile_pass(Profile::start).await?;
    if !pass.is_empty() {
        print("One forward pass", &pass);
    }
    Ok(())
}

fn noise(config: &TrainConfig) -> Result<Arc<ImageSet>, Error> {
    let [channels, height, width] = config.preset.input_shape();
    let mut rng = Rng::new(config.seed, Stream::Data, 0);
    let pixels = (0..IMAGES * channels * height * width)
        .map(|_| rng.below(256) as u8)
        .collect();
    let labels = (0..IMAGES).map(|i| (i % NULL_CLASS as usize) as u8).collect();
    let set = ImageSet::new(
        channels as u32,
        height as u32,
        width as u32,
        NULL_CLASS as u32,
        labels,
        pixels,
    )?;
    Ok(Arc::new(set))
}

fn print(what: &str, kernels: &[KernelTime]) {
    let sum = |of: fn(&KernelTime) -> f64| kernels.iter().map(of).sum::<f64>();
    let total = KernelTime {
        name: "in all".into(),
        count: kernels.iter().map(|kernel| kernel.count).sum(),
        seconds: sum(|kernel| kernel.seconds),
        flops: sum(|kernel| kernel.flops),
        // That of Burn's own kernels is not known.
        bytes: 0.0,
    };
    println!("{what}");
    println!(
        "{:>8} {:>10} {:>8} {:>9} {:>9}  kernel",
        "launches", "ms", "share", "GFLOP/s", "GB/s"
    );
    for kernel in kernels.iter().chain([&total]) {
        let KernelTime {
            name, count, seconds, ..
        } = kernel;
        let [ms, share] = [seconds * 1e3, 100.0 * seconds / total.seconds];
        let rate = |work: f64| match work > 0.0 {
            true => format!("{:.2}", work / seconds / 1e9),
            false => String::new(),
        };
        let (flops, bytes) = (rate(kernel.flops), rate(kernel.bytes));
        println!("{count:>8} {ms:>10.3} {share:>7.1}% {flops:>9} {bytes:>9}  {name}");
    }
}
