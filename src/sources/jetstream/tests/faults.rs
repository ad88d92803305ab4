//! Everything that a server can do wrong.

use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::streams::DICTIONARY;
use super::*;
use crate::sources::Retry;

/// A server that brings posts `k0`, `k1`, … one second apart, all in its past.
async fn jets_with(posts: i64) -> Jets {
    let jets = Jets::start().await;
    let posts: Vec<_> =
        (0..posts).map(|n| post(NOON + n * SECOND, ANA, &format!("k{n}"), &format!("r{n}"), "x")).collect();
    jets.publish_all(&posts);
    jets
}

#[tokio::test]
async fn a_torn_stream_is_opened_again_without_loss_or_repeats() {
    for fault in [Fault::Tear(7), Fault::Close(7, 1011, "internal"), Fault::Close(7, 1008, "rules")] {
        let jets = jets_with(20).await;
        jets.fault(fault);
        let (mut source, mut cursor) = (listening(&jets), format!("{NOON} 1"));
        let batch = hear(&mut source, &mut cursor, 20).await;
        let wanted: Vec<String> = (0..20).map(|n| format!("k{n}")).collect();
        assert_eq!(ids(&batch.items), wanted);
        assert_eq!(jets.asked().len(), 2);
    }
}

#[tokio::test]
async fn a_server_that_finds_us_too_slow_is_told_and_listened_to_again() {
    let jets = jets_with(4).await;
    jets.fault(Fault::Close(2, 1008, "consumer too slow"));
    let (mut source, mut cursor) = (listening(&jets), format!("{NOON} 1"));
    let batch = hear(&mut source, &mut cursor, 4).await;
    assert!(batch.remarks.iter().any(|remark| remark.contains("reads too slowly")), "{:?}", batch.remarks);

    let jets = jets_with(4).await;
    jets.speak_second_form(None);
    let fault = r#"{"$type":"error","error":"ConsumerTooSlow","message":"below the floor rate"}"#;
    jets.fault(Fault::Garbage(2, Message::text(fault)));
    let address = format!("{}xrpc/network.bsky.jetstream.subscribeEvents", jets.appview());
    let mut source = open(&settings(&address), &tools(), &jets.appview().parse().unwrap(), quick()).unwrap();
    let mut cursor = format!("{NOON} 1");
    let batch = hear(&mut source, &mut cursor, 4).await;
    assert_eq!((batch.items.len(), jets.asked().len()), (4, 2));
    assert!(batch.remarks.iter().any(|remark| remark.contains("reads too slowly")), "{:?}", batch.remarks);
}

