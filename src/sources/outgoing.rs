//! What is published: its words, what the network says of it, and how sure we are that it went out.

use super::{SourceError, SourceErrorKind};
use crate::domain::{Timestamp, Visibility};

pub use crate::domain::text_rules::{Count, OwnPosts, TextRules};

/// Something that we are about to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The words.
    pub text: String,
    /// Native id of the post that it answers; `None` for a post of our own.
    pub parent: Option<String>,
    /// Native id of the first post of the thread.
    pub root: Option<String>,
    /// Native id of the post that it quotes.
    pub quote: Option<String>,
    /// Who may read it; never wider than what it answers.
    pub visibility: Visibility,
    /// The warning to put before it, where the network has such.
    pub content_warning: Option<String>,
    /// Language of the words (BCP 47).
    pub lang: Option<String>,
    /// Made before the first attempt and stored with it: the network's means against publishing twice. At least
    /// 16 letters and digits, random.
    pub token: String,
}

impl Outgoing {
    /// Refuses what would be read by more people than it is for. `shown` is who reads what is written there; a place
    /// that is narrower than was asked for is all right.
    ///
    /// # Errors
    /// When it would be shown too widely. Nothing was sent.
    pub(super) fn must_not_widen(&self, shown: Visibility, place: &str) -> Result<(), PublishError> {
        if self.visibility.narrower(shown) == shown {
            return Ok(());
        }
        let what = match (self.visibility, self.parent.is_some()) {
            (Visibility::Private, true) => format!("{place} cannot answer a public post in private"),
            (Visibility::Private, false) => format!("everybody reads a new post at {place}, and this is private"),
            _ => format!("{place} lists it for everybody, and this is not to be listed"),
        };
        let advice = match self.visibility {
            Visibility::Private => "write a message to its author in the browser, or answer publicly",
            _ => "publish it publicly, or elsewhere",
        };
        Err(PublishError::not_sent(SourceError::new(SourceErrorKind::Refused, &what, advice)))
    }
}

/// What the network says of something that we published.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Published {
    /// Its native id.
    pub native_id: String,
    /// Where a person can read it.
    pub url: Option<String>,
    /// When the network says that it was published.
    pub at: Option<Timestamp>,
    /// What a person should know though it went out: nobody sees it there, it does not hang below what it answers.
    pub remarks: Vec<String>,
}

/// What became of something that could not be published without trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It certainly did not go out; trying again is safe when the error's `retry` allows it.
    NotSent,
    /// It may have gone out: look with [`super::Publish::find`] before trying again. A network that keeps the
    /// token ([`TextRules::retry_safe`]) may be tried again with the same token.
    Uncertain,
}

/// Why something could not be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct PublishError {
    /// What happened and what to do.
    pub error: SourceError,
    /// Whether it went out.
    pub fate: Fate,
}

impl PublishError {
    /// It certainly did not go out.
    pub fn not_sent(error: SourceError) -> Self {
        Self { error, fate: Fate::NotSent }
    }

    /// It may have gone out.
    pub fn uncertain(error: SourceError) -> Self {
        Self { error, fate: Fate::Uncertain }
    }

    /// The request that should have published failed: whether it went out is told by how. A server that refused
    /// did not take it; one that broke off, was too slow or gave an answer that cannot be read may have.
    pub fn by_kind(error: SourceError) -> Self {
        match error.kind {
            SourceErrorKind::Refused
            | SourceErrorKind::NotFound
            | SourceErrorKind::Gone
            | SourceErrorKind::TooMany
            | SourceErrorKind::BadAddress
            | SourceErrorKind::Insecure
            | SourceErrorKind::Challenge
            | SourceErrorKind::Local => Self::not_sent(error),
            SourceErrorKind::Unreachable
            | SourceErrorKind::TimedOut
            | SourceErrorKind::ServerTrouble
            | SourceErrorKind::NotUnderstood
            | SourceErrorKind::TooLarge => Self::uncertain(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_more_widely_than_asked_is_refused_and_what_is_shown_less_widely_is_not() {
        use Visibility::{Private, Public, Unlisted};
        for (asked, shown, sent) in [
            (Public, Public, true),
            (Public, Unlisted, true),
            (Public, Private, true),
            (Unlisted, Public, false),
            (Unlisted, Unlisted, true),
            (Unlisted, Private, true),
            (Private, Public, false),
            (Private, Unlisted, false),
            (Private, Private, true),
        ] {
            for parent in [None, Some("1".to_owned())] {
                let outgoing = Outgoing {
                    text: String::new(),
                    parent,
                    root: None,
                    quote: None,
                    visibility: asked,
                    content_warning: None,
                    lang: None,
                    token: String::new(),
                };
                let judged = outgoing.must_not_widen(shown, "the forum");
                assert_eq!(judged.is_ok(), sent, "{asked:?} {shown:?}");
                if let Err(refused) = judged {
                    assert_eq!((refused.fate, refused.error.kind), (Fate::NotSent, SourceErrorKind::Refused));
                    assert!(refused.to_string().contains("the forum"), "{refused}");
                }
            }
        }
    }
}
