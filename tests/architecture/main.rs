//! The rules of the house, held against every path in the code.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail by panicking

mod paths;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use paths::{Paths, rust_files, test_files};

/// Rooms and their floors; an import runs downwards only.
const FLOORS: [(&str, u8); 11] = [
    ("cli", 5),
    ("tui", 4),
    ("engine", 3),
    ("config", 3),
    ("sources", 2),
    ("store", 2),
    ("language", 2),
    ("watch", 2),
    ("measure", 2),
    ("demo", 2),
    ("domain", 1),
];

/// Outside code, and the places below `src` that alone may use it.
const FENCES: [(&str, &[&str]); 10] = [
    ("ratatui", &["tui/view", "tui/theme", "tui/terminal"]),
    ("ratatui_textarea", &["tui/app/composer"]),
    ("crossterm", &["tui/terminal", "tui/input"]),
    ("reqwest", &["sources"]),
    ("sqlx", &["store"]),
    ("feedparser_rs", &["sources/feed"]),
    ("hyper", &["demo", "sources/webhook"]),
    ("tokio_tungstenite", &["sources"]),
    ("fastrand", &["engine", "sources", "store"]),
    ("clap", &["cli", "main.rs"]),
];

/// Rooms that hold no clock, no randomness and no I/O.
const PURE: [&str; 8] = ["domain", "language", "watch", "measure", "tui/app", "tui/view", "tui/theme", "tui/input"];

/// What a pure room may not name.
const IMPURE: [&[&str]; 9] = [
    &["tokio"],
    &["tokio_util"],
    &["fastrand"],
    &["std", "fs"],
    &["std", "net"],
    &["std", "env"],
    &["std", "thread"],
    &["std", "process"],
    &["std", "time", "SystemTime"],
];

/// How a clock is read. Moments may be passed in; reading one is what a pure room may not do.
const CLOCKS: [&[&str]; 4] = [&["Instant", "now"], &["SystemTime", "now"], &["Timestamp", "now"], &["Zoned", "now"]];

/// Where tasks may be spawned.
const SPAWNING: [&str; 5] = ["engine", "tui/runtime", "demo", "sources", "store"];

/// The module path of a file below `src`: `tui/app/msg.rs` is `tui`, `app`, `msg`.
fn module_of(place: &str) -> Vec<String> {
    let trimmed = place.trim_end_matches(".rs").trim_end_matches("/mod");
    trimmed.split('/').filter(|part| !matches!(*part, "lib" | "main")).map(str::to_owned).collect()
}

/// A path from the root of the crate, where it is one of ours: `crate::…`, or `super::…` resolved.
fn from_root(module: &[String], segments: &[String]) -> Option<Vec<String>> {
    match segments.first().map(String::as_str) {
        Some("crate" | "goodword") => Some(segments[1..].to_vec()),
        Some("super") => {
            let ups = segments.iter().take_while(|segment| *segment == "super").count();
            let kept = module.len().checked_sub(ups)?;
            Some(module[..kept].iter().chain(&segments[ups..]).cloned().collect())
        }
        _ => None,
    }
}

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

fn within(place: &str, rooms: &[&str]) -> bool {
    rooms.iter().any(|room| place == *room || place == format!("{room}.rs") || place.starts_with(&format!("{room}/")))
}

/// What is wrong with one path of a file; `None` when nothing is.
fn fault(place: &str, segments: &[String]) -> Option<String> {
    let module = module_of(place);
    let room = module.first().map_or("", String::as_str);
    let shown = segments.join("::");
    if let Some(target) = from_root(&module, segments) {
        let other = target.first().map_or("", String::as_str);
        if let (Some(here), Some(there)) = (floor(room), floor(other))
            && other != room
            && there >= here
        {
            return Some(format!("{place}: `{shown}` reaches up or across, from {room} to {other}"));
        }
        let touches = place.starts_with("tui/app/") && other == "store";
        return touches.then(|| format!("{place}: `{shown}`: the app never touches the store, it returns commands"));
    }
    if let Some((_, rooms)) = FENCES.iter().find(|(outside, rooms)| segments[0] == *outside && !within(place, rooms)) {
        return Some(format!("{place}: `{shown}` is fenced into {rooms:?}"));
    }
    let begins = |names: &&[&str]| segments.iter().map(String::as_str).take(names.len()).eq(names.iter().copied());
    let ends =
        |names: &&[&str]| segments.iter().rev().zip(names.iter().rev()).filter(|(a, b)| a == b).count() == names.len();
    if within(place, &PURE) && (IMPURE.iter().any(begins) || CLOCKS.iter().any(ends)) {
        return Some(format!("{place}: `{shown}` does not belong in a pure room"));
    }
    let spawns = segments.iter().any(|segment| segment == "JoinSet" || segment == "spawn_blocking");
    (spawns && !within(place, &SPAWNING)).then(|| format!("{place}: `{shown}`: tasks are spawned in {SPAWNING:?} only"))
}

