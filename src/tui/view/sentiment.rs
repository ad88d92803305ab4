//! Sentiment and share of voice, compact: a row a subject.

use super::brush::{Brush, row_at};
use super::spark;
use crate::domain::SubjectId;
use crate::tui::app::Model;
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Tone};
use crate::tui::app::text::{fit, grouped, short_number, width};
use crate::tui::app::trends::signed;

/// Columns of the figures at the right: how many, net, k net.
const COUNT: usize = 6;
const NET: usize = 7;

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let title = Line::of(Tone::Strong, "Sentiment").with(Tone::Text, format!(" · {}", model.trends().period().name()));
    let k = format!("k{}", model.context().tell_factor_text());
    let heads = Line::of(Tone::Muted, format!("{:>COUNT$}{:>NET$}{:>NET$}", "all", "net", k));
    let body = brush.pane(area, &title, &heads, focused);
    let names = names_width(model, area.width);
    let rows = usize::from(body.height);
    for (line, subject) in model.context().subjects().iter().take(rows).enumerate() {
        let area = Area { y: row_at(body, line), height: 1, ..body };
        row(brush, model, area, subject.id, subject.name.as_str(), names);
        if focused && line == model.trends().index() {
            brush.wash(area, brush.theme.selected(true));
        }
    }
    let used = model.context().subjects().len();
    if used < rows {
        tally(brush, model, Area { y: row_at(body, used), height: 1, ..body });
    }
}

fn row(brush: &mut Brush<'_>, model: &Model, area: Area, id: SubjectId, name: &str, names: usize) {
    let names_columns = u16::try_from(names).unwrap_or(area.width);
    brush.say(area.x + 1, area.y, names_columns, name, Tone::Text);
    let figures = u16::try_from(COUNT + 2 * NET + 2).unwrap_or(area.width);
    let (Some(series), Some(sums)) = (model.trends().series(id), model.trends().sums(id, model.context())) else {
        brush.say(area.x + 2 + names_columns, area.y, area.width, "reading …", Tone::Muted);
        return;
    };
    let room = area.width.saturating_sub(names_columns + 3 + figures);
    let columns = spark::columns(series, usize::from(room));
    let wide = u16::try_from(columns.len()).unwrap_or(room);
    // The newest bar stands at the right end, beside the figures.
    let chart = Area { x: area.x + 2 + names_columns + (room - wide), width: wide, ..area };
    spark::chart(brush, chart, &columns, 1);
    let mut line = Line::of(Tone::Text, format!("{:>COUNT$}", short_number(sums.counts.total())));
    line = match sums.net {
        Some(net) => line
            .with(score_tone(net.plain), format!("{:>NET$}", signed(net.plain)))
            .with(score_tone(net.weighted), format!("{:>NET$}", signed(net.weighted))),
        None => line.with(Tone::Muted, format!("{:>1$}", "too few", 2 * NET)),
    };
    brush.line(area.x + area.width.saturating_sub(figures), area.y, figures, &line);
}

/// The colour only repeats the sign.
fn score_tone(score: f64) -> Tone {
    match score {
        score if score <= -0.005 => Tone::Negative,
        score if score >= 0.005 => Tone::Positive,
        _ => Tone::Text,
    }
}

fn tally(brush: &mut Brush<'_>, model: &Model, area: Area) {
    let Some(sums) = model.context().brand_id().and_then(|id| model.trends().sums(id, model.context())) else { return };
    let counts = sums.counts;
    let line = Line::of(Tone::Negative, format!("− {}", short_number(counts.negative)))
        .with(Tone::Muted, format!("  · {}", short_number(counts.neutral)))
        .with(Tone::Positive, format!("  + {}", short_number(counts.positive)))
        .with(Tone::Complaint, format!("   ! {}", short_number(counts.complaints)))
        .with(Tone::Question, format!("  ? {}", short_number(counts.questions)))
        .with(Tone::Positive, format!("  * {}", short_number(counts.praises)));
    brush.line(area.x + 1, area.y, area.width.saturating_sub(1), &line);
}

fn names_width(model: &Model, room: u16) -> usize {
    let longest = model.context().subjects().iter().map(|subject| width(subject.name.as_str())).max().unwrap_or(0);
    longest.min(usize::from(room) * 3 / 10).max(4)
}

/// Share of voice.
pub(super) fn voice(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let title =
        Line::of(Tone::Strong, "Share of voice").with(Tone::Text, format!(" · {}", model.trends().period().name()));
    let body = brush.pane(area, &title, &Line::new(), focused);
    let names = names_width(model, area.width);
    let names_columns = u16::try_from(names).unwrap_or(area.width);
    for (line, subject) in model.context().subjects().iter().take(usize::from(body.height)).enumerate() {
        let y = row_at(body, line);
        brush.say(body.x + 1, y, names_columns, subject.name.as_str(), Tone::Text);
        let x = body.x + 2 + names_columns;
        let Some(sums) = model.trends().sums(subject.id, model.context()) else {
            brush.say(x, y, body.width, "reading …", Tone::Muted);
            continue;
        };
        let figure = match sums.share {
            Some(share) => format!("{:>4.0} %  {:>7}", share * 100.0, grouped(sums.counts.total())),
            None => format!("too few  {:>6}", grouped(sums.counts.total())),
        };
        let figure = fit(&figure, 15);
        let room = body.width.saturating_sub(names_columns + 3 + 16);
        if let Some(share) = sums.share {
            spark::share(brush, x, y, room, share);
        }
        brush.say(body.x + body.width.saturating_sub(16), y, 15, &figure, Tone::Text);
        if focused && line == model.trends().index() {
            brush.wash(Area { y, height: 1, ..body }, brush.theme.selected(true));
        }
    }
}
