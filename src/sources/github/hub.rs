//! Asking one server: addresses, token, meters, and who we are there.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;
use url::Url;

use crate::domain::{Meter, Timestamp};
use crate::sources::api::{Api, authorised, json, segment};
use crate::sources::http::{HeaderName, HeaderValue, Request, Response, Validators};
use crate::sources::{Credentials, Retry, SourceError, SourceErrorKind, Tools};

use super::refusal;
use super::shapes::{Repository, User};

/// Markdown, its HTML and its plain text, all three.
const ACCEPT: &str = "application/vnd.github.full+json";

/// One server, under one account or none.
pub(super) struct Hub {
    api: Api,
    /// Where GraphQL is, from the base of the REST interface.
    graph: &'static str,
    account: Option<String>,
    credentials: Arc<dyn Credentials>,
    me: OnceCell<Option<User>>,
    meters: Mutex<BTreeMap<String, Meter>>,
    repositories: Mutex<HashMap<String, Repository>>,
}

/// An answer, or word that nothing changed.
pub(super) struct Answer<T> {
    /// What was answered; `None` when nothing changed.
    pub(super) body: Option<T>,
    /// What to send along next time.
    pub(super) validators: Validators,
    /// How long the server wants to be left alone, in seconds.
    pub(super) poll_interval: Option<i64>,
    /// What a person should know.
    pub(super) remark: Option<String>,
}

/// The base of the REST interface, and where GraphQL is from there.
fn base(url: Option<&Url>) -> Result<(Url, &'static str), SourceError> {
    let usual = || Url::parse("https://api.github.com/").map_err(|_| bad_address());
    let Some(url) = url else { return Ok((usual()?, "graphql")) };
    let host = url.host_str().ok_or_else(bad_address)?;
    if matches!(host, "github.com" | "www.github.com" | "api.github.com") {
        return Ok((usual()?, "graphql"));
    }
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Enterprise in the cloud: api.SUBDOMAIN.ghe.com, like github.com itself.
    if host.starts_with("api.") {
        url.set_path("/");
        return Ok((url, "graphql"));
    }
    // Enterprise in the house: HOST/api/v3 beside HOST/api/graphql.
    if !url.path().trim_end_matches('/').ends_with("/api/v3") {
        url.set_path("/api/v3/");
    }
    Ok((url, "../graphql"))
}

fn bad_address() -> SourceError {
    SourceError::new(
        SourceErrorKind::BadAddress,
        "the address of the GitHub server cannot be read",
        "leave url out for github.com, or set it to the address of your Enterprise server",
    )
}

impl Hub {
    pub(super) fn new(url: Option<&Url>, account: Option<&str>, tools: &Tools) -> Result<Self, SourceError> {
        let (base, graph) = base(url)?;
        Ok(Self {
            api: Api::new(tools.client.clone(), &base),
            graph,
            account: account.map(|name| name.trim_start_matches('@').to_owned()).filter(|name| !name.is_empty()),
            credentials: Arc::clone(&tools.credentials),
            me: OnceCell::new(),
            meters: Mutex::default(),
            repositories: Mutex::default(),
        })
    }

    /// Its host, for limits and messages.
    pub(super) fn host(&self) -> &str {
        self.api.host()
    }

    /// Where its ids mean the same.
    pub(super) fn scope(&self) -> String {
        match self.host() {
            "api.github.com" => "github".to_owned(),
            host => format!("github:{host}"),
        }
    }

    /// Whether a token is known.
    pub(super) fn has_token(&self) -> bool {
        self.credentials.has_secret()
    }

    async fn token(&self) -> Result<Option<SecretString>, SourceError> {
        if !self.has_token() {
            return Ok(None);
        }
        let secret = self.credentials.secret().await?;
        Ok(Some(SecretString::from(secret.expose_secret().trim())))
    }

    async fn send(&self, request: Request, urgent: bool, now: Timestamp) -> Result<Response, SourceError> {
        let token = self.token().await?;
        let mut request = authorised(request, token.as_ref())
            .accept(ACCEPT)
            .header(HeaderName::from_static("x-github-api-version"), HeaderValue::from_static("2022-11-28"));
        if token.is_some() {
            // The token is the account: one of each is configured for a source.
            request = request.of_account(&self.limits());
        }
        let request = if urgent { request.urgent() } else { request };
        let response = self.api.send(request, now).await?;
        self.meter(&response);
        Ok(response)
    }

    /// What requests with the token count towards.
    fn limits(&self) -> String {
        format!("{}:{}", self.scope(), self.account.as_deref().unwrap_or("token"))
    }

    /// The failure that an answer stands for. A complaint without a header holds back the next requests too.
    fn refused(&self, response: Response, now: Timestamp) -> SourceError {
        let error = refusal::of_answer(response, self.has_token(), now);
        let limits = self.has_token().then(|| self.limits());
        if let (SourceErrorKind::TooMany, true, Retry::NotBefore(until)) = (error.kind, error.whole_host, error.retry) {
            self.api.leave_alone(limits.as_deref(), until, now);
        }
        error
    }

