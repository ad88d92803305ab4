//! Where the configuration, the data and the log are. What the file says counts least, then the environment,
//! then the arguments.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use directories::{BaseDirs, ProjectDirs};

/// Environment variable that names the configuration file.
pub const CONFIG_VARIABLE: &str = "GOODWORD_CONFIG";

/// Environment variable that names the data directory.
pub const DATA_VARIABLE: &str = "GOODWORD_DATA_DIR";

/// Name of the configuration file in the platform's configuration directory.
pub const FILE_NAME: &str = "config.toml";

/// Why no place can be found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this user has no home directory: say where the {what} is with {flag}, or with the variable {variable}")]
pub struct NoHome {
    what: &'static str,
    flag: &'static str,
    variable: &'static str,
}

/// The platform's own directories for this program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Platform {
    /// For configuration.
    pub config: Option<PathBuf>,
    /// For data.
    pub data: Option<PathBuf>,
    /// For logs and what else may be lost.
    pub state: Option<PathBuf>,
}

impl Platform {
    /// The directories of this platform and user; `XDG_*` is honoured where it is custom.
    pub fn of_this_user() -> Self {
        let Some(dirs) = ProjectDirs::from("", "", "goodword") else { return Self::default() };
        Self {
            config: Some(dirs.config_dir().to_owned()),
            data: Some(dirs.data_dir().to_owned()),
            state: Some(dirs.state_dir().unwrap_or(dirs.data_local_dir()).to_owned()),
        }
    }
}

/// What the arguments say about places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--data-dir`.
    pub data: Option<PathBuf>,
}

/// Where things are, as far as it is known without the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    config: Option<PathBuf>,
    data: Option<PathBuf>,
    platform: Platform,
}

impl Paths {
    /// Gathers what the arguments, the environment and the platform say. A variable that is empty counts as not set.
    pub fn new(flags: Flags, environment: &dyn Fn(&str) -> Option<OsString>, platform: Platform) -> Self {
        let variable = |name| environment(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self {
            config: flags.config.or_else(|| variable(CONFIG_VARIABLE)),
            data: flags.data.or_else(|| variable(DATA_VARIABLE)),
            platform,
        }
    }

    /// The configuration file: `--config`, or `GOODWORD_CONFIG`, or `config.toml` in the platform's directory.
    ///
    /// # Errors
    /// [`NoHome`] when the platform has no directory either.
    pub fn config_file(&self) -> Result<PathBuf, NoHome> {
        let platform = self.platform.config.as_ref().map(|directory| directory.join(FILE_NAME));
        let none = NoHome { what: "configuration", flag: "--config", variable: CONFIG_VARIABLE };
        self.config.clone().or(platform).ok_or(none)
    }

    /// Whether a person named the configuration file, so that its absence is a mistake and no first start.
    pub fn config_is_named(&self) -> bool {
        self.config.is_some()
    }

    /// The data directory: `--data-dir`, or `GOODWORD_DATA_DIR`, or what the file says (`data.directory`), or
    /// the platform's.
    ///
    /// # Errors
    /// [`NoHome`] when the platform has no directory either.
    pub fn data_dir(&self, file: Option<&Path>) -> Result<PathBuf, NoHome> {
        let none = NoHome { what: "data", flag: "--data-dir", variable: DATA_VARIABLE };
        let found = self.data.clone().or_else(|| file.map(Path::to_owned)).or_else(|| self.platform.data.clone());
        found.ok_or(none)
    }

    /// The directory for logs: the platform's, or `log` in the data directory when that was named, so that
    /// nothing is written outside of it.
    ///
    /// # Errors
    /// [`NoHome`] when there is no data directory either.
    pub fn log_dir(&self, file: Option<&Path>) -> Result<PathBuf, NoHome> {
        match &self.platform.state {
            Some(state) if self.data.is_none() && file.is_none() => Ok(state.clone()),
            _ => self.data_dir(file).map(|data| data.join("log")),
        }
    }
}

/// A path as written in a file: `~/` is the user's home, anything relative starts at `directory`.
pub fn resolve(path: &Path, directory: &Path) -> PathBuf {
    let home = || BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
    match path.strip_prefix("~").ok().and_then(|rest| Some(home()?.join(rest))) {
        Some(found) => found,
        None => directory.join(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform() -> Platform {
        Platform { config: Some("/home/a/c".into()), data: Some("/home/a/d".into()), state: Some("/home/a/s".into()) }
    }

    fn environment(name: &str) -> Option<OsString> {
        match name {
            CONFIG_VARIABLE => Some("/env/config.toml".into()),
            DATA_VARIABLE => Some("/env/data".into()),
            _ => None,
        }
    }

    fn flags() -> Flags {
        Flags { config: Some("/flag/config.toml".into()), data: Some("/flag/data".into()) }
    }

    #[test]
    fn file_then_environment_then_arguments() {
        let file = Some(Path::new("/file/data"));
        let plain = Paths::new(Flags::default(), &|_| None, platform());
        assert_eq!(plain.config_file().unwrap(), Path::new("/home/a/c/config.toml"));
        assert_eq!(plain.data_dir(None).unwrap(), Path::new("/home/a/d"));
        assert_eq!(plain.data_dir(file).unwrap(), Path::new("/file/data"));
        assert!(!plain.config_is_named());
        let surrounded = Paths::new(Flags::default(), &environment, platform());
        assert_eq!(surrounded.config_file().unwrap(), Path::new("/env/config.toml"));
        assert_eq!(surrounded.data_dir(file).unwrap(), Path::new("/env/data"));
        let told = Paths::new(flags(), &environment, platform());
        assert_eq!(told.config_file().unwrap(), Path::new("/flag/config.toml"));
        assert_eq!(told.data_dir(file).unwrap(), Path::new("/flag/data"));
        assert!(told.config_is_named());
    }

    #[test]
    fn an_empty_variable_says_nothing() {
        let paths = Paths::new(Flags::default(), &|_| Some(OsString::new()), platform());
        assert_eq!(paths.data_dir(None).unwrap(), Path::new("/home/a/d"));
    }

    #[test]
    fn logs_stay_with_data_that_was_named() {
        let plain = Paths::new(Flags::default(), &|_| None, platform());
        assert_eq!(plain.log_dir(None).unwrap(), Path::new("/home/a/s"));
        assert_eq!(plain.log_dir(Some(Path::new("/file/data"))).unwrap(), Path::new("/file/data/log"));
        let told = Paths::new(flags(), &environment, platform());
        assert_eq!(told.log_dir(None).unwrap(), Path::new("/flag/data/log"));
    }

    #[test]
    fn without_a_home_the_way_out_is_told() {
        let homeless = Paths::new(Flags::default(), &|_| None, Platform::default());
        assert!(homeless.config_file().unwrap_err().to_string().contains("--config"));
        assert!(homeless.data_dir(None).unwrap_err().to_string().contains(DATA_VARIABLE));
        let told = Paths::new(flags(), &|_| None, Platform::default());
        assert_eq!(told.log_dir(None).unwrap(), Path::new("/flag/data/log"));
    }

    #[test]
    fn paths_in_a_file_start_at_the_file() {
        assert_eq!(resolve(Path::new("data"), Path::new("/etc/goodword")), Path::new("/etc/goodword/data"));
        assert_eq!(resolve(Path::new("/srv/data"), Path::new("/etc/goodword")), Path::new("/srv/data"));
        let home = BaseDirs::new().unwrap().home_dir().to_owned();
        assert_eq!(resolve(Path::new("~/data"), Path::new("/etc/goodword")), home.join("data"));
    }
}
