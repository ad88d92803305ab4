//! Campaigns in SQLite.
//!
//! | part | what it is for |
//! |---|---|
//! | `define` | which there are, what was paid, and taking back what a person changed |
//! | `news` | what changed since a place |
//! | `responses` | mentions and people, as the health needs them |

mod define;
mod news;
mod responses;
#[cfg(test)]
mod tests;

use async_trait::async_trait;

use super::fault::told;
use super::{SqliteStore, on};
use crate::domain::{
    ActId, Campaign, CampaignChange, CampaignId, Mention, MentionId, PersonId, SafeText, Signal, SignalId, Terms,
    Timestamp,
};
use crate::store::{CampaignNews, Campaigns, Lease, ResponseRow, StoreResult};

#[async_trait]
impl Campaigns for SqliteStore {
    async fn adopt_campaigns(&self, terms: &[Terms]) -> StoreResult<()> {
        on!(self.writer, define::adopt, terms)
    }

    async fn join_campaigns(&self, terms: &[Terms], by: &str, now: Timestamp) -> StoreResult<()> {
        on!(self.writer, define::join, terms, by, now)
    }

    async fn campaigns(&self) -> StoreResult<Vec<Campaign>> {
        on!(self.reader, define::all)
    }

    async fn change_campaigns(
        &self,
        change: &CampaignChange,
        voice: &str,
        at: Timestamp,
    ) -> StoreResult<CampaignChange> {
        on!(self.writer, define::change, change, voice, at)
    }

    async fn dismissed_suggestions(&self) -> StoreResult<Vec<String>> {
        on!(self.reader, define::dismissed)
    }

    async fn campaign_place(&self) -> StoreResult<i64> {
        on!(self.reader, news::place)
    }

    async fn campaign_news(&self, since: i64, limit: u32) -> StoreResult<CampaignNews> {
        on!(self.reader, news::since, since, limit)
    }

    async fn response_rows(&self, ids: &[MentionId]) -> StoreResult<Vec<ResponseRow>> {
        on!(self.reader, responses::rows, ids)
    }

    async fn responses_to(&self, acts: &[ActId]) -> StoreResult<Vec<ResponseRow>> {
        on!(self.reader, responses::to, acts)
    }

    async fn known_before(&self, people: &[PersonId], before: Timestamp) -> StoreResult<Vec<PersonId>> {
        on!(self.reader, responses::known, people, before)
    }

    async fn mentions_numbered(&self, ids: &[MentionId]) -> StoreResult<Vec<Mention>> {
        on!(self.reader, super::stream::numbered, ids)
    }

    async fn names_of(&self, people: &[PersonId]) -> StoreResult<Vec<(PersonId, SafeText)>> {
        on!(self.reader, responses::names, people)
    }

    async fn raise_backlash(
        &self,
        lease: &Lease,
        campaign: CampaignId,
        day: i64,
        signal: &Signal,
    ) -> StoreResult<Option<SignalId>> {
        on!(self.writer, super::signals::raise_once, lease, campaign, day, signal)
    }
}
