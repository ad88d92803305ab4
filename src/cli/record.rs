//! The line format of `export` and `import`: one JSON object a mention. What `export` writes, `import` takes.

use serde::{Deserialize, Serialize};

use crate::domain::{Author, Item, Mention, Reading, Subject, SubjectId, Timestamp, Visibility};

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
            readings: row.readings.iter().map(|reading| ReadingLine::of(reading, subjects)).collect(),
        }
    }
}

impl ReadingLine {
    fn of(reading: &Reading, subjects: &[Subject]) -> Self {
        Self {
            subject: name_of(reading.subject, subjects),
            about: reading.about,
            sentiment: reading.likeliest(),
            probabilities: reading.sentiment.map(|shares| [shares.negative, shares.neutral, shares.positive]),
            intents: reading.intents.iter().map(crate::domain::Intent::name).collect(),
        }
    }
}

fn name_of(id: SubjectId, subjects: &[Subject]) -> String {
    subjects.iter().find(|subject| subject.id == id).map_or_else(|| id.to_string(), |subject| subject.name.clone())
}

/// A line that `import` takes. Only `text` or `title` must be there; what `export` adds beyond it is ignored,
/// since an imported mention is read anew.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ImportLine {
    /// Kind of place; `import` when it is missing.
    pub network: Option<String>,
    /// Name of the source; `import` when it is missing.
    pub source: Option<String>,
    /// Identity within the source; the address, else a hash of the words, when it is missing.
    pub native_id: Option<String>,
    /// Where a person can read it.
    pub url: Option<String>,
    /// Headline.
    pub title: Option<String>,
    /// Its words.
    pub text: Option<String>,
    /// Who wrote it: a handle, or an object.
    pub author: Option<ImportAuthor>,
    /// When it was published.
    #[serde(alias = "claimed")]
    pub published: Option<Timestamp>,
    /// Language (BCP 47).
    pub lang: Option<String>,
    /// Who may read it.
    pub visibility: Visibility,
    /// The warning that its author put before it.
    pub content_warning: Option<String>,
    /// Native id of the post that it answers.
    pub parent: Option<String>,
    /// Native id of the first post of its thread.
    pub root: Option<String>,
    /// Addresses that it links to.
    pub links: Vec<String>,
    /// Descriptions of its images.
    pub image_descriptions: Vec<String>,
}

/// An author in a line to import.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum ImportAuthor {
    /// Only a handle.
    Handle(String),
    /// What is known of them.
    Known(Author),
}

impl ImportLine {
    /// The item that the line describes; `None` when it says nothing.
    pub fn into_item(self) -> Option<Item> {
        let text = self.text.unwrap_or_default();
        let title = self.title.filter(|title| !title.is_empty());
        if text.is_empty() && title.is_none() {
            return None;
        }
        let author = match self.author {
            Some(ImportAuthor::Handle(handle)) => {
                Author { handle: Some(handle.trim_start_matches('@').to_owned()), ..Author::default() }
            }
            Some(ImportAuthor::Known(author)) => author,
            None => Author::default(),
        };
        let native_id = self.native_id.filter(|id| !id.is_empty()).or_else(|| self.url.clone()).unwrap_or_else(|| {
            let words =
                format!("{}\n{}\n{}", author.handle.as_deref().unwrap_or(""), title.as_deref().unwrap_or(""), text);
            format!("words:{:016x}", xxhash_rust::xxh3::xxh3_64(words.as_bytes()))
        });
        Some(Item {
            native_id,
            url: self.url,
            title,
            text,
            author,
            claimed: self.published,
            lang: self.lang,
            visibility: self.visibility,
            content_warning: self.content_warning.filter(|warning| !warning.is_empty()),
            parent: self.parent,
            root: self.root,
            links: self.links,
            image_descriptions: self.image_descriptions,
            ..Item::default()
        })
    }
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
    fn a_line_needs_words_and_finds_itself_an_identity() {
        let parse = |line: &str| serde_json::from_str::<ImportLine>(line).unwrap().into_item();
        assert!(parse(r#"{"url":"https://x.example/1"}"#).is_none(), "no words");
        let item = parse(r#"{"text":"hello","author":"@ana","published":"2026-01-02T03:04:05Z"}"#).unwrap();
        assert_eq!(item.author.handle.as_deref(), Some("ana"));
        assert_eq!(item.claimed.unwrap().to_string(), "2026-01-02T03:04:05Z");
        assert!(item.native_id.starts_with("words:"));
        let same = parse(r#"{"text":"hello","author":{"handle":"ana","followers":3}}"#).unwrap();
        assert_eq!(same.native_id, item.native_id, "the same words by the same person are the same mention");
        assert_eq!(same.author.followers, Some(3));
        assert_eq!(parse(r#"{"title":"t","url":"https://x.example/1"}"#).unwrap().native_id, "https://x.example/1");
    }

    #[test]
    fn cells_are_no_formulas() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1"] {
            assert!(csv_cell(formula).starts_with('\''), "{formula:?}");
        }
        assert_eq!(csv_cell("plain, text"), "plain, text");
    }
}
