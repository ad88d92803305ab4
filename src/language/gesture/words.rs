//! A text as the rules for gestures see it: words in lower case with their places, numbers whole ("€10.000", "1.5m"),
//! and what parts one word from the next.

use std::ops::Range;

/// Words that are looked at; what stands behind them is left to the model.
const MOST: usize = 600;

/// What stands before a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// Nothing, or space.
    None,
    /// A comma, a bracket, a dash.
    Soft,
    /// The end of a sentence, a line break, the beginning of the text.
    Hard,
}

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters.
    Word,
    /// Begins with a digit: "5,000", "1st", "10k", "100g".
    Number,
    /// A number with the sign of a currency.
    Money,
    /// A number with a percent sign.
    Percent,
    /// `=`, `?`, `→`, `+` and the like.
    Mark,
    /// `@name`, `#word`.
    Tag,
}

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// In lower case, apostrophes straight.
    pub text: String,
    /// Bytes of the text.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
    /// What stands before it.
    pub gap: Gap,
}

impl Word {
    /// A figure of any kind, percentages not.
    pub fn is_figure(&self) -> bool {
        matches!(self.kind, Kind::Number | Kind::Money)
    }
}

/// The words of a text.
pub(crate) fn scan(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut gap = Gap::Hard;
    let mut at = 0;
    while let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        let length = if let Some(length) = figure(rest) {
            push(&mut words, text, at..at + length, None, &mut gap);
            length
        } else if first.is_alphanumeric() || (matches!(first, '@' | '#') && starts_word(rest)) {
            let length = word(rest);
            push(&mut words, text, at..at + length, None, &mut gap);
            length
        } else if is_mark(first) {
            push(&mut words, text, at..at + first.len_utf8(), Some(Kind::Mark), &mut gap);
            if first == '?' {
                gap = Gap::Hard;
            }
            first.len_utf8()
        } else {
            gap = gap.max(parting(first));
            first.len_utf8()
        };
        at += length;
        if words.len() >= MOST {
            break;
        }
    }
    words
}

fn push(words: &mut Vec<Word>, text: &str, span: Range<usize>, kind: Option<Kind>, gap: &mut Gap) {
    let written = text.get(span.clone()).unwrap_or_default();
    let kind = kind.unwrap_or_else(|| kind_of(written));
    let lower = written.to_lowercase().replace(['’', '‘', 'ʼ'], "'");
    words.push(Word { text: lower, span, kind, gap: *gap });
    *gap = Gap::None;
}

fn kind_of(written: &str) -> Kind {
    if !written.contains(|c: char| c.is_ascii_digit()) {
        return if written.starts_with(['@', '#']) { Kind::Tag } else { Kind::Word };
    }
    if written.starts_with(['@', '#']) {
        Kind::Tag
    } else if written.contains(is_currency) || code_before(written) > 0 {
        Kind::Money
    } else if written.ends_with('%') {
        Kind::Percent
    } else if written.starts_with(|c: char| c.is_ascii_digit()) {
        Kind::Number
    } else {
        Kind::Word
    }
}

/// Signs of currencies.
pub(crate) fn is_currency(c: char) -> bool {
    matches!(c, '$' | '€' | '£' | '₹' | '¥' | '₱' | '₦' | '₩' | '₪' | '₫' | '₺' | '₴' | '₽' | '฿' | '₵')
}

/// Currencies that are written in letters before a number.
const CODES: &[&str] = &[
    "Rs", "rs", "RS", "INR", "USD", "EUR", "GBP", "AUD", "CAD", "NZD", "HKD", "SGD", "CHF", "ZAR", "R", "RM", "NGN",
    "KES", "KSh", "Ksh", "AED", "PHP", "BRL", "PLN", "SEK", "NOK", "DKK", "JPY", "TL",
];

fn is_mark(c: char) -> bool {
    matches!(c, '=' | '+' | '?' | '→' | '&' | '×') || is_picture(c)
}

fn is_picture(c: char) -> bool {
    matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}')
}

fn parting(c: char) -> Gap {
    match c {
        '.' | '!' | '\n' | '…' | '。' | '！' => Gap::Hard,
        ',' | ';' | ':' | '(' | ')' | '[' | ']' | '—' | '–' | '"' | '“' | '”' | '|' | '/' | '•' | '*' => {
            Gap::Soft
        }
        _ => Gap::None,
    }
}

fn starts_word(rest: &str) -> bool {
    rest.chars().nth(1).is_some_and(char::is_alphanumeric)
}

/// The length of a word: letters and digits, inside of it apostrophes, hyphens, and dots before more letters
/// ("shop.example").
fn word(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        let inner = matches!(c, '\'' | '’' | '‘' | 'ʼ' | '-' | '_' | '.' | '@')
            && chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if !(c.is_alphanumeric() || inner || c == '_') {
            return at;
        }
    }
    rest.len()
}

