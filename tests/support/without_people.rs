//! A store in memory that keeps no ties.

use async_trait::async_trait;
use goodword::domain::person::{Handle, PeopleFigures, PeopleFilter, PeopleKey, PersonFile, PersonRow, Traces};
use goodword::domain::{PersonId, Timestamp};
use goodword::store::people::{AddUp, Erased, People, Whom};
use goodword::store::{StoreError, StoreResult};

use super::Keeper;

#[async_trait]
impl People for Keeper {
    async fn settle_ties(&self, _: &dyn AddUp, _: u32) -> StoreResult<u64> {
        Ok(0)
    }
    async fn people(
        &self,
        _: &PeopleFilter,
        _: Option<PeopleKey>,
        _: Timestamp,
        _: u32,
    ) -> StoreResult<Vec<PersonRow>> {
        Ok(Vec::new())
    }
    async fn people_figures(&self, _: Timestamp) -> StoreResult<PeopleFigures> {
        Ok(PeopleFigures::default())
    }
    async fn person_file(&self, _: PersonId, _: &dyn AddUp, _: u32) -> StoreResult<Option<PersonFile>> {
        Ok(None)
    }
    async fn accounts(&self, _: &str, _: Option<&str>) -> StoreResult<Vec<Handle>> {
        Ok(Vec::new())
    }
    async fn merge_people(&self, _: PersonId, _: PersonId, _: Timestamp, _: Option<&str>) -> StoreResult<bool> {
        Ok(false)
    }
    async fn split_person(&self, _: PersonId) -> StoreResult<Vec<PersonId>> {
        Ok(Vec::new())
    }
    async fn traces(&self, _: &Whom) -> StoreResult<Traces> {
        Ok(Traces::default())
    }
    async fn forget(&self, _: &Whom, _: Timestamp) -> StoreResult<Erased> {
        Err(StoreError::Other("nobody is kept here".into()))
    }
}
