//! What every action does. Deeds on mentions are in `reading`.

use super::action::{Action, Place};
use super::asks::Thing;
use super::cmd::Cmd;
use super::cursor::Motion;
use super::explain;
use super::first::{Entry, EntryId};
use super::layout::{Pane, View};
use super::msg::{Typing, Weight};
use super::overlay::{self, Overlay};
use super::stream::Tab;
use super::{Model, trial};
use crate::domain::{SafeText, SignalId, SubjectId};
use crate::engine::Standing;

impl Model {
    /// Does an action.
    pub(super) fn act(&mut self, action: Action, count: Option<u32>, cmds: &mut Vec<Cmd>) {
        if matches!(action, Action::Leave | Action::Suspend) {
            self.keep_draft(cmds);
        }
        self.answering.steady(action);
        match action {
            Action::Leave => return self.leave(cmds),
            Action::Reload => return cmds.push(Cmd::Reload),
            Action::Redraw => return cmds.push(Cmd::Redraw),
            Action::Suspend => return cmds.push(Cmd::Suspend),
            _ => {}
        }
        if let Some(top) = self.overlays.last_mut() {
            let step = top.act(action, count);
            return self.overlay_step(step, cmds);
        }
        if self.answering.is_writing() {
            return self.act_on_sheet(action, cmds);
        }
        if let Some(motion) = Motion::of(action, count) {
            return self.go(motion);
        }
        if self.act_on_campaigns(action, cmds)
            || self.act_on_outbox(action, cmds)
            || self.inbox_act(action)
            || self.people_act(action, cmds)
        {
            return;
        }
        match action {
            Action::Open => self.open(cmds),
            Action::Back => {
                self.back(cmds);
            }
            Action::Quit => {
                if !self.back(cmds) {
                    self.leave(cmds);
                }
            }
            Action::NextPane => self.desk.step(1),
            Action::PreviousPane => self.desk.step(-1),
            Action::Zoom => self.desk.toggle_zoom(),
            Action::ViewDashboard => self.show(View::Dashboard, cmds),
            Action::ViewTrends => self.show(View::Trends, cmds),
            Action::ViewSources => self.show(View::Sources, cmds),
            Action::ViewSignals => self.show(View::Signals, cmds),
            Action::ViewWatches => self.show(View::Watches, cmds),
            Action::ViewOutbox => self.show(View::Outbox, cmds),
            Action::Reply => self.reply(cmds),
            Action::Post => self.write_post(false, cmds),
            Action::Recall => self.recall_newest(cmds),
            Action::StopSending => self.stop_sending(cmds),
            Action::ViewActs => self.show_acts(cmds),
            Action::ViewInbox => self.show(View::Inbox, cmds),
            Action::ViewClocks => {
                self.show(View::Dashboard, cmds);
                self.show_alone(Pane::Clocks);
            }
            Action::ViewCampaigns => self.show(View::Campaigns, cmds),
            Action::ViewPeople => {
                self.people_shown();
                self.show(View::People, cmds);
            }
            Action::NextTab => self.change_stream(|model| model.stream.step_tab(1)),
            Action::PreviousTab => self.change_stream(|model| model.stream.step_tab(-1)),
            Action::NextSubject => self.change_stream(|model| model.stream.step_subject(&model.context)),
            Action::ToggleGroups => self.change_stream(|model| model.stream.toggle_stories()),
            Action::NextPeriod => self.next_period(),
            Action::Search => self.search(cmds),
            Action::SaveWatch => self.name_watch(),
            Action::Explain if self.desk.focus() == Pane::Acts => self.ask_verdict(),
            Action::Why => self.ask_why(),
            Action::Explain if self.desk.focus() == Pane::Detail && self.detail.row().is_some() => self.ask_why(),
            Action::Explain => {
                let sheet = explain::sheet(self);
                self.push(sheet);
            }
            Action::Help => self.push(Overlay::help(&self.context, self.desk.size())),
            Action::Palette => self.push(Overlay::Palette(overlay::Palette::default())),
            Action::Refresh => self.refresh(cmds),
            Action::Pause => cmds.push(Cmd::Pause(!self.status.paused())),
            other if other.place() == Place::Composer => {
                self.status.say(Weight::Info, "write an answer or a post first")
            }
            other => self.deed(other, cmds),
        }
    }

