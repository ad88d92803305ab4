//! Tokens: what the person gave, and what Reddit gives for it (wiki OAuth2).

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::Timestamp;
use crate::domain::time::SignedDuration;
use crate::sources::api::json;
use crate::sources::http::Request;
use crate::sources::{Credentials, Retry, SourceError, SourceErrorKind};

use super::errors::of_answer;
use super::site::{Door, Haste};

/// A token is replaced this long before it runs out.
const EARLY: SignedDuration = SignedDuration::from_secs(120);
/// What stands for the missing secret of an installed app.
const NO_APP_SECRET: &str = "-";

/// The configured secret: one line, the secret of the app and what stands for the account.
pub(super) struct Grant {
    app: SecretString,
    account: Account,
}

enum Account {
    Refresh(SecretString),
    Password(SecretString),
}

impl Grant {
    /// Reads `CLIENT_SECRET REFRESH_TOKEN` or `CLIENT_SECRET password:PASSWORD`; `-` is the client secret of an
    /// installed app.
    pub(super) fn read(line: &SecretString) -> Result<Self, SourceError> {
        let (app, account) = line.expose_secret().trim().split_once(char::is_whitespace).ok_or_else(|| {
            SourceError::new(
                SourceErrorKind::Refused,
                "the secret of this Reddit account is incomplete",
                "it is one line: the client secret of the app (- if it has none), a blank, and the refresh token or \
                 password:PASSWORD; `goodword login reddit` makes it",
            )
        })?;
        let app = if app == NO_APP_SECRET { "" } else { app };
        let account = account.trim();
        let account = match account.strip_prefix("password:") {
            Some(password) => Account::Password(SecretString::from(password)),
            None => Account::Refresh(SecretString::from(account)),
        };
        Ok(Self { app: SecretString::from(app), account })
    }

    /// The line that is read again.
    pub(super) fn line(app: &SecretString, refresh: &SecretString) -> SecretString {
        let app = Some(app.expose_secret().trim()).filter(|app| !app.is_empty()).unwrap_or(NO_APP_SECRET);
        SecretString::from(format!("{app} {}", refresh.expose_secret()))
    }
}

/// What is kept between two starts. Opaque to everyone else, and secret.
#[derive(Serialize, Deserialize, Default, Clone)]
#[serde(default)]
struct Kept {
    /// Fingerprint of the configured secret that it was given for.
    of: String,
    token: String,
    /// Seconds since 1970.
    runs_out: i64,
    /// A newer refresh token than the configured one, should Reddit give one.
    refresh: Option<String>,
}

/// The session of one account.
pub(super) struct Session {
    client_id: String,
    account: String,
    credentials: Arc<dyn Credentials>,
    kept: Mutex<Option<Kept>>,
}

/// Reddit's answer to a wish for a token. Errors come with 200 as well as with 400.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Granted {
    pub(super) access_token: Option<SecretString>,
    pub(super) refresh_token: Option<SecretString>,
    expires_in: f64,
    error: serde_json::Value,
}

impl Session {
    /// The session of this account through this app.
    pub(super) fn new(client_id: String, account: String, credentials: Arc<dyn Credentials>) -> Self {
        Self { client_id, account, credentials, kept: Mutex::new(None) }
    }

    /// A token that is good for a while; `fresh` when the last one was refused.
    pub(super) async fn token(
        &self,
        door: &Door,
        haste: Haste,
        fresh: bool,
        now: Timestamp,
    ) -> Result<SecretString, SourceError> {
        let line = self.credentials.secret().await?;
        let of = self.fingerprint(&line);
        let mut held = self.kept.lock().await;
        if held.is_none() {
            let session = self.credentials.session().await;
            *held = session.and_then(|session| serde_json::from_str(session.expose_secret()).ok());
        }
        let known = held.clone().filter(|kept| kept.of == of).unwrap_or_default();
        let usable = !known.token.is_empty() && known.runs_out > now.as_second() + EARLY.as_secs();
        if usable && !fresh {
            return Ok(SecretString::from(known.token));
        }
        let granted = self.ask(&Grant::read(&line)?, known.refresh.as_deref(), door, haste, now).await?;
        let Some(token) = granted.access_token else { return Err(self.refused(&granted.error)) };
        let kept = Kept {
            of,
            token: token.expose_secret().to_owned(),
            runs_out: now.as_second().saturating_add(granted.expires_in.clamp(0.0, 1e8) as i64),
            refresh: granted.refresh_token.map(|token| token.expose_secret().to_owned()).or(known.refresh),
        };
        let text = SecretString::from(serde_json::to_string(&kept).unwrap_or_default());
        *held = Some(kept);
        // One that cannot be kept still serves until the program ends.
        let _ = self.credentials.keep_session(&text).await;
        Ok(token)
    }

