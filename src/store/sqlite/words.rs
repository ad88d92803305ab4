//! The words that the full-text index knows, and the questions that it is asked.
//!
//! The index only narrows: it may bring too much, never too little. Texts and questions are therefore folded
//! here by one function that is coarser than any folding a query may use: compatibility forms, case, diacritics
//! and invisible characters go; scripts without spaces fall into single characters; words that are joined by an
//! apostrophe, a hyphen or a low line are indexed apart and together. A phrase becomes all of its words.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::domain::search::Narrowing;

/// Longest word in the index, in characters. Longer ones are cut, in texts and questions alike.
const LONGEST: usize = 40;
/// Deepest nesting of a question; SQLite refuses much deeper ones.
const DEEPEST: usize = 40;

/// What the index is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Question {
    /// It cannot help.
    Everything,
    /// Nothing can match.
    Nothing,
    /// A full-text expression of quoted words.
    Match(String),
}

/// The distinct words of some texts, separated by spaces, as the index takes them.
pub(super) fn of_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut words = BTreeSet::new();
    for text in texts {
        split(&folded(text), true, |word| {
            if !words.contains(word) {
                words.insert(word.to_owned());
            }
        });
    }
    let mut joined = String::with_capacity(words.iter().map(|word| word.len() + 1).sum());
    for word in &words {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

/// The words of the index that begin with a prefix, for the prefixes that have few.
///
/// SQLite gathers everything that a prefix finds before it gives the first row; a choice of whole words it reads
/// as far as it is asked.
pub(super) type Endings = BTreeMap<String, Vec<String>>;

/// The prefixes whose endings [`question`] can use.
pub(super) fn prefixes(narrowing: &Narrowing) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut left = vec![narrowing];
    while let Some(one) = left.pop() {
        match one {
            Narrowing::Prefix(word) => found.extend(parts(word).pop().filter(|last| is_open(last))),
            Narrowing::All(inner) | Narrowing::Any(inner) => left.extend(inner),
            _ => {}
        }
    }
    found
}

/// What the index is asked so that nothing is lost that the narrowing allows.
pub(super) fn question(narrowing: &Narrowing, endings: &Endings) -> Question {
    ask(narrowing, endings, 0)
}

fn ask(narrowing: &Narrowing, endings: &Endings, depth: usize) -> Question {
    if depth > DEEPEST {
        return Question::Everything;
    }
    match narrowing {
        Narrowing::Everything => Question::Everything,
        Narrowing::Word(word) => all(parts(word).iter().map(|part| quoted(part))),
        Narrowing::Prefix(word) => prefix(word, endings),
        Narrowing::Phrase(words) => {
            all(words.iter().flat_map(|word| parts(word)).map(|part| quoted(&part)).collect::<BTreeSet<_>>())
        }
        Narrowing::All(inner) => {
            let mut asked = Vec::new();
            for question in inner.iter().map(|one| ask(one, endings, depth + 1)) {
                match question {
                    Question::Everything => {}
                    Question::Nothing => return Question::Nothing,
                    Question::Match(expression) => asked.push(expression),
                }
            }
            all(asked)
        }
        Narrowing::Any(inner) => {
            let mut asked = Vec::new();
            for question in inner.iter().map(|one| ask(one, endings, depth + 1)) {
                match question {
                    Question::Everything => return Question::Everything,
                    Question::Nothing => {}
                    Question::Match(expression) => asked.push(expression),
                }
            }
            if asked.is_empty() { Question::Nothing } else { Question::Match(format!("({})", asked.join(" OR "))) }
        }
    }
}

/// A word's beginning: its last part is open.
fn prefix(word: &str, endings: &Endings) -> Question {
    let mut parts = parts(word);
    let Some(last) = parts.pop() else { return Question::Everything };
    let open = match endings.get(&last) {
        _ if !is_open(&last) => quoted(&last),
        Some(words) if words.is_empty() => return Question::Nothing,
        Some(words) => format!("({})", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" OR ")),
        None => format!("{} *", quoted(&last)),
    };
    all(parts.iter().map(|part| quoted(part)).chain([open]))
}

/// Whether a prefix may go on: a character of a script without spaces stands for itself.
fn is_open(part: &str) -> bool {
    !part.chars().all(stands_alone)
}

fn all(expressions: impl IntoIterator<Item = String>) -> Question {
    let expressions: Vec<String> = expressions.into_iter().collect();
    if expressions.is_empty() {
        Question::Everything
    } else {
        Question::Match(format!("({})", expressions.join(" AND ")))
    }
}

/// A part is letters and digits only, so nothing in it can end the quotes.
fn quoted(part: &str) -> String {
    format!("\"{part}\"")
}

/// The parts of a word of a question.
fn parts(word: &str) -> Vec<String> {
    let mut parts = Vec::new();
    split(&folded(word), false, |part| parts.push(part.to_owned()));
    parts
}

/// Folds: compatibility forms, case, marks and invisible characters go. Hangul stays in syllables.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !is_invisible(*c))
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase);
    lower.nfkd().filter(|c| !is_combining_mark(*c)).nfc().collect()
}

/// Characters that a normaliser may drop from within a word: soft hyphens, joiners, direction marks, tags.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Scripts that are written without spaces.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_joint(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2bc}' | '`' | '-' | '\u{2010}' | '\u{2011}' | '_')
}

