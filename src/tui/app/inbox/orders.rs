//! Changes to cases on their way to the store: shown at once, told when they are stored, and undone.

use std::collections::{BTreeMap, BTreeSet};

use super::Inbox;
use super::change::snooze_words;
use super::file::CaseFile;
use super::page::{dismissal_name, status_name};
use crate::domain::case::{CaseChange, CaseRow, Undone};
use crate::domain::{CaseId, StepId, Timestamp};
use crate::tui::app::asks::Thing;
use crate::tui::app::cmd::{Aim, Cmd, Order};
use crate::tui::app::context::Context;
use crate::tui::app::layout::{Pane, View};
use crate::tui::app::marks::Undo;
use crate::tui::app::msg::{CasesChanged, Weight};
use crate::tui::app::text::grouped;
use crate::tui::app::{Model, when};

/// Most voices that a notice names.
const MOST_NAMED: usize = 3;

/// Orders on their way to the store, and how to tell of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Orders(BTreeMap<u64, Told>);

#[derive(Debug, Clone)]
struct Told {
    what: String,
    /// Whom it is about, when it is one person.
    who: Option<String>,
}

impl Model {
    /// Sends a change on its way. It is seen at once; the store has the last word.
    pub(in crate::tui::app) fn order(
        &mut self,
        aim: Aim,
        change: CaseChange,
        about: Option<String>,
        cmds: &mut Vec<Cmd>,
    ) {
        if aim.is_empty() {
            return;
        }
        let question = self.asks.number();
        self.marks.sent(question);
        let who = about.filter(|who| aim.len() == 1 && !who.is_empty());
        let what = self.words_for(&change);
        self.inbox.orders.0.insert(question, Told { what, who });
        let voice = self.context.signs_as().to_owned();
        match &aim {
            Aim::Cases(ids) => {
                let ids: BTreeSet<CaseId> = ids.iter().copied().collect();
                self.show_order(&ids, &change, &voice);
            }
            Aim::Mentions(_) => {
                self.stream.hold();
                self.marks.take();
            }
        }
        cmds.push(Cmd::ChangeCases {
            question,
            order: Box::new(Order {
                aim,
                change,
                voice,
                at: self.context.now(),
                target: self.context.target(),
                tell_factor: self.context.tell_factor(),
                brand: self.context.brand_id(),
            }),
        });
    }

    fn show_order(&mut self, ids: &BTreeSet<CaseId>, change: &CaseChange, voice: &str) {
        let now = self.context.now();
        if self.desk.view() == View::Inbox {
            self.inbox.unmark();
            self.inbox.hold();
        }
        self.inbox.apply(ids, change, voice, now);
        let open = self.inbox.file.id().filter(|id| ids.contains(id));
        if self.desk.focus() == Pane::Case && open.is_some_and(|id| self.inbox.window().of(id).is_none()) {
            // It has left the list: the next one takes its place.
            match self.inbox.selected().cloned() {
                Some(next) => self.inbox.file.show(&next),
                None => self.desk.stop_reading(),
            }
        }
    }

    fn words_for(&self, change: &CaseChange) -> String {
        let at = |at| when::full(self.context.zone(), self.context.now(), at);
        match change {
            CaseChange::Status(status, Some(reason)) => {
                format!("{}: {}", status_name(*status), dismissal_name(*reason))
            }
            CaseChange::Status(status, None) => status_name(*status).to_owned(),
            CaseChange::Snooze(Some(snooze)) => format!("put aside {}", snooze_words(*snooze, at)),
            CaseChange::Snooze(None) => "brought back".to_owned(),
            CaseChange::Claim(Some(until)) => format!("taken on until {}", when::clock(self.context.zone(), *until)),
            CaseChange::Claim(None) => "let go".to_owned(),
            CaseChange::HandOver(_, Some(due)) => format!("handed over, due {}", at(*due)),
            CaseChange::HandOver(_, None) => "handed over, without a reminder".to_owned(),
            CaseChange::Note(_) => "noted".to_owned(),
            CaseChange::Promise(_, due) => format!("promised, due {}", at(*due)),
            CaseChange::Keep(_) => "promise kept".to_owned(),
            CaseChange::AnsweredByHand(_) => "answered".to_owned(),
        }
    }

    /// The store changed cases.
    pub(in crate::tui::app) fn cases_changed(&mut self, question: u64, changed: &CasesChanged) -> bool {
        let Some(told) = self.inbox.orders.0.remove(&question) else { return false };
        self.marks.done(question, Undo::Steps(changed.steps.clone()));
        self.cases_are_stale(true);
        self.tell_order(&told, changed);
        true
    }

    fn tell_order(&mut self, told: &Told, changed: &CasesChanged) {
        let left_alone = claimed_words(changed);
        let words = match (changed.cases.len(), &told.who) {
            (0, _) if !left_alone.is_empty() => left_alone,
            (0, _) => "nothing was changed: it is not stored any more, or was so already".to_owned(),
            (1, Some(who)) => format!("{}: {who}", told.what),
            (1, None) => format!("{}: 1 case", told.what),
            (count, _) => format!("{}: {} cases", told.what, grouped(count as u64)),
        };
        if changed.claimed.is_empty() {
            self.status.say(Weight::Info, &words);
        } else if changed.cases.is_empty() {
            self.status.say(Weight::Trouble, &words);
        } else {
            self.status.say(Weight::Trouble, &format!("{words}; {}", claimed_words(changed)));
        }
    }

