//! Logging in: a key for reading, or the right to act as a channel, by way of the browser.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use crate::domain::Timestamp;
use crate::sources::api::Api;
use crate::sources::{LoggedIn, Login, LoginRequest, MemoryCredentials, Person, SourceError, SourceErrorKind, Tools};

use super::oauth::exchange;
use super::places::Target;
use super::shapes::{Channel, Page};
use super::tube::{As, Tube};

/// Nothing listens there: the browser shows an error, and the code in the address.
const REDIRECT: &str = "http://127.0.0.1:1/";
/// The right to read and write comments.
const SCOPE: &str = "https://www.googleapis.com/auth/youtube.force-ssl";

/// Logs in as a channel.
pub(super) struct TubeLogin;

#[async_trait]
impl Login for TubeLogin {
    async fn login(
        &self,
        request: &LoginRequest,
        tools: &Tools,
        person: &dyn Person,
        now: Timestamp,
    ) -> Result<LoggedIn, SourceError> {
        person
            .tell(
                "At console.cloud.google.com make a project, switch on “YouTube Data API v3”, and make credentials: an \
                 API key to read with, or an OAuth client of the kind “desktop app” to reply with. Put its consent \
                 screen “in production”, or the login ends after 7 days.",
            )
            .await;
        if let Some(key) = person.ask_secret("API key (empty to log in as a channel):").await {
            let secret = SecretString::from(format!("key:{}", key.expose_secret().trim()));
            let places = listened_to(request, person).await?;
            attempt(request, &secret, &places, tools, now).await?;
            let account = request.account.clone().unwrap_or_default();
            return Ok(LoggedIn { url: request.url.clone(), account, places, secret, ..LoggedIn::default() });
        }
        let client_id = match &request.client_id {
            Some(id) => id.clone(),
            None => person.ask("Client id:").await.ok_or_else(|| missing("no client id was given"))?,
        };
        let client_secret = person.ask_secret("Client secret:").await.ok_or_else(|| missing("no secret was given"))?;
        let state: String = std::iter::repeat_with(fastrand::alphanumeric).take(24).collect();
        person.tell(&format!("Open this address and allow it:\n{}", consent(&client_id, &state)?)).await;
        let question = "The browser then ends at an address that it cannot open. Paste that address:";
        let pasted = person.ask(question).await.ok_or_else(|| missing("no address was given"))?;
        let code = code_in(&pasted, &state)?;
        let (tokens, interface) = addresses(request.url.as_ref())?;
        let tokens = Api::new(tools.client.clone(), &tokens);
        let (oauth, token) = exchange(&tokens, client_id.trim(), &client_secret, &code, REDIRECT, now).await?;
        let api = Api::new(tools.client.clone(), &interface);
        let query = [("part", "snippet"), ("mine", "true")];
        let mine: Page<Channel> = api.get("channels", &query, Some(&token.access), now).await?;
        let Some(channel) = mine.items.list.into_iter().next() else {
            return Err(missing("the account has no channel: make one at youtube.com, and log in with it"));
        };
        let places = if request.places.is_empty() { vec![channel.id.clone()] } else { request.places.clone() };
        Ok(LoggedIn {
            url: request.url.clone(),
            account: channel.id,
            also: channel.snippet.custom_url.into_iter().collect(),
            places,
            client_id: Some(client_id.trim().to_owned()),
            secret: oauth.line(),
        })
    }
}

/// What to listen to: as it is configured, else as the person says. With a key alone it cannot be told otherwise.
async fn listened_to(request: &LoginRequest, person: &dyn Person) -> Result<Vec<String>, SourceError> {
    if !request.places.is_empty() {
        return Ok(request.places.clone());
    }
    let question = "Channels or videos to listen to (@handle, UC… or address; several apart by spaces):";
    let given = person.ask(question).await.unwrap_or_default();
    let places: Vec<String> = given
        .split_whitespace()
        .map(|place| place.trim_matches(',').to_owned())
        .filter(|place| !place.is_empty())
        .collect();
    match places.iter().find(|place| Target::read(place).is_none()) {
        Some(place) => Err(missing(&format!("“{place}” is no channel and no video"))),
        None if places.is_empty() => Err(missing("no channel and no video was named")),
        None => Ok(places),
    }
}

