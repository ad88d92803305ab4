//! Every word that any query asks for, in one dictionary: a text is read once, and each of its words is looked up once.

use std::collections::HashMap;

use aho_corasick::AhoCorasick;

use super::Post;
use super::dictionary::Dictionary;
use super::expr::{Piece, plainer_symbol, push_key};
use super::fields::{Asked, Field, Test, handle_forms};
use super::token::{Kind, Token, Tokens, takes_place};
use crate::domain::letters::folded;

/// Number of a piece, the same for equal pieces of all queries.
pub(super) type Element = usize;

/// Places between the text and an image description, so that nothing is near or beside across them.
const GAP: u32 = 10_000;

/// Short words that French, Italian and Catalan glue to the next word.
const ELISIONS: [&str; 20] = [
    "l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "un", "dell", "all", "dall",
    "nell", "sull", "quell",
];

/// A piece of a query, seen in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sighting {
    pub(super) element: Element,
    /// Where it begins and ends, in bytes of the text; beyond the text for image descriptions.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Its place in words, and the place after it.
    pub(super) pos: u32,
    pub(super) end_pos: u32,
}

/// Collects the pieces and conditions of all queries.
#[derive(Debug, Default)]
pub(super) struct Builder {
    pieces: HashMap<(Kind, bool, String), Element>,
    conditions: HashMap<(bool, String), Element>,
    asked: Asked,
    /// By element: how rare it is in posts, as far as its form tells.
    rarity: Vec<i32>,
    /// By element: how often queries ask for it.
    uses: Vec<u32>,
}

impl Builder {
    /// The number of a piece.
    pub(super) fn element(&mut self, piece: &Piece) -> Element {
        let next = self.rarity.len();
        let number = *self.pieces.entry((piece.kind, piece.beginning, piece.key.clone())).or_insert(next);
        let length = i32::try_from(piece.key.chars().count()).unwrap_or(i32::MAX);
        self.used(number, if piece.beginning { length - 2 } else { length })
    }

    /// The number of a condition.
    pub(super) fn condition(&mut self, test: &Test) -> Element {
        self.asked.add(test.field);
        let next = self.rarity.len();
        let number = *self.conditions.entry((test.beginning, test.key())).or_insert(next);
        // Authors and hosts are as rare as long words; a language or a source is what many posts share.
        self.used(number, if matches!(test.field, Field::Author | Field::Url) { 12 } else { -20 })
    }

    fn used(&mut self, element: Element, rarity: i32) -> Element {
        if element == self.rarity.len() {
            self.rarity.push(rarity);
            self.uses.push(0);
        }
        if let Some(uses) = self.uses.get_mut(element) {
            *uses += 1;
        }
        element
    }

    /// How many different pieces and conditions there are.
    pub(super) fn elements(&self) -> usize {
        self.rarity.len()
    }

    /// A guess how rare something is in posts: longer is rarer, and what many queries ask for is a common word.
    pub(super) fn rarity(&self, element: Element) -> i32 {
        let uses = self.uses.get(element).copied().unwrap_or(1).max(1);
        self.rarity.get(element).copied().unwrap_or(0) - i32::try_from(uses.ilog2()).unwrap_or(0)
    }

    pub(super) fn build(self) -> Index {
        let mut index = Index { asked: self.asked, ..Index::default() };
        for ((kind, beginning, key), element) in self.pieces {
            match kind {
                Kind::Run => index.runs.push((key, element)),
                _ if beginning => index.beginnings.insert(&key, element),
                _ => index.words.insert(&key, element),
            }
        }
        for ((beginning, key), element) in self.conditions {
            let dictionary = if beginning { &mut index.condition_beginnings } else { &mut index.conditions };
            dictionary.insert(&key, element);
        }
        if !index.runs.is_empty() {
            index.finder = AhoCorasick::new(index.runs.iter().map(|(key, _)| key.as_bytes())).ok();
        }
        index
    }
}

