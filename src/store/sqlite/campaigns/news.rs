//! What changed since a place.

use std::collections::BTreeSet;

use sqlx::sqlite::SqliteConnection;

use crate::domain::{ActId, MentionId, PersonId};
use crate::store::CampaignNews;
use crate::store::sqlite::bulk::json;
use crate::store::sqlite::fault::Done;
use crate::store::sqlite::people::one_person;

/// Where the news stand now.
pub(super) const PLACE: &str = "SELECT coalesce(max(id), 0) FROM campaign_news";
/// The oldest that is kept.
pub(super) const OLDEST: &str = "SELECT min(id) FROM campaign_news";
/// What came after a place.
pub(super) const SINCE: &str = "SELECT id, kind, number FROM campaign_news WHERE id > ? ORDER BY id LIMIT ?";
/// The numbers by which the people of accounts go.
pub(super) const WHOLE: &str = concat!("SELECT ", one_person!("j.value"), " FROM json_each(?) j");

/// Where the news stand now.
pub(super) async fn place(conn: &mut SqliteConnection) -> Done<i64> {
    Ok(sqlx::query_scalar(PLACE).fetch_one(conn).await?)
}

/// What changed since a place.
pub(super) async fn since(conn: &mut SqliteConnection, since: i64, limit: u32) -> Done<CampaignNews> {
    let rows: Vec<(i64, i64, i64)> = sqlx::query_as(SINCE).bind(since).bind(limit).fetch_all(&mut *conn).await?;
    let Some((first, last)) = rows.first().zip(rows.last()).map(|(first, last)| (first.0, last.0)) else {
        return Ok(CampaignNews { place: since, ..CampaignNews::default() });
    };
    if first > since + 1 {
        let oldest: Option<i64> = sqlx::query_scalar(OLDEST).fetch_one(&mut *conn).await?;
        if oldest.is_some_and(|oldest| oldest > since + 1) && since > 0 {
            return Ok(CampaignNews { place: place(conn).await?, too_old: true, ..CampaignNews::default() });
        }
    }
    let numbers = |kind: i64| {
        let of_kind = rows.iter().filter(move |row| row.1 == kind).map(|row| row.2);
        of_kind.collect::<BTreeSet<i64>>().into_iter()
    };
    let people = people(conn, numbers(3).collect()).await?;
    Ok(CampaignNews {
        place: last,
        campaigns: rows.iter().any(|row| row.1 == 0),
        mentions: numbers(1).map(MentionId).collect(),
        acts: numbers(2).map(ActId).collect(),
        people,
        more: rows.len() >= limit as usize,
        too_old: false,
    })
}

/// These accounts, and the numbers by which their people go.
async fn people(conn: &mut SqliteConnection, accounts: BTreeSet<i64>) -> Done<Vec<PersonId>> {
    let mut all = accounts;
    if !all.is_empty() {
        let whole: Vec<i64> = sqlx::query_scalar(WHOLE).bind(json(all.iter().copied())).fetch_all(conn).await?;
        all.extend(whole);
    }
    Ok(all.into_iter().map(PersonId).collect())
}
