//! Marks by which near-duplicates are found.

use crate::domain::{Item, Network};
use crate::store::Fingerprint;

/// The marks of an item; `text` is its full text.
pub(super) fn fingerprint(_item: &Item, _network: &Network, _text: &str) -> Fingerprint {
    Fingerprint::default()
}
