//! What is sent, and what is made of the answer.

use serde_json::json;
use wiremock::ResponseTemplate;

use super::*;
use crate::domain::Visibility;
use crate::sources::{Fate, Outgoing, PublishError, Published, Retry, SourceErrorKind as Kind};

const ENDPOINT: &str = "/api/v1/statuses";

fn outgoing(text: &str, parent: Option<&str>) -> Outgoing {
    Outgoing {
        text: text.to_owned(),
        parent: parent.map(str::to_owned),
        root: None,
        quote: None,
        visibility: Visibility::Public,
        content_warning: None,
        lang: Some("en-GB".into()),
        token: "token0123456789ab".into(),
    }
}

fn ours(parent: Option<&str>, visibility: &str) -> Value {
    json!({ "id": "77", "created_at": "2026-11-22T09:30:01.000Z", "in_reply_to_id": parent, "visibility": visibility,
        "url": "https://social.example/@brand/77", "content": "<p>Sorry!</p>", "account": { "id": "42", "acct": "brand" } })
}

fn question(visibility: &str, warning: &str) -> Value {
    let mut status = status("9", "the chain snapped");
    status["visibility"] = json!(visibility);
    status["spoiler_text"] = json!(warning);
    status
}

async fn publish(server: &MockServer, outgoing: &Outgoing) -> Result<Published, PublishError> {
    source(&settings(&server.uri())).publish.unwrap().publish(outgoing, now()).await
}

