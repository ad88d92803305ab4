//! One pass over a text for the trained readers: its pieces with their keys, and the characters that they are made of.
//!
//! The buffers of a [`Pieces`] are used again from text to text, so that reading allocates nothing once they have
//! grown. Case, Latin accents, Arabic vowel signs and repetitions of a letter do not count; addresses, handles and
//! plain numbers count as one piece each, whatever they say.

use super::hash::{self, Key};

/// Characters that are read of a text; the rest is ignored.
pub const LONGEST: usize = 10_000;

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Letters with inner apostrophes and marks; of a script without spaces one letter.
    Word,
    /// `#word`: the key is the word's.
    Hashtag,
    /// Digits.
    Number,
    /// `@name`.
    Handle,
    /// A web address.
    Link,
    /// An emoji or an emoticon.
    Sign,
    /// `!`, `?`, `…`, a currency sign and the like.
    Mark,
    /// A word that the caller put out of sight with [`Pieces::mask`].
    Masked,
}

/// One piece of a text.
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    /// What it is known by; equal for pieces that read the same.
    pub key: Key,
    /// What it is.
    pub kind: Kind,
    /// First byte in the text.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
    /// Where its characters begin in the buffer.
    chars_start: u32,
    /// One past them.
    chars_end: u32,
    /// It stands where a negation reaches.
    pub negated: bool,
    /// Three letters or more, all capital.
    pub shouted: bool,
    /// A letter was repeated three times or more.
    pub drawn_out: bool,
    /// A stop, comma, bracket or line break stands between this piece and the one before.
    pub parted: bool,
}

/// A text in pieces.
#[derive(Debug, Default, Clone)]
pub struct Pieces {
    list: Vec<Piece>,
    chars: Vec<char>,
}

impl Pieces {
    /// Reads a text; what was read before is gone.
    pub fn read(&mut self, text: &str) {
        self.read_unmarked(text);
        super::negation::mark(&mut self.list);
    }

    /// Becomes a copy of others, within its own buffers.
    pub fn copy(&mut self, others: &Self) {
        self.list.clone_from(&others.list);
        self.chars.clone_from(&others.chars);
    }

