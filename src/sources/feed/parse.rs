//! The door to the parser: bytes in, entries out, whatever the bytes are.

use std::panic::{AssertUnwindSafe, catch_unwind};

use feedparser_rs::{FeedVersion, ParseOptions, ParserLimits, TextType};
use serde::Serialize;
use url::Url;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

use super::charset::decode;
use super::mend::{Covers, mend};
use super::unwrap::unwrapped;
use super::words::{self, Words};
use super::{json, sniff};
use crate::sources::http::http_date;

/// Most entries that are read of one document.
pub const MOST_ENTRIES: usize = 10_000;
/// Deepest nesting of elements.
const DEEPEST: usize = 250;

/// Kinds of feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedKind {
    /// RSS 0.9x and 2.0.
    #[default]
    Rss,
    /// RSS 1.0, as RDF.
    Rdf,
    /// Atom 0.3 and 1.0.
    Atom,
    /// JSON Feed.
    Json,
}

/// A feed that was read. All texts are foreign and uncleaned.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct ParsedFeed {
    /// Kind.
    pub kind: FeedKind,
    /// Its title.
    pub title: Option<String>,
    /// The page that it belongs to.
    pub home: Option<String>,
    /// How long it asks to be left alone (`ttl`, `sy:updatePeriod`).
    pub ttl: Option<SignedDuration>,
    /// Its entries, in its order.
    pub entries: Vec<Entry>,
    /// What a person should know though it could be read.
    pub remarks: Vec<String>,
}

/// One entry as the feed tells it. All texts are foreign and uncleaned.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Entry {
    /// Its id (`guid`, `atom:id`, `rdf:about`), if it has one.
    pub id: Option<String>,
    /// Its headline as plain text on one line.
    pub title: Option<String>,
    /// Where a person can read it, made whole with the feed's address.
    pub link: Option<String>,
    /// When it claims to have been published.
    pub published: Option<Timestamp>,
    /// When it claims to have been changed last.
    pub updated: Option<Timestamp>,
    /// Who wrote it, or the place that it was taken from.
    pub author: Option<String>,
    /// The account of who wrote it, where the feed tells.
    pub author_address: Option<String>,
    /// Its words as plain text: the content, else the summary, else the description of its media.
    pub text: String,
    /// Web addresses that it links to.
    pub links: Vec<String>,
    /// What its images show.
    pub image_descriptions: Vec<String>,
    /// Its language as claimed.
    pub lang: Option<String>,
    /// Id of the entry that it answers.
    pub answers: Option<String>,
}

/// Why bytes are no feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAFeed {
    /// A web page.
    #[error("a web page instead of a feed")]
    WebPage,
    /// Nothing at all.
    #[error("an empty answer instead of a feed")]
    Empty,
    /// Something else that is well known.
    #[error("{0} instead of a feed")]
    Other(String),
    /// Meant as a feed, but beyond repair.
    #[error("{0}")]
    Broken(String),
}

/// Reads a feed. `content_type` is the header of that name, `url` where the feed came from; relative links are
/// made whole with it. Takes milliseconds for an ordinary feed: on an async thread use
/// [`read_off_thread`](super::read_off_thread).
///
/// # Errors
/// [`NotAFeed`] says what the bytes are instead. Never panics, whatever the bytes.
pub fn parse(bytes: &[u8], content_type: Option<&str>, url: Option<&Url>) -> Result<ParsedFeed, NotAFeed> {
    // The parser is young; a bug in it costs one feed, not the program.
    catch_unwind(AssertUnwindSafe(|| parse_trusting(bytes, content_type, url)))
        .unwrap_or_else(|_| Err(NotAFeed::Broken("a feed so broken that its reader gave up".into())))
}

