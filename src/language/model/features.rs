//! Hashed features of a text in pieces: words 1 to 3, skip-bigrams, negated words, characters with word borders, and
//! what a caller names itself.
//!
//! A feature is a 32-bit hash; a model with 2^b buckets looks at its upper b bits. Nothing is allocated per feature:
//! the lists of [`Features`] grow once and are used again.

use serde::{Deserialize, Serialize};

use super::hash::{self, Key};
use super::text::{Kind, Piece, Pieces};

/// Which features a model looks at. Part of its asset: a reader extracts what the model was trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// Longest sequence of pieces: 1, 2 or 3.
    pub words: u8,
    /// Pairs of pieces with up to this many pieces between them: 0 to 3.
    pub skips: u8,
    /// Shortest sequence of characters, the borders of a word counting as one each; 0 for none at all.
    pub chars_from: u8,
    /// Longest one.
    pub chars_to: u8,
    /// Words that a negation reaches also count as negated ones.
    pub negation: bool,
    /// Capitals, drawn-out words and counts of marks.
    pub shape: bool,
}

impl Spec {
    /// What serves most readers.
    pub const FULL: Self = Self { words: 3, skips: 2, chars_from: 3, chars_to: 6, negation: true, shape: true };
}

/// The pieces that a feature stands on: the first, and one past the last. Equal for a feature of no place.
pub type Place = (u16, u16);

/// The features of one text (or of several that are read together).
#[derive(Debug, Default, Clone)]
pub struct Features {
    hashes: Vec<u32>,
    places: Vec<Place>,
}

// What kind of feature a hash is of.
const UNIGRAM: Key = 0x11;
const NEGATED: Key = 0x22;
const NEGATED_PAIR: Key = 0x23;
const SKIP: [Key; 3] = [0x33, 0x34, 0x35];
const TRIGRAM: Key = 0x44;
const BIGRAM: Key = 0x55;
const CHARS: Key = 0x66;
const TAGGED: Key = 0x77;
const DRAWN: Key = 0x88;
const SHOUTED: Key = 0x99;
const LAST: Key = 0xAA;
const NAMED: Key = 0xBB;
const BORDER: char = '\u{1}';

