//! What the model asks the runtime to do. Effects as data: the model itself never acts.

use std::sync::Arc;

use super::composer::advice::Coaching;
use crate::domain::case::{CaseChange, InboxFilter, InboxKey};
use crate::domain::person::{PeopleFilter, PeopleKey};
use crate::domain::time::SignedDuration;
use crate::domain::{
    ActId, CampaignChange, CaseId, CorrectionId, Deed, Filter, GroupId, MentionId, Occasion, PersonId, Said, SignalId,
    SourceId, Span, StepId, SubjectId, Timestamp,
};
use crate::engine::campaigns::Board;
use crate::engine::rehearsal::live::Rehearsing;
use crate::measure::hours::WorkingHours;

/// A command to the runtime. A `question` number comes back with the answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Cmd {
    /// Read something from the store.
    Load {
        /// Number of the question.
        question: u64,
        /// What.
        load: Load,
    },
    /// Search the stored mentions with a query, newest first; answers come in pieces until it is done.
    /// A new trial ends the one before.
    Try {
        /// Number of the question.
        question: u64,
        /// The query.
        query: String,
    },
    /// End the running trial.
    EndTrial,
    /// Save a query as a watch in the configuration.
    SaveWatch {
        /// Number of the question.
        question: u64,
        /// Name of the watch.
        name: String,
        /// The query.
        query: String,
    },
    /// Mark mentions as read or unread.
    MarkRead {
        /// Number of the question.
        question: u64,
        /// Which.
        ids: Vec<MentionId>,
        /// Read, or unread.
        read: bool,
    },
    /// Mark everything that a filter finds, up to a mention, as read.
    MarkAllRead {
        /// Number of the question.
        question: u64,
        /// What.
        filter: Box<Filter>,
        /// The newest mention that the person could see.
        last: MentionId,
    },
    /// Change cases, all of them in one step that can be undone.
    ChangeCases {
        /// Number of the question.
        question: u64,
        /// What.
        order: Box<Order>,
    },
    /// Undo steps in the history of cases.
    UndoSteps {
        /// Number of the question.
        question: u64,
        /// Which.
        steps: Vec<StepId>,
        /// Who undoes them.
        voice: String,
        /// When.
        at: Timestamp,
    },
    /// Change something about campaigns.
    ChangeCampaigns {
        /// Number of the question.
        question: u64,
        /// What.
        change: Box<CampaignChange>,
        /// Who.
        voice: String,
        /// When.
        at: Timestamp,
    },
    /// Keep what a person says of readings, and put it in their place.
    Correct {
        /// Number of the question.
        question: u64,
        /// Which mentions.
        ids: Vec<MentionId>,
        /// For whom; `None`: for whom the stream shows the reading.
        subject: Option<SubjectId>,
        /// What is said.
        said: Said,
        /// How it came about.
        occasion: Occasion,
    },
    /// Take corrections back.
    UndoCorrections {
        /// Number of the question.
        question: u64,
        /// Which.
        ids: Vec<CorrectionId>,
    },
    /// Keep what a person says that acts of ours do.
    CorrectActs {
        /// Number of the question.
        question: u64,
        /// Which acts.
        acts: Vec<ActId>,
        /// What they do.
        deed: Deed,
    },
    /// Take corrections of acts back.
    UndoActCorrections {
        /// Number of the question.
        question: u64,
        /// Which.
        ids: Vec<CorrectionId>,
    },
    /// Say that two accounts are one person, or take that back.
    People {
        /// Number of the question.
        question: u64,
        /// What.
        deed: PeopleDeed,
        /// When.
        at: Timestamp,
    },
    /// Look up what there is of a person, or erase all of it.
    Forget {
        /// Number of the question.
        question: u64,
        /// Whom.
        whom: Forgetting,
        /// They are erased; else it is only looked up what there is.
        sure: bool,
    },
    /// A person saw a signal.
    SeeSignal(SignalId),
    /// Poll one source, or all, now.
    Refresh(Option<SourceId>),
    /// Hold all traffic with the networks back (true), or let it go on.
    Pause(bool),
    /// An errand of the composer or the outbox.
    Errand {
        /// Number of the question.
        question: u64,
        /// What.
        errand: super::composer::errand::Errand,
    },
    /// Let a person write on at a text in their own editor, the screen away meanwhile.
    Edit {
        /// Number of the question.
        question: u64,
        /// The text.
        text: String,
    },
    /// Send text to the terminal's clipboard (OSC 52).
    Copy(String),
    /// Open an address in a browser where there is one.
    Browse(String),
    /// Ring.
    Bell,
    /// Send [`super::Msg::Clock`] at this moment.
    Wake(Timestamp),
    /// Paint everything anew.
    Redraw,
    /// Read the configuration again.
    Reload,
    /// To the shell, until `fg`.
    Suspend,
    /// Leave.
    Quit,
}

/// What is said about accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeopleDeed {
    /// These are one person.
    Merge {
        /// The one.
        one: PersonId,
        /// The other.
        other: PersonId,
        /// Who says so.
        voice: Option<String>,
    },
    /// This one is a person of its own.
    Split {
        /// The account.
        account: PersonId,
    },
}

