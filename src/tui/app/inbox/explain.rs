//! Why a case stands where it stands, in words and numbers.

use super::weigh::UNKNOWN_FOLLOWERS;
use super::{Inbox, Tab, clock, weigh};
use crate::domain::case::{CaseRow, CaseStatus};
use crate::tui::app::context::Context;
use crate::tui::app::page::{Line, Page, Tone};
use crate::tui::app::text::grouped;
use crate::tui::app::when;

impl Inbox {
    /// Why the selected case stands where it stands, and what this list is.
    pub fn explain(&self, row: Option<&CaseRow>, page: &mut Page, context: &Context) {
        if let Some(row) = row {
            place(page, row, context);
        }
        page.heading("This list");
        let what = match self.tab {
            Tab::Open => "Open cases that are not put aside",
            Tab::Mine => "Open cases that you have claimed",
            Tab::Unclaimed => "Open cases that nobody has claimed",
            Tab::Snoozed => "Cases that are put aside",
            Tab::All => "All cases, closed ones too",
        };
        page.prose(
            Tone::Text,
            0,
            &format!(
                "{what}, the first due first. The moment is fixed when a case opens and only comes nearer, so nobody starves: nothing is overtaken by what arrives more than 12 targets later."
            ),
        );
        page.prose(
            Tone::Text,
            0,
            "Signs: · in time, ▸ the last third of the target runs, ▲ late and nobody has answered, ↵ acknowledged, → handed over (▲ due: overdue there), ✓ resolved, × dismissed; @name has claimed it.",
        );
        page.heading("Status line");
        self.figures.explain(page, context);
    }
}

fn place(page: &mut Page, row: &CaseRow, context: &Context) {
    let (now, place) = (context.now(), weigh::place(&row.weighing));
    let target = clock::short(context.target());
    let at = |at| when::full(context.zone(), now, at);
    let sum = |page: &mut Page, sign: &str, what: &str, value: String, why: String| {
        page.line(
            Line::of(Tone::Muted, format!("  {sign} {what:<10}"))
                .with(Tone::Strong, format!("{value:>8}"))
                .with(Tone::Muted, format!("  {why}")),
        );
    };
    page.line(Line::of(Tone::Strong, row.who.as_str()).with(Tone::Muted, format!(" · its turn: {}", at(row.due))));
    page.gap();
    let k = context.tell_factor_text();
    sum(page, " ", "severity", number(place.severity), format!("complaint {k}, question 3, praise 1, promo 0.1"));
    let followers = match row.weighing.followers {
        Some(followers) => format!("log10(10 + {} followers)", grouped(followers.min(1_000_000))),
        None => format!("log10(10 + {UNKNOWN_FOLLOWERS}): followers unknown, counted as {UNKNOWN_FOLLOWERS}"),
    };
    sum(page, "×", "reach", format!("{:.2}", place.reach), followers);
    let reposts = number(row.weighing.reposts_per_hour);
    sum(page, "×", "spread", format!("{:.2}", place.spread), format!("1 + {reposts} reposts an hour / 10, at most 4"));
    sum(page, "=", "impact", format!("{:.1}", place.impact), "240 is the highest".to_owned());
    page.gap();
    let targets = format!("log2(240 / {:.1}), from 0 to 12 targets", place.impact);
    sum(page, " ", "wait", format!("{:.2}", place.targets), targets);
    let wait = when::long(weigh::due(&row.weighing, row.opened, context.target()).duration_since(row.opened));
    sum(page, "×", "target", target, format!("= {}", if wait == "now" { "none" } else { &wait }));
    sum(page, "+", "opened", when::clock(context.zone(), row.opened), at(row.opened));
    sum(page, "=", "due", when::clock(context.zone(), row.due), at(row.due));
    if row.due < weigh::due(&row.weighing, row.opened, context.target()) {
        page.prose(
            Tone::Muted,
            2,
            "Its turn comes sooner than that sum: an earlier mention of theirs, or another target, was in force when it was set, and a turn only comes nearer.",
        );
    }
    page.gap();
    let shown = clock::clock(row, now, context.lateness());
    let waits = clock::short(now.duration_since(row.opened));
    page.prose(shown.tone, 0, &format!("{} They wait since {}: {waits}.", shown.sign, at(row.opened)));
    if context.hours().is_some() && row.status == CaseStatus::New {
        let (late_at, waited) = (context.lateness().late_at(row.opened), context.lateness().waited(row.opened, now));
        let words = format!(
            "{} of it in working hours, which alone make a case late: at {}.",
            clock::short(waited),
            at(late_at)
        );
        page.prose(Tone::Text, 0, &words);
    }
    let cost = weigh::exposure(row, now, context.tell_factor());
    if cost > 0.0 {
        page.prose(Tone::Text, 0, &format!("It adds {cost:.1} to the debt."));
    }
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}
