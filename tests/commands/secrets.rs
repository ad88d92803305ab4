//! A password in the address of a feed is in the configuration and nowhere else.

use wiremock::ResponseTemplate;

use crate::support::home::{BRAND, Home, Ran};
use crate::support::newsstand::Newsstand;

const CANARY: &str = "c4n4ry-s3cret";

#[track_caller]
fn assert_quiet(what: &str, ran: &Ran) {
    assert!(!ran.everything().contains(CANARY), "{what} tells the secret:\n{}", ran.everything());
}

/// Addresses that hold the secret: of feeds that work and of places that fail in every way.
fn addresses(stand: &Newsstand) -> Vec<(String, String)> {
    let user = format!("ana:{CANARY}");
    let pages = stand.feed("/good.xml");
    pages.publish("p1", "My Ferris chain snapped");
    // Relative links are resolved against the address; nameless entries must be named after something.
    pages.publish_raw("p2", "<item><link>posts/2</link><description>Ferris here</description></item>".into());
    pages.publish_raw("p3", "<item><link>?p=3</link><description>Ferris there</description></item>".into());
    pages.publish_raw(
        "p4",
        "<item><description>&lt;a href='#top'&gt;Ferris&lt;/a&gt; nowhere</description></item>".into(),
    );
    pages.publish_raw(
        "p5",
        "<item><guid>/five</guid><link>/five</link><description>Ferris five</description></item>".into(),
    );
    stand.answer("/broken.xml", ResponseTemplate::new(200).set_body_raw("no feed at all", "application/rss+xml"));
    stand.answer("/failing.xml", ResponseTemplate::new(500));
    stand.answer("/forbidden.xml", ResponseTemplate::new(403));
    let onward = format!("/gone.xml?token={CANARY}");
    stand.answer("/onward.xml", ResponseTemplate::new(302).insert_header("location", onward.as_str()));
    let around = format!("/around.xml?token={CANARY}");
    stand.answer("/around.xml", ResponseTemplate::new(302).insert_header("location", around.as_str()));
    let page = format!("<html><link rel='alternate' type='application/rss+xml' href='/gone.xml?key={CANARY}'></html>");
    stand.answer("/page", ResponseTemplate::new(200).set_body_raw(page, "text/html"));
    let paths = ["good", "broken", "failing", "forbidden", "missing", "onward", "around"];
    let mut all = Vec::new();
    for path in paths.iter().map(|path| format!("/{path}.xml")).chain(["/page".to_owned()]) {
        all.push((format!("password{path}"), stand.url_with(&user, &path)));
        all.push((format!("token{path}"), stand.url(&format!("{path}?token={CANARY}"))));
    }
    all.push(("closed port".into(), format!("http://{user}@127.0.0.1:9/feed?token={CANARY}")));
    all.push(("no such host".into(), format!("https://{user}@feeds.invalid/feed?token={CANARY}")));
    all
}

#[test]
fn a_secret_in_an_address_is_told_nowhere() {
    let stand = Newsstand::open();
    let all = addresses(&stand);
    let feeds: Vec<(&str, String)> = all.iter().map(|(name, url)| (name.as_str(), url.clone())).collect();
    let home = Home::listening(&feeds);
    let copy = home.text("copy.db");
    let csv = home.text("out.csv");
    let runs: [(&[&str], i32); 12] = [
        (&["check"], 1),
        (&["check", "--json"], 1),
        (&["collect", "--once", "--verbose", "--log-level", "trace"], 1),
        (&["collect", "--once", "--json", "--log-level", "trace"], 1),
        (&["search", "ferris"], 0),
        (&["search", "ferris", "--json"], 0),
        (&["query", "try", "ferris"], 0),
        (&["export"], 0),
        (&["export", "--private"], 0),
        (&["export", "--format", "csv"], 0),
        (&["export", "--format", "csv", "--output", &csv], 0),
        (&["backup", &copy], 0),
    ];
    for (arguments, code) in runs {
        assert_quiet(&format!("{arguments:?}"), &home.run(arguments).ends(code));
    }
    // The server was told, or nothing was tried.
    let token = |request: &wiremock::Request| request.url.query().is_some_and(|query| query.contains(CANARY));
    let (tokens, others): (Vec<_>, Vec<_>) = stand.requests().into_iter().partition(token);
    assert!(!tokens.is_empty() && others.iter().any(|request| request.headers.contains_key("authorization")));
    assert!(!home.exported().is_empty());

    let files = home.files();
    for wanted in ["goodword.db", ".log", "copy.db", "out.csv"] {
        assert!(files.iter().any(|(path, _)| path.to_string_lossy().contains(wanted)), "no {wanted} in {files:?}");
    }
    let log: Vec<u8> = files
        .iter()
        .filter(|(path, _)| path.to_string_lossy().contains(".log"))
        .flat_map(|(_, held)| held.clone())
        .collect();
    let log = String::from_utf8(log).unwrap();
    for told in ["password/good.xml", "answered", "token/forbidden.xml", "403"] {
        assert!(log.contains(told), "{told:?} is not in the log:\n{log}");
    }
    for (path, held) in files.iter().filter(|(path, _)| *path != home.config()) {
        let told = held.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
        assert!(!told, "{} holds the secret", path.display());
    }
}

#[test]
fn feed_tells_no_secret() {
    let stand = Newsstand::open();
    let home = Home::new();
    for (name, url) in addresses(&stand) {
        for arguments in [&["feed", &url][..], &["feed", &url, "--json"]] {
            let ran = home.run(arguments);
            assert_eq!(ran.code, Some(i32::from(!name.contains("good"))), "{name}: {}", ran.everything());
            assert_quiet(&name, &ran);
        }
    }
}

#[test]
fn init_and_wrong_configurations_tell_no_secret() {
    let home = Home::new();
    let url = format!("https://ana:{CANARY}@news.example/feed?token={CANARY}");
    let ran = home.run(&["init", "--brand", BRAND, "--feed", &url, "--yes"]).ends(0);
    assert_quiet("init", &ran);
    assert!(std::fs::read_to_string(home.config()).unwrap().contains(CANARY), "it is to be written there");
    let wrong = [
        format!("[brand]\nname = \"F\"\n\n[[source]]\nname = \"a\"\nurl = \"https://ana:{CANARY}@news.example:x/\"\n"),
        format!("[brand]\nname = \"F\"\n\n[[source]]\nname = \"a\"\nurl = \"https://ana:{CANARY}@news.example/\n"),
        format!("[brand]\nname = \"F\"\n\n[[source]]\nname = \"a\"\nurl = \"ftp://ana:{CANARY}@news.example/\"\n"),
        format!("[brand]\nname = \"F\"\n\n[[source]]\nname = \"a\"\nurl = \"ftp://news.example/?token={CANARY}\"\n"),
        format!("[brand]\nname = \"F\"\n\n[[source]]\nname = \"a\"\nuri = \"https://ana:{CANARY}@news.example/\"\n"),
        format!(
            "[brand]\nname = \"F\"\n\n[[source]]\nname = \"a\"\nurl = \"https://news.example/?token={CANARY}\" x\n"
        ),
    ];
    for text in wrong {
        home.configure(&text);
        for arguments in [&["check"][..], &["check", "--json"]] {
            assert_quiet(&text, &home.run(arguments).ends(2));
        }
    }
}

#[test]
fn a_file_with_a_password_must_be_private() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::listening(&[("a", format!("https://ana:{CANARY}@news.example/feed"))]);
    std::fs::set_permissions(home.config(), std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_quiet("check", &home.run(&["check"]).ends(2).says(&["chmod 600"]));
}