/// The dictionary of all queries.
#[derive(Debug, Default)]
pub(super) struct Index {
    words: Dictionary,
    beginnings: Dictionary,
    conditions: Dictionary,
    condition_beginnings: Dictionary,
    asked: Asked,
    /// Characters to be found anywhere in a run.
    runs: Vec<(String, Element)>,
    /// Finds all of `runs` at once; `None` if there are none, or too many to build it.
    finder: Option<AhoCorasick>,
}

impl Index {
    /// All pieces that stand in the post and all conditions that it may meet, by element, then place.
    pub(super) fn look(&self, post: &Post<'_>) -> Vec<Sighting> {
        let mut reader = Reader { index: self, sightings: Vec::new(), key: String::new(), offset: 0 };
        let mut pos = reader.read(post.text, 0);
        let mut offset = post.text.len();
        for description in post.image_descriptions {
            reader.offset = offset + 1;
            pos = reader.read(description, pos.saturating_add(GAP));
            offset = reader.offset + description.len();
        }
        let mut sightings = reader.sightings;
        self.asked.keys_of(post, |key| {
            let mut see = |element| sightings.push(Sighting { element, start: 0, end: 0, pos: 0, end_pos: 0 });
            self.conditions.get(key).into_iter().for_each(&mut see);
            self.condition_beginnings.beginnings(key, see);
        });
        sightings.sort_unstable();
        sightings.dedup();
        sightings
    }
}

struct Reader<'i> {
    index: &'i Index,
    sightings: Vec<Sighting>,
    /// The folded form of the present token; kept to be used again.
    key: String,
    /// Where the present text begins, in bytes.
    offset: usize,
}

impl Reader<'_> {
    fn read(&mut self, text: &str, pos: u32) -> u32 {
        let mut tokens = Tokens::new(text, pos);
        for token in tokens.by_ref() {
            match token.kind {
                Kind::Word => self.word(&token),
                Kind::Tag => self.tag(&token),
                Kind::Handle => self.handle(&token),
                Kind::Symbol => self.symbol(&token),
                Kind::Run => self.run(&token),
            }
        }
        tokens.pos()
    }

    fn see(&mut self, element: Element, token: &Token<'_>) {
        self.sightings.push(Sighting {
            element,
            start: self.offset + token.range.start,
            end: self.offset + token.range.end,
            pos: token.pos,
            end_pos: token.end_pos,
        });
    }

    fn look_up(&mut self, key: &str, token: &Token<'_>) {
        if let Some(element) = self.index.words.get(key) {
            self.see(element, token);
        }
        let index = self.index;
        index.beginnings.beginnings(key, |element| self.see(element, token));
    }

    /// The folded form, taken out of `self` so that it can be looked up; to be put back.
    fn take_key(&mut self, token: &Token<'_>) -> String {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        push_key(token, &mut key);
        key
    }

    fn word(&mut self, token: &Token<'_>) {
        if !token.apostrophe && token.raw.is_ascii() {
            let first = token.raw.bytes().next().unwrap_or_default().to_ascii_lowercase();
            let length = token.raw.len();
            let wanted = self.index.words.may_hold(first, length)
                || self.index.beginnings.may_hold_beginning(first, length)
                || (token.plural_possessive && self.index.words.may_hold(first, length - 1));
            if !wanted {
                return;
            }
        }
        let key = self.take_key(token);
        self.look_up(&key, token);
        if token.apostrophe {
            possessives_and_elisions(&key, |form| self.look_up(form, token));
        }
        if token.plural_possessive
            && let Some(element) = key.strip_suffix('s').and_then(|singular| self.index.words.get(singular))
        {
            self.see(element, token);
        }
        self.key = key;
    }

    fn tag(&mut self, token: &Token<'_>) {
        let key = self.take_key(token);
        self.look_up(&key, token);
        if let Some(word) = key.strip_prefix('#') {
            self.look_up(word, token);
        }
        self.key = key;
    }

    fn handle(&mut self, token: &Token<'_>) {
        let key = self.take_key(token);
        handle_forms(&key).for_each(|form| self.look_up(form, token));
        self.key = key;
    }

    fn symbol(&mut self, token: &Token<'_>) {
        let key = self.take_key(token);
        self.look_up(&key, token);
        for plainer in plainer_symbol(&key).into_iter().flatten().filter(|plainer| *plainer != key) {
            self.look_up(&plainer, token);
        }
        self.key = key;
    }

    fn run(&mut self, token: &Token<'_>) {
        if self.index.runs.is_empty() {
            return;
        }
        let key = self.take_key(token);
        let mut places = None;
        let index = self.index;
        index.in_run(&key, |element, start, end| {
            let places = places.get_or_insert_with(|| RunPlaces::new(token.raw, &key));
            let (from, pos) = places.at(start);
            let (to, end_pos) = places.at(end);
            self.sightings.push(Sighting {
                element,
                start: self.offset + token.range.start + from,
                end: self.offset + token.range.start + to,
                pos: token.pos.saturating_add(pos),
                end_pos: if end == key.len() { token.end_pos } else { token.pos.saturating_add(end_pos) },
            });
        });
        self.key = key;
    }
}

