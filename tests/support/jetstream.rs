//! A Jetstream server on loopback, for tests and benches: it speaks both forms of the documented stream over a real
//! WebSocket, goes on from a cursor, leaves out what is not wanted, and does wrong what it is told to.
//!
//! <https://github.com/bluesky-social/jetstream>: `docs/README.md` 5.1 (`/subscribe`), 5.2 and
//! `lexicons/network/bsky/jetstream` (`subscribeEvents`, `getZstdDictionary`). It also answers
//! `app.bsky.actor.getProfiles` for the people that it was told of.
#![allow(dead_code)] // every user uses a part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message};
use tokio_tungstenite::tungstenite::{Bytes, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, accept_async};

/// Frames that are looked at under one lock.
const CHUNK: usize = 256;

/// What goes wrong with one connection, after so many frames.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The upgrade is answered with this: status line and headers, and a body.
    Refuse(&'static str, &'static str),
    /// The connection is torn.
    Tear(usize),
    /// The server says good-bye.
    Close(usize, u16, &'static str),
    /// This is sent instead of a frame; then it goes on.
    Garbage(usize, Message),
    /// Nothing more is sent, and nothing is read.
    Silence(usize),
    /// Every frame is sent twice.
    Twice,
    /// A pause before every frame.
    Slow(Duration),
}

/// One event, in the shape of the first form, and its time.
#[derive(Clone)]
struct Logged {
    time: i64,
    collection: Option<String>,
    line: Utf8Bytes,
    event: Utf8Bytes,
}

#[derive(Default)]
struct State {
    log: Vec<Logged>,
    faults: VecDeque<Fault>,
    asked: Vec<String>,
    people: HashMap<String, Value>,
    /// Who spoils every question that names them.
    unheard_of: Vec<String>,
    profile_requests: usize,
    profiles_away: bool,
    oldest: Option<i64>,
    dictionary: Option<Vec<u8>>,
    second_form: bool,
}

/// The server. Dropping it ends it.
pub struct Jets {
    place: SocketAddr,
    state: Arc<Mutex<State>>,
    news: Arc<Notify>,
    _tasks: JoinSet<()>,
}

