//! Recording one poll: everything that it changes, in one transaction.

mod erase;
mod identity;
mod kept;
mod people;
mod similar;
mod stories;
mod tally;
mod traces;
mod write;

use std::collections::{HashMap, HashSet};

use sqlx::sqlite::SqliteConnection;
use tokio::sync::Mutex;

pub(super) use erase::retain;
pub(super) use kept::Kept;
pub(super) use similar::Similar;
pub(super) use tally::Tally;

use super::bulk::json;
use super::connection::begin;
use super::fault::{Done, Fault};
use super::{codec, lease, place, roster, stream};
use crate::domain::{MentionId, time};
use crate::store::{Lease, NewMention, RecordBatch, Recorded};
use identity::{Entry, Is, Names};
use people::People;
use stories::Newcomer;
use write::{Draft, Texts};

/// Longest native id that is kept in full, in bytes; longer ones are recognised all the same.
const LONGEST_ID: usize = 4_000;

/// Records a poll; without a lease, what a person brings: then the source's state stays as it is. `similar` belongs to the connection that writes.
pub(super) async fn record(
    conn: &mut SqliteConnection,
    similar: &Mutex<Similar>,
    held: Option<&Lease>,
    batch: &RecordBatch,
) -> Done<Recorded> {
    let mut similar = similar.lock().await;
    let mut tx = begin(conn).await?;
    if let Some(held) = held {
        lease::check(&mut tx, held).await?;
    }
    let network: Option<i64> = sqlx::query_scalar("SELECT network FROM source WHERE id = ?")
        .bind(batch.source.0)
        .fetch_optional(&mut *tx)
        .await?;
    let Some(network) = network else {
        return Err(Fault::other(format!("there is no source number {}", batch.source)));
    };
    let now = place::second(batch.outcome.at);
    let mut recording = Recording {
        conn: &mut tx,
        batch,
        polled: held.is_some(),
        network,
        since: place::start_of(now - stories::WINDOW),
        tally: Tally::default(),
        similar: &mut similar,
        changes: false,
    };
    let recorded = recording.run().await?;
    let changes = recording.changes;
    let revision = revision(&mut tx).await?;
    tx.commit().await?;
    if changes {
        similar.settle(revision);
    }
    Ok(recorded)
}

/// A recording under way.
struct Recording<'a> {
    conn: &'a mut SqliteConnection,
    batch: &'a RecordBatch,
    polled: bool,
    network: i64,
    /// First place of the days within which mentions are grouped.
    since: i64,
    tally: Tally,
    similar: &'a mut Similar,
    /// Mentions come, change or go.
    changes: bool,
}

/// The number that grows whenever mentions come, change or go.
async fn revision(conn: &mut SqliteConnection) -> Done<i64> {
    Ok(sqlx::query_scalar("SELECT revision FROM head").fetch_one(conn).await?)
}

/// Notes that mentions came, changed or went.
async fn revise(conn: &mut SqliteConnection) -> Done<()> {
    sqlx::query("UPDATE head SET revision = revision + 1").execute(conn).await?;
    Ok(())
}

/// What is stored of a mention that an item turned out to be.
struct Before {
    content: i64,
    native_id: String,
    keys: Vec<i64>,
}

impl<'a> Recording<'a> {
    async fn run(&mut self) -> Done<Recorded> {
        let batch = self.batch;
        let source = batch.source.0;
        let taken_down = batch.mentions.iter().filter(|new| new.item.deleted).map(|new| &new.item.native_id);
        let deleted: HashSet<i64> = batch.deleted.iter().chain(taken_down).map(|id| identity::key(id)).collect();
        let entries = identity::entries(&batch.mentions, &deleted);
        let mut recorded = Recorded::default();
        let mut places = Vec::new();
        if !entries.is_empty() || !deleted.is_empty() {
            let names = Names::look_up(self.conn, source, &entries, &deleted).await?;
            let (are, shared) = names.resolve(&entries);
            let known = self.known(&entries, &are, &names, &shared).await?;
            recorded.known = known.unchanged;
            recorded.edited = self.edit(known.changed).await?;
            places = self.bring_in(&entries, &are, &names, &shared).await?;
            recorded.deleted = self.take_down(&names, &deleted).await?;
            names.note_gone(self.conn, source, &entries, erase::day(batch.outcome.at)).await?;
        }
        if self.polled {
            roster::outcome(self.conn, batch.source, &batch.cursor, &batch.outcome).await?;
        }
        std::mem::take(&mut self.tally).write(self.conn).await?;
        recorded.new = stream::rows_of(self.conn, places).await?;
        Ok(recorded)
    }

    /// To be called before mentions come, change or go.
    async fn change(&mut self) -> Done<()> {
        if !self.changes {
            self.changes = true;
            let revision = revision(self.conn).await?;
            self.similar.follow(self.conn, revision, self.since).await?;
            revise(self.conn).await?;
        }
        Ok(())
    }

