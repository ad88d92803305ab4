//! Whose posts they are: handles, and the brand's own accounts.

use super::*;
use crate::domain::Author;
use crate::domain::time::SignedDuration;
use crate::sources::bluesky::record::is_handle;

fn authors(dids: &[String]) -> Vec<Author> {
    dids.iter().map(|did| Author { native_id: Some(did.clone()), ..Author::default() }).collect()
}

#[tokio::test]
async fn authors_are_named_in_groups_and_remembered() {
    let jets = Jets::start().await;
    let dids: Vec<String> = (0..60).map(|n| format!("did:plc:n{n}")).collect();
    for (n, did) in dids.iter().enumerate().skip(1) {
        jets.person(did, &format!("n{n}.example"), &format!("N {n}"), n as u64);
    }
    let mut source = listening(&jets);
    let mut named = authors(&dids);
    source.name_authors(&mut named, now()).await;
    assert_eq!(jets.profile_requests(), 3);
    assert_eq!(named[0], authors(&dids)[0], "nobody knows the first");
    assert_eq!(named[59].handle.as_deref(), Some("n59.example"));
    assert_eq!((named[59].name.as_deref(), named[59].followers), (Some("N 59"), Some(59)));
    let mut again = authors(&dids);
    source.name_authors(&mut again, now()).await;
    assert_eq!((again, jets.profile_requests()), (named, 3));
    let tomorrow = now() + SignedDuration::from_hours(24);
    source.name_authors(&mut authors(&dids[..2]), tomorrow).await;
    assert_eq!(jets.profile_requests(), 4, "what is known grows old");
}

#[tokio::test]
async fn one_whom_the_network_cannot_make_out_spoils_nothing_for_the_others() {
    let jets = Jets::start().await;
    let dids: Vec<String> = (0..25).map(|n| format!("did:plc:n{n}")).collect();
    for (n, did) in dids.iter().enumerate() {
        jets.person(did, &format!("n{n}.example"), "N", 1);
    }
    jets.unheard_of("did:plc:n7");
    let mut named = authors(&dids);
    listening(&jets).name_authors(&mut named, now()).await;
    let nameless: Vec<usize> = (0..25).filter(|n| named[*n].handle.is_none()).collect();
    assert_eq!(nameless, [7]);
    // 25, then both halves of 25, 12, 6 and 3, and of the two that are left.
    assert!(jets.profile_requests() <= 11, "{}", jets.profile_requests());

    jets.person("did:plc:us", "ferris.example", "Ferris", 9);
    jets.unheard_of("odd.example");
    let mut source = listening_as(&jets, &["odd.example", "ferris.example"], quick());
    let batch = source.poll("", now()).await.unwrap();
    assert!(batch.remarks.len() == 1 && batch.remarks[0].contains("odd.example"), "{:?}", batch.remarks);
}

#[test]
fn handles_have_the_form_that_the_network_demands() {
    let longest = format!("{}.{}.{}.{}.abcdefg", "a".repeat(61), "b".repeat(61), "c".repeat(61), "d".repeat(59));
    for handle in [
        "jay.bsky.social",
        "8.cn",
        "name.t--t",
        "XX.LCS.MIT.EDU",
        "a.co",
        "xn--notarealidn.com",
        "john2.test",
        &longest,
    ] {
        assert!(is_handle(handle), "{handle}");
    }
    let long_label = format!("{}.com", "a".repeat(64));
    for other in [
        "jo@hn.test",
        "john..test",
        "john.test.",
        ".john.test",
        "xn--bücher.test",
        "john.0",
        "cn.8",
        "www.masełkowski.pl",
        "john",
        "-john.test",
        "john-.test",
        "john.-test",
        "john.test-",
        "",
        " ",
        "a b.test",
        &long_label,
        &format!("{longest}x"),
    ] {
        assert!(!is_handle(other), "{other}");
    }
}

#[tokio::test]
async fn when_nobody_can_be_asked_the_stream_does_not_wait_again_and_again() {
    let jets = Jets::start().await;
    jets.person(ANA, "ana.example", "Ana", 1);
    jets.profiles_away(true);
    let mut source = listening(&jets);
    let dids: Vec<String> = (0..60).map(|n| format!("did:plc:n{n}")).chain([ANA.to_owned()]).collect();
    for _ in 0..3 {
        source.name_authors(&mut authors(&dids), now()).await;
    }
    assert_eq!(jets.profile_requests(), 1);
}

