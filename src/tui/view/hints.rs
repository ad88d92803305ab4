//! The hint bar; a notice takes its place until the next key.

use super::brush::Brush;
use crate::tui::app::Model;
use crate::tui::app::hints;
use crate::tui::app::layout::Area;
use crate::tui::app::msg::{Notice, Weight};
use crate::tui::app::page::Tone;
use crate::tui::app::text::width;

pub(super) fn bar(brush: &mut Brush<'_>, model: &Model, area: Area) {
    if let Some(notice) = model.status().shown() {
        return say(brush, notice, area);
    }
    let mut x = area.x + 1;
    let mut end = area.x + area.width;
    // The way to everything else is always there.
    if let Some((key, words)) = hints::last(model) {
        let wide = u16::try_from(width(&key) + width(&words) + 3).unwrap_or(area.width).min(area.width);
        end -= wide;
        let used = brush.say(end + 1, area.y, wide, &key, Tone::Key);
        brush.say(end + 2 + used, area.y, wide, &words, Tone::Muted);
    }
    for (key, words) in hints::hints(model) {
        let wide = u16::try_from(width(&key) + width(&words) + 1).unwrap_or(u16::MAX);
        if x.saturating_add(wide) >= end {
            break;
        }
        x += brush.say(x, area.y, end - x, &key, Tone::Key) + 1;
        x += brush.say(x, area.y, end - x, &words, Tone::Muted) + 2;
    }
}

/// On a screen without a hint bar a notice covers the status line.
pub(super) fn notice_only(brush: &mut Brush<'_>, model: &Model, area: Area) {
    if let Some(notice) = model.status().shown() {
        brush.clear(area);
        say(brush, notice, area);
    }
}

fn say(brush: &mut Brush<'_>, notice: &Notice, area: Area) {
    let (sign, tone) = match notice.weight {
        Weight::Info => ("", Tone::Text),
        Weight::Trouble => ("! ", Tone::Bad),
    };
    brush.say(area.x + 1, area.y, area.width.saturating_sub(2), &format!("{sign}{}", notice.text), tone);
}
