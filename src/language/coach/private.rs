//! A customer's data in a draft: published, or asked for where everybody reads it.

use std::ops::Range;

use super::words::{Word, Words};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Asked for in a reply, a comment, the thread.
    AskedHere,
    /// Asked for, without saying where.
    Asked,
    /// Asked for by private message, form, telephone.
    AskedPrivately,
    /// Warned not to post it.
    Warned,
    /// An e-mail address that looks like a person's.
    Email,
    /// An address of our own.
    OwnEmail,
    /// A telephone number.
    Phone,
    /// A number of our own: to be called.
    OwnPhone,
    /// An order, account, policy, booking or card number.
    Number,
    /// A street and house number, or a postcode.
    Address,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::AskedHere => "asked here",
            Self::Asked => "asked",
            Self::AskedPrivately => "asked privately",
            Self::Warned => "warned",
            Self::Email => "email",
            Self::OwnEmail => "own email",
            Self::Phone => "phone",
            Self::OwnPhone => "own phone",
            Self::Number => "number",
            Self::Address => "street",
        }
    }
}

/// A find: where, what, and how many things it names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Private {
    pub span: Range<usize>,
    pub kind: Kind,
    pub count: usize,
}

/// What belongs to a person, as asked for.
const ITEMS: [&str; 66] = [
    "e-mail",
    "email",
    "mail",
    "e-mails",
    "phone",
    "telephone",
    "mobile",
    "cell",
    "address",
    "postcode",
    "zip",
    "dob",
    "birthday",
    "birthdate",
    "birth",
    "password",
    "passcode",
    "pin",
    "username",
    "surname",
    "imei",
    "aadhaar",
    "pan",
    "passport",
    "vin",
    "plate",
    "reg",
    "registration",
    "iban",
    "ssn",
    "ref",
    "reference",
    "id",
    "otp",
    "cvv",
    "expiry",
    "upi",
    "bvn",
    "pnr",
    "locator",
    "serial",
    "nif",
    "cpf",
    "dni",
    "nino",
    "ni",
    "tin",
    "login",
    "street",
    "name",
    "number",
    "no",
    "nr",
    "numbers",
    "account",
    "card",
    "order",
    "booking",
    "policy",
    "invoice",
    "receipt",
    "member",
    "membership",
    "customer",
    "licence",
    "license",
];

/// Items that ask for nothing alone: `order` needs `number`.
const WEAK: [&str; 21] = [
    "name",
    "number",
    "no",
    "nr",
    "numbers",
    "account",
    "card",
    "order",
    "booking",
    "policy",
    "invoice",
    "receipt",
    "member",
    "membership",
    "customer",
    "licence",
    "license",
    "mail",
    "street",
    "login",
    "birth",
];

const ASKING: [&str; 50] = [
    "reply", "post", "comment", "share", "send", "tell", "give", "drop", "put", "write", "leave", "provide", "confirm",
    "paste", "what's", "which", "state", "need", "add", "tweet", "supply", "kindly", "type", "pop", "what", "quote",
    "let", "mention", "repeat", "list", "enter", "submit", "please", "pls", "plz", "have", "can", "could", "tag",
    "answer", "respond", "revert", "include", "furnish", "verify", "indicate", "forward", "remind", "say", "want",
];

const HERE: [&str; 20] = [
    "here",
    "below",
    "comment",
    "comments",
    "reply",
    "thread",
    "under",
    "underneath",
    "tweet",
    "publicly",
    "post",
    "replies",
    "public",
    "replying",
    "beneath",
    "timeline",
    "wall",
    "answer",
    "revert",
    "respond",
];

const PRIVATELY: [&str; 34] = [
    "dm",
    "dms",
    "dm'd",
    "dming",
    "pm",
    "pms",
    "privately",
    "private",
    "inbox",
    "message",
    "messages",
    "messenger",
    "form",
    "call",
    "ring",
    "chat",
    "portal",
    "app",
    "settings",
    "ticket",
    "encrypted",
    "secure",
    "whatsapp",
    "branch",
    "desk",
    "counter",
    "email",
    "e-mail",
    "mail",
    "phone",
    "log",
    "direct",
    "msg",
    "inboxed",
];

const NEVER: [&str; 10] = ["don't", "never", "dont", "not", "without", "no", "needn't", "won't", "shouldn't", "avoid"];

/// Names of numbers that belong to one customer.
const NUMBERED: [&str; 30] = [
    "order",
    "booking",
    "policy",
    "account",
    "card",
    "member",
    "ref",
    "reference",
    "invoice",
    "chart",
    "case",
    "claim",
    "customer",
    "passport",
    "file",
    "reservation",
    "job",
    "ticket",
    "meter",
    "licence",
    "loan",
    "patient",
    "id",
    "application",
    "parcel",
    "membership",
    "plate",
    "pin",
    "imei",
    "confirmation",
];

