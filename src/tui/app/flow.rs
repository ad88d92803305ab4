//! After every message: lays out, brings lists and pages in line with the room that they have, and asks the store
//! for what is missing.

use super::asks::Thing;
use super::clocks::Clocks;
use super::cmd::{Cmd, Load};
use super::first::{Entry, First, WEIGHED};
use super::inbox::MOST_MARKED;
use super::inbox::figures::Figures;
use super::layout::{self, Pane, View};
use super::{Model, Update};
use crate::domain::time::Timestamp;
use crate::domain::{Intent, MentionRow, SafeText};
use crate::tui::app::when;

/// Columns left free at both sides of the words of a mention.
pub const MARGIN: u16 = 1;

impl Model {
    /// Brings everything in line with everything else.
    pub(super) fn settle(&mut self, update: &mut Update) {
        self.lay_out();
        self.fit();
        self.preview();
        self.preview_case();
        self.preview_person();
        self.compose();
        self.fit_answers();
        self.ask(&mut update.cmds);
        self.wake_for_answers(&mut update.cmds);
    }

    fn lay_out(&mut self) {
        self.desk.lay_out(self.has_banner(), self.context.subjects().len(), self.campaigns.any_runs());
    }

    fn fit(&mut self) {
        let layout = self.desk.layout();
        let rows = |pane| layout.rows(pane);
        let list = |pane: Pane, parts: fn(layout::Area) -> layout::Parts| {
            layout.pane(pane).map_or(1, |area| usize::from(parts(area.body()).list.height))
        };
        let (stream, first) = (rows(Pane::Stream), rows(Pane::First));
        let (sources, signals) = (list(Pane::Sources, layout::table), list(Pane::Signals, layout::table));
        let (watches, trial) = (list(Pane::Watches, layout::table), list(Pane::Trial, layout::search));
        self.stream.fit(stream);
        self.first.fit(first);
        self.lists.sources.fit(sources);
        self.lists.signals.fit(signals);
        self.lists.watches.fit(watches, &self.context);
        self.trial.fit(trial);
        self.inbox.fit(rows(Pane::Inbox));
        self.campaigns.fit(rows(Pane::Campaigns));
        let acts = list(Pane::Acts, layout::outbox);
        self.giving.fit(acts);
        self.people.fit(rows(Pane::People));
        self.trends.settle(&self.context);
        if self.desk.focus() != Pane::First && self.desk.origin() != Pane::First {
            self.first.rest();
        }
    }

    /// Beside a list, the detail pane shows what is selected there; once opened it stays with its mention.
    fn preview(&mut self) {
        if self.desk.focus() == Pane::Detail && self.detail.row().is_some() {
            return;
        }
        let visible = self.desk.layout().pane(Pane::Detail).is_some();
        if !visible && !self.detail.has_wish() {
            self.detail.clear();
            return;
        }
        if self.detail.has_wish() {
            return;
        }
        match self.previewed() {
            Some((row, found)) => {
                self.detail.show(&row, &found);
            }
            None => self.detail.clear(),
        }
    }

    /// Gives a pane of the dashboard the focus; where there is no room for it, alone on the screen.
    pub(super) fn show_alone(&mut self, pane: Pane) {
        self.desk.focus_on(pane);
        self.lay_out();
        if self.desk.focus() != pane {
            self.desk.focus_on(pane);
            self.desk.toggle_zoom();
        }
    }

    /// Beside the list, the case view shows what is selected there; once opened it stays with its case.
    fn preview_case(&mut self) {
        if self.desk.layout().pane(Pane::Case).is_none() {
            return;
        }
        let open = self.inbox.file().id().filter(|_| self.desk.focus() == Pane::Case);
        let row = match open {
            // The list knows first what has changed.
            Some(id) => self.inbox.window().of(id).filter(|row| self.inbox.is_newer(row)),
            None => self.inbox.selected(),
        };
        match row.cloned() {
            Some(row) => self.inbox.file_mut().show(&row),
            None if open.is_none() => self.inbox.file_mut().clear(),
            None => {}
        }
    }

