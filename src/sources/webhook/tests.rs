//! Senders of all sorts against the receiver: a mention that got its 202 is stored, whatever happens.

use std::sync::Arc;
use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout};

use super::server::LARGEST;
use super::source::Webhook;
use super::{KIND, open};
use crate::domain::Timestamp;
use crate::sources::{Batch, Listen, MemoryCredentials, SourceErrorKind, SourceSettings, Tools};

pub(super) const SECRET: &str = "a secret that nobody guesses";
pub(super) const NOW: i64 = 1_700_000_000;

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A receiver and a store that takes what it brings.
pub(super) struct Stand {
    pub(super) source: Webhook,
    cursor: String,
    pub(super) stored: Vec<String>,
    pub(super) remarks: Vec<String>,
    now: i64,
    http: reqwest::Client,
}

impl Stand {
    pub(super) async fn open() -> Self {
        Self::going_on("", |_| {}).await
    }

    pub(super) async fn going_on(cursor: &str, change: impl FnOnce(&mut Webhook)) -> Self {
        let mut source = webhook();
        source.patience.stored = Duration::from_secs(3);
        change(&mut source);
        source.settle(cursor, at(NOW)).await.unwrap();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        Self { source, cursor: cursor.to_owned(), stored: vec![], remarks: vec![], now: NOW, http }
    }

    pub(super) fn post(&self, media: &'static str) -> RequestBuilder {
        self.http.post(format!("http://{}/mentions", self.source.bound.unwrap())).header("content-type", media)
    }

    fn bearing(&self, media: &'static str, body: impl Into<reqwest::Body>) -> RequestBuilder {
        self.post(media).bearer_auth(SECRET).body(body)
    }

    fn lines(&self, body: impl Into<reqwest::Body>) -> RequestBuilder {
        self.bearing("application/x-ndjson", body)
    }

    fn take(&mut self, batch: Batch) {
        assert!(batch.items.len() <= 500 && batch.more);
        self.stored.extend(batch.items.into_iter().map(|item| item.native_id));
        self.remarks.extend(batch.remarks);
        self.cursor = batch.cursor;
    }

    /// Stores what comes until the sender is done.
    pub(super) async fn serve<T>(&mut self, sender: impl Future<Output = T>) -> T {
        tokio::pin!(sender);
        loop {
            let (cursor, now) = (self.cursor.clone(), at(self.now));
            let batch = tokio::select! {
                done = &mut sender => return done,
                batch = self.source.poll(&cursor, now) => batch.unwrap(),
            };
            self.take(batch);
        }
    }

    /// Sends, storing what comes meanwhile; the status and the answer.
    pub(super) async fn send(&mut self, request: RequestBuilder) -> (u16, Value) {
        let send = async {
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            let body = response.bytes().await.unwrap();
            (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
        };
        self.serve(send).await
    }
}

fn webhook() -> Webhook {
    Webhook::new("127.0.0.1:0".parse().unwrap(), Arc::new(MemoryCredentials::of(SECRET)))
}

pub(super) fn sign(parts: &[&[u8]]) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = <Hmac<sha2::Sha256> as KeyInit>::new_from_slice(SECRET.as_bytes()).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={digits}")
}

fn stamped(stand: &Stand, second: i64, body: &'static str) -> RequestBuilder {
    let stamp = second.to_string();
    let signature = sign(&[stamp.as_bytes(), b".", body.as_bytes()]);
    let request = stand.post("application/x-ndjson").body(body);
    request.header("x-goodword-timestamp", stamp).header("X-Goodword-Signature", signature)
}

fn line(id: &str) -> String {
    format!("{{\"native_id\":\"{id}\",\"text\":\"words\"}}\n")
}

