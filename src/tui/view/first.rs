//! What to answer first, and why.

use super::brush::{Brush, row_at};
use super::inbox;
use crate::domain::{MentionRow, Signal};
use crate::tui::app::Model;
use crate::tui::app::dossier::{forewords, intent_sign};
use crate::tui::app::figures::{self, Impact};
use crate::tui::app::first::Entry;
use crate::tui::app::layout::Area;
use crate::tui::app::lists::signal_name;
use crate::tui::app::page::{Line, Tone};
use crate::tui::app::text::{fit, fold, short_number};
use crate::tui::app::when;

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let first = model.first();
    let mut title = Line::of(Tone::Strong, "Answer first");
    if first.mentions() > 0 {
        title = title.with(Tone::Complaint, format!(" · {}", first.mentions()));
    }
    let why = if first.of_cases() { "the top of the inbox" } else { "by impact, then by waiting" };
    let why = Line::of(Tone::Muted, why);
    let body = brush.pane(area, &title, &why, focused);
    if first.entries().is_empty() {
        let (words, tone) = nothing(model);
        brush.say(body.x + 1, body.y, body.width.saturating_sub(2), &words, tone);
        return;
    }
    let visible = first.entries().iter().enumerate().skip(first.offset()).take(usize::from(body.height));
    for (line, (index, entry)) in visible.enumerate() {
        let area = Area { y: row_at(body, line), height: 1, ..body };
        let words = match entry {
            Entry::Signal(signal) => self::signal(signal, model),
            Entry::Case(row) => {
                let columns = usize::from(area.width).saturating_sub(1);
                let mut line = Line::of(Tone::Text, " ");
                line.0.extend(inbox::compose(model, row, columns, false).0);
                line
            }
            Entry::Mention(row, impact) => mention(row, impact, model, usize::from(area.width)),
        };
        brush.line(area.x, area.y, area.width, &words);
        if focused && index == first.index() {
            brush.wash(area, brush.theme.selected(true));
        }
    }
}

/// What an empty list means. It is only good news when something was heard and nothing old waits either.
fn nothing(model: &Model) -> (String, Tone) {
    match model.status().overview().filter(|_| model.first().known()) {
        None => ("reading …".to_owned(), Tone::Muted),
        Some(overview) if overview.mentions == 0 => ("nothing was heard yet".to_owned(), Tone::Muted),
        Some(_) if model.first().of_cases() => ("✓ nobody waits for an answer".to_owned(), Tone::Good),
        Some(overview) if overview.unread_complaints > 0 => {
            let words = format!(
                "nothing new waits; {} unread complaints are older than goodword's watch",
                overview.unread_complaints
            );
            (words, Tone::Text)
        }
        Some(_) => ("✓ no complaint and no question waits".to_owned(), Tone::Good),
    }
}

fn signal(signal: &Signal, model: &Model) -> Line {
    let since = when::since(model.context().now(), signal.at);
    Line::of(Tone::Text, " ")
        .with(Tone::Bad, "▲")
        .with(Tone::Strong, format!(" {since:>7}  "))
        .with(Tone::Bad, format!("{}: ", signal_name(signal.kind)))
        .foreign(Tone::Text, &signal.text)
}

fn mention(row: &MentionRow, impact: &Impact, model: &Model, width: usize) -> Line {
    let context = model.context();
    let reading = context.brand_id().and_then(|brand| figures::reading_for(row, brand));
    let (sign, tone) = intent_sign(reading.map_or(crate::domain::Intent::Other, |reading| reading.intents.primary()));
    let waits = when::since(context.now(), row.first_seen);
    let reach = match row.followers {
        Some(followers) => short_number(followers),
        None => "~".to_owned(),
    };
    let mut line = Line::of(Tone::Text, " ").with(tone, sign).with(Tone::Strong, format!(" {waits:>7}"));
    if width >= 64 {
        let reach = if impact.guessed { "reach ?".to_owned() } else { format!("reach {reach}") };
        line = line.with(Tone::Muted, format!("  {}", fit(&reach, 10)));
    }
    let story = if row.group_size > 1 { format!("×{}", row.group_size) } else { String::new() };
    line = line.with(Tone::Strong, format!(" {}", fit(&story, 4)));
    let author = fold(row.author.as_str(), context.emoji());
    line = line.with(Tone::Text, format!("{} ", fit(&author, if width >= 90 { 19 } else { 14 })));
    for foreword in forewords(row, width < 90) {
        line = line.with(foreword.tone, fold(&foreword.text, context.emoji()));
    }
    let words = if row.title.is_empty() { &row.excerpt } else { &row.title };
    line.with(Tone::Text, fold(words.as_str(), context.emoji()))
}
