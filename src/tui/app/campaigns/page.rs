//! The whole of one campaign, in words and figures.

use super::plot::plot;
use crate::domain::{SafeText, Terms, Timestamp};
use crate::engine::campaigns::{ActLine, Board, Report, Suggestion, words};
use crate::measure::giving::Side;
use crate::measure::giving::health::{Band, FEWEST_RESPONSES, POINTS, reception_band};
use crate::tui::app::action::Action;
use crate::tui::app::context::Context;
use crate::tui::app::page::{Line, Page, Tone};
use crate::tui::app::text::fit;
use crate::tui::app::when;

/// Rows of the plot.
const PLOT: usize = 6;
/// Days of reception that are shown, the newest.
const DAYS: usize = 14;
/// People who are shown.
const PEOPLE: usize = 12;
/// Acts that are shown, the newest; the sum has them all.
const ACTS: usize = 10;

/// The tone of a band.
pub fn band_tone(band: Band) -> Tone {
    match band {
        Band::Red => Tone::Bad,
        Band::Amber => Tone::Warn,
        Band::Green => Tone::Good,
    }
}

/// The health with its sign and its band; "too few" below the minimum.
pub fn health_words(report: &Report) -> (Tone, String) {
    match report.health.as_ref().and_then(|health| health.health) {
        Some(points) => {
            let band = Band::of(points);
            (band_tone(band), format!("{} {points:.0} {}", words::sign(band), words::band(band)))
        }
        None if report.health.is_some() => (Tone::Muted, "too few".to_owned()),
        None => (Tone::Muted, "no post yet".to_owned()),
    }
}

/// A day as people write it.
pub(super) fn day(at: Timestamp, context: &Context) -> String {
    at.to_zoned(context.zone().clone()).strftime("%-d %b %Y").to_string()
}

/// First and last day.
pub(super) fn days(terms: &Terms, begin: Option<Timestamp>, context: &Context) -> String {
    let first = begin.or(terms.since).map_or_else(|| "…".to_owned(), |at| day(at, context));
    let end = terms.until.and_then(|until| until.checked_sub(jiff::SignedDuration::from_secs(1)).ok());
    match end {
        Some(last) => format!("{first} to {}", day(last, context)),
        None => format!("since {first}"),
    }
}

/// What it is made of.
fn made_of(terms: &Terms) -> String {
    let mut parts: Vec<String> = terms.tags.iter().map(|tag| format!("#{tag}")).collect();
    parts.extend(terms.words.iter().cloned());
    if !terms.accounts.is_empty() {
        parts.push(format!("by {}", terms.accounts.join(", ")));
    }
    SafeText::line(&parts.join(" · "), 300).to_string()
}

/// The whole of a campaign.
pub(super) fn whole(report: &Report, board: &Board, page: &mut Page, context: &Context) {
    let (tone, health) = health_words(report);
    let name = SafeText::line(&report.campaign.terms.name, 60);
    page.line(Line::of(tone, health).with(Tone::Strong, format!("  {name}")));
    let over = if report.running { "" } else { " · over" };
    let origin = if report.campaign.configured { " · configured" } else { "" };
    page.prose(
        Tone::Muted,
        0,
        &format!(
            "{}{over} · {}{origin}",
            days(&report.campaign.terms, report.begin, context),
            made_of(&report.campaign.terms)
        ),
    );
    page.prose(Tone::Text, 0, &words::sentence(report));
    if let Some(given) = words::given(report) {
        let key = context.keys().short(Action::Paid).unwrap_or_default();
        page.prose(
            if report.whole { Tone::Good } else { Tone::Warn },
            0,
            &format!("{given} ({key} records what was paid)"),
        );
    }
    page.line(
        Line::of(Tone::Muted, "next ask: ")
            .with(if board.next.is_early() { Tone::Warn } else { Tone::Good }, words::next_ask(&report.next)),
    );
    parts(report, page);
    backlash(report, page, context);
    if report.trend.iter().any(|(_, value)| value.is_some()) {
        page.heading("Health over its life");
        plot(&report.trend, PLOT, page, context.zone());
    }
    reception(report, page, context);
    people(report, page, context);
    acts(report, page, context);
}

/// A bar of so many columns, filled by a share of 0 to 1.
pub(super) fn bar(share: f64, columns: usize) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a share of a few columns
    let filled = (share.clamp(0.0, 1.0) * columns as f64).round() as usize;
    format!("{}{}", "█".repeat(filled), "░".repeat(columns.saturating_sub(filled)))
}

/// The four parts: name, points reached, points there are.
pub(super) fn four(report: &Report) -> Vec<(&'static str, f64, f64)> {
    let Some(health) = &report.health else { return Vec::new() };
    let parts = &health.parts;
    vec![
        ("giving", parts.giving, POINTS.giving),
        ("ties", parts.ties, POINTS.ties),
        ("reception", parts.reception, POINTS.reception),
        ("personal", parts.personal, POINTS.personal),
    ]
}

fn parts(report: &Report, page: &mut Page) {
    page.gap();
    let wide = page.columns().saturating_sub(20).clamp(4, 30);
    for (name, share, points) in four(report) {
        page.line(
            Line::of(Tone::Muted, fit(name, 10))
                .with(band_tone(reception_band(share)), bar(share, wide))
                .with(Tone::Text, format!(" {:>2.0}/{points:.0}", share * points)),
        );
    }
}

