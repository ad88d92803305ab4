//! A copy that is brought back forgets those who were forgotten after it was made.

use std::path::Path;

use super::list::{self, Forgotten};
use super::{facts, proof};
use crate::domain::{Author, PersonId, Timestamp};
use crate::store::people::Whom;
use crate::store::sqlite::connection::{Connections, begin};
use crate::store::sqlite::fault::Done;

/// Erases, in the database at `path`, everybody who is on the list in the directory or on the one of the database that
/// is there. Returns how many accounts that were.
pub(in crate::store::sqlite) async fn replay(path: &Path, directory: &Path, now: Timestamp) -> Done<u64> {
    let mut known = list::read(directory)?;
    let present = directory.join(crate::store::sqlite::open::FILE);
    if present != path && std::fs::metadata(&present).is_ok_and(|file| file.len() > 0) {
        // What is replaced may be damaged: the list beside it knows the same.
        known.extend(entries_of(&present).await.unwrap_or_default());
    }
    let connections = Connections::new(path, None);
    let result = inside(&connections, path, directory, &known, now).await;
    connections.close().await;
    result
}

async fn entries_of(path: &Path) -> Done<Vec<list::Entry>> {
    let connections = Connections::to_read(path);
    let entries = async { list::entries(&mut *connections.reader().await?).await };
    let entries = entries.await;
    connections.close().await;
    entries
}

async fn inside(
    connections: &Connections,
    path: &Path,
    directory: &Path,
    known: &[list::Entry],
    now: Timestamp,
) -> Done<u64> {
    let mut conn = connections.writer().await?;
    crate::store::sqlite::migrate::migrate(&mut conn, path).await?;
    let mut tx = begin(&mut conn).await?;
    list::add(&mut tx, known).await?;
    tx.commit().await?;
    let all = list::entries(&mut conn).await?;
    list::write(directory, &all)?;
    let forgotten = Forgotten::of(all);
    if forgotten.is_empty() {
        return Ok(0);
    }
    let mut whom = Whom::default();
    facts::accounts(&mut conn, |account| {
        let author = Author {
            native_id: account.key.strip_prefix('i').map(str::to_owned),
            handle: account.handle.clone(),
            name: account.name.clone(),
            followers: None,
        };
        if forgotten.author(&account.network, &author) {
            whom.accounts.push(PersonId(account.id));
        }
    })
    .await?;
    let mut erased = whom.accounts.len() as u64;
    if erased > 0 {
        let found = super::look(&mut conn, &whom).await?;
        super::forget(&mut conn, &whom, &found, now, directory).await?;
    }
    for (name, network) in plain(&mut conn, &forgotten).await? {
        let whom = Whom { handle: name, networks: vec![crate::domain::Network::named(&network)], accounts: vec![] };
        let found = super::look(&mut conn, &whom).await?;
        super::forget(&mut conn, &whom, &found, now, directory).await?;
        erased += 1;
    }
    if erased > 0 {
        sqlx::query("VACUUM").execute(&mut *conn).await?;
        proof::carry_over(&mut conn).await?;
    }
    Ok(erased)
}

/// Authors of whom only a name is told, who are on the list: name and network.
async fn plain(conn: &mut sqlx::sqlite::SqliteConnection, forgotten: &Forgotten) -> Done<Vec<(String, String)>> {
    let names: Vec<(String, String)> = sqlx::query_as(
        "SELECT DISTINCT b.author, n.name FROM body b JOIN mention m ON m.place = b.place
         JOIN network n ON n.id = m.network WHERE b.author IS NOT NULL AND b.person IS NULL",
    )
    .fetch_all(conn)
    .await?;
    let is_on = |(name, network): &(String, String)| {
        forgotten.author(network, &Author { name: Some(name.clone()), ..Author::default() })
    };
    Ok(names.into_iter().filter(is_on).collect())
}
