//! Deeds on cases: going through them, marking, changing, undoing. In the inbox they are about cases; elsewhere about
//! mentions, and a mention that has no case gets one first.

use super::popup::{Ask, Popup};
use super::{MOST_MARKED, clock};
use crate::domain::CaseId;
use crate::domain::case::{CaseChange, CaseRow, CaseStatus, InboxFilter};
use crate::domain::time::SignedDuration;
use crate::tui::app::action::Action;
use crate::tui::app::asks::Thing;
use crate::tui::app::cmd::{Aim, Cmd};
use crate::tui::app::cursor::Motion;
use crate::tui::app::first::Entry;
use crate::tui::app::layout::{Pane, View};
use crate::tui::app::msg::Weight;
use crate::tui::app::overlay::Overlay;
use crate::tui::app::text::grouped;
use crate::tui::app::{Model, when};

/// How long a claim lasts.
const CLAIM: SignedDuration = SignedDuration::from_mins(30);

/// What a deed is about, and the row of it where there is a single one.
struct Meant {
    aim: Aim,
    row: Option<CaseRow>,
    about: String,
}

impl Model {
    /// Does what has another meaning in the inbox. False when it has not.
    pub(in crate::tui::app) fn inbox_act(&mut self, action: Action) -> bool {
        if self.desk.view() != View::Inbox {
            return false;
        }
        match action {
            Action::NextTab | Action::PreviousTab => {
                self.inbox.step_tab(if action == Action::NextTab { 1 } else { -1 });
                self.read_inbox_anew();
            }
            Action::ToggleGroups => {
                self.inbox.toggle_stories();
                self.read_inbox_anew();
            }
            Action::NextUnread => self.next_case(true),
            Action::PreviousUnread => self.next_case(false),
            Action::Mark => self.mark_case(),
            Action::MarkAll => self.mark_all_cases(),
            _ => return false,
        }
        true
    }

    fn read_inbox_anew(&mut self) {
        self.desk.focus_on(Pane::Inbox);
        self.asks.now(Thing::Cases);
    }

    /// Opens the selected case, or the story that it stands for.
    pub(in crate::tui::app) fn open_case(&mut self) {
        let Some(row) = self.inbox.selected().cloned() else { return };
        if self.desk.focus() == Pane::Inbox && self.inbox.is_story(&row) {
            self.inbox.open_story(row.mention.group);
            return self.read_inbox_anew();
        }
        self.read_case(&row);
    }

    fn read_case(&mut self, row: &CaseRow) {
        self.inbox.hold();
        self.inbox.file.show(row);
        self.desk.read_case();
    }

    /// A step back within the inbox; false when there is none.
    pub(in crate::tui::app) fn back_in_inbox(&mut self) -> bool {
        if self.desk.view() != View::Inbox {
            return false;
        }
        if self.inbox.unmark() {
            self.asks.forget(Thing::CaseIds);
            return true;
        }
        let left = self.inbox.leave_story();
        if left {
            self.read_inbox_anew();
        }
        left
    }

    fn next_case(&mut self, down: bool) {
        self.inbox.hold();
        self.inbox.go(Motion::Rows(if down { 1 } else { -1 }));
        self.inbox.hold();
        if self.desk.focus() == Pane::Case
            && let Some(row) = self.inbox.selected().cloned()
        {
            self.inbox.file.show(&row);
        }
    }

    fn mark_case(&mut self) {
        let Some(row) = self.inbox.selected().cloned() else { return };
        self.inbox.hold();
        let marked = self.inbox.marked.contains(&row.id);
        if self.inbox.is_story(&row) && !marked {
            let filter = InboxFilter {
                one_per_story: false,
                story: Some(row.mention.group),
                ..self.inbox.filter(self.context.signs_as())
            };
            self.mark_what_it_finds(filter);
        } else if !self.inbox.toggle_mark(row.id) {
            return self.status.say(Weight::Trouble, "no more can be marked at once");
        }
        if self.desk.focus() == Pane::Inbox {
            self.inbox.step(Motion::Rows(1));
        }
    }

    fn mark_all_cases(&mut self) {
        if self.inbox.unmark() {
            return;
        }
        self.inbox.hold();
        let filter = InboxFilter { one_per_story: false, ..self.inbox.filter(self.context.signs_as()) };
        self.mark_what_it_finds(filter);
    }

    fn mark_what_it_finds(&mut self, filter: InboxFilter) {
        self.inbox.mark_all(filter);
        self.asks.now(Thing::CaseIds);
    }

    /// The numbers of what is to be marked came.
    pub(in crate::tui::app) fn mark_cases(&mut self, ids: &[CaseId]) -> bool {
        let count = self.inbox.take_marks(ids);
        let words = match count {
            0 => "nothing to mark".to_owned(),
            count if count >= MOST_MARKED => format!("{} cases are marked, and no more can be", grouped(count as u64)),
            1 => "1 case is marked".to_owned(),
            count => format!("{} cases are marked", grouped(count as u64)),
        };
        self.status.say(Weight::Info, &words);
        true
    }