/// Hands out the words of folded text; with `joined` also words that a joint connects as if it were not there.
fn split(text: &str, joined: bool, mut give: impl FnMut(&str)) {
    let mut give = |word: &str| {
        if !word.is_empty() {
            give(cut(word));
        }
    };
    let mut start = 0;
    let mut chain = Chain::default();
    for (at, c) in text.char_indices() {
        if c.is_alphanumeric() && !stands_alone(c) && !is_joint(c) {
            continue;
        }
        let run = text.get(start..at).unwrap_or_default();
        give(run);
        start = at + c.len_utf8();
        if stands_alone(c) && c.is_alphanumeric() {
            give(text.get(at..start).unwrap_or_default());
        }
        if joined {
            chain.link(run, is_joint(c), &mut give);
        }
    }
    let run = text.get(start..).unwrap_or_default();
    give(run);
    if joined {
        chain.link(run, false, &mut give);
    }
}

fn cut(word: &str) -> &str {
    word.char_indices().nth(LONGEST).and_then(|(at, _)| word.get(..at)).unwrap_or(word)
}

/// Words connected by joints, gathered while text is split.
#[derive(Default)]
struct Chain {
    before: String,
    whole: String,
    links: usize,
}

impl Chain {
    /// Adds a run; `goes_on` when a joint follows. Gives pairs of neighbours, and the whole when it ends.
    fn link(&mut self, run: &str, goes_on: bool, give: &mut impl FnMut(&str)) {
        if run.is_empty() || (self.links == 0 && !goes_on) {
            *self = Self::default();
            return;
        }
        if self.links > 0 {
            give(&format!("{}{run}", self.before));
        }
        self.whole.push_str(run);
        self.links += 1;
        if goes_on {
            run.clone_into(&mut self.before);
            return;
        }
        if self.links > 2 {
            give(&self.whole);
        }
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn word(word: &str) -> Narrowing {
        Narrowing::Word(word.to_owned())
    }

    #[test]
    fn texts_fall_into_folded_words() {
        assert_eq!(of_texts(["Ferris rides, FERRIS wins"]), "ferris rides wins");
        assert_eq!(of_texts(["Crème brûlée", "STRASSE straße"]), "brulee creme strasse");
        assert_eq!(of_texts(["don\u{2bc}t Ferris's wi-fi-6"]), "6 don dont ferris ferriss fi fi6 s t wi wifi wifi6");
        assert_eq!(of_texts(["東京 cafe"]), "cafe 京 東");
        assert_eq!(of_texts(["Fer\u{ad}ris ﬁne 𝐅𝐞𝐫𝐫𝐢𝐬"]), "ferris fine");
        assert_eq!(of_texts(["한국어"]), "국 어 한");
        assert_eq!(of_texts(["🔥 … !"]), "");
    }

    #[test]
    fn questions_are_quoted_and_lose_nothing() {
        let asked = |narrowing: &Narrowing| question(narrowing, &Endings::new());
        assert_eq!(asked(&word("ferris")), Question::Match("(\"ferris\")".into()));
        assert_eq!(asked(&word("🔥")), Question::Everything);
        assert_eq!(asked(&word("a\" OR b*")), Question::Match("(\"a\" AND \"or\" AND \"b\")".into()));
        assert_eq!(asked(&Narrowing::Prefix("bik".into())), Question::Match("(\"bik\" *)".into()));
        assert_eq!(asked(&Narrowing::Prefix("東京".into())), Question::Match("(\"東\" AND \"京\")".into()));
        let spelt = |words: &[&str]| {
            let words = words.iter().map(|&word| word.into()).collect();
            question(&Narrowing::Prefix("wi-bik".into()), &Endings::from([("bik".into(), words)]))
        };
        assert_eq!(spelt(&["bike", "bikes"]), Question::Match("(\"wi\" AND (\"bike\" OR \"bikes\"))".into()));
        assert_eq!(spelt(&[]), Question::Nothing);
        assert_eq!(asked(&Narrowing::Any(vec![])), Question::Nothing);
        assert_eq!(asked(&Narrowing::All(vec![])), Question::Everything);
        assert_eq!(asked(&Narrowing::Any(vec![word("a"), Narrowing::Everything])), Question::Everything);
        assert_eq!(
            asked(&Narrowing::All(vec![Narrowing::Everything, Narrowing::Any(vec![word("a"), word("b")])])),
            Question::Match("(((\"a\") OR (\"b\")))".into())
        );
    }

    proptest! {
        /// Whatever stands in a text is found by each of its own pieces.
        #[test]
        fn every_piece_of_a_text_is_among_its_words(text in "\\PC{0,60}") {
            let words = of_texts([text.as_str()]);
            let known: BTreeSet<&str> = words.split(' ').collect();
            for piece in text.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation()) {
                for part in parts(piece) {
                    prop_assert!(known.contains(part.as_str()), "{part:?} of {text:?} is not in {words:?}");
                }
            }
        }

        #[test]
        fn words_hold_nothing_that_ends_a_quote(text in ".{0,60}") {
            for part in parts(&text) {
                prop_assert!(part.chars().all(|c| c.is_alphanumeric() && !is_joint(c)));
                prop_assert!(part.chars().count() <= LONGEST);
            }
        }
    }
}
