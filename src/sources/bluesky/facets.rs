//! Finds links, mentions and hashtags in a text that we publish, by UTF-8 bytes (lexicon `app.bsky.richtext.facet`).
//! The network itself makes nothing of a text: what is not marked is not linked, and who is not marked is not told.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;
use url::Url;

use super::record::is_handle;

/// Longest hashtag, in graphemes and in bytes, by the lexicon.
const LONGEST_TAG: usize = 64;
const LONGEST_TAG_BYTES: usize = 640;
/// Signs of no width end a hashtag.
const WIDTHLESS: [char; 6] = ['\u{ad}', '\u{2060}', '\u{200a}', '\u{200b}', '\u{200c}', '\u{20e2}'];

/// What a piece of the text is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An address.
    Link(String),
    /// A handle, without the `@`, lower case.
    Mention(String),
    /// A hashtag, without the `#`.
    Tag(String),
}

/// A piece of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marked {
    /// Its first byte.
    pub(super) start: usize,
    /// The byte after its last.
    pub(super) end: usize,
    /// What it is.
    pub(super) meaning: Meaning,
}

/// Everything in the text that has a meaning, in its order.
pub(super) fn find(text: &str) -> Vec<Marked> {
    let mut found = Vec::new();
    for (at, word) in words(text) {
        let opening: usize = word.chars().take_while(|sign| opens(*sign)).map(char::len_utf8).sum();
        let (start, word) = (at + opening, word.get(opening..).unwrap_or_default());
        if let Some((length, meaning)) = meaning(word) {
            found.push(Marked { start, end: start + length, meaning });
        }
    }
    found
}

/// Every run without white space, with the byte that it begins at.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(char::is_whitespace).filter_map(move |word| {
        let start = text.get(at..)?.find(word)? + at;
        at = start + word.len();
        (!word.is_empty()).then_some((start, word))
    })
}

fn opens(sign: char) -> bool {
    matches!(sign, '(' | '[' | '{' | '"' | '\'' | '“' | '„' | '«' | '‘' | '<' | '¿' | '¡')
}

/// What a word begins with, and how many bytes of it.
fn meaning(word: &str) -> Option<(usize, Meaning)> {
    let starts = |start: &str| word.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    if starts("http://") || starts("https://") {
        return link(word);
    }
    if let Some(rest) = word.strip_prefix('@') {
        return mention(rest);
    }
    let sign = word.chars().next().filter(|sign| matches!(sign, '#' | '＃'))?;
    tag(word.get(sign.len_utf8()..)?).map(|(length, tag)| (length + sign.len_utf8(), tag))
}

/// An address up to the punctuation that ends the sentence; a closing bracket belongs to it when it opened it.
fn link(word: &str) -> Option<(usize, Meaning)> {
    let mut bare = word;
    while let Some(last) = bare.chars().next_back() {
        let closes_own = match last {
            ')' => bare.matches('(').count() >= bare.matches(')').count(),
            ']' => bare.matches('[').count() >= bare.matches(']').count(),
            _ => false,
        };
        let ends = matches!(
            last,
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '"' | '”' | '“' | '’' | '»' | '…' | ')' | ']' | '}' | '>' | '*'
        );
        if !ends || closes_own {
            break;
        }
        bare = bare.strip_suffix(last).unwrap_or_default();
    }
    let url = Url::parse(bare).ok().filter(|url| url.host_str().is_some_and(|host| !host.is_empty()))?;
    Some((bare.len(), Meaning::Link(url.into())))
}

/// A handle.
fn mention(rest: &str) -> Option<(usize, Meaning)> {
    let length = rest.find(|sign: char| !(sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-')));
    let name = rest.get(..length.unwrap_or(rest.len()))?.trim_end_matches(['.', '-']);
    is_handle(name).then(|| (name.len() + 1, Meaning::Mention(name.to_ascii_lowercase())))
}

/// A hashtag: up to the punctuation that ends it, and not of digits alone.
fn tag(rest: &str) -> Option<(usize, Meaning)> {
    // The sign that makes a picture of the `#`.
    if rest.starts_with('\u{fe0f}') {
        return None;
    }
    let end = rest.find(|sign: char| WIDTHLESS.contains(&sign) || matches!(sign, '#' | '＃')).unwrap_or(rest.len());
    let punctuation = |sign: char| sign.general_category_group() == GeneralCategoryGroup::Punctuation;
    let bare = rest.get(..end)?.trim_end_matches(punctuation);
    let means = bare.chars().any(|sign| !sign.is_ascii_digit() && !punctuation(sign));
    (means && bare.graphemes(true).count() <= LONGEST_TAG && bare.len() <= LONGEST_TAG_BYTES)
        .then(|| (bare.len(), Meaning::Tag(bare.to_owned())))
}