pub(super) fn parse_trusting(
    bytes: &[u8],
    content_type: Option<&str>,
    url: Option<&Url>,
) -> Result<ParsedFeed, NotAFeed> {
    let decoded = decode(bytes, content_type);
    let (shape, text) = sniff::sniff(&decoded.text)?;
    let mut feed = match shape {
        sniff::Shape::Json => json::read(text, url, MOST_ENTRIES)?,
        sniff::Shape::Xml => read_xml(text, url)?,
    };
    if decoded.guessed {
        feed.remarks.push("its charset is not the one that it declares and was guessed".into());
    }
    Ok(feed)
}

fn read_xml(text: &str, url: Option<&Url>) -> Result<ParsedFeed, NotAFeed> {
    let mended = mend(text);
    let limits = ParserLimits {
        // The parser reserves room for as many entries as it may read.
        max_entries: (mended.entries + 1).min(MOST_ENTRIES),
        max_text_length: usize::MAX,
        max_feed_size_bytes: usize::MAX,
        max_nesting_depth: DEEPEST,
        ..ParserLimits::default()
    };
    let options = ParseOptions { resolve_relative_uris: true, sanitize_html: false, limits };
    let plain = feedparser_rs::util::encoding::detect_encoding(mended.text.as_bytes()) == "UTF-8";
    let read = if plain {
        feedparser_rs::parse_with_options(mended.text.as_bytes(), &options)
    } else {
        // A byte order mark keeps the parser from decoding a second time by the XML declaration.
        feedparser_rs::parse_with_options(format!("\u{FEFF}{}", mended.text).as_bytes(), &options)
    };
    let read = read.map_err(|_| NotAFeed::Broken("a feed whose XML is broken beyond repair".into()))?;
    let kind = match read.version {
        FeedVersion::Atom03 | FeedVersion::Atom10 => FeedKind::Atom,
        FeedVersion::Rss10 => FeedKind::Rdf,
        FeedVersion::JsonFeed10 | FeedVersion::JsonFeed11 => FeedKind::Json,
        FeedVersion::Unknown => return Err(NotAFeed::Broken("XML that begins like a feed but cannot be read".into())),
        _ => FeedKind::Rss,
    };
    let mut remarks = Vec::new();
    if is_cut_off(text) {
        remarks.push("it ends in the middle, as if the connection had broken: entries may be missing".into());
    } else if mended.repaired {
        remarks.push("its markup is faulty and was repaired".into());
    }
    if read.entries.len() < mended.entries && read.entries.len() >= MOST_ENTRIES {
        remarks.push(format!("{} entries, of which the first {MOST_ENTRIES} were read", mended.entries));
    }
    let reader = Reader { url, covers: &mended.covers, lang: read.feed.language.as_deref() };
    let home = read.feed.link.clone().map(|home| reader.lifted(home)).filter(|home| !home.is_empty());
    let ttl = ttl(&read.feed);
    let title = read.feed.title.as_deref().map(words::of_title).filter(|title| !title.is_empty());
    let entries = read.entries.into_iter().map(|entry| reader.entry(entry)).collect();
    Ok(ParsedFeed { kind, title: title.map(|title| reader.lifted(title)), home, ttl, entries, remarks })
}

/// Whether no root element ends in the text: what came is not the whole feed.
fn is_cut_off(text: &str) -> bool {
    let ends = |piece: &str| {
        let name: String = piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == ':').take(80).collect();
        let local = name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
        matches!(local.as_str(), "rss" | "feed" | "rdf")
    };
    !text.rsplit("</").take(text.matches("</").count()).any(ends)
}

/// `ttl` in minutes, else the syndication module's period; at most a day.
fn ttl(feed: &feedparser_rs::FeedMeta) -> Option<SignedDuration> {
    let minutes = feed.ttl.as_deref().and_then(|ttl| ttl.trim().parse::<u32>().ok()).filter(|minutes| *minutes > 0);
    let hours = || {
        let syndication = feed.syndication.as_deref()?;
        let period = match syndication.update_period.as_ref()? {
            feedparser_rs::UpdatePeriod::Hourly => 60,
            _ => 24 * 60,
        };
        let frequency = syndication.update_frequency.as_deref().and_then(|times| times.trim().parse::<u32>().ok());
        Some(period / frequency.unwrap_or(1).max(1))
    };
    let rest = SignedDuration::from_mins(i64::from(minutes.or_else(hours)?));
    rest.is_positive().then(|| rest.min(SignedDuration::from_hours(24)))
}

