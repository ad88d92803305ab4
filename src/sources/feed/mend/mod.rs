//! Mends what feeds get wrong in their XML, before the parser gives up on it and drops what it had.
//!
//! One pass that copies only from the first thing that needs mending on. Signs: bare `&` and HTML's named
//! entities, which XML does not know, become characters; signs that XML forbids go; `<` that begins no tag becomes
//! text; whatever stands before the first tag goes. Elements: see [`elements`]. Then hosts on private networks are
//! put under cover names ([`covers`]) and dates that the parser would choke on are defused ([`dates`]).

mod covers;
mod dates;
mod elements;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::markup::entity;
use covers::put_under_cover;
use dates::defuse_dates;

pub(super) use covers::Covers;

/// Entities that XML itself knows.
const OF_XML: [&str; 5] = ["amp", "lt", "gt", "quot", "apos"];
/// A feed's text, mended.
pub(super) struct Mended<'a> {
    pub(super) text: Cow<'a, str>,
    /// How many entries it holds, roughly, never too few.
    pub(super) entries: usize,
    /// Something was wrong with it that a person might want to hear of.
    pub(super) repaired: bool,
    /// Hosts under a cover name.
    pub(super) covers: Covers,
}

/// Mends an XML feed.
pub(super) fn mend(text: &str) -> Mended<'_> {
    let start = text.find('<').unwrap_or(0);
    let source = text.get(start..).unwrap_or(text);
    let mut mender = Mender {
        source,
        last_literal_end: source.rfind("]]>").unwrap_or(0),
        copied: 0,
        out: None,
        entries: 0,
        repaired: start > 0 && !text.get(..start).is_some_and(|before| before.trim().is_empty()),
        is_rss: true,
        has_root: false,
        has_rss_root: false,
        owes_channel_end: false,
    };
    mender.run();
    let text = match mender.out {
        Some(mut out) => {
            out.push_str(mender.source.get(mender.copied..).unwrap_or_default());
            Cow::Owned(out)
        }
        None => Cow::Borrowed(mender.source),
    };
    let (text, covers) = put_under_cover(text);
    let text = defuse_dates(text);
    Mended { text, entries: mender.entries, repaired: mender.repaired, covers }
}

struct Mender<'a> {
    source: &'a str,
    /// Where CDATA ends for the last time.
    last_literal_end: usize,
    /// Everything before this was taken over.
    copied: usize,
    out: Option<String>,
    entries: usize,
    repaired: bool,
    /// It is not Atom.
    is_rss: bool,
    /// The first start tag was passed.
    has_root: bool,
    /// Its root is `rss`.
    has_rss_root: bool,
    /// The end of the channel was taken out and must come before the end of the root.
    owes_channel_end: bool,
}

impl<'a> Mender<'a> {
    fn run(&mut self) {
        let bytes = self.source.as_bytes();
        let mut at = 0;
        while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| needs_a_look(*byte))) {
            at += found;
            at = match bytes.get(at) {
                Some(b'<') => self.tag(at),
                Some(b'&') => self.ampersand(at),
                // U+FFFE and U+FFFF begin with the byte that also begins ordinary letters.
                Some(0xEF) => match bytes.get(at + 1..at + 3) {
                    Some([0xBF, 0xBE | 0xBF]) => self.replace(at, 3, ""),
                    _ => at + 3,
                },
                _ => self.replace(at, 1, ""),
            };
        }
    }

    /// Writes `instead` for the `length` bytes at `at`; returns where to go on.
    fn replace(&mut self, at: usize, length: usize, instead: &str) -> usize {
        let out = self.out.get_or_insert_with(|| String::with_capacity(self.source.len() + 64));
        out.push_str(self.source.get(self.copied..at).unwrap_or_default());
        out.push_str(instead);
        self.copied = at + length;
        self.copied
    }

    fn ampersand(&mut self, at: usize) -> usize {
        let rest = self.source.get(at..).unwrap_or_default();
        let name_length =
            rest.bytes().skip(1).take(40).take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#').count();
        let name = rest.get(1..=name_length).unwrap_or_default();
        let closed = rest.as_bytes().get(name_length + 1) == Some(&b';');
        if closed && OF_XML.contains(&name) {
            return at + name_length + 2;
        }
        match entity(rest) {
            Some((meaning, length)) if closed || name.starts_with('#') => {
                let numeric = name.starts_with('#');
                let kept: String = meaning.chars().filter(|sign| is_allowed(*sign)).collect();
                self.repaired |= !numeric;
                self.replace(at, length, &escaped(&kept))
            }
            _ => {
                self.repaired = true;
                self.replace(at, 1, "&amp;")
            }
        }
    }

    /// Goes over the bare ampersands of a stretch within a tag.
    fn ampersands(&mut self, from: usize, to: usize) {
        let mut at = from;
        while let Some(found) = self.source.get(at..to).and_then(|rest| rest.find('&')) {
            at = self.ampersand(at + found);
        }
    }

    /// Takes signs out of a literal piece that XML forbids.
    fn clean(&mut self, from: usize, to: usize) {
        let bytes = self.source.as_bytes();
        let mut at = from;
        while let Some(found) = bytes.get(at..to).and_then(|rest| rest.iter().position(|byte| is_control(*byte))) {
            at = self.replace(at + found, 1, "");
        }
    }
}

fn needs_a_look(byte: u8) -> bool {
    byte == b'<' || byte == b'&' || byte == 0xEF || is_control(byte)
}

fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')
}

fn is_allowed(sign: char) -> bool {
    !matches!(sign, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}')
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    push_escaped(text, &mut escaped);
    escaped
}

/// Appends text so that XML reads it as exactly this text, without the signs that it forbids.
fn push_escaped(text: &str, out: &mut String) {
    for sign in text.chars().filter(|sign| is_allowed(*sign)) {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            sign => out.push(sign),
        }
    }
}
