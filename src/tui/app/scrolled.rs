//! A page that may be longer than its pane: for how many columns it was composed, and how far it is scrolled.

use super::cursor::Motion;
use super::page::Page;

/// A page and the part of it that is seen.
#[derive(Debug, Clone, Default)]
pub struct Scrolled {
    page: Page,
    /// Columns that the page was composed for; `None` when it must be composed anew.
    composed: Option<usize>,
    height: usize,
    scroll: usize,
}

impl Scrolled {
    /// What the page is made of changed: compose it anew.
    pub fn invalidate(&mut self) {
        self.composed = None;
    }

    /// It is about something else now: from the top, and composed anew. Until then the old page stands, so that nothing
    /// flickers.
    pub fn begin_again(&mut self) {
        (self.composed, self.scroll) = (None, 0);
    }

    /// There is nothing to show.
    pub fn clear(&mut self) {
        *self = Self { height: self.height, ..Self::default() };
    }

    /// Fits it into a pane of this size. Tells whether the page must be composed anew, and [put](Self::put) here.
    pub fn fit(&mut self, columns: usize, height: usize) -> bool {
        self.height = height.max(1);
        self.scroll = self.scroll.min(self.most());
        self.composed != Some(columns)
    }

    /// The page, composed.
    pub fn put(&mut self, page: Page) {
        self.composed = Some(page.columns());
        self.page = page;
        self.scroll = self.scroll.min(self.most());
    }

    /// The page.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// First visible line.
    pub fn scroll(&self) -> usize {
        self.scroll
    }

    /// How much of it was seen, in whole percent; `None` when all of it is seen at once.
    pub fn seen(&self) -> Option<usize> {
        let lines = self.page.lines().len();
        (lines > self.height).then(|| (self.scroll + self.height).min(lines) * 100 / lines.max(1))
    }

    /// Scrolls.
    pub fn go(&mut self, motion: Motion) {
        self.scroll = motion.apply(self.scroll, self.most() + 1, self.height);
    }

    /// Scrolls so that this line is first, as far as there are lines below. Tells whether anything moved.
    pub fn go_to(&mut self, line: usize) -> bool {
        let target = line.min(self.most());
        std::mem::replace(&mut self.scroll, target) != target
    }

    fn most(&self) -> usize {
        self.page.lines().len().saturating_sub(self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::app::page::{Line, Tone};

    fn page(lines: usize) -> Page {
        let mut page = Page::new(40);
        (0..lines).for_each(|number| page.line(Line::of(Tone::Text, number.to_string())));
        page
    }

    #[test]
    fn it_is_composed_once_a_width_and_never_scrolled_past_its_end() {
        let mut scrolled = Scrolled::default();
        assert!(scrolled.fit(40, 10));
        scrolled.put(page(30));
        assert!(!scrolled.fit(40, 10) && scrolled.fit(41, 10));
        assert_eq!((scrolled.seen(), scrolled.scroll()), (Some(33), 0));
        scrolled.go(Motion::Bottom);
        assert_eq!((scrolled.seen(), scrolled.scroll()), (Some(100), 20));
        assert!(!scrolled.go_to(25) && scrolled.go_to(3));
        scrolled.go(Motion::Bottom);
        scrolled.put(page(12));
        assert_eq!(scrolled.scroll(), 2, "a shorter page is seen to its end");
        assert!(!scrolled.fit(40, 12) && scrolled.scroll() == 0 && scrolled.seen().is_none());
        scrolled.begin_again();
        assert!(
            scrolled.fit(40, 12) && scrolled.page().lines().len() == 12,
            "the old page stands until there is another"
        );
        scrolled.clear();
        assert!(scrolled.page().lines().is_empty());
    }
}
