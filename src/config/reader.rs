//! Takes typed values out of the parsed file and collects everything that is wrong on the way, so that one run
//! shows all errors.

use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::Document;
use super::error::{ConfigError, ErrorKind};
use super::interval;
use super::place::{Place, Placed};
use super::schema::{SECTIONS, SectionSchema, nearest};
use super::strings::byte_of;
use crate::domain::time::SignedDuration;

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
        let section = Section { reader: self, schema, table, path, place: self.document.place(span) };
        section.judge_keys();
        section
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

/// What a value is, in a person's words.
fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// One section of the file.
pub(super) struct Section<'r> {
    pub(super) reader: &'r Reader<'r>,
    schema: SectionSchema,
    table: &'r DeTable<'r>,
    path: String,
    /// Its header.
    pub(super) place: Place,
}

impl<'r> Section<'r> {
    /// The full name of a key.
    pub(super) fn path(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }

    /// Complains about keys that do not exist here.
    fn judge_keys(&self) {
        if self.schema.keys.is_empty() {
            return;
        }
        for (key, _) in self.table {
            let name = key.get_ref().as_ref();
            if self.schema.keys.contains(&name) {
                continue;
            }
            let header = self.schema.header();
            let elsewhere = SECTIONS.iter().find(|section| section.keys.contains(&name));
            let help = if self.schema.name == "source" && matches!(name, "token" | "password" | "secret") {
                "a secret does not belong into this file: use token_env, token_file or password_command".to_owned()
            } else if let Some(meant) = nearest(name, self.schema.keys.iter().copied()) {
                format!("did you mean `{meant}`?")
            } else if let Some(home) = elsewhere {
                format!("`{name}` belongs below {}", home.header())
            } else {
                format!("{header} knows {}", self.schema.keys.join(", "))
            };
            let message = format!("unknown key `{name}` in {header}");
            self.reader.complain(ErrorKind::UnknownKey, self.reader.place(key), &self.path(name), message, help);
        }
    }

    /// Notes that a value is not as it must be.
    pub(super) fn refuse<T>(&self, key: &str, value: &Spanned<T>, message: impl Into<String>, help: impl Into<String>) {
        let place = self.reader.place(value);
        self.reader.complain(ErrorKind::BadValue, place, &self.path(key), message, help);
    }

    fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) {
        let message = format!("`{key}` must be {expected}, not {}", kind_of(value.get_ref()));
        let help = match (expected, value.get_ref()) {
            ("text", DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_)) => {
                "put it in quotes".to_owned()
            }
            ("a list of texts", DeValue::String(_)) => "put it in square brackets: [\"…\"]".to_owned(),
            ("true or false", DeValue::String(_)) => "write true or false, without quotes".to_owned(),
            ("a whole number" | "a number", DeValue::String(_)) => "write the number without quotes".to_owned(),
            _ => format!("expected {expected}"),
        };
        let place = self.reader.place(value);
        self.reader.complain(ErrorKind::WrongType, place, &self.path(key), message, help);
    }

    fn value(&self, key: &str) -> Option<&'r Spanned<DeValue<'r>>> {
        debug_assert!(self.schema.keys.contains(&key), "{key} is missing from the schema of {}", self.schema.name);
        self.table.get(key)
    }

    /// Text that is not blank.
    pub(super) fn text(&self, key: &str) -> Option<Spanned<String>> {
        let value = self.value(key)?;
        self.as_text(key, value)
    }

    fn as_text(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Spanned<String>> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(key, value, "text");
            return None;
        };
        if text.trim().is_empty() {
            self.refuse(key, value, format!("`{key}` is empty"), "fill it in, or take the line out");
            return None;
        }
        Some(Spanned::new(value.span(), text.clone().into_owned()))
    }

    /// Text that must be there.
    pub(super) fn required(&self, key: &str, example: &str) -> Option<Spanned<String>> {
        if self.table.get(key).is_none() {
            let message = format!("{} needs `{key}`", self.schema.header());
            let help = format!("add a line {key} = {example}");
            self.reader.complain(ErrorKind::MissingKey, self.place, &self.path(key), message, help);
        }
        self.text(key)
    }

    /// A list of texts; empty when it is not there.
    pub(super) fn texts(&self, key: &str) -> Vec<Spanned<String>> {
        self.value(key).map(|value| self.as_texts(key, value)).unwrap_or_default()
    }

    fn as_texts(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Vec<Spanned<String>> {
        let DeValue::Array(list) = value.get_ref() else {
            self.wrong_type(key, value, "a list of texts");
            return Vec::new();
        };
        list.iter().filter_map(|item| self.as_text(key, item)).collect()
    }

    /// Every key of a section whose keys are the user's choice, with its list of texts, in the file's order.
    pub(super) fn lists(&self) -> Vec<(Placed<String>, Vec<Placed<String>>)> {
        let mut entries: Vec<_> = self.table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let placed = |text: Spanned<String>| {
            let place = self.reader.place(&text);
            Placed::new(text.into_inner(), place)
        };
        entries
            .into_iter()
            .map(|(key, value)| {
                let name = Placed::new(key.get_ref().clone().into_owned(), self.reader.place(key));
                let chords = self.as_texts(&name.value, value).into_iter().map(placed).collect();
                (name, chords)
            })
            .collect()
    }

    /// True or false.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        let value = self.value(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(key, value, "true or false");
        }
        flag
    }

    /// A whole number within bounds.
    pub(super) fn whole(&self, key: &str, bounds: RangeInclusive<u64>) -> Option<u64> {
        let value = self.value(key)?;
        let DeValue::Integer(number) = value.get_ref() else {
            self.wrong_type(key, value, "a whole number");
            return None;
        };
        let number = u64::from_str_radix(number.as_str(), number.radix()).ok().filter(|number| bounds.contains(number));
        if number.is_none() {
            let help = format!("give a whole number from {} to {}", bounds.start(), bounds.end());
            self.refuse(key, value, format!("`{key}` is out of range"), help);
        }
        number
    }

    /// A number within bounds.
    pub(super) fn number(&self, key: &str, bounds: RangeInclusive<f64>) -> Option<f64> {
        let value = self.value(key)?;
        let text = match value.get_ref() {
            DeValue::Float(number) => number.as_str(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
            _ => {
                self.wrong_type(key, value, "a number");
                return None;
            }
        };
        let number = text.parse().ok().filter(|number| bounds.contains(number));
        if number.is_none() {
            let help = format!("give a number from {} to {}", bounds.start(), bounds.end());
            self.refuse(key, value, format!("`{key}` is out of range"), help);
        }
        number
    }

    /// A stretch of time within bounds, in seconds.
    pub(super) fn interval(&self, key: &str, bounds: RangeInclusive<i64>) -> Option<Placed<SignedDuration>> {
        let value = self.value(key)?;
        if let DeValue::Integer(number) = value.get_ref() {
            let message = format!("`{key}` has no unit");
            let help = format!("write \"{0}s\" for seconds or \"{0}m\" for minutes, in quotes", number.as_str());
            self.reader.complain(ErrorKind::WrongType, self.reader.place(value), &self.path(key), message, help);
            return None;
        }
        let text = self.as_text(key, value)?;
        let duration = interval::parse(text.get_ref());
        let Some(duration) = duration else {
            let message = format!("`{}` is no stretch of time", text.get_ref());
            self.refuse(key, value, message, "write a number and a unit: \"90s\", \"5m\", \"1h\" or \"2d\"");
            return None;
        };
        if !bounds.contains(&duration.as_secs()) {
            let show = |seconds: &i64| interval::show(SignedDuration::from_secs(*seconds));
            let help = format!("it may be {} to {}", show(bounds.start()), show(bounds.end()));
            self.refuse(key, value, format!("`{key}` is out of range"), help);
            return None;
        }
        Some(Placed::new(duration, self.reader.place(value)))
    }

    /// One of some words.
    pub(super) fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let found = choices.iter().find(|(name, _)| name == text.get_ref()).map(|(_, choice)| *choice);
        if found.is_none() {
            let known = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
            let help = match nearest(text.get_ref(), choices.iter().map(|(name, _)| *name)) {
                Some(meant) => format!("did you mean \"{meant}\"? It may be {known}"),
                None => format!("it may be {known}"),
            };
            self.refuse(key, &text, format!("`{key}` cannot be \"{}\"", text.get_ref()), help);
        }
        found
    }

    /// The place of some characters of a text's value (first from 0), through its quotes and escapes.
    pub(super) fn place_within(&self, text: &Spanned<String>, first: usize, width: usize) -> Place {
        let span = text.span();
        let raw = self.reader.document.text().get(span.clone()).unwrap_or_default();
        let byte = |index| byte_of(raw, text.get_ref(), index).map(|byte| span.start + byte);
        let last = text.get_ref().chars().count();
        match (byte(first.min(last)), byte((first + width).min(last))) {
            (Some(start), Some(end)) => self.reader.document.place(start..end.max(start)),
            _ => self.reader.document.place(span),
        }
    }
}
