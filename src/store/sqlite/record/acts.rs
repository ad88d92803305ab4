//! What the brand published itself: recorded, changed and erased by the rules of mentions.

use std::collections::HashSet;

use sqlx::sqlite::SqliteConnection;

use super::identity::{self, Entry, Is, Names};
use super::leavers::Leavers;
use super::people::{self, People};
use super::{LONGEST_ID, Recording, answers, erase, write};
use crate::domain::{Item, MentionId, time};
use crate::store::sqlite::bulk::{Cell, Insert, json, json_rows};
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::{cases, codec, giving, place};
use crate::store::{NewAct, NewMention, Recorded};

/// The content of an act that we published ourselves, until its network shows it: what it makes of our words then is no
/// edit.
pub(in crate::store::sqlite) const UNSEEN: u64 = 0;

/// An act of the batch, once for each native id.
#[derive(Clone)]
pub(super) struct Deed<'a> {
    new: New<'a>,
    /// Name by its native id.
    pub(super) native: i64,
    aliases: Vec<i64>,
    /// Name of what it answers.
    target: Option<i64>,
}

/// What a source saw of an act; it may have taken it for a mention.
#[derive(Clone, Copy)]
struct New<'a> {
    item: &'a Item,
    published: i64,
    first_seen: i64,
    history: bool,
    lang: Option<&'a str>,
    content: i64,
}

impl<'a> From<&'a NewAct> for New<'a> {
    fn from(act: &'a NewAct) -> Self {
        Self {
            item: &act.item,
            published: place::to_millis(time::published(act.item.claimed, act.first_seen)),
            first_seen: place::to_millis(act.first_seen),
            history: act.history,
            lang: act.lang.as_deref(),
            content: act.content.cast_signed(),
        }
    }
}

impl<'a> From<&'a NewMention> for New<'a> {
    fn from(mention: &'a NewMention) -> Self {
        Self {
            item: &mention.item,
            published: place::to_millis(time::published(mention.item.claimed, mention.first_seen)),
            first_seen: place::to_millis(mention.first_seen),
            history: mention.history,
            lang: mention.lang.as_deref(),
            content: mention.content.cast_signed(),
        }
    }
}

/// The acts of a batch in its order, the last of several with one native id.
pub(super) fn deeds<'a>(acts: &'a [NewAct], deleted: &HashSet<i64>, leavers: &Leavers<'_>) -> Vec<Deed<'a>> {
    let mut deeds: Vec<Deed<'a>> = Vec::with_capacity(acts.len());
    for act in acts {
        let deed = Deed::of(&act.item, act.into());
        if deleted.contains(&deed.native) || leavers.has(&act.item.author) {
            continue;
        }
        match deeds.iter_mut().find(|known| known.native == deed.native) {
            Some(known) => *known = deed,
            None => deeds.push(deed),
        }
    }
    deeds
}

impl<'a> Deed<'a> {
    fn of(item: &'a Item, new: New<'a>) -> Self {
        let native = identity::key(&item.native_id);
        let mut aliases: Vec<i64> = item.aliases.iter().map(|alias| identity::key(alias)).collect();
        aliases.retain(|alias| *alias != native);
        let filled = |id: &'a Option<String>| id.as_deref().filter(|id| !id.is_empty());
        // A thread of which only the beginning is known is taken for what is answered.
        let target = filled(&item.parent).or_else(|| filled(&item.root)).map(identity::key);
        Self { new, native, aliases, target: target.filter(|target| *target != native) }
    }

    /// Names that must be looked up for it.
    pub(super) fn asks(&self) -> impl Iterator<Item = i64> {
        [self.native].into_iter().chain(self.aliases.iter().copied()).chain(self.target)
    }

    fn names(&self, names: &Names) -> Vec<i64> {
        let free = |name: &i64| names.act(*name).is_none() && names.owner(*name).is_none();
        [self.native].into_iter().chain(self.aliases.iter().copied()).filter(free).collect()
    }
}

