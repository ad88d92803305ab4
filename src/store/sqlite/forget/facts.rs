//! What there is of somebody: found before it is erased.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use futures_util::TryStreamExt;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::redact::{About, Marks, SHORTEST, folded};
use crate::domain::person::{Handle, Traces};
use crate::domain::{Network, PersonId, SafeText, letters};
use crate::store::people::Whom;
use crate::store::sqlite::bulk::{json, json_rows};
use crate::store::sqlite::fault::{Done, Fault};
use crate::store::sqlite::people::members;
use crate::store::sqlite::record;
use crate::store::sqlite::rows::AUTHOR;

/// A table with words in it.
#[derive(Debug)]
pub(super) struct Table {
    /// Its name.
    pub(super) name: &'static str,
    /// Columns with words.
    pub(super) words: &'static [&'static str],
    /// Columns with addresses and ids: emptied when they name somebody.
    pub(super) addresses: &'static [&'static str],
    /// Columns with JSON arrays.
    pub(super) lists: &'static [&'static str],
}

/// Every table with words of people, or of ours about people. All are numbered by `id`.
pub(super) const TABLES: [Table; 7] = [
    Table {
        name: "body",
        words: &["title", "text", "warning", "images", "links"],
        addresses: &["url", "parent", "root", "repost_of"],
        lists: &[],
    },
    Table { name: "act", words: &["title", "text", "warning"], addresses: &["url", "parent", "root"], lists: &[] },
    Table {
        name: "outgoing",
        words: &["quote", "warning", "trouble"],
        addresses: &["parent", "root", "who"],
        lists: &["parts", "remarks"],
    },
    Table { name: "step", words: &["text"], addresses: &[], lists: &[] },
    Table { name: "promise", words: &["text"], addresses: &[], lists: &[] },
    Table { name: "signal", words: &["text"], addresses: &[], lists: &[] },
    Table { name: "source", words: &["trouble"], addresses: &[], lists: &[] },
];

impl Table {
    /// Its columns, and whether each holds an address.
    pub(super) fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.words.iter().chain(self.addresses).chain(self.lists).copied()
    }
}

/// An account of theirs.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) id: i64,
    pub(super) network: String,
    pub(super) key: String,
    pub(super) handle: Option<String>,
    pub(super) name: Option<String>,
}

/// What there is of somebody.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) accounts: Vec<Account>,
    pub(super) mentions: Vec<i64>,
    pub(super) reposts: Vec<i64>,
    pub(super) cases: Vec<i64>,
    pub(super) outgoing: Vec<i64>,
    /// Acts of ours that are about them.
    pub(super) acts: Vec<i64>,
    pub(super) corrections: u64,
    /// What they wrote.
    pub(super) texts: Vec<String>,
    pub(super) marks: Marks,
    /// Rows that may name them, by table.
    pub(super) named: BTreeMap<&'static str, BTreeSet<i64>>,
    /// The last row of each table that was looked at.
    pub(super) seen: BTreeMap<&'static str, i64>,
}

/// Headline, warning, words and descriptions of images.
type Texts = (Option<String>, Option<String>, String, Option<String>);

/// All accounts, handed to `take` one by one.
pub(super) async fn accounts(conn: &mut SqliteConnection, mut take: impl FnMut(Account)) -> Done<()> {
    let mut rows = sqlx::query_as(
        "SELECT p.id, n.name, p.key, p.handle, p.name FROM person p JOIN network n ON n.id = p.network ORDER BY p.id",
    )
    .fetch(conn);
    while let Some((id, network, key, handle, name)) = rows.try_next().await? {
        take(Account { id, network, key, handle, name });
    }
    Ok(())
}

impl Account {
    /// Whether this is their handle or native id.
    pub(super) fn is(&self, handle: &str) -> bool {
        let native = self.key.strip_prefix('i').is_some_and(|id| id == handle.trim());
        native || self.handle.as_deref().is_some_and(|own| folded(own) == folded(handle))
    }

    /// What people see of it.
    pub(super) fn shown(&self) -> Handle {
        let name = self.name.as_deref().unwrap_or_default();
        Handle {
            person: PersonId(self.id),
            network: Network::named(&self.network),
            who: SafeText::line(self.handle.as_deref().unwrap_or(name), AUTHOR),
            name: SafeText::line(name, AUTHOR),
        }
    }

