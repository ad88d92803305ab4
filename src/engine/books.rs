//! The books: what the brand published, read as gives and asks and brought into the ledger.
//!
//! Derived from the stored acts each time, so that a better reader or another table changes the past as well. Acts
//! that are not public stay out: they are in no statistic.

use std::collections::BTreeSet;

use crate::domain::time::SignedDuration;
use crate::domain::{Act, BrandSize, PersonId, Timestamp, Visibility};
use crate::language::{DeedReading, GestureReading, ReadGesture};
use crate::measure::giving::Table;
use crate::measure::giving::ledger::{Entry, Ledger};
use crate::measure::giving::sameness::{likeness, shingles};
use crate::store::{Store, StoreResult};

/// How far back the books go. What is older has decayed to less than a thousandth.
pub const BACK: SignedDuration = SignedDuration::from_hours(150 * 24);
/// Acts that are read from the store at once.
const PIECE: u32 = 500;
/// Acts beyond which the oldest are left out.
const MOST: usize = 20_000;
/// Replies before a reply that it is compared with.
const COMPARED: usize = 100;
/// Likeness from which replies count as one in the books; higher than the one that makes a tone canned.
const SAME: f64 = 0.8;

/// An act and how it was read.
#[derive(Debug, Clone)]
pub struct Read {
    /// The act.
    pub act: Act,
    /// Its gesture.
    pub gesture: GestureReading,
    /// Its kind, for the books.
    pub deed: DeedReading,
}

/// The books with the acts that stand in them.
pub struct Books {
    /// The ledger; its lines are in the order of `acts`.
    pub ledger: Ledger,
    /// The public acts, oldest first.
    pub acts: Vec<Read>,
}

impl Books {
    /// Reads the acts of the last [`BACK`] and keeps books on them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open(
        store: &dyn Store,
        reader: &dyn ReadGesture,
        size: BrandSize,
        table: Table,
        now: Timestamp,
    ) -> StoreResult<Self> {
        let since = now.saturating_sub(BACK).unwrap_or(now);
        let mut acts = recent(store, since).await?;
        acts.sort_by_key(|act| (act.published, act.id));
        let mut entries = Vec::with_capacity(acts.len());
        let (mut read, mut alike) = (Vec::with_capacity(acts.len()), Alike::default());
        for act in acts {
            let to = addressee(store, &act).await?;
            let reply = act.parent.is_some();
            let gesture = reader.gesture(act.text.as_str(), reply);
            let deed = DeedReading::of(act.text.as_str(), reply, &gesture);
            let same = if reply { Some(alike.number(act.text.as_str())) } else { None };
            entries.push(Entry { act: act.id, at: act.published, deed: deed.deed, to, same });
            read.push(Read { act, gesture, deed });
        }
        Ok(Self { ledger: Ledger::new(entries, size, table), acts: read })
    }
}

/// Public acts since a moment.
async fn recent(store: &dyn Store, since: Timestamp) -> StoreResult<Vec<Act>> {
    let (mut acts, mut before) = (Vec::<Act>::new(), None);
    let mut seen = BTreeSet::new();
    while acts.len() < MOST {
        let piece = store.acts(before, PIECE).await?;
        let full = piece.len() >= PIECE as usize;
        let Some(oldest) = piece.last().map(|act| act.published) else { break };
        let fresh = piece.into_iter().filter(|act| act.published >= since && seen.insert(act.id));
        acts.extend(fresh.filter(|act| act.visibility != Visibility::Private));
        // Several may share the second at which a piece ends: it is asked for again, unless there is nothing else.
        let next = oldest.saturating_add(SignedDuration::from_secs(1)).unwrap_or(oldest);
        let next = if before == Some(next) { oldest } else { next };
        if !full || oldest < since || before == Some(next) {
            break;
        }
        before = Some(next);
    }
    Ok(acts)
}

/// Who is answered, when that is stored.
async fn addressee(store: &dyn Store, act: &Act) -> StoreResult<Option<PersonId>> {
    match act.answers {
        Some(mention) => Ok(store.mention(mention).await?.and_then(|mention| mention.person)),
        None => Ok(None),
    }
}

/// Numbers texts so that those that say nearly the same share one.
#[derive(Default)]
struct Alike {
    latest: std::collections::VecDeque<(BTreeSet<String>, u64)>,
    next: u64,
}

impl Alike {
    fn number(&mut self, text: &str) -> u64 {
        let shingles = shingles(text);
        let known = self.latest.iter().find(|(other, _)| likeness(other, &shingles) >= SAME).map(|(_, number)| *number);
        let number = known.unwrap_or_else(|| {
            self.next += 1;
            self.next
        });
        if self.latest.len() >= COMPARED {
            self.latest.pop_front();
        }
        self.latest.push_back((shingles, number));
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_say_nearly_the_same_share_a_number() {
        let mut alike = Alike::default();
        let one = alike.number("@ana sorry to hear that, please send us your order number by message");
        let other = alike.number("@bo sorry to hear that, please send us your order number by message");
        let third = alike.number("@cy the S2 takes tyres of up to 2.35 inches");
        assert_eq!(one, other);
        assert_ne!(one, third);
    }
}
