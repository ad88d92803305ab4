//! Logging in: the program is registered at the server, the person opens an address, allows it and brings back a code
//! (docs.joinmastodon.org/client/authorized); or they paste a token that they made in the server's settings.
//!
//! The registration's own secret serves for the exchange of the code only and is kept nowhere.

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use crate::domain::Timestamp;
use crate::sources::api::{Api, authorised, json};
use crate::sources::http::Request;
use crate::sources::{LoggedIn, Login, LoginRequest, Person, SourceError, SourceErrorKind as Kind, Tools};

use super::entities::Account;
use super::facts::Facts;
use super::server::full_handle;
use super::trouble::{self, Asked};

/// Where the code is shown to the person instead of being sent somewhere (RFC 6749 leaves room for it).
const SHOW: &str = "urn:ietf:wg:oauth:2.0:oob";
/// What the program asks for, from exact to what the oldest servers know.
const SCOPES: [&str; 3] = [
    "read:statuses read:notifications read:search read:accounts read:lists write:statuses profile",
    "read:statuses read:notifications read:search read:accounts read:lists write:statuses",
    COARSE,
];
const COARSE: &str = "read write";

/// Logs in at a server of this family.
pub(super) struct MastodonLogin;

/// A registration of the program.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct App {
    client_id: String,
    client_secret: SecretString,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Granted {
    access_token: SecretString,
    scope: String,
}

#[async_trait]
impl Login for MastodonLogin {
    async fn login(
        &self,
        request: &LoginRequest,
        tools: &Tools,
        person: &dyn Person,
        now: Timestamp,
    ) -> Result<LoggedIn, SourceError> {
        let url = match &request.url {
            Some(url) => url.clone(),
            None => asked_for(person).await?,
        };
        let api = Api::new(tools.client.clone(), &url);
        let host = api.host().to_owned();
        person
            .tell(&format!("If you have made an access token in the settings of {host} (Development), paste it now."))
            .await;
        let pasted = person.ask_secret("Access token, or Enter to log in with a browser: ").await;
        let (token, account) = match pasted.filter(|token| !token.expose_secret().trim().is_empty()) {
            Some(token) => {
                let token = SecretString::from(token.expose_secret().trim());
                let account = verify(&api, &token, now).await?;
                (token, account)
            }
            None => by_browser(&api, person, now).await?,
        };
        let domain = domain(&api, &token, now).await;
        let handle = full_handle(&account.acct, domain.as_deref().unwrap_or(&host));
        if let Some(wanted) = &request.account {
            let name =
                |handle: &str| handle.trim_start_matches('@').split('@').next().unwrap_or_default().to_lowercase();
            if name(wanted) != name(&handle) {
                return Err(trouble::other_account(&host, wanted.trim_start_matches('@'), &handle));
            }
        }
        person.tell(&format!("Logged in as @{handle}.")).await;
        Ok(LoggedIn { url: Some(url), account: handle, secret: token, ..LoggedIn::default() })
    }
}

async fn asked_for(person: &dyn Person) -> Result<Url, SourceError> {
    let written = person.ask("Server (such as mastodon.social): ").await.unwrap_or_default();
    let written = written.trim();
    let whole = if written.contains("://") { written.to_owned() } else { format!("https://{written}") };
    Url::parse(&whole)
        .ok()
        .filter(|url| !written.is_empty() && matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| SourceError::new(Kind::BadAddress, "no server was named", "run `goodword login mastodon HOST`"))
}

/// Sends the person to their browser, if need be a second time with coarser rights: some servers register exact ones
/// and then do not know them.
async fn by_browser(api: &Api, person: &dyn Person, now: Timestamp) -> Result<(SecretString, Account), SourceError> {
    let (app, scopes) = register(api, &SCOPES, now).await?;
    let token = granted(api, &app, scopes, person, now).await?;
    match verify(api, &token, now).await {
        Ok(account) => Ok((token, account)),
        Err(error) if error.advice.contains("lacks the scope") && scopes != COARSE => {
            person.tell(&format!("{} knows only coarse rights; please allow once more.", api.host())).await;
            let (app, scopes) = register(api, &[COARSE], now).await?;
            let token = granted(api, &app, scopes, person, now).await?;
            let account = verify(api, &token, now).await?;
            Ok((token, account))
        }
        Err(error) => Err(error),
    }
}

