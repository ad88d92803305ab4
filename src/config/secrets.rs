//! Secrets: where they are kept, and fetching them. They come from a command, from the environment or from a
//! file that only its owner may read; never from the configuration itself and never from an argument.

use std::ffi::OsString;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use secrecy::SecretString;

use super::error::shown_path;
use crate::domain::SafeText;

/// How long a password command may take; long enough for a person to unlock a key.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Longest secret, in bytes.
const LONGEST: u64 = 64 * 1024;

/// Where a secret is kept. Holds no secret itself.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretFrom {
    /// Printed by a command, which `sh -c` runs: its first line.
    Command(String),
    /// In an environment variable.
    Environment(String),
    /// In a file with the mode 0600 or stricter: its first line.
    File(PathBuf),
}

impl fmt::Debug for SecretFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Somebody may have written the password into the command.
            Self::Command(_) => f.write_str("Command(…)"),
            Self::Environment(name) => f.debug_tuple("Environment").field(name).finish(),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

/// Why a secret cannot be had. Never holds the secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The command could not be started.
    #[error("the password command could not be run: {0}; it is run by `sh -c`, so try it there")]
    NotRun(std::io::Error),
    /// The command failed.
    #[error("the password command failed ({status}){said}; run it by hand to see why")]
    Failed {
        /// How it ended.
        status: std::process::ExitStatus,
        /// The first line that it wrote to stderr, with a colon before it.
        said: SafeText,
    },
    /// The command did not end in time.
    #[error(
        "the password command took longer than {} s and was stopped; it must not wait for an answer on the terminal",
        .0.as_secs()
    )]
    TooSlow(Duration),
    /// The variable is not set.
    #[error("the environment variable {0} is not set: export it before goodword starts")]
    NotSet(String),
    /// The file is not there or cannot be read.
    #[error("the secret file {} cannot be read: {error}", shown_path(path))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Others may read the file.
    #[error("the secret file {} may be used by others (mode {mode:04o}): run `chmod 600` on it", shown_path(path))]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// There is nothing in it.
    #[error("{0} gave an empty secret")]
    Empty(String),
    /// It is no text, or far too long.
    #[error("{} gave no secret: it must be UTF-8 text of at most {} KiB", .0, LONGEST / 1024)]
    NotText(String),
}

impl SecretFrom {
    /// Fetches the secret. Blocks: for a command, up to [`PATIENCE`]. `environment` looks variables up.
    ///
    /// # Errors
    /// [`SecretError`] with what to do about it.
    pub fn fetch(&self, environment: &dyn Fn(&str) -> Option<OsString>) -> Result<SecretString, SecretError> {
        match self {
            Self::Command(command) => first_line(&run(command, PATIENCE)?, "the password command"),
            Self::Environment(name) => {
                let value = environment(name).ok_or_else(|| SecretError::NotSet(name.clone()))?;
                first_line(value.as_encoded_bytes(), &format!("the environment variable {name}"))
            }
            Self::File(path) => {
                let mut bytes = Vec::new();
                let unreadable = |error| SecretError::Unreadable { path: path.clone(), error };
                open_private(path)?.take(LONGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
                first_line(&bytes, &format!("the secret file {}", shown_path(path)))
            }
        }
    }

    /// Checks without fetching: that a secret file is there and private. What a command or the environment
    /// would give is known only when it is needed.
    ///
    /// # Errors
    /// [`SecretError`] about the file.
    pub fn check(&self) -> Result<(), SecretError> {
        match self {
            Self::File(path) => judge_private(path),
            Self::Command(_) | Self::Environment(_) => Ok(()),
        }
    }
}

/// Whether a file is there and only its owner may use it.
pub(super) fn judge_private(path: &Path) -> Result<(), SecretError> {
    open_private(path).map(drop)
}

/// Opens a file and refuses it when others may use it; judges the file that is open, not its name.
fn open_private(path: &Path) -> Result<std::fs::File, SecretError> {
    let unreadable = |error| SecretError::Unreadable { path: path.to_owned(), error };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata().map_err(unreadable)?.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(SecretError::TooOpen { path: path.to_owned(), mode });
        }
    }
    Ok(file)
}

fn first_line(bytes: &[u8], whence: &str) -> Result<SecretString, SecretError> {
    if bytes.len() as u64 > LONGEST {
        return Err(SecretError::NotText(whence.to_owned()));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| SecretError::NotText(whence.to_owned()))?;
    match text.lines().next().map(str::trim_end) {
        Some(line) if !line.is_empty() => Ok(SecretString::from(line)),
        _ => Err(SecretError::Empty(whence.to_owned())),
    }
}

