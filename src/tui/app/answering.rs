//! Answers in the model: opens and closes the sheet, keeps its draft, sends it, and does what is done in the outbox.

mod batch;
mod deeds;
pub(super) mod leaving;
mod notes;
mod parting;
mod told;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use self::parting::Parting;
use super::action::Action;
use super::asks::Thing;
use super::cmd::{Cmd, Load};
use super::composer::batch::Batch;
use super::composer::errand::{Errand, Wanted};
use super::composer::gate::{Go, Outside};
use super::composer::replies::{Picker, SavedReply};
use super::composer::{self, Composer};
use super::desk::Desk;
use super::layout::{Pane, View};
use super::msg::{Typing, Weight};
use super::outbox::Outbox;
use super::overlay::Overlay;
use super::prompt::Prompt;
use super::{Model, layout};
use crate::domain::{MentionId, OutgoingId, Timestamp};
use crate::engine::rehearsal::live::Rehearsed;

/// Errands that are waited for at once; who asks for more lost patience long ago.
const MOST: usize = 64;

/// What an errand was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Open,
    Line,
    Save(u64),
    Submit(u64),
    /// Taken back or redrafted, to be written on.
    WriteOn(OutgoingId),
    /// Taken back, to be written on in place of this sheet.
    TakeHere(u64, OutgoingId),
    Approve(OutgoingId),
    Withdraw(OutgoingId),
    /// What was given up is to be a draft again.
    BringBack,
    /// What was approved is to be taken back.
    TakeBack,
    Settle,
    Stop(bool),
    Record(u64),
    Edit(u64),
    Discard,
}

/// Answers.
#[derive(Debug, Clone, Default)]
pub struct Answering {
    composer: Option<Box<Composer>>,
    /// Where the reader was before the sheet was opened.
    before: Option<Box<Desk>>,
    /// What is on its way, by number of the question.
    errands: BTreeMap<u64, Purpose>,
    /// The sheet that is being opened.
    opening: Option<u64>,
    /// The question for the sheet that takes the place of the one that is open.
    swap: Option<u64>,
    /// What is answered one after the other.
    batch: Option<Batch>,
    pub(super) outbox: Outbox,
    /// The key that lifts the stop was pressed once.
    lifting: bool,
    /// What is told as failed, and of which a person said once that it is out.
    doubted: Option<OutgoingId>,
    woken: Option<Timestamp>,
    /// What was sent or approved from this screen, the oldest first.
    mine: VecDeque<OutgoingId>,
    /// Sheets that were closed before the store had their words, or had said what became of the wish to send them.
    parting: BTreeMap<u64, Parting>,
}

impl Answering {
    /// The sheet.
    pub(super) fn composer(&self) -> Option<&Composer> {
        self.composer.as_deref()
    }

    /// Whether keys are letters of an answer.
    pub(super) fn is_writing(&self) -> bool {
        self.composer.is_some()
    }

    /// Place of the sheet in its batch, from 1, and how many there are.
    pub(super) fn place(&self) -> Option<(usize, usize)> {
        self.batch.as_ref().map(Batch::place)
    }

    /// One of a batch is done with, and the next one is not there yet: keys mean nothing.
    fn is_between(&self) -> bool {
        self.batch.as_ref().is_some_and(Batch::is_between)
    }

    /// Something was sent on its way here.
    fn sent_from_here(&mut self, id: Option<OutgoingId>) {
        self.mine.extend(id);
        while self.mine.len() > MOST {
            self.mine.pop_front();
        }
    }

    /// What was asked for last and the store has not confirmed: all sending stopped, or going on.
    fn stop_under_way(&self) -> Option<bool> {
        self.errands.values().rev().find_map(|purpose| match purpose {
            Purpose::Stop(stopped) => Some(*stopped),
            _ => None,
        })
    }

    /// Whether all sending is stopped, once the store has done what was asked of it.
    fn stop_in_force(&self) -> bool {
        self.stop_under_way().unwrap_or_else(|| self.outbox.stopped())
    }

    /// Another key than the one that must be pressed twice: it was no decision.
    pub(super) fn steady(&mut self, action: Action) {
        if action != Action::StopSending {
            self.lifting = false;
        }
        if action != Action::ItIsOut {
            self.doubted = None;
        }
    }
}

impl Model {
    /// The banner lies under the status line.
    pub(super) fn has_banner(&self) -> bool {
        self.status.trouble().is_some() || self.answering.outbox.stopped()
    }

