//! Kinds of words: words that stand among the same words are of one kind ("refund", "voucher", "deposit"), so that what
//! was learned of one carries over to those that no labelled text had.
//!
//! The kinds come from unlabelled posts (see [`super::kinds_recipe`]), coarse to fine, and are kept as a table by hash:
//! no text, no word.

use std::sync::{Arc, OnceLock};

use super::super::model::asset::{self, AssetError};
use super::super::model::text::{Kind, Piece};
use super::super::model::{Features, Linear, Pieces, hash};

static KINDS: &[u8] = include_bytes!("../../../assets/models/kinds.bin");
static SHARED: OnceLock<Arc<Kinds>> = OnceLock::new();

/// How many kinds there are, coarse to fine.
pub(super) const LEVELS: [usize; 4] = [32, 100, 300, 1_000];
/// Columns of the table: the finer levels in two digits, and one that tells words of the same bucket apart.
pub(super) const COLUMNS: [&str; 7] = ["32", "100", "300, high", "300, low", "1000, high", "1000, low", "check"];
/// Buckets are 2 to this power.
pub(super) const BITS: u8 = 17;
/// A kind of the finer levels is written in two digits of this base.
const BASE: u16 = 100;

/// From here on the number says what a piece is that has no kind.
const UNKNOWN: u64 = 5_000;
/// The end of the text.
const END: u64 = 9_999;

// The names of features, as keys: a text names many.
const KIND: u64 = hash::of_str("k");
const KIND_PAIR: u64 = hash::of_str("kk");
const NAME_KIND: u64 = hash::of_str("name, kind");
const NAME_KIND_DRESSED: u64 = hash::of_str("name, kind, dressed");
const BEFORE_KIND: u64 = hash::of_str("before, kind");
const AFTER_KIND: u64 = hash::of_str("after, kind");
const OWN_BEFORE: u64 = hash::of_str("own, before");
const OWN_AFTER: u64 = hash::of_str("own, after");

/// The table of kinds.
#[derive(Debug, Clone)]
pub struct Kinds(Linear);

/// A name in a text, before it was put out of sight.
pub(super) struct Named {
    /// Its first word.
    pub word: Piece,
    /// The place of its first piece, and one past its last.
    pub first: usize,
    /// One past its last.
    pub end: usize,
    /// How it is written.
    pub dress: u64,
}

/// The kinds of one word, level by level.
type Levels = [u64; LEVELS.len()];

impl Kinds {
    /// The table that the program carries, read once for all readers.
    ///
    /// # Errors
    /// When it is damaged or of another kind.
    pub fn embedded() -> Result<Arc<Self>, AssetError> {
        if let Some(kinds) = SHARED.get() {
            return Ok(Arc::clone(kinds));
        }
        let kinds = Arc::new(Self(asset::read(KINDS)?));
        Ok(Arc::clone(SHARED.get_or_init(|| kinds)))
    }

    /// The table of a model that the recipe has made.
    pub fn new(table: Linear) -> Self {
        Self(table)
    }

    /// Adds to the features of a text the kinds of its words, alone and in pairs.
    pub(super) fn add(&self, pieces: &Pieces, features: &mut Features) {
        let list = pieces.list();
        let mut next = list.first().map(|piece| self.levels(piece));
        for at in 0..list.len() {
            let Some(own) = next else { return };
            next = list.get(at + 1).map(|piece| self.levels(piece));
            let here = u16::try_from(at).unwrap_or(u16::MAX - 2);
            let ahead = next.unwrap_or([END; LEVELS.len()]);
            for ((level, kind), behind) in (0u64..).zip(own).zip(ahead) {
                let alone = level * 10_000 + kind;
                features.named(0, KIND, alone, (here, here + 1));
                features.named(0, KIND_PAIR, alone * 10_000 + behind, (here, here + 2));
            }
        }
    }

