//! What goes wrong on the way.

use std::time::Duration;

use secrecy::ExposeSecret;
use wiremock::matchers::{body_partial_json, header};

use super::*;
use crate::domain::time::SignedDuration;
use crate::sources::{Credentials, Retry, SourceErrorKind};

const LOGIN: &str = "/api/v3/user/login";

fn granted(token: &str) -> ResponseTemplate {
    body(&format!(r#"{{"jwt":"{token}","registration_created":false,"verify_email_sent":false}}"#))
}

fn searching(server: &MockServer) -> SourceSettings {
    SourceSettings { search: vec!["ferris".into()], ..settings(server) }
}

#[tokio::test]
async fn a_password_becomes_a_token_that_survives_a_restart() {
    let server = quiet_v3().await;
    Mock::given(path(LOGIN))
        .and(body_partial_json(serde_json::json!({"username_or_email": "ferris_bikes", "password": "canary pass"})))
        .respond_with(granted(TOKEN))
        .expect(1)
        .mount(&server)
        .await;
    let credentials = Arc::new(MemoryCredentials::of("canary pass"));
    let mut source = networks::open(&with_account(&server), &tools(&credentials)).unwrap();
    let batch = poll(&mut source, "").await.unwrap();
    assert!(!batch.cursor.contains("canary"));
    assert!(credentials.session().await.unwrap().expose_secret().contains(TOKEN));
    let mut again = networks::open(&with_account(&server), &tools(&credentials)).unwrap();
    poll(&mut again, &batch.cursor).await.unwrap();
}

#[tokio::test]
async fn a_token_that_was_revoked_is_replaced_once() {
    let server = MockServer::start().await;
    Mock::given(path(LOGIN)).respond_with(granted("first")).up_to_n_times(1).mount(&server).await;
    Mock::given(path(LOGIN)).respond_with(granted("second")).expect(1).mount(&server).await;
    for (at, status) in [("/api/v3/user/replies", 401), ("/api/v3/user/mention", 400)] {
        Mock::given(path(at))
            .and(header("authorization", "Bearer first"))
            .respond_with(error(status, "not_logged_in"))
            .mount(&server)
            .await;
    }
    get(&server, "/api/v3/site", answer_of!("v3_site.json")).await;
    Mock::given(method("GET")).respond_with(body("{}")).with_priority(200).mount(&server).await;
    let credentials = Arc::new(MemoryCredentials::of("canary pass"));
    let mut source = networks::open(&with_account(&server), &tools(&credentials)).unwrap();
    let batch = poll(&mut source, "").await.unwrap();
    assert!(batch.remarks.is_empty(), "{:?}", batch.remarks);
}

#[tokio::test]
async fn a_pasted_token_that_is_refused_is_told() {
    let server = MockServer::start().await;
    let stranger = answer_of!("v3_site.json").replace("my_user", "nobody");
    get(&server, "/api/v3/site", &stranger).await;
    let failed = poll(&mut opened(&with_account(&server)), "").await.unwrap_err();
    assert_eq!((failed.kind, failed.retry), (SourceErrorKind::Refused, Retry::Never));
    assert!(failed.advice.contains("goodword login lemmy"), "{failed}");
    let server = MockServer::start().await;
    Mock::given(header("authorization", format!("Bearer {TOKEN}").as_str()))
        .respond_with(error(401, "incorrect_login"))
        .with_priority(1)
        .mount(&server)
        .await;
    get(&server, "/api/v3/site", answer_of!("v3_site.json")).await;
    let failed = poll(&mut opened(&with_account(&server)), "").await.unwrap_err();
    assert!(failed.kind == SourceErrorKind::Refused && !format!("{failed:?}").contains("canary"), "{failed:?}");
}

#[tokio::test]
async fn a_login_that_is_refused_says_why() {
    for (answer, words) in [
        (error(401, "incorrect_login"), "wrong"),
        (error(400, "password_incorrect"), "wrong"),
        (error(400, "couldnt_find_that_username_or_email"), "wrong"),
        (error(400, "missing_totp_token"), "second factor"),
        (error(400, "email_not_verified"), "not verified"),
        (error(400, "registration_application_is_pending"), "approval"),
        (error(400, "site_ban"), "banned"),
        (body(r#"{"jwt":null,"registration_created":true}"#), "approval"),
    ] {
        let server = quiet_v3().await;
        Mock::given(path(LOGIN)).respond_with(answer).mount(&server).await;
        let credentials = Arc::new(MemoryCredentials::of("canary pass"));
        let failed =
            poll(&mut networks::open(&with_account(&server), &tools(&credentials)).unwrap(), "").await.unwrap_err();
        assert_eq!((failed.kind, failed.retry), (SourceErrorKind::Refused, Retry::Never), "{failed}");
        assert!(failed.to_string().contains(words), "{failed}");
        assert!(!format!("{failed:?}").contains("canary"));
    }
}

#[tokio::test]
async fn a_limit_inside_a_400_holds_the_whole_host() {
    for answer in [error(400, "rate_limit_error"), error(429, "rate_limit_error").insert_header("retry-after", "120")] {
        let server = quiet_v3().await;
        Mock::given(path("/api/v3/search")).respond_with(answer).expect(1).mount(&server).await;
        let failed = poll(&mut opened(&searching(&server)), "").await.unwrap_err();
        assert_eq!((failed.kind, failed.whole_host), (SourceErrorKind::TooMany, true), "{failed}");
        assert_eq!(failed.retry, Retry::NotBefore("2026-11-22T12:02:00Z".parse().unwrap()));
    }
}

#[tokio::test]
async fn each_failure_has_its_kind() {
    let slow = body("{}").set_delay(Duration::from_secs(3));
    for (answer, kind) in [
        (ResponseTemplate::new(502), SourceErrorKind::ServerTrouble),
        (ResponseTemplate::new(400), SourceErrorKind::Refused),
        (error(404, "couldnt_find_community"), SourceErrorKind::NotFound),
        (error(400, "couldnt_find_community"), SourceErrorKind::NotFound),
        (error(400, "something_new"), SourceErrorKind::Refused),
        (slow, SourceErrorKind::TimedOut),
        (body("{\"posts\":["), SourceErrorKind::NotUnderstood),
        (body("7"), SourceErrorKind::NotUnderstood),
        (ResponseTemplate::new(200).set_body_raw("<html>hello", "text/html"), SourceErrorKind::Challenge),
    ] {
        let server = quiet_v3().await;
        Mock::given(path("/api/v3/search")).respond_with(answer).mount(&server).await;
        let http = HttpSettings { timeout: SignedDuration::from_secs(1), ..HttpSettings::default() };
        let tools = Tools { client: Client::new(http).unwrap(), credentials: Arc::new(MemoryCredentials::default()) };
        let failed = poll(&mut networks::open(&searching(&server), &tools).unwrap(), "").await.unwrap_err();
        assert_eq!(failed.kind, kind, "{failed}");
    }
}

#[tokio::test]
async fn trouble_while_the_version_is_asked_for_decides_nothing() {
    let server = MockServer::start().await;
    Mock::given(path("/api/v3/site")).respond_with(ResponseTemplate::new(502)).up_to_n_times(1).mount(&server).await;
    get(&server, "/api/v3/site", answer_of!("v3_site.json")).await;
    Mock::given(method("GET")).respond_with(body("{}")).with_priority(200).mount(&server).await;
    let mut source = opened(&searching(&server));
    assert_eq!(poll(&mut source, "").await.unwrap_err().kind, SourceErrorKind::ServerTrouble);
    poll(&mut source, "").await.unwrap();
    let requests = server.received_requests().await.unwrap();
    assert!(requests.iter().all(|request| !request.url.path().starts_with("/api/v4")));
}

#[tokio::test]
async fn a_redirect_to_another_host_does_not_get_the_token() {
    let server = MockServer::start().await;
    let elsewhere = MockServer::start().await;
    get(&server, "/api/v3/site", answer_of!("v3_site.json")).await;
    Mock::given(method("GET")).respond_with(body("{}")).mount(&elsewhere).await;
    let away = ResponseTemplate::new(307).insert_header("location", format!("{}/inbox", elsewhere.uri()));
    Mock::given(path("/api/v3/user/replies")).respond_with(away).mount(&server).await;
    Mock::given(method("GET")).respond_with(body("{}")).with_priority(200).mount(&server).await;
    poll(&mut opened(&with_account(&server)), "").await.unwrap();
    let requests = elsewhere.received_requests().await.unwrap();
    assert!(!requests.is_empty() && requests.iter().all(|request| request.headers.get("authorization").is_none()));
}
