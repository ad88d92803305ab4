//! Figures: sentiment trend, spikes, share of voice, silent sources, clocks, giving, ties. Pure functions, each with its formula.
//!
//! May import `domain` and nothing else; time comes in as an argument. Every figure has a least amount of data below
//! which it is "too few" and no number.

pub mod aftermath;
pub mod clocks;
pub mod giving;
pub mod hours;
pub mod inbox;
pub mod lateness;
pub mod share;
pub mod silence;
pub mod spike;
pub mod terms;
pub mod ties;
pub mod trend;

/// Readings below which a share or a net score is "too few".
pub const FEWEST: u64 = 10;
