//! Small charts of bars.

use ratatui::style::Style;

use super::brush::Brush;
use crate::domain::Counts;
use crate::tui::app::figures;
use crate::tui::app::layout::Area;
use crate::tui::app::page::Tone;

const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// A column of a chart: how many, and whether negative readings prevail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Column {
    pub(super) value: u64,
    pub(super) negative: bool,
}

/// Buckets poured into so many columns or fewer: neighbours are added up, none is split.
pub(super) fn columns(counts: &[Counts], room: usize) -> Vec<Column> {
    let column = |counts: &Counts| Column { value: counts.total(), negative: counts.negative > counts.positive };
    figures::rebucket(counts, room).iter().map(column).collect()
}

/// A chart: columns side by side, each `thick` columns of the screen, scaled to the largest. In a chart of several
/// rows a sign stands above the bars where negative readings prevail.
pub(super) fn chart(brush: &mut Brush<'_>, area: Area, columns: &[Column], thick: u16) {
    let largest = columns.iter().map(|column| column.value).max().unwrap_or(0).max(1);
    let signs = area.height > 1;
    let bars = Area { y: area.y + u16::from(signs), height: area.height - u16::from(signs), ..area };
    let eighths = u64::from(bars.height) * 8;
    for (place, column) in columns.iter().enumerate() {
        let Some(x) = u16::try_from(place).ok().and_then(|place| place.checked_mul(thick)) else { break };
        if x >= area.width {
            break;
        }
        // Anything at all is at least the lowest bar.
        let tall = (column.value.saturating_mul(eighths)).div_ceil(largest).min(eighths);
        let style = if column.negative { brush.theme.bad_bar() } else { brush.theme.bar() };
        let wide = thick.saturating_sub(u16::from(thick > 2)).max(1).min(area.width - x);
        bar(brush, Area { x: area.x + x, width: wide, ..bars }, tall, style);
        if signs && column.negative {
            let rows = u16::try_from(tall.div_ceil(8)).unwrap_or(bars.height);
            let y = bars.y + bars.height - rows.min(bars.height) - 1;
            brush.say(area.x + x + (wide - 1) / 2, y, 1, "−", Tone::Negative);
        }
    }
}

fn bar(brush: &mut Brush<'_>, area: Area, eighths: u64, style: Style) {
    for row in 0..area.height {
        let level = eighths.saturating_sub(u64::from(row) * 8).min(8);
        let Some(sign) = level.checked_sub(1).and_then(|level| BARS.get(usize::try_from(level).ok()?)) else { break };
        for x in area.x..area.x + area.width {
            brush.sign(x, area.y + area.height - 1 - row, sign, style);
        }
    }
}

/// A horizontal bar of so many columns, filled by a share (0 to 1).
pub(super) fn share(brush: &mut Brush<'_>, x: u16, y: u16, width: u16, share: f64) {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a share of a few hundred columns
    let filled = (share.clamp(0.0, 1.0) * f64::from(width)).round() as u16;
    for column in 0..width {
        let (sign, style) = if column < filled { ("█", brush.theme.bar()) } else { ("░", brush.theme.line()) };
        brush.sign(x + column, y, sign, style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_marked_where_negative_ones_prevail() {
        let mixed = [
            Counts { negative: 2, positive: 1, ..Counts::default() },
            Counts { negative: 1, positive: 1, ..Counts::default() },
        ];
        assert_eq!(columns(&mixed, 2).iter().map(|one| one.negative).collect::<Vec<_>>(), [true, false]);
    }
}
