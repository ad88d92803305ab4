//! One pass over a text: words, numbers, handles, hashtags, addresses, emoji and marks, each with its place.
//!
//! Pure. Every reader of this room, the normaliser and the word lists share this scanner, so that a listed
//! phrase and the same phrase in a post fall into the same pieces.

use std::cell::Cell;
use std::rc::Rc;

use unicode_normalization::char::is_combining_mark;

use super::fold::{WORD, fold};
pub use super::fold::{fold_key, folded, join};

/// Characters that are read of a text; the rest is ignored.
pub const LONGEST: usize = 20_000;
/// Pieces that are read of a text; the rest is ignored.
pub const MOST: usize = 6_000;

/// What kind of piece a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Letters, with inner apostrophes; an ideograph, kana or Thai letter each by itself.
    Word,
    /// Digits and what clings to them: `3`, `9.5`, `4th`, `10/10`.
    Number,
    /// A number with a currency sign.
    Money,
    /// A number with a percent sign.
    Percent,
    /// `@name`, `@name@host`.
    Handle,
    /// `#word`.
    Hashtag,
    /// A web address, a bare domain or an e-mail address.
    Link,
    /// An emoji, whatever its skin tone.
    Emoji,
    /// An emoticon of letters and marks.
    Emoticon,
    /// Any other visible character, or a line break.
    Mark(char),
}

/// How a word is capitalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// No capital, or a script without them.
    Lower,
    /// The first letter alone.
    Capital,
    /// Two letters or more, all capital.
    Upper,
    /// Anything else.
    Mixed,
}

/// One piece of a text.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// Kind.
    pub kind: Kind,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Hash of the folded form: lower case, no diacritics, letters repeated thrice or more cut to two.
    /// Handles and hashtags hash without their sign and without separators.
    pub key: u64,
    /// The same with such repetitions cut to one letter; equal to `key` where there are none.
    pub short: u64,
    /// Capitalisation.
    pub case: Case,
    /// It is the first word of a sentence.
    pub opens: bool,
}

impl Token {
    /// A word, number, sum or share: what phrases are made of.
    pub fn is_wordish(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Number | Kind::Money | Kind::Percent)
    }

    /// Any mark.
    pub fn is_mark(&self) -> bool {
        matches!(self.kind, Kind::Mark(_))
    }

    /// A question mark, of whatever script.
    pub fn is_question(&self) -> bool {
        matches!(self.kind, Kind::Mark('?' | '？' | '؟'))
    }

    /// The bytes of the text that it stands on.
    pub fn span(&self) -> std::ops::Range<usize> {
        self.start..self.end
    }
}

/// The pieces of a text, in order; at most [`MOST`], from the first [`LONGEST`] characters.
pub fn scan(text: &str) -> Vec<Token> {
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at);
    let text = text.get(..end).unwrap_or(text);
    let mut scanner =
        Scanner { text, at: 0, opens: true, before: None, tokens: Vec::with_capacity((end / 5).min(MOST) + 8) };
    while scanner.tokens.len() < MOST && scanner.step() {}
    scanner.tokens
}

/// Texts up to this long are kept for the next reader.
const KEPT_LONGEST: usize = 1 << 16;

thread_local! {
    static KEPT: Cell<Option<(String, Rc<Vec<Token>>)>> = const { Cell::new(None) };
}

/// The pieces of a text as [`scan`] finds them. Several readers read a mention one after the other: whoever comes after
/// the first on its thread finds them ready.
pub fn shared(text: &str) -> Rc<Vec<Token>> {
    let (mut known, mut tokens) = KEPT.take().unwrap_or_default();
    if known != text {
        tokens = Rc::new(scan(text));
        known.clear();
        known.push_str(text);
    }
    if text.len() <= KEPT_LONGEST {
        KEPT.set(Some((known, Rc::clone(&tokens))));
    }
    tokens
}

fn case_of(word: &str) -> Case {
    let mut letters = word.chars().filter(|letter| letter.is_alphabetic());
    let first_upper = letters.next().is_some_and(char::is_uppercase);
    let (mut upper, mut lower) = (0usize, 0usize);
    for letter in letters {
        if letter.is_uppercase() {
            upper += 1;
        } else {
            lower += 1;
        }
    }
    match (first_upper, upper, lower) {
        (false, 0, _) => Case::Lower,
        (true, 0, _) => Case::Capital,
        (true, _, 0) => Case::Upper,
        _ => Case::Mixed,
    }
}

/// Scripts written without spaces: every letter is a piece.
fn stands_alone(letter: char) -> bool {
    matches!(letter, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{2FA1F}')
}

fn is_emoji(letter: char) -> bool {
    matches!(letter, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}'
        | '\u{2300}'..='\u{23FF}' | '\u{203C}' | '\u{2049}')
}

/// Joiners, presentation selectors and skin tones, which belong to the emoji before them.
fn clings(letter: char) -> bool {
    matches!(letter, '\u{FE0E}' | '\u{FE0F}' | '\u{200D}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{20E3}')
}

