//! What happens by itself: when to poll (collector), how an item becomes a mention (intake), what must be
//! told now (alerts), and the lease. Owns its tasks; every change is stored before it is told.
//!
//! | part | what it is for |
//! |---|---|
//! | [`Engine`] | starts it all; [`EngineHandle`] is how the screen and `collect` speak with it |
//! | [`poll_all_once`], [`check`] | every source once, with and without storing |
//! | [`intake`] | item -> mention |
//! | [`books`] | acts -> the ledger of gives and asks |
//! | [`rehearsal`], [`presence`] | what a post would do, and how personal the brand comes across |
//! | [`campaigns`] | acts and responses -> the health of campaigns |
//! | [`answering`] | which mentions need an answer, and when |
//! | [`timekeeping`], [`aftermath`] | how fast we answered, and what became of the people |
//! | [`schedule`] | when a source is asked next |
//! | [`flood`] | watches that match far too much |
//! | [`trial`] | searching what is stored with a watch query |
//! | `collector`, `lease`, `alerts`, `retention` | the tasks behind the engine |
//! | [`outbox`] | what is about to be published |
//! | [`people`] | ties, added up as things happen |
//! | `own` | accounts that are known to be ours |

pub mod aftermath;
mod alerts;
pub mod answering;
pub mod books;
pub mod campaigns;
pub mod clock;
mod collector;
mod doors;
pub mod event;
mod facade;
pub mod flood;
mod herald;
pub mod history;
mod holder;
pub mod intake;
mod lease;
mod lessons;
pub mod outbox;
mod own;
pub mod people;
mod plan;
pub mod presence;
mod reasons;
pub mod rehearsal;
mod retention;
pub mod schedule;
mod supervise;
pub mod timekeeping;
pub mod trial;

#[cfg(test)]
mod doubles;
#[cfg(test)]
mod whole;

pub use clock::{ManualClock, SystemClock};
pub use collector::check::{CheckReport, check};
pub use collector::once::OnceReport;
pub use collector::{Dice, WORKERS};
pub use doors::Door;
pub use event::{Event, Polled, Standing};
pub use facade::{Engine, EngineHandle, poll_all_once};
pub use holder::holder_name;
pub use lease::LeasePace;
pub use lessons::{Lessons, School, SubjectLessons, Taught};
pub use outbox::token as publishing_token;
pub use plan::{EngineError, EnginePlan, Orders};
pub use reasons::{IntentReasons, Reasons, SubjectReasons};
