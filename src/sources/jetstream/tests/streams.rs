//! What the stream brings when all is well: batches, cursors, repeats, deletions.

use super::*;

#[tokio::test]
async fn posts_become_items_and_the_cursor_moves_even_when_nothing_is_kept() {
    let jets = Jets::start().await;
    let (mut source, mut cursor) = (listening(&jets), String::new());
    settle(&mut source, &mut cursor).await;
    assert_eq!(cursor, "");
    jets.publish(&post(NOON, ANA, "one", "r1", "my Ferris broke"));
    let batch = source.poll(&cursor, now()).await.unwrap();
    assert!(batch.more && !batch.unchanged && batch.remarks.is_empty(), "{batch:?}");
    let item = &batch.items[0];
    assert_eq!(item.native_id, "at://did:plc:ana/app.bsky.feed.post/one");
    assert_eq!(item.url.as_deref(), Some("https://bsky.app/profile/did:plc:ana/post/one"));
    assert_eq!((item.text.as_str(), item.lang.as_deref()), ("my Ferris broke", Some("en")));
    assert_eq!((item.author.native_id.as_deref(), item.claimed), (Some(ANA), Some(now())));
    assert_eq!((item.own, item.addressed, item.deleted), (false, false, false));
    let identity = json!({"did": BEN, "time_us": NOON + 5, "kind": "identity", "identity": {"handle": "ben.example"}});
    jets.publish(&identity);
    let second = source.poll(&batch.cursor, now()).await.unwrap();
    assert!(second.items.is_empty() && second.cursor.starts_with(&(NOON + 5).to_string()), "{second:?}");
    let quiet = source.poll(&second.cursor, now()).await.unwrap();
    assert_eq!((quiet.cursor, quiet.unchanged, quiet.more), (second.cursor, true, true));
    assert_eq!(jets.asked().len(), 1, "one connection for all of it");
}

#[tokio::test]
async fn a_batch_is_bounded_by_frames_and_the_rest_comes_with_the_next() {
    let jets = Jets::start().await;
    let (mut source, mut cursor) = (listening(&jets), format!("{NOON} 1"));
    let posts: Vec<_> = (0..1_234).map(|n| post(NOON + n, ANA, &format!("k{n}"), "r", "x")).collect();
    jets.publish_all(&posts);
    let mut sizes = Vec::new();
    while sizes.iter().sum::<usize>() < 1_234 {
        let batch = source.poll(&cursor, now()).await.unwrap();
        cursor = batch.cursor;
        sizes.push(batch.items.len());
    }
    assert!(sizes.iter().all(|size| *size <= 500), "{sizes:?}");
    assert!(sizes.len() <= 6, "{sizes:?}");
}

#[tokio::test]
async fn it_goes_on_where_it_was_left_and_repeats_are_left_out() {
    let jets = Jets::start().await;
    let (mut source, mut cursor) = (listening(&jets), format!("{} 0", NOON - 60 * SECOND));
    jets.publish_all(&[post(NOON, ANA, "a", "r1", "one"), post(NOON + SECOND, ANA, "b", "r2", "two")]);
    jets.fault(Fault::Close(2, 1001, "restart"));
    assert_eq!(ids(&hear(&mut source, &mut cursor, 2).await.items), ["a", "b"]);
    jets.publish(&post(NOON + 2 * SECOND, ANA, "c", "r3", "three"));
    assert_eq!(ids(&hear(&mut source, &mut cursor, 1).await.items), ["c"], "a and b come again and are left out");
    let asked = jets.asked();
    assert!(asked[0].contains(&format!("cursor={}", NOON - 90 * SECOND)), "{asked:?}");
    assert!(asked[1].contains(&format!("cursor={}", NOON + SECOND - 5 * SECOND)), "{asked:?}");
    assert!(asked[1].contains("wantedCollections=app.bsky.feed.post"), "{asked:?}");

    // Another start knows nothing of what was brought; the store knows it by its native ids.
    let mut restarted = listening(&jets);
    assert_eq!(ids(&hear(&mut restarted, &mut cursor, 3).await.items), ["a", "b", "c"]);
}

