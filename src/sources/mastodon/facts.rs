//! What a server says of itself (`/api/v2/instance`, before 4.0 and elsewhere `/api/v1/instance`), and what follows
//! from the program that it runs.
//!
//! | program | known by its version | pages forward by `min_id` | keeps `Idempotency-Key` | folds hashtags |
//! |---|---|---|---|---|
//! | Mastodon and its forks | `4.6.0`, `4.3.1+glitch` | yes | yes, an hour | yes |
//! | GoToSocial | `0.19.1+git-…`, or its source address | yes | not relied on | no |
//! | Pleroma, Akkoma | `2.7.2 (compatible; Pleroma …)` | yes | refusals too, so it is not sent | yes |
//! | snac | `4.0.0 (not true; really snac/…)` | no | no | no |
//! | others | `… (compatible; NAME …)` | not relied on | not relied on | no |

use serde_json::Value;
use url::Url;

/// The program that a server runs, as far as it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Program {
    /// Mastodon or a fork of it, with its version.
    Mastodon(u32, u32),
    /// GoToSocial.
    GoToSocial,
    /// Pleroma or Akkoma.
    Pleroma,
    /// snac.
    Snac,
    /// Any other.
    Other,
}

/// Who may read a kind of timeline (Mastodon 4.5, `configuration.timelines_access`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Anybody.
    Public,
    /// Who is logged in.
    Authenticated,
    /// Nobody: the answer is an empty list.
    Disabled,
}

/// What is known of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub program: Program,
    /// The version as it says it, for remarks.
    pub version: String,
    /// The domain of its accounts; may differ from the host that is asked.
    pub domain: Option<String>,
    pub longest: Option<usize>,
    pub address_counts: Option<usize>,
    /// Where it streams, when it says so.
    pub streaming: Option<Url>,
    pub hashtags: Access,
    /// It knows quotes and tells of them (Mastodon 4.5).
    pub quotes: bool,
}

/// Characters that a post may have where the server does not say.
const USUAL_LENGTH: usize = 500;
/// Characters that an address counts at Mastodon where the server does not say.
const USUAL_ADDRESS: usize = 23;
/// `api_versions.mastodon` of the first release that knows quotes (4.5).
const QUOTES_FROM: u64 = 7;

impl Facts {
    /// What is known of a server that says nothing of itself.
    pub(super) fn unknown() -> Self {
        Self::read(&Value::Null)
    }

    /// Reads the answer of either version of the interface.
    pub(super) fn read(instance: &Value) -> Self {
        let text = |place: &str| instance.pointer(place).and_then(Value::as_str).map(str::trim);
        let number = |place: &str| {
            let value = instance.pointer(place)?;
            let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
            usize::try_from(number).ok().filter(|number| *number > 0)
        };
        let version = text("/version").unwrap_or_default().to_owned();
        let program = program(&version, text("/source_url").unwrap_or_default());
        let streaming = text("/configuration/urls/streaming").or_else(|| text("/urls/streaming_api"));
        let access = |place: &str| match text(place) {
            Some("authenticated") => Access::Authenticated,
            Some("disabled") => Access::Disabled,
            _ => Access::Public,
        };
        let hashtags = match (
            access("/configuration/timelines_access/hashtag_feeds/local"),
            access("/configuration/timelines_access/hashtag_feeds/remote"),
        ) {
            (Access::Disabled, Access::Disabled) => Access::Disabled,
            (Access::Public, _) | (_, Access::Public) => Access::Public,
            _ => Access::Authenticated,
        };
        let api = instance.pointer("/api_versions/mastodon").and_then(Value::as_u64);
        Self {
            longest: number("/configuration/statuses/max_characters")
                .or_else(|| number("/max_toot_chars"))
                .or(Some(USUAL_LENGTH)),
            address_counts: number("/configuration/statuses/characters_reserved_per_url")
                .or_else(|| matches!(program, Program::Mastodon(..)).then_some(USUAL_ADDRESS)),
            domain: domain(text("/domain").or_else(|| text("/uri")).unwrap_or_default()),
            streaming: streaming.and_then(|address| Url::parse(address).ok()),
            quotes: matches!(program, Program::Mastodon(major, minor) if (major, minor) >= (4, 5))
                || api.is_some_and(|version| version >= QUOTES_FROM),
            hashtags,
            program,
            version,
        }
    }

    /// `min_id` brings what comes right after it, so that nothing is skipped.
    pub(super) fn pages_forward(&self) -> bool {
        matches!(self.program, Program::Mastodon(..) | Program::GoToSocial | Program::Pleroma)
    }

    /// The same `Idempotency-Key` is certain never to be published twice.
    pub(super) fn keeps_tokens(&self) -> bool {
        matches!(self.program, Program::Mastodon(..))
    }

    /// Whether the token is sent at all. Pleroma keeps every answer under it, a refusal too, for hours: with the
    /// same token what was refused once could never be sent.
    pub(super) fn takes_tokens(&self) -> bool {
        self.program != Program::Pleroma
    }

    /// One hashtag timeline can be asked for several hashtags (`any[]`).
    pub(super) fn folds_hashtags(&self) -> bool {
        matches!(self.program, Program::Mastodon(..) | Program::Pleroma)
    }

    /// It hides notifications of strangers unless told otherwise (Mastodon 4.3).
    pub(super) fn filters_notifications(&self) -> bool {
        matches!(self.program, Program::Mastodon(major, minor) if (major, minor) >= (4, 3))
    }
}

fn program(version: &str, source: &str) -> Program {
    let lower = version.to_lowercase();
    if lower.contains("snac") {
        return Program::Snac;
    }
    if lower.contains("gotosocial") || source.to_lowercase().contains("gotosocial") {
        return Program::GoToSocial;
    }
    if ["pleroma", "akkoma", "rebased"].iter().any(|name| lower.contains(name)) {
        return Program::Pleroma;
    }
    if lower.contains('(') {
        return Program::Other;
    }
    let mut parts = lower.split(|sign: char| !sign.is_ascii_digit());
    let mut part = || parts.next().and_then(|part| part.parse::<u32>().ok());
    match (part(), part()) {
        // Versions below 1 are GoToSocial's; Mastodon's were never seen in the wild.
        (Some(0), Some(_)) => Program::GoToSocial,
        (Some(major), Some(minor)) => Program::Mastodon(major, minor),
        _ => Program::Other,
    }
}

/// The domain out of `domain` or the `uri` of the first version of the interface, which some write as an address.
fn domain(written: &str) -> Option<String> {
    let bare = written.split_once("://").map_or(written, |(_, rest)| rest);
    let bare = bare.split('/').next().unwrap_or_default().trim();
    (!bare.is_empty() && !bare.contains(char::is_whitespace)).then(|| bare.to_lowercase())
}
