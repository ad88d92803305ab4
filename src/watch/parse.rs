//! Lexemes into a tree. `NEAR/n` binds tightest, then `NOT`, then `AND` (or nothing between two terms), then `OR`.

use super::QueryError;
use super::expr::{Expr, Near, Place, Text};
use super::fields::{Field, Test};
use super::lex::{Lexeme, What, lexemes, refuse, shown};

/// How deep groups and exclusions may nest.
const DEEPEST: usize = 50;

/// Reads a query into a tree and the remarks on it.
pub(super) fn parse(query: &str) -> Result<(Expr, Vec<String>), QueryError> {
    let lexemes = lexemes(query)?;
    let end = Place { column: query.chars().count() + 1, width: 1 };
    if lexemes.is_empty() {
        let start = Place { column: 1, width: 1 };
        return Err(refuse(start, "the query is empty", "write at least one word, such as kiln"));
    }
    let mut parser = Parser { lexemes: &lexemes, at: 0, end, depth: 0, remarks: Vec::new() };
    let expr = parser.any()?;
    if let Some(stray) = parser.peek() {
        return Err(refuse(
            stray.place,
            "this parenthesis closes nothing",
            "take it out, or open a group before it with (",
        ));
    }
    if let Some((place, beside_or)) = unanchored(&expr, false) {
        return Err(only_exclusions(place, beside_or));
    }
    let mut remarks = parser.remarks;
    if !asks_for_text(&expr) {
        remarks.push("no word is asked for: every post that meets the conditions matches".to_owned());
    }
    Ok((expr, remarks))
}

fn only_exclusions(place: Place, beside_or: bool) -> QueryError {
    if beside_or {
        refuse(
            place,
            "an exclusion beside OR would match nearly every post",
            "join it with AND, as in kiln AND (slow OR down) NOT pottery, or take it out",
        )
    } else {
        refuse(place, "the query only says what to leave out", "add what a post must have, as in kiln NOT pottery")
    }
}

/// The exclusion by which a post could match without meeting a single demand, and whether it stands beside `OR`.
fn unanchored(expr: &Expr, beside_or: bool) -> Option<(Place, bool)> {
    match expr {
        Expr::Text(_) | Expr::Near(_) | Expr::Field(_) => None,
        Expr::All(parts) => {
            let mut places = parts.iter().map(|part| unanchored(part, beside_or));
            places.try_fold(None, |first, place| place.map(|place| first.or(Some(place)))).flatten()
        }
        Expr::Any(parts) => parts.iter().find_map(|part| unanchored(part, true)),
        Expr::Not(inner, place) => (!failing_needs_demand(inner)).then_some((*place, beside_or)),
    }
}

/// Whether a post for which this does not hold meets some demand inside it.
fn failing_needs_demand(expr: &Expr) -> bool {
    match expr {
        Expr::Text(_) | Expr::Near(_) | Expr::Field(_) => false,
        Expr::All(parts) => parts.iter().all(failing_needs_demand),
        Expr::Any(parts) => parts.iter().any(failing_needs_demand),
        Expr::Not(inner, _) => unanchored(inner, false).is_none(),
    }
}

fn asks_for_text(expr: &Expr) -> bool {
    match expr {
        Expr::Text(_) | Expr::Near(_) => true,
        Expr::Field(_) => false,
        Expr::All(parts) | Expr::Any(parts) => parts.iter().any(asks_for_text),
        Expr::Not(inner, _) => asks_for_text(inner),
    }
}

struct Parser<'l> {
    lexemes: &'l [Lexeme],
    at: usize,
    /// Just after the query.
    end: Place,
    depth: usize,
    remarks: Vec<String>,
}

