//! What we are about to publish, from the first letter of a draft until the network has it, and nobody doubts it.

use serde::{Deserialize, Serialize};

use super::case::{Step, Turn};
use super::clean::SafeText;
use super::ids::{ActId, CaseId, MentionId, OutgoingId, SourceId, StepId};
use super::item::Visibility;
use super::source::Network;
use super::text_rules::TextRules;
use super::time::Timestamp;

/// Where an outgoing is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutgoingState {
    /// Being written. What was held by a process that ended is a draft again.
    Draft,
    /// A second voice must approve it.
    AwaitingApproval,
    /// Sent when its time to be recalled is over, while somebody is there.
    Held,
    /// The network is being asked at this moment; after a crash its fate is unknown.
    Sending,
    /// The network has it.
    Sent,
    /// Nobody knows whether the network has it; found out by looking, never sent again blindly.
    Uncertain,
    /// The network does not have it, and will not without a person.
    Failed,
    /// Taken back.
    Withdrawn,
}

/// An account that we can publish under, as the process that talks to the networks last saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    /// The source that publishes.
    pub source: SourceId,
    /// Its name in the configuration.
    pub source_name: SafeText,
    /// Kind of place.
    pub network: Network,
    /// The same post has the same native id in every source of one scope, so that it can be answered by any of them.
    pub scope: Option<String>,
    /// The account's handle.
    pub handle: SafeText,
    /// Its displayed name.
    pub name: SafeText,
    /// What the network accepts; `None` when it was never asked.
    pub rules: Option<TextRules>,
}

impl Identity {
    /// How it is shown to a person: its handle, or whose account it is where the network told none.
    pub fn shown(&self) -> String {
        match self.handle.as_str().trim().trim_start_matches('@') {
            "" => format!("account of {}", self.source_name),
            handle => format!("@{handle}"),
        }
    }
}

/// The post that is answered or quoted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Target {
    /// Native id of the post that it answers; `None` for a post of our own.
    pub parent: Option<String>,
    /// Native id of the first post of its thread.
    pub root: Option<String>,
    /// Native id of the post that it quotes.
    pub quote: Option<String>,
    /// Handle of who is answered.
    pub who: Option<String>,
}

/// One post of an outgoing: long texts go out as several, each answering the one before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// The words.
    pub text: String,
    /// Native id, once it is known to be out.
    pub native_id: Option<String>,
    /// Where a person can read it.
    pub url: Option<SafeText>,
}

/// A draft as the store has it: whoever saves over it or sends it names the words that they mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// Its number.
    pub id: OutgoingId,
    /// Its revision, as of [`Outgoing::revision`].
    pub revision: i64,
}

/// What is being written. Saved at every pause; saving it never sends anything.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The one to overwrite, as its writer knows it; `None` for a new one.
    pub over: Option<Saved>,
    /// The account that it goes out under.
    pub source: SourceId,
    /// The case that it belongs to.
    pub case: Option<CaseId>,
    /// The mention that it answers.
    pub mention: Option<MentionId>,
    /// The post that it answers.
    pub target: Target,
    /// The words, part by part; one part unless it is too long.
    pub parts: Vec<String>,
    /// Who may read it; never wider than what it answers.
    pub visibility: Visibility,
    /// The warning to put before it.
    pub content_warning: Option<String>,
    /// Language of the words (BCP 47).
    pub lang: Option<String>,
    /// The voice that writes.
    pub voice: Option<String>,
}

