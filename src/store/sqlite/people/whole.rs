//! Accounts that are one person, because a person said so.

use sqlx::sqlite::SqliteConnection;

use super::members;
use crate::domain::{PersonId, Timestamp};
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::codec::capped;
use crate::store::sqlite::connection::begin;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::place::to_millis;

/// Longest name of a voice, in bytes.
const VOICE: usize = 400;

/// Makes two accounts, with all that each is one with already, one person.
pub(super) async fn merge(
    conn: &mut SqliteConnection,
    one: PersonId,
    other: PersonId,
    at: Timestamp,
    voice: Option<&str>,
) -> Done<bool> {
    let mut tx = begin(conn).await?;
    let there: i64 = sqlx::query_scalar("SELECT count(*) FROM person WHERE id IN (?, ?)")
        .bind(one.0)
        .bind(other.0)
        .fetch_one(&mut *tx)
        .await?;
    let all = members(&mut tx, [one.0, other.0]).await?;
    if there < 2 || members(&mut tx, [one.0]).await?.contains(&other.0) {
        return Ok(false);
    }
    let number = all.first().copied().unwrap_or(one.0);
    for person in &all {
        sqlx::query(
            "INSERT INTO whole (person, one, at, voice) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (person) DO UPDATE SET one = ?2",
        )
        .bind(person)
        .bind(number)
        .bind(to_millis(at))
        .bind(voice.map(|voice| capped(voice, VOICE)))
        .execute(&mut *tx)
        .await?;
    }
    unsettle(&mut tx, &all).await?;
    tx.commit().await?;
    Ok(true)
}

/// Makes an account a person of its own again.
pub(super) async fn split(conn: &mut SqliteConnection, account: PersonId) -> Done<Vec<PersonId>> {
    let mut tx = begin(conn).await?;
    let all = members(&mut tx, [account.0]).await?;
    let others: Vec<i64> = all.iter().copied().filter(|person| *person != account.0).collect();
    if others.is_empty() {
        return Ok(Vec::new());
    }
    // The others are known by another number than this account's from now on; one alone is one with nobody.
    sqlx::query("DELETE FROM whole WHERE person = ?").bind(account.0).execute(&mut *tx).await?;
    match others.as_slice() {
        [alone] => sqlx::query("DELETE FROM whole WHERE person = ?").bind(alone).execute(&mut *tx).await?,
        _ => {
            sqlx::query("UPDATE whole SET one = ? WHERE person IN (SELECT value FROM json_each(?))")
                .bind(others.first())
                .bind(json(others.iter().copied()))
                .execute(&mut *tx)
                .await?
        }
    };
    unsettle(&mut tx, &all).await?;
    tx.commit().await?;
    Ok(others.into_iter().map(PersonId).collect())
}

async fn unsettle(conn: &mut SqliteConnection, people: &[i64]) -> Done<()> {
    sqlx::query("INSERT OR IGNORE INTO unsettled SELECT value FROM json_each(?)")
        .bind(json(people.iter().copied()))
        .execute(conn)
        .await?;
    Ok(())
}