const STREETS: [&str; 48] = [
    "street",
    "st",
    "road",
    "rd",
    "lane",
    "ln",
    "close",
    "rise",
    "way",
    "drive",
    "dr",
    "avenue",
    "ave",
    "row",
    "view",
    "crescent",
    "cres",
    "cr",
    "terrace",
    "court",
    "ct",
    "walk",
    "place",
    "pl",
    "grove",
    "gardens",
    "mews",
    "square",
    "boulevard",
    "blvd",
    "parade",
    "path",
    "fold",
    "end",
    "wharf",
    "quay",
    "green",
    "park",
    "hollow",
    "strasse",
    "straße",
    "weg",
    "gate",
    "rue",
    "via",
    "calle",
    "nagar",
    "marg",
];

/// Mailboxes of a house, not of a person.
const BOXES: [&str; 40] = [
    "help",
    "care",
    "support",
    "hello",
    "hi",
    "info",
    "press",
    "claims",
    "sales",
    "office",
    "team",
    "service",
    "contact",
    "jobs",
    "hr",
    "refunds",
    "returns",
    "orders",
    "bookings",
    "media",
    "security",
    "abuse",
    "privacy",
    "bye",
    "desk",
    "billing",
    "shop",
    "legal",
    "accounts",
    "complaints",
    "feedback",
    "studio",
    "events",
    "booking",
    "careers",
    "admin",
    "post",
    "mail",
    "enquiries",
    "repairs",
];

/// Finds a customer's data.
pub(super) fn find(words: &Words) -> Vec<Private> {
    let mut found = Vec::new();
    published(words, &mut found);
    for sentence in 0..words.sentences {
        asked(words, sentence, &mut found);
    }
    found.sort_by_key(|private| private.span.start);
    found
}

fn word(words: &Words, at: usize) -> Option<&Word> {
    words.list.get(at)
}

fn low(words: &Words, at: Option<usize>) -> &str {
    at.and_then(|at| words.list.get(at)).map_or("", |word| word.low.as_str())
}

fn published(words: &Words, found: &mut Vec<Private>) {
    let mut at = 0;
    while let Some(here) = word(words, at) {
        let before = low(words, at.checked_sub(1));
        let earlier = low(words, at.checked_sub(2));
        let mut push = |kind, end: usize| {
            found.push(Private { span: words.span(at, end), kind, count: 1 });
        };
        let mut next = at + 1;
        if here.low.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.')) {
            push(if own_email(words, at) { Kind::OwnEmail } else { Kind::Email }, at + 1);
        } else if let Some(end) = phone(words, at) {
            push(if own_phone(words, at) { Kind::OwnPhone } else { Kind::Phone }, end);
            next = end;
        } else if let Some(end) = street(words, at) {
            push(Kind::Address, end);
            next = end;
        } else if numberish(here)
            && (NUMBERED.contains(&before)
                || (matches!(before, "no" | "number" | "nr" | "id") && NUMBERED.contains(&earlier)))
        {
            push(Kind::Number, at + 1);
        }
        at = next;
    }
}

/// A number that names one thing: four digits or more, or letters with three.
fn numberish(word: &Word) -> bool {
    let digits = word.digits();
    let letters = word.low.chars().any(char::is_alphabetic);
    digits >= 4 || (digits >= 3 && letters && word.low.len() >= 5)
}

fn own_email(words: &Words, at: usize) -> bool {
    let local = low(words, Some(at)).split('@').next().unwrap_or_default();
    let before = (1..=3).map(|back| low(words, at.checked_sub(back)));
    let told = before.clone().any(|word| {
        matches!(
            word,
            "write"
                | "email"
                | "e-mail"
                | "mail"
                | "ask"
                | "contact"
                | "send"
                | "me"
                | "us"
                | "via"
                | "reach"
                | "try"
                | "desk"
        )
    });
    let sent = before
        .clone()
        .any(|word| matches!(word, "sent" | "for" | "your" | "emailed" | "went" | "account" | "is" | "have"));
    BOXES.contains(&local) || (told && !sent) || local.split(['-', '.']).any(|part| BOXES.contains(&part))
}

