//! The word lists: what a word or phrase says about attitude, and which cue it gives.
//!
//! Pure. The lists are files under `assets/lexicon/`, embedded and read once. Their format: `#` begins a
//! comment line; `[valence N]`, `[negator]`, `[boost X]`, `[but]` and `[cue NAME]` open a section; entries are
//! parted by commas and may be phrases; `~word` stands for the word and its regular -s, -ed and -ing forms; in
//! phrases any amount stands for every amount, any share for every share, any plain number for every number.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::tokens::{self, Kind, Token};

macro_rules! cues {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// What a word or phrase hints at; the sections `[cue NAME]` of the lists.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Cue { $($(#[$doc])* $name),+ }

        impl Cue {
            /// All of them, in the order of their bits.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            /// Its name in the lists and in explanations.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }
        }
    };
}

cues! {
    /// Phrases that ask.
    Asks = "asks",
    /// Words that open a question.
    Asker = "asker",
    /// Prices and offers.
    Price = "price",
    /// Links and codes that pay the author.
    Referral = "referral",
    /// Giveaways, easy money, phishing.
    Bait = "bait",
    /// Work offered.
    Hiring = "hiring",
    /// Second-hand sale.
    Resale = "resale",
    /// Calls to buy, book or come.
    Shop = "shop",
    /// Business news.
    News = "news",
    /// Something broke, failed or never came.
    Failure = "failure",
    /// Charged wrongly or too much.
    Money = "money",
    /// Bad service.
    Service = "service",
    /// Going away, warning others.
    Leaving = "leaving",
    /// Words that irony likes.
    Irony = "irony",
    /// Praise and thanks.
    Commends = "commends",
    /// Addresses somebody.
    Address = "address",
    /// The author speaks of themselves.
    Myself = "self",
    /// The matter of bug reports.
    Report = "report",
    /// The matter of trade and products.
    Trade = "trade",
    /// The matter of everyday things, where a brand's word has its plain sense.
    Plain = "plain",
    /// Titles and roles before a person's name.
    Person = "person",
    /// What follows the name of a street or place.
    Place = "place",
    /// Articles and adjectives before a common noun.
    Stopping = "stopping",
    /// What stands before a verb.
    Infinitive = "infinitive",
    /// What stands before a brand.
    Attach = "attach",
    /// What follows a brand.
    Acts = "acts",
}

/// A set of cues, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cues(u32);

impl Cues {
    /// Whether the cue is in it.
    pub fn has(self, cue: Cue) -> bool {
        self.0 & (1 << cue as u32) != 0
    }

    /// Its cues.
    pub fn iter(self) -> impl Iterator<Item = Cue> {
        Cue::ALL.iter().copied().filter(move |cue| self.has(*cue))
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What the lists say of a word or phrase.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Entry {
    /// Attitude, -4 to 4; 0 for none.
    pub valence: f32,
    /// What it does to the strength of the next word; 0 for nothing, below 1 weakens.
    pub boost: f32,
    /// It turns what follows around.
    pub negates: bool,
    /// It says that what follows weighs more than what came before.
    pub turns: bool,
    /// Cues.
    pub cues: Cues,
    /// Words in the longest phrase that begins with this word; 0 where it begins none.
    reach: u8,
}

impl Entry {
    fn says_something(&self) -> bool {
        self.valence != 0.0 || self.boost != 0.0 || self.negates || self.turns || !self.cues.is_empty()
    }
}

/// Keys are hashes already.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// The lists of one language, ready to look up.
#[derive(Debug, Default)]
pub struct Lexicon {
    entries: HashMap<u64, Entry, BuildHasherDefault<Ready>>,
}

/// Longest phrase, in words.
const LONGEST_PHRASE: usize = 6;

/// The key under which phrases know a token: amounts, shares and plain numbers each are one.
pub fn phrase_key(text: &str, token: &Token) -> u64 {
    const MONEY: u64 = 0x6d6f_6e65_7900_0001;
    const SHARE: u64 = 0x7368_6172_6500_0002;
    const NUMBER: u64 = 0x6e75_6d62_6500_0003;
    match token.kind {
        Kind::Money => MONEY,
        Kind::Percent => SHARE,
        Kind::Number => {
            let plain = text.get(token.span()).is_some_and(|number| {
                number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b':'))
            });
            if plain { NUMBER } else { token.key }
        }
        _ => token.key,
    }
}

impl Lexicon {
    /// Reads lists written in the format of this module.
    pub fn read(lists: &[&str], signs: &str) -> Self {
        let mut lexicon = Self::default();
        lists.iter().for_each(|list| lexicon.add(list, |line| line.split(',').map(str::trim).collect()));
        lexicon.add(signs, |line| line.split_whitespace().collect());
        lexicon
    }

