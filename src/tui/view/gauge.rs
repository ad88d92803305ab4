//! Giving before receiving: the health of the campaigns that run, or between campaigns the brand's balance.

use super::brush::{Brush, inner, row_at};
use crate::tui::app::Model;
use crate::tui::app::campaigns::{gauge, named_above};
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Tone};

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let name = named_above(model.campaigns(), usize::from(area.body().height));
    let title = match &name {
        Some(name) => Line::of(Tone::Strong, "Giving").with(Tone::Text, " · ").foreign(Tone::Text, name),
        None => Line::of(Tone::Strong, "Giving before receiving"),
    };
    let running = model.campaigns().board().map_or(0, |board| board.running().count());
    let right = if running > 1 { Line::of(Tone::Muted, format!("{running} run")) } else { Line::new() };
    let body = inner(brush.pane(area, &title, &right, focused), 1);
    let lines = gauge(model.campaigns(), usize::from(body.width), usize::from(body.height), model.context());
    for (row, line) in lines.iter().take(usize::from(body.height)).enumerate() {
        brush.line(body.x, row_at(body, row), body.width, line);
    }
}
