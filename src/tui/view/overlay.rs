//! What lies on top: help, palette, explanations, the name of a new watch.

use super::brush::{Brush, row_at};
use super::search::prompt;
use crate::domain::SafeText;
use crate::tui::app::Model;
use crate::tui::app::inbox::popup::Popup;
use crate::tui::app::layout::Area;
use crate::tui::app::overlay::{self, Overlay, Palette, Sheet};
use crate::tui::app::page::{Line, Page, Tone};
use crate::tui::app::text::{fit, width, wrap};

/// Most rows for what typed words mean, or what may be typed.
const MEANING_ROWS: usize = 3;

pub(super) fn draw(brush: &mut Brush<'_>, overlay: &Overlay, model: &Model) {
    let area = overlay::area(model.desk().size());
    match overlay {
        Overlay::Help(line, sheet) => {
            let mut body = frame(brush, area, sheet.title(), &position(sheet, 1, area));
            prompt(brush, Area { height: 1, ..body }, "> ", line, true);
            body.y += 1;
            body.height = body.height.saturating_sub(1);
            brush.page(body, sheet.page(), sheet.scroll());
        }
        Overlay::Why(why) => explained(brush, area, why.sheet()),
        Overlay::Explain(sheet) => explained(brush, area, sheet),
        Overlay::Case(popup) => case(brush, popup, area, model),
        Overlay::Correct(correcting) => {
            let page = correcting.page(usize::from(area.width.saturating_sub(4)), model.context());
            paged(brush, area, &correcting.title(), "", &page);
        }
        Overlay::Judge(judging) => {
            let page = judging.page(usize::from(area.width.saturating_sub(4)), model.context());
            paged(brush, area, judging.title(), "", &page);
        }
        Overlay::Game(game) => {
            let inside = (usize::from(area.width.saturating_sub(4)), usize::from(area.height.saturating_sub(2)));
            let page = game.page(inside.0, inside.1, model.context());
            paged(brush, area, &game.title(), &game.progress(), &page);
        }
        Overlay::Palette(found) => palette(brush, found, area, model),
        Overlay::Campaign(form) => super::campaigns::form(brush, form, area, model),
        Overlay::Replies(picker) => super::composer::replies(brush, picker, area),
        Overlay::Warning(line) => {
            let area = Area { y: area.y + area.height.saturating_sub(5) / 2, height: area.height.min(5), ..area };
            let body = frame(brush, area, "Content warning", "");
            prompt(brush, Area { height: 1, ..body }, "", line, true);
            let words = "Shown in place of the words until one asks for them. Empty: no warning.";
            brush.say(body.x, body.y + 2, body.width, words, Tone::Muted);
        }
        Overlay::People(line) => {
            let area = Area { y: area.y + area.height.saturating_sub(5) / 2, height: area.height.min(5), ..area };
            let body = frame(brush, area, "Find people", "");
            prompt(brush, Area { height: 1, ..body }, "words: ", line, true);
            let words = "beginnings of words of handles and names; none shows everybody";
            brush.say(body.x, body.y + 2, body.width, words, Tone::Muted);
        }
        Overlay::Sure { words, .. } => {
            let area = Area { y: area.y + area.height.saturating_sub(7) / 2, height: area.height.min(7), ..area };
            let body = frame(brush, area, "Are you sure?", "");
            brush.prose(Area { height: body.height.saturating_sub(2), ..body }, words, Tone::Text);
            let keys = "Enter: yes, I have looked   Esc: no";
            brush.say(body.x, body.y + body.height.saturating_sub(1), body.width, keys, Tone::Key);
        }
        Overlay::Forget(erasing) => {
            let page = erasing.page(usize::from(area.width.saturating_sub(4)));
            let rows = u16::try_from(page.lines().len()).unwrap_or(area.height).saturating_add(4).min(area.height);
            let area = Area { y: area.y + (area.height - rows) / 2, height: rows, ..area };
            let body = frame(brush, area, "Forget for good?", "");
            let above = body.height.saturating_sub(2);
            brush.page(Area { height: above, ..body }, &page, page.lines().len().saturating_sub(usize::from(above)));
            let line = Area { y: body.y + body.height.saturating_sub(1), height: 1, ..body };
            prompt(brush, line, "handle: ", erasing.prompt(), true);
        }
        Overlay::Leaving { waits } => {
            let mut page = Page::new(usize::from(area.width.saturating_sub(4)));
            for words in model.leaving_words() {
                page.prose(Tone::Text, 0, &words);
                page.gap();
            }
            let answers = [
                ("Esc", "stay"),
                (
                    "w",
                    if *waits {
                        "waiting: leaves as soon as nothing is held any more"
                    } else {
                        "wait, and leave once it is out"
                    },
                ),
                ("l", "leave now"),
            ];
            for (key, words) in answers {
                let chosen = *waits && key == "w";
                let tone = if chosen { Tone::Strong } else { Tone::Text };
                page.line(Line::of(Tone::Key, format!(" {key:>3}  ")).with(tone, words));
            }
            paged(brush, area, "Leave?", "", &page);
        }
        Overlay::Name { prompt: line, query } => {
            let area = Area { y: area.y + area.height.saturating_sub(5) / 2, height: area.height.min(5), ..area };
            let body = frame(brush, area, "Save as a watch", "");
            prompt(brush, Area { height: 1, ..body }, "name: ", line, true);
            let query = SafeText::line(query, 400);
            brush.say(body.x, body.y + 2, body.width, &format!("query: {query}"), Tone::Muted);
        }
    }
}

