//! The folded form of a word: lower case, no diacritics, drawn-out letters cut; and its hash.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use xxhash_rust::xxh3::xxh3_64;

/// Bytes of one folded word that tell it from others; longer words are cut.
pub(super) const WORD: usize = 96;

/// Hash of a word as `Token::key` has it.
pub fn fold_key(word: &str) -> u64 {
    fold(word).0
}

/// The folded form that `Token::key` hashes.
pub fn folded(word: &str) -> String {
    let mut buffer = Fold::default();
    buffer.take(word, false);
    String::from_utf8_lossy(buffer.bytes()).into_owned()
}

/// The key of a phrase that is made longer by one word.
pub fn join(phrase: u64, word: u64) -> u64 {
    (phrase.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[derive(Clone)]
struct Fold {
    bytes: [u8; WORD],
    len: usize,
}

impl Default for Fold {
    fn default() -> Self {
        Self { bytes: [0; WORD], len: 0 }
    }
}

impl Fold {
    fn push(&mut self, letter: char) {
        let mut utf8 = [0; 4];
        let encoded = letter.encode_utf8(&mut utf8).as_bytes();
        if let Some(room) = self.bytes.get_mut(self.len..self.len + encoded.len()) {
            room.copy_from_slice(encoded);
            self.len += encoded.len();
        }
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Folds a word into the buffer; true when a letter stood there thrice or more in a row.
    fn take(&mut self, word: &str, squeeze: bool) -> bool {
        let (mut last, mut run, mut repeated) = ('\0', 0usize, false);
        let mut put = |fold: &mut Self, letter: char| {
            run = if letter == last { run + 1 } else { 1 };
            last = letter;
            repeated |= run >= 3 && !letter.is_ascii_digit();
            if letter.is_ascii_digit() || run <= if squeeze { 1 } else { 2 } {
                fold.push(letter);
            }
        };
        for letter in word.chars().take(WORD) {
            match letter {
                letter if letter.is_ascii() => put(self, letter.to_ascii_lowercase()),
                '’' | 'ʼ' | '‘' => put(self, '\''),
                'ß' => ['s', 's'].into_iter().for_each(|letter| put(self, letter)),
                'œ' | 'Œ' => ['o', 'e'].into_iter().for_each(|letter| put(self, letter)),
                'æ' | 'Æ' => ['a', 'e'].into_iter().for_each(|letter| put(self, letter)),
                letter => {
                    for part in std::iter::once(letter).nfkd().filter(|part| !is_combining_mark(*part)) {
                        part.to_lowercase().for_each(|lower| put(self, lower));
                    }
                }
            }
        }
        repeated
    }
}

/// The key of a word of ASCII that draws no letter out, as most are.
fn plain(word: &str) -> Option<u64> {
    let mut lower = [0; 32];
    let lower = lower.get_mut(..word.len())?;
    for (slot, byte) in lower.iter_mut().zip(word.bytes()) {
        *slot = byte.to_ascii_lowercase();
    }
    let drawn = lower.windows(3).any(|run| matches!(run, [one, two, three] if one == two && two == three));
    (lower.is_ascii() && !drawn).then(|| xxh3_64(lower))
}

/// The key of a word, and the key with repeated letters cut to one.
pub(super) fn fold(word: &str) -> (u64, u64) {
    if let Some(key) = plain(word) {
        return (key, key);
    }
    let mut buffer = Fold::default();
    let repeated = buffer.take(word, false);
    let key = xxh3_64(buffer.bytes());
    if !repeated {
        return (key, key);
    }
    let mut squeezed = Fold::default();
    squeezed.take(word, true);
    (key, xxh3_64(squeezed.bytes()))
}
