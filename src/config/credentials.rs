//! The secrets of accounts between two runs: what `goodword login` kept, and the sessions that networks gave
//! (`vault`). They are no part of the database and of no backup.

mod vault;

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use secrecy::SecretString;
use tokio::sync::{Mutex as AsyncMutex, oneshot};

use self::vault::{Found, Kept};
use super::error::shown_path;
use super::secrets::{SecretError, SecretFrom};
use crate::sources::{Credentials, SourceError, SourceErrorKind, SourceSettings};

pub use self::vault::{Belonging, Vault};

/// The secrets of one source: the configured one, else what a login kept.
pub struct SourceCredentials {
    name: String,
    place: Belonging,
    from: Option<SecretFrom>,
    vault: Vault,
    /// The secret, and the stamp that it had when it was fetched.
    fetched: Mutex<Option<(SecretString, Option<u64>)>>,
    /// One fetches at a time: a password command may ask a person.
    fetching: AsyncMutex<()>,
}

impl SourceCredentials {
    /// Those of a source.
    pub fn new(settings: &SourceSettings, from: Option<SecretFrom>, vault: Vault) -> Self {
        Self {
            name: settings.name.clone(),
            place: Belonging::of(settings),
            from,
            vault,
            fetched: Mutex::default(),
            fetching: AsyncMutex::default(),
        }
    }

    /// The secret that was fetched before, unless another has been kept since.
    fn known(&self, stamp: Option<u64>) -> Option<SecretString> {
        let fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        fetched.as_ref().filter(|(_, then)| *then == stamp).map(|(secret, _)| secret.clone())
    }

    /// Fetches on a thread of its own: a password command may wait for a person.
    async fn configured(&self, from: &SecretFrom) -> Result<SecretString, SourceError> {
        let (done, fetched) = oneshot::channel();
        let from = from.clone();
        std::thread::spawn(move || {
            let _ = done.send(from.fetch(&|name| std::env::var_os(name)));
        });
        match fetched.await {
            Ok(Ok(secret)) => Ok(secret),
            Ok(Err(error)) => Err(no_secret(&error)),
            Err(_) => Err(SourceError::new(
                SourceErrorKind::Local,
                "fetching the secret was interrupted",
                "it is tried again; please report it if it stays so",
            )),
        }
    }

    /// What a login kept.
    fn kept(&self) -> Result<SecretString, SourceError> {
        match self.vault.read(&self.name, Kept::Secret, &self.place) {
            Ok(Found::Here(secret)) => Ok(secret),
            Ok(Found::Elsewhere(other)) => Err(self.elsewhere(&other)),
            Ok(Found::Nothing) => Err(SourceError::new(
                SourceErrorKind::Refused,
                "no secret is known for this account",
                "run `goodword login`, or set password_command, token_env or token_file for it",
            )),
            Err(error) => Err(no_secret(&error)),
        }
    }

    /// The source was changed after the login: its secret is not sent to the new place.
    fn elsewhere(&self, other: &Belonging) -> SourceError {
        let login = format!("goodword login {} {}", self.place.network(), self.place.host());
        SourceError::new(
            SourceErrorKind::Refused,
            &format!("the secret under this name was kept for {other}; this source is {}", self.place),
            format!("run `{}`, or set the source back to what it was", login.trim_end()),
        )
    }
}

fn no_secret(error: &SecretError) -> SourceError {
    let error = error.to_string();
    let (what, advice) = error.split_once(": ").or_else(|| error.split_once("; ")).unwrap_or((&error, "mend it"));
    SourceError::new(SourceErrorKind::Local, what, advice)
}

#[async_trait]
impl Credentials for SourceCredentials {
    async fn secret(&self) -> Result<SecretString, SourceError> {
        let _one = self.fetching.lock().await;
        let stamp = self.stamp();
        if let Some(secret) = self.known(stamp) {
            return Ok(secret);
        }
        let secret = match &self.from {
            Some(from) => self.configured(from).await?,
            None => self.kept()?,
        };
        // A file of the older form is written anew when it is read.
        let stamp = self.stamp();
        *self.fetched.lock().unwrap_or_else(PoisonError::into_inner) = Some((secret.clone(), stamp));
        Ok(secret)
    }

    fn has_secret(&self) -> bool {
        self.from.is_some() || self.vault.has_secret(&self.name)
    }

    fn drop_secret(&self) {
        *self.fetched.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn stamp(&self) -> Option<u64> {
        match &self.from {
            None => Some(self.vault.stamp(&self.name)),
            Some(SecretFrom::File(path)) => Some(vault::stamp(path)),
            Some(SecretFrom::Command(_) | SecretFrom::Environment(_)) => None,
        }
    }

    async fn session(&self) -> Option<SecretString> {
        match self.vault.read(&self.name, Kept::Session, &self.place) {
            Ok(Found::Here(session)) => Some(session),
            Ok(Found::Nothing | Found::Elsewhere(_)) => None,
            Err(error) => {
                tracing::warn!(%error, "the session is not used");
                None
            }
        }
    }

    async fn keep_session(&self, session: &SecretString) -> Result<(), SourceError> {
        self.vault.keep(&self.name, Kept::Session, &self.place, session).map_err(|error| {
            SourceError::new(
                SourceErrorKind::Local,
                &format!("the session cannot be kept in {}: {error}", shown_path(&self.vault.directory)),
                "make room on the disk or give yourself the right to write there",
            )
        })
    }
}

#[cfg(test)]
mod tests;
