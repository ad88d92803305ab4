//! Keys of words and features: 64-bit hashes by multiplication and shift, the same on every machine.

/// A hash that stands for a word, a character sequence or a feature.
pub type Key = u64;

/// The key of nothing, to which characters are pushed.
pub const START: Key = 0x9E37_79B9_7F4A_7C15;

const BY_CHAR: u64 = 0x0000_0100_0000_01B3;
const MIX: u64 = 0xD6E8_FEB8_6659_FD93;

/// The key with one more character.
#[inline]
pub const fn push(key: Key, c: char) -> Key {
    (key ^ c as u64).wrapping_mul(BY_CHAR).rotate_left(23)
}

/// Spreads a key over all bits.
#[inline]
pub const fn finish(key: Key) -> Key {
    let mixed = (key ^ key >> 32).wrapping_mul(MIX);
    mixed ^ mixed >> 29
}

/// The key of two keys in this order.
#[inline]
pub const fn join(first: Key, second: Key) -> Key {
    finish(first.rotate_left(17) ^ second.wrapping_mul(BY_CHAR | 1 << 55))
}

/// The key of a plain string, as [`super::text::Pieces`] makes it of the same word.
pub const fn of_str(text: &str) -> Key {
    let mut key = START;
    let bytes = text.as_bytes();
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        key = push(key, *first as char);
        rest = tail;
    }
    finish(key)
}
