//! People: ties, accounts that are one person, and whoever is to be forgotten.

mod file;
mod list;
mod settle;
mod whole;

use async_trait::async_trait;
#[cfg(test)]
pub(super) use list::{MAYBE_REGULAR, sql as page_sql};
use sqlx::sqlite::SqliteConnection;

use super::bulk::json;
use super::fault::{Done, told};
use super::{SqliteStore, forget, on};
use crate::domain::person::{Handle, PeopleFigures, PeopleFilter, PeopleKey, PersonFile, PersonRow, Traces};
use crate::domain::{PersonId, Timestamp};
use crate::store::StoreResult;
use crate::store::people::{AddUp, Erased, People, Whom};

#[async_trait]
impl People for SqliteStore {
    async fn settle_ties(&self, add_up: &dyn AddUp, limit: u32) -> StoreResult<u64> {
        on!(self.writer, settle::settle, add_up, limit)
    }

    async fn people(
        &self,
        filter: &PeopleFilter,
        after: Option<PeopleKey>,
        now: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<PersonRow>> {
        on!(self.reader, list::page, filter, after, now, limit)
    }

    async fn people_figures(&self, now: Timestamp) -> StoreResult<PeopleFigures> {
        on!(self.reader, list::figures, now)
    }

    async fn person_file(&self, person: PersonId, add_up: &dyn AddUp, turns: u32) -> StoreResult<Option<PersonFile>> {
        on!(self.reader, file::of, person, add_up, turns)
    }

    async fn accounts(&self, handle: &str, network: Option<&str>) -> StoreResult<Vec<Handle>> {
        on!(self.reader, forget::accounts, handle, network)
    }

    async fn merge_people(
        &self,
        one: PersonId,
        other: PersonId,
        at: Timestamp,
        voice: Option<&str>,
    ) -> StoreResult<bool> {
        on!(self.writer, whole::merge, one, other, at, voice)
    }

    async fn split_person(&self, account: PersonId) -> StoreResult<Vec<PersonId>> {
        on!(self.writer, whole::split, account)
    }

    async fn traces(&self, whom: &Whom) -> StoreResult<Traces> {
        on!(self.reader, forget::traces, whom)
    }

    async fn forget(&self, whom: &Whom, at: Timestamp) -> StoreResult<Erased> {
        let directory = self.path.parent().unwrap_or(&self.path).to_owned();
        let found = on!(self.reader, forget::look, whom)?;
        on!(self.writer, forget::forget, whom, &found, at, &directory)
    }
}

/// The number by which the person of an account goes: the lowest of the accounts that are one, its own where it is alone.
macro_rules! one_person {
    ($account:literal) => {
        concat!(
            "coalesce((SELECT min(o.person) FROM whole w CROSS JOIN whole o INDEXED BY whole_one ON o.one = w.one
                WHERE w.person = ",
            $account,
            "), ",
            $account,
            ")"
        )
    };
}
pub(super) use one_person;

/// The accounts that are one person with any of these, these included; ascending.
pub(super) async fn members(conn: &mut SqliteConnection, accounts: impl IntoIterator<Item = i64>) -> Done<Vec<i64>> {
    let members = sqlx::query_scalar(
        "SELECT value FROM json_each(?1)
         UNION SELECT o.person FROM json_each(?1) j CROSS JOIN whole w ON w.person = j.value
             CROSS JOIN whole o INDEXED BY whole_one ON o.one = w.one
         ORDER BY 1",
    )
    .bind(json(accounts))
    .fetch_all(conn)
    .await?;
    Ok(members)
}
