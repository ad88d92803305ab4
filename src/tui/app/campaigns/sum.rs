//! The whole sum of a campaign's health, line by line, down to its acts.

use super::page::{act_line, day, health_words};
use crate::domain::SafeText;
use crate::engine::campaigns::{Board, Report, words};
use crate::measure::giving::health::{FEWEST_RESPONSES, HELD, Health, POINTS};
use crate::measure::giving::ledger::Sums;
use crate::measure::giving::{full_marks, full_personal};
use crate::tui::app::context::Context;
use crate::tui::app::page::{Line, Page, Tone};

fn part(page: &mut Page, name: &str, share: f64, points: f64, formula: &str) {
    page.gap();
    page.line(
        Line::of(Tone::Strong, format!("{name} {:.1}", share * points)).with(Tone::Muted, format!(" of {points:.0}")),
    );
    page.prose(Tone::Text, 2, formula);
}

fn balance_words(sums: Sums) -> String {
    let balance = sums.balance();
    format!(
        "B = (G + 1) / (G + A + 2) = ({:.2} + 1) / ({:.2} + {:.2} + 2) = {balance:.2}",
        sums.given, sums.given, sums.asked
    )
}

/// The sum.
pub(super) fn explain(report: &Report, board: &Board, page: &mut Page, context: &Context) {
    let (tone, health) = health_words(report);
    let name = SafeText::line(&report.campaign.terms.name, 60);
    page.line(Line::of(tone, health).with(Tone::Heading, format!("  {name}")));
    page.prose(Tone::Muted, 0, &format!("as of {}; {}", day(report.as_of, context), words::sentence(report)));
    match &report.health {
        Some(health) => sum(report, health, board, page),
        None => page.prose(Tone::Text, 0, "No post of ours belongs to it yet, so there is nothing to sum up."),
    }
    if !report.lifts.is_empty() {
        page.heading("What would lift it");
        for lift in &report.lifts {
            let one = Report { lifts: vec![*lift], ..report.clone() };
            page.prose(Tone::Text, 2, &words::lift(&one).unwrap_or_default());
        }
    }
    page.heading("Its posts, oldest first");
    for act in &report.acts {
        act_line(act, page, context);
        if let Some(cap) = &act.cap {
            page.prose(Tone::Muted, 12, &format!("cap: {}", SafeText::line(cap, 80)));
        }
        if let Some(cover) = act.posted.cover {
            page.prose(
                Tone::Muted,
                12,
                &format!(
                    "c = min(1, (G + 1) / (r·(A + w))) = {:.2}: before it {:.2} given, {:.2} asked, {:.1} missing",
                    cover.covered, cover.given, cover.asked, cover.missing
                ),
            );
        }
    }
}

fn sum(report: &Report, health: &Health, board: &Board, page: &mut Page) {
    let (size, responses, k) = (board.size, &report.responses, board.table.tell_factor);
    let parts = &health.parts;
    part(
        page,
        "giving",
        parts.giving,
        POINTS.giving,
        &format!(
            "min(1, B / {:.2}) · (0.5 + 0.5·cover) · (1 − q), cover {:.2} of its asks, q {:.2} of its weight waits for others. {}, the brand's posts faded by half every {:.0} days.",
            full_marks(size),
            health.cover,
            health.conditional,
            balance_words(report.sums),
            board.table.half_life_days
        ),
    );
    part(
        page,
        "ties",
        parts.ties,
        POINTS.ties,
        &format!(
            "1 − s·(1 − t), s {:.2} of its weight asks, t = ({} knew us + 2) / ({} people + 4) = {:.2}",
            health.asking, responses.known, responses.people, health.tied
        ),
    );
    part(
        page,
        "reception",
        parts.reception,
        POINTS.reception,
        &format!(
            "(N + 1) / 2, N = (P − k·C) / (P + k·C + 20) = {:.2}, P {} praise, C {} complaints (recovered ones are neither), k {k:.0}",
            health.net, responses.praise, responses.complaints
        ),
    );
    part(
        page,
        "personal",
        parts.personal,
        POINTS.personal,
        &format!(
            "1 − s·(1 − p), p = {:.2}: {} of {} posts are signed, speak as a person, or are replies that are not canned; {:.1} are full marks",
            health.personal,
            report.acts.iter().filter(|act| act.posted.personal).count(),
            report.acts.len(),
            full_personal(size)
        ),
    );
    page.gap();
    page.line(Line::of(Tone::Strong, format!("together {:.1}", health.sum)));
    if health.held {
        page.prose(
            Tone::Bad,
            2,
            &format!("held at {HELD:.0}: a capped condition carries a quarter of its weight or more, and nobody has recorded that the whole was paid"),
        );
    }
    if let Some(given) = words::given(report) {
        page.prose(Tone::Text, 2, &given);
    }
    if report.whole {
        page.prose(Tone::Text, 2, "The whole was given: what waited for others counts as a gift.");
    }
    if health.health.is_none() {
        page.prose(
            Tone::Muted,
            2,
            &format!("too few: {} of {FEWEST_RESPONSES} responses; below that only the parts are told", responses.all),
        );
    }
    page.prose(Tone::Muted, 2, "Red below 40, amber below 70, green from 70. Reception alone is red below 8 of 20: the day on which it falls there is a backlash.");
}

/// The brand's balance and the next ask.
pub(super) fn balance(board: &Board, page: &mut Page) {
    page.heading("The brand");
    page.line(Line::of(Tone::Muted, "balance   ").with(Tone::Strong, words::balance(board)));
    page.prose(Tone::Text, 2, &balance_words(board.sums));
    page.line(
        Line::of(Tone::Muted, "next ask  ")
            .with(if board.next.is_early() { Tone::Warn } else { Tone::Good }, words::next_ask(&board.next)),
    );
    page.prose(
        Tone::Text,
        2,
        &format!(
            "A hard ask (weight {:.0}) is covered when G + 1 reaches r·(A + {:.0}), r = {:.2} gives for each ask.",
            board.table.hard_ask,
            board.table.hard_ask,
            crate::measure::giving::gives_per_ask(board.size)
        ),
    );
}
