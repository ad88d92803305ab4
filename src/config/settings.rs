//! What a configuration says, as plain values with their defaults and bounds.

use std::ops::RangeInclusive;

use super::place::{Place, Placed};
use super::secrets::SecretFrom;
use crate::domain::time::SignedDuration;
use crate::domain::{BrandSize, Network};
use crate::measure::hours::WorkingHours;
use crate::sources::SourceSettings;

/// Whom we speak for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// Its name.
    pub name: String,
    /// How big it is.
    pub size: BrandSize,
    /// Its accounts, without the leading `@`.
    pub handles: Vec<String>,
    /// Accounts of the people who speak for it: what they write is no mention. `handle`, `network:handle` or
    /// `network:native id`.
    pub people: Vec<String>,
}

/// A competitor, watched for share of voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rival {
    /// Its name.
    pub name: String,
    /// Its accounts, without the leading `@`.
    pub handles: Vec<String>,
}

/// A named query for a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Its name, unique among the watches.
    pub name: String,
    /// Name of the brand or of a rival.
    pub subject: String,
    /// The query; [`crate::watch::Query::parse`] accepts it.
    pub query: String,
    /// Words that speak for the subject being meant.
    pub context: Vec<String>,
    /// It stands in no file: made from the subject's name because the subject has no watch of its own.
    pub derived: bool,
}

/// A member of the team who answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// Its name, unique among the voices.
    pub name: String,
    /// What its answers are signed with.
    pub signature: Option<String>,
    /// Its own accounts, without the leading `@`: answers under them are not signed, and what they write is no mention.
    pub handles: Vec<String>,
}

/// A text to answer with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedReply {
    /// Its name, unique among the replies.
    pub name: String,
    /// Its words, blanks in braces.
    pub text: String,
    /// Where the words stand.
    pub place: Place,
}

/// A named set of our own posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Its name, unique among the campaigns.
    pub name: String,
    /// Hashtags, without the sign.
    pub tags: Vec<String>,
    /// Queries; [`crate::watch::Query::parse`] accepts them. That of a watch among them, when one is named.
    pub words: Vec<String>,
    /// Accounts, without the leading `@`.
    pub accounts: Vec<String>,
    /// Its first day.
    pub since: Option<jiff::civil::Date>,
    /// Its last day.
    pub until: Option<jiff::civil::Date>,
}

/// A feed or an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What is configured, as the network reads it.
    pub settings: SourceSettings,
    /// Where its address stands, or its section when it has none.
    pub place: Place,
    /// Where its secret is kept, if the file says so.
    pub secret: Option<Placed<SecretFrom>>,
}

/// When sources are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectSettings {
    /// Listen to the built-in public news and search feeds, besides the sources of the file.
    pub public_feeds: bool,
    /// Shortest interval between two polls, where a source sets none.
    pub shortest: SignedDuration,
    /// Longest interval between two polls, where a source sets none.
    pub longest: SignedDuration,
    /// How many sources are asked at the same time.
    pub concurrency: usize,
    /// Mentions an hour beyond which a watch is throttled, in sight.
    pub watch_ceiling: u32,
    /// How far back our own posts of an account are fetched, in days; 0 fetches none but those that listening brings.
    pub own_history_days: u32,
}

impl CollectSettings {
    /// What an interval may be, in seconds: ten seconds to a week.
    pub const INTERVAL: RangeInclusive<i64> = 10..=604_800;
    /// How many sources may be asked at the same time.
    pub const CONCURRENCY: RangeInclusive<u64> = 1..=256;
    /// What the ceiling of a watch may be, mentions an hour.
    pub const WATCH_CEILING: RangeInclusive<u64> = 10..=1_000_000;
    /// How far back our own posts may be fetched, in days.
    pub const OWN_HISTORY_DAYS: RangeInclusive<u64> = 0..=3_650;
}

impl Default for CollectSettings {
    fn default() -> Self {
        Self {
            public_feeds: true,
            shortest: SignedDuration::from_mins(5),
            longest: SignedDuration::from_hours(1),
            concurrency: 16,
            watch_ceiling: 1_000,
            own_history_days: 90,
        }
    }
}