/// What a change to a case needs: a few answers with their keys, or a line.
fn case(brush: &mut Brush<'_>, popup: &Popup, area: Area, model: &Model) {
    let ask = popup.ask();
    let choices = u16::try_from(popup.choices().len()).unwrap_or(0);
    let width = area.width.min(72);
    let (meaning, refused) = popup.meaning(model.context());
    let sign = if refused { "! " } else { "" };
    let meaning = wrap(&format!("{sign}{meaning}"), usize::from(width.saturating_sub(4)), MEANING_ROWS);
    let meant = u16::try_from(meaning.len()).unwrap_or(1).max(1);
    let words: u16 = if ask.takes_words() { 1 + meant } else { 0 };
    let gap = u16::from(choices > 0 && words > 0);
    let height = (choices + words + gap + 3).min(area.height);
    let area = Area {
        x: area.x + (area.width - width) / 2,
        y: area.y + area.height.saturating_sub(height) / 2,
        width,
        height,
    };
    let mut body = frame(brush, area, ask.title(), "");
    brush.say(body.x, body.y, body.width, popup.about(), Tone::Muted);
    let mut next = |rows: u16| {
        body.y += rows;
        body.height = body.height.saturating_sub(rows);
        Area { height: body.height.min(1), ..body }
    };
    for (index, choice) in popup.choices().iter().enumerate() {
        let row = next(1);
        if row.height == 0 {
            return;
        }
        let used = brush.say(row.x, row.y, row.width, &format!("{}  ", choice.key), Tone::Key);
        brush.say(row.x + used, row.y, row.width.saturating_sub(used), &choice.words, Tone::Text);
        if popup.index() == Some(index) {
            brush.wash(row, brush.theme.selected(true));
        }
    }
    if words == 0 {
        return;
    }
    let row = next(1 + gap);
    if row.height == 0 {
        return;
    }
    prompt(brush, row, "> ", popup.prompt(), true);
    let tone = if refused { Tone::Bad } else { Tone::Muted };
    for line in &meaning {
        let row = next(1);
        if row.height == 0 {
            return;
        }
        brush.say(row.x, row.y, row.width, line, tone);
    }
}

