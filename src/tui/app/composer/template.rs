//! The words of one of a batch as a template for the next: whatever is edited goes on, and what was filled into a blank
//! stays with the person that it was filled in for.
//!
//! The text is followed change by change. Where a blank was filled, the stretch that stands in its place is private; words
//! outside of such a stretch are everybody's. A change that takes in both cannot be told apart: the whole of it is
//! private then, and the next one gets what stood there before. Nothing private ever goes on, whatever is edited.

use std::ops::Range;

use super::advice::braces;

/// A text and what of it is meant for one person only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    text: String,
    /// Stretches of the text, in order and apart, and what the next one gets in place of each.
    blanks: Vec<Blank>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Blank {
    at: Range<usize>,
    /// What the next one gets: the blank, with whatever was taken in with it.
    open: String,
}

/// A change: the bytes of the old text that went, and where what came in their place ends in the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    old: Range<usize>,
    new_end: usize,
}

impl Edit {
    /// What changed between two texts. Where the same letters stand beside it, the cursor tells where it was.
    fn between(old: &str, new: &str, cursor: usize) -> Self {
        let before = common(old.chars().zip(new.chars()));
        let behind = common(old.chars().rev().zip(new.chars().rev()));
        let shorter = old.len().min(new.len());
        if before + behind <= shorter {
            return Self { old: before..old.len() - behind, new_end: new.len() - behind };
        }
        // Words only came or only went, in the midst of the same letters.
        let (came, went) = (new.len() - shorter, old.len() - shorter);
        let likely = cursor.saturating_sub(came).clamp(shorter - behind, before);
        let whole = |at: usize| old.is_char_boundary(at) && new.is_char_boundary(at + came);
        let from = if whole(likely) { likely } else { before };
        Self { old: from..from + went, new_end: from + came }
    }
}

/// Bytes of the first letters that are the same in both.
fn common(pairs: impl Iterator<Item = (char, char)>) -> usize {
    pairs.take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum()
}

/// Whether words, or parts of them, stand in others.
fn shares(one: &str, other: &str) -> bool {
    one.split_whitespace().any(|word| other.contains(word) || word.contains(other))
        || other.split_whitespace().any(|word| one.contains(word))
}

impl Template {
    /// A text of which every blank is open.
    pub fn of(text: &str) -> Self {
        let open = |at: Range<usize>| Blank { open: text.get(at.clone()).unwrap_or_default().to_owned(), at };
        Self { text: text.to_owned(), blanks: braces(text).into_iter().map(open).collect() }
    }

    /// The text was changed into this one; the cursor stands there now. `head` is the length of what the sheet began with
    /// (the name): whoever replaces all behind it begins anew.
    pub fn follow(&mut self, text: &str, cursor: usize, head: usize) {
        if text == self.text {
            return;
        }
        let emptied = text.len() <= head && self.private().all(|(words, _)| words.trim().is_empty());
        if emptied || text.trim().is_empty() {
            *self = Self::of(text);
            return;
        }
        let edit = Edit::between(&self.text, text, cursor);
        if self.begins_anew(text, &edit, head) {
            *self = Self::of(text);
            return;
        }
        let hit: Vec<usize> = (0..self.blanks.len()).filter(|index| self.is_hit(*index, &edit)).collect();
        let private = hit.iter().any(|index| self.is_filled(*index) || self.is_within(*index, &edit));
        let taken = if private { self.take_in(&hit, &edit) } else { None };
        let moved = |at: usize| (at + edit.new_end).saturating_sub(edit.old.end);
        let mut blanks = Vec::with_capacity(self.blanks.len() + 1);
        for (index, blank) in self.blanks.iter().enumerate() {
            if hit.contains(&index) || taken.as_ref().is_some_and(|taken| taken.at.contains(&blank.at.start)) {
                continue;
            }
            let at = if blank.at.start >= edit.old.end {
                moved(blank.at.start)..moved(blank.at.end)
            } else {
                blank.at.clone()
            };
            blanks.push(Blank { at, open: blank.open.clone() });
        }
        blanks.extend(taken.map(|taken| Blank { at: taken.at.start..moved(taken.at.end), open: taken.open }));
        blanks.sort_by_key(|blank| (blank.at.start, blank.at.end));
        self.blanks = blanks;
        text.clone_into(&mut self.text);
        self.find_open();
    }

