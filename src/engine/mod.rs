//! What happens by itself: when to poll (collector), how an item becomes a mention (intake), what must be
//! told now (alerts), and the lease. Owns its tasks; every change is stored before it is told.

pub mod clock;
pub mod event;
pub mod flood;
pub mod intake;
pub mod schedule;
mod supervise;

#[cfg(test)]
mod doubles;

pub use clock::{ManualClock, SystemClock};
pub use event::{Event, Polled, Standing};
