//! Mentions that are stored: in, out, found again.

use serde_json::{Value, json};

use crate::support::home::Home;

/// Posts in the form that `import` takes, awkward ones among them.
fn posts() -> Vec<Value> {
    vec![
        json!({"network": "mastodon", "source": "square", "native_id": "1", "text": "My Ferris chain snapped, terrible",
               "author": {"handle": "ana", "name": "Ana P.", "followers": 120}, "published": "2026-01-02T03:04:05Z",
               "url": "https://square.example/1", "lang": "en", "links": ["https://ferris.example/recall"]}),
        json!({"network": "forum", "source": "riders", "native_id": "2", "title": "=HYPERLINK(\"https://evil.example\")",
               "text": "+1 for Ferris, it rides\nlike \"new\", really", "author": "@SUM(A1)", "published": "2026-01-03T00:00:00Z",
               "parent": "1", "root": "1", "image_descriptions": ["a blue bicycle"]}),
        json!({"network": "forum", "source": "riders", "native_id": "3", "text": "Danke, Ferris! Das Rad ist großartig 🚲",
               "author": "jörg", "published": "2026-01-04T00:00:00Z", "lang": "de"}),
        json!({"network": "forum", "source": "riders", "native_id": "4", "text": "Between us: Ferris is late again",
               "author": "quim", "published": "2026-01-05T00:00:00Z", "visibility": "private"}),
        json!({"network": "forum", "source": "riders", "native_id": "5", "text": "Northwheel is the better bike",
               "author": "lou", "content_warning": "rivals", "published": "2026-01-06T00:00:00Z", "visibility": "unlisted"}),
        json!({"network": "forum", "source": "riders", "native_id": "6", "text": "the weather is fine"}),
    ]
}

fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

/// A home that holds the posts.
fn filled() -> Home {
    let home = Home::listening(&[]);
    let told = home.run_with(&["import", "-", "--json"], &lines(&posts())).ends(0).json();
    assert_eq!(
        told,
        json!({"lines": 6, "new": 5, "changed": 0, "known": 0, "unmatched": 1, "wrong": 0, "old": 5, "own": 0})
    );
    home
}

/// A mention without what belongs to one store alone.
fn bare(mut line: Value) -> Value {
    let fields = line.as_object_mut().unwrap();
    fields.remove("id");
    fields.remove("first_seen");
    line
}

#[test]
fn what_is_exported_and_imported_elsewhere_is_the_same() {
    let (one, two) = (filled(), Home::listening(&[]));
    let file = one.text("all.ndjson");
    let ran = one.run(&["export", "--private", "--output", &file]).ends(0).says(&["wrote 5 mentions"]);
    assert_eq!(ran.out, "", "data and remarks do not mix");
    let told = two.run(&["import", &file, "--json"]).ends(0).json();
    assert_eq!((&told["new"], &told["unmatched"]), (&json!(5), &json!(0)));
    let all = |home: &Home| home.exported().into_iter().map(bare).collect::<Vec<_>>();
    assert_eq!(all(&two), all(&one));

    let first = &all(&two)[0];
    assert_eq!(first["text"], "My Ferris chain snapped, terrible");
    assert_eq!(first["author"], json!({"handle": "ana", "name": "Ana P.", "followers": 120}));
    assert_eq!((&first["network"], &first["source"]), (&json!("mastodon"), &json!("square")));
    assert_eq!((&first["published"], &first["lang"]), (&json!("2026-01-02T03:04:05Z"), &json!("en")));
    assert_eq!((&first["watches"], &first["links"]), (&json!(["ferris"]), &json!(["https://ferris.example/recall"])));
    assert_eq!(first["readings"][0]["subject"], "Ferris Bikes");
    assert_eq!(first["readings"][0]["sentiment"], "negative");
    assert_eq!((&first["answered"], &first["content_warning"]), (&Value::Null, &json!("")));
    assert_eq!(all(&two)[4]["content_warning"], "rivals");

    // Again it is known, and nothing is there twice.
    let told = two.run(&["import", &file, "--json"]).ends(0).json();
    assert_eq!((&told["new"], &told["known"]), (&json!(0), &json!(5)));
    assert_eq!(two.exported().len(), 5);
}

