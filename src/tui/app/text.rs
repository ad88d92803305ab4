//! Widths, cuts and line breaks of text on a terminal. Counts columns by grapheme, never characters.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::setup::Emoji;

/// A count and what is counted, in the singular where there is one.
pub fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{} {what}s", grouped(count)) }
}

/// Stands for what was cut.
pub const ELLIPSIS: &str = "…";

/// Columns that a text takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// The text in at most so many columns; a cut is marked, and never splits a grapheme.
pub fn clip(text: &str, columns: usize) -> Cow<'_, str> {
    if text.len() <= columns || width(text) <= columns {
        return Cow::Borrowed(text);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let mut cut = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let wide = UnicodeWidthStr::width(grapheme);
        if used + wide > columns - 1 {
            break;
        }
        cut.push_str(grapheme);
        used += wide;
    }
    let kept = cut.trim_end().len();
    cut.truncate(kept);
    cut.push_str(ELLIPSIS);
    Cow::Owned(cut)
}

/// The text cut or filled with spaces to exactly so many columns.
pub fn fit(text: &str, columns: usize) -> String {
    let clipped = clip(text, columns);
    let missing = columns.saturating_sub(width(&clipped));
    let mut fitted = clipped.into_owned();
    fitted.extend(std::iter::repeat_n(' ', missing));
    fitted
}

/// Foreign text for a list row. Terminals disagree about the width of emoji made of several characters, and a
/// wrong guess moves everything behind it: unless they are wanted raw, only their first sign is kept, flags become letters.
pub fn fold(text: &str, emoji: Emoji) -> Cow<'_, str> {
    if emoji == Emoji::Raw || !text.chars().any(disputed) {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    for grapheme in text.graphemes(true) {
        if !grapheme.chars().any(disputed) {
            folded.push_str(grapheme);
            continue;
        }
        let flag: String = grapheme.chars().filter_map(regional_letter).collect();
        if flag.is_empty() {
            folded.extend(grapheme.chars().find(|c| !disputed(*c)));
        } else {
            folded.push_str(&flag);
        }
    }
    Cow::Owned(folded)
}

/// Joins, variation selectors, skin tones, keycaps, tags and flag letters.
fn disputed(c: char) -> bool {
    matches!(u32::from(c), 0x200D | 0x20E3 | 0xFE00..=0xFE0F | 0x1F1E6..=0x1F1FF | 0x1F3FB..=0x1F3FF | 0xE0020..=0xE007F)
}

fn regional_letter(c: char) -> Option<char> {
    let offset = u32::from(c).checked_sub(0x1F1E6).filter(|offset| *offset < 26)?;
    char::from_u32(u32::from('A') + offset)
}

/// The text broken into lines of at most so many columns: at spaces, between wide characters, and inside words
/// only where a word alone is longer than a line. Line breaks of the text are kept; at most `most` lines.
pub fn wrap(text: &str, columns: usize, most: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        if lines.len() >= most {
            break;
        }
        wrap_paragraph(paragraph, columns, &mut lines);
    }
    if lines.len() > most {
        lines.truncate(most);
    }
    lines
}

fn wrap_paragraph(paragraph: &str, columns: usize, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut used = 0;
    for token in tokens(paragraph) {
        let wide = width(token);
        if used + wide <= columns {
            line.push_str(token);
            used += wide;
            continue;
        }
        if token.trim().is_empty() {
            continue;
        }
        if used > 0 {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            used = 0;
        }
        for grapheme in token.graphemes(true) {
            let wide = UnicodeWidthStr::width(grapheme);
            if used + wide > columns {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                used = 0;
            }
            line.push_str(grapheme);
            used += wide;
        }
    }
    lines.push(line.trim_end().to_owned());
}

/// Pieces that stay together: a space, a word, or one wide character with the closing sign behind it.
fn tokens(paragraph: &str) -> impl Iterator<Item = &str> {
    let mut rest = paragraph;
    std::iter::from_fn(move || {
        let mut end = 0;
        let mut after_wide = false;
        for grapheme in rest.graphemes(true) {
            let space = grapheme.starts_with(char::is_whitespace);
            let wide = UnicodeWidthStr::width(grapheme) > 1;
            if end > 0 && (space || ((after_wide || wide) && !closes(grapheme))) {
                break;
            }
            end += grapheme.len();
            after_wide = wide;
            if space {
                break;
            }
        }
        let (token, after) = rest.split_at_checked(end)?;
        rest = after;
        (!token.is_empty()).then_some(token)
    })
}

