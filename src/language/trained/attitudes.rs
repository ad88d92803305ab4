//! What the word lists say of single words, by the keys of the trained readers: a handful of features that carry what
//! was learned of listed words over to listed words that no training text had.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

use super::super::lexicon::{Ready, word_lists};
use super::super::model::text::Kind;
use super::super::model::{Features, Pieces, hash, key_of};

static ATTITUDES: LazyLock<HashMap<u64, i8, BuildHasherDefault<Ready>>> = LazyLock::new(|| {
    let mut attitudes: HashMap<u64, i8, BuildHasherDefault<Ready>> = HashMap::default();
    word_lists(|word, valence| {
        attitudes.entry(key_of(word)).or_insert(valence.round().clamp(-4.0, 4.0) as i8);
    });
    attitudes
});

// The names of features, as keys: a text names many.
const ATTITUDE: u64 = hash::of_str("attitude");
const BALANCE: u64 = hash::of_str("balance");
const GOOD: u64 = hash::of_str("good");
const BAD: u64 = hash::of_str("bad");
const GOOD_AND_BAD: u64 = hash::of_str("good and bad");
const LAST: u64 = hash::of_str("last");

/// Adds what the lists say: the attitude of each listed word (turned where a negation reaches it), and the text's
/// sums of good and bad.
pub(super) fn add(pieces: &Pieces, features: &mut Features) {
    let (mut good, mut bad, mut last) = (0.0f32, 0.0f32, 0u64);
    for (at, piece) in pieces.list().iter().enumerate() {
        let Some(valence) = ATTITUDES.get(&piece.key) else { continue };
        let valence = if piece.negated { -0.6 * f32::from(*valence) } else { f32::from(*valence) };
        if valence > 0.0 {
            good += valence;
            last = 1;
        } else {
            bad -= valence;
            last = 2;
        }
        let here = u16::try_from(at).unwrap_or(u16::MAX - 1);
        features.named(0, ATTITUDE, level(valence, 10.0), (here, here + 1));
    }
    let (good_step, bad_step) = ((good.sqrt() * 2.0) as u64, (bad.sqrt() * 2.0) as u64);
    features.named(0, BALANCE, level((good - bad).clamp(-10.0, 10.0), 20.0), (0, 0));
    features.named(0, GOOD, good_step, (0, 0));
    features.named(0, BAD, bad_step, (0, 0));
    features.named(0, GOOD_AND_BAD, good_step.min(5) * 10 + bad_step.min(5), (0, 0));
    features.named(0, LAST, last, (0, 0));
}

fn level(number: f32, offset: f32) -> u64 {
    (number.round() + offset).max(0.0) as u64
}

/// Whether the lists know at least one in five of the words and signs of a text.
pub(super) fn know(pieces: &Pieces) -> bool {
    let felt = |kind| matches!(kind, Kind::Word | Kind::Hashtag | Kind::Sign);
    let all = pieces.list().iter().filter(|piece| felt(piece.kind)).count();
    let known = pieces.list().iter().filter(|piece| felt(piece.kind) && ATTITUDES.contains_key(&piece.key)).count();
    known > 0 && known * 5 >= all
}

/// Reads the lists now instead of at the first text.
pub(super) fn prepare() {
    LazyLock::force(&ATTITUDES);
}
