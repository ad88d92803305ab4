//! The examples run as they are, with the tools that they need where these are installed.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use goodword::domain::Visibility;
use goodword::sources::Batch;
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::{SECRET, now, source};

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/examples").join(name)
}

/// Where a tool is; says so when it is not installed.
fn tool(name: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&paths).map(|place| place.join(name)).find(|file| file.is_file());
    if found.is_none() {
        println!("not tested: {name} is not installed");
    }
    found
}

/// A directory of programs: these of the machine, and scripts.
fn programs(place: &Path, tools: &[&str], scripts: &[(&str, String)]) -> Option<PathBuf> {
    let directory = place.join("bin");
    std::fs::create_dir_all(&directory).unwrap();
    for name in tools {
        std::os::unix::fs::symlink(tool(name)?, directory.join(name)).unwrap();
    }
    for (name, script) in scripts {
        let file = directory.join(name);
        std::fs::write(&file, script).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    Some(directory)
}

async fn run(command: &str, cursor: &str) -> Result<Batch, String> {
    let mut source = source("exec", |settings| settings.command = Some(command.to_owned()));
    source.listen.poll(cursor, now()).await.map_err(|error| error.to_string())
}

async fn status_page() -> MockServer {
    let server = MockServer::start().await;
    let update = |id: &str, status: &str, body: &str, at: &str| json!({"id": id, "status": status, "body": body, "created_at": at});
    let page = json!({
        "page": {"id": "p", "name": "Payments", "url": "https://status.payments.example"},
        "incidents": [
            {"id": "i2", "name": "Cards are declined", "impact": "major", "shortlink": "https://stspg.example/i2",
             "incident_updates": [
                update("u3", "resolved", "All is well — “sorry”\nThe team", "2026-01-02T05:00:00.000-01:00"),
                update("u2", "investigating", "Cards of Ferris Bikes are declined", "2026-01-02T05:00:00Z")]},
            {"id": "i1", "name": "Slow", "shortlink": null,
             "incident_updates": [update("u1", "resolved", "It was slow", "2026-01-01T05:00:00Z")]},
        ],
    });
    let answer = ResponseTemplate::new(200).set_body_json(page);
    Mock::given(method("GET")).and(path("/api/v2/incidents.json")).respond_with(answer).mount(&server).await;
    server
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_page_is_heard_through_curl_and_through_wget() {
    let server = status_page().await;
    for fetcher in ["curl", "wget"] {
        let place = tempfile::tempdir().unwrap();
        let Some(bin) = programs(place.path(), &["sh", "jq", fetcher], &[]) else { continue };
        let command = format!("PATH={} {} {}/", bin.display(), example("status-page.sh").display(), server.uri());
        let batch = run(&command, "").await.unwrap();
        assert!(batch.remarks.is_empty(), "{:?}", batch.remarks);
        let told: Vec<_> = batch.items.iter().map(|item| (item.native_id.as_str(), item.root.as_deref())).collect();
        assert_eq!(told, [("u3", Some("i2")), ("u2", Some("i2")), ("u1", Some("i1"))]);
        let first = &batch.items[0];
        assert_eq!(first.title.as_deref(), Some("Cards are declined — resolved"));
        assert_eq!(first.text, "All is well — “sorry”\nThe team");
        assert_eq!(first.url.as_deref(), Some("https://stspg.example/i2"));
        assert_eq!(batch.items[2].url, Some(server.uri()));
        assert_eq!(first.claimed.unwrap().to_string(), "2026-01-02T06:00:00Z");
        assert_eq!(first.author.name.as_deref(), Some("Payments"));
        assert_eq!(first.author.handle.as_deref(), server.uri().strip_prefix("http://"));

        let gone = format!("PATH={} {} {}/gone", bin.display(), example("status-page.sh").display(), server.uri());
        let error = run(&gone, "").await.unwrap_err();
        assert!(error.contains("the command failed"), "{fetcher}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_no_status_page_is_an_error() {
    let server = MockServer::start().await;
    let html = ResponseTemplate::new(200).set_body_raw("<html>please log in</html>", "text/html");
    Mock::given(method("GET")).respond_with(html).mount(&server).await;
    let place = tempfile::tempdir().unwrap();
    let Some(bin) = programs(place.path(), &["sh", "jq", "curl"], &[]) else { return };
    let command = format!("PATH={} {} {}", bin.display(), example("status-page.sh").display(), server.uri());
    let error = run(&command, "").await.unwrap_err();
    assert!(error.contains("jq") || error.contains("parse"), "{error}");
    let error = run(&format!("PATH={} {}", bin.display(), example("status-page.sh").display()), "").await.unwrap_err();
    assert!(error.contains("the address of a status page is missing"), "{error}");
}

/// A mailbox and an mbsync that brings the mails of the server into it, if the secret is right.
fn mailbox(place: &Path) -> Option<(PathBuf, String)> {
    let (server, inbox) = (place.join("server"), place.join("mail/INBOX"));
    for directory in [&server, &inbox.join("new"), &inbox.join("cur")] {
        std::fs::create_dir_all(directory).unwrap();
    }
    let mbsync = format!(
        "#!/bin/sh\n\
         [ \"$*\" = '--quiet support' ] || {{ echo \"odd arguments: $*\" >&2; exit 64; }}\n\
         [ \"$GOODWORD_SECRET\" = '{SECRET}' ] || {{ echo \"login failed for $GOODWORD_SECRET\" >&2; exit 1; }}\n\
         for mail in {0}/*; do [ -f \"$mail\" ] && mv \"$mail\" {1}/new/; done\n\
         exit 0\n",
        server.display(),
        inbox.display()
    );
    let bin = programs(place, &["sh", "mv", "python3"], &[("mbsync", mbsync)])?;
    let script = example("imap-folder.py");
    let home = std::env::var("HOME").unwrap_or_default();
    let path = format!("{}:/usr/bin:/bin", bin.display());
    Some((server, format!("HOME={home} PATH={path} python3 {} support {}", script.display(), inbox.display())))
}

fn deliver(server: &Path, mail: &str) {
    let mails = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/mail");
    std::fs::copy(mails.join(mail), server.join(mail)).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_imap_folder_becomes_private_cases() {
    let place = tempfile::tempdir().unwrap();
    let Some((server, command)) = mailbox(place.path()) else { return };
    deliver(&server, "plain.eml");
    let first = run(&command, "").await.unwrap();
    assert_eq!((first.items.len(), &first.remarks), (1, &vec![]));
    let mail = &first.items[0];
    assert_eq!(
        (mail.native_id.as_str(), mail.title.as_deref()),
        ("first@riders.example", Some("My chain snapped — again"))
    );
    assert_eq!(mail.text, "The chain of my Ferris snapped at the café. Third time this month.");
    assert_eq!(
        (mail.author.name.as_deref(), mail.author.native_id.as_deref()),
        (Some("Ana Pradés"), Some("ana@riders.example"))
    );
    assert_eq!(mail.claimed.unwrap().to_string(), "2026-01-03T09:04:05Z");
    assert_eq!((mail.visibility, mail.addressed), (Visibility::Private, true));

    deliver(&server, "reply.eml");
    let second = run(&command, &first.cursor).await.unwrap();
    let reply = second.items.last().unwrap();
    assert_eq!(
        (reply.native_id.as_str(), reply.parent.as_deref()),
        ("second@riders.example", Some("first@riders.example"))
    );
    assert_eq!((reply.root.as_deref(), reply.text.as_str()), (Some("zero@riders.example"), "Mine too!\n<3 Ferris"));
    assert_eq!(reply.claimed, None, "its date is none");

    deliver(&server, "broken.eml");
    let third = run(&command, &second.cursor).await.unwrap();
    assert!(third.remarks.is_empty(), "{:?}", third.remarks);
    assert!(third.items.last().unwrap().text.starts_with("broken"), "{third:?}");
    let nothing = run(&command, &third.cursor).await.unwrap();
    assert!(nothing.items.len() <= 1, "only the last moment is told again: {nothing:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_that_cannot_be_fetched_is_an_error_without_the_secret() {
    let place = tempfile::tempdir().unwrap();
    let Some((_, command)) = mailbox(place.path()) else { return };
    let error = run(&command.replace(" support ", " nothing "), "").await.unwrap_err();
    assert!(error.contains("odd arguments: --quiet nothing"), "{error}");
    let mbsync = place.path().join("bin/mbsync");
    let script = std::fs::read_to_string(&mbsync).unwrap();
    std::fs::write(mbsync, script.replacen(SECRET, "another", 1)).unwrap();
    let error = run(&command, "").await.unwrap_err();
    assert!(error.contains("login failed for ***"), "{error}");
    assert!(!error.contains(SECRET));
}