#[tokio::test]
async fn a_batch_that_was_not_stored_comes_again() {
    let jets = Jets::start().await;
    let mut source = listening(&jets);
    let mut cursor = String::new();
    settle(&mut source, &mut cursor).await;
    jets.publish(&post(NOON, ANA, "a", "r1", "one"));
    assert_eq!(ids(&source.poll("", now()).await.unwrap().items), ["a"]);
    // Its cursor does not come back, not even the first one.
    let again = source.poll("", now()).await.unwrap();
    assert_eq!(ids(&again.items), ["a"]);
    jets.publish(&post(NOON, ANA, "b", "r1", "two at the same moment"));
    let next = source.poll(&again.cursor, now()).await.unwrap();
    assert_eq!(ids(&next.items), ["b"]);
    assert_ne!(next.cursor, again.cursor);
    let repeated = source.poll(&again.cursor, now()).await.unwrap();
    assert_eq!(ids(&repeated.items), ["b"], "a is stored and stays out");
}

#[tokio::test]
async fn a_poll_that_is_dropped_loses_nothing() {
    let jets = Jets::start().await;
    let pace = Pace { window: Duration::from_millis(300), ..quick() };
    let (mut source, mut cursor) = (listening_as(&jets, &[], pace), String::new());
    settle(&mut source, &mut cursor).await;
    for n in 0..5 {
        jets.publish(&post(NOON + n, ANA, &format!("k{n}"), "r", "x"));
        let dropped = tokio::time::timeout(Duration::from_millis(15), source.poll(&cursor, now())).await;
        assert!(dropped.is_err());
    }
    assert_eq!(ids(&hear(&mut source, &mut cursor, 5).await.items), ["k0", "k1", "k2", "k3", "k4"]);
}

#[tokio::test]
async fn deletions_edits_and_accounts_that_went_are_told() {
    let jets = Jets::start().await;
    let (mut source, mut cursor) = (listening(&jets), format!("{NOON} 1"));
    let edited = json!({"text": "better", "createdAt": "2026-11-22T11:00:00Z"});
    jets.publish_all(&[
        deletion(NOON, ANA, "old", "r1"),
        post(NOON + 1, ANA, "regretted", "r2", "oops"),
        deletion(NOON + 2, ANA, "regretted", "r3"),
        commit(NOON + 3, BEN, "update", "changed", "r4", Some(edited)),
        json!({"did": BEN, "time_us": NOON + 4, "kind": "account", "account": {"active": false, "status": "deactivated"}}),
        json!({"did": ANA, "time_us": NOON + 5, "kind": "account", "account": {"active": false, "status": "deleted"}}),
    ]);
    let batch = hear(&mut source, &mut cursor, 3).await;
    let told: Vec<_> = batch.items.iter().map(|item| (item.deleted, item.text.as_str())).collect();
    assert_eq!(told, [(true, ""), (true, ""), (false, "better")]);
    assert_eq!(ids(&batch.items), ["old", "regretted", "changed"]);
    assert_eq!(batch.items[2].edited.unwrap().as_microsecond(), NOON + 3);
    assert_eq!(batch.items[2].claimed, Some("2026-11-22T11:00:00Z".parse().unwrap()));
    assert_eq!(batch.gone, [ANA], "only a deletion is for good");
}

