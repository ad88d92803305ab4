//! What is done in the outbox: recalling, approving, settling, giving up, and stopping everything.

use super::Purpose;
use crate::domain::outbox::{Outgoing, OutgoingState, Verdict};
use crate::domain::{OutgoingId, SafeText};
use crate::tui::app::Model;
use crate::tui::app::action::Action;
use crate::tui::app::cmd::Cmd;
use crate::tui::app::composer::errand::{Errand, Wanted};
use crate::tui::app::layout::Pane;
use crate::tui::app::marks::Undo;
use crate::tui::app::msg::Weight;
use crate::tui::app::outbox::{may_approve, whole};
use crate::tui::app::overlay::Overlay;

impl Model {
    /// Takes back what this screen or this voice sent last, to be written on. What others sent is theirs: it is taken
    /// back in the outbox, where it is seen.
    pub(in crate::tui::app) fn recall_newest(&mut self, cmds: &mut Vec<Cmd>) {
        let (mine, voice) = (&self.answering.mine, self.context.voice());
        let is_own = |one: &Outgoing| {
            mine.contains(&one.id) || voice.is_some() && one.voice.as_ref().map(SafeText::as_str) == voice
        };
        let outbox = &self.answering.outbox;
        let others = outbox.newest_held(|_| true).is_some();
        match outbox.newest_held(is_own).map(|one| one.id) {
            Some(id) => {
                self.send_errand(Purpose::WriteOn(id), Errand::Recall(id), cmds);
            }
            None if others => self.status.say(
                Weight::Info,
                "nothing of yours is held: what others sent is taken back in the outbox, on the selected one",
            ),
            None => self.status.say(Weight::Info, "nothing is held in the outbox"),
        }
    }

    /// Stops all sending at once; lifting it takes the key twice.
    pub(in crate::tui::app) fn stop_sending(&mut self, cmds: &mut Vec<Cmd>) {
        let stopped = self.answering.stop_in_force();
        if stopped && !self.answering.lifting {
            self.answering.lifting = true;
            let key = self.context.keys().short(Action::StopSending).unwrap_or_default();
            return self.status.say(Weight::Trouble, &format!("all sending is stopped: {key} once more lets it go on"));
        }
        self.answering.lifting = false;
        self.send_errand(Purpose::Stop(!stopped), Errand::Stop(!stopped), cmds);
    }

    /// What is done in the outbox. False when the action means something else.
    pub(in crate::tui::app) fn act_on_outbox(&mut self, action: Action, cmds: &mut Vec<Cmd>) -> bool {
        if self.desk.focus() != Pane::Outbox {
            return false;
        }
        let Some(one) = self.answering.outbox.selected().cloned() else { return false };
        let link = || one.parts.iter().rev().find_map(|part| part.url.as_ref()).map(SafeText::to_string);
        let state = one.state;
        match action {
            Action::Open => self.open_outgoing(&one, cmds),
            Action::Approve => self.approve(&one, cmds),
            Action::Recall if matches!(state, OutgoingState::Held | OutgoingState::AwaitingApproval) => {
                self.send_errand(Purpose::WriteOn(one.id), Errand::Recall(one.id), cmds);
            }
            Action::ItIsOut if state == OutgoingState::Failed && self.answering.doubted != Some(one.id) => {
                self.answering.doubted = Some(one.id);
                let key = self.context.keys().short(Action::ItIsOut).unwrap_or_default();
                let words = format!("it is told as failed: {key} once more if you have seen it out there all the same");
                self.status.say(Weight::Trouble, &words);
            }
            Action::ItIsOut if matches!(state, OutgoingState::Uncertain | OutgoingState::Failed) => {
                self.answering.doubted = None;
                self.send_errand(Purpose::Settle, Errand::Settle(one.id, Verdict::ItIsOut(None)), cmds);
            }
            Action::ItIsNotOut if state == OutgoingState::Uncertain => {
                self.send_errand(Purpose::Settle, Errand::Settle(one.id, Verdict::ItIsNotOut), cmds);
            }
            Action::ItIsOut | Action::ItIsNotOut => self.status.say(Weight::Info, "there is no doubt about this one"),
            Action::Withdraw
                if matches!(state, OutgoingState::Sent | OutgoingState::Sending | OutgoingState::Uncertain) =>
            {
                self.status.say(Weight::Info, "it cannot be given up: it is, or may be, out");
            }
            Action::Withdraw if state == OutgoingState::Withdrawn => {
                self.status.say(Weight::Info, "it was given up already: opening it brings it back");
            }
            Action::Withdraw => {
                let question = self.send_errand(Purpose::Withdraw(one.id), Errand::Withdraw(one.id), cmds);
                question.into_iter().for_each(|question| self.marks.sent(question));
            }
            Action::Browse | Action::CopyLink => match link() {
                Some(url) => cmds.push(if action == Action::Browse { Cmd::Browse(url) } else { Cmd::Copy(url) }),
                None => self.status.say(Weight::Info, "it has no link yet"),
            },
            Action::CopyText => cmds.push(Cmd::Copy(one.text())),
            _ => return false,
        }
        true
    }

