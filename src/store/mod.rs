//! Where everything that was heard is kept.
//!
//! [`Store`] is the one trait; SQLite implements it (PostgreSQL follows) and every implementation passes
//! the same conformance suite. This room knows the vocabulary of `domain` and nothing else of the house.
//! Foreign text is stored as it came (size-capped) and becomes `SafeText` when a row is read.
//!
//! When a mention was published is kept to the whole second, every other moment to the millisecond.

use std::path::Path;

use async_trait::async_trait;

use crate::domain::stream::{Counts, Filter, Overview, Span};
use crate::domain::time::SignedDuration;
use crate::domain::{
    Act, Correction, CorrectionId, Item, Mention, MentionId, MentionRow, Meter, Network, NewCorrection, OwnHistory,
    Reading, Role, Signal, SignalId, SourceHealth, SourceId, SourceState, Subject, SubjectId, Timestamp, WatchId,
    WatchRule,
};

pub mod campaigns;
pub mod cases;
#[cfg(test)]
mod conformance;
mod error;
pub mod giving;
pub mod outbox;
pub mod people;
pub mod sqlite;

pub use campaigns::{CampaignNews, Campaigns, ResponseRow};
pub use cases::{Cases, Need};
pub use error::{StoreError, StoreResult};
pub use giving::{BookChanges, BookRow, Giving, Unread};
pub use outbox::{Dispatch, Outbox};
pub use people::People;

/// The right to collect and publish, held by one process at a time. The epoch grows with every change of
/// holder and is checked in every writing transaction of the collector, so that a holder that slept cannot
/// act on a lease that it lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Who holds it: host, process id and a random part.
    pub holder: String,
    /// Grows by one with every change of holder.
    pub epoch: i64,
    /// Valid until then, unless renewed.
    pub until: Timestamp,
}

/// The answer to asking for the lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeaseState {
    /// It is ours, new or renewed.
    Ours(Lease),
    /// Another process holds it.
    Theirs(Lease),
}

/// What the configuration names: brought into the store so that rows can refer to it by number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    /// Subjects by name, the brand first.
    pub subjects: Vec<(String, Role)>,
    /// Watches.
    pub watches: Vec<RosterWatch>,
    /// Sources.
    pub sources: Vec<RosterSource>,
}

/// A source as the configuration names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterSource {
    /// Its name.
    pub name: String,
    /// Kind of place.
    pub network: Network,
    /// Sources of the same scope give the same post the same native id, and share what they know: a post that one has
    /// brought is the same mention when another brings it. `None`: its ids mean nothing to others. A source that had
    /// no scope takes what it knows along into its first one; one whose scope is no longer told keeps it.
    pub scope: Option<String>,
}

impl RosterSource {
    /// A source whose ids mean nothing to others.
    pub fn alone(name: impl Into<String>, network: Network) -> Self {
        Self { name: name.into(), network, scope: None }
    }
}

/// A watch as the configuration names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterWatch {
    /// Its name.
    pub name: String,
    /// Name of its subject; one of the roster's.
    pub subject: String,
    /// The query as text.
    pub query: String,
    /// Context words.
    pub context: Vec<String>,
}

/// The roster with the numbers that the store gave. What left the configuration keeps its rows and is not listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Adopted {
    /// Subjects, the brand first.
    pub subjects: Vec<Subject>,
    /// Watches in the roster's order.
    pub watches: Vec<WatchRule>,
    /// Sources in the roster's order.
    pub sources: Vec<SourceId>,
}

/// How a poll went: what the store remembers of it in [`SourceState`].
#[derive(Debug, Clone, PartialEq)]
pub struct PollOutcome {
    /// When the source was asked.
    pub at: Timestamp,
    /// How it fares now.
    pub health: SourceHealth,
    /// What went wrong and what to do; empty when it worked. Already clean.
    pub trouble: String,
    /// Failures in a row, this one included.
    pub failures: u32,
    /// When to ask next; `None` when it is stopped.
    pub next: Option<Timestamp>,
    /// The interval in force.
    pub interval: SignedDuration,
    /// Whether the answer held an item that the source had not shown before.
    pub fresh: bool,
    /// It is a stream, and connected.
    pub live: bool,
    /// What its network counts of our use; when empty, what was told before stays.
    pub meters: Vec<Meter>,
}

impl PollOutcome {
    /// It worked, and nothing more is to be said of it.
    pub fn worked(at: Timestamp, fresh: bool) -> Self {
        Self {
            at,
            health: SourceHealth::Working,
            trouble: String::new(),
            failures: 0,
            next: None,
            interval: SignedDuration::ZERO,
            fresh,
            live: false,
            meters: Vec::new(),
        }
    }
}

