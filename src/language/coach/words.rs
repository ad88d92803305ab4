//! A text as lower-case words with their places and sentences, in which phrases are looked for.

use std::ops::Range;

/// Bytes that are read of a text; the rest is ignored.
pub(super) const LONGEST: usize = 20_000;

/// Words that are written with a stop within a sentence.
const ABBREVIATED: [&str; 9] = ["no", "nos", "nr", "tel", "mob", "acct", "ref", "d.o.b", "incl"];

/// A word, a number, or an e-mail address.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// In lower case, apostrophes straight.
    pub low: String,
    /// Byte range in the text.
    pub span: Range<usize>,
    /// Its sentence, from 0.
    pub sentence: usize,
    /// Written with a capital first.
    pub capital: bool,
    /// It names an account: `@ana`, `@ana@town.example`.
    pub handle: bool,
    /// Without a lower-case letter.
    pub upper: bool,
}

impl Word {
    /// Digits in it.
    pub fn digits(&self) -> usize {
        self.low.chars().filter(char::is_ascii_digit).count()
    }
}

/// A text in words.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub list: Vec<Word>,
    /// Sentences.
    pub sentences: usize,
    /// Those that end in a question mark.
    questions: Vec<usize>,
}

impl Words {
    pub fn read(text: &str) -> Self {
        let text = head(text);
        let mut words = Self::default();
        let mut start: Option<usize> = None;
        for (at, c) in text.char_indices() {
            if inside(c) {
                start = start.or(Some(at));
                continue;
            }
            if let Some(from) = start.take() {
                words.take(text, from..at);
            }
            if let ('?', Some(last)) = (c, words.list.last()) {
                words.questions.push(last.sentence);
            }
            let next = text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
            let ends = matches!(c, '!' | '?' | '\n' | '…' | ';') && !matches!(next, Some('!' | '?'));
            if ends {
                words.end();
            }
        }
        if let Some(from) = start {
            words.take(text, from..text.len());
        }
        words.sentences = words.list.last().map_or(0, |word| word.sentence + 1);
        words
    }

    fn end(&mut self) {
        if let Some(last) = self.list.last()
            && last.sentence == self.sentences
        {
            self.sentences += 1;
        }
    }

    /// Takes a run of characters: stops at its end close the sentence, what is left is one word.
    fn take(&mut self, text: &str, run: Range<usize>) {
        let raw = text.get(run.clone()).unwrap_or_default();
        let edge = |c: char| matches!(c, '.' | '\'' | '’' | '-' | '@' | '_');
        let left = raw.len() - raw.trim_start_matches(edge).len();
        let trimmed = raw.trim_matches(edge);
        if !trimmed.is_empty() {
            let span = run.start + left..run.start + left + trimmed.len();
            let low = trimmed.to_lowercase().replace('’', "'");
            let capital = trimmed.chars().next().is_some_and(char::is_uppercase);
            let handle = raw.get(..left).is_some_and(|edge| edge.ends_with('@'));
            let upper = !trimmed.chars().any(char::is_lowercase);
            self.list.push(Word { low, span, sentence: self.sentences, capital, handle, upper });
        }
        // "the order no. and your name": the stop belongs to the word.
        let shortened = self.list.last().is_some_and(|word| ABBREVIATED.contains(&word.low.as_str()));
        let rest = text.get(run.end..).unwrap_or_default().trim_start();
        let goes_on =
            rest.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit() || matches!(c, '&' | '+' | ','));
        if raw.ends_with('.') && !(shortened && goes_on) {
            self.end();
        }
    }

    /// Places (first word, one past the last) where this phrase stands, its words parted by spaces. A word that ends
    /// in `*` stands for every word that begins so.
    pub fn find<'a>(&'a self, phrase: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        let count = phrase.split(' ').count();
        (0..self.list.len()).filter(move |at| self.begins(*at, phrase)).map(move |at| (at, at + count))
    }

    fn begins(&self, at: usize, phrase: &str) -> bool {
        let mut words = self.list.get(at..).unwrap_or_default().iter();
        phrase.split(' ').all(|wanted| {
            words.next().is_some_and(|word| match wanted.strip_suffix('*') {
                Some(start) => word.low.starts_with(start),
                None => word.low == wanted,
            })
        })
    }

    /// Whether a sentence ends in a question mark.
    pub fn asks(&self, sentence: usize) -> bool {
        self.questions.contains(&sentence)
    }

    /// The byte range of these words.
    pub fn span(&self, first: usize, end: usize) -> Range<usize> {
        let from = self.list.get(first).map_or(0, |word| word.span.start);
        let to = end.checked_sub(1).and_then(|last| self.list.get(last)).map_or(from, |word| word.span.end);
        from..to.max(from)
    }

    /// Whether one of these words stands in the sentence.
    pub fn sentence_has(&self, sentence: usize, wanted: &[&str]) -> bool {
        self.list.iter().any(|word| word.sentence == sentence && wanted.contains(&word.low.as_str()))
    }
}

/// The part of a text that is read.
pub(super) fn head(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text)
}

fn inside(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '@' | '.' | '_')
}
