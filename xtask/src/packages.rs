//! Debian's packages.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell::{find, run, say};

pub fn are_debian() -> bool {
    cfg!(target_os = "linux") && find("apt-get").is_some()
}

/// Installs packages of Debian's, or names the command that would.
pub fn install(names: &[&str]) -> Result<()> {
    let names = names.join(" ");
    let by_hand = format!("sudo apt-get update && sudo apt-get install --no-install-recommends {names}");
    let Some(mut update) = as_root("apt-get") else {
        bail!(
            "{names} must be installed, which takes rights that this user has not; this does it:\n  {by_hand}"
        )
    };
    say(format!("Installing Debian's {names}"));
    // A package list that can't be refreshed may still be good enough.
    let updated = run(update.args(["update", "-qq"]));
    let mut install = as_root("apt-get").context("the right to install packages was lost")?;
    install
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(names.split(' '));
    run(install.env("DEBIAN_FRONTEND", "noninteractive")).or_else(|error| {
        updated?;
        Err(error.context(format!("try by hand: {by_hand}")))
    })
}

/// A program run by root: by this user, or through a sudo that asks nothing.
pub fn as_root(program: &str) -> Option<Command> {
    if is_root() {
        return Some(Command::new(program));
    }
    let mut sudo = Command::new(find("sudo")?);
    sudo.args(["-n", program]);
    let allowed = Command::new("sudo")
        .args(["-n", "true"])
        .output()
        .is_ok_and(|output| output.status.success());
    allowed.then_some(sudo)
}

#[cfg(target_os = "linux")]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(not(target_os = "linux"))]
fn is_root() -> bool {
    false
}