/// Marks by which near-duplicates are found. Computed by the intake from normalised text.
///
/// A new mention published within the last 30 days joins the story of another of the last 30 days that, in this
/// order: it repeats (`Item::repost_of`, by native id within the source's scope or by address), has the same
/// `repost`, has the same address in another source, the same `link`, the same `words`, or a `similar` that is near.
/// Among several of one kind the newest published counts. Stories never merge, and an edit moves nothing. What is not
/// public is a story of its own, and leaves the story that it was in when it turns out not to be public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fingerprint {
    /// Hash of the canonical link, when the mention is about one.
    pub link: Option<u64>,
    /// Hash of the original's identity, when it is a repost.
    pub repost: Option<u64>,
    /// Hash of the normalised words; `None` for texts too short to say anything.
    pub words: Option<u64>,
    /// Simhash of the normalised words; `None` for texts too short for it. Two mentions are one story when
    /// their simhashes differ in at most [`Fingerprint::NEAR`] bits.
    pub similar: Option<u64>,
}

impl Fingerprint {
    /// Most differing simhash bits between two near-duplicates.
    pub const NEAR: u32 = 3;
}

/// A mention on its way into the store.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMention {
    /// What the source saw.
    pub item: Item,
    /// When we had it.
    pub first_seen: Timestamp,
    /// Back-filled: feeds no alert and no clock.
    pub history: bool,
    /// Arrives as already read (old history on the first poll of a source).
    pub read: bool,
    /// Language that was read or claimed.
    pub lang: Option<String>,
    /// Watches that matched.
    pub matches: Vec<WatchId>,
    /// Readings, brand first.
    pub readings: Vec<Reading>,
    /// What it asks of us: opens the case of its person in its thread, joins the one that is open, or opens a closed one
    /// again. Kind words that ask for nothing more join a case that was closed, or in which we answered, within the 72
    /// hours before, without opening it again; so do words without a need. History never opens or joins a case, unless
    /// it has no date.
    pub need: Option<Need>,
    /// Marks for grouping.
    pub fingerprint: Fingerprint,
    /// Hash of everything a reader would see; a change means that the item was edited.
    pub content: u64,
}

/// Something that the brand published itself, on its way into the store.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAct {
    /// What the source saw.
    pub item: Item,
    /// When we had it.
    pub first_seen: Timestamp,
    /// Back-filled: from before the source was listened to.
    pub history: bool,
    /// Language that was read or claimed.
    pub lang: Option<String>,
    /// Hash of everything a reader would see; a change means that the item was edited.
    pub content: u64,
}

/// All that one poll of one source changes, recorded in one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordBatch {
    /// The source that was asked.
    pub source: SourceId,
    /// Where it was left; covers exactly the items below.
    pub cursor: String,
    /// How it went.
    pub outcome: PollOutcome,
    /// What it brought, in the source's order.
    pub mentions: Vec<NewMention>,
    /// What it brought of our own.
    pub acts: Vec<NewAct>,
    /// Native ids that their authors took down.
    pub deleted: Vec<String>,
    /// Authors (native ids) who deleted their accounts: whatever is theirs goes.
    pub gone: Vec<String>,
}

impl RecordBatch {
    /// A poll that brought nothing.
    pub fn empty(source: SourceId, outcome: PollOutcome) -> Self {
        Self {
            source,
            cursor: String::new(),
            outcome,
            mentions: Vec::new(),
            acts: Vec::new(),
            deleted: Vec::new(),
            gone: Vec::new(),
        }
    }
}

/// What recording a batch changed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recorded {
    /// Mentions that were new, as rows.
    pub new: Vec<MentionRow>,
    /// Mentions that were known and had changed.
    pub edited: Vec<MentionId>,
    /// Mentions that were removed because their authors removed them, or because they turned out to be our own.
    pub deleted: Vec<MentionId>,
    /// Mentions that were known and unchanged, and items that were known as acts.
    pub known: usize,
    /// Mentions that were known and are answered now, or by an earlier act than before, or no longer.
    pub answered: Vec<MentionId>,
    /// Acts that were new, changed or removed.
    pub acts: usize,
}

/// What is kept for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Mentions, and acts, older than this (by published) are erased.
    pub mentions: SignedDuration,
}