/// Who is to be forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgetting {
    /// The first of their handles, as it is shown.
    pub handle: String,
    /// Their accounts.
    pub accounts: Vec<PersonId>,
}

/// Whose card is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    /// This person's, or this account's.
    Person(PersonId),
    /// That of whoever wrote this.
    Mention(MentionId),
}

/// Which cases a person means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aim {
    /// These.
    Cases(Vec<CaseId>),
    /// Those of these mentions; a mention that has none gets one first.
    Mentions(Vec<MentionId>),
}

impl Aim {
    /// How many things it names.
    pub fn len(&self) -> usize {
        match self {
            Self::Cases(ids) => ids.len(),
            Self::Mentions(ids) => ids.len(),
        }
    }

    /// It names nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A change to cases, by whom and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Which cases.
    pub aim: Aim,
    /// What.
    pub change: CaseChange,
    /// Who.
    pub voice: String,
    /// When.
    pub at: Timestamp,
    /// How long an answer may take: the place of a case that is opened depends on it.
    pub target: SignedDuration,
    /// The tell factor k, for the same reason.
    pub tell_factor: f64,
    /// Whose readings count, for the same reason.
    pub brand: Option<SubjectId>,
}

/// What to read from the store.
#[derive(Debug, Clone, PartialEq)]
pub enum Load {
    /// A window of the stream.
    Rows {
        /// Which mentions.
        filter: Box<Filter>,
        /// From where.
        span: Span,
        /// At most so many.
        limit: u32,
    },
    /// How many rows of a filter are newer than a place; counts no further than 10,000.
    NewAbove {
        /// Which mentions; `since` the place.
        filter: Box<Filter>,
    },
    /// A mention and the story around it.
    Detail {
        /// Which.
        id: MentionId,
        /// Its story.
        group: GroupId,
    },
    /// Why a mention is read as it is, word by word.
    Why(MentionId),
    /// Trend of a subject.
    Trend {
        /// Whose.
        subject: SubjectId,
        /// From when.
        from: Timestamp,
        /// Width of a bucket.
        bucket: SignedDuration,
        /// How many.
        buckets: u32,
    },
    /// Figures of the status line.
    Overview {
        /// When the reader's day began.
        day: Timestamp,
    },
    /// The sources.
    Sources,
    /// The newest signals.
    Signals,
    /// The outbox.
    Outbox,
    /// What is shown of the books.
    Books {
        /// At most so many acts, the newest.
        limit: usize,
    },
    /// How an act was read, and why.
    Verdict {
        /// Which.
        act: ActId,
    },
    /// A window of the inbox.
    Cases {
        /// Which cases.
        filter: Box<InboxFilter>,
        /// Behind this place; `None` from the first on.
        after: Option<InboxKey>,
        /// The present moment.
        now: Timestamp,
        /// At most so many.
        limit: u32,
    },
    /// The first open cases, and whether there are cases at all.
    FirstCases {
        /// The present moment.
        now: Timestamp,
        /// At most so many.
        limit: u32,
    },
    /// The numbers of all cases of a filter, for a batch.
    CaseIds {
        /// Which cases.
        filter: Box<InboxFilter>,
        /// The present moment.
        now: Timestamp,
        /// At most so many.
        most: usize,
    },
    /// A whole case and what went both ways with its person.
    Case {
        /// Which.
        id: CaseId,
        /// The present moment.
        now: Timestamp,
    },
    /// Who said what in the thread of a mention.
    Thread(MentionId),
    /// The accounts under which what a source has shown can be answered; without one, all.
    Accounts(Option<SourceId>),
    /// A window of the people; with figures over all of them when it begins with the first.
    People {
        /// Which, and in which order.
        filter: Box<PeopleFilter>,
        /// Behind this place.
        after: Option<PeopleKey>,
        /// The present moment.
        now: Timestamp,
        /// At most so many.
        limit: u32,
    },
    /// The card of a person.
    Person {
        /// Whose.
        whose: Whose,
    },
    /// The clocks of the cases that began since a moment.
    Clocks {
        /// From when.
        from: Timestamp,
        /// The present moment.
        now: Timestamp,
        /// How long an answer may take.
        target: SignedDuration,
        /// When somebody is there to answer.
        hours: Option<WorkingHours>,
    },
    /// What became of the people whose cases began since a moment, after our answers.
    Followed {
        /// From when.
        from: Timestamp,
        /// The present moment.
        now: Timestamp,
        /// Who reads our answers again.
        coach: Coaching,
    },
    /// Figures of the inbox.
    InboxFigures {
        /// The present moment.
        now: Timestamp,
        /// New cases that were opened then or before are late.
        cut_off: Timestamp,
        /// The tell factor k.
        tell_factor: f64,
    },
    /// What a post would do to the books.
    Rehearsal {
        /// The post.
        text: String,
        /// The present moment.
        now: Timestamp,
        /// Who rehearses.
        by: Rehearsing,
        /// The account that it would go out under.
        account: String,
        /// The campaigns as they are.
        board: Option<Arc<Board>>,
    },
}
