//! Small values as they lie in the database: readings, fingerprints, lists, enums.

use crate::domain::outbox::OutgoingState;
use crate::domain::{
    Deed, Gesture, Give, Intent, IntentShares, Intents, Occasion, Reading, Role, Sentiment, Shares, SignalKind,
    SourceHealth, SubjectId, Trigger, Visibility,
};
use crate::store::Fingerprint;

/// Separates the items of a list; taken out of foreign text on its way in.
const SEPARATOR: char = '\u{1e}';

/// Flags of a stored item.
pub(super) mod flag {
    /// Back-filled.
    pub(in crate::store::sqlite) const HISTORY: i64 = 1;
    /// It addresses one of our accounts.
    pub(in crate::store::sqlite) const ADDRESSED: i64 = 2;
    /// One of our accounts wrote it.
    pub(in crate::store::sqlite) const OWN: i64 = 4;
    /// It can be answered in a browser only.
    pub(in crate::store::sqlite) const IN_BROWSER: i64 = 8;
    /// It can be answered nowhere.
    pub(in crate::store::sqlite) const NOWHERE: i64 = 16;
}

/// Marks of a reading: its intents' bits, then a bit for each sentiment.
pub(super) fn marks(reading: &Reading) -> i64 {
    i64::from(reading.intents.bits()) | reading.likeliest().map_or(0, sentiment_mark)
}

/// The mark of a sentiment.
pub(super) fn sentiment_mark(sentiment: Sentiment) -> i64 {
    match sentiment {
        Sentiment::Negative => 1 << 5,
        Sentiment::Neutral => 1 << 6,
        Sentiment::Positive => 1 << 7,
    }
}

/// The mark of an intent.
pub(super) fn intent_mark(intent: Intent) -> i64 {
    i64::from(Intents::of(&[intent]).bits())
}

/// Bytes of one reading.
const READING: usize = 22;

/// Readings as bytes.
pub(super) fn readings(readings: &[Reading]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(readings.len() * READING);
    for reading in readings {
        let shares = reading.sentiment.unwrap_or(Shares { negative: 0.0, neutral: 0.0, positive: 0.0 });
        bytes.extend(reading.subject.0.to_le_bytes());
        bytes.push(u8::from(reading.about) | u8::from(reading.sentiment.is_some()) << 1);
        bytes.push(reading.intents.bits());
        for share in [shares.negative, shares.neutral, shares.positive] {
            bytes.extend(share.to_le_bytes());
        }
    }
    bytes
}

/// Three probabilities as bytes.
pub(super) fn shares(shares: &Shares) -> Vec<u8> {
    [shares.negative, shares.neutral, shares.positive].into_iter().flat_map(f32::to_le_bytes).collect()
}

/// Three probabilities from bytes; `None` when they are not three.
pub(super) fn shares_from(bytes: &[u8]) -> Option<Shares> {
    let &[negative, neutral, positive] = bytes.as_chunks::<4>().0 else { return None };
    Some(Shares {
        negative: f32::from_le_bytes(negative),
        neutral: f32::from_le_bytes(neutral),
        positive: f32::from_le_bytes(positive),
    })
}

/// Five probabilities as bytes.
pub(super) fn intent_shares(shares: &IntentShares) -> Vec<u8> {
    shares.0.into_iter().flat_map(f32::to_le_bytes).collect()
}

/// Five probabilities from bytes; `None` when they are not five.
pub(super) fn intent_shares_from(bytes: &[u8]) -> Option<IntentShares> {
    let (chunks, []) = bytes.as_chunks::<4>() else { return None };
    Some(IntentShares(<[[u8; 4]; 5]>::try_from(chunks).ok()?.map(f32::from_le_bytes)))
}

/// Readings from bytes; what is cut off is left out.
pub(super) fn readings_from(bytes: &[u8]) -> Vec<Reading> {
    bytes.as_chunks::<READING>().0.iter().filter_map(|chunk| reading_from(chunk)).collect()
}

