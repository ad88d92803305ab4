//! The private feed of an account: read as a feed, its token shown nowhere.

use wiremock::matchers::query_param;

use super::*;
use crate::domain::Network;
use crate::sources::Retry;

const FEED: &str = r#"<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">
    <category term="bikes" label="r/bikes"/><id>/r/bikes/.rss?feed=canary-token&amp;user=ferris</id>
    <link rel="self" href="https://www.reddit.com/r/bikes/.rss?feed=canary-token&amp;user=ferris" type="application/atom+xml"/>
    <title>bikes</title><entry><author><name>/u/ana</name><uri>https://www.reddit.com/user/ana</uri></author>
    <content type="html">&lt;p&gt;chain snapped&lt;/p&gt;</content><id>t3_aa03</id>
    <link href="https://www.reddit.com/r/bikes/comments/aa03/x/"/><updated>2026-11-22T11:00:00+00:00</updated>
    <published>2026-11-22T11:00:00+00:00</published><title>Ferris Bikes</title></entry></feed>"#;

fn feed(server: &MockServer) -> (SourceSettings, Source) {
    let url = format!("{}/r/bikes/.rss?feed=canary-token&user=ferris", server.uri());
    let settings =
        SourceSettings { url: Some(url.parse().unwrap()), ..SourceSettings::named("private", Network::FEED) };
    let source = networks::open(&settings, &tools(&Arc::new(MemoryCredentials::default()))).unwrap();
    (settings, source)
}

fn hidden(text: &str) {
    assert!(!text.contains("canary"), "{text}");
}

#[tokio::test]
async fn the_token_goes_to_the_server_and_nowhere_else() {
    let server = MockServer::start().await;
    Mock::given(path("/r/bikes/.rss"))
        .and(query_param("feed", "canary-token"))
        .and(query_param("user", "ferris"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(FEED, "application/atom+xml"))
        .expect(2)
        .mount(&server)
        .await;
    let (settings, mut source) = feed(&server);
    hidden(&format!("{settings:?}"));
    hidden(source.listen.host());
    let batch = poll(&mut source, "").await.unwrap();
    assert_eq!(batch.items[0].text, "chain snapped");
    hidden(&format!("{batch:?}"));
    let again = poll(&mut source, &batch.cursor).await.unwrap();
    assert!(again.unchanged);
    hidden(&again.cursor);
}

#[tokio::test]
async fn no_failure_and_no_move_shows_the_token() {
    let limited = ResponseTemplate::new(429).insert_header("retry-after", "60");
    let moved = ResponseTemplate::new(301).insert_header("location", "/new/.rss?feed=canary-token&user=ferris");
    let page = ResponseTemplate::new(200).set_body_raw("<html><p>blocked</p></html>", "text/html");
    for (answer, retry) in [
        (ResponseTemplate::new(403), Some(Retry::Never)),
        (ResponseTemplate::new(404), None),
        (limited, Some(Retry::NotBefore("2026-11-22T12:01:00Z".parse().unwrap()))),
        (page, None),
        (moved, None),
    ] {
        let server = MockServer::start().await;
        Mock::given(path("/r/bikes/.rss")).respond_with(answer).mount(&server).await;
        let (_, mut source) = feed(&server);
        let mut cursor = String::new();
        for _ in 0..4 {
            match poll(&mut source, &cursor).await {
                Ok(batch) => {
                    hidden(&format!("{batch:?}"));
                    cursor = batch.cursor;
                }
                Err(error) => {
                    hidden(&format!("{error:?} {error}"));
                    assert!(retry.is_none_or(|retry| retry == error.retry), "{error:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_feed_that_moves_for_good_is_followed_without_writing_its_token_down() {
    let server = MockServer::start().await;
    let moved = ResponseTemplate::new(301).insert_header("location", "/new/.rss?feed=canary-token&user=ferris");
    Mock::given(path("/r/bikes/.rss")).respond_with(moved).mount(&server).await;
    Mock::given(path("/new/.rss"))
        .respond_with(ResponseTemplate::new(200).set_body_raw(FEED, "application/atom+xml"))
        .expect(5)
        .mount(&server)
        .await;
    let (_, mut source) = feed(&server);
    let mut cursor = String::new();
    for _ in 0..5 {
        let batch = poll(&mut source, &cursor).await.unwrap();
        hidden(&format!("{batch:?}"));
        cursor = batch.cursor;
    }
}
