//! The browser of the tests, its driver, and a Vulkan driver for WebGPU outside the browser.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::packages;
use crate::shell::{find, run, say};

const ON_PATH: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
const ON_MACOS: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// The browser: the one that CHROME names, else the first that is installed.
pub fn chrome() -> Option<PathBuf> {
    match env::var_os("CHROME") {
        Some(file) => Some(PathBuf::from(file)),
        None => {
            let on_macos = || ON_MACOS.into_iter().map(PathBuf::from).find(|file| file.exists());
            ON_PATH.into_iter().find_map(find).or_else(on_macos)
        }
    }
}

/// Installs what is missing.
pub fn ensure() -> Result<()> {
    let mut missing = Vec::new();
    if chrome().is_none() {
        missing.push(if cfg!(target_os = "macos") {
            "google-chrome"
        } else {
            "chromium"
        });
    }
    if find("chromedriver").is_none() {
        missing.push(if cfg!(target_os = "macos") {
            "chromedriver"
        } else {
            "chromium-driver"
        });
    }
    if cfg!(target_os = "linux") && !has_vulkan() {
        missing.extend(["mesa-vulkan-drivers", "libvulkan1"]);
    }
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if packages::are_debian() {
        packages::install(&missing)
    } else if cfg!(target_os = "macos") && find("brew").is_some() {
        say(format!("Installing Homebrew's {names}"));
        run(Command::new("brew").args(["install", "--cask"]).args(&missing))
    } else {
        bail!(
            "the tests need {names}; install them under these or similar names with this system's package manager, \
             or set CHROME to the browser and put chromedriver on PATH"
        )
    }
}

/// Whether there are Vulkan's loader and a driver. Mesa's lavapipe, on the CPU, is one.
fn has_vulkan() -> bool {
    let driver = env::var_os("VK_DRIVER_FILES")
        .or_else(|| env::var_os("VK_ICD_FILENAMES"))
        .is_some()
        || ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"]
            .into_iter()
            .any(|folder| {
                Path::new(folder)
                    .read_dir()
                    .is_ok_and(|mut files| files.next().is_some())
            });
    let multiarch = format!("/usr/lib/{}-linux-gnu", env::consts::ARCH);
    let loader = [multiarch.as_str(), "/usr/lib64", "/usr/lib"]
        .into_iter()
        .any(|folder| Path::new(folder).join("libvulkan.so.1").exists());
    driver && loader
}