fn reading_from(bytes: &[u8]) -> Option<Reading> {
    let (subject, rest) = bytes.split_first_chunk::<8>()?;
    let ([flags, intents], shares) = rest.split_first_chunk::<2>()?;
    let shares = shares_from(shares)?;
    Some(Reading {
        subject: SubjectId(i64::from_le_bytes(*subject)),
        about: flags & 1 != 0,
        sentiment: (flags & 2 != 0).then_some(shares),
        intents: Intents::from_bits(*intents),
    })
}

/// A fingerprint as bytes: which marks it has, then the marks.
pub(super) fn fingerprint(print: &Fingerprint) -> Vec<u8> {
    let marks = [print.link, print.repost, print.words, print.similar];
    let mut bytes = vec![marks.iter().enumerate().fold(0, |bits, (at, mark)| bits | u8::from(mark.is_some()) << at)];
    for mark in marks.into_iter().flatten() {
        bytes.extend(mark.to_le_bytes());
    }
    bytes
}

/// A fingerprint from bytes.
pub(super) fn fingerprint_from(bytes: &[u8]) -> Fingerprint {
    let Some((bits, marks)) = bytes.split_first() else { return Fingerprint::default() };
    let mut marks = marks.as_chunks::<8>().0.iter().map(|mark| u64::from_le_bytes(*mark));
    let mut next = |at: u8| if bits & 1 << at != 0 { marks.next() } else { None };
    Fingerprint { link: next(0), repost: next(1), words: next(2), similar: next(3) }
}

