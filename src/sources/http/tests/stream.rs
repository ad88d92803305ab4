//! Answers that go on.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::mpsc;

use super::*;
use crate::sources::http::Stream;

type Asked = (String, OwnedWriteHalf);

/// A server that answers every request with these lines and leaves the rest to the test.
async fn flowing(head: &'static str) -> (Url, mpsc::Receiver<Asked>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/stream", listener.local_addr().unwrap()).parse().unwrap();
    let (give, take) = mpsc::channel(9);
    drop(tokio::task::spawn_local(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            drop(tokio::task::spawn_local(answer(stream, head, give.clone())));
        }
    }));
    (url, take)
}

async fn answer(stream: TcpStream, head: &'static str, give: mpsc::Sender<Asked>) {
    let (mut read, mut write) = stream.into_split();
    let mut asked = Vec::new();
    while !asked.ends_with(b"\r\n\r\n") {
        asked.push(read.read_u8().await.unwrap());
    }
    write.write_all(head.as_bytes()).await.unwrap();
    let _ = give.send((String::from_utf8(asked).unwrap(), write)).await;
    // Keeps the connection open until the client closes it.
    let _ = read.read(&mut [0; 1]).await;
}

const FLOW: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";

async fn locally<F: Future>(test: F) -> F::Output {
    tokio::task::LocalSet::new().run_until(test).await
}

async fn open(client: &Client, url: Url) -> Result<Stream, SourceError> {
    client.stream(Request::get(url).accept("text/event-stream").bearer("hunter2"), now()).await
}

#[tokio::test]
async fn what_comes_is_read_as_it_comes_and_holds_no_turn() {
    locally(async {
        let (url, mut server) = flowing(FLOW).await;
        let client = Client::new(HttpSettings { per_host: 1, at_once: 1, ..HttpSettings::default() }).unwrap();
        let mut stream = open(&client, url.clone()).await.unwrap();
        let (asked, mut answer) = server.recv().await.unwrap();
        assert!(!asked.to_lowercase().contains("accept-encoding"), "{asked}");
        assert_eq!(stream.text("content-type"), Some("text/event-stream"));
        for words in ["data: one\n\n", "data: two\n\n"] {
            answer.write_all(words.as_bytes()).await.unwrap();
            assert_eq!(stream.chunk().await.unwrap().as_deref(), Some(words.as_bytes()));
        }
        // The host has one turn and so has the whole client; neither is taken.
        let second = tokio::time::timeout(Duration::from_secs(5), open(&client, url)).await.unwrap();
        assert!(second.is_ok() && server.recv().await.is_some());
        drop(answer);
        assert_eq!(stream.chunk().await.unwrap(), None);
        assert!(!format!("{stream:?}").contains("hunter2"));
    })
    .await;
}

#[tokio::test]
async fn giving_up_waiting_loses_nothing() {
    locally(async {
        let (url, mut server) = flowing(FLOW).await;
        let mut stream = open(&client(), url).await.unwrap();
        let (_, mut server) = server.recv().await.unwrap();
        for _ in 0..3 {
            assert!(tokio::time::timeout(Duration::from_millis(10), stream.chunk()).await.is_err());
        }
        server.write_all(b"late").await.unwrap();
        assert_eq!(stream.chunk().await.unwrap().as_deref(), Some(&b"late"[..]));
    })
    .await;
}

#[tokio::test]
async fn silence_ends_it_and_is_counted_over_many_waits() {
    locally(async {
        let (url, mut server) = flowing(FLOW).await;
        let mut stream = open(&client(), url).await.unwrap().idle(Duration::from_millis(200));
        let _server = server.recv().await.unwrap();
        let begun = Instant::now();
        let error = loop {
            match tokio::time::timeout(Duration::from_millis(300), stream.chunk()).await {
                Err(_) => assert!(begun.elapsed() < Duration::from_secs(5), "never falls silent"),
                Ok(end) => break end.unwrap_err(),
            }
        };
        assert_eq!((error.kind, error.retry), (SourceErrorKind::TimedOut, Retry::BackOff), "{error}");
        assert!(error.what.as_str().contains("said nothing"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn one_that_breaks_off_says_so() {
    locally(async {
        let (url, mut server) = flowing("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await;
        let mut stream = open(&client(), url).await.unwrap();
        drop(server.recv().await.unwrap());
        assert_eq!(stream.chunk().await.unwrap().as_deref(), Some(&b"half"[..]));
        let error = stream.chunk().await.unwrap_err();
        assert_eq!(error.kind, SourceErrorKind::Unreachable, "{error}");
        assert!(error.what.as_str().contains("broke off"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_told_as_for_any_other_request() {
    let server = MockServer::start().await;
    for (status, kind) in [
        (401, SourceErrorKind::Refused),
        (404, SourceErrorKind::NotFound),
        (429, SourceErrorKind::TooMany),
        (503, SourceErrorKind::ServerTrouble),
    ] {
        Mock::given(path(format!("/{status}"))).respond_with(ResponseTemplate::new(status)).mount(&server).await;
        let error = open(&client(), url(&server, &format!("/{status}"))).await.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
    }
}

#[tokio::test]
async fn a_stream_that_something_packed_is_refused() {
    locally(async {
        let (url, _server) = flowing("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n").await;
        assert_eq!(open(&client(), url).await.unwrap_err().kind, SourceErrorKind::NotUnderstood);
    })
    .await;
}

#[tokio::test]
async fn pieces_come_as_a_stream_of_futures_too() {
    use futures_util::StreamExt as _;
    locally(async {
        let (url, mut server) = flowing(FLOW).await;
        let stream = open(&client(), url).await.unwrap();
        let (_, mut server) = server.recv().await.unwrap();
        server.write_all(b"all of it").await.unwrap();
        drop(server);
        let pieces: Vec<_> = stream.chunks().collect().await;
        let whole: Vec<u8> = pieces.into_iter().flat_map(Result::unwrap).collect();
        assert_eq!(whole, b"all of it");
    })
    .await;
}
