//! Recording one poll: everything that it changes, in one transaction.

mod acts;
mod answers;
mod corrected;
mod erase;
mod forgetting;
mod identity;
mod kept;
mod known;
mod leavers;
mod people;
mod similar;
mod stories;
mod tally;
mod traces;
mod write;

use std::collections::{BTreeSet, HashMap, HashSet};

use sqlx::sqlite::SqliteConnection;
use tokio::sync::Mutex;

pub(super) use acts::UNSEEN;
pub(super) use corrected::{correct, undo};
pub(super) use erase::{day, retain};
pub(super) use forgetting::{names as names_of, reposts, reword, take_out};
pub(super) use identity::key as name_key;
pub(super) use kept::Kept;
pub(super) use similar::Similar;
pub(super) use tally::Tally;

use super::connection::begin;
use super::fault::{Done, Fault};
use super::forget::{self, Forgotten};
use super::{cases, codec, giving, lease, place, realm, roster, stream};
use crate::domain::{MentionId, OwnHistory, time};
use crate::store::{Lease, Need, RecordBatch, Recorded};
use acts::Deed;
use cases::threads::Says;
use identity::{Entry, Is, Names};
use leavers::Leavers;
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
    let (recorded, revision) = inside(&mut tx, &mut similar, held.is_some(), batch).await?;
    tx.commit().await?;
    if let Some(revision) = revision {
        similar.settle(revision);
    }
    Ok(recorded)
}

/// Records older posts of our own, and how far back they go.
pub(super) async fn record_own_history(
    conn: &mut SqliteConnection,
    similar: &Mutex<Similar>,
    held: &Lease,
    batch: &RecordBatch,
    history: &OwnHistory,
) -> Done<Recorded> {
    let mut similar = similar.lock().await;
    let mut tx = begin(conn).await?;
    lease::check(&mut tx, held).await?;
    let (recorded, revision) = inside(&mut tx, &mut similar, false, batch).await?;
    roster::keep_own_history(&mut tx, batch.source, history).await?;
    tx.commit().await?;
    if let Some(revision) = revision {
        similar.settle(revision);
    }
    Ok(recorded)
}

/// Records inside a transaction that is under way, and leaves the source's state as it is. Gives the revision for
/// [`Similar::settle`], once that is committed.
pub(super) async fn within(
    conn: &mut SqliteConnection,
    similar: &mut Similar,
    batch: &RecordBatch,
) -> Done<(Recorded, Option<i64>)> {
    inside(conn, similar, false, batch).await
}

async fn inside(
    conn: &mut SqliteConnection,
    similar: &mut Similar,
    polled: bool,
    batch: &RecordBatch,
) -> Done<(Recorded, Option<i64>)> {
    let source: Option<(i64, Option<i64>)> = sqlx::query_as("SELECT network, scope FROM source WHERE id = ?")
        .bind(batch.source.0)
        .fetch_optional(&mut *conn)
        .await?;
    let Some((network, scope)) = source else {
        return Err(Fault::other(format!("there is no source number {}", batch.source)));
    };
    let now = place::second(batch.outcome.at);
    let mut recording = Recording {
        conn: &mut *conn,
        batch,
        polled,
        network,
        realm: realm::of(batch.source.0, scope),
        since: place::start_of(now - stories::WINDOW),
        tally: Tally::default(),
        similar,
        changes: false,
        arrivals: cases::Arrivals::default(),
        responding: BTreeSet::new(),
    };
    let recorded = recording.run().await?;
    let changes = recording.changes;
    let revision = revision(conn).await?;
    Ok((recorded, changes.then_some(revision)))
}

/// A recording under way.
struct Recording<'a> {
    conn: &'a mut SqliteConnection,
    batch: &'a RecordBatch,
    polled: bool,
    network: i64,
    /// Where the batch's names mean what they mean.
    realm: i64,
    /// First place of the days within which mentions are grouped.
    since: i64,
    tally: Tally,
    similar: &'a mut Similar,
    /// Mentions come, change or go.
    changes: bool,
    /// What is to come to its case.
    arrivals: cases::Arrivals,
    /// Mentions that may answer an act of ours now.
    responding: BTreeSet<i64>,
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

