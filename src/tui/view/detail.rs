//! The whole of one mention.

use super::brush::Brush;
use crate::tui::app::Model;
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Tone};

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let detail = model.detail();
    let mut title = Line::of(Tone::Strong, "Mention");
    if model.shows_most_urgent() {
        title = title.with(Tone::Text, " · to answer first");
    }
    let page = if detail.row().is_some() { Ok(detail.scrolled()) } else { Err("no mention is selected") };
    brush.scrolled(area, &title, page, focused);
}
