//! The talk that ends with a token.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use wiremock::matchers::body_string_contains;

use super::super::KIND;
use super::*;
use crate::sources::{LoggedIn, LoginRequest, Person, SourceError, SourceErrorKind as Kind};

/// A person who has these answers ready.
#[derive(Default)]
struct Visitor {
    answers: Mutex<VecDeque<&'static str>>,
    told: Mutex<String>,
}

impl Visitor {
    fn saying(answers: &[&'static str]) -> Self {
        Self { answers: Mutex::new(answers.iter().copied().collect()), ..Self::default() }
    }

    fn told(&self) -> String {
        self.told.lock().unwrap().clone()
    }
}

#[async_trait]
impl Person for Visitor {
    async fn tell(&self, words: &str) {
        let mut told = self.told.lock().unwrap();
        told.push_str(words);
        told.push('\n');
    }
    async fn ask(&self, _question: &str) -> Option<String> {
        self.answers.lock().unwrap().pop_front().map(str::to_owned)
    }
    async fn ask_secret(&self, _question: &str) -> Option<SecretString> {
        self.answers.lock().unwrap().pop_front().map(SecretString::from)
    }
}

async fn log_in(server: &MockServer, visitor: &Visitor, account: Option<&str>) -> Result<LoggedIn, SourceError> {
    let request = LoginRequest {
        url: Some(server.uri().parse().unwrap()),
        account: account.map(str::to_owned),
        ..LoginRequest::default()
    };
    KIND.login.unwrap().login(&request, &tools_with(None), visitor, now()).await
}

async fn registers(server: &MockServer) {
    let app = json!({ "client_id": "the app", "client_secret": "app-secret-1", "name": "goodword" });
    answer(server, "POST", "/api/v1/apps", ResponseTemplate::new(200).set_body_json(app)).await;
}

async fn grants(server: &MockServer, scope: &str) {
    let token = json!({ "access_token": TOKEN, "token_type": "Bearer", "scope": scope });
    Mock::given(method("POST"))
        .and(path("/oauth/token"))
        .and(body_string_contains("code=c0de"))
        .and(body_string_contains("client_secret=app-secret-1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(token))
        .mount(server)
        .await;
    answer(
        server,
        "POST",
        "/oauth/token",
        ResponseTemplate::new(400).set_body_json(json!({ "error": "invalid_grant" })),
    )
    .await;
}

#[tokio::test]
async fn a_code_is_traded_for_a_token_that_works() {
    let server = mastodon().await;
    registers(&server).await;
    grants(&server, "read:statuses read:notifications read:search read:accounts read:lists write:statuses profile")
        .await;
    let visitor = Visitor::saying(&["", " c0de "]);
    let logged_in = log_in(&server, &visitor, Some("brand")).await.unwrap();
    assert_eq!((logged_in.account.as_str(), logged_in.secret.expose_secret()), ("brand@social.example", TOKEN));
    assert_eq!(logged_in.client_id, None);
    let told = visitor.told();
    assert!(told.contains(&format!("{}/oauth/authorize?response_type=code&client_id=the+app", server.uri())), "{told}");
    assert!(told.contains("scope=read%3Astatuses+read%3Anotifications"), "{told}");
    assert!(!told.contains("app-secret-1") && !told.contains(TOKEN) && !told.contains("did not grant"), "{told}");
}

#[tokio::test]
async fn a_pasted_token_is_tried_and_kept() {
    let server = mastodon().await;
    let logged_in = log_in(&server, &Visitor::saying(&[TOKEN]), None).await.unwrap();
    assert_eq!((logged_in.account.as_str(), logged_in.secret.expose_secret()), ("brand@social.example", TOKEN));
    assert_eq!(
        server.received_requests().await.unwrap().iter().filter(|request| request.method.as_str() == "POST").count(),
        0
    );
}

#[tokio::test]
async fn older_servers_are_asked_for_what_they_know() {
    let server = mastodon().await;
    let refuse = |scope: &str| {
        Mock::given(method("POST")).and(path("/api/v1/apps")).and(body_string_contains(scope)).respond_with(
            ResponseTemplate::new(422)
                .set_body_json(json!({ "error": "Validation failed: Scopes doesn't match configured on the server." })),
        )
    };
    refuse("profile").mount(&server).await;
    refuse("read%3Alists").mount(&server).await;
    registers(&server).await;
    grants(&server, "read write").await;
    let visitor = Visitor::saying(&["", "c0de"]);
    log_in(&server, &visitor, None).await.unwrap();
    assert!(visitor.told().contains("scope=read+write\n"), "{}", visitor.told());
}

#[tokio::test]
async fn what_goes_wrong_is_told() {
    let server = mastodon().await;
    registers(&server).await;
    grants(&server, "read:statuses").await;
    let wrong = log_in(&server, &Visitor::saying(&["", "another"]), None).await.err().unwrap();
    assert!(wrong.what.as_str().contains("does not accept the code"), "{wrong}");
    let none = log_in(&server, &Visitor::saying(&[""]), None).await.err().unwrap();
    assert!(none.what.as_str().contains("no code was given"), "{none}");
    let visitor = Visitor::saying(&["", "c0de"]);
    let other = log_in(&server, &visitor, Some("@rival@social.example")).await.err().unwrap();
    assert!(other.what.as_str().contains("belongs to @brand@social.example and not to @rival"), "{other}");
    assert!(visitor.told().contains("did not grant read:notifications, read:search"), "{}", visitor.told());
    let nowhere = MockServer::start().await;
    let error = log_in(&nowhere, &Visitor::saying(&["", "c0de"]), None).await.err().unwrap();
    assert_eq!(error.kind, Kind::NotFound, "{error}");
    for refused in [ResponseTemplate::new(401), ResponseTemplate::new(422)] {
        let server = MockServer::start().await;
        answer(&server, "GET", "/api/v1/accounts/verify_credentials", refused).await;
        let error = log_in(&server, &Visitor::saying(&["pasted-canary"]), None).await.err().unwrap();
        assert_eq!(error.kind, Kind::Refused, "{error}");
        assert!(!format!("{error:?}").contains("pasted-canary"));
    }
}

#[tokio::test]
async fn a_server_may_be_named_by_its_host_alone() {
    let request = LoginRequest::default();
    let login = KIND.login.unwrap();
    let nobody = login.login(&request, &tools_with(None), &Visitor::default(), now()).await.err().unwrap();
    assert_eq!(nobody.kind, Kind::BadAddress, "{nobody}");
    let visitor = Visitor::saying(&["server.invalid", "pasted"]);
    let error = login.login(&request, &tools_with(None), &visitor, now()).await.err().unwrap();
    assert!(error.what.as_str().contains("server.invalid"), "{error}");
}
