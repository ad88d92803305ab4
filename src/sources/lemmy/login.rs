//! Logging in with a password and, where the account has one, a second factor. What is kept is the token that the
//! server gives, not the password.

use async_trait::async_trait;

use crate::domain::Timestamp;
use crate::sources::api::Api;
use crate::sources::{LoggedIn, Login, LoginRequest, Person, SourceError, SourceErrorKind, Tools};

use super::server::detect;
use super::session::login;

/// The login.
pub(super) struct PasswordLogin;

#[async_trait]
impl Login for PasswordLogin {
    async fn login(
        &self,
        request: &LoginRequest,
        tools: &Tools,
        person: &dyn Person,
        now: Timestamp,
    ) -> Result<LoggedIn, SourceError> {
        let url = request.url.clone().ok_or_else(|| given_up("no server was named"))?;
        let api = Api::new(tools.client.clone(), &url);
        let version = detect(&api, now).await?.version;
        let account = match request.account.clone() {
            Some(account) => account,
            None => person.ask(&format!("Your account at {}:", api.host())).await.unwrap_or_default(),
        };
        let account = account.trim().trim_start_matches('@').to_owned();
        // `name@server` is a name here; the address of a mailbox elsewhere is taken as it is.
        let account = account.strip_suffix(&format!("@{}", api.host())).map_or(account.clone(), str::to_owned);
        if account.is_empty() {
            return Err(given_up("no account was named"));
        }
        let password = person.ask_secret("Its password (it is not kept):").await;
        let password = password.ok_or_else(|| given_up("no password was given"))?;
        let token = match login(&api, version, &account, &password, None, now).await {
            Err(error) if error.what.as_str().contains("totp") => {
                let code = person.ask("The code of your second factor:").await;
                let code = code.ok_or_else(|| given_up("no code was given"))?;
                login(&api, version, &account, &password, Some(code.trim()), now).await?
            }
            token => token?,
        };
        Ok(LoggedIn { url: Some(url), account, secret: token, ..LoggedIn::default() })
    }
}

fn given_up(what: &str) -> SourceError {
    SourceError::new(SourceErrorKind::BadAddress, what, "begin again: goodword login lemmy https://SERVER")
}
