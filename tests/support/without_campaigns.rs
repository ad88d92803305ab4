//! A store in memory that knows no campaigns.

use async_trait::async_trait;
use goodword::domain::{
    ActId, Campaign, CampaignChange, CampaignId, Mention, MentionId, PersonId, SafeText, Signal, SignalId, Terms,
    Timestamp,
};
use goodword::store::{CampaignNews, Campaigns, Lease, ResponseRow, StoreError, StoreResult};

use super::Keeper;

#[async_trait]
impl Campaigns for Keeper {
    async fn adopt_campaigns(&self, _: &[Terms]) -> StoreResult<()> {
        Ok(())
    }

    async fn join_campaigns(&self, _: &[Terms], _: &str, _: Timestamp) -> StoreResult<()> {
        Ok(())
    }

    async fn campaigns(&self) -> StoreResult<Vec<Campaign>> {
        Ok(Vec::new())
    }

    async fn change_campaigns(&self, _: &CampaignChange, _: &str, _: Timestamp) -> StoreResult<CampaignChange> {
        Err(StoreError::Other("there are no campaigns here".to_owned()))
    }

    async fn dismissed_suggestions(&self) -> StoreResult<Vec<String>> {
        Ok(Vec::new())
    }

    async fn campaign_place(&self) -> StoreResult<i64> {
        Ok(0)
    }

    async fn campaign_news(&self, since: i64, _: u32) -> StoreResult<CampaignNews> {
        Ok(CampaignNews { place: since, ..CampaignNews::default() })
    }

    async fn response_rows(&self, _: &[MentionId]) -> StoreResult<Vec<ResponseRow>> {
        Ok(Vec::new())
    }

    async fn responses_to(&self, _: &[ActId]) -> StoreResult<Vec<ResponseRow>> {
        Ok(Vec::new())
    }

    async fn known_before(&self, _: &[PersonId], _: Timestamp) -> StoreResult<Vec<PersonId>> {
        Ok(Vec::new())
    }

    async fn mentions_numbered(&self, _: &[MentionId]) -> StoreResult<Vec<Mention>> {
        Ok(Vec::new())
    }

    async fn names_of(&self, _: &[PersonId]) -> StoreResult<Vec<(PersonId, SafeText)>> {
        Ok(Vec::new())
    }

    async fn raise_backlash(&self, _: &Lease, _: CampaignId, _: i64, _: &Signal) -> StoreResult<Option<SignalId>> {
        Ok(None)
    }
}
