//! Lines of text with meanings: what panes that hold prose are made of. The theme gives meanings their styles.

use super::text;
use crate::domain::SafeText;

/// What a piece of text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Plain words.
    Text,
    /// Of less weight.
    Muted,
    /// Of more weight.
    Strong,
    /// A heading.
    Heading,
    /// Against us.
    Negative,
    /// For us.
    Positive,
    /// A complaint.
    Complaint,
    /// A question.
    Question,
    /// All is well.
    Good,
    /// Keep an eye on it.
    Warn,
    /// Something is wrong.
    Bad,
    /// A key to press.
    Key,
    /// An address.
    Link,
    /// Words that a search found.
    Found,
    /// Words that spoke for a reading as positive.
    Pro,
    /// Words that spoke for a reading as negative.
    Contra,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it means.
    pub tone: Tone,
    /// Its words.
    pub text: String,
}

/// A line of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line(pub Vec<Piece>);

impl Line {
    /// An empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// A line of one piece.
    pub fn of(tone: Tone, words: impl Into<String>) -> Self {
        Self::new().with(tone, words)
    }

    /// The line with one more piece of our own words.
    #[must_use]
    pub fn with(mut self, tone: Tone, words: impl Into<String>) -> Self {
        let words = words.into();
        if !words.is_empty() {
            self.0.push(Piece { tone, text: words });
        }
        self
    }

    /// The line with one more piece of foreign words.
    #[must_use]
    pub fn foreign(self, tone: Tone, words: &SafeText) -> Self {
        self.with(tone, words.as_str())
    }

    /// Columns that it takes.
    pub fn width(&self) -> usize {
        self.0.iter().map(|piece| text::width(&piece.text)).sum()
    }

    /// Its words without tones.
    pub fn words(&self) -> String {
        self.0.iter().map(|piece| piece.text.as_str()).collect()
    }
}

/// Lines, from the top.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    lines: Vec<Line>,
    columns: usize,
}

impl Page {
    /// An empty page of so many columns.
    pub fn new(columns: usize) -> Self {
        Self { lines: Vec::new(), columns: columns.max(2) }
    }

    /// Its lines.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Columns that a line may take.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Adds a line as it is.
    pub fn line(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Adds an empty line, unless the page is empty or ends with one.
    pub fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.0.is_empty()) {
            self.lines.push(Line::new());
        }
    }

    /// Adds a heading after a gap.
    pub fn heading(&mut self, words: impl Into<String>) {
        self.gap();
        self.lines.push(Line::of(Tone::Heading, words));
    }

    /// Adds words of one tone, wrapped, every line indented by so many columns.
    pub fn prose(&mut self, tone: Tone, indent: usize, words: &str) {
        let margin = " ".repeat(indent);
        for line in text::wrap(words, self.columns.saturating_sub(indent), MOST_LINES) {
            self.lines.push(Line::of(Tone::Text, margin.clone()).with(tone, line));
        }
    }

    /// Adds pieces one after the other, a new line where they do not fit any more; `between` joins those on a line.
    pub fn flow(&mut self, pieces: Vec<Piece>, between: &str) {
        let mut line = Line::new();
        let gap = text::width(between);
        for piece in pieces {
            if piece.text.is_empty() {
                continue;
            }
            let wide = text::width(&piece.text);
            if !line.0.is_empty() && line.width() + gap + wide > self.columns {
                self.lines.push(std::mem::take(&mut line));
            }
            if !line.0.is_empty() {
                line = line.with(Tone::Muted, between);
            }
            if wide > self.columns {
                self.prose(piece.tone, 0, &piece.text);
            } else {
                line.0.push(piece);
            }
        }
        if !line.0.is_empty() {
            self.lines.push(line);
        }
    }
}

/// Longest piece of prose, in lines; a bound, not a limit that a reader meets: 20,000 characters are fewer.
const MOST_LINES: usize = 20_000;

/// A piece of our own words.
pub fn piece(tone: Tone, words: impl Into<String>) -> Piece {
    Piece { tone, text: words.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_flow_onto_new_lines() {
        let mut page = Page::new(12);
        page.flow(vec![piece(Tone::Strong, "ana"), piece(Tone::Muted, "12k people"), piece(Tone::Text, "x")], " · ");
        let words: Vec<String> = page.lines().iter().map(Line::words).collect();
        assert_eq!(words, ["ana", "12k people", "x"]);
        assert!(page.lines().iter().all(|line| line.width() <= 12));
    }

    #[test]
    fn gaps_do_not_pile_up() {
        let mut page = Page::new(20);
        page.gap();
        page.line(Line::of(Tone::Text, "a"));
        page.gap();
        page.gap();
        page.heading("B");
        assert_eq!(page.lines().iter().map(Line::words).collect::<Vec<_>>(), ["a", "", "B"]);
    }
}
