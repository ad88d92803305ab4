//! Logging in: handle and app password, tried once at the account's server.

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::domain::Timestamp;
use crate::sources::api::Api;
use crate::sources::{LoggedIn, Login, LoginRequest, Person, SourceError, SourceErrorKind, Tools};

use super::account::create_session;
use super::record::usable_handle;

/// Where accounts are that were made in the app.
pub(super) const USUAL: &str = "https://bsky.social";

/// The talk.
pub(super) struct Talk;

/// Whether a secret has the shape of an app password: four times four letters and digits.
fn is_app_password(secret: &str) -> bool {
    let parts: Vec<&str> = secret.trim().split('-').collect();
    parts.len() == 4
        && parts
            .iter()
            .all(|part| part.len() == 4 && part.bytes().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit()))
}

/// The account out of what people type: a handle with or without `@`, a DID, or the address of a profile; a bare
/// name is one at the usual server.
fn account_of(typed: &str, server: &Url) -> String {
    let bare = typed.trim().trim_start_matches('@').trim_end_matches('/');
    let bare = bare.rsplit_once("/profile/").map_or(bare, |(_, name)| name);
    let usual = server.host_str() == Some("bsky.social");
    if usual && !bare.contains(['.', ':', '@']) { format!("{bare}.bsky.social") } else { bare.to_owned() }
}

fn nothing(what: &str) -> SourceError {
    SourceError::new(SourceErrorKind::Refused, what, "run it in a terminal, or set password_command for the source")
}

#[async_trait]
impl Login for Talk {
    async fn login(
        &self,
        request: &LoginRequest,
        tools: &Tools,
        person: &dyn Person,
        now: Timestamp,
    ) -> Result<LoggedIn, SourceError> {
        let server = match &request.url {
            Some(url) => url.clone(),
            None => Url::parse(USUAL).map_err(|_| nothing("the usual server has no address"))?,
        };
        let typed = match &request.account {
            Some(account) => account.clone(),
            None => person
                .ask("Handle of the account (name.bsky.social, or your own domain):")
                .await
                .ok_or_else(|| nothing("no account was named"))?,
        };
        let account = account_of(&typed, &server);
        person
            .tell(
                "goodword needs an app password, not the password of the account. Make one in the app or at \
                 https://bsky.app/settings/app-passwords; it can be revoked there at any time.",
            )
            .await;
        let secret = person.ask_secret("App password:").await.ok_or_else(|| nothing("no app password was given"))?;
        let secret = SecretString::from(secret.expose_secret().trim());
        if !is_app_password(secret.expose_secret()) {
            person
                .tell(
                    "This is not shaped like an app password (xxxx-xxxx-xxxx-xxxx). If it is the password of the \
                     account, whoever reads it on this machine owns the account: make an app password instead.",
                )
                .await;
        }
        let home = Api::new(tools.client.clone(), &server);
        let open = create_session(&home, &account, &secret, true, now).await?;
        let name = usable_handle(&open.handle).map_or_else(|| open.did.clone(), str::to_owned);
        person.tell(&format!("{name} is logged in ({}).", open.did)).await;
        Ok(LoggedIn { url: request.url.clone(), account: name, also: vec![open.did], secret, ..LoggedIn::default() })
    }
}
