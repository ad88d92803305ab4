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
    // The possessive of a plural, as in kilns'.
    let plural = piece.kind == Kind::Word && !piece.beginning && lead.is_empty();
    let spellings = if lead.is_empty() { all_spellings(last, piece.beginning) } else { None };
    let other = match spellings {
        Some(spellings) if piece.beginning => return Some(any(spellings.into_iter().map(Narrowing::Prefix))),
        Some(spellings) => {
            let plurals = plural.then(|| spellings.iter().map(|word| format!("{word}s")).collect::<Vec<_>>());
            let words = spellings.into_iter().chain(plurals.into_iter().flatten());
            return Some(any(words.map(Narrowing::Word)));
        }
        None => {
            let lead = lead.iter().flat_map(|word| other_spellings(word, false));
            lead.chain(other_spellings(last, piece.beginning)).map(Narrowing::Prefix)
        }
    };
    let plural = plural.then(|| Narrowing::Word(format!("{last}s")));
    Some(any([plain].into_iter().chain(plural).chain(other)))
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

/// Most spellings of a word that are asked for one by one.
const MOST_SPELLINGS: usize = 48;

/// All ways in which the index may spell a word, the plain one first; `None` if they are too many. Of a beginning also
/// those whose last letter reaches beyond it.
fn all_spellings(word: &str, beginning: bool) -> Option<Vec<String>> {
    let mut done = Vec::new();
    let mut open = vec![(String::new(), word)];
    while let Some((lead, rest)) = open.pop() {
        let Some(plain) = rest.chars().next() else {
            done.push(lead);
            continue;
        };
        for (form, spelled) in alternatives(rest, beginning) {
            open.push((format!("{lead}{spelled}"), rest.get(form.len()..).unwrap_or_default()));
        }
        open.push((format!("{lead}{plain}"), rest.get(plain.len_utf8()..).unwrap_or_default()));
        if open.len() + done.len() > MOST_SPELLINGS {
            return None;
        }
    }
    Some(done)
}

/// Beginnings of the ways in which the index may spell a word other than it is folded here: up to the first letter that
/// it spells differently, and on as long as there is no doubt.
fn other_spellings(word: &str, beginning: bool) -> impl Iterator<Item = String> {
    word.char_indices().flat_map(move |(at, _)| {
        let (lead, rest) = word.split_at_checked(at).unwrap_or_default();
        alternatives(rest, beginning).map(move |(form, spelled)| {
            let after = rest.get(form.len()..).unwrap_or_default();
            let in_doubt = |at: &usize| after.get(*at..).is_some_and(|rest| alternatives(rest, true).next().is_some());
            let doubt = after.char_indices().map(|(at, _)| at).find(in_doubt);
            format!("{lead}{spelled}{}", after.get(..doubt.unwrap_or(after.len())).unwrap_or_default())
        })
    })
}

/// The spellings of the first letter or letters.
fn alternatives(rest: &str, beginning: bool) -> impl Iterator<Item = (&'static str, char)> {
    let applies = move |form: &str| rest.starts_with(form) || (beginning && form.starts_with(rest));
    SPELLINGS.iter().filter(move |(form, _)| applies(form)).map(|(form, spelled)| (form.as_str(), *spelled))
}

/// Folded letters, and a letter by which the index may spell them.
static SPELLINGS: LazyLock<Vec<(String, char)>> = LazyLock::new(|| {
    let mut spellings = Vec::new();
    let letters = ('\u{80}'..'\u{2000}').chain('\u{FB00}'..='\u{FB06}');
    for c in letters.filter(|c| class(*c) == Class::Word && is_lower(*c) && !is_folded_by_index(*c)) {
        let form = folded(c.encode_utf8(&mut [0; 4]));
        let base = base(c);
        let spelled = if base.is_ascii() { base } else { c };
        // A composed letter may also be written as base and mark, and is then the base in the index.
        for spelled in [spelled, base] {
            if !form.is_empty() && form != spelled.to_string() {
                spellings.push((form.clone(), spelled));
            }
        }
    }
    spellings.sort_unstable();
    spellings.dedup();
    spellings
});

/// Letters that the tokenizer takes for plain ones just as the matcher does, though they are not composed of them.
fn is_folded_by_index(c: char) -> bool {
    matches!(c, 'µ' | 'ſ' | 'ẛ' | 'ς' | 'ϐ' | 'ϑ' | 'ϕ' | 'ϖ' | 'ϰ' | 'ϱ' | 'ϵ' | '\u{1FBE}')
}

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
