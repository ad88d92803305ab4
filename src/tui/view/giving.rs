//! Our own posts as gives and asks, and the books beside them.

use super::brush::{Brush, inner, row_at};
use crate::domain::SafeText;
use crate::engine::books::shown::Standing;
use crate::tui::app::flow::MARGIN;
use crate::tui::app::giving::pages;
use crate::tui::app::layout::{self, Area};
use crate::tui::app::page::{Line, Page, Tone};
use crate::tui::app::text::{fit, grouped};
use crate::tui::app::{Model, when};

/// The posts.
pub(super) fn acts(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let giving = model.giving();
    let right = giving.shown().map_or_else(Line::new, |shown| Line::of(Tone::Muted, grouped(shown.all as u64)));
    let body = brush.pane(area, &Line::of(Tone::Strong, "Our posts"), &right, focused);
    let parts = layout::outbox(body);
    if giving.acts().is_empty() {
        let words = if giving.known() {
            "No post of ours is known. They are collected from the accounts that you log in with and from feeds of your own."
        } else {
            "reading …"
        };
        brush.prose(inner(parts.list, MARGIN), words, Tone::Muted);
        return;
    }
    let visible = giving.acts().iter().enumerate().skip(giving.offset()).take(usize::from(parts.list.height));
    for (line, (index, standing)) in visible.enumerate() {
        let area = Area { y: row_at(parts.list, line), height: 1, ..parts.list };
        row(brush, model, area, standing);
        if index == giving.index() {
            brush.wash(area, brush.theme.selected(focused));
        }
    }
    if let Some(selected) = giving.selected().filter(|_| parts.foot.height > 1) {
        brush.pane(parts.foot, &Line::of(Tone::Strong, "This one"), &Line::new(), false);
        let foot = inner(parts.foot.body(), MARGIN);
        let mut page = Page::new(usize::from(foot.width));
        pages::about(&mut page, selected, model.context());
        brush.page(foot, &page, 0);
    }
}

fn row(brush: &mut Brush<'_>, model: &Model, area: Area, standing: &Standing) {
    let context = model.context();
    let deed = standing.line.entry.deed;
    let (tone, sign) = pages::look(deed.gesture());
    let (note_tone, note) = pages::note(&standing.line);
    let confirmed = if standing.read.confirmed() { "✓" } else { " " };
    let line = Line::of(tone, format!(" {sign} {}", fit(deed.words(), 16)))
        .with(Tone::Good, confirmed)
        .with(Tone::Muted, format!(" {} ", when::stamp(context.zone(), context.now(), standing.act.published)))
        .with(note_tone, format!("{} ", fit(&note, 15)))
        .foreign(Tone::Text, &SafeText::line(standing.act.text.as_str(), 300));
    brush.line(area.x, area.y, area.width, &line);
}

/// The books.
pub(super) fn ledger(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let (page, scroll) = model.giving().ledger();
    let body = brush.pane(area, &Line::of(Tone::Strong, "The books"), &Line::new(), focused);
    brush.page(inner(body, MARGIN), page, scroll);
}
