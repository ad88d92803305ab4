//! Turns the bytes of a terminal into keys, pastes and focus reports. Pure: bytes in, events out.
//!
//! We read the terminal ourselves because crossterm's reader never returns from a hung-up terminal (it reads
//! nothing for ever, on a whole core) and blocks on a sequence that came only half; see crossterm issue 793.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::events::Event;

/// Longest escape sequence, in bytes; a longer one is noise and is dropped.
const LONGEST_SEQUENCE: usize = 64;
/// Longest answer of the terminal (OSC, DCS, APC), in bytes; nobody asked for one.
const LONGEST_STRING: usize = 4_096;
/// Most bytes that are kept of one paste; the rest of it is swallowed.
const LONGEST_PASTE: usize = 256 * 1_024;
const PASTE_END: &[u8] = b"\x1b[201~";

/// Collects bytes until they make an event.
#[derive(Debug, Default)]
pub struct Decoder {
    waiting: Vec<u8>,
    paste: Option<Paste>,
}

/// A paste under way.
#[derive(Debug, Default)]
struct Paste {
    /// What is kept of it.
    kept: Vec<u8>,
    /// Characters of all of it.
    characters: usize,
}

/// What the first bytes are.
enum Step {
    /// Not enough of them yet.
    More,
    /// So many bytes are an event, or nothing of interest.
    Take(usize, Option<Event>),
    /// So many bytes begin a paste.
    Paste(usize),
}

impl Decoder {
    /// Takes bytes in and gives the events that are complete.
    pub fn feed(&mut self, bytes: &[u8], found: &mut Vec<Event>) {
        let mut input = std::mem::take(&mut self.waiting);
        input.extend_from_slice(bytes);
        let mut rest = input.as_slice();
        while !rest.is_empty() {
            let taken = match self.paste.as_mut() {
                Some(paste) => match take_paste(rest, paste) {
                    (taken, true) => {
                        let Paste { kept, characters } = std::mem::take(paste);
                        self.paste = None;
                        let text = String::from_utf8_lossy(&kept).into_owned();
                        let characters = characters.max(text.chars().count());
                        found.push(Event::Paste(text, characters));
                        taken
                    }
                    (0, false) => break,
                    (taken, false) => taken,
                },
                None => match step(rest) {
                    Step::More => break,
                    Step::Take(taken, event) => {
                        found.extend(event);
                        taken.max(1)
                    }
                    Step::Paste(taken) => {
                        self.paste = Some(Paste::default());
                        taken
                    }
                },
            };
            rest = rest.get(taken..).unwrap_or_default();
        }
        self.waiting = rest.to_vec();
    }

    /// Whether a sequence is unfinished, so that silence has to decide what it was.
    pub fn is_unfinished(&self) -> bool {
        self.paste.is_none() && !self.waiting.is_empty()
    }

    /// Nothing more came: an Esc alone was the key, Esc and a character was Alt, anything else was noise.
    /// An unfinished paste goes on waiting for its end.
    pub fn silence(&mut self, found: &mut Vec<Event>) {
        if self.paste.is_some() {
            return;
        }
        match self.waiting.as_slice() {
            [0x1b] => found.push(key(KeyCode::Esc, KeyModifiers::NONE)),
            [0x1b, sign] if (0x20..0x7f).contains(sign) => {
                found.push(character(char::from(*sign), KeyModifiers::ALT));
            }
            _ => {}
        }
        self.waiting.clear();
    }
}

/// Moves what belongs to the paste out of `rest`: how many bytes that were, and whether it ended.
fn take_paste(rest: &[u8], paste: &mut Paste) -> (usize, bool) {
    let end = rest.windows(PASTE_END.len()).position(|window| window == PASTE_END);
    // Without an end the last bytes may be the beginning of one: they stay.
    let taken = end.unwrap_or_else(|| rest.len().saturating_sub(PASTE_END.len() - 1));
    let room = LONGEST_PASTE.saturating_sub(paste.kept.len());
    paste.kept.extend(rest.iter().take(taken.min(room)));
    // Every byte of a character but its first is one of those that go on.
    paste.characters += rest.iter().take(taken).filter(|byte| **byte & 0xc0 != 0x80).count();
    end.map_or((taken, false), |at| (at + PASTE_END.len(), true))
}

