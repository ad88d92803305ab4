//! Erasing somebody, inside one transaction.

use std::collections::BTreeSet;

use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::facts::{Facts, TABLES, Table};
use super::list::{self, Kind};
use super::redact::folded;
use crate::domain::Timestamp;
use crate::domain::outbox::OutgoingState;
use crate::store::people::Whom;
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::fault::{Done, Fault};
use crate::store::sqlite::{codec, record};

/// What a row is without them: column and text.
type Change = (&'static str, Option<String>);

/// Erases what was gathered. Returns how many rows of others named them.
pub(super) async fn erase(conn: &mut SqliteConnection, facts: &Facts, at: Timestamp) -> Done<u64> {
    let sending: i64 =
        sqlx::query_scalar("SELECT count(*) FROM outgoing WHERE state = ? AND id IN (SELECT value FROM json_each(?))")
            .bind(codec::outgoing(OutgoingState::Sending))
            .bind(json(facts.outgoing.iter().copied()))
            .fetch_one(&mut *conn)
            .await?;
    if sending > 0 {
        return Err(Fault::refused("a message to them is being sent just now: try again in a minute"));
    }
    let gone: BTreeSet<i64> = facts.mentions.iter().chain(&facts.reposts).copied().collect();
    let named = rewrite(conn, facts, &gone, at).await?;
    let all: Vec<i64> = gone.into_iter().collect();
    record::take_out(conn, &all, at).await?;
    let (cases, people) = (json(facts.cases.iter().copied()), json(facts.accounts.iter().map(|account| account.id)));
    for (sql, ids) in [
        ("DELETE FROM outgoing WHERE id IN (SELECT value FROM json_each(?))", json(facts.outgoing.iter().copied())),
        // Those whose mentions had gone before; the others went with theirs.
        ("DELETE FROM step WHERE case_id IN (SELECT value FROM json_each(?))", cases.clone()),
        ("DELETE FROM promise WHERE case_id IN (SELECT value FROM json_each(?))", cases.clone()),
        ("DELETE FROM turn WHERE case_id IN (SELECT value FROM json_each(?))", cases.clone()),
        ("DELETE FROM member WHERE case_id IN (SELECT value FROM json_each(?))", cases.clone()),
        ("DELETE FROM cases WHERE id IN (SELECT value FROM json_each(?))", cases),
        ("DELETE FROM person WHERE id IN (SELECT value FROM json_each(?))", people),
    ] {
        sqlx::query(sql).bind(ids).execute(&mut *conn).await?;
    }
    sqlx::query("UPDATE head SET outbox = outbox + 1, revision = revision + 1").execute(conn).await?;
    Ok(named)
}

/// Takes their name and words out of what stays. Returns how many rows of others there were.
async fn rewrite(conn: &mut SqliteConnection, facts: &Facts, gone: &BTreeSet<i64>, at: Timestamp) -> Done<u64> {
    let mut rows = 0;
    for table in &TABLES {
        let mut ids: BTreeSet<i64> = facts.named.get(table.name).cloned().unwrap_or_default();
        match table.name {
            "body" => ids = ids.difference(gone).copied().collect(),
            "act" => ids.extend(&facts.acts),
            "outgoing" => ids.retain(|id| !facts.outgoing.contains(id)),
            _ => {}
        }
        let mut rewordings = Vec::new();
        for id in ids {
            let changes = changes(conn, table, id, facts).await?;
            if changes.is_empty() {
                continue;
            }
            rows += u64::from(table.name != "act" || !facts.acts.contains(&id));
            if table.name == "body" {
                rewordings.extend(changes.into_iter().map(|(column, text)| (id, column, text)));
            } else {
                write(conn, table, id, &changes).await?;
            }
        }
        record::reword(conn, &rewordings, at).await?;
    }
    Ok(rows)
}

/// How many rows of others name them.
pub(super) async fn count_named(conn: &mut SqliteConnection, facts: &Facts) -> Done<u64> {
    let gone: BTreeSet<i64> = facts.mentions.iter().chain(&facts.reposts).copied().collect();
    let mut rows = 0;
    for table in &TABLES {
        for id in facts.named.get(table.name).into_iter().flatten() {
            let apart = match table.name {
                "body" => gone.contains(id),
                "act" => facts.acts.contains(id),
                "outgoing" => facts.outgoing.contains(id),
                _ => false,
            };
            rows += u64::from(!apart && !changes(conn, table, *id, facts).await?.is_empty());
        }
    }
    Ok(rows)
}

/// What a row is without them.
async fn changes(conn: &mut SqliteConnection, table: &Table, id: i64, facts: &Facts) -> Done<Vec<Change>> {
    let about = facts.about(table.name, id);
    let columns: Vec<&'static str> = table.columns().collect();
    let sql = format!("SELECT {} FROM {} WHERE id = ?", columns.join(", "), table.name);
    let Some(row) = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await? else {
        return Ok(Vec::new());
    };
    let mut changes = Vec::new();
    for (at, column) in columns.iter().copied().enumerate() {
        let text: Option<&str> = row.try_get(at)?;
        let Some(text) = text else { continue };
        if table.lists.contains(&column) {
            let mut list: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
            if redact_list(&mut list, facts, about) {
                changes.push((column, Some(list.to_string())));
            }
        } else if let Some(without) = facts.marks.redact(text, about) {
            let address = table.addresses.contains(&column);
            changes.push((column, (!address).then_some(without)));
        }
    }
    Ok(changes)
}

/// Takes them out of every text within a JSON value. Tells whether there was any.
fn redact_list(value: &mut serde_json::Value, facts: &Facts, about: super::redact::About) -> bool {
    match value {
        serde_json::Value::String(text) => match facts.marks.redact(text, about) {
            Some(without) => {
                *text = without;
                true
            }
            None => false,
        },
        serde_json::Value::Array(all) => {
            all.iter_mut().map(|one| redact_list(one, facts, about)).filter(|any| *any).count() > 0
        }
        serde_json::Value::Object(all) => {
            all.values_mut().map(|one| redact_list(one, facts, about)).filter(|any| *any).count() > 0
        }
        _ => false,
    }
}

async fn write(conn: &mut SqliteConnection, table: &Table, id: i64, changes: &[Change]) -> Done<()> {
    for (column, text) in changes {
        let sql = format!("UPDATE {} SET {column} = ? WHERE id = ?", table.name);
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(text.as_deref()).bind(id).execute(&mut *conn).await?;
    }
    if table.name == "act" {
        // Whoever holds campaigns in memory holds its words.
        sqlx::query("INSERT INTO campaign_news (kind, number) VALUES (2, ?)").bind(id).execute(conn).await?;
    }
    Ok(())
}

/// The entries of the list that stand for them, under a key.
pub(super) fn entries(facts: &Facts, whom: &Whom, key: &[u8], at: Timestamp) -> Vec<list::Entry> {
    let day = record::day(at);
    let entry = |network: &str, kind, name: &str| (key.to_vec(), list::hash(key, network, kind, name), day);
    let mut entries = Vec::new();
    for account in &facts.accounts {
        let handle = account.handle.as_deref().map(folded);
        match account.key.strip_prefix('i') {
            Some(id) => {
                entries.push(entry(&account.network, Kind::Id, id));
                entries.extend(handle.map(|handle| entry(&account.network, Kind::HandleOfId, &handle)));
            }
            None => entries.extend(handle.map(|handle| entry(&account.network, Kind::Handle, &handle))),
        }
    }
    let typed = folded(&whom.handle);
    let unknown = whom.networks.iter().map(crate::domain::Network::name);
    let unknown = unknown.filter(|network| !facts.accounts.iter().any(|account| account.network == **network));
    for network in unknown.filter(|_| !typed.is_empty()) {
        entries.push(entry(network, Kind::Handle, &typed));
        entries.push(entry(network, Kind::Id, whom.handle.trim()));
        entries.push(entry(network, Kind::Name, &typed));
    }
    entries
}