/// Numbers as bytes.
pub(super) fn numbers(numbers: &[i64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// Numbers from bytes.
pub(super) fn numbers_from(bytes: &[u8]) -> Vec<i64> {
    bytes.as_chunks::<8>().0.iter().map(|number| i64::from_le_bytes(*number)).collect()
}

/// Texts as one; `None` when there are none.
pub(super) fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let texts: Vec<String> = texts.into_iter().map(|text| text.replace(SEPARATOR, " ")).collect();
    (!texts.is_empty()).then(|| texts.join(&SEPARATOR.to_string()))
}

/// Texts from one.
pub(super) fn list_from(joined: Option<&str>) -> impl Iterator<Item = &str> {
    joined.into_iter().flat_map(|joined| joined.split(SEPARATOR))
}

/// The first part of a text: at most so many bytes, without the character that ends texts in C.
pub(super) fn capped(text: &str, most: usize) -> String {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let cut = text.get(..end).unwrap_or_default();
    if cut.contains('\0') { cut.replace('\0', " ") } else { cut.to_owned() }
}

/// The first number of the conditional deeds; one more when capped, two more when all proceeds are given.
const CONDITION: i64 = 20;

/// The number of a deed.
pub(super) fn deed(deed: Deed) -> i64 {
    match deed {
        Deed::Give(Give::Answer) => 0,
        Deed::Give(Give::Teach) => 1,
        Deed::Give(Give::Thank) => 2,
        Deed::Give(Give::Share) => 3,
        Deed::Give(Give::Fix) => 4,
        Deed::Give(Give::Donate) => 5,
        Deed::SoftAsk => 10,
        Deed::HardAsk => 11,
        Deed::Conditional { capped, all_proceeds } => CONDITION + i64::from(capped) + 2 * i64::from(all_proceeds),
        Deed::Talk => 30,
    }
}

/// The deed of a number; talk for one that nobody knows.
pub(super) fn deed_from(number: i64) -> Deed {
    Deed::ALL.into_iter().find(|one| deed(*one) == number).unwrap_or(Deed::Talk)
}

/// Marks of a text as bytes.
pub(super) fn sketch(marks: &[u32]) -> Vec<u8> {
    marks.iter().flat_map(|mark| mark.to_le_bytes()).collect()
}

/// Marks of a text from bytes.
pub(super) fn sketch_from(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks::<4>().0.iter().map(|mark| u32::from_le_bytes(*mark)).collect()
}

macro_rules! coded {
    ($($to:ident, $from:ident: $kind:ty { $($number:literal => $variant:ident),+ } else $fallback:ident;)+) => {$(
        #[doc = concat!("The number of a `", stringify!($kind), "`.")]
        pub(super) fn $to(value: $kind) -> i64 {
            match value { $(<$kind>::$variant => $number),+ }
        }
        #[doc = concat!("The `", stringify!($kind), "` of a number.")]
        pub(super) fn $from(number: i64) -> $kind {
            match number { $($number => <$kind>::$variant,)+ _ => <$kind>::$fallback }
        }
    )+};
}

coded! {
    outgoing, outgoing_from: OutgoingState {
        0 => Draft, 1 => AwaitingApproval, 2 => Held, 3 => Sending, 4 => Sent, 5 => Uncertain, 6 => Failed, 7 => Withdrawn
    } else Failed;
    gesture, gesture_from: Gesture { 0 => Give, 1 => Ask, 2 => Conditional, 3 => Talk } else Talk;
    trigger, trigger_from: Trigger {
        0 => Share, 1 => Purchase, 2 => Follow, 3 => Comment, 4 => Signup, 5 => Other
    } else Other;
    visibility, visibility_from: Visibility { 0 => Public, 1 => Unlisted, 2 => Private } else Private;
    occasion, occasion_from: Occasion { 0 => Asked, 1 => Volunteered } else Volunteered;
    sentiment, sentiment_from: Sentiment { 0 => Negative, 1 => Neutral, 2 => Positive } else Neutral;
    role, role_from: Role { 0 => Brand, 1 => Rival } else Rival;
    health, health_from: SourceHealth { 0 => New, 1 => Working, 2 => Silent, 3 => Failing, 4 => Stopped, 5 => Waiting } else New;
    signal_kind, signal_kind_from: SignalKind {
        0 => Spike, 1 => Silence, 2 => SourceTrouble, 3 => Flood, 4 => StoreTrouble, 5 => Late, 6 => PromiseDue,
        7 => Backlash, 8 => HandOverDue, 9 => Canned
    } else StoreTrouble;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn deeds_come_back() {
        assert!(Deed::ALL.into_iter().all(|one| deed_from(deed(one)) == one));
        assert_eq!(sketch_from(&sketch(&[1, u32::MAX])), [1, u32::MAX]);
    }

    proptest! {
        #[test]
        fn readings_come_back(subject in any::<i64>(), about in any::<bool>(), bits in 0u8..32,
                              shares in proptest::option::of((0f32..1.0, 0f32..1.0, 0f32..1.0)), times in 0usize..4) {
            let sentiment = shares.map(|(negative, neutral, positive)| Shares { negative, neutral, positive });
            let reading = Reading { subject: SubjectId(subject), about, sentiment, intents: Intents::from_bits(bits) };
            let all = vec![reading; times];
            prop_assert_eq!(readings_from(&readings(&all)), all);
        }

        #[test]
        fn shares_of_intents_come_back(shares in proptest::array::uniform5(0f32..1.0)) {
            let shares = IntentShares(shares);
            prop_assert_eq!(intent_shares_from(&intent_shares(&shares)), Some(shares));
        }

        #[test]
        fn fingerprints_come_back(link in any::<Option<u64>>(), repost in any::<Option<u64>>(),
                                  words in any::<Option<u64>>(), similar in any::<Option<u64>>()) {
            let print = Fingerprint { link, repost, words, similar };
            prop_assert_eq!(fingerprint_from(&fingerprint(&print)), print);
        }

        #[test]
        fn damaged_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            readings_from(&bytes);
            fingerprint_from(&bytes);
            prop_assert_eq!(intent_shares_from(&bytes).is_some(), bytes.len() == 20);
            prop_assert!(numbers_from(&bytes).len() <= bytes.len());
        }

        #[test]
        fn caps_cut_between_characters(text in ".{0,40}", most in 0usize..50) {
            let cut = capped(&text, most);
            prop_assert!(cut.len() <= most);
            prop_assert!(text.replace('\0', " ").starts_with(&cut));
        }
    }

    #[test]
    fn lists_come_back() {
        assert_eq!(list([]), None);
        let joined = list(["a", "", "b\u{1e}c"]);
        assert_eq!(list_from(joined.as_deref()).collect::<Vec<_>>(), ["a", "", "b c"]);
        assert_eq!(list_from(None).count(), 0);
    }
}
