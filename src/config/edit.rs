//! Changing the configuration file without losing anything that a person wrote into it.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::document::Document;
use super::error::shown_path;
use super::strings::quote;
use super::{Config, ConfigErrors, Watch};
use crate::domain::Network;

/// Why the file was not changed. It is then as it was.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The file is wrong as it is.
    #[error("the configuration must be mended first: {}", .0.line())]
    Broken(ConfigErrors),
    /// What would be added is wrong.
    #[error("this cannot be added: {}", .0.line())]
    Refused(ConfigErrors),
    /// There is a watch of this name.
    #[error("there is a watch \"{0}\" already: choose another name")]
    NameTaken(String),
    /// There is a watch with this query.
    #[error("the watch \"{0}\" has this query already")]
    QueryTaken(String),
    /// Somebody else changed the file meanwhile.
    #[error("{} was changed by someone else at the same moment: try again", shown_path(.0))]
    Overtaken(PathBuf),
    /// The file is there already.
    #[error("{} is there already: give --force to replace it", shown_path(.0))]
    Exists(PathBuf),
    /// It cannot be written.
    #[error("{} cannot be written: {error}", shown_path(path))]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

/// Adds a watch to the end of the file; everything else stays as it is, byte for byte. The new text is judged
/// before it replaces the old one, in one step. If the subject was found by its name alone until now, that
/// watch is written down too, for it would end with the first watch in the file.
///
/// # Errors
/// [`EditError`]; the file is then as it was.
pub fn append_watch(path: &Path, name: &str, subject: &str, query: &str) -> Result<Config, EditError> {
    append(path, |old| watch_text(old, name, subject, query))
}

fn watch_text(old: &Config, name: &str, subject: &str, query: &str) -> Result<String, EditError> {
    let mut text = String::new();
    let spoken_for = |watch: &&Watch| watch.derived && watch.subject.to_lowercase() == subject.to_lowercase();
    for watch in old.watches.iter().filter(spoken_for) {
        text.push_str("\n# Found by name until another watch was added.");
        text.push_str(&block(&watch.name, &watch.subject, &watch.query));
    }
    for watch in &old.watches {
        if watch.name.to_lowercase() == name.to_lowercase() {
            return Err(EditError::NameTaken(watch.name.clone()));
        }
        if watch.query == query && watch.subject.to_lowercase() == subject.to_lowercase() {
            return Err(EditError::QueryTaken(watch.name.clone()));
        }
    }
    text.push_str(&block(name, subject, query));
    Ok(text)
}

/// A source to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewSource<'a> {
    /// Its name.
    pub name: &'a str,
    /// Kind of place.
    pub network: &'a Network,
    /// Its server.
    pub url: Option<&'a str>,
    /// Its account.
    pub account: Option<&'a str>,
    /// The id of the person's own app.
    pub client_id: Option<&'a str>,
    /// What of it to listen to.
    pub places: &'a [String],
}

/// A source as it is written into the file.
pub fn source_block(source: &NewSource<'_>) -> String {
    let mut text = format!("\n[[source]]\nname = {}\nnetwork = {}\n", quote(source.name), quote(source.network.name()));
    for (key, value) in [("url", source.url), ("account", source.account), ("client_id", source.client_id)] {
        text.extend(value.map(|value| format!("{key} = {}\n", quote(value))));
    }
    if !source.places.is_empty() {
        let places: Vec<String> = source.places.iter().map(|place| quote(place)).collect();
        text.push_str(&format!("places = [{}]\n", places.join(", ")));
    }
    text
}

/// Adds a source, as [`source_block`] writes it, to the end of the file; everything else stays as it is.
///
/// # Errors
/// [`EditError`]; the file is then as it was.
pub fn append_source(path: &Path, block: &str) -> Result<Config, EditError> {
    append(path, |_| Ok(block.to_owned()))
}

/// Adds a text to the end of the file, if what comes of it is a good configuration.
fn append(path: &Path, addition: impl FnOnce(&Config) -> Result<String, EditError>) -> Result<Config, EditError> {
    // A link stays a link: what it points to is replaced.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let before = Document::read(&target).map_err(EditError::Broken)?;
    let old = Config::parse(before.clone()).map_err(EditError::Broken)?;
    let mut text = before.text().to_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&addition(&old)?);
    let new = Config::parse(Document::new(path, text.as_str()))
        .map_err(|errors| EditError::Refused(errors.without_places()))?;
    if Document::read(&target).ok().as_ref() != Some(&before) {
        return Err(EditError::Overtaken(path.to_owned()));
    }
    replace(&target, &text).map_err(|error| EditError::NotWritten { path: path.to_owned(), error })?;
    Ok(new)
}