    /// Everything was replaced, and nothing that was filled in is in what stands there now.
    fn begins_anew(&self, text: &str, edit: &Edit, head: usize) -> bool {
        let all = edit.old.start <= head && edit.old.end == self.text.len();
        let came = text.get(edit.old.start..edit.new_end).unwrap_or_default();
        let gone = |blank: &Blank| {
            let words = self.words(&blank.at).trim();
            blank.at.start >= edit.old.start && (words.is_empty() || words == blank.open || !shares(came, words))
        };
        all && self.blanks.iter().all(gone)
    }

    fn words(&self, at: &Range<usize>) -> &str {
        self.text.get(at.clone()).unwrap_or_default()
    }

    fn is_filled(&self, index: usize) -> bool {
        self.blanks.get(index).is_some_and(|blank| self.words(&blank.at) != blank.open)
    }

    /// The change is within the stretch of a blank, or is all of it.
    fn is_within(&self, index: usize, edit: &Edit) -> bool {
        let Some(blank) = self.blanks.get(index) else { return false };
        edit.old.start >= blank.at.start && edit.old.end <= blank.at.end
    }

    /// The change concerns a blank. What comes at the edge of one that is filled may belong to the filling; at the edge of
    /// one that is open it does not.
    fn is_hit(&self, index: usize, edit: &Edit) -> bool {
        let Some(Blank { at, .. }) = self.blanks.get(index) else { return false };
        let overlaps = edit.old.start < at.end && edit.old.end > at.start;
        overlaps || self.is_filled(index) && self.touches(index, edit)
    }

    /// Words came at the edge of a blank; of two that meet there it is the earlier one.
    fn touches(&self, index: usize, edit: &Edit) -> bool {
        let Some(Blank { at, .. }) = self.blanks.get(index) else { return false };
        let earlier = || {
            index.checked_sub(1).and_then(|before| self.blanks.get(before)).is_some_and(|before| {
                self.is_filled(index - 1) && before.at.end == edit.old.start && edit.old.start == at.start
            })
        };
        let comes = edit.old.is_empty() && (edit.old.start == at.start || edit.old.start == at.end);
        comes && !earlier()
    }

    /// The stretch that the change and the blanks in it take up together, with what the next one gets in its place.
    fn take_in(&self, hit: &[usize], edit: &Edit) -> Option<Blank> {
        let blanks: Vec<&Blank> = hit.iter().filter_map(|index| self.blanks.get(*index)).collect();
        let start = blanks.first()?.at.start.min(edit.old.start);
        let end = blanks.last()?.at.end.max(edit.old.end);
        let within = |index: usize, blank: &Blank| hit.contains(&index) || (start..end).contains(&blank.at.start);
        Some(Blank { at: start..end, open: self.open(start..end, within) })
    }

    /// A stretch with these of its blanks open.
    fn open(&self, stretch: Range<usize>, within: impl Fn(usize, &Blank) -> bool) -> String {
        let mut words = String::new();
        let mut from = stretch.start;
        for (_, blank) in self.blanks.iter().enumerate().filter(|(index, blank)| within(*index, blank)) {
            words.push_str(self.words(&(from..blank.at.start)));
            words.push_str(&blank.open);
            from = blank.at.end;
        }
        words.push_str(self.words(&(from..stretch.end)));
        words
    }

    /// What is as it was is nobody's; blanks that were written meanwhile are blanks like others.
    fn find_open(&mut self) {
        let text = &self.text;
        let as_it_was = |blank: &Blank| text.get(blank.at.clone()) == Some(blank.open.as_str());
        self.blanks.retain(|blank| !as_it_was(blank));
        let apart =
            |at: &Range<usize>| self.blanks.iter().all(|blank| blank.at.end <= at.start || blank.at.start >= at.end);
        let open = |at: Range<usize>| Blank { open: text.get(at.clone()).unwrap_or_default().to_owned(), at };
        let fresh: Vec<Blank> = braces(text).into_iter().filter(apart).map(open).collect();
        self.blanks.extend(fresh);
        self.blanks.sort_by_key(|blank| (blank.at.start, blank.at.end));
    }

    /// The words for the next one: every blank open again.
    pub fn for_others(&self) -> String {
        self.open(0..self.text.len(), |_, _| true)
    }

    /// What is for this one only, and what the next one gets in place of it.
    pub fn private(&self) -> impl Iterator<Item = (&str, &str)> {
        let filled = |blank: &&Blank| self.words(&blank.at) != blank.open;
        self.blanks.iter().filter(filled).map(|blank| (self.words(&blank.at), blank.open.as_str()))
    }
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
