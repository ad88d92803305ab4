//! Marks by which near-duplicates are found.

use xxhash_rust::xxh3::xxh3_64;

use crate::domain::{Item, Network};
use crate::language::normalise::{self, canonical_link};
use crate::store::Fingerprint;

/// The marks of an item; `text` is its full text. An entry of a feed is about its own page, a post elsewhere about
/// the first page that it links to.
pub(super) fn fingerprint(item: &Item, network: &Network, text: &str) -> Fingerprint {
    let own = item.url.as_ref().filter(|_| *network == Network::FEED);
    let words = normalise::fingerprint(text);
    Fingerprint {
        link: own.or(item.links.first()).map(|url| xxh3_64(canonical_link(url).as_bytes())),
        repost: item.repost_of.as_deref().map(original),
        words: words.exact,
        similar: words.near,
    }
}

/// The identity of an original by its address or native id.
fn original(name: &str) -> u64 {
    if name.contains("://") { xxh3_64(canonical_link(name).as_bytes()) } else { xxh3_64(name.as_bytes()) }
}
