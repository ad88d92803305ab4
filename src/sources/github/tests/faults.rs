//! A server that refuses, complains, breaks off, or is none.

use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::sources::{Retry, SourceError, SourceErrorKind};

/// What one hears who searches without a token when the server answers like this.
async fn failure_of(answer: ResponseTemplate) -> SourceError {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    source(&server, &["Ferris"], &[], None).listen.poll("", now()).await.unwrap_err()
}

/// The same with a token that was good until now.
async fn failure_of_token(answer: ResponseTemplate) -> SourceError {
    let server = MockServer::start().await;
    serve(&server, "user", json(answer!("user"))).await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    source(&server, &["Ferris"], &[], Some("canary-token")).listen.poll("", now()).await.unwrap_err()
}

#[tokio::test]
async fn a_refusal_says_what_is_missing() {
    let error = failure_of_token(refused(401, r#"{"message":"Bad credentials"}"#)).await;
    assert_eq!((error.kind, error.retry), (SourceErrorKind::Refused, Retry::Never));
    assert!(error.what.as_str().contains("Bad credentials") && error.advice.contains("revoked"), "{error}");
    let scopes = refused(403, r#"{"message":"Must have notifications scope"}"#)
        .insert_header("x-oauth-scopes", "gist, read:org")
        .insert_header("x-accepted-oauth-scopes", "notifications, repo");
    let error = failure_of_token(scopes).await;
    assert!(error.advice.contains("gist, read:org") && error.advice.contains("notifications or repo"), "{error}");
    let fine = refused(403, r#"{"message":"Resource not accessible by personal access token"}"#)
        .insert_header("x-accepted-github-permissions", "issues=write");
    assert!(failure_of_token(fine).await.advice.contains("issues=write"));
    let sso = refused(403, r#"{"message":"Resource protected by organization SAML enforcement."}"#)
        .insert_header("x-github-sso", "required; url=https://github.com/orgs/acme/sso?authorization_request=SECRET");
    let error = failure_of_token(sso).await;
    assert!(error.advice.contains("single sign-on") && !error.to_string().contains("SECRET"), "{error}");
    let words = refused(
        422,
        r#"{"message":"Validation Failed","errors":[{"message":"The listed users cannot be searched","field":"q"}]}"#,
    );
    let error = failure_of(words).await;
    assert!(error.what.as_str().contains("cannot be searched"), "{error}");
}

#[tokio::test]
async fn limits_are_obeyed_in_all_their_forms() {
    let spent = refused(403, r#"{"message":"API rate limit exceeded for 203.0.113.1."}"#)
        .insert_header("x-ratelimit-remaining", "0")
        .insert_header("x-ratelimit-reset", "1795349100");
    let error = failure_of(spent).await;
    assert_eq!(error.kind, SourceErrorKind::TooMany);
    assert_eq!(error.retry, Retry::NotBefore("2026-11-22T12:05:00Z".parse().unwrap()));
    assert!(error.advice.contains("token"), "{error}");
    let after =
        refused(429, r#"{"message":"You have exceeded a secondary rate limit."}"#).insert_header("retry-after", "30");
    assert_eq!(failure_of(after).await.retry, Retry::NotBefore("2026-11-22T12:00:30Z".parse().unwrap()));
    // A secondary limit that names no time.
    let error = failure_of(refused(403, r#"{"message":"You have exceeded a secondary rate limit."}"#)).await;
    assert_eq!(error.retry, Retry::NotBefore("2026-11-22T12:01:00Z".parse().unwrap()));
    assert!(error.whole_host);
}

#[tokio::test]
async fn trouble_is_told_from_nonsense() {
    assert_eq!(failure_of(ResponseTemplate::new(502)).await.kind, SourceErrorKind::ServerTrouble);
    let page = ResponseTemplate::new(200).set_body_raw("<html>Hotel wifi", "text/html");
    assert_eq!(failure_of(page).await.kind, SourceErrorKind::Challenge);
    assert_eq!(failure_of(json("{\"items\":[")).await.kind, SourceErrorKind::NotUnderstood);
    assert_eq!(failure_of(json("7")).await.kind, SourceErrorKind::NotUnderstood);
    let slow = json("{}").set_delay(std::time::Duration::from_secs(5));
    assert_eq!(failure_of(slow).await.kind, SourceErrorKind::TimedOut);
}

#[tokio::test]
async fn a_search_cut_short_is_asked_again_but_not_for_ever() {
    let server = MockServer::start().await;
    let cut = answer!("search").replace("\"incomplete_results\":false", "\"incomplete_results\":true");
    serve(&server, "search/issues", json(&cut)).await;
    serve(&server, "repos/acme/tyres/issues/7/comments", json("[]")).await;
    let mut source = source(&server, &["Ferris"], &[], None);
    let mut cursor = String::new();
    for _ in 0..4 {
        let batch = source.listen.poll(&cursor, now()).await.unwrap();
        cursor = batch.cursor;
    }
    let asked: Vec<String> = server
        .received_requests()
        .await
        .unwrap()
        .iter()
        .filter(|request| request.url.path().ends_with("/search/issues"))
        .filter_map(|request| request.url.query_pairs().find(|(name, _)| name == "q").map(|(_, q)| q.into_owned()))
        .filter(|q| q.contains("is:issue"))
        .map(|q| q.rsplit("updated:>=").next().unwrap().to_owned())
        .collect();
    assert_eq!(asked[..3], ["2026-11-19T12:00:00Z"; 3]);
    assert_eq!(asked[3], "2026-11-22T11:25:00Z");
}

#[tokio::test]
async fn errors_inside_an_answer_of_graphql_are_errors() {
    let told = async |errors: &str| {
        let server = MockServer::start().await;
        serve(&server, "user", json(answer!("user"))).await;
        graph(&server, "query", json(errors)).await;
        source(&server, &[], &[], Some("canary-token")).lookup.unwrap().own_recent(1, now()).await.unwrap_err()
    };
    let error = told(r#"{"data":null,"errors":[{"type":"INSUFFICIENT_SCOPES","message":"Your token has not been granted the required scopes: ['read:user']"}]}"#).await;
    assert!(error.kind == SourceErrorKind::Refused && error.what.as_str().contains("read:user"), "{error}");
    let error = told(r#"{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}"#).await;
    assert_eq!(
        (error.kind, error.retry),
        (SourceErrorKind::TooMany, Retry::NotBefore("2026-11-22T12:01:00Z".parse().unwrap()))
    );
    let error = told(r#"{"data":{"viewer":null},"errors":[{"type":"FORBIDDEN","message":"Resource protected by organization SAML enforcement"}]}"#).await;
    assert!(error.advice.contains("single sign-on"), "{error}");
    assert_eq!(told(r#"{"data":null}"#).await.kind, SourceErrorKind::NotUnderstood);
}

#[tokio::test]
async fn the_token_stays_with_its_server() {
    let elsewhere = MockServer::builder().listener(std::net::TcpListener::bind("127.0.0.2:0").unwrap()).start().await;
    Mock::given(any()).respond_with(json(answer!("user"))).expect(1).mount(&elsewhere).await;
    let server = MockServer::start().await;
    let away = format!("{}/user", elsewhere.uri());
    serve(&server, "user", ResponseTemplate::new(301).insert_header("location", away.as_str())).await;
    let _ = source(&server, &[], &[], Some("canary-token")).publish.unwrap().identity(now()).await;
    let requests = elsewhere.received_requests().await.unwrap();
    assert!(requests.iter().all(|request| !request.headers.contains_key("authorization")));
}

#[tokio::test]
async fn one_part_that_fails_does_not_silence_the_rest_and_spent_counts_are_left_alone() {
    let server = MockServer::start().await;
    let granted = json(answer!("user"))
        .insert_header("x-ratelimit-limit", "5000")
        .insert_header("x-ratelimit-remaining", "4990")
        .insert_header("x-ratelimit-resource", "core")
        .insert_header("x-ratelimit-reset", "1795350000");
    serve(&server, "user", granted).await;
    serve_account(&server).await;
    serve(&server, "repos/ferris/bikes", refused(404, r#"{"message":"Not Found"}"#)).await;
    graph(&server, "DISCUSSION", json(r#"{"data":{"search":{"nodes":[]}}}"#)).await;
    let nearly = json(answer!("search"))
        .insert_header("x-ratelimit-limit", "30")
        .insert_header("x-ratelimit-remaining", "2")
        .insert_header("x-ratelimit-resource", "search")
        .insert_header("x-ratelimit-reset", "1795348860");
    serve(&server, "search/issues", nearly).await;
    serve(&server, "repos/acme/tyres/issues/7/comments", json("[]")).await;
    let mut source = source(&server, &["Ferris"], &["ferris/bikes"], Some("canary-token"));
    let batch = source.listen.poll("", now()).await.unwrap();
    assert!(batch.remarks.iter().any(|remark| remark.starts_with("issues of ferris/bikes: ")), "{:?}", batch.remarks);
    assert!(batch.remarks.iter().any(|remark| remark.contains("kept for replies")), "{:?}", batch.remarks);
    let searches = server.received_requests().await.unwrap();
    assert_eq!(searches.iter().filter(|request| request.url.path().ends_with("search/issues")).count(), 1);
}

#[tokio::test]
async fn a_place_that_is_no_repository_is_refused_at_once() {
    let settings = SourceSettings {
        places: vec!["ferris".to_owned()],
        ..SourceSettings::named("github", crate::domain::Network::fixed("github"))
    };
    let error = crate::sources::github::open(&settings, &tools(None)).err().unwrap();
    assert_eq!(error.kind, SourceErrorKind::BadAddress);
    let settings = SourceSettings { places: Vec::new(), ..settings };
    let source = crate::sources::github::open(&settings, &tools(None)).unwrap();
    assert_eq!((source.scope.as_deref(), source.listen.host()), (Some("github"), "api.github.com"));
}

#[tokio::test]
async fn pages_in_the_wrong_order_and_repeated_are_taken_as_they_come() {
    let server = MockServer::start().await;
    serve(&server, "repos/ferris/bikes", json(answer!("repository"))).await;
    let comments = answer!("comments").replace("Acme/Tyres", "Ferris/Bikes");
    let mut list: Vec<serde_json::Value> = serde_json::from_str(&comments).unwrap();
    list.reverse();
    let twice: Vec<_> = list.iter().chain(&list).cloned().collect();
    let twice = serde_json::Value::from(twice).to_string();
    Mock::given(path("/api/v3/repos/ferris/bikes/issues/comments")).respond_with(json(&twice)).mount(&server).await;
    serve(&server, "repos/ferris/bikes/issues", json("[]")).await;
    serve(&server, "repos/ferris/bikes/pulls/comments", json("[]")).await;
    let mut source = source(&server, &[], &["ferris/bikes"], None);
    let batch = source.listen.poll("", now()).await.unwrap();
    assert_eq!(batch.items.len(), 3);
    assert!(source.listen.poll(&batch.cursor, now()).await.unwrap().items.is_empty());
}