fn is_currency(letter: char) -> bool {
    matches!(letter, '$' | '£' | '€' | '¥' | '₹' | '₦' | '₽' | '₩' | '₺' | '¢')
}

fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’' | 'ʼ')
}

/// Longest first, so that a short one never hides a longer one.
const EMOTICONS: [&str; 37] = [
    ":'-(", ":'-)", ">:(", ":'(", ":')", ":-)", ":-(", ":-D", ":-/", ":-P", ":-p", ";-)", "=-)", ":-|", ":-\\", ":)",
    ":(", ":D", ":/", ":P", ":p", ";)", ";(", "=)", "=(", "=D", ":]", ":[", ":|", ":\\", "<3", "(:", "):", "^^", ":o",
    ":O", ":3",
];

/// Words before an apostrophe that are words of their own: `l'appli`, `dell'anno`.
const ELIDED: [&str; 19] = [
    "l", "d", "j", "n", "s", "c", "m", "t", "qu", "un", "dell", "all", "nell", "sull", "dall", "quest", "jusqu",
    "lorsqu", "puisqu",
];

/// Last labels by which a bare `word.label` is taken for an address.
const LABELS: [&str; 27] = [
    "com", "org", "net", "io", "co", "uk", "de", "fr", "es", "it", "pt", "br", "eu", "app", "dev", "shop", "store",
    "ly", "me", "example", "info", "tv", "au", "in", "ca", "nl", "ai",
];

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    opens: bool,
    before: Option<char>,
    tokens: Vec<Token>,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes one piece or skips one blank; false at the end.
    fn step(&mut self) -> bool {
        let rest = self.rest();
        let mut letters = rest.chars();
        let Some(first) = letters.next() else { return false };
        let second = letters.next();
        let start = self.at;
        if self.emoticon(rest, first) || self.address(rest, first) {
        } else if first.is_alphabetic() && !stands_alone(first) {
            self.word(rest);
        } else if first.is_numeric() || (is_currency(first) && second.is_some_and(char::is_numeric)) {
            self.number(rest, first);
        } else if stands_alone(first) && first.is_alphabetic() {
            self.piece(Kind::Word, first.len_utf8());
        } else if matches!(first, '@' | '#' | '＃') && second.is_some_and(|next| next.is_alphanumeric() || next == '_')
        {
            self.sign(rest, first);
        } else if is_emoji(first) {
            let tail: usize = rest.chars().skip(1).take_while(|next| clings(*next)).map(char::len_utf8).sum();
            self.emit(Kind::Emoji, first.len_utf8() + tail, rest.get(..first.len_utf8()).unwrap_or_default());
        } else if first == '\n' || (!first.is_whitespace() && !first.is_control() && !clings(first)) {
            self.mark(first);
        } else {
            self.at += first.len_utf8();
        }
        self.before = self.text.get(start..self.at).and_then(|taken| taken.chars().next_back());
        true
    }

    /// Adds a token of `len` bytes whose key is that of `word`.
    fn emit(&mut self, kind: Kind, len: usize, word: &str) {
        let (key, short) = fold(word);
        let wordish = matches!(kind, Kind::Word | Kind::Number | Kind::Money | Kind::Percent);
        let case = if wordish { case_of(word) } else { Case::Lower };
        let opens = self.opens && wordish;
        if wordish {
            self.opens = false;
        }
        self.tokens.push(Token { kind, start: self.at, end: self.at + len, key, short, case, opens });
        self.at += len;
    }

    fn piece(&mut self, kind: Kind, len: usize) {
        let word = self.rest().get(..len).unwrap_or_default();
        self.emit(kind, len, word);
    }

    fn mark(&mut self, mark: char) {
        if matches!(mark, '.' | '!' | '?' | '\n' | '…' | '。' | '！' | '？' | '؟' | ':' | '|') {
            self.opens = true;
        }
        self.emit(Kind::Mark(mark), mark.len_utf8(), "");
    }

    fn emoticon(&mut self, rest: &str, first: char) -> bool {
        if !matches!(first, ':' | ';' | '=' | '<' | '>' | '(' | ')' | '^')
            || self.before.is_some_and(char::is_alphanumeric)
        {
            return false;
        }
        let found = EMOTICONS.iter().find(|emoticon| {
            rest.strip_prefix(**emoticon)
                .is_some_and(|after| !after.chars().next().is_some_and(|next| next.is_alphanumeric() || next == '/'))
        });
        let Some(emoticon) = found else { return false };
        self.emit(Kind::Emoticon, emoticon.len(), emoticon);
        true
    }

    fn address(&mut self, rest: &str, first: char) -> bool {
        if !matches!(first, 'h' | 'H' | 'w' | 'W') {
            return false;
        }
        let starts = |prefix: &str| rest.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
        if !(starts("http://") || starts("https://") || starts("www.")) {
            return false;
        }
        self.link(rest);
        true
    }

    fn link(&mut self, rest: &str) {
        let end = rest.find(|next: char| next.is_whitespace() || matches!(next, '<' | '>' | '"')).unwrap_or(rest.len());
        let whole = rest.get(..end).unwrap_or(rest);
        let len = whole.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', '’', '…']).len();
        self.piece(Kind::Link, len.max(1));
    }

    fn word(&mut self, rest: &str) {
        let end = word_end(rest);
        let word = rest.get(..end).unwrap_or(rest);
        let after = rest.get(end..).unwrap_or_default();
        let mut next = after.chars();
        match (next.next(), next.next()) {
            (Some('@'), Some(host)) if host.is_alphanumeric() => return self.link(rest),
            (Some('.'), Some(label)) if label.is_ascii_alphanumeric() && is_domain(rest) => return self.link(rest),
            _ => {}
        }
        self.split(word);
    }

    /// A word with its elided article and its possessive taken apart.
    fn split(&mut self, word: &str) {
        let Some((at, apostrophe)) = word.char_indices().find(|(_, letter)| is_apostrophe(*letter)) else {
            return self.piece(Kind::Word, word.len());
        };
        let head = word.get(..at).unwrap_or_default();
        let tail = word.get(at + apostrophe.len_utf8()..).unwrap_or_default();
        if tail.eq_ignore_ascii_case("s") && !head.is_empty() {
            self.piece(Kind::Word, head.len());
            self.emit(Kind::Word, apostrophe.len_utf8() + tail.len(), "'s");
        } else if !tail.is_empty() && ELIDED.iter().any(|elided| head.eq_ignore_ascii_case(elided)) {
            self.piece(Kind::Word, head.len());
            self.at += apostrophe.len_utf8();
            let inner = self.rest().get(..tail.len()).unwrap_or_default();
            if inner.chars().next().is_some_and(char::is_alphabetic) {
                self.piece(Kind::Word, tail.len());
            }
        } else {
            self.piece(Kind::Word, word.len());
        }
    }

    fn number(&mut self, rest: &str, first: char) {
        let skip = if is_currency(first) { first.len_utf8() } else { 0 };
        let body = rest.get(skip..).unwrap_or_default();
        let mut len = 0;
        let mut letters = body.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            let joins = matches!(letter, '.' | ',' | ':' | '/' | '-')
                && letters.peek().is_some_and(|(_, next)| next.is_numeric());
            if !(letter.is_alphanumeric() || joins) || stands_alone(letter) {
                break;
            }
            len = at + letter.len_utf8();
        }
        let after = body.get(len..).unwrap_or_default();
        let next = after.chars().next();
        if skip > 0 {
            self.piece(Kind::Money, skip + len);
        } else if let Some(sign) = next.filter(|next| is_currency(*next)) {
            self.piece(Kind::Money, len + sign.len_utf8());
        } else if next == Some('%') {
            self.piece(Kind::Percent, len + 1);
        } else {
            self.piece(Kind::Number, len.max(first.len_utf8()));
        }
    }

    /// `@handle` or `#tag`.
    fn sign(&mut self, rest: &str, first: char) {
        let handle = first == '@';
        let body = rest.get(first.len_utf8()..).unwrap_or_default();
        let end = body
            .find(|next: char| {
                !(next.is_alphanumeric() || next == '_' || (handle && matches!(next, '.' | '-' | '@')))
                    || (!handle && is_combining_mark(next))
            })
            .unwrap_or(body.len());
        let body = body.get(..end).unwrap_or(body).trim_end_matches(['.', '-', '@']);
        let name = body.split('@').next().unwrap_or(body);
        let len = first.len_utf8() + body.len();
        if name.contains(['_', '.', '-']) {
            let joined: String = name.chars().filter(|letter| letter.is_alphanumeric()).take(WORD).collect();
            self.emit(if handle { Kind::Handle } else { Kind::Hashtag }, len, &joined);
        } else {
            self.emit(if handle { Kind::Handle } else { Kind::Hashtag }, len, name);
        }
    }
}

/// Where a word ends: letters, digits, marks on letters, and apostrophes between letters.
fn word_end(rest: &str) -> usize {
    let mut end = 0;
    let mut letters = rest.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let inner = is_apostrophe(letter) && letters.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if !(letter.is_alphanumeric() || (!letter.is_ascii() && is_combining_mark(letter)) || inner)
            || stands_alone(letter)
        {
            break;
        }
        end = at + letter.len_utf8();
    }
    end.max(rest.chars().next().map_or(0, char::len_utf8))
}

fn is_domain(rest: &str) -> bool {
    // No host name is longer than 253 bytes; the bound keeps `a.a.a.a…` linear.
    let host: usize =
        rest.bytes().take(253).take_while(|next| next.is_ascii_alphanumeric() || matches!(next, b'.' | b'-')).count();
    let host = rest.get(..host).unwrap_or_default().trim_end_matches('.');
    host.rsplit_once('.').is_some_and(|(_, label)| LABELS.iter().any(|known| label.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
