//! What a full-text index can be asked so that no match is lost.
//!
//! The index is SQLite's FTS5 with the tokenizer `unicode61` and `remove_diacritics 2`: it splits at everything that is
//! no letter or digit, the apostrophe too, folds case, and takes the diacritics off Latin letters only. So the index
//! spells some words in other ways than the matcher compares them (`łodz`, `straße`, `αθήνα`); each such spelling is
//! asked for by its beginning up to the letter in question, which finds too much, never too little. Signs, scripts
//! without spaces and words with other letters cannot be narrowed.

use std::sync::LazyLock;

use unicode_normalization::char::decompose_canonical;

use super::expr::{Expr, Piece, Text};
use super::token::Kind;
use crate::domain::letters::{Class, class, folded};
use crate::domain::search::Narrowing;

pub(super) fn narrow(expr: &Expr) -> Narrowing {
    match expr {
        Expr::All(parts) => all(parts.iter().map(narrow)),
        Expr::Any(parts) => any(parts.iter().map(narrow)),
        Expr::Not(..) | Expr::Field(_) => Narrowing::Everything,
        Expr::Text(text) => narrow_text(text),
        Expr::Near(near) => all(near.operands().map(|texts| any(texts.iter().map(narrow_text)))),
    }
}

fn all(parts: impl Iterator<Item = Narrowing>) -> Narrowing {
    let mut parts: Vec<_> = parts.filter(|part| *part != Narrowing::Everything).collect();
    match (parts.pop(), parts.is_empty()) {
        (None, _) => Narrowing::Everything,
        (Some(only), true) => only,
        (Some(last), false) => {
            parts.push(last);
            Narrowing::All(parts)
        }
    }
}

fn any(parts: impl Iterator<Item = Narrowing>) -> Narrowing {
    let mut asked = Vec::new();
    for part in parts {
        match part {
            Narrowing::Everything => return Narrowing::Everything,
            Narrowing::Any(more) => asked.extend(more),
            one => asked.push(one),
        }
    }
    match asked.pop() {
        Some(only) if asked.is_empty() => only,
        Some(last) => {
            asked.push(last);
            Narrowing::Any(asked)
        }
        None => Narrowing::Everything,
    }
}

/// The pieces of a phrase may have a possessive ending between them, so that only their presence can be asked for.
fn narrow_text(text: &Text) -> Narrowing {
    all(text.pieces.iter().map(|piece| narrow_piece(piece).unwrap_or(Narrowing::Everything)))
}

fn narrow_piece(piece: &Piece) -> Option<Narrowing> {
    if matches!(piece.kind, Kind::Symbol | Kind::Run) {
        return None;
    }
    let words: Vec<&str> = piece.key.split(|c| class(c) == Class::Other).filter(|word| !word.is_empty()).collect();
    if !words.iter().all(|word| word.chars().all(is_spelled_alike)) {
        return None;
    }
    let (last, lead) = words.split_last()?;
    let plain = match (lead, piece.beginning) {
        ([], true) => Narrowing::Prefix((*last).to_owned()),
        ([], false) => Narrowing::Word((*last).to_owned()),
        (lead, true) => all([side_by_side(lead), Narrowing::Prefix((*last).to_owned())].into_iter()),
        (_, false) => side_by_side(&words),
    };
    let mut asked = vec![plain];
    if piece.kind == Kind::Word && !piece.beginning && lead.is_empty() {
        // The possessive of a plural, as in kilns'.
        asked.push(Narrowing::Word(format!("{last}s")));
    }
    asked.extend(lead.iter().flat_map(|word| other_spellings(word, false)).map(Narrowing::Prefix));
    asked.extend(other_spellings(last, piece.beginning).map(Narrowing::Prefix));
    Some(any(asked.into_iter()))
}

fn side_by_side(words: &[&str]) -> Narrowing {
    match words {
        [only] => Narrowing::Word((*only).to_owned()),
        _ => Narrowing::Phrase(words.iter().map(|word| (*word).to_owned()).collect()),
    }
}

/// Letters of which every spelling in the index is known: ASCII, other Latin letters that are not taken apart, Greek and
/// Cyrillic.
fn is_spelled_alike(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || (matches!(c, '\u{DF}'..='\u{24F}' | '\u{3B1}'..='\u{3C9}' | '\u{430}'..='\u{45F}')
            && class(c) == Class::Word
            && folded(c.encode_utf8(&mut [0; 4])) == *c.encode_utf8(&mut [0; 4]))
}

/// Beginnings of the ways in which the index may spell a word other than it is folded here: up to and with the first
/// letter that it spells differently.
fn other_spellings(word: &str, beginning: bool) -> impl Iterator<Item = String> {
    word.char_indices().flat_map(move |(at, _)| {
        let (lead, rest) = word.split_at_checked(at).unwrap_or_default();
        SPELLINGS
            .iter()
            .filter(move |(form, _)| rest.starts_with(form.as_str()) || (beginning && form.starts_with(rest)))
            .map(move |(_, spelled)| format!("{lead}{spelled}"))
    })
}

/// Folded letters, and a letter by which the index may spell them.
static SPELLINGS: LazyLock<Vec<(String, char)>> = LazyLock::new(|| {
    let mut spellings = Vec::new();
    let letters = ('\u{80}'..'\u{2000}').chain('\u{FB00}'..='\u{FB06}');
    for c in letters.filter(|c| class(*c) == Class::Word && is_lower(*c)) {
        let form = folded(c.encode_utf8(&mut [0; 4]));
        let base = base(c);
        // The one Latin letter that the tokenizer leaves as it is.
        let kept = c == 'ǡ';
        let spelled = if base.is_ascii() && !kept { base } else { c };
        if !form.is_empty() && form != spelled.to_string() {
            spellings.push((form.clone(), spelled));
        }
        // Written as base and mark it is the base in the index.
        if base != c && form != base.to_string() {
            spellings.push((form, base));
        }
    }
    spellings
});

fn is_lower(c: char) -> bool {
    c.to_lowercase().eq([c])
}

/// The letter that a composed letter is made of; itself if it is not composed.
fn base(c: char) -> char {
    let mut first = None;
    decompose_canonical(c, |part| {
        first.get_or_insert(part);
    });
    first.unwrap_or(c)
}
