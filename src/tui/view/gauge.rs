//! Giving before receiving: says where the books are, until campaigns have a gauge here. Nothing is made up.

use super::brush::{Brush, inner};
use crate::tui::app::Model;
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Tone};

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let _ = model;
    let title = Line::of(Tone::Strong, "Giving before receiving");
    let body = inner(brush.pane(area, &title, &Line::new(), focused), 1);
    let used = brush.prose(Area { height: body.height.min(2), ..body }, "no campaign is defined", Tone::Text);
    let rest = Area { y: body.y + used, height: body.height.saturating_sub(used), ..body };
    let words = if area.width < 40 {
        "`goodword ledger` has the books."
    } else {
        "`goodword ledger` shows what was given and asked, `goodword rehearse` what a post would do. Campaigns get their gauge here."
    };
    brush.prose(rest, words, Tone::Muted);
}
