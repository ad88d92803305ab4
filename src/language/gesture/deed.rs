//! What kind of give or ask a post is, once its gesture is known: the weight that it has in the books depends on it.
//!
//! Rules: the phrases are few and plain, and no labelled posts tell the kinds apart.

use std::ops::Range;

use super::words::{Gap, Kind, Word, scan};
use super::{GestureReading, all_given, plain_gift};
use crate::domain::{Deed, Gesture, Give};

/// A post as a deed, with the words that say which kind it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeedReading {
    /// What it does.
    pub deed: Deed,
    /// The words that tell (bytes of the text); empty when nothing does, and the plainest kind was taken.
    pub words: Vec<Range<usize>>,
}

/// Phrases; a word ending in `*` is the beginning of a word.
type Phrases = &'static [&'static str];

const DONATE: Phrases = &[
    "donat*",
    "we give",
    "giving away",
    "we gave",
    "for free",
    "free of charge",
    "on us",
    "on the house",
    "at our cost",
    "we are sending",
    "we're sending",
    "we pay",
    "we are paying",
    "we're paying",
    "no strings",
    "we have given",
    "we've given",
    "to the red cross",
    "food bank",
    "for charity",
    "pro bono",
    "costs nothing",
    "gratis",
    "kostenlos",
    "gratuit*",
    "wir spenden",
    "nous donnons",
    "donamos",
    "regaliamo",
];
const FIX: Phrases = &[
    "fixed",
    "we fix*",
    "repaired",
    "is solved",
    "resolved",
    "replacement",
    "refund*",
    "we have replaced",
    "patched",
    "a patch",
    "update is out",
    "back up",
    "back online",
    "works again",
    "working again",
    "credited",
    "made it right",
    "recall",
    "put right",
    "corrected",
    "we replaced",
    "new one is in the post",
    "new one is on its way",
    "behoben",
    "corrigé",
    "risolto",
];
const THANK: Phrases = &[
    "thank you",
    "thanks",
    "thank",
    "cheers for",
    "grateful",
    "kudos",
    "well done",
    "congratulations",
    "congrats",
    "danke",
    "merci",
    "gracias",
    "grazie",
    "obrigad*",
    "made our day",
    "made my day",
];
const SHARE: Phrases = &[
    "via",
    "h/t",
    "hat tip",
    "great post by",
    "great thread by",
    "great piece by",
    "lovely work by",
    "work by",
    "photo by",
    "pictures by",
    "built by",
    "made by",
    "written by",
    "go and follow",
    "have a look at what",
    "look what",
    "worth a read",
    "worth your time",
    "shout out",
    "shoutout",
    "spotted by",
    "credit to",
    "our friends at",
    "our neighbours at",
];
const TEACH: Phrases = &[
    "how to",
    "here is how",
    "here's how",
    "a guide",
    "guide to",
    "tutorial",
    "tip",
    "tips",
    "step by step",
    "explained",
    "we learned",
    "lesson*",
    "checklist",
    "faq",
    "in three steps",
    "video shows",
    "workshop",
    "did you know",
    "why your",
    "cheat sheet",
    "walkthrough",
    "anleitung",
    "tutoriel",
];
const HARD: Phrases = &[
    "buy",
    "order",
    "orders",
    "pre-order",
    "preorder*",
    "purchase",
    "shop now",
    "shop",
    "sale",
    "we sell",
    "% off",
    "discount*",
    "off with code",
    "with code",
    "coupon",
    "deal",
    "deals",
    "subscribe",
    "sign up",
    "signup",
    "register",
    "book now",
    "book your",
    "get yours",
    "in stock",
    "price",
    "checkout",
    "add to cart",
    "free trial",
    "upgrade",
    "join now",
    "become a member",
    "tickets",
    "kaufen",
    "bestell*",
    "achete*",
    "compra*",
    "acquista*",
];

/// What is asked of somebody so that they can be helped.
const DETAILS: Phrases = &[
    "dm us",
    "a dm",
    "via dm",
    "by dm",
    "message us",
    "a message",
    "by message",
    "direct message",
    "email us",
    "e-mail us",
    "mail us",
    "write to us",
    "contact us",
    "get in touch",
    "reach out to us",
    "order number",
    "your number",
    "your postcode",
    "serial number",
    "let us know",
    "could you tell",
    "can you tell",
    "more details",
    "your details",
];

