//! Campaigns: which there are, what was paid of what they promised, and what their health is made of.

use async_trait::async_trait;

use super::{Lease, StoreResult};
use crate::domain::{
    ActId, Campaign, CampaignChange, CampaignId, Mention, MentionId, PersonId, Reading, SafeText, Signal, SignalId,
    Terms, Timestamp, Visibility,
};

/// What came, changed or went that may concern campaigns, each number once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CampaignNews {
    /// Ask for what changed since this place next.
    pub place: i64,
    /// Campaigns, payments or suggestions changed.
    pub campaigns: bool,
    /// Mentions that came, changed or went, or that answer another act than before, or whose case moved on.
    pub mentions: Vec<MentionId>,
    /// Acts that came, changed or went.
    pub acts: Vec<ActId>,
    /// People whom we answered, whose answered mentions changed or went, or who became one with others or parted: each
    /// account, and the number that its person goes by now.
    pub people: Vec<PersonId>,
    /// There is more behind [`CampaignNews::place`].
    pub more: bool,
    /// The place was too old to tell everything since: read everything again.
    pub too_old: bool,
}

/// A mention, as the health of a campaign needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseRow {
    /// Which.
    pub mention: MentionId,
    /// When it counts as published, to the second.
    pub published: Timestamp,
    /// Who wrote it; accounts that a person confirmed to be one go by the lowest of their numbers.
    pub person: Option<PersonId>,
    /// Who may read it.
    pub visibility: Visibility,
    /// Back-filled.
    pub history: bool,
    /// The act that it answers.
    pub answers: Option<ActId>,
    /// Readings, people's corrections in them.
    pub readings: Vec<Reading>,
    /// Its person came back happy after our answer.
    pub recovered: bool,
    /// Something is still to be done: its case is open, or it has none and was not answered.
    pub open: bool,
}

/// The part of the store that keeps campaigns.
///
/// # Errors
/// As [`super::Store`].
#[async_trait]
pub trait Campaigns: Send + Sync {
    /// Brings the configuration's campaigns in; finds those that are there by name, whatever the case. What left the
    /// configuration is taken away, and keeps what was paid. Writes nothing when nothing changed.
    async fn adopt_campaigns(&self, terms: &[Terms]) -> StoreResult<()>;
    /// The same for who comes for one errand and goes again: brings in those that are not there, and takes none away.
    /// While a process other than `by` holds the lease nothing is changed: what that one took on stands.
    async fn join_campaigns(&self, terms: &[Terms], by: &str, now: Timestamp) -> StoreResult<()>;
    /// Those that there are, the configuration's first and in its order.
    async fn campaigns(&self) -> StoreResult<Vec<Campaign>>;
    /// Changes something and returns what undoes it. What stands in the configuration is neither changed nor taken
    /// away here, and two campaigns cannot have the same name: both fail with words for a person.
    async fn change_campaigns(
        &self,
        change: &CampaignChange,
        voice: &str,
        at: Timestamp,
    ) -> StoreResult<CampaignChange>;
    /// Suggestions that a person does not want.
    async fn dismissed_suggestions(&self) -> StoreResult<Vec<String>>;

    /// Where the news stand now: what changes from now on is after it.
    async fn campaign_place(&self) -> StoreResult<i64>;
    /// What changed since a place, at most so many changes, the oldest first.
    async fn campaign_news(&self, since: i64, limit: u32) -> StoreResult<CampaignNews>;
    /// These mentions, as far as they are there, in the order of their numbers.
    async fn response_rows(&self, ids: &[MentionId]) -> StoreResult<Vec<ResponseRow>>;
    /// The mentions that answer these acts.
    async fn responses_to(&self, acts: &[ActId]) -> StoreResult<Vec<ResponseRow>>;
    /// Those of these people whom we answered publicly before a moment: who wrote to us and was answered had an exchange
    /// of both ways. Accounts that a person confirmed to be one know us together.
    async fn known_before(&self, people: &[PersonId], before: Timestamp) -> StoreResult<Vec<PersonId>>;
    /// These mentions with all their words, as far as they are there, in the order of their numbers.
    async fn mentions_numbered(&self, ids: &[MentionId]) -> StoreResult<Vec<Mention>>;
    /// The names that these people go by.
    async fn names_of(&self, people: &[PersonId]) -> StoreResult<Vec<(PersonId, SafeText)>>;
    /// Raises the signal of a campaign's backlash, once a campaign and day (days since 1970, as the caller counts them).
    async fn raise_backlash(
        &self,
        lease: &Lease,
        campaign: CampaignId,
        day: i64,
        signal: &Signal,
    ) -> StoreResult<Option<SignalId>>;
}