/// Signs that never begin a line.
fn closes(grapheme: &str) -> bool {
    grapheme.chars().next().is_some_and(|c| "、。，．！？：；）」』】〉》ー…,.!?:;)]}".contains(c))
}

/// A number with separators: 1204 as "1,204".
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number in at most four columns: 940, 1.2k, 12k, 3.4M.
pub fn short_number(number: u64) -> String {
    let scaled = |unit: u64, sign: char| {
        let tenths = number / (unit / 10);
        if tenths < 100 { format!("{}.{}{sign}", tenths / 10, tenths % 10) } else { format!("{}{sign}", number / unit) }
    };
    match number {
        0..1_000 => number.to_string(),
        1_000..1_000_000 => scaled(1_000, 'k'),
        1_000_000..1_000_000_000 => scaled(1_000_000, 'M'),
        _ => scaled(1_000_000_000, 'G'),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cuts_are_marked_and_keep_graphemes_whole() {
        assert_eq!(clip("chain snapped", 20), "chain snapped");
        assert_eq!(clip("chain snapped", 6), "chain…");
        assert_eq!(clip("自転車のチェーン", 7), "自転車…");
        assert_eq!(clip("自転車のチェーン", 6), "自転…");
        assert_eq!(clip("abc", 0), "");
        assert_eq!(clip("abc", 1), "…");
    }

    #[test]
    fn fit_fills_and_cuts() {
        assert_eq!(fit("ana", 5), "ana  ");
        assert_eq!(fit("自転車", 5), "自転…");
        assert_eq!(width(&fit("自転車の", 6)), 6);
    }

    #[test]
    fn disputed_emoji_become_one_sign() {
        assert_eq!(fold("ok 👍🏽 👨‍👩‍👧 ❤️ 🇩🇪 1️⃣ 😀", Emoji::Text), "ok 👍 👨 ❤ DE 1 😀");
        assert_eq!(fold("ok 👍🏽", Emoji::Raw), "ok 👍🏽");
        assert!(matches!(fold("plain", Emoji::Text), Cow::Borrowed(_)));
    }

    #[test]
    fn lines_break_at_words_and_between_wide_characters() {
        assert_eq!(wrap("the chain snapped, again", 12, 9), ["the chain", "snapped,", "again"]);
        assert_eq!(wrap("a\n\nb", 12, 9), ["a", "", "b"]);
        assert_eq!(wrap("自転車のチェーン", 6, 9), ["自転車", "のチ", "ェーン"]);
        assert_eq!(wrap("abcdefghij", 4, 9), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("one two three", 3, 2), ["one", "two"]);
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!(grouped(1_204), "1,204");
        assert_eq!(grouped(1_000_000), "1,000,000");
        assert_eq!(grouped(12), "12");
        assert_eq!(short_number(940), "940");
        assert_eq!(short_number(1_250), "1.2k");
        assert_eq!(short_number(12_300), "12k");
        assert_eq!(short_number(3_400_000), "3.4M");
    }

    proptest! {
        #[test]
        fn clip_never_exceeds(text in "\\PC{0,60}", columns in 0usize..40) {
            prop_assert!(width(&clip(&text, columns)) <= columns);
            prop_assert_eq!(width(&fit(&text, columns)), columns);
        }

        #[test]
        fn wrap_never_exceeds_and_loses_no_letter(text in "[a-z自転😀é ,.()]{0,120}", columns in 2usize..30) {
            let lines = wrap(&text, columns, 1_000);
            for line in &lines {
                prop_assert!(width(line) <= columns, "{:?} in {}", line, columns);
            }
            let letters = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }

        #[test]
        fn folding_leaves_nothing_disputed(text in "\\PC{0,60}") {
            prop_assert!(!fold(&text, Emoji::Text).chars().any(disputed));
        }
    }
}
