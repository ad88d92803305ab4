//! The proxies of the system (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`), found as the HTTP client finds them:
//! a stream goes through a tunnel that the proxy opens (`CONNECT`, RFC 9110, section 9.3.6).
//!
//! The proxy resolves the name. Only proxies that are spoken to without encryption open tunnels here, which are nearly
//! all; the stream itself is encrypted from end to end where its address says so.

use hyper_util::client::proxy::matcher::Matcher;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Uri};
use url::Url;

use super::failure;
use crate::sources::SourceError;

/// Longest answer of a proxy, in bytes.
const LONGEST: usize = 16 << 10;

/// A proxy on the way to a server.
#[derive(Debug)]
pub(super) struct Proxy {
    host: String,
    port: u16,
    /// What it is shown, if it wants a login. Never shown to others.
    login: Option<HeaderValue>,
}

impl Proxy {
    /// The proxy on the way to this address (`http` or `https`), if there is one.
    ///
    /// # Errors
    /// When it is of a kind that streams cannot go through.
    pub(super) fn towards(url: &Url, proxies: &Matcher) -> Result<Option<Self>, SourceError> {
        let Some(found) = url.as_str().parse::<Uri>().ok().and_then(|uri| proxies.intercept(&uri)) else {
            return Ok(None);
        };
        let scheme = found.uri().scheme_str().unwrap_or("http");
        let (Some(host), "http") = (found.uri().host(), scheme) else {
            return Err(failure::proxy_of_a_kind(scheme));
        };
        let login = found.basic_auth().cloned().map(|mut login| {
            login.set_sensitive(true);
            login
        });
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Some(Self { host, port: found.uri().port_u16().unwrap_or(80), login }))
    }

    /// A connection to this host and port behind the proxy; `told` is what the server is called in messages.
    ///
    /// # Errors
    /// When the proxy cannot be reached, or does not let us through.
    pub(super) async fn tunnel(&self, host: &str, port: u16, told: &str) -> Result<TcpStream, SourceError> {
        let no_proxy = |error| failure::no_proxy(&error, told);
        let mut tcp = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(no_proxy)?;
        let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nhost: {host}:{port}\r\n").into_bytes();
        if let Some(login) = &self.login {
            request.extend(b"proxy-authorization: ");
            request.extend(login.as_bytes());
            request.extend(b"\r\n");
        }
        request.extend(b"\r\n");
        tcp.write_all(&request).await.map_err(no_proxy)?;
        let mut answer = Vec::new();
        // Byte by byte: what comes after the head belongs to the stream.
        while !answer.ends_with(b"\r\n\r\n") && answer.len() < LONGEST {
            match tcp.read_u8().await {
                Ok(byte) => answer.push(byte),
                Err(_) => break,
            }
        }
        match status(&answer) {
            Some(200..=299) if answer.ends_with(b"\r\n\r\n") => Ok(tcp),
            status => Err(failure::of_proxy(status, told)),
        }
    }
}

/// The status of an answer.
fn status(answer: &[u8]) -> Option<u16> {
    let line = String::from_utf8_lossy(answer.split(|byte| *byte == b'\r').next()?).into_owned();
    let (version, rest) = line.split_once(' ')?;
    version.starts_with("HTTP/1.").then(|| rest.get(..3)?.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::SourceErrorKind as Kind;

    fn towards(url: &str, proxies: &Matcher) -> Option<(String, u16)> {
        Proxy::towards(&url.parse().unwrap(), proxies).unwrap().map(|proxy| (proxy.host, proxy.port))
    }

    #[test]
    fn a_proxy_is_found_by_the_scheme_and_not_for_excepted_hosts() {
        let proxies = Matcher::builder().https("http://ana:hunter2@[::1]:3128").no("b.example, 10.0.0.0/8").build();
        assert_eq!(towards("https://a.example/x", &proxies), Some(("::1".to_owned(), 3128)));
        for none in ["http://a.example/", "https://b.example/", "https://sub.b.example/", "https://10.1.2.3/"] {
            assert_eq!(towards(none, &proxies), None, "{none}");
        }
        let all = Matcher::builder().all("proxy.example").build();
        for url in ["http://a.example/", "https://a.example/"] {
            assert_eq!(towards(url, &all), Some(("proxy.example".to_owned(), 80)));
        }
        let found = Proxy::towards(&"https://a.example".parse().unwrap(), &proxies).unwrap().unwrap();
        assert!(found.login.is_some() && !format!("{found:?}").contains("hunter2"));
    }

    #[test]
    fn proxies_that_no_stream_goes_through_are_told() {
        for (proxy, kind) in [("socks5://p.example", "socks5"), ("https://p.example", "https")] {
            let proxies = Matcher::builder().all(proxy).build();
            let error = Proxy::towards(&"https://a.example".parse().unwrap(), &proxies).unwrap_err();
            assert!(error.what.as_str().contains(kind) && error.kind == Kind::BadAddress, "{error}");
        }
    }

    #[test]
    fn a_status_is_read_or_not() {
        for (answer, wanted) in [
            ("HTTP/1.1 200 Connection established\r\n\r\n", Some(200)),
            ("HTTP/1.0 407 x\r\n", Some(407)),
            ("HTTP/1.1 20", None),
            ("SSH-2.0-x", None),
            ("", None),
        ] {
            assert_eq!(status(answer.as_bytes()), wanted, "{answer}");
        }
    }
}