impl Jets {
    /// A server of the first form, with an empty log.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = listener.local_addr().unwrap();
        let (state, news) = (Arc::new(Mutex::new(State::default())), Arc::new(Notify::new()));
        let mut tasks = JoinSet::new();
        let (shared, told) = (Arc::clone(&state), Arc::clone(&news));
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                connections.spawn(serve(stream, Arc::clone(&shared), Arc::clone(&told)));
                while connections.try_join_next().is_some() {}
            }
        });
        Self { place, state, news, _tasks: tasks }
    }

    /// The address of the first form.
    pub fn address(&self) -> String {
        format!("ws://{}/subscribe", self.place)
    }

    /// The address below which people are looked up.
    pub fn appview(&self) -> String {
        format!("http://{}/", self.place)
    }

    /// From now on it speaks the second form too, and gives this dictionary out if there is one.
    pub fn speak_second_form(&self, dictionary: Option<Vec<u8>>) {
        let mut state = self.state();
        (state.second_form, state.dictionary) = (true, dictionary);
    }

    /// Something happens on the network: an event in the shape of the first form.
    pub fn publish(&self, event: &Value) {
        self.publish_all(std::slice::from_ref(event));
    }

    /// Many things happen.
    pub fn publish_all(&self, events: &[Value]) {
        let logged: Vec<Logged> = events
            .iter()
            .map(|event| Logged {
                time: event["time_us"].as_i64().unwrap(),
                collection: event["commit"]["collection"].as_str().map(str::to_owned),
                line: event.to_string().into(),
                event: second_form(event).to_string().into(),
            })
            .collect();
        self.state().log.extend(logged);
        self.news.notify_waiters();
    }

    /// What goes wrong with the next connection that has nothing planned for it yet.
    pub fn fault(&self, fault: Fault) {
        self.state().faults.push_back(fault);
    }

    /// Nothing older than this can be had.
    pub fn forget_before(&self, time: i64) {
        self.state().oldest = Some(time);
    }

    /// Somebody who can be looked up.
    pub fn person(&self, did: &str, handle: &str, name: &str, followers: u64) {
        let person = json!({"did": did, "handle": handle, "displayName": name, "followersCount": followers});
        self.state().people.insert(did.to_owned(), person);
    }

    /// Somebody whom the network cannot make out: it refuses every question that names them.
    pub fn unheard_of(&self, actor: &str) {
        self.state().unheard_of.push(actor.to_owned());
    }

    /// Whether looking people up fails.
    pub fn profiles_away(&self, away: bool) {
        self.state().profiles_away = away;
    }

    /// How often people were looked up.
    pub fn profile_requests(&self) -> usize {
        self.state().profile_requests
    }

    /// Paths and queries with which streams were asked for.
    pub fn asked(&self) -> Vec<String> {
        self.state().asked.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// A post that is written.
pub fn post(time: i64, did: &str, rkey: &str, rev: &str, text: &str) -> Value {
    let record = json!({"$type": "app.bsky.feed.post", "createdAt": moment(time), "langs": ["en"], "text": text});
    commit(time, did, "create", rkey, rev, Some(record))
}

/// A post that is taken down.
pub fn deletion(time: i64, did: &str, rkey: &str, rev: &str) -> Value {
    commit(time, did, "delete", rkey, rev, None)
}

/// Something that happens to a post.
pub fn commit(time: i64, did: &str, operation: &str, rkey: &str, rev: &str, record: Option<Value>) -> Value {
    let mut commit = json!({"rev": rev, "operation": operation, "collection": "app.bsky.feed.post", "rkey": rkey});
    if let Some(record) = record {
        commit["record"] = record;
        commit["cid"] = json!("bafyreidwaivazkwu67xztlmuobx35hs2lnfh3kolmgfmucldvhd3sgzcqi");
    }
    json!({"did": did, "time_us": time, "kind": "commit", "commit": commit})
}

/// A moment as records write it.
pub fn moment(time: i64) -> String {
    jiff::Timestamp::from_microsecond(time).unwrap().strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

/// The same event in the second form.
fn second_form(event: &Value) -> Value {
    let kind = event["kind"].as_str().unwrap_or_default();
    let mut payload = json!({
        "$type": format!("network.bsky.jetstream.subscribeEvents#{kind}"),
        "seq": event["time_us"].as_i64().unwrap() / 7,
        "did": event["did"],
        "time": moment(event["time_us"].as_i64().unwrap()),
        "witnessedAt": moment(event["time_us"].as_i64().unwrap()),
    });
    match event[kind].as_object() {
        Some(commit) if kind == "commit" => payload.as_object_mut().unwrap().extend(commit.clone()),
        Some(_) => payload[kind] = event[kind].clone(),
        None => {}
    }
    json!({"$type": "message", "payload": payload})
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>, news: Arc<Notify>) {
    let mut head = [0; 8192];
    let Ok(size) = stream.peek(&mut head).await else { return };
    let head = String::from_utf8_lossy(&head[..size]).into_owned();
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    if !head.to_lowercase().contains("upgrade: websocket") {
        let answer = page(&target, &mut state.lock().unwrap());
        let _ = stream.read(&mut [0; 8192]).await;
        let _ = stream.write_all(&answer).await;
        let _ = stream.shutdown().await;
        return;
    }
    let (fault, second) = {
        let mut state = state.lock().unwrap();
        state.asked.push(target.clone());
        (state.faults.pop_front(), state.second_form)
    };
    let events = target.starts_with("/xrpc/network.bsky.jetstream.subscribeEvents");
    let refusal = match &fault {
        Some(Fault::Refuse(head, body)) => Some((*head, *body)),
        _ if events && !second => Some(("404 Not Found", "404 page not found")),
        _ => None,
    };
    if let Some((head, body)) = refusal {
        let _ = stream.read(&mut [0; 8192]).await;
        let answer = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
        return;
    }
    if let Ok(socket) = accept_async(stream).await {
        Sender { socket, state, news, fault, events, wanted: Wanted::read(&target), sent: 0 }.run().await;
    }
}

/// Answers to plain requests.
fn page(target: &str, state: &mut State) -> Vec<u8> {
    let answer = |status: &str, kind: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
        [head.as_bytes(), body].concat()
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    match path {
        "/xrpc/network.bsky.jetstream.getZstdDictionary" => match &state.dictionary {
            Some(dictionary) => answer("200 OK", "application/octet-stream", dictionary),
            None => answer("404 Not Found", "text/plain", b"404 page not found"),
        },
        "/xrpc/app.bsky.actor.getProfiles" => {
            state.profile_requests += 1;
            if state.profiles_away {
                return answer("502 Bad Gateway", "application/json", br#"{"error":"UpstreamFailure"}"#);
            }
            let actors: Vec<String> = url::form_urlencoded::parse(query.as_bytes())
                .filter(|(name, _)| name == "actors")
                .map(|(_, actor)| actor.into_owned())
                .collect();
            assert!((1..=25).contains(&actors.len()), "{} actors", actors.len());
            if actors.iter().any(|actor| state.unheard_of.contains(actor)) {
                let refused = br#"{"error":"InvalidRequest","message":"actor must be a valid did or a handle"}"#;
                return answer("400 Bad Request", "application/json", refused);
            }
            let found: Vec<&Value> = state
                .people
                .values()
                .filter(|person| actors.iter().any(|actor| person["did"] == **actor || person["handle"] == **actor))
                .collect();
            answer("200 OK", "application/json", json!({"profiles": found}).to_string().as_bytes())
        }
        _ => answer("404 Not Found", "text/plain", b"404 page not found"),
    }
}

/// What a client asks for.
struct Wanted {
    collections: Vec<String>,
    cursor: Option<i64>,
    packed: bool,
}

impl Wanted {
    fn read(target: &str) -> Self {
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let mut wanted = Self { collections: Vec::new(), cursor: None, packed: false };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "wantedCollections" | "collections" => wanted.collections.push(value.into_owned()),
                "cursor" => wanted.cursor = value.parse().ok(),
                "zstdDictionary" => wanted.packed = true,
                "compress" => wanted.packed = value == "true",
                _ => {}
            }
        }
        wanted
    }
}

/// One connection.
struct Sender {
    socket: WebSocketStream<TcpStream>,
    state: Arc<Mutex<State>>,
    news: Arc<Notify>,
    fault: Option<Fault>,
    events: bool,
    wanted: Wanted,
    sent: usize,
}

impl Sender {
    async fn run(mut self) {
        let mut packer = self.packer();
        let mut next = match self.begin() {
            Begin::At(place) => place,
            Begin::Clamped(place) => {
                if self.events {
                    let info =
                        json!({"$type": "network.bsky.jetstream.subscribeEvents#info", "name": "OutdatedCursor"});
                    let notice = json!({"$type": "message", "payload": info}).to_string();
                    let notice = packer.as_mut().map_or_else(|| Message::text(&notice), |packer| pack(packer, &notice));
                    let _ = self.socket.send(notice).await;
                }
                place
            }
        };
        loop {
            let news = Arc::clone(&self.news);
            let told = news.notified();
            let chunk: Vec<Logged> = {
                let state = self.state.lock().unwrap();
                state.log.iter().skip(next).take(CHUNK).cloned().collect()
            };
            if chunk.is_empty() {
                if !self.fault_is_due() || self.wrong().await {
                    tokio::select! {
                        () = told => {}
                        read = self.socket.next() => if !matches!(read, Some(Ok(_))) { return },
                    }
                    continue;
                }
                return;
            }
            next += chunk.len();
            for logged in chunk {
                if logged.collection.is_some_and(|collection| !self.wanted.collections.contains(&collection)) {
                    continue;
                }
                if self.fault_is_due() && !self.wrong().await {
                    return;
                }
                let text = if self.events { logged.event } else { logged.line };
                let frame = packer.as_mut().map_or_else(|| Message::Text(text.clone()), |packer| pack(packer, &text));
                if let Some(Fault::Slow(pause)) = self.fault {
                    let _ = self.socket.flush().await;
                    tokio::time::sleep(pause).await;
                }
                if matches!(self.fault, Some(Fault::Twice)) && self.socket.feed(frame.clone()).await.is_err() {
                    return;
                }
                if self.socket.feed(frame).await.is_err() {
                    return;
                }
                self.sent += 1;
            }
            if self.socket.flush().await.is_err() {
                return;
            }
        }
    }

    fn packer(&self) -> Option<zstd::bulk::Compressor<'static>> {
        let dictionary = self.state.lock().unwrap().dictionary.clone().unwrap_or_default();
        self.wanted.packed.then(|| zstd::bulk::Compressor::with_dictionary(3, &dictionary).unwrap())
    }

    fn begin(&self) -> Begin {
        let state = self.state.lock().unwrap();
        let Some(cursor) = self.wanted.cursor else { return Begin::At(state.log.len()) };
        let floor = state.oldest.unwrap_or(i64::MIN);
        let place = state.log.iter().position(|logged| logged.time >= cursor.max(floor)).unwrap_or(state.log.len());
        if floor > cursor { Begin::Clamped(place) } else { Begin::At(place) }
    }

    fn fault_is_due(&self) -> bool {
        match self.fault {
            Some(Fault::Tear(after) | Fault::Close(after, ..) | Fault::Garbage(after, _) | Fault::Silence(after)) => {
                self.sent >= after
            }
            _ => false,
        }
    }

    /// Does what is wrong. Whether the connection goes on after it.
    async fn wrong(&mut self) -> bool {
        match self.fault.take() {
            Some(Fault::Close(_, code, reason)) => {
                let frame = CloseFrame { code: code.into(), reason: reason.into() };
                let _ = self.socket.close(Some(frame)).await;
                while let Some(Ok(_)) = self.socket.next().await {}
                false
            }
            Some(Fault::Garbage(_, message)) => self.socket.send(message).await.is_ok(),
            Some(Fault::Silence(_)) => {
                let _ = self.socket.flush().await;
                std::future::pending::<()>().await;
                false
            }
            _ => {
                let _ = self.socket.flush().await;
                false
            }
        }
    }
}

enum Begin {
    At(usize),
    Clamped(usize),
}

fn pack(packer: &mut zstd::bulk::Compressor<'static>, text: &str) -> Message {
    Message::Binary(Bytes::from(packer.compress(text.as_bytes()).unwrap()))
}
