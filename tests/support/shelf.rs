//! A store that holds what a test puts there, for whoever only reads and marks. It does not collect: whatever needs
//! the lease is refused.

#[path = "shelf_outbox.rs"]
pub mod shelf_outbox;
#[path = "shelf_sending.rs"]
mod shelf_sending;
#[path = "without_campaigns.rs"]
mod without_campaigns;
#[path = "without_giving.rs"]
mod without_giving;
#[path = "without_people.rs"]
mod without_people;

/// The store that is without what the files above leave out.
use Shelf as Keeper;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use goodword::domain::case::CaseRow;
use goodword::domain::stream::{Counts, Filter, Key, Overview, Span};
use goodword::domain::time::SignedDuration;
use goodword::domain::{
    Act, Answerable, Correction, CorrectionId, GroupId, Intent, Intents, Mention, MentionId, MentionRow, Network,
    NewCorrection, OwnHistory, Reading, SafeText, Sentiment, Shares, Signal, SignalId, SourceHealth, SourceId,
    SourceState, SubjectId, Timestamp, Visibility,
};
use goodword::store::{
    Adopted, Lease, LeaseState, RecordBatch, Recorded, Retention, Roster, Store, StoreError, StoreResult,
};

#[path = "shelf_cases.rs"]
pub mod shelf_cases;

/// The present moment of the tests: 2025-11-22 09:00:00 UTC.
pub const NOW: i64 = 1_763_802_000;

/// A mention of the brand; higher numbers are newer, a minute apart.
pub fn row(id: i64, words: &str) -> MentionRow {
    let at = Timestamp::from_second(NOW - 60 * (10_000 - id)).unwrap();
    MentionRow {
        id: MentionId(id),
        group: GroupId(id),
        group_size: 1,
        source: SourceId(1),
        network: Network::FEED,
        author: SafeText::line("ana@hachyderm.example", 80),
        followers: None,
        title: SafeText::default(),
        excerpt: SafeText::line(words, MentionRow::EXCERPT),
        published: at,
        first_seen: at,
        history: false,
        read: false,
        edited: false,
        visibility: Visibility::Public,
        content_warning: SafeText::default(),
        answered: None,
        readings: vec![Reading {
            subject: SubjectId(1),
            about: true,
            sentiment: Some(Shares { negative: 0.7, neutral: 0.2, positive: 0.1 }),
            intents: Intents::of(&[Intent::Complaint]),
        }],
    }
}

/// A store of rows in memory.
#[derive(Default)]
pub struct Shelf {
    rows: Mutex<Vec<MentionRow>>,
    /// Every change, in the order in which it was stored.
    pub changes: Mutex<Vec<String>>,
    /// How often rows were read.
    pub pages: AtomicU64,
    /// The next count panics.
    pub panics: AtomicBool,
    /// Everything fails from now on.
    pub fails: AtomicBool,
    /// All traffic is held back.
    pub paused: AtomicBool,
    /// The outbox.
    pub tray: shelf_outbox::Tray,
    /// Cases.
    pub cases: Mutex<Vec<CaseRow>>,
}

impl Shelf {
    /// A store with these rows.
    pub fn of(rows: Vec<MentionRow>) -> Self {
        Self { rows: Mutex::new(rows), ..Self::default() }
    }

    /// Puts one more in.
    pub fn add(&self, row: MentionRow) {
        self.rows.lock().unwrap().push(row);
    }

    fn check(&self) -> StoreResult<()> {
        if self.panics.swap(false, Ordering::SeqCst) {
            panic!("the shelf fell down");
        }
        if self.fails.load(Ordering::SeqCst) { Err(StoreError::Busy) } else { Ok(()) }
    }

    fn note(&self, change: String) {
        self.changes.lock().unwrap().push(change);
    }

    fn window(&self, filter: &Filter, span: Span, limit: u32) -> Vec<MentionRow> {
        let key = |row: &MentionRow| Key { published: row.published, id: row.id };
        let mut found: Vec<MentionRow> = self
            .rows
            .lock()
            .unwrap()
            .iter()
            .filter(|row| {
                filter.group.is_none_or(|group| row.group == group)
                    && (!filter.unread || !row.read)
                    && filter.since.is_none_or(|since| row.published >= since)
                    && filter.intent.is_none_or(|intent| row.readings.iter().any(|one| one.intents.has(intent)))
                    && filter
                        .sentiment
                        .is_none_or(|sentiment| row.readings.iter().any(|one| one.likeliest() == Some(sentiment)))
                    && match span {
                        Span::Newest => true,
                        Span::OlderThan(place) => key(row) < place,
                        Span::NewerThan(place) => key(row) > place,
                    }
            })
            .cloned()
            .collect();
        found.sort_by_key(|row| std::cmp::Reverse(key(row)));
        if matches!(span, Span::NewerThan(_)) {
            found.reverse();
        }
        found.truncate(limit as usize);
        found
    }

