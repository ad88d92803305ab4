//! One server: which interface it speaks, who we are there, and asking it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use crate::domain::{Author, Timestamp};
use crate::sources::api::{Api, authorised, json};
use crate::sources::http::{Request, Response};
use crate::sources::odd::lenient;
use crate::sources::{SourceError, SourceErrorKind, SourceSettings, Tools};

use super::errors::{is_logged_out, of_answer};
use super::session::Session;
use super::shapes::Person;

/// Which interface a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// Before 1.0. `old`: before 0.19, which reads the token in the body and the query only.
    V3 {
        /// The token goes into the body and the query too.
        old: bool,
    },
    /// From 1.0 on.
    V4,
}

impl Version {
    /// The path below which its interface is.
    pub(super) fn base(self) -> &'static str {
        match self {
            Self::V3 { .. } => "api/v3",
            Self::V4 => "api/v4",
        }
    }
}

/// What is known of a server.
#[derive(Debug)]
pub(super) struct Known {
    /// Its interface.
    pub(super) version: Version,
    /// Its numbers of languages, with their BCP 47 codes.
    pub(super) languages: BTreeMap<i64, String>,
}

/// Who is asking.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum As {
    /// Nobody: public things, whose reading must not mark anything as read.
    Stranger,
    /// Our account where there is one, for polling.
    Us,
    /// The same for somebody who waits.
    UsNow,
    /// Nobody, for somebody who waits.
    StrangerNow,
}

impl As {
    fn is_us(self) -> bool {
        matches!(self, Self::Us | Self::UsNow)
    }

    fn waits(self) -> bool {
        matches!(self, Self::UsNow | Self::StrangerNow)
    }
}

