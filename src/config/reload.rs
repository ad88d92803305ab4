//! Reading the configuration again while the program runs.

use std::path::Path;

use super::{Config, ConfigErrors};

/// What a new configuration changes.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The new configuration.
    pub config: Config,
    /// The brand, a rival or a watch.
    pub watches: bool,
    /// A source, or when or how sources are asked.
    pub sources: bool,
    /// How the screen looks or behaves.
    pub screen: bool,
    /// Keys of the keyboard.
    pub keys: bool,
    /// How long mentions are kept.
    pub retention: bool,
    /// How what we publish goes out.
    pub outbox: bool,
    /// How mentions are answered.
    pub answering: bool,
    /// Weights of the formulas.
    pub weights: bool,
    /// Voices or saved replies.
    pub answers: bool,
    /// Campaigns.
    pub campaigns: bool,
    /// The data directory, which takes effect only after a new start.
    pub data: bool,
}

impl Changed {
    /// Compares two configurations by what they mean; where their lines stand does not count.
    pub fn between(old: &Config, new: Config) -> Self {
        Self {
            watches: old.brand != new.brand || old.rivals != new.rivals || old.watches != new.watches,
            sources: old.sources != new.sources || old.collect != new.collect || old.http != new.http,
            screen: old.screen != new.screen,
            keys: old.keys != new.keys,
            retention: old.retention != new.retention,
            outbox: old.outbox != new.outbox,
            answering: old.answering != new.answering,
            weights: old.weights != new.weights,
            answers: old.voices != new.voices || old.replies != new.replies || old.voice != new.voice,
            campaigns: old.campaigns != new.campaigns,
            data: old.data != new.data,
            config: new,
        }
    }

    /// Whether everything is as before.
    pub fn is_empty(&self) -> bool {
        self.parts().is_empty()
    }

    fn parts(&self) -> Vec<&'static str> {
        let parts = [
            (self.watches, "watches"),
            (self.sources, "sources"),
            (self.screen, "screen"),
            (self.keys, "keys"),
            (self.retention, "retention"),
            (self.outbox, "outbox"),
            (self.answering, "answering"),
            (self.weights, "weights"),
            (self.answers, "voices and saved replies"),
            (self.campaigns, "campaigns"),
            (self.data, "data directory (from the next start)"),
        ];
        parts.into_iter().filter(|(changed, _)| *changed).map(|(_, name)| name).collect()
    }

    /// One line for a person.
    pub fn summary(&self) -> String {
        match self.parts() {
            parts if parts.is_empty() => "configuration read again: nothing changed".to_owned(),
            parts => format!("configuration read again: {} changed", parts.join(", ")),
        }
    }
}

/// Reads the file again and tells what changed. The old configuration stays in force when this fails.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn reload(path: &Path, old: &Config) -> Result<Changed, ConfigErrors> {
    Config::load(path).map(|new| Changed::between(old, new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Document;

    const OLD: &str = "[brand]\nname = \"Ferris\"\n[keys]\nquit = [\"q\"]\n";

    fn parse(text: &str) -> Config {
        Config::parse(Document::new(Path::new("config.toml"), text)).unwrap()
    }

    fn changed(new: &str) -> Changed {
        Changed::between(&parse(OLD), parse(new))
    }

    #[test]
    fn moving_lines_and_comments_changes_nothing() {
        let changed = changed(&format!("# a comment\n\n{OLD}"));
        assert!(changed.is_empty());
        assert_eq!(changed.summary(), "configuration read again: nothing changed");
    }

    #[test]
    fn each_part_is_told_apart() {
        type Picked = fn(&Changed) -> bool;
        let parts: [(&str, Picked, &str); 9] = [
            ("[[rival]]\nname = \"Rival\"\n", |c| c.watches, "watches"),
            ("[http]\nper_host = 3\n", |c| c.sources, "sources"),
            ("[screen]\nbell = true\n", |c| c.screen, "screen"),
            ("zoom = [\"z\"]\n", |c| c.keys, "keys"),
            ("[retention]\ndays = 3\n", |c| c.retention, "retention"),
            ("[outbox]\nhold = \"5s\"\n", |c| c.outbox, "outbox"),
            ("[answering]\ntarget = \"1h\"\n", |c| c.answering, "answering"),
            ("[weights]\ntell_factor = 3\n", |c| c.weights, "weights"),
            ("[data]\ndirectory = \"/srv\"\n", |c| c.data, "data directory (from the next start)"),
        ];
        for (addition, picked, name) in parts {
            let changed = changed(&format!("{OLD}{addition}"));
            assert!(picked(&changed), "{name}");
            assert_eq!(changed.summary(), format!("configuration read again: {name} changed"));
        }
    }

    #[test]
    fn a_broken_file_leaves_the_old_one_in_force() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.toml");
        std::fs::write(&path, OLD).unwrap();
        let old = Config::load(&path).unwrap();
        std::fs::write(&path, "[brand\n").unwrap();
        assert!(reload(&path, &old).is_err());
        std::fs::write(&path, OLD.replace("Ferris", "Ferris Bikes")).unwrap();
        let changed = reload(&path, &old).unwrap();
        assert_eq!((changed.watches, changed.config.brand.name.as_str()), (true, "Ferris Bikes"));
    }
}
