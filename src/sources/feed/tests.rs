//! What is read from feeds of every kind, and from everything that is not one.

use proptest::prelude::*;

use super::*;
use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/feeds/", $name)) as &[u8]
    };
}

const FIXTURES: [&[u8]; 10] = [
    fixture!("rss20.xml"),
    fixture!("rss091.xml"),
    fixture!("rdf.xml"),
    fixture!("atom10.xml"),
    fixture!("atom03.xml"),
    fixture!("feed11.json"),
    fixture!("google-alerts.xml"),
    fixture!("youtube.xml"),
    fixture!("mastodon-tag.xml"),
    fixture!("broken.xml"),
];

fn read(bytes: &[u8]) -> ParsedFeed {
    parse(bytes, None, Some(&"https://feeds.example/x/feed".parse().unwrap())).unwrap()
}

fn time(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

#[test]
fn a_feed_that_ends_in_the_middle_is_told() {
    let whole = "<rss version=\"2.0\"><channel><title>x</title><item><title>a</title><guid>1</guid></item>\
                 <item><title>b</title><guid>2</guid></item></channel></rss>\n<!-- made by x </b> -->";
    let cut = |feed: &ParsedFeed| feed.remarks.iter().any(|remark| remark.contains("ends in the middle"));
    let read = |text: &str| parse(text.as_bytes(), Some("text/xml"), None).unwrap();
    assert!(read(whole).remarks.is_empty(), "{:?}", read(whole).remarks);
    let half = read(&whole[..whole.find("<guid>2").unwrap()]);
    assert!(cut(&half) && half.entries[0].id.as_deref() == Some("1"), "{half:?}");
}

#[test]
fn rss_2() {
    let feed = read(fixture!("rss20.xml"));
    assert_eq!(feed.kind, FeedKind::Rss);
    assert_eq!(feed.title.as_deref(), Some("Chainring & Saddle"));
    assert_eq!(feed.ttl, Some(SignedDuration::from_mins(30)));
    assert_eq!(feed.entries.len(), 3);
    let first = &feed.entries[0];
    assert_eq!(first.id.as_deref(), Some("https://chainring.example/?p=8121"));
    assert_eq!(first.link.as_deref(), Some("https://chainring.example/2026/11/ferris-recall/"));
    assert_eq!(first.published, time("2026-11-22T08:15:00Z"));
    assert_eq!(first.author.as_deref(), Some("Ana Prades"));
    assert_eq!(first.lang.as_deref(), Some("en-GB"));
    assert_eq!(first.text, "The maker asks riders to stop at once.\n\nDetails are on this page and at Ferris.");
    assert_eq!(
        first.links,
        ["https://chainring.example/2026/11/serials/", "https://ferris.example/recall?ref=1&lang=en"]
    );
    assert_eq!(first.image_descriptions, ["A stem with a hairline crack"]);
    let second = &feed.entries[1];
    assert_eq!(second.title.as_deref(), Some("Why we <3 steel"));
    assert_eq!(second.author.as_deref(), Some("Lou Marchetti"));
    assert_eq!(second.text, "Plain words, R&D and\na second line.");
    let third = &feed.entries[2];
    assert_eq!((third.id.as_deref(), third.link.as_deref(), third.title.as_deref()), (None, None, None));
    assert_eq!(third.text, "No title, no link, no id — still an entry.");
    assert_eq!(third.published, None);
}

#[test]
fn older_kinds() {
    let old = read(fixture!("rss091.xml"));
    assert_eq!(old.entries[0].title.as_deref(), Some("Les vélos à l'école"));
    assert_eq!(old.entries[0].text, "Un été & un hiver");
    let rdf = read(fixture!("rdf.xml"));
    assert_eq!((rdf.kind, rdf.ttl), (FeedKind::Rdf, Some(SignedDuration::from_mins(30))));
    assert_eq!(rdf.entries[0].published, time("2026-11-19T23:00:00Z"));
    assert_eq!(rdf.entries[0].author.as_deref(), Some("Kim"));
    let early = read(fixture!("atom03.xml"));
    assert_eq!(early.entries[0].published, time("2004-12-13T12:29:29Z"));
    assert_eq!(early.entries[0].updated, time("2004-12-13T18:30:02Z"));
    let russian = read(fixture!("windows-1251.xml"));
    assert_eq!(russian.entries[0].title.as_deref(), Some("Велосипеды Феррис"));
}

#[test]
fn atom() {
    let feed = read(fixture!("atom10.xml"));
    assert_eq!((feed.kind, feed.title.as_deref()), (FeedKind::Atom, Some("Fix & Fertig")));
    let first = &feed.entries[0];
    assert_eq!(first.title.as_deref(), Some("Generics: Vec<String> & co"));
    assert_eq!(first.link.as_deref(), Some("https://atom.example/blog/2026/generics"));
    assert_eq!(first.author_address.as_deref(), Some("https://atom.example/jo"));
    assert_eq!(first.text, "Ein Absatz mit Quelle.");
    assert_eq!(first.links, ["https://atom.example/blog/quelle", "https://other.example/post"]);
    assert_eq!(first.answers.as_deref(), Some("tag:other.example,2026:1"));
    assert_eq!(first.lang.as_deref(), Some("de"));
    let second = &feed.entries[1];
    assert_eq!(second.title.as_deref(), Some("Fett & dünn"));
    assert_eq!((second.text.as_str(), second.updated), ("Nur <Text>.", time("2026-11-21T09:00:00Z")));
}

#[test]
fn json() {
    let feed = read(fixture!("feed11.json"));
    assert_eq!((feed.kind, feed.entries.len()), (FeedKind::Json, 2));
    let first = &feed.entries[0];
    assert_eq!(first.id.as_deref(), Some("17"));
    assert_eq!(first.link.as_deref(), Some("https://feeds.example/posts/17"));
    assert_eq!(first.published, time("2026-11-22T12:00:00Z"));
    assert_eq!(first.author.as_deref(), Some("Kvs"));
    assert_eq!(first.text, "Two years in, still love it.");
    assert_eq!(first.links, ["https://feeds.example/x/more", "https://ferris.example/s2"]);
    assert_eq!(first.image_descriptions, ["The S2 in mud"]);
    let second = &feed.entries[1];
    assert_eq!(second.text, "first line\nsecond <b>line</b>");
    assert_eq!((second.published, second.author.as_deref()), (None, Some("The Spokes desk")));
    assert!(matches!(parse(b"{\"items\":[]}", None, None), Err(NotAFeed::Other(_))));
    assert!(matches!(parse(b"{\"version\":", None, None), Err(NotAFeed::Broken(_))));
}

#[test]
fn well_known_places() {
    let alert = &read(fixture!("google-alerts.xml")).entries[0];
    assert_eq!(alert.title.as_deref(), Some("Ferris Bikes opens a repair café"));
    assert_eq!(alert.link.as_deref(), Some("https://local.example/news/repair?id=7"));
    assert_eq!(alert.text, "On Saturday Ferris Bikes opened ...");
    let video = &read(fixture!("youtube.xml")).entries[0];
    assert_eq!(video.text, "We rode it all year.\nChapters: 0:00 intro");
    let post = &read(fixture!("mastodon-tag.xml")).entries[0];
    assert_eq!(post.title, None);
    assert_eq!(
        post.text,
        "chain snapped after 2 days, 3rd time this month #ferrisbikes\n\nhttps://a.example/very/long/address"
    );
    assert!(post.links.contains(&"https://a.example/very/long/address".to_owned()));
}

#[test]
fn a_broken_feed_is_read_as_it_was_meant() {
    let feed = read(fixture!("broken.xml"));
    assert_eq!(feed.entries.len(), 2);
    assert_eq!(feed.home.as_deref(), Some("http://127.0.0.1:8080/"));
    let first = &feed.entries[0];
    assert_eq!(first.title.as_deref(), Some("Salt & Vinegar — AT&T"));
    assert_eq!(first.link.as_deref(), Some("http://127.0.0.1:8080/a?x=1&y=2"));
    assert_eq!(first.text, "unescaped\nand unclosed");
    assert_eq!(first.published, time("2026-11-22T10:00:00Z"));
    assert_eq!(feed.entries[1].link.as_deref(), Some("http://forum.lan/t/1"));
    assert!(feed.remarks.iter().any(|remark| remark.contains("repaired")));
}

#[test]
fn what_is_no_feed_is_named() {
    assert_eq!(parse(fixture!("site.html"), Some("text/html"), None), Err(NotAFeed::WebPage));
    assert_eq!(parse(b"", None, None), Err(NotAFeed::Empty));
    assert_eq!(parse(b"\xEF\xBB\xBF \n", None, None), Err(NotAFeed::Empty));
    let empty = parse(b"<rss version='2.0'><channel><title>t</title></channel></rss>", None, None).unwrap();
    assert!(empty.entries.is_empty());
}

#[test]
fn the_declared_charset_of_the_answer_counts() {
    let bytes = b"<rss version='2.0'><channel><item><title>caf\xE9</title></item></channel></rss>";
    let feed = parse(bytes, Some("text/xml; charset=iso-8859-1"), None).unwrap();
    assert_eq!(feed.entries[0].title.as_deref(), Some("café"));
    let declared_wrongly = "<?xml version='1.0' encoding='iso-8859-1'?><rss version='2.0'><channel><item><title>café</title></item></channel></rss>";
    assert_eq!(parse(declared_wrongly.as_bytes(), None, None).unwrap().entries[0].title.as_deref(), Some("café"));
}

#[test]
fn hostile_feeds_cost_little() {
    let bomb = "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]>\
        <rss version='2.0'><channel><item><title>&c;&c;&c;</title></item></channel></rss>";
    let deep = format!(
        "<rss version='2.0'><channel><item><title>x</title><a>{}</a></item></channel></rss>",
        "<b>".repeat(100_000)
    );
    let deep_html = format!(
        "<rss version='2.0'><channel><item><title>x</title><description>{}</description></item></channel></rss>",
        "&lt;div&gt;".repeat(100_000)
    );
    let wide =
        format!("<rss version='2.0'><channel>{}</channel></rss>", "<item><title>x</title></item>".repeat(30_000));
    let attributes = format!(
        "<rss version='2.0'><channel><item {}><title>x</title></item></channel></rss>",
        "a='b' ".repeat(50_000)
    );
    let long = format!(
        "<rss version='2.0'><channel><item><title>{}</title></item></channel></rss>",
        "word ".repeat(2_000_000)
    );
    let begun = std::time::Instant::now();
    for text in [bomb, &deep, &deep_html, &wide, &attributes, &long] {
        if let Ok(feed) = parse(text.as_bytes(), None, None) {
            assert!(feed.entries.len() <= MOST_ENTRIES);
            assert!(
                feed.entries.iter().all(|entry| entry.text.len() <= 300_000
                    && entry.title.as_ref().is_none_or(|title| title.len() <= 300_000))
            );
        }
    }
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    assert_eq!(read(wide.as_bytes()).entries.len(), MOST_ENTRIES);
    assert!(read(wide.as_bytes()).remarks.iter().any(|remark| remark.contains("30000")));
}

#[test]
fn deep_nesting_of_any_element_overflows_nothing() {
    let names = [
        "item",
        "entry",
        "channel",
        "source",
        "author",
        "content",
        "summary",
        "title",
        "media:group",
        "media:content",
        "image",
        "link",
        "description",
        "content:encoded",
        "podcast:value",
        "podcast:liveItem",
        "georss:where",
        "gml:Point",
        "div",
        "b",
        "itunes:owner",
        "itunes:category",
        "textInput",
        "items",
        "rdf:li",
        "thr:in-reply-to",
        "contributor",
        "category",
        "rss",
    ];
    for name in names {
        let nest = format!("<{name}>").repeat(6_000);
        for document in [
            format!("<rss version='2.0'><channel><item><title>x</title>{nest}"),
            format!("<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>x</title>{nest}"),
            format!("<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='xhtml'>{nest}"),
            format!("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><item><title>x</title>{nest}"),
            format!("<rss version='2.0'><channel>{nest}{}", nest.replace('<', "</")),
        ] {
            let _ = parse_without_a_net(document.as_bytes());
        }
    }
    let _ = parse_without_a_net(
        format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":{}", "[".repeat(50_000)).as_bytes(),
    );
}

