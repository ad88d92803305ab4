//! A feed as a source that is listened to.

use async_trait::async_trait;
use serde::Deserialize;
use url::Url;

use crate::domain::time::SignedDuration;
use crate::domain::{Capabilities, Network, Timestamp};
use crate::sources::http::{Client, Response, Validators, host_of, redact, rest};
use crate::sources::networks::{Kind, Secret};
use crate::sources::{Batch, Listen, Retry, Source, SourceError, SourceErrorKind, SourceSettings};

use super::cursor::Cursor;
use super::discover::Candidate;
use super::fetch::{Answer, Document, ask, find, read};
use super::identity::{Identified, identify};
use super::parse::NotAFeed;

/// After this many answers in a row that nothing is there, it is asked once a day only.
const MISSES: u32 = 3;

/// One feed, as configured.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedSettings {
    /// Address of the feed, or of a page of the site whose feed is meant. May hold a user, a password or a token:
    /// it is shown nowhere.
    pub url: String,
    /// Its name on the screen and in `source:` queries; default the host.
    #[serde(default)]
    pub name: Option<String>,
    /// Every entry is a mention, whatever the watches say: an alert feed that was filtered already.
    #[serde(default)]
    pub everything: bool,
    /// Shortest interval between two polls.
    #[serde(default = "FeedSettings::shortest")]
    pub shortest: SignedDuration,
    /// Longest interval between two polls.
    #[serde(default = "FeedSettings::longest")]
    pub longest: SignedDuration,
    /// Most entries that are taken of one answer, the newest.
    #[serde(default = "FeedSettings::entries")]
    pub entries: usize,
}

impl FeedSettings {
    fn shortest() -> SignedDuration {
        SignedDuration::from_mins(5)
    }

    fn longest() -> SignedDuration {
        SignedDuration::from_hours(6)
    }

    fn entries() -> usize {
        500
    }

    /// A feed with nothing but an address.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            name: None,
            everything: false,
            shortest: Self::shortest(),
            longest: Self::longest(),
            entries: Self::entries(),
        }
    }

    /// The source that listens to it.
    ///
    /// # Errors
    /// An address that is not of the web.
    pub fn source(&self, client: &Client) -> Result<Source, SourceError> {
        let feed = FeedSource::new(&self.url, self.entries, client.clone())?;
        let name = self.name.clone().unwrap_or_else(|| feed.host().to_owned());
        let settings = SourceSettings {
            everything: self.everything,
            shortest: self.shortest,
            longest: self.longest.max(self.shortest),
            ..SourceSettings::named(name, Network::FEED)
        };
        Ok(Source::listening(&settings, Box::new(feed)))
    }
}

/// Feeds among the networks.
pub static KIND: Kind = Kind {
    network: Network::FEED,
    what: "RSS, Atom and JSON feeds, and pages that announce one",
    keys: &["url"],
    required: &["url"],
    usual_url: None,
    secret: Secret::Unused,
    least_interval: SignedDuration::ZERO,
    open: |settings, tools| {
        let feed = FeedSettings {
            name: Some(settings.name.clone()),
            everything: settings.everything,
            shortest: settings.shortest,
            longest: settings.longest,
            ..FeedSettings::at(settings.url.as_ref().map(Url::as_str).unwrap_or_default())
        };
        feed.source(&tools.client)
    },
    login: None,
};

impl std::fmt::Debug for FeedSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FeedSettings")
            .field("name", &self.name)
            .field("url", &redact(&self.url))
            .finish_non_exhaustive()
    }
}

/// Reads an address as people write it: `feed:` in front and a missing `https://` are forgiven.
///
/// # Errors
/// When it is no address of the web.
pub fn address(written: &str) -> Result<Url, SourceError> {
    let bare = written.trim();
    let bare = match bare.strip_prefix("feed:") {
        Some(rest) if rest.starts_with("http") => rest.to_owned(),
        Some(rest) => format!("https:{rest}"),
        None => bare.to_owned(),
    };
    let url = match Url::parse(&bare) {
        Err(url::ParseError::RelativeUrlWithoutBase) if bare.contains('.') => Url::parse(&format!("https://{bare}")),
        // `localhost:8080/feed` reads as a scheme.
        Ok(url) if url.cannot_be_a_base() && url.path().starts_with(|sign: char| sign.is_ascii_digit()) => {
            Url::parse(&format!("http://{bare}"))
        }
        other => other,
    };
    url.ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(|| {
        SourceError::new(
            SourceErrorKind::BadAddress,
            &format!("“{}” is no address of a feed", redact(written.trim())),
            "use an address that begins with https:// or http://",
        )
    })
}

/// Listens to one feed.
pub struct FeedSource {
    client: Client,
    url: Url,
    host: String,
    entries: usize,
    /// Answers in a row that nothing is there.
    misses: u32,
    /// The new address failed: the configured one is asked until it works.
    back_home: bool,
}

impl FeedSource {
    /// Listens to the feed at this address, taking at most `entries` entries of one answer.
    ///
    /// # Errors
    /// An address that is not of the web.
    pub fn new(written: &str, entries: usize, client: Client) -> Result<Self, SourceError> {
        let url = address(written)?;
        let host = host_of(&url);
        Ok(Self { client, url, host, entries: entries.max(1), misses: 0, back_home: false })
    }

