//! The watches and their queries.

use super::brush::{Brush, inner, row_at};
use crate::domain::SafeText;
use crate::tui::app::Model;
use crate::tui::app::layout::{self, Area};
use crate::tui::app::page::{Line, Tone};
use crate::tui::app::text::fit;

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let context = model.context();
    let right = Line::of(Tone::Muted, format!("{} in all", context.watches().len()));
    let body = brush.pane(area, &Line::of(Tone::Strong, "Watches"), &right, focused);
    if context.watches().is_empty() {
        brush.say(body.x + 1, body.y, body.width.saturating_sub(2), "nothing is watched for", Tone::Muted);
        return;
    }
    let (name_columns, subject_columns) = if body.width >= 80 { (26, 18) } else { (16, 10) };
    let parts = layout::table(body);
    if parts.head.height > 0 {
        let words = format!(" {} {} query", fit("watch", name_columns), fit("for", subject_columns));
        brush.say(parts.head.x, parts.head.y, parts.head.width, &words, Tone::Muted);
    }
    let watches = model.watches();
    let visible = context.watches().iter().enumerate().skip(watches.offset()).take(usize::from(parts.list.height));
    for (line, (index, watch)) in visible.enumerate() {
        let area = Area { y: row_at(parts.list, line), height: 1, ..parts.list };
        let name = SafeText::line(&watch.name, 80);
        let words = Line::of(Tone::Strong, format!(" {} ", fit(name.as_str(), name_columns)))
            .with(Tone::Text, format!("{} ", fit(context.subject_name(watch.subject), subject_columns)))
            .foreign(Tone::Muted, &SafeText::line(&watch.query, 400));
        brush.line(area.x, area.y, area.width, &words);
        if focused && index == watches.index() {
            brush.wash(area, brush.theme.selected(true));
        }
    }
    if parts.foot.height > 0
        && let Some(watch) = watches.selected(context)
    {
        let area = inner(Area { y: parts.foot.y + 1, height: parts.foot.height - 1, ..parts.foot }, 1);
        let used = brush.prose(area, SafeText::block(&watch.query).as_str(), Tone::Text);
        let rest = Area { y: area.y + used, height: area.height.saturating_sub(used), ..area };
        if !watch.context.is_empty() && rest.height > 0 {
            let words = SafeText::line(&watch.context.join(", "), 400);
            brush.prose(rest, &format!("meant when near: {words}"), Tone::Muted);
        }
    }
}