#[tokio::test]
async fn lines_objects_and_arrays_are_taken_in() {
    let mut stand = Stand::open().await;
    let body = line("1") + "\n" + &line("2");
    assert_eq!(stand.send(stand.lines(body)).await, (202, json!({"accepted": 2, "wrong": 0, "refused": []})));
    let pretty = "{\n  \"native_id\": 3,\n  \"text\": \"words\"\n}";
    assert_eq!(stand.send(stand.bearing("application/json; charset=utf-8", pretty)).await.0, 202);
    let array = r#"[{"native_id":"4","text":"words"}, {"delete":"1"}]"#;
    assert_eq!(stand.send(stand.bearing("application/json", array)).await.1["accepted"], 2);
    assert_eq!(stand.send(stand.bearing("Application/JSON", line("5") + &line("6"))).await.0, 202);
    assert_eq!(stand.stored, ["1", "2", "3", "4", "1", "5", "6"]);
}

#[tokio::test]
async fn wrong_lines_are_named_and_the_others_are_stored() {
    let mut stand = Stand::open().await;
    let (status, answer) = stand.send(stand.lines(line("1") + "nonsense\n" + &line("2") + "{\"text\":7}")).await;
    assert_eq!((status, &answer["accepted"], &answer["wrong"]), (202, &json!(2), &json!(2)));
    assert_eq!(answer["refused"][0], json!({"line": 2, "why": "it is no JSON from column 2 on: “onsense”"}));
    assert_eq!(answer["refused"][1]["line"], 4);
    assert_eq!(stand.stored, ["1", "2"]);
    assert_eq!(stand.remarks.len(), 2, "{:?}", stand.remarks);

    let (status, answer) = stand.send(stand.lines("nonsense")).await;
    assert_eq!((status, &answer["error"]), (422, &json!("none of it can be read")));
    assert_eq!(stand.send(stand.bearing("application/json", "[7]")).await.0, 422);
    for nothing in ["", "\n\n", "  "] {
        assert_eq!(stand.send(stand.lines(nothing)).await.0, 400, "{nothing:?}");
    }
    assert_eq!(stand.send(stand.bearing("application/json", "<html>")).await.0, 400);
    assert_eq!(stand.stored, ["1", "2"]);
}

#[tokio::test]
async fn what_is_no_delivery_is_refused_with_the_fitting_status() {
    let mut stand = Stand::open().await;
    let url = format!("http://{}", stand.source.bound.unwrap());
    let cases = [
        (stand.http.get(format!("{url}/mentions")), 405),
        (stand.http.put(format!("{url}/mentions")), 405),
        (stand.http.post(&url), 404),
        (stand.http.post(format!("{url}/mentions/x")), 404),
        (stand.bearing("text/plain", line("1")), 415),
        (stand.bearing("application/x-www-form-urlencoded", line("1")), 415),
        (stand.http.post(format!("{url}/mentions")).bearer_auth(SECRET).body("{}"), 415),
        (stand.lines(line("1")).header("content-encoding", "gzip"), 415),
        (stand.lines(vec![b' '; LARGEST + 1]), 413),
        (stand.post("application/x-ndjson").body(line("1")), 401),
        (stand.post("application/x-ndjson").bearer_auth("wrong").body(line("1")), 401),
        (stand.post("application/x-ndjson").bearer_auth("").body(line("1")), 401),
        (stand.post("application/x-ndjson").basic_auth("u", Some(SECRET)).body(line("1")), 401),
        (stand.post("application/x-ndjson").header("x-hub-signature-256", "sha256=zz").body(line("1")), 401),
        (stand.post("application/x-ndjson").header("x-hub-signature-256", sign(&[b"other"])).body(line("1")), 401),
        (stand.post("application/x-ndjson").header("x-goodword-signature", sign(&[b"0."])).body(""), 401),
    ];
    for (number, (request, wanted)) in cases.into_iter().enumerate() {
        let response = stand.serve(request.send()).await.unwrap();
        assert_eq!(response.status(), wanted, "case {number}");
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header("allow"), (wanted == 405).then(|| "POST".to_owned()));
        assert_eq!(header("www-authenticate"), (wanted == 401).then(|| "Bearer".to_owned()));
        let answer: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert!(answer["error"].as_str().unwrap().len() > 10, "{answer}");
        assert!(!answer.to_string().contains(SECRET));
    }
    let endless =
        reqwest::Body::wrap_stream(futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 1 << 16])));
    assert_eq!(stand.send(stand.lines(endless)).await.0, 413, "a body of unknown length is cut off");
    assert!(stand.stored.is_empty());
}

