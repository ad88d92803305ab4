//! What is read, what is refused, and how it is told.

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Labelled {
    id: String,
    query: String,
    post: LabelledPost,
    #[serde(rename = "match")]
    matches: bool,
    note: String,
}

#[derive(Deserialize)]
struct LabelledPost {
    text: String,
    author: String,
    source: String,
    lang: String,
    urls: Vec<String>,
}

#[derive(Deserialize)]
struct Invalid {
    id: String,
    query: String,
    why: String,
}

fn lines<T: serde::de::DeserializeOwned>(text: &str) -> Vec<T> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn labelled_queries_find_what_they_should() {
    let all: Vec<Labelled> = lines(include_str!("../../../tests/data/queries.ndjson"));
    assert_eq!(all.len(), 92);
    for Labelled { id, query, post, matches, note } in &all {
        let seen = Post {
            text: &post.text,
            author: &post.author,
            source: &post.source,
            lang: &post.lang,
            urls: &post.urls,
            ..Post::default()
        };
        let found = hit(query, &seen).is_some();
        assert_eq!(found, *matches, "{id}: {query} on {:?}: {note}", post.text);
    }
}

#[test]
fn all_labelled_queries_at_once_give_the_same() {
    let all: Vec<Labelled> = lines(include_str!("../../../tests/data/queries.ndjson"));
    let queries: Vec<_> = all.iter().map(|line| Query::parse(&line.query).unwrap()).collect();
    let matcher = Matcher::new(&queries);
    for Labelled { post, .. } in &all {
        let seen = Post {
            text: &post.text,
            author: &post.author,
            source: &post.source,
            lang: &post.lang,
            urls: &post.urls,
            ..Post::default()
        };
        let together: Vec<_> = matcher.matches(&seen).into_iter().map(|hit| (hit.query, hit.spans)).collect();
        let alone: Vec<_> = queries
            .iter()
            .enumerate()
            .filter_map(|(at, query)| {
                let hit = Matcher::new(std::slice::from_ref(query)).matches(&seen).pop()?;
                Some((at, hit.spans))
            })
            .collect();
        assert_eq!(together, alone, "{:?}", post.text);
    }
}

#[test]
fn labelled_invalid_queries_are_refused() {
    let all: Vec<Invalid> = lines(include_str!("../../../tests/data/invalid_queries.ndjson"));
    assert_eq!(all.len(), 23);
    for Invalid { id, query, why } in &all {
        let error = Query::parse(query).expect_err(&format!("{id}: {query}: {why}"));
        assert!(error.column >= 1 && error.width >= 1, "{id}");
        assert!(error.column <= query.chars().count() + 1, "{id}");
        assert!(!error.message.is_empty() && !error.help.is_empty(), "{id}");
    }
}

#[test]
fn errors_point_and_help() {
    for (query, column, width, message) in [
        ("", 1, 1, "the query is empty"),
        ("kiln AND", 6, 3, "AND has nothing after it"),
        ("OR kiln", 1, 2, "OR has nothing before it"),
        ("kiln OR OR slow", 9, 2, "OR follows OR directly"),
        ("kiln AND (slow OR down", 10, 1, "this parenthesis is never closed"),
        ("kiln)", 5, 1, "this parenthesis closes nothing"),
        (")kiln(", 1, 1, "this parenthesis closes nothing"),
        ("kiln AND ()", 10, 2, "this group is empty"),
        ("(kiln OR) slow", 7, 2, "OR has nothing after it"),
        ("heron \"fee", 7, 1, "this quotation mark is never closed"),
        ("\"\"", 1, 2, "there is no word between these quotes"),
        ("kiln NOT", 6, 3, "NOT has nothing after it"),
        ("kiln -", 6, 1, "- has nothing to leave out"),
        ("NOT spam", 1, 3, "the query only says what to leave out"),
        ("-spam -\"no signal\"", 1, 1, "the query only says what to leave out"),
        ("kiln OR NOT spam", 9, 3, "an exclusion beside OR would match nearly every post"),
        ("kiln OR (a OR -b) OR c", 15, 1, "an exclusion beside OR would match nearly every post"),
        ("kiln NEAR/x slow", 6, 6, "x is no distance for NEAR"),
        ("kiln NEAR/0 slow", 6, 6, "0 is no distance for NEAR"),
        ("kiln NEAR slow", 6, 4, "NEAR has no distance"),
        ("kiln NEAR/3", 6, 6, "NEAR has nothing after it"),
        ("NEAR/3 kiln", 1, 6, "NEAR has nothing before it"),
        ("kiln NEAR/3 NOT slow", 13, 3, "NEAR cannot be followed by an exclusion"),
        ("kiln NEAR/3 lang:en", 13, 7, "a field has no place in the text, so nothing can be near it"),
        ("kiln NEAR/3 (a b)", 13, 1, "NEAR takes words, phrases, and groups of them joined by OR"),
        ("kiln lang:", 6, 5, "lang: has no value"),
        ("kiln lang:(de OR fr)", 6, 5, "lang: takes one value, not a group"),
        ("lang:english", 1, 12, "lang: wants a language code"),
        ("colour:red kiln", 1, 7, "colour: is no field"),
        ("née ûrl:x lnag:en", 11, 5, "lnag: is no field"),
        ("https://kiln.example/a", 1, 6, "an address is no term"),
        ("#", 1, 1, "# has no tag after it"),
        ("@ kiln", 1, 1, "@ has no handle after it"),
        ("kiln OR *", 9, 1, "* alone would match every post"),
        ("re*fund", 3, 1, "* may stand only at the end of a word"),
        ("*fund", 1, 1, "* may stand only at the end of a word"),
        ("kiln || slow", 6, 2, "|| is no operator here"),
        ("kiln ?!", 6, 2, "?! has no letter, digit or emoji to search for"),
    ] {
        let error = Query::parse(query).expect_err(query);
        assert_eq!((error.column, error.width, error.message.as_str()), (column, width, message), "{query}");
    }
    let help = |query: &str| Query::parse(query).unwrap_err().help;
    assert!(help("lnag:en kiln").contains("did you mean lang:"), "{}", help("lnag:en kiln"));
    assert!(help("site:kiln.example").contains("did you mean url:"));
    assert!(help("autor:x").contains("did you mean author:"));
    assert!(help("moodring:blue").contains("author: source: network: lang: url:"), "{}", help("moodring:blue"));
    assert!(help("https://kiln.example/a b").contains("url:kiln.example"));
}

