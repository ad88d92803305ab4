//! Brings a feed over the network and reads it off the async threads.

use std::sync::LazyLock;

use tokio::sync::Semaphore;
use url::Url;

use crate::domain::Timestamp;
use crate::sources::http::{Client, Request, Response, Validators, host_of, redact};
use crate::sources::{Retry, SourceError, SourceErrorKind};

use super::discover::{Candidate, USUAL_PLACES, candidates, obvious};
use super::parse::{NotAFeed, ParsedFeed, parse};

/// What a feed reader accepts, most specific first and without weights: odd weights have made servers refuse.
const KINDS: &str = "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, \
                     application/xml, text/xml, */*;q=0.8";

/// As many documents are read at one time as there are cores: more would only cost memory.
static READERS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));

/// What a document turned out to be.
pub(super) enum Document<T> {
    /// A feed, with what was made of it.
    Feed(T),
    /// A web page, with the feeds that it points to.
    Page(Vec<Candidate>),
    /// Something else.
    Other(NotAFeed),
}

/// Asks for a feed.
pub(super) async fn ask(
    client: &Client,
    url: &Url,
    validators: Validators,
    now: Timestamp,
) -> Result<Response, SourceError> {
    client.send(Request::get(url.clone()).accept(KINDS).unless(validators), now).await?.success()
}

/// Reads an answer on a thread for slow work, and makes something of the feed there. The body is dropped as soon
/// as it was read.
pub(super) async fn read<T: Send + 'static>(
    response: Response,
    make: impl FnOnce(ParsedFeed) -> T + Send + 'static,
) -> Document<T> {
    let _turn = READERS.acquire().await;
    let work = move || {
        let content_type = response.text("content-type").map(str::to_owned);
        let Response { body, url, .. } = response;
        match parse(&body, content_type.as_deref(), Some(&url)) {
            Ok(feed) => {
                drop(body);
                Document::Feed(make(feed))
            }
            Err(NotAFeed::WebPage) => {
                Document::Page(candidates(&super::charset::decode(&body, content_type.as_deref()).text, &url))
            }
            Err(other) => Document::Other(other),
        }
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(document) => document,
        Err(_) => Document::Other(NotAFeed::Broken("a feed whose reading broke off".into())),
    }
}

/// Reads bytes as a feed without holding up an async thread.
///
/// # Errors
/// [`NotAFeed`] says what the bytes are instead.
pub async fn read_off_thread(
    body: Vec<u8>,
    content_type: Option<String>,
    url: Option<Url>,
) -> Result<ParsedFeed, NotAFeed> {
    let _turn = READERS.acquire().await;
    tokio::task::spawn_blocking(move || parse(&body, content_type.as_deref(), url.as_ref()))
        .await
        .unwrap_or_else(|_| Err(NotAFeed::Broken("a feed whose reading broke off".into())))
}

/// A feed that was brought once, to be looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched {
    /// The feed.
    pub feed: ParsedFeed,
    /// Where it was in the end, without secrets.
    pub address: String,
}

/// Brings the feed at an address once; from a site's page, the feed of the site.
///
/// # Errors
/// What went wrong, with advice; a page that offers several feeds names them.
pub async fn fetch(client: &Client, url: &Url, now: Timestamp) -> Result<Fetched, SourceError> {
    let response = ask(client, url, Validators::default(), now).await?;
    let answer = Answer::of(&response, url);
    match read(response, |feed| feed).await {
        Document::Feed(feed) => Ok(Fetched { feed, address: redact(answer.url.as_str()) }),
        Document::Page(candidates) => {
            let address = find(client, &answer, &candidates, now).await?;
            let response = ask(client, &address, Validators::default(), now).await?;
            let answer = Answer::of(&response, &address);
            match read(response, |feed| feed).await {
                Document::Feed(mut feed) => {
                    feed.remarks.push(format!("found on the page {}", redact(url.as_str())));
                    Ok(Fetched { feed, address: redact(answer.url.as_str()) })
                }
                Document::Page(_) => Err(answer.no_feed(&NotAFeed::WebPage)),
                Document::Other(other) => Err(answer.no_feed(&other)),
            }
        }
        Document::Other(other) => Err(answer.no_feed(&other)),
    }
}