fn faults(place: &str, syntax: &syn::File) -> BTreeSet<String> {
    Paths::of(syntax).found.iter().filter_map(|segments| fault(place, segments)).collect()
}

#[test]
fn imports_run_downwards_and_stay_inside_their_fences() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    let parsed: Vec<(PathBuf, syn::File)> = files
        .into_iter()
        .map(|file| {
            let syntax = syn::parse_file(&std::fs::read_to_string(&file).unwrap()).unwrap();
            (file, syntax)
        })
        .collect();
    let tests: Vec<PathBuf> = parsed.iter().flat_map(|(file, syntax)| test_files(file, syntax)).collect();
    let mut found = BTreeSet::new();
    let mut looked_at = 0;
    for (file, syntax) in parsed.iter().filter(|(file, _)| !tests.iter().any(|test| file.starts_with(test))) {
        let place = file.strip_prefix(&source).unwrap().to_string_lossy().replace('\\', "/");
        found.extend(faults(&place, syntax));
        looked_at += 1;
    }
    assert!(looked_at > 20, "the test must see the code, not {looked_at} files");
    assert!(found.is_empty(), "\n{}", found.into_iter().collect::<Vec<_>>().join("\n"));
}

/// The checker itself must be able to fail, and only where it should.
#[test]
fn forbidden_paths_are_found_wherever_they_hide() {
    let cases = [
        ("domain/x.rs", "use crate::store::Store;", true),
        ("watch/x.rs", "fn f() { let _ = crate::language::Readers::new(); }", true),
        ("watch/x.rs", "fn f() { assert!(crate::language::X > 1); }", true),
        ("watch/mod.rs", "pub use super::language::Readers;", true),
        ("measure/x.rs", "fn f() { let _ = std::time::Instant::now(); }", true),
        ("measure/x.rs", "fn f(at: std::time::Instant) { let _ = Instant::now(); }", true),
        ("measure/x.rs", "fn f(at: std::time::Instant) { let _ = at; }", false),
        ("tui/app/x.rs", "use ratatui::text::Line;", true),
        ("tui/app/x.rs", "use crate::store::Store;", true),
        ("tui/view/x.rs", "use crossterm::event::Event;", true),
        ("config/x.rs", "use tokio::task::JoinSet;", true),
        ("engine/x.rs", "use crate::config::Config;", true),
        ("engine/x.rs", "use crate::{store::Store, domain::Item, tui::Model};", true),
        ("engine/x.rs", "use crate::{store::Store, domain::Item};", false),
        ("store/x.rs", "use tokio::task::JoinSet;", false),
        ("tui/view/x.rs", "use ratatui::text::Line; use super::super::app::Model;", false),
        ("watch/x.rs", "#[cfg(test)] mod tests { use crate::language::X; }", false),
    ];
    for (place, code, refused) in cases {
        let found = faults(place, &syn::parse_file(code).unwrap());
        assert_eq!(!found.is_empty(), refused, "{place}: {code}: {found:?}");
    }
}

#[test]
fn no_file_is_over_600_lines() {
    let mut files = Vec::new();
    rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let lines = |file: &PathBuf| std::fs::read_to_string(file).unwrap().lines().count();
    let long: Vec<_> = files.iter().map(|file| (file, lines(file))).filter(|(_, lines)| *lines > 600).collect();
    assert!(long.is_empty(), "split along their meaning: {long:?}");
}