/// The moment that a date of the parser stands for.
macro_rules! moment {
    ($date:expr) => {
        $date.and_then(|date| {
            Timestamp::new(date.timestamp(), date.timestamp_subsec_nanos().min(999_999_999) as i32).ok()
        })
    };
}

/// A date as feeds write it, in any of the forms that the parser and HTTP know.
pub(super) fn moment_of_text(date: &str) -> Option<Timestamp> {
    let date = date.trim();
    // The parser slices such a text between its bytes.
    if date.len() == 7 && !date.is_ascii() {
        return None;
    }
    moment!(feedparser_rs::util::parse_date(date)).or_else(|| http_date(date))
}

struct Reader<'a> {
    url: Option<&'a Url>,
    covers: &'a Covers,
    lang: Option<&'a str>,
}

impl Reader<'_> {
    fn lifted(&self, text: String) -> String {
        self.covers.lift(text)
    }

    fn entry(&self, entry: feedparser_rs::Entry) -> Entry {
        let words = self.words(&entry);
        let (author, author_address) = author(&entry);
        let lift = |text: String| self.lifted(text);
        let lang = entry.language.as_deref().or(self.lang).map(str::trim).filter(|lang| !lang.is_empty());
        let published = moment!(entry.published).or_else(|| entry.published_str.as_deref().and_then(moment_of_text));
        let updated = moment!(entry.updated).or_else(|| entry.updated_str.as_deref().and_then(moment_of_text));
        let created = moment!(entry.created).or_else(|| moment!(entry.dc_date));
        Entry {
            link: self.link(&entry),
            title: self.title(&entry),
            published: published.or(created),
            updated,
            author: author.map(lift),
            author_address: author_address.map(lift),
            text: self.lifted(words.text),
            links: self.links(&entry, words.links),
            image_descriptions: words.images.into_iter().map(lift).collect(),
            lang: lang.map(str::to_owned),
            answers: entry
                .in_reply_to
                .first()
                .and_then(|answered| answered.ref_.as_deref().map(of_attribute))
                .map(lift),
            id: entry.id.map(|id| self.lifted(id.trim().to_owned())).filter(|id| !id.is_empty()),
        }
    }

    fn title(&self, entry: &feedparser_rs::Entry) -> Option<String> {
        let title = entry.title.as_deref().or(entry.media_title.as_deref())?;
        let plain = match entry.title_detail.as_ref().map(|detail| detail.content_type) {
            Some(TextType::Text) => words::one_line(title),
            _ => words::of_title(title),
        };
        Some(self.lifted(plain)).filter(|title| !title.is_empty())
    }

    /// The content, else the summary, else the description of the media.
    fn words(&self, entry: &feedparser_rs::Entry) -> Words {
        let contents = entry.content.iter().map(|content| {
            let kind = content.content_type.as_deref().unwrap_or("text/html");
            (content.value.as_str(), kind, content.base.as_deref())
        });
        // The parser copies a content into a missing summary, whatever its kind.
        let own =
            entry.summary.as_deref().filter(|summary| entry.content.iter().all(|content| content.value != **summary));
        let summary = own.map(|summary| {
            let detail = entry.summary_detail.as_ref();
            let plain = detail.is_some_and(|detail| detail.content_type == TextType::Text);
            (summary, if plain { "text/plain" } else { "text/html" }, detail.and_then(|detail| detail.base.as_deref()))
        });
        let media = entry.media_description.as_deref().map(|words| (words, "text/html", None));
        for (value, kind, base) in contents.chain(summary).chain(media) {
            let is_text =
                matches!(kind, "html" | "xhtml" | "text") || kind.starts_with("text/") || kind.contains("xml");
            if !is_text || value.trim().is_empty() {
                continue;
            }
            let words = if matches!(kind, "text" | "text/plain") {
                words::of_plain(value)
            } else {
                words::of_html(value, self.base(base).as_ref())
            };
            if words != Words::default() {
                return words;
            }
        }
        Words::default()
    }

    /// An `xml:base`, made whole with the feed's address; else the feed's address.
    fn base(&self, base: Option<&str>) -> Option<Url> {
        let own = base.filter(|base| !base.is_empty()).map(|base| self.lifted(of_attribute(base)));
        own.and_then(|own| Url::parse(&own).ok().or_else(|| self.url?.join(&own).ok())).or_else(|| self.url.cloned())
    }

    /// Where a person can read it: the link, else an id that is one.
    fn link(&self, entry: &feedparser_rs::Entry) -> Option<String> {
        let given = |link: &str| Some(self.lifted(of_attribute(link.trim()))).filter(|link| !link.is_empty());
        let alternate = || {
            let links = entry.links.iter().filter(|link| matches!(link.rel.as_deref(), None | Some("alternate")));
            links.map(|link| link.href.as_str()).find_map(given)
        };
        let id = || {
            let id = entry.id.as_deref().filter(|_| entry.guidislink != Some(false))?;
            given(id).filter(|id| id.starts_with("http://") || id.starts_with("https://"))
        };
        let link = entry.link.as_deref().and_then(given).or_else(alternate).or_else(id)?;
        let whole = match (Url::parse(&link), self.url) {
            (Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => base.join(&link).map_or(link, Into::into),
            _ => link,
        };
        Some(unwrapped(&whole).unwrap_or(whole))
    }

    /// The links of the text, and where the entry says that it leads on to.
    fn links(&self, entry: &feedparser_rs::Entry, of_text: Vec<String>) -> Vec<String> {
        let leading_on = entry.links.iter().filter(|link| matches!(link.rel.as_deref(), Some("related" | "via")));
        let leading_on =
            leading_on.filter_map(|link| words::web_address(&self.lifted(of_attribute(&link.href)), self.url));
        let of_text = of_text.into_iter().map(|link| self.lifted(link));
        of_text.chain(leading_on).map(|link| unwrapped(&link).unwrap_or(link)).collect()
    }
}