    /// Answers what is marked, one after the other; else the mention that a deed would be done on, else the one in
    /// the detail pane.
    pub(super) fn reply(&mut self, cmds: &mut Vec<Cmd>) {
        if let Some(aim) = self.marked_to_answer() {
            return self.line_up(aim, cmds);
        }
        let shown = self.detail.row().filter(|_| self.shows(Pane::Detail)).map(|row| row.id);
        match self.current().map(|row| row.id).or(shown) {
            Some(id) => self.reply_to(id, cmds),
            None => self.status.say(Weight::Info, "select a mention to answer first"),
        }
    }

    /// Opens the sheet for an answer to a mention.
    pub(super) fn reply_to(&mut self, mention: MentionId, cmds: &mut Vec<Cmd>) {
        self.open_sheet(Wanted::Mention(mention), cmds);
    }

    /// Opens the sheet for a post of our own: the one that was begun, or a new one.
    pub(super) fn write_post(&mut self, anew: bool, cmds: &mut Vec<Cmd>) {
        self.open_sheet(Wanted::Post { anew }, cmds);
    }

    fn open_sheet(&mut self, wanted: Wanted, cmds: &mut Vec<Cmd>) {
        let voice = self.context.voice().map(str::to_owned);
        if let Some(question) = self.send_errand(Purpose::Open, Errand::Open(wanted, voice), cmds) {
            self.answering.opening = Some(question);
        }
    }

    fn send_errand(&mut self, purpose: Purpose, errand: Errand, cmds: &mut Vec<Cmd>) -> Option<u64> {
        let question = self.expect(purpose)?;
        cmds.push(Cmd::Errand { question, errand });
        Some(question)
    }

    /// Notes that an answer will come.
    fn expect(&mut self, purpose: Purpose) -> Option<u64> {
        // Saving must never be refused: what is lost then is a notice, not a draft.
        if self.answering.errands.len() >= MOST {
            self.answering.errands.pop_first();
        }
        let question = self.asks.number();
        self.answering.errands.insert(question, purpose);
        Some(question)
    }

    /// Takes a key of the sheet in.
    pub(super) fn write(&mut self, typing: &Typing, cmds: &mut Vec<Cmd>) {
        if self.answering.is_between() {
            if *typing == Typing::Cancel {
                self.close_sheet(cmds);
            }
            return;
        }
        let Some(sheet) = &mut self.answering.composer else { return };
        if sheet.type_in(typing, &self.context) == composer::Step::Close {
            return self.close_sheet(cmds);
        }
        if let (Typing::Paste(_), Some(sheet)) = (typing, self.answering.composer()) {
            let cut = sheet.cut().map(str::to_owned);
            self.tell_cut(cut);
        }
    }

    /// The draft is saved now: the program is left, or the screen goes away.
    pub(super) fn keep_draft(&mut self, cmds: &mut Vec<Cmd>) {
        if self.answering.is_between() {
            return;
        }
        let Some(sheet) = &mut self.answering.composer else { return };
        let session = sheet.session();
        if let Some(errand) = sheet.save(&self.context) {
            self.send_errand(Purpose::Save(session), errand, cmds);
        }
    }

    /// What must be stored before the program ends, however it ends.
    pub fn last_words(&mut self) -> Vec<Cmd> {
        let mut cmds = Vec::new();
        self.keep_draft(&mut cmds);
        self.keep_parting(&mut cmds);
        cmds
    }

    fn close_sheet(&mut self, cmds: &mut Vec<Cmd>) {
        let batch = self.answering.batch.take();
        self.answering.swap = None;
        self.answering.opening = None;
        let Some(mut sheet) = self.answering.composer.take() else { return };
        let (session, post) = (sheet.session(), sheet.is_post());
        if sheet.is_sending() {
            return self.leave_while_sending(sheet, batch);
        }
        let done = batch.as_ref().is_some_and(Batch::is_between);
        let (errand, kept) = if done { (None, false) } else { sheet.leave(&self.context) };
        if let Some(errand) = errand {
            let purpose = if kept { Purpose::Save(session) } else { Purpose::Discard };
            self.send_errand(purpose, errand, cmds);
        }
        if kept {
            self.part_with(sheet, None);
            let action = if post { Action::Post } else { Action::Reply };
            let key = self.context.keys().short(action).unwrap_or_default();
            let whence = if post { "" } else { " on the mention" };
            let batch = batch.as_ref().map(|batch| format!("; {}", batch.outcome())).unwrap_or_default();
            self.status.say(Weight::Info, &format!("the draft is kept: {key}{whence} brings it back{batch}"));
        } else if let Some(batch) = batch {
            self.status.say(Weight::Info, &batch.outcome());
        }
        self.leave_sheet();
    }

