//! The secrets of one account: what the person configured or logged in with, and the session that the network
//! gave for it. Kept by the house above; this room only asks and hands back.

use std::sync::Mutex;

use async_trait::async_trait;
use secrecy::SecretString;

use super::{SourceError, SourceErrorKind};

/// The secrets of one source. No implementation shows one in `Debug`, an error or a log.
#[async_trait]
pub trait Credentials: Send + Sync {
    /// The configured secret (command, environment, file), else what `goodword login` kept. Fetched once and kept
    /// in memory until it changes or is dropped; a person may be asked to unlock a key, so it may take a minute.
    ///
    /// # Errors
    /// [`SourceErrorKind::Local`] or, when there is none, [`SourceErrorKind::Refused`] with what to do.
    async fn secret(&self) -> Result<SecretString, SourceError>;

    /// Whether there is a secret at all, without fetching it.
    fn has_secret(&self) -> bool;

    /// The network refused the secret: it is not used again, but fetched anew when it is needed next.
    fn drop_secret(&self) {}

    /// A number that changes when the secret is kept anew, by `goodword login` or in its file. `None` when that
    /// cannot be told without fetching it. Cheap.
    fn stamp(&self) -> Option<u64> {
        None
    }

    /// The session that was kept last: opaque text of the network's own making. `None` when there is none.
    async fn session(&self) -> Option<SecretString>;

    /// Keeps a session for the next start, in a file that only its owner may read.
    ///
    /// # Errors
    /// [`SourceErrorKind::Local`] when it cannot be written; the session still serves until the program ends.
    async fn keep_session(&self, session: &SecretString) -> Result<(), SourceError>;
}

/// Credentials that live in memory: for tests, and for sources that need none.
#[derive(Default)]
pub struct MemoryCredentials {
    secret: Option<SecretString>,
    session: Mutex<Option<SecretString>>,
}

impl MemoryCredentials {
    /// Credentials with this secret.
    pub fn of(secret: &str) -> Self {
        Self { secret: Some(SecretString::from(secret)), session: Mutex::default() }
    }
}

#[async_trait]
impl Credentials for MemoryCredentials {
    async fn secret(&self) -> Result<SecretString, SourceError> {
        self.secret.clone().ok_or_else(no_secret)
    }

    fn has_secret(&self) -> bool {
        self.secret.is_some()
    }

    async fn session(&self) -> Option<SecretString> {
        self.session.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    async fn keep_session(&self, session: &SecretString) -> Result<(), SourceError> {
        *self.session.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(session.clone());
        Ok(())
    }
}

/// There is no secret where one is needed.
pub(super) fn no_secret() -> SourceError {
    SourceError::new(
        SourceErrorKind::Refused,
        "no secret is known for this account",
        "run `goodword login`, or set password_command, token_env or token_file for it",
    )
}