    /// Sorts known mentions into changed and unchanged ones, and learns new names for them.
    async fn known(
        &mut self,
        entries: &[Entry<'a>],
        are: &[Is],
        names: &Names,
        shared: &HashSet<i64>,
    ) -> Done<Known<'a>> {
        let gone = are.iter().filter(|is| matches!(is, Is::Gone)).count();
        let mut known = Known { unchanged: gone, changed: Vec::new() };
        let mentions = |at: usize| match are.get(at) {
            Some(Is::Known(id)) => Some(*id),
            Some(Is::Same(first)) => match are.get(*first) {
                Some(Is::Known(id)) => Some(*id),
                _ => None,
            },
            _ => None,
        };
        let stored = self.before((0..entries.len()).filter_map(mentions)).await?;
        let mut learned: HashMap<i64, Vec<i64>> = HashMap::new();
        let mut renamed: HashMap<i64, &str> = HashMap::new();
        for (at, (entry, is)) in entries.iter().zip(are).enumerate() {
            let Some((id, before)) = mentions(at).and_then(|id| Some((id, stored.get(&id)?))) else { continue };
            learned.entry(id).or_default().extend(names.free(entry, shared));
            if matches!(is, Is::Same(_)) {
                continue;
            }
            if before.native_id != codec::capped(&entry.new.item.native_id, LONGEST_ID) {
                renamed.insert(id, &entry.new.item.native_id);
            }
            if before.content == entry.new.content.cast_signed() {
                known.unchanged += 1;
            } else {
                known.changed.push((id, entry.new));
            }
        }
        self.learn(&stored, learned, &renamed).await?;
        Ok(known)
    }

    async fn before(&mut self, ids: impl Iterator<Item = i64>) -> Done<HashMap<i64, Before>> {
        let ids: Vec<i64> = ids.collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<(i64, i64, String, Vec<u8>)> = sqlx::query_as(
            "SELECT id, content, native_id, keys FROM body WHERE id IN (SELECT value FROM json_each(?))",
        )
        .bind(json(ids))
        .fetch_all(&mut *self.conn)
        .await?;
        let before = |(id, content, native_id, keys): (i64, i64, String, Vec<u8>)| {
            (id, Before { content, native_id, keys: codec::numbers_from(&keys) })
        };
        Ok(rows.into_iter().map(before).collect())
    }

    /// Writes down under which further names mentions are known.
    async fn learn(
        &mut self,
        stored: &HashMap<i64, Before>,
        learned: HashMap<i64, Vec<i64>>,
        renamed: &HashMap<i64, &str>,
    ) -> Done<()> {
        let mut owned = Vec::new();
        for (id, mut more) in learned {
            more.sort_unstable();
            more.dedup();
            let Some(before) = stored.get(&id) else { continue };
            owned.extend(more.iter().map(|name| (*name, id)));
            if more.is_empty() && !renamed.contains_key(&id) {
                continue;
            }
            let keys: Vec<i64> = before.keys.iter().copied().chain(more).collect();
            let native = renamed.get(&id).map_or_else(|| before.native_id.clone(), |id| codec::capped(id, LONGEST_ID));
            sqlx::query("UPDATE body SET keys = ?2, native_id = ?3 WHERE id = ?1")
                .bind(id)
                .bind(codec::numbers(&keys))
                .bind(native)
                .execute(&mut *self.conn)
                .await?;
        }
        identity::write(self.conn, self.batch.source.0, &owned, &HashSet::new()).await
    }

