//! The form in which texts and links are compared, to find what is one story.
//!
//! Pure. Texts: case and diacritics folded, drawn-out letters cut; addresses, handles, emoji and marks dropped, hashtags
//! taken as words. Only the first [`tokens::LONGEST`] characters count. Links: see [`canonical_link`].

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

pub use super::links::canonical_link;
use super::tokens::{self, Kind, Token};

/// Words from which two texts can be called the same.
pub const FEWEST_FOR_EXACT: usize = 4;
/// Words from which two texts can be called nearly the same.
pub const FEWEST_FOR_NEAR: usize = 12;
/// Words of a shingle.
const SHINGLE: usize = 3;

/// What a text is recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Fingerprint {
    /// Hash of its words in their order: equal for texts with the same words. `None` below
    /// [`FEWEST_FOR_EXACT`] words.
    pub exact: Option<u64>,
    /// 64-bit simhash of its runs of three words: few bits differ between nearly equal texts, see [`distance`].
    /// `None` below [`FEWEST_FOR_NEAR`] words.
    pub near: Option<u64>,
}

/// The words of a text in their folded form, in order.
pub fn words(text: &str) -> Vec<String> {
    let strip = |token: &Token| text.get(token.span()).unwrap_or_default().trim_start_matches(['#', '＃']);
    kept(&tokens::scan(text)).map(|token| tokens::folded(strip(token))).collect()
}

/// What the text is recognised by; one pass.
pub fn fingerprint(text: &str) -> Fingerprint {
    let tokens = tokens::scan(text);
    let keys: Vec<u64> = kept(&tokens).map(|token| token.key).collect();
    Fingerprint { exact: exact(&keys), near: near(&keys) }
}

/// Bits in which two simhashes differ, 0 to 64. Unrelated posts differ in 32 bits, give or take 4 (one standard
/// deviation). A word exchanged moves about 12 bits of a post of a dozen words, 7 of thirty, fewer of longer ones.
pub fn distance(one: u64, other: u64) -> u32 {
    (one ^ other).count_ones()
}

/// Tokens that count as words. The `RT @name` of a copied post does not belong to its words.
fn kept(tokens: &[Token]) -> impl Iterator<Item = &Token> {
    let reposts = match tokens {
        [first, second, ..] => first.key == tokens::fold_key("rt") && second.kind == Kind::Handle,
        _ => false,
    };
    tokens.iter().skip(usize::from(reposts)).filter(|token| token.is_wordish() || token.kind == Kind::Hashtag)
}

fn exact(keys: &[u64]) -> Option<u64> {
    (keys.len() >= FEWEST_FOR_EXACT).then(|| {
        let mut hash = Xxh3::new();
        keys.iter().for_each(|key| hash.update(&key.to_le_bytes()));
        hash.digest()
    })
}

/// Every shingle votes with each bit of its hash; a bit of the result is set where most shingles set it.
fn near(keys: &[u64]) -> Option<u64> {
    if keys.len() < FEWEST_FOR_NEAR {
        return None;
    }
    let mut votes = [0i32; 64];
    for shingle in keys.windows(SHINGLE) {
        let mut bytes = [0u8; SHINGLE * 8];
        for (slot, key) in bytes.chunks_exact_mut(8).zip(shingle) {
            slot.copy_from_slice(&key.to_le_bytes());
        }
        let hash = xxh3_64(&bytes);
        for (bit, vote) in votes.iter_mut().enumerate() {
            *vote += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    Some(votes.iter().enumerate().fold(0, |hash, (bit, vote)| hash | u64::from(*vote > 0) << bit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_folded_and_the_rest_dropped() {
        assert_eq!(
            words("RT @ana: Très bon   CAFÉ!! 👍 #Ferris_Bikes https://a.example/x?y, 20% off — sooooo good"),
            ["tres", "bon", "cafe", "ferris_bikes", "20%", "off", "soo", "good"]
        );
        assert!(words("@ana 👍 https://a.example").is_empty());
    }

    #[test]
    fn short_texts_have_no_fingerprint() {
        assert_eq!(fingerprint("three short words"), Fingerprint::default());
        let four = fingerprint("four words are enough");
        assert!(four.exact.is_some() && four.near.is_none());
        let words = "one two three four five six seven eight nine ten eleven";
        assert!(fingerprint(words).near.is_none());
        assert!(fingerprint(&format!("{words} twelve")).near.is_some());
    }

    #[test]
    fn a_copy_is_recognised_and_another_text_is_not() {
        let text = "Ferris recalls the stems of its S2 line after reports of cracks; owners are asked to stop riding and \
                    to write to the shop where they bought it, which will replace the part for free this week";
        let copy = format!("RT @news: {} https://t.example/abc", text.to_uppercase());
        assert_eq!(fingerprint(text).exact, fingerprint(&copy).exact);
        let edited = text.replace("this week", "within days");
        assert_ne!(fingerprint(text).exact, fingerprint(&edited).exact);
        let apart = |other: &str| distance(fingerprint(text).near.unwrap(), fingerprint(other).near.unwrap());
        assert!(apart(&edited) <= 12, "{}", apart(&edited));
        let other = "Two years in and I still love the thing, it has never let me down in snow or rain and the people in \
                     the shop remember my name and my dog's";
        assert!(apart(other) > 16, "{}", apart(other));
    }

    #[test]
    fn amounts_keep_texts_apart() {
        assert_ne!(fingerprint("save 5% on all bikes").exact, fingerprint("save 50% on all bikes").exact);
    }

    proptest! {
        #[test]
        fn case_marks_and_blanks_do_not_matter(words in prop::collection::vec("[a-z]{2,9}", 4..30)) {
            let plain = words.join(" ");
            let loud = format!("  {}!! ", words.join(",\n ").to_uppercase());
            prop_assert_eq!(fingerprint(&plain), fingerprint(&loud));
            prop_assert_eq!(super::words(&plain).len(), words.len());
        }

        #[test]
        fn any_text_can_be_taken(text in "\\PC{0,300}") {
            let found = fingerprint(&text);
            prop_assert_eq!(found.exact.is_some(), words(&text).len() >= FEWEST_FOR_EXACT);
            prop_assert_eq!(found.near.is_some(), words(&text).len() >= FEWEST_FOR_NEAR);
        }
    }
}
