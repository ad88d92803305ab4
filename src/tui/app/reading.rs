//! Deeds on mentions: opening, going through them, marking, undoing, copying.

use std::collections::BTreeSet;

use super::Model;
use super::action::Action;
use super::cmd::Cmd;
use super::cursor::Motion;
use super::detail::Wish;
use super::first::Entry;
use super::layout::{Pane, View};
use super::marks::Undo;
use super::msg::Weight;
use crate::domain::{Filter, Mention, MentionId, MentionRow, SafeText, Said, Sentiment};

/// Most bytes that are sent to a terminal's clipboard; some terminals ignore more than about 74 KB.
const MOST_COPIED: usize = 60_000;

impl Model {
    /// Does what concerns mentions.
    pub(super) fn deed(&mut self, action: Action, cmds: &mut Vec<Cmd>) {
        match action {
            Action::NextUnread => self.next(true, true, cmds),
            Action::PreviousUnread => self.next(false, true, cmds),
            Action::SearchNext => self.next_found(true, cmds),
            Action::SearchPrevious => self.next_found(false, cmds),
            Action::OpenFirst => self.open_first(cmds),
            Action::Mark => self.mark(),
            Action::ToggleRead => self.toggle_read(cmds),
            Action::ReadAll => self.read_all(cmds),
            Action::Undo => self.undo(cmds),
            Action::Correct if self.desk.view() == View::Acts => self.open_judging(),
            Action::Correct => self.open_correcting(),
            Action::SayNegative => self.say(Said::sentiment(Sentiment::Negative), cmds),
            Action::SayNeutral => self.say(Said::sentiment(Sentiment::Neutral), cmds),
            Action::SayPositive => self.say(Said::sentiment(Sentiment::Positive), cmds),
            Action::SayElsewhere => self.say(Said::about(false), cmds),
            Action::Teach => self.start_game(),
            Action::CopyLink => self.wish(Wish::CopyLink, cmds),
            Action::CopyText => self.wish(Wish::CopyText, cmds),
            Action::Browse => self.wish(Wish::Browse, cmds),
            other => self.case_deed(other, cmds),
        }
    }

    /// The mention that a deed is done on: the open one, else the selected one.
    pub(super) fn current(&self) -> Option<MentionRow> {
        if self.desk.focus() == Pane::Detail {
            return self.detail.row().cloned();
        }
        self.listed().map(|(row, _)| row)
    }

    /// Opens what is selected in the list that has the focus.
    pub(super) fn open_listed(&mut self, cmds: &mut Vec<Cmd>) {
        let origin = if self.desk.focus() == Pane::Detail { self.desk.origin() } else { self.desk.focus() };
        self.desk.focus_on(origin);
        let Some((row, found)) = self.listed() else { return };
        if origin == Pane::Stream {
            self.stream.hold();
        }
        self.detail.show(&row, &found);
        self.desk.read(origin);
        if !row.read {
            self.read_one(&row, cmds);
        }
    }

    fn open_first(&mut self, cmds: &mut Vec<Cmd>) {
        if self.first.go_first_mention().is_none() {
            let words = if self.first.known() { "nothing waits for an answer" } else { "still reading" };
            return self.status.say(Weight::Info, words);
        }
        if self.desk.view() != View::Dashboard {
            self.desk.show(View::Dashboard);
        }
        self.desk.focus_on(Pane::First);
        self.open_listed(cmds);
    }

    /// Goes to the next (or previous) unread mention; an open one gives way to it.
    fn next(&mut self, down: bool, unread: bool, cmds: &mut Vec<Cmd>) {
        let reading = self.desk.focus() == Pane::Detail;
        let list = if reading { self.desk.origin() } else { self.desk.focus() };
        let before = self.detail.id();
        match list {
            Pane::First => {
                // What was opened has left this list already; then the next one is selected.
                let stays = self.first.selected().and_then(Entry::mention).is_some_and(|row| Some(row.id) == before);
                if stays || !reading || !down {
                    self.first.go(Motion::Rows(if down { 1 } else { -1 }));
                }
            }
            Pane::Trial => self.trial.go(Motion::Rows(if down { 1 } else { -1 })),
            _ if self.desk.view() != View::Dashboard => return,
            _ => {
                if unread && !self.stream.go_unread(down) {
                    let words = if down { "no unread mention below" } else { "no unread mention above" };
                    return self.status.say(Weight::Info, words);
                }
                if !reading {
                    self.desk.focus_on(Pane::Stream);
                }
            }
        }
        if reading && self.listed().is_some_and(|(row, _)| Some(row.id) != before) {
            self.open_listed(cmds);
        }
    }

    fn next_found(&mut self, down: bool, cmds: &mut Vec<Cmd>) {
        if self.desk.focus() == Pane::Detail && self.detail.go_found(down) {
            return;
        }
        if self.trial.found().is_none() {
            return self.status.say(Weight::Info, "nothing is being searched for");
        }
        if self.desk.view() != View::Trial {
            self.desk.show(View::Trial);
        }
        self.next(down, false, cmds);
    }

    fn mark(&mut self) {
        let Some(row) = self.current() else { return };
        if !self.marks.toggle(row.id) {
            return self.status.say(Weight::Trouble, "no more can be marked at once");
        }
        match self.desk.focus() {
            Pane::Stream => self.stream.go(Motion::Rows(1)),
            Pane::First => self.first.go(Motion::Rows(1)),
            Pane::Trial => self.trial.go(Motion::Rows(1)),
            _ => {}
        }
    }

