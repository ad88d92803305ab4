//! Which sites, which account on each, and the names of posts.

use std::fmt;

use crate::sources::{SourceError, SourceErrorKind};

/// Where questions are asked when no site is configured.
const USUAL: &str = "stackoverflow";
/// Sites with a domain of their own.
const OWN_DOMAIN: [&str; 5] = ["stackoverflow", "superuser", "serverfault", "askubuntu", "stackapps"];

/// One site, and our account there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Site {
    /// As the interface calls it.
    pub(super) name: String,
    /// The number of our account.
    pub(super) account: Option<u64>,
}

/// All that are listened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sites(pub(super) Vec<Site>);

fn is_site(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

impl Sites {
    /// Reads the configured places and account.
    ///
    /// # Errors
    /// When one of them is no site, or the account is not a number.
    pub(super) fn read(places: &[String], account: Option<&str>) -> Result<Self, SourceError> {
        let usual = [USUAL.to_owned()];
        let places = if places.is_empty() { &usual[..] } else { places };
        let mut sites = Vec::new();
        for place in places {
            let name = site_name(place);
            if !is_site(&name) {
                return Err(refuse(&format!("“{place}” is no site"), "write stackoverflow, superuser, unix, …"));
            }
            if !sites.iter().any(|site: &Site| site.name == name) {
                sites.push(Site { name, account: None });
            }
        }
        for word in account.unwrap_or_default().split([' ', ',']).filter(|word| !word.is_empty()) {
            let (site, number) = word.split_once(':').map_or((None, word), |(site, number)| (Some(site), number));
            let Ok(number) = number.parse() else {
                return Err(refuse(
                    &format!("“{word}” is no account"),
                    "write the number in the address of its profile, such as 12 or superuser:12",
                ));
            };
            let at = sites.iter_mut().find(|known| site.is_none_or(|site| known.name == site_name(site)));
            if let Some(known) = at {
                known.account = Some(number);
            }
        }
        Ok(Self(sites))
    }

    /// Our account on a site.
    pub(super) fn account(&self, site: &str) -> Option<u64> {
        self.0.iter().find(|known| known.name == site)?.account
    }

    /// The site that is meant when none is named.
    pub(super) fn first(&self) -> &str {
        self.0.first().map_or(USUAL, |site| site.name.as_str())
    }
}

/// A site by its name or its address.
fn site_name(written: &str) -> String {
    let bare = written.trim().to_ascii_lowercase();
    let bare = bare.split_once("://").map_or(bare.as_str(), |(_, rest)| rest);
    let bare = bare.split('/').next().unwrap_or_default();
    bare.trim_end_matches(".stackexchange.com").trim_end_matches(".com").to_owned()
}

fn refuse(what: &str, advice: &str) -> SourceError {
    SourceError::new(SourceErrorKind::BadAddress, what, advice)
}

/// Where a site is on the web.
pub(super) fn domain(site: &str) -> String {
    let base = site.rsplit('.').next().unwrap_or(site);
    if OWN_DOMAIN.contains(&base) {
        return format!("{site}.com");
    }
    if site.ends_with(".net") || site.ends_with(".stackexchange") {
        return if site.ends_with(".net") { site.to_owned() } else { format!("{site}.com") };
    }
    format!("{site}.stackexchange.com")
}

/// What a post is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PostKind {
    Question,
    Answer,
    Comment,
}

impl PostKind {
    fn name(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Comment => "comment",
        }
    }

    /// As the interface names it.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Question, Self::Answer, Self::Comment].into_iter().find(|kind| kind.name() == name)
    }
}

/// The name of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PostId {
    pub(super) site: String,
    pub(super) kind: PostKind,
    pub(super) number: u64,
}

impl PostId {
    pub(super) fn of(site: &str, kind: PostKind, number: u64) -> Self {
        Self { site: site.to_owned(), kind, number }
    }

    pub(super) fn read(native_id: &str) -> Option<Self> {
        let mut pieces = native_id.split('/');
        let (site, kind, number) = (pieces.next()?, pieces.next()?, pieces.next()?);
        if !is_site(site) || pieces.next().is_some() {
            return None;
        }
        Some(Self { site: site.to_owned(), kind: PostKind::named(kind)?, number: number.parse().ok()? })
    }
}

impl fmt::Display for PostId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.site, self.kind.name(), self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_and_accounts_are_read_as_people_write_them() {
        let places =
            ["https://stackoverflow.com/".to_owned(), "unix.stackexchange.com".to_owned(), "stackoverflow".to_owned()];
        let sites = Sites::read(&places, Some("12, unix:34")).unwrap();
        assert_eq!(sites.0.iter().map(|site| site.name.as_str()).collect::<Vec<_>>(), ["stackoverflow", "unix"]);
        assert_eq!(
            (sites.account("stackoverflow"), sites.account("unix"), sites.account("x")),
            (Some(12), Some(34), None)
        );
        assert_eq!(Sites::read(&[], None).unwrap().first(), "stackoverflow");
        assert!(Sites::read(&["a b".to_owned()], None).is_err());
        assert!(Sites::read(&[], Some("ana")).is_err());
    }

    #[test]
    fn every_site_has_its_domain() {
        for (site, at) in [
            ("stackoverflow", "stackoverflow.com"),
            ("ru.stackoverflow", "ru.stackoverflow.com"),
            ("unix", "unix.stackexchange.com"),
            ("unix.meta", "unix.meta.stackexchange.com"),
            ("mathoverflow.net", "mathoverflow.net"),
        ] {
            assert_eq!(domain(site), at);
        }
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        for name in ["stackoverflow/question/12", "ru.stackoverflow/comment/3", "unix/answer/4"] {
            assert_eq!(PostId::read(name).unwrap().to_string(), name);
        }
        for bad in ["", "a/b/1", "a/question/x", "a/question/1/2", "a b/question/1"] {
            assert_eq!(PostId::read(bad), None, "{bad}");
        }
    }
}
