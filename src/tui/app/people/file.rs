//! The card of a person: what is shown of it and how far it is scrolled.

use std::sync::Arc;

use super::card;
use crate::domain::PersonId;
use crate::domain::person::PersonFile;
use crate::tui::app::cmd::{Load, Whose};
use crate::tui::app::context::Context;
use crate::tui::app::cursor::Motion;
use crate::tui::app::page::Page;
use crate::tui::app::scrolled::Scrolled;

/// The card.
#[derive(Debug, Clone, Default)]
pub struct File {
    whose: Option<Whose>,
    known: Option<Arc<PersonFile>>,
    gone: bool,
    stale: bool,
    asked: Option<Whose>,
    scrolled: Scrolled,
}

impl File {
    /// Shows somebody. Whoever is shown already stays.
    pub fn show(&mut self, whose: Whose) {
        if self.whose != Some(whose) && !self.is(whose) {
            self.clear();
            (self.whose, self.stale) = (Some(whose), true);
        }
    }

    /// Reads this very person again, whatever is shown of them.
    pub fn look_again(&mut self, person: PersonId) {
        (self.whose, self.stale, self.asked) = (Some(Whose::Person(person)), true, None);
    }

    fn is(&self, whose: Whose) -> bool {
        match (whose, &self.known) {
            (Whose::Person(id), Some(file)) => file.row.handles.iter().any(|handle| handle.person == id),
            _ => false,
        }
    }

    /// Shows nobody.
    pub fn clear(&mut self) {
        let mut scrolled = std::mem::take(&mut self.scrolled);
        scrolled.clear();
        *self = Self { scrolled, ..Self::default() };
    }

    /// Everything that is kept of them, once it is there.
    pub fn known(&self) -> Option<&Arc<PersonFile>> {
        self.known.as_ref()
    }

    /// Nobody is stored who was asked for.
    pub fn gone(&self) -> bool {
        self.gone
    }

    /// Whose card it is.
    pub fn whose(&self) -> Option<Whose> {
        self.whose
    }

    /// Something happened: read it again.
    pub fn doubt(&mut self) {
        self.stale = true;
    }

    /// Compose the page anew.
    pub fn invalidate(&mut self) {
        self.scrolled.invalidate();
    }

    /// Whether the store should be asked.
    pub fn wants(&self) -> bool {
        self.whose.is_some() && self.stale && self.asked.is_none()
    }

    /// The question to the store.
    pub fn ask(&mut self) -> Option<Load> {
        let whose = self.whose?;
        self.stale = false;
        self.asked = Some(whose);
        Some(Load::Person { whose })
    }

    /// The answer; one about somebody else changes nothing.
    pub fn answer(&mut self, file: Option<Arc<PersonFile>>) -> bool {
        let asked = self.asked.take();
        if asked.is_none() || asked != self.whose {
            return false;
        }
        self.gone = file.is_none();
        self.known = file;
        self.scrolled.invalidate();
        true
    }

    /// The store did not answer.
    pub fn failed(&mut self) {
        self.asked = None;
    }

    /// Composes the page anew for a pane of this size.
    pub fn compose(&mut self, columns: usize, height: usize, context: &Context) {
        if self.scrolled.fit(columns, height) {
            let mut page = Page::new(columns);
            if let Some(file) = &self.known {
                card::about(&mut page, file, context);
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
