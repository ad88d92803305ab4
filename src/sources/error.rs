//! What can go wrong when a network is asked, told to a person.

use crate::domain::{SafeText, Timestamp};

/// Whether and when asking again makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// After a growing pause.
    BackOff,
    /// After a pause that grows to a few minutes: it is a matter of this machine, so that asking bothers nobody.
    Soon,
    /// Not before this moment (Retry-After, a rate limit's reset).
    NotBefore(Timestamp),
    /// Rarely, once a day: it looks gone but may come back.
    Daily,
    /// Not until a person does something.
    Never,
}

/// Kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceErrorKind {
    /// No answer: name not found, connection refused, network away.
    Unreachable,
    /// It took too long.
    TimedOut,
    /// TLS failed.
    Insecure,
    /// 401, 403: credentials missing or refused.
    Refused,
    /// 404.
    NotFound,
    /// 410.
    Gone,
    /// 429, or a network's own rate limit.
    TooMany,
    /// 5xx.
    ServerTrouble,
    /// A page that wants a browser or a person stands before the answer.
    Challenge,
    /// The answer is not what was asked for (a web page instead of a feed, garbage).
    NotUnderstood,
    /// The answer is larger than the cap.
    TooLarge,
    /// The address is not allowed or malformed.
    BadAddress,
    /// A local file or command failed.
    Local,
}

/// A failure of a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {advice}")]
pub struct SourceError {
    /// Kind.
    pub kind: SourceErrorKind,
    /// What happened, one line, clean, without secrets.
    pub what: SafeText,
    /// What to do about it, one line.
    pub advice: String,
    /// Whether and when to try again.
    pub retry: Retry,
    /// The whole host asks to be left alone, not only this source.
    pub whole_host: bool,
    /// Nothing failed and nobody was asked: we hold back by ourselves until the moment that `retry` names.
    pub by_choice: bool,
}

impl SourceError {
    /// A failure of this kind, with the retry that the kind usually allows. Both texts are cleaned, and
    /// secrets in them masked.
    pub fn new(kind: SourceErrorKind, what: &str, advice: impl Into<String>) -> Self {
        let retry = match kind {
            SourceErrorKind::Refused | SourceErrorKind::Gone | SourceErrorKind::BadAddress => Retry::Never,
            SourceErrorKind::Challenge | SourceErrorKind::TooLarge => Retry::Daily,
            _ => Retry::BackOff,
        };
        let clean = |words: &str| SafeText::line(&super::http::redact_text(words), Self::LONGEST);
        Self {
            kind,
            what: clean(what),
            advice: clean(&advice.into()).to_string(),
            retry,
            whole_host: false,
            by_choice: false,
        }
    }

    /// Longest description and longest advice, in characters.
    pub const LONGEST: usize = 400;

    /// The same failure with another answer to whether and when to try again.
    #[must_use]
    pub fn retrying(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// No failure: we hold back by ourselves until this moment.
    #[must_use]
    pub fn waiting_until(mut self, moment: Timestamp) -> Self {
        self.by_choice = true;
        self.retrying(Retry::NotBefore(moment))
    }

    /// The same failure, meant for everything at this host.
    #[must_use]
    pub fn for_whole_host(mut self) -> Self {
        self.whole_host = true;
        self
    }
}