impl Features {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.hashes.clear();
        self.places.clear();
    }

    /// Keeps the first so many.
    pub fn truncate(&mut self, count: usize) {
        self.hashes.truncate(count);
        self.places.truncate(count);
    }

    /// Takes the places away from all that are there: what they give then belongs to no piece. For a text that is
    /// read along with another whose words are to be explained.
    pub fn displace(&mut self) {
        self.places.fill((0, 0));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// The hashes.
    pub fn hashes(&self) -> &[u32] {
        &self.hashes
    }

    /// Each hash with the pieces that it stands on.
    pub fn placed(&self) -> impl Iterator<Item = (u32, Place)> + '_ {
        self.hashes.iter().copied().zip(self.places.iter().copied())
    }

    /// Adds a feature of the caller's own, for example `("lexicon", 3)`. `space` keeps texts that are read together
    /// apart, as in [`Features::add`].
    pub fn name(&mut self, space: u32, name: &str, number: u64, place: Place) {
        self.named(space, hash::of_str(name), number, place);
    }

    /// The same, for callers that name many: with the name's own key, [`hash::of_str`] of it.
    #[inline]
    pub fn named(&mut self, space: u32, name: Key, number: u64, place: Place) {
        self.push(NAMED ^ u64::from(space) << 8, hash::join(name, number), place);
    }

    /// Adds the features of a text. `space` keeps texts that are read together apart (a mention 0, a draft 1): the
    /// same word in another space is another feature.
    pub fn add(&mut self, pieces: &Pieces, spec: &Spec, space: u32) {
        let base = u64::from(space) << 8;
        let list = pieces.list();
        self.hashes.reserve(list.len() * 24);
        self.places.reserve(list.len() * 24);
        for (at, piece) in list.iter().enumerate() {
            let here = narrow(at);
            self.words(list, at, here, spec, base);
            if spec.shape {
                self.shape(piece, here, base);
            }
            if spec.chars_from > 0 && matches!(piece.kind, Kind::Word | Kind::Hashtag) {
                self.chars(pieces.chars(piece), here, spec, base);
            }
        }
        if spec.shape {
            self.whole(list, base);
        }
    }

    #[inline]
    fn push(&mut self, kind: Key, key: Key, place: Place) {
        self.hashes.push(fold(hash::join(kind, key)));
        self.places.push(place);
    }

    fn words(&mut self, list: &[Piece], at: usize, here: u16, spec: &Spec, base: Key) {
        let mut ahead = list.get(at..).unwrap_or_default().iter();
        let Some(first) = ahead.next() else { return };
        self.push(UNIGRAM ^ base, first.key, (here, here + 1));
        if first.kind == Kind::Hashtag {
            self.push(TAGGED ^ base, first.key, (here, here + 1));
        }
        if spec.negation && first.negated {
            self.push(NEGATED ^ base, first.key, (here, here + 1));
        }
        let Some(second) = ahead.next().filter(|_| spec.words > 1) else { return };
        let pair = hash::join(first.key, second.key);
        self.push(BIGRAM ^ base, pair, (here, here + 2));
        if spec.negation && first.negated && second.negated {
            self.push(NEGATED_PAIR ^ base, pair, (here, here + 2));
        }
        for (gap, (piece, kind)) in ahead.zip(SKIP).take(usize::from(spec.skips).max(1)).enumerate() {
            let end = here.saturating_add(3).saturating_add(narrow(gap));
            if gap == 0 && spec.words > 2 {
                self.push(TRIGRAM ^ base, hash::join(pair, piece.key), (here, end));
            }
            if spec.skips > 0 {
                self.push(kind ^ base, hash::join(first.key, piece.key), (here, end));
            }
        }
    }

    fn shape(&mut self, piece: &Piece, here: u16, base: Key) {
        if piece.shouted {
            self.push(SHOUTED ^ base, 1, (here, here + 1));
            self.push(SHOUTED ^ base, piece.key, (here, here + 1));
        }
        if piece.drawn_out {
            self.push(DRAWN ^ base, 1, (here, here + 1));
        }
    }

    /// What the text as a whole looks like: its length, its marks, its last piece.
    fn whole(&mut self, list: &[Piece], base: Key) {
        let Some(last) = list.last() else { return };
        let end = narrow(list.len());
        self.push(LAST ^ base, last.key, (end.saturating_sub(1), end));
        let length = u64::from(usize::BITS - (list.len() / 4).leading_zeros());
        self.push(NAMED ^ base, hash::join(LAST, length), (0, 0));
        let count = |kind: Kind| list.iter().filter(|piece| piece.kind == kind).take(3).count() as u64;
        for (name, kind) in [(1, Kind::Handle), (2, Kind::Hashtag), (3, Kind::Link), (4, Kind::Number)] {
            self.push(NAMED ^ base, hash::join(name, count(kind)), (0, 0));
        }
    }

    fn chars(&mut self, letters: &[char], here: u16, spec: &Spec, base: Key) {
        let kind = CHARS ^ base;
        let (from, to) = (usize::from(spec.chars_from), usize::from(spec.chars_to));
        let total = letters.len() + 2;
        for start in 0..total.saturating_sub(from - 1) {
            let begin = if start == 0 { hash::push(hash::START, BORDER) } else { hash::START };
            let taken = usize::from(start == 0);
            let inner = letters.get(start.saturating_sub(1)..).unwrap_or_default();
            let mut key = begin;
            let mut length = taken;
            for letter in inner.iter().copied().chain(std::iter::once(BORDER)).take(to - taken) {
                key = hash::push(key, letter);
                length += 1;
                if length >= from {
                    self.hashes.push(fold(hash::join(kind, key)));
                }
            }
        }
        self.places.resize(self.hashes.len(), (here, here + 1));
    }
}

fn narrow(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX - 8)
}

#[inline]
fn fold(key: Key) -> u32 {
    (key >> 32) as u32
}
