//! What is on the screen and what should be: the difference becomes the bytes of a frame. Pure.
//!
//! ratatui's own `Terminal` asks the terminal for its size at every draw (it opens `/dev/tty`, and may start
//! `tput`), flushes several times a frame and asks for the cursor when it clears. A frame here is one piece of
//! bytes, and an unchanged screen is none at all.

use std::io;

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

/// Begins a frame that the terminal shows at once, when its end has come (mode 2026).
const BEGIN: &[u8] = b"\x1b[?2026h";
/// Ends it.
const END: &[u8] = b"\x1b[?2026l";
/// Plain style, everything blank.
const CLEAR: &[u8] = b"\x1b[0m\x1b[2J";
/// Room for a frame, in bytes: a whole repaint of 200×50 is about 20 KB.
const ROOM: usize = 64 * 1_024;

/// The two buffers, the one that is shown and the one that is painted.
#[derive(Debug)]
pub struct Screen {
    shown: Buffer,
    next: Buffer,
    whole: bool,
    synchronized: bool,
    bytes: Vec<u8>,
}

impl Screen {
    /// A screen of columns and rows, of which nothing is known. `synchronized` wraps every frame in mode 2026;
    /// terminals that do not know the mode ignore it.
    pub fn new(size: (u16, u16), synchronized: bool) -> Self {
        let area = Rect::new(0, 0, size.0, size.1);
        Self {
            shown: Buffer::empty(area),
            next: Buffer::empty(area),
            whole: true,
            synchronized,
            bytes: Vec::with_capacity(ROOM),
        }
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        (self.next.area.width, self.next.area.height)
    }

    /// The terminal has this size now, or says so anew (tmux and dtach do when one attaches again): in either
    /// case nothing is known of what it shows.
    pub fn resize(&mut self, size: (u16, u16)) {
        let area = Rect::new(0, 0, size.0, size.1);
        self.next.resize(area);
        self.shown.resize(area);
        self.whole = true;
    }

    /// The next frame paints everything, without asking the terminal anything.
    pub fn repaint(&mut self) {
        self.whole = true;
    }

    /// Paints the next frame and gives its bytes; empty when the screen shows it already.
    ///
    /// # Errors
    /// Only when a cell cannot be written as bytes, which memory alone could cause.
    pub fn frame(&mut self, paint: impl FnOnce(Rect, &mut Buffer)) -> io::Result<&[u8]> {
        self.next.reset();
        let area = self.next.area;
        paint(area, &mut self.next);
        self.bytes.clear();
        if self.whole {
            self.shown.reset();
        }
        for cell in self.next.content.iter_mut().filter(|cell| !is_plain(cell.symbol())) {
            *cell = Cell::EMPTY;
        }
        let changes: Vec<(u16, u16, &Cell)> = self.shown.diff_iter(&self.next).collect();
        if self.whole || !changes.is_empty() {
            if self.synchronized {
                self.bytes.extend_from_slice(BEGIN);
            }
            if self.whole {
                self.bytes.extend_from_slice(CLEAR);
            }
            CrosstermBackend::new(&mut self.bytes).draw(changes.into_iter())?;
            if self.synchronized {
                self.bytes.extend_from_slice(END);
            }
        }
        self.whole = false;
        std::mem::swap(&mut self.shown, &mut self.next);
        Ok(&self.bytes)
    }
}

