//! Questions to the store: what is stale, what is being asked, and how often at most.
//!
//! Events mark things stale; a thing is asked again only when its last answer has come and its pause is over.
//! So a flood of mentions costs a fixed number of reads a second, however large it is.

use std::collections::BTreeMap;

use crate::domain::time::SignedDuration;
use crate::domain::{SubjectId, Timestamp};

/// Something that is read from the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// Rows of the stream.
    Rows,
    /// How many rows are new above the reader.
    NewAbove,
    /// Unread complaints about the brand.
    UrgentComplaints,
    /// Unread questions to the brand.
    UrgentQuestions,
    /// The mention in the detail pane.
    Detail,
    /// Why the mention that is asked about is read as it is.
    Why,
    /// A subject's trend.
    Trend(SubjectId),
    /// Figures of the status line.
    Overview,
    /// The sources.
    Sources,
    /// The signals.
    Signals,
    /// Rows of the inbox.
    Cases,
    /// The first open cases.
    FirstCases,
    /// The cases to mark.
    CaseIds,
    /// The case in the case view.
    Case,
    /// Figures of the inbox.
    InboxFigures,
    /// The clocks of today.
    Clocks,
    /// What became of people after our answers.
    Followed,
    /// Mentions to ask a person about.
    Candidates,
    /// The accounts for the answer that is written.
    Accounts,
    /// The thread above the answer that is written.
    Thread,
    /// The outbox.
    Outbox,
    /// What the post that is written would do.
    Rehearsal,
    /// What is shown of the books.
    Books,
    /// How an act was read, and why.
    Verdict,
    /// Rows of the list of people.
    People,
    /// The card of a person.
    Person,
}

impl Thing {
    /// Shortest time between two reads that nobody asked for.
    fn pause(self) -> SignedDuration {
        match self {
            Self::Rows | Self::CaseIds | Self::Outbox | Self::Rehearsal => SignedDuration::from_millis(250),
            Self::Detail | Self::Why | Self::Cases | Self::Case | Self::Person => SignedDuration::from_millis(500),
            Self::Thread | Self::Accounts | Self::NewAbove | Self::Overview | Self::Sources | Self::Signals => {
                SignedDuration::from_secs(1)
            }
            Self::UrgentComplaints | Self::UrgentQuestions | Self::FirstCases | Self::Candidates | Self::People => {
                SignedDuration::from_secs(1)
            }
            Self::Trend(_) => SignedDuration::from_secs(2),
            Self::Books | Self::Verdict => SignedDuration::from_secs(1),
            Self::InboxFigures | Self::Clocks => SignedDuration::from_secs(5),
            Self::Followed => SignedDuration::from_mins(5),
        }
    }
}

/// An answer that takes longer will not come any more (what should have brought it broke).
const LOST: SignedDuration = SignedDuration::from_mins(2);

/// The pause of what is cheap to ask.
const BRIEF: SignedDuration = SignedDuration::from_secs(1);

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    awaited: Option<u64>,
    stale: bool,
    /// A person waits: it is asked again as soon as the answer under way is there.
    hurried: bool,
    /// It is cheap to ask at present: a second's pause is enough.
    brief: bool,
    asked: Option<Timestamp>,
    /// The last answer was a failure: it is not asked again before [`Asks::retry`].
    failed: bool,
}

impl Slot {
    fn pause(&self, thing: Thing) -> SignedDuration {
        if self.brief { thing.pause().min(BRIEF) } else { thing.pause() }
    }
}

/// The book of questions.
#[derive(Debug, Clone, Default)]
pub struct Asks {
    last: u64,
    slots: BTreeMap<Thing, Slot>,
    woken: Option<Timestamp>,
}

impl Asks {
    /// A number for a question that was never asked before.
    pub fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Something happened to this thing: read it again when its turn comes.
    pub fn stale(&mut self, thing: Thing) {
        self.slots.entry(thing).or_default().stale = true;
    }

    /// A person wants it now: the answer under way, if any, is not waited for any more.
    pub fn now(&mut self, thing: Thing) {
        *self.slots.entry(thing).or_default() = Slot { stale: true, ..Slot::default() };
    }

    /// A person waits for it: read it without a pause, as soon as the answer under way is there.
    pub fn hurry(&mut self, thing: Thing) {
        let slot = self.slots.entry(thing).or_default();
        slot.stale = true;
        if slot.awaited.is_none() {
            slot.asked = None;
        } else {
            slot.hurried = true;
        }
    }

    /// Something happened to this thing, of which nothing is known yet: it is read again within a second.
    pub fn soon(&mut self, thing: Thing) {
        let slot = self.slots.entry(thing).or_default();
        slot.stale = true;
        slot.brief = true;
    }

    /// Nothing of it is wanted any more.
    pub fn forget(&mut self, thing: Thing) {
        self.slots.remove(&thing);
    }

    /// Whether an answer is awaited.
    pub fn awaits(&self, thing: Thing) -> bool {
        self.slots.get(&thing).is_some_and(|slot| slot.awaited.is_some())
    }

    /// What was to be asked turned out to be nothing.
    pub fn withdraw(&mut self, thing: Thing) {
        if let Some(slot) = self.slots.get_mut(&thing) {
            slot.awaited = None;
        }
    }

    /// The thing could not be read.
    pub fn failed(&mut self, thing: Thing) {
        let slot = self.slots.entry(thing).or_default();
        slot.stale = true;
        slot.failed = true;
    }