    /// Adds what kinds of words a name is made of and stands between, alone and with how the name is written.
    pub(super) fn add_name(&self, name: &Named, pieces: &Pieces, features: &mut Features) {
        let list = pieces.list();
        let of = |at: Option<usize>| at.and_then(|at| list.get(at)).map_or([END; LEVELS.len()], |at| self.levels(at));
        let own = self.levels(&name.word);
        let (before, after) = (of(name.first.checked_sub(1)), of(Some(name.end)));
        let here = u16::try_from(name.first).map_or((0, 0), |at| (at, at + 1));
        for (level, ((own, before), after)) in (0u64..).zip(own.into_iter().zip(before).zip(after)) {
            let told = |kind: u64| (level * 10_000 + kind) * 16 + name.dress;
            for _ in 0..2 {
                features.named(0, NAME_KIND, told(own) / 16, here);
                features.named(0, NAME_KIND_DRESSED, told(own), here);
            }
            features.named(0, BEFORE_KIND, told(before), here);
            features.named(0, AFTER_KIND, told(after), here);
            features.named(0, OWN_BEFORE, told(own) * 10_000 + before, here);
            features.named(0, OWN_AFTER, told(own) * 10_000 + after, here);
        }
    }

    fn levels(&self, piece: &Piece) -> Levels {
        let found = if piece.kind == Kind::Masked { None } else { self.kinds(piece.key) };
        let unknown = UNKNOWN + piece.kind as u64;
        found.map_or([unknown; LEVELS.len()], |kinds| kinds.map(u64::from))
    }

    /// The kinds of a word; `None` for one that the table does not know.
    pub(super) fn kinds(&self, key: u64) -> Option<[u16; LEVELS.len()]> {
        let (bucket, check) = place(key);
        let [coarse, middling, fine, fine_low, finest, finest_low, told] = *self.0.row(bucket) else { return None };
        let two = |high: u8, low: u8| u16::from(high) * BASE + u16::from(low);
        (told == check).then(|| [u16::from(coarse), u16::from(middling), two(fine, fine_low), two(finest, finest_low)])
    }
}

/// A row of the table.
pub(super) fn row(kinds: [u16; LEVELS.len()], check: u8) -> [u8; COLUMNS.len()] {
    let [coarse, middling, fine, finest] = kinds;
    let (high, low) = (|kind: u16| (kind / BASE) as u8, |kind: u16| (kind % BASE) as u8);
    [coarse as u8, middling as u8, high(fine), low(fine), high(finest), low(finest), check]
}

/// The hash whose upper bits choose a word's bucket, and its check, 1 to 127.
pub(super) fn place(key: u64) -> (u32, u8) {
    let mixed = hash::join(hash::START, key);
    ((mixed >> 32) as u32, (mixed as u8 & 127).max(1))
}

#[cfg(test)]
mod tests {
    use super::super::super::model::card::{Card, hash_of};
    use super::super::super::model::key_of;
    use super::*;

    #[test]
    fn alike_words_are_of_one_kind() {
        let kinds = Kinds::embedded().unwrap();
        let coarse = |word: &str| kinds.kinds(key_of(word)).map(|kinds| kinds[0]);
        assert_eq!(coarse("monday"), coarse("tuesday"));
        assert!(coarse("monday").is_some());
        assert_ne!(coarse("monday"), coarse("delicious"));
        assert_eq!(coarse("zwiblofexquux"), None);
    }

    #[test]
    fn each_word_and_pair_gives_a_feature_of_each_level() {
        let (kinds, mut pieces, mut features) = (Kinds::embedded().unwrap(), Pieces::default(), Features::default());
        pieces.read("my zwiblofexquux broke");
        kinds.add(&pieces, &mut features);
        assert_eq!(features.len(), 3 * 2 * LEVELS.len());
        pieces.read("");
        features.clear();
        kinds.add(&pieces, &mut features);
        assert!(features.is_empty());
    }

    #[test]
    fn the_asset_is_that_of_its_card() {
        let card: Card = toml::from_str(include_str!("../../../assets/models/kinds.card.toml")).unwrap();
        assert_eq!((card.bytes, card.hash.as_str()), (KINDS.len() as u64, hash_of(KINDS).as_str()));
        assert_eq!(card.classes, COLUMNS);
        assert!(KINDS.len() < 250_000);
    }
}