    fn open_outgoing(&mut self, one: &Outgoing, cmds: &mut Vec<Cmd>) {
        match one.state {
            OutgoingState::Draft => self.open_sheet(Wanted::Outgoing(one.id), cmds),
            OutgoingState::Held | OutgoingState::AwaitingApproval => {
                self.send_errand(Purpose::WriteOn(one.id), Errand::Recall(one.id), cmds);
            }
            OutgoingState::Failed | OutgoingState::Withdrawn => {
                self.send_errand(Purpose::WriteOn(one.id), Errand::Redraft(one.id), cmds);
            }
            OutgoingState::Sending | OutgoingState::Sent | OutgoingState::Uncertain => {
                let title = if one.is_post() { "This post" } else { "This answer" };
                let (outbox, context) = (&self.answering.outbox, &self.context);
                let sheet = Overlay::explain(title, self.desk.size(), |page| whole(one, outbox, context, page));
                self.push(sheet);
            }
        }
    }

    fn approve(&mut self, one: &Outgoing, cmds: &mut Vec<Cmd>) {
        if one.state != OutgoingState::AwaitingApproval {
            return self.status.say(Weight::Info, "it waits for nobody's approval");
        }
        match may_approve(one, self.context.voice()) {
            Err(why) => self.status.say(Weight::Trouble, why),
            Ok(voice) => {
                let errand = Errand::Approve(one.id, one.network.clone(), voice.to_owned());
                let question = self.send_errand(Purpose::Approve(one.id), errand, cmds);
                question.into_iter().for_each(|question| self.marks.sent(question));
            }
        }
    }

    /// It was given up: one key brings it back.
    pub(super) fn given_up(&mut self, question: u64, id: OutgoingId) {
        self.marks.done(question, Undo::GivenUp(id));
        self.answering.outbox.step_off(id);
        let key = |action| self.context.keys().short(action).unwrap_or_else(|| "no key".to_owned());
        let words = format!("given up: {} brings it back", key(Action::Undo));
        self.status.say(Weight::Info, &words);
    }

    /// It was approved: while it is held, one key takes it back.
    pub(super) fn approved(&mut self, question: u64, id: OutgoingId) {
        self.marks.done(question, Undo::Approved(id));
        self.answering.sent_from_here(Some(id));
        let key = |action| self.context.keys().short(action).unwrap_or_else(|| "no key".to_owned());
        let words = format!("approved: it is held, and then goes out; {} takes it back", key(Action::Undo));
        self.status.say(Weight::Info, &words);
    }

    /// What was given up is to be a draft again.
    pub(in crate::tui::app) fn bring_back(&mut self, question: u64, id: OutgoingId, cmds: &mut Vec<Cmd>) {
        self.answering.errands.insert(question, Purpose::BringBack);
        cmds.push(Cmd::Errand { question, errand: Errand::Redraft(id) });
    }

    /// What was approved is taken back.
    pub(in crate::tui::app) fn take_approval_back(&mut self, question: u64, id: OutgoingId, cmds: &mut Vec<Cmd>) {
        self.answering.errands.insert(question, Purpose::TakeBack);
        cmds.push(Cmd::Errand { question, errand: Errand::Recall(id) });
    }

    /// What became of undoing something in the outbox.
    pub(super) fn undone_in_outbox(&mut self, question: u64, purpose: Purpose, done: bool) {
        self.marks.too_late(question);
        match (purpose, done) {
            (Purpose::BringBack, true) => self.status.say(Weight::Info, "brought back: it is a draft again"),
            (Purpose::TakeBack, true) => self.status.say(Weight::Info, "taken back: its writer's draft again"),
            (Purpose::TakeBack, false) => {
                self.nothing_undone("too late: it is on its way or out");
            }
            _ => {
                self.nothing_undone("it has changed since");
            }
        }
    }
}