/// Where everything that was heard is kept. All methods may be called from many tasks at once.
///
/// # Errors
/// Every method fails with a [`StoreError`] that says what a person can do about it. Writing methods that take
/// a [`Lease`] fail with [`StoreError::LeaseLost`] and change nothing when the lease's epoch is no longer the
/// one in force.
#[async_trait]
pub trait Store: Cases + Outbox + Dispatch + Giving + Campaigns + People {
    /// Asks for the lease or renews it. Ours when nobody holds it, when it ran out before `now`, or when the
    /// present holder has the same name (the epoch then stays).
    async fn take_lease(&self, holder: &str, now: Timestamp, life: SignedDuration) -> StoreResult<LeaseState>;
    /// Gives the lease back, if it is still ours, so that another process takes over at once.
    async fn release_lease(&self, lease: &Lease) -> StoreResult<()>;

    /// Brings the configuration's subjects, watches and sources in; finds those that are there by name.
    async fn adopt(&self, roster: &Roster) -> StoreResult<Adopted>;
    /// The same for who comes for one errand and goes again: brings in what the roster names and is not there, and
    /// takes nothing away. While a process other than `by` holds the lease, what that one adopted stands as it is, and
    /// sources that it does not know get a number without being among its own. The subjects and watches that are
    /// returned are those in force, the sources those of the roster, in its order.
    async fn join(&self, roster: &Roster, by: &str, now: Timestamp) -> StoreResult<Adopted>;
    /// The number of a source that is not asked, such as a file; it is not among the adopted ones.
    ///
    /// # Errors
    /// When an adopted source of another network has this name.
    async fn source_apart(&self, name: &str, network: &Network) -> StoreResult<SourceId>;
    /// Subjects and watches as last adopted.
    async fn adopted(&self) -> StoreResult<Adopted>;

    /// Records one poll in one transaction: mentions, acts, identities, matches, people, groups, trend counts,
    /// outcome and cursor.
    ///
    /// An item whose native id or one of whose aliases is known in the scope of this source is the same mention,
    /// whichever source of the scope brought it: updated when its content changed, else left alone. Its place in the
    /// stream, its story and what a person did with it stay. A native id goes before an alias, and within one batch an
    /// alias does not lead to a mention that another item is by its native id; items of one batch with different
    /// native ids are the same only if all aliases and the content agree. What was erased, by its author or by age,
    /// does not come back under a native id that it had. Items that are flagged as deleted, or named so, are not
    /// stored; ids that nobody knows leave no trace. Whatever an author has written who is gone, mentions and acts, in
    /// the scope of this source, is taken down with all that was known of them, and nothing of theirs in the batch is
    /// stored. Once addressed stays addressed, with the readings that come of it;
    /// the narrowest visibility that was ever said stays (no edit: `edited` does not change by it).
    ///
    /// Acts are recorded by the same rules. An item that is known as an act is that act and no mention; a mention that
    /// turns out to be an act is taken out. An act answers the stored mention in its scope that its parent names or,
    /// when it names no parent, its root; it does not matter which of the two came first. A mention is answered since
    /// its earliest act, and becomes read when it becomes answered. An act that is taken down answers nothing any more.
    async fn record(&self, lease: &Lease, batch: &RecordBatch) -> StoreResult<Recorded>;
    /// Records what a person brings (an import): like [`Store::record`], but without a lease, since no network
    /// is asked and a mention that is known already stays one.
    async fn bring(&self, batch: &RecordBatch) -> StoreResult<Recorded>;
    /// Records a page of our own older posts (the acts of the batch) like [`Store::record`], and how far back they were
    /// fetched, in one transaction; the source's cursor and state stay as they are.
    async fn record_own_history(
        &self,
        lease: &Lease,
        batch: &RecordBatch,
        history: &OwnHistory,
    ) -> StoreResult<Recorded>;
    /// Raises a signal, unless the same kind, subject and source raised one within the hour before. What is always news
    /// ([`crate::domain::SignalKind::is_always_news`]) is raised in any case.
    async fn raise(&self, lease: &Lease, signal: &Signal) -> StoreResult<Option<SignalId>>;

