//! One key with its modifiers. Two chords that a terminal cannot tell apart are the same chord here.

use crokey::{KeyCombination, KeyCombinationFormat, OneToThree};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord(KeyCombination);

/// Why a chord cannot be read; a line for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChordError {
    /// No such key.
    #[error(
        "there is no key {0:?}: write a sign (`x`, `G`, `?`), a name (`enter`, `esc`, `space`, `tab`, `up`, `pageup`, `f5`) \
         or one of them after `ctrl-`, `shift-` or `alt-`"
    )]
    Unknown(String),
    /// Shift and a sign: terminals send the sign that Shift makes.
    #[error("no terminal sends {0:?}: write the sign that Shift makes (`?` instead of `shift-/`)")]
    ShiftedSign(String),
    /// Several keys at once.
    #[error("{0:?} is several keys at once, which terminals cannot tell: write one after the other, as in `g g`")]
    Several(String),
}

impl Chord {
    /// Reads a chord as people write it: `j`, `G` or `shift-g`, `ctrl-d`, `?`, `é`, `enter`, `f5`.
    ///
    /// # Errors
    /// When no terminal could send it.
    pub fn parse(text: &str) -> Result<Self, ChordError> {
        let unknown = || ChordError::Unknown(text.to_owned());
        let (modifiers, key) = split_modifiers(text);
        let mut signs = key.chars();
        if let (Some(sign), None) = (signs.next(), signs.next()) {
            if sign.is_control() || sign == ' ' {
                return Err(unknown());
            }
            if !sign.is_alphabetic() && modifiers.contains(KeyModifiers::SHIFT) {
                return Err(ChordError::ShiftedSign(text.to_owned()));
            }
            // crokey reads "G" as g; people mean the capital. With Control, terminals know no capitals.
            let control = modifiers.contains(KeyModifiers::CONTROL);
            let shift = !control && (sign.is_uppercase() || modifiers.contains(KeyModifiers::SHIFT));
            let sign = if shift { upper(sign) } else { lower(sign, control) };
            let shift = if shift { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
            return Ok(Self::new(KeyCode::Char(sign), modifiers.difference(KeyModifiers::SHIFT) | shift));
        }
        let found = crokey::parse(text).map_err(|_| unknown())?;
        match found.codes {
            OneToThree::One(code) => Ok(Self::new(code, found.modifiers)),
            _ => Err(ChordError::Several(text.to_owned())),
        }
    }

    /// The chord that a key event is.
    pub fn of(key: &KeyEvent) -> Self {
        Self::new(key.code, key.modifiers)
    }

    /// What terminals cannot tell apart becomes one: Ctrl-I is Tab, Ctrl-M Enter, Ctrl-[ Esc, Shift-Tab back-tab.
    fn new(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let control = modifiers.contains(KeyModifiers::CONTROL);
        let without = modifiers.difference(KeyModifiers::CONTROL | KeyModifiers::SHIFT);
        let (code, modifiers) = match code {
            KeyCode::Char('i' | 'I') if control => (KeyCode::Tab, without),
            KeyCode::Char('m' | 'M') if control => (KeyCode::Enter, without),
            KeyCode::Char('[' | '3') if control => (KeyCode::Esc, without),
            KeyCode::Tab if modifiers.contains(KeyModifiers::SHIFT) => (KeyCode::BackTab, modifiers),
            KeyCode::BackTab => (KeyCode::BackTab, modifiers | KeyModifiers::SHIFT),
            KeyCode::Char(sign) if control => {
                (KeyCode::Char(lower(sign, true)), modifiers.difference(KeyModifiers::SHIFT))
            }
            // Shift is part of the sign already, except for letters, which say it.
            KeyCode::Char(sign) if !sign.is_alphabetic() => {
                (KeyCode::Char(sign), modifiers.difference(KeyModifiers::SHIFT))
            }
            KeyCode::Char(sign) if sign.is_uppercase() || modifiers.contains(KeyModifiers::SHIFT) => {
                (KeyCode::Char(upper(sign)), modifiers | KeyModifiers::SHIFT)
            }
            other => (other, modifiers),
        };
        Self(KeyCombination::one_key(code, modifiers))
    }

    /// The key.
    pub fn code(self) -> KeyCode {
        *self.0.codes.first()
    }

    /// Its modifiers.
    pub fn modifiers(self) -> KeyModifiers {
        self.0.modifiers
    }

    /// The digit that it is, without modifiers.
    pub fn digit(self) -> Option<u32> {
        match self.code() {
            KeyCode::Char(sign) if self.modifiers().is_empty() => sign.to_digit(10),
            _ => None,
        }
    }

    /// The character that it types, when it types one.
    pub fn character(self) -> Option<char> {
        match self.code() {
            KeyCode::Char(sign) if self.modifiers().difference(KeyModifiers::SHIFT).is_empty() => Some(sign),
            _ => None,
        }
    }

    /// As text that [`Chord::parse`] reads as the same chord: "ctrl-d", "shift-g", "pageup".
    pub fn text(self) -> String {
        let format = KeyCombinationFormat::default().with_lowercase_modifiers().with_command("cmd-");
        let text = format.to_string(self.0);
        match self.code() {
            KeyCode::Char(sign) if !sign.is_ascii() => text.to_lowercase(),
            _ => text.to_ascii_lowercase(),
        }
    }
}

impl std::fmt::Display for Chord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.text())
    }
}

