//! Cuts bytes into lines, in bounded memory, whatever comes.

use super::LONGEST_LINE;

/// One line, or what became of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sources) enum Cut {
    /// A line without its end.
    Line(Vec<u8>),
    /// A line that was longer than [`LONGEST_LINE`] and was skipped.
    TooLong,
}

/// Cuts bytes into lines. Holds the line that is not ended yet, and no more than [`LONGEST_LINE`] of it.
#[derive(Debug, Default)]
pub(in crate::sources) struct Splitter {
    buffer: Vec<u8>,
    /// Where the present line begins in the buffer.
    start: usize,
    /// Up to where the buffer was searched for an end.
    searched: usize,
    /// The present line is too long: everything up to its end is skipped.
    skipping: bool,
    lines: u64,
    taken: u64,
}

impl Splitter {
    /// A splitter that goes on after so many lines, possibly within one that is being skipped.
    pub(in crate::sources) fn after(lines: u64, skipping: bool) -> Self {
        Self { lines, skipping, ..Self::default() }
    }

    /// Takes bytes in.
    pub(in crate::sources) fn push(&mut self, bytes: &[u8]) {
        self.drop_taken();
        self.buffer.extend_from_slice(bytes);
    }

    /// The next line that has ended; `None` when more bytes are needed.
    pub(in crate::sources) fn next(&mut self) -> Option<Cut> {
        self.skip_hole();
        let Some(end) = self.end() else {
            self.searched = self.buffer.len();
            if self.skipping || self.buffer.len() - self.start > LONGEST_LINE {
                self.skipping = true;
                self.take_to(self.buffer.len());
            }
            return None;
        };
        let line = self.buffer.get(self.start..end).unwrap_or_default();
        let too_long = std::mem::take(&mut self.skipping) || line.len() > LONGEST_LINE;
        let cut = if too_long { Cut::TooLong } else { Cut::Line(line.to_vec()) };
        self.take_to(end + 1);
        self.lines += 1;
        Some(cut)
    }

    /// What is left when nothing more comes: a line without an end.
    pub(in crate::sources) fn finish(&mut self) -> Option<Cut> {
        let line = self.buffer.get(self.start..).unwrap_or_default().to_vec();
        self.take_to(self.buffer.len());
        if std::mem::take(&mut self.skipping) {
            self.lines += 1;
            return Some(Cut::TooLong);
        }
        if line.is_empty() {
            return None;
        }
        self.lines += 1;
        Some(Cut::Line(line))
    }

    /// Lines so far: the number of the last one, from 1.
    pub(in crate::sources) fn lines(&self) -> u64 {
        self.lines
    }

    /// Bytes that are done with: lines that were given out, and what was skipped.
    pub(in crate::sources) fn taken(&self) -> u64 {
        self.taken
    }

    /// Whether the present line is being skipped.
    pub(in crate::sources) fn is_skipping(&self) -> bool {
        self.skipping
    }

    /// Bytes that are held.
    #[cfg(test)]
    pub(in crate::sources) fn held(&self) -> usize {
        self.buffer.len()
    }

    fn end(&self) -> Option<usize> {
        let from = self.searched.max(self.start);
        let rest = self.buffer.get(from..)?;
        rest.iter().position(|sign| *sign == b'\n').map(|at| from + at)
    }

    /// NUL bytes before a line are no part of it: a file that was cut under a writer begins with a hole, which
    /// may be huge.
    fn skip_hole(&mut self) {
        if self.skipping {
            return;
        }
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        let hole = rest.iter().take_while(|sign| **sign == 0).count();
        self.take_to(self.start + hole);
    }

    fn take_to(&mut self, end: usize) {
        self.taken += (end - self.start) as u64;
        self.start = end;
        self.searched = self.searched.max(end);
        if self.start == self.buffer.len() {
            self.drop_taken();
        }
    }

    fn drop_taken(&mut self) {
        self.buffer.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
    }
}