    /// A window of the stream, nearest to the place first, at most `limit` rows.
    async fn page(&self, filter: &Filter, span: Span, limit: u32) -> StoreResult<Vec<MentionRow>>;
    /// How many mentions the filter finds; counts no further than `most`.
    async fn count(&self, filter: &Filter, most: u64) -> StoreResult<u64>;
    /// A whole mention.
    async fn mention(&self, id: MentionId) -> StoreResult<Option<Mention>>;
    /// The acts that answer a mention, earliest first.
    async fn answers(&self, id: MentionId) -> StoreResult<Vec<Act>>;
    /// Our own posts, newest published first; only those published before `before`, when that is given.
    async fn acts(&self, before: Option<Timestamp>, limit: u32) -> StoreResult<Vec<Act>>;
    /// The accounts that acts were published under: scope, and native id of the account. Only acts that their source
    /// recognised as the brand's own, in sources with a scope.
    async fn own_accounts(&self) -> StoreResult<Vec<(String, String)>>;
    /// Whole mentions in the order of a page; for search and export.
    async fn mentions(&self, filter: &Filter, span: Span, limit: u32) -> StoreResult<Vec<Mention>>;
    /// Counts per stretch of time of `bucket` (a multiple of a quarter of an hour) for the subject, `buckets`
    /// of them from `from` (rounded down to a quarter of an hour) on. Only public mentions that are about it.
    async fn trend(
        &self,
        subject: SubjectId,
        from: Timestamp,
        bucket: SignedDuration,
        buckets: u32,
    ) -> StoreResult<Vec<Counts>>;
    /// The figures of the status line; `day` is when the reader's day began, `brand` whose complaints count. What is
    /// not public counts as unread, and not among what was published today.
    async fn overview(&self, day: Timestamp, brand: Option<SubjectId>) -> StoreResult<Overview>;
    /// Every source that was last adopted, in the roster's order.
    async fn sources(&self) -> StoreResult<Vec<SourceState>>;
    /// The names of all sources that mentions came from, those that left the configuration included.
    async fn source_names(&self) -> StoreResult<Vec<(SourceId, String)>>;
    /// The scope of a source; `None` when its ids mean nothing to others, or nobody knows it.
    async fn scope_of(&self, source: SourceId) -> StoreResult<Option<String>>;
    /// The newest signals.
    async fn signals(&self, limit: u32) -> StoreResult<Vec<Signal>>;

    /// Keeps what a person says of readings, and puts it in their place at once: filters, trends and figures follow. A
    /// mention that is not there or has no reading for the subject is left out. A person's word stays when the mention
    /// is edited or brought again; what the readers made of it is kept beside it. Returns the numbers of what was kept.
    /// A long list is kept in pieces.
    async fn correct(&self, corrections: &[NewCorrection]) -> StoreResult<Vec<CorrectionId>>;
    /// Takes corrections back: what was read before them (or was said before, and not taken back) stands again. Returns
    /// how many were taken back; those that were already, or that went with their mention, are not counted.
    ///
    /// Corrections of a mention that is erased by its author (or that turns out to be our own) go with it. Of a mention
    /// that is erased for its age one correction a subject stays, as numbers without the mention and its words, and
    /// cannot be taken back any more; of one that is not public none.
    async fn undo_corrections(&self, ids: &[CorrectionId], at: Timestamp) -> StoreResult<u64>;
    /// What stands of the corrections of each mention and subject, the newest first.
    async fn corrections(&self, limit: u32) -> StoreResult<Vec<Correction>>;
    /// A number that grows whenever corrections come, change or go. Cheap.
    async fn corrections_version(&self) -> StoreResult<i64>;

    /// Marks mentions as seen by a person, or not. Returns how many changed. A long list is marked in pieces.
    async fn mark_read(&self, ids: &[MentionId], read: bool) -> StoreResult<u64>;
    /// Marks everything that the filter finds and that was recorded up to `last` as read. Returns what changed,
    /// so that it can be undone.
    async fn mark_all_read(&self, filter: &Filter, last: MentionId) -> StoreResult<Vec<MentionId>>;
    /// Marks a signal as seen.
    async fn see_signal(&self, id: SignalId) -> StoreResult<()>;
    /// Holds back all traffic with the networks, or lets it go on, for every process and beyond restarts.
    async fn set_paused(&self, paused: bool) -> StoreResult<()>;
    /// Whether all traffic with the networks is held back.
    async fn paused(&self) -> StoreResult<bool>;

    /// A number that changes when anybody else committed something; this store's own writes may change it too.
    /// Cheap: asked twice a second, it wakes nobody while nothing happens.
    async fn version(&self) -> StoreResult<i64>;
    /// A number that changes when another process committed something, and not when this one did. Asked by the
    /// process that collects, every few seconds.
    async fn strangers_version(&self) -> StoreResult<i64>;
    /// Erases what is older than the retention allows, a bounded piece a call. Returns how many mentions and acts
    /// went; less than a full piece (1,000) means done.
    async fn retain(&self, lease: &Lease, now: Timestamp, retention: &Retention) -> StoreResult<u64>;
    /// Writes a consistent copy of everything to a new file.
    async fn backup(&self, to: &Path) -> StoreResult<()>;
    /// Finishes what is open and lets go of the files. Everything that is asked afterwards fails.
    async fn close(&self);
}
