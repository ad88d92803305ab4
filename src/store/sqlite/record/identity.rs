//! Which items of a batch are mentions that are known already.
//!
//! A realm knows a mention by names: its native id and its aliases, kept as hashes. An item is the mention that
//! its native id names, else the one that an alias names. Two rules keep different items apart that share an alias
//! (entries that all link to the home page): an alias does not lead to a mention that another item of the same
//! batch is by its own right, and a name that two mentions of one batch claim leads nowhere from then on. Items
//! of one batch with different native ids are the same only when all their aliases and their content agree. Names of
//! what the brand published itself are kept apart; an item with such a name is no mention.

use std::collections::{HashMap, HashSet};

use sqlx::sqlite::SqliteConnection;
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::{Item, Visibility};
use crate::store::sqlite::bulk::{Cell, Insert, json, json_rows};
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::place;
use crate::store::{Need, NewMention};

/// Owner of a name that two mentions share.
const SHARED: i64 = -1;
/// Days after which an erased mention that no source shows any more is forgotten for good.
pub(super) const FORGET_AFTER: i64 = 400;
/// Days between two notes that a source still shows what was erased.
const NOTE_EVERY: i64 = 30;

/// The hash of a name.
pub(in crate::store::sqlite) fn key(name: &str) -> i64 {
    xxh3_64(name.as_bytes()).cast_signed()
}

/// An item of the batch, once for each native id.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    /// What the source saw, last.
    pub(super) new: &'a NewMention,
    /// Name by its native id.
    pub(super) native: i64,
    /// Names by its aliases.
    pub(super) aliases: Vec<i64>,
    /// A copy in the batch addresses us.
    pub(super) addressed: bool,
    /// The narrowest that a copy in the batch says.
    pub(super) visibility: Visibility,
    /// What the copies in the batch ask of us: what is due first.
    pub(super) need: Option<Need>,
}

impl Entry<'_> {
    /// Its names, the native one first.
    pub(super) fn names(&self) -> impl Iterator<Item = i64> {
        [self.native].into_iter().chain(self.aliases.iter().copied())
    }

    fn second(&self) -> i64 {
        place::second(crate::domain::time::published(self.new.item.claimed, self.new.first_seen))
    }
}

/// What an item turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Is {
    /// This mention.
    Known(i64),
    /// Nothing that we know.
    New,
    /// The same as the entry at this position.
    Same(usize),
    /// This act of ours.
    Act(i64),
    /// Erased, and not to come back.
    Gone,
}

/// One entry for each native id, in the order of the batch. Of several the one that was edited or published last
/// speaks; the last of equals. `leave_out` are native names that are no mentions.
pub(super) fn entries<'a>(mentions: impl Iterator<Item = &'a NewMention>, leave_out: &HashSet<i64>) -> Vec<Entry<'a>> {
    let mut positions: HashMap<i64, usize> = HashMap::new();
    let mut entries: Vec<Entry<'a>> = Vec::with_capacity(mentions.size_hint().1.unwrap_or_default());
    for new in mentions {
        let native = key(&new.item.native_id);
        if leave_out.contains(&native) {
            continue;
        }
        let mut aliases: Vec<i64> = new.item.aliases.iter().map(|alias| key(alias)).collect();
        match positions.get(&native).and_then(|at| entries.get_mut(*at)) {
            Some(known) => {
                let moment = |new: &NewMention| new.item.edited.max(new.item.claimed);
                if moment(new) >= moment(known.new) {
                    known.new = new;
                }
                known.aliases.append(&mut aliases);
                known.addressed |= new.item.addressed;
                known.visibility = known.visibility.narrower(new.item.visibility);
                known.need = sooner(known.need, need(new));
            }
            None => {
                positions.insert(native, entries.len());
                let Item { addressed, visibility, .. } = new.item;
                entries.push(Entry { new, native, aliases, addressed, visibility, need: need(new) });
            }
        }
    }
    for entry in &mut entries {
        entry.aliases.retain(|alias| *alias != entry.native);
        entry.aliases.sort_unstable();
        entry.aliases.dedup();
    }
    entries
}