    /// Reads a text without looking for negations.
    pub(super) fn read_unmarked(&mut self, text: &str) {
        self.list.clear();
        self.chars.clear();
        let end = if text.len() > LONGEST {
            text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at)
        } else {
            text.len()
        };
        let mut scan = Scan { text: text.get(..end).unwrap_or(text), at: 0, parted: false, before: ' ', pieces: self };
        while scan.step() {}
    }

    /// The pieces, in order.
    pub fn list(&self) -> &[Piece] {
        &self.list
    }

    /// The normalised characters of a piece.
    pub fn chars(&self, piece: &Piece) -> &[char] {
        self.chars.get(piece.chars_start as usize..piece.chars_end as usize).unwrap_or_default()
    }

    /// Puts pieces out of sight behind one key, for example every naming of the brand: they give no characters, and
    /// word features know them by `key` alone. Pieces are chosen by their place and themselves.
    pub fn mask(&mut self, key: Key, mut chosen: impl FnMut(usize, &Piece) -> bool) {
        for (place, piece) in self.list.iter_mut().enumerate() {
            if chosen(place, piece) {
                (piece.key, piece.kind, piece.chars_end) = (key, Kind::Masked, piece.chars_start);
            }
        }
    }
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    parted: bool,
    /// The character before `at`.
    before: char,
    pieces: &'a mut Pieces,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Reads one piece or skips one character; false at the end.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest().chars().next() else { return false };
        let start = self.at;
        if is_wordish(first) {
            if matches!(first, 'h' | 'H' | 'w' | 'W')
                && let Some(length) = link(self.rest())
            {
                self.fixed(Kind::Link, "http", length);
            } else if let Some((length, key)) = self.lettered_emoticon() {
                self.signed(start + length, key);
            } else {
                self.word(start, Kind::Word);
            }
        } else if first.is_whitespace() {
            self.parted |= first == '\n';
            self.skip(first);
        } else if matches!(first, '@' | '＠') && self.second().is_some_and(is_handle) {
            let length = self.rest().char_indices().skip(1).find(|(_, c)| !is_handle(*c)).map(|(at, _)| at);
            let length = length.unwrap_or(self.rest().len());
            self.fixed(Kind::Handle, "@", length);
        } else if matches!(first, '#' | '＃') && self.second().is_some_and(is_wordish) {
            self.skip(first);
            self.word(start, Kind::Hashtag);
        } else if let Some((length, key)) = emoticon(self.rest()) {
            self.signed(start + length, key);
        } else {
            self.mark(start, first);
        }
        true
    }

    fn second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    fn skip(&mut self, c: char) {
        self.at += c.len_utf8();
        self.before = c;
    }

    fn push(&mut self, piece: Piece) {
        self.at = piece.end as usize;
        self.before = self.text.get(..self.at).and_then(|text| text.chars().next_back()).unwrap_or(' ');
        self.parted = false;
        self.pieces.list.push(piece);
    }

    fn piece(&self, kind: Kind, start: usize, end: usize, key: Key) -> Piece {
        let chars = offset(self.pieces.chars.len());
        Piece {
            key,
            kind,
            start: offset(start),
            end: offset(end),
            chars_start: chars,
            chars_end: chars,
            negated: false,
            shouted: false,
            drawn_out: false,
            parted: self.parted,
        }
    }

    fn fixed(&mut self, kind: Kind, name: &str, length: usize) {
        let piece = self.piece(kind, self.at, self.at + length, hash::of_str(name));
        self.push(piece);
    }

    fn signed(&mut self, end: usize, key: Key) {
        let piece = self.piece(Kind::Sign, self.at, end, key);
        self.push(piece);
    }

    /// `xD`, `XD`, `:` is left to [`emoticon`].
    fn lettered_emoticon(&self) -> Option<(usize, Key)> {
        if self.before.is_alphanumeric() || !self.rest().starts_with(['x', 'X']) {
            return None;
        }
        let mut after = self.rest().chars().skip(1);
        let length = 1 + after.by_ref().take_while(|c| *c == 'D').count();
        let next = self.rest().get(length..).and_then(|rest| rest.chars().next());
        (length > 1 && !next.is_some_and(char::is_alphanumeric)).then(|| (length, hash::of_str(":D")))
    }

    fn word(&mut self, start: usize, kind: Kind) {
        let chars_start = self.pieces.chars.len();
        let mut key = hash::START;
        let (mut letters, mut capitals, mut digits, mut run) = (0u32, 0u32, 0u32, 0u32);
        let (mut last, mut drawn_out, mut end) = ('\0', false, self.at);
        let mut rest = self.rest().char_indices().peekable();
        let base = self.at;
        while let Some((at, c)) = rest.next() {
            let apostrophe = matches!(c, '\'' | '’' | '‘' | 'ʼ')
                && letters > 0
                && rest.peek().is_some_and(|(_, next)| next.is_alphabetic());
            if !(is_wordish(c) || apostrophe || is_inner(c)) || (letters > 0 && stands_alone(c)) {
                break;
            }
            end = base + at + c.len_utf8();
            if is_inner(c) {
                continue;
            }
            letters += 1;
            capitals += u32::from(c.is_uppercase());
            digits += u32::from(c.is_numeric());
            let plain = if apostrophe { '\'' } else { plain(c) };
            run = if plain == last { run + 1 } else { 1 };
            last = plain;
            if run > 2 {
                drawn_out = true;
                continue;
            }
            key = hash::push(key, plain);
            self.pieces.chars.push(plain);
            if stands_alone(c) {
                break;
            }
        }
        if digits > 0 && digits == letters {
            self.pieces.chars.truncate(chars_start);
            let piece = self.piece(Kind::Number, start, end, number_key(digits));
            self.push(piece);
            return;
        }
        let piece = self.piece(kind, start, end, hash::finish(key));
        let chars_end = offset(self.pieces.chars.len());
        self.push(Piece {
            chars_start: offset(chars_start),
            chars_end,
            shouted: capitals >= 3 && capitals == letters,
            drawn_out,
            ..piece
        });
    }

    fn mark(&mut self, start: usize, first: char) {
        if is_emoji(first) {
            let extra = self.rest().chars().skip(1).take_while(|c| clings(*c)).map(char::len_utf8).sum::<usize>();
            let key = hash::finish(hash::push(hash::START, first));
            self.signed(start + first.len_utf8() + extra, key);
            return;
        }
        let run = self.rest().chars().take_while(|c| *c == first).count();
        let end = start + run * first.len_utf8();
        let wide = |c: char| hash::finish(hash::push(hash::push(hash::START, c), if run > 2 { '3' } else { '1' }));
        match first {
            '!' | '！' | '¡' => self.marked(end, wide('!')),
            '?' | '？' | '؟' | '¿' => self.marked(end, wide('?')),
            '…' => self.marked(end, hash::of_str("...")),
            '.' if run > 1 => self.marked(end, hash::of_str("...")),
            '"' | '“' | '”' | '«' | '»' => self.marked(end, hash::of_str("\"")),
            '$' | '€' | '£' | '₹' | '¥' => self.marked(end, hash::of_str("$")),
            '%' => self.marked(end, hash::of_str("%")),
            _ => {
                self.parted |= matches!(
                    first,
                    '.' | ','
                        | ';'
                        | ':'
                        | '('
                        | ')'
                        | '['
                        | ']'
                        | '|'
                        | '—'
                        | '–'
                        | '。'
                        | '、'
                        | '，'
                        | '।'
                        | '،'
                        | '؛'
                );
                self.skip(first);
            }
        }
    }

    fn marked(&mut self, end: usize, key: Key) {
        let piece = self.piece(Kind::Mark, self.at, end, key);
        self.push(piece);
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn number_key(digits: u32) -> Key {
    hash::finish(hash::push(hash::of_str("0"), char::from_digit(digits.min(6), 10).unwrap_or('6')))
}

/// Begins or continues a word.
fn is_wordish(c: char) -> bool {
    c.is_ascii_alphanumeric() || (!c.is_ascii() && (c.is_alphanumeric() || is_vowel_sign(c)) && !is_emoji(c))
}

/// Vowel signs and other marks that are part of a word in Indic scripts.
fn is_vowel_sign(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{903}' | '\u{93A}'..='\u{94F}' | '\u{951}'..='\u{957}' | '\u{962}'..='\u{963}'
        | '\u{980}'..='\u{DFF}')
}

