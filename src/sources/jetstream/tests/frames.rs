//! Recorded frames of both forms.

use super::super::frame::{Frame, What, Wire, read};

const LINES: &str = include_str!("../../../../tests/data/jetstream/lines.jsonl");
const EVENTS: &str = include_str!("../../../../tests/data/jetstream/events.jsonl");

fn told(text: &str, wire: Wire) -> Vec<String> {
    let words = |frame: Frame<'_>| match frame {
        Frame::Event { did, time, what } => {
            let what = match what {
                What::Written { key, again, record } => {
                    let text = record.map(|record| record.text).unwrap_or_default();
                    format!("{} {} {} {again} {text}", key.collection, key.rkey, key.rev)
                }
                What::Deleted { key } => format!("{} {} {} deleted", key.collection, key.rkey, key.rev),
                What::Identity { handle } => format!("is {handle:?}"),
                What::Account { deleted } => format!("account deleted {deleted}"),
                What::Other => "other".to_owned(),
            };
            format!("{} {time} {what}", &did[8..12])
        }
        Frame::Notice { name } => format!("notice {name}"),
        Frame::Fault { name, message } => format!("fault {name} {message}"),
    };
    text.lines().map(|line| read(line, wire).map_or_else(|| "?".to_owned(), words)).collect()
}

#[test]
fn lines_are_read() {
    assert_eq!(
        told(LINES, Wire::Lines),
        [
            "eygm 1725911162329308 app.bsky.feed.post 3l3qo2vuowo2b 3l3qo2vutsw2b false \
             Two years in and still love my Ferris, see ferris.example @ana.example",
            "eygm 1725911162429308 app.bsky.feed.post 3l3qo2vuowo2b 3l3qo2vutsw2c true \
             Two years in and I \"still\" love it 🚲",
            "rfov 1725516666833633 app.bsky.feed.post 3l3dn7tku762u 3l3f6nzl3cv2s deleted",
            "ufbl 1725516665234703 is Some(\"yohenrique.bsky.social\")",
            "ufbl 1725516665333808 account deleted false",
            "ufbl 1725516665333809 account deleted true",
            "ufbl 1725516665333810 account deleted false",
            "eygm 1725911162329311 app.bsky.feed.like 3l3qo2vuowo2b 3l3qo2vutsw2b false ",
            "eygm 1725911162329312 other",
        ]
    );
}

#[test]
fn events_are_read() {
    assert_eq!(
        told(EVENTS, Wire::Events),
        [
            "eygm 1725911162329308 app.bsky.feed.post 3l3qo2vuowo2b 3l3qo2vutsw2b false hello",
            "eygm 1725911162329309 app.bsky.feed.post 3l3qo2vuowo2b 3l3qo2vutsw2c deleted",
            "ufbl 1725911162329310 is Some(\"yohenrique.bsky.social\")",
            "ufbl 1725911162329311 account deleted true",
            "ufbl 1725911162329312 other",
            "notice OutdatedCursor",
            "fault ConsumerTooSlow reading below the floor rate",
        ]
    );
}

#[test]
fn what_is_no_frame_is_none() {
    for (text, wire) in [
        ("", Wire::Lines),
        ("<html>", Wire::Lines),
        ("[]", Wire::Lines),
        ("{}", Wire::Lines),
        (r#"{"did":"did:plc:a","kind":"commit"}"#, Wire::Lines),
        (r#"{"did":"nobody","time_us":1725911162329308,"kind":"account"}"#, Wire::Lines),
        (r#"{"did":"did:plc:a","time_us":"soon","kind":"account"}"#, Wire::Lines),
        (r#"{"did":"did:plc:a","time_us":-5,"kind":"account"}"#, Wire::Lines),
        (LINES.lines().next().unwrap_or_default(), Wire::Events),
        (r#"{"$type":"message"}"#, Wire::Events),
        (r#"{"$type":"message","payload":{"did":"did:plc:a","time":"yesterday"}}"#, Wire::Events),
    ] {
        assert_eq!(read(text, wire), None, "{text}");
    }
}