/// What we say that we shall do for the one whom we answer: that asks nothing.
const PROMISES: Phrases = &[
    "write to you",
    "message you",
    "call you",
    "ring you",
    "email you",
    "e-mail you",
    "dm you",
    "get back to you",
    "come back to you",
    "let you know",
    "keep you posted",
    "send you",
    "be in touch",
];

impl DeedReading {
    /// The deed of a post that was read so; `reply` when it answers somebody. A give that says nothing of its kind is
    /// an answer when it replies, and teaches otherwise; an ask that says nothing of money or names is a soft one.
    pub fn of(text: &str, reply: bool, reading: &GestureReading) -> Self {
        let words = scan(text);
        let helps = reply.then(|| find(&words, DETAILS).or_else(|| promised(text, &words))).flatten();
        let (deed, found) = match reading.gesture {
            Gesture::Talk => (Deed::Talk, Vec::new()),
            Gesture::Conditional => {
                let all = reading.all_proceeds.clone().or_else(|| all_given(&words));
                let cap = reading.cap.as_ref().map(|cap| cap.span.clone());
                let deed = Deed::Conditional { capped: cap.is_some(), all_proceeds: all.is_some() };
                (deed, cap.into_iter().chain(all).collect())
            }
            // Who is asked for a number so that we can help them, or told what we shall do for them, gives us nothing.
            Gesture::Ask if helps.is_some() => (Deed::Talk, helps.into_iter().collect()),
            Gesture::Ask => match find(&words, HARD).or_else(|| price(&words)) {
                Some(found) => (Deed::HardAsk, vec![found]),
                None => (Deed::SoftAsk, Vec::new()),
            },
            Gesture::Give => give(text, &words, reply),
        };
        Self { deed, words: found }
    }
}

/// A promise to the one who is answered, beside which nothing is sold; "your order" sells nothing.
fn promised(text: &str, words: &[Word]) -> Option<Range<usize>> {
    let sells = find(words, HARD).or_else(|| price(words)).and_then(|found| text.get(found));
    let theirs = |sells: &str| sells.eq_ignore_ascii_case("order") && find(words, &["your order"]).is_some();
    find(words, PROMISES).filter(|_| sells.is_none_or(theirs))
}

/// The kind of a give: what costs us most goes first, and thanks last, since many a gift begins with them.
fn give(text: &str, words: &[Word], reply: bool) -> (Deed, Vec<Range<usize>>) {
    let kinds: [(Give, Phrases); 4] =
        [(Give::Fix, FIX), (Give::Donate, DONATE), (Give::Teach, TEACH), (Give::Share, SHARE)];
    let found = kinds.into_iter().find_map(|(kind, phrases)| {
        // In a reply a lesson is an answer.
        let kind = if reply && kind == Give::Teach { Give::Answer } else { kind };
        find(words, phrases).map(|found| (kind, found))
    });
    if let Some((kind, found)) = found {
        return (Deed::Give(kind), vec![found]);
    }
    if let Some(gift) = plain_gift(text) {
        return (Deed::Give(Give::Donate), vec![gift]);
    }
    match find(words, THANK) {
        // Thanks and nothing else; with an answer behind them they are manners.
        Some(found) if !reply || words.len() <= 14 => (Deed::Give(Give::Thank), vec![found]),
        _ => (Deed::Give(if reply { Give::Answer } else { Give::Teach }), Vec::new()),
    }
}

/// A price: an amount of money, or percents.
fn price(words: &[Word]) -> Option<Range<usize>> {
    words.iter().find(|word| matches!(word.kind, Kind::Money | Kind::Percent)).map(|word| word.span.clone())
}

/// The first of the phrases that stands in the words, not across the end of a sentence.
fn find(words: &[Word], phrases: Phrases) -> Option<Range<usize>> {
    (0..words.len()).find_map(|at| phrases.iter().find_map(|phrase| stands(words.get(at..)?, phrase)))
}

