//! What is found, and where.

use super::*;

#[test]
fn words_are_whole_and_folded() {
    assert!(finds("kiln", "KILN!") && finds("Łódź", "do lodz") && finds("lodz", "ŁÓDŹ"));
    assert!(finds("strasse", "Straße") && finds("Straße", "STRASSE"));
    assert!(finds("αθηνα", "Αθήνα") && finds("οδος", "ΟΔΟΣ"));
    assert!(finds("еще", "Ещё") && !finds("мой", "мои"));
    assert!(finds("kiln", "𝗞𝗶𝗹𝗻") && finds("kiln", "ＫＩＬＮ") && finds("kiln", "ki\u{ad}ln"));
    assert!(finds("हिन्दी", "यह हिन्दी है") && !finds("हिन", "हिन्दी"));
    assert!(finds("محمد", "مُحَمَّد"));
    assert!(!finds("kiln", "kilns") && !finds("cafe", "cafés"));
}

#[test]
fn possessives_are_found() {
    assert!(finds("kiln", "Kiln's down") && finds("kiln", "KILN’S") && finds("kiln", "the kilns' doors"));
    assert!(!finds("kiln", "'two kilns' he said") && !finds("kiln", "the kilns") && !finds("kiln", "kilns'"));
    assert!(finds("kiln's", "kiln's") && !finds("kiln's", "kiln"));
    assert!(finds("\"kiln outage\"", "kiln's outage"));
    assert!(finds("ferris", "Ferris' bikes") && finds("ferris", "Ferris's"));
    assert!(finds("orange", "chez l'Orange") && finds("orange", "d’orange"));
    assert!(!finds("don", "don't") && !finds("t", "don't") && !finds("s", "it's"));
    assert!(finds("kiln", "'kiln'") && finds("kil*", "l'kilns"));
    assert!(finds("kiln", "#kiln's fault") && finds("\"kiln fault\"", "#kiln's fault"));
}

#[test]
fn signs_belong_to_tags_and_handles() {
    assert!(finds("#kiln", "so #Kiln.") && !finds("#kiln", "kiln") && !finds("#kiln", "#kilns"));
    assert!(finds("kiln", "#kiln") && !finds("kiln", "@kiln") && !finds("kiln", "#big_kiln"));
    assert!(finds("#big_kiln", "#BIG_kiln") && finds("#kil*", "#kilns") && finds("kil*", "#kilns"));
    assert!(
        finds("#a #b", "#a#b") && !finds("#c", "a#c") && finds("#カフェ", "#カフェ") && finds("カフェ", "#カフェ好き")
    );
    assert!(!finds("#カフェ", "#カフェ好き"));
    assert!(finds("@kiln", ".@kiln: hi") && !finds("@kiln", "@kiln-fan") && !finds("@kiln", "@kiln_fan"));
    assert!(finds("@kiln", "ask @kiln.") && finds("@kiln", "thanks @kiln.Great") && finds("@kiln", "(@kiln)"));
    assert!(finds("@ana", "@ana@hachyderm.io") && finds("@ana@hachyderm.io", "hey @Ana@hachyderm.io!"));
    assert!(finds("@lou.bsky.social", "@lou.bsky.social") && finds("@lou", "@lou.bsky.social"));
    assert!(!finds("@mara", "@mara.w") && !finds("@kiln", "joe@kiln.example") && finds("@kil*", "@kilns"));
}

#[test]
fn characters_of_scripts_without_spaces_are_found_anywhere() {
    assert!(finds("\"退款\"", "已经退款了") && finds("退款", "已经退款了") && !finds("退款", "退 货款"));
    assert!(finds("カフェ", "ｶﾌｪに") && finds("갤럭시", "갤럭시가 느려요") && finds("กาแฟ", "ร้านกาแฟดี"));
    assert!(finds("kiln", "今日kilnを使った") && finds("\"kilnを\"", "今日kilnを使った"));
    assert!(!finds("\"kilnを\"", "kiln 使いを") && finds("\"新製品 発表\"", "新製品発表"));
    let span = |query, text: &'static str| {
        let hit = hit(query, &Post { text, ..Post::default() }).unwrap();
        &text[hit.spans.into_iter().next().unwrap()]
    };
    assert_eq!(span("退款", "已经退款了"), "退款");
    assert_eq!(span("ガラ", "ｶﾞﾗｽ"), "ｶﾞﾗ");
    assert!(finds("kiln NEAR/3 製品", "kilnの新製品") && !finds("kiln NEAR/1 製品", "kilnの新製品"));
}

#[test]
fn signs_are_found_in_their_variants() {
    assert!(finds("💀", "so💀💀") && finds("❤", "❤️") && finds("❤️", "❤"));
    assert!(finds("👍", "👍🏽") && !finds("👍🏽", "👍") && finds("👍🏽", "👍🏽"));
    assert!(finds("🤷", "🤷🏾‍♀️") && !finds("👩", "👩‍🚀") && finds("🇩🇪", "in 🇩🇪") && !finds("🇩🇪", "🇪🇩🇪"));
    assert!(finds("€", "5€") && finds("\"great 🎉\"", "great 🎉") && !finds("\"great 🎉\"", "great news 🎉"));
    assert!(finds("\"no reply\"", "no 🤬 reply") && finds("💀💀", "💀💀💀") && !finds("💀💀", "💀 a 💀"));
}

