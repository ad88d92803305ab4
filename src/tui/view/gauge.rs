//! Giving before receiving. What the brand itself publishes is not known yet, and nothing is made up.

use super::brush::{Brush, inner};
use crate::tui::app::Model;
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Tone};

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let _ = model;
    let title = Line::of(Tone::Strong, "Giving before receiving");
    let body = inner(brush.pane(area, &title, &Line::new(), focused), 1);
    let used = brush.prose(Area { height: body.height.min(2), ..body }, "no acts known yet", Tone::Text);
    let rest = Area { y: body.y + used, height: body.height.saturating_sub(used), ..body };
    let words = if area.width < 40 {
        "Live once the brand's own posts can be read."
    } else {
        "It weighs what the brand gives against what it asks for, once the brand's own posts can be read."
    };
    brush.prose(rest, words, Tone::Muted);
}
