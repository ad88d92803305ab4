//! The outbox: a row each, and all about the selected one below.

use super::brush::{Brush, inner, row_at};
use crate::domain::SafeText;
use crate::domain::outbox::{Outgoing, OutgoingState};
use crate::tui::app::flow::MARGIN;
use crate::tui::app::layout::{self, Area};
use crate::tui::app::outbox::{about, seconds_to, state_look, state_name};
use crate::tui::app::page::{Line, Page, Tone};
use crate::tui::app::text::fit;
use crate::tui::app::{Action, Model, when};

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let outbox = model.outbox();
    let many = outbox.items().count();
    let right = if outbox.stopped() {
        Line::of(Tone::Bad, "! sending is stopped")
    } else {
        Line::of(Tone::Muted, many.to_string())
    };
    let body = brush.pane(area, &Line::of(Tone::Strong, "Outbox"), &right, focused);
    let parts = layout::outbox(body);
    if many == 0 {
        let key = model.context().keys().short(Action::Reply).unwrap_or_default();
        let words = if outbox.known() {
            format!(
                "Nothing is on its way. {key} on a mention writes an answer; it is held here for a little while before it goes out."
            )
        } else {
            "reading …".to_owned()
        };
        brush.prose(inner(parts.list, MARGIN), &words, Tone::Muted);
        return;
    }
    let visible = outbox.items().enumerate().skip(outbox.offset()).take(usize::from(parts.list.height));
    for (line, (index, outgoing)) in visible.enumerate() {
        let area = Area { y: row_at(parts.list, line), height: 1, ..parts.list };
        row(brush, model, area, outgoing);
        if index == outbox.index() {
            brush.wash(area, brush.theme.selected(focused));
        }
    }
    if let Some(selected) = outbox.selected().filter(|_| parts.foot.height > 1) {
        brush.pane(
            Area { height: parts.foot.height, ..parts.foot },
            &Line::of(Tone::Strong, "This one"),
            &Line::new(),
            false,
        );
        let foot = inner(parts.foot.body(), MARGIN);
        let mut page = Page::new(usize::from(foot.width));
        about(selected, outbox, model.context(), &mut page);
        brush.page(foot, &page, 0);
    }
}

fn row(brush: &mut Brush<'_>, model: &Model, area: Area, outgoing: &Outgoing) {
    let context = model.context();
    let (tone, sign) = state_look(outgoing.state);
    let state = match (outgoing.state, outgoing.next) {
        (OutgoingState::Held, Some(next)) if next > context.now() => {
            format!("in {} s", seconds_to(context.now(), next))
        }
        (state, _) => state_name(state).to_owned(),
    };
    let stamp = when::stamp(context.zone(), context.now(), outgoing.changed);
    let everybody = || if outgoing.is_post() { "a post".to_owned() } else { String::new() };
    let who =
        outgoing.target.who.as_deref().map(|who| format!("@{}", who.trim_start_matches('@'))).unwrap_or_else(everybody);
    let words = SafeText::line(&outgoing.text(), 300);
    let line = Line::of(tone, format!(" {sign} {}", fit(&state, 14)))
        .with(Tone::Muted, format!(" {stamp} "))
        .with(
            Tone::Strong,
            format!("{} ", fit(SafeText::line(&who, 80).as_str(), if area.width < 100 { 18 } else { 30 })),
        )
        .with(
            Tone::Muted,
            if area.width < 100 { String::new() } else { format!("{} ", fit(outgoing.network.name(), 10)) },
        )
        .foreign(Tone::Text, &words);
    brush.line(area.x, area.y, area.width, &line);
}
