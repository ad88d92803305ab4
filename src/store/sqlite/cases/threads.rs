//! Which thread a post is in: the name of the thread's first post, as a hash.
//!
//! A post that names no first post is in the thread of the post that it answers, when that is stored; else that post is
//! taken for the first. What was stored before its parent came is brought along when the parent comes.

use std::collections::HashMap;

use sqlx::sqlite::SqliteConnection;

use super::super::bulk::json;
use super::super::fault::Done;
use super::super::record::name_key;
use crate::domain::Item;

/// What a post says of its thread.
#[derive(Debug, Clone, Copy)]
pub(in crate::store::sqlite) struct Says {
    /// Its own name.
    pub(in crate::store::sqlite) native: i64,
    root: Option<i64>,
    parent: Option<i64>,
}

impl Says {
    /// What an item says.
    pub(in crate::store::sqlite) fn of(item: &Item) -> Self {
        let name = |id: &Option<String>| id.as_deref().filter(|id| !id.is_empty()).map(name_key);
        Self { native: name_key(&item.native_id), root: name(&item.root), parent: name(&item.parent) }
    }

    /// Whether it answers something.
    pub(in crate::store::sqlite) fn answers(&self) -> bool {
        self.root.is_some() || self.parent.is_some()
    }
}

/// The thread of something stored: what was found when it came, else by what it says.
pub(super) fn of_stored(thread: Option<i64>, root: Option<&str>, parent: Option<&str>, native: &str) -> i64 {
    let filled = |id: Option<&str>| id.filter(|id| !id.is_empty()).map(name_key);
    thread.or_else(|| filled(root)).or_else(|| filled(parent)).unwrap_or_else(|| name_key(native))
}

/// The threads of new posts of one realm, in their order; they may answer one another.
pub(in crate::store::sqlite) async fn of_new(
    conn: &mut SqliteConnection,
    realm: i64,
    posts: &[Says],
) -> Done<Vec<i64>> {
    let asked: Vec<i64> = posts.iter().filter(|post| post.root.is_none()).filter_map(|post| post.parent).collect();
    let known = if asked.is_empty() { HashMap::new() } else { stored(conn, realm, asked).await? };
    let here: HashMap<i64, &Says> = posts.iter().map(|post| (post.native, post)).collect();
    Ok(posts.iter().map(|post| resolve(post, &here, &known)).collect())
}

fn resolve(post: &Says, here: &HashMap<i64, &Says>, known: &HashMap<i64, i64>) -> i64 {
    let mut at = post;
    // A chain within the batch ends, unless posts claim to answer one another in a circle.
    for _ in 0..=here.len() {
        if let Some(root) = at.root {
            return root;
        }
        let Some(parent) = at.parent else { return at.native };
        if let Some(thread) = known.get(&parent) {
            return *thread;
        }
        match here.get(&parent) {
            Some(next) if next.native != at.native => at = next,
            _ => return parent,
        }
    }
    post.native
}

/// A post as far as its thread goes.
type Row = (i64, Option<i64>, Option<String>, Option<String>, String);

/// The threads of stored posts, by their names.
async fn stored(conn: &mut SqliteConnection, realm: i64, names: Vec<i64>) -> Done<HashMap<i64, i64>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT j.value, b.thread, b.root, b.parent, b.native_id FROM json_each(?2) j
         CROSS JOIN identity i ON i.realm = ?1 AND i.key = j.value CROSS JOIN body b ON b.id = i.mention
         UNION ALL
         SELECT j.value, a.thread, a.root, a.parent, a.native_id FROM json_each(?2) j
         CROSS JOIN deed d ON d.realm = ?1 AND d.key = j.value CROSS JOIN act a ON a.id = d.act",
    )
    .bind(realm)
    .bind(json(names))
    .fetch_all(conn)
    .await?;
    let thread = |(name, thread, root, parent, native): Row| {
        (name, of_stored(thread, root.as_deref(), parent.as_deref(), &native))
    };
    Ok(rows.into_iter().map(thread).collect())
}

/// A post came under this name and is in this thread: what answered it before it came is in the same. Returns the
/// mentions that are in another thread now.
pub(in crate::store::sqlite) async fn gather(
    conn: &mut SqliteConnection,
    realm: i64,
    moved: &[(i64, i64)],
) -> Done<Vec<i64>> {
    let moved: Vec<[i64; 2]> =
        moved.iter().filter(|(name, thread)| name != thread).map(|(name, thread)| [*name, *thread]).collect();
    if moved.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT b.id, j.value ->> 1 FROM json_each(?2) j
         CROSS JOIN body b INDEXED BY body_thread ON b.thread = j.value ->> 0
         CROSS JOIN mention m ON m.place = b.place WHERE coalesce(b.realm, m.source) = ?1",
    )
    .bind(realm)
    .bind(super::super::bulk::json_rows(moved))
    .fetch_all(&mut *conn)
    .await?;
    for (mention, thread) in &rows {
        sqlx::query("UPDATE body SET thread = ? WHERE id = ?").bind(thread).bind(mention).execute(&mut *conn).await?;
    }
    Ok(rows.into_iter().map(|(mention, _)| mention).collect())
}
