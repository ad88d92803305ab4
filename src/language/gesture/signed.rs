//! The signatures of the brand's voices, as the configuration has them: a post that ends with one was written by a person.

use super::{GestureReading, ReadGesture};
use crate::language::model::hash;

/// A reader that knows how the voices sign.
pub struct Signed {
    reader: Box<dyn ReadGesture>,
    signatures: Vec<String>,
}

impl Signed {
    /// This reader, for voices that sign so; blank signatures are left out.
    pub fn new(reader: Box<dyn ReadGesture>, signatures: impl IntoIterator<Item = String>) -> Self {
        let signatures = signatures.into_iter().map(|known| known.trim().to_owned());
        let mut signatures: Vec<String> = signatures.filter(|known| !known.is_empty()).collect();
        signatures.sort();
        signatures.dedup();
        Self { reader, signatures }
    }
}

impl ReadGesture for Signed {
    fn gesture(&self, text: &str, reply: bool) -> GestureReading {
        self.reader.gesture(text, reply)
    }

    /// Another number for other signatures, so that what is stored is read again when they change.
    fn version(&self) -> i64 {
        let own = self.reader.version();
        if self.signatures.is_empty() {
            return own;
        }
        let all = self.signatures.iter().fold(own as u64, |key, known| hash::join(key, hash::of_str(known)));
        ((all >> 2) as i64).max(1)
    }

    fn signs(&self, text: &str) -> bool {
        let text = text.trim_end();
        self.signatures.iter().any(|known| {
            let before = text.strip_suffix(known.as_str());
            before.is_some_and(|before| !before.ends_with(char::is_alphanumeric) && !before.trim().is_empty())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::gesture::RuleGesture;

    fn signed(signatures: &[&str]) -> Signed {
        Signed::new(Box::new(RuleGesture::new()), signatures.iter().map(|&known| known.to_owned()))
    }

    #[test]
    fn a_text_that_ends_as_a_voice_signs_is_signed() {
        let reader = signed(&["~ana at Ferris", " ", "Kim"]);
        assert!(reader.signs("The pin is on its way. ~ana at Ferris\n"));
        assert!(reader.signs("Fixed.\nKim"));
        for text in ["", "Kim", "We asked Joakim", "Kim fixed it", "The pin is on its way."] {
            assert!(!reader.signs(text), "{text}");
        }
    }

    #[test]
    fn other_signatures_are_another_reader_and_their_order_does_not_matter() {
        let plain = RuleGesture::new().version();
        assert_eq!(signed(&[]).version(), plain);
        let (one, two) = (signed(&["^AK"]), signed(&["^AK", "^BL"]));
        assert!(one.version() > 0 && two.version() > 0);
        assert!(one.version() != plain && one.version() != two.version());
        assert_eq!(two.version(), signed(&["^BL", "^AK", "^AK"]).version());
    }
}
