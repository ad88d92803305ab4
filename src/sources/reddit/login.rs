//! Logging in with an app of one's own: the code flow (wiki OAuth2), by hand. The person allows the app in a
//! browser, which then goes to the app's redirect address; nothing needs to listen there, the address is copied
//! out of the browser's address bar.

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::domain::Timestamp;
use crate::sources::api::{authorised, json};
use crate::sources::http::Request;
use crate::sources::{LoggedIn, Login, LoginRequest, Person, SourceError, SourceErrorKind, Tools};

use super::errors::of_answer;
use super::incomplete;
use super::session::{Grant, Granted, wish};
use super::shapes::Me;
use super::site::Door;

/// All that is needed to listen, look up, read messages and answer.
const SCOPES: &str = "identity read history privatemessages submit";
/// What most people enter for an app of their own.
const REDIRECT: &str = "http://localhost:8080";

/// The login.
pub(super) struct CodeLogin;

#[async_trait]
impl Login for CodeLogin {
    async fn login(
        &self,
        request: &LoginRequest,
        tools: &Tools,
        person: &dyn Person,
        now: Timestamp,
    ) -> Result<LoggedIn, SourceError> {
        let client_id = match request.client_id.clone() {
            Some(client_id) => client_id,
            None => answer(person.ask("The client_id of your app (reddit.com/prefs/apps):").await)?,
        };
        let app = person.ask_secret("Its secret (nothing for an installed app):").await;
        let app = app.unwrap_or_else(|| SecretString::from(""));
        let redirect = person.ask(&format!("Its redirect uri, exactly as entered there [{REDIRECT}]:")).await;
        let redirect = redirect.map(|uri| uri.trim().to_owned()).filter(|uri| !uri.is_empty());
        let redirect = redirect.unwrap_or_else(|| REDIRECT.to_owned());
        let door = Door::new(
            request.url.as_ref(),
            &tools.client,
            &client_id,
            request.account.as_deref().unwrap_or("unknown"),
        )?;
        let state: String = std::iter::repeat_with(fastrand::alphanumeric).take(24).collect();
        let allow = door.front.url(
            "api/v1/authorize",
            &[
                ("client_id", &client_id),
                ("response_type", "code"),
                ("state", &state),
                ("redirect_uri", &redirect),
                ("duration", "permanent"),
                ("scope", SCOPES),
            ],
        )?;
        person
            .tell(&format!(
                "Open this address in a browser, logged in as the account that shall answer, and allow the app:\n\
                 {allow}\n\
                 The browser then goes to {redirect}, which may show an error: that is fine."
            ))
            .await;
        let pasted = answer(person.ask("Paste the address that the browser shows now, or the code in it:").await)?;
        let code = code(&pasted, &state)?;
        let granted = exchange(&door, &client_id, &app, &code, &redirect, now).await?;
        let (Some(token), Some(refresh)) = (granted.access_token, granted.refresh_token) else {
            return Err(SourceError::new(
                SourceErrorKind::Refused,
                "Reddit did not accept the code",
                "codes serve once and for minutes only, and the redirect uri must be the app's to the letter: \
                 log in again",
            ));
        };
        let me = who(&door, &token, now).await?;
        if request.account.as_deref().is_some_and(|wanted| !wanted.eq_ignore_ascii_case(&me.name)) {
            return Err(SourceError::new(
                SourceErrorKind::Refused,
                &format!("the browser is logged in as “{}”, not as the account that was named", me.name),
                "log out there, log in as the right account, and begin again",
            ));
        }
        Ok(LoggedIn {
            url: request.url.clone(),
            account: me.name,
            client_id: Some(client_id),
            secret: Grant::line(&app, &refresh),
            ..LoggedIn::default()
        })
    }
}

fn answer(given: Option<String>) -> Result<String, SourceError> {
    let given = given.map(|given| given.trim().to_owned()).filter(|given| !given.is_empty());
    given.ok_or_else(|| incomplete("the login was given up", "begin again with `goodword login reddit`"))
}

/// The code out of the address or the bare code. An address must carry the state that we made: else it belongs to
/// another login, perhaps a stranger's.
fn code(pasted: &str, state: &str) -> Result<SecretString, SourceError> {
    let refuse = |what: &str, advice: &str| Err(SourceError::new(SourceErrorKind::Refused, what, advice));
    let bare = |code: &str| SecretString::from(code.trim().trim_end_matches("#_"));
    if !pasted.contains("code=") && !pasted.contains("error=") {
        return Ok(bare(pasted));
    }
    let query = match Url::parse(pasted) {
        Ok(url) => url.query().unwrap_or_default().to_owned(),
        Err(_) => pasted.rsplit('?').next().unwrap_or_default().to_owned(),
    };
    let of = |name: &str| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    match (of("error"), of("code")) {
        (Some(error), _) if error == "access_denied" => {
            refuse("the app was not allowed in the browser", "begin again and press “allow”")
        }
        (Some(error), _) => {
            refuse(&format!("Reddit refuses the login ({error})"), "check the app at reddit.com/prefs/apps")
        }
        (None, Some(code)) if of("state").as_deref() == Some(state) => Ok(bare(&code)),
        (None, _) => refuse("that address is not the one of this login", "begin again and paste the newest address"),
    }
}

async fn exchange(
    door: &Door,
    client_id: &str,
    app: &SecretString,
    code: &SecretString,
    redirect: &str,
    now: Timestamp,
) -> Result<Granted, SourceError> {
    let fields = [("grant_type", "authorization_code"), ("code", code.expose_secret()), ("redirect_uri", redirect)];
    let response = door.front.send(wish(door, client_id, app, &fields)?.urgent(), now).await?;
    match response.status.as_u16() {
        200..=299 => json(&response),
        400 => Ok(Granted::default()),
        401 => Err(SourceError::new(
            SourceErrorKind::Refused,
            "Reddit does not accept the client_id or its secret",
            "compare both with reddit.com/prefs/apps",
        )),
        _ => Err(of_answer(response)),
    }
}

async fn who(door: &Door, token: &SecretString, now: Timestamp) -> Result<Me, SourceError> {
    let url = door.api.url("api/v1/me", &[("raw_json", "1")])?;
    let response = door.api.send(authorised(door.signed(Request::get(url)), Some(token)).urgent(), now).await?;
    if response.status.is_success() { json(&response) } else { Err(of_answer(response)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_taken_from_what_people_paste_and_the_state_is_checked() {
        let of = |pasted: &str| code(pasted, "S1").map(|code| code.expose_secret().to_owned());
        assert_eq!(of("http://localhost:8080/?state=S1&code=abc-D_e#_").unwrap(), "abc-D_e");
        assert_eq!(of("localhost:8080/?state=S1&code=abc").unwrap(), "abc");
        assert_eq!(of("abc-D_e#_").unwrap(), "abc-D_e");
        assert!(of("http://localhost:8080/?state=S2&code=abc").is_err());
        assert!(of("http://localhost:8080/?code=abc").is_err());
        let denied = of("http://localhost:8080/?state=S1&error=access_denied").unwrap_err();
        assert!(denied.what.as_str().contains("not allowed"), "{denied}");
    }
}
