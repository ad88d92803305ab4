//! The SQLite store: the conformance suite, and what only a file can go through.

mod cases;
mod files;
mod forgetting;
mod giving;
mod migrating;
mod people_size;
mod restoring;
mod trouble;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;

use super::*;
use crate::domain::{Author, Item, Network};
use crate::store::conformance::{self, Grounds};
use crate::store::{Fingerprint, NewMention, PollOutcome, RosterSource, StoreError};

/// A data directory.
struct Directory(TempDir);

#[async_trait]
impl Grounds for Directory {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(self.0.path()).await.unwrap())
    }
}

fn directory() -> Directory {
    Directory(tempfile::tempdir().unwrap())
}

mod suite {
    use super::*;
    conformance::conformance!(directory());
}

const NOW: i64 = 1_750_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn everything() -> Filter {
    Filter { private: true, ..Filter::default() }
}

/// Takes the lease and gets one source.
async fn settle(store: &SqliteStore) -> (Lease, crate::domain::SourceId) {
    let roster = Roster { sources: vec![RosterSource::alone("paper", Network::FEED)], ..Roster::default() };
    let source = store.adopt(&roster).await.unwrap().sources[0];
    match store.take_lease("town", at(NOW), SignedDuration::from_secs(30)).await.unwrap() {
        LeaseState::Ours(lease) => (lease, source),
        LeaseState::Theirs(lease) => panic!("it is held: {lease:?}"),
    }
}

fn mention(number: u64, text: &str) -> NewMention {
    NewMention {
        item: Item {
            native_id: format!("id{number}"),
            text: text.into(),
            author: Author { handle: Some(format!("by{number}")), ..Author::default() },
            claimed: Some(at(NOW + number as i64)),
            ..Item::default()
        },
        first_seen: at(NOW + 1_000_000),
        history: false,
        read: false,
        lang: None,
        matches: vec![],
        readings: vec![],
        need: None,
        fingerprint: Fingerprint { words: Some(number), similar: Some(number << 32), ..Fingerprint::default() },
        content: 1,
    }
}

/// Twenty mentions; the cursor says which.
fn batch(source: crate::domain::SourceId, number: u64) -> RecordBatch {
    RecordBatch {
        cursor: number.to_string(),
        mentions: (0..20).map(|n| mention(number * 20 + n, &"many words ".repeat(200))).collect(),
        ..RecordBatch::empty(source, PollOutcome::worked(at(NOW), true))
    }
}

/// The batches are there whole up to the cursor, and every count agrees; returns how many there are.
async fn whole_batches(store: &SqliteStore) -> u64 {
    let rows = store.page(&everything(), Span::Newest, 1_000_000).await.unwrap();
    let state = store.sources().await.unwrap().remove(0);
    let batches = if state.cursor.is_empty() { 0 } else { state.cursor.parse::<u64>().unwrap() + 1 };
    assert_eq!(rows.len() as u64, batches * 20);
    assert_eq!(state.mentions, batches * 20);
    let overview = store.overview(at(0), None).await.unwrap();
    assert_eq!((overview.mentions, overview.today, overview.unread), (batches * 20, batches * 20, batches * 20));
    let found = Filter { narrowing: Some(crate::domain::search::Narrowing::Word("many".into())), ..everything() };
    assert_eq!(store.count(&found, u64::MAX).await.unwrap(), batches * 20);
    batches
}

async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

/// What SQLite finds wrong with the closed database.
async fn damage(path: &Path) -> String {
    let mut conn = connect(path).await;
    let found = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut conn).await.unwrap();
    sqlx::query("INSERT INTO search (search) VALUES ('integrity-check')").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    found
}