    /// Closes the sheet as it is, and whatever lies over it: nothing of it is kept here.
    pub(super) fn drop_sheet(&mut self) {
        self.overlays.clear();
        self.answering.batch = None;
        self.answering.opening = None;
        self.leave_sheet();
    }

    /// Back to where the reader was.
    fn leave_sheet(&mut self) {
        self.answering.composer = None;
        self.asks.hurry(Thing::Outbox);
        let size = self.desk.size();
        match self.answering.before.take() {
            Some(before) => self.desk = *before,
            None => self.desk.show(View::Dashboard),
        }
        self.desk.resize(size);
    }

    /// An action while an answer is written.
    pub(super) fn act_on_sheet(&mut self, action: Action, cmds: &mut Vec<Cmd>) {
        let now = self.context.now();
        let outside = self.outside();
        if self.answering.is_between() {
            return;
        }
        let Some(sheet) = &mut self.answering.composer else { return };
        match action {
            Action::Send => {
                let go = sheet.send(outside, &self.context);
                self.go_out(go, cmds);
            }
            Action::SendAnyway => {
                let go = sheet.send_anyway(outside, &self.context);
                self.go_out(go, cmds);
            }
            // What is just being sent stays until that is known.
            Action::Skip if sheet.is_post() && sheet.is_sending() => {}
            Action::Skip if sheet.is_post() => {
                self.close_sheet(cmds);
                self.write_post(true, cmds);
            }
            Action::Skip => self.skip_one(cmds),
            Action::RecallHere => self.recall_here(cmds),
            Action::PersonWhileWriting => self.person_while_writing(),
            Action::SavedReply => self.choose_reply(),
            Action::Editor => {
                let (session, text) = (sheet.session(), sheet.paper().text());
                self.keep_draft(cmds);
                if let Some(question) = self.expect(Purpose::Edit(session)) {
                    cmds.push(Cmd::Edit { question, text });
                }
            }
            Action::Quote => {
                if let Err(why) = sheet.quote(now) {
                    self.status.say(Weight::Info, why);
                }
            }
            Action::Identity => sheet.next_identity(now),
            Action::Parts => {
                sheet.toggle_parts(now);
                let words = sheet.told_parts(&self.context);
                self.status.say(Weight::Info, &words);
            }
            Action::Visibility => {
                if let Err(why) = sheet.next_visibility(now) {
                    self.status.say(Weight::Info, why);
                }
            }
            Action::Warning => {
                let wants_words = !sheet.toggle_warning(now);
                if wants_words {
                    let prompt = Prompt::with(sheet.warning());
                    self.push(Overlay::Warning(prompt));
                }
            }
            Action::Language => sheet.next_lang(now),
            Action::UndoText | Action::RedoText => {
                let changed = sheet.undo(action == Action::RedoText, now);
                if !changed {
                    self.status.say(Weight::Info, "nothing to undo in the text");
                }
            }
            _ => {}
        }
    }

    fn outside(&self) -> Outside {
        Outside { stopped: self.answering.outbox.stopped(), paused: self.status.paused() }
    }

    fn choose_reply(&mut self) {
        let replies = self.context.writer().replies.clone();
        if replies.is_empty() {
            return self
                .status
                .say(Weight::Info, "there are no saved replies yet: add a [[reply]] to the configuration");
        }
        self.push(Overlay::Replies(Picker::new(replies)));
    }

    /// Puts a content warning before the text; an empty one takes it away.
    pub(super) fn put_warning(&mut self, warning: String) {
        let now = self.context.now();
        if let Some(sheet) = &mut self.answering.composer {
            sheet.set_warning(warning, now);
        }
    }

    /// The sheet of a post wants to be rehearsed.
    pub(super) fn wants_rehearsal(&self) -> bool {
        self.answering.composer.as_ref().is_some_and(|sheet| sheet.wants_rehearsal())
    }

