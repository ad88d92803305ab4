//! A mention and what was made of it.

use serde::{Deserialize, Serialize};

use super::clean::SafeText;
use super::correction::Correction;
use super::ids::{GroupId, MentionId, PersonId, SourceId, SubjectId, WatchId};
use super::item::{Answerable, Visibility};
use super::source::Network;
use super::time::Timestamp;

/// The author's attitude towards a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sentiment {
    /// Against it.
    Negative,
    /// Neither.
    Neutral,
    /// For it.
    Positive,
}

/// Probabilities of the three sentiments; they add up to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Shares {
    /// Probability of negative, 0 to 1.
    pub negative: f32,
    /// Probability of neutral, 0 to 1.
    pub neutral: f32,
    /// Probability of positive, 0 to 1.
    pub positive: f32,
}

impl Shares {
    /// Below this probability of the likeliest sentiment a reading is shown as uncertain.
    pub const UNCERTAIN_BELOW: f32 = 0.5;

    /// The likeliest sentiment and its probability. Ties go to neutral, then negative.
    pub fn likeliest(&self) -> (Sentiment, f32) {
        let mut best = (Sentiment::Neutral, self.neutral);
        for candidate in [(Sentiment::Negative, self.negative), (Sentiment::Positive, self.positive)] {
            if candidate.1 > best.1 {
                best = candidate;
            }
        }
        best
    }
}

/// What a post wants. A post may want two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Tells of something that went wrong.
    Complaint,
    /// Wants an answer.
    Question,
    /// Speaks well of us.
    Praise,
    /// Spam, resale, referral, advertising.
    Promo,
    /// News, passing mention, joke.
    Other,
}

impl Intent {
    /// Every intent, most urgent first.
    pub const ALL: [Self; 5] = [Self::Complaint, Self::Question, Self::Praise, Self::Promo, Self::Other];

    /// The name used in queries, exports and on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Question => "question",
            Self::Praise => "praise",
            Self::Promo => "promo",
            Self::Other => "other",
        }
    }
}

/// A small set of intents. Stored as the bits of [`Intents::bits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Intents(u8);

impl Intents {
    /// The set with these intents.
    pub fn of(intents: &[Intent]) -> Self {
        intents.iter().fold(Self::default(), |set, intent| set.with(*intent))
    }

    /// The set with one more.
    #[must_use]
    pub fn with(self, intent: Intent) -> Self {
        Self(self.0 | 1 << intent as u8)
    }

    /// Whether the intent is in the set.
    pub fn has(self, intent: Intent) -> bool {
        self.0 & (1 << intent as u8) != 0
    }

    /// Its intents, most urgent first.
    pub fn iter(self) -> impl Iterator<Item = Intent> {
        Intent::ALL.into_iter().filter(move |intent| self.has(*intent))
    }

    /// The most urgent one; [`Intent::Other`] for the empty set.
    pub fn primary(self) -> Intent {
        self.iter().next().unwrap_or(Intent::Other)
    }

    /// The bits as stored: complaint 1, question 2, praise 4, promo 8, other 16.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// The set with these bits; unknown bits are ignored.
    pub fn from_bits(bits: u8) -> Self {
        Self(bits & 0b1_1111)
    }
}

/// How likely each intent is, in the order of [`Intent::ALL`]; they add up to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IntentShares(pub [f32; Intent::ALL.len()]);

impl IntentShares {
    /// The probability of one, 0 to 1.
    pub fn of(&self, intent: Intent) -> f32 {
        self.0.get(intent as usize).copied().unwrap_or_default()
    }
}

/// What we made of a mention for one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// For whom it was read.
    pub subject: SubjectId,
    /// Whether the post is about the subject at all (ambiguous brand words).
    pub about: bool,
    /// Sentiment; `None` where the language cannot be read. Never guessed to be neutral.
    pub sentiment: Option<Shares>,
    /// Intents.
    pub intents: Intents,
}

