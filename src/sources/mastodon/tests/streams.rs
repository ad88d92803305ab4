//! A small streaming server: WebSockets, server-sent events, or neither.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request as Upgrade, Response};

/// What the streaming server saw and is told to do.
#[derive(Default)]
pub(super) struct Log {
    /// Of each connection: path and query, and the header that authorises.
    pub(super) opened: Vec<(String, String)>,
    /// What the client sent by WebSocket.
    pub(super) heard: Vec<String>,
}

/// What the streaming server does with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaks {
    Both,
    OnlyEvents,
    Nothing,
    /// Opens a WebSocket and refuses in words.
    Grumbles,
}

pub(super) struct Streams {
    pub(super) url: String,
    pub(super) say: mpsc::Sender<String>,
    pub(super) log: Arc<Mutex<Log>>,
    _tasks: JoinSet<()>,
}

/// A streaming server. What is said goes to the newest connection; an empty text ends it.
pub(super) async fn streams(speaks: Speaks) -> Streams {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    let (say, said) = mpsc::channel::<String>(100);
    let said = Arc::new(tokio::sync::Mutex::new(said));
    let log = Arc::new(Mutex::new(Log::default()));
    let mut tasks = JoinSet::new();
    let shared = Arc::clone(&log);
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((peer, _)) = listener.accept().await {
            connections.spawn(serve(peer, speaks, Arc::clone(&said), Arc::clone(&shared)));
        }
    });
    Streams { url, say, log, _tasks: tasks }
}

async fn serve(
    peer: TcpStream,
    speaks: Speaks,
    said: Arc<tokio::sync::Mutex<mpsc::Receiver<String>>>,
    log: Arc<Mutex<Log>>,
) {
    let mut head = [0_u8; 4096];
    let count = peer.peek(&mut head).await.unwrap();
    let head = String::from_utf8_lossy(&head[..count]).to_lowercase();
    let upgrade = head.contains("upgrade: websocket");
    if upgrade && matches!(speaks, Speaks::Both | Speaks::Grumbles) {
        socket(peer, speaks, said, log).await;
    } else {
        events(peer, !upgrade && speaks != Speaks::Nothing, said, log).await;
    }
}

async fn socket(
    peer: TcpStream,
    speaks: Speaks,
    said: Arc<tokio::sync::Mutex<mpsc::Receiver<String>>>,
    log: Arc<Mutex<Log>>,
) {
    let note = Arc::clone(&log);
    #[allow(clippy::result_large_err)] // the signature is tungstenite's
    let look = move |request: &Upgrade, response: Response| {
        let authorised = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
        note.lock().unwrap().opened.push((request.uri().to_string(), authorised.unwrap_or_default()));
        Ok(response)
    };
    let mut socket = tokio_tungstenite::accept_hdr_async(peer, look).await.unwrap();
    if speaks == Speaks::Grumbles {
        let _ = socket.send(Message::text(r#"{"error":"Access to this stream is denied","status":403}"#)).await;
        let _ = socket.close(None).await;
        return;
    }
    let mut said = said.lock().await;
    loop {
        tokio::select! {
            words = said.recv() => match words {
                Some(words) if !words.is_empty() => socket.send(Message::text(words)).await.unwrap(),
                _ => return,
            },
            heard = socket.next() => match heard {
                Some(Ok(Message::Text(text))) => log.lock().unwrap().heard.push(text.to_string()),
                Some(Ok(_)) => {}
                _ => return,
            },
        }
    }
}

/// Server-sent events: what is said is `EVENT DATA`, and goes to the connection that asks for `user`.
async fn events(
    mut peer: TcpStream,
    streams: bool,
    said: Arc<tokio::sync::Mutex<mpsc::Receiver<String>>>,
    log: Arc<Mutex<Log>>,
) {
    let mut head = vec![0_u8; 4096];
    let count = peer.read(&mut head).await.unwrap();
    let head = String::from_utf8_lossy(&head[..count]).into_owned();
    let place = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let authorised = head.lines().find_map(|line| line.strip_prefix("authorization: ")).unwrap_or_default().to_owned();
    if !streams {
        let _ = peer.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
        return;
    }
    log.lock().unwrap().opened.push((place.clone(), authorised));
    let _ = peer.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:)\n\n").await;
    if !place.contains("/user") {
        tokio::time::sleep(Duration::from_secs(60)).await;
        return;
    }
    let mut said = said.lock().await;
    while let Some(words) = said.recv().await {
        let Some((event, data)) = words.split_once(' ') else { return };
        if peer.write_all(format!(":thump\n\nevent: {event}\ndata: {data}\n\n").as_bytes()).await.is_err() {
            return;
        }
    }
}