    /// What a deed on cases is about.
    fn meant(&self) -> Option<Meant> {
        let many = |count: usize, what: &str| format!("{} {what}", grouped(count as u64));
        let one =
            |row: &CaseRow| Meant { aim: Aim::Cases(vec![row.id]), about: row.who.to_string(), row: Some(row.clone()) };
        if self.desk.view() == View::Inbox {
            let marked = self.inbox.marked();
            if !marked.is_empty() {
                let aim = Aim::Cases(marked.iter().copied().collect());
                return Some(Meant { about: many(marked.len(), "cases"), aim, row: None });
            }
            let open = self.inbox.file.row().filter(|_| self.desk.focus() == Pane::Case);
            return open.or_else(|| self.inbox.selected()).map(one);
        }
        if !self.marks.is_empty() {
            let ids = self.marks.ids();
            return Some(Meant { about: many(ids.len(), "mentions"), aim: Aim::Mentions(ids), row: None });
        }
        if self.desk.focus() == Pane::First
            && let Some(Entry::Case(row)) = self.first.selected()
        {
            return Some(one(row));
        }
        let row = self.current()?;
        Some(Meant { aim: Aim::Mentions(vec![row.id]), about: row.author.to_string(), row: None })
    }

    /// Whom an aim is about, when it is one person that is on the screen.
    pub(in crate::tui::app) fn about(&self, aim: &Aim) -> Option<String> {
        self.meant().filter(|meant| meant.aim == *aim).map(|meant| meant.about)
    }

    /// Does what concerns cases.
    pub(in crate::tui::app) fn case_deed(&mut self, action: Action, cmds: &mut Vec<Cmd>) {
        let took_over = self.inbox.take_over.take();
        let Some(Meant { aim, row, about }) = self.meant() else {
            if Self::is_case_deed(action) {
                let words = match self.desk.view() {
                    View::Inbox if self.inbox.loading() => "the inbox is being read: a moment",
                    View::Inbox => "no case is in this list",
                    _ => "nothing is selected that a case could be about",
                };
                self.status.say(Weight::Info, words);
            }
            return;
        };
        let status = |status| CaseChange::Status(status, None);
        match action {
            Action::Resolve if row.as_ref().is_some_and(|row| row.status == CaseStatus::Resolved) => {
                self.status.say(Weight::Info, "it is resolved already; acknowledging opens it again");
            }
            Action::Resolve => self.order(aim, status(CaseStatus::Resolved), Some(about), cmds),
            Action::Acknowledge => self.order(aim, status(CaseStatus::Acknowledged), Some(about), cmds),
            Action::Claim => self.claim(aim, row, about, took_over, cmds),
            Action::Snooze => {
                let aside = row.as_ref().is_none_or(|row| clock::is_aside(row, self.context.now()));
                let popup = Popup::snooze(aim, about, aside, &self.context);
                self.push(Overlay::Case(Box::new(popup)));
            }
            Action::Dismiss => self.push(Overlay::Case(Box::new(Popup::dismiss(aim, about)))),
            Action::HandOver => self.ask_for(Ask::HandOver, aim, about),
            Action::Note => self.ask_for(Ask::Note, aim, about),
            Action::Promise => self.ask_for(Ask::Promise, aim, about),
            Action::KeepPromise => self.keep_promise(aim, about, cmds),
            _ => {}
        }
    }

    fn is_case_deed(action: Action) -> bool {
        action.group() == crate::tui::app::action::Group::Cases && action != Action::MarkAll
    }

    fn ask_for(&mut self, ask: Ask, aim: Aim, about: String) {
        self.push(Overlay::Case(Box::new(Popup::line(ask, aim, about))));
    }

    fn claim(&mut self, aim: Aim, row: Option<CaseRow>, about: String, took_over: Option<CaseId>, cmds: &mut Vec<Cmd>) {
        let now = self.context.now();
        let until = now.checked_add(CLAIM).ok();
        let ours = |row: &CaseRow| {
            clock::claimed(row, now).is_some_and(|claim| claim.voice.as_str() == self.context.signs_as())
        };
        let let_go = match &row {
            Some(row) => ours(row),
            None => match &aim {
                Aim::Cases(ids) => ids.iter().all(|id| self.inbox.window().of(*id).is_some_and(ours)),
                Aim::Mentions(_) => false,
            },
        };
        if let_go {
            return self.order(aim, CaseChange::Claim(None), Some(about), cmds);
        }
        let theirs = row.as_ref().and_then(|row| Some((row.id, clock::claimed(row, now)?)));
        if let Some((id, claim)) = theirs.filter(|(id, _)| took_over != Some(*id)) {
            self.inbox.take_over = Some(id);
            let until = when::clock(self.context.zone(), claim.until);
            let words = format!("{} has it until {until}; the same key again takes it over", claim.voice);
            return self.status.say(Weight::Trouble, &words);
        }
        self.order(aim, CaseChange::Claim(until), Some(about), cmds);
    }

    fn keep_promise(&mut self, aim: Aim, about: String, cmds: &mut Vec<Cmd>) {
        let shown = matches!(&aim, Aim::Cases(ids) if ids.as_slice() == self.inbox.file.id().as_slice());
        let promises: Vec<_> = self.inbox.file.open_promises().filter(|_| shown).cloned().collect();
        match promises.as_slice() {
            [] if shown && self.inbox.file.case().is_some() => self.status.say(Weight::Info, "no promise is open here"),
            [] => self.status.say(Weight::Info, "open the case first: a promise is kept there"),
            [one] => self.order(aim, CaseChange::Keep(one.id), Some(about), cmds),
            several => {
                let popup = Popup::keep(aim, about, several.iter(), &self.context);
                self.push(Overlay::Case(Box::new(popup)));
            }
        }
    }
}
