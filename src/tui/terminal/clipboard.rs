//! The clipboard of the person's own machine, reached through the terminal (OSC 52). The machine that we run on
//! is usually another one, so its clipboard would be the wrong one.
//!
//! No terminal says whether it took the text: never claim that it was copied.

use crossterm::Command;
use crossterm::clipboard::CopyToClipboard;

use crate::domain::SafeText;

/// Most bytes that terminals are known to take in one sequence: 100,000 as base64.
pub const LONGEST: usize = 74_000;

/// Text on its way to the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copying {
    /// What to write to the terminal.
    pub bytes: Vec<u8>,
    /// How many characters are sent.
    pub characters: usize,
    /// Whether the end was cut off.
    pub cut: bool,
}

/// The sequence that sends text to the clipboard. Foreign text: cleaned first, so that pasting it into a shell
/// cannot press keys. `tmux` sends it twice, plainly (for `set-clipboard on`) and passed through (for
/// `allow-passthrough on`), since which one tmux takes depends on its settings.
pub fn copy(text: &str, tmux: bool) -> Copying {
    let clean = SafeText::block(text);
    let whole = clean.as_str();
    let mut end = whole.len().min(LONGEST);
    while !whole.is_char_boundary(end) {
        end -= 1;
    }
    let sent = whole.get(..end).unwrap_or_default();
    let mut sequence = String::new();
    // Writing to a String cannot fail.
    let _ = CopyToClipboard::to_clipboard_from(sent).write_ansi(&mut sequence);
    let mut bytes = sequence.clone().into_bytes();
    if tmux {
        bytes.extend_from_slice(b"\x1bPtmux;");
        bytes.extend_from_slice(sequence.replace('\x1b', "\x1b\x1b").as_bytes());
        bytes.extend_from_slice(b"\x1b\\");
    }
    let cut = end < whole.len() || text.chars().count() > SafeText::LONGEST;
    Copying { bytes, characters: sent.chars().count(), cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_osc_52_with_base64() {
        let copying = copy("hello", false);
        let sent = String::from_utf8(copying.bytes).unwrap();
        assert!(sent.starts_with("\x1b]52;c;aGVsbG8="), "{sent:?}");
        assert_eq!((copying.characters, copying.cut), (5, false));
    }

    #[test]
    fn tmux_gets_it_plainly_and_passed_through() {
        let plain = String::from_utf8(copy("hello", false).bytes).unwrap();
        let both = String::from_utf8(copy("hello", true).bytes).unwrap();
        let wrapped = format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b"));
        assert_eq!(both, format!("{plain}{wrapped}"));
    }

    #[test]
    fn a_long_text_is_cut_between_characters_and_says_so() {
        let copying = copy(&"é語".repeat(SafeText::LONGEST), false);
        assert!(copying.cut);
        assert!(copying.bytes.len() <= 100_000 + 16, "{}", copying.bytes.len());
    }
}
