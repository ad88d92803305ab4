//! What came of the errands, and what the engine tells of the outbox.

use std::sync::Arc;

use super::Purpose;
use crate::domain::case::Turn;
use crate::domain::outbox::{Identity, OutgoingState, Submission};
use crate::domain::{MentionId, Network, OutgoingId, SafeText, SourceId};
use crate::tui::app::Model;
use crate::tui::app::action::Action;
use crate::tui::app::asks::Thing;
use crate::tui::app::cmd::Cmd;
use crate::tui::app::composer::Composer;
use crate::tui::app::composer::errand::{Opened, Told, Tray, Wanted};
use crate::tui::app::composer::gate::Outcome;
use crate::tui::app::layout::View;
use crate::tui::app::msg::Weight;
use crate::tui::app::outbox::whole_seconds;
use crate::tui::app::when;

/// How it begins when something that was sent from here is held.
const GOES_OUT: &str = "goes out";

impl Model {
    /// What came of an errand. Tells whether anything visible changed.
    pub(in crate::tui::app) fn take_told(&mut self, question: u64, told: Told, cmds: &mut Vec<Cmd>) -> bool {
        if let Told::Tray(tray) = told {
            if self.asks.answered(question) != Some(Thing::Outbox) {
                return false;
            }
            let tray = if self.answering.stop_under_way().is_some() {
                // It may have been read before the stop that is on its way; it is read again after it.
                self.asks.stale(Thing::Outbox);
                Arc::new(Tray { stopped: self.answering.outbox.stopped(), ..(*tray).clone() })
            } else {
                tray
            };
            let changed = self.answering.outbox.answer(tray);
            if let Some(news) = self.answering.outbox.left_news(&self.context) {
                self.status.say(Weight::Trouble, &news);
            }
            self.leave_when_out(cmds);
            return changed;
        }
        if let Told::Accounts(known, used) = told {
            return self.asks.answered(question) == Some(Thing::Accounts) && self.take_accounts(known, &used);
        }
        let Some(purpose) = self.answering.errands.remove(&question) else { return false };
        match (purpose, told) {
            (Purpose::Open, Told::Opened(opened)) if self.answering.opening == Some(question) => {
                self.answering.opening = None;
                self.show_sheet(question, *opened, cmds);
            }
            (Purpose::Line, Told::Line(line)) if self.answering.opening == Some(question) => {
                self.answering.opening = None;
                self.begin_batch(line, cmds);
            }
            (Purpose::Save(session), Told::Saved(id, anew)) => {
                match self.sheet(session) {
                    Some(sheet) => sheet.saved(id),
                    // The sheet is away: its draft stands in the list.
                    None => {
                        self.parted_is_saved(session, id);
                        self.asks.stale(Thing::Outbox);
                    }
                }
                if anew {
                    let words = "the draft was sent or changed on another screen; your words are in a new one";
                    self.status.say(Weight::Trouble, words);
                }
                return anew;
            }
            (Purpose::Submit(session), Told::Submitted(submission, on_its_way)) => {
                if let Some(one) = on_its_way {
                    // It can be taken back, and leaving asks about it, before the list is read again.
                    self.answering.outbox.submitted(*one);
                    self.asks.now(Thing::Outbox);
                }
                if self.parted_is_submitted(session, &submission, cmds) {
                    self.asks.hurry(Thing::Outbox);
                    return true;
                }
                let Some(sheet) = self.sheet(session) else { return false };
                let id = sheet.id();
                let outcome = sheet.submitted(&submission);
                if outcome != Outcome::Stays {
                    self.answering.sent_from_here(id);
                } else if submission == Submission::Stale {
                    self.keep_draft(cmds);
                }
                self.sent(session, outcome, cmds);
            }
            (Purpose::WriteOn(id), Told::Done(true)) => {
                let was = self.answering.outbox.items().find(|one| one.id == id).map(|one| one.state);
                if was == Some(OutgoingState::Held) {
                    self.status.say(Weight::Info, "taken back to be written on: it goes out when you send it again");
                }
                self.open_sheet(Wanted::Outgoing(id), cmds);
            }
            (Purpose::TakeHere(session, id), Told::Done(true)) => self.take_here(session, id, cmds),
            (Purpose::WriteOn(_) | Purpose::TakeHere(..), Told::Done(false)) => {
                self.status.say(Weight::Trouble, "too late: it is on its way or out");
            }
            (Purpose::Record(_), Told::Done(false)) => {
                self.status.say(Weight::Trouble, "not recorded: another voice has taken this case on");
            }
            (Purpose::Record(session), Told::Done(true)) => {
                if self.sheet(session).is_some() {
                    self.done_with_sheet(session, "recorded: you answered", "", cmds);
                } else {
                    self.status.say(Weight::Info, "recorded: you answered");
                }
            }
            (Purpose::Edit(session), Told::Edited(edited)) => self.edited(session, edited),
            (Purpose::Stop(stopped), Told::Done(_)) => {
                self.answering.outbox.stop(stopped);
                // A list that was read before this is not waited for any more.
                self.asks.now(Thing::Outbox);
                let words = if stopped {
                    "all sending is stopped, also after a restart, until it is lifted"
                } else {
                    "sending goes on"
                };
                self.status.say(Weight::Info, words);
            }
            (Purpose::Withdraw(id), Told::Done(true)) => self.given_up(question, id),
            (Purpose::Approve(id), Told::Done(true)) => self.approved(question, id),
            (Purpose::BringBack | Purpose::TakeBack, Told::Done(done)) => {
                self.undone_in_outbox(question, purpose, done)
            }
            (Purpose::Approve(_) | Purpose::Withdraw(_) | Purpose::Settle, Told::Done(false)) => {
                self.marks.too_late(question);
                self.status.say(Weight::Trouble, "it has changed meanwhile: nothing was done");
            }
            _ => {}
        }
        self.asks.hurry(Thing::Outbox);
        true
    }

