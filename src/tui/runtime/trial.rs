//! Tries a query on what is stored, and tells the model how far that is.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::domain::stream::Filter;
use crate::domain::{MentionRow, SafeText, Timestamp};
use crate::engine::trial::{Piece, Scope, search};
use crate::store::{Store, StoreError};
use crate::tui::app::msg::Trial;
use crate::watch::{Query, QueryError};

/// Most rows that are kept of what was found; the counts go on.
const ROWS: usize = 500;
/// How often the model is told.
const EVERY: Duration = Duration::from_millis(100);

/// Searches until everything was looked at or `stop` is cancelled. Tells of progress at most ten times a second, and
/// at the end of the whole.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn attempt(
    store: &dyn Store,
    text: String,
    now: Timestamp,
    tell: &mpsc::Sender<Trial>,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let query = match Query::parse(&text) {
        Ok(query) => query,
        Err(error) => {
            let _ = tell.send(refused(text, &error)).await;
            return Ok(());
        }
    };
    let explained = query.explain().lines().map(|line| SafeText::line(line, 400).to_string()).collect();
    let scope =
        Scope { filter: Filter { private: true, ..Filter::default() }, most_found: None, most_scanned: None, now };
    let mut so_far = Trial { query: text, explained, running: true, ..Trial::default() };
    let mut told: Option<Instant> = None;
    let done = search(store, &query, &scope, stop, |piece| {
        add(&mut so_far, piece);
        if told.is_none_or(|at| at.elapsed() >= EVERY) {
            told = Some(Instant::now());
            // When nobody took the last one yet, the next will say more.
            let _ = tell.try_send(so_far.clone());
        }
        !tell.is_closed()
    })
    .await?;
    so_far.running = false;
    (so_far.scanned, so_far.matched, so_far.per_hour) = (done.scanned, done.matched, done.per_hour);
    let _ = tell.send(so_far).await;
    Ok(())
}

fn add(so_far: &mut Trial, piece: Piece) {
    let room = ROWS.saturating_sub(so_far.rows.len());
    so_far.rows.extend(piece.found.into_iter().take(room).map(row));
    so_far.scanned = piece.progress.scanned;
    so_far.matched = piece.progress.matched;
    so_far.per_hour = piece.progress.per_hour;
}

fn row(finding: crate::engine::trial::Finding) -> (MentionRow, Vec<SafeText>) {
    (finding.mention.row, finding.words)
}

fn refused(query: String, error: &QueryError) -> Trial {
    let why = SafeText::line(&format!("{}; {}", error.message, error.help), 400);
    Trial { query, refused: Some((error.column, why.to_string())), ..Trial::default() }
}
