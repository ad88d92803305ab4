//! The servers of the town.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, RETRY_AFTER};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use xxhash_rust::xxh3::xxh3_64;

use super::render::{self, Entry};
use super::scenario::{Place, Scenario};
use crate::domain::time::SignedDuration;
use crate::domain::{Clock, Timestamp};

/// Most entries that a place shows.
const SHOWN: usize = 400;
/// Seconds that a broken place asks to be left alone.
const BROKEN_REST: u64 = 20;

/// A running town. Its servers stop when it is dropped or closed.
pub struct Town {
    addresses: Vec<(String, String)>,
    tasks: JoinSet<()>,
    cancel: CancellationToken,
}

/// Why the town cannot open.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on the loopback address for the demo: {0}")]
pub struct TownError(#[from] std::io::Error);

/// What every server of the town shares.
struct Stage {
    scenario: Scenario,
    clock: Arc<dyn Clock>,
    opened: Timestamp,
    speed: f64,
}

impl Town {
    /// Opens every place of the scenario on a loopback port of its own. The story starts now and runs `speed`
    /// times as fast as it is written (what happened before it is not stretched).
    ///
    /// # Errors
    /// [`TownError`] when no loopback port can be had.
    pub async fn open(scenario: Scenario, clock: Arc<dyn Clock>, speed: f64) -> Result<Self, TownError> {
        let opened = clock.now();
        let stage = Arc::new(Stage { scenario, clock, opened, speed });
        let cancel = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let mut addresses = Vec::new();
        for place in stage.scenario.frame.places.clone() {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            addresses.push((place.name.clone(), format!("http://{}/feed", listener.local_addr()?)));
            tasks.spawn(serve(listener, Arc::new(place), Arc::clone(&stage), cancel.clone()));
        }
        Ok(Self { addresses, tasks, cancel })
    }

    /// Name and feed address of every place.
    pub fn addresses(&self) -> &[(String, String)] {
        &self.addresses
    }

    /// Stops the servers and waits until they have.
    pub async fn close(mut self) {
        self.cancel.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

async fn serve(listener: TcpListener, place: Arc<Place>, stage: Arc<Stage>, cancel: CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let (place, stage) = (Arc::clone(&place), Arc::clone(&stage));
                connections.spawn(async move {
                    let answer = service_fn(move |request| {
                        let (place, stage) = (Arc::clone(&place), Arc::clone(&stage));
                        async move { Ok::<_, Infallible>(stage.answer(&place, &request).await) }
                    });
                    // A client that hangs up early is its own business.
                    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

impl Stage {
    async fn answer(&self, place: &Place, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if place.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(place.delay_ms)).await;
        }
        if request.uri().path() != "/feed" {
            return plain(StatusCode::NOT_FOUND);
        }
        let minute = self.minute();
        if minute < place.broken_minutes {
            let mut response = plain(StatusCode::SERVICE_UNAVAILABLE);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(BROKEN_REST));
            return response;
        }
        self.feed(place, minute, request.headers().get(IF_NONE_MATCH))
    }

    fn feed(&self, place: &Place, minute: f64, known: Option<&HeaderValue>) -> Response<Full<Bytes>> {
        let document = render::document(place.format, &place.name, &self.entries(place, minute));
        let tag = HeaderValue::from_str(&format!("\"{:016x}\"", xxh3_64(document.as_bytes())))
            .unwrap_or(HeaderValue::from_static("\"0\""));
        let mut response = if known == Some(&tag) {
            plain(StatusCode::NOT_MODIFIED)
        } else {
            Response::new(Full::new(Bytes::from(document)))
        };
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(render::media_type(place.format)));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=1"));
        headers.insert("vary", HeaderValue::from_name(ACCEPT_ENCODING));
        headers.insert(ETAG, tag);
        response
    }

    /// Minutes of the story that have passed.
    fn minute(&self) -> f64 {
        self.clock.now().duration_since(self.opened).as_secs_f64() / 60.0 * self.speed
    }

    /// What the place shows at this minute of the story, newest first.
    fn entries(&self, place: &Place, minute: f64) -> Vec<Entry<'_>> {
        let posted = self.scenario.posts.iter().enumerate().rev();
        posted
            .filter(|(_, post)| post.place == place.name && post.at <= minute)
            .take(SHOWN)
            .map(|(number, post)| Entry { number, at: self.moment(post.at), post })
            .collect()
    }

    fn moment(&self, at: f64) -> Timestamp {
        let minutes = if at > 0.0 { at / self.speed } else { at };
        self.opened.saturating_add(SignedDuration::from_millis((minutes * 60_000.0) as i64)).unwrap_or(self.opened)
    }
}

fn plain(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    struct Hand(AtomicI64);

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
        }
    }

    const STORY: &str = r#"{"about":"","brand":"B","size":"solo","rivals":[],"watches":[],"places":[{"name":"forum","format":"atom"},{"name":"wobbly","format":"rss","broken_minutes":2}]}
{"at":-10,"in":"forum","by":"ana","title":"old","text":"before"}
{"at":1,"in":"forum","by":"bo","title":"new","text":"after"}"#;

    #[tokio::test]
    async fn the_story_unfolds_and_tags_change_with_it() {
        let clock = Arc::new(Hand(AtomicI64::new(1_000_000)));
        let town = Town::open(Scenario::parse(STORY).unwrap(), Arc::<Hand>::clone(&clock), 2.0).await.unwrap();
        let forum = town.addresses()[0].1.clone();
        let http = reqwest::Client::new();

        let first = http.get(&forum).send().await.unwrap();
        let tag = first.headers()["etag"].clone();
        let text = first.text().await.unwrap();
        assert!(text.contains("before") && !text.contains("after"));

        let again = http.get(&forum).header("if-none-match", &tag).send().await.unwrap();
        assert_eq!(again.status(), 304);

        clock.0.fetch_add(30, Ordering::SeqCst);
        let later = http.get(&forum).header("if-none-match", &tag).send().await.unwrap();
        assert_eq!(later.status(), 200);
        let text = later.text().await.unwrap();
        assert!(text.find("after") < text.find("before"), "newest first");
        assert!(text.contains("1970-01-12T13:47:10Z"), "half a minute at double speed: {text}");

        let wobbly = town.addresses()[1].1.clone();
        let broken = http.get(&wobbly).send().await.unwrap();
        assert_eq!(broken.status(), 503);
        assert_eq!(broken.headers()["retry-after"], "20");
        clock.0.fetch_add(60, Ordering::SeqCst);
        assert_eq!(http.get(&wobbly).send().await.unwrap().status(), 200);
        town.close().await;
        assert!(http.get(&wobbly).send().await.is_err(), "closed means closed");
    }
}
