//! Logging in: a token that a person made, tried before it is kept.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::ExposeSecret;

use crate::domain::Timestamp;
use crate::sources::{LoggedIn, Login, LoginRequest, MemoryCredentials, Person, SourceError, SourceErrorKind, Tools};

use super::hub::Hub;

/// Asks for a token and tries it.
pub(super) struct TokenLogin;

#[async_trait]
impl Login for TokenLogin {
    async fn login(
        &self,
        request: &LoginRequest,
        tools: &Tools,
        person: &dyn Person,
        now: Timestamp,
    ) -> Result<LoggedIn, SourceError> {
        person
            .tell(
                "Make a token on the server: Settings, Developer settings, Personal access tokens. A classic one with \
                 the scopes public_repo (repo for private repositories) and notifications does everything. One of \
                 fine-grained rights cannot read notifications, and answers only where it was given issues and \
                 discussions to write.",
            )
            .await;
        let secret = person.ask_secret("Token:").await.ok_or_else(|| {
            SourceError::new(SourceErrorKind::Refused, "no token was given", "run it again with the token at hand")
        })?;
        let credentials = Arc::new(MemoryCredentials::of(secret.expose_secret()));
        let tried = Tools { client: tools.client.clone(), credentials };
        let hub = Hub::new(request.url.as_ref(), None, &tried)?;
        let me = hub.me(now).await?;
        let account = me.map(|me| me.login.clone()).unwrap_or_default();
        Ok(LoggedIn { url: request.url.clone(), account, secret, ..LoggedIn::default() })
    }
}