    /// The minute changed, or a case became late. Tells whether a case did.
    pub(super) fn inbox_ticks(&mut self, another_minute: bool, cmds: &mut Vec<Cmd>) -> bool {
        let now = self.context.now();
        let late = self.inbox.figures_mut().struck(now);
        let figures = self.inbox.figures().known().unwrap_or_default();
        if late {
            self.asks.hurry(Thing::InboxFigures);
        } else if another_minute && figures.open > 0 {
            // The debt grows by itself.
            self.asks.stale(Thing::InboxFigures);
        }
        if late || another_minute && self.clocks.run() {
            self.asks.stale(Thing::Clocks);
        }
        if another_minute {
            self.inbox.file_mut().invalidate();
        }
        if another_minute && figures.snoozed > 0 {
            // Who was put aside may be back.
            self.inbox.recorded();
            self.asks.stale(Thing::FirstCases);
        }
        self.wake_when_late(cmds);
        late
    }

    /// Wakes the screen at the moment when the next case becomes late.
    pub(super) fn wake_when_late(&mut self, cmds: &mut Vec<Cmd>) {
        if let Some(at) = self.inbox.wake_for(&self.context) {
            cmds.push(Cmd::Wake(at));
        }
    }

    fn ask_people(&mut self) {
        if self.desk.view() != View::People {
            return;
        }
        if self.people.in_a_hurry() {
            self.asks.hurry(Thing::People);
        } else if self.people.needs_rows() {
            self.asks.stale(Thing::People);
        }
        if self.desk.layout().pane(Pane::Person).is_some() && self.people.file().wants() {
            self.asks.hurry(Thing::Person);
        }
    }

    fn ask_inbox(&mut self, cmds: &mut Vec<Cmd>) {
        self.wake_when_late(cmds);
        if self.desk.view() == View::Acts && self.giving.wants_more() {
            self.asks.hurry(Thing::Books);
        }
        if self.desk.view() != View::Inbox {
            return;
        }
        if self.inbox.in_a_hurry() {
            self.asks.hurry(Thing::Cases);
        } else if self.inbox.needs_rows() {
            self.asks.stale(Thing::Cases);
        }
        if self.desk.layout().pane(Pane::Case).is_some() && self.inbox.file().wants() {
            self.asks.hurry(Thing::Case);
        }
    }

    /// The mention to show beside the lists: the selected one. While nobody has chosen one (the stream follows) it
    /// is the one to answer first, rather than another one with every arrival.
    fn previewed(&self) -> Option<(MentionRow, Vec<SafeText>)> {
        if self.previews_first()
            && let Some(row) = self.first.most_urgent()
        {
            return Some((row.clone(), Vec::new()));
        }
        self.listed()
    }

    /// Nobody has chosen a mention.
    pub(super) fn previews_first(&self) -> bool {
        self.desk.view() == View::Dashboard && self.desk.focus() != Pane::First && self.stream.following()
    }

    /// Whether the detail pane shows the mention to answer first though nobody opened it.
    pub fn shows_most_urgent(&self) -> bool {
        self.desk.focus() != Pane::Detail
            && self.previews_first()
            && self.first.most_urgent().map(|row| row.id) == self.detail.id()
            && self.detail.id().is_some()
    }

    /// The mention that is selected in the list that the reader is in, and what a search found in it.
    pub(super) fn listed(&self) -> Option<(MentionRow, Vec<SafeText>)> {
        if self.desk.view() == View::Trial {
            return self.trial.selected().map(|(row, found)| (row.clone(), found.to_vec()));
        }
        if self.desk.view() == View::Inbox {
            let open = self.inbox.file().row().filter(|_| self.desk.focus() == Pane::Case);
            return open.or_else(|| self.inbox.selected()).map(|row| (row.mention.clone(), Vec::new()));
        }
        if self.desk.view() != View::Dashboard {
            return None;
        }
        match (self.desk.origin(), self.first.selected().and_then(Entry::mention)) {
            (Pane::First, Some(row)) => Some((row.clone(), Vec::new())),
            _ => self.stream.selected().map(|row| (row.clone(), Vec::new())),
        }
    }

    fn compose(&mut self) {
        if let Some(area) = self.desk.layout().pane(Pane::Ledger) {
            let columns = usize::from(area.width.saturating_sub(2 * MARGIN));
            self.giving.compose(columns, usize::from(area.body().height), &self.context);
        }
        if let Some(area) = self.desk.layout().pane(Pane::Case) {
            let columns = usize::from(area.width.saturating_sub(2 * MARGIN));
            let height = usize::from(area.body().height);
            let row = self.inbox.file().row();
            let told = row.map(|row| self.answering.outbox.told(row, &self.context)).unwrap_or_default();
            self.inbox.file_mut().compose(columns, height, &self.context, told);
        }
        if let Some(area) = self.desk.layout().pane(Pane::Campaign) {
            let columns = usize::from(area.width.saturating_sub(2 * MARGIN));
            self.campaigns.compose(columns, usize::from(area.body().height), &self.context);
        }
        if let Some(area) = self.desk.layout().pane(Pane::Person) {
            let columns = usize::from(area.width.saturating_sub(2 * MARGIN));
            let height = usize::from(area.body().height);
            self.people.file_mut().compose(columns, height, &self.context);
        }
        if let Some(area) = self.desk.layout().pane(Pane::Detail) {
            let columns = usize::from(area.width.saturating_sub(2 * MARGIN));
            self.detail.compose(columns, usize::from(area.body().height), &self.context);
        }
    }

