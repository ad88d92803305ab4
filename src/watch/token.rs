//! The words of a text, in one pass and without copying it.
//!
//! A word is a run of letters and digits; an apostrophe between two of them stays inside. `#tag` and `@handle` are one
//! token with their sign, an emoji is one token, and so is a run of letters of a script that puts no spaces between
//! words. Everything else separates.

use std::ops::Range;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::letters::{Class, class, is_apostrophe};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Word,
    Tag,
    Handle,
    /// An emoji or another sign.
    Symbol,
    /// Letters of a script without spaces.
    Run,
}

/// A piece of a text that a query may ask for.
#[derive(Debug, Clone)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    /// The token without its sign.
    pub(super) raw: &'t str,
    /// Where it stands, sign included.
    pub(super) range: Range<usize>,
    /// Its place, counted in words. Letters of a run count as words; a symbol takes no place.
    pub(super) pos: u32,
    /// The place after it.
    pub(super) end_pos: u32,
    /// A word with an apostrophe inside.
    pub(super) apostrophe: bool,
    /// A word that ends in `s` with an apostrophe after it: the possessive of a plural.
    pub(super) plural_possessive: bool,
}

/// Whether the character takes a place of its own in a run.
pub(super) fn takes_place(c: char) -> bool {
    !matches!(c, '\u{FF9E}' | '\u{FF9F}') && c.general_category_group() != GeneralCategoryGroup::Mark
}

/// The tokens of a text.
#[derive(Debug)]
pub(super) struct Tokens<'t> {
    text: &'t str,
    at: usize,
    pos: u32,
    /// A single quotation mark is open, so that the next one after a word closes it.
    quoted: bool,
    /// Where the last tag ended: `#a#b` is two tags.
    tag_end: Option<usize>,
}

impl<'t> Tokens<'t> {
    /// Tokens of a text, the first of which takes the given place.
    pub(super) fn new(text: &'t str, pos: u32) -> Self {
        Self { text, at: 0, pos, quoted: false, tag_end: None }
    }

    /// The place after the last token.
    pub(super) fn pos(&self) -> u32 {
        self.pos
    }