fn split_modifiers(text: &str) -> (KeyModifiers, &str) {
    let mut modifiers = KeyModifiers::NONE;
    let mut rest = text;
    'again: loop {
        for (prefix, modifier) in
            [("ctrl-", KeyModifiers::CONTROL), ("shift-", KeyModifiers::SHIFT), ("alt-", KeyModifiers::ALT)]
        {
            let begins = rest.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
            if let Some(after) = rest.get(prefix.len()..).filter(|after| begins && !after.is_empty()) {
                modifiers |= modifier;
                rest = after;
                continue 'again;
            }
        }
        return (modifiers, rest);
    }
}

fn upper(sign: char) -> char {
    let mut capitals = sign.to_uppercase();
    match (capitals.next(), capitals.next()) {
        (Some(capital), None) => capital,
        _ => sign,
    }
}

fn lower(sign: char, wanted: bool) -> char {
    let mut small = sign.to_lowercase();
    match (small.next(), small.next()) {
        (Some(small), None) if wanted => small,
        _ => sign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(code: KeyCode, modifiers: KeyModifiers) -> Chord {
        Chord::of(&KeyEvent::new(code, modifiers))
    }

    #[test]
    fn what_people_write_is_what_terminals_send() {
        let (none, shift, control, alt) =
            (KeyModifiers::NONE, KeyModifiers::SHIFT, KeyModifiers::CONTROL, KeyModifiers::ALT);
        for (text, code, modifiers) in [
            ("j", KeyCode::Char('j'), none),
            ("G", KeyCode::Char('G'), shift),
            ("shift-g", KeyCode::Char('G'), shift),
            ("Shift-G", KeyCode::Char('G'), shift),
            ("shift-g", KeyCode::Char('g'), shift),
            ("ctrl-d", KeyCode::Char('d'), control),
            ("Ctrl-D", KeyCode::Char('d'), control),
            ("ctrl-shift-d", KeyCode::Char('d'), control),
            ("alt-x", KeyCode::Char('x'), alt),
            ("?", KeyCode::Char('?'), none),
            ("?", KeyCode::Char('?'), shift),
            ("!", KeyCode::Char('!'), none),
            ("-", KeyCode::Char('-'), none),
            ("hyphen", KeyCode::Char('-'), none),
            ("ctrl--", KeyCode::Char('-'), control),
            ("é", KeyCode::Char('é'), none),
            ("É", KeyCode::Char('É'), shift),
            ("space", KeyCode::Char(' '), none),
            ("enter", KeyCode::Enter, none),
            ("ctrl-m", KeyCode::Enter, none),
            ("ctrl-i", KeyCode::Tab, none),
            ("ctrl-[", KeyCode::Esc, none),
            ("shift-backtab", KeyCode::BackTab, shift),
            ("backtab", KeyCode::BackTab, shift),
            ("shift-tab", KeyCode::BackTab, shift),
            ("PageDown", KeyCode::PageDown, none),
            ("f12", KeyCode::F(12), none),
            ("[", KeyCode::Char('['), none),
            ("=", KeyCode::Char('='), none),
        ] {
            assert_eq!(Chord::parse(text), Ok(sent(code, modifiers)), "{text}");
        }
    }

    #[test]
    fn every_chord_can_be_written_down_and_read_again() {
        for text in ["j", "shift-g", "ctrl-d", "?", "hyphen", "space", "backtab", "pageup", "f1", "é", "É", "del", ":"]
        {
            let chord = Chord::parse(text).unwrap();
            assert_eq!(Chord::parse(&chord.text()), Ok(chord), "{text} became {}", chord.text());
        }
    }

    #[test]
    fn what_no_terminal_sends_is_refused() {
        for text in ["", " ", "gg", "ctrl-", "super", "ctrl-enterr", "\u{7}"] {
            assert!(matches!(Chord::parse(text), Err(ChordError::Unknown(_))), "{text:?} {:?}", Chord::parse(text));
        }
        assert!(matches!(Chord::parse("shift-?"), Err(ChordError::ShiftedSign(_))));
        assert!(matches!(Chord::parse("a-b"), Err(ChordError::Several(_))));
    }

    #[test]
    fn the_keys_of_the_action_table_all_parse() {
        for action in crate::tui::app::Action::ALL {
            for chord in action.default_keys().iter().flat_map(|keys| keys.split(' ')) {
                assert!(Chord::parse(chord).is_ok(), "{chord}");
            }
        }
    }
}
