//! Authors who left for good: everything of theirs within the realm goes with them.
//!
//! A network tells of every account that is deleted, and hardly any of them ever wrote of us: whether anybody is known
//! takes one look at the index of people. What is erased then may be thousands of mentions, in pieces that bound the
//! memory, all in the transaction of the batch.

use std::collections::HashSet;

use sqlx::sqlite::SqliteConnection;

use super::{Recording, erase, people};
use crate::domain::{Author, MentionId};
use crate::store::Recorded;
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::fault::{Done, Fault};

/// Mentions that are loaded and erased at a time.
const PIECE: usize = 500;

/// Who left, by the network's own id.
#[derive(Debug, Default)]
pub(super) struct Leavers<'a>(HashSet<&'a str>);

impl<'a> Leavers<'a> {
    pub(super) fn new(gone: &'a [String]) -> Self {
        Self(gone.iter().map(|id| id.trim()).filter(|id| !id.is_empty()).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the author is one of them.
    pub(super) fn has(&self, author: &Author) -> bool {
        author.native_id.as_deref().is_some_and(|id| self.0.contains(id.trim()))
    }

    /// Those who are known as people of the networks of the realm. A scope may span kinds of places, each with people
    /// of its own.
    async fn known(&self, conn: &mut SqliteConnection, realm: i64, network: i64) -> Done<Vec<i64>> {
        let keys: Vec<String> = self.0.iter().map(|id| people::key_of_native(id)).collect();
        let keys = serde_json::to_string(&keys).map_err(|error| Fault::other(error.to_string()))?;
        let known = sqlx::query_scalar(
            "SELECT p.id FROM (SELECT ?1 AS network UNION SELECT network FROM source WHERE scope = -?2) n
             CROSS JOIN json_each(?3) j
             CROSS JOIN person p ON p.network = n.network AND p.key = j.value",
        )
        .bind(network)
        .bind(realm)
        .bind(keys)
        .fetch_all(conn)
        .await?;
        Ok(known)
    }
}

impl Recording<'_> {
    /// Erases what those who left have written within the realm.
    pub(super) async fn let_go(&mut self, leavers: &Leavers<'_>, recorded: &mut Recorded) -> Done<()> {
        if leavers.is_empty() {
            return Ok(());
        }
        let people = leavers.known(self.conn, self.realm, self.network).await?;
        if people.is_empty() {
            return Ok(());
        }
        let people = json(people);
        let mentions: Vec<i64> = sqlx::query_scalar(
            "SELECT b.id FROM json_each(?1) j CROSS JOIN body b INDEXED BY body_person ON b.person = j.value
             CROSS JOIN mention m ON m.place = b.place WHERE coalesce(b.realm, m.source) = ?2 ORDER BY b.place",
        )
        .bind(&people)
        .bind(self.realm)
        .fetch_all(&mut *self.conn)
        .await?;
        for piece in mentions.chunks(PIECE) {
            let erased = self.take_out(piece.to_vec(), erase::Why::Deleted).await?;
            recorded.deleted.extend(erased.iter().map(|kept| MentionId(kept.id)));
        }
        let acts: Vec<i64> = sqlx::query_scalar(
            "SELECT a.id FROM json_each(?1) j CROSS JOIN act a INDEXED BY act_person ON a.person = j.value
             WHERE a.realm = ?2",
        )
        .bind(&people)
        .bind(self.realm)
        .fetch_all(&mut *self.conn)
        .await?;
        self.erase_acts(&acts, recorded).await
    }
}
