//! Numbers that the store gives to things. A newtype each, so that one cannot stand in for another.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

id! {
    /// A stored mention. Grows with the order of recording.
    MentionId,
    /// An author on one network.
    PersonId,
    /// Mentions that are one story.
    GroupId,
    /// A brand or a rival.
    SubjectId,
    /// A named boolean query for a subject.
    WatchId,
    /// One configured feed or account.
    SourceId,
    /// Something to be told now.
    SignalId,
    /// A post that the brand itself published.
    ActId,
    /// A named set of acts.
    CampaignId,
    /// A word on what was paid.
    PaymentId,
    /// What must be done for one person in one thread.
    CaseId,
    /// A step in the history of a case.
    StepId,
    /// Something that we said we would do.
    PromiseId,
    /// Something that we are about to publish.
    OutgoingId,
    /// What a person said of a reading. Grows with the order of recording.
    CorrectionId,
}
