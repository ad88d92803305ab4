//! The client against real servers on loopback.

mod failures;
mod limits;
mod stream;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use wiremock::matchers::{basic_auth, header, header_exists, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::{Retry, SourceError, SourceErrorKind};

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn client() -> Client {
    Client::new(HttpSettings { timeout: SignedDuration::from_secs(5), ..HttpSettings::default() }).unwrap()
}

async fn server_at(address: &str) -> MockServer {
    MockServer::builder().listener(TcpListener::bind((address, 0)).unwrap()).start().await
}

fn url(server: &MockServer, path: &str) -> Url {
    format!("{}{path}", server.uri()).parse().unwrap()
}

async fn get(client: &Client, url: Url) -> Result<Response, SourceError> {
    client.send(Request::get(url), now()).await
}

async fn failure_of(status: u16, headers: &[(&'static str, &str)]) -> SourceError {
    let server = MockServer::start().await;
    let template = headers
        .iter()
        .fold(ResponseTemplate::new(status), |template, (name, value)| template.insert_header(*name, *value));
    Mock::given(method("GET")).respond_with(template).mount(&server).await;
    get(&client(), url(&server, "/feed?token=hunter2")).await.unwrap().success().unwrap_err()
}

#[tokio::test]
async fn says_who_it_is_and_sends_validators_verbatim() {
    let server = MockServer::start().await;
    Mock::given(header("if-none-match", "W/\"a b\""))
        .and(header("if-modified-since", "sometime last week"))
        .and(header("user-agent", concat!("goodword/", env!("CARGO_PKG_VERSION"), " (+mailto:ana@ferris.example)")))
        .and(header_exists("accept-encoding"))
        .respond_with(ResponseTemplate::new(304).insert_header("etag", "\"next\""))
        .mount(&server)
        .await;
    let settings = HttpSettings { contact: Some("mailto:ana@ferris.example".into()), ..HttpSettings::default() };
    let validators = Validators { etag: Some("W/\"a b\"".into()), last_modified: Some("sometime last week".into()) };
    let request = Request::get(url(&server, "/")).unless(validators);
    let response = Client::new(settings).unwrap().send(request, now()).await.unwrap().success().unwrap();
    assert!(response.is_unchanged());
    assert_eq!(response.validators().etag.as_deref(), Some("\"next\""));
}

#[tokio::test]
async fn unpacks_every_packing() {
    let packed: [(&str, &[u8]); 4] = [
        (
            "gzip",
            &[
                31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 43, 72, 76, 206, 78, 77, 81, 40, 207, 47, 74, 41, 6, 0, 231, 132, 34,
                125, 12, 0, 0, 0,
            ],
        ),
        ("deflate", &[120, 156, 43, 72, 76, 206, 78, 77, 81, 40, 207, 47, 74, 41, 6, 0, 30, 92, 4, 184]),
        ("br", &[139, 5, 128, 112, 97, 99, 107, 101, 100, 32, 119, 111, 114, 100, 115, 3]),
        ("zstd", &[40, 181, 47, 253, 32, 12, 97, 0, 0, 112, 97, 99, 107, 101, 100, 32, 119, 111, 114, 100, 115]),
    ];
    let server = MockServer::start().await;
    for (packing, bytes) in packed {
        let template = ResponseTemplate::new(200).insert_header("content-encoding", packing).set_body_bytes(bytes);
        Mock::given(path(format!("/{packing}"))).respond_with(template).mount(&server).await;
        assert_eq!(
            get(&client(), url(&server, &format!("/{packing}"))).await.unwrap().body,
            b"packed words",
            "{packing}"
        );
    }
    let damaged =
        ResponseTemplate::new(200).insert_header("content-encoding", "gzip").set_body_bytes(&packed[0].1[..20]);
    Mock::given(path("/damaged")).respond_with(damaged).mount(&server).await;
    let error = get(&client(), url(&server, "/damaged")).await.unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::NotUnderstood, "{error}");
}

#[tokio::test]
async fn a_bomb_is_stopped_while_it_unpacks() {
    let server = MockServer::start().await;
    // 38 kB that unpack to 40 MB.
    let bomb: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/feeds/bomb.gz"));
    let template = ResponseTemplate::new(200).insert_header("content-encoding", "gzip").set_body_bytes(bomb);
    Mock::given(path("/bomb")).respond_with(template).mount(&server).await;
    Mock::given(path("/large"))
        .respond_with(ResponseTemplate::new(200).set_body_bytes(vec![0; 3_000_000]))
        .mount(&server)
        .await;
    let settings = HttpSettings { largest_body: 2_000_000, ..HttpSettings::default() };
    for at in ["/bomb", "/large"] {
        let error = get(&Client::new(settings.clone()).unwrap(), url(&server, at)).await.unwrap_err();
        assert_eq!((error.kind, error.retry), (SourceErrorKind::TooLarge, Retry::Daily), "{at}: {error}");
    }
}

#[tokio::test]
async fn one_host_waits_for_its_turn_and_others_do_not_wait_for_it() {
    let (slow, other) = (server_at("127.0.0.1").await, server_at("127.0.0.2").await);
    let late = ResponseTemplate::new(200).set_delay(Duration::from_millis(150));
    Mock::given(method("GET")).respond_with(late).mount(&slow).await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200)).mount(&other).await;
    let client = Client::new(HttpSettings { at_once: 2, ..HttpSettings::default() }).unwrap();
    let begun = Instant::now();
    let waiting = futures_util::future::join_all((0..4).map(|_| get(&client, url(&slow, "/"))));
    let quick = async {
        get(&client, url(&other, "/")).await.unwrap();
        begun.elapsed()
    };
    let (answers, quick) = tokio::join!(waiting, quick);
    assert!(answers.iter().all(Result::is_ok));
    assert!(begun.elapsed() >= Duration::from_millis(590), "not one after the other: {:?}", begun.elapsed());
    assert!(quick < Duration::from_millis(450), "waited for another host: {quick:?}");
}