    fn toggle_read(&mut self, cmds: &mut Vec<Cmd>) {
        if !self.marks.is_empty() {
            let ids = self.marks.take();
            let known_read: BTreeSet<MentionId> = self.known_rows().filter(|row| row.read).map(|row| row.id).collect();
            // All of them read already: back to unread.
            let read = !ids.iter().all(|id| known_read.contains(id));
            return self.send_marks(ids, read, cmds);
        }
        let Some(row) = self.current() else { return };
        if self.desk.focus() == Pane::Stream {
            self.stream.hold();
        }
        if row.read {
            self.send_marks(vec![row.id], false, cmds);
        } else {
            self.read_one(&row, cmds);
        }
    }

    fn known_rows(&self) -> impl Iterator<Item = &MentionRow> {
        self.stream.window().iter().chain(self.trial_rows())
    }

    fn trial_rows(&self) -> impl Iterator<Item = &MentionRow> {
        self.trial.found().into_iter().flat_map(|found| found.rows.iter().map(|(row, _)| row))
    }

    /// A mention was read; where a row is a story, the story was.
    fn read_one(&mut self, row: &MentionRow, cmds: &mut Vec<Cmd>) {
        let story = row.group_size > 1 && self.desk.view() == View::Dashboard && self.stream.stories();
        if !story {
            return self.send_marks(vec![row.id], true, cmds);
        }
        let question = self.asks.number();
        self.marks.sent(question);
        self.set_read(&BTreeSet::from([row.id]), true);
        let last = self.stream.newest_seen().map_or(row.id, |newest| newest.max(row.id));
        let filter = Box::new(Filter { group: Some(row.group), ..Filter::default() });
        cmds.push(Cmd::MarkAllRead { question, filter, last });
    }

    /// Only what really changes is sent, as far as that is known, so that undoing gives back what was.
    fn send_marks(&mut self, mut ids: Vec<MentionId>, read: bool, cmds: &mut Vec<Cmd>) {
        let done: BTreeSet<MentionId> = self.known_rows().filter(|row| row.read == read).map(|row| row.id).collect();
        ids.retain(|id| !done.contains(id));
        if ids.is_empty() {
            return;
        }
        let question = self.asks.number();
        self.marks.sent(question);
        self.set_read(&ids.iter().copied().collect(), read);
        cmds.push(Cmd::MarkRead { question, ids, read });
    }

    fn read_all(&mut self, cmds: &mut Vec<Cmd>) {
        if self.desk.view() == View::Trial {
            let ids: Vec<MentionId> = self.trial_rows().filter(|row| !row.read).map(|row| row.id).collect();
            if !ids.is_empty() {
                self.send_marks(ids, true, cmds);
            }
            return;
        }
        let Some(last) = self.stream.newest_seen().filter(|_| self.desk.view() == View::Dashboard) else { return };
        let question = self.asks.number();
        self.marks.sent(question);
        self.stream.read_where(|_| true);
        let filter = Box::new(Filter { one_per_group: false, ..self.stream.filter() });
        cmds.push(Cmd::MarkAllRead { question, filter, last });
    }

    fn undo(&mut self, cmds: &mut Vec<Cmd>) {
        let question = self.asks.number();
        match self.marks.undo(question) {
            Some(Undo::Read { ids, read }) => {
                self.set_read(&ids.iter().copied().collect(), read);
                cmds.push(Cmd::MarkRead { question, ids, read });
            }
            Some(Undo::Steps(steps)) => self.undo_steps(question, steps, cmds),
            Some(Undo::GivenUp(id)) => self.bring_back(question, id, cmds),
            Some(Undo::Approved(id)) => self.take_approval_back(question, id, cmds),
            Some(Undo::Acts(ids)) => cmds.push(Cmd::UndoActCorrections { question, ids }),
            Some(Undo::Corrections { ids, .. }) => cmds.push(Cmd::UndoCorrections { question, ids }),
            Some(Undo::Campaign(change)) => self.send_campaign(question, *change, cmds),
            None => self.status.say(Weight::Info, "nothing to undo"),
        }
    }

    fn wish(&mut self, wish: Wish, cmds: &mut Vec<Cmd>) {
        let Some(row) = self.current() else { return };
        if self.desk.focus() == Pane::Stream {
            self.stream.hold();
        }
        self.detail.show(&row, &[]);
        match self.detail.mention().cloned() {
            Some(mention) => self.grant(wish, &mention, cmds),
            None => self.detail.wish(wish),
        }
    }

    /// Does what waited for the whole mention.
    pub(super) fn grant(&mut self, wish: Wish, mention: &Mention, cmds: &mut Vec<Cmd>) {
        if wish == Wish::CopyText {
            let words = mention.text.as_str();
            let words = if words.is_empty() { mention.row.title.as_str() } else { words };
            return cmds.push(Cmd::Copy(shortened(words)));
        }
        let Some(url) = mention.url.as_ref().map(SafeText::as_str) else {
            return self.status.say(Weight::Trouble, "this mention came without a link");
        };
        // The runtime tells what became of it: it knows the terminal.
        let url = url.to_owned();
        cmds.push(if wish == Wish::Browse { Cmd::Browse(url) } else { Cmd::Copy(url) });
    }
}

fn shortened(words: &str) -> String {
    let mut end = words.len().min(MOST_COPIED);
    while !words.is_char_boundary(end) {
        end -= 1;
    }
    words.get(..end).unwrap_or_default().to_owned()
}