impl Reading {
    /// The likeliest sentiment of a scored reading.
    pub fn likeliest(&self) -> Option<Sentiment> {
        self.sentiment.map(|shares| shares.likeliest().0)
    }

    /// A complaint about the subject.
    pub fn is_complaint(&self) -> bool {
        self.about && self.intents.has(Intent::Complaint)
    }
}

/// One line of the mention stream: cleaned, bounded, ready for the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct MentionRow {
    /// Its number.
    pub id: MentionId,
    /// The story that it belongs to.
    pub group: GroupId,
    /// How many mentions the story has, itself included. What is not public is in no story but its own.
    pub group_size: u32,
    /// Where it was read.
    pub source: SourceId,
    /// Kind of place.
    pub network: Network,
    /// Who wrote it: handle, else name, else host; may be empty.
    pub author: SafeText,
    /// Followers, when known.
    pub followers: Option<u64>,
    /// Headline; empty where there is none.
    pub title: SafeText,
    /// The first part of its words, on one line, at most [`MentionRow::EXCERPT`] characters.
    pub excerpt: SafeText,
    /// When it counts as published.
    pub published: Timestamp,
    /// When we had it first.
    pub first_seen: Timestamp,
    /// Back-filled: feeds no alert and no clock.
    pub history: bool,
    /// A person has seen it.
    pub read: bool,
    /// Its author changed it after we had it.
    pub edited: bool,
    /// Who may read it.
    pub visibility: Visibility,
    /// The warning that its author put before it; empty where there is none.
    pub content_warning: SafeText,
    /// When the brand answered it first, on its network.
    pub answered: Option<Timestamp>,
    /// Readings, brand first.
    pub readings: Vec<Reading>,
}

impl MentionRow {
    /// Longest excerpt, in characters.
    pub const EXCERPT: usize = 400;

    /// The reading that the stream shows: the first that is about its subject, else the first.
    pub fn lead(&self) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.about).or_else(|| self.readings.first())
    }
}

/// A whole mention, for the detail view and exports.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// What the stream shows of it.
    pub row: MentionRow,
    /// Its author.
    pub person: Option<PersonId>,
    /// Identity within its source.
    pub native_id: String,
    /// Where a person can read it; only `http` and `https` addresses.
    pub url: Option<SafeText>,
    /// All of its words, line breaks kept.
    pub text: SafeText,
    /// Displayed name of the author.
    pub author_name: SafeText,
    /// Language that was read or claimed (ISO 639-1), when known.
    pub lang: Option<String>,
    /// Addresses it links to.
    pub links: Vec<SafeText>,
    /// Descriptions of its images.
    pub image_descriptions: Vec<SafeText>,
    /// The time that it claims.
    pub claimed: Option<Timestamp>,
    /// When we last saw it change.
    pub edited_at: Option<Timestamp>,
    /// The watches that found it, by name.
    pub watches: Vec<(WatchId, String)>,
    /// Native id of the post that it answers.
    pub parent: Option<String>,
    /// Native id of the first post of its thread.
    pub root: Option<String>,
    /// It addresses one of the brand's accounts.
    pub addressed: bool,
    /// Where an answer can be given.
    pub answerable: Answerable,
    /// What a person says of its readings, which have that in them; at most one a subject.
    pub corrections: Vec<Correction>,
}

impl Mention {
    /// Content warning, title and text as one piece, as [`super::Item::full_text`] has them: what the readers read.
    pub fn full_text(&self) -> String {
        let pieces = [&self.row.content_warning, &self.row.title, &self.text];
        let pieces: Vec<&str> = pieces.into_iter().map(SafeText::as_str).filter(|piece| !piece.is_empty()).collect();
        pieces.join("\n\n")
    }

    /// What a person says of its reading for a subject.
    pub fn correction(&self, subject: SubjectId) -> Option<&Correction> {
        self.corrections.iter().find(|correction| correction.subject == subject)
    }
}