#[tokio::test]
async fn signed_deliveries_count_once_even_after_a_restart() {
    let mut stand = Stand::open().await;
    let body = "{\"native_id\":\"1\",\"text\":\"words\"}";
    assert_eq!(stand.send(stamped(&stand, NOW, body)).await.0, 202);
    let known = (200, json!({"accepted": 0, "known": true}));
    assert_eq!(stand.send(stamped(&stand, NOW, body)).await, known);
    assert_eq!(stand.send(stamped(&stand, NOW + 1, body)).await.0, 202, "signed anew, it is another delivery");
    let hub = |stand: &Stand, name: &'static str| {
        let request = stand.post("application/json").header("X-Hub-Signature-256", sign(&[body.as_bytes()]));
        request.header("X-GitHub-Delivery", name).body(body)
    };
    assert_eq!(stand.send(hub(&stand, "one")).await.0, 202);
    assert_eq!(stand.send(hub(&stand, "one")).await, known);
    assert_eq!(stand.send(hub(&stand, "two")).await, known, "the name is not signed: another one makes no difference");
    assert_eq!(stand.stored, ["1", "1", "1"]);

    let mut later = Stand::going_on(&stand.cursor, |_| {}).await;
    assert_eq!(later.send(stamped(&later, NOW, body)).await, known);
    assert_eq!(later.send(hub(&later, "one")).await, known);
    assert!(later.stored.is_empty());
}

#[tokio::test]
async fn a_signature_is_good_for_five_minutes() {
    let mut stand = Stand::open().await;
    let body = "{\"native_id\":\"1\",\"text\":\"words\"}";
    for (off, wanted) in [(-290, 202), (290, 202), (-310, 401), (310, 401), (i64::MAX - NOW, 401), (-NOW, 401)] {
        assert_eq!(stand.send(stamped(&stand, NOW + off, body)).await.0, wanted, "{off} s off");
    }
    let soon = stand.post("application/x-ndjson").header("x-goodword-timestamp", "soon").body(body);
    let request = soon.header("x-goodword-signature", sign(&[b"soon.", body.as_bytes()]));
    assert_eq!(stand.send(request).await.0, 401);
    let (_, answer) = stand.send(stamped(&stand, NOW - 400, body)).await;
    assert!(answer["error"].as_str().unwrap().contains("s behind this machine's clock"), "{answer}");
    // What was signed for later than now is remembered for as long as it can come again.
    assert_eq!(stand.send(stamped(&stand, NOW + 280, "{\"text\":\"once\"}")).await.0, 202);
    stand.now = NOW + 570;
    let before = stand.stored.len();
    assert_eq!(stand.send(stamped(&stand, NOW + 280, "{\"text\":\"once\"}")).await.0, 200);
    stand.now = NOW + 590;
    stand.serve(sleep(Duration::from_millis(1))).await;
    stand.source.settle(&stand.cursor, at(stand.now)).await.unwrap();
    assert_eq!(stand.send(stamped(&stand, NOW + 280, "{\"text\":\"once\"}")).await.0, 401);
    assert_eq!(stand.stored.len(), before);
}

#[tokio::test]
async fn nothing_is_accepted_before_it_is_stored() {
    let mut stand = Stand::open().await;
    let request = stand.lines(line("1"));
    let send = async { request.send().await.unwrap().status().as_u16() };
    tokio::pin!(send);
    let batch = tokio::select! {
        status = &mut send => panic!("{status} before anything was handed over"),
        batch = stand.source.poll("", at(NOW)) => batch.unwrap(),
    };
    assert_eq!(batch.items.len(), 1);
    assert!(timeout(Duration::from_millis(200), &mut send).await.is_err(), "handed over is not stored");
    let again = stand.source.poll("", at(NOW)).await.unwrap();
    assert_eq!(again, batch, "what was not stored comes again");
    assert!(timeout(Duration::from_millis(200), &mut send).await.is_err());
    stand.take(again);
    assert_eq!(stand.serve(send).await, 202);
    assert_eq!(stand.stored, ["1"]);
}

