//! Words of the mention that come back in the draft: the plainest way to show that one has read it.

use std::ops::Range;

use super::words::{Word, Words};

/// Words that come back in any two texts.
const COMMON: [&str; 44] = [
    "the", "and", "for", "you", "your", "that", "this", "with", "was", "are", "not", "but", "have", "has", "had",
    "from", "they", "them", "our", "all", "can", "its", "it's", "who", "why", "how", "what", "when", "there", "then",
    "been", "will", "just", "get", "got", "any", "out", "now", "does", "did", "were", "again", "please", "about",
];

/// Numbers as words.
const NUMBERS: [(&str, &str); 14] = [
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("twice", "2"),
    ("thrice", "3"),
];

/// A word of the draft that was in the mention.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Echo {
    pub span: Range<usize>,
    /// Its sentence in the draft.
    pub sentence: usize,
    /// It is a number.
    pub number: bool,
}

/// Finds them, in the order of the draft.
pub(super) fn find(mention: &Words, draft: &Words) -> Vec<Echo> {
    let said: Vec<String> = mention.list.iter().filter_map(stem).collect();
    let came_back = |word: &Word| {
        let stem = stem(word)?;
        said.contains(&stem).then(|| Echo {
            span: word.span.clone(),
            sentence: word.sentence,
            number: stem.chars().all(|c| c.is_ascii_digit()),
        })
    };
    draft.list.iter().filter_map(came_back).collect()
}

/// What is left of a word without its ending; `None` for a word that says nothing.
fn stem(word: &Word) -> Option<String> {
    if let Some((_, digits)) = NUMBERS.iter().find(|(name, _)| *name == word.low) {
        return Some((*digits).to_owned());
    }
    if word.digits() > 0 {
        return Some(word.low.chars().take_while(char::is_ascii_digit).collect::<String>()).filter(|s| !s.is_empty());
    }
    let count = word.low.chars().count();
    (count >= 3 && !COMMON.contains(&word.low.as_str()))
        .then(|| word.low.chars().take(5.min(count.max(4) - 1).max(3)).collect())
}
