//! The clocks of today, compact.

use super::brush::{Brush, row_at};
use crate::tui::app::Model;
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Tone};

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let title = Line::of(Tone::Strong, "Clocks").with(Tone::Text, " · today");
    let waiting = model.clocks().waiting().map(|words| Line::of(Tone::Text, words)).unwrap_or_default();
    let body = brush.pane(area, &title, &waiting, focused);
    let columns = area.width.saturating_sub(1);
    let lines = model.clocks().lines(usize::from(columns), model.context());
    for (row, line) in lines.iter().take(usize::from(body.height)).enumerate() {
        brush.line(body.x + 1, row_at(body, row), columns, line);
    }
}