    /// Undoes steps.
    pub(in crate::tui::app) fn undo_steps(&mut self, question: u64, steps: Vec<StepId>, cmds: &mut Vec<Cmd>) {
        let voice = self.context.signs_as().to_owned();
        cmds.push(Cmd::UndoSteps { question, steps, voice, at: self.context.now() });
    }

    /// The store undid steps.
    pub(in crate::tui::app) fn steps_undone(&mut self, question: u64, undone: &Undone) -> bool {
        if self.marks.done(question, Undo::Steps(Vec::new())).is_none() {
            return false;
        }
        self.cases_are_stale(true);
        let cases = |ids: &[CaseId]| match ids.len() {
            1 => "the case".to_owned(),
            count => format!("{} cases", grouped(count as u64)),
        };
        let (is, stays) = match (undone.cases.len(), undone.overtaken.len()) {
            (0, 0) => return self.nothing_undone("it is undone already, or not stored any more"),
            (0, _) => {
                let whose = cases(&undone.overtaken);
                return self.nothing_undone(&format!("{whose} changed again since: undo what is newer first"));
            }
            (1, stays) => ("is as it was", stays),
            (_, stays) => ("are as they were", stays),
        };
        if let [id] = undone.cases.as_slice() {
            self.inbox.return_to(*id);
        }
        let words = format!("undone: {} {is} before", cases(&undone.cases));
        if stays == 0 {
            self.status.say(Weight::Info, &words);
        } else {
            let whose = cases(&undone.overtaken);
            self.status.say(Weight::Trouble, &format!("{words}; not {whose}: changed again since"));
        }
        true
    }

    /// An undoing changed nothing.
    pub(in crate::tui::app) fn nothing_undone(&mut self, why: &str) -> bool {
        self.status.say(Weight::Trouble, &format!("nothing undone: {why}"));
        true
    }

    /// An order failed: nothing was changed. False when it was no order.
    pub(in crate::tui::app) fn order_failed(&mut self, question: u64) -> bool {
        let ours = self.inbox.orders.0.remove(&question).is_some();
        if ours {
            self.cases_are_stale(true);
        }
        ours
    }

    /// Something happened to the cases; `ours`: a person waits to see it.
    pub(in crate::tui::app) fn cases_are_stale(&mut self, ours: bool) {
        if ours {
            self.inbox.deed_done();
            self.asks.hurry(Thing::FirstCases);
            self.asks.hurry(Thing::InboxFigures);
            self.asks.hurry(Thing::Clocks);
        } else {
            self.inbox.recorded();
            self.asks.stale(Thing::FirstCases);
            // Where there was nothing, the first cases are told at once: figures that say none are wrong now.
            if self.inbox.figures.known().is_none_or(|figures| figures.open == 0) {
                self.asks.soon(Thing::InboxFigures);
            } else {
                self.asks.stale(Thing::InboxFigures);
            }
            if self.clocks.all().is_none_or(|all| all.calendar.cases == 0) {
                self.asks.soon(Thing::Clocks);
            } else {
                self.asks.stale(Thing::Clocks);
            }
        }
        self.asks.stale(Thing::Followed);
        if self.desk.view() != View::Inbox {
            self.inbox.file.clear();
        } else if self.inbox.file.id().is_some() {
            self.asks.stale(Thing::Case);
        }
    }
}

fn claimed_words(changed: &CasesChanged) -> String {
    let names: BTreeSet<&str> = changed.claimed.iter().map(|(_, voice)| voice.as_str()).collect();
    let named: Vec<&str> = names.iter().copied().take(MOST_NAMED).collect();
    let more = if names.len() > MOST_NAMED { " and others" } else { "" };
    let have = if names.len() == 1 { "has" } else { "have" };
    match changed.claimed.len() {
        0 => String::new(),
        1 => format!("left alone: {} has claimed it", named.join(", ")),
        count => format!("{} left alone: {}{more} {have} claimed them", grouped(count as u64), named.join(", ")),
    }
}

impl Inbox {
    /// The case view, to change it.
    pub(in crate::tui::app) fn file_mut(&mut self) -> &mut CaseFile {
        &mut self.file
    }

    /// When to wake the screen because a case becomes late.
    pub(in crate::tui::app) fn wake_for(&mut self, context: &Context) -> Option<Timestamp> {
        self.figures.wake(context)
    }

    /// The figures, to change them.
    pub(in crate::tui::app) fn figures_mut(&mut self) -> &mut super::Figures {
        &mut self.figures
    }

    /// Whether a row tells more than the case view shows.
    pub(in crate::tui::app) fn is_newer(&self, row: &CaseRow) -> bool {
        self.file.row().is_some_and(|shown| shown.revision <= row.revision && shown != row)
    }

    /// Something could not be read: it is asked for again with the next minute, but for what a person should ask for.
    pub(in crate::tui::app) fn give_up(&mut self, thing: Thing) {
        match thing {
            Thing::Cases => self.failed(),
            Thing::Case => self.file.failed(),
            Thing::CaseIds => self.marking = None,
            _ => {}
        }
    }

    /// Orders that the store has not confirmed.
    pub fn under_way(&self) -> usize {
        self.orders.0.len()
    }
}
