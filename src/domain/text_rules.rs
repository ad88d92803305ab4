//! What a network accepts as a text.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// What a network counts when it limits a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// What people see as one sign (extended grapheme clusters, UAX #29).
    Graphemes,
    /// Unicode scalar values.
    #[default]
    Characters,
    /// UTF-8 bytes.
    Bytes,
}

/// How a post of our own, which answers nobody, gets onto a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnPosts {
    /// As words alone.
    #[default]
    Plain,
    /// With a headline: the first line of the words.
    Titled,
    /// By hand: the network has no way in, or wants to be told a place.
    ByHand,
}

/// What a network accepts as a text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TextRules {
    /// What is counted.
    pub count: Count,
    /// Most of it; `None`: no limit is known.
    pub longest: Option<usize>,
    /// Least of it.
    pub shortest: usize,
    /// Most UTF-8 bytes, where the network limits them besides.
    pub longest_bytes: Option<usize>,
    /// What an address counts, however long it is; `None`: as many as it has.
    pub address_counts: Option<usize>,
    /// The content warning counts too.
    pub warning_counts: bool,
    /// The same token is never published twice.
    pub retry_safe: bool,
    /// The words are marked up (Markdown), not plain.
    pub markdown: bool,
    /// An answer reaches its person only when it names them (`@handle`).
    pub names_whom: bool,
    /// How a post of our own gets there.
    pub own_posts: OwnPosts,
    /// Nothing there is readable for all without being listed: what is not to be listed would be refused.
    pub lists_all: bool,
}

impl TextRules {
    /// What a text counts.
    pub fn length(&self, text: &str) -> usize {
        let count = |part: &str| match self.count {
            Count::Graphemes => part.graphemes(true).count(),
            Count::Characters => part.chars().count(),
            Count::Bytes => part.len(),
        };
        let Some(address) = self.address_counts else { return count(text) };
        let words = text.split_inclusive(char::is_whitespace);
        words
            .map(|word| {
                let bare = word.trim_end();
                let is_address = ["http://", "https://"].iter().any(|start| {
                    bare.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
                        && bare.len() > start.len()
                });
                if is_address { address + count(word.get(bare.len()..).unwrap_or_default()) } else { count(word) }
            })
            .sum()
    }

    /// Whether the network would take the text, as far as its length goes.
    pub fn fits(&self, text: &str) -> bool {
        let length = self.length(text);
        self.longest.is_none_or(|longest| length <= longest)
            && length >= self.shortest
            && self.longest_bytes.is_none_or(|longest| text.len() <= longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_counted_as_the_network_counts() {
        let family = "👨‍👩‍👧 ok";
        let of = |count| TextRules { count, ..TextRules::default() }.length(family);
        assert_eq!((of(Count::Graphemes), of(Count::Characters), of(Count::Bytes)), (4, 8, 21));
        let mastodon = TextRules { address_counts: Some(23), longest: Some(30), ..TextRules::default() };
        let text = "see https://example.org/a/very/long/path/indeed now";
        assert_eq!(mastodon.length(text), 4 + 23 + 4);
        assert!(!mastodon.fits(text) && mastodon.fits("see https://example.org/a/very/long/path"));
        let bytes = TextRules { longest_bytes: Some(4), ..TextRules::default() };
        assert!(bytes.fits("four") && !bytes.fits("ééé"));
    }
}
