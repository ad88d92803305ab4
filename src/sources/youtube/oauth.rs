//! Access tokens: fetched with the refresh token, kept until they run out, across restarts.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::api::{Api, failure, json};
use crate::sources::http::Request;
use crate::sources::{SourceError, SourceErrorKind};

use super::secret::OAuth;

/// So long before it runs out a token is not used any more.
const MARGIN: SignedDuration = SignedDuration::from_mins(2);

/// What is kept between two starts.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Session {
    /// Fingerprint of the refresh token that the rest belongs to.
    of: String,
    access_token: String,
    until: Option<Timestamp>,
}

/// A token with the moment until which it serves.
pub(super) struct Token {
    pub(super) access: SecretString,
    pub(super) until: Timestamp,
}

/// What the server of tokens answers.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Granted {
    access_token: String,
    expires_in: Option<i64>,
    refresh_token: Option<String>,
}

fn fingerprint(oauth: &OAuth) -> String {
    format!("{:016x}", xxh3_64(oauth.refresh_token.expose_secret().as_bytes()))
}

/// The token of a kept session, if it is still good and of the same login.
pub(super) fn recall(session: &SecretString, oauth: &OAuth, now: Timestamp) -> Option<Token> {
    let session: Session = serde_json::from_str(session.expose_secret()).ok()?;
    let until = session.until.filter(|until| *until > now)?;
    (session.of == fingerprint(oauth) && !session.access_token.is_empty())
        .then(|| Token { access: SecretString::from(session.access_token), until })
}

/// The session to keep for a token.
pub(super) fn session(token: &Token, oauth: &OAuth) -> SecretString {
    let session = Session {
        of: fingerprint(oauth),
        access_token: token.access.expose_secret().to_owned(),
        until: Some(token.until),
    };
    SecretString::from(serde_json::to_string(&session).unwrap_or_default())
}

/// Fetches an access token.
///
/// # Errors
/// When the login was taken back, or the server cannot be asked.
pub(super) async fn refresh(api: &Api, oauth: &OAuth, now: Timestamp) -> Result<Token, SourceError> {
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", oauth.client_id.as_str()),
        ("client_secret", oauth.client_secret.expose_secret()),
        ("refresh_token", oauth.refresh_token.expose_secret()),
    ];
    let granted = ask(api, &fields, now).await?;
    Ok(token(granted, now).0)
}

/// Turns the code of a login into a refresh token, and an access token to begin with.
///
/// # Errors
/// When the code is refused, or the server cannot be asked.
pub(super) async fn exchange(
    api: &Api,
    client_id: &str,
    client_secret: &SecretString,
    code: &str,
    redirect: &str,
    now: Timestamp,
) -> Result<(OAuth, Token), SourceError> {
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", client_id),
        ("client_secret", client_secret.expose_secret().trim()),
        ("code", code),
        ("redirect_uri", redirect),
    ];
    let (token, refresh_token) = token(ask(api, &fields, now).await?, now);
    let Some(refresh_token) = refresh_token.filter(|token| !token.is_empty()) else {
        return Err(SourceError::new(
            SourceErrorKind::Refused,
            "Google gave no lasting login",
            "take the app's rights away at myaccount.google.com/permissions, and log in again",
        ));
    };
    let oauth = OAuth {
        client_id: client_id.to_owned(),
        client_secret: SecretString::from(client_secret.expose_secret().trim()),
        refresh_token: SecretString::from(refresh_token),
    };
    Ok((oauth, token))
}

fn token(granted: Granted, now: Timestamp) -> (Token, Option<String>) {
    let lasts = SignedDuration::from_secs(granted.expires_in.unwrap_or(3_600).clamp(0, 86_400)) - MARGIN;
    let until = now.saturating_add(lasts).unwrap_or(now);
    (Token { access: SecretString::from(granted.access_token), until }, granted.refresh_token)
}

async fn ask(api: &Api, fields: &[(&str, &str)], now: Timestamp) -> Result<Granted, SourceError> {
    let request = Request::post_form(api.url("token", &[])?, fields).accept("application/json").urgent();
    let response = api.send(request, now).await?;
    if !response.status.is_success() {
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let kind = body.get("error").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut error =
            failure(response, |body| body.get("error_description").or(body.get("error"))?.as_str().map(str::to_owned));
        match kind.as_str() {
            "invalid_grant" => {
                error.advice =
                    "the login was taken back or has run out (after 7 days while the app is in “testing” at \
                                console.cloud.google.com): run `goodword login youtube` again"
                        .to_owned();
            }
            "invalid_client" | "unauthorized_client" => {
                error.advice =
                    "the client id or its secret is wrong: see console.cloud.google.com, Credentials".to_owned();
            }
            _ => {}
        }
        return Err(error);
    }
    let granted: Granted = json(&response)?;
    if granted.access_token.is_empty() {
        return Err(SourceError::new(
            SourceErrorKind::NotUnderstood,
            "Google gave no access",
            "it will be asked again",
        ));
    }
    Ok(granted)
}
