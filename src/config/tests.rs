//! Wrong files and what is said about them; the example and what it promises.

use std::path::Path;

use proptest::prelude::*;

use super::template::{Answers, EXAMPLE, bare, commented};
use super::*;
use crate::domain::BrandSize;
use crate::domain::time::SignedDuration;

const BRAND: &str = "[brand]\nname = \"Ferris Bikes\"\n";

fn parse(text: &str) -> Result<Config, ConfigErrors> {
    Config::parse(Document::new(Path::new("config.toml"), text))
}

fn good(text: &str) -> Config {
    parse(text).unwrap_or_else(|errors| panic!("{errors}"))
}

/// What is said about a wrong text.
fn wrong(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

/// What is said about a wrong text below a brand.
fn wrong_below(text: &str) -> String {
    wrong(&format!("{BRAND}\n{text}"))
}

fn kinds(text: &str) -> Vec<ErrorKind> {
    parse(text).unwrap_err().iter().map(|error| error.kind).collect()
}

macro_rules! told {
    ($($name:ident: $text:expr;)+) => {$(
        #[test]
        fn $name() {
            insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
                insta::assert_snapshot!(stringify!($name), $text);
            });
        }
    )+};
}

told! {
    unknown_key: wrong("[brand]\nname = \"Ferris Bikes\"\nsise = \"small\"\n");
    unknown_section: wrong_below("[[watches]]\nname = \"a\"\n\n[colours]\n");
    key_of_another_section: wrong(&format!("url = \"https://a.example\"\n{BRAND}emoji = \"raw\"\n"));
    wrong_type: wrong_below("[retention]\ndays = \"30\"\n\n[screen]\nbell = \"on\"\n\n[weights]\ntell_factor = true\n");
    wrong_section_type: wrong("rival = 3\n[[brand]]\nname = \"Ferris\"\n[watch]\nname = \"a\"\n");
    bad_choice: wrong("[brand]\nname = \"Ferris Bikes\"\nsize = \"hughe\"\n\n[screen]\nemoji = \"rwa\"\ncolour = \"256\"\n");
    missing_brand: wrong("[screen]\nbell = true\n");
    missing_name: wrong("[brand]\nsize = \"small\"\n\n[[source]]\nurl = \"https://a.example/feed\"\n");
    duplicate_names: wrong_below(
        "[[rival]]\nname = \"ferris bikes\"\n[[watch]]\nname = \"a\"\nquery = \"x\"\n[[watch]]\nname = \"A\"\nquery = \"y\"\n"
    );
    duplicate_key: wrong("[brand]\nname = \"a\"\nname = \"b\"\n");
    bad_address: wrong_below(
        "[[source]]\nname = \"a\"\nurl = \"ferris.example/feed\"\n[[source]]\nname = \"b\"\nurl = \"gopher://a.example\"\n\
         [[source]]\nname = \"c\"\nurl = \"ftp://me:hunter2@a.example/feed\"\n[[source]]\nname = \"d\"\nurl = \"https://\"\n\
         [[source]]\nname = \"e\"\nurl = \"https://a.example/feed\"\n[[source]]\nname = \"f\"\nurl = \"https://a.example/feed\"\n"
    );
    bad_interval: wrong_below(
        "[collect]\nshortest = \"2h\"\nlongest = \"1h\"\n[[source]]\nname = \"a\"\nurl = \"https://a.example\"\n\
         shortest = \"soon\"\nlongest = 30\n[http]\ntimeout = \"1h\"\n"
    );
    out_of_range: wrong_below("[retention]\ndays = 0\n[collect]\nconcurrency = -3\n[weights]\ntell_factor = 0.5\n");
    wrong_subject: wrong_below("[[watch]]\nname = \"a\"\nquery = \"x\"\nsubject = \"Feris Bikes\"\n");
    unknown_network: wrong_below("[[source]]\nname = \"a\"\nurl = \"https://a.example\"\nnetwork = \"fedd\"\n");
    unknown_time_zone: wrong_below("[screen]\ntime_zone = \"Europe/Atlantis\"\n");
    bad_handle: wrong("[brand]\nname = \"Ferris\"\nhandles = [\"@ok\", \"not ok\", \"\"]\n");
    syntax_errors: wrong("[brand\nname = \"Ferris\"\nsize = small\nhandles = [\"a\"\n");
    text_without_quotes: wrong("[brand]\nname = Ferris Bikes\n\n[screen]\nbell = yes\n");
    token_in_the_file: wrong_below("[[source]]\nname = \"a\"\nurl = \"https://a.example\"\ntoken = \"hunter2\"\n");
    two_secrets: wrong_below(
        "[[source]]\nname = \"a\"\nurl = \"https://a.example\"\ntoken_env = \"A\"\npassword_command = \"true\"\n"
    );
    user_agent_with_accents: wrong_below("[http]\nuser_agent = \"Fërris\"\n");
    empty_file: wrong("");
    wide_characters_and_tabs: wrong("[brand]\n\tname = \"Ferris\"\n\thandles = [\"自転車\", \"🚲🚲\"]\n");
    long_line: wrong_below(&format!("[keys]\nquit = [{}3, {}]\n", "\"q\", ".repeat(40), "\"z\", ".repeat(40)));
    escapes_are_not_shown: wrong("[brand]\nname = \"a\u{1b}[31mb\u{202e}\"\n");
}

