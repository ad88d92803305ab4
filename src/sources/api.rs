//! Asking the JSON interface of a network: addresses, tokens and answers, the same way for all of them.

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use url::Url;

use super::http::{Client, Request, Response, host_of, redact_text};
use super::{SourceError, SourceErrorKind};
use crate::domain::{Meter, Timestamp};

/// Longest piece of a server's own words that is repeated, in characters.
const SAID: usize = 200;

/// One server's interface.
#[derive(Clone)]
pub struct Api {
    client: Client,
    base: Url,
    host: String,
}

impl Api {
    /// The interface below this address. Query and fragment are dropped, and the path ends in `/`.
    pub fn new(client: Client, base: &Url) -> Self {
        let mut base = base.clone();
        base.set_query(None);
        base.set_fragment(None);
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        let host = host_of(&base);
        Self { client, base, host }
    }

    /// The host, for limits and messages.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Where it is.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The client that it asks through.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The address of a path below the base, with a query. Parts of the path that are foreign must be escaped by
    /// the caller ([`segment`]).
    ///
    /// # Errors
    /// When that makes no address.
    pub fn url(&self, path: &str, query: &[(&str, &str)]) -> Result<Url, SourceError> {
        let joined = self.base.join(path.trim_start_matches('/')).ok();
        // A path such as `//elsewhere/` or `https://elsewhere/` must not lead to another server.
        let mut url =
            joined.filter(|url| host_of(url) == self.host && url.scheme() == self.base.scheme()).ok_or_else(|| {
                SourceError::new(
                    SourceErrorKind::BadAddress,
                    &format!("no address at {} can be made of this", self.host),
                    "check the names below this source in the configuration",
                )
            })?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// What the network counts of our use, as its answers told: for [`super::Batch::meters`]. Of this account, or of
    /// all who ask without one.
    pub fn meters(&self, account: Option<&str>) -> Vec<Meter> {
        self.client.meters(&self.host, account)
    }

    /// Leaves the account (without one, the whole server) alone until then: for networks that ask for it inside their
    /// answers and not in headers.
    pub fn leave_alone(&self, account: Option<&str>, until: Timestamp, now: Timestamp) {
        self.client.leave_alone(&self.host, account, until, now);
    }

    /// Asks and gives the answer, whatever its status; see [`failure`] for making an error of it.
    ///
    /// # Errors
    /// When there is no whole answer, or the host wants to be left alone.
    pub async fn send(&self, request: Request, now: Timestamp) -> Result<Response, SourceError> {
        self.client.send(request, now).await
    }

    /// Asks for JSON.
    ///
    /// # Errors
    /// When there is no answer, it is a failure, or it is not the JSON that was expected.
    pub async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        token: Option<&SecretString>,
        now: Timestamp,
    ) -> Result<T, SourceError> {
        let request = Request::get(self.url(path, query)?).accept("application/json");
        let response = self.send(authorised(request, token), now).await?;
        json(&response.success()?)
    }

    /// Sends JSON and reads the answer as JSON.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &serde_json::Value,
        token: Option<&SecretString>,
        now: Timestamp,
    ) -> Result<T, SourceError> {
        let request =
            Request::post_json(self.url(path, &[])?, body.to_string().into_bytes()).accept("application/json");
        let response = self.send(authorised(request, token), now).await?;
        json(&response.success()?)
    }
}

/// A request with a bearer token, if there is one.
pub fn authorised(request: Request, token: Option<&SecretString>) -> Request {
    match token {
        Some(token) => request.bearer(token.expose_secret()),
        None => request,
    }
}

/// One foreign part of a path, escaped: a handle, an id, a hashtag.
pub fn segment(part: &str) -> String {
    let dots = part.chars().all(|sign| sign == '.');
    part.bytes().fold(String::with_capacity(part.len()), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') || (byte == b'.' && !dots) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
        escaped
    })
}

/// Reads an answer as JSON. Missing and additional fields are the business of `T`.
///
/// # Errors
/// [`SourceErrorKind::Challenge`] when a page stands before the answer (a login page of the network that one is
/// in, a bot check), else [`SourceErrorKind::NotUnderstood`].
pub fn json<T: DeserializeOwned>(response: &Response) -> Result<T, SourceError> {
    serde_json::from_slice(&response.body).map_err(|error| {
        let host = host_of(&response.url);
        let beginning = response.body.iter().find(|byte| !byte.is_ascii_whitespace());
        if beginning == Some(&b'<') {
            return SourceError::new(
                SourceErrorKind::Challenge,
                &format!("{host} answered with a web page instead of data"),
                "open it in a browser: your network may want a login, or the address is not that of this kind of server",
            )
            .retrying(super::Retry::BackOff);
        }
        let what = if error.is_eof() {
            format!("the answer of {host} broke off")
        } else {
            format!("the answer of {host} is not what was expected ({error})")
        };
        SourceError::new(
            SourceErrorKind::NotUnderstood,
            &what,
            "it will be asked again; if it stays so, the server speaks another version",
        )
    })
}

