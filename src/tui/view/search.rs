//! A search: the query, an error under the column that it is about, what was found, and how the query was read.

use super::brush::{Brush, inner, row_at};
use super::row::{self, Look};
use crate::domain::SafeText;
use crate::tui::app::Model;
use crate::tui::app::layout::{self, Area};
use crate::tui::app::page::{Line, Page, Tone};
use crate::tui::app::prompt::Prompt;
use crate::tui::app::text;

pub(super) fn draw(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let trial = model.trial();
    let right = if trial.running() { Line::of(Tone::Warn, "searching …") } else { Line::new() };
    let body = brush.pane(area, &Line::of(Tone::Strong, "Search the stored mentions"), &right, focused);
    let parts = layout::search(body);
    let from = prompt(brush, Area { height: 1, ..parts.head }, "/ ", trial.prompt(), focused && trial.editing());
    under_prompt(brush, model, parts.head, from, parts.list.height + 1);
    let Some(found) = trial.found() else {
        let read_beside = model.desk().layout().pane(layout::Pane::Reading).is_some();
        if parts.list.height > 0 && !trial.running() && !read_beside {
            let words = "Words that must all occur; OR, NOT, (…), \"a phrase\", begin*, NEAR/5, #tag, @handle, author: source: network: lang: url:";
            brush.prose(inner(parts.list, 1), words, Tone::Muted);
        }
        return;
    };
    let visible = found.rows.iter().enumerate().skip(trial.offset()).take(usize::from(parts.list.height));
    for (line, (index, (row, _))) in visible.enumerate() {
        let area = Area { y: row_at(parts.list, line), height: 1, ..parts.list };
        let look = Look { subject: None, selected: index == trial.index() && !trial.editing(), focused };
        row::draw(brush, model, area, row, look);
    }
}

/// The rows below the query: the error with its caret, or the tally and what matched.
fn under_prompt(brush: &mut Brush<'_>, model: &Model, head: Area, from: usize, below: u16) {
    let trial = model.trial();
    let row = |line: u16| Area { y: head.y + line, height: 1, ..head };
    if let Some((column, words)) = trial.refused() {
        // Columns count characters; the caret stands under the character's cell.
        let before: String = trial.prompt().text().chars().take(column.saturating_sub(1)).collect();
        let cell = 2 + text::width(&before).saturating_sub(from);
        let x = head.x + u16::try_from(cell).unwrap_or(0).min(head.width.saturating_sub(1));
        let words = SafeText::line(words, 400);
        if head.height >= 3 {
            brush.say(x, row(1).y, 1, "^", Tone::Bad);
            // Nothing was found, so the error may have the room of the rows.
            let area = Area { y: row(2).y, height: below, ..head };
            brush.prose(inner(area, 1), words.as_str(), Tone::Bad);
        } else {
            brush.say(head.x + 1, row(1).y, head.width.saturating_sub(1), words.as_str(), Tone::Bad);
        }
        return;
    }
    let tally = row(head.height.saturating_sub(1));
    let line = Line::of(Tone::Strong, trial.tally());
    let used = brush.line(tally.x + 1, tally.y, tally.width.saturating_sub(1), &line);
    let words = trial.words_line();
    let room = tally.width.saturating_sub(used + 4);
    if used > 0 && room >= 16 {
        brush.line(tally.x + used + 4, tally.y, room, &words);
    }
}

/// A line that a person types into; scrolled so that the cursor is visible. Returns the first visible column.
pub(super) fn prompt(brush: &mut Brush<'_>, area: Area, sign: &str, prompt: &Prompt, active: bool) -> usize {
    let used = brush.say(area.x, area.y, area.width, sign, Tone::Key);
    let room = usize::from(area.width.saturating_sub(used)).max(1);
    let column = prompt.column();
    let from = (column + 1).saturating_sub(room);
    let visible = skip_columns(prompt.text(), from);
    brush.put(
        area.x + used,
        area.y,
        area.width.saturating_sub(used),
        &crop(visible, room),
        ratatui::style::Style::new(),
    );
    if active {
        let x = area.x + used + u16::try_from(column - from).unwrap_or(0);
        brush.wash(Area { x, width: 1, height: 1, ..area }, brush.theme.selected(true));
    }
    from
}

/// The text from a column on.
fn skip_columns(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if used >= columns {
            start = at;
            break;
        }
        used += text::width(c.encode_utf8(&mut [0; 4]));
        start = at + c.len_utf8();
    }
    text.get(start..).unwrap_or_default()
}

/// What fits, without a sign for what was cut: the reader sees that the line goes on when the cursor gets there.
fn crop(text: &str, columns: usize) -> String {
    let mut used = 0;
    text.chars()
        .take_while(|c| {
            used += text::width(c.encode_utf8(&mut [0; 4]));
            used <= columns
        })
        .collect()
}

/// How the query was read.
pub(super) fn reading(brush: &mut Brush<'_>, model: &Model, area: Area, focused: bool) {
    let mut page = Page::new(usize::from(area.width.saturating_sub(2)));
    model.trial().explain(&mut page);
    let save = if model.trial().query_to_save().is_some() && model.context().can_save_watch() {
        let key = model.context().keys().short(crate::tui::app::Action::SaveWatch).unwrap_or_default();
        Line::of(Tone::Key, key).with(Tone::Muted, " saves it as a watch")
    } else {
        Line::new()
    };
    let body = brush.pane(area, &Line::of(Tone::Strong, "How the query is read"), &save, focused);
    brush.page(inner(body, 1), &page, 0);
}
