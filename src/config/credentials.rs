//! The secrets of accounts between two runs: what `goodword login` kept, and the sessions that networks gave. One
//! file each below `accounts/` in the data directory, readable by its owner alone. They are no part of the
//! database and of no backup.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{OnceCell, oneshot};

use super::error::shown_path;
use super::secrets::{SecretError, SecretFrom, judge_private};
use crate::sources::{Credentials, SourceError, SourceErrorKind};

/// Longest file that is read, in bytes.
const LONGEST: u64 = 256 * 1024;

/// Where the secrets of accounts are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vault {
    directory: PathBuf,
}

/// The two things that are kept of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Secret,
    Session,
}

impl Vault {
    /// The one of a data directory.
    pub fn of(data: &Path) -> Self {
        Self { directory: data.join("accounts") }
    }

    /// Keeps what a person logged in with; a session of the time before is forgotten.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_secret(&self, name: &str, secret: &SecretString) -> std::io::Result<()> {
        self.forget_one(name, Kept::Session)?;
        self.keep(name, Kept::Secret, secret)
    }

    /// Forgets everything of an account. True if there was something.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn forget(&self, name: &str) -> std::io::Result<bool> {
        let secret = self.forget_one(name, Kept::Secret)?;
        let session = self.forget_one(name, Kept::Session)?;
        Ok(secret || session)
    }

    /// Whether somebody logged in under this name.
    pub fn has_secret(&self, name: &str) -> bool {
        self.file(name, Kept::Secret).exists()
    }

    /// The file of an account: its name with everything but letters, digits, `-` and `_` escaped.
    fn file(&self, name: &str, kept: Kept) -> PathBuf {
        let escaped: String = name
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
                other => format!("%{other:02x}"),
            })
            .collect();
        let kind = if kept == Kept::Secret { "secret" } else { "session" };
        self.directory.join(format!("{escaped}.{kind}"))
    }

    fn forget_one(&self, name: &str, kept: Kept) -> std::io::Result<bool> {
        match std::fs::remove_file(self.file(name, kept)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Replaces a file in one step.
    fn keep(&self, name: &str, kept: Kept, secret: &SecretString) -> std::io::Result<()> {
        make_private(&self.directory)?;
        let path = self.file(name, kept);
        let beside = path.with_extension(format!("{}.new", std::process::id()));
        let written = private(&beside)
            .and_then(|mut file| {
                file.write_all(secret.expose_secret().as_bytes())?;
                file.sync_all()
            })
            .and_then(|()| std::fs::rename(&beside, &path));
        if written.is_err() {
            let _ = std::fs::remove_file(&beside);
        }
        written
    }

    fn read(&self, name: &str, kept: Kept) -> Result<Option<SecretString>, SecretError> {
        let path = self.file(name, kept);
        if !path.exists() {
            return Ok(None);
        }
        judge_private(&path)?;
        let unreadable = |error| SecretError::Unreadable { path: path.clone(), error };
        let mut text = String::new();
        let file = std::fs::File::open(&path).map_err(unreadable)?;
        file.take(LONGEST).read_to_string(&mut text).map_err(unreadable)?;
        Ok(Some(SecretString::from(text)))
    }
}

#[cfg(unix)]
fn make_private(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn make_private(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)
}

fn private(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The secrets of one source: the configured one, else what a login kept.
pub struct SourceCredentials {
    name: String,
    from: Option<SecretFrom>,
    vault: Vault,
    fetched: OnceCell<SecretString>,
}

impl SourceCredentials {
    /// Those of the source of this name.
    pub fn new(name: &str, from: Option<SecretFrom>, vault: Vault) -> Self {
        Self { name: name.to_owned(), from, vault, fetched: OnceCell::new() }
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
}

fn no_secret(error: &SecretError) -> SourceError {
    let error = error.to_string();
    let (what, advice) = error.split_once(": ").or_else(|| error.split_once("; ")).unwrap_or((&error, "mend it"));
    SourceError::new(SourceErrorKind::Local, what, advice)
}

#[async_trait]
impl Credentials for SourceCredentials {
    async fn secret(&self) -> Result<SecretString, SourceError> {
        let fetch = async {
            if let Some(from) = &self.from {
                return self.configured(from).await;
            }
            match self.vault.read(&self.name, Kept::Secret) {
                Ok(Some(secret)) => Ok(secret),
                Ok(None) => Err(SourceError::new(
                    SourceErrorKind::Refused,
                    "no secret is known for this account",
                    "run `goodword login`, or set password_command, token_env or token_file for it",
                )),
                Err(error) => Err(no_secret(&error)),
            }
        };
        self.fetched.get_or_try_init(|| fetch).await.cloned()
    }

    fn has_secret(&self) -> bool {
        self.from.is_some() || self.vault.has_secret(&self.name)
    }

    async fn session(&self) -> Option<SecretString> {
        match self.vault.read(&self.name, Kept::Session) {
            Ok(session) => session,
            Err(error) => {
                tracing::warn!(%error, "the session is not used");
                None
            }
        }
    }

    async fn keep_session(&self, session: &SecretString) -> Result<(), SourceError> {
        self.vault.keep(&self.name, Kept::Session, session).map_err(|error| {
            SourceError::new(
                SourceErrorKind::Local,
                &format!("the session cannot be kept in {}: {error}", shown_path(&self.vault.directory)),
                "make room on the disk or give yourself the right to write there",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn vault() -> (tempfile::TempDir, Vault) {
        let data = tempfile::tempdir().unwrap();
        let vault = Vault::of(data.path());
        (data, vault)
    }

    #[tokio::test]
    async fn what_is_kept_is_private_and_comes_back_until_it_is_forgotten() {
        let (data, vault) = vault();
        let name = "../Ferris & co";
        vault.keep_secret(name, &SecretString::from("hunter2")).unwrap();
        let credentials = SourceCredentials::new(name, None, vault.clone());
        assert!(credentials.has_secret());
        assert_eq!(credentials.secret().await.unwrap().expose_secret(), "hunter2");
        credentials.keep_session(&SecretString::from("{\"jwt\":1}")).await.unwrap();
        assert_eq!(credentials.session().await.unwrap().expose_secret(), "{\"jwt\":1}");
        let files: Vec<_> = std::fs::read_dir(data.path().join("accounts")).unwrap().flatten().collect();
        assert_eq!(files.len(), 2);
        for file in files {
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert!(vault.forget(name).unwrap() && !vault.forget(name).unwrap());
        assert!(SourceCredentials::new(name, None, vault).session().await.is_none());
    }

    #[tokio::test]
    async fn a_file_that_others_may_read_is_refused_and_a_new_login_ends_the_session() {
        let (data, vault) = vault();
        vault.keep_secret("a", &SecretString::from("hunter2")).unwrap();
        let credentials = SourceCredentials::new("a", None, vault.clone());
        credentials.keep_session(&SecretString::from("old")).await.unwrap();
        let file = data.path().join("accounts/a.secret");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = credentials.secret().await.unwrap_err().to_string();
        assert!(error.contains("0644") && !error.contains("hunter2"), "{error}");
        vault.keep_secret("a", &SecretString::from("new")).unwrap();
        assert!(credentials.session().await.is_none());
        assert_eq!(credentials.secret().await.unwrap().expose_secret(), "new");
    }

    #[tokio::test]
    async fn the_configured_secret_goes_first_and_a_failing_command_says_why() {
        let (_data, vault) = vault();
        vault.keep_secret("a", &SecretString::from("kept")).unwrap();
        let of =
            |command: &str| SourceCredentials::new("a", Some(SecretFrom::Command(command.to_owned())), vault.clone());
        assert_eq!(of("echo configured").secret().await.unwrap().expose_secret(), "configured");
        let error = of("echo hunter2; exit 3").secret().await.unwrap_err();
        assert!(error.kind == SourceErrorKind::Local && !error.to_string().contains("hunter2"), "{error}");
    }
}