fn step(bytes: &[u8]) -> Step {
    match bytes {
        [] | [0x1b] => Step::More,
        [0x1b, b'[', ..] => control_sequence(bytes),
        [0x1b, b'O'] => Step::More,
        [0x1b, b'O', last, ..] => Step::Take(3, function_key(*last, KeyModifiers::NONE)),
        [0x1b, b']' | b'P' | b'_' | b'^' | b'X', ..] => string(bytes),
        [0x1b, 0x1b, ..] => Step::Take(1, Some(key(KeyCode::Esc, KeyModifiers::NONE))),
        [0x1b, rest @ ..] => match plain(rest) {
            Step::Take(taken, Some(Event::Key(pressed))) => {
                Step::Take(taken + 1, Some(key(pressed.code, pressed.modifiers | KeyModifiers::ALT)))
            }
            Step::Take(taken, event) => Step::Take(taken + 1, event),
            other => other,
        },
        _ => plain(bytes),
    }
}

/// A character or a control key, without an escape before it.
fn plain(bytes: &[u8]) -> Step {
    let Some(&first) = bytes.first() else { return Step::More };
    let control = |letter: u8| Some(key(KeyCode::Char(char::from(letter)), KeyModifiers::CONTROL));
    let event = match first {
        0 => control(b' '),
        b'\t' => Some(key(KeyCode::Tab, KeyModifiers::NONE)),
        b'\r' => Some(key(KeyCode::Enter, KeyModifiers::NONE)),
        0x01..=0x1a => control(first - 1 + b'a'),
        0x1c..=0x1f => control(first - 0x1c + b'4'),
        0x7f => Some(key(KeyCode::Backspace, KeyModifiers::NONE)),
        0x20..=0x7e => Some(character(char::from(first), KeyModifiers::NONE)),
        _ => return wide_character(bytes),
    };
    Step::Take(1, event)
}

fn wide_character(bytes: &[u8]) -> Step {
    let start = bytes.get(..bytes.len().min(4)).unwrap_or_default();
    let good = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() > 0 => {
            start.get(..error.valid_up_to()).and_then(|good| std::str::from_utf8(good).ok()).unwrap_or_default()
        }
        Err(error) => {
            return match error.error_len() {
                None => Step::More,
                Some(wrong) => Step::Take(wrong, None),
            };
        }
    };
    match good.chars().next() {
        Some(found) if found.is_control() => Step::Take(found.len_utf8(), None),
        Some(found) => Step::Take(found.len_utf8(), Some(character(found, KeyModifiers::NONE))),
        None => Step::Take(1, None),
    }
}

/// An answer of the terminal, ended by BEL or ST: swallowed.
fn string(bytes: &[u8]) -> Step {
    for (at, pair) in bytes.windows(2).enumerate().skip(2) {
        match pair {
            [0x07, _] => return Step::Take(at + 1, None),
            [0x1b, b'\\'] => return Step::Take(at + 2, None),
            _ => {}
        }
    }
    match bytes.last() {
        Some(0x07) if bytes.len() > 2 => Step::Take(bytes.len(), None),
        _ if bytes.len() > LONGEST_STRING => Step::Take(bytes.len(), None),
        _ => Step::More,
    }
}

fn control_sequence(bytes: &[u8]) -> Step {
    let body = bytes.get(2..).unwrap_or_default();
    let Some(length) = body.iter().position(|byte| !(0x20..=0x3f).contains(byte)) else {
        return if bytes.len() > LONGEST_SEQUENCE { Step::Take(bytes.len(), None) } else { Step::More };
    };
    let (Some(parameters), Some(&last)) = (body.get(..length), body.get(length)) else { return Step::More };
    let taken = 2 + length + 1;
    match last {
        // Another escape or a control inside: what came before it is noise.
        byte if !(0x40..=0x7e).contains(&byte) => Step::Take(taken - 1, None),
        // The Linux console's F1 to F5.
        b'[' if parameters.is_empty() => match body.get(1) {
            None => Step::More,
            Some(letter @ b'A'..=b'E') => {
                Step::Take(taken + 1, Some(key(KeyCode::F(letter - b'A' + 1), KeyModifiers::NONE)))
            }
            Some(_) => Step::Take(taken, None),
        },
        // An old mouse report: three bytes follow.
        b'M' if parameters.is_empty() => {
            if bytes.len() < taken + 3 {
                Step::More
            } else {
                Step::Take(taken + 3, None)
            }
        }
        b'I' if parameters.is_empty() => Step::Take(taken, Some(Event::Focus(true))),
        b'O' if parameters.is_empty() => Step::Take(taken, Some(Event::Focus(false))),
        b'~' if parameters == b"200" => Step::Paste(taken),
        _ => Step::Take(taken, Sequence::read(parameters).and_then(|sequence| sequence.event(last))),
    }
}

