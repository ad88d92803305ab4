//! Where a feed was left: what is kept between two polls. Holds no secret: it is written to the store.

use serde::{Deserialize, Serialize};
use url::Url;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::sources::http::{Validators, holds_secret};

/// After this many answers in a row that named the same new address, the feed has moved there.
const MOVED_AFTER: u32 = 3;

/// The kept state. Unknown or damaged ones are read as a fresh start: the worst that follows is one full answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Cursor {
    /// Fingerprint of the configured address that all the rest belongs to.
    of: String,
    /// A feed was read here before.
    pub(super) read: bool,
    /// The feed that was found on the configured page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) found: Option<String>,
    /// Where permanent redirects point to.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<String>,
    /// How many answers in a row pointed there.
    moved_seen: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
    /// Hash of the last body.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    /// Hashes of ids that several entries share.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) shared: Vec<String>,
}

impl Cursor {
    /// Reads what was kept, if it was kept for this configured address.
    pub(super) fn read(kept: &str, configured: &Url) -> Self {
        let of = format!("{:016x}", xxh3_64(configured.as_str().as_bytes()));
        let kept: Self = serde_json::from_str(kept).unwrap_or_default();
        if kept.of == of { kept } else { Self { of, ..Self::default() } }
    }

    /// As it is kept.
    pub(super) fn kept(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Where the feed has moved for good, once that was said often enough.
    pub(super) fn new_home(&self) -> Option<Url> {
        self.moved.as_deref().filter(|_| self.moved_seen >= MOVED_AFTER)?.parse().ok()
    }

    /// Notes where a good answer's permanent redirects pointed. Returns the address when this was the answer
    /// that made it the feed's own. An address with a secret is not written down: it is followed each time.
    pub(super) fn note_move(&mut self, target: Option<&Url>) -> Option<String> {
        let target = target.filter(|target| !holds_secret(target)).map(|target| target.as_str().to_owned());
        if self.new_home().is_some() {
            // The new address was asked: it stays the feed's own unless it moved on.
            self.moved = target.or(self.moved.take());
            return None;
        }
        if target.is_some() && self.moved == target {
            self.moved_seen = self.moved_seen.saturating_add(1);
        } else {
            self.moved_seen = u32::from(target.is_some());
            self.moved = target;
        }
        self.moved.clone().filter(|_| self.moved_seen >= MOVED_AFTER)
    }

    /// Forgets a move: the new address did not work.
    pub(super) fn forget_move(&mut self) {
        self.moved = None;
        self.moved_seen = 0;
    }

    /// Keeps the feed that was found on the configured page, unless its address holds a secret: then it is
    /// looked for each time.
    pub(super) fn note_found(&mut self, found: &Url) {
        if !holds_secret(found) {
            self.found = Some(found.as_str().to_owned());
        }
    }

    /// What lets the server answer that nothing changed.
    pub(super) fn validators(&self) -> Validators {
        Validators { etag: self.etag.clone(), last_modified: self.last_modified.clone() }
    }

    /// Keeps the validators of a whole answer.
    pub(super) fn note_validators(&mut self, validators: Validators) {
        self.etag = validators.etag;
        self.last_modified = validators.last_modified;
    }

    /// Keeps those validators that an answer without a body renewed.
    pub(super) fn renew_validators(&mut self, validators: Validators) {
        self.etag = validators.etag.or(self.etag.take());
        self.last_modified = validators.last_modified.or(self.last_modified.take());
    }

    /// Notes the body; whether it is the same as the last time.
    pub(super) fn note_body(&mut self, body: &[u8]) -> bool {
        let hash = Some(format!("{:032x}", xxh3_128(body)));
        let same = self.body == hash;
        self.body = hash;
        same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn a_move_counts_when_it_was_said_three_times_in_a_row() {
        let mut cursor = Cursor::read("", &url("https://a.example/feed"));
        let new = url("https://b.example/feed");
        assert_eq!(cursor.note_move(Some(&new)), None);
        assert_eq!(cursor.note_move(None), None);
        assert_eq!(cursor.note_move(Some(&new)), None);
        assert_eq!(cursor.note_move(Some(&new)), None);
        assert_eq!(cursor.new_home(), None);
        assert_eq!(cursor.note_move(Some(&new)).as_deref(), Some("https://b.example/feed"));
        assert_eq!(cursor.new_home(), Some(new.clone()));
        assert_eq!(cursor.note_move(Some(&new)), None);
        assert_eq!(Cursor::read(&cursor.kept(), &url("https://a.example/feed")), cursor);
    }

    #[test]
    fn another_address_in_the_configuration_is_a_fresh_start() {
        let mut cursor = Cursor::read("", &url("https://a.example/feed"));
        cursor.note_validators(Validators { etag: Some("W/\"1\"".into()), last_modified: None });
        assert_eq!(Cursor::read(&cursor.kept(), &url("https://a.example/other")).validators(), Validators::default());
        assert_eq!(Cursor::read("{not json", &url("https://a.example/feed")).validators(), Validators::default());
    }

    #[test]
    fn secrets_are_not_kept() {
        let mut cursor = Cursor::read("", &url("https://u:hunter2@a.example/feed?token=hunter2"));
        for _ in 0..5 {
            cursor.note_move(Some(&url("https://a.example/new?token=hunter2")));
        }
        assert_eq!(cursor.new_home(), None);
        assert!(!cursor.kept().contains("hunter2"));
    }

    #[test]
    fn the_same_body_is_known_again() {
        let mut cursor = Cursor::read("", &url("https://a.example/feed"));
        assert!(!cursor.note_body(b"one"));
        assert!(cursor.note_body(b"one"));
        assert!(!cursor.note_body(b"two"));
    }
}