    fn whole(row: MentionRow) -> Mention {
        Mention {
            native_id: format!("native {}", row.id),
            url: Some(SafeText::line("https://social.example/@ana/1", 200)),
            text: SafeText::block(row.excerpt.as_str()),
            author_name: SafeText::line("Ana", 80),
            row,
            person: None,
            lang: Some("en".to_owned()),
            links: Vec::new(),
            image_descriptions: Vec::new(),
            claimed: None,
            edited_at: None,
            watches: Vec::new(),
            parent: None,
            root: None,
            addressed: false,
            answerable: Answerable::AsSource,
            corrections: Vec::new(),
        }
    }
}

#[async_trait]
impl Store for Shelf {
    async fn take_lease(&self, _: &str, _: Timestamp, _: SignedDuration) -> StoreResult<LeaseState> {
        Err(StoreError::LeaseLost)
    }
    async fn release_lease(&self, _: &Lease) -> StoreResult<()> {
        Err(StoreError::LeaseLost)
    }
    async fn adopt(&self, _: &Roster) -> StoreResult<Adopted> {
        Ok(Adopted::default())
    }
    async fn join(&self, _: &Roster, _: &str, _: Timestamp) -> StoreResult<Adopted> {
        Ok(Adopted::default())
    }
    async fn source_apart(&self, _: &str, _: &Network) -> StoreResult<SourceId> {
        Err(StoreError::LeaseLost)
    }
    async fn adopted(&self) -> StoreResult<Adopted> {
        Ok(Adopted::default())
    }
    async fn record(&self, _: &Lease, _: &RecordBatch) -> StoreResult<Recorded> {
        Err(StoreError::LeaseLost)
    }
    async fn record_own_history(&self, _: &Lease, _: &RecordBatch, _: &OwnHistory) -> StoreResult<Recorded> {
        Err(StoreError::LeaseLost)
    }
    async fn bring(&self, _: &RecordBatch) -> StoreResult<Recorded> {
        Err(StoreError::LeaseLost)
    }
    async fn source_names(&self) -> StoreResult<Vec<(SourceId, String)>> {
        Ok(Vec::new())
    }
    async fn scope_of(&self, _: SourceId) -> StoreResult<Option<String>> {
        Ok(Some("hachyderm.io".to_owned()))
    }
    async fn raise(&self, _: &Lease, _: &Signal) -> StoreResult<Option<SignalId>> {
        Err(StoreError::LeaseLost)
    }

    async fn page(&self, filter: &Filter, span: Span, limit: u32) -> StoreResult<Vec<MentionRow>> {
        self.check()?;
        self.pages.fetch_add(1, Ordering::SeqCst);
        Ok(self.window(filter, span, limit))
    }
    async fn count(&self, filter: &Filter, most: u64) -> StoreResult<u64> {
        self.check()?;
        Ok((self.window(filter, Span::Newest, u32::MAX).len() as u64).min(most))
    }
    async fn mention(&self, id: MentionId) -> StoreResult<Option<Mention>> {
        self.check()?;
        Ok(self.rows.lock().unwrap().iter().find(|row| row.id == id).cloned().map(Self::whole))
    }
    async fn mentions(&self, filter: &Filter, span: Span, limit: u32) -> StoreResult<Vec<Mention>> {
        self.check()?;
        Ok(self.window(filter, span, limit).into_iter().map(Self::whole).collect())
    }
    async fn answers(&self, _: MentionId) -> StoreResult<Vec<Act>> {
        self.check()?;
        Ok(Vec::new())
    }
    async fn acts(&self, _: Option<Timestamp>, _: u32) -> StoreResult<Vec<Act>> {
        self.check()?;
        Ok(Vec::new())
    }
    async fn own_accounts(&self) -> StoreResult<Vec<(String, String)>> {
        Ok(Vec::new())
    }
    async fn trend(&self, _: SubjectId, _: Timestamp, _: SignedDuration, buckets: u32) -> StoreResult<Vec<Counts>> {
        self.check()?;
        let mut counts = vec![Counts::default(); buckets as usize];
        for row in self.rows.lock().unwrap().iter() {
            let last = counts.last_mut().expect("a bucket");
            match row.readings.first().and_then(Reading::likeliest) {
                Some(Sentiment::Negative) => last.negative += 1,
                Some(Sentiment::Positive) => last.positive += 1,
                _ => last.neutral += 1,
            }
        }
        Ok(counts)
    }
    async fn overview(&self, _: Timestamp, _: Option<SubjectId>) -> StoreResult<Overview> {
        self.check()?;
        let rows = self.rows.lock().unwrap();
        let unread = rows.iter().filter(|row| !row.read).count() as u64;
        let mentions = rows.len() as u64;
        Ok(Overview { mentions, today: mentions, unread, unread_complaints: unread })
    }
    async fn sources(&self) -> StoreResult<Vec<SourceState>> {
        self.check()?;
        Ok(vec![SourceState {
            id: SourceId(1),
            name: "town feed".to_owned(),
            network: Network::FEED,
            cursor: String::new(),
            health: SourceHealth::Working,
            trouble: SafeText::default(),
            failures: 0,
            polled: None,
            answered: None,
            fresh: None,
            next: None,
            interval: None,
            mentions: self.rows.lock().unwrap().len() as u64,
            meters: Vec::new(),
            live: false,
            own_history: None,
        }])
    }
    async fn signals(&self, _: u32) -> StoreResult<Vec<Signal>> {
        self.check()?;
        Ok(Vec::new())
    }

