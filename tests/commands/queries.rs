//! `query explain` and `query match` on a sample of the labelled queries; the whole set is tried in the library.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::home::Home;

fn read(name: &str) -> Vec<Value> {
    let path = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn match_prints_exactly_the_lines_that_are_labelled_as_matching() {
    let home = Home::new();
    let mut by_query: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in read("queries.ndjson") {
        by_query.entry(line["query"].as_str().unwrap().to_owned()).or_default().push(line);
    }
    // The queries with most lines first: one run of the program answers for all of them.
    let mut groups: Vec<_> = by_query.into_iter().collect();
    groups.sort_by_key(|(_, lines)| std::cmp::Reverse(lines.len()));
    let mut both = [0; 2];
    for (query, lines) in groups.iter().take(30) {
        let posts = |wanted: Option<bool>| -> String {
            let of = lines.iter().filter(|line| wanted.is_none_or(|wanted| line["match"] == wanted));
            of.map(|line| format!("{}\n", line["post"])).collect()
        };
        let wanted = posts(Some(true));
        let ran = home.run_with(&["query", "match", query], &posts(None)).ends(i32::from(wanted.is_empty()));
        assert_eq!(ran.out, wanted, "{query}");
        for line in lines {
            both[usize::from(line["match"] == true)] += 1;
        }
        let explained = home.run(&["query", "explain", query, "--json"]).ends(0).json();
        assert!(explained["ok"] == true && !explained["tree"].as_array().unwrap().is_empty(), "{query}: {explained}");
    }
    assert!(both.iter().all(|count| *count > 15), "the sample is one-sided: {both:?}");
}

#[test]
fn refused_queries_end_with_2_and_say_where() {
    let home = Home::new();
    for line in read("invalid_queries.ndjson") {
        let query = line["query"].as_str().unwrap();
        let told = home.run(&["query", "explain", query, "--json"]).ends(2).json();
        let column = usize::try_from(told["column"].as_u64().unwrap()).unwrap();
        assert_eq!(told["ok"], false);
        assert!((1..=query.chars().count() + 1).contains(&column), "{query:?}: {told}");
        assert!(!told["message"].as_str().unwrap().is_empty() && !told["help"].as_str().unwrap().is_empty(), "{told}");
    }
    for arguments in [["query", "explain", "kiln AND"], ["query", "match", "kiln AND"]] {
        let ran = home.run(&arguments).ends(2).says(&["refused at column", "kiln AND", "^"]);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn explain_shows_how_a_query_is_read() {
    let home = Home::new();
    home.run(&["query", "explain", "ferris NEAR/3 (chain OR brake*) -lang:de"])
        .ends(0)
        .says(&["ferris", "chain", "brake", "de", "3"]);
}

#[test]
fn match_needs_posts_and_says_which_line_is_none() {
    let home = Home::new();
    let input = "{\"text\": \"kiln\"}\n[1]\n";
    home.run_with(&["query", "match", "kiln"], input).ends(2).says(&["line 2"]);
    assert_eq!(home.run_with(&["query", "match", "kiln"], "").ends(1).out, "");
}