/// Tries the key, and with it whether the channels are there. It costs a unit for each.
async fn attempt(
    request: &LoginRequest,
    key: &SecretString,
    places: &[String],
    tools: &Tools,
    now: Timestamp,
) -> Result<(), SourceError> {
    let credentials = Arc::new(MemoryCredentials::of(key.expose_secret()));
    let tube = Tube::new(request.url.as_ref(), None, &Tools { client: tools.client.clone(), credentials })?;
    for target in places.iter().filter_map(|place| Target::read(place)) {
        let by = match &target {
            Target::Channel(id) => ("id", id.as_str()),
            Target::Handle(handle) => ("forHandle", handle.as_str()),
            Target::Video(id) => {
                let query = [("part", "id"), ("id", id.as_str())];
                let page: Page<Value> = tube.list("videos", &query, As::Reader, true, now).await?;
                if page.items.list.is_empty() {
                    return Err(missing(&format!("there is no video {id}")));
                }
                continue;
            }
        };
        if tube.channel(&[by], As::Reader, true, now).await?.is_none() {
            return Err(missing(&format!("there is no channel {}", target.name())));
        }
    }
    Ok(())
}

/// Where tokens come from, and where the interface is.
fn addresses(url: Option<&Url>) -> Result<(Url, Url), SourceError> {
    if let Some(url) = url {
        return Ok((url.clone(), url.clone()));
    }
    let parse = |text: &str| Url::parse(text).map_err(|_| missing("no address of Google is known"));
    Ok((parse("https://oauth2.googleapis.com/")?, parse("https://www.googleapis.com/youtube/v3/")?))
}

/// Where a person allows it.
fn consent(client_id: &str, state: &str) -> Result<Url, SourceError> {
    let query = [
        ("client_id", client_id.trim()),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", SCOPE),
        ("access_type", "offline"),
        ("prompt", "consent"),
        ("state", state),
    ];
    Url::parse_with_params("https://accounts.google.com/o/oauth2/v2/auth", query)
        .map_err(|_| missing("the client id cannot stand in an address"))
}

/// The code in the address that the browser ended at.
fn code_in(pasted: &str, state: &str) -> Result<String, SourceError> {
    let url = Url::parse(pasted.trim()).map_err(|_| missing("that is no address"))?;
    let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    if let Some(error) = value("error") {
        return Err(missing(&format!("Google says “{error}”")));
    }
    if value("state").as_deref() != Some(state) {
        return Err(missing("the address is not the one that this login began with"));
    }
    value("code").filter(|code| !code.is_empty()).ok_or_else(|| missing("there is no code in that address"))
}

fn missing(what: &str) -> SourceError {
    SourceError::new(SourceErrorKind::Refused, what, "run `goodword login youtube` again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_address_of_this_login_is_taken() {
        assert_eq!(code_in(" http://127.0.0.1:1/?state=abc&code=4%2F0x&scope=y\n", "abc").unwrap(), "4/0x");
        for bad in ["http://127.0.0.1:1/?state=other&code=1", "http://127.0.0.1:1/?state=abc", "nothing"] {
            assert!(code_in(bad, "abc").is_err(), "{bad}");
        }
        let refused = code_in("http://127.0.0.1:1/?error=access_denied&state=abc", "abc").unwrap_err();
        assert!(refused.what.as_str().contains("access_denied"));
        let consent = consent("id.apps", "abc").unwrap();
        assert!(consent.as_str().contains("access_type=offline") && consent.as_str().contains("state=abc"));
    }
}
