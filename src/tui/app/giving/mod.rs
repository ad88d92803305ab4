//! Our own posts as gives and asks, and the books: the view of acts, what a person says of them, why each was read so.

pub mod pages;
pub mod popup;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::popup::Judging;
use super::Model;
use super::action::Action;
use super::asks::Thing;
use super::cmd::Cmd;
use super::context::Context;
use super::cursor::{Cursor, Motion};
use super::layout::View;
use super::marks::Undo;
use super::msg::Weight;
use super::overlay::Overlay;
use super::page::Page;
use crate::domain::{ActId, CorrectionId, Deed, Timestamp};
use crate::engine::books::shown::{Shown, Standing, Verdict};

/// Acts that are read first, and how many more each time the reader comes near the end.
const PIECE: usize = 200;
/// Most acts that are read: beyond, `goodword ledger --acts` has them all.
const MOST: usize = 5_000;

/// The view of acts.
#[derive(Debug, Clone, Default)]
pub struct Giving {
    shown: Option<Arc<Shown>>,
    /// The store has answered.
    known: bool,
    order: Vec<ActId>,
    cursor: Cursor<ActId>,
    height: usize,
    limit: usize,
    /// The act of which it is asked why.
    asked: Option<ActId>,
    page: Page,
    /// What the page was made of: columns, rows, the minute.
    made_of: Option<(usize, usize, Timestamp)>,
    scroll: usize,
}

impl Giving {
    /// Takes the books in. Tells whether anything changed.
    pub fn answer(&mut self, shown: Option<Arc<Shown>>) -> bool {
        let changed = !self.known || self.shown != shown;
        self.known = true;
        self.order = shown.iter().flat_map(|shown| &shown.acts).map(|standing| standing.act.id).collect();
        self.shown = shown;
        self.made_of = None;
        self.cursor.settle(&self.order, self.height.max(1));
        changed
    }

    /// Whether the store has answered.
    pub fn known(&self) -> bool {
        self.known
    }

    /// What is shown, once it is known.
    pub fn shown(&self) -> Option<&Shown> {
        self.shown.as_deref()
    }

    /// The acts, newest first.
    pub fn acts(&self) -> &[Standing] {
        self.shown.as_deref().map_or(&[], |shown| &shown.acts)
    }

    /// The selected act.
    pub fn selected(&self) -> Option<&Standing> {
        let id = self.cursor.selected()?;
        self.acts().iter().find(|standing| standing.act.id == id)
    }

    /// Place of the selected one.
    pub fn index(&self) -> usize {
        self.cursor.index()
    }

    /// First visible one.
    pub fn offset(&self) -> usize {
        self.cursor.offset()
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion) {
        self.cursor.go(motion, &self.order, self.height.max(1));
    }

    /// Scrolls the books.
    pub fn go_ledger(&mut self, motion: Motion) {
        let rows = self.made_of.map_or(1, |(_, rows, _)| rows.max(1));
        let most = self.page.lines().len().saturating_sub(rows);
        self.scroll = motion.apply(self.scroll, most + 1, rows);
    }

    /// So many rows are visible.
    pub fn fit(&mut self, height: usize) {
        self.height = height.max(1);
        self.cursor.settle(&self.order, self.height);
    }

    /// The page of the books, and how far it is scrolled.
    pub fn ledger(&self) -> (&Page, usize) {
        (&self.page, self.scroll)
    }

    /// Composes the page of the books anew where that is needed.
    pub(super) fn compose(&mut self, columns: usize, rows: usize, context: &Context) {
        let made_of = Some((columns, rows, context.now()));
        if self.made_of == made_of {
            return;
        }
        self.made_of = made_of;
        let mut page = Page::new(columns);
        match &self.shown {
            Some(shown) => pages::books(&mut page, shown, context),
            None => pages::nothing(&mut page, self.known),
        }
        self.page = page;
        self.scroll = self.scroll.min(self.page.lines().len().saturating_sub(rows));
    }

    /// How many acts to read.
    pub(super) fn limit(&self) -> usize {
        self.limit.max(PIECE)
    }

    /// The reader is near the end of what was read, and there is more. Then more is asked for.
    pub(super) fn wants_more(&mut self) -> bool {
        let Some(shown) = &self.shown else { return false };
        let read = shown.acts.len();
        let near = self.index() + 2 * self.height.max(1) >= read;
        if !near || read >= shown.all || self.limit() > read || self.limit() >= MOST {
            return false;
        }
        self.limit = (self.limit() + PIECE).min(MOST);
        true
    }

    /// The act of which it is asked why.
    pub(super) fn asked(&self) -> Option<ActId> {
        self.asked
    }
}

impl Model {
    /// Shows our own posts.
    pub(super) fn show_acts(&mut self, cmds: &mut Vec<Cmd>) {
        self.show(View::Acts, cmds);
        self.asks.now(Thing::Books);
    }

    /// Asks why the selected act was read so.
    pub(super) fn ask_verdict(&mut self) {
        let Some(act) = self.giving.selected().map(|standing| standing.act.id) else { return };
        self.giving.asked = Some(act);
        self.asks.now(Thing::Verdict);
    }

    /// Shows why an act was read so.
    pub(super) fn show_verdict(&mut self, verdict: Option<&Verdict>) -> bool {
        let asked = self.giving.asked.take();
        if self.desk.view() != View::Acts {
            return false;
        }
        let Some(verdict) = verdict.filter(|verdict| Some(verdict.standing.act.id) == asked) else {
            self.status.say(Weight::Info, "this post is in the books no more");
            return true;
        };
        let context = &self.context;
        let sheet = Overlay::explain("Why it was read so", self.desk.size(), |page| {
            pages::verdict(page, verdict, context);
        });
        self.push(sheet);
        true
    }

    /// Opens the popup in which a person says what an act does.
    pub(super) fn open_judging(&mut self) {
        let Some(standing) = self.giving.selected() else {
            return self.status.say(Weight::Info, "no post is selected");
        };
        let judging = Judging::of(standing);
        self.push(Overlay::Judge(judging));
    }

    /// A person says what acts do.
    pub(super) fn judge(&mut self, acts: Vec<ActId>, deed: Deed, cmds: &mut Vec<Cmd>) {
        let question = self.asks.number();
        self.marks.sent(question);
        cmds.push(Cmd::CorrectActs { question, acts, deed });
    }

    /// What a person said was kept.
    pub(super) fn acts_corrected(&mut self, question: u64, ids: Vec<CorrectionId>, deed: Deed) -> bool {
        let count = ids.len();
        if self.marks.done(question, Undo::Acts(ids)).is_none() {
            return false;
        }
        self.asks.now(Thing::Books);
        if count == 0 {
            self.status.say(Weight::Trouble, "nothing was corrected: this post is no more");
            return true;
        }
        let undo = self.context.keys().short(Action::Undo).map_or_else(String::new, |key| format!("; {key} undoes it"));
        self.status.say(Weight::Info, &format!("it is: {}{undo}", deed.words()));
        true
    }

    /// What a person said was taken back.
    pub(super) fn acts_uncorrected(&mut self, question: u64, count: u64) -> bool {
        if self.marks.done(question, Undo::Acts(Vec::new())).is_none() {
            return false;
        }
        self.asks.now(Thing::Books);
        let what = if count == 1 { "1 correction".to_owned() } else { format!("{count} corrections") };
        self.status.say(Weight::Info, &format!("undone: {what}"));
        true
    }
}
