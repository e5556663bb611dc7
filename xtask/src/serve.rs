//! Builds the page, serves it on this machine and opens it.

use std::env;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::project::at;
use crate::shell::{find, say};
use crate::{build, server, setup};

/// Ports that are tried where none is asked for.
const PORTS: std::ops::RangeInclusive<u16> = 8080..=8099;

#[derive(Debug, Default, PartialEq)]
pub struct Options {
    port: Option<u16>,
    no_open: bool,
}

impl Options {
    pub fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self {
            port: None,
            no_open: env::var_os("CI").is_some(),
        };
        if let Ok(port) = env::var("PORT") {
            options.port = Some(parse_port(&port).context("PORT")?);
        }
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--no-open" => options.no_open = true,
                "--port" => {
                    let port = arguments.next().context("--port needs a number")?;
                    options.port = Some(parse_port(port).context("--port")?);
                }
                _ => bail!("`serve` does not know `{argument}`; it takes --port N and --no-open"),
            }
        }
        Ok(options)
    }
}

fn parse_port(text: &str) -> Result<u16> {
    text.parse()
        .with_context(|| format!("must be a number from 0 to 65535, but is `{text}`"))
}

pub fn run(options: &Options) -> Result<()> {
    setup::for_page()?;
    build::run()?;
    let ports = options.port.map_or(PORTS, |port| port..=port);
    let address = format!("http://{}/", server::start(at(build::DIST), ports)?);
    say(format!("The page is at {address} (Ctrl+C ends)"));
    if !options.no_open {
        open(&address);
    }
    loop {
        thread::park();
    }
}

/// Shows an address in the user's browser, if there is one that can be told to.
fn open(address: &str) {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let has_screen = cfg!(target_os = "macos")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .into_iter()
            .any(|name| env::var_os(name).is_some());
    if has_screen && find(opener).is_some() {
        // The address is printed: whoever sees no window opens it by hand.
        let _ = Command::new(opener)
            .arg(address)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_wrong_ones_explained() {
        let parse = |line: &str| Options::parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(
            parse("--no-open --port 9000").unwrap(),
            Options {
                port: Some(9000),
                no_open: true
            }
        );
        assert!(format!("{:#}", parse("--port 99999").unwrap_err()).contains("65535"));
        assert!(parse("--open").unwrap_err().to_string().contains("--no-open"));
    }
}