    /// What the lists say of a single token.
    pub fn word(&self, text: &str, token: &Token) -> Option<&Entry> {
        let entry = self.entries.get(&phrase_key(text, token));
        if entry.is_none() && token.short != token.key { self.entries.get(&token.short) } else { entry }
    }

    /// The longest listed phrase that begins with the first of these tokens: how many tokens it takes, and its
    /// entry.
    pub fn longest(&self, text: &str, tokens: &[Token]) -> Option<(usize, &Entry)> {
        let first = tokens.first()?;
        let entry = self.word(text, first)?;
        let mut best = entry.says_something().then_some((1, entry));
        if entry.reach < 2 || !first.is_wordish() {
            return best;
        }
        let start =
            if self.entries.contains_key(&phrase_key(text, first)) { phrase_key(text, first) } else { first.short };
        let mut key = start;
        for (at, token) in tokens.iter().enumerate().take(usize::from(entry.reach)).skip(1) {
            if !token.is_wordish() {
                break;
            }
            key = tokens::join(key, phrase_key(text, token));
            if let Some(found) = self.entries.get(&key).filter(|found| found.says_something()) {
                best = Some((at + 1, found));
            }
        }
        best
    }

    fn add(&mut self, list: &str, cut: impl Fn(&str) -> Vec<&str>) {
        let mut section = Entry::default();
        for line in list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("# ")) {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                section = section_of(name).unwrap_or_default();
                continue;
            }
            for entry in cut(line).into_iter().filter(|entry| !entry.is_empty()) {
                match entry.strip_prefix('~') {
                    Some(verb) => forms(verb).iter().for_each(|form| self.put(form, section)),
                    None => self.put(entry, section),
                }
                if let Some(bare) = without_apostrophe(entry) {
                    self.put(&bare, section);
                }
            }
        }
    }

    fn put(&mut self, phrase: &str, says: Entry) {
        let tokens = tokens::scan(phrase);
        let Some((first, rest)) = tokens.split_first() else { return };
        let start = phrase_key(phrase, first);
        let key = rest.iter().fold(start, |key, token| tokens::join(key, phrase_key(phrase, token)));
        if !rest.is_empty() {
            let reach = u8::try_from(tokens.len().min(LONGEST_PHRASE)).unwrap_or(u8::MAX);
            let opening = self.entries.entry(start).or_default();
            opening.reach = opening.reach.max(reach);
        }
        let entry = self.entries.entry(key).or_default();
        // The lists go from the strongest to the weakest: the first attitude that is given stands.
        if entry.valence == 0.0 {
            entry.valence = says.valence;
        }
        if entry.boost == 0.0 {
            entry.boost = says.boost;
        }
        entry.negates |= says.negates;
        entry.turns |= says.turns;
        entry.cues.0 |= says.cues.0;
    }
}

/// Hands over every single word (or sign) of the embedded lists that carries an attitude, the strongest first within a
/// list; a word of several lists comes more than once.
pub fn word_lists(mut each: impl FnMut(&str, f32)) {
    const LISTS: [&str; 8] = [
        include_str!("../../assets/lexicon/en.txt"),
        include_str!("../../assets/lexicon/fr.txt"),
        include_str!("../../assets/lexicon/de.txt"),
        include_str!("../../assets/lexicon/es.txt"),
        include_str!("../../assets/lexicon/it.txt"),
        include_str!("../../assets/lexicon/pt.txt"),
        include_str!("../../assets/lexicon/hi.txt"),
        include_str!("../../assets/lexicon/ar.txt"),
    ];
    const SIGNS: &str = include_str!("../../assets/lexicon/signs.txt");
    let lists = LISTS.into_iter().map(|list| (list, ',')).chain([(SIGNS, ' ')]);
    for (list, between) in lists {
        let mut valence = 0.0;
        for line in list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("# ")) {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                valence = section_of(name).unwrap_or_default().valence;
            } else if valence != 0.0 {
                for entry in line.split(between).map(str::trim).filter(|entry| !entry.is_empty()) {
                    match entry.strip_prefix('~') {
                        Some(verb) if !verb.contains(' ') => forms(verb).iter().for_each(|form| each(form, valence)),
                        None if !entry.contains(' ') => each(entry, valence),
                        _ => {}
                    }
                }
            }
        }
    }
}

fn section_of(name: &str) -> Option<Entry> {
    let mut words = name.split_whitespace();
    let entry = Entry::default();
    Some(match (words.next()?, words.next()) {
        ("valence", Some(amount)) => Entry { valence: amount.parse().ok()?, ..entry },
        ("boost", Some(amount)) => Entry { boost: amount.parse().ok()?, ..entry },
        ("negator", None) => Entry { negates: true, ..entry },
        ("but", None) => Entry { turns: true, ..entry },
        ("cue", Some(word)) => {
            let cue = Cue::ALL.iter().find(|cue| cue.name() == word)?;
            Entry { cues: Cues(1 << *cue as u32), ..entry }
        }
        _ => return None,
    })
}

