//! A query as a tree.

use super::fields::Test;
use super::token::{Kind, Token, Tokens};
use crate::domain::letters::{fold_into, is_presentation_selector, is_skin_tone};

/// Where something stands in a query, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The first character is 1.
    pub(super) column: usize,
    /// At least 1.
    pub(super) width: usize,
}

/// What must be true of a post.
#[derive(Debug, Clone)]
pub(super) enum Expr {
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>, Place),
    Text(Text),
    Near(Near),
    Field(Test),
}

/// Texts that stand near each other: each operand at most so many words from the one before it.
#[derive(Debug, Clone)]
pub(super) struct Near {
    /// The first operand: any of these texts.
    pub(super) first: Vec<Text>,
    /// Words that may stand between, and the next operand.
    pub(super) rest: Vec<(u32, Vec<Text>)>,
}

impl Near {
    /// All operands, in order.
    pub(super) fn operands(&self) -> impl Iterator<Item = &[Text]> {
        std::iter::once(self.first.as_slice()).chain(self.rest.iter().map(|(_, texts)| texts.as_slice()))
    }
}

/// Pieces that stand side by side; mostly one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) pieces: Vec<Piece>,
}

/// One thing to be found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    /// The folded form, with the sign of a tag or handle.
    pub(super) key: String,
    /// Longer words that begin with it count too.
    pub(super) beginning: bool,
}

impl Text {
    /// The pieces of a text as written in a query; a `*` right after a word makes it a beginning.
    pub(super) fn read(written: &str) -> Self {
        let mut pieces = Vec::new();
        let mut end = 0;
        for token in Tokens::new(written, 0) {
            // The letters of a tag without spaces come once more by themselves; here the tag alone is meant.
            if token.range.start < end {
                continue;
            }
            end = token.range.end;
            let mut key = String::new();
            push_key(&token, &mut key);
            let beginning = written.get(end..).is_some_and(|rest| rest.starts_with('*'));
            if !key.trim_start_matches(['#', '@']).is_empty() {
                pieces.push(Piece { kind: token.kind, key, beginning: beginning && token.kind != Kind::Symbol });
            }
        }
        Self { pieces }
    }
}

/// Appends the folded form of a token, with its sign.
pub(super) fn push_key(token: &Token<'_>, key: &mut String) {
    match token.kind {
        Kind::Tag => key.push('#'),
        Kind::Handle => key.push('@'),
        Kind::Symbol => return key.extend(token.raw.chars().filter(|c| !is_presentation_selector(*c))),
        Kind::Word | Kind::Run => {}
    }
    fold_into(token.raw, key);
}

/// Plainer forms of an emoji that also find it: without skin tone, without gender. `None` where it is plain.
pub(super) fn plainer_symbol(key: &str) -> Option<[String; 2]> {
    key.chars().nth(1)?;
    let no_tone: String = key.chars().filter(|c| !is_skin_tone(*c)).collect();
    let no_gender =
        no_tone.strip_suffix("\u{200D}♀").or_else(|| no_tone.strip_suffix("\u{200D}♂")).unwrap_or(&no_tone).to_owned();
    Some([no_tone, no_gender])
}
