//! The first minutes: no configuration yet, a new one, a wrong one; completions and manual.

use std::os::unix::fs::PermissionsExt;

use crate::support::home::Home;

#[test]
fn without_a_configuration_the_ways_to_begin_are_offered() {
    let home = Home::new();
    for arguments in [&[][..], &["check"], &["collect", "--once"]] {
        let ran = home.run(arguments).ends(1).says(&["goodword init", "goodword demo", "goodword watch"]);
        assert_eq!(ran.out, "", "{arguments:?}: {}", ran.everything());
    }
    assert!(!home.data().exists(), "nothing is made before there is something to do");
}

#[test]
fn a_configuration_that_was_named_must_be_there() {
    let home = Home::new();
    let missing = home.text("missing.toml");
    home.run(&["--config", &missing, "check"]).ends(2).says(&["missing.toml"]);
}

#[test]
fn init_without_questions_writes_what_check_finds_good() {
    let home = Home::new();
    let arguments = ["init", "--brand", "Ferris \"B\"", "--size", "solo", "--rival", "Northwheel", "--yes"];
    home.run(&arguments).ends(0).says(&["Wrote ", ".config/goodword/config.toml", "goodword check"]);
    let written = std::fs::read_to_string(home.config()).unwrap();
    assert!(written.contains("name = 'Ferris \"B\"'") || written.contains(r#"name = "Ferris \"B\"""#), "{written}");
    assert!(written.contains("\n[[rival]]\nname = \"Northwheel\"\n"), "{written}");
    assert_eq!(std::fs::metadata(home.config()).unwrap().permissions().mode() & 0o777, 0o600);

    // A second time only when told, and nothing is lost until then.
    home.run(&["init", "--brand", "Other", "--yes"]).ends(1).says(&["--force"]);
    assert_eq!(std::fs::read_to_string(home.config()).unwrap(), written);
    home.run(&["init", "--brand", "Other", "--yes", "--force"]).ends(0);
    assert!(std::fs::read_to_string(home.config()).unwrap().contains("name = \"Other\""));
}

#[test]
fn init_asks_nobody_when_nobody_is_there() {
    let home = Home::new();
    home.run(&["init"]).ends(1).says(&["--brand", "--yes"]);
    home.run(&["init", "--yes"]).ends(2).says(&["--brand"]);
    assert!(!home.config().exists());
}

#[test]
fn a_wrong_configuration_is_shown_at_its_place_and_ends_with_2() {
    let home = Home::new();
    home.configure("[brand]\nname = \"Ferris\"\n\n[[watch]]\nname = \"a\"\nquery = 'ferris AND (x'\n\n[colect]\n");
    let place = format!("{}:6:", home.config().display());
    for arguments in [&["check"][..], &[], &["collect", "--once"], &["search", "ferris"]] {
        let ran = home.run(arguments).ends(2).says(&[&place, "query = 'ferris AND (x'", "^", ":8:2", "collect"]);
        assert_eq!(ran.out, "", "{arguments:?}");
    }
    let report = home.run(&["check", "--json"]).ends(2).json();
    assert_eq!(report["ok"], false);
    let errors = report["errors"].as_array().unwrap();
    let at = |n: usize| (errors[n]["line"].as_u64().unwrap(), errors[n]["column"].as_u64().unwrap());
    assert_eq!(errors.len(), 2, "{report:#}");
    assert_eq!((at(0).0, at(1)), (6, (8, 2)), "{report:#}");
    assert_eq!((errors[0]["kind"].as_str(), errors[1]["kind"].as_str()), (Some("bad_query"), Some("unknown_key")));
    assert_eq!(errors[0]["key"], "watch[1].query");
}

#[test]
fn wrong_arguments_end_with_2_and_help_with_0() {
    let home = Home::new();
    for arguments in [&["serach"][..], &["search"], &["demo", "--speed", "0"], &["export", "--since", "yesterday"]] {
        let ran = home.run(arguments).ends(2);
        assert!(ran.err.contains("error: ") && ran.out.is_empty(), "{arguments:?}: {}", ran.everything());
    }
    for arguments in [&["--help"][..], &["--version"], &["query", "explain", "--help"]] {
        let ran = home.run(arguments).ends(0).says(&["goodword"]);
        assert_eq!(ran.err, "", "{arguments:?}");
    }
}

#[test]
fn completions_are_taken_by_their_shells() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        home.run(&["completions", shell]).ends(0).says(&["goodword", "collect", "restore"]);
    }
    let script = home.write("goodword.bash", home.run(&["completions", "bash"]).out);
    let read = std::process::Command::new("bash").args(["-n", &script]).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    home.run(&["completions", "tcsh"]).ends(2).says(&["bash"]);
}

#[test]
fn the_manual_is_a_page_or_all_of_them() {
    let home = Home::new();
    let page = home.run(&["man"]).ends(0).out;
    assert!(
        page.contains(".TH goodword 1") && page.contains(".SH EXAMPLES") || page.contains("goodword demo"),
        "{page}"
    );
    home.run(&["man", "--dir", &home.text("man/man1")]).ends(0);
    for name in ["goodword", "goodword-collect", "goodword-query-match"] {
        assert!(home.path(&format!("man/man1/{name}.1")).exists(), "{name}");
    }
    home.run(&["man", "--dir", "/proc/nowhere"]).ends(1).says(&["/proc/nowhere"]);
}

#[test]
fn the_demo_refuses_places_on_the_command_line_and_does_not_offer_them() {
    let home = Home::new();
    let file = home.text("mine.toml");
    for (arguments, named) in [
        (&["demo", "--config", &file][..], "without --config"),
        (&["--config", &file, "demo"], "without --config"),
        (&["demo", "bing-2011", "--data-dir", &file], "without --data-dir"),
    ] {
        let ran = home.run(arguments).ends(2).says(&["of its own", "leaves nothing behind", named]);
        assert_eq!(ran.out, "", "{arguments:?}");
    }
    let help = home.run(&["demo", "--help"]).ends(0).out;
    assert!(help.contains("--speed") && !help.contains("--config") && !help.contains("--data-dir"), "{help}");
    home.run(&["demo", "no-such-story"]).ends(2).says(&["bing-2011"]);
    assert!(!home.path("mine.toml").exists());
}
