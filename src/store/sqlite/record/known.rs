//! Items that are mentions already: what they change, and what they only add.
//!
//! Another copy, by the same source or by another of its scope, edits a mention when its content differs. Without an
//! edit it may still add that the mention addresses us, or that it is not public. What was said once of either stays.

use std::collections::{HashMap, HashSet};

use sqlx::AssertSqlSafe;

use super::corrected::Standing;
use super::identity::{self, Entry, Is, Names};
use super::kept;
use super::people::{self, People};
use super::write::{self, Draft, Texts};
use super::{Kept, LONGEST_ID, Recording, answers, stories, traces};
use crate::domain::{Author, MentionId, Reading, Visibility};
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::codec::{self, flag};
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::{cases, giving, place};

/// What is stored of a mention that an item turned out to be.
struct Before {
    content: i64,
    native_id: String,
    keys: Vec<i64>,
    addressed: bool,
    visibility: Visibility,
    /// Its author, when only the id is known of them.
    unnamed: Option<i64>,
}

/// A mention that an item changes.
pub(super) struct Change<'e, 'a> {
    id: i64,
    entry: &'e Entry<'a>,
    /// Its content differs.
    edited: bool,
}

/// Known mentions of a batch; what was erased before counts as unchanged.
pub(super) struct Known<'e, 'a> {
    /// Those that an item changes.
    pub(super) changed: Vec<Change<'e, 'a>>,
    /// How many others.
    pub(super) unchanged: usize,
    /// Those that turn out to be answered, now that they are known by a further name.
    pub(super) answered: Vec<MentionId>,
}

impl<'a> Recording<'a> {
    /// Sorts known mentions into changed and unchanged ones, and learns new names for them and their authors.
    pub(super) async fn known<'e>(
        &mut self,
        entries: &'e [Entry<'a>],
        are: &[Is],
        names: &Names,
        shared: &HashSet<i64>,
    ) -> Done<Known<'e, 'a>> {
        let gone = are.iter().filter(|is| matches!(is, Is::Gone)).count();
        let mut known = Known { unchanged: gone, changed: Vec::new(), answered: Vec::new() };
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
        let mut unnamed: Vec<(i64, &Author)> = Vec::new();
        for (at, (entry, is)) in entries.iter().zip(are).enumerate() {
            let Some((id, before)) = mentions(at).and_then(|id| Some((id, stored.get(&id)?))) else { continue };
            learned.entry(id).or_default().extend(names.free(entry, shared));
            if matches!(is, Is::Same(_)) {
                continue;
            }
            let item = &entry.new.item;
            if before.native_id != codec::capped(&item.native_id, LONGEST_ID) {
                renamed.insert(id, &item.native_id);
            }
            unnamed.extend(before.unnamed.filter(|_| item.author.handle.is_some()).map(|who| (who, &item.author)));
            let edited = before.content != entry.new.content.cast_signed();
            let narrower = before.visibility.narrower(entry.visibility) != before.visibility;
            if edited || narrower || (entry.addressed && !before.addressed) {
                known.changed.push(Change { id, entry, edited });
            } else {
                known.unchanged += 1;
            }
        }
        people::name(self.conn, &unnamed).await?;
        known.answered = self.learn(&stored, learned, &renamed).await?;
        Ok(known)
    }

    async fn before(&mut self, ids: impl Iterator<Item = i64>) -> Done<HashMap<i64, Before>> {
        let ids: Vec<i64> = ids.collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        // Only in a scope does one source know what another does not.
        let unnamed = if self.realm < 0 {
            "(SELECT p.id FROM person p WHERE p.id = body.person AND p.handle IS NULL)"
        } else {
            "NULL"
        };
        let sql = format!(
            "SELECT id, content, native_id, keys, flags, visibility, {unnamed} FROM body
             WHERE id IN (SELECT value FROM json_each(?))"
        );
        type Row = (i64, i64, String, Vec<u8>, i64, i64, Option<i64>);
        let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql)).bind(json(ids)).fetch_all(&mut *self.conn).await?;
        let before = |(id, content, native_id, keys, flags, visibility, unnamed): Row| {
            let before = Before {
                content,
                native_id,
                keys: codec::numbers_from(&keys),
                addressed: flags & flag::ADDRESSED != 0,
                visibility: codec::visibility_from(visibility),
                unnamed,
            };
            (id, before)
        };
        Ok(rows.into_iter().map(before).collect())
    }

    /// Writes down under which further names mentions are known. Returns those that are answered under them.
    async fn learn(
        &mut self,
        stored: &HashMap<i64, Before>,
        learned: HashMap<i64, Vec<i64>>,
        renamed: &HashMap<i64, &str>,
    ) -> Done<Vec<MentionId>> {
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
        if owned.is_empty() {
            return Ok(Vec::new());
        }
        identity::write(self.conn, self.realm, &owned, &HashSet::new()).await?;
        let waiting = answers::waiting(self.conn, self.realm, owned.iter().map(|(name, _)| *name)).await?;
        waiting.write(self.conn, &owned).await?;
        let found = waiting.found(&owned);
        self.arrivals.answered.extend(&found);
        answers::settle(self.conn, &found).await
    }

    /// Replaces what changed. Number, place and what a person did with it stay; so does its story, unless it turns out
    /// not to be public. Returns what was edited.
    pub(super) async fn edit(&mut self, changed: Vec<Change<'_, 'a>>) -> Done<Vec<MentionId>> {
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        self.change().await?;
        let authors = changed.iter().map(|change| &change.entry.new.item.author);
        let people = People::bring_in(self.conn, self.network, authors).await?;
        let old = kept::load(self.conn, changed.iter().map(|change| change.id)).await?;
        traces::remove(self.conn, &old).await?;
        let by_id: HashMap<i64, &Kept> = old.iter().map(|kept| (kept.id, kept)).collect();
        let at = place::to_millis(self.batch.outcome.at);
        let standing = Standing::load(self.conn, changed.iter().map(|change| change.id)).await?;
        let (mut edited, mut others) = (Vec::new(), Vec::new());
        let mut drafts = Vec::with_capacity(changed.len());
        for change in changed {
            let Some(before) = by_id.get(&change.id) else { continue };
            let mut draft = revised(&standing.plain(before), &change, &people, at);
            standing.rebase(self.conn, &draft.kept).await?;
            standing.put_over(&mut draft.kept);
            self.tally.count(before, -1);
            self.tally.count(&draft.kept, 1);
            if draft.kept.story != before.story {
                self.tally.story(before.story, -1);
            }
            self.similar.remove(before);
            self.similar.add(&draft.kept);
            self.arrivals.edits.push(cases::Edit {
                mention: change.id,
                need: change.entry.need,
                seen: place::to_millis(change.entry.new.first_seen),
                adds: adds(before, &change),
            });
            if draft.kept.thread != before.thread {
                self.responding.insert(change.id);
            }
            if draft.kept.person != before.person {
                others.push(change.id);
            }
            edited.push(MentionId(change.id));
            drafts.push(draft);
        }
        write::write(self.conn, drafts, self.since).await?;
        people::forget(self.conn, old.iter().filter_map(|kept| kept.person)).await?;
        giving::touch(self.conn, &others).await?;
        Ok(edited)
    }
}