/// An explanation, as tall as what it says.
fn explained(brush: &mut Brush<'_>, area: Area, sheet: &Sheet) {
    let lines = u16::try_from(sheet.page().lines().len()).unwrap_or(area.height).saturating_add(2);
    let height = lines.min(area.height);
    let area = Area { y: area.y + (area.height - height) / 2, height, ..area };
    let body = frame(brush, area, sheet.title(), &position(sheet, 0, area));
    brush.page(body, sheet.page(), sheet.scroll());
}

/// A page in a frame that is as tall as it needs.
fn paged(brush: &mut Brush<'_>, area: Area, title: &str, right: &str, page: &Page) {
    let lines = u16::try_from(page.lines().len()).unwrap_or(area.height).saturating_add(2);
    let height = lines.min(area.height);
    let area = Area { y: area.y + (area.height - height) / 2, height, ..area };
    let body = frame(brush, area, title, right);
    brush.page(body, page, 0);
}

/// A frame with a title over what was there. Returns what is inside.
pub(super) fn frame(brush: &mut Brush<'_>, area: Area, title: &str, right: &str) -> Area {
    brush.clear(area);
    if area.width < 4 || area.height < 3 {
        return Area { height: 0, ..area };
    }
    let style = brush.theme.title(true);
    let across = "─".repeat(usize::from(area.width) - 2);
    brush.put(area.x, area.y, area.width, &format!("┌{across}┐"), style);
    brush.put(area.x, area.y + area.height - 1, area.width, &format!("└{across}┘"), style);
    for y in area.y + 1..area.y + area.height - 1 {
        brush.sign(area.x, y, "│", style);
        brush.sign(area.x + area.width - 1, y, "│", style);
    }
    brush.put(area.x + 2, area.y, area.width.saturating_sub(4), &format!(" {title} "), style);
    let wide = u16::try_from(width(right)).unwrap_or(0);
    if wide > 0 && area.width > wide + 8 {
        brush.say(
            area.x + area.width - wide - 4,
            area.y + area.height - 1,
            wide + 2,
            &format!(" {right} "),
            Tone::Muted,
        );
    }
    Area { x: area.x + 2, y: area.y + 1, width: area.width - 4, height: area.height - 2 }
}

/// How far a sheet is scrolled, when it is longer than its frame.
fn position(sheet: &Sheet, taken: u16, area: Area) -> String {
    let rows = usize::from(area.height.saturating_sub(2 + taken));
    let lines = sheet.page().lines().len();
    if lines <= rows { String::new() } else { format!("{} %", ((sheet.scroll() + rows) * 100 / lines).min(100)) }
}

fn palette(brush: &mut Brush<'_>, palette: &Palette, area: Area, model: &Model) {
    let rows = u16::try_from(overlay::PALETTE_ROWS).unwrap_or(12);
    let area = Area { height: area.height.min(rows + 3), ..area };
    let body = frame(brush, area, "Do", "");
    prompt(brush, Area { height: 1, ..body }, ": ", palette.prompt(), true);
    let list = Area { y: body.y + 1, height: body.height.saturating_sub(1), ..body };
    if palette.found().is_empty() {
        brush.say(list.x, list.y, list.width, "no such action", Tone::Muted);
    }
    let height = usize::from(list.height).max(1);
    let offset = palette.offset().max((palette.index() + 1).saturating_sub(height));
    for (line, (index, action)) in palette.found().iter().enumerate().skip(offset).take(height).enumerate() {
        let area = Area { y: row_at(list, line), height: 1, ..list };
        let keys = model.context().keys().short(*action).unwrap_or_default();
        let name = fit(action.name(), 16);
        let used = brush.say(area.x, area.y, area.width, &format!("{name} "), Tone::Strong);
        let used = used + brush.say(area.x + used, area.y, area.width.saturating_sub(used), &fit(&keys, 7), Tone::Key);
        brush.say(area.x + used, area.y, area.width.saturating_sub(used), action.describe(), Tone::Muted);
        if index == palette.index() {
            brush.wash(area, brush.theme.selected(true));
        }
    }
}