/// Shows the person where to allow the program, and trades the code for a token.
async fn granted(
    api: &Api,
    app: &App,
    scopes: &str,
    person: &dyn Person,
    now: Timestamp,
) -> Result<SecretString, SourceError> {
    let query =
        [("response_type", "code"), ("client_id", app.client_id.as_str()), ("redirect_uri", SHOW), ("scope", scopes)];
    let address = api.url("oauth/authorize", &query)?;
    let words = "Open this address in a browser, allow goodword, and copy the code that is shown:";
    person.tell(&format!("{words}\n\n  {address}\n")).await;
    let code = person.ask_secret("Code: ").await.filter(|code| !code.expose_secret().trim().is_empty());
    let code = code.ok_or_else(|| {
        let advice = "run the login again and paste the code that the page shows";
        SourceError::new(Kind::Refused, "no code was given", advice)
    })?;
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.client_secret.expose_secret()),
        ("redirect_uri", SHOW),
        ("code", code.expose_secret().trim()),
        ("scope", scopes),
    ];
    let request = Request::post_form(api.url("oauth/token", &[])?, &fields).accept("application/json").urgent();
    let response = api.send(request, now).await?;
    if matches!(response.status.as_u16(), 400 | 401 | 403 | 422) {
        return Err(SourceError::new(
            Kind::Refused,
            &format!("{} does not accept the code", api.host()),
            "a code serves once and for a few minutes: run the login again and paste the new one whole",
        ));
    }
    let granted: Granted = json(&judged(response)?)?;
    if granted.access_token.expose_secret().trim().is_empty() {
        return Err(trouble::senseless(api.host(), "an access token"));
    }
    let missing = missing_scopes(&granted.scope);
    if !missing.is_empty() {
        person.tell(&format!("The server did not grant {}: some things will not work.", missing.join(", "))).await;
    }
    Ok(granted.access_token)
}

/// Registers the program, with as few rights as the server can express.
async fn register(api: &Api, wishes: &[&'static str], now: Timestamp) -> Result<(App, &'static str), SourceError> {
    let mut last = None;
    for scopes in wishes.iter().copied() {
        let fields = [
            ("client_name", "goodword"),
            ("redirect_uris", SHOW),
            ("scopes", scopes),
            ("website", env!("CARGO_PKG_REPOSITORY")),
        ];
        let fields: Vec<(&str, &str)> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let request = Request::post_form(api.url("api/v1/apps", &[])?, &fields).accept("application/json").urgent();
        let response = api.send(request, now).await?;
        // A scope that the server does not know.
        if matches!(response.status.as_u16(), 400 | 422) {
            last = Some(response);
            continue;
        }
        let app: App = json(&judged(response)?)?;
        if app.client_id.is_empty() {
            return Err(trouble::senseless(api.host(), "a registration"));
        }
        return Ok((app, scopes));
    }
    match last {
        Some(response) => judged(response).map(|_| (App::default(), "")),
        None => Err(trouble::senseless(api.host(), "a registration")),
    }
}

/// Tries the token.
async fn verify(api: &Api, token: &SecretString, now: Timestamp) -> Result<Account, SourceError> {
    let request = Request::get(api.url("api/v1/accounts/verify_credentials", &[])?).accept("application/json").urgent();
    let response = api.send(authorised(request, Some(token)), now).await?;
    // snac answers a bad token with 422 and nothing else.
    if response.status.as_u16() == 401 || (response.status.as_u16() == 422 && response.body.is_empty()) {
        return Err(trouble::bad_token(api.host()));
    }
    let response = if response.status.is_success() {
        response
    } else {
        return Err(trouble::refused(response, Asked { scope: "read:accounts", with_token: true }));
    };
    let account: Account = json(&response)?;
    if account.id.is_empty() || account.acct.is_empty() {
        return Err(trouble::senseless(api.host(), "the name of the account"));
    }
    Ok(account)
}

/// The domain of the server's accounts, which may differ from its host; not worth failing for.
async fn domain(api: &Api, token: &SecretString, now: Timestamp) -> Option<String> {
    for path in ["api/v2/instance", "api/v1/instance"] {
        let request =
            authorised(Request::get(api.url(path, &[]).ok()?), Some(token)).accept("application/json").urgent();
        let response = api.send(request, now).await.ok()?;
        if let (true, Ok(instance)) = (response.status.is_success(), serde_json::from_slice(&response.body)) {
            return Facts::read(&instance).domain;
        }
    }
    None
}

fn judged(response: crate::sources::http::Response) -> Result<crate::sources::http::Response, SourceError> {
    if response.status.is_success() {
        Ok(response)
    } else {
        Err(trouble::refused(response, Asked { scope: "", with_token: false }))
    }
}

/// What of the wanted was not granted. A server that says nothing has granted all.
fn missing_scopes(granted: &str) -> Vec<&'static str> {
    let has: Vec<&str> = granted.split([' ', ',']).filter(|scope| !scope.is_empty()).collect();
    if has.is_empty() {
        return Vec::new();
    }
    let is_there =
        |wanted: &str| has.contains(&wanted) || wanted.split_once(':').is_some_and(|(whole, _)| has.contains(&whole));
    SCOPES[1].split(' ').filter(|wanted| !is_there(wanted)).collect()
}