    /// Takes a key of a prompt in.
    pub(super) fn type_in(&mut self, typing: &Typing, cmds: &mut Vec<Cmd>) {
        let size = self.desk.size();
        if let Some(top) = self.overlays.last_mut() {
            let before = top.line().map(str::len);
            let step = top.type_in(typing, &self.context, size);
            let cut = cut(typing, before, top.line());
            self.tell_cut(cut);
            return self.overlay_step(step, cmds);
        }
        if self.answering.is_writing() {
            return self.write(typing, cmds);
        }
        if self.desk.view() != View::Trial || !self.trial.editing() {
            return;
        }
        let before = self.trial.prompt().text().len();
        let step = self.trial.type_in(typing);
        let cut = cut(typing, Some(before), Some(self.trial.prompt().text()));
        self.tell_cut(cut);
        match step {
            trial::Step::Stay => {}
            trial::Step::Try(query) => self.start_trial(&query, cmds),
            trial::Step::Leave => self.show(View::Dashboard, cmds),
        }
    }

    fn overlay_step(&mut self, step: overlay::Step, cmds: &mut Vec<Cmd>) {
        match step {
            overlay::Step::Stay => return,
            overlay::Step::Answer(answer) => return self.answer_game(&answer, cmds),
            overlay::Step::Leave(choice) => return self.leave_or_stay(choice, cmds),
            _ => {}
        }
        self.overlays.pop();
        match step {
            overlay::Step::Stay | overlay::Step::Close | overlay::Step::Answer(_) | overlay::Step::Leave(_) => {}
            overlay::Step::Act(action) => self.act(action, None, cmds),
            overlay::Step::Case(aim, change) => {
                let about = self.about(&aim);
                self.order(aim, *change, about, cmds);
            }
            overlay::Step::Judge(acts, deed) => self.judge(acts, deed, cmds),
            overlay::Step::Say(said) => self.carry_out_correcting(*said, cmds),
            overlay::Step::Reply(reply) => self.insert_reply(&reply),
            overlay::Step::Warning(warning) => self.put_warning(warning),
            overlay::Step::Campaign(change) => self.change_campaigns(*change, cmds),
            overlay::Step::Find(words) => {
                self.people.narrow(&words);
                self.asks.now(Thing::People);
            }
            overlay::Step::Sure(deed) => self.do_to_people(deed, cmds),
            overlay::Step::Forget(whom) => self.forget_person(whom, cmds),
            overlay::Step::Save { name, query } => {
                let question = self.asks.number();
                self.trial.saving(question);
                cmds.push(Cmd::SaveWatch { question, name, query });
            }
        }
    }

    pub(super) fn push(&mut self, overlay: Overlay) {
        if self.overlays.len() < overlay::DEEPEST {
            self.overlays.push(overlay);
        }
    }

    fn go(&mut self, motion: Motion) {
        match self.desk.focus() {
            Pane::Stream => self.stream.go(motion),
            Pane::First => self.first.go(motion),
            Pane::Detail => self.detail.go(motion),
            Pane::Sentiment | Pane::Voice | Pane::Trends => self.trends.go(motion, &self.context),
            Pane::Sources => self.lists.sources.go(motion),
            Pane::Signals => self.lists.signals.go(motion),
            Pane::Watches => self.lists.watches.go(motion, &self.context),
            Pane::Trial | Pane::Reading => self.trial.go(motion),
            Pane::Outbox => self.answering.outbox.go(motion),
            Pane::Inbox => self.inbox.go(motion),
            Pane::Case => self.inbox.file_mut().go(motion),
            Pane::Campaigns => self.campaigns.go(motion),
            Pane::Campaign => self.campaigns.scroll(motion),
            Pane::Acts => self.giving.go(motion),
            Pane::Ledger => self.giving.go_ledger(motion),
            Pane::People => self.people.go(motion),
            Pane::Person => self.people.file_mut().go(motion),
            Pane::Giving | Pane::Clocks | Pane::Composer => {}
        }
    }

    fn open(&mut self, cmds: &mut Vec<Cmd>) {
        match self.desk.focus() {
            Pane::Stream | Pane::Trial => self.open_listed(cmds),
            Pane::First => match self.first.selected().map(Entry::id) {
                Some(EntryId::Signal(id)) => {
                    self.show(View::Signals, cmds);
                    self.lists.signals.select(id);
                    self.see_signal(id, cmds);
                }
                Some(EntryId::Mention(_) | EntryId::Case(_)) => self.open_listed(cmds),
                None => {}
            },
            Pane::Signals => {
                if let Some(id) = self.lists.signals.selected().map(|signal| signal.id) {
                    self.see_signal(id, cmds);
                    let sheet = explain::sheet(self);
                    self.push(sheet);
                }
            }
            Pane::Sentiment | Pane::Voice | Pane::Trends => {
                if let Some(subject) = self.trends.selected() {
                    self.mentions_of(subject, cmds);
                }
            }
            Pane::Watches => {
                if let Some(query) = self.lists.watches.selected(&self.context).map(|watch| watch.query.clone()) {
                    self.show(View::Trial, cmds);
                    self.trial.take(&query);
                    self.start_trial(&query, cmds);
                }
            }
            Pane::Campaigns | Pane::Campaign => {}
            Pane::Sources | Pane::Giving | Pane::Clocks | Pane::Reading => {
                let sheet = explain::sheet(self);
                self.push(sheet);
            }
            Pane::Inbox => self.open_case(),
            Pane::Acts => self.ask_verdict(),
            Pane::Ledger => {
                let sheet = explain::sheet(self);
                self.push(sheet);
            }
            Pane::People => self.open_person(),
            Pane::Person => {}
            Pane::Detail | Pane::Case | Pane::Composer | Pane::Outbox => {}
        }
    }