/// The word and its regular -s, -ed and -ing forms; of a phrase the first word is bent.
fn forms(verb: &str) -> [String; 4] {
    let (verb, tail) = verb.split_once(' ').map_or((verb, String::new()), |(verb, tail)| (verb, format!(" {tail}")));
    let before = verb.chars().rev().nth(1);
    let consonant_y = verb.ends_with('y') && !matches!(before, Some('a' | 'e' | 'i' | 'o' | 'u'));
    let (third, past, going) = if consonant_y {
        let stem = verb.trim_end_matches('y');
        (format!("{stem}ies"), format!("{stem}ied"), format!("{verb}ing"))
    } else if let Some(stem) = verb.strip_suffix('e') {
        (format!("{verb}s"), format!("{verb}d"), format!("{stem}ing"))
    } else if verb.ends_with(['s', 'x', 'z']) || verb.ends_with("sh") || verb.ends_with("ch") {
        (format!("{verb}es"), format!("{verb}ed"), format!("{verb}ing"))
    } else {
        (format!("{verb}s"), format!("{verb}ed"), format!("{verb}ing"))
    };
    [format!("{verb}{tail}"), format!("{third}{tail}"), format!("{past}{tail}"), format!("{going}{tail}")]
}

/// `don't` is often written `dont`; `we'll` must not become `well`.
fn without_apostrophe(entry: &str) -> Option<String> {
    ["n't", "i'm", "'ve"].iter().any(|part| entry.contains(part)).then(|| entry.replace('\'', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: [&str; 6] = [
        include_str!("../../assets/lexicon/en.txt"),
        include_str!("../../assets/lexicon/fr.txt"),
        include_str!("../../assets/lexicon/de.txt"),
        include_str!("../../assets/lexicon/es.txt"),
        include_str!("../../assets/lexicon/it.txt"),
        include_str!("../../assets/lexicon/pt.txt"),
    ];

    fn find(lexicon: &Lexicon, phrase: &str) -> Option<(usize, Entry)> {
        lexicon.longest(phrase, &tokens::scan(phrase)).map(|(taken, entry)| (taken, *entry))
    }

    #[test]
    fn every_section_and_every_entry_of_the_lists_is_understood() {
        for file in FILES {
            for line in file.lines().filter(|line| !line.starts_with("# ") && !line.is_empty()) {
                if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                    assert!(section_of(name).is_some(), "section {name}");
                    continue;
                }
                for entry in line.split(',').map(|entry| entry.trim().trim_start_matches('~')) {
                    let tokens = tokens::scan(entry);
                    assert!(!tokens.is_empty() && tokens.len() <= LONGEST_PHRASE, "entry {entry:?}");
                    assert!(tokens.iter().all(Token::is_wordish), "entry {entry:?}");
                }
            }
        }
    }

    #[test]
    fn phrases_win_over_their_first_word() {
        let lexicon = Lexicon::read(&["[valence 2]\nthanks, ~hate it\n[valence -2]\nthanks for nothing"], "");
        assert_eq!(find(&lexicon, "Thanks for nothing"), Some((3, Entry { valence: -2.0, ..Entry::default() })));
        assert_eq!(find(&lexicon, "thanks for it").map(|(n, e)| (n, e.valence)), Some((1, 2.0)));
        assert_eq!(find(&lexicon, "hated it").map(|(n, _)| n), Some(2));
        assert_eq!(find(&lexicon, "for"), None);
    }

    #[test]
    fn amounts_and_missing_apostrophes_are_found() {
        let lexicon = Lexicon::read(&["[cue price]\n20% off, from £5\n[negator]\ndon't"], "[valence 2]\n😀 :)");
        assert!(find(&lexicon, "35% off").is_some_and(|(_, entry)| entry.cues.has(Cue::Price)));
        assert!(find(&lexicon, "from $1,200").is_some_and(|(_, entry)| entry.cues.has(Cue::Price)));
        assert!(find(&lexicon, "dont").is_some_and(|(_, entry)| entry.negates));
        assert!(find(&lexicon, "😀").is_some_and(|(_, entry)| entry.valence > 0.0));
        assert!(find(&lexicon, ":)").is_some_and(|(_, entry)| entry.valence > 0.0));
    }

    #[test]
    fn verbs_are_bent_regularly() {
        assert_eq!(forms("annoy"), ["annoy", "annoys", "annoyed", "annoying"]);
        assert_eq!(forms("deny"), ["deny", "denies", "denied", "denying"]);
        assert_eq!(forms("refuse"), ["refuse", "refuses", "refused", "refusing"]);
        assert_eq!(forms("impress"), ["impress", "impresses", "impressed", "impressing"]);
        assert_eq!(forms("sort it"), ["sort it", "sorts it", "sorted it", "sorting it"]);
    }
}