/// The parser leaves XML's own entities in attributes as they are.
fn of_attribute(value: &str) -> String {
    if !value.contains('&') {
        return value.to_owned();
    }
    let known = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    known.into_iter().fold(value.to_owned(), |value, (entity, sign)| value.replace(entity, sign))
}

/// Name and address of who wrote it, else the place that it was taken from.
fn author(entry: &feedparser_rs::Entry) -> (Option<String>, Option<String>) {
    let person = entry.author_detail.as_ref().or_else(|| entry.authors.first());
    let address = person.and_then(|person| person.uri.clone());
    let tidy = |name: &str| Some(words::of_title(name)).filter(|name| !name.is_empty());
    let name = person
        .and_then(|person| person.name.as_deref())
        .or(entry.dc_creator.as_deref())
        .or(entry.author.as_deref())
        .map(without_mail)
        .and_then(tidy)
        .or_else(|| entry.source.as_ref().and_then(|source| source.title.as_deref()).and_then(tidy));
    (name, address)
}

/// `mail@host (Name)` and `Name <mail@host>` are the name.
fn without_mail(author: &str) -> &str {
    let author = author.trim();
    if let Some((before, after)) = author.split_once('(')
        && let Some((inside, _)) = after.split_once(')')
        && before.contains('@')
        && !inside.trim().is_empty()
    {
        return inside;
    }
    match author.split_once('<') {
        Some((name, mail)) if mail.contains('@') && !name.trim().is_empty() => name,
        _ => author,
    }
}
