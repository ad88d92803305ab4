//! The sheet without a key: the coach reads, the draft is saved.

use super::advice::Advice;
use super::errand::Errand;
use super::{Composer, PAUSE};
use crate::domain::case::Turn;
use crate::domain::outbox::Draft;
use crate::domain::{Intents, OutgoingId, Timestamp};
use crate::tui::app::context::Context;

impl Composer {
    /// The coach reads the words as they are.
    pub fn coach(&mut self, context: &Context) {
        let text = self.paper.text();
        if self.advice.is_about(&text) {
            return;
        }
        let (words, intents) = self.heard();
        self.advice = Advice::read(&context.writer().coach, &words, intents, &text, &self.sent);
        if self.post {
            self.advice.for_a_post();
        } else {
            self.advice.compare(&self.said);
        }
    }

    /// The words that are answered, and what they want.
    fn heard(&self) -> (String, Intents) {
        let Some(mention) = &self.mention else { return (String::new(), Intents::default()) };
        let intents = mention.row.lead().map(|reading| reading.intents).unwrap_or_default();
        (format!("{}\n{}", mention.row.title, mention.text).trim().to_owned(), intents)
    }

    /// When something is to be done without a key.
    pub fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// The time came to save and to judge: what to save, if anything differs. `None` when it has not come.
    pub fn tick(&mut self, context: &Context) -> Option<Option<Errand>> {
        self.due.filter(|due| *due <= context.now())?;
        self.due = None;
        self.coach(context);
        Some(self.save(context))
    }

    /// Nothing on it is this writer's: it is as it was begun, or as another voice left it.
    fn is_nobody_s_work(&self) -> bool {
        let text = self.paper.text();
        text == self.pristine || self.theirs.is_some() && text == self.offered
    }

    /// The draft for the store, when it differs from what the store was given last.
    pub fn save(&mut self, context: &Context) -> Option<Errand> {
        self.due = None;
        let draft = self.draft(vec![self.paper.text()], context)?;
        let untouched = self.kept.is_none() && self.id.is_none() && self.is_nobody_s_work();
        if untouched || self.kept.as_ref() == Some(&draft) {
            return None;
        }
        self.kept = Some(draft.clone());
        Some(Errand::Save { session: self.session, draft: Box::new(draft) })
    }

    /// The sheet is left: the draft is saved, or given up when nothing of the writer's is left on it.
    pub fn leave(&mut self, context: &Context) -> (Option<Errand>, bool) {
        let begun = self.id.is_some() || self.kept.is_some();
        if self.paper.is_blank() || self.paper.text() == self.pristine || !begun && self.is_nobody_s_work() {
            return (begun.then_some(Errand::Discard(self.session, self.opened)), false);
        }
        (self.save(context), true)
    }

    /// What the writer put on it, without the name that it began with; empty when it is as it was opened.
    pub fn written(&self) -> String {
        let text = self.paper.text();
        if self.is_nobody_s_work() || text == self.offered && self.id.is_none() {
            return String::new();
        }
        text.strip_prefix(self.pristine.as_str()).unwrap_or(&text).trim().to_owned()
    }

    /// Its draft is given up; `None` when there is none.
    pub fn give_up(&self) -> Option<Errand> {
        let begun = self.id.is_some() || self.kept.is_some();
        begun.then_some(Errand::Discard(self.session, self.opened))
    }

    /// Puts words behind those that are there, with a line between.
    pub fn put_behind(&mut self, words: &str, now: Timestamp) {
        let gap = if self.paper.is_blank() { "" } else { "\n\n" };
        self.paper.insert(&format!("{gap}{words}"));
        self.changed(now);
    }

    /// What was said in the thread by now; what is new is marked. Tells whether anything changed.
    pub fn refresh_thread(&mut self, turns: &[Turn]) -> bool {
        self.thread.refresh(turns, self.mention.as_ref().map(|mention| mention.row.id))
    }

    pub(super) fn draft(&self, parts: Vec<String>, context: &Context) -> Option<Draft> {
        let source = match (self.identity(), &self.mention) {
            (Some(identity), _) => identity.source,
            (None, Some(mention)) => mention.row.source,
            (None, None) => self.until_known?,
        };
        Some(Draft {
            over: self.opened,
            source,
            case: self.case.as_ref().map(|case| case.id),
            mention: self.mention.as_ref().map(|mention| mention.row.id),
            target: self.target.clone(),
            parts,
            visibility: self.visibility,
            content_warning: Some(self.warning.clone()).filter(|warning| !warning.is_empty()),
            lang: self.lang.clone(),
            voice: context.voice().map(str::to_owned),
        })
    }

    /// The store has the draft under this number.
    pub fn saved(&mut self, id: OutgoingId) {
        self.id = Some(id);
    }

    /// The store does not have it: it is tried again soon.
    pub fn not_saved(&mut self, now: Timestamp) {
        self.kept = None;
        self.due = now.checked_add(PAUSE * 5).ok();
    }
}