#[tokio::test]
async fn a_store_that_was_led_on_by_another_process_keeps_what_it_has() {
    let mut other = Stand::open().await;
    assert_eq!(other.send(stamped(&other, NOW, "{\"native_id\":\"theirs\",\"text\":\"t\"}")).await.0, 202);
    let mut stand = Stand::open().await;
    let request = stamped(&stand, NOW, "{\"native_id\":\"ours\",\"text\":\"t\"}");
    let send = async { request.send().await.unwrap().status().as_u16() };
    tokio::pin!(send);
    tokio::select! {
        status = &mut send => panic!("{status}"),
        batch = stand.source.poll("", at(NOW)) => assert_eq!(batch.unwrap().items.len(), 1),
    }
    stand.cursor = other.cursor.clone();
    assert_eq!(stand.serve(send).await, 202);
    assert_eq!(stand.stored, ["ours"]);
    for body in ["{\"native_id\":\"theirs\",\"text\":\"t\"}", "{\"native_id\":\"ours\",\"text\":\"t\"}"] {
        assert_eq!(stand.send(stamped(&stand, NOW, body)).await.0, 200, "{body} is known");
    }
}

#[tokio::test]
async fn a_store_that_does_not_answer_costs_a_503_and_nothing_else() {
    let mut stand = Stand::going_on("", |source| source.patience.stored = Duration::from_millis(200)).await;
    let response = stand.lines(line("1")).send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()), (503, "5"));
    stand.source.patience.stored = Duration::from_secs(3);
    assert_eq!(stand.send(stand.lines(line("2"))).await.0, 202);
    assert_eq!(stand.stored, ["2"], "whoever was told to come again was not taken in");
}

