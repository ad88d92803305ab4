//! The gauge of the dashboard: as much as there is room for, what matters most first.

use super::Campaigns;
use super::page::{band_tone, bar, four, health_words};
use crate::domain::SafeText;
use crate::engine::campaigns::{Board, Report, words};
use crate::measure::giving::health::reception_band;
use crate::measure::giving::ledger::Cover;
use crate::tui::app::action::Action;
use crate::tui::app::context::Context;
use crate::tui::app::page::{Line, Tone};
use crate::tui::app::text::{clip, fit, wrap};

/// Rows from which each part has a bar of its own.
const TALL: usize = 7;
/// Rows from which the campaign's name, the bars and the next ask have a row each; below, one row has all but the name,
/// which goes into the title of the pane.
const ROOMY: usize = 5;

/// The lines of the gauge, for so many columns and rows.
pub fn gauge(campaigns: &Campaigns, columns: usize, rows: usize, context: &Context) -> Vec<Line> {
    let Some(board) = campaigns.board() else { return vec![Line::of(Tone::Muted, "reading …")] };
    let mut lines = match board.running().next() {
        Some(first) => {
            let mut lines = campaign(first, columns, rows);
            for other in board.running().skip(1) {
                lines.push(head(other, columns));
            }
            lines
        }
        None => between(board, columns, rows, context),
    };
    lines.truncate(rows);
    lines
}

/// The name of the campaign that the gauge shows, where there are too few rows to say it below the title.
pub fn named_above(campaigns: &Campaigns, rows: usize) -> Option<SafeText> {
    let first = campaigns.board()?.running().next()?;
    (rows < ROOMY).then(|| SafeText::line(&first.campaign.terms.name, 60))
}

fn head(report: &Report, columns: usize) -> Line {
    let (tone, health) = health_words(report);
    let room = columns.saturating_sub(health.chars().count() + 2);
    let name = SafeText::line(&report.campaign.terms.name, 60);
    Line::of(tone, health).with(Tone::Strong, format!("  {}", clip(name.as_str(), room)))
}

fn next(next: &Cover) -> Line {
    let tone = if next.is_early() { Tone::Warn } else { Tone::Good };
    Line::of(Tone::Muted, "next ask: ").with(tone, words::next_ask(next))
}

/// Wrapped words, at most so many lines; what does not fit is cut with a sign.
fn prose(tone: Tone, words: &str, columns: usize, most: usize) -> Vec<Line> {
    let mut lines = wrap(words, columns, usize::MAX);
    if lines.len() > most {
        let rest = lines.split_off(most.saturating_sub(1)).join(" ");
        lines.extend((most > 0).then(|| clip(&rest, columns).into_owned()));
    }
    lines.into_iter().map(|line| Line::of(tone, line)).collect()
}

/// Health, bars and next ask in one row, then the sentence that matters most.
fn low(report: &Report, four: &[(&'static str, f64, f64)], columns: usize, rows: usize) -> Vec<Line> {
    let (tone, health) = health_words(report);
    let early = report.next.is_early();
    let (ask, short) = match words::next_ask(&report.next) {
        words if early => (format!("next ask: {words}"), words),
        words => (format!("next ask: {words}"), format!("ask is {words}")),
    };
    let of = |gaps: &str, between: &str, ask: &str| {
        let line = four.iter().enumerate().fold(Line::of(tone, health.clone()), |line, (place, (name, share, _))| {
            let letter: String = name.chars().take(1).collect();
            line.with(Tone::Muted, format!("{}{letter}", if place > 0 { between } else { gaps }))
                .with(band_tone(reception_band(*share)), tall(*share, 1))
        });
        line.with(if early { Tone::Warn } else { Tone::Good }, format!("{gaps}{ask}"))
    };
    let bare = || Line::of(tone, health.clone()).with(Tone::Text, "  ").with(Tone::Text, short.clone());
    let ways = [of("  ", " ", &ask), of("  ", " ", &short), of(" ", "", &short)];
    let first = ways.into_iter().find(|line| line.width() <= columns).unwrap_or_else(bare);
    let mut lines = vec![first];
    lines.extend(prose(Tone::Text, &words::sentence(report), columns, rows.saturating_sub(1)));
    lines
}

fn campaign(report: &Report, columns: usize, rows: usize) -> Vec<Line> {
    let four = four(report);
    if rows < ROOMY {
        return low(report, &four, columns, rows);
    }
    let mut lines = vec![head(report, columns)];
    if four.is_empty() {
        lines.extend(prose(Tone::Muted, &words::sentence(report), columns, rows - 1));
        return lines;
    }
    if rows >= TALL {
        let wide = columns.saturating_sub(17).clamp(4, 24);
        lines.extend(four.iter().map(|(name, share, points)| {
            Line::of(Tone::Muted, fit(name, 10))
                .with(band_tone(reception_band(*share)), bar(*share, wide))
                .with(Tone::Text, format!(" {:>2.0}/{points:.0}", share * points))
        }));
    } else {
        lines.push(short(&four, columns));
    }
    if rows > lines.len() {
        lines.push(next(&report.next));
    }
    let left = rows.saturating_sub(lines.len());
    lines.extend(prose(Tone::Text, &words::sentence(report), columns, left));
    if let Some(given) = words::given(report).filter(|_| rows > lines.len()) {
        lines.extend(prose(Tone::Muted, &given, columns, rows - lines.len()));
    }
    lines
}

/// The four bars in one line, each a few columns long.
fn short(four: &[(&'static str, f64, f64)], columns: usize) -> Line {
    let label = if columns >= 52 { 9 } else { 3 };
    let wide = (columns / 4).saturating_sub(label + 2).clamp(2, 8);
    four.iter().enumerate().fold(Line::new(), |line, (place, (name, share, _))| {
        let name: String = name.chars().take(label).collect();
        line.with(Tone::Muted, format!("{}{name} ", if place > 0 { " " } else { "" }))
            .with(band_tone(reception_band(*share)), if wide < 4 { tall(*share, wide) } else { bar(*share, wide) })
    })
}

/// A bar that grows upwards, for where it cannot grow sideways: eight heights.
fn tall(share: f64, columns: usize) -> String {
    const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // one of eight
    let height = (share.clamp(0.0, 1.0) * 8.0).round() as usize;
    BARS.get(height.saturating_sub(1)).copied().unwrap_or("█").repeat(columns)
}

fn between(board: &Board, columns: usize, rows: usize, context: &Context) -> Vec<Line> {
    let mut lines =
        vec![Line::of(Tone::Muted, "balance: ").with(Tone::Strong, words::balance(board)), next(&board.next)];
    let key = context.keys().short(Action::ViewCampaigns).unwrap_or_default();
    let told = match board.suggestions.first() {
        Some(one) => {
            format!("{} posts share {}: {key}", one.acts, SafeText::line(&one.key, 40))
        }
        None => format!("no campaign runs; {key} makes one"),
    };
    let left = rows.saturating_sub(lines.len());
    lines.extend(prose(Tone::Muted, &told, columns, left));
    lines
}