    /// Replaces what changed. Number, place, story and what a person did with it stay.
    async fn edit(&mut self, changed: Vec<(i64, &'a NewMention)>) -> Done<Vec<MentionId>> {
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        self.change().await?;
        let people = People::bring_in(self.conn, self.network, changed.iter().map(|(_, new)| &new.item.author)).await?;
        let old = kept::load(self.conn, changed.iter().map(|(id, _)| *id)).await?;
        traces::remove(self.conn, &old).await?;
        let by_id: HashMap<i64, &Kept> = old.iter().map(|kept| (kept.id, kept)).collect();
        let at = place::to_millis(self.batch.outcome.at);
        let mut drafts = Vec::with_capacity(changed.len());
        for (id, new) in changed {
            let Some(before) = by_id.get(&id) else { continue };
            let texts = Texts::of(new);
            let kept = Kept {
                visibility: new.item.visibility,
                person: people.of(&new.item.author),
                readings: new.readings.clone(),
                fingerprint: new.fingerprint,
                url: write::address(new),
                words: texts.words(),
                ..(*before).clone()
            };
            self.tally.count(before, -1);
            self.tally.count(&kept, 1);
            self.similar.remove(before);
            self.similar.add(&kept);
            drafts.push(Draft { kept, new, texts, edited_at: Some(at) });
        }
        let written = write::write(self.conn, drafts, self.since).await?;
        people::forget(self.conn, old.iter().filter_map(|kept| kept.person)).await?;
        Ok(written.iter().map(|kept| MentionId(kept.id)).collect())
    }

    /// Stores what is new; returns the places.
    async fn bring_in(
        &mut self,
        entries: &[Entry<'a>],
        are: &[Is],
        names: &Names,
        shared: &HashSet<i64>,
    ) -> Done<Vec<i64>> {
        let source = self.batch.source.0;
        let new = || entries.iter().zip(are).enumerate().filter(|(_, (_, is))| **is == Is::New);
        let count = new().count();
        if count == 0 {
            return identity::write(self.conn, source, &[], shared).await.map(|()| Vec::new());
        }
        self.change().await?;
        let people =
            People::bring_in(self.conn, self.network, new().map(|(_, (entry, _))| &entry.new.item.author)).await?;
        let first = self.next(count).await?;
        let mut twins: HashMap<usize, Vec<&Entry<'_>>> = HashMap::new();
        for (twin, is) in entries.iter().zip(are) {
            if let Is::Same(first) = is {
                twins.entry(*first).or_default().push(twin);
            }
        }
        let mut owned = Vec::new();
        let mut drafts = Vec::with_capacity(count);
        for (id, (at, (entry, _))) in (first..).zip(new()) {
            let mut keys = names.free(entry, shared);
            keys.extend(twins.remove(&at).into_iter().flatten().flat_map(|twin| names.free(twin, shared)));
            keys.sort_unstable();
            keys.dedup();
            owned.extend(keys.iter().map(|key| (*key, id)));
            drafts.push(self.draft(id, entry.new, keys, &people));
        }
        let mut newcomers: Vec<Newcomer<'_>> = drafts
            .iter_mut()
            .map(|draft| Newcomer { kept: &mut draft.kept, repost_of: draft.new.item.repost_of.as_deref() })
            .collect();
        stories::assign(self.conn, source, self.since, self.similar, &mut newcomers).await?;
        for Draft { kept, .. } in &drafts {
            self.tally.count(kept, 1);
            if kept.story != kept.id {
                self.tally.story(kept.story, 1);
            }
        }
        let written = write::write(self.conn, drafts, self.since).await?;
        identity::write(self.conn, source, &owned, shared).await?;
        stories::sweep(self.conn, self.since).await?;
        Ok(written.iter().map(|kept| kept.place).collect())
    }

    /// Takes numbers for so many new mentions; returns the first.
    async fn next(&mut self, count: usize) -> Done<i64> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let after: i64 = sqlx::query_scalar("UPDATE head SET next = next + ? RETURNING next")
            .bind(count)
            .fetch_one(&mut *self.conn)
            .await?;
        if after > place::LAST_NUMBER {
            return Err(Fault::other("it has no numbers left for further mentions"));
        }
        Ok(after - count)
    }

    fn draft(&self, id: i64, new: &'a NewMention, keys: Vec<i64>, people: &People) -> Draft<'a> {
        let texts = Texts::of(new);
        let published = time::published(new.item.claimed, new.first_seen);
        let kept = Kept {
            id,
            place: place::of(published, id),
            source: self.batch.source.0,
            network: self.network,
            story: id,
            read: new.read,
            visibility: new.item.visibility,
            person: people.of(&new.item.author),
            readings: new.readings.clone(),
            fingerprint: new.fingerprint,
            url: write::address(new),
            native_id: codec::capped(&new.item.native_id, LONGEST_ID),
            keys,
            words: texts.words(),
            first_seen: place::to_millis(new.first_seen),
            history: new.history,
        };
        Draft { kept, new, texts, edited_at: None }
    }

    async fn take_down(&mut self, names: &Names, deleted: &HashSet<i64>) -> Done<Vec<MentionId>> {
        let ids: Vec<i64> = deleted.iter().filter_map(|name| names.owner(*name)).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.change().await?;
        let today = erase::day(self.batch.outcome.at);
        let erased = erase::erase(self.conn, ids, erase::Why::Deleted, today, &mut self.tally).await?;
        for kept in &erased {
            self.similar.remove(kept);
        }
        // The name that was taken down may be an older one than the mention goes by now.
        let source = self.batch.source.0;
        let second = |id| erased.iter().find(|kept| kept.id == id).map(|kept| place::second_of(kept.place));
        let named = deleted.iter().filter_map(|name| Some([source, *name, second(names.owner(*name)?)?]));
        identity::bury(self.conn, &named.collect::<Vec<_>>(), today).await?;
        let mut ids: Vec<MentionId> = erased.iter().map(|kept| MentionId(kept.id)).collect();
        ids.sort_unstable();
        Ok(ids)
    }
}

/// Known mentions of a batch; what was erased before counts as unchanged.
struct Known<'a> {
    changed: Vec<(i64, &'a NewMention)>,
    unchanged: usize,
}
