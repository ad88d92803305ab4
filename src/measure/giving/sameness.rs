//! How much alike our replies are: people notice when they are answered by a form letter.

use std::collections::BTreeSet;

/// Words of a shingle.
const WORDS: usize = 3;
/// Likeness from which two replies say nearly the same.
pub const ALIKE: f64 = 0.6;
/// Replies below which nothing is said.
pub const FEWEST_REPLIES: usize = 8;
/// Share of replies that are nearly like another from which the tone has turned canned.
pub const CANNED: f64 = 0.4;

/// The 3-word shingles of a reply, folded; handles, addresses and signatures ("^AK") are left out, since they differ in
/// every form letter. A reply of fewer words is one shingle.
pub fn shingles(text: &str) -> BTreeSet<String> {
    let words: Vec<String> = text
        .split_whitespace()
        .filter(|word| !word.starts_with(['@', '^', '#']) && !word.contains("://"))
        .map(|word| word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect();
    if words.len() < WORDS {
        return if words.is_empty() { BTreeSet::new() } else { BTreeSet::from([words.join(" ")]) };
    }
    words.windows(WORDS).map(|three| three.join(" ")).collect()
}

/// Likeness of two replies, 0 to 1: shingles in both by shingles in either (Jaccard).
pub fn likeness(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let both = one.intersection(other).count();
    let either = one.len() + other.len() - both;
    if either == 0 { 0.0 } else { both as f64 / either as f64 }
}

/// How canned a brand's replies are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sameness {
    /// The mean likeness of a reply to the one most like it, 0 to 1.
    pub mean: f64,
    /// The share of replies that say nearly the same as another, 0 to 1.
    pub canned: f64,
}

impl Sameness {
    /// It is time to say so.
    pub fn alarms(&self) -> bool {
        self.canned >= CANNED
    }
}

/// The sameness of the latest replies (a hundred or so; the work grows with the square); `None` below
/// [`FEWEST_REPLIES`].
pub fn sameness(replies: &[&str]) -> Option<Sameness> {
    if replies.len() < FEWEST_REPLIES {
        return None;
    }
    let shingled: Vec<BTreeSet<String>> = replies.iter().map(|reply| shingles(reply)).collect();
    let nearest = shingled.iter().enumerate().map(|(at, one)| {
        let others = shingled.iter().enumerate().filter(|(other, _)| *other != at);
        others.map(|(_, other)| likeness(one, other)).fold(0.0, f64::max)
    });
    let nearest: Vec<f64> = nearest.collect();
    let all = replies.len() as f64;
    Some(Sameness {
        mean: nearest.iter().sum::<f64>() / all,
        canned: nearest.iter().filter(|likeness| **likeness >= ALIKE).count() as f64 / all,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_letter_is_recognised_behind_names_and_signatures() {
        let letter =
            |name: &str| format!("Hi @{name}, sorry to hear that! Please send us a message with your order. ^AK");
        let letters: Vec<String> = ["ana", "bo", "cy", "di", "ed", "flo", "gus", "hal"].map(letter).to_vec();
        let same = sameness(&letters.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        assert_eq!((same.mean, same.canned), (1.0, 1.0));
        assert!(same.alarms());
    }

    #[test]
    fn replies_of_a_person_are_not_alike() {
        let replies = [
            "Oh no, a snapped chain on day two is our fault. A new one is in the post, it should be with you on Friday.",
            "The S2 takes up to 2.35 inches, Kim. With mudguards I would stay at 2.2.",
            "That made our morning, thank you! Which colour did you take?",
            "You are right, the manual says 5 Nm and the sticker 6. Five it is; we will fix the sticker.",
            "We do not ship to Iceland yet, but the shop in Oslo does.",
            "Could you tell me the number below the bottom bracket? Then I can see which batch it was.",
            "Sunday rides start at nine from the old mill, no need to sign up.",
            "I asked the workshop: they can look at it tomorrow if you bring it before noon.",
        ];
        let same = sameness(&replies).unwrap();
        assert!(same.canned == 0.0 && same.mean < 0.1 && !same.alarms(), "{same:?}");
        assert_eq!(sameness(&replies[..7]), None);
    }

    #[test]
    fn likeness_is_shared_shingles_by_all() {
        let (one, other) = (shingles("a b c d"), shingles("b c d e"));
        assert_eq!(likeness(&one, &other), 1.0 / 3.0);
        assert_eq!(likeness(&shingles(""), &shingles("@you")), 0.0);
        assert_eq!(likeness(&shingles("Thanks!"), &shingles("thanks")), 1.0);
    }
}
