//! People: what went both ways between the brand and each of them, and nothing else about them.

use super::clean::SafeText;
use super::gesture::Deed;
use super::ids::{CaseId, MentionId, PersonId};
use super::mention::Sentiment;
use super::source::Network;
use super::time::Timestamp;

/// Something that went between the brand and a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Exchange {
    /// They wrote to us or about us.
    TheyWrote,
    /// We wrote to them.
    WeWrote,
    /// They wrote and we answered, or the other way round: a turn of both.
    TwoWay,
    /// A complaint of theirs was resolved.
    Resolved,
    /// They praised us.
    TheirPraise,
    /// We gave them something.
    OurGive,
    /// We asked something of them.
    OurAsk,
}

impl Exchange {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::TwoWay, Self::Resolved, Self::TheirPraise, Self::OurGive, Self::OurAsk, Self::TheyWrote, Self::WeWrote];

    /// What an answer of ours gives or asks; `None` when it does neither.
    pub fn of_ours(deed: Deed) -> Option<Self> {
        match deed {
            Deed::Give(_) => Some(Self::OurGive),
            Deed::SoftAsk | Deed::HardAsk | Deed::Conditional { .. } => Some(Self::OurAsk),
            Deed::Talk => None,
        }
    }

    /// What it is, in a few words.
    pub fn name(self) -> &'static str {
        match self {
            Self::TheyWrote => "they wrote",
            Self::WeWrote => "we wrote",
            Self::TwoWay => "two-way turn",
            Self::Resolved => "complaint resolved",
            Self::TheirPraise => "their praise",
            Self::OurGive => "our give",
            Self::OurAsk => "our ask",
        }
    }
}

/// What went both ways with a person, added up so that it can be stored and compared at any time. What is not public is
/// not in it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TieSums {
    /// The strength as of 2020-01-01, by which people stay in order without being added up again: at any moment every
    /// strength is this, halved by the same time.
    pub worth: f64,
    /// How often they wrote to us or about us.
    pub theirs: u32,
    /// How often we wrote to them.
    pub ours: u32,
    /// Two-way turns.
    pub turns: u32,
    /// Complaints of theirs that were resolved.
    pub resolved: u32,
    /// How often they praised us.
    pub praises: u32,
    /// What we gave them.
    pub gives: u32,
    /// What we asked of them.
    pub asks: u32,
    /// The last that went either way.
    pub last: Option<Timestamp>,
    /// The calendar week of the newest two-way turn, counted from Monday, 1969-12-29 (UTC); 0 without one.
    pub week: i64,
    /// Weeks with two-way turns: bit 0 is `week`, bit 1 the week before, up to bit 11.
    pub weeks: u16,
    /// They were a regular when the newest two-way turn came.
    pub regular: bool,
}

/// Calendar weeks that are looked at to tell a regular, the present one included.
pub const WEEKS: i64 = 12;
/// Weeks of those with two-way turns that make one.
pub const REGULAR_WEEKS: u32 = 3;

/// The calendar week of a moment, from Monday to Sunday (UTC), counted from 1969-12-29.
pub fn week(at: Timestamp) -> i64 {
    (at.as_second().div_euclid(86_400) + 3).div_euclid(7)
}

/// Whether weeks with two-way turns, as in [`TieSums`], make a regular in the week `now`: turns in [`REGULAR_WEEKS`] of
/// the last [`WEEKS`].
pub fn is_regular(week: i64, weeks: u16, now: i64) -> bool {
    let left = WEEKS - (now - week).max(0);
    let mask: u16 = if left <= 0 { 0 } else { (1 << left.min(WEEKS)) - 1 };
    (weeks & mask).count_ones() >= REGULAR_WEEKS
}

/// The order of the list of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PeopleOrder {
    /// The strongest tie first.
    #[default]
    Strength,
    /// The last contact first.
    LastContact,
    /// Regulars with whom nothing went either way for four weeks, those who fell silent last first.
    SilentRegulars,
}

impl PeopleOrder {
    /// Every order.
    pub const ALL: [Self; 3] = [Self::Strength, Self::LastContact, Self::SilentRegulars];

