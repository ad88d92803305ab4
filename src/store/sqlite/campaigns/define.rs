//! Which campaigns there are, what was paid, and taking back what a person changed.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteConnection;

use crate::domain::{Campaign, CampaignChange, CampaignId, Paid, Payment, PaymentId, Terms, Timestamp};
use crate::store::sqlite::connection::begin;
use crate::store::sqlite::fault::{Done, Fault};
use crate::store::sqlite::lease;
use crate::store::sqlite::place::{from_millis, to_millis};

fn json<T: Serialize>(value: &T) -> Done<String> {
    serde_json::to_string(value).map_err(|error| Fault::other(error.to_string()))
}

fn read<T: DeserializeOwned>(text: &str) -> Done<T> {
    serde_json::from_str(text).map_err(|error| Fault::other(format!("a campaign cannot be read: {error}")))
}

/// Brings the configuration's campaigns in.
pub(super) async fn adopt(conn: &mut SqliteConnection, terms: &[Terms]) -> Done<()> {
    let mut tx = begin(conn).await?;
    let before = configured(&mut tx).await?;
    if place(&mut tx, &before, terms).await? {
        tx.commit().await?;
    }
    Ok(())
}

/// Brings in those that are not there, and changes those that are described anew; nothing while another process collects.
pub(super) async fn join(conn: &mut SqliteConnection, terms: &[Terms], by: &str, now: Timestamp) -> Done<()> {
    let mut tx = begin(conn).await?;
    if lease::is_elsewhere(&mut tx, by, now).await? {
        return Ok(());
    }
    let before = configured(&mut tx).await?;
    let mut all = before.iter().map(|(_, terms)| read::<Terms>(terms)).collect::<Done<Vec<_>>>()?;
    for one in terms {
        match all.iter_mut().find(|known| known.name.to_lowercase() == one.name.to_lowercase()) {
            Some(known) => known.clone_from(one),
            None => all.push(one.clone()),
        }
    }
    if place(&mut tx, &before, &all).await? {
        tx.commit().await?;
    }
    Ok(())
}

/// Those of the configuration: the folded name and the terms, in their order.
async fn configured(conn: &mut SqliteConnection) -> Done<Vec<(String, String)>> {
    let sql = "SELECT fold, terms FROM campaign WHERE configured = 1 AND removed = 0 ORDER BY position";
    Ok(sqlx::query_as(sql).fetch_all(conn).await?)
}

/// Puts exactly these in place. False when they are there already.
async fn place(tx: &mut SqliteConnection, before: &[(String, String)], terms: &[Terms]) -> Done<bool> {
    let mut wanted = Vec::with_capacity(terms.len());
    for one in terms {
        wanted.push((one.name.to_lowercase(), json(one)?));
    }
    if before == wanted {
        return Ok(false);
    }
    sqlx::query("UPDATE campaign SET removed = 1, position = NULL WHERE configured = 1 AND removed = 0")
        .execute(&mut *tx)
        .await?;
    for (position, (one, (fold, text))) in (0_i64..).zip(terms.iter().zip(&wanted)) {
        // One that was made on the screen under this name becomes the configuration's; else the one that was its before.
        let known: Option<i64> = sqlx::query_scalar(
            "SELECT id FROM campaign WHERE fold = ? AND (removed = 0 OR configured = 1) ORDER BY removed, id DESC LIMIT 1",
        )
        .bind(fold)
        .fetch_optional(&mut *tx)
        .await?;
        let sql = match known {
            Some(_) => {
                "UPDATE campaign SET name = ?1, fold = ?2, terms = ?3, configured = 1, position = ?4, removed = 0
                 WHERE id = ?5"
            }
            None => "INSERT INTO campaign (name, fold, terms, configured, position) VALUES (?1, ?2, ?3, 1, ?4)",
        };
        sqlx::query(sql).bind(&one.name).bind(fold).bind(text).bind(position).bind(known).execute(&mut *tx).await?;
    }
    Ok(true)
}

/// Those that there are.
pub(super) async fn all(conn: &mut SqliteConnection) -> Done<Vec<Campaign>> {
    let rows: Vec<(i64, String, bool)> = sqlx::query_as(
        "SELECT id, terms, configured FROM campaign WHERE removed = 0 ORDER BY configured DESC, position, id",
    )
    .fetch_all(&mut *conn)
    .await?;
    let paid: Vec<(i64, i64, String, String, i64)> =
        sqlx::query_as("SELECT campaign, id, paid, voice, at FROM payment WHERE undone = 0 ORDER BY campaign, id")
            .fetch_all(&mut *conn)
            .await?;
    let mut campaigns = Vec::with_capacity(rows.len());
    for (id, terms, configured) in rows {
        let mut payments = Vec::new();
        for (_, number, paid, voice, at) in paid.iter().filter(|(of, ..)| *of == id) {
            let paid = read(paid)?;
            payments.push(Payment { id: PaymentId(*number), paid, voice: voice.clone(), at: from_millis(*at) });
        }
        let paid = payments.last().map(|payment| payment.paid.clone()).unwrap_or_default();
        campaigns.push(Campaign { id: CampaignId(id), terms: read(&terms)?, configured, paid, payments });
    }
    Ok(campaigns)
}

/// Suggestions that a person does not want.
pub(super) async fn dismissed(conn: &mut SqliteConnection) -> Done<Vec<String>> {
    Ok(sqlx::query_scalar("SELECT key FROM campaign_dismissed ORDER BY key").fetch_all(conn).await?)
}

