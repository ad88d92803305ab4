//! The parser empties links to hosts on private networks. Those hosts are given a cover name before it reads,
//! which is lifted from everything that it read: a company's own forum and a demonstration on loopback have links.

use std::borrow::Cow;
use std::collections::HashMap;

/// Most hosts that get a cover name.
const MOST: usize = 64;
/// Domain of cover names; reserved, so that no feed means it.
const COVER: &str = "under-cover.example";

/// Which cover name stands for which host.
#[derive(Default)]
pub(in crate::sources::feed) struct Covers {
    hosts: Vec<String>,
}

impl Covers {
    /// The text with every cover name lifted.
    pub(in crate::sources::feed) fn lift(&self, text: String) -> String {
        if self.hosts.is_empty() || !text.contains(COVER) {
            return text;
        }
        self.hosts.iter().enumerate().fold(text, |text, (index, host)| text.replace(&cover(index), host))
    }
}

fn cover(index: usize) -> String {
    format!("h{index}x.{COVER}")
}

/// Gives every host that the parser would not let through a name under which it does.
pub(super) fn put_under_cover(text: Cow<'_, str>) -> (Cow<'_, str>, Covers) {
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
            let refused = covers.hosts.len() < MOST
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
