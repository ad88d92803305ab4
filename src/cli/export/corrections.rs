//! `export corrections`: what people said of readings, as NDJSON.

use serde::Serialize;

use super::super::args::{ExportArgs, Format};
use super::super::error::{CliError, CliResult};
use super::super::record::{ReadLine, name_of};
use super::lines::Lines;
use crate::domain::{Correction, Mention, Occasion, Sentiment, Subject, Timestamp, Visibility};
use crate::store::Store;

/// Most corrections that are written.
const MOST: u32 = 100_000;

/// What stands of the corrections of a mention, as a line.
#[derive(Debug, Serialize)]
pub(super) struct CorrectionLine {
    /// Number of the mention in this store; `null` when it grew older than what is kept.
    mention: Option<i64>,
    /// Its words, content warning and title before them; `null` with the mention.
    text: Option<String>,
    /// Language (ISO 639-1), when known.
    lang: Option<String>,
    /// Name of the subject.
    subject: String,
    /// What the readers made of it, with what they had learned by then.
    read: ReadLine,
    /// Probability of negative, neutral, positive before anything learned; `null` where the language cannot be read.
    untaught: Option<[f32; 3]>,
    /// Probability of complaint, question, praise, promo, other before anything learned of intents; `null` where they
    /// cannot be weighed.
    untaught_intents: Option<[f32; 5]>,
    /// What the person says.
    said: SaidLine,
    /// The word on the sentiment: asked by the program, or volunteered.
    occasion: Occasion,
    /// The word on the intents.
    intents_occasion: Occasion,
    /// When it was said.
    at: Timestamp,
}

/// What a person says as part of a line; `null` is not said.
#[derive(Debug, Serialize)]
struct SaidLine {
    sentiment: Option<Sentiment>,
    intents: Option<Vec<&'static str>>,
    about: Option<bool>,
}

impl CorrectionLine {
    pub(super) fn of(correction: &Correction, mention: Option<&Mention>, subjects: &[Subject]) -> Self {
        Self {
            mention: correction.mention.map(|id| id.0),
            text: mention.map(Mention::full_text),
            lang: mention.and_then(|mention| mention.lang.clone()),
            subject: name_of(correction.subject, subjects),
            read: ReadLine::of(&correction.read),
            untaught: correction.untaught.map(|shares| [shares.negative, shares.neutral, shares.positive]),
            untaught_intents: correction.untaught_intents.map(|shares| shares.0),
            said: SaidLine {
                sentiment: correction.said.sentiment,
                intents: correction.said.intents.map(|all| all.iter().map(crate::domain::Intent::name).collect()),
                about: correction.said.about,
            },
            occasion: correction.occasion,
            intents_occasion: correction.intents_occasion,
            at: correction.at,
        }
    }
}

/// Refuses what means nothing for corrections.
pub(super) fn check(arguments: &ExportArgs) -> CliResult {
    let refused = if arguments.query.is_some() {
        Some("--query finds mentions; corrections are chosen with --since and --until, the time when they were made")
    } else if arguments.format == Format::Csv {
        Some("corrections are written as JSON lines only: leave --format away")
    } else {
        None
    };
    refused.map_or(Ok(()), |why| Err(CliError::message(why).refused()))
}

/// Writes the corrections that were made between the two moments, the newest first. Those of posts that are not public
/// only where they are asked for.
pub(super) async fn write(
    store: &dyn Store,
    arguments: &ExportArgs,
    (since, until): (Option<Timestamp>, Option<Timestamp>),
) -> CliResult {
    let mut lines = Lines::open(arguments)?;
    let subjects = store.adopted().await?.subjects;
    for correction in store.corrections(MOST).await? {
        if since.is_some_and(|since| correction.at < since) || until.is_some_and(|until| correction.at >= until) {
            continue;
        }
        let mention = match correction.mention {
            Some(id) => store.mention(id).await?,
            None => None,
        };
        let private = mention.as_ref().is_some_and(|mention| mention.row.visibility == Visibility::Private);
        // A mention that went since the corrections were read took its correction with it.
        if (private && !arguments.private) || (correction.mention.is_some() && mention.is_none()) {
            continue;
        }
        lines.put(&CorrectionLine::of(&correction, mention.as_ref(), &subjects))?;
    }
    lines.finish("corrections")
}

#[cfg(test)]
mod tests;
