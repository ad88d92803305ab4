//! Where a draft speaks against the customer: what it says they did, what it concludes from that, and what of their own
//! words it denies. "You typed the wrong address", "so it isn't ours", "it was not late".

use super::words::{Word, Words};

/// Past forms that no ending tells, and what is said before a guess.
const DID: [&str; 36] = [
    "had", "put", "typed", "left", "gave", "wrote", "took", "wore", "chose", "set", "made", "lost", "spent", "broke",
    "bought", "sent", "read", "got", "went", "kept", "missed", "paid", "fed", "never", "didn't", "haven't", "weren't",
    "hadn't", "wasn't", "have", "must", "may", "probably", "likely", "forgot", "ran",
];
/// Words before "you" that make it a circumstance: "the day you wrote", "thanks that you told us".
const EXCUSED: [&str; 23] = [
    "that", "when", "sorry", "since", "what", "where", "if", "thank", "after", "as", "while", "which", "who", "before",
    "day", "time", "how", "one", "once", "until", "whatever", "than", "all",
];
const DENIES: [&str; 16] = [
    "not", "isn't", "wasn't", "weren't", "aren't", "don't", "doesn't", "didn't", "can't", "couldn't", "won't", "never",
    "nobody", "no", "none", "nothing",
];
/// Words that come back in any two texts.
const SMALL: [&str; 32] = [
    "the", "is", "was", "are", "were", "that", "this", "and", "for", "you", "your", "our", "with", "have", "has",
    "had", "did", "but", "not", "just", "all", "been", "its", "it's", "they", "them", "can", "will", "when", "what",
    "from", "any",
];
/// Words after a denial among which what it denies stands.
const REACH: usize = 5;

/// What a word says against the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Against {
    /// "you typed": 0 in passing, 1 opening a sentence, 2 after "so" and the like, 3 otherwise.
    Did(u64),
    /// "so you", "so it".
    Concluded,
    /// "not late": 1 when the mention has the word, too.
    Denied(u64),
}

impl Against {
    /// The name of its sign, its number, and how many words before the place belong to it.
    pub fn sign(self) -> (&'static str, u64, usize) {
        match self {
            Self::Did(how) => ("you did", how, 1),
            Self::Concluded => ("so you", 0, 1),
            Self::Denied(echo) => ("denied", echo, 0),
        }
    }
}

/// Everything that is said against the customer, by the place of its last word.
pub(super) fn find(mention: &Words, words: &Words) -> Vec<(usize, Against)> {
    let mut found = Vec::new();
    for (at, word) in words.list.iter().enumerate() {
        let before = |back: usize| {
            let word_before = at.checked_sub(back).and_then(|at| words.list.get(at));
            word_before.filter(|before| before.sentence == word.sentence).map_or("", |before| before.low.as_str())
        };
        let low = word.low.as_str();
        if matches!(before(1), "you" | "you've" | "you'd")
            && (DID.contains(&low) || low.len() > 4 && low.ends_with("ed"))
        {
            found.push((at, Against::Did(how(before(2)))));
        }
        if matches!(low, "you" | "you'll" | "you've" | "it's" | "it" | "that's") && before(1) == "so" {
            found.push((at, Against::Concluded));
        }
        if DENIES.contains(&low) {
            let rest = words.list.iter().skip(at + 1).take(REACH).filter(|next| next.sentence == word.sentence);
            let echo = rest.into_iter().any(|next| in_mention(mention, next));
            found.push((at, Against::Denied(u64::from(echo))));
        }
    }
    found
}

fn how(before_you: &str) -> u64 {
    match before_you {
        "" => 1,
        "so" | "because" | "and" | "but" => 2,
        excused if EXCUSED.contains(&excused) => 0,
        _ => 3,
    }
}

/// Whether the mention has a word, or one that begins with the same four letters.
fn in_mention(mention: &Words, word: &Word) -> bool {
    let stem =
        |word: &Word| word.low.char_indices().nth(4).map(|(end, _)| word.low.get(..end).unwrap_or_default().to_owned());
    let own = stem(word);
    let telling = word.low.len() > 2 && !SMALL.contains(&word.low.as_str());
    telling && mention.list.iter().any(|said| said.low == word.low || own.is_some() && stem(said) == own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn against(mention: &str, draft: &str) -> Vec<Against> {
        let found = find(&Words::read(mention), &Words::read(draft));
        found.into_iter().map(|(_, against)| against).collect()
    }

    #[test]
    fn what_they_did_is_told_from_what_they_are_thanked_for() {
        assert_eq!(against("kettle leaks", "You filled it past the line."), [Against::Did(1)]);
        assert_eq!(
            against("kettle leaks", "The lid is fine, so you overfilled it."),
            [Against::Concluded, Against::Did(2)]
        );
        assert_eq!(against("kettle leaks", "Sorry you waited so long."), [Against::Did(0)]);
        assert_eq!(against("kettle leaks", "A new one leaves today, with a cup."), []);
    }

    #[test]
    fn a_denial_of_their_own_words_is_told_from_any_other() {
        assert_eq!(against("my parcel came late", "It was not late."), [Against::Denied(1)]);
        assert_eq!(against("two spills in a week", "Kettles don't spill."), [Against::Denied(1)]);
        assert_eq!(against("my parcel came late", "Nothing to pay."), [Against::Denied(0)]);
        assert_eq!(against("", ""), []);
    }
}
