//! The vocabulary of the house: plain types that every other room speaks.
//!
//! This room imports no other room. It holds no clock, no randomness and no I/O; time comes in as an
//! argument. [`clean`] is the only door through which foreign text becomes [`SafeText`].

pub mod act;
pub mod campaign;
pub mod case;
pub mod clean;
pub mod correction;
pub mod deed;
pub mod gesture;
pub mod ids;
pub mod item;
pub mod letters;
pub mod mention;
pub mod money;
pub mod outbox;
pub mod person;
pub mod search;
pub mod signal;
pub mod source;
pub mod stream;
pub mod subject;
pub mod text_rules;
pub mod time;

pub use act::Act;
pub use campaign::{Campaign, CampaignChange, Paid, Payment, Terms};
pub use clean::SafeText;
pub use correction::{Correction, NewCorrection, Occasion, Said};
pub use deed::{ActCorrection, ActReading};
pub use gesture::{Deed, Gesture, Give, Trigger};
pub use ids::{
    ActId, CampaignId, CaseId, CorrectionId, GroupId, MentionId, OutgoingId, PaymentId, PersonId, PromiseId, SignalId,
    SourceId, StepId, SubjectId, WatchId,
};
pub use item::{Answerable, Author, Item, Visibility};
pub use mention::{Intent, IntentShares, Intents, Mention, MentionRow, Reading, Sentiment, Shares};
pub use money::Money;
pub use signal::{Signal, SignalKind};
pub use source::{Capabilities, Meter, Network, OwnHistory, SourceHealth, SourceState};
pub use stream::{Counts, Filter, Key, Overview, Span};
pub use subject::{BrandSize, Role, Subject, WatchRule};
pub use text_rules::{OwnPosts, TextRules};
pub use time::{Clock, Timestamp};
