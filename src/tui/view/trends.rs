//! Trends, large: a chart a subject, with what it adds up to.

use super::brush::Brush;
use super::spark;
use crate::domain::SubjectId;
use crate::tui::app::Model;
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Tone};
use crate::tui::app::text::{grouped, short_number};
use crate::tui::app::trends::{Period, signed};
use crate::tui::app::when;

/// Columns left of a chart for its scale.
const SCALE: u16 = 6;

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let trends = model.trends();
    let title = Line::of(Tone::Strong, "Trends").with(Tone::Text, format!(" · {}", trends.period().name()));
    let each = Line::of(Tone::Muted, format!("each bar {}", trends.period().bucket_name()));
    let body = brush.pane(area, &title, &each, focused);
    let subjects = model.context().subjects();
    if subjects.is_empty() {
        brush.say(body.x + 1, body.y, body.width, "nobody is watched", Tone::Muted);
        return;
    }
    // A block needs a head, bars and an axis; as many subjects as fit are shown, the selected one among them.
    let fitting = usize::from(body.height / 4).max(1).min(subjects.len());
    let height = body.height / u16::try_from(fitting).unwrap_or(1).max(1);
    let start = (trends.index() + 1).saturating_sub(fitting);
    let mut y = body.y;
    for (index, subject) in subjects.iter().enumerate().skip(start).take(fitting) {
        let block = Area { y, height: height.min(16), ..body };
        draw_block(brush, model, block, subject.id, subject.name.as_str(), focused && index == trends.index());
        y += block.height;
    }
}

fn draw_block(brush: &mut Brush<'_>, model: &Model, area: Area, id: SubjectId, name: &str, selected: bool) {
    let trends = model.trends();
    let Some(sums) = trends.sums(id, model.context()) else {
        brush.say(area.x + 1, area.y, area.width, &format!("{name}  reading …"), Tone::Muted);
        return;
    };
    let counts = sums.counts;
    let mut line = Line::of(Tone::Strong, format!(" {name}  ")).with(Tone::Text, grouped(counts.total()));
    line = match sums.net {
        Some(net) => {
            let k = model.context().tell_factor_text();
            line.with(Tone::Text, format!("  net {}  k{k} {}", signed(net.plain), signed(net.weighted)))
        }
        None => line.with(Tone::Muted, "  net: too few"),
    };
    line = line
        .with(Tone::Negative, format!("   −{}", short_number(counts.negative)))
        .with(Tone::Muted, format!(" ·{}", short_number(counts.neutral)))
        .with(Tone::Positive, format!(" +{}", short_number(counts.positive)))
        .with(Tone::Complaint, format!("  !{}", short_number(counts.complaints)))
        .with(Tone::Question, format!(" ?{}", short_number(counts.questions)))
        .with(Tone::Positive, format!(" *{}", short_number(counts.praises)));
    if counts.unscored > 0 {
        line = line.with(Tone::Muted, format!("  unreadable {}", short_number(counts.unscored)));
    }
    brush.line(area.x, area.y, area.width, &line);
    if selected {
        brush.wash(Area { height: 1, ..area }, brush.theme.selected(true));
    }
    if area.height < 3 {
        return;
    }
    chart(brush, model, Area { y: area.y + 1, height: area.height - 1, ..area }, id);
}

/// The bars with a scale at the left and times below.
fn chart(brush: &mut Brush<'_>, model: &Model, area: Area, id: SubjectId) {
    let Some(series) = model.trends().series(id) else { return };
    let room = area.width.saturating_sub(SCALE + 2);
    let columns = spark::columns(series, usize::from(room));
    let count = u16::try_from(columns.len()).unwrap_or(room).max(1);
    let thick = (room / count).clamp(1, 6);
    let bars =
        Area { x: area.x + SCALE + 1, width: count * thick, height: area.height.saturating_sub(2).max(1), ..area };
    spark::chart(brush, bars, &columns, thick);
    let largest = columns.iter().map(|column| column.value).max().unwrap_or(0);
    let width = usize::from(SCALE);
    let top = bars.y + u16::from(bars.height > 1);
    brush.say(area.x, top, SCALE, &format!("{:>width$}", short_number(largest)), Tone::Muted);
    if area.height < 3 {
        return;
    }
    brush.say(
        area.x,
        bars.y + bars.height - 1,
        SCALE,
        &format!("{:>width$}", if bars.height > 2 { "0" } else { "" }),
        Tone::Muted,
    );
    times(brush, model, Area { y: bars.y + bars.height, height: 1, ..bars });
}

fn times(brush: &mut Brush<'_>, model: &Model, area: Area) {
    let context = model.context();
    let period = model.trends().period();
    let from = period.from(context.now(), context.zone());
    let (bucket, count) = period.buckets();
    let label = |steps: u32| {
        let Ok(at) = from.checked_add(bucket.saturating_mul(i32::try_from(steps).unwrap_or(0))) else {
            return String::new();
        };
        match period {
            Period::Day => when::clock(context.zone(), at),
            Period::Week | Period::Month => at.to_zoned(context.zone().clone()).strftime("%-d %b").to_string(),
        }
    };
    for quarter in 0..4u32 {
        let x = area.x + u16::try_from(u32::from(area.width) * quarter / 4).unwrap_or(0);
        brush.say(x, area.y, area.width / 4, &label(count * quarter / 4), Tone::Muted);
    }
    let end = "now";
    if area.width >= 24 {
        brush.say(area.x + area.width - 3, area.y, 3, end, Tone::Muted);
    }
}
