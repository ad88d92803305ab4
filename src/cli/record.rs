//! The lines that `export` writes: one JSON object a mention. `import` and the sources that read lines take them
//! ([`crate::sources::ndjson`]).

use serde::Serialize;

use crate::domain::{Correction, Mention, Reading, Subject, SubjectId, Timestamp, Visibility};

/// A mention as a line.
#[derive(Debug, Serialize)]
pub struct MentionLine {
    /// Number in this store.
    pub id: i64,
    /// Kind of place.
    pub network: String,
    /// Name of the source.
    pub source: String,
    /// Identity within the source.
    pub native_id: String,
    /// Where a person can read it.
    pub url: Option<String>,
    /// Headline; empty where there is none.
    pub title: String,
    /// Its words.
    pub text: String,
    /// Who wrote it.
    pub author: AuthorLine,
    /// When it counts as published.
    pub published: Timestamp,
    /// When we had it first.
    pub first_seen: Timestamp,
    /// Language (ISO 639-1), when known.
    pub lang: Option<String>,
    /// Who may read it.
    pub visibility: Visibility,
    /// The warning that its author put before it; empty where there is none.
    pub content_warning: String,
    /// When the brand answered it first; `null` when it has not.
    pub answered: Option<Timestamp>,
    /// Native id of the post that it answers.
    pub parent: Option<String>,
    /// Native id of the first post of its thread.
    pub root: Option<String>,
    /// Addresses that it links to.
    pub links: Vec<String>,
    /// Descriptions of its images.
    pub image_descriptions: Vec<String>,
    /// Names of the watches that found it.
    pub watches: Vec<String>,
    /// What was made of it for each subject.
    pub readings: Vec<ReadingLine>,
}

/// An author as part of a line.
#[derive(Debug, Serialize)]
pub struct AuthorLine {
    /// Handle.
    pub handle: String,
    /// Displayed name.
    pub name: String,
    /// Followers, when known.
    pub followers: Option<u64>,
}

/// A reading as part of a line.
#[derive(Debug, Serialize)]
pub struct ReadingLine {
    /// Name of the subject.
    pub subject: String,
    /// Whether the post is about it.
    pub about: bool,
    /// Likeliest sentiment: `negative`, `neutral`, `positive`; `null` where the language cannot be read.
    pub sentiment: Option<crate::domain::Sentiment>,
    /// Probability of negative, neutral, positive.
    pub probabilities: Option<[f32; 3]>,
    /// Intents.
    pub intents: Vec<&'static str>,
    /// What the readers made of it, where a person corrected that; the rest of the reading is the person's word then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<ReadLine>,
}

/// What the readers made of a mention.
#[derive(Debug, Serialize)]
pub struct ReadLine {
    /// Whether the post is about the subject.
    pub about: bool,
    /// Likeliest sentiment; `null` where the language cannot be read.
    pub sentiment: Option<crate::domain::Sentiment>,
    /// Probability of negative, neutral, positive.
    pub probabilities: Option<[f32; 3]>,
    /// Intents.
    pub intents: Vec<&'static str>,
}

impl ReadLine {
    /// The line of a reading.
    pub fn of(reading: &Reading) -> Self {
        Self {
            about: reading.about,
            sentiment: reading.likeliest(),
            probabilities: reading.sentiment.map(|shares| [shares.negative, shares.neutral, shares.positive]),
            intents: reading.intents.iter().map(crate::domain::Intent::name).collect(),
        }
    }
}

impl MentionLine {
    /// The line of a mention. `subjects` gives the readings their names.
    pub fn of(mention: &Mention, source: &str, subjects: &[Subject]) -> Self {
        let row = &mention.row;
        Self {
            id: row.id.0,
            network: row.network.name().to_owned(),
            source: source.to_owned(),
            native_id: mention.native_id.clone(),
            url: mention.url.as_ref().map(ToString::to_string),
            title: row.title.to_string(),
            text: mention.text.to_string(),
            author: AuthorLine {
                handle: row.author.to_string(),
                name: mention.author_name.to_string(),
                followers: row.followers,
            },
            published: row.published,
            first_seen: row.first_seen,
            lang: mention.lang.clone(),
            visibility: row.visibility,
            content_warning: row.content_warning.to_string(),
            answered: row.answered,
            parent: mention.parent.clone(),
            root: mention.root.clone(),
            links: mention.links.iter().map(ToString::to_string).collect(),
            image_descriptions: mention.image_descriptions.iter().map(ToString::to_string).collect(),
            watches: mention.watches.iter().map(|(_, name)| name.clone()).collect(),
            readings: row
                .readings
                .iter()
                .map(|reading| ReadingLine::of(reading, mention.correction(reading.subject), subjects))
                .collect(),
        }
    }
}

impl ReadingLine {
    fn of(reading: &Reading, correction: Option<&Correction>, subjects: &[Subject]) -> Self {
        let ReadLine { about, sentiment, probabilities, intents } = ReadLine::of(reading);
        Self {
            subject: name_of(reading.subject, subjects),
            about,
            sentiment,
            probabilities,
            intents,
            read: correction.map(|correction| ReadLine::of(&correction.read)),
        }
    }
}

/// The name of a subject; its number when it is none of these.
pub fn name_of(id: SubjectId, subjects: &[Subject]) -> String {
    subjects.iter().find(|subject| subject.id == id).map_or_else(|| id.to_string(), |subject| subject.name.clone())
}

/// A cell of a CSV file that no spreadsheet takes for a formula: one that starts like one gets an apostrophe.
pub fn csv_cell(text: &str) -> String {
    let formula =
        text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']) || text.starts_with(['\t', '\r', '\n']);
    if formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_no_formulas() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1"] {
            assert!(csv_cell(formula).starts_with('\''), "{formula:?}");
        }
        assert_eq!(csv_cell("plain, text"), "plain, text");
    }
}
