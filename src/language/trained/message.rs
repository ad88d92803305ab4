//! The features of a message, shared by every reader of messages: whoever reads a text after another reader of the
//! same thread gets its features without extracting them again.

use std::cell::Cell;

use super::super::model::{Features, Pieces, Spec};
use super::attitudes;

/// The features of messages. Part of every asset that reads them. Sequences of six characters brought nothing.
pub const SPEC: Spec = Spec { chars_to: 5, ..Spec::FULL };

#[derive(Default)]
struct Kept {
    text: String,
    pieces: Pieces,
    features: Features,
    /// Features of the text itself; a reader's own come behind them and are taken away again.
    own: usize,
}

thread_local! {
    static KEPT: Cell<Option<Box<Kept>>> = const { Cell::new(None) };
}

/// Texts up to this long are kept for the next reader.
const KEPT_LONGEST: usize = 1 << 16;

/// The pieces of a message, ready where it was read just before.
pub(super) fn pieces_of(text: &str, pieces: &mut Pieces) {
    let kept = KEPT.take();
    match &kept {
        Some(kept) if kept.text == text && kept.own > 0 => pieces.copy(&kept.pieces),
        _ => pieces.read(text),
    }
    KEPT.set(kept);
}

/// Lends the pieces and features of a message. Features that `read` adds last until it returns.
pub fn with_message<R>(text: &str, read: impl FnOnce(&Pieces, &mut Features) -> R) -> R {
    let mut kept = KEPT.take().unwrap_or_default();
    if kept.text != text || kept.own == 0 {
        kept.pieces.read(text);
        kept.features.clear();
        kept.features.add(&kept.pieces, &SPEC, 0);
        attitudes::add(&kept.pieces, &mut kept.features);
        kept.own = kept.features.len();
        kept.text.clear();
        kept.text.push_str(text);
    }
    let result = read(&kept.pieces, &mut kept.features);
    let own = kept.own;
    kept.features.truncate(own);
    if text.len() <= KEPT_LONGEST {
        KEPT.set(Some(kept));
    }
    result
}
