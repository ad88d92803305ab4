//! Secrets that are kept, refused and kept anew.

use std::os::unix::fs::PermissionsExt;

use secrecy::ExposeSecret;

use super::*;
use crate::domain::Network;

/// A source at one server.
fn named(name: &str) -> SourceSettings {
    at(name, "https://a.example")
}

fn at(name: &str, url: &str) -> SourceSettings {
    let url = Some(url.parse().unwrap());
    SourceSettings { url, ..SourceSettings::named(name, Network::named("mastodon")) }
}

fn town() -> Belonging {
    Belonging::of(&named("a"))
}

fn vault() -> (tempfile::TempDir, Vault) {
    let data = tempfile::tempdir().unwrap();
    let vault = Vault::of(data.path());
    (data, vault)
}

#[tokio::test]
async fn what_is_kept_is_private_and_comes_back_until_it_is_forgotten() {
    let (data, vault) = vault();
    let name = "../Ferris & co";
    vault.keep_secret(name, &town(), &SecretString::from("hunter2")).unwrap();
    let credentials = SourceCredentials::new(&named(name), None, vault.clone());
    assert!(credentials.has_secret());
    assert_eq!(credentials.secret().await.unwrap().expose_secret(), "hunter2");
    credentials.keep_session(&SecretString::from("{\"jwt\":1}")).await.unwrap();
    assert_eq!(credentials.session().await.unwrap().expose_secret(), "{\"jwt\":1}");
    let files: Vec<_> = std::fs::read_dir(data.path().join("accounts")).unwrap().flatten().collect();
    assert_eq!(files.len(), 2);
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(vault.forget(name).unwrap() && !vault.forget(name).unwrap());
    assert!(SourceCredentials::new(&named(name), None, vault).session().await.is_none());
}

#[tokio::test]
async fn a_file_that_others_may_read_is_refused_and_a_new_login_ends_the_session() {
    let (data, vault) = vault();
    vault.keep_secret("a", &town(), &SecretString::from("hunter2")).unwrap();
    let credentials = SourceCredentials::new(&named("a"), None, vault.clone());
    credentials.keep_session(&SecretString::from("old")).await.unwrap();
    let file = data.path().join("accounts/a.secret");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let error = credentials.secret().await.unwrap_err().to_string();
    assert!(error.contains("0644") && !error.contains("hunter2"), "{error}");
    vault.keep_secret("a", &town(), &SecretString::from("new")).unwrap();
    assert!(credentials.session().await.is_none());
    assert_eq!(credentials.secret().await.unwrap().expose_secret(), "new");
}

#[tokio::test]
async fn the_configured_secret_goes_first_and_a_failing_command_says_why() {
    let (_data, vault) = vault();
    vault.keep_secret("a", &town(), &SecretString::from("kept")).unwrap();
    let of = |command: &str| {
        SourceCredentials::new(&named("a"), Some(SecretFrom::Command(command.to_owned())), vault.clone())
    };
    assert_eq!(of("echo configured").secret().await.unwrap().expose_secret(), "configured");
    let error = of("echo hunter2; exit 3").secret().await.unwrap_err();
    assert!(error.kind == SourceErrorKind::Local && !error.to_string().contains("hunter2"), "{error}");
}