/// A feed of one of the kinds with pieces cut out, doubled, or overwritten.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let cuts = proptest::collection::vec(
        (any::<prop::sample::Index>(), 0_usize..40, proptest::collection::vec(any::<u8>(), 0..6)),
        1..8,
    );
    (0..FIXTURES.len(), cuts).prop_map(|(number, cuts)| {
        let mut bytes = FIXTURES[number].to_vec();
        for (at, length, instead) in cuts {
            let at = at.index(bytes.len().max(1)).min(bytes.len());
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, instead);
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), kind in "[ -~]{0,30}") {
        let _ = parse(&bytes, Some(&kind), None);
    }

    #[test]
    fn damaged_feeds_never_panic(bytes in damaged()) {
        if let Ok(feed) = parse(&bytes, None, Some(&"https://a.example/".parse().unwrap())) {
            let found = feed.entries.len();
            prop_assert!(identity::identify(feed, 500, &[]).items.len() <= found);
        }
    }

    #[test]
    fn dates_never_panic(date in "\\PC{0,10}|[0-9é]{4}-[0-9é]{1,2}|[A-Z][a-z]{2} [ A-Za-zé0-9:]{20,26}|[A-Z][a-z]{2}, [ -~é]{0,24}") {
        let text = format!("<rss version='2.0'><channel><item><title>x</title><pubDate>{}</pubDate></item></channel></rss>",
            date.replace(['<', '&'], ""));
        let feed = parse_without_a_net(text.as_bytes());
        prop_assert_eq!(feed.unwrap().entries.len(), 1);
    }
}

/// As [`parse`], but a panic inside is not caught.
fn parse_without_a_net(bytes: &[u8]) -> Result<ParsedFeed, NotAFeed> {
    super::parse::parse_trusting(bytes, None, None)
}