impl<'l> Parser<'l> {
    fn peek(&self) -> Option<&'l Lexeme> {
        self.lexemes.get(self.at)
    }

    fn take(&mut self) -> Option<&'l Lexeme> {
        let lexeme = self.peek();
        self.at += 1;
        lexeme
    }

    fn next_is(&self, what: &What) -> bool {
        self.peek().is_some_and(|lexeme| lexeme.what == *what)
    }

    fn take_if(&mut self, what: &What) -> Option<Place> {
        let lexeme = self.peek().filter(|lexeme| lexeme.what == *what)?;
        self.at += 1;
        Some(lexeme.place)
    }

    /// `a OR b OR c`
    fn any(&mut self) -> Result<Expr, QueryError> {
        let mut parts = vec![self.all(None)?];
        while let Some(place) = self.take_if(&What::Or) {
            parts.push(self.all(Some(("OR", place)))?);
        }
        Ok(single(parts, Expr::Any))
    }

    /// `a AND b c`; `after` is the operator that wants it.
    fn all(&mut self, after: Option<(&str, Place)>) -> Result<Expr, QueryError> {
        let mut parts = vec![self.negation(after)?];
        loop {
            if let Some(place) = self.take_if(&What::And) {
                parts.push(self.negation(Some(("AND", place)))?);
                continue;
            }
            match self.peek().map(|lexeme| &lexeme.what) {
                None | Some(What::Or | What::Close) => return Ok(single(parts, Expr::All)),
                Some(_) => parts.push(self.negation(None)?),
            }
        }
    }

    fn negation(&mut self, after: Option<(&str, Place)>) -> Result<Expr, QueryError> {
        let (place, name) = match (self.take_if(&What::Not), self.next_is(&What::Minus)) {
            (Some(place), _) => (place, "NOT"),
            (None, true) => (self.take().map_or(self.end, |lexeme| lexeme.place), "-"),
            (None, false) => return self.nearness(after),
        };
        self.deeper(place)?;
        let inner = self.negation(Some((name, place)))?;
        self.depth -= 1;
        Ok(match inner {
            Expr::Not(twice, _) => *twice,
            inner => Expr::Not(Box::new(inner), place),
        })
    }

    fn deeper(&mut self, place: Place) -> Result<(), QueryError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(refuse(
                place,
                format!("groups nest deeper than {DEEPEST}"),
                "take out parentheses that are not needed, or split the watch",
            ));
        }
        Ok(())
    }

    /// `a NEAR/3 b NEAR/5 c`
    fn nearness(&mut self, after: Option<(&str, Place)>) -> Result<Expr, QueryError> {
        let start = self.peek().map_or(self.end, |lexeme| lexeme.place);
        let first = self.term(after)?;
        if !matches!(self.peek(), Some(Lexeme { what: What::Near(_), .. })) {
            return Ok(first);
        }
        let mut near = Near { first: operand(first, start)?, rest: Vec::new() };
        while let Some(Lexeme { what: What::Near(distance), place }) = self.peek() {
            self.at += 1;
            let start = self.peek().map_or(self.end, |lexeme| lexeme.place);
            if self.next_is(&What::Not) || self.next_is(&What::Minus) {
                return Err(refuse(
                    start,
                    "NEAR cannot be followed by an exclusion",
                    "exclude the whole, as in kiln NOT (kiln NEAR/3 pottery)",
                ));
            }
            let next = self.term(Some(("NEAR", *place)))?;
            near.rest.push((*distance, operand(next, start)?));
        }
        Ok(Expr::Near(near))
    }

    fn term(&mut self, after: Option<(&str, Place)>) -> Result<Expr, QueryError> {
        let Some(lexeme) = self.take() else {
            return Err(self.missing_right(after));
        };
        match &lexeme.what {
            What::Open => self.group(lexeme.place),
            What::Close => Err(self.unexpected_close(lexeme.place, after)),
            What::And | What::Or | What::Near(_) => Err(operator_without_left(lexeme, after)),
            What::Not | What::Minus => Err(refuse(lexeme.place, "NOT stands where a term is wanted", "take it out")),
            What::Word(word) => self.word(word, lexeme.place),
            What::Quoted(text) => phrase(text, lexeme.place),
            What::Field(field, value) => Test::new(*field, value)
                .map(|test| {
                    let host = &test.value;
                    if test.field == Field::Url && !host.contains('.') {
                        self.remarks.push(format!("url:{host} means the host {host} itself; most hosts have a dot"));
                    }
                    Expr::Field(test)
                })
                .map_err(|(message, help)| refuse(lexeme.place, message, help)),
        }
    }

    fn missing_right(&self, after: Option<(&str, Place)>) -> QueryError {
        match after {
            Some((name, place)) => refuse(
                place,
                format!("{name} has nothing after it"),
                format!("add a term after {name}, or take it out"),
            ),
            None => refuse(self.end, "a term is missing here", "add a word"),
        }
    }

    fn unexpected_close(&self, place: Place, after: Option<(&str, Place)>) -> QueryError {
        match after {
            Some(_) => self.missing_right(after),
            None => refuse(place, "this parenthesis closes nothing", "take it out, or open a group before it with ("),
        }
    }

    fn group(&mut self, open: Place) -> Result<Expr, QueryError> {
        self.deeper(open)?;
        let empty = self.peek().filter(|lexeme| lexeme.what == What::Close);
        if let Some(close) = empty {
            let place = Place { column: open.column, width: close.place.column - open.column + 1 };
            return Err(refuse(place, "this group is empty", "put a term between ( and ), or take both out"));
        }
        if self.peek().is_none() {
            return Err(unclosed(open));
        }
        let inner = self.any()?;
        if self.take_if(&What::Close).is_none() {
            return Err(unclosed(open));
        }
        self.depth -= 1;
        Ok(inner)
    }

    fn word(&mut self, word: &str, place: Place) -> Result<Expr, QueryError> {
        let inner_star = word.chars().position(|c| c == '*').filter(|at| *at + 1 < word.chars().count());
        if let Some(at) = inner_star {
            return Err(refuse(
                Place { column: place.column + at, width: 1 },
                "* may stand only at the end of a word",
                "write the beginning and then *, as in refund*",
            ));
        }
        let text = Text::read(word);
        if text.pieces.is_empty() {
            return Err(no_word(word, place));
        }
        self.remark_on(word, place, &text);
        Ok(Expr::Text(text))
    }

    fn remark_on(&mut self, word: &str, place: Place, text: &Text) {
        let upper = word.to_uppercase();
        if matches!(upper.as_str(), "AND" | "OR" | "NOT") || upper.starts_with("NEAR/") {
            self.remarks.push(format!(
                "column {}: {} is an ordinary word here; the operator is written {}",
                place.column,
                shown(word),
                shown(&upper)
            ));
        }
        let unsearched = |c: char| matches!(c, '+' | '$' | '%' | '&' | '=' | '<' | '>' | '^' | '~' | '|');
        let lone_hash = word.ends_with('#');
        if word.contains(unsearched) || lone_hash {
            let keys: Vec<_> = text.pieces.iter().map(|piece| piece.key.as_str()).collect();
            self.remarks.push(format!(
                "column {}: in {} only the letters and digits count: {}",
                place.column,
                shown(word),
                shown(&keys.join(" "))
            ));
        }
    }
}