    fn char_at(&self, at: usize) -> Option<char> {
        match self.text.as_bytes().get(at) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            Some(_) => self.text.get(at..)?.chars().next(),
            None => None,
        }
    }

    fn is_word_at(&self, at: usize) -> bool {
        self.char_at(at).is_some_and(|c| !is_apostrophe(c) && class(c) == Class::Word)
    }

    /// Where a run of characters of these classes ends.
    fn run_end(&self, from: usize, belongs: impl Fn(char, Class) -> bool) -> usize {
        let mut end = from;
        while let Some(c) = self.char_at(end) {
            if is_apostrophe(c) || !belongs(c, class(c)) {
                break;
            }
            end += c.len_utf8();
        }
        end
    }

    fn token(&mut self, kind: Kind, raw: Range<usize>, range: Range<usize>, places: u32) -> Token<'t> {
        let pos = self.pos;
        self.pos = self.pos.saturating_add(places);
        self.at = range.end;
        let raw = self.text.get(raw).unwrap_or_default();
        Token { kind, raw, range, pos, end_pos: self.pos, apostrophe: false, plural_possessive: false }
    }

    fn word(&mut self) -> Token<'t> {
        let start = self.at;
        let mut end = start;
        let mut apostrophe = false;
        loop {
            end = self.word_run_end(end);
            match self.char_at(end) {
                Some(c) if is_apostrophe(c) && self.is_word_at(end + c.len_utf8()) => {
                    apostrophe = true;
                    end += c.len_utf8();
                }
                _ => break,
            }
        }
        let mut token = self.token(Kind::Word, start..end, start..end, 1);
        token.apostrophe = apostrophe;
        token.plural_possessive = !apostrophe && self.is_plural_possessive(&token);
        token
    }

    fn word_run_end(&self, from: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut end = from;
        loop {
            while bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
                end += 1;
            }
            if bytes.get(end).is_none_or(u8::is_ascii) {
                return end;
            }
            let next = self.run_end(end, |c, class| {
                !c.is_ascii() && matches!(class, Class::Word | Class::Mark | Class::Ignorable)
            });
            if next == end {
                return end;
            }
            end = next;
        }
    }

    fn is_plural_possessive(&self, word: &Token<'_>) -> bool {
        if self.quoted || !word.raw.ends_with(['s', 'S']) {
            return false;
        }
        let mut after = self.text.get(word.range.end..).unwrap_or_default().chars();
        after.next().is_some_and(is_apostrophe)
            && after.next().is_some_and(char::is_whitespace)
            && after.next().is_some_and(char::is_alphanumeric)
    }

    /// The token that a sign begins, if it begins one.
    fn signed(&mut self, kind: Kind, sign: char) -> Option<Token<'t>> {
        let before = self.text.get(..self.at)?.chars().next_back();
        let after_tag = self.tag_end == Some(self.at);
        let glued =
            before.is_some_and(|c| matches!(c, '/' | '&' | '_') || matches!(class(c), Class::Word | Class::Mark));
        if glued && !after_tag {
            return None;
        }
        let body = self.at + sign.len_utf8();
        let end = if kind == Kind::Tag { self.tag_body_end(body) } else { self.handle_body_end(body) };
        let raw = self.text.get(body..end)?;
        if !raw.chars().any(|c| matches!(class(c), Class::Word | Class::Unspaced)) {
            return None;
        }
        let token = self.token(kind, body..end, self.at..end, 1);
        if kind == Kind::Tag {
            self.tag_end = Some(end);
            self.at = if raw.chars().any(|c| class(c) == Class::Unspaced) { body } else { self.after_possessive(end) };
        }
        Some(token)
    }

    fn tag_body_end(&self, body: usize) -> usize {
        self.run_end(body, |c, class| {
            c == '_' || matches!(class, Class::Word | Class::Mark | Class::Ignorable | Class::Unspaced)
        })
    }

    /// A handle: letters, digits and `_`, with `-`, `.` and one `@` (the server) between them. A full stop before a
    /// capital is the end of a sentence.
    fn handle_body_end(&self, body: usize) -> usize {
        let part_end = |from| {
            self.run_end(from, |c, class| {
                c == '_' || matches!(class, Class::Word | Class::Mark | Class::Ignorable | Class::Unspaced)
            })
        };
        let mut end = part_end(body);
        let mut server = false;
        while end > body {
            let joint = match self.char_at(end) {
                Some('-') => true,
                Some('.') => self.char_at(end + 1).is_some_and(|c| !c.is_uppercase()),
                Some('@') if !server => {
                    server = true;
                    true
                }
                _ => false,
            };
            let next = if joint { part_end(end + 1) } else { end };
            if next <= end + 1 {
                break;
            }
            end = next;
        }
        end
    }

    /// Steps over the `'s` of a tag, which belongs to no word.
    fn after_possessive(&self, end: usize) -> usize {
        match self.char_at(end).filter(|c| is_apostrophe(*c)) {
            Some(c) => {
                let s = end + c.len_utf8();
                let is_s = matches!(self.char_at(s), Some('s' | 'S'));
                if is_s && !self.is_word_at(s + 1) { s + 1 } else { end }
            }
            None => end,
        }
    }

    fn run(&mut self) -> Token<'t> {
        let start = self.at;
        let end = self.run_end(start, |_, class| matches!(class, Class::Unspaced | Class::Mark | Class::Ignorable));
        let raw = self.text.get(start..end).unwrap_or_default();
        let places = raw.chars().filter(|c| takes_place(*c)).count();
        self.token(Kind::Run, start..end, start..end, u32::try_from(places).unwrap_or(u32::MAX).max(1))
    }

    fn symbol(&mut self, first: char) -> Token<'t> {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let length = rest.graphemes(true).next().map_or(first.len_utf8(), str::len);
        self.token(Kind::Symbol, start..start + length, start..start + length, 0)
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        loop {
            let c = self.char_at(self.at)?;
            if c.is_ascii_alphanumeric() {
                return Some(self.word());
            }
            let token = match c {
                '#' | '\u{FF03}' => self.signed(Kind::Tag, c),
                '@' | '\u{FF20}' => self.signed(Kind::Handle, c),
                c if is_apostrophe(c) => {
                    self.quoted = self.is_word_at(self.at + c.len_utf8());
                    None
                }
                c if c.is_ascii() => None,
                c => match class(c) {
                    Class::Word => Some(self.word()),
                    Class::Unspaced => Some(self.run()),
                    Class::Symbol => Some(self.symbol(c)),
                    Class::Mark | Class::Ignorable | Class::Other => None,
                },
            };
            if token.is_some() {
                return token;
            }
            self.at += c.len_utf8();
        }
    }
}
