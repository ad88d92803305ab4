//! The receiver: connections, their limits, and what becomes of one request. One request a connection.

use std::convert::Infallible;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::answer::{Refusal, response};
use super::desk::{Desk, HandedIn, busy, not_yet};
use super::proof::Offer;
use crate::sources::attendance::Absence;
use crate::sources::github::hook::{self, Told};
use crate::sources::ndjson::{Cut, Gather, Splitter};

/// Where deliveries go.
const PATH: &str = "/mentions";
/// The header by which GitHub says what its delivery is about.
const EVENT: &str = "x-github-event";
/// Largest body, in bytes.
pub(super) const LARGEST: usize = 1 << 20;
/// Pause after the system had no connection to give.
const BREATH: Duration = Duration::from_millis(100);
/// What a sender may still send after a refusal, in bytes, so that it gets to read the answer.
const LINGER_BYTES: u64 = 4 << 20;

/// How patient the receiver is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For the head of a request.
    pub(super) head: Duration,
    /// For the whole body.
    pub(super) body: Duration,
    /// For a delivery to be stored.
    pub(super) stored: Duration,
    /// For a sender to hang up after the answer.
    pub(super) linger: Duration,
    /// How long the port stays open though nobody asks the source.
    pub(super) absence: Duration,
    /// Connections at the same time.
    pub(super) connections: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(5),
            body: Duration::from_secs(10),
            stored: Duration::from_secs(9),
            linger: Duration::from_secs(1),
            absence: Duration::from_secs(30),
            connections: 32,
        }
    }
}

/// What all connections share.
pub(super) struct Counter {
    pub(super) desk: Arc<Desk>,
    pub(super) secret: SecretString,
    pub(super) patience: Patience,
}

/// Receives until nobody asks the source any more.
pub(super) async fn receive(listener: TcpListener, counter: Arc<Counter>, mut absence: Absence) {
    let gone = absence.lasts(counter.patience.absence);
    tokio::pin!(gone);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = &mut gone => return,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if connections.len() < counter.patience.connections => {
                    connections.spawn(serve(stream, Arc::clone(&counter)));
                }
                // Too many: this one is closed, and its sender comes again.
                Ok(_) => {}
                Err(_) => sleep(BREATH).await,
            },
        }
    }
}

async fn serve(stream: TcpStream, counter: Arc<Counter>) {
    let patience = counter.patience;
    let answer = service_fn(move |request| {
        let counter = Arc::clone(&counter);
        Box::pin(async move { Ok::<_, Infallible>(answer(&counter, request).await) })
    });
    let mut http = http1::Builder::new();
    http.keep_alive(false).timer(TokioTimer::new()).header_read_timeout(patience.head).max_buf_size(64 << 10);
    let mut connection = http.serve_connection(TokioIo::new(stream), answer);
    let whole = patience.head + patience.body + patience.stored + patience.linger;
    let served = timeout(whole, poll_fn(|context| connection.poll_without_shutdown(context))).await;
    if !matches!(served, Ok(Ok(()))) {
        return;
    }
    // A connection that is closed while the sender still sends is reset, and the answer is lost on the way.
    let mut stream = connection.into_parts().io.into_inner();
    let drain = async {
        stream.shutdown().await?;
        tokio::io::copy(&mut stream.take(LINGER_BYTES), &mut tokio::io::sink()).await
    };
    let _ = timeout(patience.linger, drain).await;
}

async fn answer(counter: &Counter, request: Request<Incoming>) -> Response<Full<Bytes>> {
    match take_in(counter, request).await {
        Ok(response) => response,
        Err(refusal) => refusal.response(),
    }
}

/// The shape of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One JSON value, or lines all the same.
    Json,
    /// Lines.
    Lines,
}

