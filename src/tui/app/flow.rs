//! After every message: lays out, brings lists and pages in line with the room that they have, and asks the store
//! for what is missing.

use super::asks::Thing;
use super::cmd::{Cmd, Load};
use super::first::{Entry, First};
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
        self.desk.lay_out(self.has_banner(), self.context.subjects().len());
        self.fit();
        self.preview();
        self.compose();
        self.fit_answers();
        self.ask(&mut update.cmds);
        self.wake_for_answers(&mut update.cmds);
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
        if self.desk.view() != View::Dashboard {
            return None;
        }
        match (self.desk.origin(), self.first.selected()) {
            (Pane::First, Some(Entry::Mention(row, _))) => Some(((**row).clone(), Vec::new())),
            _ => self.stream.selected().map(|row| (row.clone(), Vec::new())),
        }
    }

    fn compose(&mut self) {
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
        ] {
            self.asks.stale(thing);
        }
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
            Thing::Trend(subject) => Some(self.trends.ask(subject, &self.context)),
            Thing::Overview => Some(Load::Overview { day: when::start_of_day(self.context.zone(), now) }),
            Thing::Sources => Some(Load::Sources),
            Thing::Signals => Some(Load::Signals),
            Thing::Candidates => self.candidates(),
            Thing::Outbox => Some(Load::Outbox),
        }
    }
}
