//! Taking somebody's name and words out of texts that stay. Pure.

use std::collections::HashSet;
use std::ops::Range;

use crate::domain::letters;

/// What stands in the place of a name or a quote.
pub(super) const GAP: &str = "…";
/// Words in a row that make a quote.
const QUOTE: usize = 5;
/// Shortest name that is taken out, in characters.
pub(super) const SHORTEST: usize = 3;

/// How much a text has to do with the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// It is a part of what went between us and them: any word that is theirs goes.
    Them,
    /// It is not: only what names them goes, as `@handle` or in an address.
    Others,
}

/// What somebody is recognised by in a text.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    /// Handles and ids, folded, longest first.
    handles: Vec<Vec<char>>,
    /// Handles without their server, and displayed names with their first words; folded, longest first.
    names: Vec<Vec<char>>,
    quotes: HashSet<Vec<String>>,
}

/// A handle in the form in which handles are compared.
pub(in crate::store::sqlite) fn folded(handle: &str) -> String {
    letters::folded(handle.trim().trim_start_matches('@'))
}

fn chars(text: &str) -> Option<Vec<char>> {
    let chars: Vec<char> = letters::folded(text.trim().trim_start_matches('@')).chars().collect();
    (chars.len() >= SHORTEST).then_some(chars)
}

impl Marks {
    /// Marks of these handles, ids, displayed names and texts.
    pub(super) fn new<'a>(
        handles: impl Iterator<Item = &'a str>,
        names: impl Iterator<Item = &'a str>,
        texts: impl Iterator<Item = &'a str>,
    ) -> Self {
        let mut marks = Self::default();
        for handle in handles {
            marks.handles.extend(chars(handle));
            // People are addressed without their server.
            if let Some((local, _)) = handle.trim().trim_start_matches('@').split_once('@') {
                marks.names.extend(chars(local));
            }
        }
        for name in names {
            marks.names.extend(chars(name));
            marks.names.extend(name.split_whitespace().next().and_then(chars));
        }
        for list in [&mut marks.handles, &mut marks.names] {
            list.sort_unstable_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
            list.dedup();
        }
        for text in texts {
            let words: Vec<String> = words(text).into_iter().map(|(_, word)| word).collect();
            marks.quotes.extend(words.windows(QUOTE).map(<[String]>::to_vec));
        }
        marks
    }

    /// The text without what is theirs; `None` when it has nothing of them.
    pub(super) fn redact(&self, text: &str, about: About) -> Option<String> {
        let mut gaps = Vec::new();
        let folded = Folded::of(text);
        for handle in &self.handles {
            gaps.extend(folded.find(handle).filter(|gap| about == About::Them || named(text, gap, handle)));
        }
        if about == About::Them {
            gaps.extend(self.names.iter().flat_map(|name| folded.find(name)));
            gaps.extend(self.quoted(text));
        }
        cut(text, gaps)
    }

    /// Stretches that repeat at least [`QUOTE`] words of theirs.
    fn quoted(&self, text: &str) -> Vec<Range<usize>> {
        let words = words(text);
        let mut gaps = Vec::new();
        for window in words.windows(QUOTE) {
            let plain: Vec<String> = window.iter().map(|(_, word)| word.clone()).collect();
            if let (true, Some((first, _)), Some((last, _))) =
                (self.quotes.contains(&plain), window.first(), window.last())
            {
                gaps.push(first.start..last.end);
            }
        }
        gaps
    }
}

/// Words as they are compared, each with its place.
fn words(text: &str) -> Vec<(Range<usize>, String)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                start = None;
                words.extend(text.get(from..at).map(|word| (from..at, letters::folded(word))));
            }
            _ => {}
        }
    }
    words
}

/// Whether a place names somebody and is not the same word by chance: it follows an `@` or a slash, or the handle is no
/// plain word.
fn named(text: &str, gap: &Range<usize>, handle: &[char]) -> bool {
    let before = text.get(..gap.start).and_then(|before| before.chars().next_back());
    matches!(before, Some('@' | '/')) || handle.iter().any(|c| matches!(c, '@' | '.' | ':' | '_'))
}

/// A text letter by letter as it is compared, with the place of each.
struct Folded {
    letters: Vec<(char, usize, usize)>,
}

impl Folded {
    fn of(text: &str) -> Self {
        let mut folded = Vec::with_capacity(text.len());
        let mut buffer = String::new();
        for (at, c) in text.char_indices() {
            buffer.clear();
            letters::fold_into(c.encode_utf8(&mut [0; 4]), &mut buffer);
            folded.extend(buffer.chars().map(|letter| (letter, at, at + c.len_utf8())));
        }
        Self { letters: folded }
    }

