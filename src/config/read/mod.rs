//! From the text of a file to a [`Config`], section by section.

mod answering;
mod campaigns;
mod settings;
mod sources;
mod subjects;

use std::collections::HashMap;
use std::path::Path;

use super::Config;
use super::document::Document;
use super::error::{ConfigErrors, ErrorKind};
use super::place::Place;
use super::reader::Reader;

pub use sources::judge_address;

/// Reads a configuration; everything that is wrong with it is reported together.
pub(super) fn config(document: Document) -> Result<Config, ConfigErrors> {
    let reader = Reader::new(&document).map_err(ConfigErrors::new)?;
    reader.judge_sections();
    let directory = document.path().parent().unwrap_or(Path::new(""));
    let subjects = subjects::subjects(&reader);
    let voices = answering::voices(&reader);
    let collect = settings::collect(&reader);
    let watches = subjects::watches(&reader, &subjects);
    let config = Config {
        campaigns: campaigns::campaigns(&reader, &watches),
        watches,
        sources: sources::sources(&reader, &sources::Around { collect: &collect, names: subjects.names(), directory }),
        http: settings::http(&reader, &collect),
        retention: settings::retention(&reader),
        outbox: settings::outbox(&reader),
        answering: settings::answering(&reader),
        screen: settings::screen(&reader),
        weights: settings::weights(&reader),
        voice: answering::voice(&reader, &voices),
        voices,
        replies: answering::replies(&reader),
        keys: settings::keys(&reader),
        data: settings::data(&reader, directory),
        brand: subjects.brand,
        rivals: subjects.rivals,
        collect,
        document: document.clone(),
    };
    let errors = reader.into_errors();
    if errors.is_empty() { Ok(config) } else { Err(ConfigErrors::new(errors)) }
}

/// Names that must differ; remembers where each was first.
struct Names<'r> {
    what: &'static str,
    help: &'static str,
    /// What two names have in common when they are the same.
    fold: fn(&str) -> String,
    seen: HashMap<String, usize>,
    reader: &'r Reader<'r>,
}

impl<'r> Names<'r> {
    fn new(what: &'static str, reader: &'r Reader<'r>) -> Self {
        Self { what, help: "give each a name of its own", fold: str::to_lowercase, seen: HashMap::new(), reader }
    }

    fn add(&mut self, name: &str, place: Place, key: &str) {
        if let Some(line) = self.seen.get(&(self.fold)(name)) {
            let message = format!("there is a {} \"{name}\" already, in line {line}", self.what);
            self.reader.complain(ErrorKind::Duplicate, place, key, message, self.help);
        } else {
            self.seen.insert((self.fold)(name), place.line);
        }
    }
}