/// Changes something and returns what undoes it.
pub(super) async fn change(
    conn: &mut SqliteConnection,
    change: &CampaignChange,
    voice: &str,
    at: Timestamp,
) -> Done<CampaignChange> {
    let mut tx = begin(conn).await?;
    let undo = match change {
        CampaignChange::Save(id, terms) => save(&mut tx, *id, terms).await?,
        CampaignChange::Remove(id) => {
            own(&mut tx, *id).await?;
            sqlx::query("UPDATE campaign SET removed = 1 WHERE id = ?").bind(id.0).execute(&mut *tx).await?;
            CampaignChange::Restore(*id)
        }
        CampaignChange::Restore(id) => restore(&mut tx, *id).await?,
        CampaignChange::Pay(id, paid) => pay(&mut tx, *id, paid, voice, at).await?,
        CampaignChange::Unpay(id) => {
            mark_payment(&mut tx, *id, true).await?;
            CampaignChange::Repay(*id)
        }
        CampaignChange::Repay(id) => {
            mark_payment(&mut tx, *id, false).await?;
            CampaignChange::Unpay(*id)
        }
        CampaignChange::Dismiss(key) => {
            sqlx::query("INSERT INTO campaign_dismissed VALUES (?) ON CONFLICT DO NOTHING")
                .bind(key)
                .execute(&mut *tx)
                .await?;
            CampaignChange::Recall(key.clone())
        }
        CampaignChange::Recall(key) => {
            sqlx::query("DELETE FROM campaign_dismissed WHERE key = ?").bind(key).execute(&mut *tx).await?;
            CampaignChange::Dismiss(key.clone())
        }
    };
    tx.commit().await?;
    Ok(undo)
}

/// What a campaign is made of; fails when it is not there or is not to be changed here.
async fn own(conn: &mut SqliteConnection, id: CampaignId) -> Done<String> {
    let found: Option<(String, bool)> =
        sqlx::query_as("SELECT terms, configured FROM campaign WHERE id = ? AND removed = 0")
            .bind(id.0)
            .fetch_optional(conn)
            .await?;
    match found {
        Some((terms, false)) => Ok(terms),
        Some((_, true)) => Err(Fault::refused("this campaign stands in the configuration: change it there")),
        None => Err(Fault::refused("this campaign is not there any more")),
    }
}

async fn is_free(conn: &mut SqliteConnection, name: &str, but: Option<CampaignId>) -> Done<()> {
    let other: Option<i64> =
        sqlx::query_scalar("SELECT id FROM campaign WHERE fold = ?1 AND removed = 0 AND id IS NOT ?2")
            .bind(name.to_lowercase())
            .bind(but.map(|id| id.0))
            .fetch_optional(conn)
            .await?;
    match other {
        Some(_) => Err(Fault::refused(format!("there is a campaign \"{name}\" already: give this one another name"))),
        None => Ok(()),
    }
}

async fn save(conn: &mut SqliteConnection, id: Option<CampaignId>, terms: &Terms) -> Done<CampaignChange> {
    is_free(conn, &terms.name, id).await?;
    let (fold, text) = (terms.name.to_lowercase(), json(terms)?);
    match id {
        Some(id) => {
            let before = own(conn, id).await?;
            sqlx::query("UPDATE campaign SET name = ?2, fold = ?3, terms = ?4 WHERE id = ?1")
                .bind(id.0)
                .bind(&terms.name)
                .bind(fold)
                .bind(text)
                .execute(conn)
                .await?;
            Ok(CampaignChange::Save(Some(id), read(&before)?))
        }
        None => {
            let made = sqlx::query("INSERT INTO campaign (name, fold, terms, configured) VALUES (?, ?, ?, 0)")
                .bind(&terms.name)
                .bind(fold)
                .bind(text)
                .execute(conn)
                .await?;
            Ok(CampaignChange::Remove(CampaignId(made.last_insert_rowid())))
        }
    }
}

async fn restore(conn: &mut SqliteConnection, id: CampaignId) -> Done<CampaignChange> {
    let name: Option<String> =
        sqlx::query_scalar("SELECT name FROM campaign WHERE id = ?").bind(id.0).fetch_optional(&mut *conn).await?;
    let Some(name) = name else { return Err(Fault::refused("this campaign is not there any more")) };
    is_free(conn, &name, Some(id)).await?;
    sqlx::query("UPDATE campaign SET removed = 0 WHERE id = ?").bind(id.0).execute(conn).await?;
    Ok(CampaignChange::Remove(id))
}

async fn pay(
    conn: &mut SqliteConnection,
    id: CampaignId,
    paid: &Paid,
    voice: &str,
    at: Timestamp,
) -> Done<CampaignChange> {
    let there: Option<i64> = sqlx::query_scalar("SELECT id FROM campaign WHERE id = ? AND removed = 0")
        .bind(id.0)
        .fetch_optional(&mut *conn)
        .await?;
    if there.is_none() {
        return Err(Fault::refused("this campaign is not there any more"));
    }
    let made = sqlx::query("INSERT INTO payment (campaign, paid, voice, at) VALUES (?, ?, ?, ?)")
        .bind(id.0)
        .bind(json(paid)?)
        .bind(voice)
        .bind(to_millis(at))
        .execute(conn)
        .await?;
    Ok(CampaignChange::Unpay(PaymentId(made.last_insert_rowid())))
}

async fn mark_payment(conn: &mut SqliteConnection, id: PaymentId, undone: bool) -> Done<()> {
    let done = sqlx::query("UPDATE payment SET undone = ? WHERE id = ?").bind(undone).bind(id.0).execute(conn).await?;
    if done.rows_affected() == 0 {
        return Err(Fault::refused("this payment is not there any more"));
    }
    Ok(())
}
