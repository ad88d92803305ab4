//! Mends what feeds get wrong in their XML, before the parser gives up on it and drops what it had.
//!
//! One pass that copies only from the first thing that needs mending on:
//! - bare `&` and HTML's named entities, which XML does not know, become characters;
//! - signs that XML forbids go;
//! - `<` that begins no tag becomes text;
//! - whatever stands before the first tag goes;
//! - empty elements that the parser would swallow the next element with (`<title/>`) are written out;
//! - an RSS version that nobody ever published (`2.0.1`) becomes 2.0;
//! - a text that looks like `2026-1` but is not ASCII, which the parser's dates choke on, becomes ASCII;
//! - names of hosts on private networks are put under a cover name, because the parser empties links to them.

use std::borrow::Cow;
use std::collections::HashMap;

use super::markup::entity;

/// Empty elements that are written out with an end tag.
const WRITTEN_OUT: [&str; 9] =
    ["author", "title", "link", "description", "guid", "pubDate", "category", "comments", "source"];
/// Entities that XML itself knows.
const OF_XML: [&str; 5] = ["amp", "lt", "gt", "quot", "apos"];
/// RSS versions that the parser knows.
const VERSIONS: [&str; 4] = ["0.90", "0.91", "0.92", "2.0"];
/// How far the end of a tag is looked for.
const LONGEST_TAG: usize = 4096;
/// Most hosts that get a cover name.
const MOST_COVERS: usize = 64;
/// Domain of cover names; reserved, so that no feed means it.
const COVER: &str = "under-cover.example";

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

/// Which cover name stands for which host.
#[derive(Default)]
pub(super) struct Covers {
    hosts: Vec<String>,
}

impl Covers {
    /// The text with every cover name lifted.
    pub(super) fn lift(&self, text: String) -> String {
        if self.hosts.is_empty() || !text.contains(COVER) {
            return text;
        }
        self.hosts.iter().enumerate().fold(text, |text, (index, host)| text.replace(&cover(index), host))
    }
}

fn cover(index: usize) -> String {
    format!("h{index}x.{COVER}")
}