impl<'a> Recording<'a> {
    async fn run(&mut self) -> Done<Recorded> {
        let batch = self.batch;
        let mut recorded = Recorded::default();
        let mut places = Vec::new();
        let leavers = Leavers::new(&batch.gone);
        if !batch.mentions.is_empty() || !batch.acts.is_empty() || !batch.deleted.is_empty() {
            places = self.items(&leavers, &mut recorded).await?;
        }
        self.let_go(&leavers, &mut recorded).await?;
        recorded.deleted.sort_unstable();
        if self.polled {
            roster::outcome(self.conn, batch.source, &batch.cursor, &batch.outcome).await?;
        }
        std::mem::take(&mut self.tally).write(self.conn).await?;
        recorded.new = stream::rows_of(self.conn, places).await?;
        Ok(recorded)
    }

    /// Everything that the batch holds: what we wrote first, so that what it answers is answered whichever comes
    /// first. Returns the places of new mentions.
    async fn items(&mut self, leavers: &Leavers<'_>, recorded: &mut Recorded) -> Done<Vec<i64>> {
        let batch = self.batch;
        let flagged = batch.mentions.iter().map(|new| &new.item).chain(batch.acts.iter().map(|act| &act.item));
        let flagged = flagged.filter(|item| item.deleted).map(|item| &item.native_id);
        let deleted: HashSet<i64> = batch.deleted.iter().chain(flagged).map(|id| identity::key(id)).collect();
        let deeds = acts::deeds(&batch.acts, &deleted, leavers);
        let no_mentions = deleted.iter().copied().chain(deeds.iter().map(|deed| deed.native)).collect();
        let forgotten = Forgotten::load(self.conn).await?;
        let network =
            if forgotten.is_empty() { String::new() } else { forget::network(self.conn, self.network).await? };
        let staying = batch.mentions.iter().filter(|new| !leavers.has(&new.item.author));
        let staying = staying.filter(|new| !forgotten.author(&network, &new.item.author));
        let entries = identity::entries(staying, &no_mentions);
        let asked = entries.iter().flat_map(Entry::names).chain(deeds.iter().flat_map(Deed::asks));
        let mut names = Names::look_up(self.conn, self.realm, asked.chain(deleted.iter().copied())).await?;
        self.acts(&deeds, &mut names, recorded).await?;
        let (are, shared) = names.resolve(&entries);
        self.copies_of_acts(&entries, &are, recorded).await?;
        let known = self.known(&entries, &are, &names, &shared).await?;
        recorded.known += known.unchanged;
        recorded.answered.extend(known.answered);
        recorded.edited = self.edit(known.changed).await?;
        let places = self.bring_in(&entries, &are, &names, &shared).await?;
        self.responding.extend(&self.arrivals.moved);
        giving::settle(self.conn, std::mem::take(&mut self.responding)).await?;
        cases::settle(self.conn, self.realm, std::mem::take(&mut self.arrivals)).await?;
        recorded.deleted.extend(self.take_down(&names, &deleted).await?);
        self.take_down_acts(&names, &deleted, recorded).await?;
        names.note_gone(self.conn, self.realm, &entries, erase::day(batch.outcome.at)).await?;
        Ok(places)
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

    /// Stores what is new; returns the places.
    async fn bring_in(
        &mut self,
        entries: &[Entry<'a>],
        are: &[Is],
        names: &Names,
        shared: &HashSet<i64>,
    ) -> Done<Vec<i64>> {
        let from = stories::From { source: self.batch.source.0, realm: self.realm };
        let new = || entries.iter().zip(are).enumerate().filter(|(_, (_, is))| **is == Is::New);
        let count = new().count();
        if count == 0 {
            return identity::write(self.conn, self.realm, &[], shared).await.map(|()| Vec::new());
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
            drafts.push(self.draft(id, entry, keys, &people));
        }
        let says: Vec<Says> = drafts.iter().map(|draft| Says::of(&draft.new.item)).collect();
        let threads = cases::threads::of_new(self.conn, self.realm, &says).await?;
        for ((draft, says), thread) in drafts.iter_mut().zip(&says).zip(&threads) {
            draft.kept.thread_name = Some(*thread).filter(|thread| *thread != says.native);
        }
        let answers = answers::waiting(self.conn, self.realm, owned.iter().map(|(key, _)| *key)).await?;
        answers.apply(drafts.iter_mut().map(|draft| &mut draft.kept));
        let mut newcomers: Vec<Newcomer<'_>> = drafts
            .iter_mut()
            .map(|draft| Newcomer { kept: &mut draft.kept, repost_of: draft.new.item.repost_of.as_deref() })
            .collect();
        stories::assign(self.conn, from, self.since, self.similar, &mut newcomers).await?;
        for Draft { kept, .. } in &drafts {
            self.tally.count(kept, 1);
            if kept.story != kept.id && !kept.is_private() {
                self.tally.story(kept.story, 1);
            }
        }
        self.responding
            .extend(says.iter().zip(&drafts).filter(|(says, _)| says.answers()).map(|(_, draft)| draft.kept.id));
        let needs = new().map(|(_, (entry, _))| entry.need);
        let words = drafts.iter().zip(&threads).zip(needs).map(|((draft, thread), need)| word(draft, *thread, need));
        self.arrivals.words = words.collect();
        let written = write::write(self.conn, drafts, self.since).await?;
        identity::write(self.conn, self.realm, &owned, shared).await?;
        answers.write(self.conn, &owned).await?;
        let moved: Vec<(i64, i64)> = says.iter().map(|says| says.native).zip(threads).collect();
        self.arrivals.moved.extend(cases::threads::gather(self.conn, self.realm, &moved).await?);
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

    fn draft(&self, id: i64, entry: &Entry<'a>, keys: Vec<i64>, people: &People) -> Draft<'a> {
        let new = entry.new;
        let texts = Texts::of(new);
        let published = time::published(new.item.claimed, new.first_seen);
        let kept = Kept {
            id,
            place: place::of(published, id),
            source: self.batch.source.0,
            realm: self.realm,
            network: self.network,
            story: id,
            read: new.read,
            visibility: entry.visibility,
            person: people.of(&new.item.author),
            readings: new.readings.clone(),
            fingerprint: new.fingerprint,
            url: write::address(new),
            native_id: codec::capped(&new.item.native_id, LONGEST_ID),
            keys,
            words: texts.words(),
            first_seen: place::to_millis(new.first_seen),
            history: new.history,
            addressed: entry.addressed,
            edited_at: None,
            answered: None,
            watches: new.matches.iter().map(|watch| watch.0).collect(),
            thread: [write::small(new.item.parent.as_deref()), write::small(new.item.root.as_deref())],
            thread_name: None,
        };
        Draft { kept, new, texts }
    }

    async fn take_down(&mut self, names: &Names, deleted: &HashSet<i64>) -> Done<Vec<MentionId>> {
        let ids: Vec<i64> = deleted.iter().filter_map(|name| names.owner(*name)).collect();
        let erased = self.take_out(ids, erase::Why::Deleted).await?;
        // The name that was taken down may be an older one than the mention goes by now.
        let second = |id| erased.iter().find(|kept| kept.id == id).map(|kept| place::second_of(kept.place));
        let named = deleted.iter().filter_map(|name| Some([self.realm, *name, second(names.owner(*name)?)?]));
        let named: Vec<_> = named.collect();
        if !named.is_empty() {
            identity::bury(self.conn, &named, erase::day(self.batch.outcome.at)).await?;
        }
        Ok(erased.iter().map(|kept| MentionId(kept.id)).collect())
    }

    /// Erases mentions; returns those that were there.
    async fn take_out(&mut self, ids: Vec<i64>, why: erase::Why) -> Done<Vec<Kept>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.change().await?;
        let today = erase::day(self.batch.outcome.at);
        let erased = erase::erase(self.conn, ids, why, today, &mut self.tally).await?;
        for kept in &erased {
            self.similar.remove(kept);
        }
        Ok(erased)
    }
}

/// A new mention as its case hears it.
fn word(draft: &Draft<'_>, thread: i64, need: Option<Need>) -> cases::Word {
    let kept = &draft.kept;
    let name = people::plain_name(&draft.new.item.author);
    cases::Word {
        mention: kept.id,
        place: kept.place,
        realm: kept.realm,
        source: kept.source,
        network: kept.network,
        thread,
        who: cases::who(kept.person, kept.source, name.as_deref()),
        person: kept.person,
        need,
        seen: kept.first_seen,
        history: kept.history,
        addressed: kept.addressed,
        private: kept.is_private(),
        answered: kept.answered.is_some(),
        story: kept.story,
        says: cases::Said::of(&kept.readings),
    }
}