/// What a mention asks of us; history asks nothing, unless it has no date.
fn need(new: &NewMention) -> Option<Need> {
    new.need.filter(|_| !new.history || new.item.claimed.is_none())
}

fn sooner(one: Option<Need>, other: Option<Need>) -> Option<Need> {
    [one, other].into_iter().flatten().min_by_key(|need| need.due)
}

/// What the store knows of a batch's names.
#[derive(Debug, Default)]
pub(super) struct Names {
    owners: HashMap<i64, i64>,
    acts: HashMap<i64, i64>,
    /// Second published and day of what was erased.
    gone: HashMap<i64, (i64, i64)>,
}

impl Names {
    /// Looks names up.
    pub(super) async fn look_up(
        conn: &mut SqliteConnection,
        realm: i64,
        names: impl Iterator<Item = i64>,
    ) -> Done<Self> {
        let rows: Vec<(i64, i64, i64, i64)> = sqlx::query_as(
            "SELECT 0, i.key, i.mention, 0 FROM json_each(?2) j CROSS JOIN identity i ON i.realm = ?1 AND i.key = j.value
             UNION ALL
             SELECT 1, d.key, d.act, 0 FROM json_each(?2) j CROSS JOIN deed d ON d.realm = ?1 AND d.key = j.value
             UNION ALL
             SELECT 2, g.key, g.published, g.day FROM json_each(?2) j
             CROSS JOIN gone g ON g.realm = ?1 AND g.key = j.value",
        )
        .bind(realm)
        .bind(json(names))
        .fetch_all(conn)
        .await?;
        let mut known = Self::default();
        for (kind, key, value, day) in rows {
            match kind {
                0 => known.owners.insert(key, value).is_some(),
                1 => known.acts.insert(key, value).is_some(),
                _ => known.gone.insert(key, (value, day)).is_some(),
            };
        }
        Ok(known)
    }

    /// The act that a name leads to.
    pub(super) fn act(&self, key: i64) -> Option<i64> {
        self.acts.get(&key).copied()
    }

    /// Whether what had this name was erased.
    pub(super) fn is_gone(&self, key: i64) -> bool {
        self.gone.contains_key(&key)
    }

    /// Mentions that are no mentions any more.
    pub(super) fn forget(&mut self, mentions: &HashSet<i64>) {
        self.owners.retain(|_, owner| !mentions.contains(owner));
    }

    /// An act came under these names.
    pub(super) fn learn_act(&mut self, names: &[i64], act: i64) {
        self.acts.extend(names.iter().map(|name| (*name, act)));
    }

    /// The mention that a name leads to.
    pub(super) fn owner(&self, key: i64) -> Option<i64> {
        self.owners.get(&key).copied().filter(|owner| *owner != SHARED)
    }