impl Index {
    /// Calls with every piece that stands in a folded run, and where.
    fn in_run(&self, key: &str, mut each: impl FnMut(Element, usize, usize)) {
        match &self.finder {
            Some(finder) => {
                for found in finder.find_overlapping_iter(key) {
                    if let Some((_, element)) = self.runs.get(found.pattern().as_usize()) {
                        each(*element, found.start(), found.end());
                    }
                }
            }
            None => {
                for (wanted, element) in &self.runs {
                    key.match_indices(wanted.as_str()).for_each(|(at, _)| each(*element, at, at + wanted.len()));
                }
            }
        }
    }
}

/// Calls with the word inside a possessive (`kiln's`), an elision (`l'kiln`) or both.
fn possessives_and_elisions(key: &str, mut each: impl FnMut(&str)) {
    let owner = key.strip_suffix("'s");
    owner.into_iter().for_each(&mut each);
    let rest = key.split_once('\'').filter(|(glued, _)| ELISIONS.contains(glued)).map(|(_, rest)| rest);
    for rest in rest.into_iter().filter(|rest| *rest != "s") {
        each(rest);
        rest.strip_suffix("'s").into_iter().for_each(&mut each);
    }
}

/// For every byte of a folded run: the byte of the run as written, and the place within it.
struct RunPlaces {
    at: Vec<(usize, u32)>,
}

impl RunPlaces {
    fn new(raw: &str, key: &str) -> Self {
        let mut at = Vec::with_capacity(key.len() + 1);
        // Letters are folded one by one, each with the marks after it, so that every part has its origin. Where that
        // does not give the form of the whole (letters that compose), the whole run is the origin.
        let origins = if raw == key { None } else { Some(origins(raw)) };
        let origins =
            origins.filter(|origins| origins.iter().map(|(part, _)| part.as_str()).collect::<String>() == key);
        let mut place = 0;
        match origins {
            Some(origins) => {
                for (part, origin) in origins {
                    at.extend(part.bytes().map(|_| (origin, place)));
                    place += u32::from(!part.is_empty());
                }
                at.push((raw.len(), place));
            }
            None => {
                for (byte, c) in key.char_indices() {
                    place += u32::from(takes_place(c) && byte > 0);
                    let origin = if raw == key { byte } else { 0 };
                    at.extend(std::iter::repeat_n((origin, place), c.len_utf8()));
                }
                at.push((raw.len(), place + 1));
            }
        }
        Self { at }
    }

    fn at(&self, byte: usize) -> (usize, u32) {
        self.at.get(byte).copied().unwrap_or_default()
    }
}

/// The parts of a run that fold by themselves, each with where it begins.
fn origins(raw: &str) -> Vec<(String, usize)> {
    let mut starts: Vec<usize> = raw.char_indices().filter(|(_, c)| takes_place(*c)).map(|(at, _)| at).collect();
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain([raw.len()]);
    starts.iter().zip(ends).map(|(start, end)| (folded(raw.get(*start..end).unwrap_or_default()), *start)).collect()
}