#[tokio::test]
async fn what_was_kept_for_one_server_is_not_sent_to_another() {
    let (_data, vault) = vault();
    vault.keep_secret("main", &town(), &SecretString::from("hunter2")).unwrap();
    SourceCredentials::new(&named("main"), None, vault.clone())
        .keep_session(&SecretString::from("canary"))
        .await
        .unwrap();
    let elsewhere = SourceCredentials::new(&at("main", "https://b.example:8443"), None, vault.clone());
    let error = elsewhere.secret().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the secret under this name was kept for mastodon at a.example; this source is mastodon at b.example:8443: \
         run `goodword login mastodon b.example:8443`, or set the source back to what it was"
    );
    assert!(elsewhere.session().await.is_none() && elsewhere.has_secret());
    let other = SourceSettings { network: Network::named("lemmy"), ..named("main") };
    let error = SourceCredentials::new(&other, None, vault.clone()).secret().await.unwrap_err().to_string();
    assert!(error.contains("kept for mastodon at a.example; this source is lemmy at a.example"), "{error}");
    let home = SourceCredentials::new(&named("main"), None, vault.clone());
    assert_eq!(home.secret().await.unwrap().expose_secret(), "hunter2");
    // A login for the new place replaces it.
    vault
        .keep_secret("main", &Belonging::of(&at("main", "https://b.example:8443")), &SecretString::from("new"))
        .unwrap();
    assert_eq!(elsewhere.secret().await.unwrap().expose_secret(), "new");
    assert_eq!(home.secret().await.unwrap_err().kind, SourceErrorKind::Refused, "and is noticed by who runs on");
}

#[tokio::test]
async fn an_account_that_is_named_is_kept_too() {
    let (_data, vault) = vault();
    let by = |account: Option<&str>| SourceSettings {
        account: account.map(Into::into),
        url: None,
        ..SourceSettings::named("sky", Network::named("bluesky"))
    };
    vault.keep_secret("sky", &Belonging::of(&by(Some("@Ferris.example"))), &SecretString::from("hunter2")).unwrap();
    for (account, known) in [(Some("ferris.example"), true), (None, true), (Some("kim.example"), false)] {
        let secret = SourceCredentials::new(&by(account), None, vault.clone()).secret().await;
        assert_eq!(secret.is_ok(), known, "{account:?}");
    }
    let error = SourceCredentials::new(&by(Some("kim.example")), None, vault).secret().await.unwrap_err().to_string();
    assert!(error.contains("kept for bluesky as Ferris.example"), "{error}");
}

#[tokio::test]
async fn files_of_the_older_form_belong_to_who_reads_them_first() {
    let (data, vault) = vault();
    vault.keep_secret("main", &town(), &SecretString::from("x")).unwrap();
    let file = data.path().join("accounts/main.secret");
    std::fs::write(&file, "hunter2\nsecond line").unwrap();
    let home = SourceCredentials::new(&named("main"), None, vault.clone());
    assert_eq!(home.secret().await.unwrap().expose_secret(), "hunter2\nsecond line");
    assert_eq!(home.secret().await.unwrap().expose_secret(), "hunter2\nsecond line");
    assert!(std::fs::read_to_string(&file).unwrap().contains("a.example"));
    let elsewhere = SourceCredentials::new(&at("main", "https://b.example"), None, vault);
    assert_eq!(elsewhere.secret().await.unwrap_err().kind, SourceErrorKind::Refused);
}

#[tokio::test]
async fn a_secret_is_fetched_once_until_it_is_refused_or_kept_anew() {
    let (data, vault) = vault();
    let count = data.path().join("count");
    let command = format!("echo x >> '{0}'; wc -l < '{0}'", count.display());
    let counted = SourceCredentials::new(&named("a"), Some(SecretFrom::Command(command)), vault.clone());
    for fetched in ["1", "1"] {
        assert_eq!(counted.secret().await.unwrap().expose_secret().trim(), fetched);
    }
    counted.drop_secret();
    assert_eq!(counted.secret().await.unwrap().expose_secret().trim(), "2");
    assert_eq!(counted.stamp(), None);

    vault.keep_secret("a", &town(), &SecretString::from("old")).unwrap();
    let kept = SourceCredentials::new(&named("a"), None, vault.clone());
    assert_eq!(kept.secret().await.unwrap().expose_secret(), "old");
    let before = kept.stamp();
    assert_eq!(kept.stamp(), before);
    vault.keep_secret("a", &town(), &SecretString::from("new")).unwrap();
    assert_ne!(kept.stamp(), before);
    assert_eq!(kept.secret().await.unwrap().expose_secret(), "new");
    vault.forget("a").unwrap();
    assert!(kept.secret().await.is_err(), "a logout is noticed too");
}