#[tokio::test]
async fn garbage_between_frames_is_left_out_and_told() {
    for garbage in [
        Message::text("<html>oops</html>"),
        Message::text(r#"{"did":"did:plc:a","time_us":1795348800000000,"kind":"commit","commit":{"record":7}}"#),
        Message::binary(&b"\x28\xb5\x2f\xfdgarbage"[..]),
        Message::text("[".repeat(5_000)),
    ] {
        let jets = jets_with(9).await;
        jets.fault(Fault::Garbage(4, garbage));
        let (mut source, mut cursor) = (listening(&jets), format!("{NOON} 1"));
        let batch = hear(&mut source, &mut cursor, 9).await;
        assert_eq!((batch.items.len(), jets.asked().len()), (9, 1));
        assert_eq!(batch.remarks, ["one message of the stream could not be read and was left out"]);
    }
}

#[tokio::test]
async fn standard_packed_frames_are_understood_among_others() {
    let jets = jets_with(2).await;
    let packed = zstd::bulk::compress(post(NOON + 1, BEN, "packed", "r", "x").to_string().as_bytes(), 3).unwrap();
    jets.fault(Fault::Garbage(1, Message::Binary(Bytes::from(packed))));
    let (mut source, mut cursor) = (listening(&jets), format!("{NOON} 1"));
    assert_eq!(ids(&hear(&mut source, &mut cursor, 3).await.items), ["k0", "packed", "k1"]);
}

#[tokio::test]
async fn a_post_from_the_future_does_not_move_the_place_there() {
    let jets = jets_with(3).await;
    let year = 365 * 24 * 3_600 * SECOND;
    jets.fault(Fault::Garbage(2, Message::text(post(NOON + year, BEN, "odd", "r", "x").to_string())));
    let (mut source, mut cursor) = (listening(&jets), format!("{NOON} 1"));
    assert_eq!(ids(&hear(&mut source, &mut cursor, 4).await.items), ["k0", "k1", "odd", "k2"]);
    assert!(cursor.starts_with(&(NOON + 2 * SECOND).to_string()), "{cursor}");
}

#[tokio::test]
async fn a_message_that_is_too_large_does_not_stop_the_stream() {
    let huge = Message::text("x".repeat(5 << 20));
    let jets = jets_with(6).await;
    for _ in 0..3 {
        jets.fault(Fault::Garbage(3, huge.clone()));
    }
    let (mut source, mut cursor) = (listening(&jets), format!("{NOON} 1"));
    let batch = hear(&mut source, &mut cursor, 5).await;
    assert!(batch.remarks.iter().any(|remark| remark.contains("too large")), "{:?}", batch.remarks);
    assert_eq!(ids(&batch.items).first(), Some(&"k0"));
    assert_eq!(ids(&batch.items).last(), Some(&"k5"));
}

#[tokio::test]
async fn everything_twice_is_brought_once() {
    let jets = jets_with(50).await;
    jets.fault(Fault::Twice);
    let (mut source, mut cursor) = (listening(&jets), format!("{NOON} 1"));
    assert_eq!(hear(&mut source, &mut cursor, 50).await.items.len(), 50);
    let more = source.poll(&cursor, now()).await.unwrap();
    assert!(more.items.is_empty());
}

#[tokio::test]
async fn a_slow_server_gives_small_batches() {
    let jets = jets_with(10).await;
    jets.fault(Fault::Slow(Duration::from_millis(15)));
    let (mut source, mut cursor) = (listening(&jets), format!("{NOON} 1"));
    let first = source.poll(&cursor, now()).await.unwrap();
    assert!((1..10).contains(&first.items.len()), "{}", first.items.len());
    cursor = first.cursor;
    let rest = hear(&mut source, &mut cursor, 10 - first.items.len()).await;
    assert_eq!(first.items.len() + rest.items.len(), 10);
}

#[tokio::test]
async fn a_silent_server_is_left_for_another() {
    let (silent, well) = (jets_with(3).await, jets_with(6).await);
    silent.fault(Fault::Silence(3));
    let mut source = in_turn(&[silent.address(), well.address()]);
    let mut cursor = format!("{NOON} 1");
    let batch = hear(&mut source, &mut cursor, 6).await;
    assert_eq!(ids(&batch.items), ["k0", "k1", "k2", "k3", "k4", "k5"]);
    assert!(batch.remarks.iter().any(|remark| remark.contains("has sent nothing for")), "{:?}", batch.remarks);
    let asked = &well.asked()[0];
    assert!(asked.contains(&format!("cursor={}", NOON + 2 * SECOND - 30 * SECOND)), "a longer overlap: {asked}");
}

#[tokio::test]
async fn a_server_that_is_away_or_busy_is_passed_over() {
    let well = jets_with(2).await;
    for refusal in ["429 Too Many Requests\r\nRetry-After: 600", "503 Service Unavailable", "403 Forbidden"] {
        let busy = jets_with(1).await;
        busy.fault(Fault::Refuse(refusal, ""));
        let mut source = in_turn(&["ws://127.0.0.1:9/subscribe".into(), busy.address(), well.address()]);
        let mut cursor = format!("{NOON} 1");
        assert_eq!(hear(&mut source, &mut cursor, 2).await.items.len(), 2, "{refusal}");
    }
}

#[tokio::test]
async fn when_nobody_lets_us_in_it_is_said_when_to_come_back() {
    let at = |seconds: i64| Retry::NotBefore(Timestamp::from_microsecond(NOON + seconds * SECOND).unwrap());
    for (refusal, kind, retry) in [
        ("429 Too Many Requests\r\nRetry-After: 600", SourceErrorKind::TooMany, at(600)),
        ("503 Service Unavailable\r\nRetry-After: 30", SourceErrorKind::ServerTrouble, at(30)),
        ("503 Service Unavailable", SourceErrorKind::ServerTrouble, Retry::BackOff),
        ("403 Forbidden", SourceErrorKind::Refused, Retry::Daily),
        ("404 Not Found", SourceErrorKind::NotFound, Retry::BackOff),
    ] {
        let jets = jets_with(1).await;
        jets.fault(Fault::Refuse(refusal, ""));
        let error = listening(&jets).poll("", now()).await.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        match (error.retry, retry) {
            // The wish counts from when it was read, a moment after the poll began.
            (Retry::NotBefore(said), Retry::NotBefore(wanted)) => {
                assert!((0..5_000).contains(&said.duration_since(wanted).as_millis()), "{error}: {said}");
            }
            (said, wanted) => assert_eq!(said, wanted, "{error}"),
        }
    }
    let (busy, away) = (jets_with(1).await, "ws://127.0.0.1:9/subscribe".to_owned());
    busy.fault(Fault::Refuse("429 Too Many Requests\r\nRetry-After: 600", ""));
    let error = in_turn(&[busy.address(), away]).poll("", now()).await.unwrap_err();
    assert_eq!((error.retry, error.whole_host), (Retry::BackOff, false), "{error}");
    assert!(error.to_string().starts_with("none of 2 servers lets us listen"), "{error}");
}

#[tokio::test]
async fn a_server_that_closes_at_once_again_and_again_is_a_failure_and_not_a_loop() {
    let jets = jets_with(1).await;
    for _ in 0..10 {
        jets.fault(Fault::Close(0, 1001, "not now"));
    }
    let error = listening(&jets).poll(&format!("{NOON} 1"), now()).await.unwrap_err();
    assert!(error.to_string().contains("not now"), "{error}");
    assert_eq!(jets.asked().len(), 3);
}

#[tokio::test]
async fn what_is_no_stream_of_posts_is_told() {
    let jets = Jets::start().await;
    for _ in 0..10 {
        jets.publish_all(&(0..60).map(|n| json!({"time_us": NOON + n, "kind": "weather"})).collect::<Vec<_>>());
    }
    let mut source = listening(&jets);
    let mut cursor = format!("{NOON} 1");
    let error = loop {
        match source.poll(&cursor, now()).await {
            Ok(batch) => cursor = batch.cursor,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind, SourceErrorKind::NotUnderstood, "{error}");
}

#[tokio::test]
async fn a_server_that_packs_otherwise_than_it_says_is_asked_not_to() {
    // It gives out a dictionary and does not speak the form that it is for.
    let jets = jets_with(2).await;
    jets.speak_second_form(Some(DICTIONARY.to_vec()));
    jets.fault(Fault::Refuse("404 Not Found", "404 page not found"));
    let (mut source, mut cursor) = (listening(&jets), format!("{NOON} 1"));
    assert_eq!(hear(&mut source, &mut cursor, 2).await.items.len(), 2);
    assert!(jets.asked()[1].starts_with("/subscribe?"), "{:?}", jets.asked());

    // It has another dictionary by now.
    let jets = jets_with(2).await;
    jets.speak_second_form(Some(DICTIONARY.to_vec()));
    jets.fault(Fault::Refuse("400 Bad Request", r#"{"error":"UnknownZstdDictionary","message":"current is 8"}"#));
    let (mut source, mut cursor) = (listening(&jets), format!("{NOON} 1"));
    assert_eq!(hear(&mut source, &mut cursor, 2).await.items.len(), 2);
    assert!(!jets.asked()[1].contains("zstdDictionary"), "{:?}", jets.asked());

    // What it packs cannot be unpacked.
    let jets = jets_with(2).await;
    jets.speak_second_form(Some(DICTIONARY.to_vec()));
    let mut other = DICTIONARY.to_vec();
    other[4] ^= 1;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dictionary");
    std::fs::write(&path, other).unwrap();
    let settings = SourceSettings { path: Some(path), ..settings(&jets.address()) };
    let mut source = open(&settings, &tools(), &jets.appview().parse().unwrap(), quick()).unwrap();
    jets.publish_all(&(0..3).map(|n| post(NOON + 9 + n, BEN, &format!("p{n}"), "r", "x")).collect::<Vec<_>>());
    let mut cursor = format!("{NOON} 1");
    assert_eq!(hear(&mut source, &mut cursor, 5).await.items.len(), 5);
    assert!(!jets.asked()[1].contains("compress"), "{:?}", jets.asked());
}