    /// Asks for JSON.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        urgent: bool,
        now: Timestamp,
    ) -> Result<T, SourceError> {
        let answer = self.get_unless(path, query, Validators::default(), urgent, now).await?;
        answer.body.ok_or_else(|| {
            SourceError::new(
                SourceErrorKind::NotUnderstood,
                &format!("{} says that nothing changed, to one who asked for the first time", self.host()),
                "it will be asked again",
            )
        })
    }

    /// Asks for what changed since.
    pub(super) async fn get_unless<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        validators: Validators,
        urgent: bool,
        now: Timestamp,
    ) -> Result<Answer<T>, SourceError> {
        let request = Request::get(self.api.url(path, query)?).unless(validators);
        let response = self.send(request, urgent, now).await?;
        let poll_interval = response.text("x-poll-interval").and_then(|value| value.parse().ok());
        let (validators, unchanged) = (response.validators(), response.is_unchanged());
        if !unchanged && !response.status.is_success() {
            return Err(self.refused(response, now));
        }
        let remark = refusal::hidden_by_organisations(&response);
        let body = if unchanged { None } else { Some(json(&response)?) };
        Ok(Answer { body, validators, poll_interval, remark })
    }

    /// Sends JSON, at once.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
        now: Timestamp,
    ) -> Result<T, SourceError> {
        let request = Request::post_json(self.api.url(path, &[])?, body.to_string().into_bytes());
        let response = self.send(request, true, now).await?;
        if response.status.is_success() { json(&response) } else { Err(self.refused(response, now)) }
    }

    /// Asks GraphQL. Errors beside data that came are remarks.
    pub(super) async fn graph<T: DeserializeOwned>(
        &self,
        query: &str,
        variables: Value,
        urgent: bool,
        now: Timestamp,
    ) -> Result<(T, Vec<String>), SourceError> {
        let body = serde_json::json!({ "query": query, "variables": variables }).to_string().into_bytes();
        let request = Request::post_json(self.api.url(self.graph, &[])?, body);
        let response = self.send(request, urgent, now).await?;
        if !response.status.is_success() {
            return Err(self.refused(response, now));
        }
        let mut answer: Value = json(&response)?;
        let errors = answer.get("errors").and_then(Value::as_array).cloned().unwrap_or_default();
        let data = answer.get_mut("data").map(Value::take).unwrap_or_default();
        let resets = response.rate.resets_at;
        if data.as_object().is_none_or(|fields| fields.values().all(Value::is_null)) {
            return Err(refusal::of_graph(self.host(), &errors, resets, now));
        }
        let remarks = errors.iter().filter_map(|error| error.get("message")?.as_str());
        let remarks = remarks.map(|words| format!("{} left something out (“{words}”)", self.host())).collect();
        let data = T::deserialize(data).map_err(|error| {
            SourceError::new(
                SourceErrorKind::NotUnderstood,
                &format!("the answer of {} is not what was expected ({error})", self.host()),
                "it will be asked again; if it stays so, the server speaks another version",
            )
        })?;
        Ok((data, remarks))
    }

    /// Our account. `None` when neither a token nor a name is known.
    pub(super) async fn me(&self, now: Timestamp) -> Result<Option<&User>, SourceError> {
        let me = self.me.get_or_try_init(|| async {
            match (self.has_token(), &self.account) {
                (true, _) => self.get("user", &[], false, now).await.map(Some),
                (false, Some(name)) => self.get(&format!("users/{}", segment(name)), &[], false, now).await.map(Some),
                (false, None) => Ok(None),
            }
        });
        me.await.map(Option::as_ref)
    }

    /// A repository, asked once.
    pub(super) async fn repository(&self, name: &str, urgent: bool, now: Timestamp) -> Result<Repository, SourceError> {
        let known = self.repositories.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let repository: Repository = self.get(&format!("repos/{name}"), &[], urgent, now).await?;
        let mut kept = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(name.to_owned(), repository.clone());
        Ok(repository)
    }

    /// Notes what an answer says of the requests that are granted; each resource is counted for itself.
    fn meter(&self, response: &Response) {
        let number = |name: &str| response.text(name).and_then(|value| value.parse::<f64>().ok());
        let (Some(limit), Some(remaining)) = (number("x-ratelimit-limit"), response.rate.remaining) else { return };
        let resource = response.text("x-ratelimit-resource").unwrap_or("core");
        let unit = if resource == "graphql" { "points" } else { "requests" };
        let meter = Meter {
            name: format!("{resource} {unit}"),
            used: number("x-ratelimit-used").unwrap_or(limit - remaining).max(0.0),
            limit: Some(limit),
            currency: None,
            resets: response.rate.resets_at,
        };
        self.meters.lock().unwrap_or_else(PoisonError::into_inner).insert(resource.to_owned(), meter);
    }

    /// What is counted of our use, each resource for itself.
    pub(super) fn meters(&self) -> Vec<Meter> {
        self.meters.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_server_has_its_interface_where_it_belongs() {
        let of = |url: &str| {
            let (base, graph) = base(Some(&url.parse().unwrap())).unwrap();
            (base.as_str().to_owned(), base.join(graph).unwrap().to_string())
        };
        let usual = ("https://api.github.com/".to_owned(), "https://api.github.com/graphql".to_owned());
        assert_eq!(of("https://github.com/ferris"), usual);
        assert_eq!(of("https://api.github.com"), usual);
        let house =
            ("https://git.ferris.example/api/v3/".to_owned(), "https://git.ferris.example/api/graphql".to_owned());
        assert_eq!(of("https://git.ferris.example"), house);
        assert_eq!(of("https://git.ferris.example/api/v3/"), house);
        assert_eq!(of("https://api.ferris.ghe.com/").1, "https://api.ferris.ghe.com/graphql");
    }
}