    fn letter(&self, at: Option<usize>) -> Option<char> {
        self.letters.get(at?).map(|(letter, _, _)| *letter)
    }

    /// Where the word stands by itself, not within a longer handle.
    fn find<'a>(&'a self, word: &'a [char]) -> impl Iterator<Item = Range<usize>> + 'a {
        let ends = self.letters.len().saturating_sub(word.len().saturating_sub(1));
        let first = word.first().copied();
        (0..ends).filter_map(move |at| {
            if self.letter(Some(at)) != first {
                return None;
            }
            let found = self.letters.get(at..at + word.len())?;
            let same = found.iter().map(|(letter, _, _)| letter).eq(word.iter());
            (same && self.stands_alone(at, at + word.len())).then_some(())?;
            Some(found.first()?.1..found.last()?.2)
        })
    }

    /// Whether neither side belongs to a longer word, handle or address of a person.
    fn stands_alone(&self, from: usize, to: usize) -> bool {
        let word = |at: Option<usize>| self.letter(at).is_some_and(|c| c.is_alphanumeric() || c == '_');
        let joint = |at: Option<usize>, joints: &str| self.letter(at).is_some_and(|c| joints.contains(c));
        let before = from.checked_sub(1);
        let inside = word(before) || (joint(before, ".@-:") && word(from.checked_sub(2)));
        let goes_on = word(Some(to)) || (joint(Some(to), ".@-:") && word(Some(to + 1)));
        !inside && !goes_on
    }
}

/// Puts a gap in the place of each stretch; those that touch become one.
fn cut(text: &str, mut gaps: Vec<Range<usize>>) -> Option<String> {
    if gaps.is_empty() {
        return None;
    }
    gaps.sort_unstable_by_key(|gap| (gap.start, gap.end));
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for gap in gaps {
        if gap.start >= done {
            out.push_str(text.get(done..gap.start).unwrap_or_default());
            out.push_str(GAP);
        }
        done = done.max(gap.end);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Some(out)
}

/// Places where a word stands by itself (true) or within a longer one (false), in a text.
pub(super) fn places(text: &str, word: &str) -> (usize, usize) {
    let Some(word) = chars(word) else { return (0, 0) };
    let folded = Folded::of(text);
    let alone = folded.find(&word).count();
    let all = folded.letters.windows(word.len());
    let all = all.filter(|letters| letters.iter().map(|(letter, _, _)| letter).eq(word.iter())).count();
    (alone, all - alone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(handles: &[&str], names: &[&str], texts: &[&str]) -> Marks {
        Marks::new(handles.iter().copied(), names.iter().copied(), texts.iter().copied())
    }

    #[test]
    fn an_answer_of_ours_keeps_nothing_of_them() {
        let marks =
            marks(&["ana@town.example", "did:plc:abc"], &["Ana María Ruiz"], &["My chain snapped after two days!"]);
        let them = |text: &str| marks.redact(text, About::Them);
        assert_eq!(them("@ana@town.example sorry, ana!").as_deref(), Some("@… sorry, …!"));
        assert_eq!(them("@ANA sorry").as_deref(), Some("@… sorry"));
        assert_eq!(them("Hi Ana Maria Ruiz. Sorry.").as_deref(), Some("Hi …. Sorry."));
        assert_eq!(them("> my CHAIN snapped, after two days\nso sorry").as_deref(), Some("> …\nso sorry"));
        assert_eq!(them("see at://did:plc:abc/post/1").as_deref(), Some("see at://…/post/1"));
        assert_eq!(them("anabel's chain snapped after one day"), None, "a longer name, and no quote");
        assert_eq!(them("Susana and ana_b and ana-b and x.ana"), None);
    }

    #[test]
    fn others_texts_lose_the_name_alone() {
        let marks = marks(&["chain"], &["Ana"], &["one two three four five six"]);
        let others = |text: &str| marks.redact(text, About::Others);
        assert_eq!(
            others("the chain broke, says @Chain, one two three four five").as_deref(),
            Some("the chain broke, says @…, one two three four five")
        );
        assert_eq!(others("https://town.example/@chain/12").as_deref(), Some("https://town.example/@…/12"));
        assert_eq!(others("@chainsaw and @chain.example and ana"), None);
    }

    #[test]
    fn handles_of_any_script_are_found_in_any_case() {
        let marks = marks(&["Ξένια", "ЮЛИЯ.example", "山田太郎"], &[], &[]);
        for (text, left) in [("@ξένια!", "@…!"), ("so @юлия.example says", "so @… says"), ("@山田太郎 さん", "@… さん")]
        {
            assert_eq!(marks.redact(text, About::Others).as_deref(), Some(left));
        }
        assert_eq!(places("ana Ana anabel susana", "ana"), (2, 2));
    }
}