fn backlash(report: &Report, page: &mut Page, context: &Context) {
    for fell in report.days.iter().filter(|day| day.falls) {
        page.heading(format!("Backlash on {}", day(fell.start, context)));
        page.prose(
            Tone::Bad,
            0,
            &format!(
                "! reception fell to {:.0} of 20: {} and {} that day",
                fell.reception * POINTS.reception,
                words::many(fell.complaints, "complaint", "complaints"),
                words::many(fell.praise, "praise", "praises"),
            ),
        );
        for post in &fell.posts {
            page.line(
                Line::of(Tone::Muted, "  ")
                    .foreign(Tone::Strong, &post.author)
                    .with(Tone::Text, "  ")
                    .foreign(Tone::Text, &post.text),
            );
        }
    }
}

fn reception(report: &Report, page: &mut Page, context: &Context) {
    page.heading("Reception");
    let responses = &report.responses;
    page.prose(
        Tone::Text,
        0,
        &format!(
            "{}: {} praise, {} complain, {} of them open",
            words::many(responses.all, "response", "responses"),
            responses.praise,
            responses.complaints,
            report.open
        ),
    );
    let skip = report.days.len().saturating_sub(DAYS);
    for one in report.days.iter().skip(skip) {
        let band = reception_band(one.reception);
        page.line(
            Line::of(Tone::Muted, fit(&day(one.start, context), 12))
                .with(band_tone(band), format!("{} {:>2.0}/20 ", words::sign(band), one.reception * POINTS.reception))
                .with(Tone::Positive, format!("  *{}", one.praise))
                .with(Tone::Complaint, format!(" !{}", one.complaints))
                .with(Tone::Muted, format!(" of {}", one.all)),
        );
    }
}

fn people(report: &Report, page: &mut Page, context: &Context) {
    page.heading("People who responded");
    let responses = &report.responses;
    if responses.all < FEWEST_RESPONSES {
        page.line(Line::of(Tone::Muted, format!("too few: {} of {FEWEST_RESPONSES} responses", responses.all)));
    }
    page.prose(
        Tone::Text,
        0,
        &format!(
            "{} of {} knew us before it began",
            responses.known,
            words::many(responses.people, "person", "people")
        ),
    );
    for one in report.people.iter().take(PEOPLE) {
        let knew = if one.known { "knew us" } else { "new" };
        page.line(
            Line::of(if one.known { Tone::Good } else { Tone::Muted }, fit(knew, 8))
                .with(Tone::Strong, fit(one.name.as_str(), 26))
                .with(Tone::Muted, format!(" {}×  {}", one.responses, when::ago(context.now(), one.last)))
                .with(Tone::Positive, if one.praise > 0 { format!("  *{}", one.praise) } else { String::new() })
                .with(
                    Tone::Complaint,
                    if one.complaints > 0 { format!("  !{}", one.complaints) } else { String::new() },
                ),
        );
    }
}

/// What an act does and how it counts, in a few words.
pub(super) fn counts(act: &ActLine) -> (Tone, String) {
    match act.posted.side {
        _ if act.outright => (Tone::Good, "given in whole".to_owned()),
        _ if act.discounted.is_some() => (Tone::Muted, "said already".to_owned()),
        Side::Give(weight) => (Tone::Good, format!("+{weight:.0} give")),
        Side::Exempt(weight) => (Tone::Good, format!("+{weight:.0} all proceeds")),
        Side::Ask(weight) => (Tone::Warn, format!("−{weight:.0} ask")),
        Side::Condition(weight) if act.posted.surely_capped => (Tone::Bad, format!("−{weight:.0} capped")),
        Side::Condition(weight) => (Tone::Warn, format!("−{weight:.0} condition")),
        Side::None => (Tone::Muted, "talk".to_owned()),
    }
}

fn acts(report: &Report, page: &mut Page, context: &Context) {
    page.heading(words::many(report.acts.len(), "post of ours", "posts of ours"));
    for act in report.acts.iter().rev().take(ACTS) {
        act_line(act, page, context);
    }
    if report.acts.len() > ACTS {
        page.line(Line::of(Tone::Muted, format!("and {} more, in the sum", report.acts.len() - ACTS)));
    }
}

/// An act in a line.
pub(super) fn act_line(act: &ActLine, page: &mut Page, context: &Context) {
    let (tone, counted) = counts(act);
    let early = act.posted.cover.filter(crate::measure::giving::ledger::Cover::is_early);
    page.line(
        Line::of(Tone::Muted, fit(&day(act.at, context), 12))
            .with(tone, fit(&counted, 16))
            .with(Tone::Warn, early.map(|cover| format!("early, {} ", words::next_ask(&cover))).unwrap_or_default())
            .with(Tone::Muted, if act.posted.personal { "signed  " } else { "" })
            .foreign(Tone::Text, &act.text),
    );
}

/// What could be a campaign.
pub(super) fn suggestion(one: &Suggestion, page: &mut Page, context: &Context) {
    page.line(Line::of(Tone::Strong, SafeText::line(&one.key, 80).to_string()));
    page.prose(
        Tone::Text,
        0,
        &format!(
            "{} of ours of the last 30 days share it, the first of {}, and it is in no campaign.",
            words::many(one.acts, "post", "posts"),
            day(one.since, context)
        ),
    );
    page.gap();
    let key = |action: Action| context.keys().short(action).unwrap_or_default();
    page.line(Line::of(Tone::Key, format!(" {:>5}  ", key(Action::Open))).with(Tone::Text, "makes it a campaign"));
    page.line(
        Line::of(Tone::Key, format!(" {:>5}  ", key(Action::Dismiss))).with(Tone::Text, "does not suggest it again"),
    );
}
