//! What can go wrong, in words for a person: who asks, what stands in between, and what must stay at home.

use wiremock::matchers::any;

use super::*;
use SourceErrorKind as Kind;

/// The real moment: servers tell it in `Date`, and these tests are about that.
fn real() -> Timestamp {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    Timestamp::from_second(i64::try_from(since.as_secs()).unwrap()).unwrap()
}

async fn answering(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(template).mount(&server).await;
    server
}

/// The failure of a request that is made by `dress`.
async fn failing(template: ResponseTemplate, dress: impl Fn(Request) -> Request) -> SourceError {
    let server = answering(template).await;
    client().send(dress(Request::get(url(&server, "/x"))), real()).await.unwrap().success().unwrap_err()
}

fn data(request: Request) -> Request {
    request.accept("application/json")
}

fn account(request: Request) -> Request {
    data(request).of_account("mock:1").bearer("hunter2-token")
}

#[tokio::test]
async fn a_refusal_reads_differently_with_and_without_a_token() {
    let refused = |status| ResponseTemplate::new(status);
    for (status, dress, what, advice) in [
        (401, (|request| request) as fn(Request) -> Request, "401", "private feed address"),
        (401, data, "wants a login", "goodword login"),
        (401, account, "does not take our login", "revoked"),
        (403, |request| request, "403", "http.user_agent"),
        (403, data, "without a login", "goodword login"),
        (403, account, "knows us", "permission (scope)"),
        (403, |request| request.basic("ana", "hunter2"), "knows us", "scope"),
        (
            403,
            |request| request.header(HeaderName::from_static("api-key"), HeaderValue::from_static("k")),
            "knows us",
            "scope",
        ),
        (400, account, "400", "address"),
    ] {
        let error = failing(refused(status), dress).await;
        assert_eq!((error.kind, error.retry), (Kind::Refused, Retry::Never), "{error}");
        assert!(error.what.as_str().contains(what) && error.advice.contains(advice), "{status}: {error}");
        assert!(!error.advice.contains("clock"), "the clock is right: {error}");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
    let scope = refused(401).insert_header("www-authenticate", "Bearer error=\"insufficient_scope\"");
    assert!(failing(scope, account).await.advice.contains("scope"));
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_with_every_refusal() {
    for (status, told) in [(400, true), (401, true), (403, true), (404, false), (500, false)] {
        let server = answering(ResponseTemplate::new(status)).await;
        for (off, words) in [(-20 * 60, "20 minutes behind"), (3 * 3600, "3 hours ahead")] {
            let now = real() + SignedDuration::from_secs(off);
            let response = client().send(account(Request::get(url(&server, "/x"))), now).await.unwrap();
            let ahead = response.clock_skew().unwrap();
            assert!((ahead - SignedDuration::from_secs(off)).abs() < SignedDuration::from_secs(10), "{ahead:?}");
            let error = response.success().unwrap_err();
            let about: i64 = if off < 0 { 19 } else { 2 };
            let close = error.advice.contains(words) || error.advice.contains(&format!("{about} "));
            assert_eq!(told, error.advice.contains("clock of this machine") && close, "{error}");
        }
    }
    let server = answering(ResponseTemplate::new(200)).await;
    let response = client().send(Request::get(url(&server, "/")), real()).await.unwrap();
    assert_eq!(response.clock_skew(), None);
}

#[tokio::test]
async fn a_page_in_place_of_data_is_seen_through() {
    let page =
        |status, body: &str| ResponseTemplate::new(status).set_body_raw(body.to_owned(), "text/html; charset=utf-8");
    let error = failing(page(200, " <!doctype html><title>Hotel</title>"), data).await;
    assert_eq!((error.kind, error.retry), (Kind::Challenge, Retry::BackOff), "{error}");
    assert!(error.what.as_str().contains("web page instead of data") && error.advice.contains("login"), "{error}");
    let check = failing(page(200, "<title>Making sure you&#39;re not a bot!</title>"), data).await;
    assert!(check.advice.contains("bot check") && check.advice.contains("interface"), "{check}");
    for (status, body) in [(403, "<title>Just a moment...</title>"), (503, "<script src='/cdn-cgi/cf-chl'>")] {
        let error = failing(page(status, body), account).await;
        assert_eq!(error.kind, Kind::Challenge, "{error}");
        assert!(error.advice.contains("token"), "{error}");
        let feed = failing(page(status, body), |request| request).await;
        assert!(feed.advice.contains("feed readers"), "{feed}");
    }
    // What is no page, whatever it calls itself, and what was asked for as one.
    let odd = answering(page(200, "{\"ok\":true}")).await;
    assert!(client().send(data(Request::get(url(&odd, "/"))), real()).await.unwrap().success().is_ok());
    let empty = answering(page(202, "")).await;
    assert!(client().send(data(Request::get(url(&empty, "/"))), real()).await.unwrap().success().is_ok());
    let wanted = answering(page(200, "<p>")).await;
    assert!(client().send(Request::get(url(&wanted, "/")), real()).await.unwrap().success().is_ok());
    let json = r#"{"error":"captcha_required"}"#;
    let error = failing(ResponseTemplate::new(403).set_body_raw(json, "application/json"), account).await;
    assert_eq!(error.kind, Kind::Refused, "{error}");
    // Events were asked for.
    let portal = answering(page(200, "<p>")).await;
    let flow = Request::get(url(&portal, "/")).accept("text/event-stream");
    assert_eq!(client().stream(flow, real()).await.unwrap_err().kind, Kind::Challenge);
}

#[tokio::test]
async fn a_portal_that_sends_on_is_named() {
    let portal = answering(ResponseTemplate::new(200).set_body_raw("<html>", "text/html")).await;
    let on = ResponseTemplate::new(302).insert_header("location", url(&portal, "/login?orig=x").as_str());
    let error = failing(on.clone(), account).await;
    assert_eq!(error.kind, Kind::Challenge, "{error}");
    assert!(error.what.as_str().contains(&host_of(&url(&portal, "/"))), "{error}");
    assert!(error.what.as_str().contains("in place of") && error.advice.contains("your network"), "{error}");
    let home = answering(on).await;
    let post = Request::post_json(url(&home, "/posts"), b"{}".to_vec()).bearer("hunter2");
    let error = client().send(post, real()).await.unwrap().success().unwrap_err();
    assert_eq!(error.kind, Kind::NotUnderstood, "{error}");
    assert!(error.what.as_str().contains("sends on to") && error.advice.contains("your network"), "{error}");
    let network = failing(ResponseTemplate::new(511), account).await;
    assert!(network.advice.contains("your network"), "{network}");
}

#[tokio::test]
async fn a_proxy_that_refuses_says_what_to_do() {
    let error = failing(ResponseTemplate::new(407), account).await;
    assert_eq!((error.kind, error.retry), (Kind::Unreachable, Retry::BackOff), "{error}");
    assert!(error.advice.contains("HTTPS_PROXY"), "{error}");
}

/// Every redirect there is, for everything that is sent: nothing that authorises comes to another host, and what
/// is sent is never sent again.
#[tokio::test]
async fn what_authorises_stays_at_home_whatever_the_redirect() {
    let key = (HeaderName::from_static("api-key"), HeaderValue::from_static("hunter2"));
    let mut marked = HeaderValue::from_static("hunter2");
    marked.set_sensitive(true);
    for status in [300, 301, 302, 303, 304, 305, 307, 308] {
        let stranger = answering(ResponseTemplate::new(200)).await;
        let on = ResponseTemplate::new(status).insert_header("location", url(&stranger, "/there").as_str());
        let home = answering(on).await;
        let at = || url(&home, "/x");
        let requests = [
            Request::get(at()),
            Request::post_json(at(), b"hunter2".to_vec()),
            Request::post_form(at(), &[("password", "hunter2")]),
            Request::put_json(at(), b"hunter2".to_vec()),
            Request::delete(at()),
        ];
        for (number, request) in requests.into_iter().enumerate() {
            let dressed = request
                .bearer("hunter2")
                .header(key.0.clone(), key.1.clone())
                .header(HeaderName::from_static("cookie"), HeaderValue::from_static("session=hunter2"))
                .header(HeaderName::from_static("x-anything"), marked.clone())
                .header(HeaderName::from_static("api-username"), HeaderValue::from_static("hunter2"));
            let before = stranger.received_requests().await.unwrap().len();
            let response = client().send(dressed, now()).await.unwrap();
            let met = stranger.received_requests().await.unwrap();
            let followed = number == 0 && matches!(status, 301 | 302 | 303 | 307 | 308);
            assert_eq!(met.len() - before, usize::from(followed), "{status}, request {number}");
            assert_eq!(response.status.as_u16(), if followed { 200 } else { status });
            for request in met {
                let seen = format!("{:?} {:?}", request.headers, String::from_utf8_lossy(&request.body));
                assert!(!seen.contains("hunter2"), "{status}: {seen}");
            }
        }
        let own = home.received_requests().await.unwrap();
        assert!(own.iter().all(|request| request.headers.contains_key("authorization")));
    }
}

#[tokio::test]
async fn debug_of_everything_that_is_asked_shows_no_secret() {
    use crate::sources::{LoginRequest, PublishError, SourceSettings, search::Template};
    let secret = "Hunter2Secret";
    let address: Url = format!("https://ana:{secret}@a.example/x?token={secret}").parse().unwrap();
    let request = Request::post_form(address.clone(), &[("password", secret)]).bearer(secret);
    let settings =
        SourceSettings { url: Some(address.clone()), ..SourceSettings::named("x", crate::domain::Network::FEED) };
    let login = LoginRequest { url: Some(address.clone()), ..LoginRequest::default() };
    let template = Template { url: address.to_string(), ..Template::defaults().remove(0) };
    let error = SourceError::new(Kind::Local, address.as_str(), format!("Bearer {secret}"));
    let server =
        answering(ResponseTemplate::new(401).set_body_string(secret).insert_header("set-cookie", secret)).await;
    let mut asked = url(&server, &format!("/?token={secret}"));
    asked.set_password(Some(secret)).unwrap();
    let response = client().send(Request::get(asked).bearer(secret), now()).await.unwrap();
    let failed = PublishError::uncertain(error.clone());
    for shown in [
        format!("{request:?}"),
        format!("{settings:?}"),
        format!("{login:?}"),
        format!("{template:?}"),
        format!("{error:?} {error}"),
        format!("{failed:?} {failed}"),
        format!("{response:?}"),
        format!("{:?}", response.success().unwrap_err()),
    ] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
