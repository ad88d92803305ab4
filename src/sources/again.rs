//! Looking again, once an hour, at posts that were heard and concern us: whether they are still there.

use serde::{Deserialize, Serialize};

use super::recheck::{Heard, worth_it};
use crate::domain::time::SignedDuration;
use crate::domain::{Item, Timestamp};

/// How often.
const EVERY: SignedDuration = SignedDuration::from_hours(1);

/// What to look at again, and when that was done last.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Again {
    heard: Heard,
    at: Option<Timestamp>,
}

impl Again {
    /// Remembers those of the items that are likely mentions.
    pub(super) fn note(&mut self, items: &[Item], words: &[String], now: Timestamp) {
        let begun = self.at.get_or_insert(now);
        // A clock that was put back must not stop it for good.
        *begun = (*begun).min(now);
        self.heard.note(items.iter().filter(|item| item.deleted || (!item.own && worth_it(item, words))), now);
    }

    /// The next posts to look at, if it is time; most of the time nothing.
    pub(super) fn due(&mut self, most: usize, now: Timestamp) -> Vec<String> {
        if self.at.is_none_or(|at| now.duration_since(at) < EVERY) {
            return Vec::new();
        }
        self.at = Some(now);
        self.heard.next(most, now)
    }

    /// The post is gone: word of it, and no more looking.
    pub(super) fn gone(&mut self, native_id: &str) -> Item {
        self.heard.forget(native_id);
        Item { native_id: native_id.to_owned(), deleted: true, ..Item::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_an_hour_what_concerns_us_is_looked_at() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let noon = at("2026-11-22T12:00:00Z");
        let item =
            |id: &str, addressed| Item { native_id: id.into(), addressed, claimed: Some(noon), ..Item::default() };
        let mut again = Again::default();
        assert!(again.due(5, noon).is_empty());
        again.note(
            &[item("a", true), item("b", false), Item { text: "Ferris".into(), ..item("c", false) }],
            &["ferris".into()],
            noon,
        );
        assert!(again.due(5, noon).is_empty());
        let mut again: Again = serde_json::from_str(&serde_json::to_string(&again).unwrap()).unwrap();
        assert_eq!(again.due(5, at("2026-11-22T13:00:00Z")), ["a", "c"]);
        assert!(again.due(5, at("2026-11-22T13:30:00Z")).is_empty());
        assert!(again.gone("a").deleted);
        assert_eq!(again.due(5, at("2026-11-22T14:00:00Z")), ["c"]);
    }
}
