//! Puts words, lines and titles on the buffer, always within it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::tui::app::flow::MARGIN;
use crate::tui::app::layout::Area;
use crate::tui::app::page::{Line, Page, Tone};
use crate::tui::app::scrolled::Scrolled;
use crate::tui::app::text;
use crate::tui::theme::Theme;

/// A buffer to paint on and the styles to paint with.
pub(super) struct Brush<'a> {
    buffer: &'a mut Buffer,
    pub(super) theme: Theme,
}

impl<'a> Brush<'a> {
    pub(super) fn new(buffer: &'a mut Buffer, theme: Theme) -> Self {
        Self { buffer, theme }
    }

    /// Words at a place, cut to the room; the columns that they took.
    pub(super) fn put(&mut self, x: u16, y: u16, room: u16, words: &str, style: Style) -> u16 {
        let bounds = self.buffer.area;
        if y < bounds.top() || y >= bounds.bottom() || x < bounds.left() || x >= bounds.right() {
            return 0;
        }
        let room = room.min(bounds.right() - x);
        let words = text::clip(words, usize::from(room));
        let (end, _) = self.buffer.set_stringn(x, y, &words, usize::from(room), style);
        end - x
    }

    /// Words of a tone.
    pub(super) fn say(&mut self, x: u16, y: u16, room: u16, words: &str, tone: Tone) -> u16 {
        self.put(x, y, room, words, self.theme.tone(tone))
    }

    /// A line of a page, cut to the room; the columns that it took.
    pub(super) fn line(&mut self, x: u16, y: u16, room: u16, line: &Line) -> u16 {
        let mut used = 0;
        for piece in &line.0 {
            let left = room.saturating_sub(used);
            used += self.put(x + used, y, left, &piece.text, self.theme.tone(piece.tone));
            // What was cut ends the line: a second sign for a cut would only confuse.
            if text::width(&piece.text) >= usize::from(left) {
                break;
            }
        }
        used
    }

    /// The visible part of a page.
    pub(super) fn page(&mut self, area: Area, page: &Page, scroll: usize) {
        for (row, line) in page.lines().iter().skip(scroll).take(usize::from(area.height)).enumerate() {
            self.line(area.x, row_at(area, row), area.width, line);
        }
    }

    /// A pane with the part of a page that is seen, and how much of it that is; or words in its place.
    pub(super) fn scrolled(&mut self, area: Area, title: &Line, page: Result<&Scrolled, &str>, focused: bool) {
        let seen = page.ok().and_then(Scrolled::seen);
        let right = seen.map_or_else(Line::new, |seen| Line::of(Tone::Muted, format!("{seen} %")));
        let body = inner(self.pane(area, title, &right, focused), MARGIN);
        match page {
            Ok(page) => self.page(body, page.page(), page.scroll()),
            Err(words) => {
                self.prose(body, words, Tone::Muted);
            }
        }
    }

    /// Wrapped words, as many lines as there is room for; the lines that they took.
    pub(super) fn prose(&mut self, area: Area, words: &str, tone: Tone) -> u16 {
        let lines = text::wrap(words, usize::from(area.width), usize::from(area.height));
        for (row, line) in lines.iter().enumerate() {
            self.say(area.x, row_at(area, row), area.width, line, tone);
        }
        u16::try_from(lines.len()).unwrap_or(area.height)
    }

    /// A style over an area.
    pub(super) fn wash(&mut self, area: Area, style: Style) {
        self.buffer.set_style(rect(area).intersection(self.buffer.area), style);
    }

    /// Nothing in an area.
    pub(super) fn clear(&mut self, area: Area) {
        let area = rect(area).intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            // A wide character that reaches into the area would hide its first column.
            if let Some(cell) = area.left().checked_sub(1).and_then(|x| self.buffer.cell_mut((x, y)))
                && text::width(cell.symbol()) > 1
            {
                cell.set_symbol(" ");
            }
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                }
            }
        }
    }

    /// The title row of a pane: a rule with the title in it, and something at its right end. Returns the rest.
    pub(super) fn pane(&mut self, area: Area, title: &Line, right: &Line, focused: bool) -> Area {
        let rule = if focused { "━" } else { "─" };
        let style = if focused { self.theme.title(true) } else { self.theme.line() };
        self.put(area.x, area.y, area.width, &rule.repeat(usize::from(area.width)), style);
        let title_room = area.width.saturating_sub(4);
        let used = self.inset(area.x + 1, area.y, title_room, title);
        let wide = u16::try_from(right.width()).unwrap_or(u16::MAX).saturating_add(2);
        if !right.0.is_empty() && used.saturating_add(wide).saturating_add(4) <= area.width {
            self.inset(area.x + area.width - wide - 1, area.y, wide, right);
        }
        area.body()
    }

    /// A line with a space before and after it.
    fn inset(&mut self, x: u16, y: u16, room: u16, line: &Line) -> u16 {
        let plain = Style::reset();
        self.put(x, y, room, " ", plain);
        let mut used = 1;
        for piece in &line.0 {
            if used + 1 >= room {
                break;
            }
            let style = plain.patch(self.theme.tone(piece.tone));
            used += self.put(x + used, y, room - used - 1, &piece.text, style);
        }
        self.put(x + used, y, 1, " ", plain);
        used + 1
    }

    /// The cells of an area, for pictures that are not words.
    pub(super) fn sign(&mut self, x: u16, y: u16, sign: &str, style: Style) {
        self.put(x, y, 1, sign, style);
    }
}

/// The row of an area, counted from its top.
pub(super) fn row_at(area: Area, row: usize) -> u16 {
    area.y.saturating_add(u16::try_from(row).unwrap_or(u16::MAX))
}

/// A part of an area: so many columns from `from` on.
pub(super) fn inner(area: Area, margin: u16) -> Area {
    Area { x: area.x + margin.min(area.width), width: area.width.saturating_sub(2 * margin), ..area }
}

fn rect(area: Area) -> Rect {
    Rect::new(area.x, area.y, area.width, area.height)
}
