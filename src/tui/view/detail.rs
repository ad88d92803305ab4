//! The whole of one mention.

use super::brush::{Brush, inner};
use crate::tui::app::Model;
use crate::tui::app::flow::MARGIN;
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Tone};

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let detail = model.detail();
    let mut title = Line::of(Tone::Strong, "Mention");
    if model.shows_most_urgent() {
        title = title.with(Tone::Text, " · to answer first");
    }
    let lines = detail.page().lines().len();
    let rows = usize::from(area.body().height);
    let right = if lines > rows {
        let seen = (detail.scroll() + rows).min(lines);
        Line::of(Tone::Muted, format!("{} %", seen * 100 / lines.max(1)))
    } else {
        Line::new()
    };
    let body = inner(brush.pane(area, &title, &right, focused), MARGIN);
    if detail.row().is_none() {
        brush.say(body.x, body.y, body.width, "no mention is selected", Tone::Muted);
        return;
    }
    brush.page(body, detail.page(), detail.scroll());
}
