//! Accounts of networks on the command line: logging in and out, and what becomes of their secrets when servers do
//! their worst with them.

use std::os::unix::fs::PermissionsExt;

use wiremock::{Mock, Request, Respond, ResponseTemplate, matchers::any};

use crate::support::home::{BRAND, Home, Ran};
use crate::support::newsstand::Newsstand;

/// The secret of each network, as its configuration wants it.
const SECRETS: [(&str, &str); 9] = [
    ("bluesky", "c4n4-ry00-blue-skyx"),
    ("mastodon", "c4n4ry-mastodon-token-000"),
    ("reddit", "c4n4ry-reddit-app-0000 c4n4ry-reddit-refresh-1"),
    ("lemmy", "c4n4ry-lemmy-password"),
    ("discourse", "c4n4ry-discourse-key-0000000"),
    ("github", "c4n4ry-github-token-0000000"),
    ("stackexchange", "c4n4ry-stackexchange-key"),
    ("youtube", "c4n4ry-youtube-key-00000000"),
    ("exec", "c4n4ry-exec-secret-00000000"),
];

/// Repeats everything that it was told, secrets included, as the message of an error.
struct Echo(u16);

impl Respond for Echo {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let headers: Vec<String> =
            request.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?"))).collect();
        let told = format!("{} {} {}", request.url, headers.join(" "), String::from_utf8_lossy(&request.body));
        let body = serde_json::json!({ "error": told, "message": told, "error_description": told, "errors": [told] });
        ResponseTemplate::new(self.0).set_body_json(body)
    }
}

/// A home with an account at every network, all of them at this server.
fn home(server: &str) -> Home {
    let home = Home::new();
    std::fs::create_dir(home.path("secrets")).unwrap();
    let mut text = format!("[brand]\nname = \"{BRAND}\"\n\n[collect]\npublic_feeds = false\n\n");
    for (network, secret) in SECRETS {
        let file = home.write(&format!("secrets/{network}"), secret);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        text.push_str(&format!("[[source]]\nname = \"{network}\"\nnetwork = \"{network}\"\ntoken_file = \"{file}\"\n"));
        let more = match network {
            "exec" => "command = \"echo $GOODWORD_SECRET >&2; echo \\\"$GOODWORD_SECRET\\\"; exit 3\"".to_owned(),
            "reddit" => format!("url = \"{server}\"\naccount = \"ferris\"\nclient_id = \"app\""),
            "mastodon" => format!("url = \"{server}\"\nhashtags = [\"ferris\"]\nstream = false"),
            "github" => format!("url = \"{server}\"\nplaces = [\"ferris/firmware\"]"),
            "stackexchange" => format!("url = \"{server}\"\nplaces = [\"stackoverflow\"]"),
            "youtube" => format!("url = \"{server}\"\nplaces = [\"UCxxxxxxxxxxxxxxxxxxxxxx\"]"),
            _ => format!("url = \"{server}\"\naccount = \"ferris.example\""),
        };
        text.push_str(&format!("{more}\n\n"));
    }
    home.configure(&text);
    home
}

/// The pieces of secrets that may stand nowhere.
fn canaries() -> Vec<&'static str> {
    SECRETS.iter().flat_map(|(_, secret)| secret.split(' ')).collect()
}

#[track_caller]
fn assert_quiet(what: &str, said: &str) {
    for canary in canaries() {
        assert!(!said.contains(canary), "{what} tells {canary}:\n{said}");
    }
}

#[test]
fn no_secret_comes_out_whatever_a_server_repeats() {
    let mut told = String::new();
    for status in [200, 401, 403, 429, 500] {
        let stand = Newsstand::open();
        stand.mount(Mock::given(any()).respond_with(Echo(status)));
        let home = home(stand.url("").trim_end_matches('/'));
        let copy = home.text("copy.db");
        for arguments in [
            &["check"][..],
            &["check", "--json", "--log-level", "trace"],
            &["collect", "--once", "--verbose", "--log-level", "trace"],
            &["lookup", "own", "mastodon"],
            &["lookup", "thread", "github", "ferris/firmware#1"],
            &["lookup", "person", "bluesky", "ana.example"],
            &["backup", &copy],
        ] {
            assert_quiet(&format!("{status}: {arguments:?}"), &home.run(arguments).everything());
        }
        told.extend(stand.requests().iter().map(|request| format!("{request:?}")));
        for (path, held) in home.files() {
            let shown = path.to_string_lossy();
            if shown.contains("/secrets/") || shown.contains("/accounts/") {
                assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "{shown}");
                continue;
            }
            for canary in canaries() {
                let told = held.windows(canary.len()).any(|window| window == canary.as_bytes());
                assert!(!told, "{status}: {shown} holds {canary}");
            }
        }
    }
    let heard: Vec<_> = canaries().into_iter().filter(|canary| told.contains(canary)).collect();
    assert!(heard.len() >= 5, "only these secrets were used at all: {heard:?}");
}

