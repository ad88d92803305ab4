//! Figures of the inbox on the status line: how many are open and late, and the debt.

use crate::domain::case::InboxFigures;
use crate::domain::{SafeText, Timestamp};
use crate::tui::app::cmd::Load;
use crate::tui::app::context::Context;
use crate::tui::app::page::{Line, Page, Tone};
use crate::tui::app::text::grouped;

/// Figures of the inbox, and when the next case will be late.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figures {
    known: Option<InboxFigures>,
    /// The screen is woken at this moment.
    woken: Option<Timestamp>,
}

impl Figures {
    /// The figures, once they are known.
    pub fn known(&self) -> Option<InboxFigures> {
        self.known
    }

    /// The question.
    pub fn ask(context: &Context) -> Load {
        let now = context.now();
        Load::InboxFigures { now, cut_off: context.lateness().cut_off(now), tell_factor: context.tell_factor() }
    }

    /// The answer. Tells whether anything visible changed.
    pub fn answer(&mut self, figures: InboxFigures) -> bool {
        let before = self.known.replace(figures);
        before.map(shown) != Some(shown(figures))
    }

    /// When to wake the screen because a case becomes late; `None` when that is known already, or none will.
    pub fn wake(&mut self, context: &Context) -> Option<Timestamp> {
        let next = context.lateness().late_at(self.known?.next_opened?);
        let next = Some(next).filter(|next| *next > context.now() && *next < Timestamp::MAX)?;
        if self.woken == Some(next) {
            return None;
        }
        self.woken = Some(next);
        Some(next)
    }

    /// Whether a case has become late by now.
    pub fn struck(&mut self, now: Timestamp) -> bool {
        let struck = self.woken.is_some_and(|at| at <= now);
        if struck {
            self.woken = None;
        }
        struck
    }

    /// The debt as printed: a whole number from 10 on, so that one case of the first minutes is seen as well.
    pub fn debt(figures: &InboxFigures) -> String {
        if (0.05..9.95).contains(&figures.debt) {
            return format!("{:.1}", figures.debt);
        }
        // At most as many as fit: what is no number is no debt.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let whole = figures.debt.max(0.0).round() as u64;
        grouped(whole)
    }

    /// What the figures on the status line are made of.
    pub fn explain(&self, page: &mut Page, context: &Context) {
        let row = |page: &mut Page, number: String, words: &str| {
            page.line(Line::of(Tone::Strong, format!("{number:>9}  ")).with(Tone::Text, words));
        };
        let Some(figures) = self.known else { return };
        let target = super::clock::short(context.target());
        row(page, grouped(figures.open), "open cases, those that are put aside included");
        let hours = if context.hours().is_some() { " in working hours" } else { "" };
        row(page, grouped(figures.late), &format!("of them new and past the target of {target}{hours}"));
        row(page, grouped(figures.snoozed), "of them put aside");
        row(page, grouped(figures.promises_due), "promises that are due and not kept");
        row(page, grouped(figures.hand_overs_due), "cases that are handed over and overdue");
        row(page, Self::debt(&figures), "debt: what open complaints cost by now");
        page.prose(
            Tone::Muted,
            2,
            &SafeText::line(
                &format!(
                    "The debt is the sum over open complaints of k · (1 − 2^(−minutes/60)) · log10(10 + followers), with k = {}: it grows while nobody answers, halves once we acknowledge or hand over, and is 0 when the case is resolved or dismissed. Putting a case aside changes nothing.",
                    context.tell_factor_text()
                ),
                600,
            ),
        );
    }
}

/// What is seen of the figures.
fn shown(figures: InboxFigures) -> ([u64; 5], String) {
    let InboxFigures { open, late, snoozed, promises_due, hand_overs_due, .. } = figures;
    ([open, late, snoozed, promises_due, hand_overs_due], Figures::debt(&figures))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::SignedDuration;
    use crate::measure::hours::WorkingHours;
    use crate::tui::app::Setup;
    use crate::tui::app::samples::{minutes_ago, setup};

    #[test]
    fn the_screen_is_woken_once_when_a_case_becomes_late() {
        let at = |minutes, hours| Context::new(&Setup { now: minutes_ago(minutes), hours, ..setup((80, 24)) });
        let mut figures = Figures::default();
        let (opened, next) = (minutes_ago(7), minutes_ago(-3));
        assert!(figures.answer(InboxFigures { open: 2, next_opened: Some(opened), ..InboxFigures::default() }));
        assert_eq!(figures.wake(&at(0, None)), Some(next));
        assert_eq!(figures.wake(&at(-1, None)), None);
        assert!(!figures.struck(minutes_ago(-2)) && figures.struck(next) && !figures.struck(next));
        assert_eq!(figures.wake(&at(-3, None)), None, "what is late already wakes nobody");
        // It is Saturday, nine in UTC: on Monday at nine the target begins to run.
        let office = WorkingHours::parse("Mon-Fri 9:00-18:00", jiff::tz::TimeZone::UTC).unwrap();
        let monday = minutes_ago(0) + SignedDuration::from_mins(2 * 24 * 60 + 10);
        assert_eq!(figures.wake(&at(0, Some(office))), Some(monday));
    }

    #[test]
    fn a_debt_that_prints_the_same_draws_nothing() {
        let mut figures = Figures::default();
        assert!(figures.answer(InboxFigures { debt: 41.2, ..InboxFigures::default() }));
        assert!(!figures.answer(InboxFigures { debt: 41.4, ..InboxFigures::default() }));
        assert!(figures.answer(InboxFigures { debt: 41.6, ..InboxFigures::default() }));
        let printed = |debt| Figures::debt(&InboxFigures { debt, ..InboxFigures::default() });
        assert_eq!([-0.0, 0.04, 0.3, 9.9, 9.96].map(printed), ["0", "0", "0.3", "9.9", "10"]);
    }
}
