//! Logging in with an app of one's own.

use std::sync::Mutex;

use async_trait::async_trait;
use secrecy::ExposeSecret;
use wiremock::matchers::{basic_auth, body_string_contains, header};

use super::*;
use crate::sources::{LoginRequest, Person};

/// A person who reads what is told and pastes what the browser would show.
#[derive(Default)]
struct Visitor {
    told: Mutex<String>,
    wrong_state: bool,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Person for Visitor {
    async fn tell(&self, words: &str) {
        self.told.lock().unwrap().push_str(words);
    }

    async fn ask(&self, question: &str) -> Option<String> {
        self.asked.lock().unwrap().push(question.to_owned());
        if question.contains("client_id") {
            return Some("app1".into());
        }
        if !question.contains("Paste") {
            return None;
        }
        let told = self.told.lock().unwrap().clone();
        let state = told.split("state=").nth(1)?.split('&').next()?.to_owned();
        let state = if self.wrong_state { "stranger".to_owned() } else { state };
        Some(format!("http://localhost:8080/?state={state}&code=canary-code#_"))
    }

    async fn ask_secret(&self, _: &str) -> Option<SecretString> {
        Some(SecretString::from("canary-app"))
    }
}

async fn server() -> MockServer {
    let server = MockServer::start().await;
    let granted = answer_of!("token.json").replace("\"token_type\"", "\"refresh_token\":\"canary-new\",\"token_type\"");
    Mock::given(path(TOKEN))
        .and(basic_auth("app1", "canary-app"))
        .and(body_string_contains(
            "grant_type=authorization_code&code=canary-code&redirect_uri=http%3A%2F%2Flocalhost%3A8080",
        ))
        .respond_with(body(&granted))
        .mount(&server)
        .await;
    Mock::given(path("/api/v1/me"))
        .and(header("authorization", "Bearer canary-access-1"))
        .respond_with(body(answer_of!("me.json")))
        .mount(&server)
        .await;
    server
}

async fn login(
    server: &MockServer,
    visitor: &Visitor,
    account: Option<&str>,
) -> Result<crate::sources::LoggedIn, SourceError> {
    let request = LoginRequest {
        url: Some(server.uri().parse().unwrap()),
        account: account.map(str::to_owned),
        ..LoginRequest::default()
    };
    let way = super::super::KIND.login.unwrap();
    way.login(&request, &tools(&Arc::new(MemoryCredentials::default())), visitor, now()).await
}

#[tokio::test]
async fn the_code_becomes_a_lasting_secret() {
    let server = server().await;
    let visitor = Visitor::default();
    let logged_in = login(&server, &visitor, Some("Ferris_Bikes")).await.unwrap();
    assert_eq!((logged_in.account.as_str(), logged_in.client_id.as_deref()), ("ferris_bikes", Some("app1")));
    assert_eq!(logged_in.secret.expose_secret(), "canary-app canary-new");
    let told = visitor.told.lock().unwrap().clone();
    assert!(told.contains("duration=permanent") && told.contains("privatemessages") && told.contains("client_id=app1"));
    assert!(!told.contains("canary"), "{told}");
}

#[tokio::test]
async fn the_address_of_another_login_is_refused() {
    let server = server().await;
    let error = login(&server, &Visitor { wrong_state: true, ..Visitor::default() }, None).await.err().unwrap();
    assert!(error.to_string().contains("not the one of this login"), "{error}");
    let requests = server.received_requests().await.unwrap();
    assert!(requests.is_empty(), "a stranger's code is not even tried");
}

#[tokio::test]
async fn the_wrong_account_in_the_browser_is_told() {
    let server = server().await;
    let error = login(&server, &Visitor::default(), Some("someone_else")).await.err().unwrap();
    assert!(error.to_string().contains("logged in as “ferris_bikes”"), "{error}");
}

#[tokio::test]
async fn a_code_that_is_refused_is_told() {
    let server = MockServer::start().await;
    Mock::given(path(TOKEN)).respond_with(body(r#"{"error":"invalid_grant"}"#)).mount(&server).await;
    let error = login(&server, &Visitor::default(), None).await.err().unwrap();
    assert!(error.advice.contains("redirect uri") && !format!("{error:?}").contains("canary"), "{error:?}");
}
