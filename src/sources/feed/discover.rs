//! Finds the feeds of a site that was given by one of its pages.

use std::collections::HashSet;
use std::fmt;

use url::Url;

use super::markup::{Piece, Pieces, attribute};
use super::words;
use crate::sources::http::redact;

/// Most feeds that are named of one page.
const MOST: usize = 20;
/// How much of a page is searched, in bytes.
const FAR: usize = 2 * 1024 * 1024;
/// Where sites keep their feed when their pages do not say.
pub(super) const USUAL_PLACES: [&str; 6] = ["/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/rss"];

/// A feed that a page points to.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
pub struct Candidate {
    /// Its address.
    pub url: String,
    /// Its title, as the page calls it; may be empty.
    pub title: String,
    /// The page declares it as a feed of its own; otherwise it is only linked to and looks like one.
    pub declared: bool,
}

/// A page for one reader may point to a feed with their token.
impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Candidate")
            .field("url", &redact(&self.url))
            .field("title", &self.title)
            .field("declared", &self.declared)
            .finish()
    }
}

/// The feeds that a page points to, declared ones first, each once, in the page's order.
pub fn candidates(html: &str, page: &Url) -> Vec<Candidate> {
    let far = (0..=html.len().min(FAR)).rev().find(|at| html.is_char_boundary(*at)).unwrap_or(0);
    let mut base = page.clone();
    let mut found: Vec<Candidate> = Vec::new();
    for piece in Pieces::of(html.get(..far).unwrap_or_default()) {
        let Piece::Open { name, attributes, .. } = piece else { continue };
        if name.eq_ignore_ascii_case("base") {
            let href = attribute(attributes, "href").and_then(|href| page.join(href.trim()).ok());
            base = href.unwrap_or(base);
            continue;
        }
        let declared = if name.eq_ignore_ascii_case("link") && is_declared(attributes) {
            true
        } else if name.eq_ignore_ascii_case("a") {
            false
        } else {
            continue;
        };
        let Some(href) = attribute(attributes, "href") else { continue };
        let Some(url) = words::web_address(&href, Some(&base)) else { continue };
        if declared || looks_like_a_feed(&url, &base) {
            let title = attribute(attributes, "title").map(|title| words::one_line(&title)).unwrap_or_default();
            found.push(Candidate { url, title, declared });
        }
    }
    found.sort_by_key(|candidate| !candidate.declared);
    let mut seen = HashSet::new();
    found.retain(|candidate| seen.insert(candidate.url.clone()) && candidate.url != page.as_str());
    found.truncate(MOST);
    found
}

/// The one to take without asking: the only declared one, comments and other writings of the same one left
/// aside; else the only one that is linked to. `None` when a person must choose.
pub(super) fn obvious(candidates: &[Candidate]) -> Option<&Candidate> {
    let of_comments = |candidate: &&Candidate| {
        let called = format!("{} {}", candidate.title, candidate.url).to_lowercase();
        called.contains("comment") || called.contains("kommentar") || called.contains("commentaire")
    };
    let declared = candidates.iter().any(|candidate| candidate.declared);
    let among = || candidates.iter().filter(move |candidate| candidate.declared == declared);
    let without_comments = || among().filter(|candidate| !of_comments(candidate));
    let first = without_comments().next().or_else(|| among().next())?;
    let one = without_comments().all(|other| writing_aside(other) == writing_aside(first));
    (one || without_comments().count() <= 1).then_some(first)
}

/// What a feed is called without the way in which it is written; sites offer RSS, Atom and JSON of one feed.
fn writing_aside(candidate: &Candidate) -> String {
    let title = candidate.title.to_lowercase();
    let words = title.split(|sign: char| !sign.is_alphanumeric());
    words
        .filter(|word| !matches!(*word, "" | "rss" | "atom" | "json" | "feed" | "xml" | "rdf" | "1" | "2" | "0"))
        .collect()
}

fn is_declared(attributes: &str) -> bool {
    let rel = attribute(attributes, "rel").unwrap_or_default().to_ascii_lowercase();
    let kind = attribute(attributes, "type").unwrap_or_default().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    rel.split_whitespace().any(|rel| rel == "alternate" || rel == "feed")
        && matches!(
            kind,
            "application/rss+xml"
                | "application/atom+xml"
                | "application/feed+json"
                | "application/rdf+xml"
                | "application/x.atom+xml"
                | "application/x-atom+xml"
        )
}

/// Whether a link on a page is probably a feed of the same site.
fn looks_like_a_feed(link: &str, page: &Url) -> bool {
    let Ok(url) = Url::parse(link) else { return false };
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    let last = path.rsplit('/').next().unwrap_or_default();
    url.host_str() == page.host_str()
        && (matches!(last, "feed" | "rss" | "atom" | "feed.json")
            || last.ends_with(".rss")
            || last.ends_with(".atom")
            || last.ends_with(".rdf")
            || matches!(last, "feed.xml" | "rss.xml" | "atom.xml" | "index.xml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Vec<Candidate> {
        candidates(html, &"https://a.example/blog/".parse().unwrap())
    }

    #[test]
    fn declared_feeds_come_first_and_whole() {
        let found = page(
            r#"<a href="/blog/rss.xml">RSS</a><LINK REL='alternate home' type="application/rss+xml; charset=utf-8" title="A &amp; B" href=feed.xml>
            <link rel="alternate" type="text/html" href="/de"><link rel="stylesheet" href="feed.css">
            <link rel=alternate type=application/feed+json href="//b.example/feed.json"><a href="https://other.example/feed">x</a>"#,
        );
        let urls: Vec<&str> = found.iter().map(|candidate| candidate.url.as_str()).collect();
        assert_eq!(
            urls,
            ["https://a.example/blog/feed.xml", "https://b.example/feed.json", "https://a.example/blog/rss.xml"]
        );
        assert_eq!(found[0].title, "A & B");
    }

    #[test]
    fn a_base_moves_relative_links() {
        let found = page(r#"<base href="/root/"><link rel="alternate" type="application/atom+xml" href="atom.xml">"#);
        assert_eq!(found[0].url, "https://a.example/root/atom.xml");
    }

    #[test]
    fn the_obvious_one_is_taken_and_a_choice_is_left_to_people() {
        let declared = |title: &str, url: &str| Candidate { url: url.into(), title: title.into(), declared: true };
        let wordpress = [
            declared("Blog » Feed", "https://a.example/feed/"),
            declared("Blog » Comments Feed", "https://a.example/comments/feed/"),
        ];
        assert_eq!(obvious(&wordpress).unwrap().url, "https://a.example/feed/");
        let writings =
            [declared("Blog (RSS 2.0)", "https://a.example/rss"), declared("Blog (Atom)", "https://a.example/atom")];
        assert_eq!(obvious(&writings).unwrap().url, "https://a.example/rss");
        let choice = [declared("News", "https://a.example/news.xml"), declared("Sport", "https://a.example/sport.xml")];
        assert_eq!(obvious(&choice), None);
        assert_eq!(obvious(&[]), None);
    }
}
