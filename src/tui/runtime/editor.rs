//! A person's own editor on a text: a file that only they may read, and the program that they chose.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use tokio::process::{Child, Command};

/// Most bytes that are read back.
const LONGEST: u64 = 256 * 1_024;
/// The editor of last resort, which every system has.
const USUAL: &str = "vi";

/// A text in a file of its own; the file goes with this.
#[derive(Debug)]
pub(super) struct Letter {
    path: PathBuf,
}

impl Letter {
    /// Writes a text down in a directory.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub(super) fn write(directory: &Path, text: &str) -> io::Result<Self> {
        let process = std::process::id();
        for number in 0..100 {
            let path = directory.join(format!("goodword-{process}-{number}.md"));
            // Never over a file that is there, nor through a link that somebody laid.
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
                Ok(mut file) => {
                    let letter = Self { path };
                    file.write_all(text.as_bytes())?;
                    file.sync_all()?;
                    return Ok(letter);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// What stands in it now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn read(&self) -> io::Result<String> {
        let mut bytes = Vec::new();
        File::open(&self.path)?.take(LONGEST).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Starts an editor on it. The command is the shell's to read, as `$EDITOR` is everywhere.
    ///
    /// # Errors
    /// When there is no shell.
    pub(super) fn edit(&self, editor: Option<&str>) -> io::Result<Child> {
        let editor = editor.map(str::trim).filter(|editor| !editor.is_empty()).unwrap_or(USUAL);
        Command::new("sh")
            .arg("-c")
            .arg(format!("{editor} \"$@\""))
            .arg("editor")
            .arg(&self.path)
            .kill_on_drop(true)
            .spawn()
    }
}

impl Drop for Letter {
    fn drop(&mut self) {
        // Somebody else's cleaning may have been faster.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_file_is_nobody_else_s_and_goes_with_the_letter() {
        let directory = tempfile::tempdir().unwrap();
        let letter = Letter::write(directory.path(), "words").unwrap();
        let other = Letter::write(directory.path(), "others").unwrap();
        assert_ne!(letter.path, other.path);
        let mode = std::fs::metadata(&letter.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!((letter.read().unwrap(), other.read().unwrap()), ("words".to_owned(), "others".to_owned()));
        drop((letter, other));
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
        assert!(Letter::write(Path::new("/no/such/place"), "x").is_err());
    }

    #[tokio::test]
    async fn the_editor_s_words_come_back() {
        let directory = tempfile::tempdir().unwrap();
        let letter = Letter::write(directory.path(), "old\n").unwrap();
        let mut child = letter.edit(Some("sed -i s/old/new/")).unwrap();
        assert!(child.wait().await.unwrap().success());
        assert_eq!(letter.read().unwrap(), "new\n");
        let mut child = letter.edit(Some("/no/such/editor")).unwrap();
        assert!(!child.wait().await.unwrap().success());
    }
}
