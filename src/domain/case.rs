//! What must be done for one person in one thread, from the first word that needs an answer until the person is
//! helped and has said so.

use serde::{Deserialize, Serialize};

use super::clean::SafeText;
use super::ids::{ActId, CaseId, GroupId, MentionId, OutgoingId, PersonId, PromiseId, SourceId, StepId};
use super::mention::{Intents, MentionRow, Sentiment};
use super::source::Network;
use super::time::Timestamp;

/// The name under which whoever has told no name changes cases.
pub const NAMELESS: &str = "me";

/// How far a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    /// Nobody has answered.
    New,
    /// We said that we heard.
    Acknowledged,
    /// It goes on in another place (a direct message, e-mail, a shop), and is followed there.
    HandedOver,
    /// Solved.
    Resolved,
    /// Nothing is to be done.
    Dismissed,
}

impl CaseStatus {
    /// Something remains to be done.
    pub fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Acknowledged | Self::HandedOver)
    }
}

/// Why nothing is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dismissal {
    /// It is not about us.
    NotAboutUs,
    /// Spam or advertising.
    Spam,
    /// It needs no answer.
    NoAnswerNeeded,
    /// Another case is the same.
    Duplicate,
}

/// Put aside. It changes no clock and no exposure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Snooze {
    /// Until a moment; sooner when they write again.
    Until(Timestamp),
    /// Until they write again.
    UntilReply,
}

/// A voice has taken it on, so that nobody else answers too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Name of the voice.
    pub voice: SafeText,
    /// It lapses then.
    pub until: Timestamp,
}

/// To whom and where it was given on, and by when they should be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// Who has it now and where, in our words: "Ana by e-mail".
    pub to: SafeText,
    /// When it should be done; from then on it is overdue. `None`: nobody is reminded.
    pub due: Option<Timestamp>,
}

/// Something that we said we would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Its number.
    pub id: PromiseId,
    /// What, in our words.
    pub text: SafeText,
    /// When it must be done.
    pub due: Timestamp,
    /// When it was done.
    pub kept: Option<Timestamp>,
}

/// What became of the person after our answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aftermath {
    /// Less than 72 hours since our answer, and they have not written again.
    Waiting,
    /// Their next words within 72 hours were thanks, or not negative.
    Recovered,
    /// They wrote nothing within 72 hours.
    Silent,
    /// Their next words within 72 hours were negative, or a complaint.
    Unhappy,
}

/// What the place in the inbox is made of; the formula is in `measure`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighing {
    /// The most urgent intent's weight: complaint k, question 3, praise 1, promo 0.1.
    pub severity: f64,
    /// Followers of the person; unknown ones count as 100.
    pub followers: Option<u64>,
    /// Reposts of their post, per hour.
    pub reposts_per_hour: f64,
}

/// A case as a line of the inbox.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRow {
    /// Its number.
    pub id: CaseId,
    /// How far it is.
    pub status: CaseStatus,
    /// Why it was dismissed.
    pub dismissal: Option<Dismissal>,
    /// It is put aside.
    pub snooze: Option<Snooze>,
    /// Who has taken it on. A claim that has lapsed is none.
    pub claim: Option<Claim>,
    /// Who has it while it is handed over, where that was said.
    pub handed: Option<HandOver>,
    /// Who it is about: handle, else name, else host; may be empty.
    pub who: SafeText,
    /// The same person in the store.
    pub person: Option<PersonId>,
    /// What they said that most needs an answer: the most urgent of what is not answered, else the newest.
    pub mention: MentionRow,
    /// How many mentions of theirs it holds.
    pub mentions: u32,
    /// What they want: the union of what is not answered, else of everything.
    pub intents: Intents,
    /// The attitude of their newest mention.
    pub sentiment: Option<Sentiment>,
    /// The clocks run from here: when we had the first mention that is not answered. A case that opens again starts
    /// them anew.
    pub opened: Timestamp,
    /// When its turn comes; the inbox is in this order.
    pub due: Timestamp,
    /// What `due` was made of.
    pub weighing: Weighing,
    /// When we acknowledged, in this turn of the clocks.
    pub acknowledged: Option<Timestamp>,
    /// When it was resolved or dismissed, in this turn of the clocks.
    pub closed: Option<Timestamp>,
    /// Every time it was opened again after being resolved or dismissed.
    pub reopened: u32,
    /// The open promise that is due first.
    pub promise: Option<Timestamp>,
    /// What became of the person after our last answer; `None` before one.
    pub aftermath: Option<Aftermath>,
    /// Not public: in no statistic, alert text or default export.
    pub private: bool,
    /// Grows with every change; a change that was made with an older number in mind is refused.
    pub revision: i64,
}

