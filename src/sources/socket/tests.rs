//! A real server on loopback, and everything that it can do wrong.

use std::future::Future;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::handshake::server::{Request as Asked, Response as Answer};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::*;
use crate::sources::http::{HttpSettings, PrivateAddresses};
use crate::sources::{Retry, SourceErrorKind as Kind};

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn client() -> Client {
    Client::new(HttpSettings::default()).unwrap()
}

/// Serves one connection.
async fn serve<F, Fut>(serve: F) -> (SocketAddr, JoinSet<()>)
where
    F: FnOnce(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(stream).await;
    });
    (place, tasks)
}

async fn upgraded(stream: TcpStream) -> WebSocketStream<TcpStream> {
    tokio_tungstenite::accept_async(stream).await.unwrap()
}

/// Answers the upgrade with this, whole.
async fn answering(answer: String) -> (SocketAddr, JoinSet<()>) {
    serve(async move |mut stream: TcpStream| {
        let mut asked = [0; 4096];
        let _ = stream.read(&mut asked).await.unwrap();
        stream.write_all(answer.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
    })
    .await
}

fn at(place: SocketAddr) -> Opening {
    Opening::to(format!("ws://{place}/subscribe?wanted=posts").parse().unwrap())
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn text_and_bytes_come_in_order_and_pings_are_answered() {
    let (place, mut tasks) = serve(async |stream| {
        let mut socket = upgraded(stream).await;
        socket.send(Frame::Text("one".into())).await.unwrap();
        socket.send(Frame::Ping(Bytes::from_static(b"there?"))).await.unwrap();
        socket.send(Frame::Binary(Bytes::from_static(&[1, 2]))).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), Frame::Pong(Bytes::from_static(b"there?")));
        assert_eq!(socket.next().await.unwrap().unwrap(), Frame::Text("hello".into()));
        assert!(socket.next().await.unwrap().unwrap().is_close());
        assert!(socket.next().await.is_none());
    })
    .await;
    let mut socket = at(place).connect(&client(), now()).await.unwrap();
    assert_eq!(socket.next(SECOND).await.unwrap(), Some(Message::Text("one".into())));
    assert_eq!(socket.next(SECOND).await.unwrap(), Some(Message::Binary(Bytes::from_static(&[1, 2]))));
    assert_eq!(socket.next(Duration::from_millis(20)).await.unwrap(), None);
    socket.send("hello").await.unwrap();
    socket.close().await;
    tasks.join_next().await.unwrap().unwrap();
}

#[tokio::test]
async fn it_says_who_it_is_and_keeps_the_token_out_of_the_address() {
    let (seen, asked) = tokio::sync::oneshot::channel();
    let (place, mut tasks) = serve(async |stream| {
        let mut head = None;
        #[allow(clippy::result_large_err)] // the shape of the callback is not ours
        let answer = |asked: &Asked, mut answer: Answer| {
            answer.headers_mut().insert("date", HeaderValue::from_static("Sun, 22 Nov 2026 11:00:00 GMT"));
            head = Some((asked.uri().to_string(), asked.headers().clone()));
            Ok(answer)
        };
        accept_hdr_async(stream, answer).await.unwrap();
        seen.send(head.unwrap()).unwrap();
    })
    .await;
    let opening = Opening::to(format!("http://ana:hunter2@{place}/stream?a=1#x").parse().unwrap());
    let opening = opening.bearer(&SecretString::from("canary-token"));
    let shown = format!("{opening:?}");
    assert!(!shown.contains("canary") && !shown.contains("hunter2"), "{shown}");
    let socket = opening.connect(&client(), now()).await.unwrap();
    assert_eq!(socket.date(), Some("2026-11-22T11:00:00Z".parse().unwrap()));
    tasks.join_next().await.unwrap().unwrap();
    let (uri, headers) = asked.await.unwrap();
    assert_eq!(uri, "/stream?a=1");
    assert_eq!(headers["authorization"], "Bearer canary-token");
    assert_eq!(headers["user-agent"], concat!("goodword/", env!("CARGO_PKG_VERSION")));
    assert_eq!(headers["host"], place.to_string().as_str());
}

