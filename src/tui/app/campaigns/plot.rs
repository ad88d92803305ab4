//! A plot of a health over time, in eighths of a row, with its bands at the left.

use jiff::tz::TimeZone;

use super::page::band_tone;
use crate::domain::Timestamp;
use crate::measure::giving::health::Band;
use crate::tui::app::page::{Line, Page, Tone};

const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/// Columns left of the plot for its scale.
const SCALE: usize = 5;

/// Draws the points (0 to 100 each) as bars in so many rows; where a value is missing, a dot stands on the ground.
pub(super) fn plot(points: &[(Timestamp, Option<f64>)], rows: usize, page: &mut Page, zone: &TimeZone) {
    let room = page.columns().saturating_sub(SCALE + 1).max(1);
    let thick = (room / points.len().max(1)).clamp(1, 4);
    let skip = points.len().saturating_sub(room);
    let shown = points.get(skip..).unwrap_or_default();
    for row in (0..rows).rev() {
        let line = Line::of(Tone::Muted, format!("{:>4} ", scale(row, rows)));
        page.line(shown.iter().fold(line, |line, (_, value)| {
            let (tone, sign) = cell(*value, row, rows);
            // A gap between bars that are wide enough keeps them apart.
            let wide = if thick > 2 { thick - 1 } else { thick };
            line.with(tone, format!("{}{}", sign.repeat(wide), " ".repeat(thick - wide)))
        }));
    }
    let day = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%-d %b").to_string();
    if let (Some((first, _)), Some((last, _))) = (shown.first(), shown.last()) {
        let (first, last) = (day(*first), day(*last));
        let wide = (shown.len() * thick).max(first.len() + last.len() + 1);
        let gap = wide.saturating_sub(first.len() + last.len());
        page.line(Line::of(Tone::Muted, format!("{}{first}{}{last}", " ".repeat(SCALE), " ".repeat(gap))));
    }
}

/// What stands at the left of a row: the top, and the bounds of the bands where they begin.
fn scale(row: usize, rows: usize) -> String {
    let low = row as f64 * 100.0 / rows as f64;
    let high = (row + 1) as f64 * 100.0 / rows as f64;
    if row + 1 == rows {
        return "100".to_owned();
    }
    [40.0, 70.0]
        .into_iter()
        .find(|bound| low <= *bound && *bound < high)
        .map_or_else(String::new, |bound: f64| format!("{bound:.0}"))
}

fn cell(value: Option<f64>, row: usize, rows: usize) -> (Tone, &'static str) {
    let Some(value) = value else { return (Tone::Muted, if row == 0 { "·" } else { " " }) };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // eighths of a few rows
    let eighths = ((value.clamp(0.0, 100.0) / 100.0 * (rows * 8) as f64).round() as usize).max(1);
    let level = eighths.saturating_sub(row * 8).min(8);
    let sign = level.checked_sub(1).and_then(|level| BARS.get(level)).copied().unwrap_or(" ");
    (band_tone(Band::of(value)), sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_reach_as_high_as_the_health_and_what_is_missing_is_a_dot() {
        let at = |day: i64| Timestamp::from_second(1_750_000_000 + day * 86_400).unwrap();
        let points = [(at(0), None), (at(1), Some(39.0)), (at(2), Some(70.0)), (at(3), Some(100.0))];
        let mut page = Page::new(10);
        plot(&points, 4, &mut page, &TimeZone::UTC);
        let lines: Vec<String> = page.lines().iter().map(Line::words).collect();
        assert_eq!(lines[..4], [" 100    █", "  70   ▆█", "  40  ▄██", "     ·███"]);
        assert!(lines[4].contains("15 Jun") && lines[4].contains("18 Jun"), "{lines:?}");
    }
}
