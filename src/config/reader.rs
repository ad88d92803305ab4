//! The parsed file and its sections; collects everything that is wrong on the way, so that one run shows all
//! errors.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::Document;
use super::error::{ConfigError, ErrorKind};
use super::place::Place;
use super::schema::{SECTIONS, SectionSchema, nearest};
use super::section::{Section, kind_of};

/// The parsed file, and the errors found so far.
pub(super) struct Reader<'d> {
    pub(super) document: &'d Document,
    root: DeTable<'d>,
    errors: RefCell<Vec<ConfigError>>,
}

impl<'d> Reader<'d> {
    /// Parses the text.
    ///
    /// # Errors
    /// Every syntax error, at most one a line.
    pub(super) fn new(document: &'d Document) -> Result<Self, Vec<ConfigError>> {
        let (root, errors) = DeTable::parse_recoverable(document.text());
        let mut errors: Vec<ConfigError> = errors.iter().map(|error| syntax_error(document, error)).collect();
        errors.dedup_by_key(|error| error.place.map(|place| place.line));
        if errors.is_empty() {
            Ok(Self { document, root: root.into_inner(), errors: RefCell::default() })
        } else {
            Err(errors)
        }
    }

    /// Notes an error.
    pub(super) fn complain(
        &self,
        kind: ErrorKind,
        place: Place,
        key: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let error = self.document.error(kind, place, key, message.into(), help.into());
        self.errors.borrow_mut().push(error);
    }

    /// What was wrong so far.
    #[cfg(test)]
    pub(super) fn errors(&self) -> Vec<ConfigError> {
        self.errors.borrow().clone()
    }

    /// Everything that was wrong.
    pub(super) fn into_errors(self) -> Vec<ConfigError> {
        self.errors.into_inner()
    }

    /// Complains about sections that do not exist.
    pub(super) fn judge_sections(&self) {
        for (key, _) in &self.root {
            let name = key.get_ref().as_ref();
            if SECTIONS.iter().any(|section| section.name == name) {
                continue;
            }
            let home = SECTIONS.iter().find(|section| section.keys.contains(&name));
            let help = match (nearest(name, SECTIONS.iter().map(|section| section.name)), home) {
                (_, Some(home)) => format!("`{name}` belongs below {}", home.header()),
                (Some(meant), _) => format!("did you mean {}?", header_of(meant)),
                _ => format!("the sections are {}", SECTIONS.map(|section| section.header()).join(", ")),
            };
            let what = if home.is_some() { "key outside of its section" } else { "unknown section" };
            self.complain(ErrorKind::UnknownKey, self.place(key), name, format!("{what}: `{name}`"), help);
        }
    }

    /// The place of something spanned.
    pub(super) fn place<T>(&self, spanned: &Spanned<T>) -> Place {
        self.document.place(spanned.span())
    }

    /// Whether a section is there, well-formed or not.
    pub(super) fn has(&self, schema: SectionSchema) -> bool {
        self.root.get(schema.name).is_some()
    }

    /// A section that may be there once; `None` when it is not.
    pub(super) fn section(&self, schema: SectionSchema) -> Option<Section<'_>> {
        let found = self.root.get(schema.name)?;
        match found.get_ref() {
            DeValue::Table(table) => Some(self.open(schema, table, found.span(), schema.name.to_owned())),
            DeValue::Array(_) => {
                let help = format!("write {}, with single brackets, and only once", schema.header());
                let message = format!("{} may be there only once", schema.header());
                self.complain(ErrorKind::WrongType, self.place(found), schema.name, message, help);
                None
            }
            other => {
                self.wrong_section(schema, self.place(found), other);
                None
            }
        }
    }

    /// The sections of a kind that may be there several times.
    pub(super) fn sections(&self, schema: SectionSchema) -> Vec<Section<'_>> {
        let Some(found) = self.root.get(schema.name) else { return Vec::new() };
        let DeValue::Array(array) = found.get_ref() else {
            self.wrong_section(schema, self.place(found), found.get_ref());
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (position, item) in array.iter().enumerate() {
            let path = format!("{}[{}]", schema.name, position + 1);
            match item.get_ref() {
                DeValue::Table(table) => sections.push(self.open(schema, table, item.span(), path)),
                other => self.wrong_section(schema, self.place(item), other),
            }
        }
        sections
    }

    fn wrong_section(&self, schema: SectionSchema, place: Place, found: &DeValue<'_>) {
        let header = schema.header();
        let (message, help) = match found {
            DeValue::Table(_) => (
                format!("`{}` is written with double brackets", schema.name),
                format!("there may be several of it: write {header}"),
            ),
            _ => (
                format!("`{}` is a section, not {}", schema.name, kind_of(found)),
                format!("begin it with a line {header}"),
            ),
        };
        self.complain(ErrorKind::WrongType, place, schema.name, message, help);
    }

    fn open<'r>(
        &'r self,
        schema: SectionSchema,
        table: &'r DeTable<'d>,
        span: Range<usize>,
        path: String,
    ) -> Section<'r> {
        Section::new(self, schema, table, path, self.document.place(span))
    }
}

fn syntax_error(document: &Document, error: &toml::de::Error) -> ConfigError {
    let place = error.span().map_or(Place::START, |span| document.place(span));
    let told = error.message();
    let (message, help) = if told.contains("must be quoted") {
        ("text needs quotes", "write key = \"text\"; numbers, true and false stand without quotes")
    } else if told.contains("duplicate key") {
        ("this key or section is there twice", "take one of the two out")
    } else {
        (told, "the file is TOML: key = \"value\" below a [section]")
    };
    document.error(ErrorKind::Syntax, place, "", format!("this is not TOML: {message}"), help.to_owned())
}

fn header_of(name: &str) -> String {
    SECTIONS.iter().find(|section| section.name == name).map_or_else(|| name.to_owned(), SectionSchema::header)
}
