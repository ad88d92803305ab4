//! Keeps dates from the parser that it would choke on.

use std::borrow::Cow;

/// Replaces what is not ASCII in texts of exactly seven bytes whose fifth sign is a dash.
pub(super) fn defuse_dates(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.is_ascii() {
        return text;
    }
    let mut dangerous = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive('<') {
        let inside = piece.rsplit_once(['>', '[']).map_or(piece, |(_, inside)| inside);
        let bare = inside.trim_end_matches('<').trim_end_matches("]]").trim();
        if bare.len() == 7 && bare.chars().nth(4) == Some('-') && !bare.is_char_boundary(4) {
            dangerous.push(at..at + piece.len());
        }
        at += piece.len();
    }
    if dangerous.is_empty() {
        return text;
    }
    let mut safe = String::with_capacity(text.len());
    let mut copied = 0;
    for range in dangerous {
        safe.push_str(text.get(copied..range.start).unwrap_or_default());
        let piece = text.get(range.clone()).unwrap_or_default();
        safe.extend(piece.chars().map(|sign| if sign.is_ascii() { sign } else { '?' }));
        copied = range.end;
    }
    safe.push_str(text.get(copied..).unwrap_or_default());
    safe.into()
}