#[tokio::test]
async fn what_can_no_longer_be_had_is_told_with_its_length() {
    let jets = Jets::start().await;
    let two_days = 48 * 3_600 * SECOND;
    jets.publish_all(&[post(NOON - two_days, ANA, "lost", "r1", "x"), post(NOON, ANA, "kept", "r2", "x")]);
    jets.forget_before(NOON - 36 * 3_600 * SECOND);
    let missing = "nothing is to be had of the 2 days 0 h up to 12:00 UTC on 22 November";
    for second_form in [false, true] {
        if second_form {
            jets.speak_second_form(Some(DICTIONARY.to_vec()));
        }
        let (mut source, mut cursor) = (listening(&jets), format!("{} 1", NOON - two_days));
        let batch = hear(&mut source, &mut cursor, 1).await;
        assert_eq!(ids(&batch.items), ["kept"]);
        assert!(batch.remarks[0].starts_with(missing), "{:?}", batch.remarks);
    }
    jets.fault(Fault::Refuse("400 Bad Request", r#"{"error":"CursorTooOld","message":"below floor 991"}"#));
    let (mut source, mut cursor) = (listening(&jets), format!("{} 1", NOON - two_days));
    settle(&mut source, &mut cursor).await;
    jets.publish(&post(NOON, ANA, "new", "r3", "x"));
    let batch = hear(&mut source, &mut cursor, 1).await;
    assert!(batch.remarks[0].starts_with(missing), "{:?}", batch.remarks);
}

#[tokio::test]
async fn being_behind_is_metered_and_told() {
    let jets = Jets::start().await;
    let (mut source, mut cursor) = (listening(&jets), format!("{} 1", NOON - 600 * SECOND));
    jets.publish(&post(NOON - 600 * SECOND, ANA, "a", "r1", "x"));
    let batch = hear(&mut source, &mut cursor, 1).await;
    assert_eq!(batch.remarks, ["10 minutes behind the network: catching up on what was posted meanwhile"]);
    assert_eq!((batch.meters[0].name.as_str(), batch.meters[0].used as i64), ("seconds behind", 600));
    assert_eq!(batch.behind.map(|behind| behind.as_secs()), Some(600));
    jets.publish(&post(NOON, ANA, "b", "r2", "x"));
    let batch = hear(&mut source, &mut cursor, 1).await;
    assert!(batch.remarks.is_empty(), "{:?}", batch.remarks);
    assert!(batch.meters[0].used < 5.0, "{:?}", batch.meters);
}

/// Trained on made-up frames of the second form.
pub(super) const DICTIONARY: &[u8] = include_bytes!("../../../../tests/data/jetstream/dictionary");

#[tokio::test]
async fn a_server_that_packs_is_listened_to_packed() {
    let jets = Jets::start().await;
    jets.speak_second_form(Some(DICTIONARY.to_vec()));
    let (mut source, mut cursor) = (listening(&jets), format!("{NOON} 1"));
    jets.publish_all(&[post(NOON, ANA, "a", "r1", "one"), deletion(NOON + 1, BEN, "b", "r2")]);
    assert_eq!(ids(&hear(&mut source, &mut cursor, 2).await.items), ["a", "b"]);
    let asked = &jets.asked()[0];
    assert!(asked.starts_with("/xrpc/network.bsky.jetstream.subscribeEvents?kinds=commit"), "{asked}");
    assert!(asked.contains("zstdDictionary=20261122") && asked.contains("collections=app.bsky.feed.post"), "{asked}");
}

#[tokio::test]
async fn a_dictionary_of_the_persons_own_unpacks_the_first_form() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dictionary");
    std::fs::write(&path, DICTIONARY).unwrap();
    let jets = Jets::start().await;
    jets.speak_second_form(Some(DICTIONARY.to_vec()));
    let settings = SourceSettings { path: Some(path), ..settings(&jets.address()) };
    let mut source = open(&settings, &tools(), &jets.appview().parse().unwrap(), quick()).unwrap();
    jets.publish(&post(NOON, ANA, "a", "r1", "one"));
    let mut cursor = format!("{NOON} 1");
    assert_eq!(ids(&hear(&mut source, &mut cursor, 1).await.items), ["a"]);
    assert!(jets.asked()[0].starts_with("/subscribe?") && jets.asked()[0].contains("compress=true"));

    for (path, words) in [("/no/such/file", "cannot be read"), ("/proc/self/status", "is no zstd dictionary")] {
        let settings = SourceSettings { path: Some(path.into()), ..settings.clone() };
        let error = source_asking(&settings, &tools(), &jets.appview().parse().unwrap()).err().unwrap();
        assert!(error.to_string().contains(words), "{error}");
    }
}
