//! Characters that may stay, marks and joiners where they belong, clusters and lengths with a bound.
//!
//! Three steps, each of which leaves the result of an earlier cleaning as it is: drop or replace single characters
//! ([`kept`]), keep marks and joiners only where they have something to stand on ([`attach`]), compose, then bound
//! every cluster and the whole ([`fit`]).

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeEmoji, UnicodeGeneralCategory as _};
use unicode_segmentation::UnicodeSegmentation;

use super::escape::Plain;
use crate::domain::letters::{is_presentation_selector, is_skin_tone};

/// Most combining marks in a cluster. Four are enough for stacked Vietnamese, pointed Hebrew and Burmese.
pub(super) const MOST_MARKS: usize = 4;
/// Most characters in a cluster; the longest emoji in use have eleven.
pub(super) const LONGEST_CLUSTER: usize = 16;
/// Marks in a row that are looked at before composition.
const MARKS_IN_A_ROW: usize = 12;
/// Stands for what must not be shown: private use, unassigned, overlong clusters.
const REPLACEMENT: char = '\u{FFFD}';
const JOINER: char = '\u{200D}';
const KEYCAP: char = '\u{20E3}';

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// White space folded, no line break.
    Line,
    /// Line breaks stay.
    Block,
}

pub(super) fn clean(foreign: &str, shape: Shape, longest: usize) -> String {
    let (kept, cut) = keep(foreign, shape, longest.saturating_add(16).saturating_mul(8));
    let attached = attach(&kept);
    let composed = match is_nfc_quick(attached.chars()) {
        IsNormalized::Yes => attached,
        _ => attached.nfc().collect(),
    };
    fit(&composed, cut, longest)
}

/// The characters that may stay, at most `most` of them, and whether some were left out for their number.
fn keep(foreign: &str, shape: Shape, most: usize) -> (String, bool) {
    let mut out = String::with_capacity(foreign.len().min(most));
    let mut count = 0;
    let mut pending_space = false;
    let mut characters = Plain::new(foreign).peekable();
    while let Some(c) = characters.next() {
        if c == '\r' && characters.peek() == Some(&'\n') {
            continue;
        }
        let Some(c) = kept(c) else { continue };
        if shape == Shape::Line && c.is_whitespace() {
            pending_space = !out.is_empty();
            continue;
        }
        let baseless = pending_space || out.chars().next_back().is_none_or(char::is_whitespace);
        if baseless && (c == JOINER || is_mark(c)) {
            continue;
        }
        if count >= most {
            return (out, true);
        }
        if std::mem::take(&mut pending_space) {
            out.push(' ');
            count += 1;
        }
        out.push(c);
        count += 1;
    }
    (out, false)
}

/// What becomes of a single character: itself, a stand-in, or nothing.
fn kept(c: char) -> Option<char> {
    match c {
        ' '..='~' | '\n' => Some(c),
        '\t' => Some(' '),
        '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        JOINER => Some(c),
        // Invisible though they count as letters or marks: fillers, grapheme joiner, variation selectors.
        '\u{34F}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{3164}'
        | '\u{FE00}'..='\u{FE0D}'
        | '\u{FFA0}' => None,
        // Unassigned, but reserved for characters that are not to be seen.
        '\u{2065}' | '\u{FFF0}'..='\u{FFF8}' | '\u{E0000}'..='\u{E0FFF}' => None,
        _ => match c.general_category() {
            GeneralCategory::Control | GeneralCategory::Format => None,
            GeneralCategory::PrivateUse | GeneralCategory::Unassigned | GeneralCategory::Surrogate => Some(REPLACEMENT),
            _ => Some(c),
        },
    }
}

fn is_mark(c: char) -> bool {
    !c.is_ascii() && c.general_category_group() == GeneralCategoryGroup::Mark
}

/// Marks, presentation selectors and joiners only where they have something to stand on.
fn attach(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut base = None;
    let mut last = None;
    let mut marks = 0;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let next = characters.peek().copied();
        let stays = match (c, base) {
            (JOINER, Some(base)) => {
                let direct = last.is_some_and(|c| c == base || is_presentation_selector(c) || is_skin_tone(c));
                direct && next.is_some_and(|next| joins(base, next))
            }
            (JOINER, None) => false,
            (c, Some(base)) if is_presentation_selector(c) => last == Some(base) && is_presented(base, next),
            (c, base) if is_mark(c) => {
                marks += 1;
                base.is_some() && marks <= MARKS_IN_A_ROW
            }
            (c, Some(_)) if is_skin_tone(c) => true,
            _ => {
                marks = 0;
                base = (!c.is_whitespace()).then_some(c);
                true
            }
        };
        if stays {
            out.push(c);
            last = Some(c);
        }
    }
    out
}

/// Whether a joiner makes one emoji of the two. The rules of text segmentation themselves are asked: they join these
/// two, and would not join the second to just anything.
fn joins(before: char, after: char) -> bool {
    let is_one = |before: char| {
        let sequence: String = [before, JOINER, after].into_iter().collect();
        sequence.graphemes(true).nth(1).is_none()
    };
    is_one(before) && !is_one('a')
}

fn is_presented(base: char, next: Option<char>) -> bool {
    base.is_emoji_char() && (!base.is_ascii() || next == Some(KEYCAP))
}

/// Bounds every cluster and the whole. A text that is cut ends with `…`.
fn fit(text: &str, cut: bool, longest: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut count = 0;
    // Where the text may be cut so that the ellipsis still fits.
    let mut border = 0;
    let mut cut = cut;
    for cluster in text.graphemes(true) {
        if count < longest {
            border = out.len();
        }
        count += push_cluster(cluster, &mut out);
        if count > longest {
            cut = true;
            break;
        }
    }
    if !cut {
        return out;
    }
    if count < longest {
        border = out.len();
    }
    out.truncate(border);
    out.truncate(out.trim_end().len());
    if longest > 0 {
        out.push('…');
    }
    out
}

/// Appends a cluster with its marks bounded, or its stand-in; how many characters it came to.
fn push_cluster(cluster: &str, out: &mut String) -> usize {
    if cluster.len() == 1 {
        out.push_str(cluster);
        return 1;
    }
    let start = out.len();
    let mut marks = 0;
    let mut count = 0;
    for c in cluster.chars() {
        if is_mark(c) {
            marks += 1;
            if marks > MOST_MARKS {
                continue;
            }
        }
        count += 1;
        out.push(c);
    }
    if count > LONGEST_CLUSTER {
        out.truncate(start);
        out.push(REPLACEMENT);
        return 1;
    }
    count
}
