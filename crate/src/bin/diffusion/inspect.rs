//! `diffusion inspect`

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use diffusion_playground::model::dit_diffusers::DiTTransformer2DConfig;
use diffusion_playground::model::{Inspection, UNetConfig, dit_inspect};

use super::train::read_file;

type Error = Box<dyn std::error::Error>;

pub fn command() -> Command {
    Command::new("inspect")
        .about("Prints a network's layers with shapes, parameters and cost, without building it")
        .arg(
            Arg::new("config")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("diffusers' config.json of a U-Net or a DiT, or the parameters of CompVis's U-Net as JSON"),
        )
        .arg(
            Arg::new("batch")
                .long("batch")
                .default_value("1")
                .value_parser(value_parser!(u32).range(1..=65_536)),
        )
        .arg(
            Arg::new("context-tokens")
                .long("context-tokens")
                .default_value("77")
                .value_parser(value_parser!(u32).range(0..=65_536))
                .help("Tokens that cross-attention looks at"),
        )
        .arg(
            Arg::new("json")
                .long("json")
                .action(ArgAction::SetTrue)
                .help("The same as JSON"),
        )
}

pub fn run(arguments: &ArgMatches) -> Result<(), Error> {
    let file = arguments
        .get_one::<PathBuf>("config")
        .ok_or("a configuration is needed")?;
    let count = |name| arguments.get_one::<u32>(name).copied().unwrap_or(1) as usize;
    let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = String::from_utf8(read_file(file)?).map_err(|error| named(&error))?;
    let inspection =
        inspect(&text, count("batch"), count("context-tokens")).map_err(|error| named(&error))?;
    if arguments.get_flag("json") {
        println!("{}", serde_json::to_string_pretty(&inspection)?);
    } else {
        print!("{}", table(&inspection));
    }
    Ok(())
}

/// The layers of whichever network the file describes.
fn inspect(text: &str, batch: usize, context_tokens: usize) -> Result<Inspection, Error> {
    let class = serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|file| file.get("_class_name")?.as_str().map(str::to_owned));
    if class.as_deref() == Some("DiTTransformer2DModel") {
        // diffusers gives every block embedders of its own, and they are counted as equal copies of one.
        let config = serde_json::from_str::<DiTTransformer2DConfig>(text)?.to_dit(false)?;
        let size = config.input_size;
        let rows = dit_inspect::inspect(&config, [batch, config.in_channels, size, size])?;
        return Ok(Inspection { rows });
    }
    Ok(UNetConfig::from_json(text)?.inspect(batch, context_tokens)?)
}

/// A line a layer, then the sums.
fn table(inspection: &Inspection) -> String {
    let shapes: Vec<String> = inspection
        .rows
        .iter()
        .map(|row| {
            let sizes: Vec<String> = row.shape.iter().map(usize::to_string).collect();
            format!("({})", sizes.join(", "))
        })
        .collect();
    let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
    let name_width = widest(&mut inspection.rows.iter().map(|row| row.name.len()));
    let shape_width = widest(&mut shapes.iter().map(String::len));
    let mut text = format!(
        "{:name_width$}  {:shape_width$}  {:>14}  {:>18}\n",
        "layer", "shape", "parameters", "multiply-adds"
    );
    for (row, shape) in inspection.rows.iter().zip(&shapes) {
        let (parameters, cost) = (grouped(row.parameters as u64), grouped(row.multiply_adds));
        let name = &row.name;
        text += &format!("{name:name_width$}  {shape:shape_width$}  {parameters:>14}  {cost:>18}\n");
    }
    let memory = inspection.memory();
    text + &format!(
        "\n{} parameters\n{:.1} M multiply-adds an image\n\
         {} of weights, {} with all that training holds for them\n\
         {} of layers' results at this batch size\n",
        grouped(inspection.parameters() as u64),
        inspection.multiply_adds() as f64 / 1e6,
        bytes(memory.weights),
        bytes(memory.training),
        bytes(memory.activations),
    )
}

/// `1234567` -> `1,234,567`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn bytes(count: u64) -> String {
    let mebibytes = count as f64 / f64::from(1 << 20);
    format!("{mebibytes:.1} MiB")
}

#[cfg(test)]
mod tests {
    use super::*;
    use diffusion_playground::model::Preset;

    #[test]
    fn the_table_ends_in_the_sums() {
        let text = table(&Preset::Unet.inspect(32).unwrap());
        let cells = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let attention = text
            .lines()
            .find(|line| line.starts_with("down_blocks.2.attentions.0"));
        assert_eq!(
            attention.map(cells).as_deref(),
            Some("down_blocks.2.attentions.0 (32, 128, 7, 7) 66,304 3,825,920")
        );
        assert!(
            text.contains("\n2,736,353 parameters\n290.9 M multiply-adds an image\n"),
            "{text}"
        );
        assert!(text.contains("10.4 MiB of weights, 52.2 MiB with"), "{text}");
    }

    #[test]
    fn every_form_of_file_is_read() {
        let parameters = |text: &str| inspect(text, 1, 77).map(|inspection| inspection.parameters());
        // DiT-XL/2, which its authors count as 675 M.
        let dit = parameters(r#"{"_class_name": "DiTTransformer2DModel", "out_channels": 8}"#).unwrap();
        assert_eq!(format!("{:.0}", dit as f64 / 1e6), "675");
        let diffusers =
            r#"{"_class_name": "UNet2DConditionModel", "sample_size": 64, "cross_attention_dim": 768}"#;
        assert_eq!(parameters(diffusers).unwrap(), 859_520_964);
        let compvis = r#"{"ch": 64, "out_ch": 3, "ch_mult": [1, 2, 4], "num_res_blocks": 2,
            "attn_resolutions": [16], "resolution": 128, "in_channels": 3, "resamp_with_conv": true}"#;
        assert!(parameters(compvis).is_ok());
        let error = parameters(r#"{"sample_size": 32, "act_fn": "mish"}"#).unwrap_err();
        assert!(error.to_string().starts_with("act_fn is \"mish\""), "{error}");
    }

    #[test]
    fn digits_are_grouped_by_three() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