/// What is stored of an act: content, flags, visibility, keys, person, target, the mention that it answers.
type Stored = (i64, i64, i64, Vec<u8>, Option<i64>, Option<i64>, Option<i64>);

const ACT: Insert = Insert {
    head: "INSERT INTO act (realm, source, network, native_id, keys, content, published, first_seen, flags, visibility,
        person, author, title, text, warning, url, lang, parent, root, target, answers, thread)",
    width: 22,
    tail: "",
    most: 4,
};
const DEED: Insert = Insert { head: "INSERT OR REPLACE INTO deed (realm, key, act)", width: 3, tail: "", most: 256 };

impl<'a> Recording<'a> {
    /// Records acts. Mentions that turn out to be acts are taken out.
    pub(super) async fn acts(&mut self, deeds: &[Deed<'a>], names: &mut Names, recorded: &mut Recorded) -> Done<()> {
        if deeds.is_empty() {
            return Ok(());
        }
        let mistaken: HashSet<i64> = deeds.iter().filter_map(|deed| names.owner(deed.native)).collect();
        if !mistaken.is_empty() {
            let taken = self.take_out(mistaken.iter().copied().collect(), erase::Why::Ours).await?;
            recorded.deleted.extend(taken.iter().map(|kept| MentionId(kept.id)));
            names.forget(&mistaken);
        }
        let people = People::bring_in(self.conn, self.network, deeds.iter().map(|deed| &deed.new.item.author)).await?;
        let mut touched = HashSet::new();
        let mut claimed: HashSet<i64> = deeds.iter().filter_map(|deed| names.act(deed.native)).collect();
        for deed in deeds {
            let alias = || deed.aliases.iter().filter_map(|alias| names.act(*alias)).find(|act| !claimed.contains(act));
            let known = names.act(deed.native).or_else(alias);
            if let Some(act) = known {
                claimed.insert(act);
                touched.extend(self.act_again(act, deed, Some((names, &people)), recorded).await?);
            } else if names.is_gone(deed.native) {
                recorded.known += 1;
            } else {
                let answers = deed.target.and_then(|target| names.owner(target));
                touched.extend(answers);
                let (act, owned) = self.new_act(deed, names, &people, answers).await?;
                names.learn_act(&owned, act);
                claimed.insert(act);
                recorded.acts += 1;
            }
        }
        recorded.answered.extend(answers::settle(self.conn, &touched).await?);
        self.arrivals.answered.extend(touched);
        Ok(())
    }

    /// Items that a source took for mentions and that are known as acts.
    pub(super) async fn copies_of_acts(
        &mut self,
        entries: &[Entry<'a>],
        are: &[Is],
        recorded: &mut Recorded,
    ) -> Done<()> {
        let copies = entries.iter().zip(are).filter_map(|(entry, is)| match is {
            Is::Act(act) => Some((*act, Deed::of(&entry.new.item, entry.new.into()))),
            _ => None,
        });
        for (act, deed) in copies.collect::<Vec<_>>() {
            self.act_again(act, &deed, None, recorded).await?;
        }
        Ok(())
    }

    async fn new_act(
        &mut self,
        deed: &Deed<'a>,
        names: &Names,
        people: &People,
        answers: Option<i64>,
    ) -> Done<(i64, Vec<i64>)> {
        let New { item, published, first_seen, history, lang, content } = deed.new;
        let keys = deed.names(names);
        let thread = self.thread_of(item).await?;
        let cells = vec![
            Cell::Int(self.realm),
            Cell::Int(self.batch.source.0),
            Cell::Int(self.network),
            Cell::Text(codec::capped(&item.native_id, LONGEST_ID)),
            Cell::Bytes(codec::numbers(&keys)),
            Cell::Int(content),
            Cell::Int(published),
            Cell::Int(first_seen),
            Cell::Int(write::flags(item, history, item.addressed)),
            Cell::Int(codec::visibility(item.visibility)),
            Cell::from(people.of(&item.author)),
            Cell::from(people::plain_name(&item.author)),
            Cell::from(write::head(item.title.as_deref())),
            Cell::Text(write::body_text(&item.text)),
            Cell::from(write::head(item.content_warning.as_deref())),
            Cell::from(write::small(item.url.as_deref())),
            Cell::from(write::small(lang)),
            Cell::from(write::small(item.parent.as_deref())),
            Cell::from(write::small(item.root.as_deref())),
            Cell::from(deed.target),
            Cell::from(answers),
            Cell::from(Some(thread).filter(|thread| *thread != deed.native)),
        ];
        ACT.run(self.conn, cells).await?;
        let act: i64 = sqlx::query_scalar("SELECT last_insert_rowid()").fetch_one(&mut *self.conn).await?;
        self.name_act(act, &keys).await?;
        let moved = cases::threads::gather(self.conn, self.realm, &[(deed.native, thread)]).await?;
        self.arrivals.moved.extend(moved);
        self.responding.extend(giving::waiting(self.conn, self.realm, &keys, thread).await?);
        Ok((act, keys))
    }

    async fn thread_of(&mut self, item: &Item) -> Done<i64> {
        let says = cases::threads::Says::of(item);
        let threads = cases::threads::of_new(self.conn, self.realm, &[says]).await?;
        Ok(threads.first().copied().unwrap_or(says.native))
    }

    async fn name_act(&mut self, act: i64, names: &[i64]) -> Done<()> {
        let cells = names.iter().flat_map(|name| [self.realm, *name, act].map(Cell::Int));
        DEED.run(self.conn, cells.collect()).await
    }

    /// An act that is known: its words are replaced when they changed; what was said of it once stays. `known` are the
    /// names and people of the batch, when it was taken for an act there. Returns the mention that it answers, when
    /// that is learned only now.
    async fn act_again(
        &mut self,
        act: i64,
        deed: &Deed<'a>,
        known: Option<(&Names, &People)>,
        recorded: &mut Recorded,
    ) -> Done<Option<i64>> {
        let before: Option<Stored> =
            sqlx::query_as("SELECT content, flags, visibility, keys, person, target, answers FROM act WHERE id = ?")
                .bind(act)
                .fetch_optional(&mut *self.conn)
                .await?;
        let Some((content_before, flags_before, seen_by, keys, who, aim, mention)) = before else { return Ok(None) };
        let New { item, lang, content, .. } = deed.new;
        let flags = flags_before | (write::flags(item, false, item.addressed) & MARKS);
        let visibility = codec::visibility(codec::visibility_from(seen_by).narrower(item.visibility));
        let more = known.map(|(names, _)| deed.names(names)).unwrap_or_default();
        let person = who.or_else(|| known?.1.of(&item.author));
        let target = aim.or(deed.target);
        let answers = mention.or_else(|| known?.0.owner(target?));
        if content_before != content {
            let seen_before = content_before != UNSEEN.cast_signed();
            recorded.acts += 1;
            sqlx::query(
                "UPDATE act SET content = ?2, title = ?3, text = ?4, warning = ?5, url = coalesce(?6, url),
                     lang = coalesce(?7, lang), edited_at = ?8 WHERE id = ?1",
            )
            .bind(act)
            .bind(content)
            .bind(write::head(item.title.as_deref()))
            .bind(write::body_text(&item.text))
            .bind(write::head(item.content_warning.as_deref()))
            .bind(write::small(item.url.as_deref()))
            .bind(write::small(lang))
            .bind(seen_before.then(|| place::to_millis(self.batch.outcome.at)))
            .execute(&mut *self.conn)
            .await?;
        } else {
            recorded.known += 1;
        }
        let now = (flags, visibility, person, target, answers);
        if now != (flags_before, seen_by, who, aim, mention) || !more.is_empty() {
            let learns = aim.is_none() && target.is_some();
            let thread = if learns { Some(self.thread_of(item).await?) } else { None };
            let keys: Vec<i64> = codec::numbers_from(&keys).into_iter().chain(more.iter().copied()).collect();
            sqlx::query(
                "UPDATE act SET flags = ?2, visibility = ?3, person = ?4, keys = ?5, target = ?6, answers = ?7,
                     parent = coalesce(parent, ?8), root = coalesce(root, ?9), thread = coalesce(thread, ?10)
                 WHERE id = ?1",
            )
            .bind(act)
            .bind(flags)
            .bind(visibility)
            .bind(person)
            .bind(codec::numbers(&keys))
            .bind(target)
            .bind(answers)
            .bind(write::small(item.parent.as_deref()))
            .bind(write::small(item.root.as_deref()))
            .bind(thread)
            .execute(&mut *self.conn)
            .await?;
            self.name_act(act, &more).await?;
            if !more.is_empty() {
                let thread = self.thread_of(item).await?;
                self.responding.extend(giving::waiting(self.conn, self.realm, &more, thread).await?);
            }
        }
        Ok(answers.filter(|_| mention.is_none()))
    }

    /// Acts that were taken down answer nothing any more.
    pub(super) async fn take_down_acts(
        &mut self,
        names: &Names,
        deleted: &HashSet<i64>,
        recorded: &mut Recorded,
    ) -> Done<()> {
        let acts: Vec<i64> = deleted.iter().filter_map(|name| names.act(*name)).collect();
        self.erase_acts(&acts, recorded).await
    }

    /// Erases acts that are no more where they were published.
    pub(super) async fn erase_acts(&mut self, acts: &[i64], recorded: &mut Recorded) -> Done<()> {
        if acts.is_empty() {
            return Ok(());
        }
        let today = erase::day(self.batch.outcome.at);
        let erased = erase(self.conn, acts, today).await?;
        cases::acts_gone(self.conn, acts.to_vec()).await?;
        recorded.acts += erased.len();
        let touched = erased.iter().filter_map(|(_, _, _, _, answers)| *answers).collect();
        recorded.answered.extend(answers::settle(self.conn, &touched).await?);
        Ok(())
    }
}

/// Flags that a later copy may add.
const MARKS: i64 = codec::flag::ADDRESSED | codec::flag::OWN;

/// An act that was erased: realm, keys, when it was published, its author, the mention that it answered.
type Erased = (i64, Vec<u8>, i64, Option<i64>, Option<i64>);

/// Erases acts with all their names, under none of which they come back.
async fn erase(conn: &mut SqliteConnection, acts: &[i64], today: i64) -> Done<Vec<Erased>> {
    let erased: Vec<Erased> = sqlx::query_as(
        "DELETE FROM act WHERE id IN (SELECT value FROM json_each(?))
         RETURNING realm, keys, published, person, answers",
    )
    .bind(json(acts.iter().copied()))
    .fetch_all(&mut *conn)
    .await?;
    let names = |(realm, keys, published, _, _): &Erased| {
        let (realm, second) = (*realm, published.div_euclid(1_000));
        codec::numbers_from(keys).into_iter().map(move |key| [realm, key, second])
    };
    let all: Vec<[i64; 3]> = erased.iter().flat_map(names).collect();
    sqlx::query("DELETE FROM deed WHERE (realm, key) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))")
        .bind(json_rows(all.iter().copied()))
        .execute(&mut *conn)
        .await?;
    identity::bury(conn, &all, today).await?;
    // What answered them may still be in a thread that another act of ours began.
    let answered = giving::let_go(conn, acts).await?;
    giving::settle(conn, answered).await?;
    people::forget(conn, erased.iter().filter_map(|(_, _, _, person, _)| *person)).await?;
    Ok(erased)
}

/// Erases acts that were published before a second; mentions that they answered stay answered. Returns how many went.
pub(super) async fn retain(conn: &mut SqliteConnection, before: i64, most: usize, today: i64) -> Done<usize> {
    let old: Vec<i64> = sqlx::query_scalar(
        "SELECT id FROM act INDEXED BY act_published WHERE published < ? ORDER BY published LIMIT ?",
    )
    .bind(before.saturating_mul(1_000))
    .bind(most as i64)
    .fetch_all(&mut *conn)
    .await?;
    if old.is_empty() {
        return Ok(0);
    }
    Ok(erase(conn, &old, today).await?.len())
}
