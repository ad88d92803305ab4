//! What the engine tells and the store answers.

use std::collections::BTreeSet;

use super::Model;
use super::asks::Thing;
use super::cmd::Cmd;
use super::layout::{Pane, View};
use super::marks::Undo;
use super::msg::{Answer, Weight};
use super::stream::Stale;
use crate::domain::case::CaseRow;
use crate::domain::outbox::OutgoingState;
use crate::domain::{Intent, MentionId, MentionRow, SafeText, SignalKind};
use crate::engine::Event;

impl Model {
    /// News from the engine. Tells whether anything visible changed at once.
    pub(super) fn hear(&mut self, event: Event, cmds: &mut Vec<Cmd>) -> bool {
        match event {
            Event::Recorded { new, changed, .. } => {
                if !new.is_empty() || changed > 0 {
                    self.rows_changed(changed);
                    self.figures_changed(&new, changed);
                    self.cases_are_stale(false);
                    self.people.happened();
                }
                self.asks.stale(Thing::Sources);
                self.thread_is_stale();
                false
            }
            Event::Source { source, polling, .. } => {
                if !polling {
                    self.asks.stale(Thing::Sources);
                }
                self.lists.sources.polling(source, polling) && self.shows(Pane::Sources)
            }
            Event::Signal(signal) => {
                self.asks.stale(Thing::Signals);
                // Whoever looks at the screen sees it; a bell is for those who do not.
                if signal.kind == SignalKind::Spike && self.status.unfocused() {
                    cmds.push(Cmd::Bell);
                }
                false
            }
            Event::Books => {
                if self.desk.view() == View::Acts {
                    self.asks.stale(Thing::Books);
                }
                self.doubt_rehearsal();
                false
            }
            Event::Changed | Event::Erased(_) => {
                if self.desk.view() == View::Acts {
                    self.asks.stale(Thing::Books);
                }
                self.asks.stale(Thing::Outbox);
                if self.answering.is_writing() {
                    self.asks.stale(Thing::Accounts);
                }
                self.thread_is_stale();
                self.rows_changed(1);
                self.changed_elsewhere();
                self.doubt_person();
                false
            }
            Event::Learned(lessons) => self.learned(lessons),
            Event::Campaigns(board) => {
                // What was paid stands in the books as well.
                if self.desk.view() == View::Acts {
                    self.asks.stale(Thing::Books);
                }
                self.doubt_rehearsal();
                self.measured(board)
            }
            Event::Standing(standing) => self.status.stand(standing),
            Event::Paused(paused) => {
                self.asks.stale(Thing::Sources);
                self.status.pause(paused)
            }
            Event::Outgoing { id, state, trouble } => {
                if state == OutgoingState::Sent {
                    self.cases_are_stale(false);
                    self.thread_is_stale();
                }
                self.outgoing_moved(id, state, trouble.as_ref())
            }
            // It tells what was so when somebody looked; what is so now, the store says.
            Event::SendingStopped(_) => {
                self.asks.now(Thing::Outbox);
                false
            }
            Event::StoreTrouble(trouble) => {
                if trouble.is_none() {
                    self.retry();
                    self.rows_changed(1);
                    self.changed_elsewhere();
                }
                self.status.set_trouble(trouble.as_deref())
            }
        }
    }

    /// Something may have been said in the thread above the answer that is written.
    fn thread_is_stale(&mut self) {
        if self.answering.is_writing() {
            self.asks.stale(Thing::Thread);
        }
    }

    pub(super) fn rows_changed(&mut self, changed: usize) {
        match self.stream.recorded(changed) {
            Stale::Rows => self.asks.stale(Thing::Rows),
            Stale::Above => self.asks.stale(Thing::NewAbove),
            Stale::Both => {
                self.asks.stale(Thing::Rows);
                self.asks.stale(Thing::NewAbove);
            }
        }
    }

    fn figures_changed(&mut self, new: &[MentionRow], changed: usize) {
        self.asks.stale(Thing::Overview);
        let mut subjects = BTreeSet::new();
        let mut wants = BTreeSet::new();
        for reading in new.iter().flat_map(|row| &row.readings).filter(|reading| reading.about) {
            subjects.insert(reading.subject);
            if Some(reading.subject) == self.context.brand_id() {
                wants.extend(reading.intents.iter().map(Intent::name));
            }
        }
        if changed > 0 {
            self.trends_are_stale();
            self.doubt_detail();
        }
        for subject in self.context.subjects().iter().filter(|subject| subjects.contains(&subject.id)) {
            self.asks.stale(Thing::Trend(subject.id));
        }
        for (intent, thing) in
            [(Intent::Complaint, Thing::UrgentComplaints), (Intent::Question, Thing::UrgentQuestions)]
        {
            if changed > 0 || wants.contains(intent.name()) {
                self.asks.stale(thing);
            }
        }
    }