impl CaseRow {
    /// It is handed over, and the time by which it should have been done is over.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.handed_due().is_some_and(|due| due <= now)
    }

    /// When those who have it now should be done.
    pub fn handed_due(&self) -> Option<Timestamp> {
        self.handed.as_ref().filter(|_| self.status == CaseStatus::HandedOver)?.due
    }

    /// The person came back happy, and the case is open still: it can be resolved.
    pub fn is_happy_end(&self) -> bool {
        self.status.is_open() && self.aftermath == Some(Aftermath::Recovered)
    }
}

/// Who said what in a thread, in order: one turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// When it counts as published.
    pub at: Timestamp,
    /// We said it.
    pub ours: bool,
    /// Who: handle, else name.
    pub who: SafeText,
    /// The words, line breaks kept.
    pub text: SafeText,
    /// The stored mention, when they said it.
    pub mention: Option<MentionId>,
    /// The stored act, when we said it.
    pub act: Option<ActId>,
    /// Identity within its network.
    pub native_id: String,
}

/// One step in the history of a case. Nothing is ever taken out of a history; an undone step is marked.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its number.
    pub id: StepId,
    /// When.
    pub at: Timestamp,
    /// The voice that did it; `None` when it came about by itself (they wrote, a colleague's answer was found).
    pub voice: Option<SafeText>,
    /// What.
    pub kind: StepKind,
    /// The account under which an answer went out, or was to go out; `None` for what is no answer on a network, and when
    /// the account is not known any more.
    pub account: Option<SafeText>,
    /// It was undone.
    pub undone: bool,
}

/// What became of an answer on its way through the outbox. What goes out is told by [`StepKind::Answered`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Passage {
    /// Sent on its way: held, so that it could be taken back.
    Held,
    /// Sent on its way: a second voice had to approve it.
    AwaitsApproval,
    /// A second voice approved it: held from then on.
    Approved,
    /// Taken back: a draft again.
    TakenBack,
    /// The program that held it ended: a draft again, for nothing is sent unattended.
    LeftBehind,
    /// Nobody knew whether it was out.
    Uncertain,
    /// The network did not take it.
    Failed,
    /// Given up after it had been sent on its way.
    GivenUp,
    /// A person found it out there.
    FoundOut,
    /// A person looked, and it was not out there: a draft again.
    FoundMissing,
    /// It went out, and the network did not say as what.
    Out,
    /// It was a rehearsal: sent to no network.
    Rehearsed,
}

impl Passage {
    /// Every one, in the order of their numbers in the store.
    pub const ALL: [Self; 12] = [
        Self::Held,
        Self::AwaitsApproval,
        Self::Approved,
        Self::TakenBack,
        Self::LeftBehind,
        Self::Uncertain,
        Self::Failed,
        Self::GivenUp,
        Self::FoundOut,
        Self::FoundMissing,
        Self::Out,
        Self::Rehearsed,
    ];
}

/// What happened to a case.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// It began, by what they wrote or by hand.
    Opened,
    /// They wrote again.
    TheyWrote(MentionId),
    /// We answered on the network, from here or from elsewhere.
    Answered(ActId),
    /// We answered where no network tells, as a person confirmed; the words as they were sent.
    AnsweredByHand(SafeText),
    /// It has this status now.
    Status(CaseStatus, Option<Dismissal>),
    /// Put aside, or brought back.
    Snoozed(Option<Snooze>),
    /// Taken on until then, or let go.
    Claimed(Option<Timestamp>),
    /// Handed over: to whom and where, and by when they should be done.
    HandedTo(SafeText, Option<Timestamp>),
    /// A note for ourselves.
    Note(SafeText),
    /// We promised.
    Promised(PromiseId, SafeText),
    /// We kept it.
    Kept(PromiseId),
    /// Opened again: they wrote after it was closed, or by hand.
    Reopened,
    /// An answer moved on in the outbox.
    Outgoing {
        /// Which.
        id: OutgoingId,
        /// What became of it.
        passage: Passage,
        /// The voice that wrote it.
        writer: Option<SafeText>,
    },
}