    async fn ask(
        &self,
        grant: &Grant,
        newer: Option<&str>,
        door: &Door,
        haste: Haste,
        now: Timestamp,
    ) -> Result<Granted, SourceError> {
        let fields = match &grant.account {
            Account::Refresh(token) => {
                let token = newer.unwrap_or(token.expose_secret());
                vec![("grant_type", "refresh_token"), ("refresh_token", token)]
            }
            Account::Password(password) => vec![
                ("grant_type", "password"),
                ("username", self.account.as_str()),
                ("password", password.expose_secret()),
            ],
        };
        let request = wish(door, &self.client_id, &grant.app, &fields)?.of_account(&format!("reddit:{}", self.account));
        let request = if haste == Haste::Urgent { request.urgent() } else { request };
        let response = door.front.send(request, now).await?;
        match response.status.as_u16() {
            200..=299 => json(&response),
            400 => Ok(json(&response).unwrap_or_default()),
            401 => Err(SourceError::new(
                SourceErrorKind::Refused,
                "Reddit does not accept the client_id or the client secret of the app",
                "compare both with reddit.com/prefs/apps; an installed app has no secret: write - for it",
            )),
            _ => Err(of_answer(response)),
        }
    }

    fn fingerprint(&self, line: &SecretString) -> String {
        let all = format!("{}\n{}\n{}", self.client_id, self.account, line.expose_secret());
        format!("{:016x}", xxh3_64(all.as_bytes()))
    }

    fn refused(&self, error: &serde_json::Value) -> SourceError {
        let code = error.as_str().unwrap_or("no token");
        let advice = match code {
            "unsupported_grant_type" | "unauthorized_client" => {
                "this kind of app may not log in so: a password works with a script app only; \
                 use `goodword login reddit`"
            }
            _ => {
                "the password is wrong, two-factor is on (it rules passwords out), or access was revoked: \
                 run `goodword login reddit` again"
            }
        };
        SourceError::new(
            SourceErrorKind::Refused,
            &format!("Reddit gives “{}” no token ({code})", self.account),
            advice,
        )
        .retrying(Retry::Never)
    }
}

/// A wish for a token.
pub(super) fn wish(
    door: &Door,
    client_id: &str,
    app: &SecretString,
    fields: &[(&str, &str)],
) -> Result<Request, SourceError> {
    let url = door.front.url("api/v1/access_token", &[])?;
    Ok(door.signed(Request::post_form(url, fields).basic(client_id, app.expose_secret())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_one_line_in_two_shapes() {
        let read = |line: &str| Grant::read(&SecretString::from(line));
        let refresh = read(" app-secret  123-abc\n").unwrap();
        assert_eq!(refresh.app.expose_secret(), "app-secret");
        assert!(matches!(refresh.account, Account::Refresh(token) if token.expose_secret() == "123-abc"));
        let password = read("- password:a b:c").unwrap();
        assert_eq!(password.app.expose_secret(), "");
        assert!(matches!(password.account, Account::Password(word) if word.expose_secret() == "a b:c"));
        let error = read("canary-alone").err().unwrap();
        assert!(!error.to_string().contains("canary"), "{error}");
        let line = Grant::line(&SecretString::from(""), &SecretString::from("r-1"));
        assert_eq!(line.expose_secret(), "- r-1");
    }
}