    /// Its name, in arguments and on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Strength => "strength",
            Self::LastContact => "last-contact",
            Self::SilentRegulars => "silent-regulars",
        }
    }

    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Strength => Self::LastContact,
            Self::LastContact => Self::SilentRegulars,
            Self::SilentRegulars => Self::Strength,
        }
    }
}

/// Which people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct PeopleFilter {
    /// In which order.
    pub order: PeopleOrder,
    /// Only those in whose handles and names words begin with each of these; empty for everybody.
    pub words: String,
}

/// A place in the list of people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeopleKey {
    /// The worth, in the order of strength.
    pub worth: f64,
    /// The last contact, in the other orders.
    pub last: Timestamp,
    /// Number of the person.
    pub person: PersonId,
}

/// A handle of a person on one network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    /// The account.
    pub person: PersonId,
    /// Kind of place.
    pub network: Network,
    /// Handle, else name.
    pub who: SafeText,
    /// Displayed name; may be empty.
    pub name: SafeText,
}

/// A person as a line of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonRow {
    /// Number; of several accounts that are one person the lowest.
    pub id: PersonId,
    /// Their accounts: more than one only when a person confirmed it.
    pub handles: Vec<Handle>,
    /// The largest number of followers that is known.
    pub followers: Option<u64>,
    /// What went both ways.
    pub sums: TieSums,
}

impl PersonRow {
    /// What they are called: the first handle.
    pub fn who(&self) -> &str {
        self.handles.first().map_or("", |handle| handle.who.as_str())
    }

    /// Where the list goes on behind them.
    pub fn key(&self) -> PeopleKey {
        PeopleKey { worth: self.sums.worth, last: self.sums.last.unwrap_or(Timestamp::UNIX_EPOCH), person: self.id }
    }
}

/// Figures over everybody who had to do with us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeopleFigures {
    /// How many there are.
    pub people: u64,
    /// Regulars at present.
    pub regulars: u64,
    /// Two-way turns with regulars.
    pub regular_turns: u64,
    /// Two-way turns with anybody.
    pub turns: u64,
    /// People whose ties are still to be added up.
    pub unsettled: u64,
}

/// One line of what a tie is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Went {
    /// When.
    pub at: Timestamp,
    /// What.
    pub exchange: Exchange,
    /// The first words.
    pub words: SafeText,
}

/// Who of us knows a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acquaintance {
    /// The voice, or the account that wrote.
    pub who: SafeText,
    /// It is a voice of the team, not an account.
    pub voice: bool,
    /// How often.
    pub times: u64,
    /// When last.
    pub last: Timestamp,
}

/// A case of a person, in short.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonCase {
    /// Its number.
    pub id: CaseId,
    /// How far it is.
    pub status: super::case::CaseStatus,
    /// When it began.
    pub opened: Timestamp,
    /// The mention that stands for it.
    pub mention: Option<MentionId>,
}

/// Everything that is kept of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonFile {
    /// What the list shows.
    pub row: PersonRow,
    /// The last turns in any thread, promises, open cases.
    pub card: super::case::PersonCard,
    /// Cases, the newest first, 20 at most.
    pub cases: Vec<PersonCase>,
    /// What the tie is made of, newest first.
    pub went: Vec<Went>,
    /// The attitude of each of their public mentions about us, oldest first, 200 at most.
    pub attitudes: Vec<(Timestamp, Sentiment)>,
    /// Who of us knows them, who knows them best first.
    pub known_to: Vec<Acquaintance>,
    /// Accounts on other networks with the same handle or name: perhaps the same person.
    pub alike: Vec<Handle>,
}

/// What of a person there is to erase.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Traces {
    /// Their accounts.
    pub accounts: Vec<Handle>,
    /// What they wrote.
    pub mentions: u64,
    /// Posts of others that repeat theirs.
    pub reposts: u64,
    /// Their cases, with notes, promises and history.
    pub cases: u64,
    /// Drafts and messages to them.
    pub outgoing: u64,
    /// Posts of ours that keep nothing of them.
    pub acts: u64,
    /// Posts of others, notes and signals in which they are named.
    pub named: u64,
    /// What was said of how their posts were read.
    pub corrections: u64,
}
