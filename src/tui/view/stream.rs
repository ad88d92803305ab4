//! The stream of mentions.

use super::brush::{Brush, row_at};
use super::row::{self, Look};
use super::sources::reason;
use crate::domain::SourceHealth;
use crate::tui::app::asks::Thing;
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Tone};
use crate::tui::app::stream::Tab;
use crate::tui::app::text::grouped;
use crate::tui::app::{Action, Model};

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let stream = model.stream();
    let body = brush.pane(area, &title(model, area.width, focused), &right(model), focused);
    if stream.window().is_empty() {
        return empty(brush, model, body);
    }
    let visible = stream.window().iter().enumerate().skip(stream.offset()).take(usize::from(body.height));
    for (line, (index, row)) in visible.enumerate() {
        let area = Area { y: row_at(body, line), height: 1, ..body };
        let look = Look { subject: stream.subject(), selected: index == stream.index(), focused };
        row::draw(brush, model, area, row, look);
    }
}

fn title(model: &Model, width: u16, focused: bool) -> Line {
    let stream = model.stream();
    let mut line = Line::of(Tone::Strong, if stream.stories() { "Mentions" } else { "Single mentions" });
    // What is new matters more than the names of the other tabs.
    let room = if stream.waiting() > 0 { 110 } else { 76 };
    if focused && width >= room {
        line = line.with(Tone::Muted, " · ");
        for tab in Tab::ALL {
            let chosen = tab == stream.tab();
            let words = if chosen { format!("[{}]", tab.name()) } else { format!(" {} ", tab.name()) };
            line = line.with(if chosen { Tone::Strong } else { Tone::Muted }, words);
        }
    } else {
        line = line.with(Tone::Text, format!(" · {}", stream.tab().name()));
    }
    let whose = stream.subject().map_or("everybody", |id| model.context().subject_name(id));
    if model.context().subjects().len() > 1 || stream.subject().is_none() {
        line = line.with(Tone::Text, format!(" · {whose}"));
    }
    if !model.marks().is_empty() {
        line = line.with(Tone::Good, format!(" · ✓ {} marked", model.marks().len()));
    }
    line
}

fn right(model: &Model) -> Line {
    let waiting = model.stream().waiting();
    if waiting > 0 {
        let more = if waiting >= 10_000 { "more than " } else { "" };
        return Line::of(Tone::Strong, format!("▲ {more}{} new above", grouped(waiting)));
    }
    match model.status().overview() {
        Some(overview) if !model.stream().following() => {
            Line::of(Tone::Muted, format!("{} today", grouped(overview.today)))
        }
        Some(overview) => Line::of(Tone::Muted, format!("{} today · live", grouped(overview.today))),
        None => Line::new(),
    }
}

/// Nothing to show: why, and what to do.
fn empty(brush: &mut Brush<'_>, model: &Model, body: Area) {
    let body = Area { x: body.x + 1, width: body.width.saturating_sub(2), ..body };
    let stream = model.stream();
    if model.asks().has_failed(Thing::Rows) {
        brush.prose(body, "The mentions could not be read; they are asked for again within a minute.", Tone::Bad);
        return;
    }
    if stream.loading() {
        brush.prose(body, "reading …", Tone::Muted);
        return;
    }
    let keys = model.context().keys();
    let key = |action| keys.short(action).unwrap_or_default();
    let words = if stream.tab() != Tab::All {
        format!("No {} here. {} shows the next list.", empty_name(stream.tab()), key(Action::NextTab))
    } else if model.sources().known() && model.sources().states().is_empty() {
        "No source is configured, so nothing can be heard.".to_owned()
    } else if let Some(why) = all_out_of_reach(model) {
        format!(
            "Nothing was heard yet, for no source can be reached ({why}). They are asked again by themselves; {} says when.",
            key(Action::ViewSources)
        )
    } else {
        format!(
            "Nothing was heard yet. The sources are being asked; {} shows how they fare, {} shows everybody's mentions.",
            key(Action::ViewSources),
            key(Action::NextSubject)
        )
    };
    brush.prose(body, &words, Tone::Muted);
}

/// Why nothing can be heard, when every source fails.
fn all_out_of_reach(model: &Model) -> Option<&str> {
    let states = model.sources().states();
    let failing =
        |state: &crate::domain::SourceState| matches!(state.health, SourceHealth::Failing | SourceHealth::Stopped);
    let first = states.first().filter(|_| states.iter().all(failing))?;
    Some(reason(first.trouble.as_str()))
}

fn empty_name(tab: Tab) -> &'static str {
    match tab {
        Tab::All => "mentions",
        Tab::Complaints => "complaints",
        Tab::Questions => "questions",
        Tab::Praise => "praise",
        Tab::Unread => "unread mentions",
    }
}