#[test]
fn nearness_counts_the_words_between() {
    assert!(finds("a NEAR/1 b", "a x b") && !finds("a NEAR/1 b", "a x y b") && finds("b NEAR/1 a", "a b"));
    assert!(!finds("a NEAR/5 a", "a") && finds("a NEAR/5 a", "a x a"));
    assert!(finds("a NEAR/1 \"b c\"", "b c x a") && finds("(a OR b) NEAR/1 c", "b c"));
    assert!(finds("a NEAR/1 b NEAR/1 c", "a x b x c") && !finds("a NEAR/1 b NEAR/1 c", "a b x x x b c"));
    assert!(finds("NOT a NEAR/1 b x", "x a y z b") && !finds("NOT a NEAR/1 b x", "x a b"));
    let text = "late x x x tram late tram";
    let hit = hit("late NEAR/1 tram", &Post { text, ..Post::default() }).unwrap();
    assert_eq!(hit.spans, [11..15, 16..20, 21..25]);
}

#[test]
fn fields_are_asked() {
    let urls = ["https://blog.kiln.example:8080/posts/9?x=1".to_owned(), "http://bücher.example/".to_owned()];
    let post = Post {
        text: "notes",
        author: "Ana@hachyderm.io",
        source: "Hacker News",
        network: "feed",
        lang: "en-GB",
        urls: &urls,
        ..Post::default()
    };
    for query in [
        "author:ana",
        "author:@ANA@hachyderm.io",
        "AUTHOR:an*",
        "source:hacker-news",
        "source:\"hacker news\"",
        "source:feed",
        "network:Feed",
        "lang:en",
        "lang:EN_gb",
        "url:kiln.example",
        "url:https://blog.kiln.example/posts",
        "url:*.kiln.example",
        "url:www.kiln.example",
        "url:bücher.example",
        "url:xn--bcher-kva.example",
        "-author:bob notes",
        "notes -lang:fr",
        "source:hack*",
    ] {
        assert!(hit(query, &post).is_some(), "{query}");
    }
    for query in [
        "author:an",
        "author:ana@other.example",
        "source:news",
        "network:hacker*",
        "lang:fr",
        "lang:en-us",
        "url:iln.example",
        "url:kiln.example/post",
        "url:example.com",
        "notes -author:ana",
        "url:blog.kiln.example/posts/9/x",
    ] {
        assert!(hit(query, &post).is_none(), "{query}");
    }
    assert!(hit("notes NOT lang:en", &Post { text: "notes", ..Post::default() }).is_some());
    let mention = hit("author:ana", &post).unwrap();
    assert!(mention.spans.is_empty());
}

#[test]
fn image_descriptions_count_without_spans() {
    let images = ["a broken kiln".to_owned(), "door".to_owned()];
    let post = Post { text: "look", image_descriptions: &images, ..Post::default() };
    assert_eq!(hit("kiln look", &post).unwrap().spans, std::iter::once(0..4).collect::<Vec<_>>());
    assert!(hit("\"look a\"", &post).is_none() && hit("kiln NEAR/9 door", &post).is_none());
    assert!(hit("\"broken kiln\"", &post).is_some() && hit("door", &post).is_some());
}

#[test]
fn spans_stand_where_the_words_are() {
    let spans = |query, text: &'static str| {
        let hit = hit(query, &Post { text, ..Post::default() }).unwrap();
        hit.spans.into_iter().map(|span| &text[span]).collect::<Vec<_>>()
    };
    assert_eq!(spans("kiln \"no signal\" NOT x", "No signal, KILN! kiln"), ["No signal", "KILN", "kiln"]);
    assert_eq!(spans("\"a b\" OR b", "a b"), ["a b"]);
    assert_eq!(spans("a OR (b c)", "a b"), ["a"]);
    assert_eq!(spans("#kiln café", "☕ Cafe\u{301} #Kiln"), ["Cafe\u{301}", "#Kiln"]);
    assert_eq!(spans("kiln*", "kilns and kiln"), ["kilns", "kiln"]);
}

#[test]
fn hits_come_in_the_order_of_the_queries() {
    let queries: Vec<_> = ["slow", "lang:en", "nothing", "kiln NOT down", "kiln slow"]
        .iter()
        .map(|query| Query::parse(query).unwrap())
        .collect();
    let post = Post { text: "kiln is slow", lang: "en", ..Post::default() };
    let hits: Vec<_> = Matcher::new(&queries).matches(&post).into_iter().map(|hit| hit.query).collect();
    assert_eq!(hits, [0, 1, 3, 4]);
    assert!(Matcher::new(&[]).matches(&post).is_empty());
}

#[test]
fn long_hostile_texts_cost_little() {
    let queries: Vec<_> = ["a NEAR/100 b NEAR/100 a", "\"a a a a a a a b\"", "の", "💀💀💀x", "\"のの\"", "aa*"]
        .iter()
        .map(|query| Query::parse(query).unwrap())
        .collect();
    let matcher = Matcher::new(&queries);
    for text in
        ["a ".repeat(40_000), "a b ".repeat(20_000), "の".repeat(40_000), "💀".repeat(10_000), "a".repeat(90_000)]
    {
        matcher.matches(&Post { text: &text, ..Post::default() });
    }
}