#[test]
fn an_error_shows_where() {
    let error = Query::parse("née 退款 lnag:en").unwrap_err();
    assert_eq!(error.underlined("née 退款 lnag:en"), "née 退款 lnag:en\n         ^^^^^");
    let error = Query::parse("a\u{1b}[31m\tOR").unwrap_err();
    let shown = error.underlined("a\u{1b}[31m\tOR");
    assert!(!shown.contains('\u{1b}') && shown.ends_with("^^"), "{shown:?}");
}

#[test]
fn hostile_queries_are_refused_in_time() {
    for query in [
        "(".repeat(100_000),
        "(".repeat(9_000),
        "NOT ".repeat(2_000) + "kiln",
        "kiln ".to_owned() + &"-".repeat(9_000),
        "(".repeat(60) + "kiln" + &")".repeat(60),
        "kiln ".repeat(100_000),
        "\u{1b}[31m ".repeat(100) + "(",
    ] {
        let error = Query::parse(&query).unwrap_err();
        assert!(error.to_string().chars().count() < 300, "{error}");
        assert!(!error.to_string().contains('\u{1b}'));
    }
    let deep = "(".repeat(40) + "kiln" + &")".repeat(40);
    assert!(finds(&deep, "the kiln"));
    assert!(finds(&("kiln OR ".repeat(1_000) + "kiln"), "kiln"));
    assert!(finds("kiln kiln kiln OR kiln", "kiln"));
}

#[test]
fn a_query_tells_how_it_was_read() {
    let explain = |query: &str| Query::parse(query).unwrap().explain();
    assert_eq!(
        explain("thistle AND (\"no signal\" OR outage*) NOT (garden OR #wild) lang:en -@x"),
        "\
all of these:
  the word thistle
  any of these:
    the phrase \"no signal\"
    a word that begins with outage
  not any of these:
    the word garden
    the tag #wild
  the language is en
  not the handle @x
"
    );
    assert_eq!(
        explain("nib OR quill ink"),
        "any of these:\n  the word nib\n  all of these:\n    the word quill\n    the word ink\n"
    );
    assert_eq!(
        explain("(late OR \"off line\") NEAR/3 tram NEAR/1 app"),
        "near each other, in any order:\n  the word late or the phrase \"off line\"\n  \
         the word tram (at most 3 words between it and the one above)\n  \
         the word app (at most 1 word between it and the one above)\n"
    );
    assert_eq!(explain("CAFÉ"), "the word cafe\n");
    assert_eq!(explain("wi-fi"), "the phrase \"wi fi\"\n");
    assert_eq!(explain("カフェ"), "the characters カフェ anywhere\n");
    assert!(
        explain("kiln or slow").contains("note: column 6: or is an ordinary word here; the operator is written OR")
    );
    assert!(explain("C++ Kiln").contains("note: column 1: in C++ only the letters and digits count: c"));
    assert!(explain("lang:en").contains("note: no word is asked for"));
    assert!(explain("url:kiln").contains("note: url:kiln means"));
    assert!(Query::parse("kiln #tag @me refund* don't").unwrap().remarks().is_empty());
}

#[test]
fn what_is_pasted_is_read() {
    assert!(finds("“no signal”", "no signal"));
    assert!(finds("（kiln OR slow）\u{3000}down", "slow and down"));
    assert!(finds("\u{feff}kiln\u{200b}", "kiln"));
    assert!(finds("don’t", "don't") && finds("don't", "DON’T"));
    assert!(finds("kiln −slow", "kiln"));
    assert!(finds("12:30", "at 12:30"));
    assert!(finds("AT&T", "at&t is down"));
}

#[test]
fn the_index_is_asked_for_words() {
    let narrowing = |query: &str| Query::parse(query).unwrap().narrowing();
    let word = |word: &str| Narrowing::Word(word.to_owned());
    let any = |words: &[&str]| Narrowing::Any(words.iter().map(|word| Narrowing::Word((*word).to_owned())).collect());
    assert_eq!(narrowing("gap"), any(&["gap", "gaps"]));
    assert_eq!(narrowing("kil"), any(&["kil", "kił", "kıl", "kıł", "kils", "kiłs", "kıls", "kıłs"]));
    assert_eq!(narrowing("#zen"), word("zen"));
    assert_eq!(narrowing("#gun* NOT kiln author:x"), Narrowing::Prefix("gun".to_owned()));
    assert_eq!(narrowing("@zen@cue.run"), Narrowing::Phrase(["zen", "cue", "run"].map(str::to_owned).to_vec()));
    assert_eq!(
        narrowing("#zen \"#gun #cue\""),
        Narrowing::All(vec![word("zen"), Narrowing::All(vec![word("gun"), word("cue")])])
    );
    for query in ["退款", "💀", "author:x", "lang:en", "url:a.example", "#zen OR 💀", "हिन्दी", "#zen OR lang:en"]
    {
        assert_eq!(narrowing(query), Narrowing::Everything, "{query}");
    }
    assert_eq!(narrowing("#zen 💀 退款 lang:en"), word("zen"));
}