    fn mentions_of(&mut self, subject: SubjectId, cmds: &mut Vec<Cmd>) {
        self.show(View::Dashboard, cmds);
        self.stream.show(Tab::All, Some(subject));
        self.asks.now(Thing::Rows);
    }

    fn see_signal(&mut self, id: SignalId, cmds: &mut Vec<Cmd>) {
        if self.lists.signals.all().iter().any(|signal| signal.id == id && !signal.seen) {
            self.lists.signals.see(id);
            self.first.rank(self.lists.signals.all(), &self.context);
            cmds.push(Cmd::SeeSignal(id));
        }
    }

    /// One step back. False when there is nowhere to go back to.
    fn back(&mut self, cmds: &mut Vec<Cmd>) -> bool {
        if self.back_from_person() {
        } else if matches!(self.desk.focus(), Pane::Detail | Pane::Case | Pane::Campaign | Pane::Person) {
            self.desk.stop_reading();
        } else if self.desk.zoomed() {
            self.desk.toggle_zoom();
        } else if self.back_in_inbox() {
        } else if !self.marks.is_empty() {
            self.marks.take();
        } else if self.desk.view() != View::Dashboard {
            self.show(View::Dashboard, cmds);
        } else if self.desk.focus() != Pane::Stream {
            self.desk.focus_on(Pane::Stream);
        } else {
            return false;
        }
        true
    }

    /// Shows a view. A trial that nobody looks at is ended.
    pub(super) fn show(&mut self, view: View, cmds: &mut Vec<Cmd>) {
        if self.desk.view() == View::Trial && view != View::Trial && self.trial.running() {
            self.trial.end();
            cmds.push(Cmd::EndTrial);
        }
        self.desk.show(view);
    }

    fn change_stream(&mut self, change: impl FnOnce(&mut Self)) {
        if self.desk.view() != View::Dashboard {
            return;
        }
        change(self);
        self.desk.focus_on(Pane::Stream);
        self.asks.now(Thing::Rows);
        self.asks.forget(Thing::NewAbove);
    }

    fn next_period(&mut self) {
        self.trends.step_period();
        self.trends.tick(&self.context);
        for subject in self.context.subjects() {
            self.asks.now(Thing::Trend(subject.id));
        }
    }

    fn search(&mut self, cmds: &mut Vec<Cmd>) {
        self.show(View::Trial, cmds);
        self.trial.edit();
    }

    fn start_trial(&mut self, query: &str, cmds: &mut Vec<Cmd>) {
        let question = self.asks.number();
        self.trial.start(question, query);
        cmds.push(Cmd::Try { question, query: query.to_owned() });
    }

    fn name_watch(&mut self) {
        if !self.context.can_save_watch() {
            let words = "there is no configuration file to save a watch in: `goodword init` makes one";
            return self.status.say(Weight::Trouble, words);
        }
        match self.trial.query_to_save() {
            Some(query) => {
                let overlay = Overlay::Name { prompt: Default::default(), query: query.to_owned() };
                self.push(overlay);
            }
            None => self.status.say(Weight::Info, "try a query first; what it finds can then be saved as a watch"),
        }
    }

    fn refresh(&mut self, cmds: &mut Vec<Cmd>) {
        let one = self.lists.sources.selected().filter(|_| self.desk.focus() == Pane::Sources);
        if self.status.paused() {
            return self.status.say(Weight::Trouble, "all traffic is paused: lift the pause first");
        }
        cmds.push(Cmd::Refresh(one.map(|state| state.id)));
        // Who only follows cannot ask; the runtime says so.
        if !matches!(self.status.standing(), Some(Standing::Following { .. })) {
            let whom =
                one.map_or_else(|| "all sources".to_owned(), |state| SafeText::line(&state.name, 60).to_string());
            self.status.say(Weight::Info, &format!("asking {whom} now"));
        }
    }
}

/// What did not find room in a line of what was pasted into it, told by how long the line was before and what it is now.
fn cut(typing: &Typing, before: Option<usize>, after: Option<&str>) -> Option<String> {
    let Typing::Paste(pasted) = typing else { return None };
    let came = after?.len().saturating_sub(before?);
    let put: usize = pasted.text.as_str().char_indices().take_while(|(at, _)| *at < came).count();
    pasted.cut(put)
}