    /// The address to ask, and whether it is one that the feed moved to.
    fn asked(&self, cursor: &Cursor) -> (Url, bool) {
        if let Some(new) = cursor.new_home().filter(|_| !self.back_home) {
            return (self.with_login(new), true);
        }
        let found = cursor.found.as_deref().and_then(|found| found.parse().ok());
        (found.map_or_else(|| self.url.clone(), |found| self.with_login(found)), false)
    }

    /// The configured user and password for an address at the configured host, which was kept without them.
    fn with_login(&self, mut url: Url) -> Url {
        if host_of(&url) == self.host && (url.scheme() == self.url.scheme() || url.scheme() == "https") {
            let _ = url.set_username(self.url.username());
            let _ = url.set_password(self.url.password());
        }
        url
    }

    /// Takes a failure to heart, and says when to try again.
    fn failed(&mut self, error: SourceError, at_new_home: bool) -> SourceError {
        let lasting = matches!(
            error.kind,
            SourceErrorKind::NotFound | SourceErrorKind::Gone | SourceErrorKind::Refused | SourceErrorKind::BadAddress
        );
        if at_new_home
            && (lasting || matches!(error.kind, SourceErrorKind::Unreachable | SourceErrorKind::NotUnderstood))
        {
            self.back_home = true;
            return error.retrying(Retry::BackOff);
        }
        if error.kind == SourceErrorKind::NotFound {
            self.misses = self.misses.saturating_add(1);
            if self.misses >= MISSES {
                return error.retrying(Retry::Daily);
            }
        }
        error
    }

    /// Asks at this address and makes a batch of the answer; `cursor` is moved on as far as that went well.
    async fn poll_at(&self, asked: &Url, cursor: &mut Cursor, now: Timestamp) -> Result<Batch, SourceError> {
        let validators = if self.back_home { Validators::default() } else { cursor.validators() };
        let response = ask(&self.client, asked, validators, now).await?;
        if response.is_unchanged() {
            cursor.renew_validators(response.validators());
            let batch = Batch { unchanged: true, rest: rest(&response.headers, now), ..Batch::default() };
            return Ok(self.note_move(batch, response.moved.as_ref(), cursor));
        }
        match self.read(response, asked, cursor, now).await? {
            Read::Batch(batch) => Ok(batch),
            Read::Page(answer, candidates) if !cursor.read => {
                let found = find(&self.client, &answer, &candidates, now).await?;
                let response = ask(&self.client, &self.with_login(found.clone()), Validators::default(), now).await?;
                let Read::Batch(mut batch) = self.read(response, &found, cursor, now).await? else {
                    return Err(answer.no_feed(&NotAFeed::WebPage));
                };
                cursor.note_found(&found);
                batch.remarks.push(format!("reads {}, found on the configured page", redact(found.as_str())));
                Ok(batch)
            }
            Read::Page(answer, _) => Err(answer.no_feed(&NotAFeed::WebPage)),
        }
    }

    /// Reads a whole answer.
    async fn read(
        &self,
        response: Response,
        asked: &Url,
        cursor: &mut Cursor,
        now: Timestamp,
    ) -> Result<Read, SourceError> {
        let answer = Answer::of(&response, asked);
        let validators = response.validators();
        let moved = response.moved.clone();
        let mut batch = Batch { rest: rest(&response.headers, now), ..Batch::default() };
        let mut next = cursor.clone();
        if next.note_body(&response.body) && cursor.read {
            batch.unchanged = true;
        } else {
            let (most, shared) = (self.entries, cursor.shared.clone());
            let made = read(response, move |mut feed| {
                let (ttl, remarks) = (feed.ttl, std::mem::take(&mut feed.remarks));
                (ttl, remarks, identify(feed, most, &shared))
            });
            let (ttl, remarks, Identified { items, cut, shared }) = match made.await {
                Document::Feed(made) => made,
                Document::Page(candidates) => return Ok(Read::Page(answer, candidates)),
                Document::Other(other) => return Err(answer.no_feed(&other)),
            };
            next.read = true;
            next.shared = shared;
            batch.items = items;
            batch.remarks = remarks;
            batch.rest = batch.rest.max(ttl);
            if cut > 0 {
                batch.remarks.push(format!("{} entries, of which the newest {most} were taken", cut + most));
            }
        }
        next.note_validators(validators);
        *cursor = next;
        Ok(Read::Batch(self.note_move(batch, moved.as_ref(), cursor)))
    }

    /// Notes in the cursor where a good answer's permanent redirects pointed.
    fn note_move(&self, mut batch: Batch, moved: Option<&Url>, cursor: &mut Cursor) -> Batch {
        if self.back_home {
            cursor.forget_move();
        }
        if let Some(new) = cursor.note_move(moved) {
            batch.remarks.push(format!("moved for good to {}; please change the configuration", redact(&new)));
        }
        batch
    }
}

/// What a whole answer was.
enum Read {
    Batch(Batch),
    Page(Answer, Vec<Candidate>),
}

#[async_trait]
impl Listen for FeedSource {
    async fn poll(&mut self, cursor: &str, now: Timestamp) -> Result<Batch, SourceError> {
        let mut cursor = Cursor::read(cursor, &self.url);
        let (asked, at_new_home) = self.asked(&cursor);
        match self.poll_at(&asked, &mut cursor, now).await {
            Ok(mut batch) => {
                self.misses = 0;
                self.back_home = false;
                batch.cursor = cursor.kept();
                Ok(batch)
            }
            Err(error) => Err(self.failed(error, at_new_home)),
        }
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    fn host(&self) -> &str {
        &self.host
    }
}