/// The numbers of a control sequence.
struct Sequence {
    numbers: [u32; 3],
    modifiers: KeyModifiers,
    kind: KeyEventKind,
}

impl Sequence {
    /// `None` for the terminal's answers, which carry a private sign.
    fn read(parameters: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(parameters).ok()?;
        if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b';' || byte == b':') {
            return None;
        }
        let mut numbers = [0_u32; 3];
        let mut kind = KeyEventKind::Press;
        for (at, (slot, part)) in numbers.iter_mut().zip(text.split(';')).enumerate() {
            let mut pieces = part.split(':');
            *slot = pieces.next().and_then(|number| number.parse().ok()).unwrap_or(0);
            if at == 1 {
                kind = match pieces.next() {
                    Some("2") => KeyEventKind::Repeat,
                    Some("3") => KeyEventKind::Release,
                    _ => KeyEventKind::Press,
                };
            }
        }
        let bits = numbers[1].saturating_sub(1);
        let mut modifiers = KeyModifiers::NONE;
        for (bit, modifier) in
            [(1, KeyModifiers::SHIFT), (2, KeyModifiers::ALT), (4, KeyModifiers::CONTROL), (8, KeyModifiers::SUPER)]
        {
            if bits & bit != 0 {
                modifiers |= modifier;
            }
        }
        Some(Self { numbers, modifiers, kind })
    }

    fn event(&self, last: u8) -> Option<Event> {
        let event = match last {
            b'~' if self.numbers[0] == 27 => coded(self.numbers[2], self.modifiers),
            b'~' => numbered(self.numbers[0]).map(|code| key(code, self.modifiers)),
            b'u' => coded(self.numbers[0], self.modifiers),
            _ => function_key(last, self.modifiers),
        }?;
        Some(match event {
            Event::Key(pressed) => Event::Key(KeyEvent { kind: self.kind, ..pressed }),
            other => other,
        })
    }
}

fn function_key(last: u8, modifiers: KeyModifiers) -> Option<Event> {
    let code = match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'M' => KeyCode::Enter,
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        b'Z' => return Some(key(KeyCode::BackTab, modifiers | KeyModifiers::SHIFT)),
        _ => return None,
    };
    Some(key(code, modifiers))
}

fn numbered(number: u32) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(function(number - 10)),
        17..=21 => KeyCode::F(function(number - 11)),
        23..=26 => KeyCode::F(function(number - 12)),
        28 | 29 => KeyCode::F(function(number - 13)),
        31..=34 => KeyCode::F(function(number - 14)),
        _ => return None,
    })
}

fn function(number: u32) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

/// A key told by its code point (xterm's modifyOtherKeys, kitty).
fn coded(code: u32, modifiers: KeyModifiers) -> Option<Event> {
    let special = match code {
        9 if modifiers.contains(KeyModifiers::SHIFT) => Some(KeyCode::BackTab),
        9 => Some(KeyCode::Tab),
        13 | 57_414 => Some(KeyCode::Enter),
        27 => Some(KeyCode::Esc),
        8 | 127 => Some(KeyCode::Backspace),
        57_399..=57_408 => Some(KeyCode::Char(char::from_digit(code - 57_399, 10)?)),
        // The rest of kitty's private range: modifiers alone, media keys.
        57_344..=63_743 => return None,
        _ => None,
    };
    if let Some(code) = special {
        return Some(key(code, modifiers));
    }
    let found = char::from_u32(code).filter(|found| !found.is_control())?;
    let shifted = modifiers.contains(KeyModifiers::SHIFT) && found.is_ascii_lowercase();
    Some(character(if shifted { found.to_ascii_uppercase() } else { found }, modifiers))
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
    Event::Key(KeyEvent::new(code, modifiers))
}

fn character(found: char, modifiers: KeyModifiers) -> Event {
    let shift = if found.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    key(KeyCode::Char(found), modifiers | shift)
}

#[cfg(test)]
mod tests;
