//! Everything that can happen to the model.

use std::sync::Arc;

use super::action::Action;
use super::setup::Reconfigured;
use super::text::grouped;
use crate::domain::case::{Case, CaseRow, InboxFigures, PersonCard, Turn, Undone};
use crate::domain::person::{PeopleFigures, PersonFile, PersonRow};
use crate::domain::{
    Act, CampaignChange, CaseId, CorrectionId, Counts, Deed, Mention, MentionId, MentionRow, Overview, SafeText,
    Signal, SourceState, StepId, SubjectId, Timestamp,
};
use crate::engine::aftermath::Followed;
use crate::engine::books::shown::{Shown, Verdict};
use crate::engine::rehearsal::live::Rehearsed;
use crate::engine::timekeeping::Reckoning;
use crate::engine::{Event, Reasons};

/// A message to the model.
#[derive(Debug, Clone)]
pub enum Msg {
    /// A person pressed a key that means something; `count` is the number typed before it (vim style).
    Act {
        /// What.
        action: Action,
        /// How often; `None` when no number was typed.
        count: Option<u32>,
    },
    /// A person typed into a prompt.
    Type(Typing),
    /// News from the engine.
    Engine(Event),
    /// The answer to a [`super::Cmd`] that asked something.
    Answer {
        /// Number of the question; late answers are dropped by it.
        question: u64,
        /// What was found.
        answer: Answer,
    },
    /// The minute changed, or a timer that was asked for ran out.
    Clock(Timestamp),
    /// The terminal has this size now: columns, rows.
    Resize(u16, u16),
    /// The terminal window got or lost the focus.
    Focus(bool),
    /// Something to say on the status line.
    Notice(Notice),
    /// What was typed of a count or of a key sequence, as chord text ("g", "12", "12 g"); empty when it is
    /// done or given up. The hint bar then shows what may follow. Optional: nothing depends on it.
    Pending(String),
    /// The configuration was read anew.
    Reconfigured(Box<Reconfigured>),
}

/// Keys inside a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typing {
    /// A character.
    Character(char),
    /// Pasted text; never submits.
    Paste(Pasted),
    /// Delete before the cursor.
    Backspace,
    /// Delete at the cursor.
    Delete,
    /// Delete the word before the cursor.
    DeleteWord,
    /// Delete to the start.
    DeleteToStart,
    /// Cursor left.
    Left,
    /// Cursor right.
    Right,
    /// Cursor to the start.
    Home,
    /// Cursor to the end.
    End,
    /// The entry before in the history, or the row above in a list.
    Previous,
    /// The next.
    Next,
    /// Done; where a text of several lines is written, a line break.
    Submit,
    /// Away.
    Cancel,
    /// Delete to the end. Where a text of several lines is written, as are those below.
    DeleteToEnd,
    /// Cursor a word left.
    WordLeft,
    /// Cursor a word right.
    WordRight,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the next blank.
    Jump,
}

/// Something that was pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    /// Its words, cleaned; of what was too long, the beginning.
    pub text: SafeText,
    /// Characters that were pasted, whatever is kept of them.
    pub characters: usize,
    /// Characters that are not in the words, because there were too many.
    pub lost: usize,
}

impl Pasted {
    /// A paste of which everything is there.
    pub fn whole(text: SafeText) -> Self {
        Self { characters: text.as_str().chars().count(), text, lost: 0 }
    }

    /// What is said when only so many characters of the words found room; `None` when all of it did.
    pub fn cut(&self, put: usize) -> Option<String> {
        let lost = self.lost + self.text.as_str().chars().count().saturating_sub(put);
        let (pasted, kept) = (grouped(self.characters as u64), grouped(self.characters.saturating_sub(lost) as u64));
        (lost > 0).then(|| format!("pasted {pasted} characters, kept the first {kept}: there is no room for more here"))
    }
}

impl Typing {
    /// A paste of which everything is there.
    pub fn pasted(text: SafeText) -> Self {
        Self::Paste(Pasted::whole(text))
    }
}

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Good to know.
    Info,
    /// Something did not work.
    Trouble,
}

/// A line for the status bar; goes with the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub weight: Weight,
    /// The line.
    pub text: SafeText,
}