    /// The books, or the campaigns, are others: what is written is rehearsed against them.
    pub(super) fn doubt_rehearsal(&mut self) {
        if let Some(sheet) = &mut self.answering.composer {
            sheet.doubt_rehearsal();
        }
    }

    /// What is to be rehearsed.
    pub(super) fn ask_rehearsal(&mut self) -> Option<Load> {
        let board = self.campaigns.board_as_is();
        self.answering.composer.as_mut()?.ask_rehearsal(board, &self.context)
    }

    /// What the rehearsal came to.
    pub(super) fn take_rehearsal(&mut self, rehearsed: Arc<Rehearsed>) -> bool {
        let now = self.context.now();
        let Some(sheet) = self.answering.composer.as_mut().filter(|sheet| sheet.is_post()) else { return false };
        sheet.take_rehearsal(rehearsed, now);
        true
    }

    /// Puts a saved reply into the text.
    pub(super) fn insert_reply(&mut self, reply: &SavedReply) {
        let blank = self.answering.composer.as_mut().is_some_and(|sheet| sheet.insert_reply(reply, &self.context));
        if blank {
            self.status.say(Weight::Info, "its first blank is selected: type over it, Tab goes to the next");
        }
    }

    fn go_out(&mut self, go: Go, cmds: &mut Vec<Cmd>) {
        let Some(session) = self.answering.composer.as_ref().map(|sheet| sheet.session()) else { return };
        match go {
            Go::No => {}
            Go::Send(errands) => {
                for errand in errands {
                    let submits = matches!(errand, Errand::Submit(_));
                    let purpose = if submits { Purpose::Submit(session) } else { Purpose::Save(session) };
                    let question = self.send_errand(purpose, errand, cmds);
                    if let Some(sheet) = self.answering.composer.as_mut().filter(|_| submits) {
                        sheet.set_sending(question);
                    }
                }
            }
            Go::HandOut { text, url } => {
                self.keep_draft(cmds);
                cmds.push(Cmd::Copy(text));
                cmds.extend(url.map(Cmd::Browse));
            }
            Go::Record(errand) => {
                self.send_errand(Purpose::Record(session), errand, cmds);
            }
            Go::Posted(errand) => {
                if let Some(errand) = errand {
                    self.send_errand(Purpose::Discard, errand, cmds);
                }
                self.done_with_sheet(session, "done with: you posted it", "", cmds);
            }
        }
    }

    /// The time passed: saves and judges what is written, and counts down. Tells whether anything visible changed.
    pub(super) fn tick_answers(&mut self, cmds: &mut Vec<Cmd>) -> bool {
        let counted = self.answering.outbox.tick(self.context.now());
        self.tick_parting(cmds);
        if self.answering.is_between() {
            return counted;
        }
        let Some(sheet) = &mut self.answering.composer else { return counted };
        let session = sheet.session();
        let Some(errand) = sheet.tick(&self.context) else { return counted };
        if let Some(errand) = errand {
            self.send_errand(Purpose::Save(session), errand, cmds);
        }
        true
    }

    /// Brings sheet and list in line with the room that they have.
    pub(super) fn fit_answers(&mut self) {
        let area = self.desk.layout().pane(Pane::Composer);
        if let (Some(sheet), Some(area)) = (&mut self.answering.composer, area) {
            sheet.fit(area, &self.context);
        }
        let rows = self
            .desk
            .layout()
            .pane(Pane::Outbox)
            .map_or(1, |area| usize::from(layout::outbox(area.body()).list.height));
        self.answering.outbox.fit(rows);
    }

    /// Asks to be woken when there is something to save or to count.
    pub(super) fn wake_for_answers(&mut self, cmds: &mut Vec<Cmd>) {
        let now = self.context.now();
        cmds.extend(self.answering.outbox.wake(now).map(Cmd::Wake));
        let between = self.answering.is_between();
        let due = self.answering.composer.as_ref().filter(|_| !between).and_then(|sheet| sheet.due());
        let due = due.into_iter().chain(self.answering.parting.values().filter_map(Parting::due)).min();
        if self.answering.woken.is_some_and(|woken| woken <= now) {
            self.answering.woken = None;
        }
        if let Some(due) = due.filter(|due| self.answering.woken.is_none_or(|woken| woken > *due)) {
            self.answering.woken = Some(due);
            cmds.push(Cmd::Wake(due));
        }
    }
}

#[cfg(test)]
mod standing_tests;
#[cfg(test)]
mod tests;
