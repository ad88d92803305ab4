//! A text with words set off: each with a sign before it, in a tone of its own, wrapped to lines.

use std::ops::Range;

use crate::tui::app::page::{Line, Tone};
use crate::tui::app::text;

/// Words that stand out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mark {
    /// Where they stand (bytes of the text).
    pub(super) span: Range<usize>,
    /// The sign that is put before them.
    pub(super) sign: String,
    /// Their tone.
    pub(super) tone: Tone,
}

/// The lines of a text, at most so many columns wide.
pub(super) fn marked(words: &str, marks: &[Mark], columns: usize) -> Vec<Line> {
    let (words, places) = signed(words, marks);
    let mut lines = Vec::new();
    let mut at = 0;
    for line in text::wrap(&words, columns, usize::MAX) {
        // Between lines only blanks are left out, so that each is found from the end of the one before.
        let found = words.get(at..).and_then(|rest| rest.find(&line)).map(|start| at + start);
        let Some(start) = found.filter(|_| !line.is_empty()) else {
            lines.push(Line::of(Tone::Text, line));
            continue;
        };
        at = start + line.len();
        lines.push(toned(&words, start..at, &places));
    }
    lines
}

/// The text with the signs in it, and where the marked words stand then. Of words that overlap the first ones count;
/// the same words marked twice have both signs.
fn signed(words: &str, marks: &[Mark]) -> (String, Vec<(Range<usize>, Tone)>) {
    let mut sorted: Vec<&Mark> = marks.iter().collect();
    sorted.sort_by_key(|mark| (mark.span.start, std::cmp::Reverse(mark.span.end)));
    let (mut text, mut places) = (String::with_capacity(words.len() + marks.len() * 3), Vec::new());
    let mut done = 0;
    let mut rest = sorted.as_slice();
    while let Some((mark, after)) = rest.split_first() {
        let same = after.iter().take_while(|other| other.span == mark.span).count();
        let (twins, later) = after.split_at(same);
        rest = later;
        let (Some(before), Some(those)) = (words.get(done..mark.span.start), words.get(mark.span.clone())) else {
            continue;
        };
        text.push_str(before);
        let start = text.len();
        let mut signs: Vec<&str> = Vec::new();
        for sign in std::iter::once(mark).chain(twins).map(|mark| mark.sign.as_str()) {
            if !signs.contains(&sign) {
                signs.push(sign);
            }
        }
        signs.iter().for_each(|sign| text.push_str(sign));
        text.push_str(those);
        places.push((start..text.len(), mark.tone));
        done = mark.span.end;
    }
    text.push_str(words.get(done..).unwrap_or_default());
    (text, places)
}

/// A line of the text; what is marked has its tone.
fn toned(words: &str, line: Range<usize>, places: &[(Range<usize>, Tone)]) -> Line {
    let mut result = Line::new();
    let mut done = line.start;
    for (place, tone) in places {
        let (from, to) = (place.start.max(line.start), place.end.min(line.end));
        if from >= to {
            continue;
        }
        result = result.with(Tone::Text, words.get(done..from).unwrap_or_default());
        result = result.with(*tone, words.get(from..to).unwrap_or_default());
        done = to;
    }
    result.with(Tone::Text, words.get(done..line.end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mark(span: Range<usize>, sign: &str) -> Mark {
        Mark { span, sign: sign.to_owned(), tone: if sign == "+" { Tone::Pro } else { Tone::Contra } }
    }

    fn told(lines: &[Line]) -> Vec<String> {
        lines.iter().map(Line::words).collect()
    }

    #[test]
    fn words_are_set_off_with_their_signs_across_lines() {
        let text = "the chain snapped\n\nnice bell though";
        let marks = [mark(10..17, "−"), mark(19..23, "+"), mark(10..17, "!"), mark(12..20, "+")];
        let lines = marked(text, &marks, 12);
        assert_eq!(told(&lines), ["the chain", "−!snapped", "", "+nice bell", "though"]);
        let tones: Vec<(Tone, &str)> = lines
            .iter()
            .flat_map(|line| &line.0)
            .filter(|piece| piece.tone != Tone::Text)
            .map(|piece| (piece.tone, piece.text.as_str()))
            .collect();
        assert_eq!(tones, [(Tone::Contra, "−!snapped"), (Tone::Pro, "+nice")]);
    }

    #[test]
    fn a_word_that_is_broken_stands_out_on_both_lines() {
        let lines = marked("unbelievable", &[mark(0..12, "−")], 8);
        assert_eq!(told(&lines), ["−unbelie", "vable"]);
        assert!(lines.iter().all(|line| line.0.iter().all(|piece| piece.tone == Tone::Contra)));
    }

    proptest! {
        #[test]
        fn no_letter_is_lost_and_no_line_is_too_long(
            text in "[a-zé自😀 ,.\n]{0,80}",
            spans in proptest::collection::vec((0usize..90, 0usize..90), 0..6),
            columns in 4usize..30,
        ) {
            let marks: Vec<Mark> = spans.into_iter().map(|(from, to)| mark(from..to, "+")).collect();
            let lines = marked(&text, &marks, columns);
            let letters = |s: &str| s.chars().filter(|c| !c.is_whitespace() && *c != '+').collect::<String>();
            prop_assert_eq!(letters(&told(&lines).concat()), letters(&text));
            prop_assert!(lines.iter().all(|line| line.width() <= columns));
        }
    }
}