#[tokio::test]
async fn a_refused_upgrade_is_told_with_what_to_do() {
    for (head, body, kind, retry, words) in [
        ("401 Unauthorized", r#"{"error":"The access token is invalid"}"#, Kind::Refused, Retry::Never, "is invalid”"),
        ("403 Forbidden", "", Kind::Refused, Retry::Never, "403 Forbidden"),
        ("404 Not Found", "<html>nothing</html>", Kind::NotFound, Retry::BackOff, "no stream at this address"),
        ("410 Gone", "", Kind::Gone, Retry::Never, "410 Gone"),
        ("426 Upgrade Required", "", Kind::NotUnderstood, Retry::BackOff, "does not speak WebSocket"),
        ("200 OK\r\nContent-Type: text/html", "<html>", Kind::NotUnderstood, Retry::BackOff, "not speak WebSocket"),
        ("302 Found\r\nLocation: wss://evil.example/", "", Kind::NotUnderstood, Retry::BackOff, "sends us elsewhere"),
        ("403 Forbidden\r\ncf-mitigated: challenge", "", Kind::Challenge, Retry::Daily, "a bot check"),
        ("500 Internal Server Error", "oops", Kind::ServerTrouble, Retry::BackOff, "(“oops”)"),
    ] {
        let length = body.len();
        let (place, _tasks) = answering(format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\n\r\n{body}")).await;
        let failed = at(place).connect(&client(), now()).await.unwrap_err();
        assert!(matches!(&failed.cause, Cause::Refused { .. }), "{failed:?}");
        assert_eq!((failed.error.kind, failed.error.retry), (kind, retry), "{failed}");
        assert!(failed.to_string().contains(words), "{failed}");
    }
}

#[tokio::test]
async fn a_busy_server_is_left_alone_as_long_as_it_wishes() {
    let later = Retry::NotBefore("2026-11-22T12:02:00Z".parse().unwrap());
    for (head, whole_host) in [
        ("429 Too Many Requests\r\nRetry-After: 120", true),
        ("429 Too Many Requests\r\nRetry-After: Sun, 22 Nov 2026 12:02:00 GMT", true),
        ("429 Too Many Requests\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 2026-11-22T12:02:00Z", true),
        ("503 Service Unavailable\r\nRetry-After: 120", false),
    ] {
        let (place, _tasks) = answering(format!("HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n")).await;
        let failed = at(place).connect(&client(), now()).await.unwrap_err();
        assert_eq!((failed.error.retry, failed.error.whole_host), (later, whole_host), "{failed}");
    }
}

#[tokio::test]
async fn what_is_no_server_of_streams_is_told() {
    let (place, _tasks) = answering("SSH-2.0-OpenSSH_9.2\r\n".into()).await;
    let failed = at(place).connect(&client(), now()).await.unwrap_err();
    assert_eq!(failed.error.kind, Kind::NotUnderstood, "{failed}");

    let (place, _tasks) = answering(String::new()).await;
    let failed = at(place).connect(&client(), now()).await.unwrap_err();
    assert_eq!(failed.error.kind, Kind::Unreachable, "{failed}");

    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let failed = at(gone).connect(&client(), now()).await.unwrap_err();
    assert!(failed.to_string().contains("refuses the connection"), "{failed}");

    let failed = Opening::to("wss://no.such.host.invalid/".parse().unwrap()).connect(&client(), now()).await;
    assert_eq!(failed.unwrap_err().error.kind, Kind::Unreachable);
}

#[tokio::test]
async fn plain_words_where_tls_was_expected_are_insecure() {
    let (place, _tasks) = answering("HTTP/1.1 400 Bad Request\r\n\r\n".into()).await;
    let failed = Opening::to(format!("wss://{place}/").parse().unwrap()).connect(&client(), now()).await.unwrap_err();
    // Without certificates on the machine there is no TLS to fail.
    assert!(matches!(failed.error.kind, Kind::Insecure | Kind::Local), "{failed}");
}

#[tokio::test]
async fn private_places_are_reached_unless_forbidden() {
    let settings = HttpSettings { private_addresses: PrivateAddresses::Refuse, ..HttpSettings::default() };
    let failed = at("127.0.0.1:1".parse().unwrap()).connect(&Client::new(settings).unwrap(), now()).await.unwrap_err();
    assert_eq!(failed.error.kind, Kind::BadAddress, "{failed}");
}

#[tokio::test]
async fn a_server_that_never_opens_is_left() {
    let (place, _tasks) = serve(async |stream| {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let limits = Limits { connect: Duration::from_millis(50), ..Limits::default() };
    let failed = at(place).limits(limits).connect(&client(), now()).await.unwrap_err();
    assert_eq!(failed.error.kind, Kind::TimedOut, "{failed}");
}

#[tokio::test]
async fn why_a_stream_ended_is_told() {
    let close = |code: u16, reason: &'static str| Some(CloseFrame { code: code.into(), reason: reason.into() });
    for (frame, kind, words) in [
        (close(1001, "restart"), Kind::Unreachable, "code 1001, going away (“restart”)"),
        (close(1008, "too slow"), Kind::Refused, "against its rules"),
        (close(1013, ""), Kind::ServerTrouble, "too busy"),
        (close(4000, "odd"), Kind::Unreachable, "code 4000 (“odd”)"),
        (None, Kind::Unreachable, "closed the stream"),
    ] {
        let wanted = frame.as_ref().map(|frame| (u16::from(frame.code), frame.reason.to_string()));
        let (place, _tasks) = serve(async |stream| {
            let mut socket = upgraded(stream).await;
            socket.close(frame).await.unwrap();
            while let Some(Ok(_)) = socket.next().await {}
        })
        .await;
        let mut socket = at(place).connect(&client(), now()).await.unwrap();
        let failed = socket.next(SECOND).await.unwrap_err();
        let (code, reason) = wanted.map_or((None, String::new()), |(code, reason)| (Some(code), reason));
        assert_eq!(failed.cause, Cause::Closed { code, reason });
        assert_eq!(failed.error.kind, kind, "{failed}");
        assert!(failed.to_string().contains(words), "{failed}");
    }
}

#[tokio::test]
async fn a_torn_connection_and_a_huge_message_are_failures() {
    let (place, _tasks) = serve(async |stream| {
        let mut socket = upgraded(stream).await;
        socket.send(Frame::Text("last words".into())).await.unwrap();
    })
    .await;
    let mut socket = at(place).connect(&client(), now()).await.unwrap();
    assert!(socket.next(SECOND).await.unwrap().is_some());
    assert_eq!(socket.next(SECOND).await.unwrap_err().error.kind, Kind::Unreachable);

    let (place, _tasks) = serve(async |stream| {
        let mut socket = upgraded(stream).await;
        let _ = socket.send(Frame::Text("x".repeat(2_000).into())).await;
        let _ = socket.next().await;
    })
    .await;
    let limits = Limits { largest: 1_000, ..Limits::default() };
    let mut socket = at(place).limits(limits).connect(&client(), now()).await.unwrap();
    let failed = socket.next(SECOND).await.unwrap_err();
    assert_eq!((&failed.cause, failed.error.kind), (&Cause::TooLarge, Kind::TooLarge), "{failed}");
}

#[tokio::test]
async fn a_silent_server_is_pinged_and_then_left() {
    let (place, _tasks) = serve(async |stream| {
        let mut socket = upgraded(stream).await;
        // The first ping is answered by reading it, the second is not read.
        assert!(socket.next().await.unwrap().unwrap().is_ping());
        socket.flush().await.unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    let short = Duration::from_millis(60);
    let limits = Limits { ping_after: short, answer_within: short, ..Limits::default() };
    let mut socket = at(place).limits(limits).connect(&client(), now()).await.unwrap();
    let begun = Instant::now();
    let failed = socket.next(Duration::from_secs(20)).await.unwrap_err();
    assert_eq!(failed.error.kind, Kind::TimedOut, "{failed}");
    assert!(begun.elapsed() >= short * 3, "an answered ping counts as a word: {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_stream_goes_through_the_tunnel_of_a_proxy() {
    let (server, mut serving) = serve(async |stream| {
        let mut socket = upgraded(stream).await;
        socket.send(Frame::Text("through".into())).await.unwrap();
    })
    .await;
    let (place, mut tunnelling) = serve(async move |mut stream: TcpStream| {
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            asked.push(stream.read_u8().await.unwrap());
        }
        let asked = String::from_utf8(asked).unwrap();
        assert!(asked.starts_with("CONNECT stream.example:443 HTTP/1.1\r\n"), "{asked}");
        assert!(asked.contains("proxy-authorization: Basic YW5hOmh1bnRlcjI="), "{asked}");
        let mut there = TcpStream::connect(server).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 Connection established\r\nvia: x\r\n\r\n").await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut stream, &mut there).await;
    })
    .await;
    let proxies = Matcher::builder().https(format!("http://ana:hunter2@{place}")).build();
    let proxy = Proxy::towards(&"https://stream.example/x".parse().unwrap(), &proxies).unwrap().unwrap();
    let tcp = proxy.tunnel("stream.example", 443, "stream.example").await.unwrap();
    let (mut stream, _) = tokio_tungstenite::client_async("ws://stream.example/x", tcp).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap(), Frame::Text("through".into()));
    drop(stream);
    serving.join_next().await;
    tunnelling.join_next().await;
}

#[tokio::test]
async fn a_proxy_that_does_not_let_through_is_told() {
    for (answer, wanted) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "answered 407 Proxy Authentication Required"),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", "does not let us through to s.example (it answered 403)"),
        ("garbage", "does not let us through to s.example"),
        ("HTTP/1.1 200 OK\r\nunfinished", "does not let us through"),
    ] {
        let (place, _tasks) = answering(answer.to_owned()).await;
        let proxies = Matcher::builder().all(format!("http://ana:hunter2@{place}")).build();
        let proxy = Proxy::towards(&"https://s.example".parse().unwrap(), &proxies).unwrap().unwrap();
        let error = proxy.tunnel("s.example", 443, "s.example").await.unwrap_err();
        assert!(error.to_string().contains(wanted) && error.kind == Kind::Unreachable, "{answer}: {error}");
        assert!(error.retry == Retry::BackOff && !error.to_string().contains("hunter2"), "{error}");
    }
}