    /// Accounts came to be known while an answer is written.
    fn take_accounts(&mut self, known: Vec<Identity>, used: &[(Network, SourceId)]) -> bool {
        let now = self.context.now();
        let Some(sheet) = &mut self.answering.composer else { return false };
        let before = sheet.identity().map(|identity| identity.source);
        let changed = sheet.take_accounts(known, used, now);
        if let Some(identity) = sheet.identity().filter(|identity| changed && Some(identity.source) != before) {
            let words = format!("this goes out under {} now; your words are as they were", identity.handle);
            self.status.say(Weight::Info, &words);
        }
        changed
    }

    pub(super) fn sheet(&mut self, session: u64) -> Option<&mut Composer> {
        self.answering.composer.as_deref_mut().filter(|sheet| sheet.session() == session)
    }

    fn show_sheet(&mut self, session: u64, opened: Opened, cmds: &mut Vec<Cmd>) {
        let swaps = self.answering.swap.take_if(|question| *question == session).is_some();
        if self.answering.is_writing() && !self.answering.is_between() && !swaps {
            return;
        }
        if !swaps && self.leaves_out(session, &opened, cmds) {
            return;
        }
        let who = opened.mention.as_ref().map(|mention| mention.row.author.to_string());
        match Composer::open(session, opened, &self.context) {
            Ok(mut sheet) => {
                if swaps && !self.give_way(&mut sheet, cmds) {
                    return;
                }
                if let Some((writer, when)) = sheet.theirs() {
                    let words = format!(
                        "draft by {writer}, {}: your changes become a draft of your own",
                        when::ago(self.context.now(), *when)
                    );
                    self.status.say(Weight::Trouble, &words);
                }
                match self.batch_of(session).map(|batch| batch.last().cloned()) {
                    Some(last) => last.iter().for_each(|last| sheet.begin_with(last, &self.context)),
                    None => self.answering.batch = None,
                }
                if self.answering.composer.is_none() && !swaps {
                    self.answering.before = Some(Box::new(self.desk.clone()));
                }
                self.overlays.clear();
                self.desk.show(View::Composer);
                self.answering.composer = Some(Box::new(sheet));
                self.sheet_of_batch(session);
                self.doubt_person();
                self.asks.hurry(Thing::Outbox);
            }
            Err(why) if self.batch_of(session).is_some() => {
                self.leave_out(session, &who.unwrap_or_default(), why, cmds);
            }
            Err(why) => self.status.say(Weight::Trouble, why),
        }
    }

