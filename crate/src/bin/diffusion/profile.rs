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
        .about("Times every kernel of one training step, on images of noise")
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
    let profile = match compute.backend {
        Backend::Gpu => Profile::start(),
        Backend::Cpu => return Err("there are no kernels on the CPU: profile on a GPU".into()),
    };
    trainer.step(1).await?;
    print(&profile.finish().await);
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

fn print(kernels: &[KernelTime]) {
    let total: f64 = kernels.iter().map(|kernel| kernel.seconds).sum();
    let launches: u32 = kernels.iter().map(|kernel| kernel.count).sum();
    println!("{:>8} {:>10} {:>7}  kernel", "launches", "ms", "share");
    for KernelTime { name, count, seconds } in kernels {
        println!(
            "{count:>8} {:>10.3} {:>6.1}%  {name}",
            seconds * 1e3,
            100.0 * seconds / total
        );
    }
    println!("{launches:>8} {:>10.3}          in all", total * 1e3);
}