    pub(super) fn everything_is_stale(&mut self) {
        for thing in [
            Thing::Rows,
            Thing::UrgentComplaints,
            Thing::UrgentQuestions,
            Thing::Overview,
            Thing::Sources,
            Thing::Signals,
            Thing::Outbox,
            Thing::FirstCases,
            Thing::InboxFigures,
            Thing::Clocks,
            Thing::Followed,
        ] {
            self.asks.stale(thing);
        }
        self.inbox.recorded();
        self.people.happened();
        self.trends.tick(&self.context);
        self.trends_are_stale();
    }

    pub(super) fn trends_are_stale(&mut self) {
        for subject in self.context.subjects() {
            self.asks.stale(Thing::Trend(subject.id));
        }
    }

    fn ask(&mut self, cmds: &mut Vec<Cmd>) {
        if self.stream.in_a_hurry() {
            self.asks.hurry(Thing::Rows);
        } else if self.stream.needs_rows() {
            self.asks.stale(Thing::Rows);
        }
        let wanted = self.desk.layout().pane(Pane::Detail).is_some() || self.detail.has_wish();
        if wanted && self.detail.wants() {
            self.asks.hurry(Thing::Detail);
        }
        self.ask_inbox(cmds);
        if self.wants_rehearsal() {
            self.asks.stale(Thing::Rehearsal);
        }
        self.ask_people();
        let now = self.context.now();
        for (thing, question) in self.asks.ready(now) {
            match self.load(thing, now) {
                Some(load) => cmds.push(Cmd::Load { question, load }),
                None => self.asks.withdraw(thing),
            }
        }
        if let Some(at) = self.asks.wake(now) {
            cmds.push(Cmd::Wake(at));
        }
    }

    fn load(&mut self, thing: Thing, now: Timestamp) -> Option<Load> {
        match thing {
            Thing::Rows => self.stream.ask_rows(),
            Thing::NewAbove => self.stream.ask_above(),
            Thing::UrgentComplaints => First::ask(Intent::Complaint, &self.context),
            Thing::UrgentQuestions => First::ask(Intent::Question, &self.context),
            Thing::Detail => self.detail.ask(),
            Thing::Why => self.why().map(|why| Load::Why(why.id())),
            Thing::Trend(subject) => Some(self.trends.ask(subject, &self.context)),
            Thing::Overview => Some(Load::Overview { day: when::start_of_day(self.context.zone(), now) }),
            Thing::Sources => Some(Load::Sources),
            Thing::Signals => Some(Load::Signals),
            Thing::Cases => self.inbox.ask_rows(self.context.signs_as(), now),
            Thing::FirstCases => Some(Load::FirstCases { now, limit: WEIGHED }),
            Thing::CaseIds => {
                let filter = Box::new(self.inbox.marking()?.clone());
                Some(Load::CaseIds { filter, now, most: MOST_MARKED })
            }
            Thing::Case => self.inbox.file_mut().ask(now),
            Thing::InboxFigures => Some(Figures::ask(&self.context)),
            Thing::Clocks => Some(Clocks::ask(&self.context)),
            Thing::Followed => Some(Clocks::ask_followed(&self.context)),
            Thing::Candidates => self.candidates(),
            Thing::Accounts => self.answering.composer()?.wants_accounts().map(Load::Accounts),
            Thing::Thread => self.answering.composer()?.mention().map(|mention| Load::Thread(mention.row.id)),
            Thing::Outbox => Some(Load::Outbox),
            Thing::Rehearsal => self.ask_rehearsal(),
            Thing::Books => Some(Load::Books { limit: self.giving.limit() }),
            Thing::Verdict => self.giving.asked().map(|act| Load::Verdict { act }),
            Thing::People => self.people.ask(now),
            Thing::Person => self.people.file_mut().ask(),
        }
    }
}
