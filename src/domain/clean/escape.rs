//! Terminal sequences (ECMA-48), in their seven-bit form (`ESC [`) and their eight-bit form (U+009B), taken out whole.

/// What an unterminated string or a sequence without an end may swallow, in characters. Enough for a window title;
/// the rest is then text again, so that a stray introducer cannot hide a post.
const LONGEST_UNENDED: usize = 256;

/// The characters of a text without its terminal sequences. Stray controls are left to the caller.
pub(super) struct Plain<'a> {
    rest: &'a str,
}

impl<'a> Plain<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }
}

impl Iterator for Plain<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        loop {
            let c = self.rest.chars().next()?;
            let sequence = sequence(c, self.rest.get(c.len_utf8()..).unwrap_or_default());
            let step = c.len_utf8() + sequence.unwrap_or(0);
            self.rest = self.rest.get(step..).unwrap_or_default();
            if sequence.is_none() {
                return Some(c);
            }
        }
    }
}

/// How many bytes of `rest` belong to the sequence that `first` introduces; `None` if it introduces none.
fn sequence(first: char, rest: &str) -> Option<usize> {
    match first {
        '\u{1B}' => Some(after_escape(rest)),
        '\u{9B}' => Some(control(rest)),
        '\u{9D}' => Some(string(rest, true)),
        '\u{90}' | '\u{98}' | '\u{9E}' | '\u{9F}' => Some(string(rest, false)),
        _ => None,
    }
}

fn after_escape(rest: &str) -> usize {
    let Some(second) = rest.chars().next() else { return 0 };
    let tail = rest.get(second.len_utf8()..).unwrap_or_default();
    match second {
        '[' => 1 + control(tail),
        ']' => 1 + string(tail, true),
        'P' | 'X' | '^' | '_' => 1 + string(tail, false),
        ' '..='/' => 1 + designation(tail),
        '0'..='~' => 1,
        _ => 0,
    }
}

/// CSI: parameters, intermediates, one final. Anything else ends it and is text again.
fn control(rest: &str) -> usize {
    let mut length = 0;
    for byte in rest.bytes().take(LONGEST_UNENDED) {
        match byte {
            b' '..=b'?' => length += 1,
            b'@'..=b'~' => return length + 1,
            _ => break,
        }
    }
    length
}

/// The rest of `ESC` with intermediates: more of them, one final.
fn designation(rest: &str) -> usize {
    let mut length = 0;
    for byte in rest.bytes().take(LONGEST_UNENDED) {
        match byte {
            b' '..=b'/' => length += 1,
            b'0'..=b'~' => return length + 1,
            _ => break,
        }
    }
    length
}

/// OSC, DCS, APC, PM and SOS: up to the string terminator (for OSC also the bell), or to what makes a terminal give
/// the string up. A line break or the end of the text leaves it unended, and then it swallows a bounded part only.
fn string(rest: &str, bell_ends: bool) -> usize {
    for (at, c) in rest.char_indices() {
        match c {
            '\u{7}' if bell_ends => return at + 1,
            '\u{18}' | '\u{1A}' => return at + 1,
            '\u{9C}' => return at + c.len_utf8(),
            '\u{1B}' if rest.get(at + 1..).is_some_and(|tail| tail.starts_with('\\')) => return at + 2,
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => return unended(rest, at),
            '\u{1B}' | '\u{80}'..='\u{9F}' => return at,
            _ => {}
        }
    }
    unended(rest, rest.len())
}

fn unended(rest: &str, length: usize) -> usize {
    rest.char_indices().nth(LONGEST_UNENDED).map_or(length, |(at, _)| at.min(length))
}
