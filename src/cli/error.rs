//! How a command can end badly, and with which exit code.

use std::path::PathBuf;

use crate::domain::SafeText;

/// Result of a command.
pub type CliResult<T = ()> = Result<T, CliError>;

/// How a command can end badly. `main` prints it once and leaves with [`CliError::exit_code`].
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The configuration cannot be used.
    #[error("{0}")]
    Config(#[from] crate::config::ConfigErrors),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] crate::store::StoreError),
    /// A source failed.
    #[error("{0}")]
    Source(#[from] crate::sources::SourceError),
    /// The screen failed.
    #[error("{0}")]
    Screen(#[from] crate::tui::runtime::TuiError),
    /// A scenario failed.
    #[error("{0}")]
    Scenario(#[from] crate::demo::ScenarioError),
    /// The demo's servers failed.
    #[error("{0}")]
    Town(#[from] crate::demo::TownError),
    /// A query is refused.
    #[error("the query is refused: {0}")]
    Query(#[from] crate::watch::QueryError),
    /// A file could not be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Standard output could not be written.
    #[error("standard output cannot be written: {0}")]
    Output(#[from] std::io::Error),
    /// Anything else: what happened and what to do.
    #[error("{0}")]
    Message(String),
    /// The question itself makes no sense, with all that there is to say about it.
    #[error("{0}")]
    Refused(String),
    /// Everything was said already; only the exit code is left.
    #[error("")]
    Said(u8),
}

impl CliError {
    /// A message for a person; foreign parts are cleaned.
    pub fn message(text: impl AsRef<str>) -> Self {
        Self::Message(SafeText::block(text.as_ref()).as_str().to_owned())
    }

    /// The same message as a refusal (exit code 2).
    #[must_use]
    pub fn refused(self) -> Self {
        match self {
            Self::Message(text) => Self::Refused(text),
            other => other,
        }
    }

    /// A failure at a file.
    pub fn file(path: impl Into<PathBuf>, error: std::io::Error) -> Self {
        Self::File { path: path.into(), error }
    }

    /// 2 for a question that makes no sense (arguments, configuration, query), 1 for a failure; 0 when the
    /// reader of a pipe left, which is no failure of ours.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe => 0,
            Self::Config(_) | Self::Query(_) | Self::Refused(_) => 2,
            Self::Said(code) => *code,
            _ => 1,
        }
    }
}