/// Mends an XML feed.
pub(super) fn mend(text: &str) -> Mended<'_> {
    let start = text.find('<').unwrap_or(0);
    let mut mender = Mender {
        source: text.get(start..).unwrap_or(text),
        copied: 0,
        out: None,
        entries: 0,
        repaired: start > 0 && !text.get(..start).is_some_and(|before| before.trim().is_empty()),
        is_rss: true,
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
    /// Everything before this was taken over.
    copied: usize,
    out: Option<String>,
    entries: usize,
    repaired: bool,
    is_rss: bool,
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

    /// Goes over what begins with `<`.
    fn tag(&mut self, at: usize) -> usize {
        let rest = self.source.get(at..).unwrap_or_default();
        let to_after = |sign: &str| rest.find(sign).map_or(self.source.len(), |end| at + end + sign.len());
        if rest.starts_with("<![CDATA[") {
            let end = to_after("]]>");
            self.clean(at, end);
            return end;
        }
        if rest.starts_with("<!--") {
            return to_after("-->");
        }
        match rest.as_bytes().get(1) {
            Some(b'?') => to_after("?>"),
            Some(b'!') => at + 2,
            Some(b'/') => at + 2,
            Some(byte) if byte.is_ascii_alphabetic() || *byte == b'_' || *byte == b':' || *byte >= 0x80 => {
                self.start_tag(at, rest)
            }
            _ => {
                self.repaired = true;
                self.replace(at, 1, "&lt;")
            }
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

    fn start_tag(&mut self, at: usize, rest: &str) -> usize {
        let end = rest
            .bytes()
            .position(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>'))
            .unwrap_or(rest.len());
        let name = rest.get(1..end).unwrap_or_default();
        match name {
            "item" | "entry" => self.entries += 1,
            "feed" => self.is_rss = false,
            "rss" => return self.version(at, rest),
            _ if name.ends_with(":item") || name.ends_with(":entry") => self.entries += 1,
            _ => {}
        }
        if self.is_rss && WRITTEN_OUT.contains(&name) {
            let Some(close) = rest.bytes().take(LONGEST_TAG).position(|byte| byte == b'>') else { return at + end };
            if rest.as_bytes().get(close.wrapping_sub(1)) == Some(&b'/') {
                return self.replace(at + close - 1, 2, &format!("></{name}>"));
            }
        }
        at + end.max(1)
    }

    fn version(&mut self, at: usize, rest: &str) -> usize {
        let end = rest.bytes().take(LONGEST_TAG).position(|byte| byte == b'>');
        let Some(tag) = end.and_then(|end| rest.get(..end)) else { return at + 4 };
        let Some(found) = tag.find("version") else { return at + 4 };
        let value = tag.get(found + 7..).unwrap_or_default();
        let Some(quote) = value.find(['"', '\'']) else { return at + 4 };
        let sign = value.get(quote..=quote).unwrap_or("\"");
        let inside = value.get(quote + 1..).unwrap_or_default();
        let Some(length) = inside.find(sign) else { return at + 4 };
        let version = inside.get(..length).unwrap_or_default();
        if VERSIONS.contains(&version) {
            return at + 4;
        }
        self.replace(at + found + 7 + quote + 1, length, "2.0")
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

fn escaped(text: &str) -> Cow<'_, str> {
    match text {
        "&" => "&amp;".into(),
        "<" => "&lt;".into(),
        ">" => "&gt;".into(),
        "\"" => "&quot;".into(),
        "'" => "&apos;".into(),
        other => other.into(),
    }
}

/// Gives every host that the parser would not let through a name under which it does.
fn put_under_cover(text: Cow<'_, str>) -> (Cow<'_, str>, Covers) {
    let mut covers = Covers::default();
    let mut known: HashMap<&str, Option<usize>> = HashMap::new();
    let mut out: Option<String> = None;
    let mut copied = 0;
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find("://")) {
        let at = from + found + 3;
        let rest = text.get(at..).unwrap_or_default();
        let end = rest.find(|sign: char| "/?#<>\"'&\\".contains(sign) || sign.is_whitespace()).unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or_default();
        from = at;
        if authority.is_empty() || authority.len() > 255 {
            continue;
        }
        let host_at = authority.rfind('@').map_or(0, |sign| sign + 1);
        let with_port = authority.get(host_at..).unwrap_or_default();
        let host_length = match with_port.strip_prefix('[') {
            Some(_) => with_port.find(']').map_or(with_port.len(), |end| end + 1),
            None => with_port.find(':').unwrap_or(with_port.len()),
        };
        let host = with_port.get(..host_length).unwrap_or_default();
        let index = *known.entry(host).or_insert_with(|| {
            let refused = covers.hosts.len() < MOST_COVERS
                && !feedparser_rs::util::is_safe_url(&format!("http://{host}/"))
                && url::Url::parse(&format!("http://{host}/")).is_ok();
            refused.then(|| {
                covers.hosts.push(host.to_owned());
                covers.hosts.len() - 1
            })
        });
        if let Some(index) = index {
            let out = out.get_or_insert_with(|| String::with_capacity(text.len() + 1024));
            out.push_str(text.get(copied..at + host_at).unwrap_or_default());
            out.push_str(&cover(index));
            copied = at + host_at + host_length;
        }
    }
    let mended = out.map(|mut out| {
        out.push_str(text.get(copied..).unwrap_or_default());
        out
    });
    drop(known);
    match mended {
        Some(mended) => (Cow::Owned(mended), covers),
        None => (text, covers),
    }
}

/// Replaces what is not ASCII in texts of exactly seven bytes whose fifth sign is a dash.
fn defuse_dates(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.is_ascii() {
        return text;
    }
    let mut dangerous = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive('<') {
        let inside = piece.rsplit_once(['>', '[']).map_or(piece, |(_, inside)| inside);
        let bare = inside.trim_end_matches('<').trim_end_matches("]]").trim();
        if bare.len() == 7 && bare.chars().nth(4) == Some('-') && !bare.is_char_boundary(4) {
            dangerous.push(at..at + piece.len());
        }
        at += piece.len();
    }
    if dangerous.is_empty() {
        return text;
    }
    let mut safe = String::with_capacity(text.len());
    let mut copied = 0;
    for range in dangerous {
        safe.push_str(text.get(copied..range.start).unwrap_or_default());
        let piece = text.get(range.clone()).unwrap_or_default();
        safe.extend(piece.chars().map(|sign| if sign.is_ascii() { sign } else { '?' }));
        copied = range.end;
    }
    safe.push_str(text.get(copied..).unwrap_or_default());
    safe.into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mended(text: &str) -> String {
        mend(text).text.into_owned()
    }

    #[test]
    fn a_sound_feed_is_not_copied() {
        let sound = "<rss version=\"2.0\"><channel><item><title>AT&amp;T — é</title></item></channel></rss>";
        let result = mend(sound);
        assert!(matches!(result.text, Cow::Borrowed(_)) && !result.repaired);
        assert_eq!(result.entries, 1);
    }

    #[test]
    fn what_xml_does_not_know_becomes_what_was_meant() {
        for (wrong, right) in [
            ("<a>AT&T & co</a>", "<a>AT&amp;T &amp; co</a>"),
            ("<a>caf&eacute;&nbsp;x &lt;b&gt;</a>", "<a>café\u{A0}x &lt;b&gt;</a>"),
            ("<a b='?x=1&y=2&copy=3'/>", "<a b='?x=1&amp;y=2&amp;copy=3'/>"),
            ("<a>&#146;&#x26;&#60;&#0;&#x1f;</a>", "<a>’&amp;&lt;\u{FFFD}</a>"),
            ("<a>1 < 2 <3</a>", "<a>1 &lt; 2 &lt;3</a>"),
            ("<a>x\u{0}\u{8}\u{FFFE}\u{1F}y\u{FB01}</a>", "<a>xy\u{FB01}</a>"),
            ("<a><![CDATA[R&D < \u{1}]]></a>", "<a><![CDATA[R&D < ]]></a>"),
            ("Warning: x in y.php\n<a/>", "<a/>"),
            ("<!-- a & b --><a/>", "<!-- a & b --><a/>"),
        ] {
            assert_eq!(mended(wrong), right);
        }
    }

    #[test]
    fn empty_elements_and_odd_versions_are_written_as_the_parser_wants_them() {
        assert_eq!(mended("<item><title/><link /><b/></item>"), "<item><title></title><link ></link><b/></item>");
        assert_eq!(mended("<feed><title/></feed>"), "<feed><title/></feed>");
        assert_eq!(mended("<rss a='b' version = '2.0.1'>"), "<rss a='b' version = '2.0'>");
        assert_eq!(mended("<rss version=\"0.94\">"), "<rss version=\"2.0\">");
        assert_eq!(mended("<rss version=\"0.91\">"), "<rss version=\"0.91\">");
        assert_eq!(mended("<rss>"), "<rss>");
    }

    #[test]
    fn hosts_on_private_networks_travel_under_cover_and_come_back() {
        let text = "<link>http://127.0.0.1:8080/a</link><a href='https://forum.lan/b?c=http://localhost/'/><link>http://a.example/</link>";
        let result = mend(text);
        assert!(!result.text.contains("127.0.0.1") && !result.text.contains("forum.lan"));
        assert!(result.text.contains("http://a.example/"));
        assert_eq!(result.covers.lift(result.text.into_owned()), text);
    }

    proptest! {
        #[test]
        fn anything_is_mended_and_only_once(text in "(<[/!a-z]{0,5}|[ -~]|\\PC|&#?x?[0-9a-z]{0,9};?|://(10.0.0.1|a)|<!\\[CDATA\\[|\\]\\]>){0,60}") {
            let once = mended(&text);
            let again = mend(&once);
            let forbidden = again.text.contains('\0');
            prop_assert!(!forbidden);
            prop_assert_eq!(again.covers.lift(again.text.clone().into_owned()), once);
        }
    }
}