fn block(name: &str, subject: &str, query: &str) -> String {
    format!("\n[[watch]]\nname = {}\nsubject = {}\nquery = {}\n", quote(name), quote(subject), quote(query))
}

/// Writes a new file, readable by its owner alone, with its directory if needed. An existing one is replaced
/// only with `force`, in one step.
///
/// # Errors
/// [`EditError::Exists`] or [`EditError::NotWritten`].
pub fn create(path: &Path, text: &str, force: bool) -> Result<(), EditError> {
    let not_written = |error| EditError::NotWritten { path: path.to_owned(), error };
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        std::fs::create_dir_all(directory).map_err(not_written)?;
    }
    if force && path.exists() {
        let target = path.canonicalize().map_err(not_written)?;
        return replace(&target, text).map_err(not_written);
    }
    let file = private(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => EditError::Exists(path.to_owned()),
        _ => not_written(error),
    })?;
    write(file, text).map_err(|error| {
        let _ = std::fs::remove_file(path);
        not_written(error)
    })
}

/// Creates a file that only its owner may read; fails when it is there.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn write(mut file: File, text: &str) -> std::io::Result<()> {
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Replaces a file in one step: whoever reads sees the old or the new text, never half of it. Its mode stays.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let mode = std::fs::metadata(path)?.permissions();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.new", std::process::id()));
    let written = private(&beside)
        .and_then(|file| {
            file.set_permissions(mode)?;
            write(file, text)
        })
        .and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written?;
    // The rename itself lasts only once the directory is on disk.
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const FILE: &str = "# mine\n[brand]\nname = \"Ferris\"   # the crab\n\n[screen]\nbell = true";

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        (directory, path)
    }

    fn names(config: &Config) -> Vec<(&str, bool)> {
        config.watches.iter().map(|watch| (watch.name.as_str(), watch.derived)).collect()
    }

    #[test]
    fn a_watch_is_added_behind_everything_else() {
        let (directory, path) = file(FILE);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let config = append_watch(&path, "recall", "Ferris", "ferris \"stem\\\" recall*").unwrap();
        assert_eq!(names(&config), [("Ferris", false), ("recall", false)]);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(FILE), "{text}");
        let read = Config::load(&path).unwrap();
        assert_eq!(read.watches, config.watches);
        assert_eq!(read.watches[1].query, "ferris \"stem\\\" recall*");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        let left: Vec<_> = std::fs::read_dir(directory.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing is left behind: {left:?}");
        append_watch(&path, "second", "ferris", "ferris chain").unwrap();
        assert_eq!(names(&Config::load(&path).unwrap()), [("Ferris", false), ("recall", false), ("second", false)]);
    }

    #[test]
    fn a_duplicate_is_refused_and_the_file_stays() {
        let (_directory, path) = file(FILE);
        append_watch(&path, "recall", "Ferris", "ferris recall").unwrap();
        let before = std::fs::read_to_string(&path).unwrap();
        assert!(
            matches!(append_watch(&path, "Recall", "Ferris", "x"), Err(EditError::NameTaken(name)) if name == "recall")
        );
        let again = append_watch(&path, "other", "Ferris", "ferris recall");
        assert!(matches!(again, Err(EditError::QueryTaken(name)) if name == "recall"));
        let refused = append_watch(&path, "other", "Nobody", "x").unwrap_err();
        assert!(matches!(refused, EditError::Refused(_)));
        let told = refused.to_string();
        assert!(told.contains("\"Nobody\"") && !told.contains('\n'), "{told}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
    }

    #[test]
    fn a_file_that_writes_watches_inline_or_is_broken_stays_as_it_is() {
        for text in ["watch = [{ name = \"a\", query = \"b\" }]\n[brand]\nname = \"Ferris\"\n", "[brand\n"] {
            let (_directory, path) = file(text);
            assert!(append_watch(&path, "recall", "Ferris", "ferris recall").is_err());
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn a_link_stays_a_link() {
        let (directory, path) = file(FILE);
        let link = directory.path().join("link.toml");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        append_watch(&link, "recall", "Ferris", "ferris recall").unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(std::fs::read_to_string(&path).unwrap().contains("recall"));
    }

    #[test]
    fn a_new_file_is_private_and_an_old_one_needs_force() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("deep/down/config.toml");
        create(&path, "one", false).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(matches!(create(&path, "two", false), Err(EditError::Exists(_))));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one");
        create(&path, "two", true).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
    }
}