#[tokio::test]
async fn a_changed_handle_is_taken_from_the_stream() {
    let jets = Jets::start().await;
    jets.person(ANA, "ana.example", "Ana", 1);
    let (mut source, mut cursor) = (listening(&jets), format!("{NOON} 1"));
    source.name_authors(&mut authors(&[ANA.into()]), now()).await;
    jets.publish_all(&[
        post(NOON, ANA, "a", "r1", "x"),
        json!({"did": ANA, "time_us": NOON + 1, "kind": "identity", "identity": {"did": ANA, "handle": "new.example"}}),
        post(NOON + 2, ANA, "b", "r2", "x"),
    ]);
    let items = hear(&mut source, &mut cursor, 2).await.items;
    assert_eq!(items[0].author.handle.as_deref(), Some("ana.example"));
    assert_eq!(items[1].author.handle.as_deref(), Some("new.example"));
    assert_eq!(items[1].url.as_deref(), Some("https://bsky.app/profile/new.example/post/b"));
    let mut named = authors(&[ANA.into()]);
    source.name_authors(&mut named, now()).await;
    assert_eq!((named[0].handle.as_deref(), jets.profile_requests()), (Some("new.example"), 1));
}

#[tokio::test]
async fn our_own_posts_and_what_is_meant_for_us_are_marked() {
    let jets = Jets::start().await;
    jets.person("did:plc:us", "ferris.example", "Ferris", 9);
    let (mut source, mut cursor) = (listening_as(&jets, &["@Ferris.example", "did:plc:too"], quick()), String::new());
    settle(&mut source, &mut cursor).await;
    let ours = "at://did:plc:us/app.bsky.feed.post/1";
    let theirs = "at://did:plc:ben/app.bsky.feed.post/1";
    let mention = json!([{"features": [{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:too"}]}]);
    let reply =
        |parent: &str, root: &str| json!({"root": {"uri": root, "cid": "c"}, "parent": {"uri": parent, "cid": "c"}});
    let records = [
        ("mention", ANA, json!({"text": "@ferris", "facets": mention})),
        ("answer", ANA, json!({"text": "thanks", "reply": reply(ours, theirs)})),
        ("below", ANA, json!({"text": "me too", "reply": reply(theirs, ours)})),
        (
            "quote",
            ANA,
            json!({"text": "look", "embed": {"$type": "app.bsky.embed.record", "record": {"uri": ours, "cid": "c"}}}),
        ),
        ("other", ANA, json!({"text": "no", "reply": reply(theirs, theirs)})),
        ("own", "did:plc:too", json!({"text": "hello", "reply": reply(ours, ours)})),
    ];
    for (n, (rkey, did, record)) in records.into_iter().enumerate() {
        jets.publish(&commit(NOON + n as i64, did, "create", rkey, "r", Some(record)));
    }
    let items = hear(&mut source, &mut cursor, 6).await.items;
    let marked: Vec<_> = items.iter().map(|item| (item.own, item.addressed)).collect();
    let meant = (false, true);
    assert_eq!(ids(&items), ["mention", "answer", "below", "quote", "other", "own"]);
    assert_eq!(marked, [meant, meant, meant, meant, (false, false), (true, false)]);
}

#[tokio::test]
async fn nothing_is_heard_before_it_is_known_who_we_are() {
    let jets = Jets::start().await;
    jets.profiles_away(true);
    let mut source = listening_as(&jets, &["ferris.example", "gone.example"], quick());
    let error = source.poll("", now()).await.unwrap_err();
    assert_eq!((error.kind, error.retry), (SourceErrorKind::ServerTrouble, crate::sources::Retry::BackOff), "{error}");
    jets.profiles_away(false);
    jets.person("did:plc:us", "ferris.example", "Ferris", 9);
    let batch = source.poll("", now()).await.unwrap();
    assert_eq!(batch.remarks.len(), 1);
    assert!(batch.remarks[0].contains("nobody on Bluesky is called gone.example"), "{:?}", batch.remarks);
    assert_eq!(jets.profile_requests(), 2);
    source.poll(&batch.cursor, now()).await.unwrap();
    assert_eq!(jets.profile_requests(), 2, "asked once");
}

#[test]
fn settings_that_make_no_source_are_told() {
    for (address, places, words) in [
        (Some("ftp://jets.example/"), &[][..], "is not the address of a stream"),
        (None, &["Ferris Bikes"][..], "neither a handle nor a DID"),
        (None, &["ferris"][..], "neither a handle nor a DID"),
    ] {
        let settings = SourceSettings {
            url: address.map(|address| address.parse().unwrap()),
            places: places.iter().map(|place| (*place).to_owned()).collect(),
            ..SourceSettings::named("everything", Network::named("bluesky"))
        };
        let error = source(&settings, &tools()).err().unwrap();
        assert_eq!(error.kind, SourceErrorKind::BadAddress);
        assert!(error.to_string().contains(words), "{error}");
    }
    let plain = source(&SourceSettings::named("everything", Network::named("bluesky")), &tools()).unwrap();
    assert_eq!((plain.scope.as_deref(), plain.listen.host()), (Some("bluesky"), "jetstream2.us-east.bsky.network"));
    assert!(plain.listen.capabilities().streams && plain.listen.capabilities().tells_deletions);
}