#[test]
fn every_error_has_all_its_parts() {
    let errors = parse("[brand]\nname = \"Ferris\"\n\n  [screen]\n  emojis = \"raw\"\n").unwrap_err();
    let json: serde_json::Value = serde_json::to_value(&errors).unwrap();
    assert_eq!(
        json,
        serde_json::json!([{
            "kind": "unknown_key", "file": "config.toml", "line": 5, "column": 3, "width": 6, "key": "screen.emojis",
            "message": "unknown key `emojis` in [screen]", "help": "did you mean `emoji`?",
            "source": "  emojis = \"raw\"",
        }])
    );
}

#[test]
fn errors_of_several_sections_come_together_in_order() {
    let errors = parse("[screen]\nbel = true\n[brand]\nsize = \"big\"\n[http]\nper_host = 99\n").unwrap_err();
    let lines: Vec<_> = errors.iter().filter_map(|error| error.place).map(|place| place.line).collect();
    assert_eq!(lines, [2, 3, 4, 6]);
    assert_eq!(errors.line(), "config.toml:2:1: unknown key `bel` in [screen]; did you mean `bell`? (and 3 more)");
}

mod files {
    use super::*;

    fn load(bytes: &[u8]) -> ConfigError {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.toml");
        std::fs::write(&path, bytes).unwrap();
        Config::load(&path).unwrap_err().iter().next().unwrap().clone()
    }

    #[test]
    fn not_utf8() {
        let error = load(b"[brand]\nname = \"F\xFFrris\"\n");
        assert_eq!(
            (error.kind, error.place.map(|place| (place.line, place.column))),
            (ErrorKind::NotText, Some((2, 10)))
        );
        assert!(error.message.contains("0xFF"), "{error}");
    }

    #[test]
    fn huge() {
        let mut bytes = BRAND.as_bytes().to_vec();
        bytes.resize(3_000_000, b'#');
        assert_eq!(load(&bytes).kind, ErrorKind::TooLarge);
    }

    #[test]
    fn not_there_or_a_directory() {
        let directory = tempfile::tempdir().unwrap();
        let errors = Config::load(&directory.path().join("config.toml")).unwrap_err();
        assert!(errors.no_file() && errors.to_string().contains("goodword init"), "{errors}");
        let errors = Config::load(directory.path()).unwrap_err();
        assert!(!errors.no_file());
        assert_eq!(errors.iter().next().unwrap().kind, ErrorKind::Unreadable);
    }

    #[test]
    fn a_password_in_an_address_wants_a_private_file() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.toml");
        std::fs::write(&path, format!("{BRAND}[[source]]\nname = \"a\"\nurl = \"https://me:hunter2@a.example\"\n"))
            .unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let told = Config::load(&path).unwrap_err().to_string();
        assert!(told.contains("chmod 600") && told.contains(":5:7") && !told.contains("hunter2"), "{told}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let config = Config::load(&path).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn a_secret_file_must_be_there_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.toml");
        let token = directory.path().join("forum.token");
        let source = "[[source]]\nname = \"forum\"\nurl = \"https://a.example\"\ntoken_file = \"forum.token\"\n";
        std::fs::write(&path, format!("{BRAND}\n{source}")).unwrap();
        let error = |path: &Path| Config::load(path).unwrap_err().iter().next().unwrap().clone();
        let missing = error(&path);
        assert_eq!((missing.kind, missing.place.map(|place| place.line)), (ErrorKind::Secret, Some(7)));
        std::fs::write(&token, "hunter2").unwrap();
        std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o644)).unwrap();
        let wide = error(&path).to_string();
        assert!(wide.contains("mode 0644") && wide.contains("chmod 600") && !wide.contains("hunter2"), "{wide}");
        std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(Config::load(&path).unwrap().remarks().len(), 1);
    }
}

