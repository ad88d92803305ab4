//! What the books are made of: how acts were read, what people say that they do, and who responded to them.

use async_trait::async_trait;

use super::{Lease, StoreResult};
use crate::domain::{
    Act, ActCorrection, ActId, ActReading, CorrectionId, Deed, MentionId, Network, PersonId, SafeText, SourceId,
    Timestamp, Visibility,
};

/// An act as the books need it: everything but its words.
#[derive(Debug, Clone, PartialEq)]
pub struct BookRow {
    /// Which act.
    pub act: ActId,
    /// When it counts as published.
    pub published: Timestamp,
    /// The source that brought it first.
    pub source: SourceId,
    /// Kind of place.
    pub network: Network,
    /// Who of us wrote it: handle, else name; may be empty.
    pub account: SafeText,
    /// It answers somebody.
    pub reply: bool,
    /// Who may read it.
    pub visibility: Visibility,
    /// Whom it answers, when that is stored; accounts that a person confirmed to be one go by the lowest of their numbers.
    pub to: Option<PersonId>,
    /// How it was read; `None` while nobody has read it.
    pub reading: Option<ActReading>,
    /// The version of the reader that read it as it stands now; 0: it is to be read (again).
    pub reader: i64,
    /// What a person says that it does.
    pub said: Option<Deed>,
}

/// What changed in the books since a version.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BookChanges {
    /// Ask for what changed since this version next.
    pub version: i64,
    /// Acts that came or changed.
    pub rows: Vec<BookRow>,
    /// Acts that are no more.
    pub gone: Vec<ActId>,
    /// Too much changed since, or it is not known any more what went: read everything again.
    pub too_old: bool,
}

/// An act that is to be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Unread {
    /// Which.
    pub act: ActId,
    /// Warning, headline and words.
    pub text: SafeText,
    /// It answers somebody.
    pub reply: bool,
    /// What its words hash to: a reading of other words is not kept.
    pub content: i64,
}

/// The part of the store that keeps what the books are made of. Acts that are not public are among the rows; no
/// statistic may count them.
///
/// # Errors
/// As [`super::Store`].
#[async_trait]
pub trait Giving: Send + Sync {
    /// A number that grows whenever something changes that the books are made of. Cheap.
    async fn books_version(&self) -> StoreResult<i64>;
    /// The acts published since a moment, newest first, those before a place when one is given.
    async fn book_rows(
        &self,
        since: Timestamp,
        before: Option<(Timestamp, ActId)>,
        limit: u32,
    ) -> StoreResult<Vec<BookRow>>;
    /// What came, changed and went since a version.
    async fn book_changes(&self, version: i64) -> StoreResult<BookChanges>;
    /// Acts that this version of the reader has not read as they stand now: those that nobody has read or that changed
    /// first, then those that another version read; the newest first.
    async fn unread_acts(&self, reader: i64, limit: u32) -> StoreResult<Vec<Unread>>;
    /// Keeps what a version of the reader made of acts; what has other words by now, or is gone, is left alone.
    /// What people said stays over it. Returns how many were kept.
    async fn keep_act_readings(
        &self,
        lease: &Lease,
        reader: i64,
        readings: &[(Unread, ActReading)],
    ) -> StoreResult<u64>;
    /// Brings mentions that were stored before there were responses to the acts that they answer, a bounded piece a
    /// call. Returns how many mentions are still to be looked at.
    async fn link_responses(&self, lease: &Lease) -> StoreResult<u64>;
    /// Whole acts, in the order of the numbers given; those that are no more are left out.
    async fn whole_acts(&self, ids: &[ActId]) -> StoreResult<Vec<Act>>;
    /// Keeps what a person says that acts do. An act that is not there is left out. A person's word stays when the act is
    /// edited or read again; it goes with its act. Returns the numbers of what was kept.
    async fn correct_acts(&self, acts: &[ActId], deed: Deed, at: Timestamp) -> StoreResult<Vec<CorrectionId>>;
    /// Takes corrections of acts back: what was said before them, or what was read, stands again. Returns how many.
    async fn undo_act_corrections(&self, ids: &[CorrectionId], at: Timestamp) -> StoreResult<u64>;
    /// What stands of what people say of acts, one for each act, the newest first.
    async fn act_corrections(&self, limit: u32) -> StoreResult<Vec<ActCorrection>>;
    /// The act that a mention answers.
    async fn responds_to(&self, mention: MentionId) -> StoreResult<Option<ActId>>;
    /// The mentions that answer an act, the newest recorded first; before one, when that is given. Those that are not
    /// public are among them.
    async fn responses(&self, act: ActId, before: Option<MentionId>, limit: u32) -> StoreResult<Vec<MentionId>>;
}
