//! The files that a run writes its steps to.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use diffusion_playground::train::StepReport;

type Error = Box<dyn std::error::Error>;

/// A line a step: all that is reported as a JSON object where the file's name ends in .json or .jsonl, else CSV with the
/// names of its columns in its first line.
pub struct Log {
    file: File,
    path: PathBuf,
    is_json: bool,
}

impl Log {
    /// Goes on where there is such a file already.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let unwritable = |error| format!("{} cannot be written: {error}", path.display());
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(unwritable)?;
        let is_json = path
            .extension()
            .is_some_and(|end| end == "json" || end == "jsonl");
        if !is_json && file.metadata().map_err(unwritable)?.len() == 0 {
            writeln!(file, "step,loss,smoothed_loss,learning_rate,seconds").map_err(unwritable)?;
        }
        Ok(Self {
            file,
            path: path.into(),
            is_json,
        })
    }

    pub fn line(&mut self, report: &StepReport, smoothed: f32) -> Result<(), Error> {
        self.write(report, smoothed)
            .map_err(|error| format!("{} cannot be written: {error}", self.path.display()).into())
    }

    fn write(&mut self, report: &StepReport, smoothed: f32) -> io::Result<()> {
        if self.is_json {
            let mut line = serde_json::to_value(report)?;
            line["smoothedLoss"] = smoothed.into();
            return writeln!(self.file, "{line}");
        }
        let StepReport {
            step,
            loss,
            learning_rate,
            seconds,
            ..
        } = report;
        writeln!(
            self.file,
            "{step},{loss},{smoothed},{learning_rate:.6e},{seconds:.5}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_a_line_of_csv_or_json() {
        let report = StepReport {
            step: 7,
            loss: 0.5,
            grad_norm: 2.0,
            learning_rate: 0.001,
            bands: vec![Some(0.5), None],
            reconstruction: None,
            seconds: 0.25,
        };
        let written = |name: &str| {
            let path = std::env::temp_dir().join(format!("diffusion-{}-{name}", std::process::id()));
            let _ = std::fs::remove_file(&path);
            // Opened twice, as by a run that was resumed.
            for _ in 0..2 {
                Log::open(&path).unwrap().line(&report, 0.75).unwrap();
            }
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            text
        };
        let csv = "7,0.5,0.75,1.000000e-3,0.25000\n";
        let head = "step,loss,smoothed_loss,learning_rate,seconds\n";
        assert_eq!(written("log.csv"), format!("{head}{csv}{csv}"));
        let json = written("log.jsonl");
        let lines: Vec<serde_json::Value> = json
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(
            (&lines[1]["step"], &lines[1]["smoothedLoss"]),
            (&7.into(), &0.75.into())
        );
        assert_eq!(lines[1]["bands"][0], 0.5);
    }
}
