//! The clocks of today, compact.

use super::brush::{Brush, inner, row_at};
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Tone};
use crate::tui::app::{Action, Model};

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let title = Line::of(Tone::Strong, "Clocks").with(Tone::Text, " · today");
    let waiting = model.clocks().waiting().map(|words| Line::of(Tone::Text, words)).unwrap_or_default();
    let body = brush.pane(area, &title, &waiting, focused);
    let columns = area.width.saturating_sub(1);
    let lines = model.clocks().lines(usize::from(columns), model.context());
    for (row, line) in lines.iter().take(usize::from(body.height)).enumerate() {
        brush.line(body.x + 1, row_at(body, row), columns, line);
    }
    // Alone on the screen there is room to say where the rest is.
    let more = Area { y: row_at(body, lines.len() + 1), ..body };
    if let Some(key) = model.context().keys().short(Action::Open).filter(|_| model.desk().zoomed() && body.height > 8) {
        let words = format!(
            "{key} opens the whole: each network and voice, what the figures mean, and what became of people after our answers."
        );
        brush.prose(inner(Area { height: 3, ..more }, 1), &words, Tone::Muted);
    }
}
