//! A query as a row of lexemes, each with its place.

use super::QueryError;
use super::expr::Place;
use super::fields::Field;
use crate::domain::SafeText;

/// Longest query, in characters.
pub(super) const LONGEST_QUERY: usize = 10_000;
/// Most words that `NEAR` may let stand between.
pub(super) const FARTHEST: u32 = 100;

/// A part of a query.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lexeme {
    pub(super) place: Place,
    pub(super) what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    Open,
    Close,
    And,
    Or,
    Not,
    /// `-` right before a term.
    Minus,
    /// `NEAR/n`.
    Near(u32),
    /// A word as it was written.
    Word(String),
    /// What stood between quotes.
    Quoted(String),
    /// `field:value`.
    Field(Field, String),
}

/// An error at a place.
pub(super) fn refuse(place: Place, message: impl Into<String>, help: impl Into<String>) -> QueryError {
    QueryError { column: place.column, width: place.width.max(1), message: message.into(), help: help.into() }
}

/// Part of a query as it may be shown in a message.
pub(super) fn shown(written: &str) -> SafeText {
    SafeText::line(written, 40)
}

/// Reads all lexemes.
pub(super) fn lexemes(query: &str) -> Result<Vec<Lexeme>, QueryError> {
    let mut lexer = Lexer { characters: query.chars().collect(), at: 0 };
    if lexer.characters.len() > LONGEST_QUERY {
        return Err(refuse(
            Place { column: LONGEST_QUERY + 1, width: lexer.characters.len() - LONGEST_QUERY },
            format!("the query is longer than {LONGEST_QUERY} characters"),
            "split it into several watches",
        ));
    }
    let mut all = Vec::new();
    while let Some(lexeme) = lexer.next()? {
        all.push(lexeme);
    }
    Ok(all)
}

struct Lexer {
    characters: Vec<char>,
    at: usize,
}

/// A name as a quoted phrase: what would end the phrase, or mean something else in it, becomes a space.
pub fn phrase(name: &str) -> String {
    let kept = name.replace(|c: char| c.is_control() || is_quote(c) || matches!(c, '\\' | '*'), " ");
    format!("\"{}\"", kept.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{201F}' | '\u{AB}' | '\u{BB}' | '\u{FF02}')
}

fn is_open(c: char) -> bool {
    matches!(c, '(' | '\u{FF08}')
}

fn is_close(c: char) -> bool {
    matches!(c, ')' | '\u{FF09}')
}

fn is_minus(c: char) -> bool {
    matches!(c, '-' | '\u{2212}' | '\u{FF0D}')
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200B}' | '\u{FEFF}')
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    /// The place from a character to where the lexer stands.
    fn since(&self, start: usize) -> Place {
        Place { column: start + 1, width: (self.at - start).max(1) }
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.peek().is_some_and(&belongs) {
            self.at += 1;
        }
        self.characters.get(start..self.at).unwrap_or_default().iter().collect()
    }

    fn next(&mut self) -> Result<Option<Lexeme>, QueryError> {
        self.take_while(is_space);
        let Some(first) = self.peek() else { return Ok(None) };
        let start = self.at;
        let what = if is_open(first) {
            self.at += 1;
            What::Open
        } else if is_close(first) {
            self.at += 1;
            What::Close
        } else if is_quote(first) {
            What::Quoted(self.quoted()?)
        } else if is_minus(first) {
            self.minus()?
        } else {
            self.bare(start)?
        };
        Ok(Some(Lexeme { place: self.since(start), what }))
    }

    fn quoted(&mut self) -> Result<String, QueryError> {
        let start = self.at;
        self.at += 1;
        let text = self.take_while(|c| !is_quote(c));
        if self.peek().is_none() {
            self.at = start;
            return Err(refuse(
                self.since(start),
                "this quotation mark is never closed",
                "add \" after the last word of the phrase, or take this one out",
            ));
        }
        self.at += 1;
        Ok(text)
    }

    fn minus(&mut self) -> Result<What, QueryError> {
        self.at += 1;
        match self.peek() {
            Some(next) if !is_space(next) && !is_close(next) => Ok(What::Minus),
            _ => Err(refuse(
                Place { column: self.at, width: 1 },
                "- has nothing to leave out",
                "write it right before a word, as in -spam, or take it out",
            )),
        }
    }

    fn bare(&mut self, start: usize) -> Result<What, QueryError> {
        let word = self.take_while(|c| !is_space(c) && !is_open(c) && !is_close(c) && !is_quote(c));
        let place = self.since(start);
        match word.as_str() {
            "AND" => return Ok(What::And),
            "OR" => return Ok(What::Or),
            "NOT" => return Ok(What::Not),
            "&&" | "&" => return Err(refuse(place, format!("{word} is no operator here"), "write AND, or nothing")),
            "||" | "|" => return Err(refuse(place, format!("{word} is no operator here"), "write OR")),
            "!" => return Err(refuse(place, "! is no operator here", "write NOT or -")),
            _ => {}
        }
        if word == "NEAR" || word.starts_with("NEAR/") {
            return near(&word, place).map(What::Near);
        }
        match word.split_once(':') {
            Some((name, value)) if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_') => {
                self.field(name, value, start)
            }
            _ => Ok(What::Word(word)),
        }
    }

    fn field(&mut self, name: &str, value: &str, start: usize) -> Result<What, QueryError> {
        let place = Place { column: start + 1, width: name.chars().count() + 1 };
        let Some(field) = Field::named(name) else {
            return Err(unknown_field(name, value, place));
        };
        if !value.is_empty() {
            return Ok(What::Field(field, value.to_owned()));
        }
        match self.peek() {
            Some(next) if is_quote(next) => Ok(What::Field(field, self.quoted()?)),
            Some(next) if is_open(next) => {
                let (name, example) = (field.name(), field.example());
                Err(refuse(
                    place,
                    format!("{name}: takes one value, not a group"),
                    format!("repeat the field inside the group, as in ({example} OR {name}:…)"),
                ))
            }
            _ => Err(refuse(
                place,
                format!("{}: has no value", field.name()),
                format!("write the value right after the colon, as in {}", field.example()),
            )),
        }
    }
}

fn near(word: &str, place: Place) -> Result<u32, QueryError> {
    let help = format!("write NEAR/n with n from 1 to {FARTHEST}, as in late NEAR/3 tram");
    let Some(distance) = word.strip_prefix("NEAR/").filter(|distance| !distance.is_empty()) else {
        return Err(refuse(place, "NEAR has no distance", help));
    };
    match distance.parse::<u32>() {
        Ok(distance @ 1..=FARTHEST) => Ok(distance),
        _ => Err(refuse(place, format!("{} is no distance for NEAR", shown(distance)), help)),
    }
}

fn unknown_field(name: &str, value: &str, place: Place) -> QueryError {
    if value.starts_with("//") {
        let host = value.trim_start_matches('/').split('/').next().unwrap_or_default();
        let help = format!("to find what links there write url:{}", shown(host));
        return refuse(place, "an address is no term", help);
    }
    let quoting = format!("put it in quotes if the words {} are meant", shown(&format!("\"{name}:{value}\"")));
    let help = match Field::nearest(name) {
        Some(field) => format!("did you mean {}: ({})? Or {quoting}", field.name(), field.example()),
        None => {
            let names: Vec<_> = Field::ALL.iter().map(|field| format!("{}:", field.name())).collect();
            format!("the fields are {}. Or {quoting}", names.join(" "))
        }
    };
    refuse(place, format!("{}: is no field", shown(name)), help)
}
