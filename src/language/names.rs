//! Where a subject's name stands in a text.

use super::tokens::{self, Kind, Token};

/// Places of one name that are looked at; keeps a text that repeats a name without end linear.
const MOST_NAMES: usize = 64;

/// Where a name stands: the whole of it, its words run together as a word, tag or handle, or, of a name of several
/// words, its first alone.
pub fn names(tokens: &[Token], name: &str) -> Vec<std::ops::Range<usize>> {
    let wanted = NameKeys::new(name);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() && found.len() < MOST_NAMES {
        let taken = wanted.at(tokens, at).map_or(0, |(taken, _)| taken);
        if taken > 0 {
            found.push(at..at + taken);
        }
        at += taken.max(1);
    }
    found
}

/// How much of a name stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// As a handle or hashtag.
    Sign,
    /// The first word of several.
    First,
}

/// A name as the scanner would meet it.
#[derive(Debug)]
pub struct NameKeys {
    words: Vec<u64>,
    joined: u64,
    first: Option<u64>,
}

impl NameKeys {
    /// Takes a name to pieces.
    pub fn new(name: &str) -> Self {
        let tokens = tokens::scan(name);
        let words: Vec<u64> = tokens.iter().filter(|token| token.is_wordish()).map(|token| token.key).collect();
        let joined: String = name.chars().filter(|letter| letter.is_alphanumeric()).collect();
        let first_word = tokens.iter().find(|token| token.is_wordish());
        let long_enough = first_word.is_some_and(|token| token.end - token.start >= 4);
        let first = (words.len() > 1 && long_enough).then(|| words.first().copied()).flatten();
        Self { words, joined: tokens::fold_key(&joined), first }
    }

    /// Whether the name has several words.
    pub fn several(&self) -> bool {
        self.words.len() > 1
    }

    /// A plural or possessive of the name that is written as one word: `kestrels`.
    pub fn inflected(&self, text: &str, token: &Token) -> bool {
        if token.kind != Kind::Word {
            return false;
        }
        let word = text.get(token.span()).unwrap_or_default();
        let bare = ["s", "es", "ed", "ing", "'", "’"].iter().filter_map(|ending| word.strip_suffix(ending));
        let wanted = |stem: &str| {
            let key = tokens::fold_key(stem);
            key == self.joined || self.first == Some(key) || self.words.first() == Some(&key)
        };
        bare.filter(|stem| stem.len() >= 3).any(wanted) || self.first.is_some_and(|_| wanted(word))
    }

    /// The name at this token: how many tokens it takes, and how much of it stands there.
    pub fn at(&self, tokens: &[Token], at: usize) -> Option<(usize, Part)> {
        let token = tokens.get(at)?;
        match token.kind {
            Kind::Handle | Kind::Hashtag => (token.key == self.joined).then_some((1, Part::Sign)),
            Kind::Word | Kind::Number => self.words_at(tokens, at),
            _ => None,
        }
    }

    fn words_at(&self, tokens: &[Token], at: usize) -> Option<(usize, Part)> {
        let token = tokens.get(at)?;
        if self.words.first() == Some(&token.key) {
            // Marks such as the `&` in a name may stand between its words.
            let (mut place, mut whole) = (at, true);
            for word in self.words.iter().skip(1) {
                place += 1;
                while tokens
                    .get(place)
                    .is_some_and(|next| matches!(next.kind, Kind::Mark('&' | '-' | '+' | '\'' | '.')))
                {
                    place += 1;
                }
                if tokens.get(place).is_none_or(|next| next.key != *word) {
                    whole = false;
                    break;
                }
            }
            if whole {
                return Some((place + 1 - at, Part::Whole));
            }
            return self.first.map(|_| (1, Part::First));
        }
        (self.words.len() > 1 && token.key == self.joined).then_some((1, Part::Whole))
    }
}
