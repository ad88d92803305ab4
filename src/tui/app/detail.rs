//! The whole of one mention: what is shown of it, how far it is scrolled, and what waits for its words.

use std::sync::Arc;

use super::cmd::Load;
use super::context::Context;
use super::cursor::Motion;
use super::dossier;
use super::page::{Page, Tone};
use super::scrolled::Scrolled;
use crate::domain::{Act, Mention, MentionId, MentionRow, SafeText};

/// Something to do with the whole mention as soon as it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Copy its link.
    CopyLink,
    /// Copy its words.
    CopyText,
    /// Open its link.
    Browse,
}

/// What the store knows of the mention.
#[derive(Debug, Clone, Default)]
enum Known {
    /// Not asked, or no answer yet.
    #[default]
    Nothing,
    /// All of it.
    All(Arc<Mention>, Arc<[MentionRow]>, Arc<[Act]>),
    /// It is not there any more.
    Gone,
}

/// The detail pane.
#[derive(Debug, Clone, Default)]
pub struct Detail {
    row: Option<MentionRow>,
    known: Known,
    found: Vec<SafeText>,
    wish: Option<Wish>,
    /// The mention that the store was asked for.
    asked: Option<MentionId>,
    scrolled: Scrolled,
}

impl Detail {
    /// Shows a mention. Tells whether it is another one than before.
    pub fn show(&mut self, row: &MentionRow, found: &[SafeText]) -> bool {
        let other = self.id() != Some(row.id);
        if other {
            let mut scrolled = std::mem::take(&mut self.scrolled);
            scrolled.begin_again();
            *self = Self { found: found.to_vec(), scrolled, ..Self::default() };
        }
        if self.row.as_ref() != Some(row) && !matches!(self.known, Known::All(..)) {
            self.row = Some(row.clone());
            self.scrolled.invalidate();
        }
        other
    }

    /// What the page is made of changed from outside: compose it anew.
    pub fn invalidate(&mut self) {
        self.scrolled.invalidate();
    }

    /// Shows nothing.
    pub fn clear(&mut self) {
        let mut scrolled = std::mem::take(&mut self.scrolled);
        scrolled.clear();
        *self = Self { scrolled, ..Self::default() };
    }

    /// The mention that is shown.
    pub fn id(&self) -> Option<MentionId> {
        self.row.as_ref().map(|row| row.id)
    }

    /// What the lists know of it.
    pub fn row(&self) -> Option<&MentionRow> {
        self.row.as_ref()
    }

    /// All of it, once it is there.
    pub fn mention(&self) -> Option<&Arc<Mention>> {
        match &self.known {
            Known::All(mention, ..) => Some(mention),
            _ => None,
        }
    }

    /// It is not in the store any more.
    pub fn gone(&self) -> bool {
        matches!(self.known, Known::Gone)
    }

    /// Whether the store should be asked.
    pub fn wants(&self) -> bool {
        self.row.is_some() && matches!(self.known, Known::Nothing)
    }

    /// Whether something waits for the whole mention.
    pub fn has_wish(&self) -> bool {
        self.wish.is_some()
    }

    /// The question to the store.
    pub fn ask(&mut self) -> Option<Load> {
        let row = self.row.as_ref()?;
        self.asked = Some(row.id);
        Some(Load::Detail { id: row.id, group: row.group })
    }

    /// The answer. Returns the wish that can be granted now. An answer about another mention than the one that is
    /// shown by now changes nothing.
    pub fn answer(
        &mut self,
        mention: Option<Arc<Mention>>,
        members: Arc<[MentionRow]>,
        answers: Arc<[Act]>,
    ) -> Option<Wish> {
        let asked = self.asked.take();
        if asked.is_none() || asked != self.id() {
            return None;
        }
        self.scrolled.invalidate();
        let Some(mention) = mention.filter(|mention| Some(mention.row.id) == asked) else {
            self.known = Known::Gone;
            self.wish = None;
            return None;
        };
        self.row = Some(mention.row.clone());
        self.known = Known::All(mention, members, answers);
        self.wish.take()
    }

    /// The store did not answer: what waited for it is given up.
    pub fn failed(&mut self) {
        self.asked = None;
        self.wish = None;
    }

    /// Something should be done once the mention is there.
    pub fn wish(&mut self, wish: Wish) {
        self.wish = Some(wish);
    }

    /// The mention was marked.
    pub fn set_read(&mut self, read: bool) {
        if let Some(row) = &mut self.row {
            row.read = read;
            self.scrolled.invalidate();
        }
    }

    /// Composes the page anew for a pane of this size.
    pub fn compose(&mut self, columns: usize, height: usize, context: &Context) {
        if !self.scrolled.fit(columns, height) {
            return;
        }
        let mut page = Page::new(columns);
        if let Some(row) = &self.row {
            match &self.known {
                Known::Gone => dossier::gone(&mut page),
                Known::Nothing => dossier::brief(&mut page, row, context),
                Known::All(mention, members, answers) => {
                    let row = MentionRow { read: row.read, ..mention.row.clone() };
                    let whole = dossier::Whole { row: &row, mention, members, answers, found: &self.found };
                    dossier::whole(&mut page, &whole, context);
                }
            }
        }
        self.scrolled.put(page);
    }

    /// Its page, and how much of it is seen.
    pub fn scrolled(&self) -> &Scrolled {
        &self.scrolled
    }

    /// Scrolls.
    pub fn go(&mut self, motion: Motion) {
        self.scrolled.go(motion);
    }

    /// Scrolls to the next (or previous) line with words that the search found; false when there is none.
    pub fn go_found(&mut self, down: bool) -> bool {
        let (lines, first) = (self.scrolled.page().lines(), self.scrolled.scroll());
        let hit =
            |index: &usize| lines.get(*index).is_some_and(|line| line.0.iter().any(|piece| piece.tone == Tone::Found));
        let target = if down { (first + 1..lines.len()).find(hit) } else { (0..first).rev().find(hit) };
        target.is_some_and(|target| self.scrolled.go_to(target))
    }
}
