//! The word lists of all languages, and which of them reads a text.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::lexicon::{Lexicon, Ready};
use super::tokens::{self, Kind, Token};

/// Languages with a lexicon of their own.
pub const READABLE: [&str; 6] = ["en", "fr", "de", "es", "it", "pt"];
/// Languages whose small words are known; the readable ones come first, in the same order.
pub const KNOWN: [&str; 10] = ["en", "fr", "de", "es", "it", "pt", "nl", "sv", "da", "pl"];

/// Word lists of every language, read once and shared by the readers.
#[derive(Debug)]
pub struct Library {
    lexicons: [Lexicon; READABLE.len()],
    /// The languages of each small word, a bit each in the order of [`KNOWN`].
    small_words: HashMap<u64, u16, BuildHasherDefault<Ready>>,
}

/// How many small words of each language a text has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Votes {
    /// By language, in the order of [`KNOWN`].
    pub counts: [u16; KNOWN.len()],
    /// Words that were looked at.
    pub words: u16,
}

impl Votes {
    /// The language with most small words, how many they are, and how many the next has.
    pub fn winner(&self) -> Option<(usize, u16, u16)> {
        let (mut best, mut most, mut next) = (None, 0, 0);
        for (language, count) in self.counts.iter().enumerate() {
            if *count > most {
                (best, next, most) = (Some(language), most, *count);
            } else if *count > next {
                next = *count;
            }
        }
        best.map(|language| (language, most, next))
    }
}

/// Words by which a language is told; more tell no better.
const SAMPLE: usize = 200;

impl Library {
    /// Reads the embedded lists.
    pub fn new() -> Self {
        const SIGNS: &str = include_str!("../../assets/lexicon/signs.txt");
        let lists = [
            include_str!("../../assets/lexicon/en.txt"),
            include_str!("../../assets/lexicon/fr.txt"),
            include_str!("../../assets/lexicon/de.txt"),
            include_str!("../../assets/lexicon/es.txt"),
            include_str!("../../assets/lexicon/it.txt"),
            include_str!("../../assets/lexicon/pt.txt"),
        ];
        Self { lexicons: lists.map(|list| Lexicon::read(&[list], SIGNS)), small_words: small_words() }
    }

    /// Counts the small words of each language among the first words of a text.
    pub fn votes(&self, tokens: &[Token]) -> Votes {
        let mut votes = Votes::default();
        for token in tokens.iter().filter(|token| token.kind == Kind::Word).take(SAMPLE) {
            votes.words += 1;
            let Some(languages) = self.small_words.get(&token.key) else { continue };
            for (language, count) in votes.counts.iter_mut().enumerate() {
                *count += languages >> language & 1;
            }
        }
        votes
    }

    /// The lexicon that reads a text: of its language, or, where that is unknown, of the language whose small or
    /// listed words it has. `None` for a language without a lexicon, or when nothing tells.
    pub fn lexicon(&self, text: &str, tokens: &[Token], lang: Option<&str>) -> Option<(usize, &Lexicon)> {
        let place = match lang {
            Some(lang) => readable(lang)?,
            None => self.guess(text, tokens)?,
        };
        self.lexicons.get(place).map(|lexicon| (place, lexicon))
    }

    /// The English lexicon for a text of unknown language; `None` for a language that is known and not readable.
    pub fn fallback(&self, lang: Option<&str>) -> Option<(usize, &Lexicon)> {
        if lang.is_some() { None } else { self.lexicons.first().map(|lexicon| (0, lexicon)) }
    }

    /// The language whose small and listed words cover most of a text whose language is unknown, where they cover
    /// enough of it and no other language's cover as much. Emoji, which read the same everywhere, are enough where
    /// hardly a word stands beside them.
    fn guess(&self, text: &str, tokens: &[Token]) -> Option<usize> {
        let votes = self.votes(tokens);
        let words = || tokens.iter().filter(|token| token.kind == Kind::Word).take(SAMPLE);
        if votes.words <= 2
            && words().all(|token| self.lexicons.iter().all(|lexicon| lexicon.word(text, token).is_none()))
        {
            let english = self.lexicons.first()?;
            let signs = tokens.iter().take(SAMPLE);
            let felt = |token: &Token| english.word(text, token).is_some_and(|entry| entry.valence != 0.0);
            return signs.clone().any(felt).then_some(0);
        }
        let known = votes.winner().filter(|(place, most, next)| *place >= READABLE.len() && most > next);
        if known.is_some_and(|(_, most, _)| most >= 2) {
            return None;
        }
        let covered = |place: usize, lexicon: &Lexicon| {
            let listed = |token: &&Token| lexicon.word(text, token).is_some() || self.is_small(token, place);
            words().filter(listed).count()
        };
        let mut counts = [0; READABLE.len()];
        for ((place, lexicon), count) in self.lexicons.iter().enumerate().zip(&mut counts) {
            *count = covered(place, lexicon);
        }
        let best = counts.iter().copied().max().unwrap_or_default();
        let mut winners = counts.iter().enumerate().filter(|(_, count)| **count == best).map(|(place, _)| place);
        let winner = winners.next()?;
        (winners.next().is_none() && best * 4 >= usize::from(votes.words)).then_some(winner)
    }

    fn is_small(&self, token: &Token, place: usize) -> bool {
        self.small_words.get(&token.key).is_some_and(|languages| languages >> place & 1 == 1)
    }
}

impl Default for Library {
    fn default() -> Self {
        Self::new()
    }
}

/// The place of a language in [`READABLE`], by ISO 639-1 code or BCP 47 tag.
pub fn readable(lang: &str) -> Option<usize> {
    let primary = lang.split(['-', '_']).next().unwrap_or(lang);
    READABLE.iter().position(|known| primary.eq_ignore_ascii_case(known))
}

/// The small everyday words of the known languages, in lower case: what is no news when the terms of a spike are named.
pub fn everyday_words() -> impl Iterator<Item = &'static str> {
    FUNCTION_WORDS.lines().filter(|line| !line.starts_with(['#', '['])).flat_map(str::split_whitespace)
}

const FUNCTION_WORDS: &str = include_str!("../../assets/lexicon/function-words.txt");

fn small_words() -> HashMap<u64, u16, BuildHasherDefault<Ready>> {
    let mut words: HashMap<u64, u16, BuildHasherDefault<Ready>> = HashMap::default();
    let mut language = 0u16;
    for line in FUNCTION_WORDS.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            language = KNOWN.iter().position(|known| *known == name).map_or(0, |place| 1 << place);
            continue;
        }
        for word in line.split_whitespace() {
            // The scanner parts `it's` and `qu'il`; their first pieces are listed by themselves.
            if let [token] = tokens::scan(word).as_slice() {
                *words.entry(token.key).or_default() |= language;
            }
        }
    }
    words
}
