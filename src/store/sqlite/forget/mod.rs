//! Forgetting somebody for good, and proving it.
//!
//! One transaction takes out what they wrote, their cases and what is written to them, and their name and words from
//! what stays ([`erase`]). Their names go onto a list of keyed hashes, in the database and beside it ([`list`]), which
//! recording asks and which a copy is measured by that is brought back ([`replay`]). Then the log is carried over, every
//! file of the data directory is searched byte by byte for what they were called and what they wrote, and what is found
//! is explained or told ([`proof`]).

mod erase;
mod explain;
mod facts;
mod list;
pub(super) mod proof;
mod redact;
mod replay;
mod search;

use std::collections::BTreeSet;
use std::path::Path;

use sqlx::sqlite::SqliteConnection;

pub(super) use list::{Forgotten, network};
pub(super) use redact::folded;
pub(super) use replay::replay;

use super::connection::begin;
use super::fault::Done;
use crate::domain::Timestamp;
use crate::domain::person::{Handle, Traces};
use crate::store::people::{Erased, Whom};
use facts::Facts;

/// Most pieces of their words that are searched for.
const PIECES: usize = 2_000;
/// Shortest and longest of them, in bytes.
const PIECE: (usize, usize) = (16, 48);

/// The accounts of this handle or native id.
pub(super) async fn accounts(conn: &mut SqliteConnection, handle: &str, network: Option<&str>) -> Done<Vec<Handle>> {
    let mut found = Vec::new();
    facts::accounts(conn, |account| {
        if account.is(handle) && network.is_none_or(|network| network == account.network) {
            found.push(account.shown());
        }
    })
    .await?;
    Ok(found)
}

/// What there is of somebody.
pub(super) async fn traces(conn: &mut SqliteConnection, whom: &Whom) -> Done<Traces> {
    let facts = facts::gather(conn, whom, None).await?;
    let named = erase::count_named(conn, &facts).await?;
    Ok(facts.traces(named))
}

/// What was found while others could go on writing; what came since is looked at once more when it is erased.
pub(super) struct Found(Facts);

/// Looks for them, before the right to write is taken: that may take a while.
pub(super) async fn look(conn: &mut SqliteConnection, whom: &Whom) -> Done<Found> {
    Ok(Found(facts::gather(conn, whom, None).await?))
}

/// Erases somebody. The list beside the database is written before the transaction ends: whoever is on it without being
/// erased is erased when this is done again.
pub(super) async fn forget(
    conn: &mut SqliteConnection,
    whom: &Whom,
    found: &Found,
    at: Timestamp,
    directory: &Path,
) -> Done<Erased> {
    let mut tx = begin(conn).await?;
    let facts = facts::gather(&mut tx, whom, Some(&found.0)).await?;
    let named = erase::erase(&mut tx, &facts, at).await?;
    let key = list::key(&mut tx, &list::read(directory)?).await?;
    let entries = erase::entries(&facts, whom, &key, at);
    list::add(&mut tx, &entries).await?;
    list::write(directory, &entries)?;
    tx.commit().await?;
    Ok(Erased { traces: facts.traces(named), names: names(&facts, whom), pieces: pieces(&facts.texts) })
}

/// What they are called.
fn names(facts: &Facts, whom: &Whom) -> Vec<String> {
    let mut names = BTreeSet::new();
    for account in &facts.accounts {
        names.extend(account.handles().map(|handle| handle.trim().trim_start_matches('@').to_owned()));
        names.extend(account.name.as_deref().map(|name| name.trim().to_owned()));
    }
    names.insert(whom.handle.trim().trim_start_matches('@').to_owned());
    names.into_iter().filter(|name| name.chars().count() >= redact::SHORTEST).collect()
}

/// Pieces of their texts by which these would be recognised: the beginning, the middle and the end of each stretch of
/// plain words.
fn pieces(texts: &[String]) -> Vec<String> {
    let mut pieces = BTreeSet::new();
    for text in texts.iter().rev() {
        for stretch in text.split(['\n', '\r', '\t']) {
            let words: Vec<&str> = stretch.split(' ').collect();
            let plain = |word: &&str| !word.contains("://") && !word.starts_with(['@', '#']);
            for run in words.split(|word| !plain(word)) {
                let run = run.join(" ");
                let run = run.trim();
                let middle = run.len() / 2;
                for start in [0, middle, run.len().saturating_sub(PIECE.1)] {
                    pieces.extend(piece(run, start));
                }
            }
        }
        if pieces.len() >= PIECES {
            break;
        }
    }
    pieces.into_iter().take(PIECES).collect()
}

/// The words from about here on, as many as fit.
fn piece(run: &str, start: usize) -> Option<String> {
    let start = (start..run.len()).find(|at| *at == 0 || run.as_bytes().get(at - 1) == Some(&b' '))?;
    let rest = run.get(start..)?;
    let mut end = rest.len().min(PIECE.1);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    let piece = rest.get(..end)?.trim();
    (piece.len() >= PIECE.0).then(|| piece.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_words_of_theirs_and_no_links() {
        let texts = ["short".to_owned(), "@ferris my chain snapped on the second day https://a.example/b".to_owned()];
        let pieces = pieces(&texts);
        assert!(!pieces.is_empty());
        for piece in &pieces {
            assert!(texts[1].contains(piece.as_str()) && piece.len() >= 16, "{piece:?}");
            assert!(!piece.contains("://") && !piece.contains('@'), "{piece:?}");
        }
        let long = "wörter ".repeat(40);
        assert!(super::pieces(std::slice::from_ref(&long)).iter().all(|piece| long.contains(piece.as_str())));
    }
}