    /// Handle and id.
    pub(super) fn handles(&self) -> impl Iterator<Item = &str> {
        let id = self.key.strip_prefix('i').filter(|id| !id.bytes().all(|byte| byte.is_ascii_digit()) || id.len() > 5);
        self.handle.as_deref().into_iter().chain(id)
    }
}

/// Gathers what there is of them. `scan` looks through every table with words for their name, from what was seen on.
pub(super) async fn gather(conn: &mut SqliteConnection, whom: &Whom, before: Option<&Facts>) -> Done<Facts> {
    let mut facts = Facts::default();
    let wanted: BTreeSet<i64> = members(conn, whom.accounts.iter().map(|person| person.0)).await?.into_iter().collect();
    accounts(conn, |account| {
        if wanted.contains(&account.id) {
            facts.accounts.push(account);
        }
    })
    .await?;
    let people = json(facts.accounts.iter().map(|account| account.id));
    let ours: i64 = sqlx::query_scalar("SELECT count(*) FROM act WHERE person IN (SELECT value FROM json_each(?))")
        .bind(&people)
        .fetch_one(&mut *conn)
        .await?;
    if ours > 0 {
        return Err(Fault::refused("this account wrote posts of the brand itself: it cannot be forgotten"));
    }
    facts.mentions = sqlx::query_scalar(
        "SELECT b.id FROM json_each(?) j CROSS JOIN body b INDEXED BY body_person ON b.person = j.value",
    )
    .bind(&people)
    .fetch_all(&mut *conn)
    .await?;
    facts.plain_mentions(conn, whom).await?;
    facts.reposts = record::reposts(conn, &facts.mentions).await?;
    facts.rest(conn, &people, whom).await?;
    let handles: Vec<&str> = facts.accounts.iter().flat_map(Account::handles).chain(whom.typed()).collect();
    let names = facts.accounts.iter().filter_map(|account| account.name.as_deref());
    facts.marks = Marks::new(handles.iter().copied(), names, facts.texts.iter().map(String::as_str));
    let needles: Vec<String> =
        handles.iter().map(|handle| folded(handle)).filter(|handle| handle.chars().count() >= SHORTEST).collect();
    if let Some(before) = before {
        facts.named.clone_from(&before.named);
        facts.seen.clone_from(&before.seen);
    }
    facts.scan(conn, &needles).await?;
    Ok(facts)
}

impl Whom {
    fn typed(&self) -> Option<&str> {
        Some(self.handle.as_str()).filter(|handle| !handle.trim().is_empty())
    }
}

impl Facts {
    /// Mentions by an author of whom nothing but this name is told, on the networks that were named.
    async fn plain_mentions(&mut self, conn: &mut SqliteConnection, whom: &Whom) -> Done<()> {
        let Some(name) = whom.typed().map(folded).filter(|_| !whom.networks.is_empty()) else { return Ok(()) };
        let networks: BTreeSet<&str> = whom.networks.iter().map(Network::name).collect();
        let mut rows = sqlx::query_as(
            "SELECT b.id, b.author, n.name FROM body b JOIN mention m ON m.place = b.place
             JOIN network n ON n.id = m.network WHERE b.author IS NOT NULL AND b.person IS NULL",
        )
        .fetch(conn);
        while let Some((id, author, network)) = rows.try_next().await? {
            let (author, network): (String, String) = (author, network);
            if networks.contains(network.as_str()) && folded(&author) == name {
                self.mentions.push(id);
            }
        }
        Ok(())
    }

