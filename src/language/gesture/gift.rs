//! Gifts that are told plainly: "we are giving $100,000 to …", "we donated 40 bikes to the shelter". Who is given what
//! stands in one clause, and nothing is waited for; a reader of few examples should not have to guess that.

use std::ops::Range;

/// Who speaks.
const US: &[&str] = &["we", "i", "we've", "i've", "we're", "i'm", "we'll", "i'll"];
/// Words that may stand between who speaks and what they do.
const BETWEEN: &[&str] =
    &["are", "am", "have", "had", "will", "just", "now", "today", "simply", "also", "already", "all", "been", "be"];
/// To give away for good.
const DONATE: &[&str] = &["donate", "donated", "donating"];
/// To give: only with how much, for one gives hope, talks and up, too.
const GIVE: &[&str] = &["give", "gave", "giving", "given", "handed"];
/// What makes a gift wait for others, or a price of it.
const NOT_PLAIN: &[&str] = &[
    "if",
    "when",
    "whenever",
    "for each",
    "for every",
    "per",
    "whoever",
    "anyone",
    "everyone",
    "each",
    "every",
    "once",
    "until",
    "unless",
    "repost",
    "retweet",
    "share",
    "follow",
    "buy",
    "bought",
    "order",
    "sold",
    "sale",
    "purchase",
    "off",
    "discount",
    "code",
    "coupon",
    "voucher",
    "%",
    "away",
    "you",
    "your",
    "customers",
    "subscribers",
    "winner",
    "winners",
    "up",
    "proceeds",
    "match",
    "matching",
];
/// Words between the verb and whom it goes to, at most.
const REACH: usize = 9;
/// Numbers as words, and what counts like one.
const NUMBERS: &[&str] = &[
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "fifteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "hundred",
    "thousand",
    "million",
    "dozen",
    "dozens",
    "hundreds",
    "thousands",
];

/// Where a gift is told plainly (bytes): from who gives to whom it goes; `None` when it is not, or waits for others.
pub fn plain_gift(text: &str) -> Option<Range<usize>> {
    let words = split(text);
    let told: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
    if told.iter().any(|word| NOT_PLAIN.contains(word) || word.ends_with('%')) {
        return None;
    }
    (0..told.len()).find_map(|at| {
        if !US.contains(told.get(at)?) {
            return None;
        }
        let rest = told.get(at + 1..)?;
        let verb = rest.iter().take(4).position(|word| !BETWEEN.contains(word))?;
        let (donates, gives) = (DONATE.contains(rest.get(verb)?), GIVE.contains(rest.get(verb)?));
        let object = rest.get(verb + 1..)?;
        let to = object.iter().take(REACH).position(|word| matches!(*word, "to" | "for"))?;
        let much = object.get(..to)?.iter().any(|word| is_number(word));
        if !(donates || gives && much) || to == 0 || object.get(to + 1).is_none() {
            return None;
        }
        let last = words.get(at + 1 + verb + 1 + to)?;
        Some(words.get(at)?.0.start..last.0.end)
    })
}

fn is_number(word: &str) -> bool {
    NUMBERS.contains(&word)
        || word.trim_start_matches(['$', '€', '£', '¥', '₹']).starts_with(|c: char| c.is_ascii_digit())
}

/// The words, folded, with their places; signs at their edges left out, currency signs and the per cent sign kept.
fn split(text: &str) -> Vec<(Range<usize>, String)> {
    let mut words = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_matches(|c: char| !(c.is_alphanumeric() || "$€£¥₹%".contains(c)));
        if !word.is_empty() {
            let start = at + (piece.len() - piece.trim_start_matches(|c| !word.starts_with(c)).len());
            words.push((start..(start + word.len()).min(at + piece.len()), word.to_lowercase().replace('’', "'")));
        }
        at += piece.len();
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(text: &str) -> Option<&str> {
        plain_gift(text).map(|span| &text[span])
    }

    #[test]
    fn who_gives_what_to_whom_is_a_gift() {
        for (text, span) in [
            ("We are giving $100,000 to the people hit by the earthquake.", "We are giving $100,000 to"),
            ("Today we donated our old bikes to the shelter!", "we donated our old bikes to"),
            ("I gave 30 chairs to the school", "I gave 30 chairs to"),
            ("We’ve just given twenty tents to the scouts.", "We’ve just given twenty tents to"),
            ("(We will donate €5,000 for the flood relief.)", "We will donate €5,000 for"),
        ] {
            assert_eq!(told(text), Some(span), "{text}");
        }
    }

    #[test]
    fn what_waits_for_others_or_is_a_price_is_none() {
        for text in [
            "Repost this and we give $1 for each repost, at most $100,000",
            "If we sell 100 bikes we donate ten to the shelter",
            "We give you 20 minutes to think",
            "We are giving 20% off to students",
            "We give our all to the crowd",
            "We gave up to 30 talks for fun",
            "They donated 40 bikes to the shelter",
            "We donate",
            "For every scarf we donate five euros to the Red Cross",
            "",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_place_is_one_of_the_text(text in "\\PC{0,60}", words in "(we|I) (donate|gave|are giving) [\\PC ]{0,20} (to|for) \\PC{0,9}") {
            for text in [text, words] {
                prop_assert!(plain_gift(&text).is_none_or(|span| text.get(span).is_some()));
            }
        }
    }
}
