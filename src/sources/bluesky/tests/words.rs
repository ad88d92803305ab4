//! Facets, keys, queries: what is made of words.

use proptest::prelude::*;

use crate::sources::bluesky::facets::{Meaning, find};
use crate::sources::bluesky::lists::{tag_query, term_query};
use crate::sources::bluesky::rkey;

fn pieces(text: &str) -> Vec<(&str, Meaning)> {
    find(text).into_iter().map(|marked| (&text[marked.start..marked.end], marked.meaning)).collect()
}

fn link(uri: &str) -> Meaning {
    Meaning::Link(uri.to_owned())
}

fn mention(handle: &str) -> Meaning {
    Meaning::Mention(handle.to_owned())
}

fn tag(tag: &str) -> Meaning {
    Meaning::Tag(tag.to_owned())
}

#[test]
fn links_end_where_the_sentence_does() {
    assert_eq!(
        pieces("É (see https://a.example/x_(y)). HTTPS://B.example, http://c.example/?q=1#top!"),
        [
            ("https://a.example/x_(y)", link("https://a.example/x_(y)")),
            ("HTTPS://B.example", link("https://b.example/")),
            ("http://c.example/?q=1#top", link("http://c.example/?q=1#top")),
        ]
    );
    assert_eq!(pieces("https:// http://. ftp://x.example a@b.example example.com"), []);
}

#[test]
fn mentions_are_whole_handles() {
    assert_eq!(
        pieces("“@Lou.bsky.social” and @a-b.example. (@c.example)"),
        [
            ("@Lou.bsky.social", mention("lou.bsky.social")),
            ("@a-b.example", mention("a-b.example")),
            ("@c.example", mention("c.example")),
        ]
    );
    assert_eq!(pieces("@ @lou @.example @x..example me@x.example @x.123 @-.example"), []);
}

#[test]
fn hashtags_are_words() {
    assert_eq!(
        pieces("#Ferris, ＃自転車 #1st #don't! (#s2) #a#b"),
        [
            ("#Ferris", tag("Ferris")),
            ("＃自転車", tag("自転車")),
            ("#1st", tag("1st")),
            ("#don't", tag("don't")),
            ("#s2", tag("s2")),
            ("#a", tag("a")),
        ]
    );
    assert_eq!(pieces("# #1 #️⃣ #2026 #... no#tag"), []);
    assert_eq!(pieces(&format!("#{}", "x".repeat(65))), []);
}

#[test]
fn keys_are_tids_of_the_past_and_the_same_for_the_same_token() {
    assert_eq!(rkey::of_token("0123456789abcdef0123"), rkey::of_token("0123456789abcdef0123"));
    let keys: std::collections::BTreeSet<String> =
        (0..20_000).map(|number| rkey::of_token(&format!("token-{number}"))).collect();
    assert_eq!(keys.len(), 20_000);
    for key in keys {
        assert_eq!(key.len(), 13);
        let number = key.bytes().fold(0_u64, |number, sign| {
            let value = b"234567abcdefghijklmnopqrstuvwxyz".iter().position(|known| *known == sign).unwrap();
            (number << 5) | value as u64
        });
        assert_eq!(number >> 63, 0, "the first bit is 0: {key}");
        let seconds = (number >> 10) / 1_000_000;
        assert!((1_688_169_600..1_723_400_000).contains(&seconds), "{key}: {seconds}");
    }
}

#[test]
fn searches_are_asked_for_words_as_they_are_meant() {
    for (term, query) in [
        ("ferris", "ferris"),
        ("Ferris  Bikes", "\"Ferris Bikes\""),
        ("from:lou", "\"from:lou\""),
        ("-not", "\"-not\""),
        ("a\"b", "\"a b\""),
        ("自転車", "自転車"),
    ] {
        assert_eq!(term_query(term), query);
    }
    assert_eq!((tag_query(" #x").as_str(), tag_query("＃x").as_str()), ("#x", "#x"));
}

proptest! {
    #[test]
    fn marks_lie_in_the_text_in_order_and_on_signs(text in "([@#(]?[a-zé.#@]{0,9}(https://)?[ ,.)\\n🚲]{0,2}){0,8}") {
        let mut before = 0;
        for marked in find(&text) {
            prop_assert!(marked.start >= before && marked.end > marked.start && marked.end <= text.len());
            prop_assert!(text.is_char_boundary(marked.start) && text.is_char_boundary(marked.end));
            before = marked.end;
        }
    }

    #[test]
    fn any_text_can_be_looked_through(text in "\\PC{0,80}") {
        let _ = find(&text);
    }
}