/// The failure that an answer stands for, with the server's own words when it said any: `said` picks them out of
/// the parsed body. They are foreign; [`SourceError::new`] cleans them and masks secrets.
pub fn failure(response: Response, said: impl FnOnce(&serde_json::Value) -> Option<String>) -> SourceError {
    let words = serde_json::from_slice(&response.body).ok().and_then(|body| said(&body)).map(|words| told(&words));
    let words = words.filter(|words| !words.is_empty());
    match (response.success(), words) {
        (Err(error), Some(words)) => {
            let what = format!("{} (“{words}”)", error.what);
            SourceError { what: SourceError::new(error.kind, &what, "").what, ..error }
        }
        (Err(error), None) => error,
        (Ok(response), words) => SourceError::new(
            SourceErrorKind::NotUnderstood,
            &format!(
                "{} refused: {}",
                host_of(&response.url),
                words.unwrap_or_else(|| "it does not say why".to_owned())
            ),
            "try it in the browser",
        ),
    }
}

/// A server's words as they may be repeated: masked before they are cut, so that no half of a secret stays.
fn told(words: &str) -> String {
    let masked = redact_text(words);
    let line: Vec<&str> = masked.split_whitespace().collect();
    let line = line.join(" ");
    match line.char_indices().nth(SAID) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::http::HttpSettings;

    fn api(base: &str) -> Api {
        Api::new(Client::new(HttpSettings::default()).unwrap(), &base.parse().unwrap())
    }

    #[test]
    fn addresses_stay_at_their_server() {
        let api = api("https://forum.example/sub?x=1");
        assert_eq!(
            api.url("/t/5.json", &[("q", "a b&c")]).unwrap().as_str(),
            "https://forum.example/sub/t/5.json?q=a+b%26c"
        );
        for path in ["https://evil.example/", "/\\evil.example/x"] {
            let url = api.url(path, &[]);
            assert!(
                url.as_ref().is_err() || url.as_ref().unwrap().host_str() == Some("forum.example"),
                "{path}: {url:?}"
            );
        }
        assert!(api.url("https://evil.example/", &[]).is_err());
    }

    #[test]
    fn foreign_parts_of_a_path_are_escaped() {
        assert_eq!(segment("a/../b?c#d é"), "a%2F..%2Fb%3Fc%23d%20%C3%A9");
        assert_eq!(segment(".."), "%2E%2E");
        assert_eq!(segment("did:plc:abc.d-e_f~"), "did%3Aplc%3Aabc.d-e_f~");
    }

    async fn answer(status: u16, body: &str) -> Response {
        let server = wiremock::MockServer::start().await;
        let template = wiremock::ResponseTemplate::new(status).set_body_raw(body.to_owned(), "application/json");
        wiremock::Mock::given(wiremock::matchers::any()).respond_with(template).mount(&server).await;
        let api = api(&server.uri());
        let request = authorised(Request::get(api.url("x", &[]).unwrap()), Some(&"hunter2".into()));
        api.send(request.accept("application/json"), Timestamp::UNIX_EPOCH).await.unwrap()
    }

    fn message(body: &serde_json::Value) -> Option<String> {
        body.get("message")?.as_str().map(str::to_owned)
    }

    #[tokio::test]
    async fn the_servers_words_are_cleaned_masked_and_cut() {
        let long = "x".repeat(190);
        let body = serde_json::json!({
            "message": format!("no\u{1b}[2J\n such \u{202e}token: abc123 {long} password=hunter2"),
        });
        let error = failure(answer(403, &body.to_string()).await, message);
        let what = error.what.as_str();
        assert!(what.contains("403") && what.contains("token: ***"), "{what}");
        assert!(!what.contains(['\u{1b}', '\n', '\u{202e}']) && !what.contains("hunter2") && !what.contains("abc123"));
        assert!(what.contains("…”)") && what.chars().count() <= SourceError::LONGEST, "{what}");
        let silent = failure(answer(500, "{}").await, message);
        assert!(!silent.what.as_str().contains('“'), "{silent}");
        let odd = failure(answer(200, r#"{"message":"RATELIMIT"}"#).await, message);
        assert_eq!(odd.kind, SourceErrorKind::NotUnderstood);
        assert!(odd.what.as_str().contains("refused: RATELIMIT"), "{odd}");
    }

    #[tokio::test]
    async fn what_a_server_counts_is_offered_and_its_wish_obeyed() {
        let server = wiremock::MockServer::start().await;
        let template = wiremock::ResponseTemplate::new(200)
            .insert_header("x-ratelimit-limit", "300")
            .insert_header("x-ratelimit-remaining", "299")
            .insert_header("x-ratelimit-reset", "60")
            .set_body_string("{}");
        wiremock::Mock::given(wiremock::matchers::any()).respond_with(template).mount(&server).await;
        let api = api(&server.uri());
        let now = Timestamp::UNIX_EPOCH;
        let request = || Request::get(api.url("x", &[]).unwrap()).of_account("mock:1");
        api.send(request(), now).await.unwrap();
        let meters = api.meters(Some("mock:1"));
        assert_eq!(meters.iter().map(|meter| (meter.used, meter.limit)).collect::<Vec<_>>(), [(1.0, Some(300.0))]);
        assert!(api.meters(None).is_empty());
        let until = Timestamp::from_second(30).unwrap();
        api.leave_alone(Some("mock:1"), until, now);
        assert_eq!(api.send(request(), now).await.unwrap_err().retry, super::super::Retry::NotBefore(until));
    }
}
