//! Whatever stands in a line, it is read or refused in words for a person; whatever comes, memory stays bounded.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read_one(line: &str) -> Result<Option<Said>, LineError> {
    read(line.as_bytes())
}

fn item(line: &str) -> Item {
    match read_one(line) {
        Ok(Some(Said::Mention(post))) => post.item,
        other => panic!("{line}: {other:?}"),
    }
}

fn complaint(line: &str) -> String {
    read_one(line).unwrap_err().to_string()
}

#[test]
fn a_line_needs_words_and_finds_itself_an_identity() {
    assert_eq!(read_one(r#"{"url":"https://x.example/1"}"#), Err(LineError::NoWords));
    let first = item(r#"{"text":"hello","author":"@ana","published":"2026-01-02T03:04:05Z"}"#);
    assert_eq!(first.author.handle.as_deref(), Some("ana"));
    assert_eq!(first.claimed.unwrap().to_string(), "2026-01-02T03:04:05Z");
    assert_eq!(first.native_id, "words:fa9417fbd9fc7b36", "stored mentions are known by it: it must not change");
    let same = item(r#"{"text":"hello","author":{"handle":"ana","followers":3}}"#);
    assert_eq!(same.native_id, first.native_id, "the same words by the same person are the same mention");
    assert_eq!(same.author.followers, Some(3));
    assert_eq!(item(r#"{"title":"t","url":"https://x.example/1"}"#).native_id, "https://x.example/1");
    assert_eq!(item(r#"{"text":"t","native_id":17,"parent":3}"#).native_id, "17");
}

#[test]
fn every_documented_field_is_read() {
    let line = json!({
        "network": "Forum", "source": "riders", "native_id": "7", "url": "https://x.example/7", "title": "T",
        "text": "words", "author": {"handle": "@ana", "name": "Ana P.", "followers": 12, "native_id": "u1"},
        "published": "2026-01-02T03:04:05Z", "edited": "2026-01-02T04:04:05Z", "lang": "en", "visibility": "private",
        "parent": "6", "root": "1", "links": ["https://l.example"], "image_descriptions": ["a bicycle"],
        "repost_of": "5", "reposts": 4, "addressed": true, "own": true, "answerable": "nowhere",
        "content_warning": "crash", "first_seen": "2026-01-02T03:04:06Z", "id": 12, "watches": ["w"], "readings": [],
    });
    let Ok(Some(Said::Mention(post))) = read_one(&line.to_string()) else { panic!("{line}") };
    assert_eq!((post.network.as_deref(), post.source.as_deref()), (Some("Forum"), Some("riders")));
    let wanted = Item {
        native_id: "7".into(),
        aliases: vec![],
        url: Some("https://x.example/7".into()),
        title: Some("T".into()),
        text: "words".into(),
        author: Author {
            native_id: Some("u1".into()),
            handle: Some("ana".into()),
            name: Some("Ana P.".into()),
            followers: Some(12),
        },
        claimed: Some("2026-01-02T03:04:05Z".parse().unwrap()),
        edited: Some("2026-01-02T04:04:05Z".parse().unwrap()),
        lang: Some("en".into()),
        links: vec!["https://l.example".into()],
        image_descriptions: vec!["a bicycle".into()],
        parent: Some("6".into()),
        root: Some("1".into()),
        repost_of: Some("5".into()),
        reposts: Some(4),
        visibility: Visibility::Private,
        addressed: true,
        own: true,
        deleted: false,
        answerable: Answerable::Nowhere,
        content_warning: Some("crash".into()),
    };
    assert_eq!(post.item, wanted);
    let nothing = item(r#"{"text":"t","author":null,"links":null,"visibility":null,"published":null,"own":null}"#);
    assert_eq!(nothing, item(r#"{"text":"t"}"#), "null is the same as nothing");
    assert_eq!(item(r#"{"text":"t","claimed":"2026-01-02T03:04:05Z"}"#).claimed, wanted.claimed);
}

#[test]
fn lines_besides_mentions_are_told_apart() {
    let meter =
        r#"{"meter":{"name":"units","used":12.5,"limit":100,"currency":"EUR","resets":"2026-01-02T00:00:00Z"}}"#;
    assert_eq!(
        read_one(meter),
        Ok(Some(Said::Meter(Meter {
            name: "units".into(),
            used: 12.5,
            limit: Some(100.0),
            currency: Some("EUR".into()),
            resets: Some("2026-01-02T00:00:00Z".parse().unwrap()),
        })))
    );
    assert_eq!(read_one(r#"{"remark":"half was cut"}"#), Ok(Some(Said::Remark("half was cut".into()))));
    assert_eq!(read_one(r#"{"cursor":"page 7"}"#), Ok(Some(Said::Cursor("page 7".into()))));
    assert_eq!(read_one(r#"{"cursor":1700000000}"#), Ok(Some(Said::Cursor("1700000000".into()))));
    for gone in [r#"{"delete":"7"}"#, r#"{"delete":7}"#, r#"{"native_id":"7","deleted":true}"#] {
        assert_eq!(read_one(gone), Ok(Some(Said::Deleted("7".into()))), "{gone}");
    }
    assert!(item(r#"{"native_id":"7","deleted":true,"text":"t"}"#).deleted);
    for blank in ["", "  \r\n", "\u{feff}", "\0\0\0"] {
        assert_eq!(read_one(blank), Ok(None), "{blank:?}");
    }
    assert_eq!(read_mention(br#"{"remark":"x"}"#), Err(LineError::NoWords), "import takes mentions only");
}

#[test]
fn what_is_wrong_is_said_in_words_for_a_person() {
    let cases = [
        ("{\"text\": \"hello", "it breaks off: a quote or bracket is not closed"),
        ("not json", "it is no JSON from column 2 on: “ot json”"),
        ("{\"text\": nope}", "it is no JSON from column 11 on: “ope}”"),
        ("[1]", "a line must be one object in braces, not a list"),
        ("7", "a line must be one object in braces, not a number"),
        ("{\"text\":7}", "“text” must be a text, not a number"),
        (
            "{\"text\":\"t\",\"published\":\"yesterday\"}",
            "“published” must be a moment such as 2026-01-02T03:04:05Z, not “yesterday”",
        ),
        ("{\"text\":\"t\",\"published\":12}", "“published” must be a moment such as 2026-01-02T03:04:05Z, not 12"),
        (
            "{\"text\":\"t\",\"visibility\":\"friends\"}",
            "“visibility” must be “public”, “unlisted” or “private”, not “friends”",
        ),
        ("{\"text\":\"t\",\"author\":[1]}", "“author” must be an object, not a list"),
        ("{\"text\":\"t\",\"author\":{\"followers\":-1}}", "“followers” must be a whole number from 0 on, not -1"),
        ("{\"text\":\"t\",\"links\":[1]}", "“links” must be a list of texts, not a list with a number"),
        ("{\"text\":\"t\",\"own\":\"yes\"}", "“own” must be true or false, not “yes”"),
        ("{\"meter\":{\"name\":\"n\"}}", "“used” must be a number from 0 on, not nothing"),
        ("{\"meter\":{\"used\":-1}}", "“used” must be a number from 0 on, not -1"),
        ("{\"meter\":3}", "“meter” must be an object, not a number"),
        (
            "{\"cursor\":\"a\\nb\"}",
            "“cursor” must be a text of at most 4 KB on one line, not something longer or stranger",
        ),
        ("{\"cursor\":\"1\",\"remark\":\"r\"}", "“remark” and “cursor” must be lines of their own"),
        ("{\"delete\":\"\"}", "it has neither text nor title"),
        ("{\"deleted\":true}", "it has neither text nor title"),
        ("{}", "it has neither text nor title"),
    ];
    for (line, wanted) in cases {
        assert_eq!(complaint(line), wanted, "{line}");
    }
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(complaint(&format!("{{\"text\":\"t\",\"links\":{deep}}}")).contains("no JSON"));
    assert_eq!(read(&vec![b' '; LONGEST_LINE + 1]), Err(LineError::TooLong));
}

#[test]
fn damage_costs_signs_and_not_the_line() {
    let Ok(Some(Said::Mention(post))) =
        read(b"\0\0{\"text\":\"caf\xe9 \\u0000here\",\"native_id\":\"a\\u0000b\"}\0\r\n")
    else {
        panic!("damaged")
    };
    assert_eq!((post.item.text.as_str(), post.item.native_id.as_str()), ("caf\u{fffd} here", "ab"));
    let mut gather = Gather::default();
    gather.take(1, &Cut::Line(b"{\"text\":\"caf\xe9\"}".to_vec()));
    gather.take(2, &Cut::Line(b"{\"text\":\"ok\"}".to_vec()));
    let batch = gather.into_batch("c".into(), true);
    assert_eq!(batch.items.len(), 2);
    assert_eq!(batch.remarks, ["1 lines were not UTF-8; what was damaged is shown as \u{FFFD}"]);
}

#[test]
fn a_batch_is_bounded_and_wrong_lines_are_told_by_number() {
    let mut gather = Gather::default();
    let mut number = 0;
    while !gather.is_full() {
        number += 1;
        let line = if number % 10 == 0 { "nonsense".to_owned() } else { format!("{{\"text\":\"{number}\"}}") };
        gather.take(number, &Cut::Line(line.into_bytes()));
    }
    assert_eq!(number, 500);
    gather.take(501, &Cut::TooLong);
    let batch = gather.into_batch("c".into(), true);
    assert_eq!((batch.items.len(), batch.cursor.as_str(), batch.more), (450, "c", true));
    assert_eq!(batch.remarks.len(), 11);
    assert!(batch.remarks[0].starts_with("line 10: it is no JSON"), "{:?}", batch.remarks);
    assert_eq!(batch.remarks[10], "… and 41 more wrong lines");

    let mut gather = Gather::default();
    let big = format!("{{\"text\":\"{}\"}}", "x".repeat(2 << 20)).into_bytes();
    gather.take(1, &Cut::Line(big.clone()));
    assert!(!gather.is_full());
    gather.take(2, &Cut::Line(big));
    assert!(gather.is_full(), "bytes count too");
}

#[test]
fn meters_are_kept_by_name_and_the_last_cursor_wins() {
    let mut gather = Gather::default();
    for (number, line) in (1..).zip([
        r#"{"meter":{"name":"a","used":1}}"#,
        r#"{"cursor":"one"}"#,
        r#"{"meter":{"name":"b","used":2}}"#,
        r#"{"meter":{"name":"a","used":3}}"#,
        r#"{"cursor":"two"}"#,
        r#"{"delete":"gone"}"#,
    ]) {
        gather.take(number, &Cut::Line(line.into()));
    }
    assert_eq!(gather.cursor.as_deref(), Some("two"));
    let batch = gather.into_batch(String::new(), false);
    let meters: Vec<_> = batch.meters.iter().map(|meter| (meter.name.as_str(), meter.used)).collect();
    assert_eq!(meters, [("b", 2.0), ("a", 3.0)]);
    assert!(batch.items.len() == 1 && batch.items[0].deleted && batch.items[0].native_id == "gone");
}

#[test]
fn a_line_that_never_ends_is_skipped_in_bounded_memory() {
    let mut lines = Splitter::default();
    lines.push(b"{\"text\":\"one\"}\n");
    assert_eq!(lines.next(), Some(Cut::Line(b"{\"text\":\"one\"}".to_vec())));
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..64 {
        lines.push(&piece);
        assert_eq!(lines.next(), None);
        assert!(lines.held() <= LONGEST_LINE + piece.len(), "{} bytes are held", lines.held());
    }
    assert!(lines.is_skipping());
    assert_eq!(lines.taken(), 15 + (64 << 20), "what is skipped is done with");
    lines.push(b"end\nnext\nlast");
    assert_eq!(lines.next(), Some(Cut::TooLong));
    assert_eq!(lines.next(), Some(Cut::Line(b"next".to_vec())));
    assert_eq!((lines.next(), lines.lines()), (None, 3));
    assert_eq!(lines.finish(), Some(Cut::Line(b"last".to_vec())));
    assert_eq!((lines.finish(), lines.lines()), (None, 4));
}

#[test]
fn a_hole_before_a_line_is_no_part_of_it() {
    let mut lines = Splitter::default();
    for _ in 0..16 {
        lines.push(&vec![0; 1 << 20]);
        assert_eq!(lines.next(), None);
    }
    lines.push(b"{}\n");
    assert_eq!(lines.next(), Some(Cut::Line(b"{}".to_vec())));
    assert_eq!(lines.taken(), (16 << 20) + 3);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Err(error) = read(&bytes) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn any_json_is_read_or_refused(line in json_line()) {
        match read(line.as_bytes()) {
            Ok(Some(Said::Mention(post))) => {
                let item = post.item;
                prop_assert!(!item.native_id.is_empty());
                prop_assert!(!item.full_text().is_empty());
                prop_assert!(!item.full_text().contains('\0') && !item.native_id.contains('\0'));
            }
            Ok(_) => {}
            Err(error) => prop_assert!(!error.to_string().contains("serde")),
        }
    }

    /// However bytes are cut into pieces, the same lines come out.
    #[test]
    fn pieces_make_no_difference(
        lines in proptest::collection::vec("[^\n\0]{0,40}", 0..20),
        cuts in proptest::collection::vec(1_usize..30, 1..60),
        ended: bool,
    ) {
        let mut whole = lines.join("\n").into_bytes();
        if ended && !lines.is_empty() {
            whole.push(b'\n');
        }
        let mut splitter = Splitter::default();
        let mut found = Vec::new();
        let mut rest = whole.as_slice();
        let mut cuts = cuts.iter().cycle();
        while !rest.is_empty() {
            let (piece, later) = rest.split_at((*cuts.next().unwrap()).min(rest.len()));
            splitter.push(piece);
            found.extend(std::iter::from_fn(|| splitter.next()));
            rest = later;
        }
        found.extend(std::iter::from_fn(|| splitter.finish()));
        let mut wanted: Vec<Cut> = lines.iter().map(|line| Cut::Line(line.clone().into_bytes())).collect();
        if !ended && wanted.last() == Some(&Cut::Line(vec![])) {
            wanted.pop();
        }
        prop_assert_eq!(splitter.taken(), whole.len() as u64);
        prop_assert_eq!(splitter.lines(), wanted.len() as u64);
        prop_assert_eq!(found, wanted);
    }
}

/// Objects with the known fields and arbitrary values.
fn json_line() -> impl Strategy<Value = String> {
    const KEYS: [&str; 18] = [
        "text",
        "title",
        "native_id",
        "url",
        "author",
        "published",
        "edited",
        "visibility",
        "links",
        "parent",
        "deleted",
        "delete",
        "meter",
        "remark",
        "cursor",
        "answerable",
        "reposts",
        "own",
    ];
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|flag| json!(flag)),
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(|number| json!(number)),
        "\\PC{0,12}".prop_map(|text| json!(text)),
        Just(json!("a\0b\u{1b}[31m")),
        Just(json!("2026-01-02T03:04:05Z")),
    ];
    let value = leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|list| json!(list)),
            proptest::collection::hash_map("handle|name|used|followers", inner, 0..4).prop_map(|map| json!(map)),
        ]
    });
    proptest::collection::hash_map(proptest::sample::select(&KEYS[..]), value, 0..8)
        .prop_map(|map| json!(map).to_string())
}
