//! Takes HTML apart into tags and text, forgiving everything, in one pass and in linear time whatever it is fed.

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text with its entities still encoded.
    Text(&'a str),
    /// Text that is to be taken literally (CDATA).
    Literal(&'a str),
    /// A start tag.
    Open {
        /// Its name as written.
        name: &'a str,
        /// What stands between the name and the closing bracket.
        attributes: &'a str,
        /// The whole tag.
        whole: &'a str,
    },
    /// An end tag.
    Close {
        /// Its name as written.
        name: &'a str,
        /// The whole tag.
        whole: &'a str,
    },
}

/// The pieces of an HTML text.
pub(super) struct Pieces<'a> {
    rest: &'a str,
    /// No `>` comes any more: what looks like a tag is text.
    no_more_tags: bool,
}

impl<'a> Pieces<'a> {
    pub(super) fn of(html: &'a str) -> Self {
        Self { rest: html, no_more_tags: false }
    }

    /// Drops everything up to the end tag of this name, if there is one. `false` when there is none.
    pub(super) fn skip_to_close(&mut self, name: &str) -> bool {
        let bytes = self.rest.as_bytes();
        let mut from = 0;
        while let Some(found) = self.rest.get(from..).and_then(|rest| rest.find("</")) {
            let at = from + found + 2;
            let closes = bytes.get(at..at + name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
                && !bytes.get(at + name.len()).is_some_and(u8::is_ascii_alphanumeric);
            if closes {
                let end =
                    self.rest.get(at..).and_then(|rest| rest.find('>')).map_or(self.rest.len(), |end| at + end + 1);
                self.rest = self.rest.get(end..).unwrap_or_default();
                return true;
            }
            from = at;
        }
        false
    }

    /// Drops the rest.
    pub(super) fn stop(&mut self) {
        self.rest = "";
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// A piece that begins with `<`, or `None` when that is only a sign in a text, or nothing to tell.
    fn markup(&mut self) -> Option<Option<Piece<'a>>> {
        let rest = self.rest;
        if let Some(comment) = rest.strip_prefix("<!--") {
            let length = comment.find("-->").map_or(rest.len(), |end| end + 7);
            self.take(length);
            return Some(None);
        }
        if let Some(literal) = rest.strip_prefix("<![CDATA[") {
            let end = literal.find("]]>");
            let text = literal.get(..end.unwrap_or(literal.len())).unwrap_or_default();
            self.take(end.map_or(rest.len(), |end| end + 12));
            return Some(Some(Piece::Literal(text)));
        }
        let mut signs = rest.get(1..)?.chars();
        match signs.next()? {
            '!' | '?' => {
                let end = rest.find('>')?;
                self.take(end + 1);
                Some(None)
            }
            '/' if signs.next()?.is_ascii_alphabetic() => {
                let end = rest.find('>')?;
                let whole = self.take(end + 1);
                Some(Some(Piece::Close { name: split_name(whole.get(2..end)?).0, whole }))
            }
            letter if letter.is_ascii_alphabetic() => {
                let end = tag_end(rest)?;
                let whole = self.take(end + 1);
                let (name, attributes) = split_name(whole.get(1..end)?);
                Some(Some(Piece::Open { name, attributes, whole }))
            }
            _ => None,
        }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            if self.rest.starts_with('<') && !self.no_more_tags {
                match self.markup() {
                    Some(Some(piece)) => return Some(piece),
                    Some(None) => continue,
                    None => self.no_more_tags = !self.rest.contains('>'),
                }
            }
            if self.no_more_tags {
                return Some(Piece::Text(self.take(self.rest.len())));
            }
            let first = self.rest.chars().next().map_or(1, char::len_utf8);
            let length =
                self.rest.get(first..).and_then(|rest| rest.find('<')).map_or(self.rest.len(), |at| first + at);
            return Some(Piece::Text(self.take(length)));
        }
    }
}

fn split_name(inside: &str) -> (&str, &str) {
    let end = inside.find(|sign: char| sign.is_whitespace() || sign == '/').unwrap_or(inside.len());
    inside.split_at_checked(end).unwrap_or((inside, ""))
}

/// Where the bracket is that closes the tag, quotes respected as long as they are closed.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    let mut after_equals = false;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') if after_equals => quote = Some(byte),
            (None, b'>') => return Some(at),
            _ => {}
        }
        if quote.is_none() && !byte.is_ascii_whitespace() {
            after_equals = byte == b'=';
        }
    }
    // A quote that never closes: the first bracket it is.
    tag.find('>')
}

/// The value of an attribute, entities decoded.
pub(super) fn attribute(attributes: &str, wanted: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|sign: char| sign.is_whitespace() || sign == '/');
        let end = rest.find(|sign: char| sign.is_whitespace() || sign == '=' || sign == '/').unwrap_or(rest.len());
        if rest.is_empty() {
            return None;
        }
        let (name, after) = rest.split_at_checked(end.max(1))?;
        let after = after.trim_start();
        let Some(after) = after.strip_prefix('=') else {
            rest = after;
            continue;
        };
        let after = after.trim_start();
        let (value, after) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inside = after.get(1..).unwrap_or_default();
                inside.split_once(quote).unwrap_or((inside, ""))
            }
            _ => after.split_at_checked(after.find(char::is_whitespace).unwrap_or(after.len()))?,
        };
        if name.eq_ignore_ascii_case(wanted) {
            let mut plain = String::with_capacity(value.len());
            push_decoded(value, &mut plain);
            return Some(plain);
        }
        rest = after;
    }
}

