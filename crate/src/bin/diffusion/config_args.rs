//! Command-line flags from a configuration struct: its serialised default names every flag and its default value.

use clap::{Arg, ArgMatches, Command};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

type Error = Box<dyn std::error::Error>;

/// Adds a flag for every field of `T`, nested ones with their parents' names in front; none for those of the names
/// `left_out`.
pub fn add<T: Serialize + Default>(command: Command, left_out: &[&str]) -> Result<Command, Error> {
    Ok(leaves::<T>()?
        .into_iter()
        .map(|(path, default)| (flag(&path), default))
        .filter(|(name, _)| !left_out.contains(&name.as_str()))
        .fold(command, |command, (name, default)| {
            command.arg(
                Arg::new(name.clone())
                    .long(name)
                    .value_name("VALUE")
                    .help(format!("[default: {default}]")),
            )
        }))
}

/// The configuration that the flags describe.
pub fn read<T: Serialize + DeserializeOwned + Default>(matches: &ArgMatches) -> Result<T, Error> {
    read_over(&T::default(), matches)
}

/// `config` with the fields that flags were given for.
pub fn read_over<T: Serialize + DeserializeOwned + Default>(
    config: &T,
    matches: &ArgMatches,
) -> Result<T, Error> {
    let mut config = serde_json::to_value(config)?;
    for (path, default) in leaves::<T>()? {
        let name = flag(&path);
        // A command may have left a flag out.
        if let Ok(Some(text)) = matches.try_get_one::<String>(&name) {
            let value = match &default {
                Value::String(_) => Value::String(text.clone()),
                // What is no JSON is left for the type to complain of.
                _ => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())),
            };
            let field = path
                .iter()
                .fold(&mut config, |object, key| &mut object[key.as_str()]);
            *field = value;
            serde_json::from_value::<T>(config.clone())
                .map_err(|error| format!("--{name} {text}: {error}"))?;
        }
    }
    Ok(serde_json::from_value(config)?)
}

/// The flags that make `config` of the default: those of the fields that differ.
pub fn flags<T: Serialize + Default>(config: &T) -> Result<Vec<String>, Error> {
    let config = serde_json::to_value(config)?;
    let mut found = Vec::new();
    for (path, default) in leaves::<T>()? {
        let value = path.iter().fold(&config, |object, key| &object[key.as_str()]);
        if *value != default {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            found.push(format!("--{} {text}", flag(&path)));
        }
    }
    Ok(found)
}

fn leaves<T: Serialize + Default>() -> Result<Vec<(Vec<String>, Value)>, Error> {
    fn walk(object: &Map<String, Value>, path: &[String], found: &mut Vec<(Vec<String>, Value)>) {
        for (key, value) in object {
            let path = [path, std::slice::from_ref(key)].concat();
            match value {
                Value::Object(inner) => walk(inner, &path, found),
                _ => found.push((path, value.clone())),
            }
        }
    }
    let mut found = Vec::new();
    match serde_json::to_value(T::default())? {
        Value::Object(object) => walk(&object, &[], &mut found),
        _ => return Err("a configuration is an object".into()),
    }
    Ok(found)
}

/// `["schedule", "betaStart"]` -> `schedule-beta-start`
fn flag(path: &[String]) -> String {
    let mut name = String::new();
    for c in path.join("-").chars() {
        if c.is_ascii_uppercase() {
            name.push('-');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use diffusion_playground::train::TrainConfig;

    fn parse(arguments: &[&str]) -> Result<TrainConfig, String> {
        let command =
            add::<TrainConfig>(Command::new("train").no_binary_name(true), &[]).map_err(|e| e.to_string())?;
        let matches = command
            .try_get_matches_from(arguments)
            .map_err(|e| e.to_string())?;
        read(&matches).map_err(|e| e.to_string())
    }

    #[test]
    fn flags_change_fields_and_leave_the_others() {
        let config = parse(&[
            "--batch-size",
            "8",
            "--schedule-kind",
            "cosine",
            "--preset",
            "tiny",
        ])
        .unwrap();
        let default = TrainConfig::default();
        assert_eq!(
            (config.batch_size, config.learning_rate),
            (8, default.learning_rate)
        );
        assert_ne!(config.schedule.kind, default.schedule.kind);
        assert_ne!(config.preset, default.preset);
    }

    #[test]
    fn flags_written_down_give_the_configuration_back() {
        let arguments = [
            "--batch-size",
            "8",
            "--schedule-kind",
            "cosine",
            "--prediction",
            "v",
        ];
        let config = parse(&arguments).unwrap();
        let written = flags(&config).unwrap();
        assert_eq!(written.len(), 3, "{written:?}");
        let again: Vec<&str> = written.iter().flat_map(|flag| flag.split(' ')).collect();
        assert_eq!(parse(&again).unwrap(), config);
    }

    #[test]
    fn a_wrong_value_names_its_flag() {
        let message = parse(&["--batch-size", "many"]).unwrap_err();
        assert!(message.contains("--batch-size many"), "{message}");
        let message = parse(&["--schedule-kind", "wavy"]).unwrap_err();
        assert!(message.contains("cosine"), "the choices are listed: {message}");
    }
}