/// Stands inside words and says nothing: vowel signs of Arabic and Hebrew, joiners, accents that did not compose.
fn is_inner(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5C7}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}'
        | '\u{93C}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

fn is_handle(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_')
}

/// A letter of a script written without spaces.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{2FA1F}')
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{2300}'..='\u{23FF}'
        | '\u{203C}' | '\u{2049}')
}

/// Joiners, presentation selectors and skin tones.
fn clings(c: char) -> bool {
    matches!(c, '\u{FE0E}' | '\u{FE0F}' | '\u{200D}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{20E3}')
}

/// The length of the web address that a text begins with.
fn link(text: &str) -> Option<usize> {
    let begins = |start: &str| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    if !(begins("http://") || begins("https://") || begins("www.")) {
        return None;
    }
    Some(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// The emoticon that a text begins with: its length, and a key that is equal for faces of the same look.
fn emoticon(text: &str) -> Option<(usize, Key)> {
    let mut chars = text.chars();
    let eyes = chars.next()?;
    let heart = eyes == '<' && text.get(1..2) == Some("3");
    if heart {
        return Some((2, hash::of_str("<3")));
    }
    if !matches!(eyes, ':' | ';' | '=') {
        return None;
    }
    let mut length = 1;
    let mut mouth = chars.next()?;
    let tear = mouth == '\'';
    if matches!(mouth, '-' | '\'' | '^' | 'o') && text.get(2..3).is_some_and(|next| is_mouth(next.chars().next())) {
        mouth = chars.next()?;
        length += 1;
    }
    if !is_mouth(Some(mouth))
        || text.get(length + 1..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphanumeric)
    {
        return None;
    }
    length += text.get(length..).map_or(0, |rest| rest.chars().take_while(|c| *c == mouth).count());
    let look = match (mouth, tear, eyes) {
        (')' | ']', false, ';') => ";)",
        (')' | ']', _, _) => ":)",
        ('(' | '[', true, _) => ":'(",
        ('(' | '[', _, _) => ":(",
        ('D', _, _) => ":D",
        ('P' | 'p', _, _) => ":p",
        ('/' | '\\' | '|' | 's' | 'S', _, _) => ":/",
        ('*', _, _) => ":*",
        _ => ":o",
    };
    Some((length, hash::of_str(look)))
}

fn is_mouth(c: Option<char>) -> bool {
    c.is_some_and(|c| matches!(c, ')' | '(' | ']' | '[' | 'D' | 'P' | 'p' | '/' | '\\' | '|' | '*' | 'O' | 's' | 'S'))
}

/// The plain letter: lower case, no accent, one form of each Arabic letter.
fn plain(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let lower = c.to_lowercase().next().unwrap_or(c);
    match lower {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ß' | 'ś' | 'š' | 'ş' => 's',
        'ź' | 'ż' | 'ž' => 'z',
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ى' => 'ي',
        'ة' => 'ه',
        'ؤ' => 'و',
        'ئ' => 'ي',
        _ => lower,
    }
}