/// The fields of the one post that was sent, and its token.
async fn sent(server: &MockServer) -> (Vec<(String, String)>, Option<String>) {
    let requests = server.received_requests().await.unwrap();
    let posts: Vec<_> = requests.iter().filter(|request| request.method.as_str() == "POST").collect();
    assert_eq!(posts.len(), 1, "{posts:?}");
    let fields = url::form_urlencoded::parse(&posts[0].body).into_owned().collect();
    (fields, posts[0].headers.get("idempotency-key").map(|token| token.to_str().unwrap().to_owned()))
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[tokio::test]
async fn an_answer_inherits_what_it_answers() {
    let server = mastodon().await;
    give(&server, "/api/v1/statuses/9", question("unlisted", "bike talk")).await;
    answer(&server, "POST", ENDPOINT, ResponseTemplate::new(200).set_body_json(ours(Some("9"), "unlisted"))).await;
    let published = publish(&server, &outgoing("Sorry! Which one?", Some("9"))).await.unwrap();
    assert_eq!(
        published,
        Published {
            native_id: "77".into(),
            url: Some("https://social.example/@brand/77".into()),
            at: "2026-11-22T09:30:01Z".parse().ok(),
            remarks: Vec::new(),
        }
    );
    let (fields, token) = sent(&server).await;
    assert_eq!(field(&fields, "status"), Some("@ana@wheels.example Sorry! Which one?"));
    assert_eq!(field(&fields, "in_reply_to_id"), Some("9"));
    assert_eq!((field(&fields, "visibility"), field(&fields, "spoiler_text")), (Some("unlisted"), Some("bike talk")));
    assert_eq!((field(&fields, "language"), token.as_deref()), (Some("en"), Some("token0123456789ab")));
}

#[tokio::test]
async fn a_direct_message_is_answered_directly_and_our_own_warning_goes_first() {
    let server = mastodon().await;
    give(&server, "/api/v1/statuses/9", question("direct", "money")).await;
    answer(&server, "POST", ENDPOINT, ResponseTemplate::new(200).set_body_json(ours(Some("9"), "direct"))).await;
    let wanted =
        Outgoing { content_warning: Some("orders".into()), ..outgoing("@ana@wheels.example sorry", Some("9")) };
    publish(&server, &wanted).await.unwrap();
    let (fields, _) = sent(&server).await;
    assert_eq!(field(&fields, "status"), Some("@ana@wheels.example sorry"));
    assert_eq!((field(&fields, "visibility"), field(&fields, "spoiler_text")), (Some("direct"), Some("orders")));
}

#[tokio::test]
async fn no_program_of_the_family_is_asked_to_show_more_than_was_wanted() {
    let programs = [
        include_str!("../../../../tests/data/mastodon/instance_gotosocial.json"),
        include_str!("../../../../tests/data/mastodon/instance_pleroma.json"),
        include_str!("../../../../tests/data/mastodon/instance_snac.json"),
    ];
    for program in programs {
        for (visibility, parent, asked) in [
            (Visibility::Private, "public", "direct"),
            (Visibility::Private, "private", "direct"),
            (Visibility::Public, "private", "direct"),
            (Visibility::Unlisted, "public", "unlisted"),
        ] {
            let server = server(program).await;
            give(&server, "/api/v1/statuses/9", question(parent, "")).await;
            answer(&server, "POST", ENDPOINT, ResponseTemplate::new(200).set_body_json(ours(Some("9"), asked))).await;
            publish(&server, &Outgoing { visibility, ..outgoing("Sorry!", Some("9")) }).await.unwrap();
            let (fields, _) = sent(&server).await;
            assert_eq!(field(&fields, "visibility"), Some(asked), "{visibility:?} below {parent}");
            assert_eq!(field(&fields, "status"), Some("@ana@wheels.example Sorry!"), "the author is addressed");
        }
    }
}

#[tokio::test]
async fn what_the_server_made_of_it_is_looked_at() {
    let server = mastodon().await;
    give(&server, "/api/v1/statuses/9", question("private", "")).await;
    answer(&server, "POST", ENDPOINT, ResponseTemplate::new(200).set_body_json(ours(None, "public"))).await;
    let published = publish(&server, &outgoing("Sorry!", Some("9"))).await.unwrap();
    assert_eq!(published.remarks.len(), 2, "{:?}", published.remarks);
    assert!(published.remarks[0].contains("not below what it answers"));
    assert!(published.remarks[1].contains("more people (public) than was wanted (direct)"));
}

#[tokio::test]
async fn snac_calls_private_what_goes_to_the_addressed_alone() {
    let server = server(include_str!("../../../../tests/data/mastodon/instance_snac.json")).await;
    give(&server, "/api/v1/statuses/9", question("private", "")).await;
    answer(&server, "POST", ENDPOINT, ResponseTemplate::new(200).set_body_json(ours(Some("9"), "private"))).await;
    let published = publish(&server, &outgoing("Sorry!", Some("9"))).await.unwrap();
    assert!(published.remarks.is_empty(), "{:?}", published.remarks);
    assert_eq!(field(&sent(&server).await.0, "visibility"), Some("direct"));
}

#[tokio::test]
async fn nothing_is_sent_when_what_it_answers_is_gone() {
    let server = mastodon().await;
    answer(&server, "GET", "/api/v1/statuses/9", ResponseTemplate::new(404)).await;
    let failed = publish(&server, &outgoing("Sorry!", Some("9"))).await.unwrap_err();
    assert_eq!((failed.fate, failed.error.kind, failed.error.retry), (Fate::NotSent, Kind::Gone, Retry::Never));
    assert!(server.received_requests().await.unwrap().iter().all(|request| request.method.as_str() == "GET"));
}

#[tokio::test]
async fn refusals_were_not_sent_and_stumbles_may_have_been() {
    let error = |status: u16, words: &str| ResponseTemplate::new(status).set_body_json(json!({ "error": words }));
    let long = "Validation failed: Text character limit of 500 exceeded";
    let limit = error(429, "Too many requests").insert_header("X-RateLimit-Reset", "2026-11-22T09:35:00.549738Z");
    let slow = ResponseTemplate::new(200).set_delay(std::time::Duration::from_secs(5));
    for (response, fate, kind, words) in [
        (error(401, "The access token was revoked"), Fate::NotSent, Kind::Refused, "goodword login mastodon"),
        (
            error(403, "This action is outside the authorized scopes"),
            Fate::NotSent,
            Kind::Refused,
            "scope write:statuses",
        ),
        (error(422, long), Fate::NotSent, Kind::Refused, "make it shorter"),
        (
            error(422, "Validation failed: In reply to is invalid"),
            Fate::NotSent,
            Kind::Refused,
            "In reply to is invalid",
        ),
        (error(404, "Record not found"), Fate::NotSent, Kind::NotFound, "Record not found"),
        (limit, Fate::NotSent, Kind::TooMany, "until 09:35"),
        (error(503, "There was a temporary problem"), Fate::Uncertain, Kind::ServerTrouble, "temporary problem"),
        (ResponseTemplate::new(502), Fate::Uncertain, Kind::ServerTrouble, "502"),
        (ResponseTemplate::new(200).set_body_string("{\"id\": \"7"), Fate::Uncertain, Kind::NotUnderstood, "broke off"),
        (ResponseTemplate::new(200).set_body_json(json!({})), Fate::Uncertain, Kind::NotUnderstood, "without the id"),
        (slow, Fate::Uncertain, Kind::TimedOut, "did not answer"),
    ] {
        let server = mastodon().await;
        answer(&server, "POST", ENDPOINT, response).await;
        let failed = publish(&server, &outgoing("Hello", None)).await.unwrap_err();
        assert_eq!((failed.fate, failed.error.kind), (fate, kind), "{failed}");
        assert!(failed.to_string().contains(words), "{failed}");
        assert!(!format!("{failed:?}").contains(TOKEN));
    }
}

#[tokio::test]
async fn pleroma_is_not_sent_the_token_since_it_keeps_refusals_under_it() {
    let server = server(include_str!("../../../../tests/data/mastodon/instance_pleroma.json")).await;
    answer(&server, "POST", ENDPOINT, ResponseTemplate::new(200).set_body_json(ours(None, "public"))).await;
    publish(&server, &outgoing("Hello", None)).await.unwrap();
    assert_eq!(sent(&server).await.1, None);
}

#[tokio::test]
async fn quotes_are_quoted_where_they_are_known_and_linked_to_elsewhere() {
    let quoting = Outgoing { quote: Some("9".into()), ..outgoing("Look", None) };
    let knowing = mastodon().await;
    answer(&knowing, "POST", ENDPOINT, ResponseTemplate::new(200).set_body_json(ours(None, "public"))).await;
    publish(&knowing, &quoting).await.unwrap();
    assert_eq!(field(&sent(&knowing).await.0, "quoted_status_id"), Some("9"));
    let other = server(include_str!("../../../../tests/data/mastodon/instance_gotosocial.json")).await;
    give(&other, "/api/v1/statuses/9", question("public", "")).await;
    answer(&other, "POST", ENDPOINT, ResponseTemplate::new(200).set_body_json(ours(None, "public"))).await;
    let published = publish(&other, &quoting).await.unwrap();
    assert!(published.remarks[0].contains("knows no quotes"), "{:?}", published.remarks);
    let (fields, _) = sent(&other).await;
    assert_eq!(field(&fields, "status"), Some("Look\n\nhttps://wheels.example/@ana/9"));
    assert_eq!(field(&fields, "quoted_status_id"), None);
}

#[tokio::test]
async fn what_was_published_after_all_is_found_by_its_words_and_parent() {
    let server = mastodon().await;
    let own = |id: &str, text: &str, parent: Option<&str>, at: &str| {
        json!({ "id": id, "content": text, "in_reply_to_id": parent, "created_at": at, "visibility": "public",
            "account": { "id": "42", "acct": "brand" } })
    };
    let page = json!([
        own("80", "<p>Sorry! Which one?</p>", Some("8"), "2026-11-22T09:29:59Z"),
        own(
            "79",
            "<p><span class=\"h-card\">@<span>ana</span></span> Sorry! <em>Which</em> one?</p>",
            Some("9"),
            "2026-11-22T09:29:59Z"
        ),
        own("78", "<p>@ana Which one?</p>", Some("9"), "2026-11-22T09:29:58Z"),
        own("70", "<p>@ana Old words</p>", Some("9"), "2026-11-20T09:29:58Z"),
    ]);
    give(&server, "/api/v1/accounts/42/statuses", page).await;
    let publish = source(&settings(&server.uri())).publish.unwrap();
    let since = "2026-11-22T09:29:00Z".parse().unwrap();
    let find = |text: &'static str, parent| {
        let (publish, outgoing) = (Arc::clone(&publish), outgoing(text, parent));
        async move { publish.find(&outgoing, since, now()).await.unwrap().map(|found| found.native_id) }
    };
    assert_eq!(find("Sorry! *Which* one?", Some("9")).await.as_deref(), Some("79"));
    assert_eq!(find("Sorry! Which one?", None).await, None, "the same words below another post");
    assert_eq!(find("Old words", Some("9")).await, None, "too long ago");
    assert_eq!(find("Never said", Some("9")).await, None);
}
