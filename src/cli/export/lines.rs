//! Where the lines of an export go: a file that was asked for, or standard output.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::super::args::ExportArgs;
use super::super::error::{CliError, CliResult};
use super::super::output::{self, grouped};

/// Bytes that are gathered before they are written.
const GATHERED: usize = 1 << 16;

/// Lines of JSON on their way out, counted.
pub(super) struct Lines {
    to: BufWriter<Box<dyn Write + Send>>,
    file: Option<PathBuf>,
    count: u64,
}

impl Lines {
    /// Opens the file that was asked for.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn open(arguments: &ExportArgs) -> CliResult<Self> {
        let file = arguments.output.clone();
        let to: Box<dyn Write + Send> = match &file {
            Some(path) => Box::new(File::create(path).map_err(|error| CliError::file(path, error))?),
            None => Box::new(std::io::stdout()),
        };
        Ok(Self { to: BufWriter::with_capacity(GATHERED, to), file, count: 0 })
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn put(&mut self, line: &impl Serialize) -> CliResult {
        let written = serde_json::to_writer(&mut self.to, line).map_err(std::io::Error::from);
        written.and_then(|()| self.to.write_all(b"\n")).map_err(|error| self.error(error))?;
        self.count += 1;
        Ok(())
    }

    /// Everything is there. Says how many of what were written, where that is not among the lines themselves.
    ///
    /// # Errors
    /// When the rest cannot be written.
    pub(super) fn finish(mut self, what: &str) -> CliResult {
        self.to.flush().map_err(|error| self.error(error))?;
        if let Some(path) = &self.file {
            output::remark(format!("wrote {} {what} to {}", grouped(self.count), path.display()));
        }
        Ok(())
    }

    fn error(&self, error: std::io::Error) -> CliError {
        match &self.file {
            Some(path) => CliError::file(path, error),
            None => CliError::from(error),
        }
    }
}