/// Something in the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Its number.
    pub id: OutgoingId,
    /// Where it is on its way.
    pub state: OutgoingState,
    /// The account that it goes out under.
    pub source: SourceId,
    /// Kind of place.
    pub network: Network,
    /// The case that what it answers belongs to by now; else the one that it was written in.
    pub case: Option<CaseId>,
    /// The mention that it answers.
    pub mention: Option<MentionId>,
    /// The post that it answers.
    pub target: Target,
    /// Its posts, in order.
    pub parts: Vec<Part>,
    /// Who may read it.
    pub visibility: Visibility,
    /// The warning before it.
    pub content_warning: Option<String>,
    /// Language of the words.
    pub lang: Option<String>,
    /// The voice that wrote it.
    pub voice: Option<SafeText>,
    /// The voice that approved it.
    pub approved: Option<SafeText>,
    /// When it was begun.
    pub created: Timestamp,
    /// When it was last changed, by a person or by being sent.
    pub changed: Timestamp,
    /// Held: when it goes out. Uncertain or to be tried again: when that happens next.
    pub next: Option<Timestamp>,
    /// Times that the network was asked to publish it.
    pub attempts: u32,
    /// What went wrong last and what to do about it; empty when nothing did. Clean.
    pub trouble: SafeText,
    /// What a person should know though it went out.
    pub remarks: Vec<SafeText>,
    /// It was not sent to a network: a rehearsal (dry run).
    pub dry: bool,
    /// Grows with every change; a change that was made with an older number in mind is refused.
    pub revision: i64,
}

impl Outgoing {
    /// Its number and its revision.
    pub fn saved(&self) -> Saved {
        Saved { id: self.id, revision: self.revision }
    }

    /// Whether it was held when the program that held it ended, and nobody has written on it since: a draft that was on
    /// its way. Of drafts, only these are in trouble.
    pub fn is_left_behind(&self) -> bool {
        self.state == OutgoingState::Draft && !self.trouble.is_empty()
    }

    /// Whether a person, or time, still has to do something about it before it is out.
    pub fn is_under_way(&self) -> bool {
        use OutgoingState::{AwaitingApproval, Failed, Held, Sending, Uncertain};
        matches!(self.state, AwaitingApproval | Held | Sending | Uncertain | Failed) || self.is_left_behind()
    }

    /// Whether it is a post of our own, which answers nobody.
    pub fn is_post(&self) -> bool {
        self.mention.is_none() && self.case.is_none() && self.target.parent.is_none()
    }

    /// The words of all parts.
    pub fn text(&self) -> String {
        let parts: Vec<&str> = self.parts.iter().map(|part| part.text.as_str()).collect();
        parts.join("\n\n")
    }
}

/// What the writer had seen of the thread when they asked to send: the newest turn, and how far the history of the case
/// was. When either has moved on, nothing is sent and the writer is shown what changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// The newest step of the case that was on the screen; `None` when there was no case.
    pub case: Option<StepId>,
    /// When the newest turn of the thread that was on the screen was said; `None`: no thread is looked at.
    pub newest: Option<Timestamp>,
    /// The highest number of a mention that was there. What has a higher one came since, whatever time it claims.
    pub mention: Option<MentionId>,
    /// The highest number of an act of ours that was there.
    pub act: Option<ActId>,
    /// The writer saw what changed and sends all the same.
    pub all_the_same: bool,
}

impl Seen {
    /// A thread with these turns.
    pub fn of(turns: &[Turn]) -> Self {
        Self {
            newest: turns.iter().map(|turn| turn.at).max(),
            mention: turns.iter().filter_map(|turn| turn.mention).max(),
            act: turns.iter().filter_map(|turn| turn.act).max(),
            ..Self::default()
        }
    }
}

/// What became of the wish to send.
#[derive(Debug, Clone, PartialEq)]
pub enum Submission {
    /// Held until then; can be recalled.
    Held(Timestamp),
    /// A second voice must approve it.
    AwaitingApproval,
    /// The thread has moved on since the writer saw it: what they or we said since, what others of us did about the
    /// case, and who has claimed it.
    Changed {
        /// What was said since, oldest first.
        turns: Vec<Turn>,
        /// How other voices settled it since (resolved, dismissed, handed over, answered by hand), oldest first.
        steps: Vec<Step>,
        /// Another voice has claimed it.
        claimed: Option<SafeText>,
    },
    /// Another outgoing to the same post is on its way or out already, by this voice.
    Answered(OutgoingId, Option<SafeText>),
    /// It was changed elsewhere, or is no draft any more.
    Stale,
}

/// A person's word about an outgoing whose fate is uncertain, or that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is out; where, when the person knows.
    ItIsOut(Option<String>),
    /// It is not out: a draft again.
    ItIsNotOut,
}
