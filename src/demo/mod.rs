//! A loopback town: real HTTP servers on this machine that replay a scenario, so that the program can be
//! seen at work without a network and without an account.
//!
//! The town speaks RSS, Atom and JSON Feed with entity tags, delays and failures, has squares where people talk
//! and can be answered, and is read through the ordinary sources. It knows the vocabulary of `domain` and no other room; its tasks live in a `JoinSet`
//! that the town owns and end with it.

mod render;
mod scenario;
mod square;
mod town;

pub use scenario::{
    Faults, Format, Frame, Note, Place, Post, Scenario, ScenarioCampaign, ScenarioError, ScenarioVoice, ScenarioWatch,
    Then,
};
pub use town::{Town, TownError};