    /// Whether the last read failed.
    pub fn has_failed(&self, thing: Thing) -> bool {
        self.slots.get(&thing).is_some_and(|slot| slot.failed)
    }

    /// What failed may be asked again, and what was not answered for two minutes too.
    pub fn retry(&mut self, now: Timestamp) -> Vec<Thing> {
        let mut lost = Vec::new();
        for (thing, slot) in &mut self.slots {
            slot.failed = false;
            let waits = slot.awaited.and(slot.asked).is_some_and(|asked| now.duration_since(asked) >= LOST);
            if waits {
                *slot = Slot { stale: true, ..Slot::default() };
                lost.push(*thing);
            }
        }
        lost
    }

    /// An answer came: which thing it is for; `None` when nobody waits for it any more.
    pub fn answered(&mut self, question: u64) -> Option<Thing> {
        let (thing, slot) = self.slots.iter_mut().find(|(_, slot)| slot.awaited == Some(question))?;
        slot.awaited = None;
        if std::mem::take(&mut slot.hurried) {
            slot.asked = None;
        }
        Some(*thing)
    }

    /// Everything that may be asked at this moment, each with its number.
    pub fn ready(&mut self, now: Timestamp) -> Vec<(Thing, u64)> {
        let mut ready = Vec::new();
        for (thing, slot) in &mut self.slots {
            let rested = slot.asked.is_none_or(|asked| now.duration_since(asked).abs() >= slot.pause(*thing));
            if slot.stale && !slot.failed && slot.awaited.is_none() && rested {
                self.last += 1;
                *slot = Slot { awaited: Some(self.last), asked: Some(now), ..Slot::default() };
                ready.push((*thing, self.last));
            }
        }
        ready
    }

    /// When the model must be woken to ask what rests now; `None` when that is known already or nothing rests.
    pub fn wake(&mut self, now: Timestamp) -> Option<Timestamp> {
        if self.woken.is_some_and(|woken| woken <= now) {
            self.woken = None;
        }
        let resting = self.slots.iter().filter(|(_, slot)| slot.stale && !slot.failed && slot.awaited.is_none());
        let next = resting.filter_map(|(thing, slot)| slot.asked?.checked_add(slot.pause(*thing)).ok()).min()?;
        if self.woken.is_some_and(|woken| woken <= next) {
            return None;
        }
        self.woken = Some(next);
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    #[test]
    fn a_flood_costs_one_question_at_a_time_and_a_pause_between() {
        let mut asks = Asks::default();
        asks.stale(Thing::Overview);
        let first = asks.ready(at(10_000));
        assert_eq!(first.len(), 1);
        for _ in 0..500 {
            asks.stale(Thing::Overview);
            assert!(asks.ready(at(10_100)).is_empty(), "one is under way");
        }
        assert_eq!(asks.answered(first[0].1), Some(Thing::Overview));
        assert!(asks.ready(at(10_200)).is_empty(), "it rests for a second");
        assert_eq!(asks.wake(at(10_200)), Some(at(11_000)));
        assert_eq!(asks.wake(at(10_300)), None, "asked for already");
        assert_eq!(asks.ready(at(11_000)).len(), 1);
    }

    #[test]
    fn what_failed_is_not_asked_again_by_itself() {
        let mut asks = Asks::default();
        asks.now(Thing::Rows);
        let question = asks.ready(at(0))[0].1;
        asks.answered(question);
        asks.failed(Thing::Rows);
        asks.hurry(Thing::Rows);
        assert!(asks.ready(at(60_000)).is_empty());
        assert_eq!(asks.wake(at(60_000)), None);
        asks.retry(at(60_000));
        let asked = asks.ready(at(60_000));
        assert_eq!(asked.len(), 1);
        assert!(asks.retry(at(120_000)).is_empty(), "it may still come");
        assert_eq!(asks.retry(at(180_000)), [Thing::Rows], "it will not");
        assert_eq!(asks.answered(asked[0].1), None);
    }

    #[test]
    fn late_answers_are_nobodys() {
        let mut asks = Asks::default();
        asks.now(Thing::Rows);
        let old = asks.ready(at(0))[0].1;
        asks.now(Thing::Rows);
        let new = asks.ready(at(1))[0].1;
        assert_ne!(old, new);
        assert_eq!(asks.answered(old), None);
        assert_eq!(asks.answered(new), Some(Thing::Rows));
        assert_eq!(asks.answered(new), None);
    }

    #[test]
    fn who_waits_for_it_has_it_as_soon_as_the_answer_under_way_is_there() {
        let mut asks = Asks::default();
        asks.stale(Thing::InboxFigures);
        let first = asks.ready(at(0))[0].1;
        asks.hurry(Thing::InboxFigures);
        assert!(asks.ready(at(100)).is_empty(), "one at a time");
        asks.answered(first);
        assert_eq!(asks.ready(at(200)).len(), 1, "without a pause");
    }

    #[test]
    fn what_is_cheap_is_asked_again_within_a_second() {
        let mut asks = Asks::default();
        asks.stale(Thing::InboxFigures);
        let first = asks.ready(at(0))[0].1;
        asks.answered(first);
        asks.soon(Thing::InboxFigures);
        assert_eq!(asks.wake(at(100)), Some(at(1_000)));
        let second = asks.ready(at(1_000))[0].1;
        asks.answered(second);
        asks.stale(Thing::InboxFigures);
        assert!(asks.ready(at(2_500)).is_empty(), "then it rests as long as ever");
    }
}
