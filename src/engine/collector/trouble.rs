//! What is done while the store refuses to be written.

use std::time::Duration;

use tokio::time::Instant;

use super::write::Unrecorded;
use crate::store::StoreError;

/// What a refusal means for collecting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Another process collects now.
    LeaseLost,
    /// Nothing can be written; try again this often.
    Wait(Duration),
    /// Nothing may be written any more until a person has seen to it.
    Stop,
    /// This batch did not go in; the others may.
    ThisBatch,
}

impl Refusal {
    pub(super) fn of(error: &StoreError) -> Self {
        match error {
            StoreError::LeaseLost => Self::LeaseLost,
            StoreError::Full { .. } => Self::Wait(Duration::from_secs(5)),
            StoreError::ReadOnly { .. } => Self::Wait(Duration::from_secs(15)),
            StoreError::Damaged { .. } => Self::Stop,
            _ => Self::ThisBatch,
        }
    }
}

/// The store refuses: nothing is asked, and one batch is kept to try with.
pub(super) struct Trouble {
    /// Which source's batch is kept.
    pub probe: Option<(usize, Box<Unrecorded>)>,
    /// When it is tried again; `None` while it is being tried, and for good when the store is damaged.
    pub retry: Option<Instant>,
}
