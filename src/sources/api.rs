//! Asking the JSON interface of a network: addresses, tokens and answers, the same way for all of them.

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use url::Url;

use super::http::{Client, Request, Response, host_of};
use super::{SourceError, SourceErrorKind};
use crate::domain::Timestamp;

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
    let words = serde_json::from_slice(&response.body).ok().and_then(|body| said(&body));
    match (response.success(), words) {
        (Err(error), Some(words)) if !words.trim().is_empty() => {
            let words: String = words.chars().take(SAID).collect();
            let what = format!("{} (“{}”)", error.what, words.trim());
            SourceError { what: SourceError::new(error.kind, &what, "").what, ..error }
        }
        (Err(error), _) => error,
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
}
