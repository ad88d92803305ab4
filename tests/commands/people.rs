//! `people` and `forget`.

use serde_json::json;

use crate::support::home::Home;

fn filled() -> Home {
    let home = Home::listening(&[]);
    let posts = [
        ("ana", "my Ferris creaks like an old barn door in winter"),
        ("ana", "the Ferris support never wrote back to me again"),
        ("anabel", "two years of Ferris and still loving every ride"),
        ("bob", "I agree with @ana about the Ferris support"),
    ];
    let line = |(author, text): &(&str, &str)| format!("{}\n", json!({ "text": text, "author": author }));
    home.run_with(&["import", "-"], &posts.iter().map(line).collect::<String>()).ends(0);
    home
}

fn has(home: &Home, bytes: &str) -> bool {
    let mut left = vec![home.data()];
    while let Some(directory) = left.pop() {
        for entry in std::fs::read_dir(directory).unwrap().flatten() {
            if entry.path().is_dir() {
                left.push(entry.path());
            } else if std::fs::read(entry.path()).unwrap().windows(bytes.len()).any(|some| some == bytes.as_bytes()) {
                return true;
            }
        }
    }
    false
}

#[test]
fn people_are_listed_and_shown() {
    let home = filled();
    let lines = home.run(&["people", "--json"]).ends(0).lines();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().any(|line| line["accounts"][0]["handle"] == "ana" && line["they_wrote"] == 2));
    home.run(&["people", "--words", "anab"]).ends(0).says(&["anabel", "3 people", "too few"]);
    home.run(&["people", "--order", "silent-regulars"]).ends(1);
    home.run(&["people", "show", "@ANA"]).ends(0).says(&[
        "strength 4.0",
        "1 × their praise",
        "2 × they wrote",
        "barn door",
    ]);
    home.run(&["people", "show", "zoe"]).ends(1).says(&["nobody who is stored is called zoe"]);
}

#[test]
fn a_person_is_forgotten_only_after_a_yes_and_a_search_proves_it() {
    let home = filled();
    home.run_with(&["forget", "ana"], "no\n").ends(1).says(&["2 mentions of theirs", "nothing was erased"]);
    assert_eq!(home.texts().len(), 4);
    home.run(&["forget", "zoe", "--yes"]).ends(1).says(&["nobody who is stored is called zoe", "--network"]);
    let said = home.run_with(&["forget", "@Ana"], "yes\n").ends(0).says(&["searched ", "nothing left"]);
    assert!(said.out.contains("part of a longer word"), "anabel is explained: {}", said.everything());
    let mut texts = home.texts();
    texts.sort();
    assert_eq!(texts, ["I agree with @… about the Ferris support", "two years of Ferris and still loving every ride"]);
    assert!(!has(&home, "barn door") && !has(&home, "@ana "));
    // They are not collected again, and what is there can be searched again.
    let again = json!({ "text": "Ferris again", "author": "Ana" }).to_string();
    home.run_with(&["import", "-"], &again).ends(0);
    assert_eq!(home.texts().len(), 2);
}

#[test]
fn what_lies_beside_the_database_is_told() {
    let home = filled();
    std::fs::write(home.data().join("notes.txt"), "call ana about it\n").unwrap();
    let said = home.run(&["forget", "ana", "--yes"]).ends(1).says(&["something is left", "notes.txt"]);
    assert!(!said.everything().contains("call ana"), "never the words themselves");
    std::fs::remove_file(home.data().join("notes.txt")).unwrap();
    home.run(&["forget", "ana", "--network", "import", "--yes", "--json"]).ends(0);
}

#[test]
fn copies_forget_too() {
    let home = filled();
    let (outside, inside) = (home.text("copy.db"), home.data().join("copy.db"));
    home.run(&["backup", &outside]).ends(0);
    std::fs::copy(&outside, &inside).unwrap();
    home.run(&["forget", "ana", "--yes"]).ends(0).says(&["nothing left"]);
    assert!(!has(&home, "barn door"), "the copy in the data directory as well");
    home.run(&["restore", &outside, "--force"]).ends(0).says(&["1 person on the list of the forgotten"]);
    assert_eq!(home.texts().len(), 2);
    assert!(!has(&home, "barn door"));
}