#[tokio::test]
async fn a_large_delivery_is_stored_in_pieces_and_answered_after_the_last() {
    let mut stand = Stand::open().await;
    let body: String = (0..1_300).map(|number| line(&number.to_string())).collect();
    let (status, answer) = stand.send(stand.lines(body)).await;
    assert_eq!((status, &answer["accepted"]), (202, &json!(1_300)));
    assert_eq!(stand.stored, (0..1_300).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn many_senders_at_once_are_all_served() {
    let mut stand = Stand::open().await;
    let requests: Vec<RequestBuilder> = (0..60).map(|number| stand.lines(line(&number.to_string()))).collect();
    let all = futures_util::future::join_all(requests.into_iter().map(|request| async move {
        // More than may come at once: whoever is turned away comes again.
        for _ in 0..50 {
            let again = request.try_clone().unwrap();
            if again.send().await.is_ok_and(|response| response.status() == 202) {
                return true;
            }
            sleep(Duration::from_millis(20)).await;
        }
        false
    }));
    assert!(stand.serve(all).await.into_iter().all(|served| served));
    let mut stored = stand.stored.clone();
    stored.sort_by_key(|id| id.parse::<u32>().unwrap());
    stored.dedup();
    assert_eq!(stored.len(), 60);
}

pub(super) async fn said(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let _ = timeout(Duration::from_secs(5), stream.read_to_end(&mut said)).await;
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn slow_senders_are_shown_out() {
    let change = |source: &mut Webhook| {
        source.patience.head = Duration::from_millis(150);
        source.patience.body = Duration::from_millis(150);
    };
    let mut stand = Stand::going_on("", change).await;
    let address = stand.source.bound.unwrap();
    let head = format!(
        "POST /mentions HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nAuthorization: Bearer {SECRET}\r\n"
    );
    let begun = Instant::now();
    let mut silent = TcpStream::connect(address).await.unwrap();
    let mut in_the_head = TcpStream::connect(address).await.unwrap();
    in_the_head.write_all(head.as_bytes()).await.unwrap();
    let mut in_the_body = TcpStream::connect(address).await.unwrap();
    in_the_body.write_all(format!("{head}Content-Length: 50\r\n\r\n{{").as_bytes()).await.unwrap();
    stand
        .serve(async {
            assert!(!said(&mut silent).await.contains("202"));
            assert!(!said(&mut in_the_head).await.contains("202"));
            assert!(said(&mut in_the_body).await.starts_with("HTTP/1.1 408"));
        })
        .await;
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    let mut broken = TcpStream::connect(address).await.unwrap();
    broken.write_all(format!("{head}Content-Length: 50\r\n\r\n{{\"text\":\"half").as_bytes()).await.unwrap();
    broken.shutdown().await.unwrap();
    stand.serve(said(&mut broken)).await;
    assert!(stand.stored.is_empty(), "half a delivery is none");
}

#[tokio::test]
async fn connections_are_limited() {
    let mut stand = Stand::going_on("", |source| source.patience.connections = 4).await;
    let address = stand.source.bound.unwrap();
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(TcpStream::connect(address).await.unwrap());
    }
    sleep(Duration::from_millis(100)).await;
    assert!(stand.lines(line("1")).send().await.is_err(), "there is no room");
    held.clear();
    sleep(Duration::from_millis(100)).await;
    assert_eq!(stand.send(stand.lines(line("1"))).await.0, 202);
}

#[tokio::test]
async fn the_port_is_open_only_while_somebody_asks() {
    let mut stand = Stand::going_on("", |source| source.patience.absence = Duration::from_millis(150)).await;
    let address = stand.source.bound.unwrap();
    stand.source.address = address;
    assert_eq!(stand.send(stand.lines(line("1"))).await.0, 202);
    let free = async {
        while TcpListener::bind(address).await.is_err() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(5), free).await.expect("nobody asks, and the port is still taken");
    stand.source.settle(&stand.cursor, at(NOW)).await.unwrap();
    assert_eq!(stand.send(stand.lines(line("2"))).await.0, 202, "it is taken up again");

    let mut second = webhook();
    second.address = address;
    let error = second.poll("", at(NOW)).await.unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::Local);
    assert!(error.what.contains("something else listens on 127.0.0.1:"), "{error}");
    let stored = stand.stored.clone();
    drop(stand);
    let taken_over = async {
        while second.settle("", at(NOW)).await.is_err() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(5), taken_over).await.expect("a source that is gone holds its port");
    assert_eq!(stored, ["1", "2"]);
}

#[tokio::test]
async fn settings_that_would_open_a_door_are_refused() {
    let client = crate::sources::http::Client::new(crate::sources::http::HttpSettings::default()).unwrap();
    let tools = Tools { client, credentials: Arc::new(MemoryCredentials::of(SECRET)) };
    let listening = |address: Option<&str>| {
        let listen = address.map(|address| address.parse().unwrap());
        open(&SourceSettings { listen, ..SourceSettings::named("hook", KIND.network.clone()) }, &tools)
    };
    for refused in [None, Some("0.0.0.0:8799"), Some("192.168.1.2:8799"), Some("[::]:8799"), Some("127.0.0.1:0")] {
        let error = listening(refused).err().unwrap_or_else(|| panic!("{refused:?} is taken"));
        assert_eq!(error.kind, SourceErrorKind::BadAddress, "{refused:?}: {error}");
    }
    for taken in ["127.0.0.1:8799", "127.1.2.3:8799", "[::1]:8799"] {
        assert!(listening(Some(taken)).is_ok_and(|source| source.listen.capabilities().streams), "{taken}");
    }
    let weak = Arc::new(MemoryCredentials::of("hunter2"));
    let error = Webhook::new("127.0.0.1:0".parse().unwrap(), weak).poll("", at(NOW)).await.unwrap_err();
    assert!(error.advice.contains("openssl rand") && !format!("{error:?}").contains("hunter2"), "{error}");
    let none = Arc::new(MemoryCredentials::default());
    let error = Webhook::new("127.0.0.1:0".parse().unwrap(), none).poll("", at(NOW)).await.unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::Refused);
}