#[tokio::test]
async fn a_complaint_holds_back_everything_at_this_host_and_nothing_else() {
    let (busy, other) = (server_at("127.0.0.1").await, server_at("127.0.0.2").await);
    Mock::given(path("/a"))
        .respond_with(ResponseTemplate::new(429).insert_header("retry-after", "120"))
        .expect(1)
        .mount(&busy)
        .await;
    Mock::given(path("/b")).respond_with(ResponseTemplate::new(200)).expect(1).mount(&busy).await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200)).mount(&other).await;
    let client = client();
    let error = get(&client, url(&busy, "/a")).await.unwrap().success().unwrap_err();
    let until = now() + SignedDuration::from_secs(120);
    assert_eq!((error.kind, error.retry, error.whole_host), (SourceErrorKind::TooMany, Retry::NotBefore(until), true));
    assert!(error.advice.contains("12:02 UTC"), "{error}");
    let held = get(&client, url(&busy, "/b")).await.unwrap_err();
    assert_eq!((held.retry, held.whole_host), (Retry::NotBefore(until), true));
    assert!(get(&client, url(&other, "/")).await.is_ok());
    assert!(client.send(Request::get(url(&busy, "/b")), until).await.is_ok());
}

#[tokio::test]
async fn a_grant_that_is_used_up_is_waited_for() {
    let server = MockServer::start().await;
    let spent = ResponseTemplate::new(200)
        .insert_header("x-ratelimit-remaining", "0.0")
        .insert_header("x-ratelimit-reset", "60");
    Mock::given(method("GET")).respond_with(spent).mount(&server).await;
    let client = client();
    assert!(get(&client, url(&server, "/")).await.is_ok());
    let held = get(&client, url(&server, "/")).await.unwrap_err();
    // A second later than it says: resets are rounded.
    assert_eq!(held.retry, Retry::NotBefore(now() + SignedDuration::from_secs(61)));
}

