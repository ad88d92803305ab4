//! `backup` and `restore`.

use std::os::unix::fs::PermissionsExt;

use crate::support::home::Home;

fn filled(words: &[&str]) -> Home {
    let home = Home::listening(&[]);
    add(&home, words);
    home
}

fn add(home: &Home, words: &[&str]) {
    let lines: String = words.iter().map(|words| format!("{}\n", serde_json::json!({ "text": words }))).collect();
    home.run_with(&["import", "-"], &lines).ends(0);
}

#[test]
fn a_copy_brings_back_what_was_there_and_keeps_what_is_there_now() {
    let home = filled(&["Ferris one", "Ferris two"]);
    let copy = home.text("copy.db");
    home.run(&["backup", &copy]).ends(0).says(&["wrote ", "copy.db"]);
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600, "posts of people are private");
    add(&home, &["Ferris three"]);

    home.run(&["restore", &copy]).ends(1).says(&["--force"]);
    assert_eq!(home.texts().len(), 3, "nothing happens without --force");
    let told = home.run(&["restore", &copy, "--force"]).ends(0).says(&["restored", "kept as "]).out;
    assert_eq!(home.texts(), ["Ferris one", "Ferris two"]);

    // What was there before can be had back in the same way.
    let kept = told.lines().find_map(|line| line.split_once("kept as ")).unwrap().1.to_owned();
    home.run(&["restore", &kept, "--force"]).ends(0);
    assert_eq!(home.texts(), ["Ferris one", "Ferris three", "Ferris two"]);
}

#[test]
fn a_copy_is_brought_to_a_new_machine_without_force() {
    let (old, new) = (filled(&["Ferris one"]), Home::listening(&[]));
    let copy = new.text("copy.db");
    old.run(&["backup", &copy]).ends(0);
    new.run(&["restore", &copy]).ends(0);
    assert_eq!(new.texts(), ["Ferris one"]);
}

#[test]
fn a_copy_overwrites_nothing_and_only_a_copy_is_taken_back() {
    let home = filled(&["Ferris one"]);
    let note = home.write("note.txt", "shopping list");
    home.run(&["backup", &note]).ends(1).says(&["note.txt"]);
    assert_eq!(std::fs::read_to_string(&note).unwrap(), "shopping list");
    home.run(&["restore", &note, "--force"]).ends(1).says(&["note.txt"]);
    home.run(&["restore", "no-such.db", "--force"]).ends(1).says(&["no-such.db"]);
    assert_eq!(home.texts(), ["Ferris one"], "what was there stays");
}
