//! Takes typed values out of one section.

use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::ErrorKind;
use super::interval;
use super::place::{Place, Placed};
use super::reader::Reader;
use super::schema::{SECTIONS, SectionSchema, nearest};
use super::strings::byte_of;
use crate::domain::time::SignedDuration;

/// What a value is, in a person's words.
pub(super) fn kind_of(value: &DeValue<'_>) -> &'static str {
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
    /// Where its header is.
    place: Place,
}

impl<'r> Section<'r> {
    /// A section of this kind, once its keys are judged.
    pub(super) fn new(
        reader: &'r Reader<'r>,
        schema: SectionSchema,
        table: &'r DeTable<'r>,
        path: String,
        place: Place,
    ) -> Self {
        let section = Self { reader, schema, table, path, place };
        section.judge_keys();
        section
    }

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
            } else if let Some(meant) = self.schema.another_word(name) {
                format!("did you mean `{meant}`?")
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

    /// Where its header is.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// Whether the key is there, well-formed or not.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// Notes that a key is wrong where it stands.
    pub(super) fn complain_at(&self, key: &str, kind: ErrorKind, message: String, help: String) {
        let found = self.table.iter().find(|(name, _)| name.get_ref() == key);
        let place = found.map_or(self.place, |(name, _)| self.reader.place(name));
        self.reader.complain(kind, place, &self.path(key), message, help);
    }

    /// Notes that a key is missing.
    pub(super) fn complain_missing(&self, key: &str, message: String, example: &str) {
        let help = format!("add a line {example}");
        self.reader.complain(ErrorKind::MissingKey, self.place, &self.path(key), message, help);
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
