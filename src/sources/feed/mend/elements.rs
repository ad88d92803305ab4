//! What is mended in elements:
//! - empty ones that the parser would swallow the next element with (`<title/>`) are written out;
//! - HTML that stands in a text element without being escaped is escaped: otherwise the text ends at its first
//!   tag, and an unclosed `<br>` costs all entries that follow;
//! - an RSS version that nobody ever published (`2.0.1`) becomes 2.0;
//! - entries outside of the channel are taken into it;
//! - an empty link goes, which the parser would take for one to the site itself;
//! - Atom's `<link href="…"/>` in RSS becomes a link of RSS;
//! - old and borrowed names (`fullitem`, `dcterms:issued`) become those that the parser knows;
//! - CDATA that never ends begins nothing.

use crate::sources::feed::markup::attribute;

use super::{Mender, escaped, push_escaped};

/// Empty elements that are written out with an end tag.
const WRITTEN_OUT: [&str; 9] =
    ["author", "title", "link", "description", "guid", "pubDate", "category", "comments", "source"];
/// Elements of RSS that hold text or escaped HTML.
const TEXTS_OF_RSS: [&str; 10] = [
    "title",
    "description",
    "content:encoded",
    "summary",
    "fullitem",
    "body",
    "xhtml:body",
    "itunes:summary",
    "media:title",
    "media:description",
];
/// Elements of Atom that hold text, escaped HTML, or well-formed XHTML.
const TEXTS_OF_ATOM: [&str; 5] = ["title", "subtitle", "summary", "content", "tagline"];
/// Names in entries of RSS that the parser knows under another name.
const RENAMED: [(&str, &str); 11] = [
    ("fullitem", "content:encoded"),
    ("body", "content:encoded"),
    ("xhtml:body", "content:encoded"),
    ("dcterms:issued", "dc:date"),
    ("dcterms:created", "dc:date"),
    ("dcterms:modified", "dc:date"),
    ("updated", "dc:date"),
    ("published", "dc:date"),
    ("issued", "dc:date"),
    ("modified", "dc:date"),
    ("created", "dc:date"),
];
/// RSS versions that the parser knows.
const VERSIONS: [&str; 4] = ["0.90", "0.91", "0.92", "2.0"];
/// How far the end of a tag is looked for.
const LONGEST_TAG: usize = 4096;
/// Deepest well-formed markup in a text that is left to the parser.
const DEEPEST: usize = 100;

/// What stands in a text element.
struct Inside {
    /// Where its end tag begins.
    end: usize,
    markup: bool,
    well_formed: bool,
}

