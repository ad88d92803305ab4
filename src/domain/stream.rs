//! Windows of the mention stream: which mentions, from where, and what they add up to.

use super::ids::{GroupId, MentionId, SourceId, SubjectId};
use super::mention::{Intent, Sentiment};
use super::search::Narrowing;
use super::source::Network;
use super::time::Timestamp;

/// A place in the stream: newest first, by published, then by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// When the mention counts as published.
    pub published: Timestamp,
    /// Its number.
    pub id: MentionId,
}

/// Which rows to read, relative to a place in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// The newest rows.
    Newest,
    /// Rows older than this one, nearest first.
    OlderThan(Key),
    /// Rows newer than this one, nearest first.
    NewerThan(Key),
}

/// Which mentions to read. Everything that is `None` or false does not restrict.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    /// With a reading for this subject that is about it.
    pub subject: Option<SubjectId>,
    /// With this likeliest sentiment in a reading (of `subject`, when that is given).
    pub sentiment: Option<Sentiment>,
    /// With this intent in a reading (of `subject`, when that is given).
    pub intent: Option<Intent>,
    /// From this source.
    pub source: Option<SourceId>,
    /// From this network.
    pub network: Option<Network>,
    /// Not seen by a person yet.
    pub unread: bool,
    /// Members of this story.
    pub group: Option<GroupId>,
    /// Only one row a story: its newest mention (by published, then number) within the rest of the filter.
    pub one_per_group: bool,
    /// Published at this moment or later.
    pub since: Option<Timestamp>,
    /// Published before this moment.
    pub until: Option<Timestamp>,
    /// Narrowed by the full-text index; the caller decides with the watch matcher what really matches.
    pub narrowing: Option<Narrowing>,
    /// Posts that only some people may read (`Visibility::Private`) too.
    pub private: bool,
}

/// Counts of one stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Readings with likeliest sentiment negative.
    pub negative: u64,
    /// Neutral.
    pub neutral: u64,
    /// Positive.
    pub positive: u64,
    /// In a language that cannot be read.
    pub unscored: u64,
    /// With the intent complaint.
    pub complaints: u64,
    /// With the intent praise.
    pub praises: u64,
    /// With the intent question.
    pub questions: u64,
}

impl Counts {
    /// All readings.
    pub fn total(&self) -> u64 {
        self.negative + self.neutral + self.positive + self.unscored
    }
}

/// What the status line and the pane titles say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overview {
    /// All mentions in the store.
    pub mentions: u64,
    /// Published since the given start of the day.
    pub today: u64,
    /// Not seen by a person yet.
    pub unread: u64,
    /// Unread that are complaints about the brand.
    pub unread_complaints: u64,
}