/// The feeds that the page at an address points to; where it points to none, what is at the usual places.
///
/// # Errors
/// When the page cannot be had.
pub async fn discover(client: &Client, page: &Url, now: Timestamp) -> Result<Vec<Candidate>, SourceError> {
    let response = ask(client, page, Validators::default(), now).await?;
    let answer = Answer::of(&response, page);
    match read(response, |feed| feed.title.unwrap_or_default()).await {
        Document::Feed(title) => Ok(vec![Candidate { url: answer.url.into(), title, declared: true }]),
        Document::Page(candidates) if candidates.is_empty() => {
            Ok(at_usual_place(client, &answer.url, now).await.into_iter().collect())
        }
        Document::Page(candidates) => Ok(candidates),
        Document::Other(other) => Err(answer.no_feed(&other)),
    }
}

/// What must be remembered of an answer after it was given away to be read.
pub(super) struct Answer {
    pub(super) url: Url,
    asked: Url,
    challenge: bool,
}

impl Answer {
    pub(super) fn of(response: &Response, asked: &Url) -> Self {
        Self { url: response.url.clone(), asked: asked.clone(), challenge: response.is_challenge() }
    }

    /// The failure that something else than a feed is.
    pub(super) fn no_feed(&self, what: &NotAFeed) -> SourceError {
        let (asked, host) = (host_of(&self.asked), host_of(&self.url));
        if self.challenge {
            return SourceError::new(
                SourceErrorKind::Challenge,
                &format!("{host} wants proof that a person asks"),
                "a bot check stands before it; ask the people behind it to let feed readers in, or watch another address",
            );
        }
        let advice = match what {
            NotAFeed::WebPage if asked != host => {
                "a login page of your network or of the site stands before it: open the address in a browser"
            }
            NotAFeed::WebPage => "the feed is gone or behind a login: open the address in a browser",
            NotAFeed::Empty => "it will be asked again; tell the people behind it if it stays so",
            NotAFeed::Other(_) => "check the address: it must be that of an RSS, Atom or JSON feed",
            NotAFeed::Broken(_) => "it will be asked again; tell the people behind it if it stays so",
        };
        let what = if asked == host {
            format!("{host} sent {what}")
        } else {
            format!("{asked} sent on to {host}, which sent {what}")
        };
        SourceError::new(SourceErrorKind::NotUnderstood, &what, advice)
    }
}

/// The feed of a page: the obvious one of those that it points to, else what is at the usual places.
///
/// # Errors
/// When a person must choose, or when there is none.
pub(super) async fn find(
    client: &Client,
    page: &Answer,
    candidates: &[Candidate],
    now: Timestamp,
) -> Result<Url, SourceError> {
    if page.challenge {
        return Err(page.no_feed(&NotAFeed::WebPage));
    }
    if let Some(url) = obvious(candidates).and_then(|candidate| candidate.url.parse().ok()) {
        return Ok(url);
    }
    let host = host_of(&page.url);
    if candidates.is_empty() {
        let found = at_usual_place(client, &page.url, now).await;
        return found.and_then(|found| found.url.parse().ok()).ok_or_else(|| {
            SourceError::new(
                SourceErrorKind::NotUnderstood,
                &format!("{host} sent a web page, and no feed was found on it or at the usual places"),
                "configure the address of the feed itself",
            )
        });
    }
    let named: Vec<String> = candidates
        .iter()
        .take(5)
        .map(|candidate| match candidate.title.as_str() {
            "" => redact(&candidate.url),
            title => format!("{} ({title})", redact(&candidate.url)),
        })
        .collect();
    let more = candidates.len().saturating_sub(named.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Err(SourceError::new(
        SourceErrorKind::NotUnderstood,
        &format!("{host} sent a web page that offers {} feeds: {}{more}", candidates.len(), named.join(", ")),
        "configure the address of one of them",
    )
    .retrying(Retry::Never))
}

/// The first feed at one of the places where sites usually keep theirs.
async fn at_usual_place(client: &Client, page: &Url, now: Timestamp) -> Option<Candidate> {
    for place in USUAL_PLACES {
        let url = page.join(place).ok()?;
        match ask(client, &url, Validators::default(), now).await {
            Ok(response) => {
                if let Document::Feed(title) = read(response, |feed| feed.title.unwrap_or_default()).await {
                    return Some(Candidate { url: url.into(), title, declared: false });
                }
            }
            // Somebody who wants to be left alone is not asked for five more places.
            Err(error) if error.whole_host || error.kind == SourceErrorKind::Unreachable => return None,
            Err(_) => {}
        }
    }
    None
}