impl Mender<'_> {
    /// Goes over what begins with `<`; returns where to go on.
    pub(super) fn tag(&mut self, at: usize) -> usize {
        let rest = self.source.get(at..).unwrap_or_default();
        let after = |sign: &str| rest.find(sign).map(|end| at + end + sign.len());
        if rest.starts_with("<![CDATA[") {
            if at < self.last_literal_end
                && let Some(end) = after("]]>")
            {
                self.clean(at, end);
                return end;
            }
            self.repaired = true;
            return self.replace(at, 9, "");
        }
        if rest.starts_with("<!--") {
            return self.passed_over(at, after("-->"));
        }
        match rest.as_bytes().get(1) {
            Some(b'?') => self.passed_over(at, after("?>")),
            // A doctype stands before the root; later it is a text that was not escaped.
            Some(b'!') if !self.has_root => at + 2,
            Some(b'/') => self.end_tag(at, rest),
            Some(byte) if byte.is_ascii_alphabetic() || *byte == b'_' || *byte == b':' || *byte >= 0x80 => {
                self.has_root = true;
                self.start_tag(at, rest)
            }
            _ => {
                self.repaired = true;
                self.replace(at, 1, "&lt;")
            }
        }
    }

    /// A comment or an instruction, up to the end when it is never closed: nothing in it counts, but what XML
    /// forbids must not stay in it either.
    fn passed_over(&mut self, at: usize, end: Option<usize>) -> usize {
        let end = end.unwrap_or(self.source.len());
        self.clean(at, end);
        end
    }

    fn start_tag(&mut self, at: usize, rest: &str) -> usize {
        let name = name_of(rest.get(1..).unwrap_or_default());
        match name {
            "item" | "entry" => self.entries += 1,
            "feed" => self.is_rss = false,
            "rss" => return self.root(at, rest),
            _ if name.ends_with(":item") || name.ends_with(":entry") => self.entries += 1,
            _ => {}
        }
        let texts: &[&str] = if self.is_rss { &TEXTS_OF_RSS } else { &TEXTS_OF_ATOM };
        let renamed = self.renamed(name);
        let is_text = texts.contains(&name);
        let is_written_out = self.is_rss && WRITTEN_OUT.contains(&name);
        if !is_text && !is_written_out && renamed.is_none() {
            return at + 1 + name.len();
        }
        let Some(close) = end_of_tag(rest) else { return at + 1 + name.len() };
        let attributes = rest.get(1 + name.len()..close).unwrap_or_default();
        if attributes.ends_with('/') {
            return self.empty_element(at, name, attributes, close, is_written_out);
        }
        let after = rest.get(close + 1..).unwrap_or_default();
        if name == "link" && self.is_rss && after.trim_start().starts_with("</link>") {
            let end = after.find('>').map_or(close + 1, |end| close + 2 + end);
            return self.replace(at, end, "");
        }
        if let Some(renamed) = renamed {
            self.replace(at + 1, name.len(), renamed);
        }
        if is_text {
            self.text_element(at, name, attributes, renamed);
        }
        // Attributes may hold bare ampersands: go on inside the tag, unless it was rewritten.
        self.copied.max(at + 1 + name.len())
    }

    /// The name under which the parser knows an element of an entry of RSS.
    fn renamed(&self, name: &str) -> Option<&'static str> {
        if !self.is_rss || self.entries == 0 {
            return None;
        }
        RENAMED.iter().find(|(old, _)| *old == name).map(|(_, new)| *new)
    }

    fn empty_element(&mut self, at: usize, name: &str, attributes: &str, close: usize, written_out: bool) -> usize {
        if !written_out {
            return at + 1 + name.len();
        }
        if name == "link"
            && let Some(href) = attribute(attributes.trim_end_matches('/'), "href")
        {
            return match attribute(attributes, "rel").as_deref() {
                None | Some("alternate" | "") => {
                    self.replace(at, close + 1, &format!("<link>{}</link>", escaped(&href)))
                }
                Some(_) => {
                    self.replace(at + 1, 0, "atom:");
                    at + 1 + name.len()
                }
            };
        }
        if name == "link" {
            return self.replace(at, close + 1, "");
        }
        // From the slash on; what stands before it is gone over as usual.
        let slash = at + close - 1;
        self.ampersands(at + 1 + name.len(), slash);
        self.replace(slash, 2, &format!("></{name}>"))
    }

    /// Escapes what stands in a text element, if it is markup that the parser would stumble over.
    fn text_element(&mut self, at: usize, name: &str, attributes: &str, renamed: Option<&'static str>) {
        let close = 1 + name.len() + attributes.len();
        let Some(inside) = self.look_inside(name, at + close + 1) else { return };
        if !self.is_rss && !inside.markup && attributes.contains("xhtml") {
            // The parser wants an element in XHTML, and loses a bare text.
            self.replace(at, close + 1, &format!("<{name} type=\"html\">"));
            return;
        }
        if !inside.markup || (!self.is_rss && inside.well_formed) {
            return;
        }
        self.repaired = true;
        let text = self.source.get(at + close + 1..inside.end).unwrap_or_default();
        let kind = if self.is_rss { "" } else { " type=\"html\"" };
        let mut instead = format!("<{}{kind}>", renamed.unwrap_or(name));
        push_escaped(text, &mut instead);
        // A renamed start tag was begun already: overwrite only what follows its name.
        let (from, instead) = match renamed {
            Some(renamed) => (at + 1 + name.len(), instead.get(1 + renamed.len()..).unwrap_or_default().to_owned()),
            None => (at, instead),
        };
        self.replace(from, inside.end - from, &instead);
    }

    /// What stands between here and the end tag of this name. `None` when the element is not closed before
    /// another of its name begins or the entry ends.
    fn look_inside(&self, name: &str, from: usize) -> Option<Inside> {
        let mut inside = Inside { end: from, markup: false, well_formed: true };
        let mut open: Vec<&str> = Vec::new();
        let mut at = from;
        loop {
            at += self.source.get(at..)?.find('<')?;
            let rest = self.source.get(at..)?;
            if rest.starts_with("<![CDATA[") {
                at += if at < self.last_literal_end { rest.find("]]>")? } else { return None };
                continue;
            }
            let (closing, tag) = match rest.get(1..)?.strip_prefix('/') {
                Some(tag) => (true, name_of(tag)),
                None => (false, name_of(rest.get(1..)?)),
            };
            if tag == name {
                inside.end = at;
                inside.well_formed &= open.is_empty();
                return closing.then_some(inside);
            }
            if matches!(tag, "item" | "entry" | "channel") {
                return None;
            }
            let is_tag = tag.starts_with(|sign: char| sign.is_ascii_alphabetic()) || rest.starts_with("<!");
            inside.markup |= is_tag;
            if is_tag && closing {
                inside.well_formed &= open.pop() == Some(tag);
            } else if is_tag && inside.well_formed && !rest.starts_with("<!") {
                let empty = end_of_tag(rest).is_some_and(|end| rest.as_bytes().get(end - 1) == Some(&b'/'));
                if !empty {
                    open.push(tag);
                }
                inside.well_formed &= open.len() <= DEEPEST;
            }
            at += 1;
        }
    }

    fn end_tag(&mut self, at: usize, rest: &str) -> usize {
        let name = name_of(rest.get(2..).unwrap_or_default());
        if let Some(renamed) = self.renamed(name) {
            return self.replace(at + 2, name.len(), renamed);
        }
        if name == "channel" && self.has_rss_root {
            let close = end_of_tag(rest).map_or(rest.len(), |end| end + 1);
            if rest.get(close..).is_some_and(|after| after.trim_start().starts_with("<item")) {
                self.owes_channel_end = true;
                return self.replace(at, close, "");
            }
        }
        if name == "rss" && std::mem::take(&mut self.owes_channel_end) {
            self.replace(at, 0, "</channel>");
        }
        at + 2
    }

    fn root(&mut self, at: usize, rest: &str) -> usize {
        if std::mem::replace(&mut self.has_rss_root, true) {
            return at + 4;
        }
        let Some(close) = end_of_tag(rest) else { return at + 4 };
        let tag = rest.get(..close).unwrap_or_default();
        if let Some((from, length)) = version(tag) {
            self.replace(at + from, length, "2.0");
        }
        if !self.source.contains("<channel") && !tag.ends_with('/') {
            self.owes_channel_end = true;
            return self.replace(at + close, 1, "><channel>");
        }
        at + close
    }
}

/// Where the version stands in the root's tag, if it is one that the parser does not know.
fn version(tag: &str) -> Option<(usize, usize)> {
    let name = tag.find("version")?;
    let quote = name + tag.get(name..)?.find(['"', '\''])?;
    let sign = tag.get(quote..=quote)?;
    let inside = tag.get(quote + 1..)?;
    let length = inside.find(sign)?;
    (!VERSIONS.contains(&inside.get(..length)?)).then_some((quote + 1, length))
}

fn name_of(tag: &str) -> &str {
    let end = tag
        .bytes()
        .take(LONGEST_TAG)
        .position(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>' | b'<'));
    end.and_then(|end| tag.get(..end)).unwrap_or_default()
}

/// Where the bracket is that closes the tag; quotes respected.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate().take(LONGEST_TAG) {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return Some(at),
            // Another tag begins: this one was none.
            (None, b'<') if at > 0 => return None,
            _ => {}
        }
    }
    None
}