#[test]
fn private_posts_leave_only_when_asked_for() {
    let home = filled();
    for format in ["ndjson", "csv"] {
        let plain = home.run(&["export", "--format", format]).ends(0).out;
        assert!(!plain.contains("Between us") && plain.contains("Northwheel is the better bike"), "{plain}");
        let asked = home.run(&["export", "--format", format, "--query", "ferris"]).ends(0).out;
        assert!(!asked.contains("Between us") && asked.contains("chain snapped"), "{asked}");
        assert!(home.run(&["export", "--format", format, "--private"]).ends(0).out.contains("Between us"));
    }
}

#[test]
fn csv_holds_no_formulas_and_every_cell_comes_back() {
    let home = filled();
    let file = home.text("out.csv");
    home.run(&["export", "--format", "csv", "--output", &file]).ends(0);
    let mut reader = csv::Reader::from_path(&file).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 4);
    for cell in rows.iter().flatten() {
        assert!(!cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?} is a formula");
    }
    let row = rows.iter().find(|row| row[column("text")].contains("+1 for Ferris")).unwrap();
    assert_eq!(&row[column("text")], "'+1 for Ferris, it rides\nlike \"new\", really");
    assert_eq!(&row[column("title")], "'=HYPERLINK(\"https://evil.example\")");
    assert!(row[column("author")].ends_with("SUM(A1)"), "{row:?}");
}