/// What the numbers 128 to 159 mean in numeric entities: web pages mean windows-1252.
const OLD_NUMBERS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// Entities that are read without their semicolon too.
const BARE: [(&str, char); 7] =
    [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("nbsp", '\u{A0}'), ("copy", '©'), ("reg", '®')];

/// Appends text with its entities decoded once.
pub(super) fn push_decoded(text: &str, plain: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        plain.push_str(before);
        match entity(from) {
            Some((meaning, length)) => {
                plain.push_str(&meaning);
                rest = from.get(length..).unwrap_or_default();
            }
            None => {
                plain.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    plain.push_str(rest);
}

/// The meaning of the entity that the text begins with, and its length.
pub(super) fn entity(text: &str) -> Option<(String, usize)> {
    let body = text.strip_prefix('&')?;
    if let Some(number) = body.strip_prefix('#') {
        return numeric(number).map(|(sign, length)| (sign.to_string(), length + 2));
    }
    let length = body.bytes().take(33).take_while(u8::is_ascii_alphanumeric).count();
    let name = body.get(..length)?;
    if length > 0 && body.as_bytes().get(length) == Some(&b';') {
        if let Some((_, sign)) = BARE.iter().find(|(bare, _)| *bare == name) {
            return Some((sign.to_string(), length + 2));
        }
        let whole = text.get(..length + 2)?;
        let meaning = feedparser_rs::util::sanitize::decode_entities(whole);
        if meaning != whole {
            return Some((meaning, length + 2));
        }
    }
    let (bare, sign) = BARE.iter().find(|(bare, _)| *bare == name)?;
    Some((sign.to_string(), bare.len() + 1))
}

fn numeric(number: &str) -> Option<(char, usize)> {
    let (digits, radix, prefix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 1),
        None => (number, 10, 0),
    };
    let length = digits.chars().take_while(|sign| sign.is_digit(radix)).count();
    if length == 0 {
        return None;
    }
    let code = u32::from_str_radix(digits.get(..length)?, radix).unwrap_or(0);
    let sign = match code {
        128..=159 => OLD_NUMBERS.get(code as usize - 128).copied()?,
        0 => char::REPLACEMENT_CHARACTER,
        _ => char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    let closed = usize::from(digits.as_bytes().get(length) == Some(&b';'));
    Some((sign, prefix + length + closed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> String {
        let mut plain = String::new();
        push_decoded(text, &mut plain);
        plain
    }

    #[test]
    fn entities_of_every_kind_are_decoded_once() {
        for (text, meaning) in [
            ("AT&amp;T", "AT&T"),
            ("&amp;lt;", "&lt;"),
            ("&#8217;&#x2019;", "’’"),
            ("&#146;", "’"),
            ("&hellip;", "…"),
            ("R&D & co", "R&D & co"),
            ("&nosuch;", "&nosuch;"),
            ("a&nbspb", "a&nbspb"),
            ("&amp", "&"),
            ("&#0;", "\u{FFFD}"),
            ("&#99999999999;", "\u{FFFD}"),
            ("&", "&"),
            ("&#x;", "&#x;"),
            ("&Eacute;t&eacute;", "Été"),
            ("&amp &copy 2026", "& © 2026"),
        ] {
            assert_eq!(decoded(text), meaning, "{text}");
        }
    }

    #[test]
    fn attributes_are_found_in_every_dress() {
        for attributes in [r#" class=x href="a&amp;b""#, " href='a&b' x", " HREF = a&b ", r#"/ disabled href=a&amp;b"#]
        {
            assert_eq!(attribute(attributes, "href").as_deref(), Some("a&b"), "{attributes}");
        }
        assert_eq!(attribute(r#" data-href="x""#, "href"), None);
        assert_eq!(attribute(r#" alt="""#, "alt").as_deref(), Some(""));
        assert_eq!(attribute(r#" title="href=x" "#, "href"), None);
        assert_eq!(attribute("=x href=y", "href").as_deref(), Some("y"));
    }

    #[test]
    fn signs_that_are_no_tags_are_text() {
        let text = |html| {
            Pieces::of(html)
                .filter_map(|piece| match piece {
                    Piece::Text(text) => Some(text),
                    _ => None,
                })
                .collect::<String>()
        };
        assert_eq!(text("I <3 you & 1 < 2 > 0"), "I <3 you & 1 < 2 > 0");
        assert_eq!(text("a <b"), "a <b");
        assert_eq!(text("a<!-- b --><b>c</b><?d e?>"), "ac");
        assert_eq!(text(r#"<a title="1 > 0">x</a>"#), "x");
        assert_eq!(text(r#"<a title="broken>x</a>y"#), "xy");
        assert_eq!(text("é<é"), "é<é");
    }
}