    /// Cases, messages, acts, corrections and texts.
    async fn rest(&mut self, conn: &mut SqliteConnection, people: &str, whom: &Whom) -> Done<()> {
        let all: Vec<i64> = self.mentions.iter().chain(&self.reposts).copied().collect();
        let mentions = json(all.iter().copied());
        self.cases = sqlx::query_scalar(
            "SELECT id FROM cases WHERE person IN (SELECT value FROM json_each(?1))
             UNION SELECT k.case_id FROM json_each(?2) j CROSS JOIN member k ON k.mention = j.value",
        )
        .bind(people)
        .bind(json(self.mentions.iter().copied()))
        .fetch_all(&mut *conn)
        .await?;
        let names = json_rows(record::names_of(conn, &all).await?);
        self.acts = sqlx::query_scalar(
            "SELECT a.id FROM json_each(?1) j CROSS JOIN act a INDEXED BY act_answers ON a.answers = j.value
             UNION SELECT a.id FROM json_each(?2) j CROSS JOIN act a INDEXED BY act_target
                 ON a.realm = j.value ->> 0 AND a.target = j.value ->> 1",
        )
        .bind(&mentions)
        .bind(&names)
        .fetch_all(&mut *conn)
        .await?;
        let addressed: Vec<(i64, Option<String>)> =
            sqlx::query_as("SELECT id, who FROM outgoing WHERE who IS NOT NULL").fetch_all(&mut *conn).await?;
        let handles: BTreeSet<String> = self
            .accounts
            .iter()
            .filter_map(|account| account.handle.as_deref())
            .chain(whom.typed())
            .map(folded)
            .collect();
        let to_them =
            addressed.iter().filter(|(_, who)| who.as_deref().is_some_and(|who| handles.contains(&folded(who))));
        self.outgoing = sqlx::query_scalar(
            "SELECT id FROM outgoing WHERE mention IN (SELECT value FROM json_each(?1))
                 OR case_id IN (SELECT value FROM json_each(?2)) OR id IN (SELECT value FROM json_each(?3))
                 OR (realm, target) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?4))",
        )
        .bind(&mentions)
        .bind(json(self.cases.iter().copied()))
        .bind(json(to_them.map(|(id, _)| *id)))
        .bind(&names)
        .fetch_all(&mut *conn)
        .await?;
        let corrections: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM json_each(?) j CROSS JOIN correction c INDEXED BY correction_mention ON c.mention = j.value",
        )
        .bind(&mentions)
        .fetch_one(&mut *conn)
        .await?;
        self.corrections = corrections.unsigned_abs();
        let texts: Vec<Texts> = sqlx::query_as(
            "SELECT b.title, b.warning, b.text, b.images FROM json_each(?) j CROSS JOIN body b ON b.id = j.value",
        )
        .bind(json(self.mentions.iter().copied()))
        .fetch_all(conn)
        .await?;
        let texts = texts.into_iter().flat_map(|(title, warning, text, images)| [title, warning, Some(text), images]);
        self.texts = texts.flatten().filter(|text| !text.is_empty()).collect();
        Ok(())
    }

    /// Looks through every table with words, from what was seen on, for rows that may name them.
    async fn scan(&mut self, conn: &mut SqliteConnection, needles: &[String]) -> Done<()> {
        if needles.is_empty() {
            return Ok(());
        }
        let finder = AhoCorasick::new(needles).map_err(|error| Fault::other(error.to_string()))?;
        for table in &TABLES {
            let columns: Vec<&str> = table.columns().collect();
            let sql = format!("SELECT id, {} FROM {} WHERE id > ? ORDER BY id", columns.join(", "), table.name);
            let after = self.seen.get(table.name).copied().unwrap_or_default();
            let mut rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(after).fetch(&mut *conn);
            let mut folded = String::new();
            while let Some(row) = rows.try_next().await? {
                let id: i64 = row.try_get(0)?;
                self.seen.insert(table.name, id);
                for column in 1..=columns.len() {
                    let text: Option<&str> = row.try_get(column)?;
                    folded.clear();
                    letters::fold_into(text.unwrap_or_default(), &mut folded);
                    if finder.is_match(&folded) {
                        self.named.entry(table.name).or_default().insert(id);
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// How texts of a row are looked at.
    pub(super) fn about(&self, table: &str, id: i64) -> About {
        let theirs = match table {
            "act" => self.acts.contains(&id),
            // Made by the program, of the handle alone.
            "signal" | "source" => true,
            _ => false,
        };
        if theirs { About::Them } else { About::Others }
    }

    /// In figures.
    pub(super) fn traces(&self, named: u64) -> Traces {
        Traces {
            accounts: self.accounts.iter().map(Account::shown).collect(),
            mentions: self.mentions.len() as u64,
            reposts: self.reposts.len() as u64,
            cases: self.cases.len() as u64,
            outgoing: self.outgoing.len() as u64,
            acts: self.acts.len() as u64,
            named,
            corrections: self.corrections,
        }
    }
}
