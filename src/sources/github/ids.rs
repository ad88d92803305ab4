//! The names of posts: their addresses, in pieces.

use std::fmt;

/// A repository, `owner/name` in lower case: GitHub does not tell cases apart.
pub(super) fn repository(written: &str) -> Option<String> {
    let bare = written.trim().trim_end_matches('/').trim_end_matches(".git");
    let bare = bare.split_once("://").map_or(bare, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    let (owner, name) = bare.split_once('/')?;
    let good = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    (good(owner) && good(name)).then(|| bare.to_ascii_lowercase())
}

/// What of a thread a post is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// The issue, pull request or discussion itself.
    Whole,
    /// A comment on an issue or pull request.
    Comment(u64),
    /// A comment on a line of a pull request.
    Review(u64),
    /// A comment of a discussion, by its node.
    Node(String),
}

/// The name of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PostId {
    /// `owner/name`.
    pub(super) repository: String,
    /// A discussion, not an issue or pull request.
    pub(super) discussion: bool,
    /// Number of the issue, pull request or discussion.
    pub(super) number: u64,
    /// What of it.
    pub(super) part: Part,
}

impl PostId {
    pub(super) fn issue(repository: &str, number: u64) -> Self {
        Self { repository: repository.to_ascii_lowercase(), discussion: false, number, part: Part::Whole }
    }

    pub(super) fn discussion(repository: &str, number: u64) -> Self {
        Self { discussion: true, ..Self::issue(repository, number) }
    }

    /// A part of the same thread.
    pub(super) fn with(&self, part: Part) -> Self {
        Self { part, ..self.clone() }
    }

    /// Reads a native id.
    pub(super) fn read(native_id: &str) -> Option<Self> {
        let mut pieces = native_id.split('/');
        let repository = repository(&format!("{}/{}", pieces.next()?, pieces.next()?))?;
        let discussion = match pieces.next()? {
            "issues" => false,
            "discussions" => true,
            _ => return None,
        };
        let number = pieces.next()?.parse().ok()?;
        let part = match pieces.next() {
            None => Part::Whole,
            Some(node) if discussion => Part::Node(node.to_owned()),
            Some(piece) => match (piece.get(..1)?, piece.get(1..)?.parse()) {
                ("c", Ok(id)) => Part::Comment(id),
                ("r", Ok(id)) => Part::Review(id),
                _ => return None,
            },
        };
        Some(Self { repository, discussion, number, part })
    }

    /// The repository and the number at the end of an address of the interface (`…/repos/o/r/issues/12`).
    pub(super) fn of_address(address: &str) -> Option<Self> {
        let (_, path) = address.split_once("/repos/")?;
        let mut pieces = path.split('/');
        let repository = repository(&format!("{}/{}", pieces.next()?, pieces.next()?))?;
        let kind = pieces.next()?;
        let number = pieces.next()?.parse().ok()?;
        matches!(kind, "issues" | "pulls").then(|| Self::issue(&repository, number))
    }
}

/// The repository in an address of the interface (`…/repos/o/r`).
pub(super) fn repository_of_address(address: &str) -> Option<String> {
    let (_, path) = address.split_once("/repos/")?;
    let mut pieces = path.split('/');
    repository(&format!("{}/{}", pieces.next()?, pieces.next()?))
}

impl fmt::Display for PostId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.discussion { "discussions" } else { "issues" };
        write!(f, "{}/{kind}/{}", self.repository, self.number)?;
        match &self.part {
            Part::Whole => Ok(()),
            Part::Comment(id) => write!(f, "/c{id}"),
            Part::Review(id) => write!(f, "/r{id}"),
            Part::Node(node) => write!(f, "/{node}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let issue = PostId::issue("Ferris/Bikes.app", 12);
        for id in [
            issue.clone(),
            issue.with(Part::Comment(345)),
            issue.with(Part::Review(9)),
            PostId::discussion("ferris/bikes", 7),
            PostId::discussion("ferris/bikes", 7).with(Part::Node("DC_kwDOA-x".into())),
        ] {
            assert_eq!(PostId::read(&id.to_string()), Some(id));
        }
        for bad in [
            "",
            "a/b",
            "a/b/issues",
            "a/b/issues/x",
            "a/b/wiki/1",
            "../b/issues/1",
            "a/b/issues/1/x9",
            "a/b/issues/1/é",
        ] {
            assert_eq!(PostId::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn repositories_are_read_from_what_people_paste() {
        for written in ["Ferris/Bikes", "https://github.com/ferris/bikes.git", "https://github.com/ferris/bikes/"] {
            assert_eq!(repository(written).as_deref(), Some("ferris/bikes"), "{written}");
        }
        for bad in ["ferris", "ferris/../x", "a/b/c", "a b/c", ""] {
            assert_eq!(repository(bad), None, "{bad}");
        }
    }

    #[test]
    fn addresses_of_the_interface_are_taken_apart() {
        let of = |address: &str| PostId::of_address(address).map(|id| id.to_string());
        assert_eq!(of("https://api.github.com/repos/Ferris/bikes/pulls/12").as_deref(), Some("ferris/bikes/issues/12"));
        assert_eq!(of("https://h/api/v3/repos/a/b/issues/1").as_deref(), Some("a/b/issues/1"));
        assert_eq!(of("https://api.github.com/repos/a/b/commits/1"), None);
        assert_eq!(repository_of_address("https://api.github.com/repos/A/b").as_deref(), Some("a/b"));
    }
}
