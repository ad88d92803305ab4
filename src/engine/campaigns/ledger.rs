//! What the books know of an act. The one place that knows how the books are laid out.

use crate::domain::{ActId, Deed, Money, Timestamp};
use crate::engine::books::Books;
use crate::measure::giving::Table;
use crate::measure::giving::ledger::{Ledger, Line, Sums};

/// An act in the books.
pub(super) struct Booked<'a> {
    /// Its line.
    pub(super) line: &'a Line,
    /// It is signed, in the first person singular, or a reply that is not canned.
    pub(super) personal: bool,
    /// A capped condition that a person confirmed, or that was read with at least 0.9.
    pub(super) surely_capped: bool,
    /// The cap as it is written.
    pub(super) cap: Option<String>,
    /// The number in it.
    pub(super) amount: Option<Money>,
}

/// An act that was published then.
pub(super) fn find(books: &Books, published: Timestamp, act: ActId) -> Option<Booked<'_>> {
    let (line, read) = books.find(published, act)?;
    let promise = read.promise.as_ref().filter(|_| matches!(line.entry.deed, Deed::Conditional { .. }));
    Some(Booked {
        line,
        personal: read.is_personal(line),
        surely_capped: read.surely_capped(),
        cap: promise.and_then(|promise| promise.cap.as_deref()).map(str::to_owned),
        amount: promise.and_then(|promise| promise.amount.clone()),
    })
}

/// The sums at each of some moments, which come in their order: one walk along the lines.
pub(super) fn sums_at(ledger: &Ledger, table: &Table, moments: &[Timestamp]) -> Vec<Sums> {
    let mut all = Vec::with_capacity(moments.len());
    let (mut sums, mut last) = (Sums::default(), None);
    let mut lines = ledger.lines().iter().peekable();
    let fade = |sums: Sums, last: Option<Timestamp>, now: Timestamp| {
        let rest = last.map_or(1.0, |last| table.decay(last, now));
        Sums { given: sums.given * rest, asked: sums.asked * rest }
    };
    for moment in moments {
        while let Some(line) = lines.next_if(|line| line.entry.at <= *moment) {
            sums = fade(sums, last, line.entry.at);
            sums.given += line.side.given();
            sums.asked += line.side.asked();
            last = Some(line.entry.at);
        }
        all.push(fade(sums, last, *moment));
    }
    all
}
