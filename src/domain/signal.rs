//! Something to be told now.

use serde::{Deserialize, Serialize};

use super::clean::SafeText;
use super::ids::{SignalId, SourceId, SubjectId};
use super::time::Timestamp;

/// What kind of news a signal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// Many more mentions of a subject than usual.
    Spike,
    /// A source brought nothing for much longer than its habit.
    Silence,
    /// A source stopped, or everything is offline.
    SourceTrouble,
    /// A watch matches so much that it is throttled.
    Flood,
    /// The store cannot be written or is damaged.
    StoreTrouble,
    /// New cases went past the target.
    Late,
    /// A promise came due and is not kept.
    PromiseDue,
    /// Our replies have come to say nearly the same.
    Canned,
    /// A campaign is received badly since today.
    Backlash,
    /// The time of a hand-over is over, and the case is open still.
    HandOverDue,
}

impl SignalKind {
    /// Each such signal tells of something else, which is told only once: an earlier one does not hold it back.
    pub fn is_always_news(self) -> bool {
        matches!(self, Self::Late | Self::PromiseDue | Self::Backlash | Self::HandOverDue)
    }
}

/// A signal as stored and shown. Within an hour the same kind, subject, source and watch is one signal, unless its kind
/// is always news.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Its number; 0 before it is stored.
    pub id: SignalId,
    /// Kind.
    pub kind: SignalKind,
    /// When it arose.
    pub at: Timestamp,
    /// Whom it concerns.
    pub subject: Option<SubjectId>,
    /// Which source it concerns.
    pub source: Option<SourceId>,
    /// One line for a person: what, how much, why.
    pub text: SafeText,
    /// A person has acknowledged it.
    pub seen: bool,
}
