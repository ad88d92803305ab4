//! The whole of one case: what is shown of it and how far it is scrolled.

use std::sync::Arc;

use super::page;
use crate::domain::case::{Case, CaseRow, PersonCard, Promise};
use crate::domain::{CaseId, Timestamp};
use crate::tui::app::cmd::Load;
use crate::tui::app::context::Context;
use crate::tui::app::cursor::Motion;
use crate::tui::app::page::{Page, Tone};
use crate::tui::app::scrolled::Scrolled;

/// What the store knows of the case.
#[derive(Debug, Clone, Default)]
enum Known {
    /// Not asked, or no answer yet.
    #[default]
    Nothing,
    /// All of it.
    All(Arc<Case>, Option<Arc<PersonCard>>),
    /// It is not there any more.
    Gone,
}

/// The case view.
#[derive(Debug, Clone, Default)]
pub struct CaseFile {
    row: Option<CaseRow>,
    known: Known,
    asked: Option<CaseId>,
    scrolled: Scrolled,
    /// How its answers stand in the outbox, as the page says it.
    told: Vec<(Tone, String)>,
}

impl CaseFile {
    /// Shows a case. One that is shown already is brought up to what the list knows of it.
    pub fn show(&mut self, row: &CaseRow) {
        if self.id() != Some(row.id) {
            let mut scrolled = std::mem::take(&mut self.scrolled);
            scrolled.begin_again();
            *self = Self { scrolled, ..Self::default() };
        }
        if self.row.as_ref() != Some(row) {
            self.row = Some(row.clone());
            self.scrolled.invalidate();
        }
    }

    /// Shows nothing.
    pub fn clear(&mut self) {
        let mut scrolled = std::mem::take(&mut self.scrolled);
        scrolled.clear();
        *self = Self { scrolled, ..Self::default() };
    }

    /// What the page is made of changed from outside: compose it anew.
    pub fn invalidate(&mut self) {
        self.scrolled.invalidate();
    }

    /// The case that is shown.
    pub fn id(&self) -> Option<CaseId> {
        self.row.as_ref().map(|row| row.id)
    }

    /// What the list knows of it.
    pub fn row(&self) -> Option<&CaseRow> {
        self.row.as_ref()
    }

    /// All of it, once it is there.
    pub fn case(&self) -> Option<&Arc<Case>> {
        match &self.known {
            Known::All(case, _) => Some(case),
            _ => None,
        }
    }

    /// Its promises that are not kept.
    pub fn open_promises(&self) -> impl Iterator<Item = &Promise> {
        self.case().into_iter().flat_map(|case| &case.promises).filter(|promise| promise.kept.is_none())
    }

    /// It is not in the store any more.
    pub fn gone(&self) -> bool {
        matches!(self.known, Known::Gone)
    }

    /// Whether the store should be asked.
    pub fn wants(&self) -> bool {
        self.row.is_some() && matches!(self.known, Known::Nothing) && self.asked.is_none()
    }

    /// The question to the store.
    pub fn ask(&mut self, now: Timestamp) -> Option<Load> {
        let id = self.id()?;
        self.asked = Some(id);
        Some(Load::Case { id, now })
    }

    /// The answer; one about another case than the one that is shown by now changes nothing.
    pub fn answer(&mut self, case: Option<Arc<Case>>, person: Option<Arc<PersonCard>>) -> bool {
        let asked = self.asked.take();
        if asked.is_none() || asked != self.id() {
            return false;
        }
        self.scrolled.invalidate();
        match case.filter(|case| Some(case.row.id) == asked) {
            Some(case) => {
                self.row = Some(case.row.clone());
                self.known = Known::All(case, person);
            }
            None => self.known = Known::Gone,
        }
        true
    }

    /// The store did not answer.
    pub fn failed(&mut self) {
        self.asked = None;
    }

    /// Composes the page anew for a pane of this size; `told` says how the answers stand in the outbox.
    pub fn compose(&mut self, columns: usize, height: usize, context: &Context, told: Vec<(Tone, String)>) {
        if self.scrolled.fit(columns, height) || self.told != told {
            self.told = told;
            let mut page = Page::new(columns);
            if let Some(row) = &self.row {
                for (tone, words) in &self.told {
                    page.prose(*tone, 0, words);
                }
                if !self.told.is_empty() {
                    page.gap();
                }
                match &self.known {
                    Known::Gone => page::gone(&mut page),
                    Known::Nothing => page::brief(&mut page, row, context),
                    Known::All(case, person) => page::whole(&mut page, row, case, person.as_deref(), context),
                }
            }
            self.scrolled.put(page);
        }
    }

    /// Its page, and how much of it is seen.
    pub fn scrolled(&self) -> &Scrolled {
        &self.scrolled
    }

    /// Scrolls.
    pub fn go(&mut self, motion: Motion) {
        self.scrolled.go(motion);
    }
}
