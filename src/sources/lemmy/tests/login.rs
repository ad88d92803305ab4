//! Logging in with a password and a second factor.

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use wiremock::matchers::body_partial_json;

use super::*;
use crate::sources::{LoggedIn, LoginRequest, Person};

struct Visitor;

#[async_trait]
impl Person for Visitor {
    async fn tell(&self, _: &str) {}

    async fn ask(&self, question: &str) -> Option<String> {
        Some(if question.contains("second factor") { "123456" } else { "@ferris_bikes" }.to_owned())
    }

    async fn ask_secret(&self, _: &str) -> Option<SecretString> {
        Some(SecretString::from("canary pass"))
    }
}

async fn login(server: &MockServer) -> Result<LoggedIn, SourceError> {
    let request = LoginRequest { url: Some(server.uri().parse().unwrap()), ..LoginRequest::default() };
    let way = super::super::KIND.login.unwrap();
    way.login(&request, &tools(&Arc::new(MemoryCredentials::default())), &Visitor, now()).await
}

#[tokio::test]
async fn the_token_is_kept_and_not_the_password() {
    let server = quiet_v3().await;
    Mock::given(path("/api/v3/user/login"))
        .and(body_partial_json(serde_json::json!({"username_or_email": "ferris_bikes", "totp_2fa_token": "123456"})))
        .respond_with(body(&format!(r#"{{"jwt":"{TOKEN}"}}"#)))
        .with_priority(1)
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/api/v3/user/login"))
        .respond_with(error(400, "missing_totp_token"))
        .expect(1)
        .mount(&server)
        .await;
    let logged_in = login(&server).await.unwrap();
    assert_eq!((logged_in.account.as_str(), logged_in.secret.expose_secret()), ("ferris_bikes", TOKEN));
    assert!(logged_in.url.is_some());
}

#[tokio::test]
async fn v4_has_another_door() {
    let server = quiet_v4().await;
    Mock::given(path("/api/v4/account/auth/login"))
        .respond_with(body(&format!(r#"{{"jwt":"{TOKEN}"}}"#)))
        .expect(1)
        .mount(&server)
        .await;
    assert_eq!(login(&server).await.unwrap().secret.expose_secret(), TOKEN);
}

#[tokio::test]
async fn a_wrong_password_is_told() {
    let server = quiet_v3().await;
    Mock::given(path("/api/v3/user/login")).respond_with(error(401, "incorrect_login")).mount(&server).await;
    let failed = login(&server).await.err().unwrap();
    assert!(failed.to_string().contains("wrong") && !format!("{failed:?}").contains("canary"), "{failed:?}");
}
