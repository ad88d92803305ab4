//! Which mentions need an answer, and when their turn comes.

use crate::domain::case::Weighing;
use crate::domain::time::{SignedDuration, published};
use crate::domain::{Intent, Intents, Item, MentionRow, Reading, Timestamp};
use crate::measure::hours::WorkingHours;
use crate::measure::inbox;
use crate::measure::lateness::Lateness;
use crate::store::Need;

/// How mentions are answered.
#[derive(Debug, Clone, PartialEq)]
pub struct AnsweringSettings {
    /// How long an answer may take.
    pub target: SignedDuration,
    /// When somebody is there to answer; `None`: every hour counts.
    pub hours: Option<WorkingHours>,
    /// How many people an unhappy person tells for each that a happy one tells (k).
    pub tell_factor: f64,
}

impl Default for AnsweringSettings {
    fn default() -> Self {
        Self { target: SignedDuration::from_mins(10), hours: None, tell_factor: 10.0 }
    }
}

impl AnsweringSettings {
    /// When a case is late.
    pub fn lateness(&self) -> Lateness {
        Lateness::new(self.target, self.hours.clone())
    }

    /// What somebody with so many followers asks of us, whose post was so often reposted, when the clocks begin at
    /// `from`.
    pub fn need(&self, intents: Intents, followers: Option<u64>, reposts_per_hour: f64, from: Timestamp) -> Need {
        let weighing = Weighing { severity: inbox::severity(intents, self.tell_factor), followers, reposts_per_hour };
        Need { weighing, due: inbox::due(from, self.target, inbox::impact(&weighing)) }
    }

    /// What a mention asks of us when a person opens its case by hand at `now`.
    pub fn need_by_hand(&self, row: &MentionRow, now: Timestamp) -> Need {
        let intents = row.lead().map(|reading| reading.intents).unwrap_or_default();
        self.need(intents, row.followers, 0.0, now)
    }

    /// What a new mention asks of us, by its reading for the brand: complaints, questions and praise that are about the
    /// brand want an answer, and whatever addresses us, private or not. A post that only repeats another's wants none
    /// unless it addresses us: the one who wrote it first is answered.
    pub(super) fn need_of(&self, item: &Item, brand: Option<&Reading>, first_seen: Timestamp) -> Option<Need> {
        let intents = brand.map(|reading| reading.intents).unwrap_or_default();
        let speaks = [Intent::Complaint, Intent::Question, Intent::Praise].into_iter().any(|one| intents.has(one));
        let about = brand.is_some_and(|reading| reading.about) && item.repost_of.is_none();
        if !(item.addressed || (about && speaks)) {
            return None;
        }
        let age = first_seen.duration_since(published(item.claimed, first_seen));
        let reposts = item.reposts.map_or(0.0, |reposts| inbox::reposts_per_hour(reposts, age));
        Some(self.need(intents, item.author.followers, reposts, first_seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Author, SubjectId, Visibility};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    fn reading(about: bool, intents: &[Intent]) -> Reading {
        Reading { subject: SubjectId(1), about, sentiment: None, intents: Intents::of(intents) }
    }

    fn need(item: &Item, reading: &Reading) -> Option<Need> {
        AnsweringSettings::default().need_of(item, Some(reading), at(0))
    }

    #[test]
    fn complaints_questions_and_praise_about_us_need_an_answer() {
        let item = Item::default();
        for (intent, severity) in [(Intent::Complaint, 10.0), (Intent::Question, 3.0), (Intent::Praise, 1.0)] {
            let found = need(&item, &reading(true, &[intent])).unwrap();
            assert!((found.weighing.severity - severity).abs() < 1e-9);
            assert_eq!(need(&item, &reading(false, &[intent])), None, "not about us");
        }
        for intent in [Intent::Promo, Intent::Other] {
            assert_eq!(need(&item, &reading(true, &[intent])), None);
        }
        assert_eq!(AnsweringSettings::default().need_of(&item, None, at(0)), None);
    }

    #[test]
    fn whatever_addresses_us_needs_one() {
        for visibility in [Visibility::Public, Visibility::Private] {
            let item = Item { addressed: true, visibility, ..Item::default() };
            let severity = |intent| need(&item, &reading(true, &[intent])).unwrap().weighing.severity;
            assert!((severity(Intent::Promo) - 0.1).abs() < 1e-9);
            assert!((severity(Intent::Other) - 1.0).abs() < 1e-9);
            assert!(need(&item, &reading(false, &[Intent::Complaint])).is_some());
            assert!(AnsweringSettings::default().need_of(&item, None, at(0)).is_some());
        }
    }

    #[test]
    fn who_only_repeats_is_not_answered() {
        let repeat = Item { repost_of: Some("a".into()), ..Item::default() };
        assert_eq!(need(&repeat, &reading(true, &[Intent::Complaint])), None);
        assert!(need(&Item { addressed: true, ..repeat }, &reading(true, &[Intent::Complaint])).is_some());
    }

    #[test]
    fn the_place_comes_from_followers_and_reposts() {
        let item = Item {
            author: Author { followers: Some(90), ..Author::default() },
            reposts: Some(20),
            claimed: Some(at(-7_200)),
            ..Item::default()
        };
        let found = need(&item, &reading(true, &[Intent::Complaint])).unwrap();
        // 20 reposts in two hours are ten an hour: impact 10 · 2 · 2 = 40, log2(240/40) = 2.585 targets.
        assert_eq!(found.weighing, Weighing { severity: 10.0, followers: Some(90), reposts_per_hour: 10.0 });
        assert_eq!(found.due.duration_since(at(0)), SignedDuration::from_millis(1_550_978));
    }
}
