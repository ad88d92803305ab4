//! The servers of the town.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, RETRY_AFTER};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use xxhash_rust::xxh3::xxh3_64;

use super::render::{self, Entry};
use super::scenario::{Format, Place, Scenario};
use super::square::{Asked, Square};
use crate::domain::time::SignedDuration;
use crate::domain::{Clock, Timestamp};

/// Largest request to a square, in bytes.
const LARGEST: usize = 1 << 16;
/// Most entries that a place shows.
const SHOWN: usize = 400;
/// Seconds that a broken place asks to be left alone.
const BROKEN_REST: u64 = 20;

/// A running town. Its servers stop when it is dropped or closed.
pub struct Town {
    addresses: Vec<(String, String)>,
    stage: Arc<Stage>,
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
            let base = format!("http://{}", listener.local_addr()?);
            let square = match place.format {
                Format::Town => Some(Square::new(&place, &stage.scenario.frame.brand, base.clone())),
                _ => None,
            };
            let address = if square.is_some() { format!("{base}/") } else { format!("{base}/feed") };
            addresses.push((place.name.clone(), address));
            let booth = Arc::new(Booth { place, square, stage: Arc::clone(&stage) });
            tasks.spawn(serve(listener, booth, cancel.clone()));
        }
        Ok(Self { addresses, stage, tasks, cancel })
    }

    /// What the narrator says, each line when its moment has come.
    pub fn narrator(&mut self) -> mpsc::Receiver<String> {
        let (said, lines) = mpsc::channel(1);
        let (stage, cancel) = (Arc::clone(&self.stage), self.cancel.clone());
        self.tasks.spawn(async move {
            let telling = stage.narrate(&said);
            let _ = cancel.run_until_cancelled(telling).await;
        });
        lines
    }

    /// What the narrator has said by now.
    pub fn narrated(&self) -> Vec<String> {
        let minute = self.stage.minute();
        let notes = self.stage.scenario.frame.notes.iter();
        notes.filter(|note| note.at <= minute).map(|note| note.say.clone()).collect()
    }

    /// Name and address of every place: of its feed, or of the square itself.
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

/// One place with its server.
struct Booth {
    place: Place,
    /// Where people talk.
    square: Option<Square>,
    stage: Arc<Stage>,
}

