//! Made-up reasons: what a few words may have weighed.

use std::sync::Arc;

use crate::domain::{Intent, Mention, Reading};
use crate::engine::{IntentReasons, Reasons, SubjectReasons};
use crate::language::Evidence;

/// A word, what it weighs in the sentiment, and for which intent.
type Word = (&'static str, f32, Option<(Intent, f32)>);

const WORDS: [Word; 14] = [
    ("love", 0.92, Some((Intent::Praise, 0.6))),
    ("best", 0.61, Some((Intent::Praise, 0.44))),
    ("recalls", -0.64, Some((Intent::Complaint, 0.41))),
    ("falls", -0.83, Some((Intent::Complaint, 0.71))),
    ("stop", -0.2, None),
    ("snapped", -0.83, Some((Intent::Complaint, 0.71))),
    ("3rd", -0.12, Some((Intent::Complaint, 0.2))),
    ("no", -0.31, None),
    ("answer", -0.24, Some((Intent::Complaint, 0.38))),
    ("support", 0.11, Some((Intent::Complaint, 0.52))),
    ("nearly", -0.22, None),
    ("bus", -0.06, Some((Intent::Complaint, -0.11))),
    ("Anyone", 0.0, Some((Intent::Question, 0.9))),
    ("beats", 0.4, None),
];

/// Why a mention is read as it was.
pub(crate) fn of(mention: Mention) -> Reasons {
    let text = mention.full_text();
    let found = |weigh: &dyn Fn(&Word) -> f32| -> Vec<Evidence> {
        let mut all: Vec<Evidence> = WORDS
            .iter()
            .filter_map(|word| {
                let start = text.find(word.0)?;
                Some(Evidence { span: start..start + word.0.len(), weight: weigh(word), why: "speaks for it" })
            })
            .filter(|evidence| evidence.weight != 0.0)
            .collect();
        all.sort_by_key(|evidence| evidence.span.start);
        all
    };
    let subject = |stored: &Reading| {
        let correction = mention.correction(stored.subject);
        let now = correction.map_or(stored, |correction| &correction.read).clone();
        let other = if now.intents.has(Intent::Question) { Intent::Other } else { Intent::Question };
        let intents = now.intents.iter().zip([0.72]).chain([(other, 0.15)]).map(|(intent, share)| {
            let words = found(&|word| word.2.filter(|(of, _)| *of == intent).map_or(0.0, |(_, weight)| weight));
            IntentReasons { intent, share: Some(share), words }
        });
        SubjectReasons {
            subject: now.subject,
            untaught: now.sentiment,
            sentiment: if now.sentiment.is_some() { found(&|word| word.1) } else { Vec::new() },
            intents: intents.collect(),
            about: text
                .find("chain")
                .map(|start| Evidence { span: start..start + 5, weight: 0.8, why: "context" })
                .into_iter()
                .collect(),
            now,
        }
    };
    let subjects = mention.row.readings.iter().map(subject).collect();
    Reasons { subjects, mention: Arc::new(mention) }
}