    async fn mark_read(&self, ids: &[MentionId], read: bool) -> StoreResult<u64> {
        self.check()?;
        self.note(format!("{} {}", ids.len(), if read { "read" } else { "unread" }));
        let ids: BTreeSet<MentionId> = ids.iter().copied().collect();
        let mut changed = 0;
        for row in self.rows.lock().unwrap().iter_mut().filter(|row| ids.contains(&row.id) && row.read != read) {
            row.read = read;
            changed += 1;
        }
        Ok(changed)
    }
    async fn mark_all_read(&self, filter: &Filter, last: MentionId) -> StoreResult<Vec<MentionId>> {
        self.check()?;
        self.note("all read".to_owned());
        let unread = Filter { unread: true, ..filter.clone() };
        let ids: Vec<MentionId> = self.window(&unread, Span::Newest, u32::MAX).iter().map(|row| row.id).collect();
        let ids: Vec<MentionId> = ids.into_iter().filter(|id| *id <= last).collect();
        for row in self.rows.lock().unwrap().iter_mut().filter(|row| ids.contains(&row.id)) {
            row.read = true;
        }
        Ok(ids)
    }
    async fn see_signal(&self, id: SignalId) -> StoreResult<()> {
        self.check()?;
        self.note(format!("signal {id} seen"));
        Ok(())
    }

    async fn correct(&self, corrections: &[NewCorrection]) -> StoreResult<Vec<CorrectionId>> {
        self.check()?;
        self.note(format!("{} corrected", corrections.len()));
        Ok((1..).take(corrections.len()).map(CorrectionId).collect())
    }
    async fn undo_corrections(&self, ids: &[CorrectionId], _: Timestamp) -> StoreResult<u64> {
        self.check()?;
        self.note(format!("{} uncorrected", ids.len()));
        Ok(ids.len() as u64)
    }
    async fn corrections(&self, _: u32) -> StoreResult<Vec<Correction>> {
        Ok(Vec::new())
    }
    async fn corrections_version(&self) -> StoreResult<i64> {
        Ok(0)
    }
    async fn set_paused(&self, paused: bool) -> StoreResult<()> {
        self.check()?;
        self.note(if paused { "paused" } else { "goes on" }.to_owned());
        self.paused.store(paused, Ordering::SeqCst);
        Ok(())
    }
    async fn paused(&self) -> StoreResult<bool> {
        Ok(self.paused.load(Ordering::SeqCst))
    }

    async fn version(&self) -> StoreResult<i64> {
        Ok(1)
    }
    async fn strangers_version(&self) -> StoreResult<i64> {
        Ok(1)
    }
    async fn retain(&self, _: &Lease, _: Timestamp, _: &Retention) -> StoreResult<u64> {
        Err(StoreError::LeaseLost)
    }
    async fn backup(&self, _: &Path) -> StoreResult<()> {
        Err(StoreError::Busy)
    }
    async fn close(&self) {}
}
