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
    "put it right",
    "mended",
    "new build",
    "new version is out",
    "fix is out",
    "is live again",
    "repariert",
    "réparé",
    "arreglado",
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
    "hear from",
    "takes this on",
    "take this on",
    "takes it on",
    "taken this on",
    "take it from here",
    "takes it from here",
    "told the team",
    "passed this on",
    "passed it on",
    "passed this to",
    "handed this to",
    "handed it to",
    "handed this over",
    "look into this",
    "looking into this",
    "look into it",
    "looking into it",
    "expect you",
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
