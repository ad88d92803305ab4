//! Answering what is marked, one after the other.

use super::Purpose;
use crate::tui::app::Model;
use crate::tui::app::cmd::{Aim, Cmd};
use crate::tui::app::composer::batch::{Batch, Next};
use crate::tui::app::composer::errand::{Errand, Opened, Wanted};
use crate::tui::app::layout::View;
use crate::tui::app::msg::Weight;

impl Model {
    /// What is marked, when answering is about that: cases in the inbox, mentions elsewhere.
    pub(super) fn marked_to_answer(&self) -> Option<Aim> {
        if self.desk.view() == View::Inbox {
            let marked = self.inbox.marked();
            return (!marked.is_empty()).then(|| Aim::Cases(marked.iter().copied().collect()));
        }
        (!self.marks.is_empty()).then(|| Aim::Mentions(self.marks.ids()))
    }

    /// Asks who stands in the line.
    pub(super) fn line_up(&mut self, aim: Aim, cmds: &mut Vec<Cmd>) {
        if let Some(question) = self.send_errand(Purpose::Line, Errand::Line(aim), cmds) {
            self.answering.opening = Some(question);
        }
    }

    /// The line is known: the first one's sheet is opened.
    pub(super) fn begin_batch(&mut self, line: Vec<Next>, cmds: &mut Vec<Cmd>) {
        if self.answering.is_writing() {
            return;
        }
        if line.is_empty() {
            return self.status.say(Weight::Info, "what was marked is not in the store any more");
        }
        self.inbox.hold();
        self.answering.batch = Some(Batch::new(line, self.context.now()));
        self.open_next(None, cmds);
    }

    /// The batch that a sheet, or the question for one, belongs to.
    pub(super) fn batch_of(&mut self, session: u64) -> Option<&mut Batch> {
        self.answering.batch.as_mut().filter(|batch| batch.is_about(session))
    }

    /// Opens the next one, or ends. `said` is what became of the one before.
    fn open_next(&mut self, said: Option<String>, cmds: &mut Vec<Cmd>) {
        let Some(batch) = &mut self.answering.batch else { return };
        match batch.advance() {
            Some(mention) => {
                if let Some(said) = said {
                    self.status.say(Weight::Info, &said);
                }
                self.open_sheet(Wanted::Mention(mention), cmds);
                let question = self.answering.opening;
                if let Some(batch) = &mut self.answering.batch {
                    batch.ask(question);
                }
            }
            None => {
                let outcome = batch.outcome();
                self.end_batch();
                let words = said.map_or_else(|| outcome.clone(), |said| format!("{said}; {outcome}"));
                self.status.say(Weight::Info, &words);
            }
        }
    }

    /// Back to where the reader was; marks of those that remain stay.
    pub(super) fn end_batch(&mut self) {
        self.answering.batch = None;
        self.answering.opening = None;
        if self.answering.before.is_some() {
            self.leave_sheet();
        }
    }

    /// Whether the one that was opened is left out: another voice has it, or was quicker. The next one is asked for
    /// then.
    pub(super) fn leaves_out(&mut self, question: u64, opened: &Opened, cmds: &mut Vec<Cmd>) -> bool {
        let (voice, now) = (self.context.signs_as().to_owned(), self.context.now());
        let Some(why) = self.batch_of(question).and_then(|batch| batch.why_not(opened, &voice, now)) else {
            return false;
        };
        let who = opened.mention.as_ref().map(|mention| mention.row.author.to_string()).unwrap_or_default();
        self.leave_out(question, &who, &why, cmds);
        true
    }

    pub(super) fn leave_out(&mut self, question: u64, who: &str, why: &str, cmds: &mut Vec<Cmd>) {
        if let Some(batch) = self.batch_of(question) {
            batch.leave_out(who, why);
            self.open_next(None, cmds);
        }
    }

    /// The sheet is done with: the answer is in the outbox, or recorded. The next one opens by itself.
    pub(super) fn done_with_sheet(&mut self, session: u64, said: &str, hint: &str, cmds: &mut Vec<Cmd>) {
        let last = self.sheet(session).and_then(|sheet| sheet.last());
        let Some(batch) = self.batch_of(session) else {
            self.leave_sheet();
            return self.status.say(Weight::Info, &format!("{said}{hint}"));
        };
        if let Some(next) = batch.answered(last) {
            self.unmark(&next);
        }
        self.open_next(Some(said.to_owned()), cmds);
    }

    pub(super) fn unmark(&mut self, next: &Next) {
        if let Some(case) = next.case {
            self.inbox.unmark_one(case);
        }
        for mention in &next.marked {
            self.marks.unmark(*mention);
        }
    }

    /// Goes on to the next one without an answer; what was written by hand is kept as a draft.
    pub(super) fn skip_one(&mut self, cmds: &mut Vec<Cmd>) {
        let Some(sheet) = &mut self.answering.composer else { return };
        let session = sheet.session();
        let Some(batch) = self.answering.batch.as_mut().filter(|batch| batch.is_about(session)) else {
            return self.status.say(Weight::Info, "this is the only one: Esc keeps it as a draft");
        };
        if sheet.is_sending() {
            return;
        }
        batch.skip(sheet.last());
        let mut kept = false;
        if !sheet.is_as_offered() {
            let (errand, keeps) = sheet.leave(&self.context);
            kept = keeps;
            let left = keeps.then(|| sheet.clone());
            if let Some(errand) = errand {
                let purpose = if keeps { Purpose::Save(session) } else { Purpose::Discard };
                self.send_errand(purpose, errand, cmds);
            }
            if let Some(left) = left {
                self.part_with(left, None);
            }
        }
        let said = if kept { "skipped: it stays marked, and its draft is kept" } else { "skipped: it stays marked" };
        self.open_next(Some(said.to_owned()), cmds);
    }

    /// The sheet of the batch is shown: says who was left out on the way to it.
    pub(super) fn sheet_of_batch(&mut self, question: u64) {
        let news = self.batch_of(question).and_then(|batch| {
            batch.begin();
            batch.news()
        });
        if let Some(news) = news {
            self.status.say(Weight::Info, &news);
        }
    }
}