/// A whole case, for its view and the composer.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What the inbox shows of it.
    pub row: CaseRow,
    /// Native id of the first post of the thread.
    pub thread: String,
    /// Where it goes on.
    pub source: SourceId,
    /// Kind of place.
    pub network: Network,
    /// Who said what, oldest first; at most the newest 100.
    pub turns: Vec<Turn>,
    /// Its history, oldest first.
    pub steps: Vec<Step>,
    /// Promises, the next due first, kept ones last.
    pub promises: Vec<Promise>,
}

/// What a person changes about a case. Each is one step, which can be undone.
#[derive(Debug, Clone, PartialEq)]
pub enum CaseChange {
    /// This status; with a reason when dismissed.
    Status(CaseStatus, Option<Dismissal>),
    /// Aside, or back.
    Snooze(Option<Snooze>),
    /// Taken on until then, or let go.
    Claim(Option<Timestamp>),
    /// Handed over: to whom and where, and by when they should be done.
    HandOver(String, Option<Timestamp>),
    /// A note.
    Note(String),
    /// A promise and when it must be done.
    Promise(String, Timestamp),
    /// A promise is kept.
    Keep(PromiseId),
    /// A person confirms that they answered elsewhere, with these words; acknowledges a new case.
    AnsweredByHand(String),
}

/// What an undoing did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Undone {
    /// The cases that are as they were before.
    pub cases: Vec<CaseId>,
    /// Cases of which a step stands, because something newer changed the same.
    pub overtaken: Vec<CaseId>,
}

/// Figures of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct InboxFigures {
    /// Open cases, snoozed ones included.
    pub open: u64,
    /// New ones that are past the target: opened at the cut-off that was asked with, or before.
    pub late: u64,
    /// Put aside at present.
    pub snoozed: u64,
    /// Promises that are due and not kept.
    pub promises_due: u64,
    /// Cases that are handed over and overdue.
    pub hand_overs_due: u64,
    /// The sum of the exposures of open complaints (see `measure`).
    pub debt: f64,
    /// When the oldest of the new cases that are not late was opened: it is the next to be late.
    pub next_opened: Option<Timestamp>,
}

/// Which cases.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InboxFilter {
    /// Closed ones too.
    pub closed: bool,
    /// Those that are put aside at `now` too.
    pub snoozed: bool,
    /// Only what this voice has claimed.
    pub voice: Option<String>,
    /// Only what nobody has claimed.
    pub unclaimed: bool,
    /// Only this person's.
    pub person: Option<PersonId>,
    /// One row for cases whose mentions are one story: the first due.
    pub one_per_story: bool,
    /// Only those that are put aside at `now`.
    pub only_snoozed: bool,
    /// Only those whose mention, as their row shows it, is of this story.
    pub story: Option<GroupId>,
}

/// A place in the inbox: by due, then by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct InboxKey {
    /// When its turn comes.
    pub due: Timestamp,
    /// Its number.
    pub id: CaseId,
}

/// What went both ways with a person: the card beside a reply.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonCard {
    /// Number.
    pub person: PersonId,
    /// Handle, else name.
    pub who: SafeText,
    /// Displayed name.
    pub name: SafeText,
    /// Followers, when known.
    pub followers: Option<u64>,
    /// The last turns in any thread, newest first.
    pub turns: Vec<Turn>,
    /// How many mentions of theirs are stored.
    pub mentions: u64,
    /// How many answers of ours to them are stored.
    pub answers: u64,
    /// When we first heard of them.
    pub since: Option<Timestamp>,
    /// Promises to them that are not kept.
    pub promises: Vec<Promise>,
    /// Their open cases.
    pub open: Vec<CaseId>,
}
