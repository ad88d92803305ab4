//! Public searches that answer with a feed and want no credentials: addresses with a place for what is searched.

use std::fmt;

use url::Url;
use url::form_urlencoded::byte_serialize;

use crate::domain::time::SignedDuration;

use super::feed::FeedSettings;
use super::http::redact;
use super::{SourceError, SourceErrorKind};

/// An address with a place for what is searched.
///
/// Places: `{query}` the name, quoted when it is more than one word; `{words}` the name as it is; `{tag}` the name
/// as a hashtag: letters and digits only, lower case. Each is encoded for its place in the address.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    /// What it is called on the screen.
    pub name: String,
    /// The address with places.
    pub url: String,
    /// Shortest interval between two polls that the place bears.
    pub shortest: SignedDuration,
}

/// The address may hold a key.
impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template")
            .field("name", &self.name)
            .field("url", &redact(&self.url))
            .field("shortest", &self.shortest)
            .finish()
    }
}

/// Name, address and shortest interval in minutes of the searches that `watch` uses. News first, then talk.
const DEFAULTS: [(&str, &str, i64); 6] = [
    ("Google News", "https://news.google.com/rss/search?q={query}+when:7d&hl=en-US&gl=US&ceid=US:en", 10),
    ("Bing News", "https://www.bing.com/news/search?q={query}&qft=sortbydate%3d%221%22&format=rss", 10),
    ("Hacker News", "https://hnrss.org/newest?q={query}&count=50", 10),
    ("Hacker News comments", "https://hnrss.org/newcomments?q={query}&count=50", 10),
    ("Mastodon", "https://mastodon.social/tags/{tag}.rss", 5),
    // Without an account about one request a minute is granted to an address, and programs are often refused.
    ("Reddit", "https://www.reddit.com/search.rss?q={query}&sort=new&t=week", 15),
];

impl Template {
    /// The public searches that need no credentials.
    pub fn defaults() -> Vec<Self> {
        DEFAULTS
            .iter()
            .map(|(name, url, minutes)| Self {
                name: (*name).to_owned(),
                url: (*url).to_owned(),
                shortest: SignedDuration::from_mins(*minutes),
            })
            .collect()
    }

    /// The address for a name. `None` when the name leaves nothing to put into one of its places (a hashtag of
    /// a name without a letter).
    ///
    /// # Errors
    /// When the template has no place for the name, or is no address.
    pub fn expand(&self, name: &str) -> Result<Option<String>, SourceError> {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let fills = [("{query}", query(&name)), ("{words}", encoded(&name)), ("{tag}", encoded(&tag(&name)))];
        if !fills.iter().any(|(place, _)| self.url.contains(place)) {
            return Err(self.refused("has no place for what is searched", "put {query} where the name belongs"));
        }
        let mut url = self.url.clone();
        for (place, fill) in fills {
            if url.contains(place) {
                if fill.is_empty() {
                    return Ok(None);
                }
                url = url.replace(place, &fill);
            }
        }
        match Url::parse(&url) {
            Ok(whole) if matches!(whole.scheme(), "http" | "https") => Ok(Some(url)),
            _ => Err(self.refused("is no address of the web", "begin it with https://")),
        }
    }

    /// A feed that searches for a name; see [`Template::expand`].
    ///
    /// # Errors
    /// As [`Template::expand`].
    pub fn feed(&self, name: &str) -> Result<Option<FeedSettings>, SourceError> {
        let url = self.expand(name)?;
        Ok(url.map(|url| FeedSettings {
            name: Some(self.name.clone()),
            shortest: self.shortest,
            ..FeedSettings::at(url)
        }))
    }

    fn refused(&self, what: &str, advice: &str) -> SourceError {
        SourceError::new(SourceErrorKind::BadAddress, &format!("the search address of {} {what}", self.name), advice)
    }
}

fn query(name: &str) -> String {
    let bare = name.replace('"', "");
    let bare = bare.trim();
    if bare.contains(' ') { encoded(&format!("\"{bare}\"")) } else { encoded(bare) }
}

fn tag(name: &str) -> String {
    name.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn encoded(text: &str) -> String {
    // `+` means a space in a query but not in a path; `%20` means it everywhere.
    byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn template(url: &str) -> Template {
        Template { name: "x".into(), url: url.into(), shortest: SignedDuration::from_mins(5) }
    }

    #[test]
    fn names_are_put_in_as_each_place_wants_them() {
        let expand = |url: &str, name: &str| template(url).expand(name).unwrap();
        assert_eq!(
            expand("https://a.example/?q={query}", "Ferris  Bikes").as_deref(),
            Some("https://a.example/?q=%22Ferris%20Bikes%22")
        );
        assert_eq!(expand("https://a.example/?q={query}&b", "AT&T").as_deref(), Some("https://a.example/?q=AT%26T&b"));
        assert_eq!(
            expand("https://a.example/?q={words}", "Ferris Bikes").as_deref(),
            Some("https://a.example/?q=Ferris%20Bikes")
        );
        assert_eq!(
            expand("https://a.example/tags/{tag}.rss", "Été Bikes!").as_deref(),
            Some("https://a.example/tags/%C3%A9t%C3%A9bikes.rss")
        );
        assert_eq!(expand("https://a.example/tags/{tag}.rss", "!!"), None);
        assert_eq!(expand("https://a.example/?q={query}", " \" "), None);
    }

    #[test]
    fn a_template_without_a_place_or_address_is_refused() {
        assert!(template("https://a.example/").expand("x").unwrap_err().advice.contains("{query}"));
        assert_eq!(template("{query}").expand("x").unwrap_err().kind, SourceErrorKind::BadAddress);
        assert_eq!(template("file:///{query}").expand("x").unwrap_err().kind, SourceErrorKind::BadAddress);
    }

    #[test]
    fn every_default_is_a_feed_of_its_own() {
        let feeds: Vec<_> =
            Template::defaults().iter().map(|template| template.feed("Ferris Bikes").unwrap().unwrap()).collect();
        let names: std::collections::HashSet<_> = feeds.iter().map(|feed| feed.name.clone()).collect();
        assert_eq!(names.len(), DEFAULTS.len());
        for feed in feeds {
            assert!(
                super::super::feed::address(&feed.url).is_ok() && !feed.url.contains(['{', '}', ' ', '"']),
                "{}",
                feed.url
            );
        }
    }

    proptest! {
        #[test]
        fn any_name_stays_in_its_place(name in "\\PC{0,30}") {
            if let Some(url) = template("https://a.example/x?q={query}&z=1").expand(&name).unwrap() {
                let url: Url = url.parse().unwrap();
                prop_assert_eq!(url.host_str(), Some("a.example"));
                prop_assert_eq!(url.query_pairs().count(), 2);
            }
        }
    }
}
