//! How much alike our replies are: people notice when they are answered by a form letter.

use std::collections::BTreeSet;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

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

/// Likeness from which replies count as one in the books; higher than the one that makes a tone canned.
pub const SAME: f64 = 0.8;
/// Replies before a reply that it is compared with.
pub const COMPARED: usize = 100;

/// The shingles of a reply as numbers, so that a hundred thousand of them fit in memory: of a longer reply those with the
/// smallest numbers, from which likeness is estimated.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sketch(Arc<[u32]>);

impl Sketch {
    /// Most numbers that are kept.
    pub const MOST: usize = 128;

    /// The sketch of a reply.
    pub fn of(text: &str) -> Self {
        let mut marks: Vec<u32> = shingles(text).iter().map(|shingle| xxh3_64(shingle.as_bytes()) as u32).collect();
        marks.sort_unstable();
        marks.dedup();
        marks.truncate(Self::MOST);
        Self(marks.into())
    }

    /// A sketch from its numbers, in any order.
    pub fn from_marks(marks: &[u32]) -> Self {
        let mut marks = marks.to_vec();
        marks.sort_unstable();
        marks.dedup();
        Self(marks.into())
    }

    /// Its numbers, the smallest first.
    pub fn marks(&self) -> &[u32] {
        &self.0
    }

    /// Likeness of two replies, 0 to 1: that of [`likeness`] as long as neither has more than [`Sketch::MOST`] shingles,
    /// an estimate of it beyond.
    pub fn likeness(&self, other: &Self) -> f64 {
        let (mut one, mut two) = (self.0.iter().peekable(), other.0.iter().peekable());
        let cut = self.0.len() >= Self::MOST || other.0.len() >= Self::MOST;
        let (mut both, mut either) = (0_usize, 0_usize);
        while !(cut && either == Self::MOST) {
            let order = match (one.peek(), two.peek()) {
                (None, None) => break,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(mine), Some(theirs)) => mine.cmp(theirs),
            };
            if order.is_le() {
                one.next();
            }
            if order.is_ge() {
                two.next();
            }
            both += usize::from(order.is_eq());
            either += 1;
        }
        if either == 0 { 0.0 } else { both as f64 / either as f64 }
    }
}

/// How a reply stands to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Echo {
    /// It resembles ([`ALIKE`]) one of them: the tone of a form letter.
    pub canned: bool,
    /// It says nearly the same ([`SAME`]) as one of them.
    pub repeated: bool,
}

impl Echo {
    /// Of a reply after others, of which the [`COMPARED`] newest matter.
    pub fn of<'a>(reply: &Sketch, before: impl IntoIterator<Item = &'a Sketch>) -> Self {
        let mut echo = Self::default();
        for likeness in before.into_iter().map(|other| reply.likeness(other)) {
            echo.canned |= likeness >= ALIKE;
            echo.repeated |= likeness >= SAME;
            if echo.repeated {
                break;
            }
        }
        echo
    }
}

/// Of each reply, oldest first, whether it is canned. The one definition of the word, in the books and for the alarm.
pub fn canned(replies: &[Sketch]) -> Vec<bool> {
    let before = |place: usize| replies.get(place.saturating_sub(COMPARED)..place).unwrap_or_default();
    replies.iter().enumerate().map(|(place, reply)| Echo::of(reply, before(place)).canned).collect()
}

/// Whether an act is personal: signed or in the first person singular (`as_a_person`), or a reply that is not canned.
/// The one definition of the word.
pub fn is_personal(as_a_person: bool, reply: bool, canned: bool) -> bool {
    as_a_person || (reply && !canned)
}

/// How canned a brand's replies are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sameness {
    /// The share of canned replies, 0 to 1.
    pub canned: f64,
}

impl Sameness {
    /// Of replies, each canned or not; `None` below [`FEWEST_REPLIES`].
    pub fn of(canned: &[bool]) -> Option<Self> {
        let count = canned.iter().filter(|canned| **canned).count();
        (canned.len() >= FEWEST_REPLIES).then(|| Self { canned: count as f64 / canned.len() as f64 })
    }

    /// It is time to say so.
    pub fn alarms(&self) -> bool {
        self.canned >= CANNED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_letter_is_recognised_behind_names_and_signatures() {
        let letter =
            |name: &str| format!("Hi @{name}, sorry to hear that! Please send us a message with your order. ^AK");
        let letters = ["ana", "bo", "cy", "di", "ed", "flo", "gus", "hal"].map(|name| Sketch::of(&letter(name)));
        let flags = canned(&letters);
        assert_eq!(flags.iter().filter(|canned| !**canned).count(), 1, "the first resembles nothing before it");
        let same = Sameness::of(&flags).unwrap();
        assert_eq!(same.canned, 7.0 / 8.0);
        assert!(same.alarms());
        let (first, last) = (Echo::of(&letters[0], &[]), Echo::of(&letters[7], &letters[..7]));
        assert_eq!((first, last), (Echo::default(), Echo { canned: true, repeated: true }));
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
        let flags = canned(&replies.map(Sketch::of));
        let same = Sameness::of(&flags).unwrap();
        assert!(same.canned == 0.0 && !same.alarms(), "{same:?}");
        assert_eq!(Sameness::of(&flags[..7]), None);
    }

    #[test]
    fn only_the_hundred_replies_before_are_compared() {
        let other = |number: usize| Sketch::of(&format!("number {number} is {} and {}", number * 7, number * 13));
        let letter = Sketch::of("sorry to hear that, please send us your order number by message");
        let between = |count: usize| {
            let mut all = vec![letter.clone()];
            all.extend((0..count).map(other));
            all.push(letter.clone());
            canned(&all).last().copied()
        };
        assert_eq!((between(COMPARED - 1), between(COMPARED)), (Some(true), Some(false)));
    }

    #[test]
    fn personal_is_who_signs_speaks_as_one_or_answers_in_own_words() {
        assert!(is_personal(true, true, true) && is_personal(true, false, false) && is_personal(false, true, false));
        assert!(!is_personal(false, true, true) && !is_personal(false, false, false));
    }

    #[test]
    fn sketches_are_as_alike_as_their_replies() {
        let texts = [
            "@ana sorry to hear that, please send us your order number by message",
            "@bo sorry to hear that, please send us your order number by message",
            "@cy sorry to hear that, please send us your order number today",
            "the S2 takes tyres of up to 2.35 inches",
            "Thanks!",
            "",
        ];
        for one in texts {
            for other in texts {
                let (plain, sketched) =
                    (likeness(&shingles(one), &shingles(other)), Sketch::of(one).likeness(&Sketch::of(other)));
                assert!((plain - sketched).abs() < 1e-12, "{one} {other}: {plain} {sketched}");
            }
        }
        let long = |from: usize| (from..from + 600).map(|word| format!("w{word}")).collect::<Vec<_>>().join(" ");
        let (one, other) = (Sketch::of(&long(0)), Sketch::of(&long(100)));
        assert_eq!(one.marks().len(), Sketch::MOST);
        assert!((one.likeness(&other) - 498.0 / 698.0).abs() < 0.12, "{}", one.likeness(&other));
        assert_eq!(Sketch::from_marks(one.marks()), one);
    }

    #[test]
    fn likeness_is_shared_shingles_by_all() {
        let (one, other) = (shingles("a b c d"), shingles("b c d e"));
        assert_eq!(likeness(&one, &other), 1.0 / 3.0);
        assert_eq!(likeness(&shingles(""), &shingles("@you")), 0.0);
        assert_eq!(likeness(&shingles("Thanks!"), &shingles("thanks")), 1.0);
    }
}