async fn serve(listener: TcpListener, booth: Arc<Booth>, cancel: CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let booth = Arc::clone(&booth);
                connections.spawn(async move {
                    let answer = service_fn(move |request| {
                        let booth = Arc::clone(&booth);
                        async move { booth.answer(request).await }
                    });
                    // A client that hangs up early is its own business.
                    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// The connection is dropped without an answer.
#[derive(Debug, thiserror::Error)]
#[error("dropped")]
struct Dropped;

impl Booth {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Dropped> {
        let Some(square) = &self.square else { return Ok(self.stage.answer(&self.place, &request).await) };
        if self.place.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(self.place.delay_ms)).await;
        }
        let (head, body) = request.into_parts();
        let body = Limited::new(body, LARGEST).collect().await.map_err(|_| Dropped)?.to_bytes();
        let asked = Asked {
            posts: head.method == Method::POST,
            path: head.uri.path(),
            query: head.uri.query().unwrap_or_default(),
            token: head.headers.get("idempotency-key").and_then(|token| token.to_str().ok()),
            body: &body,
        };
        let stage = &self.stage;
        let moment = |at: f64| stage.moment(at);
        let answer = square.answer(&asked, &stage.scenario, &moment, stage.clock.now()).await.ok_or(Dropped)?;
        let mut response = Response::new(Full::new(Bytes::from(answer.body)));
        *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(render::media_type(Format::Town)));
        if let Some(seconds) = answer.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        Ok(response)
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

    async fn narrate(&self, said: &mpsc::Sender<String>) {
        for note in &self.scenario.frame.notes {
            let rest = self.moment(note.at).duration_since(self.clock.now());
            tokio::time::sleep(Duration::try_from(rest).unwrap_or_default()).await;
            if said.send(note.say.clone()).await.is_err() {
                return;
            }
        }
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

    const SQUARE: &str = r#"{"about":"","brand":"Ferris Bikes","size":"solo","rivals":[],"watches":[],"places":[{"name":"square","format":"town"},{"name":"odd","format":"town","keeps_tokens":false,"faults":{"seed":3,"share":1.0}}]}
{"at":-1,"in":"square","by":"mara","followers":90,"text":"@ferrisbikes chain gone","then":[{"after":0.5,"text":"that was quick, thanks"}]}
{"at":-1,"in":"odd","by":"bo","text":"hm"}"#;

    async fn json(request: reqwest::RequestBuilder) -> (u16, serde_json::Value) {
        let response = request.send().await.unwrap();
        (response.status().as_u16(), serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }

    #[tokio::test]
    async fn who_is_answered_says_what_they_think() {
        let clock = Arc::new(Hand(AtomicI64::new(1_000_000)));
        let town = Town::open(Scenario::parse(SQUARE).unwrap(), Arc::<Hand>::clone(&clock), 1.0).await.unwrap();
        let (base, http) = (town.addresses()[0].1.clone(), reqwest::Client::new());
        let posts = async || json(http.get(format!("{base}api/posts?after=0"))).await.1;
        let first = posts().await;
        assert_eq!((first[0]["to_us"].as_bool(), first[0]["by"]["followers"].as_u64()), (Some(true), Some(90)));
        let reply = |token: &str| {
            let body = serde_json::json!({"text": "so sorry", "parent": first[0]["id"]}).to_string();
            json(http.post(format!("{base}api/posts")).header("idempotency-key", token).body(body))
        };
        let (status, ours) = reply("one").await;
        assert_eq!((status, ours["own"].as_bool(), ours["root"].as_str()), (201, Some(true), first[0]["id"].as_str()));
        assert_eq!(reply("one").await.1["id"], ours["id"], "the same token posts once");
        assert_ne!(reply("two").await.1["id"], ours["id"]);
        assert_eq!(posts().await.as_array().unwrap().len(), 3);
        clock.0.fetch_add(31, Ordering::SeqCst);
        let said = posts().await;
        assert_eq!(said.as_array().unwrap().len(), 4, "once, though it was answered twice");
        assert_eq!((said[3]["text"].as_str(), &said[3]["parent"]), (Some("that was quick, thanks"), &ours["id"]));
        let thread = json(http.get(format!("{base}api/thread/{}", ours["id"].as_str().unwrap()))).await.1;
        assert_eq!(thread.as_array().unwrap().len(), 4);
        assert_eq!(json(http.get(format!("{base}api/me"))).await.1["handle"], "ferrisbikes");
        assert_eq!(json(http.get(format!("{base}api/people/nobody"))).await.0, 404);
        assert_eq!(json(http.get(format!("{base}elsewhere"))).await.0, 404);
        town.close().await;
    }

    const TALK: &str = r#"{"about":"","brand":"B","size":"solo","rivals":[],"watches":[],"places":[{"name":"square","format":"town"}],"notes":[{"at":1,"say":"second"},{"at":0,"say":"first"}]}
{"at":-3,"in":"square","by":"ana","id":"q","text":"how?"}
{"at":-2,"in":"square","by":"b","id":"a","to":"q","text":"like this"}
{"at":-1,"in":"square","by":"bo","to":"a","text":"good to know"}"#;

    #[tokio::test]
    async fn what_the_brand_said_in_the_story_is_ours_and_has_its_thread() {
        let clock = Arc::new(Hand(AtomicI64::new(1_000_000)));
        let town = Town::open(Scenario::parse(TALK).unwrap(), Arc::<Hand>::clone(&clock), 1.0).await.unwrap();
        let (base, http) = (town.addresses()[0].1.clone(), reqwest::Client::new());
        let posts = json(http.get(format!("{base}api/posts"))).await.1;
        let told = |at: usize, key: &str| posts[at][key].clone();
        assert_eq!((told(0, "own"), told(1, "own"), told(2, "own")), (false.into(), true.into(), false.into()));
        assert_eq!((told(1, "parent"), told(2, "parent")), (told(0, "id"), told(1, "id")));
        assert_eq!((told(1, "root"), told(2, "root")), (told(0, "id"), told(0, "id")));
        assert_eq!((told(0, "to_us"), told(2, "to_us")), (false.into(), true.into()), "who answers us talks to us");
        town.close().await;
    }

    #[tokio::test(start_paused = true)]
    async fn the_narrator_speaks_when_the_moment_has_come() {
        let clock = Arc::new(Hand(AtomicI64::new(1_000_000)));
        let mut town = Town::open(Scenario::parse(TALK).unwrap(), Arc::<Hand>::clone(&clock), 2.0).await.unwrap();
        let (mut narrator, begun) = (town.narrator(), tokio::time::Instant::now());
        assert_eq!(narrator.recv().await.as_deref(), Some("first"));
        assert_eq!(town.narrated(), ["first"]);
        assert_eq!(narrator.recv().await.as_deref(), Some("second"));
        assert_eq!(begun.elapsed().as_secs(), 30, "twice as fast");
        clock.0.fetch_add(30, Ordering::SeqCst);
        assert_eq!(town.narrated(), ["first", "second"]);
        assert_eq!(narrator.recv().await, None);
        town.close().await;
    }

    #[tokio::test]
    async fn a_square_misbehaves_by_its_seed() {
        let story = || Scenario::parse(SQUARE).unwrap();
        let clock = Arc::new(Hand(AtomicI64::new(1_000_000)));
        let mut runs = Vec::new();
        for _ in 0..2 {
            let town = Town::open(story(), Arc::<Hand>::clone(&clock), 1.0).await.unwrap();
            let (base, http) = (town.addresses()[1].1.clone(), reqwest::Client::new());
            let mut seen = Vec::new();
            for number in 0..24 {
                let body = serde_json::json!({"text": format!("post {number}")}).to_string();
                let answer = http.post(format!("{base}api/posts")).body(body).send().await;
                seen.push(answer.map_or(0, |answer| answer.status().as_u16()));
            }
            let own = json(http.get(format!("{base}api/own"))).await.1;
            runs.push((seen, own.as_array().unwrap().len()));
            town.close().await;
        }
        let (seen, taken) = &runs[0];
        assert_eq!(runs[0], runs[1]);
        for status in [0, 201, 422, 429, 500] {
            assert!(seen.contains(&status), "{status}: {seen:?}");
        }
        assert!(*taken > seen.iter().filter(|status| **status == 201).count(), "some were taken without saying so");
    }
}