/// One server, as one account or as a stranger.
pub(super) struct Server {
    api: Api,
    session: Option<Session>,
    account: Option<String>,
    key: String,
    known: OnceCell<Known>,
    me: OnceCell<Person>,
    /// It shows nothing to strangers.
    closed: AtomicBool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Site {
    #[serde(deserialize_with = "lenient")]
    version: String,
    #[serde(deserialize_with = "lenient")]
    all_languages: Vec<Language>,
    /// v3 only.
    #[serde(deserialize_with = "lenient")]
    my_user: Option<MyUser>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Language {
    id: i64,
    code: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct MyUser {
    local_user_view: LocalUserView,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct LocalUserView {
    person: Option<Person>,
}

impl Server {
    /// The server of the settings.
    pub(super) fn new(settings: &SourceSettings, tools: &Tools) -> Result<Self, SourceError> {
        let url = settings.url.as_ref().ok_or_else(|| {
            SourceError::new(
                SourceErrorKind::BadAddress,
                &format!("the source “{}” does not say which Lemmy server it means", settings.name),
                "set url = \"https://…\"",
            )
        })?;
        let api = Api::new(tools.client.clone(), url);
        let account = settings.account.as_deref().map(str::trim).filter(|name| !name.is_empty());
        // People write `name@server`; the server itself wants the name alone, or a mail address.
        let account = account.map(|account| match account.split_once('@') {
            Some((name, host)) if api.host().starts_with(host) => name.to_owned(),
            _ => account.to_owned(),
        });
        let session = account.clone().map(|account| Session::new(account, tools.credentials.clone()));
        let key = format!("lemmy:{}:{}", api.host(), account.as_deref().unwrap_or_default());
        Ok(Self {
            api,
            session,
            account,
            key,
            known: OnceCell::new(),
            me: OnceCell::new(),
            closed: AtomicBool::new(false),
        })
    }

    /// The host.
    pub(super) fn host(&self) -> &str {
        self.api.host()
    }

    /// The address below which people read.
    pub(super) fn page(&self, native_id: &str) -> Option<String> {
        self.api.url(native_id, &[]).ok().map(String::from)
    }

    /// Our account's name as configured.
    pub(super) fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// Whether it shows nothing to strangers.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Notes that it does.
    pub(super) fn note_closed(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// What the server is; asked once.
    pub(super) async fn known(&self, now: Timestamp) -> Result<&Known, SourceError> {
        self.known.get_or_try_init(|| detect(&self.api, now)).await
    }

    /// Who we are; asked once. `None` for a stranger.
    pub(super) async fn me(&self, now: Timestamp) -> Result<Option<&Person>, SourceError> {
        if self.session.is_none() {
            return Ok(None);
        }
        let me = self.me.get_or_try_init(|| async {
            let person = match self.known(now).await?.version {
                Version::V3 { .. } => {
                    let site: Site = self.get("api/v3/site", &[], As::Us, now).await?;
                    site.my_user.and_then(|user| user.local_user_view.person)
                }
                Version::V4 => {
                    let user: MyUser = self.get("api/v4/account", &[], As::Us, now).await?;
                    user.local_user_view.person
                }
            };
            person.ok_or_else(|| {
                SourceError::new(
                    SourceErrorKind::Refused,
                    &format!("{} does not know who we are: the token is not good any more", self.host()),
                    "run `goodword login lemmy` again",
                )
            })
        });
        Ok(Some(me.await?))
    }

    /// Our account as an author.
    pub(super) async fn identity(&self, now: Timestamp) -> Result<Option<Author>, SourceError> {
        Ok(self.me(now).await?.map(Person::author))
    }

    /// Asks for something.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        who: As,
        now: Timestamp,
    ) -> Result<T, SourceError> {
        let old = self.known(now).await?.version == Version::V3 { old: true };
        let response = self
            .send(who, now, |token| {
                let mut query = query.to_vec();
                if let Some(token) = token.filter(|_| old) {
                    query.push(("auth", token.expose_secret()));
                }
                Ok(Request::get(self.api.url(path, &query)?))
            })
            .await?;
        json(&response)
    }

    /// Sends something.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &serde_json::Value,
        now: Timestamp,
    ) -> Result<T, SourceError> {
        let old = self.known(now).await?.version == Version::V3 { old: true };
        let response = self
            .send(As::UsNow, now, |token| {
                let mut body = body.clone();
                if let (Some(token), Some(body)) = (token.filter(|_| old), body.as_object_mut()) {
                    body.insert("auth".to_owned(), token.expose_secret().into());
                }
                Ok(Request::post_json(self.api.url(path, &[])?, body.to_string().into_bytes()))
            })
            .await?;
        json(&response)
    }

    /// Sends with the token, if we are to be known. One that is refused is replaced once: what is refused for it
    /// was not done.
    async fn send(
        &self,
        who: As,
        now: Timestamp,
        make: impl Fn(Option<&SecretString>) -> Result<Request, SourceError>,
    ) -> Result<Response, SourceError> {
        let version = self.known(now).await?.version;
        let session = self.session.as_ref().filter(|_| who.is_us());
        let mut token = match session {
            Some(session) => session.token(&self.api, version, None, now).await?,
            None => None,
        };
        let mut fresh = false;
        loop {
            let request = authorised(make(token.as_ref())?, token.as_ref()).accept("application/json");
            let request = if session.is_some() { request.of_account(&self.key) } else { request };
            let request = if who.waits() { request.urgent() } else { request };
            let response = self.api.send(request, now).await?;
            if response.status.is_success() {
                return Ok(response);
            }
            if let Some(session) = session.filter(|_| !fresh && is_logged_out(&response)) {
                fresh = true;
                let other = session.token(&self.api, version, token.as_ref(), now).await?;
                if other.is_some() {
                    token = other;
                    continue;
                }
            }
            return Err(of_answer(response, now));
        }
    }
}

/// Finds out which interface a server speaks. Servers from 1.0 on answer both, the older one in parts.
pub(super) async fn detect(api: &Api, now: Timestamp) -> Result<Known, SourceError> {
    let ask = async |path: &str| -> Result<Site, SourceError> {
        let response = api.send(Request::get(api.url(path, &[])?).accept("application/json"), now).await?;
        let site: Site =
            if response.status.is_success() { json(&response)? } else { return Err(of_answer(response, now)) };
        if site.version.is_empty() {
            return Err(SourceError::new(
                SourceErrorKind::NotUnderstood,
                &format!("{} does not seem to be a Lemmy server", api.host()),
                "check the url of this source",
            ));
        }
        Ok(site)
    };
    let older = ask("api/v3/site").await;
    let (version, site) = match older {
        Ok(site) if site.version.starts_with("0.") => (Version::V3 { old: is_old(&site.version) }, site),
        Ok(site) => match ask("api/v4/site").await {
            Ok(newer) => (Version::V4, newer),
            Err(error) if is_passing(&error) => return Err(error),
            Err(_) => (Version::V3 { old: false }, site),
        },
        Err(error) if is_passing(&error) => return Err(error),
        Err(error) => match ask("api/v4/site").await {
            Ok(newer) => (Version::V4, newer),
            Err(newer) if is_passing(&newer) => return Err(newer),
            Err(_) => return Err(error),
        },
    };
    let languages = site.all_languages.into_iter().filter(|language| language.code != "und");
    Ok(Known { version, languages: languages.map(|language| (language.id, language.code)).collect() })
}

/// Whether a failure tells nothing about the kind of server.
fn is_passing(error: &SourceError) -> bool {
    !matches!(
        error.kind,
        SourceErrorKind::NotFound
            | SourceErrorKind::Gone
            | SourceErrorKind::NotUnderstood
            | SourceErrorKind::Refused
            | SourceErrorKind::Challenge
    )
}

/// Before 0.19 the token went into the body or the query.
fn is_old(version: &str) -> bool {
    let minor = version.strip_prefix("0.").and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
    minor.is_some_and(|minor| minor < 19)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_servers_are_told_by_their_version() {
        assert!(is_old("0.17.4") && is_old("0.18.5") && !is_old("0.19.0-rc.3") && !is_old("0.19.20"));
        assert!(!is_old("nonsense") && !is_old("1.0.0"));
    }
}