    /// Tells what each entry is, and which names two of the new ones share.
    pub(super) fn resolve(&self, entries: &[Entry<'_>]) -> (Vec<Is>, HashSet<i64>) {
        let mut claimed: HashSet<i64> = entries.iter().filter_map(|entry| self.owner(entry.native)).collect();
        let mut first_by_alias: HashMap<i64, usize> = HashMap::new();
        let mut shared = HashSet::new();
        let mut all = Vec::with_capacity(entries.len());
        for (at, entry) in entries.iter().enumerate() {
            let is = self.resolve_one(entry, entries, &first_by_alias, &mut claimed);
            if !matches!(is, Is::Same(_)) {
                for alias in &entry.aliases {
                    let taken = *first_by_alias.entry(*alias).or_insert(at) != at;
                    let owned = self.owner(*alias).is_some_and(|owner| is != Is::Known(owner));
                    if taken || (is == Is::New && owned) {
                        shared.insert(*alias);
                    }
                }
            }
            all.push(is);
        }
        shared.retain(|name| self.owners.get(name) != Some(&SHARED));
        (all, shared)
    }

    fn resolve_one(
        &self,
        entry: &Entry<'_>,
        entries: &[Entry<'_>],
        first_by_alias: &HashMap<i64, usize>,
        claimed: &mut HashSet<i64>,
    ) -> Is {
        if let Some(owner) = self.owner(entry.native) {
            return Is::Known(owner);
        }
        if let Some(act) = self.act(entry.native) {
            return Is::Act(act);
        }
        let twin = entry.aliases.first().and_then(|alias| first_by_alias.get(alias)).copied().filter(|first| {
            entries
                .get(*first)
                .is_some_and(|first| first.aliases == entry.aliases && first.new.content == entry.new.content)
        });
        if let Some(first) = twin {
            return Is::Same(first);
        }
        if let Some(owner) =
            entry.aliases.iter().filter_map(|alias| self.owner(*alias)).find(|one| !claimed.contains(one))
        {
            claimed.insert(owner);
            return Is::Known(owner);
        }
        if let Some(act) = entry.aliases.iter().find_map(|alias| self.act(*alias)) {
            return Is::Act(act);
        }
        // A name alone may be shared with something older; with the same date it is the erased one itself.
        let erased = |alias: &i64| self.gone.get(alias).is_some_and(|(second, _)| *second == entry.second());
        if self.gone.contains_key(&entry.native) || entry.aliases.iter().any(erased) { Is::Gone } else { Is::New }
    }

    /// Names of an entry that lead nowhere yet and become its mention's.
    pub(super) fn free(&self, entry: &Entry<'_>, shared: &HashSet<i64>) -> Vec<i64> {
        let native = self.owner(entry.native).is_none().then_some(entry.native);
        let aliases = entry.aliases.iter().filter(|alias| !self.owners.contains_key(alias) && !shared.contains(alias));
        native.into_iter().chain(aliases.copied()).collect()
    }

    /// Notes that a source still shows what was erased, so that it is not forgotten too early.
    pub(super) async fn note_gone(
        &self,
        conn: &mut SqliteConnection,
        realm: i64,
        entries: &[Entry<'_>],
        today: i64,
    ) -> Done<()> {
        let stale = entries
            .iter()
            .flat_map(Entry::names)
            .filter(|name| self.gone.get(name).is_some_and(|(_, day)| today - day >= NOTE_EVERY));
        let stale: Vec<i64> = stale.collect();
        if !stale.is_empty() {
            sqlx::query("UPDATE gone SET day = ?1 WHERE realm = ?2 AND key IN (SELECT value FROM json_each(?3))")
                .bind(today)
                .bind(realm)
                .bind(json(stale))
                .execute(conn)
                .await?;
        }
        Ok(())
    }
}

/// Writes names down: each with the mention that it leads to, and those that are shared.
pub(super) async fn write(
    conn: &mut SqliteConnection,
    realm: i64,
    names: &[(i64, i64)],
    shared: &HashSet<i64>,
) -> Done<()> {
    const NAMES: Insert =
        Insert { head: "INSERT OR REPLACE INTO identity (realm, key, mention)", width: 3, tail: "", most: 256 };
    let owned = names.iter().copied().chain(shared.iter().map(|name| (*name, SHARED)));
    NAMES.run(conn, owned.flat_map(|(name, mention)| [realm, name, mention].map(Cell::Int)).collect()).await
}

/// Takes names away. Those that now lead to another mention stay.
pub(super) async fn remove(conn: &mut SqliteConnection, names: &[[i64; 3]]) -> Done<()> {
    sqlx::query(
        "DELETE FROM identity WHERE (realm, key, mention) IN
             (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))",
    )
    .bind(json_rows(names.iter().copied()))
    .execute(conn)
    .await?;
    Ok(())
}

/// Remembers erased names: realm, name, second published.
pub(super) async fn bury(conn: &mut SqliteConnection, names: &[[i64; 3]], today: i64) -> Done<()> {
    const GONE: Insert =
        Insert { head: "INSERT OR REPLACE INTO gone (realm, key, published, day)", width: 4, tail: "", most: 256 };
    let cells = names.iter().flat_map(|[realm, name, second]| [*realm, *name, *second, today].map(Cell::Int));
    GONE.run(conn, cells.collect()).await
}