/// What the time-out may be, in seconds.
pub const TIMEOUT_BOUNDS: RangeInclusive<i64> = 1..=300;
/// What the largest answer may be, in MB (10^6 bytes).
pub const BODY_BOUNDS: RangeInclusive<u64> = 1..=256;
/// How many requests to one host there may be.
pub const PER_HOST_BOUNDS: RangeInclusive<u64> = 1..=16;

/// How many days mentions are kept, unless the file says otherwise.
pub const RETENTION_DAYS: u64 = 365;

/// How many days mentions may be kept: a day to a hundred years.
pub const RETENTION_BOUNDS: RangeInclusive<u64> = 1..=36_500;

/// How mentions are answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweringSettings {
    /// How long an answer may take.
    pub target: SignedDuration,
    /// When somebody is there to answer; `None` when the file does not say.
    pub hours: Option<WorkingHours>,
}

impl AnsweringSettings {
    /// What the target may be, in seconds: a minute to a week.
    pub const TARGET: RangeInclusive<i64> = 60..=604_800;
}

impl Default for AnsweringSettings {
    fn default() -> Self {
        Self { target: SignedDuration::from_mins(10), hours: None }
    }
}

/// How many colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColourChoice {
    /// Sixteen, unless the environment says `NO_COLOR`.
    #[default]
    Auto,
    /// The terminal's sixteen colours.
    Sixteen,
    /// None.
    None,
}

impl ColourChoice {
    /// The choice once the environment was heard: a `NO_COLOR` that is not empty turns `Auto` into `None`; what
    /// the file says outright stands (<https://no-color.org>).
    #[must_use]
    pub fn with_environment(self, no_color: Option<&std::ffi::OsStr>) -> Self {
        match self {
            Self::Auto if no_color.is_some_and(|value| !value.is_empty()) => Self::None,
            Self::Auto => Self::Sixteen,
            stated => stated,
        }
    }
}

/// How emoji are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmojiChoice {
    /// As words or simple signs: safe in every terminal.
    #[default]
    Text,
    /// As they are; terminals that measure them wrongly show crooked columns.
    Raw,
}

/// How the screen looks and behaves.
#[derive(Debug, Clone, PartialEq)]
pub struct ScreenSettings {
    /// How many colours.
    pub colour: ColourChoice,
    /// How emoji are shown.
    pub emoji: EmojiChoice,
    /// The zone that times are shown in; `None` for the system's.
    pub time_zone: Option<jiff::tz::TimeZone>,
    /// Ring the terminal's bell at a signal.
    pub bell: bool,
    /// The command that opens links, `{}` standing for the link; `None` for the system's own.
    pub browser: Option<String>,
    /// Ask the terminal to show each frame at once (synchronized output).
    pub sync_output: bool,
}

impl Default for ScreenSettings {
    fn default() -> Self {
        Self {
            colour: ColourChoice::default(),
            emoji: EmojiChoice::default(),
            time_zone: None,
            bell: false,
            browser: None,
            sync_output: true,
        }
    }
}

/// How what we publish goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxSettings {
    /// How long it can be taken back before it goes out.
    pub hold: SignedDuration,
    /// The same for single networks.
    pub hold_by_network: Vec<(Network, SignedDuration)>,
    /// A second voice must approve it.
    pub approval: bool,
    /// Nothing is sent; it is shown as if.
    pub dry_run: bool,
}

impl OutboxSettings {
    /// Shortest and longest hold, in seconds.
    pub const HOLD: RangeInclusive<i64> = 0..=600;
}

impl Default for OutboxSettings {
    fn default() -> Self {
        Self { hold: SignedDuration::from_secs(10), hold_by_network: Vec::new(), approval: false, dry_run: false }
    }
}

/// Weights of the formulas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// How many people an unhappy person tells for each that a happy one tells (k).
    pub tell_factor: f64,
}

impl Weights {
    /// What the tell factor may be.
    pub const TELL_FACTOR: RangeInclusive<f64> = 1.0..=100.0;
}

impl Default for Weights {
    fn default() -> Self {
        Self { tell_factor: 10.0 }
    }
}

/// The chords of one action, as written; `tui::input` compiles them and complains at their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Name of the action.
    pub action: Placed<String>,
    /// Its chords; none takes the action's keys away.
    pub chords: Vec<Placed<String>>,
}
