//! Follows redirects by hand: remembers which were for good, keeps secrets at home, gives up in circles.

use reqwest::StatusCode;
use url::Url;

use crate::sources::{SourceError, SourceErrorKind};

use super::host_of;
use super::redact::{holds_secret, redact};

/// Longest way.
const HOPS: usize = 10;

/// The way from the asked address to where the answer is.
pub(super) struct Trail {
    /// Where to ask now. Without user and password.
    pub(super) url: Url,
    /// User and password out of the asked address, for its own host only.
    pub(super) login: Option<(String, String)>,
    /// Whether headers that authorise may still be sent: no other host was met so far.
    pub(super) trusted: bool,
    /// The last place reached by permanent redirects alone.
    pub(super) moved: Option<Url>,
    seen: Vec<Url>,
    unbroken: bool,
}

impl Trail {
    /// Starts at the asked address.
    ///
    /// # Errors
    /// An address that is not of the web.
    pub(super) fn start(asked: &Url) -> Result<Self, SourceError> {
        check_scheme(asked, "the address")?;
        let mut url = asked.clone();
        url.set_fragment(None);
        let login = take_login(&mut url);
        Ok(Self { seen: vec![url.clone()], url, login, trusted: true, moved: None, unbroken: true })
    }

    /// Goes on to where the answer with this status points.
    ///
    /// # Errors
    /// When the way is refused: a circle, too long, not of the web, or down from TLS with a secret.
    pub(super) fn follow(&mut self, status: StatusCode, location: &str) -> Result<(), SourceError> {
        let refuse = |what: String, advice: &str| Err(SourceError::new(SourceErrorKind::NotUnderstood, &what, advice));
        let here = host_of(&self.url);
        let Ok(mut next) = self.url.join(location.trim()) else {
            return refuse(
                format!("{here} sends on to an address that cannot be read"),
                "open the address in a browser and configure the one that it ends at",
            );
        };
        check_scheme(&next, &format!("{here} sends on to an address that"))?;
        next.set_fragment(None);
        // A login that a stranger puts into a redirect is not ours to send.
        take_login(&mut next);
        if self.seen.contains(&next) {
            return refuse(
                format!("{here} sends on in a circle"),
                "it may want cookies or a login; look for the feed's own address",
            );
        }
        if self.seen.len() > HOPS {
            return refuse(format!("{here} sends on more than {HOPS} times"), "configure the address that it ends at");
        }
        let down = self.url.scheme() == "https" && next.scheme() == "http";
        if down && holds_secret(&next) {
            return Err(SourceError::new(
                SourceErrorKind::Insecure,
                &format!(
                    "{here} sends on to {} without encryption, with a secret in the address",
                    redact(next.as_str())
                ),
                "ask the people behind it for an https address",
            ));
        }
        if down || host_of(&next) != here {
            self.trusted = false;
            self.login = None;
        }
        self.unbroken &= matches!(status.as_u16(), 301 | 308);
        if self.unbroken {
            self.moved = Some(next.clone());
        }
        self.seen.push(next.clone());
        self.url = next;
        Ok(())
    }
}

/// Where the answer sends on to, if it is a redirect that names a place.
pub(super) fn target(status: StatusCode, headers: &reqwest::header::HeaderMap) -> Option<String> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = headers.get(reqwest::header::LOCATION)?;
    // Some servers put raw UTF-8 into the header.
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}

fn check_scheme(url: &Url, what: &str) -> Result<(), SourceError> {
    if matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty()) {
        return Ok(());
    }
    Err(SourceError::new(
        SourceErrorKind::BadAddress,
        &format!("{what} begins with {}: and is not of the web", url.scheme()),
        "use an address that begins with https:// or http://",
    ))
}

fn take_login(url: &mut Url) -> Option<(String, String)> {
    let plain = |text: &str| {
        // Percent signs in a login are decoded the way a query is, but a plus stays a plus.
        let escaped = format!("x={}", text.replace('+', "%2B").replace('&', "%26").replace('=', "%3D"));
        url::form_urlencoded::parse(escaped.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let login = (plain(url.username()), plain(url.password().unwrap_or_default()));
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Some(login)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(url: &str) -> Trail {
        Trail::start(&url.parse().unwrap()).unwrap()
    }

    #[test]
    fn only_an_unbroken_permanent_chain_counts_as_moved() {
        let mut trail = start("http://a.example/feed");
        trail.follow(StatusCode::MOVED_PERMANENTLY, "https://a.example/feed").unwrap();
        trail.follow(StatusCode::PERMANENT_REDIRECT, "/feed.xml").unwrap();
        trail.follow(StatusCode::FOUND, "https://cdn.example/1").unwrap();
        trail.follow(StatusCode::MOVED_PERMANENTLY, "https://cdn.example/2").unwrap();
        assert_eq!(trail.url.as_str(), "https://cdn.example/2");
        assert_eq!(trail.moved.unwrap().as_str(), "https://a.example/feed.xml");
    }

    #[test]
    fn a_login_stays_with_its_host_and_with_tls() {
        let mut trail = start("https://an%40a:p%25w+d@a.example/feed");
        assert_eq!(trail.login, Some(("an@a".into(), "p%w+d".into())));
        assert_eq!(trail.url.as_str(), "https://a.example/feed");
        trail.follow(StatusCode::FOUND, "/other").unwrap();
        assert!(trail.trusted && trail.login.is_some());
        trail.follow(StatusCode::FOUND, "http://a.example/other").unwrap();
        assert!(!trail.trusted && trail.login.is_none());
        let mut trail = start("https://u:p@a.example/feed");
        trail.follow(StatusCode::FOUND, "https://evil:evil@b.example/").unwrap();
        assert!(!trail.trusted && trail.login.is_none());
        assert_eq!(trail.url.as_str(), "https://b.example/");
    }

    #[test]
    fn circles_strange_schemes_and_endless_ways_are_refused() {
        let mut trail = start("https://a.example/1");
        trail.follow(StatusCode::FOUND, "http://a.example/1").unwrap();
        assert!(
            trail.follow(StatusCode::FOUND, "https://a.example/1#again").unwrap_err().what.as_str().contains("circle")
        );
        for location in ["file:///etc/passwd", "ftp://a.example/x", "javascript:alert(1)", "data:,x"] {
            let error = start("https://a.example/1").follow(StatusCode::FOUND, location).unwrap_err();
            assert_eq!(error.kind, SourceErrorKind::BadAddress, "{location}");
        }
        let mut trail = start("https://a.example/0");
        let long = (1..20).find_map(|hop| trail.follow(StatusCode::FOUND, &format!("/{hop}")).err()).unwrap();
        assert!(long.what.as_str().contains("more than 10"));
        assert!(Trail::start(&"file:///etc/passwd".parse().unwrap()).is_err());
    }

    #[test]
    fn a_secret_is_not_carried_down_from_tls() {
        let error = start("https://a.example/1").follow(StatusCode::FOUND, "http://a.example/1?token=abc").unwrap_err();
        assert_eq!(error.kind, SourceErrorKind::Insecure);
        assert!(!error.to_string().contains("abc"));
    }
}
