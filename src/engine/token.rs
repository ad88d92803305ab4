//! The token under which something is published: the network's means against publishing twice.

/// Letters and digits of a token.
const LENGTH: usize = 32;

/// A token that was never used before: random, letters and digits only.
pub fn publishing_token() -> String {
    (0..LENGTH).map(|_| fastrand::alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_are_letters_and_digits() {
        let (one, other) = (publishing_token(), publishing_token());
        assert_ne!(one, other);
        assert!(one.len() >= 16 && one.chars().all(|sign| sign.is_ascii_alphanumeric()));
    }
}
