//! What a place publishes at a moment, as RSS, Atom or JSON Feed.

use std::fmt::Write as _;

use serde_json::json;

use super::scenario::{Format, Post};
use crate::domain::Timestamp;

/// An entry of a place: a post, its number in the scenario and the moment it was published.
pub(super) struct Entry<'a> {
    pub(super) number: usize,
    pub(super) at: Timestamp,
    pub(super) post: &'a Post,
}

impl Entry<'_> {
    fn id(&self) -> String {
        format!("tag:{}.example,2026:{}", self.post.place, self.number)
    }

    fn link(&self) -> String {
        self.post.link.clone().unwrap_or_else(|| format!("https://{}.example/posts/{}", self.post.place, self.number))
    }
}

/// Media type of a format.
pub(super) fn media_type(format: Format) -> &'static str {
    match format {
        Format::Rss => "application/rss+xml; charset=utf-8",
        Format::Atom => "application/atom+xml; charset=utf-8",
        Format::Json => "application/feed+json; charset=utf-8",
        Format::Town => "application/json",
    }
}

/// The document, newest entry first as given.
pub(super) fn document(format: Format, place: &str, entries: &[Entry<'_>]) -> String {
    match format {
        Format::Rss => rss(place, entries),
        Format::Atom => atom(place, entries),
        Format::Json | Format::Town => json_feed(place, entries),
    }
}

fn rss(place: &str, entries: &[Entry<'_>]) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
         <channel><title>{place}</title><link>https://{place}.example/</link><description>{place}</description>\n",
        place = escape(place)
    );
    for entry in entries {
        let date = jiff::fmt::rfc2822::to_string(&entry.at.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_default();
        let _ = writeln!(
            xml,
            "<item><guid isPermaLink=\"false\">{}</guid><link>{}</link><title>{}</title><pubDate>{date}</pubDate>\
             <dc:creator>{}</dc:creator><description>{}</description></item>",
            escape(&entry.id()),
            escape(&entry.link()),
            escape(&entry.post.title),
            escape(&entry.post.by),
            escape(&paragraphs(&entry.post.text)),
        );
    }
    xml.push_str("</channel></rss>\n");
    xml
}

fn atom(place: &str, entries: &[Entry<'_>]) -> String {
    let updated = entries.first().map(|entry| entry.at.to_string()).unwrap_or_default();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>tag:{place}.example,2026:feed</id>\
         <title>{place}</title><updated>{updated}</updated>\n",
        place = escape(place)
    );
    for entry in entries {
        let _ = writeln!(
            xml,
            "<entry><id>{}</id><link href=\"{}\"/><title>{}</title><published>{at}</published><updated>{at}</updated>\
             <author><name>{}</name></author><content type=\"html\">{}</content></entry>",
            escape(&entry.id()),
            escape(&entry.link()),
            escape(&entry.post.title),
            escape(&entry.post.by),
            escape(&paragraphs(&entry.post.text)),
            at = entry.at,
        );
    }
    xml.push_str("</feed>\n");
    xml
}

fn json_feed(place: &str, entries: &[Entry<'_>]) -> String {
    let items: Vec<_> = entries
        .iter()
        .map(|entry| {
            let mut item = json!({
                "id": entry.id(),
                "url": entry.link(),
                "content_text": entry.post.text,
                "date_published": entry.at.to_string(),
                "authors": [{ "name": entry.post.by }],
            });
            if !entry.post.title.is_empty()
                && let Some(fields) = item.as_object_mut()
            {
                fields.insert("title".to_owned(), json!(entry.post.title));
            }
            item
        })
        .collect();
    json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": place,
        "home_page_url": format!("https://{place}.example/"),
        "items": items,
    })
    .to_string()
}

/// Plain words as the simple markup that feeds carry.
fn paragraphs(text: &str) -> String {
    text.split('\n').map(|line| format!("<p>{}</p>", escape(line))).collect()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post() -> Post {
        Post {
            at: 0.0,
            place: "forum".to_owned(),
            id: None,
            to: None,
            by: "ana & co".to_owned(),
            title: "1 < 2".to_owned(),
            text: "first\n<b>second</b>".to_owned(),
            link: None,
            followers: 0,
            then: Vec::new(),
        }
    }

    #[test]
    fn every_format_carries_the_post_escaped() {
        let post = post();
        let entries = [Entry { number: 7, at: Timestamp::UNIX_EPOCH, post: &post }];
        let rss = document(Format::Rss, "forum", &entries);
        assert!(rss.contains("<pubDate>Thu, 1 Jan 1970 00:00:00 +0000</pubDate>"), "{rss}");
        assert!(rss.contains("<title>1 &lt; 2</title>"));
        assert!(rss.contains("&lt;p&gt;&amp;lt;b&amp;gt;second"));
        let atom = document(Format::Atom, "forum", &entries);
        assert!(atom.contains("<name>ana &amp; co</name>"));
        assert!(atom.contains("<published>1970-01-01T00:00:00Z</published>"));
        let json: serde_json::Value = serde_json::from_str(&document(Format::Json, "forum", &entries)).unwrap();
        assert_eq!(json["items"][0]["content_text"], "first\n<b>second</b>");
        assert_eq!(json["items"][0]["id"], "tag:forum.example,2026:7");
    }
}
