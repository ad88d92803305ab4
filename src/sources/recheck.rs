//! What was heard lately is looked at again, a few posts at a time: authors edit and delete, and most networks do
//! not tell.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::domain::time::SignedDuration;
use crate::domain::{Item, Timestamp};

/// Most posts that are remembered.
const MOST: usize = 200;
/// For how long a post is looked at again after it was published.
const WHILE: SignedDuration = SignedDuration::from_hours(48);

/// Posts to look at again, the next ones first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(in crate::sources) struct Heard(VecDeque<(String, i64)>);

impl Heard {
    /// Reads what was remembered. What cannot be read is nothing.
    pub(in crate::sources) fn read(place: &str) -> Self {
        serde_json::from_str(place).unwrap_or_default()
    }

    /// For the source's cursor.
    pub(in crate::sources) fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Remembers those of the items that are young enough; deleted ones are forgotten.
    pub(in crate::sources) fn note<'a>(&mut self, items: impl IntoIterator<Item = &'a Item>, now: Timestamp) {
        for item in items {
            if item.deleted {
                self.forget(&item.native_id);
                continue;
            }
            let at = item.claimed.unwrap_or(now).min(now);
            let known = || self.0.iter().any(|(id, _)| *id == item.native_id);
            if now.duration_since(at) < WHILE && !known() {
                self.0.push_back((item.native_id.clone(), at.as_second()));
            }
        }
        while self.0.len() > MOST {
            let oldest = self.0.iter().enumerate().min_by_key(|(_, (_, at))| *at).map(|(place, _)| place);
            oldest.and_then(|place| self.0.remove(place));
        }
    }

    /// Forgets a post.
    pub(in crate::sources) fn forget(&mut self, id: &str) {
        self.0.retain(|(known, _)| known != id);
    }

    /// The next posts to look at, at most `most`; it will be their turn again after all others.
    pub(in crate::sources) fn next(&mut self, most: usize, now: Timestamp) -> Vec<String> {
        let oldest = now.saturating_sub(WHILE).map_or(i64::MIN, Timestamp::as_second);
        self.0.retain(|(_, at)| *at >= oldest);
        let count = most.min(self.0.len());
        self.0.rotate_left(count);
        let turn = self.0.iter().skip(self.0.len() - count);
        turn.map(|(id, _)| id.clone()).collect()
    }
}

/// Whether the item is likely a mention: it addresses us, or holds one of the words as they are written.
pub(in crate::sources) fn worth_it(item: &Item, words: &[String]) -> bool {
    let text = item.full_text().to_lowercase();
    item.addressed || words.iter().any(|word| !word.is_empty() && text.contains(&word.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: u32, at: i64) -> Item {
        Item { native_id: id.to_string(), claimed: Timestamp::from_second(at).ok(), ..Item::default() }
    }

    #[test]
    fn everything_has_its_turn_until_it_is_old() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let mut heard = Heard::read("");
        heard.note(&[item(1, 999_000), item(2, 999_100), item(3, 999_200), item(4, 100_000)], now);
        heard.note(&[item(2, 999_100)], now);
        let mut heard = Heard::read(&heard.written());
        assert_eq!(heard.next(2, now), ["1", "2"]);
        assert_eq!(heard.next(2, now), ["3", "1"]);
        heard.note(&[Item { deleted: true, ..item(2, 0) }], now);
        assert_eq!(heard.next(9, now), ["3", "1"]);
        let later = now.saturating_add(SignedDuration::from_hours(72)).unwrap();
        assert!(heard.next(9, later).is_empty());
    }

    #[test]
    fn only_so_many_are_remembered_the_youngest() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let mut heard = Heard::default();
        heard.note(&(0..500).map(|id| item(id, 990_000 + i64::from(id))).collect::<Vec<_>>(), now);
        assert_eq!(heard.0.len(), MOST);
        assert_eq!(heard.next(1, now), ["300"]);
    }

    #[test]
    fn words_make_it_worth_a_second_look() {
        let of = |text: &str, addressed| Item { text: text.into(), addressed, ..Item::default() };
        let words = ["Ferris Bikes".to_owned(), String::new()];
        assert!(worth_it(&of("my ferris bikes chain", false), &words));
        assert!(worth_it(&of("hello", true), &words));
        assert!(!worth_it(&of("my bike", false), &words));
    }
}
