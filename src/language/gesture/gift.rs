//! Gifts that are told plainly: "we are giving $100,000 to …", "we donated 40 bikes to the shelter". Who is given what
//! stands in one clause, and nothing is waited for; a reader of few examples should not have to guess that. The same
//! holds for "how to patch a tube: …", where the text itself is the gift.

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
/// What is ours until it is given: `our old van`.
const OURS: &[&str] = &["our", "its"];
/// What is said to be given, and costs nothing.
const WORDS_ONLY: &[&str] = &[
    "thanks",
    "thank",
    "all",
    "best",
    "word",
    "words",
    "opinion",
    "opinions",
    "view",
    "views",
    "attention",
    "heart",
    "hearts",
    "love",
    "answer",
    "answers",
    "side",
    "name",
    "names",
    "support",
    "statement",
    "evidence",
    "notice",
    "apology",
    "apologies",
    "regards",
    "feedback",
    "blessing",
    "vote",
    "votes",
    "response",
    "reply",
];
/// What a text asks for that only begins like a lesson.
const LEADS_ON: &[&str] = &[
    "sign",
    "signup",
    "join",
    "book",
    "buy",
    "subscribe",
    "webinar",
    "course",
    "bio",
    "comment",
    "follow",
    "dm",
    "order",
    "shop",
    "our",
    "us",
    "we",
    "sale",
    "download",
    "tickets",
    "app",
    "vote",
    "donate",
    "apply",
];
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
    if let Some(lesson) = lesson(text, &told) {
        return Some(lesson);
    }
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
        let given = object.get(..to)?;
        let ours = given.first().is_some_and(|word| OURS.contains(word)) && given.len() > 1;
        let much =
            given.iter().any(|word| is_number(word)) || ours && !given.iter().any(|word| WORDS_ONLY.contains(word));
        if !(donates || gives && much) || to == 0 || object.get(to + 1).is_none() {
            return None;
        }
        let last = words.get(at + 1 + verb + 1 + to)?;
        Some(words.get(at)?.0.start..last.0.end)
    })
}

/// "How to …: …", the lesson itself, from its first word to the colon.
fn lesson(text: &str, words: &[&str]) -> Option<Range<usize>> {
    let colon = text.find(':')?;
    let (title, taught) = (text.get(..colon)?, text.get(colon + 1..)?);
    let short = !title.contains(['.', '!', '?', '\n']) && title.split_whitespace().count() <= 14;
    let told = taught.split_whitespace().count() >= 3 && !taught.contains("://");
    let plain = words.starts_with(&["how", "to"]) && !words.iter().any(|word| LEADS_ON.contains(word));
    (plain && short && told).then_some(0..colon)
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
            ("We handed our old van to the scouts.", "We handed our old van to"),
            ("We've given our spare ovens to the school kitchen", "We've given our spare ovens to"),
            ("How to patch a tube: find the hole, roughen it, glue, wait, press.", "How to patch a tube"),
            ("how to calm a kettle: empty it, vinegar, boil once", "how to calm a kettle"),
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
            "We gave our word to the council",
            "We've given our thanks to the crew",
            "How to patch a tube: sign up for the Thursday course",
            "How to patch a tube: https://tubes.example",
            "How to patch a tube without leaving home",
            "How do you patch a tube: with glue or with tape?",
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