#[tokio::test]
async fn every_status_is_told_with_what_to_do() {
    use SourceErrorKind as Kind;
    for (status, kind, retry) in [
        (401, Kind::Refused, Retry::Never),
        (403, Kind::Refused, Retry::Never),
        (404, Kind::NotFound, Retry::BackOff),
        (410, Kind::Gone, Retry::Never),
        (418, Kind::Refused, Retry::Never),
        (408, Kind::TimedOut, Retry::BackOff),
        (451, Kind::Refused, Retry::Never),
        (500, Kind::ServerTrouble, Retry::BackOff),
        (503, Kind::ServerTrouble, Retry::BackOff),
        (511, Kind::Challenge, Retry::BackOff),
        (300, Kind::NotUnderstood, Retry::BackOff),
    ] {
        let error = failure_of(status, &[]).await;
        assert_eq!((error.kind, error.retry, error.whole_host), (kind, retry, false), "{status}");
        assert!(error.what.as_str().contains(&status.to_string()) && error.advice.len() > 10, "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}

#[tokio::test]
async fn complaints_come_in_many_dresses() {
    let at = |seconds| Retry::NotBefore(now() + SignedDuration::from_secs(seconds));
    assert_eq!(failure_of(429, &[]).await.retry, at(60));
    assert_eq!(failure_of(503, &[("retry-after", "Sun, 22 Nov 2026 12:00:30 GMT")]).await.retry, at(30));
    let github = failure_of(403, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795348890")]).await;
    assert_eq!((github.kind, github.retry), (SourceErrorKind::TooMany, at(90)));
    let cloudflare = failure_of(403, &[("cf-mitigated", "challenge")]).await;
    assert_eq!((cloudflare.kind, cloudflare.retry), (SourceErrorKind::Challenge, Retry::Daily));
}

#[tokio::test]
async fn permanent_moves_are_told_from_detours() {
    let server = MockServer::start().await;
    let to = |status, location: &str| ResponseTemplate::new(status).insert_header("location", location);
    Mock::given(path("/old")).respond_with(to(301, "/new")).mount(&server).await;
    Mock::given(path("/new")).respond_with(to(302, "/detour")).mount(&server).await;
    Mock::given(path("/detour")).respond_with(ResponseTemplate::new(200).set_body_string("here")).mount(&server).await;
    Mock::given(path("/circle")).respond_with(to(302, "/circle")).mount(&server).await;
    Mock::given(path("/out")).respond_with(to(302, "file:///etc/passwd")).mount(&server).await;
    let response = get(&client(), url(&server, "/old")).await.unwrap();
    assert_eq!(response.body, b"here");
    assert_eq!(response.url.path(), "/detour");
    assert_eq!(response.moved.unwrap().path(), "/new");
    assert!(get(&client(), url(&server, "/circle")).await.unwrap_err().what.as_str().contains("circle"));
    assert_eq!(get(&client(), url(&server, "/out")).await.unwrap_err().kind, SourceErrorKind::BadAddress);
}

#[tokio::test]
async fn a_login_is_sent_as_a_header_and_never_to_strangers() {
    let (home, stranger) = (server_at("127.0.0.1").await, server_at("127.0.0.2").await);
    let on = ResponseTemplate::new(302).insert_header("location", url(&stranger, "/feed").as_str());
    Mock::given(basic_auth("ana", "hunter2")).respond_with(on).expect(1).mount(&home).await;
    Mock::given(header_exists("authorization"))
        .respond_with(ResponseTemplate::new(500))
        .expect(0)
        .with_priority(1)
        .mount(&stranger)
        .await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200)).expect(1).mount(&stranger).await;
    let mut with_login = url(&home, "/feed");
    with_login.set_username("ana").unwrap();
    with_login.set_password(Some("hunter2")).unwrap();
    let request = Request::get(with_login).bearer("other-secret");
    assert!(!format!("{request:?}").contains("hunter2") && !format!("{request:?}").contains("other-secret"));
    // The login of the address goes before the token: only one can be sent.
    let mut plain = request;
    plain.headers.clear();
    let response = client().send(plain, now()).await.unwrap().success().unwrap();
    assert!(!format!("{response:?} {}", response.url).contains("hunter2"));
    let token = Request::get(url(&home, "/none")).bearer("other-secret");
    assert!(client().send(token, now()).await.unwrap().success().is_err());
}

#[tokio::test]
async fn json_is_sent_and_not_sent_on() {
    let server = MockServer::start().await;
    let on = ResponseTemplate::new(307).insert_header("location", "/elsewhere");
    Mock::given(method("POST")).and(path("/moved")).respond_with(on).mount(&server).await;
    Mock::given(method("POST"))
        .and(header("content-type", "application/json"))
        .and(wiremock::matchers::body_string("{}"))
        .respond_with(ResponseTemplate::new(201))
        .mount(&server)
        .await;
    let post = |at: &str| Request::post_json(url(&server, at), b"{}".to_vec());
    assert_eq!(client().send(post("/posts"), now()).await.unwrap().status.as_u16(), 201);
    assert_eq!(client().send(post("/moved"), now()).await.unwrap().status.as_u16(), 307);
}

#[tokio::test]
async fn private_addresses_are_refused_where_they_must_be() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200)).expect(0).mount(&server).await;
    let settings = HttpSettings { private_addresses: PrivateAddresses::Refuse, ..HttpSettings::default() };
    let error = get(&Client::new(settings).unwrap(), url(&server, "/")).await.unwrap_err();
    assert_eq!((error.kind, error.retry), (SourceErrorKind::BadAddress, Retry::Never));
    assert!(error.advice.contains("private_addresses"));
}

#[tokio::test]
async fn no_answer_is_told_by_its_cause() {
    use SourceErrorKind as Kind;
    // Nobody listens there.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = get(&client(), format!("http://{free}/?token=hunter2").parse().unwrap()).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unreachable);
    assert!(error.what.as_str().contains("refuses") && !error.to_string().contains("hunter2"), "{error}");
    // No such name.
    let error = get(&client(), "http://no-such-host.invalid/".parse().unwrap()).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unreachable, "{error}");
    assert!(error.what.as_str().contains("no-such-host.invalid"));
    // Something else than TLS answers.
    let error =
        get(&client(), format!("https://{}/", speaks("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).parse().unwrap())
            .await;
    assert_eq!(error.unwrap_err().kind, Kind::Insecure);
    // It breaks off.
    let short = speaks("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this");
    let error = get(&client(), format!("http://{short}/").parse().unwrap()).await.unwrap_err();
    assert!(error.what.as_str().contains("broke off"), "{error}");
    // It is too slow.
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(ResponseTemplate::new(200).set_delay(Duration::from_secs(30)))
        .mount(&server)
        .await;
    let impatient = HttpSettings { timeout: SignedDuration::from_secs(1), ..HttpSettings::default() };
    let error = get(&Client::new(impatient).unwrap(), url(&server, "/")).await.unwrap_err();
    assert_eq!(error.kind, Kind::TimedOut, "{error}");
}

/// A server that says this to the first who asks, and hangs up.
fn speaks(answer: &'static str) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(answer.as_bytes());
    });
    address
}