fn login(home: &Home, arguments: &[&str], answers: &str) -> Ran {
    let all: Vec<&str> = std::iter::once("login").chain(arguments.iter().copied()).collect();
    home.run_with(&all, answers)
}

#[test]
fn a_refused_login_keeps_nothing() {
    let stand = Newsstand::open();
    stand.mount(Mock::given(any()).respond_with(Echo(401)));
    let home = Home::listening(&[]);
    let before = std::fs::read(home.config()).unwrap();
    let server = stand.url("");
    for network in ["mastodon", "discourse", "github"] {
        let ran = login(&home, &[network, &server, "--account", "ferris"], "c4n4ry-discourse-key-0000000\n\n\n");
        assert_ne!(ran.code, Some(0), "{network}: {}", ran.everything());
        assert_quiet(network, &ran.everything());
    }
    assert_eq!(std::fs::read(home.config()).unwrap(), before);
    assert!(!home.data().join("accounts").exists());
    login(&home, &["hackernews"], "").ends(2).says(&["needs no login"]);
    login(&home, &["nowhere"], "").ends(2).says(&["there is no network", "mastodon"]);
    home.run(&["logout", "mastodon"]).ends(1).says(&["nothing is kept"]);
}

#[test]
fn a_login_is_kept_for_its_owner_alone_until_logging_out() {
    let stand = Newsstand::open();
    let empty = serde_json::json!({});
    stand.mount(Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_json(empty)));
    let home = Home::listening(&[]);
    let server = stand.url("");
    let ran = login(&home, &["github", &server], "c4n4ry-github-token-0000000\n").ends(0);
    assert_quiet("login", &ran.everything());
    let config = std::fs::read_to_string(home.config()).unwrap();
    assert!(config.contains("network = \"github\"") && config.contains(&server), "{config}");
    assert_quiet("the configuration", &config);
    let accounts = home.data().join("accounts");
    let kept: Vec<_> = std::fs::read_dir(&accounts).unwrap().flatten().map(|entry| entry.path()).collect();
    assert!(!kept.is_empty());
    for path in &kept {
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
    assert_quiet("check", &home.run(&["check"]).everything());
    let told = stand.requests().iter().map(|request| format!("{:?}", request.headers)).collect::<String>();
    assert!(told.contains("c4n4ry-github-token-0000000"), "the secret was never used");
    home.run(&["logout", "github"]).ends(0).says(&["Forgotten here", "the secret of \"github\""]);
    assert_eq!(std::fs::read_dir(&accounts).unwrap().count(), 0);
}

/// A server at which every question is answered with this.
fn answering(body: serde_json::Value) -> Newsstand {
    let stand = Newsstand::open();
    stand.mount(Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_json(body)));
    stand
}

fn add(home: &Home, text: &str) {
    let before = std::fs::read_to_string(home.config()).unwrap();
    home.configure(&format!("{before}\n{text}"));
}

