//! Where a negation reaches: from a negating word up to five pieces on, or to a stop, a mark or a turning word. A Hindi
//! negation stands behind what it denies (`अच्छा नहीं है`), so it also reaches two pieces back.

use std::sync::LazyLock;

use super::hash::{self, Key};
use super::text::{Kind, Piece, Pieces};

const NEGATORS: &str = "not no never none nothing nobody nowhere neither nor without hardly barely cannot isn't isnt \
    wasn't wasnt aren't arent weren't werent don't dont doesn't doesnt didn't didnt can't cant couldn't couldnt won't \
    wont wouldn't wouldnt shouldn't shouldnt haven't havent hasn't hasnt hadn't hadnt ain't aint needn't mustn't \
    ne pas jamais rien aucun aucune sans ni n'est n'a n'ai n'y c'est-pas \
    nicht kein keine keinen keiner keinem keines nie niemals nichts ohne weder nix \
    nunca sin nada ningun ninguna tampoco jamas \
    non mai senza niente nessuno nessuna nulla ne' \
    nao sem nem nenhum nenhuma jamais \
    नहीं नही न मत ना बिना नहि nahi nahin nhi mat \
    لا لم لن ليس ليست ما مش مو غير بدون بلا ولا";

const TURNERS: &str = "but however although though yet mais aber doch sondern pero sino ma pero mas porem लेकिन पर मगर \
    لكن بس";

/// Negators that stand behind what they deny.
const BEHIND: &str = "नहीं नही नहि nahi nahin nhi";

/// Pieces that a negation reaches at most.
const REACH: u32 = 5;
/// Pieces that one of [`BEHIND`] reaches back at most.
const BACK: usize = 2;

struct Words {
    negators: Vec<Key>,
    turners: Vec<Key>,
    behind: Vec<Key>,
}

static WORDS: LazyLock<Words> =
    LazyLock::new(|| Words { negators: keys(NEGATORS), turners: keys(TURNERS), behind: keys(BEHIND) });

fn keys(words: &str) -> Vec<Key> {
    let mut found: Vec<Key> = words.split_whitespace().map(key_of).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The key of a single word as the scanner makes it.
pub fn key_of(word: &str) -> Key {
    let mut pieces = Pieces::default();
    pieces.read_unmarked(word);
    pieces.list().first().map_or(hash::START, |piece| piece.key)
}

/// Marks the pieces that a negation reaches.
pub(super) fn mark(pieces: &mut [Piece]) {
    let words = &*WORDS;
    let mut left = 0u32;
    let mut behind = false;
    for piece in pieces.iter_mut() {
        if piece.parted || piece.kind == Kind::Mark || words.turners.binary_search(&piece.key).is_ok() {
            left = 0;
        }
        if words.negators.binary_search(&piece.key).is_ok() {
            left = REACH;
            behind |= words.behind.binary_search(&piece.key).is_ok();
        } else if left > 0 {
            piece.negated = matches!(piece.kind, Kind::Word | Kind::Hashtag);
            left -= 1;
        }
    }
    if behind {
        mark_back(pieces, words);
    }
}

fn mark_back(pieces: &mut [Piece], words: &Words) {
    // Going backwards; `left` pieces before the negation are still to be marked.
    let mut left = 0;
    for piece in pieces.iter_mut().rev() {
        let is_behind = words.behind.binary_search(&piece.key).is_ok();
        let turns = piece.kind == Kind::Mark || words.turners.binary_search(&piece.key).is_ok();
        if is_behind {
            left = BACK;
        } else if turns {
            left = 0;
        } else if left > 0 {
            piece.negated |= matches!(piece.kind, Kind::Word | Kind::Hashtag);
            left -= 1;
        }
        if piece.parted {
            left = 0;
        }
    }
}
