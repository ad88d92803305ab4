//! The sections and keys that a configuration may hold: the one list that unknown keys are judged by.

/// A section of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SectionSchema {
    /// Its name, as in `[brand]` or `[[watch]]`.
    pub name: &'static str,
    /// It may occur several times, written `[[name]]`.
    pub many: bool,
    /// Its keys, in the order in which they are documented. Empty when the keys are names of the user's choice.
    pub keys: &'static [&'static str],
}

impl SectionSchema {
    /// How its header is written.
    pub fn header(&self) -> String {
        if self.many { format!("[[{}]]", self.name) } else { format!("[{}]", self.name) }
    }

    /// The key that somebody means who writes another word for it.
    pub fn another_word(&self, word: &str) -> Option<&'static str> {
        let word = word.to_lowercase();
        OTHER_WORDS.iter().find(|(section, other, _)| *section == self.name && *other == word).map(|(.., key)| *key)
    }
}

/// What other places call a key: the section, the word, and the key that is meant.
const OTHER_WORDS: &[(&str, &str, &str)] = &[
    ("campaign", "hashtag", "tags"),
    ("campaign", "hashtags", "tags"),
    ("campaign", "query", "words"),
    ("campaign", "keywords", "words"),
    ("campaign", "search", "words"),
    ("campaign", "watches", "watch"),
    ("campaign", "handles", "accounts"),
    ("campaign", "people", "accounts"),
    ("campaign", "sources", "accounts"),
    ("campaign", "from", "since"),
    ("campaign", "start", "since"),
    ("campaign", "begin", "since"),
    ("campaign", "begins", "since"),
    ("campaign", "to", "until"),
    ("campaign", "end", "until"),
    ("campaign", "ends", "until"),
    ("watch", "words", "query"),
    ("watch", "search", "query"),
    ("watch", "brand", "subject"),
    ("source", "tags", "hashtags"),
    ("source", "type", "network"),
    ("source", "kind", "network"),
    ("source", "address", "url"),
    ("brand", "accounts", "handles"),
    ("rival", "accounts", "handles"),
];

const fn one(name: &'static str, keys: &'static [&'static str]) -> SectionSchema {
    SectionSchema { name, many: false, keys }
}

const fn many(name: &'static str, keys: &'static [&'static str]) -> SectionSchema {
    SectionSchema { name, many: true, keys }
}

/// Whom we speak for.
pub const BRAND: SectionSchema = one("brand", &["name", "size", "handles", "people"]);
/// A competitor.
pub const RIVAL: SectionSchema = many("rival", &["name", "handles"]);
/// A named query for a subject.
pub const WATCH: SectionSchema = many("watch", &["name", "query", "subject", "context"]);
/// A feed or account.
pub const SOURCE: SectionSchema = many(
    "source",
    &[
        "name",
        "network",
        "url",
        "account",
        "search",
        "hashtags",
        "places",
        "stream",
        "client_id",
        "command",
        "publish_command",
        "keep_running",
        "path",
        "listen",
        "shortest",
        "longest",
        "everything",
        "password_command",
        "token_env",
        "token_file",
    ],
);
/// When to ask.
pub const COLLECT: SectionSchema =
    one("collect", &["public_feeds", "shortest", "longest", "concurrency", "watch_ceiling", "own_history_days"]);
/// How to ask.
pub const HTTP: SectionSchema =
    one("http", &["contact", "user_agent", "timeout", "max_body_mb", "per_host", "private_addresses"]);
/// What is kept for how long.
pub const RETENTION: SectionSchema = one("retention", &["days"]);
/// How the screen looks and behaves.
pub const SCREEN: SectionSchema = one("screen", &["colour", "emoji", "time_zone", "bell", "browser", "sync_output"]);
/// How what we publish goes out.
pub const OUTBOX: SectionSchema = one("outbox", &["hold", "hold_by_network", "approval", "dry_run"]);
/// Weights of the formulas.
pub const WEIGHTS: SectionSchema = one("weights", &["tell_factor"]);
/// How answers are given.
pub const ANSWERING: SectionSchema = one("answering", &["target", "hours", "time_zone", "voice"]);
/// A member of the team who answers.
pub const VOICE: SectionSchema = many("voice", &["name", "signature", "handles"]);
/// A saved reply.
pub const REPLY: SectionSchema = many("reply", &["name", "text"]);
/// A named set of our own posts.
pub const CAMPAIGN: SectionSchema = many("campaign", &["name", "tags", "words", "watch", "accounts", "since", "until"]);
/// Keys of the keyboard, by action.
pub const KEYS: SectionSchema = one("keys", &[]);
/// Where the data is.
pub const DATA: SectionSchema = one("data", &["directory"]);

/// All sections, in the order in which they are documented.
pub const SECTIONS: [SectionSchema; 16] = [
    BRAND, RIVAL, WATCH, SOURCE, COLLECT, HTTP, RETENTION, OUTBOX, SCREEN, WEIGHTS, ANSWERING, VOICE, REPLY, CAMPAIGN,
    KEYS, DATA,
];

/// The nearest of some words to a mistyped one, when one is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (word.chars().count().max(candidate.chars().count()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_word_and_nonsense_finds_none() {
        assert_eq!(nearest("nmae", ["name", "size"]), Some("name"));
        assert_eq!(nearest("watches", SECTIONS.iter().map(|section| section.name)), Some("watch"));
        assert_eq!(nearest("Sources", SECTIONS.iter().map(|section| section.name)), Some("source"));
        assert_eq!(nearest("zzzzzz", ["name", "size"]), None);
        assert_eq!(nearest("x", ["name", "size"]), None);
    }
}