#[test]
fn a_login_that_may_mean_several_sources_asks_which_before_it_asks_anything_else() {
    let stand = answering(serde_json::json!({ "login": "ferris", "id": 9 }));
    let (home, server) = (Home::listening(&[]), stand.url(""));
    for (name, more) in [("code", "account = \"ferris\""), ("docs", "account = \"ferris-docs\"")] {
        add(&home, &format!("[[source]]\nname = \"{name}\"\nnetwork = \"github\"\nurl = \"{server}\"\n{more}\n"));
    }
    let secret = "c4n4ry-github-token-0000000\n";
    let ran = login(&home, &["github", &server], secret).ends(2).says(&["\"code\" as ferris", "\"docs\"", "--name"]);
    assert_quiet("login", &ran.everything());
    assert!(stand.requests().is_empty() && !home.data().join("accounts").exists());
    login(&home, &["github", &server, "--name", "CODE"], secret).ends(0).says(&["\"code\" uses it"]);
    login(&home, &["github", &server, "--name", "docs"], secret).ends(1).says(&["another account", "ferris"]);
    login(&home, &["mastodon", "--name", "code"], secret).ends(2).says(&["network github"]);
    login(&home, &["github", "https://elsewhere.example", "--name", "code"], secret).ends(2).says(&["another server"]);
    // One of the two by its account.
    login(&home, &["github", &server, "--account", "Ferris"], secret).ends(0).says(&["\"code\" uses it"]);
    home.run(&["logout", "Code"]).ends(0).says(&["the secret of \"code\""]);
    home.run(&["logout", "code"]).ends(1).says(&["nothing is kept"]);
}

#[test]
fn a_secret_that_is_configured_is_noticed_before_anything_is_asked() {
    let stand = answering(serde_json::json!({ "login": "ferris", "id": 9 }));
    let (home, server) = (Home::listening(&[]), stand.url(""));
    add(
        &home,
        &format!("[[source]]\nname = \"code\"\nnetwork = \"github\"\nurl = \"{server}\"\ntoken_env = \"TOKEN\"\n"),
    );
    login(&home, &["github", &server], "").ends(1).says(&["\"code\"", "line", "--name"]);
    assert!(stand.requests().is_empty());
    home.run(&["logout", "CODE"]).ends(1).says(&["nothing is kept", "line"]);
    login(&home, &["github", &server, "--name", "other"], "c4n4ry-github-token-0000000\n").ends(0).says(&["\"other\""]);
}

#[test]
fn an_account_named_by_its_lasting_id_is_the_one_with_the_handle() {
    let session = serde_json::json!({
        "did": "did:plc:ferris", "handle": "ferris.example", "accessJwt": "a.b.c", "refreshJwt": "d.e.f"
    });
    let stand = answering(session);
    let (home, server) = (Home::listening(&[]), stand.url(""));
    add(
        &home,
        &format!(
            "[[source]]\nname = \"sky\"\nnetwork = \"bluesky\"\nurl = \"{server}\"\naccount = \"did:plc:ferris\"\n"
        ),
    );
    let before = std::fs::read(home.config()).unwrap();
    let password = "c4n4-ry00-blue-skyx\n";
    for arguments in [&["bluesky", &server][..], &["bluesky", &server, "--account", "ferris.example"]] {
        login(&home, arguments, password).ends(0).says(&["\"sky\" uses it"]);
    }
    assert_eq!(std::fs::read(home.config()).unwrap(), before);
}

#[test]
fn a_key_for_youtube_is_tried_and_the_places_are_written_down() {
    let home = Home::listening(&[]);
    let refusing = Newsstand::open();
    refusing.mount(Mock::given(any()).respond_with(Echo(400)));
    let key = "c4n4ry-youtube-key-00000000\n@ferrisbikes\n";
    let ran = login(&home, &["youtube", &refusing.url("")], key).ends(1);
    assert_quiet("youtube", &ran.everything());
    assert!(!home.data().join("accounts").exists() && !refusing.requests().is_empty());

    let stand = answering(serde_json::json!({ "items": [{ "id": "UCferrisbikesferrisbikes" }] }));
    let server = stand.url("");
    for nothing in ["c4n4ry-youtube-key-00000000\n\n", "c4n4ry-youtube-key-00000000\nno/channel at all\n"] {
        login(&home, &["youtube", &server], nothing).ends(1).says(&["goodword login youtube"]);
    }
    login(&home, &["youtube", &server], key).ends(0).says(&["places = [\"@ferrisbikes\"]"]);
    let config = std::fs::read_to_string(home.config()).unwrap();
    assert!(config.contains("places = [\"@ferrisbikes\"]"), "{config}");
    home.run(&["check", "--json"]);
}

#[test]
fn a_login_that_cannot_be_written_down_ends_with_1_and_says_what_to_write() {
    let stand = answering(serde_json::json!({ "login": "ferris", "id": 9 }));
    let home = Home::new();
    let ran = login(&home, &["github", &stand.url("")], "c4n4ry-github-token-0000000\n").ends(1);
    ran.says(&["goodword init", "[[source]]", "network = \"github\"", "owner/name"]);
}
