//! Listings that show the newest first: how far down one must go to meet what was seen before.
//!
//! A listing moves while it is read: posts appear at its top and vanish from its middle. So a walk through it
//! begins at the top, takes whole pages, and ends only when it meets one of several posts that an earlier walk
//! began with (the one that was newest may be deleted by now), or posts older than all of them. A walk that is
//! cut off goes on where it was.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// How many of the newest posts are remembered.
const KNOWN: usize = 25;
/// Servers sort posts that came at nearly the same time as they please, in milliseconds.
const SLACK: i64 = 10 * 60 * 1_000;

/// Where a listing was left.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::sources) struct Left {
    /// It was read before.
    begun: bool,
    /// What the last whole walk found at the top, newest first.
    known: Vec<String>,
    /// The time of the newest post that was seen, in milliseconds since 1970.
    newest: Option<i64>,
    /// A walk that has not met anything known yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    walk: Option<Walk>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Walk {
    known: Vec<String>,
    newest: Option<i64>,
    /// The page to ask for.
    page: String,
    /// The posts of the page before it.
    last: Vec<String>,
}

/// One post of a page: its id and its time.
pub(in crate::sources) type Post<'a> = (&'a str, Option<Timestamp>);

impl Left {
    /// Reads where a part of a source was left. What cannot be read is a new beginning.
    pub(in crate::sources) fn read(place: &str) -> Self {
        serde_json::from_str(place).unwrap_or_default()
    }

    /// For the source's cursor.
    pub(in crate::sources) fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The page to ask for; empty for the top.
    pub(in crate::sources) fn page(&self) -> &str {
        self.walk.as_ref().map_or("", |walk| &walk.page)
    }

    /// The posts of the page before the one to ask for, in the order of the listing; empty at the top.
    pub(in crate::sources) fn last(&self) -> &[String] {
        self.walk.as_ref().map_or(&[], |walk| &walk.last)
    }

    /// Asks for another page than the one that was to come, without having taken anything.
    pub(in crate::sources) fn go_to(&mut self, page: String) {
        if let Some(walk) = self.walk.as_mut() {
            walk.page = page;
        }
    }

    /// Begins the walk anew at the top: its pages cannot be trusted any more.
    pub(in crate::sources) fn restart(&mut self) {
        self.walk = None;
    }

    /// Takes a page. `next` is the page after it, if there is one. Says whether that must be asked for too.
    pub(in crate::sources) fn take(&mut self, posts: &[Post<'_>], next: Option<String>) -> bool {
        let time = |post: &Post<'_>| post.1.map(Timestamp::as_millisecond);
        let ids = || posts.iter().map(|(id, _)| (*id).to_owned());
        let mut walk = self.walk.take().unwrap_or_else(|| Walk {
            known: ids().take(KNOWN).collect(),
            newest: posts.iter().filter_map(time).max(),
            ..Walk::default()
        });
        let met = posts.iter().any(|(id, _)| self.known.iter().any(|known| known == id));
        let older = |newest: i64| posts.last().and_then(time).is_some_and(|at| at < newest - SLACK);
        match next {
            Some(next) if self.begun && !met && !self.newest.is_some_and(older) => {
                walk.page = next;
                walk.last = ids().collect();
                self.walk = Some(walk);
                true
            }
            _ => {
                let before = std::mem::take(&mut self.known);
                self.known = walk.known;
                for id in before {
                    if self.known.len() < KNOWN && !self.known.contains(&id) {
                        self.known.push(id);
                    }
                }
                self.newest = self.newest.max(walk.newest);
                self.begun = true;
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(second).ok()
    }

    #[test]
    fn the_first_walk_takes_one_page_and_later_ones_go_on_to_what_is_known() {
        let mut left = Left::read("");
        assert!(!left.take(&[("c", at(3_000)), ("b", at(2_000))], Some("2".into())));
        let mut left = Left::read(&left.written());
        assert!(left.take(&[("f", at(6_000)), ("e", at(5_000))], Some("2".into())));
        let mut left = Left::read(&left.written());
        assert_eq!((left.page(), left.last()), ("2", &["f".to_owned(), "e".to_owned()][..]));
        // `c` is gone, `b` is still there.
        assert!(!left.take(&[("d", at(4_000)), ("b", at(2_000))], Some("3".into())));
        assert_eq!(left.page(), "");
        assert_eq!(left.known, ["f", "e", "c", "b"]);
    }

    #[test]
    fn a_walk_ends_below_the_time_of_what_was_seen_though_all_of_it_is_gone() {
        let mut left = Left::default();
        left.take(&[("c", at(30_000))], None);
        assert!(left.take(&[("e", at(50_000)), ("d", at(40_000))], Some("2".into())));
        assert!(left.take(&[("x", at(29_900))], Some("3".into())), "nearly the same time proves nothing");
        assert!(!left.take(&[("b", at(20_000))], Some("4".into())));
    }

    #[test]
    fn a_listing_that_was_empty_is_walked_to_its_end() {
        let mut left = Left::default();
        assert!(!left.take(&[], None));
        assert!(left.take(&[("b", at(2))], Some("2".into())));
        assert!(!left.take(&[("a", at(1))], None));
    }
}
