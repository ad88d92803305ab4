//! The talk of a log-in.

use std::sync::Mutex;

use async_trait::async_trait;

use super::*;
use crate::sources::networks::kind;
use crate::sources::{LoginRequest, Person, SourceErrorKind};

#[derive(Default)]
struct Typist {
    account: Option<String>,
    secret: Option<String>,
    told: Mutex<Vec<String>>,
}

#[async_trait]
impl Person for Typist {
    async fn tell(&self, words: &str) {
        self.told.lock().unwrap().push(words.to_owned());
    }
    async fn ask(&self, _question: &str) -> Option<String> {
        self.account.clone()
    }
    async fn ask_secret(&self, _question: &str) -> Option<SecretString> {
        self.secret.clone().map(SecretString::from)
    }
}

const CREATE: &str = "com.atproto.server.createSession";

async fn log_in(house: &House, typist: &Typist) -> Result<crate::sources::LoggedIn, crate::sources::SourceError> {
    let login = kind(&Network::fixed("bluesky")).unwrap().login.unwrap();
    let request = LoginRequest { url: house.settings.url.clone(), ..LoginRequest::default() };
    login.login(&request, &house.tools(), typist, now()).await
}

#[tokio::test]
async fn what_is_typed_is_tried_and_kept() {
    let house = House::open().await;
    let typist = Typist {
        account: Some("https://bsky.app/profile/ferris.example".into()),
        secret: Some(format!(" {PASSWORD}\n")),
        ..Typist::default()
    };
    let done = log_in(&house, &typist).await.unwrap();
    assert_eq!((done.account.as_str(), done.secret.expose_secret()), ("ferris.example", PASSWORD));
    assert_eq!(house.bodies(CREATE).await[0]["identifier"], json!("ferris.example"));
    let told = typist.told.lock().unwrap().join("\n");
    assert!(told.contains("did:plc:brand") && !told.contains("not shaped") && !told.contains(PASSWORD));
}

#[tokio::test]
async fn a_main_password_is_warned_of() {
    let house = House::open().await;
    for secret in ["correct horse battery", "abcd-efgh-ijkl", "ABCD-efgh-ijkl-mnop"] {
        let typist =
            Typist { account: Some("ferris.example".into()), secret: Some(secret.into()), ..Typist::default() };
        log_in(&house, &typist).await.unwrap();
        let told = typist.told.lock().unwrap().join("\n");
        assert!(told.contains("not shaped like an app password") && !told.contains(secret), "{told}");
    }
}

#[tokio::test]
async fn nothing_typed_and_what_is_refused_end_it() {
    let house = House::bare().await;
    house.answer(CREATE, refused(401, "AuthenticationRequired")).await;
    let nobody = Typist::default();
    assert_eq!(log_in(&house, &nobody).await.err().unwrap().kind, SourceErrorKind::Refused);
    let silent = Typist { account: Some("ferris.example".into()), ..Typist::default() };
    assert!(log_in(&house, &silent).await.is_err());
    assert!(house.requests(CREATE).await.is_empty());
    let wrong = Typist { secret: Some(PASSWORD.into()), ..silent };
    let error = log_in(&house, &wrong).await.err().unwrap();
    assert!(error.what.as_str().contains("app password") && !error.to_string().contains(PASSWORD), "{error}");
}

#[test]
fn a_source_without_an_account_is_the_stream_of_all_posts() {
    let settings = SourceSettings::named("Bluesky", Network::fixed("bluesky"));
    let client = Client::new(HttpSettings::default()).unwrap();
    let tools = Tools { client, credentials: Arc::new(MemoryCredentials::default()) };
    let source = networks::open(&settings, &tools).unwrap();
    assert!(source.listen.capabilities().streams && source.publish.is_none());
    assert_eq!(source.scope.as_deref(), Some("bluesky"));
}