/// The length of a figure that a text begins with: a currency before or behind, digits in groups, a unit that clings.
fn figure(rest: &str) -> Option<usize> {
    let before = currency_before(rest);
    let digits = rest.get(before..)?;
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut end = before + grouped_digits(digits);
    let clinging = rest.get(end..)?.chars().take_while(char::is_ascii_alphabetic).count();
    end += clinging;
    let tail = rest.get(end..)?;
    let sign = tail.strip_prefix([' ', '\u{A0}', '\u{202F}']).unwrap_or(tail);
    if let Some(sign) = sign.chars().next().filter(|c| before == 0 && matches!(c, '€' | '₺' | '₽' | '₴' | '₪'))
    {
        let space = tail.len() - tail.trim_start_matches([' ', '\u{A0}', '\u{202F}']).len();
        return Some(end + space + sign.len_utf8());
    }
    Some(if tail.starts_with('%') { end + 1 } else { end })
}

/// The length of `$`, `HK$`, `€ ` before a digit; 0 when there is none.
fn currency_before(rest: &str) -> usize {
    let code = code_before(rest);
    if code > 0 {
        return code;
    }
    let letters = rest.chars().take_while(char::is_ascii_uppercase).count();
    let after = rest.get(letters..).unwrap_or_default();
    let Some(sign) = after.chars().next().filter(|c| letters <= 3 && is_currency(*c)) else { return 0 };
    let length = letters + sign.len_utf8();
    let space = usize::from(rest.get(length..).is_some_and(|tail| tail.starts_with(' ')));
    let digit = rest.get(length + space..).is_some_and(|tail| tail.starts_with(|c: char| c.is_ascii_digit()));
    if digit { length + space } else { 0 }
}

/// The length of `Rs.`, `USD ` before a digit; 0 when there is none.
fn code_before(rest: &str) -> usize {
    let letters = rest.chars().take_while(char::is_ascii_alphabetic).count();
    let code = rest.get(..letters).filter(|code| CODES.contains(code));
    let Some(tail) = code.and_then(|_| rest.get(letters..)) else { return 0 };
    let dot = usize::from(tail.starts_with('.'));
    let space = usize::from(letters > 1 && tail.get(dot..).is_some_and(|tail| tail.starts_with(' ')));
    let digit = tail.get(dot + space..).is_some_and(|tail| tail.starts_with(|c: char| c.is_ascii_digit()));
    if digit { letters + dot + space } else { 0 }
}

/// Digits with inner dots and commas, and with groups of three behind a space or an apostrophe ("3 000").
fn grouped_digits(digits: &str) -> usize {
    let run = |from: usize| {
        let tail = digits.get(from..).unwrap_or_default();
        tail.chars().take_while(char::is_ascii_digit).count()
    };
    let mut end = run(0);
    let first = end;
    loop {
        let next = digits.get(end..).and_then(|tail| tail.chars().next());
        let width = next.map_or(0, char::len_utf8);
        let more = run(end + width);
        let goes_on = match next {
            Some('.' | ',') => more > 0,
            // As in Switzerland: 20'000.
            Some(' ' | '\u{A0}' | '\u{202F}' | '\'' | '’') => more == 3 && first <= 3,
            _ => false,
        };
        if !goes_on {
            return end;
        }
        end += width + more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(String, Kind)> {
        scan(text).into_iter().map(|word| (word.text, word.kind)).collect()
    }

    #[test]
    fn figures_stay_whole_with_their_currency_and_unit() {
        for (text, kind) in [
            ("€10.000", Kind::Money),
            ("$1.5m", Kind::Money),
            ("HK$2", Kind::Money),
            ("3 000 €", Kind::Money),
            ("20 000", Kind::Number),
            ("CHF 20'000", Kind::Money),
            ("10k", Kind::Number),
            ("1st", Kind::Number),
            ("40%", Kind::Percent),
        ] {
            assert_eq!(words(text), [(text.to_lowercase(), kind)], "{text}");
        }
        assert_eq!(words("in 2019 300 came").len(), 4);
    }

    #[test]
    fn gaps_tell_clauses_and_sentences() {
        let gaps: Vec<Gap> = scan("One, two three. Four").into_iter().map(|word| word.gap).collect();
        assert_eq!(gaps, [Gap::Hard, Gap::Soft, Gap::None, Gap::Hard]);
    }

    #[test]
    fn spans_are_of_the_text_whatever_it_is() {
        for text in ["", "🥐🥐", "ça coûte 5 €!", "₹\u{200B}5 don’t 1,", "@you #tag =", "مرحبا 5", "$", "A$ 5"]
        {
            for word in scan(text) {
                assert!(text.get(word.span.clone()).is_some_and(|piece| !piece.is_empty()), "{text}");
            }
        }
    }
}