#[test]
fn the_least_file_is_enough() {
    let config = good(BRAND);
    assert_eq!(
        config.brand,
        Brand { name: "Ferris Bikes".into(), size: BrandSize::Small, handles: Vec::new(), people: Vec::new() }
    );
    let roster = config.roster();
    assert_eq!(roster.subjects, [("Ferris Bikes".to_owned(), Role::Brand)]);
    assert_eq!(roster.watches.len(), 1);
    assert_eq!(roster.watches[0].query, "\"Ferris Bikes\" OR #FerrisBikes");
    assert!(config.collect.public_feeds && config.remarks().is_empty());
    assert_eq!(good(&format!("\u{feff}{BRAND}")).brand, config.brand, "a byte order mark is no error");
    assert_eq!(good(&BRAND.replace('\n', "\r\n")).brand, config.brand, "nor are Windows' line ends");
}

#[test]
fn who_has_no_watch_is_found_by_name() {
    let config = good(&format!(
        "{BRAND}handles = [\"@ferris\"]\n[[rival]]\nname = \"Rival\"\n[[watch]]\nname = \"rival\"\nquery = \"x\"\n"
    ));
    let watches: Vec<_> =
        config.watches.iter().map(|watch| (watch.name.as_str(), watch.subject.as_str(), watch.derived)).collect();
    let expected = [("rival", "Ferris Bikes", false), ("Rival (by name)", "Rival", true)];
    assert_eq!(watches, expected);
    assert_eq!(
        good(&format!("{BRAND}handles = [\"@ferris\"]\n")).watches[0].query,
        "\"Ferris Bikes\" OR #FerrisBikes OR @ferris"
    );
}

#[test]
fn intervals_are_inherited_and_a_given_bound_moves_the_other() {
    let config = good(&format!(
        "{BRAND}[collect]\nshortest = \"10m\"\nlongest = \"2h\"\n\
         [[source]]\nname = \"a\"\nurl = \"https://a.example/\"\n\
         [[source]]\nname = \"b\"\nurl = \"https://b.example/\"\nshortest = \"3h\"\n\
         [[source]]\nname = \"c\"\nurl = \"https://c.example/\"\nlongest = \"30s\"\neverything = true\n"
    ));
    let minutes: Vec<_> = config
        .sources
        .iter()
        .map(|source| &source.settings)
        .map(|source| (source.shortest.as_secs(), source.longest.as_secs()))
        .collect();
    assert_eq!(minutes, [(600, 7_200), (10_800, 10_800), (30, 30)]);
    assert_eq!(
        config.sources.iter().map(|source| source.settings.everything).collect::<Vec<_>>(),
        [false, false, true]
    );
}

#[test]
fn chords_stay_text_with_their_place() {
    let text = format!("{BRAND}\n[keys]\nzoom = []\nquit = [\"q\", \"ctrl-c\"]\n");
    let config = good(&text);
    let names: Vec<_> = config.keys.iter().map(|binding| binding.action.value.as_str()).collect();
    assert_eq!(names, ["zoom", "quit"]);
    let chord = &config.keys[1].chords[1];
    assert_eq!((chord.value.as_str(), chord.place), ("ctrl-c", Place { line: 6, column: 14, width: 8 }));
    let error = config.complain(chord.place, "keys.quit", "no such chord".into(), "write it so".into()).to_string();
    assert!(error.contains("config.toml:6:14 (keys.quit)") && error.contains("^^^^^^^^"), "{error}");
}

#[test]
fn no_color_is_heard_unless_the_file_says_otherwise() {
    let set = Some(std::ffi::OsStr::new("1"));
    assert_eq!(ColourChoice::Auto.with_environment(set), ColourChoice::None);
    assert_eq!(ColourChoice::Auto.with_environment(Some(std::ffi::OsStr::new(""))), ColourChoice::Sixteen);
    assert_eq!(ColourChoice::Auto.with_environment(None), ColourChoice::Sixteen);
    assert_eq!(ColourChoice::Sixteen.with_environment(set), ColourChoice::Sixteen);
}