/// Answers of the runtime.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A window of the stream, nearest first.
    Rows(Arc<[MentionRow]>),
    /// How many rows a filter finds above the reader's place.
    NewAbove(u64),
    /// A whole mention, the other members of its story, and what we answered, earliest first.
    Detail(Option<Arc<Mention>>, Arc<[MentionRow]>, Arc<[Act]>),
    /// Why a mention is read as it is; `None` when it is not there any more.
    Why(Option<Arc<Reasons>>),
    /// Trend of one subject.
    Trend(SubjectId, Arc<[Counts]>),
    /// Figures of the status line.
    Overview(Overview),
    /// The sources.
    Sources(Arc<[SourceState]>),
    /// The newest signals.
    Signals(Arc<[Signal]>),
    /// What a trial of a query found.
    Trial(Arc<Trial>),
    /// Marks changed: the mentions, and whether they are read now.
    Marked(Vec<MentionId>, bool),
    /// What a person said of readings was kept, under these numbers.
    Corrected(Vec<CorrectionId>),
    /// So many corrections were taken back.
    Uncorrected(u64),
    /// What is shown of the books; `None` where nobody keeps any.
    Books(Option<Arc<Shown>>),
    /// How an act was read, and why; `None` when it is in the books no more.
    Verdict(Option<Arc<Verdict>>),
    /// What a person said that acts do was kept, under these numbers.
    ActsCorrected(Vec<CorrectionId>, Deed),
    /// So many corrections of acts were taken back.
    ActsUncorrected(u64),
    /// The command failed; a line for a person.
    Failed(SafeText),
    /// A watch was saved; what happened, for the status line.
    Saved(SafeText),
    /// What came of an errand of the composer or the outbox.
    Told(super::composer::errand::Told),
    /// Who said what in the thread of a mention, oldest first.
    Thread(MentionId, Arc<[Turn]>),
    /// A window of the inbox.
    Cases(Arc<[CaseRow]>),
    /// The first open cases, and whether there are cases at all.
    FirstCases(Arc<[CaseRow]>, bool),
    /// The numbers of all cases of a filter, as far as they were wanted.
    CaseIds(Arc<[CaseId]>),
    /// A whole case and its person; `None` when it is not there any more.
    Case(Option<Arc<Case>>, Option<Arc<PersonCard>>),
    /// A window of the people, with figures when it begins with the first.
    People(Arc<[PersonRow]>, Option<PeopleFigures>),
    /// The card of a person; `None` when nothing is kept of them.
    Person(Option<Arc<PersonFile>>),
    /// What was said about accounts is stored; false when it was so already.
    PeopleChanged(bool),
    /// What there is of somebody who may be forgotten, a line each; cleaned.
    Remains(Vec<String>),
    /// Somebody was forgotten.
    Forgotten(Box<super::people::Forgotten>),
    /// Figures of the inbox.
    InboxFigures(InboxFigures),
    /// The clocks: over all cases, then each network, then each voice.
    Clocks(Arc<[Reckoning]>),
    /// What became of people after our answers.
    Followed(Arc<Followed>),
    /// What a post would do.
    Rehearsed(Arc<Rehearsed>),
    /// Cases were changed.
    CasesChanged(Arc<CasesChanged>),
    /// Steps were undone, or stand.
    StepsUndone(Undone),
    /// Something about campaigns was changed: what undoes it.
    CampaignsChanged(Box<CampaignChange>),
}

/// What a change to cases did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CasesChanged {
    /// The cases that changed.
    pub cases: Vec<CaseId>,
    /// The steps by which it can be undone.
    pub steps: Vec<StepId>,
    /// Cases that were left alone because another voice has claimed them, and who.
    pub claimed: Vec<(CaseId, SafeText)>,
}

/// What a query finds in the stored mentions.
#[derive(Debug, Clone, Default)]
pub struct Trial {
    /// The query as typed.
    pub query: String,
    /// How it was read, a line a node.
    pub explained: Vec<String>,
    /// Why it was refused, with the column (1-based), when it was.
    pub refused: Option<(usize, String)>,
    /// Matching rows, newest first, with the words that matched.
    pub rows: Vec<(MentionRow, Vec<SafeText>)>,
    /// How many mentions were looked at so far.
    pub scanned: u64,
    /// How many matched so far.
    pub matched: u64,
    /// About how many an hour, over the time that was looked at.
    pub per_hour: Option<f64>,
    /// The search is still under way.
    pub running: bool,
}
