//! Sessions: opened once, kept, renewed one at a time, made anew, and never too often.

use serde_json::json;
use wiremock::matchers::header;

use super::*;
use crate::sources::{Retry, SourceErrorKind};

const CREATE: &str = "com.atproto.server.createSession";
const REFRESH: &str = "com.atproto.server.refreshSession";
const PROFILE: &str = "app.bsky.actor.getProfile";

fn renewed() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "did": "did:plc:brand", "handle": "ferris.example", "accessJwt": "access-two", "refreshJwt": "refresh-two"
    }))
}

async fn person(house: &House, source: &Source) -> Result<(), crate::sources::SourceError> {
    let _ = house;
    source.lookup.as_ref().unwrap().person("ana.example", now()).await.map(|_| ())
}

async fn grant(house: &House, token: &str) {
    asked(PROFILE)
        .and(header("authorization", format!("Bearer {token}").as_str()))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "did": "did:plc:ana" })))
        .mount(&house.server)
        .await;
}

fn first_token() -> String {
    let session: Value = serde_json::from_str(&session("https://x.example")).unwrap();
    session["accessJwt"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_session_outlives_the_program() {
    let house = House::open().await;
    grant(&house, &first_token()).await;
    person(&house, &house.source()).await.unwrap();
    person(&house, &house.source()).await.unwrap();
    assert_eq!(house.requests(CREATE).await.len(), 1);
    assert_eq!(house.bodies(CREATE).await[0], json!({ "identifier": "ferris.example", "password": PASSWORD }));
    assert_eq!(house.kept().await["tried"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_session_of_another_account_or_server_is_not_used() {
    let mut house = House::open().await;
    grant(&house, &first_token()).await;
    person(&house, &house.source()).await.unwrap();
    house.settings.account = Some("other.example".to_owned());
    person(&house, &house.source()).await.unwrap();
    assert_eq!(house.requests(CREATE).await.len(), 2);
    house.keep(&json!("nonsense")).await;
    person(&house, &house.source()).await.unwrap();
    assert_eq!(house.requests(CREATE).await.len(), 3);
}

#[tokio::test]
async fn tokens_are_renewed_when_refused_by_name_whatever_the_status() {
    for (status, name) in [(400, "ExpiredToken"), (400, "InvalidToken"), (401, "AuthMissing")] {
        let house = House::open().await;
        house.first(PROFILE, 1, refused(status, name)).await;
        grant(&house, "access-two").await;
        house.answer(REFRESH, renewed()).await;
        person(&house, &house.source()).await.unwrap();
        let refreshed = house.requests(REFRESH).await;
        assert_eq!((refreshed.len(), bearer(&refreshed[0])), (1, "Bearer refresh-one"), "{name}");
        assert!(refreshed[0].body.is_empty(), "the method takes no body");
        assert_eq!(house.requests(CREATE).await.len(), 1);
        assert_eq!(house.kept().await["open"]["refresh"], json!("refresh-two"));
    }
}

#[tokio::test]
async fn an_old_token_is_renewed_before_it_is_refused() {
    let house = House::open().await;
    grant(&house, &first_token()).await;
    grant(&house, "access-two").await;
    house.answer(REFRESH, renewed()).await;
    let source = house.source();
    person(&house, &source).await.unwrap();
    let lookup = source.lookup.as_ref().unwrap();
    lookup.person("ana.example", later(6_800)).await.unwrap();
    assert_eq!(house.requests(REFRESH).await.len(), 0, "two hours are not over");
    lookup.person("ana.example", later(6_950)).await.unwrap();
    assert_eq!(house.requests(REFRESH).await.len(), 1);
}

#[tokio::test]
async fn parts_that_meet_an_old_token_together_renew_it_once() {
    let house = House::open().await;
    house.first(PROFILE, 3, refused(400, "ExpiredToken").set_delay(std::time::Duration::from_millis(50))).await;
    grant(&house, "access-two").await;
    house.answer(REFRESH, renewed().set_delay(std::time::Duration::from_millis(50))).await;
    let source = house.source();
    let (one, two, three) = tokio::join!(person(&house, &source), person(&house, &source), person(&house, &source));
    assert!(one.is_ok() && two.is_ok() && three.is_ok(), "{one:?} {two:?} {three:?}");
    assert_eq!((house.requests(CREATE).await.len(), house.requests(REFRESH).await.len()), (1, 1));
}

#[tokio::test]
async fn a_refresh_token_that_ended_leads_to_a_log_in() {
    let house = House::open().await;
    house.first(PROFILE, 1, refused(400, "ExpiredToken")).await;
    grant(&house, &first_token()).await;
    house.answer(REFRESH, refused(400, "ExpiredToken")).await;
    person(&house, &house.source()).await.unwrap();
    assert_eq!(house.requests(CREATE).await.len(), 2);
    assert_eq!(house.kept().await["tried"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn trouble_while_renewing_is_no_reason_to_log_in() {
    let house = House::open().await;
    house.first(PROFILE, 1, refused(400, "ExpiredToken")).await;
    house.answer(REFRESH, refused(502, "UpstreamFailure")).await;
    let error = person(&house, &house.source()).await.unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::ServerTrouble);
    assert_eq!(house.requests(CREATE).await.len(), 1);
}

#[tokio::test]
async fn a_token_that_stays_refused_is_told_and_does_not_go_in_circles() {
    let house = House::open().await;
    house.answer(PROFILE, refused(400, "InvalidToken")).await;
    house.answer(REFRESH, renewed()).await;
    let error = person(&house, &house.source()).await.unwrap_err();
    assert_eq!((error.kind, error.retry), (SourceErrorKind::Refused, Retry::Never));
    assert!(error.advice.contains("goodword login bluesky"), "{error}");
    assert_eq!((house.requests(PROFILE).await.len(), house.requests(REFRESH).await.len()), (2, 1));
}

#[tokio::test]
async fn refusals_of_a_log_in_say_what_to_do_and_are_tried_once_for_all_parts() {
    for (status, name, words) in [
        (401, "AuthenticationRequired", "app password"),
        (401, "AuthFactorTokenRequired", "second factor"),
        (401, "AccountTakedown", "taken down"),
        (401, "AccountDeactivated", "deactivated"),
    ] {
        let mut house = House::bare().await;
        house.settings.search = vec!["ferris".into(), "bike".into()];
        house.answer(CREATE, refused(status, name)).await;
        let mut source = house.source();
        let error = source.listen.poll("", now()).await.unwrap_err();
        assert_eq!((error.kind, error.retry), (SourceErrorKind::Refused, Retry::Never), "{name}");
        assert!(error.to_string().contains(words) && !error.to_string().contains(PASSWORD), "{error}");
        source.listen.poll("", later(30)).await.unwrap_err();
        assert_eq!(house.requests(CREATE).await.len(), 1, "{name} is not tried again at once");
        source.listen.poll("", later(61)).await.unwrap_err();
        assert_eq!(house.requests(CREATE).await.len(), 2);
    }
}

#[tokio::test]
async fn an_account_that_is_not_active_is_told() {
    let house = House::bare().await;
    let body: Value = serde_json::from_str(&session(&house.server.uri())).unwrap();
    let mut body = body;
    body["active"] = json!(false);
    body["status"] = json!("suspended");
    house.answer(CREATE, ResponseTemplate::new(200).set_body_json(body)).await;
    let error = house.source().listen.poll("", now()).await.unwrap_err();
    assert!(error.what.as_str().contains("suspended"), "{error}");
}

#[tokio::test]
async fn log_ins_are_counted_over_restarts_and_stop_in_time() {
    let house = House::bare().await;
    house.answer(CREATE, refused(500, "InternalServerError")).await;
    for _ in 0..20 {
        assert_eq!(house.source().listen.poll("", now()).await.unwrap_err().kind, SourceErrorKind::ServerTrouble);
    }
    let error = house.source().listen.poll("", later(10)).await.unwrap_err();
    assert_eq!((error.kind, error.retry), (SourceErrorKind::TooMany, Retry::NotBefore(later(300))));
    assert_eq!(house.requests(CREATE).await.len(), 20);
    house.source().listen.poll("", later(301)).await.unwrap_err();
    assert_eq!(house.requests(CREATE).await.len(), 21);
    let kept = house.kept().await;
    let day: Vec<i64> = (0..200).map(|count| now().as_second() - 80_000 + count * 350).collect();
    house.keep(&json!({ "server": kept["server"], "account": kept["account"], "tried": day })).await;
    let error = house.source().listen.poll("", now()).await.unwrap_err();
    assert_eq!(error.retry, Retry::NotBefore(later(86_400 - 80_000)), "{error}");
    let ahead = vec![now().as_second() + 400_000_000; 25];
    house.keep(&json!({ "server": kept["server"], "account": kept["account"], "tried": ahead })).await;
    assert_eq!(house.source().listen.poll("", now()).await.unwrap_err().retry, Retry::NotBefore(later(300)));
}

#[tokio::test]
async fn the_account_is_asked_at_its_own_server() {
    let home = House::quiet().await;
    let entry = House::bare().await;
    entry.answer(CREATE, recorded(&session(&home.server.uri()))).await;
    entry.source().listen.poll("", now()).await.unwrap();
    assert!(home.requests("app.bsky.notification.listNotifications").await.len() == 1);
    assert_eq!(entry.server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_document_without_a_usable_server_leaves_the_account_where_it_is() {
    for document in [
        json!(null),
        json!({ "service": "?" }),
        json!({ "service": [{ "id": "#atproto_pds",
        "type": "AtprotoPersonalDataServer", "serviceEndpoint": "ftp://x.example" }] }),
    ] {
        let house = House::quiet().await;
        let mut body: Value = serde_json::from_str(&session("https://x.example")).unwrap();
        body["didDoc"] = document;
        house.first(CREATE, 1, ResponseTemplate::new(200).set_body_json(body)).await;
        house.source().listen.poll("", now()).await.unwrap();
    }
}
