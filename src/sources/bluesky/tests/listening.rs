//! What one poll hears.

use serde_json::json;
use wiremock::matchers::{query_param, query_param_contains};

use super::*;
use crate::domain::{Answerable, Item, Visibility};

const SEARCH: &str = "app.bsky.feed.searchPosts";
const NOTIFICATIONS: &str = "app.bsky.notification.listNotifications";
const OWN: &str = "app.bsky.feed.getAuthorFeed";

fn by_key<'a>(items: &'a [Item], key: &str) -> &'a Item {
    items.iter().find(|item| item.native_id.ends_with(key)).unwrap_or_else(|| panic!("no {key}"))
}

#[tokio::test]
async fn searches_notifications_and_own_posts_make_one_batch() {
    let mut house = House::quiet().await;
    house.settings.search = vec!["ferris".into()];
    house.answer(SEARCH, recorded(include_str!("../../../../tests/data/bluesky/search.json"))).await;
    house.answer(NOTIFICATIONS, recorded(include_str!("../../../../tests/data/bluesky/notifications.json"))).await;
    let own = recorded(include_str!("../../../../tests/data/bluesky/own.json"))
        .insert_header("RateLimit-Limit", "3000")
        .insert_header("RateLimit-Remaining", "2990")
        .insert_header("RateLimit-Reset", "1795349100")
        .insert_header("RateLimit-Policy", "3000;w=300");
    house.answer(OWN, own).await;
    let mut source = house.source();
    let batch = source.listen.poll("", now()).await.unwrap();
    assert_eq!(batch.items.len(), 6);
    assert_eq!(batch.remarks, ["1 posts could not be read and were left out"]);
    assert!(!batch.more && batch.items.iter().all(|item| item.visibility == Visibility::Public));

    let lou = by_key(&batch.items, "3lf1");
    assert_eq!(lou.url.as_deref(), Some("https://bsky.app/profile/lou.bsky.social/post/3lf1"));
    assert_eq!(lou.author.name.as_deref(), Some("Lou 🚲"));
    assert_eq!((lou.reposts, lou.lang.as_deref()), (Some(3), Some("en-GB")));
    assert_eq!(lou.image_descriptions, ["a red Ferris on a hill"]);
    assert_eq!(lou.content_warning.as_deref(), Some("Graphic media"));
    assert_eq!(lou.links, ["https://ferris.example/s2?from=lou", "https://bsky.app/profile/did:plc:brand/post/3lf0"]);
    assert!(lou.text.ends_with("\n\n#bikes #ferris") && lou.addressed, "it quotes us");
    assert_eq!(lou.answerable, Answerable::Nowhere, "its thread takes no reply of ours");
    let kim = by_key(&batch.items, "3lf3");
    assert_eq!((kim.author.handle.as_deref(), kim.addressed), (None, false));
    assert_eq!(kim.claimed, Some("2026-11-22T11:50:00Z".parse().unwrap()), "no later than it was seen");
    assert_eq!(by_key(&batch.items, "3lf4").claimed, Some("2026-11-22T11:40:00Z".parse().unwrap()));
    assert_eq!(by_key(&batch.items, "3lf4").image_descriptions, ["a ride"]);
    assert!(by_key(&batch.items, "3lfm").addressed && by_key(&batch.items, "3lfr").addressed);
    assert_eq!(by_key(&batch.items, "3lfr").parent.as_deref(), Some("at://did:plc:brand/app.bsky.feed.post/3lf0"));
    let ours = by_key(&batch.items, "3lfw");
    assert!(ours.own && !ours.addressed);
    assert!(batch.items.iter().all(|item| !item.native_id.ends_with("3lfk")), "a repost is not a post of ours");

    let meter = &batch.meters[0];
    assert_eq!((meter.name.as_str(), meter.used, meter.limit), ("requests", 10.0, Some(3000.0)));
    assert_eq!((batch.meters[1].name.as_str(), batch.meters[1].used), ("log-ins in 24 h", 1.0));
    let again = source.listen.poll(&batch.cursor, now()).await.unwrap();
    assert_eq!((again.more, again.items.len()), (false, 6), "what is met twice is the store's to know");
    for secret in [PASSWORD, "refresh-one", "accessJwt"] {
        assert!(!batch.cursor.contains(secret) && !format!("{batch:?}").contains(secret));
    }
}

#[tokio::test]
async fn lists_are_asked_for_what_is_wanted() {
    let mut house = House::quiet().await;
    house.settings.search = vec!["ferris".into(), " Ferris  \"Bikes\" ".into(), "ferris".into(), "!!".into()];
    house.settings.hashtags = vec!["FerrisRide".into(), "#é".into()];
    house.source().listen.poll("", now()).await.unwrap();
    let queries: Vec<String> = house
        .requests(SEARCH)
        .await
        .iter()
        .map(|request| request.url.query_pairs().find(|(name, _)| name == "q").unwrap().1.into_owned())
        .collect();
    assert_eq!(queries, ["ferris", "\"Ferris Bikes\"", "#FerrisRide", "#é"]);
    let search = &house.requests(SEARCH).await[0];
    assert!(search.url.query().unwrap().contains("sort=latest") && search.url.query().unwrap().contains("limit=100"));
    let bell = &house.requests(NOTIFICATIONS).await[0];
    let query = bell.url.query().unwrap();
    assert!(query.contains("reasons=mention&reasons=reply&reasons=quote") && query.contains("priority=false"));
    let own = &house.requests(OWN).await[0];
    assert!(own.url.query().unwrap().contains("actor=did%3Aplc%3Abrand&filter=posts_with_replies"));
    let seen = house.requests("app.bsky.notification.updateSeen").await;
    assert!(seen.is_empty(), "others of the account have not seen it");
}