    pub(super) fn changed_elsewhere(&mut self) {
        self.marks_changed();
        self.trends_are_stale();
        self.asks.stale(Thing::Sources);
        self.asks.stale(Thing::Signals);
        self.cases_are_stale(false);
        self.people.happened();
        self.doubt_detail();
    }

    fn doubt_detail(&mut self) {
        if self.detail.row().is_some() {
            self.asks.stale(Thing::Detail);
        }
        self.doubt_why();
    }

    fn marks_changed(&mut self) {
        for thing in [Thing::Overview, Thing::UrgentComplaints, Thing::UrgentQuestions] {
            self.asks.stale(thing);
        }
    }

    /// An answer of the runtime. Tells whether anything visible changed.
    pub(super) fn take_answer(&mut self, question: u64, answer: Answer, cmds: &mut Vec<Cmd>) -> bool {
        match answer {
            Answer::Trial(found) => {
                let ours = self.trial.awaits(question);
                if ours {
                    self.trial.answer(found);
                }
                ours
            }
            Answer::Marked(ids, read) => self.marked(question, ids, read),
            Answer::Corrected(ids) => self.corrected(question, ids),
            Answer::ActsCorrected(ids, deed) => self.acts_corrected(question, ids, deed),
            Answer::ActsUncorrected(count) => self.acts_uncorrected(question, count),
            Answer::Uncorrected(count) => self.uncorrected(question, count),
            Answer::Saved(words) => {
                let ours = self.trial.saved(question);
                if ours {
                    self.status.say(Weight::Info, words.as_str());
                }
                ours
            }
            Answer::Failed(words) => self.failed(question, &words),
            Answer::Told(told) => self.take_told(question, told, cmds),
            Answer::PeopleChanged(done) => self.people_changed(question, done),
            Answer::Remains(lines) => self.remains_known(question, lines),
            Answer::Forgotten(told) => self.person_forgotten(question, &told),
            Answer::CasesChanged(changed) => self.cases_changed(question, &changed),
            Answer::StepsUndone(undone) => self.steps_undone(question, &undone),
            Answer::CampaignsChanged(undo) => self.campaigns_changed(question, *undo),
            other => self.loaded(question, other, cmds),
        }
    }

    fn loaded(&mut self, question: u64, answer: Answer, cmds: &mut Vec<Cmd>) -> bool {
        let Some(thing) = self.asks.answered(question) else { return false };
        match (thing, answer) {
            (Thing::Rows, Answer::Rows(rows)) => self.stream.answer_rows(&rows),
            (Thing::NewAbove, Answer::NewAbove(count)) => self.stream.answer_above(count),
            (Thing::UrgentComplaints, Answer::Rows(rows)) => self.urgent(Intent::Complaint, &rows),
            (Thing::UrgentQuestions, Answer::Rows(rows)) => self.urgent(Intent::Question, &rows),
            (Thing::Detail, Answer::Detail(mention, members, answers)) => {
                let whole = mention.clone();
                let wish = self.detail.answer(mention, members, answers);
                if let (Some(wish), Some(mention)) = (wish, &whole) {
                    self.grant(wish, mention, cmds);
                }
                if let Some(id) = self.detail.id().filter(|_| self.detail.gone()) {
                    self.stream.remove(id);
                    self.marks_changed();
                }
                true
            }
            (Thing::Why, Answer::Why(reasons)) => self.answer_why(reasons),
            (Thing::Trend(subject), Answer::Trend(of, counts)) if subject == of => self.trends.answer(subject, counts),
            (Thing::Overview, Answer::Overview(overview)) => {
                let offered = self.offer_game(&overview);
                self.status.answer(overview) || offered
            }
            (Thing::Candidates, Answer::Rows(rows)) => self.deal(&rows),
            (Thing::Sources, Answer::Sources(states)) => {
                let before = (self.lists.sources.known(), self.lists.sources.working());
                let changed = self.lists.sources.answer(&states);
                let after = (self.lists.sources.known(), self.lists.sources.working());
                before != after || (changed && self.shows(Pane::Sources))
            }
            (Thing::Signals, Answer::Signals(signals)) => {
                let changed = self.lists.signals.answer(&signals);
                self.first.rank(self.lists.signals.all(), &self.context) || changed
            }
            (Thing::Cases, Answer::Cases(rows)) => self.inbox_rows(&rows),
            (Thing::FirstCases, Answer::FirstCases(rows, any)) => {
                self.first.answer_cases(&rows, any, self.lists.signals.all(), &self.context)
            }
            (Thing::CaseIds, Answer::CaseIds(ids)) => self.mark_cases(&ids),
            (Thing::Case, Answer::Case(case, person)) => {
                let shown = self.inbox.file_mut().answer(case, person);
                if shown && self.inbox.file().gone() {
                    self.inbox.recorded();
                }
                shown && self.shows(Pane::Case)
            }
            (Thing::Thread, Answer::Thread(mention, turns)) => self.take_thread(mention, &turns),
            (Thing::People, Answer::People(rows, figures)) => {
                self.people.answer(&rows, figures) && self.shows(Pane::People)
            }
            (Thing::Person, Answer::Person(file)) => self.person_answered(file),
            (Thing::InboxFigures, Answer::InboxFigures(figures)) => self.inbox.figures_mut().answer(figures),
            (Thing::Books, Answer::Books(shown)) => self.giving.answer(shown) && self.desk.view() == View::Acts,
            (Thing::Verdict, Answer::Verdict(verdict)) => self.show_verdict(verdict.as_deref()),
            (Thing::Clocks, Answer::Clocks(reckonings)) => self.clocks.answer(reckonings) && self.shows(Pane::Clocks),
            (Thing::Followed, Answer::Followed(followed)) => {
                self.clocks.answer_followed(followed);
                false
            }
            (Thing::Rehearsal, Answer::Rehearsed(rehearsed)) => self.take_rehearsal(rehearsed),
            // An answer to another question than was asked: as good as none.
            (thing, _) => {
                self.give_up(thing);
                false
            }
        }
    }

