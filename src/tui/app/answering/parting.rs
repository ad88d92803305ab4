//! Sheets that were closed before it was known what became of their words. They are kept until the store has the draft,
//! or has said whether the answer is on its way: nothing that was written is lost, and no mark stays on what was sent.

use super::{MOST, Purpose};
use crate::domain::Timestamp;
use crate::domain::outbox::Submission;
use crate::tui::app::Model;
use crate::tui::app::action::Action;
use crate::tui::app::cmd::Cmd;
use crate::tui::app::composer::Composer;
use crate::tui::app::composer::batch::Batch;
use crate::tui::app::composer::gate::Outcome;
use crate::tui::app::msg::Weight;
use crate::tui::app::outbox::whole_seconds;

/// A sheet that was closed.
#[derive(Debug, Clone)]
pub(super) struct Parting {
    sheet: Box<Composer>,
    /// The batch that it was left in, while the answer is on its way.
    batch: Option<Batch>,
}

impl Parting {
    /// When its words are to be saved again.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.sheet.due()
    }
}

impl Model {
    /// The sheet is closed. It is kept while its words, or the answer, are on their way to the store.
    pub(super) fn part_with(&mut self, sheet: Box<Composer>, batch: Option<Batch>) {
        let saving = Purpose::Save(sheet.session());
        let on_its_way = self.answering.errands.values().any(|purpose| *purpose == saving);
        if !sheet.is_sending() && !on_its_way {
            return;
        }
        self.answering.parting.insert(sheet.session(), Parting { sheet, batch });
        while self.answering.parting.len() > MOST {
            self.answering.parting.pop_first();
        }
    }

    /// The sheet is closed while the answer is on its way into the outbox: it goes on, and is told when it is there.
    pub(super) fn leave_while_sending(&mut self, sheet: Box<Composer>, batch: Option<Batch>) {
        let rest = if batch.is_some() { "; the others stay marked" } else { "" };
        self.status.say(Weight::Info, &format!("the answer is on its way into the outbox{rest}"));
        self.part_with(sheet, batch);
        self.leave_sheet();
    }

    /// A closed sheet's draft is in the store: it can be forgotten, unless more is to come of it.
    pub(super) fn parted_is_saved(&mut self, session: u64, id: crate::domain::OutgoingId) {
        let Some(parting) = self.answering.parting.get_mut(&session) else { return };
        parting.sheet.saved(id);
        let waits = parting.sheet.is_sending() || parting.due().is_some();
        let more = self.answering.errands.values().any(|purpose| *purpose == Purpose::Save(session));
        if !waits && !more {
            self.answering.parting.remove(&session);
        }
    }

    /// A closed sheet's draft could not be saved: it is tried again soon, until it is.
    pub(super) fn parted_is_not_saved(&mut self, session: u64) {
        let now = self.context.now();
        if let Some(parting) = self.answering.parting.get_mut(&session) {
            parting.sheet.not_saved(now);
        }
    }

    /// What became of the wish to send a sheet that was closed meanwhile. Tells whether there is such a sheet.
    pub(super) fn parted_is_submitted(&mut self, session: u64, submission: &Submission, cmds: &mut Vec<Cmd>) -> bool {
        let Some(mut parting) = self.answering.parting.remove(&session) else { return false };
        let id = parting.sheet.id();
        let key = |action| self.context.keys().short(action).unwrap_or_default();
        let said = match parting.sheet.submitted(submission) {
            Outcome::Held(until) => {
                let seconds = whole_seconds(self.context.now(), until);
                format!("goes out in {seconds} s: {} takes it back", key(Action::Recall))
            }
            Outcome::Awaits => "in the outbox: a second voice must approve it".to_owned(),
            Outcome::Stays => return self.parted_stays(parting, cmds),
        };
        self.answering.sent_from_here(id);
        let outcome = parting.batch.as_mut().map(|batch| (batch.answered(None), batch.outcome()));
        match outcome {
            Some((next, outcome)) => {
                if let Some(next) = next {
                    self.unmark(&next);
                }
                self.status.say(Weight::Info, &format!("{said}; {outcome}"));
            }
            None => self.status.say(Weight::Info, &said),
        }
        true
    }

    /// It was not sent: its words stay a draft, and what was marked stays marked.
    fn parted_stays(&mut self, mut parting: Parting, cmds: &mut Vec<Cmd>) -> bool {
        let key = self.context.keys().short(Action::Reply).unwrap_or_default();
        let words = match parting.sheet.asking().and_then(|asking| asking.reasons.first()) {
            Some(why) => format!("not sent: {why}; the draft is kept: {key} on the mention brings it back"),
            None => parting.sheet.blocked().first().map(|why| format!("not sent: {why}")).unwrap_or_default(),
        };
        let session = parting.sheet.session();
        if let Some(errand) = parting.sheet.save(&self.context) {
            self.send_errand(Purpose::Save(session), errand, cmds);
            self.part_with(parting.sheet, None);
        }
        self.status.say(Weight::Trouble, &words);
        true
    }

    /// The wish to send a closed sheet failed; its words are, or will be, a draft.
    pub(super) fn parted_is_not_submitted(&mut self, session: u64) {
        let Some(parting) = self.answering.parting.get_mut(&session) else { return };
        parting.sheet.set_sending(None);
        parting.batch = None;
        if parting.due().is_none() {
            self.answering.parting.remove(&session);
        }
    }

    /// Saves again what could not be saved.
    pub(super) fn tick_parting(&mut self, cmds: &mut Vec<Cmd>) {
        let mut errands = Vec::new();
        for (session, parting) in &mut self.answering.parting {
            errands.extend(parting.sheet.tick(&self.context).flatten().map(|errand| (*session, errand)));
        }
        for (session, errand) in errands {
            self.send_errand(Purpose::Save(session), errand, cmds);
        }
    }

    /// What could not be saved is saved once more: the program ends.
    pub(super) fn keep_parting(&mut self, cmds: &mut Vec<Cmd>) {
        let mut errands = Vec::new();
        for (session, parting) in self.answering.parting.iter_mut().filter(|(_, parting)| parting.due().is_some()) {
            errands.extend(parting.sheet.save(&self.context).map(|errand| (*session, errand)));
        }
        for (session, errand) in errands {
            self.send_errand(Purpose::Save(session), errand, cmds);
        }
    }
}
