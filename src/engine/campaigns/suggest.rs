//! Hashtags and links that several acts share and no campaign has.

use std::collections::BTreeMap;

use super::matching::link_query;
use crate::domain::time::SignedDuration;
use crate::domain::{Terms, Timestamp};

/// Acts from which something shared is suggested.
pub const FEWEST: usize = 3;
/// Within how long they were published.
pub(super) const WITHIN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Most that is suggested at once.
const MOST: usize = 5;

/// What could be a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Under which it is dismissed: `#tag`, or a link.
    pub key: String,
    /// Acts that share it within 30 days.
    pub acts: usize,
    /// When the first of them was published.
    pub since: Timestamp,
    /// The campaign that accepting it makes.
    pub terms: Terms,
}

/// What each act shares: when it was published, and its marks (`#tag`, or a link).
pub(super) fn suggestions<'a>(
    acts: impl Iterator<Item = (Timestamp, &'a [String])>,
    dismissed: &[String],
    now: Timestamp,
) -> Vec<Suggestion> {
    let mut shared: BTreeMap<&str, Vec<Timestamp>> = BTreeMap::new();
    // Only what was published lately: what is over wants no gauge.
    let lately = acts.filter(|(at, _)| now.duration_since(*at) <= WITHIN);
    for (at, marks) in lately {
        for mark in marks {
            shared.entry(mark).or_default().push(at);
        }
    }
    let mut found: Vec<Suggestion> = shared
        .into_iter()
        .filter(|(key, at)| at.len() >= FEWEST && !dismissed.iter().any(|one| one == key))
        .filter_map(|(key, at)| {
            let since = *at.iter().min()?;
            Some(Suggestion { key: key.to_owned(), acts: at.len(), since, terms: terms(key, since)? })
        })
        .collect();
    found.sort_by(|one, other| other.acts.cmp(&one.acts).then_with(|| one.key.cmp(&other.key)));
    found.truncate(MOST);
    found
}

fn terms(key: &str, since: Timestamp) -> Option<Terms> {
    let since = Some(since);
    match key.strip_prefix('#') {
        Some(tag) => Some(Terms { name: key.to_owned(), tags: vec![tag.to_owned()], since, ..Terms::default() }),
        None => {
            let name = key.split_once("://").map_or(key, |(_, bare)| bare).to_owned();
            Some(Terms { name, words: vec![link_query(key)?], since, ..Terms::default() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(1_750_000_000 + day * 86_400).unwrap()
    }

    #[test]
    fn three_acts_within_thirty_days_suggest_what_they_share_unless_it_was_dismissed() {
        let ride = vec!["#ride".to_owned(), "https://ferris.example/ride".to_owned()];
        let tag = vec!["#ride".to_owned()];
        let acts = [(at(-40), &tag), (at(-20), &ride), (at(-10), &ride), (at(-1), &tag)];
        let all = || acts.iter().map(|(at, marks)| (*at, marks.as_slice()));
        let found = suggestions(all(), &[], at(0));
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.key.as_str(), one.acts, one.since), ("#ride", 3, at(-20)));
        assert_eq!((one.terms.tags.as_slice(), one.terms.since), (["ride".to_owned()].as_slice(), Some(at(-20))));
        assert!(suggestions(all(), &["#ride".to_owned()], at(0)).is_empty());
        assert!(suggestions(all(), &[], at(15)).is_empty(), "two are left of the last 30 days");
    }
}
