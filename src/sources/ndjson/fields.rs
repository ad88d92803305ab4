//! The fields of one object, read with patience; what cannot be read is told in words for a person.

use serde_json::{Map, Value};

use super::LineError;
use crate::domain::Timestamp;

/// A field that holds something else than it should.
pub(super) fn wrong(field: &str, wanted: &'static str, found: impl Into<String>) -> LineError {
    LineError::Field { field: field.to_owned(), wanted, found: found.into() }
}

/// What a value is, for a person.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A value as it may be shown in a line.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("“{}”", text.chars().take(40).collect::<String>()),
        Value::Number(number) => number.to_string(),
        other => kind(other).to_owned(),
    }
}

/// The fields of an object. `null` is the same as a field that is not there.
pub(super) struct Fields(pub(super) Map<String, Value>);

impl Fields {
    /// Whether the field is there.
    pub(super) fn has(&self, field: &str) -> bool {
        self.0.get(field).is_some_and(|value| !value.is_null())
    }

    /// Whether the field is there and holds a text.
    pub(super) fn is_text(&self, field: &str) -> bool {
        self.0.get(field).is_some_and(Value::is_string)
    }

    fn take(&mut self, field: &str) -> Option<Value> {
        self.0.get_mut(field).map(Value::take).filter(|value| !value.is_null())
    }

    /// A text, without the NUL characters that no store takes.
    pub(super) fn text(&mut self, field: &str) -> Result<Option<String>, LineError> {
        match self.take(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(without_nul(text))),
            Some(other) => Err(wrong(field, "a text", kind(&other))),
        }
    }

    /// The name of something: a text that is not empty, or a whole number.
    pub(super) fn id(&mut self, field: &str) -> Result<Option<String>, LineError> {
        match self.take(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(without_nul(text)).filter(|text| !text.is_empty())),
            Some(Value::Number(number)) if !number.is_f64() => Ok(Some(number.to_string())),
            Some(other) => Err(wrong(field, "a text or a whole number", kind(&other))),
        }
    }

    /// True or false; false when it is not there.
    pub(super) fn flag(&mut self, field: &str) -> Result<bool, LineError> {
        match self.take(field) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(other) => Err(wrong(field, "true or false", shown(&other))),
        }
    }

    /// A count, 0 or more.
    pub(super) fn count(&mut self, field: &str) -> Result<Option<u64>, LineError> {
        const WANTED: &str = "a whole number from 0 on";
        let Some(value) = self.take(field) else { return Ok(None) };
        value.as_u64().map(Some).ok_or_else(|| wrong(field, WANTED, shown(&value)))
    }

    /// An amount, 0 or more, not always whole.
    pub(super) fn amount(&mut self, field: &str, wanted: &'static str) -> Result<Option<f64>, LineError> {
        let Some(value) = self.take(field) else { return Ok(None) };
        let amount = value.as_f64().filter(|amount| amount.is_finite() && *amount >= 0.0);
        amount.map(Some).ok_or_else(|| wrong(field, wanted, shown(&value)))
    }

    /// A moment (RFC 3339).
    pub(super) fn moment(&mut self, field: &str) -> Result<Option<Timestamp>, LineError> {
        let Some(value) = self.take(field) else { return Ok(None) };
        let moment = value.as_str().and_then(|text| text.trim().parse().ok());
        moment.map(Some).ok_or_else(|| wrong(field, "a moment such as 2026-01-02T03:04:05Z", shown(&value)))
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, field: &str) -> Result<Vec<String>, LineError> {
        const WANTED: &str = "a list of texts";
        let list = match self.take(field) {
            None => return Ok(Vec::new()),
            Some(Value::Array(list)) => list,
            Some(other) => return Err(wrong(field, WANTED, kind(&other))),
        };
        let text = |value| match value {
            Value::String(text) => Ok(without_nul(text)),
            other => Err(wrong(field, WANTED, format!("a list with {}", kind(&other)))),
        };
        list.into_iter().filter(|value| !value.is_null()).map(text).collect()
    }

    /// One of these words.
    pub(super) fn one_of<T: Copy>(
        &mut self,
        field: &str,
        wanted: &'static str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, LineError> {
        let Some(value) = self.take(field) else { return Ok(None) };
        let found = value.as_str().and_then(|text| words.iter().find(|(word, _)| *word == text));
        found.map(|(_, meaning)| Some(*meaning)).ok_or_else(|| wrong(field, wanted, shown(&value)))
    }

    /// An object inside.
    pub(super) fn object(&mut self, field: &str) -> Result<Self, LineError> {
        match self.take(field) {
            Some(Value::Object(object)) => Ok(Self(object)),
            other => Err(wrong(field, "an object", kind(&other.unwrap_or_default()))),
        }
    }
}

fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text }
}