fn single(mut parts: Vec<Expr>, many: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            many(parts)
        }
        None => many(parts),
    }
}

fn operand(expr: Expr, place: Place) -> Result<Vec<Text>, QueryError> {
    let wrong = |message: &str, help: &str| Err(refuse(place, message, help));
    match expr {
        Expr::Text(text) => Ok(vec![text]),
        Expr::Any(parts) => {
            let mut texts = Vec::new();
            for part in parts {
                texts.extend(operand(part, place)?);
            }
            Ok(texts)
        }
        Expr::Field(_) => wrong(
            "a field has no place in the text, so nothing can be near it",
            "join the field with AND, as in (late NEAR/3 tram) lang:en",
        ),
        Expr::Near(_) => {
            wrong("NEAR cannot take another NEAR in parentheses", "write them in a row, as in a NEAR/3 b NEAR/3 c")
        }
        Expr::All(_) | Expr::Not(..) => {
            wrong("NEAR takes words, phrases, and groups of them joined by OR", "join everything else with AND outside")
        }
    }
}

fn operator_without_left(lexeme: &Lexeme, after: Option<(&str, Place)>) -> QueryError {
    let name = match lexeme.what {
        What::And => "AND",
        What::Or => "OR",
        _ => "NEAR",
    };
    match after {
        Some((before, _)) => refuse(
            lexeme.place,
            format!("{name} follows {before} directly"),
            "put a term between them, or take one out",
        ),
        None => refuse(
            lexeme.place,
            format!("{name} has nothing before it"),
            format!(
                "add a term before {name}, take it out, or write \"{}\" in quotes for the word",
                name.to_lowercase()
            ),
        ),
    }
}

fn unclosed(open: Place) -> QueryError {
    refuse(open, "this parenthesis is never closed", "add ) after the last term of the group")
}

fn phrase(text: &str, place: Place) -> Result<Expr, QueryError> {
    let read = Text::read(text);
    if read.pieces.is_empty() {
        return Err(refuse(
            place,
            "there is no word between these quotes",
            "put a word between them, or take them out",
        ));
    }
    Ok(Expr::Text(read))
}

fn no_word(word: &str, place: Place) -> QueryError {
    match word {
        "*" => {
            refuse(place, "* alone would match every post", "write the beginning of a word before it, as in refund*")
        }
        "#" | "\u{FF03}" => refuse(place, "# has no tag after it", "write the tag right after it, as in #tramfail"),
        "@" | "\u{FF20}" => {
            refuse(place, "@ has no handle after it", "write the handle right after it, as in @thistletel")
        }
        _ => refuse(
            place,
            format!("{} has no letter, digit or emoji to search for", shown(word)),
            "take it out, or write it with its words",
        ),
    }
}
