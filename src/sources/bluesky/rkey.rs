//! The key of a record that we write, made out of the token of what is published: the same token, the same key. A
//! server that is asked twice to write at one key holds one post.

use sha2::{Digest, Sha256};

/// The alphabet of such keys, in the order of its values.
const SIGNS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
/// 2023-07-01T00:00:00Z in microseconds since 1970.
const FIRST: u64 = 1_688_169_600_000_000;
/// Bits of the time part that the token decides: about 407 days from [`FIRST`] on.
const TIME_BITS: u32 = 45;
/// Bits of the part that tells clocks apart.
const CLOCK_BITS: u32 = 10;

/// A TID (atproto specification, "Record Key" and "TID"): 53 bits of microseconds and 10 bits that tell clocks
/// apart, in 13 signs that sort as the number does.
///
/// Both parts come out of the token's SHA-256, 55 bits of it. The time part has to be one that servers accept
/// today and in years: it lies in a window that is wholly past (1 July 2023 to 11 August 2024), never ahead of any
/// clock, and above the smallest numbers. It says nothing of when the post was written; that stands in the record.
/// Among a million posts of one account, two share a key with a chance of one in 70,000, and then the second is
/// refused, never written over the first.
pub(super) fn of_token(token: &str) -> String {
    let digest = Sha256::digest(token.as_bytes());
    let bits = digest.iter().take(8).fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
    let time = FIRST + (bits & ((1 << TIME_BITS) - 1));
    let clock = bits >> (64 - CLOCK_BITS);
    written((time << CLOCK_BITS) | clock)
}

/// 64 bits, the first of which is 0, as 13 signs of 5 bits.
fn written(number: u64) -> String {
    (0..13)
        .rev()
        .filter_map(|place| SIGNS.get(((number >> (5 * place)) & 31) as usize))
        .copied()
        .map(char::from)
        .collect()
}