/// The end of a telephone number that begins here: eight digits or more in a row of numbers, `555-0100`.
fn phone(words: &Words, at: usize) -> Option<usize> {
    let first = word(words, at)?;
    let plain =
        |word: &Word| word.low.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.')) && word.digits() > 1;
    if !plain(first) {
        return None;
    }
    let american = first.low.split_once('-').is_some_and(|(area, rest)| area == "555" && rest.len() == 4);
    let mut digits = first.digits();
    let mut end = at + 1;
    while let Some(next) = word(words, end)
        && next.sentence == first.sentence
        && plain(next)
        && next.span.start <= words.list.get(end - 1).map_or(0, |word| word.span.end) + 2
    {
        digits += next.digits();
        end += 1;
    }
    let long = (8..=15).contains(&digits) && (first.low.starts_with('0') || first.low.contains('-') || end > at + 1);
    (american || long).then_some(end)
}

fn own_phone(words: &Words, at: usize) -> bool {
    let before: Vec<&str> = (1..=6).map(|back| low(words, at.checked_sub(back))).collect();
    let told = |word: &&str| {
        matches!(
            *word,
            "ring"
                | "call"
                | "phone"
                | "on"
                | "me"
                | "us"
                | "line"
                | "text"
                | "dial"
                | "number's"
                | "desk"
                | "office"
                | "helpline"
                | "dispatch"
                | "direct"
                | "my"
                | "our"
                | "outside"
        )
    };
    let yours =
        |word: &&str| matches!(*word, "your" | "you" | "called" | "rang" | "tried" | "cell" | "have" | "mobile");
    before.iter().any(told) && !before.iter().any(yours)
}

/// `12 Mill Lane`, `LA9`.
fn street(words: &Words, at: usize) -> Option<usize> {
    let first = word(words, at)?;
    let house =
        first.digits() > 0 && first.digits() <= 4 && first.low.chars().filter(|c| c.is_alphabetic()).count() <= 1;
    if !house {
        return None;
    }
    for end in at + 2..=at + 4 {
        let last = word(words, end - 1)?;
        if last.sentence != first.sentence || !last.capital {
            return None;
        }
        if STREETS.contains(&last.low.as_str()) {
            return Some(end);
        }
    }
    None
}

/// What a sentence asks for, and where it is to be given.
fn asked(words: &Words, sentence: usize, found: &mut Vec<Private>) {
    let places = || words.list.iter().enumerate().filter(|(_, word)| word.sentence == sentence);
    let items: Vec<usize> = places()
        .filter(|(at, word)| {
            let low = word.low.as_str();
            let after = words.list.get(at + 1).map_or("", |word| word.low.as_str());
            let meant = ITEMS.contains(&low)
                && !matches!(low, "no" if !NUMBERED.contains(&self::low(words, at.checked_sub(1))) && !self::low(words, at.checked_sub(1)).ends_with("phone"))
                // `send it by mail`, `the address line`.
                && !matches!(self::low(words, at.checked_sub(1)), "by" | "via" | "an" | "our" | "my" | "direct");
            meant && !(low == "mail" && after == "us")
        })
        .map(|(at, _)| at)
        .collect();
    let strong = items.iter().filter(|at| !WEAK.contains(&low(words, Some(**at)))).count();
    let pairs = items.windows(2).filter(|pair| matches!(pair, [first, second] if second - first == 1)).count();
    let name = words
        .find("full name")
        .chain(words.find("your name"))
        .chain(words.find("name and"))
        .chain(words.find("and name"));
    let names = name.filter(|(at, _)| word(words, *at).is_some_and(|word| word.sentence == sentence)).count();
    let count = strong + pairs + names;
    let digits = words.sentence_has(sentence, &["digits", "last"])
        && words.sentence_has(sentence, &["card", "account", "4", "four", "6"]);
    if count + usize::from(digits) == 0 {
        return;
    }
    let asks = words.sentence_has(sentence, &ASKING);
    let (Some(first), Some(last)) = (places().next().map(|(at, _)| at), places().next_back().map(|(at, _)| at)) else {
        return;
    };
    let (start, end) = (items.first().copied().unwrap_or(first), items.last().copied().unwrap_or(last) + 1);
    if !asks && !words.sentence_has(sentence, &HERE) {
        return;
    }
    let never = words.sentence_has(sentence, &NEVER)
        && words.sentence_has(sentence, &["post", "share", "send", "here", "need", "public", "tweet", "paste", "put"]);
    let privately = places().any(|(at, word)| {
        PRIVATELY.contains(&word.low.as_str())
            && (!items.contains(&at) || matches!(low(words, at.checked_sub(1)), "by" | "via" | "direct"))
            && !(matches!(word.low.as_str(), "email" | "e-mail" | "mail" | "phone") && at != first)
    });
    let kind = if never && !words.sentence_has(sentence, &["reply"]) {
        Kind::Warned
    } else if privately {
        Kind::AskedPrivately
    } else if words.sentence_has(sentence, &HERE) {
        Kind::AskedHere
    } else {
        Kind::Asked
    };
    found.push(Private { span: words.span(start, end), kind, count: count + usize::from(digits) });
}
