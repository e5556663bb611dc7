//! What the command line reads networks from: a checkpoint of ours, or diffusers' files.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use diffusion_playground::interop::safetensors::Reader;
use diffusion_playground::interop::{
    Import, Imported, Layout, ModelFiles, PublishedModel, Scheduler, scheduler,
};
use diffusion_playground::model::AutoencoderKl;
use diffusion_playground::train::Checkpoint;

use super::train::read_file;

type Error = Box<dyn std::error::Error>;

/// Bytes read at once.
const PIECE: usize = 1 << 20;
/// Folders below the one that is named.
const MAX_DEPTH: usize = 3;

/// What a path leads to.
pub enum Source {
    Checkpoint(Box<Checkpoint>),
    Folder(Folder),
}

/// diffusers' files of one network.
pub struct Folder {
    root: PathBuf,
    layout: Layout,
}

impl Source {
    /// `path`: a checkpoint, a folder of diffusers', or a safetensors file, beside its config.json where it
    /// needs one.
    pub fn open(path: &Path) -> Result<Self, Error> {
        if path.is_dir() {
            let mut found = Vec::new();
            list(path, "", MAX_DEPTH, &mut found)?;
            return Ok(Self::Folder(Folder::new(path, &found)?));
        }
        if !is_checkpoint(path)? {
            let root = path.parent().unwrap_or(Path::new(""));
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let beside = ["config.json", "scheduler_config.json"];
            let beside = beside.into_iter().filter(|name| root.join(name).is_file());
            let names: Vec<String> = beside.chain([&*name]).map(String::from).collect();
            return Ok(Self::Folder(Folder::new(root, &names)?));
        }
        let checkpoint = Checkpoint::parse(&read_file(path)?);
        Ok(Self::Checkpoint(Box::new(checkpoint.map_err(at(path))?)))
    }
}

impl Folder {
    fn new(root: &Path, paths: &[String]) -> Result<Self, Error> {
        let layout = Layout::find(paths).map_err(at(root))?;
        if !layout.others.is_empty() {
            warn(&format!("left out: {}", layout.others.join(", ")));
        }
        Ok(Self {
            root: root.into(),
            layout,
        })
    }

    /// The network, and the autoencoder of its latents where there is one. What is not followed in their configurations
    /// goes to standard error.
    pub fn import(&self, device: &Device) -> Result<(Imported, Option<AutoencoderKl>), Error> {
        let imported = self.import_model(&self.layout.model, device)?;
        let Some(files) = &self.layout.autoencoder else {
            return Ok((imported, None));
        };
        match self.import_model(files, device)?.model {
            PublishedModel::AutoencoderKL(autoencoder) => Ok((imported, Some(autoencoder))),
            _ => Err(format!("{} is not that of an autoencoder", files.weights).into()),
        }
    }

    /// Reads the weights piece by piece.
    fn import_model(&self, files: &ModelFiles, device: &Device) -> Result<Imported, Error> {
        let config = files.config.as_ref().map(|config| self.root.join(config));
        let json = config.as_deref().map(read_text).transpose()?;
        let weights = self.root.join(&files.weights);
        let (mut file, length) = open(&weights)?;
        let mut import = Import::begin(json.as_deref(), Some(length), device)
            .map_err(at(config.as_deref().unwrap_or(&weights)))?;
        each_piece(&mut file, &weights, |piece| {
            import.feed(piece).map_err(at(&weights))?;
            Ok(true)
        })?;
        let imported = import.finish().map_err(at(&weights))?;
        imported.warnings.iter().for_each(|warning| warn(warning));
        Ok(imported)
    }

    /// How the network was trained and is sampled from; DDPM's defaults, with a warning, where no file says.
    pub fn scheduler(&self) -> Result<Scheduler, Error> {
        let Some(path) = &self.layout.scheduler else {
            warn(
                "there is no scheduler_config.json: the network is taken to predict the noise of a linear schedule",
            );
            return Ok(Scheduler::default());
        };
        let path = self.root.join(path);
        let (scheduler, warnings) = scheduler::read(&read_text(&path)?).map_err(at(&path))?;
        warnings.iter().for_each(|warning| warn(warning));
        Ok(scheduler)
    }
}

pub fn warn(warning: &str) {
    eprintln!("warning: {warning}");
}

/// Puts a path in front of an error.
fn at<E: std::fmt::Display>(path: &Path) -> impl Fn(E) -> Error {
    move |error| format!("{}: {error}", path.display()).into()
}

fn read_text(path: &Path) -> Result<String, Error> {
    String::from_utf8(read_file(path)?).map_err(|_| format!("{} is not text", path.display()).into())
}

fn open(path: &Path) -> Result<(File, u64), Error> {
    let unreadable = |error| format!("{} cannot be read: {error}", path.display());
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    Ok((file, length))
}

/// Hands a file over piece by piece, until `take` answers that it has enough.
fn each_piece(
    file: &mut File,
    path: &Path,
    mut take: impl FnMut(&[u8]) -> Result<bool, Error>,
) -> Result<(), Error> {
    let mut piece = vec![0; PIECE];
    loop {
        let read = file
            .read(&mut piece)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        if read == 0 || !take(&piece[..read])? {
            return Ok(());
        }
    }
}

/// Whether the file says that this program wrote it. Only its header is read.
fn is_checkpoint(path: &Path) -> Result<bool, Error> {
    let (mut file, length) = open(path)?;
    let mut reader = Reader::new(Some(length));
    each_piece(&mut file, path, |piece| {
        reader.feed(piece).map_err(at(path))?;
        Ok(reader.header().is_none())
    })?;
    Ok(reader
        .header()
        .is_some_and(|header| Checkpoint::is_header(&header.metadata)))
}

/// The files in and below a folder, with `/` between folders.
fn list(folder: &Path, prefix: &str, depth: usize, found: &mut Vec<String>) -> Result<(), Error> {
    let unreadable = |error| format!("{} cannot be read: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if path.is_file() {
            found.push(format!("{prefix}{name}"));
        } else if depth > 0 && path.is_dir() {
            list(&path, &format!("{prefix}{name}/"), depth - 1, found)?;
        }
    }
    Ok(())
}