/// Whether a copy only adds to what is known: one that addresses us was read for the brand, and one that does not must
/// not take that reading away.
fn adds(before: &Kept, change: &Change<'_, '_>) -> bool {
    !change.edited || (before.addressed && !change.entry.addressed)
}

/// A mention as it is after a change.
fn revised<'a>(before: &Kept, change: &Change<'_, 'a>, people: &People, at: i64) -> Draft<'a> {
    let (entry, new) = (change.entry, change.entry.new);
    let texts = Texts::of(new);
    let visibility = before.visibility.narrower(entry.visibility);
    let withdrawn = visibility == Visibility::Private && before.visibility != Visibility::Private;
    let adds = adds(before, change);
    let [parent, root] = before.thread.clone();
    let mut watches: Vec<i64> = new.matches.iter().map(|watch| watch.0).collect();
    if adds {
        let more: Vec<i64> = before.watches.iter().filter(|watch| !watches.contains(watch)).copied().collect();
        watches.extend(more);
    }
    let kept = Kept {
        visibility,
        story: if withdrawn { stories::alone(before.id) } else { before.story },
        person: people.of(&new.item.author).or(before.person),
        readings: if adds { together(&before.readings, &new.readings) } else { new.readings.clone() },
        fingerprint: new.fingerprint,
        url: write::address(new),
        words: texts.words(),
        addressed: before.addressed || entry.addressed,
        edited_at: if change.edited { Some(at) } else { before.edited_at },
        watches,
        thread: [write::small(new.item.parent.as_deref()).or(parent), write::small(new.item.root.as_deref()).or(root)],
        ..before.clone()
    };
    Draft { kept, new, texts }
}

/// The new readings, and the old ones of subjects that have no new one, in the old order as far as it goes.
fn together(old: &[Reading], new: &[Reading]) -> Vec<Reading> {
    let of = |readings: &[Reading], one: &Reading| readings.iter().find(|other| other.subject == one.subject).cloned();
    let known = old.iter().map(|reading| of(new, reading).unwrap_or_else(|| reading.clone()));
    let more: Vec<Reading> = new.iter().filter(|reading| of(old, reading).is_none()).cloned().collect();
    // A reading for the brand stands first wherever it is.
    let first = new.first().is_some_and(|first| of(old, first).is_none());
    if first { more.into_iter().chain(known).collect() } else { known.chain(more).collect() }
}
