//! A source of several parts: searches, hashtags, notifications, own posts. Each part has a place of its own in
//! the source's one cursor, and one part that fails does not keep the others from being heard.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::{Batch, SourceError, SourceErrorKind};
use crate::domain::Item;
use crate::domain::time::SignedDuration;

/// Where each part was left: part -> the network's own cursor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places(BTreeMap<String, String>);

impl Places {
    /// Reads a source's cursor. One that cannot be read is a new beginning.
    pub fn read(cursor: &str) -> Self {
        Self(serde_json::from_str(cursor).unwrap_or_default())
    }

    /// Where the part was left; empty the first time.
    pub fn of(&self, part: &str) -> &str {
        self.0.get(part).map_or("", String::as_str)
    }

    /// Notes where the part is left.
    pub fn set(&mut self, part: &str, place: String) {
        self.0.insert(part.to_owned(), place);
    }

    /// Forgets parts that are no longer configured.
    pub fn keep(&mut self, known: impl Fn(&str) -> bool) {
        self.0.retain(|part, _| known(part));
    }

    /// The source's cursor.
    pub fn written(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }
}

/// What one part brought.
#[derive(Debug, Default)]
pub struct Piece {
    /// Its items.
    pub items: Vec<Item>,
    /// Where the part is left once they are stored.
    pub place: String,
    /// There is more.
    pub more: bool,
    /// The server asks not to be asked again for this long.
    pub rest: Option<SignedDuration>,
    /// What a person should know.
    pub remarks: Vec<String>,
}

/// One poll of all parts.
pub struct Round {
    places: Places,
    batch: Batch,
    answered: usize,
    failed: Vec<(String, SourceError)>,
}

impl Round {
    /// Begins where the cursor was left.
    pub fn begin(cursor: &str) -> Self {
        Self { places: Places::read(cursor), batch: Batch::default(), answered: 0, failed: Vec::new() }
    }

    /// Where each part was left.
    pub fn places(&mut self) -> &mut Places {
        &mut self.places
    }

    /// Takes what a part brought. [`ControlFlow::Break`] when asking for further parts makes no sense: nobody
    /// answers, this machine fails, or the host or account wants to be left alone.
    pub fn add(&mut self, part: &str, piece: Result<Piece, SourceError>) -> ControlFlow<()> {
        match piece {
            Ok(piece) => {
                self.answered += 1;
                self.batch.items.extend(piece.items);
                self.batch.more |= piece.more;
                self.batch.rest = self.batch.rest.max(piece.rest);
                self.batch.remarks.extend(piece.remarks);
                self.places.set(part, piece.place);
                ControlFlow::Continue(())
            }
            Err(error) => {
                let hopeless = error.whole_host
                    || matches!(
                        error.kind,
                        SourceErrorKind::Unreachable
                            | SourceErrorKind::Insecure
                            | SourceErrorKind::TooMany
                            | SourceErrorKind::Local
                    );
                self.failed.push((part.to_owned(), error));
                if hopeless { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            }
        }
    }

    /// The batch of all parts that answered. An item that several parts brought is in it once; own and addressed
    /// marks of its copies are kept.
    ///
    /// # Errors
    /// The first failure, when no part answered. Else failures are remarks: those parts are asked again with the
    /// next poll.
    pub fn finish(self) -> Result<Batch, SourceError> {
        let Self { places, mut batch, answered, failed } = self;
        for (part, error) in failed {
            if answered == 0 {
                return Err(error);
            }
            batch.remarks.push(format!("{part}: {error}"));
        }
        batch.items = once_each(std::mem::take(&mut batch.items));
        batch.cursor = places.written();
        Ok(batch)
    }
}

/// Every item once, in the order of first appearance.
fn once_each(items: Vec<Item>) -> Vec<Item> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<Item> = Vec::with_capacity(items.len());
    for item in items {
        let known = places.get(&item.native_id).and_then(|place| kept.get_mut(*place));
        if let Some(known) = known {
            known.addressed |= item.addressed;
            known.own |= item.own;
            known.deleted |= item.deleted;
        } else {
            places.insert(item.native_id.clone(), kept.len());
            kept.push(item);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str) -> Item {
        Item { native_id: id.to_owned(), ..Item::default() }
    }

    fn piece(ids: &[&str], place: &str) -> Result<Piece, SourceError> {
        let items = ids.iter().map(|id| item(id)).collect();
        Ok(Piece { items, place: place.to_owned(), ..Piece::default() })
    }

    fn error(kind: SourceErrorKind) -> Result<Piece, SourceError> {
        Err(SourceError::new(kind, "it failed", "try again"))
    }

    #[test]
    fn one_part_that_fails_keeps_its_place_and_the_others_go_on() {
        let mut round = Round::begin(r#"{"search":"7","gone":"1"}"#);
        round.places().keep(|part| part != "gone");
        assert!(round.add("search", error(SourceErrorKind::NotFound)).is_continue());
        assert!(round.add("tag", piece(&["a", "b"], "3")).is_continue());
        let batch = round.finish().unwrap();
        assert_eq!(batch.cursor, r#"{"search":"7","tag":"3"}"#);
        assert_eq!(
            (batch.items.len(), batch.remarks.as_slice()),
            (2, &["search: it failed: try again".to_owned()][..])
        );
    }

    #[test]
    fn nobody_there_ends_the_round_and_no_answer_at_all_is_a_failure() {
        let mut round = Round::begin("garbage");
        assert!(round.add("a", error(SourceErrorKind::Unreachable)).is_break());
        assert_eq!(round.finish().unwrap_err().kind, SourceErrorKind::Unreachable);
    }

    #[test]
    fn a_post_that_two_parts_bring_is_one() {
        let mut round = Round::begin("");
        let _ = round.add("search", piece(&["a", "b"], ""));
        let addressed = Item { addressed: true, ..item("b") };
        let _ = round.add("bell", Ok(Piece { items: vec![addressed], ..Piece::default() }));
        let items = round.finish().unwrap().items;
        assert_eq!(
            items.iter().map(|item| (item.native_id.as_str(), item.addressed)).collect::<Vec<_>>(),
            [("a", false), ("b", true)]
        );
    }
}