async fn take_in(counter: &Counter, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Refusal> {
    let shape = judge_head(&request)?;
    let offer = Offer::read(request.headers())?;
    let event = request.headers().get(EVENT).map(|event| String::from_utf8_lossy(event.as_bytes()).into_owned());
    let now = counter.desk.now().ok_or_else(not_yet)?;
    offer.judge_early(&counter.secret, now)?;
    let announced = usize::try_from(request.body().size_hint().lower()).unwrap_or(usize::MAX);
    if !counter.desk.has_room(announced) {
        return Err(busy());
    }
    let body = body(request.into_body(), counter.patience.body).await?;
    let marks = offer.judge(&counter.secret, &body, now)?;
    let gather = match &event {
        Some(event) => of_github(event, &body)?,
        None => read(shape, &body)?,
    };
    if event.is_some() && gather.is_empty() {
        return Ok(response(StatusCode::OK, &json!({ "accepted": 0 })));
    }
    let refused: Vec<Value> =
        gather.wrong.iter().map(|(line, error)| json!({ "line": line, "why": error.to_string() })).collect();
    let (accepted, wrong) = (gather.items.len(), gather.refused());
    if gather.is_empty() {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "there is nothing in it: send mentions as lines or JSON"));
    }
    if gather.holds_nothing_but_errors() {
        let body = json!({ "error": "none of it can be read", "wrong": wrong, "refused": refused });
        return Ok(response(StatusCode::UNPROCESSABLE_ENTITY, &body));
    }
    let receiver = match counter.desk.hand_in(gather, marks, body.len())? {
        HandedIn::Waits(receiver) => receiver,
        HandedIn::Known => return Ok(response(StatusCode::OK, &json!({ "accepted": 0, "known": true }))),
    };
    match timeout(counter.patience.stored, receiver).await {
        Ok(Ok(())) => {
            let body = json!({ "accepted": accepted, "wrong": wrong, "refused": refused });
            Ok(response(StatusCode::ACCEPTED, &body))
        }
        _ => Err(not_yet()),
    }
}

fn judge_head(request: &Request<Incoming>) -> Result<Shape, Refusal> {
    if request.uri().path() != PATH {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "deliveries go to /mentions"));
    }
    if request.method() != Method::POST {
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "deliveries are sent with POST"));
    }
    let unsupported = |why| Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
    if request.headers().contains_key(CONTENT_ENCODING) {
        return unsupported("send the body as it is, not compressed");
    }
    let media = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let shape = match media.as_str() {
        "application/json" => Shape::Json,
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/x-jsonlines" => Shape::Lines,
        _ => {
            return unsupported(
                "Content-Type must be application/x-ndjson or application/json (GitHub has a choice of it)",
            );
        }
    };
    if request.body().size_hint().lower() > LARGEST as u64 {
        return Err(too_large());
    }
    Ok(shape)
}

fn too_large() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "a delivery is at most 1 MB: send several")
}

async fn body(body: Incoming, patience: Duration) -> Result<Bytes, Refusal> {
    match timeout(patience, Limited::new(body, LARGEST).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Refusal::new(StatusCode::BAD_REQUEST, "the body broke off")),
        Err(_) => Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "the body took too long")),
    }
}

/// What GitHub says by itself.
fn of_github(event: &str, body: &[u8]) -> Result<Gather, Refusal> {
    let unreadable = |why: &str| Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, why);
    let mut gather = Gather::default();
    match hook::read(event, body) {
        Ok(Told::Post(item)) => gather.take_item(*item),
        Ok(Told::Nothing) => {}
        Ok(Told::OtherEvent) => gather.remark(format!(
            "GitHub delivers “{}”, which holds no posts: in the settings of its webhook choose only issues, issue \
             comments, pull requests, pull request review comments, discussions and discussion comments",
            event.chars().take(60).collect::<String>()
        )),
        Ok(Told::Senseless(why)) => return Err(unreadable(why)),
        Err(_) => return Err(unreadable("the body is not the JSON of such an event of GitHub")),
    }
    Ok(gather)
}

/// What a body says.
pub(super) fn read(shape: Shape, body: &[u8]) -> Result<Gather, Refusal> {
    let mut gather = Gather::default();
    if shape == Shape::Json
        && let Ok(value) = serde_json::from_slice::<Value>(body)
    {
        let values = match value {
            Value::Array(values) => values,
            other => vec![other],
        };
        for (number, value) in (1..).zip(values) {
            gather.take_value(number, value);
        }
        return Ok(gather);
    }
    let mut lines = Splitter::default();
    lines.push(body);
    while let Some(cut) = lines.next().or_else(|| lines.finish()) {
        let number = lines.lines();
        if shape == Shape::Json
            && matches!(&cut, Cut::Line(line) if number == 1 && !line.trim_ascii_start().starts_with(b"{"))
        {
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "the body is no JSON"));
        }
        gather.take(number, &cut);
    }
    Ok(gather)
}
