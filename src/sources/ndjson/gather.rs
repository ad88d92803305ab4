//! Gathers what lines say into a batch of bounded size.

use serde_json::Value;

use super::{Cut, LineError, Said, read, said};
use crate::domain::{Item, Meter};
use crate::sources::Batch;

/// Most lines of one batch.
const LINES: usize = 500;
/// Most bytes of the lines of one batch.
const BYTES: usize = 4 << 20;
/// Remarks that are told one by one.
const TOLD: usize = 10;
/// Meters that are kept.
const METERS: usize = 50;

/// A batch in the making.
#[derive(Debug, Default)]
pub(in crate::sources) struct Gather {
    /// Mentions and the ends of some, in the order of the lines.
    pub(in crate::sources) items: Vec<Item>,
    /// The newest of each name.
    pub(in crate::sources) meters: Vec<Meter>,
    /// The last cursor.
    pub(in crate::sources) cursor: Option<String>,
    /// Why lines were refused, with their numbers.
    pub(in crate::sources) wrong: Vec<(u64, LineError)>,
    remarks: Vec<String>,
    untold: usize,
    more_wrong: u64,
    damaged: u64,
    lines: usize,
    bytes: usize,
}

impl Gather {
    /// Takes a line of this number (from 1).
    pub(in crate::sources) fn take(&mut self, number: u64, cut: &Cut) {
        let line = match cut {
            Cut::TooLong => return self.add(number, Err(LineError::TooLong)),
            Cut::Line(line) => line,
        };
        self.bytes += line.len();
        match read(line) {
            Ok(None) => {}
            Ok(Some(said)) => {
                self.damaged += u64::from(std::str::from_utf8(line).is_err());
                self.add(number, Ok(said));
            }
            Err(error) => self.add(number, Err(error)),
        }
    }

    /// Takes a value that stands for a line of this number.
    pub(in crate::sources) fn take_value(&mut self, number: u64, value: Value) {
        self.add(number, said(value));
    }

    /// Takes a mention, or the end of one, that came in another form.
    pub(in crate::sources) fn take_item(&mut self, item: Item) {
        self.lines += 1;
        self.items.push(item);
    }

    /// Tells a person something.
    pub(in crate::sources) fn remark(&mut self, remark: String) {
        if self.remarks.len() < TOLD {
            self.remarks.push(remark);
        } else {
            self.untold += 1;
        }
    }

    fn add(&mut self, number: u64, said: Result<Said, LineError>) {
        self.lines += 1;
        match said {
            Ok(Said::Mention(post)) => self.items.push(post.item),
            Ok(Said::Deleted(native_id)) => {
                self.items.push(Item { native_id, deleted: true, ..Item::default() });
            }
            Ok(Said::Meter(meter)) => {
                self.meters.retain(|known| known.name != meter.name);
                if self.meters.len() < METERS {
                    self.meters.push(meter);
                }
            }
            Ok(Said::Remark(remark)) => self.remark(remark),
            Ok(Said::Cursor(cursor)) => self.cursor = Some(cursor),
            Err(error) if self.wrong.len() < TOLD => self.wrong.push((number, error)),
            Err(_) => self.more_wrong += 1,
        }
    }

    /// Whether a batch should end here.
    pub(in crate::sources) fn is_full(&self) -> bool {
        self.lines >= LINES || self.bytes >= BYTES
    }

    /// Whether nothing was said.
    pub(in crate::sources) fn is_empty(&self) -> bool {
        self.lines == 0 && self.remarks.is_empty()
    }

    /// Whether lines came and every one was refused.
    pub(in crate::sources) fn holds_nothing_but_errors(&self) -> bool {
        self.refused() > 0 && self.refused() == self.lines as u64
    }

    /// Lines that were refused.
    pub(in crate::sources) fn refused(&self) -> u64 {
        self.wrong.len() as u64 + self.more_wrong
    }

    /// All that a person should know, bounded.
    pub(in crate::sources) fn remarks(&mut self) -> Vec<String> {
        let mut remarks = std::mem::take(&mut self.remarks);
        remarks.extend((self.untold > 0).then(|| format!("… and {} more remarks", self.untold)));
        remarks.extend(self.wrong.iter().map(|(number, error)| format!("line {number}: {error}")));
        remarks.extend((self.more_wrong > 0).then(|| format!("… and {} more wrong lines", self.more_wrong)));
        let mended = |damaged| format!("{damaged} lines were not UTF-8; what was damaged is shown as \u{FFFD}");
        remarks.extend((self.damaged > 0).then(|| mended(self.damaged)));
        remarks
    }

    /// The batch, which leaves the source at this cursor.
    pub(in crate::sources) fn into_batch(mut self, cursor: String, more: bool) -> Batch {
        let remarks = self.remarks();
        Batch { items: self.items, meters: self.meters, remarks, cursor, more, ..Batch::default() }
    }
}