/// What a command prints. It runs in a process group of its own, without input, so that stopping it stops
/// everything that it started.
fn run(command: &str, patience: Duration) -> Result<Vec<u8>, SecretError> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut shell, 0);
    let mut child = shell.spawn().map_err(SecretError::NotRun)?;
    let (done, both) = mpsc::channel();
    let said = collect(child.stderr.take(), done.clone());
    let printed = collect(child.stdout.take(), done);
    let deadline = std::time::Instant::now() + patience;
    for _ in 0..2 {
        let left = deadline.saturating_duration_since(std::time::Instant::now());
        if both.recv_timeout(left).is_err() {
            stop(&mut child);
            return Err(SecretError::TooSlow(patience));
        }
    }
    let status = child.wait().map_err(SecretError::NotRun)?;
    let printed = printed.join().unwrap_or_default();
    if !status.success() {
        let said = said.join().unwrap_or_default();
        let said = String::from_utf8_lossy(&said).lines().next().map(|line| format!(": {line}")).unwrap_or_default();
        return Err(SecretError::Failed { status, said: SafeText::line(&said, 200) });
    }
    Ok(printed)
}

/// Reads a pipe to its end on a thread of its own, and says when it is done.
fn collect<P: Read + Send + 'static>(pipe: Option<P>, done: mpsc::Sender<()>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.by_ref().take(LONGEST + 1).read_to_end(&mut bytes);
            // What is too long is refused; the rest is drained so that the command can end.
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        let _ = done.send(());
        bytes
    })
}

fn stop(child: &mut Child) {
    #[cfg(unix)]
    if let Ok(group) = i32::try_from(child.id())
        && let Some(group) = rustix::process::Pid::from_raw(group)
    {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn nothing(_: &str) -> Option<OsString> {
        None
    }

    fn secret_file(mode: u32, text: &str) -> (tempfile::TempDir, SecretFrom) {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        (directory, SecretFrom::File(path))
    }

    #[test]
    fn a_command_gives_its_first_line() {
        let secret = SecretFrom::Command("printf 'hunter2\\nlogin: me\\n'".into()).fetch(&nothing).unwrap();
        assert_eq!(secret.expose_secret(), "hunter2");
        assert!(!format!("{secret:?}").contains("hunter2"));
    }

    #[test]
    fn a_failing_command_says_why_without_what_it_printed() {
        let error = SecretFrom::Command("echo hunter2; echo no key >&2; exit 3".into()).fetch(&nothing).unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(told.contains("no key") && told.contains('3'), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }

    #[test]
    fn a_command_that_hangs_is_stopped_with_its_children() {
        let directory = tempfile::tempdir().unwrap();
        let pid_file = directory.path().join("pid");
        let command = format!("sleep 300 & echo $! > {}; wait", pid_file.display());
        let error = run(&command, Duration::from_millis(500)).unwrap_err();
        assert!(matches!(error, SecretError::TooSlow(_)), "{error}");
        let pid: i32 = std::fs::read_to_string(&pid_file).unwrap().trim().parse().unwrap();
        // The signal is on its way when `run` returns; the kernel may take a moment to carry it out.
        let gone = || {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            stat.is_empty() || stat.contains(") Z")
        };
        let deadline = std::time::Instant::now() + Duration::from_secs(10);
        while !gone() {
            assert!(std::time::Instant::now() < deadline, "process {pid} is still there");
            std::thread::yield_now();
        }
    }

    #[test]
    fn the_environment_gives_a_secret() {
        let environment = |name: &str| (name == "FERRIS_TOKEN").then(|| OsString::from("hunter2"));
        let from = SecretFrom::Environment("FERRIS_TOKEN".into());
        assert_eq!(from.fetch(&environment).unwrap().expose_secret(), "hunter2");
        assert!(matches!(from.fetch(&nothing), Err(SecretError::NotSet(name)) if name == "FERRIS_TOKEN"));
    }

    #[test]
    fn only_a_private_file_is_read() {
        for mode in [0o600, 0o400] {
            let (_directory, from) = secret_file(mode, "hunter2\r\n");
            assert_eq!(from.fetch(&nothing).unwrap().expose_secret(), "hunter2");
        }
        for mode in [0o644, 0o640, 0o660, 0o604] {
            let (_directory, from) = secret_file(mode, "hunter2\n");
            assert!(matches!(from.fetch(&nothing), Err(SecretError::TooOpen { mode: seen, .. }) if seen == mode));
            assert!(from.check().is_err());
        }
    }

    #[test]
    fn an_empty_or_binary_secret_is_refused() {
        let (_directory, from) = secret_file(0o600, "\nhunter2");
        assert!(matches!(from.fetch(&nothing), Err(SecretError::Empty(_))));
        let from = SecretFrom::Command("printf '\\377'".into());
        assert!(matches!(from.fetch(&nothing), Err(SecretError::NotText(_))));
        let from = SecretFrom::Command("head -c 100000 /dev/zero".into());
        assert!(matches!(from.fetch(&nothing), Err(SecretError::NotText(_))));
    }

    #[test]
    fn debug_shows_no_command() {
        assert_eq!(format!("{:?}", SecretFrom::Command("echo hunter2".into())), "Command(…)");
    }
}