#[test]
fn search_finds_newest_first_and_ends_with_1_when_there_is_nothing() {
    let home = filled();
    let found = home.run(&["search", "ferris", "--json"]).ends(0).lines();
    let ids: Vec<&str> = found.iter().map(|line| line["native_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["3", "2", "1"], "scripts get nothing that is not public");
    home.run(&["search", "between us"]).ends(0).says(&["private", "Ferris is late again"]);
    assert_eq!(home.run(&["search", "between us", "--json"]).ends(1).out, "");
    assert_eq!(home.run(&["search", "ferris", "--json", "--limit", "2"]).ends(0).lines().len(), 2);
    home.run(&["search", "source:riders GROSSARTIG"]).ends(0).says(&["Das Rad ist großartig 🚲"]);
    home.run(&["search", "source:riders ferris -lang:de"]).ends(0).says(&["riders", "Ferris is late again"]);
    assert_eq!(home.run(&["search", "unicycle"]).ends(1).out, "");
    home.run(&["search", "ferris AND"]).ends(2).says(&["the query is refused"]);
    let told = home.run(&["query", "try", "ferris chain*", "--json"]).ends(0).json();
    assert_eq!(told["matched"], 1);
    home.run(&["query", "try", "unicycle"]).ends(1).says(&["0 stored mentions match"]);
}

#[test]
fn since_and_until_bound_an_export() {
    let home = filled();
    let out = home.run(&["export", "--since", "2026-01-03", "--until", "2026-01-04T12:00Z"]).ends(0);
    let ids: Vec<Value> = out.lines().into_iter().map(|line| line["native_id"].clone()).collect();
    assert_eq!(ids, [json!("3"), json!("2")]);
}

#[test]
fn wrong_lines_are_told_by_number_and_the_others_are_stored() {
    let home = Home::listening(&[]);
    let input =
        "{\"text\": \"Ferris one\"}\n\nnot json\n{\"url\": \"https://x.example\"}\n{\"text\": \"Ferris two\"}\n";
    let ran = home.run_with(&["import", "-", "--json"], input).ends(1).says(&["line 3: ", "line 4: "]);
    assert_eq!((&ran.json()["new"], &ran.json()["wrong"]), (&json!(2), &json!(2)));
    assert_eq!(home.texts(), ["Ferris one", "Ferris two"]);
}

#[test]
fn a_post_without_a_date_opens_a_case_whatever_brings_it_and_history_does_not() {
    let complaint = |id: &str, who: &str, published: Option<&str>| {
        let text = format!("my Ferris chain snapped again, number {id}, this is awful");
        json!({"native_id": id, "text": text, "author": who, "published": published})
    };
    let undated = [complaint("1", "ana", None), complaint("2", "kim", None)];
    let old = complaint("3", "lou", Some("2026-01-02T03:04:05Z"));
    let who = |home: &Home| {
        let mut who: Vec<String> = home
            .run(&["inbox", "--json"])
            .lines()
            .iter()
            .map(|case| case["who"].as_str().unwrap().to_owned())
            .collect();
        who.sort();
        who
    };

    let home = Home::listening(&[]);
    let all = [undated[0].clone(), undated[1].clone(), old.clone()];
    home.run_with(&["import", "-"], &lines(&all)).ends(0).says(&[
        "3 new mentions",
        "1 of the new ones",
        "opens no case",
    ]);
    assert_eq!(who(&home), ["ana", "kim"]);

    for (network, key) in [("exec", "command"), ("file", "path")] {
        let home = Home::listening(&[]);
        let file = home.write("posts.ndjson", lines(&all));
        let value = if network == "exec" { format!("cat {file}") } else { file };
        let config = std::fs::read_to_string(home.config()).unwrap();
        let source = format!("[[source]]\nname = \"own\"\nnetwork = \"{network}\"\n{key} = \"{value}\"\n\n");
        home.configure(&config.replace("[collect]", &format!("{source}[collect]")));
        home.run(&["collect", "--once"]).ends(0);
        assert_eq!(home.exported().len(), 3, "{network}");
        assert_eq!(who(&home), ["ana", "kim"], "{network}");
    }
}

#[test]
fn arguments_that_make_no_sense_end_with_2() {
    let home = filled();
    for (arguments, said) in [
        (&["clocks", "--hours", "Mon-Xyz"][..], "Mon-Fri 9:00-18:00"),
        (&["clocks", "--working"], "--hours"),
        (&["clocks", "--since", "900000w"], "be counted"),
        (&["export", "--since", "900000w"], "be counted"),
        (&["ledger", "--since", "900000w"], "be counted"),
        (&["export", "corrections", "--format", "csv"], "--format"),
        (&["lookup", "own", "nowhere"], "no source"),
        (&["train", "x.toml", "--from", ".", "--made", "2026-11-22", "--only", "nothing"], "no such model"),
    ] {
        home.run(arguments).ends(2).says(&[said]);
    }
}

#[test]
fn what_may_not_be_written_is_read_and_the_refusal_is_in_our_own_words() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let home = filled();
    // Another user, for to root nothing is read-only.
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let log = home.data().join("log");
    std::fs::create_dir_all(&log).unwrap();
    for file in std::fs::read_dir(home.data()).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        mode(&file.path(), 0o444);
    }
    mode(&home.config(), 0o644);
    mode(&log, 0o311);
    let mut place = home.data();
    mode(&place, 0o555);
    while place != home.path("") && place.pop() {
        mode(&place, 0o755);
    }
    let data = home.data().to_str().unwrap().to_owned();
    let run = |arguments: &[&str]| {
        let mut command = home.command(arguments);
        command.args(["--data-dir", &data]);
        if rustix::process::geteuid().is_root() {
            command.uid(65_534).gid(65_534);
        }
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, out, err) = run(&["search", "ferris"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.contains("Ferris"), "{out}");
    for arguments in [&["inbox"][..], &["clocks"], &["ledger"], &["outbox"]] {
        let (code, out, err) = run(arguments);
        assert!(matches!(code, Some(0 | 1)), "{arguments:?}: {out}{err}");
        assert!(!err.contains("Error") && !err.contains("written"), "{arguments:?}: {err}");
    }
    let (code, out, err) = run(&["collect", "--once"]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.lines().all(|line| line.starts_with("goodword: ")), "{err}");
    assert!(err.contains("no log can be written to") && err.contains("write access"), "{err}");
    mode(&home.data(), 0o755);
}

#[test]
fn foreign_text_cannot_steer_a_terminal() {
    let home = Home::listening(&[]);
    let evil = json!({"text": "Ferris \u{1b}]0;owned\u{7}\u{1b}[31mred\u{202e}txt", "author": "a\u{1b}[2Jb", "native_id": "e"});
    home.run_with(&["import", "-"], &lines(&[evil])).ends(0);
    for arguments in
        [&["search", "ferris"][..], &["export"], &["export", "--format", "csv"], &["query", "try", "ferris"]]
    {
        let ran = home.run(arguments).ends(0).says(&["Ferris"]);
        let steers =
            |letter: char| (letter.is_control() && letter != '\n') || ('\u{202a}'..='\u{202e}').contains(&letter);
        assert!(!ran.everything().contains(steers), "{arguments:?}: {:?}", ran.out);
    }
}

#[test]
fn nothing_stored_yet_is_said_and_nothing_is_made() {
    let home = Home::listening(&[]);
    for arguments in [&["search", "x"][..], &["export"], &["query", "try", "x"], &["backup", "b.db"], &["clocks"]] {
        home.run(arguments).ends(1).says(&["nothing is stored"]);
    }
    assert!(!home.data().exists());
    // What is stored matters here, not whether there is a configuration.
    Home::new().run(&["clocks"]).ends(1).says(&["nothing is stored"]);
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let home = Home::listening(&[]);
    let many: Vec<Value> =
        (0..3_000).map(|n| json!({"text": format!("Ferris number {n}"), "native_id": n.to_string()})).collect();
    home.run_with(&["import", "-"], &lines(&many)).ends(0).says(&["3,000 new mentions"]);
    for arguments in [&["export"][..], &["search", "ferris", "--limit", "3000"]] {
        let mut child = home.command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    }
}

#[test]
fn the_inbox_is_in_order_and_says_why() {
    let home = Home::listening(&[]);
    let now = goodword::domain::Clock::now(&goodword::engine::SystemClock).to_string();
    let post = |id: &str, text: &str, followers: u64, visibility: &str| {
        json!({"network": "mastodon", "source": "square", "native_id": id, "text": text, "published": now,
               "author": {"handle": id, "followers": followers}, "visibility": visibility})
    };
    let posts = [
        post("quiet", "My Ferris is broken, the chain snapped", 3, "public"),
        post("loud", "My Ferris is broken, the chain snapped again", 900_000, "public"),
        post("secret", "My Ferris is broken, do not tell", 10, "private"),
    ];
    home.run_with(&["import", "-"], &lines(&posts)).ends(0);
    let found = home.run(&["inbox", "--json"]).ends(0).lines();
    let who: Vec<&str> = found.iter().map(|line| line["who"].as_str().unwrap()).collect();
    assert_eq!(who, ["loud", "quiet"], "the loudest first; scripts get nothing that is not public");
    assert!(found[0]["impact"].as_f64().unwrap() > found[1]["impact"].as_f64().unwrap());
    assert_eq!((&found[0]["status"], &found[1]["followers"]), (&json!("new"), &json!(3)));
    assert_eq!(home.run(&["inbox", "--json", "--private"]).ends(0).lines().len(), 3);
    assert_eq!(home.run(&["inbox", "--json", "--limit", "1"]).ends(0).lines().len(), 1);
    home.run(&["inbox"]).ends(0).says(&["loud", "900,000 followers", "impact", "targets"]);
}

#[test]
fn what_the_brand_wrote_is_kept_as_what_we_said() {
    let home = Home::new();
    home.configure("[brand]\nname = \"Ferris Bikes\"\nhandles = [\"ferrisbikes\"]\n\n[[watch]]\nname = \"us\"\nquery = \"ferris\"\n");
    let post =
        |author: &str| json!({"text": format!("Ferris open day, says {author}"), "author": author, "network": "town"});
    let told = home.run_with(&["import", "-", "--json"], &lines(&[post("FerrisBikes"), post("ana")])).ends(0).json();
    assert_eq!((&told["own"], &told["new"], &told["unmatched"]), (&json!(1), &json!(1), &json!(0)));
    assert!(home.run(&["ledger", "--acts"]).everything().contains("says FerrisBikes"));
}
