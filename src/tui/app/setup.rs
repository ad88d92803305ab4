//! What the model is told once, when it is made, and again when the configuration is read anew.

use jiff::tz::TimeZone;

use super::composer::advice::Coaching;
use super::composer::replies::SavedReply;
use super::keys::KeyNames;
use super::msg::Notice;
use crate::domain::time::SignedDuration;
use crate::domain::{Subject, Timestamp, WatchRule};
use crate::engine::rehearsal::live::Rehearsing;
use crate::measure::hours::WorkingHours;

/// How foreign emoji are shown in lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Emoji {
    /// Sequences that terminals disagree about become a single sign.
    #[default]
    Text,
    /// As they came.
    Raw,
}

/// What is peculiar to this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Occasion {
    /// An ordinary run.
    #[default]
    Ordinary,
    /// The demonstration: a made-up town, thrown away at the end.
    Demo,
    /// Nothing can be changed (a follower without write access).
    ReadOnly,
}

/// Who writes answers here, and with what help.
#[derive(Debug, Clone, Default)]
pub struct Writer {
    /// What a text is signed with, once, at its end.
    pub signature: Option<String>,
    /// The voice's own accounts: what goes out under one of them is not signed.
    pub handles: Vec<String>,
    /// Saved replies.
    pub replies: Vec<SavedReply>,
    /// Who reads the drafts.
    pub coach: Coaching,
    /// Who says what a post would do.
    pub rehearsing: Rehearsing,
    /// A second voice must approve what is sent.
    pub approval: bool,
}

/// Everything that the model must know before the first message.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The brand's name, for the status line.
    pub brand: String,
    /// Subjects as adopted, the brand first.
    pub subjects: Vec<Subject>,
    /// Watches as adopted.
    pub watches: Vec<WatchRule>,
    /// The reader's time zone.
    pub zone: TimeZone,
    /// The present moment.
    pub now: Timestamp,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The tell factor k: how many people an unhappy person tells for one that a happy person tells.
    pub tell_factor: f64,
    /// What is peculiar to this run.
    pub occasion: Occasion,
    /// A watch can be saved: there is a configuration file that may be written.
    pub can_save_watch: bool,
    /// How emoji are shown in lists.
    pub emoji: Emoji,
    /// The keys in force.
    pub keys: KeyNames,
    /// The voice at this screen, when it said who it is.
    pub voice: Option<String>,
    /// Who writes answers here, and with what help.
    pub writer: Writer,
    /// What to say first (the newest last).
    pub notices: Vec<Notice>,
    /// How long an answer may take before its case is late.
    pub target: SignedDuration,
    /// When somebody is there to answer, where that is configured: only those hours make a case late then.
    pub hours: Option<WorkingHours>,
}

impl Setup {
    /// A setup with everything by default.
    pub fn new(brand: impl Into<String>, zone: TimeZone, now: Timestamp, size: (u16, u16)) -> Self {
        Self {
            brand: brand.into(),
            subjects: Vec::new(),
            watches: Vec::new(),
            zone,
            now,
            size,
            tell_factor: 10.0,
            occasion: Occasion::Ordinary,
            can_save_watch: false,
            emoji: Emoji::Text,
            keys: KeyNames::default(),
            voice: None,
            writer: Writer::default(),
            notices: Vec::new(),
            target: SignedDuration::from_mins(10),
            hours: None,
        }
    }
}

/// What a new configuration changes while the program runs.
#[derive(Debug, Clone)]
pub struct Reconfigured {
    /// Subjects as adopted, the brand first.
    pub subjects: Vec<Subject>,
    /// Watches as adopted.
    pub watches: Vec<WatchRule>,
    /// The tell factor k.
    pub tell_factor: f64,
    /// How long an answer may take before its case is late.
    pub target: SignedDuration,
    /// When somebody is there to answer, where that is configured.
    pub hours: Option<WorkingHours>,
    /// How emoji are shown in lists.
    pub emoji: Emoji,
    /// The keys in force.
    pub keys: KeyNames,
    /// The voice at this screen, when it said who it is.
    pub voice: Option<String>,
    /// Who writes answers here, and with what help.
    pub writer: Writer,
}