/// The last door: a cell that holds a control or bidi character never reaches the terminal, whoever put it there.
fn is_plain(symbol: &str) -> bool {
    if symbol.len() == 1 {
        return symbol.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    }
    !symbol.chars().any(|sign| {
        sign.is_control() || matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use ratatui::style::{Color, Style};

    use super::*;

    fn text(screen: &mut Screen, lines: &[&str]) -> Vec<u8> {
        screen
            .frame(|area, buffer| {
                for (row, line) in (0..area.height).zip(lines) {
                    buffer.set_string(0, row, line, Style::new());
                }
            })
            .unwrap()
            .to_vec()
    }

    fn terminal(columns: u16, rows: u16) -> vt100::Parser {
        vt100::Parser::new(NonZeroU16::new(rows).unwrap(), NonZeroU16::new(columns).unwrap(), 0)
    }

    #[test]
    fn the_terminal_shows_what_was_painted() {
        let mut screen = Screen::new((20, 3), true);
        let mut shown = terminal(20, 3);
        shown.process(b"rubbish from before");
        shown.process(&text(&mut screen, &["first", "語 zwei", "last"]));
        assert_eq!(shown.screen().contents(), "first\n語 zwei\nlast");
        shown.process(&text(&mut screen, &["first", "deux", "last one"]));
        let lines: Vec<String> = shown.screen().rows(0, 20).map(|line| line.trim_end().to_owned()).collect();
        assert_eq!(lines, ["first", "deux", "last one"]);
    }

    #[test]
    fn an_unchanged_screen_is_no_byte_and_a_minute_a_few() {
        let mut screen = Screen::new((200, 50), true);
        text(&mut screen, &["goodword 14:31"]);
        assert!(text(&mut screen, &["goodword 14:31"]).is_empty());
        let minute = text(&mut screen, &["goodword 14:32"]);
        assert!(!minute.is_empty() && minute.len() < 100, "{} bytes", minute.len());
    }

    #[test]
    fn every_frame_is_synchronized_unless_switched_off() {
        let on = text(&mut Screen::new((10, 1), true), &["x"]);
        assert!(on.starts_with(BEGIN) && on.ends_with(END));
        let off = text(&mut Screen::new((10, 1), false), &["x"]);
        assert!(!String::from_utf8(off).unwrap().contains("2026"));
    }

    #[test]
    fn the_same_size_again_repaints_everything_and_asks_nothing() {
        let mut screen = Screen::new((10, 2), true);
        text(&mut screen, &["one", "two"]);
        screen.resize((10, 2));
        let bytes = String::from_utf8(text(&mut screen, &["one", "two"])).unwrap();
        assert!(bytes.contains("\x1b[2J") && bytes.contains("one") && bytes.contains("two"));
        assert!(!bytes.contains("\x1b[6n"), "asks for the cursor");
        screen.repaint();
        assert!(String::from_utf8(text(&mut screen, &["one", "two"])).unwrap().contains("two"));
    }

    #[test]
    fn colours_are_sent_whatever_the_environment_says() {
        let mut screen = Screen::new((4, 1), false);
        let bytes = screen
            .frame(|_, buffer| buffer.set_string(0, 0, "x", Style::new().fg(Color::Red).bg(Color::Reset)))
            .unwrap();
        assert!(String::from_utf8_lossy(bytes).contains('m'));
    }

    #[test]
    fn a_control_character_in_a_cell_never_gets_out() {
        for symbol in ["\x1bZ", "\x07", "\u{9b}31m", "a\u{202e}", "\x1b]52;c;YQ==\x07", "\u{2066}x"] {
            let mut screen = Screen::new((10, 1), false);
            let bytes = screen
                .frame(|_, buffer| {
                    buffer.cell_mut((0, 0)).unwrap().set_symbol(symbol).set_fg(Color::Red);
                })
                .unwrap();
            let sent = String::from_utf8_lossy(bytes).into_owned();
            assert!(!sent.contains(symbol.trim_start_matches('a')), "{symbol:?} in {sent:?}");
        }
    }

    #[test]
    fn smallest_screens_are_drawn_without_fear() {
        for size in [(0, 0), (1, 1), (1, 50), (300, 1)] {
            let mut screen = Screen::new(size, true);
            screen.frame(|_, _| ()).unwrap();
            screen.resize((5, 5));
            screen.frame(|_, buffer| buffer.set_string(0, 0, "x", Style::new())).unwrap();
        }
    }
}