    fn sent(&mut self, session: u64, outcome: Outcome, cmds: &mut Vec<Cmd>) {
        let now = self.context.now();
        match outcome {
            Outcome::Held(until) => {
                let key = self.context.keys().short(Action::Recall).unwrap_or_default();
                let said = format!("{GOES_OUT} in {} s", whole_seconds(now, until));
                self.done_with_sheet(session, &said, &format!(": {key} takes it back"), cmds);
            }
            Outcome::Awaits => {
                self.done_with_sheet(session, "in the outbox: a second voice must approve it", "", cmds);
            }
            Outcome::Stays => {}
        }
    }

    fn edited(&mut self, session: u64, edited: Result<String, SafeText>) {
        let now = self.context.now();
        match edited {
            Ok(text) => {
                if let Some(sheet) = self.sheet(session)
                    && sheet.paper().text() != text.trim_end_matches('\n')
                {
                    sheet.take_words(&text, now);
                    let cut = sheet.cut().map(str::to_owned);
                    self.tell_cut(cut);
                }
            }
            Err(why) => self.status.say(Weight::Trouble, why.as_str()),
        }
    }

    /// What was said in the thread by now. Tells whether the sheet shows anything else.
    pub(in crate::tui::app) fn take_thread(&mut self, mention: MentionId, turns: &[Turn]) -> bool {
        let sheet = self.answering.composer.as_mut();
        let about = sheet.filter(|sheet| sheet.mention().is_some_and(|answered| answered.row.id == mention));
        about.is_some_and(|sheet| sheet.refresh_thread(turns))
    }

    /// An errand could not be done. False when it was none.
    pub(in crate::tui::app) fn errand_failed(&mut self, question: u64) -> bool {
        let Some(purpose) = self.answering.errands.remove(&question) else { return false };
        let now = self.context.now();
        match purpose {
            Purpose::Open if self.batch_of(question).is_some() => self.end_batch(),
            Purpose::Open | Purpose::Line => self.answering.opening = None,
            Purpose::Save(session) => match self.sheet(session) {
                Some(sheet) => sheet.not_saved(now),
                None => self.parted_is_not_saved(session),
            },
            Purpose::Submit(session) => match self.sheet(session) {
                Some(sheet) => sheet.set_sending(None),
                None => self.parted_is_not_submitted(session),
            },
            _ => {}
        }
        true
    }

    /// Something in the outbox moved on.
    pub(in crate::tui::app) fn outgoing_moved(
        &mut self,
        id: OutgoingId,
        state: OutgoingState,
        trouble: Option<&SafeText>,
    ) -> bool {
        self.asks.stale(Thing::Outbox);
        if state == OutgoingState::Sent {
            self.answering.outbox.went_out(id);
        }
        // The history of its case has another step.
        if self.inbox.file().id().is_some() {
            self.asks.stale(Thing::Case);
        }
        let why = trouble.map(|why| format!(": {why}")).unwrap_or_default();
        match state {
            OutgoingState::Failed => {
                self.status.say(Weight::Trouble, &format!("an answer or a post did not go out{why}"))
            }
            OutgoingState::Uncertain => {
                self.status.say(Weight::Trouble, &format!("whether an answer or a post went out is not known{why}"));
            }
            OutgoingState::Sent if self.answering.mine.contains(&id) => {
                let dry = self.answering.outbox.items().any(|one| one.id == id && one.dry);
                let words = if dry { "rehearsed: nothing was sent" } else { "it is out" };
                return self.status.overtaken(GOES_OUT, words);
            }
            _ => return false,
        }
        true
    }
}
