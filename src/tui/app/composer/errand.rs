//! What composer and outbox ask of the store, and what comes back. Data only.

use std::sync::Arc;

use super::batch::Next;
use crate::domain::case::{Case, PersonCard, Turn};
use crate::domain::outbox::{Draft, Identity, Outgoing, Saved, Seen, Submission, Verdict};
use crate::domain::{CaseId, Mention, MentionId, Network, OutgoingId, SafeText, SourceId};
use crate::engine::answering::AnsweringSettings;
use crate::tui::app::cmd::Aim;

/// What is to be written on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// An answer to a mention, or the draft of one.
    Mention(MentionId),
    /// Something that is in the outbox already.
    Outgoing(OutgoingId),
    /// A post of our own: what this voice began, or a new one whatever was begun.
    Post {
        /// A new one.
        anew: bool,
    },
}

/// Something for the store to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Errand {
    /// Read everything that writing needs; of several drafts this voice's own comes first.
    Open(Wanted, Option<String>),
    /// Read who is to be answered of what is marked, in the order of the inbox: one answer a case.
    Line(Aim),
    /// Save a draft. `session` is the sheet that it is written on: the first save of a session begins a draft, every
    /// later one goes over it.
    Save {
        /// Which sheet.
        session: u64,
        /// The draft.
        draft: Box<Draft>,
    },
    /// Send what was saved last on a sheet on its way.
    Submit(Submit),
    /// Approve what another voice wrote, as this voice.
    Approve(OutgoingId, Network, String),
    /// Take back what is held or waits for approval.
    Recall(OutgoingId),
    /// What failed is a draft again.
    Redraft(OutgoingId),
    /// Give up for good.
    Withdraw(OutgoingId),
    /// The draft of a sheet is given up: nothing is left in it. What it was opened on, if it was.
    Discard(u64, Option<Saved>),
    /// A person knows what became of it.
    Settle(OutgoingId, Verdict),
    /// Stop all sending, or let it go on.
    Stop(bool),
    /// A person answered where no network tells.
    ByHand {
        /// The sheet, whose draft is done with.
        session: u64,
        /// What was answered.
        mention: MentionId,
        /// Its case; one is opened when it has none.
        case: Option<CaseId>,
        /// The words.
        text: String,
        /// Who answered.
        voice: Option<String>,
        /// How mentions are answered, for a case that is opened.
        answering: Box<AnsweringSettings>,
    },
}

/// A draft that is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Submit {
    /// Which sheet.
    pub session: u64,
    /// Where it goes: how long it is held depends on that.
    pub network: Network,
    /// What the writer saw of the thread and of the case.
    pub seen: Seen,
    /// The voice that sends.
    pub voice: Option<String>,
}

/// Everything that writing needs to know.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Opened {
    /// It is a post of our own, which answers nobody.
    pub post: bool,
    /// What is answered; `None` for a post of our own, or when it is gone.
    pub mention: Option<Arc<Mention>>,
    /// Who said what in the thread, oldest first.
    pub turns: Vec<Turn>,
    /// What went both ways with the person.
    pub card: Option<PersonCard>,
    /// The case, when there is one.
    pub case: Option<Box<Case>>,
    /// The accounts under which it can be published: those that know what is answered by the same name.
    pub identities: Vec<Identity>,
    /// Under which source a post is kept as a draft while no account is known; `None` when one is, or nothing is
    /// listened to.
    pub until_known: Option<SourceId>,
    /// What was written already.
    pub draft: Option<Outgoing>,
    /// Under which account something was sent last, network by network, newest first.
    pub used: Vec<(Network, SourceId)>,
    /// What was sent lately, newest first.
    pub sent: Vec<(OutgoingId, String)>,
    /// The words of our last public replies, newest first; nothing that was back-filled.
    pub replies: Vec<String>,
}

/// The outbox, as a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tray {
    /// What is in it: on its way, in doubt, failed, to be approved, drafts, and what was sent lately.
    pub items: Vec<Outgoing>,
    /// All sending is stopped.
    pub stopped: bool,
    /// The accounts, for their names.
    pub identities: Vec<Identity>,
}

/// What came of an errand.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// Everything that writing needs.
    Opened(Box<Opened>),
    /// Who is to be answered, in this order.
    Line(Vec<Next>),
    /// The accounts under which it can be published by now, and under which something was sent last.
    Accounts(Vec<Identity>, Vec<(Network, SourceId)>),
    /// The draft is saved under this number. `true`: the one before is no draft any more, so that a new one was begun.
    Saved(OutgoingId, bool),
    /// What became of the wish to send, and what is on its way now, as it is stored.
    Submitted(Submission, Option<Box<Outgoing>>),
    /// It was done (true), or came too late.
    Done(bool),
    /// The outbox.
    Tray(Arc<Tray>),
    /// What the editor gave back; what went wrong with it, in words.
    Edited(Result<String, SafeText>),
}
