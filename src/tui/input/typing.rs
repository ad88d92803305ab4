//! The keys of a prompt: those that readline has, which hands know.

use crossterm::event::{KeyCode, KeyModifiers};

use super::chord::Chord;
use crate::domain::SafeText;
use crate::tui::app::composer::paper;
use crate::tui::app::msg::{Pasted, Typing};
use crate::tui::app::prompt;

/// Longest paste into a prompt, in characters: as much as there is room for.
const LONGEST_PASTE: usize = prompt::LONGEST;

/// What a chord does in a prompt; `None` when nothing.
pub fn typing(chord: Chord) -> Option<Typing> {
    if let Some(sign) = chord.character() {
        return Some(Typing::Character(sign)).filter(|_| is_text(sign));
    }
    let modifiers = chord.modifiers();
    let word = modifiers.contains(KeyModifiers::ALT) || modifiers.contains(KeyModifiers::CONTROL);
    Some(match chord.code() {
        KeyCode::Enter => Typing::Submit,
        KeyCode::Esc => Typing::Cancel,
        KeyCode::Backspace if word => Typing::DeleteWord,
        KeyCode::Backspace => Typing::Backspace,
        KeyCode::Delete => Typing::Delete,
        KeyCode::Left => Typing::Left,
        KeyCode::Right => Typing::Right,
        KeyCode::Home => Typing::Home,
        KeyCode::End => Typing::End,
        KeyCode::Up | KeyCode::BackTab => Typing::Previous,
        KeyCode::Down | KeyCode::Tab => Typing::Next,
        KeyCode::Char(letter) if modifiers == KeyModifiers::CONTROL => match letter {
            'a' => Typing::Home,
            'b' => Typing::Left,
            'd' => Typing::Delete,
            'e' => Typing::End,
            'f' => Typing::Right,
            'g' => Typing::Cancel,
            'h' => Typing::Backspace,
            'j' => Typing::Submit,
            'n' => Typing::Next,
            'p' => Typing::Previous,
            'u' => Typing::DeleteToStart,
            'w' => Typing::DeleteWord,
            _ => return None,
        },
        _ => return None,
    })
}

/// What a chord does where a text of several lines is written; `None` when nothing.
pub fn writing(chord: Chord) -> Option<Typing> {
    let modifiers = chord.modifiers();
    let word = modifiers.contains(KeyModifiers::ALT) || modifiers.contains(KeyModifiers::CONTROL);
    Some(match chord.code() {
        KeyCode::Left if word => Typing::WordLeft,
        KeyCode::Right if word => Typing::WordRight,
        KeyCode::Char('b') if modifiers == KeyModifiers::ALT => Typing::WordLeft,
        KeyCode::Char('f') if modifiers == KeyModifiers::ALT => Typing::WordRight,
        KeyCode::Char('k') if modifiers == KeyModifiers::CONTROL => Typing::DeleteToEnd,
        KeyCode::PageUp => Typing::PageUp,
        KeyCode::PageDown => Typing::PageDown,
        KeyCode::Tab | KeyCode::BackTab => Typing::Jump,
        _ => return typing(chord),
    })
}

/// A paste into a text of several lines: cleaned, its line breaks kept. It never sends. Of `characters` that were pasted
/// the terminal may have kept fewer.
pub fn pasted_text(foreign: &str, characters: usize) -> Typing {
    let lost = characters.saturating_sub(foreign.chars().count());
    let unix = foreign.replace("\r\n", "\n").replace('\r', "\n");
    Typing::Paste(Pasted { text: SafeText::text(&unix, paper::LONGEST), characters, lost })
}

/// A paste: one line of it, cleaned. It may hold anything, and it never submits.
pub fn pasted(foreign: &str, characters: usize) -> Typing {
    let short: String = foreign.chars().take(LONGEST_PASTE).collect();
    let text = SafeText::line(&short, LONGEST_PASTE);
    let kept = foreign.chars().count().min(LONGEST_PASTE);
    Typing::Paste(Pasted { text, characters, lost: characters.saturating_sub(kept) })
}

/// Whether a character may stand in a prompt: the same door as for all foreign text, since terminals can be made to
/// type. Judged behind a letter: an accent that is typed alone stands on what was typed before it.
fn is_text(sign: char) -> bool {
    sign == ' ' || (!sign.is_control() && SafeText::line(&format!("a{sign}"), 4).as_str() != "a")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_readline_do_what_hands_expect() {
        for (chord, expected) in [
            ("x", Typing::Character('x')),
            ("X", Typing::Character('X')),
            ("5", Typing::Character('5')),
            ("é", Typing::Character('é')),
            ("space", Typing::Character(' ')),
            ("enter", Typing::Submit),
            ("ctrl-j", Typing::Submit),
            ("esc", Typing::Cancel),
            ("ctrl-g", Typing::Cancel),
            ("ctrl-w", Typing::DeleteWord),
            ("alt-backspace", Typing::DeleteWord),
            ("ctrl-u", Typing::DeleteToStart),
            ("ctrl-a", Typing::Home),
            ("home", Typing::Home),
            ("ctrl-e", Typing::End),
            ("end", Typing::End),
            ("left", Typing::Left),
            ("ctrl-b", Typing::Left),
            ("right", Typing::Right),
            ("ctrl-f", Typing::Right),
            ("backspace", Typing::Backspace),
            ("ctrl-h", Typing::Backspace),
            ("del", Typing::Delete),
            ("ctrl-d", Typing::Delete),
            ("up", Typing::Previous),
            ("ctrl-p", Typing::Previous),
            ("down", Typing::Next),
            ("ctrl-n", Typing::Next),
            ("tab", Typing::Next),
            ("backtab", Typing::Previous),
        ] {
            assert_eq!(typing(Chord::parse(chord).unwrap()), Some(expected), "{chord}");
        }
        // Signs that stand on others come alone from a keyboard; what could turn the line round does not come at all.
        for sign in ['\u{301}', '\u{93f}', '\u{e31}', 'ー', '🚲', '\u{200d}'] {
            assert!(is_text(sign) || sign == '\u{200d}', "{sign:?}");
        }
        for sign in ['\u{202e}', '\u{2066}', '\u{9b}', '\u{7}', '\u{feff}'] {
            assert!(!is_text(sign), "{sign:?}");
        }
        for nothing in ["f5", "alt-x", "ctrl-k", "pageup", "ctrl-x"] {
            assert_eq!(typing(Chord::parse(nothing).unwrap()), None, "{nothing}");
        }
    }
}