    fn inbox_rows(&mut self, rows: &[CaseRow]) -> bool {
        let returning = self.inbox.returning();
        let changed = self.inbox.answer_rows(rows);
        if let Some(back) = self.inbox.selected().filter(|row| returning == Some(row.id)).cloned()
            && self.desk.focus() == Pane::Case
        {
            self.inbox.file_mut().show(&back);
        }
        if self.inbox.single_story() && self.desk.view() == View::Inbox {
            self.open_case();
        }
        changed && self.shows(Pane::Inbox)
    }

    fn urgent(&mut self, intent: Intent, rows: &[MentionRow]) -> bool {
        let was_known = self.first.known();
        self.first.answer(intent, rows, self.lists.signals.all(), &self.context) || !was_known
    }

    fn failed(&mut self, question: u64, words: &SafeText) -> bool {
        if let Some(thing) = self.asks.answered(question) {
            self.give_up(thing);
        } else if self.order_failed(question) || self.errand_failed(question) {
            self.marks.failed(question);
        } else if self.marks.failed(question) {
            self.cases_are_stale(false);
            self.stream.reread();
            self.marks_changed();
        } else if self.campaign_failed(question)
            || self.people_failed(question)
            || self.forgetting_failed(question, words.as_str())
        {
        } else if self.trial.awaits(question) {
            self.trial.failed();
        } else if !self.trial.saved(question) {
            return false;
        }
        self.status.say(Weight::Trouble, words.as_str());
        true
    }

    pub(super) fn shows(&self, pane: Pane) -> bool {
        self.desk.layout().pane(pane).is_some()
    }

    /// Asks again for what failed or got lost.
    pub(super) fn retry(&mut self) {
        for thing in self.asks.retry(self.context.now()) {
            match thing {
                Thing::Rows => self.stream.failed(),
                Thing::Detail => self.detail.failed(),
                Thing::People => self.people.failed(),
                Thing::Person => self.people.file_mut().failed(),
                other => self.inbox.give_up(other),
            }
        }
    }

    /// A thing could not be read: it is asked for again with the next minute.
    fn give_up(&mut self, thing: Thing) {
        self.asks.failed(thing);
        match thing {
            Thing::Rows => self.stream.failed(),
            Thing::Detail => self.detail.failed(),
            Thing::Candidates => self.no_game(),
            Thing::People => self.people.failed(),
            Thing::Person => self.people.file_mut().failed(),
            // Nobody waits a minute for a reason.
            Thing::Verdict => self.giving.forget_asking(),
            other => self.inbox.give_up(other),
        }
    }

    /// Marks were changed in the store: these mentions are `read` (or not) now.
    fn marked(&mut self, question: u64, ids: Vec<MentionId>, read: bool) -> bool {
        let changed: BTreeSet<MentionId> = ids.iter().copied().collect();
        let Some(undone) = self.marks.done(question, Undo::Read { ids, read: !read }) else { return false };
        self.set_read(&changed, read);
        self.marks_changed();
        if undone {
            let how = if read { "read" } else { "unread" };
            let what = if changed.len() == 1 { "mention is" } else { "mentions are" };
            self.status.say(Weight::Info, &format!("undone: {} {what} {how} again", changed.len()));
        }
        true
    }

    /// Shows marks as they are now, wherever the mentions stand.
    pub(super) fn set_read(&mut self, ids: &BTreeSet<MentionId>, read: bool) {
        self.stream.set_read(ids, read);
        self.first.set_read(ids, read, self.lists.signals.all(), &self.context);
        self.trial.set_read(ids, read);
        if self.detail.id().is_some_and(|id| ids.contains(&id)) {
            self.detail.set_read(read);
        }
    }
}