fn stands(words: &[Word], phrase: &str) -> Option<Range<usize>> {
    let mut last = None;
    let mut words = words.iter().peekable();
    let begin = words.peek()?.span.start;
    for (place, part) in phrase.split(' ').enumerate() {
        let word = words.next()?;
        let same = match part.strip_suffix('*') {
            Some(beginning) => word.text.starts_with(beginning),
            None if part == "%" => word.kind == Kind::Percent,
            None => word.text == part,
        };
        if !same || (place > 0 && word.gap == Gap::Hard) {
            return None;
        }
        last = Some(word.span.end);
    }
    Some(begin..last?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(gesture: Gesture, text: &str, reply: bool) -> (Deed, Vec<&str>) {
        let reading = GestureReading {
            gesture,
            probabilities: [0.25; 4],
            trigger: None,
            cap: None,
            all_proceeds: None,
            parts: Vec::new(),
        };
        let deed = DeedReading::of(text, reply, &reading);
        (deed.deed, deed.words.into_iter().map(|span| &text[span]).collect())
    }

    #[test]
    fn gives_have_their_kind() {
        let kind = |text, reply| match read(Gesture::Give, text, reply).0 {
            Deed::Give(give) => give,
            other => panic!("{other:?}"),
        };
        assert_eq!(kind("Here's how to true a wheel with two spoons.", false), Give::Teach);
        assert_eq!(kind("@kim here's how: loosen both bolts first.", true), Give::Answer);
        assert_eq!(kind("@kim 2.35 inches at most.", true), Give::Answer);
        assert_eq!(kind("Thank you all for a lovely ride!", false), Give::Thank);
        assert_eq!(kind("@kim thanks, that made our morning!", true), Give::Thank);
        let long = "@kim thanks for asking, the S2 takes tyres of up to 2.35 inches, and with mudguards you would rather stay at 2.2";
        assert_eq!(kind(long, true), Give::Answer);
        assert_eq!(kind("Thanks for your patience: a replacement is in the post.", true), Give::Fix);
        assert_eq!(kind("We are giving $100,000 to Japan", false), Give::Donate);
        assert_eq!(kind("We donated 40 bicycles to the shelter this morning.", false), Give::Donate);
        assert_eq!(kind("Great post by the people of Oak Street on winter chains", false), Give::Share);
    }

    #[test]
    fn asks_are_hard_when_they_cost() {
        assert_eq!(read(Gesture::Ask, "Order now", false), (Deed::HardAsk, vec!["Order"]));
        assert_eq!(read(Gesture::Ask, "The S2 from €899", false).0, Deed::HardAsk);
        assert_eq!(read(Gesture::Ask, "20% off until Sunday", false).0, Deed::HardAsk);
        assert_eq!(read(Gesture::Ask, "Read our new blog post about chains", false), (Deed::SoftAsk, vec![]));
        assert_eq!(read(Gesture::Ask, "Reorder? No. Follow along!", false).0, Deed::SoftAsk);
        let helps = "@al so sorry, please send us a DM with your order number";
        assert_eq!(read(Gesture::Ask, helps, true), (Deed::Talk, vec!["a DM"]));
        assert_eq!(read(Gesture::Ask, helps, false).0, Deed::HardAsk, "to nobody in particular");
        assert_eq!(read(Gesture::Ask, "@al we will write to you today", true), (Deed::Talk, vec!["write to you"]));
        assert_eq!(read(Gesture::Ask, "@al we'll call you about your order", true).0, Deed::Talk);
        assert_eq!(read(Gesture::Ask, "@al we'll send you a code: 20% off", true).0, Deed::HardAsk);
        assert_eq!(read(Gesture::Ask, "We will write to you today", false).0, Deed::SoftAsk, "to everybody");
    }

    #[test]
    fn a_condition_keeps_its_cap_and_its_proceeds() {
        let text = "All proceeds go to the shelter";
        let mut reading = GestureReading {
            gesture: Gesture::Conditional,
            probabilities: [0.0, 0.0, 1.0, 0.0],
            trigger: None,
            cap: None,
            all_proceeds: None,
            parts: Vec::new(),
        };
        let all = DeedReading::of(text, false, &reading);
        assert_eq!(all.deed, Deed::Conditional { capped: false, all_proceeds: true });
        assert!(text[all.words[0].clone()].starts_with("All proceeds"));
        let text = "$1 for each retweet, up to $500";
        reading.cap = super::super::Cap::at(text, 21..31);
        assert_eq!(
            DeedReading::of(text, false, &reading).deed,
            Deed::Conditional { capped: true, all_proceeds: false }
        );
    }

    #[test]
    fn odd_texts_are_safe() {
        for text in ["", "🎁🎁", "%%% * *", "thank", "\u{202e}thank you"] {
            for gesture in Gesture::ALL {
                assert_eq!(read(gesture, text, true).0.gesture(), gesture);
            }
        }
    }
}
