//! Near-duplicates: simhashes that differ in at most [`Fingerprint::NEAR`] bits.
//!
//! The simhashes of the last days are kept in memory, in the order of recording, and chained by four bands of 16
//! bits: two that differ in three bits agree in at least one band. In a table, the four rows of every mention
//! would lie scattered and cost more to write than all the rest of it. Memory and time are bounded: of the last 30
//! days the newest [`MOST`] are kept, and of a band's mentions the last [`WALK`] are compared.
//!
//! What is kept follows the database by its revision: when another process recorded in between, or a transaction
//! failed half-way, it is read again.

use sqlx::sqlite::SqliteConnection;

use super::Kept;
use crate::store::Fingerprint;
use crate::store::sqlite::fault::Done;

/// Most simhashes that are kept; twice as many before the older half goes. 40 bytes each.
const MOST: usize = 100_000;
/// Most mentions of one band that are compared.
const WALK: usize = 256;
const BANDS: usize = 4;
const VALUES: usize = 1 << 16;
/// Ends a chain.
const END: u32 = u32::MAX;

/// One mention.
#[derive(Debug, Clone, Copy)]
struct One {
    similar: u64,
    place: i64,
    story: i64,
    /// The one recorded before it in each band.
    before: [u32; BANDS],
    gone: bool,
}

/// The simhashes of the last days.
#[derive(Debug, Default)]
pub(in crate::store::sqlite) struct Similar {
    /// Revision of the database that this is the state of; `None` when it must be read again.
    revision: Option<i64>,
    all: Vec<One>,
    /// The last one of each band and value.
    last: Vec<u32>,
}

impl Similar {
    /// Reads what is kept again, unless it is the state of this revision. From here until [`Similar::settle`] it
    /// follows a transaction that may fail.
    pub(super) async fn follow(&mut self, conn: &mut SqliteConnection, revision: i64, since: i64) -> Done<()> {
        if self.revision.take() == Some(revision) {
            return Ok(());
        }
        let mut rows: Vec<(i64, i64, i64, i64)> = sqlx::query_as(
            "SELECT place, story, similar, id FROM mention NOT INDEXED WHERE place >= ? AND similar IS NOT NULL AND private = 0
             ORDER BY place DESC LIMIT ?",
        )
        .bind(since)
        .bind(MOST as i64)
        .fetch_all(conn)
        .await?;
        rows.sort_unstable_by_key(|(_, _, _, id)| *id);
        self.all.clear();
        self.last.clear();
        for (place, story, similar, _) in rows {
            self.push(similar.cast_unsigned(), place, story);
        }
        Ok(())
    }

    /// The transaction that it followed was committed as this revision.
    pub(in crate::store::sqlite) fn settle(&mut self, revision: i64) {
        self.revision = Some(revision);
    }

    /// Whether it is the state of this revision.
    pub(super) fn is_at(&self, revision: i64) -> bool {
        self.revision == Some(revision)
    }

    /// Place and story of the newest published mention from `since` on that is nearly the same.
    pub(super) fn near(&self, similar: u64, since: i64) -> Option<(i64, i64)> {
        let chains = (0..BANDS).flat_map(|band| self.chain(similar, band).take(WALK));
        chains
            .filter(|one| !one.gone && one.place >= since && (one.similar ^ similar).count_ones() <= Fingerprint::NEAR)
            .map(|one| (one.place, one.story))
            .max()
    }

    /// A new mention is found from now on.
    pub(super) fn add(&mut self, kept: &Kept) {
        if let Some(similar) = kept.fingerprint.similar.filter(|_| !kept.is_private()) {
            if self.all.len() >= 2 * MOST {
                self.thin_out();
            }
            self.push(similar, kept.place, kept.story);
        }
    }

    /// A mention is found no longer.
    pub(super) fn remove(&mut self, kept: &Kept) {
        let Some(similar) = kept.fingerprint.similar else { return };
        let mut at = self.last_of(similar, 0);
        while let Some(one) = self.all.get_mut(at as usize) {
            if one.place == kept.place {
                one.gone = true;
            }
            let [before, ..] = one.before;
            at = before;
        }
    }

    fn chain(&self, similar: u64, band: usize) -> impl Iterator<Item = &One> {
        let first = self.all.get(self.last_of(similar, band) as usize);
        std::iter::successors(first, move |one| self.all.get(*one.before.get(band)? as usize))
    }

    fn last_of(&self, similar: u64, band: usize) -> u32 {
        self.last.get(slot(similar, band)).copied().unwrap_or(END)
    }

    fn push(&mut self, similar: u64, place: i64, story: i64) {
        if self.last.is_empty() {
            self.last.resize(BANDS * VALUES, END);
        }
        let at = u32::try_from(self.all.len()).unwrap_or(END);
        let mut before = [END; BANDS];
        for (band, before) in before.iter_mut().enumerate() {
            if let Some(last) = self.last.get_mut(slot(similar, band)) {
                *before = std::mem::replace(last, at);
            }
        }
        self.all.push(One { similar, place, story, before, gone: false });
    }

    /// Drops what is gone and the older half by published.
    fn thin_out(&mut self) {
        let mut kept = std::mem::take(&mut self.all);
        kept.retain(|one| !one.gone);
        if kept.len() > MOST {
            let mut places: Vec<i64> = kept.iter().map(|one| one.place).collect();
            let (_, oldest, _) = places.select_nth_unstable(kept.len() - MOST);
            let oldest = *oldest;
            kept.retain(|one| one.place >= oldest);
        }
        self.last.clear();
        for one in kept {
            self.push(one.similar, one.place, one.story);
        }
    }
}

/// Where the chain of a simhash's band begins.
fn slot(similar: u64, band: usize) -> usize {
    band * VALUES + (similar >> (band * 16) & 0xffff) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The chains find what a comparison with every one finds.
        #[test]
        fn nothing_near_is_missed(seeds in proptest::collection::vec((0u64..8, proptest::array::uniform3(0u32..64)), 1..60),
                                  asked in proptest::array::uniform3(0u32..64)) {
            let flip = |value: u64, bits: [u32; 3]| bits.iter().fold(value, |value, bit| value ^ 1 << bit);
            let mut similar = Similar::default();
            let mut plain = Vec::new();
            for (place, (seed, bits)) in (1_i64..).zip(seeds) {
                let value = flip(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), bits);
                similar.push(value, place, place * 10);
                plain.push((value, place));
            }
            for seed in 0..8u64 {
                let value = flip(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), asked);
                let wanted = plain.iter().filter(|(other, place)| (other ^ value).count_ones() <= 3 && *place >= 5)
                    .map(|(_, place)| (*place, place * 10)).max();
                prop_assert_eq!(similar.near(value, 5), wanted);
            }
        }
    }

    #[test]
    fn memory_is_bounded() {
        let mut similar = Similar::default();
        for place in 0..2 * MOST as i64 {
            similar.push(place.cast_unsigned() << 40, place, place);
        }
        similar.thin_out();
        assert_eq!(similar.all.len(), MOST);
        let newest = 2 * MOST as i64 - 1;
        assert_eq!(similar.near(newest.cast_unsigned() << 40, 0), Some((newest, newest)));
    }
}