fn page(numbers: std::ops::Range<usize>, cursor: Option<&str>) -> ResponseTemplate {
    let posts: Vec<Value> = numbers
        .map(|number| {
            let at = later(-i64::try_from(number).unwrap()).to_string();
            json!({ "uri": format!("at://did:plc:u/app.bsky.feed.post/{number}"), "cid": "c",
                "author": { "did": "did:plc:u", "handle": "u.example" },
                "record": { "text": "ferris", "createdAt": at }, "indexedAt": at })
        })
        .collect();
    ResponseTemplate::new(200).set_body_json(json!({ "posts": posts, "cursor": cursor }))
}

#[tokio::test]
async fn a_search_goes_back_by_time_until_what_was_seen() {
    let mut house = House::quiet().await;
    house.settings.search = vec!["ferris".into()];
    house.first(SEARCH, 1, page(240..250, None)).await;
    let mut source = house.source();
    let first = source.listen.poll("", now()).await.unwrap();
    asked(SEARCH)
        .and(query_param("until", "2026-11-22T11:58:20.001Z"))
        .respond_with(page(100..200, Some("200")))
        .with_priority(2)
        .mount(&house.server)
        .await;
    asked(SEARCH)
        .and(query_param_contains("until", "2026-11-22T11:56:41.0"))
        .respond_with(page(200..250, None))
        .with_priority(3)
        .mount(&house.server)
        .await;
    asked(SEARCH).respond_with(page(0..101, Some("100"))).with_priority(4).mount(&house.server).await;
    let second = source.listen.poll(&first.cursor, now()).await.unwrap();
    let heard: std::collections::BTreeSet<_> = second.items.iter().map(|item| &item.native_id).collect();
    assert_eq!((heard.len(), second.more), (250, false));
    assert_eq!(second.remarks, Vec::<String>::new());
}

#[tokio::test]
async fn what_one_part_cannot_have_does_not_keep_the_others_from_being_heard() {
    let mut house = House::quiet().await;
    house.settings.search = vec!["ferris".into()];
    house.answer(SEARCH, refused(400, "InvalidRequest")).await;
    house.answer(NOTIFICATIONS, recorded(include_str!("../../../../tests/data/bluesky/notifications.json"))).await;
    let batch = house.source().listen.poll("", now()).await.unwrap();
    assert_eq!(batch.items.len(), 2);
    assert!(batch.remarks[0].starts_with("search “ferris”:"), "{:?}", batch.remarks);
    assert!(batch.remarks[0].contains("words of the server"));
}

#[tokio::test]
async fn a_page_that_fails_is_read_later_and_what_came_before_is_kept() {
    let mut house = House::quiet().await;
    house.settings.search = vec!["ferris".into()];
    house.first(SEARCH, 1, page(300..301, None)).await;
    let mut source = house.source();
    let first = source.listen.poll("", now()).await.unwrap();
    house.first(SEARCH, 1, page(0..100, Some("100"))).await;
    let broken = asked(SEARCH).respond_with(refused(502, "UpstreamFailure")).up_to_n_times(1).with_priority(2);
    broken.mount(&house.server).await;
    let second = source.listen.poll(&first.cursor, now()).await.unwrap();
    assert_eq!((second.items.len(), second.more), (100, false));
    assert!(second.remarks[0].contains("the rest is read later"), "{:?}", second.remarks);
    asked(SEARCH)
        .and(query_param_contains("until", "2026"))
        .respond_with(page(99..180, None))
        .with_priority(3)
        .mount(&house.server)
        .await;
    asked(SEARCH).respond_with(page(0..100, Some("100"))).with_priority(4).mount(&house.server).await;
    let third = source.listen.poll(&second.cursor, now()).await.unwrap();
    assert!(third.items.iter().any(|item| item.native_id.ends_with("/179")), "the gap is filled");
}

#[tokio::test]
async fn authors_are_named_many_at_a_time() {
    let house = House::open().await;
    house
        .answer("app.bsky.actor.getProfiles", recorded(include_str!("../../../../tests/data/bluesky/profiles.json")))
        .await;
    let author = |id: &str| crate::domain::Author { native_id: Some(id.into()), ..Default::default() };
    let mut authors: Vec<_> = (0..30).map(|number| author(&format!("did:plc:{number}"))).collect();
    authors.extend([author("did:plc:ana"), author("did:plc:kim"), author("did:plc:ana")]);
    house.source().listen.name_authors(&mut authors, now()).await;
    assert_eq!(authors[30].handle.as_deref(), Some("ana.example"));
    assert_eq!((authors[32].name.as_deref(), authors[32].followers), (Some("Ana"), Some(1200)));
    assert_eq!((authors[31].handle.as_deref(), authors[31].name.as_deref()), (None, None));
    assert_eq!(house.requests("app.bsky.actor.getProfiles").await.len(), 2);
}
