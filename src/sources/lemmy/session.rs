//! The token of the account: pasted, or got for the password and kept.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::Timestamp;
use crate::sources::api::{Api, json};
use crate::sources::http::Request;
use crate::sources::{Credentials, SourceError, SourceErrorKind};

use super::errors::of_answer;
use super::server::Version;

/// Whether a secret is a token and no password: three parts, of which the first is JSON.
pub(super) fn is_token(secret: &str) -> bool {
    let parts: Vec<&str> = secret.split('.').collect();
    parts.len() == 3
        && secret.starts_with("eyJ")
        && secret.chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-' | '_' | '='))
}

/// What is kept between two starts.
#[derive(Serialize, Deserialize, Clone, Default)]
#[serde(default)]
struct Kept {
    /// Fingerprint of the password that it was given for.
    of: String,
    token: String,
}

/// The session of one account on one server.
pub(super) struct Session {
    account: String,
    credentials: Arc<dyn Credentials>,
    kept: Mutex<Option<Kept>>,
}

/// The answer to a login.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Granted {
    jwt: Option<SecretString>,
    registration_created: bool,
    verify_email_sent: bool,
}

impl Session {
    /// The session of this account.
    pub(super) fn new(account: String, credentials: Arc<dyn Credentials>) -> Self {
        Self { account, credentials, kept: Mutex::new(None) }
    }

    /// The token; `refused` is the one that the server does not accept any more. `None` when there is no other:
    /// a pasted token cannot be renewed.
    pub(super) async fn token(
        &self,
        api: &Api,
        version: Version,
        refused: Option<&SecretString>,
        now: Timestamp,
    ) -> Result<Option<SecretString>, SourceError> {
        let secret = self.credentials.secret().await?;
        let text = secret.expose_secret().trim();
        if is_token(text) {
            return Ok(refused.is_none().then(|| SecretString::from(text)));
        }
        let of = format!("{:016x}", xxh3_64(format!("{}\n{}\n{text}", api.host(), self.account).as_bytes()));
        let mut held = self.kept.lock().await;
        if held.is_none() {
            let session = self.credentials.session().await;
            *held = session.and_then(|session| serde_json::from_str(session.expose_secret()).ok());
        }
        let known = held.as_ref().filter(|kept| kept.of == of && !kept.token.is_empty());
        if let Some(kept) = known
            && refused.is_none_or(|refused| refused.expose_secret() != kept.token)
        {
            return Ok(Some(SecretString::from(kept.token.as_str())));
        }
        let token = login(api, version, &self.account, &SecretString::from(text), None, now).await?;
        let kept = Kept { of, token: token.expose_secret().to_owned() };
        let session = SecretString::from(serde_json::to_string(&kept).unwrap_or_default());
        *held = Some(kept);
        // One that cannot be kept still serves until the program ends.
        let _ = self.credentials.keep_session(&session).await;
        Ok(Some(token))
    }
}

/// Logs in.
pub(super) async fn login(
    api: &Api,
    version: Version,
    account: &str,
    password: &SecretString,
    second_factor: Option<&str>,
    now: Timestamp,
) -> Result<SecretString, SourceError> {
    let path = match version {
        Version::V3 { .. } => "api/v3/user/login",
        Version::V4 => "api/v4/account/auth/login",
    };
    let mut body = serde_json::json!({"username_or_email": account, "password": password.expose_secret()});
    if let (Some(code), Some(body)) = (second_factor, body.as_object_mut()) {
        body.insert("totp_2fa_token".to_owned(), code.into());
    }
    let request = Request::post_json(api.url(path, &[])?, body.to_string().into_bytes()).accept("application/json");
    let response = api.send(request.urgent(), now).await?;
    if !response.status.is_success() {
        return Err(of_answer(response, now));
    }
    let granted: Granted = json(&response)?;
    granted.jwt.filter(|token| !token.expose_secret().is_empty()).ok_or_else(|| {
        let what = if granted.verify_email_sent {
            "the mail address of the account is not verified yet"
        } else if granted.registration_created {
            "the account waits for the approval of its admins"
        } else {
            "the server gave no token"
        };
        SourceError::new(
            SourceErrorKind::Refused,
            &format!("{}: {what}", api.host()),
            "log in there in a browser first",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_told_from_a_password() {
        assert!(is_token("eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyIn0.c2ln-_"));
        for password in ["hunter2", "a.b.c", "eyJ with.blank.x", "eyJ.only"] {
            assert!(!is_token(password), "{password}");
        }
    }
}
