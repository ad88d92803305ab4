//! Logging in at a forum: a key that a person made there, tried before it is kept.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::domain::Timestamp;
use crate::sources::feed::address;
use crate::sources::{LoggedIn, Login, LoginRequest, MemoryCredentials, Person, SourceError, SourceErrorKind, Tools};

use super::forum::{Forum, USER_KEY};

/// Asks for a key and tries it.
pub(super) struct ForumLogin;

#[async_trait]
impl Login for ForumLogin {
    async fn login(
        &self,
        request: &LoginRequest,
        tools: &Tools,
        person: &dyn Person,
        now: Timestamp,
    ) -> Result<LoggedIn, SourceError> {
        let url: Url = match &request.url {
            Some(url) => url.clone(),
            None => {
                let given = person.ask("Address of the forum:").await;
                address(&given.ok_or_else(|| nothing_given("no address was given"))?)?
            }
        };
        person
            .tell(
                "Two kinds of key serve. An admin's key (admin/api/keys, for one user, with the scopes for reading \
                 and for posts) reads the whole forum and answers as that user. A user's own key reads and answers \
                 as that user.",
            )
            .await;
        let account = match &request.account {
            Some(account) => Some(account.clone()),
            None => person.ask("Account that an admin's key acts as (empty for a user's own key):").await,
        };
        let secret = person.ask_secret("Key:").await.ok_or_else(|| nothing_given("no key was given"))?;
        let secret = match &account {
            Some(_) => secret,
            None => SecretString::from(format!("{USER_KEY}{}", secret.expose_secret().trim())),
        };
        let credentials = Arc::new(MemoryCredentials::of(secret.expose_secret()));
        let tools = Tools { client: tools.client.clone(), credentials };
        let forum = Forum::new(&url, account.as_deref(), &tools);
        let me = forum.me(now).await?.ok_or_else(|| nothing_given("no key was given"))?;
        let account = me.username.clone();
        Ok(LoggedIn { url: Some(url), account, secret, ..LoggedIn::default() })
    }
}

fn nothing_given(what: &str) -> SourceError {
    SourceError::new(SourceErrorKind::Refused, what, "run it again with the address and the key at hand")
}
