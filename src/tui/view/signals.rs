//! The newest signals.

use super::brush::{Brush, inner, row_at};
use crate::domain::SignalKind;
use crate::tui::app::Model;
use crate::tui::app::layout::{self, Area};
use crate::tui::app::lists::signal_name;
use crate::tui::app::page::{Line, Tone};
use crate::tui::app::when;

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let signals = model.signals();
    let unseen = signals.unseen();
    let right = if unseen > 0 { Line::of(Tone::Bad, format!("{unseen} unseen")) } else { Line::new() };
    let body = brush.pane(area, &Line::of(Tone::Strong, "Signals"), &right, focused);
    if signals.all().is_empty() {
        let words = if signals.known() { "nothing had to be told at once" } else { "reading …" };
        brush.say(body.x + 1, body.y, body.width.saturating_sub(2), words, Tone::Muted);
        return;
    }
    let context = model.context();
    let parts = layout::table(body);
    if parts.head.height > 0 {
        brush.say(parts.head.x, parts.head.y, parts.head.width, "     when  what", Tone::Muted);
    }
    let visible = signals.all().iter().enumerate().skip(signals.offset()).take(usize::from(parts.list.height));
    for (line, (index, signal)) in visible.enumerate() {
        let area = Area { y: row_at(parts.list, line), height: 1, ..parts.list };
        let tone = if signal.seen { Tone::Muted } else { Tone::Text };
        let words = Line::of(if signal.seen { Tone::Muted } else { Tone::Bad }, format!(" {} ", sign(signal.kind)))
            .with(Tone::Muted, format!("{} ", when::stamp(context.zone(), context.now(), signal.at)))
            .with(Tone::Muted, format!("{:<10}", signal_name(signal.kind)))
            .foreign(tone, &signal.text);
        brush.line(area.x, area.y, area.width, &words);
        if focused && index == signals.index() {
            brush.wash(area, brush.theme.selected(true));
        }
    }
    if parts.foot.height > 0
        && let Some(signal) = signals.selected()
    {
        let area = inner(Area { y: parts.foot.y + 1, height: parts.foot.height - 1, ..parts.foot }, 1);
        let line = Line::of(Tone::Strong, signal_name(signal.kind))
            .with(Tone::Muted, format!("  {}", when::full(context.zone(), context.now(), signal.at)));
        brush.line(area.x, area.y, area.width, &line);
        brush.prose(
            Area { y: area.y + 1, height: area.height.saturating_sub(1), ..area },
            signal.text.as_str(),
            Tone::Text,
        );
    }
}

fn sign(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::Spike | SignalKind::Flood => "▲",
        SignalKind::Silence | SignalKind::Canned => "~",
        SignalKind::SourceTrouble
        | SignalKind::StoreTrouble
        | SignalKind::Late
        | SignalKind::PromiseDue
        | SignalKind::Backlash
        | SignalKind::HandOverDue => "!",
    }
}
