//! What the complaint head looks at beside the words: how negative the text is.

use super::super::model::{Features, Scores};

/// Times that the sentiment counts: one number among hundreds of features, and the most telling.
const TIMES: usize = 8;

/// Adds the sentiment that was read, in steps of a tenth.
pub(super) fn add_sentiment(features: &mut Features, sentiment: &Scores) {
    let step = |class: usize| (sentiment.class(class) * 10.0) as u64;
    for _ in 0..TIMES {
        features.name(0, "negative", step(0), (0, 0));
        features.name(0, "neutral", step(1), (0, 0));
        features.name(0, "positive", step(2), (0, 0));
    }
}
