//! People as the store keeps them: ties that are added up as mentions, answers and cases come, change and go; accounts
//! that are one person; and forgetting somebody for good.

use async_trait::async_trait;

use super::StoreResult;
use crate::domain::person::{Exchange, PeopleFigures, PeopleFilter, PeopleKey, PersonFile, PersonRow, TieSums, Traces};
use crate::domain::{Network, PersonId, Timestamp};

/// What the store does not know itself: how a tie is added up.
pub trait AddUp: Send + Sync {
    /// Adds up what went between the brand and one person.
    fn sums(&self, went: &[(Timestamp, Exchange)]) -> TieSums;
}

/// Whom a person wants to be forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Whom {
    /// The handle as it was typed; compared without regard to case, and to a leading `@`. A native id does as well.
    pub handle: String,
    /// Their accounts, found by [`People::accounts`]. Accounts that are one person with these go along.
    pub accounts: Vec<PersonId>,
    /// The networks on which this handle is not to be collected again, found or not.
    pub networks: Vec<Network>,
}

/// What was erased, and what must be looked for to prove it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Erased {
    /// How much was erased.
    pub traces: Traces,
    /// Handles, names and ids of theirs.
    pub names: Vec<String>,
    /// Distinctive pieces of what they wrote.
    pub pieces: Vec<String>,
}

/// The part of the store that keeps people.
///
/// # Errors
/// As [`super::Store`].
#[async_trait]
pub trait People: Send + Sync {
    /// Adds up the ties of at most `limit` people of whom something came, changed or went. Returns how many there were;
    /// less than `limit` means that every tie is as it should be. Nothing is written when there is nobody.
    ///
    /// What counts: their public mentions about the brand or to one of its accounts; our public answers to them; a
    /// two-way turn for each mention of theirs that we answered, or that answers a post of ours; complaints of theirs
    /// that were resolved; their praise; and what our answers gave and asked, as the books have it: by the word of a
    /// person, else as they were read. Who has nothing of this has no tie.
    async fn settle_ties(&self, add_up: &dyn AddUp, limit: u32) -> StoreResult<u64>;
    /// A window of the people with a tie, after a place when one is given. `now` tells who is silent.
    async fn people(
        &self,
        filter: &PeopleFilter,
        after: Option<PeopleKey>,
        now: Timestamp,
        limit: u32,
    ) -> StoreResult<Vec<PersonRow>>;
    /// Figures over everybody with a tie.
    async fn people_figures(&self, now: Timestamp) -> StoreResult<PeopleFigures>;
    /// Everything that is kept of a person, or of one of their accounts.
    async fn person_file(&self, person: PersonId, add_up: &dyn AddUp, turns: u32) -> StoreResult<Option<PersonFile>>;
    /// The accounts of this handle or native id, on one network or all; without regard to case and a leading `@`.
    async fn accounts(&self, handle: &str, network: Option<&str>) -> StoreResult<Vec<crate::domain::person::Handle>>;
    /// Two accounts are one person, a person says. False when they are one already, or one is not there.
    async fn merge_people(
        &self,
        one: PersonId,
        other: PersonId,
        at: Timestamp,
        voice: Option<&str>,
    ) -> StoreResult<bool>;
    /// The account is a person of its own again. Returns those that it was one with.
    async fn split_person(&self, account: PersonId) -> StoreResult<Vec<PersonId>>;

    /// What there is of somebody, before it is erased.
    async fn traces(&self, whom: &Whom) -> StoreResult<Traces>;
    /// Erases somebody everywhere, in one transaction: what they wrote with everything that was made of it, their cases,
    /// what is written to them, and their name and words in what stays. They are not collected again.
    ///
    /// Fails, with nothing changed, while a message to them is being sent, and for an account of the brand itself.
    async fn forget(&self, whom: &Whom, at: Timestamp) -> StoreResult<Erased>;
}