#[test]
fn debug_holds_neither_text_nor_addresses() {
    let text = format!("{BRAND}[[source]]\nname = \"a\"\nurl = \"https://a.example/?key=hunter2\"\n");
    assert!(!format!("{:?}", good(&text)).contains("hunter2"));
}

mod example;

fn answers() -> impl Strategy<Value = Answers> {
    let size = prop::sample::select(vec![
        BrandSize::Solo,
        BrandSize::Small,
        BrandSize::Medium,
        BrandSize::Large,
        BrandSize::Enterprise,
    ]);
    let feeds = prop::collection::hash_set("[a-c]\\.example/[a-z]{0,3}(\\?q=[a-z%22]{0,4})?", 0..4);
    let feeds = feeds.prop_map(|all| all.iter().map(|feed| format!("https://{feed}").parse().unwrap()).collect());
    // A letter first, so that the name can be searched for; then whatever there is.
    (("[a-zé木]", any::<String>()), size, prop::collection::vec(any::<String>(), 0..3), feeds, any::<bool>()).prop_map(
        |((letter, rest), size, rivals, feeds, no_public_feeds)| Answers {
            brand: format!("{letter}{rest}"),
            size,
            rivals: rivals.iter().enumerate().map(|(number, rival)| format!("r{number}{rival}")).collect(),
            feeds,
            query: None,
            no_public_feeds,
            public_networks: false,
        },
    )
}

fn equals(config: &Config, answers: &Answers) {
    assert_eq!((&config.brand.name, config.brand.size), (&answers.brand, answers.size));
    assert_eq!(
        config.rivals.iter().map(|rival| &rival.name).collect::<Vec<_>>(),
        answers.rivals.iter().collect::<Vec<_>>()
    );
    assert_eq!(
        config.sources.iter().filter_map(|source| source.settings.url.as_ref()).collect::<Vec<_>>(),
        answers.feeds.iter().collect::<Vec<_>>()
    );
    assert_eq!(config.collect.public_feeds, !answers.no_public_feeds);
}

proptest! {
    #[test]
    fn what_is_written_is_what_was_answered(answers in answers()) {
        equals(&good(&commented(&answers)), &answers);
        equals(&good(&bare(&answers)), &answers);
    }

    #[test]
    fn any_text_is_judged_without_a_panic(text in "(\\[|\\]|\"|'|=|#|\n|brand|name|watch|query|url|\\.|,|[a-z0-9 é🚲\t\u{1b}]){0,80}") {
        if let Err(errors) = parse(&text) {
            prop_assert!(errors.iter().count() > 0);
            prop_assert!(errors.to_string().chars().all(|c| c == '\n' || !c.is_control()));
        }
    }
}

#[test]
fn comments_of_the_example_survive_the_answers() {
    let answers = Answers {
        brand: "A \"B\" \\ C\nD 🚲".into(),
        rivals: vec!["Rival".into()],
        feeds: vec!["https://www.a.example/feed".parse().unwrap(), "https://a.example/".parse().unwrap()],
        query: Some("\"A B\" chain".into()),
        no_public_feeds: true,
        ..Answers::default()
    };
    let text = commented(&answers);
    for comment in EXAMPLE.lines().filter(|line| line.starts_with("# ")) {
        assert!(text.lines().any(|line| line == comment), "{comment}");
    }
    let config = good(&text);
    equals(&config, &answers);
    assert_eq!(config.watches[0].query, "\"A B\" chain");
    assert_eq!(
        config.sources.iter().map(|source| source.settings.name.as_str()).collect::<Vec<_>>(),
        ["a.example", "a.example 2"]
    );
    assert_eq!(kinds("").len(), 1);
    let config = Config::of_answers(&answers).unwrap();
    assert_eq!(config.retention.mentions, SignedDuration::from_hours(365 * 24));
}

#[test]
fn wrong_answers_are_told_without_places() {
    let answers = Answers { brand: "Ferris".into(), rivals: vec!["ferris".into()], ..Answers::default() };
    let errors = Config::of_answers(&answers).unwrap_err();
    assert!(errors.iter().all(|error| error.place.is_none()));
    assert!(errors.to_string().contains("already"), "{errors}");
}
