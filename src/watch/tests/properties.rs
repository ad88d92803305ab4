//! The matcher against a plain reading of the same queries, and the index against the matcher.

use proptest::prelude::*;
use unicode_normalization::char::decompose_canonical;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::*;
use crate::domain::letters::indexed;

const WORDS: [&str; 4] = ["kiln", "kilns", "tram", "late"];

/// A part of a text, of which the meaning is known without reading it.
#[derive(Debug, Clone)]
enum Bit {
    Word(usize),
    Possessive(usize),
    Tag(usize),
    Handle(usize),
    Skull,
    Run,
}

impl Bit {
    fn write(&self, shout: bool) -> String {
        let text = match self {
            Self::Word(word) => WORDS[*word].to_owned(),
            Self::Possessive(word) => format!("{}'s", WORDS[*word]),
            Self::Tag(word) => format!("#{}", WORDS[*word]),
            Self::Handle(word) => format!("@{}", WORDS[*word]),
            Self::Skull => "💀".to_owned(),
            Self::Run => "已退款".to_owned(),
        };
        if shout { text.to_uppercase().replace('A', "Á") } else { text }
    }

    fn places(&self) -> i64 {
        match self {
            Self::Skull => 0,
            Self::Run => 3,
            _ => 1,
        }
    }
}

/// A query of which the meaning is known without parsing it.
#[derive(Debug, Clone)]
enum Ask {
    Word(usize),
    Beginning(&'static str),
    Tag(usize),
    Handle(usize),
    Skull,
    Run,
    Phrase(Vec<usize>),
    Near(usize, i64, usize),
    Lang,
    Not(Box<Ask>),
    All(Vec<Ask>),
    Any(Vec<Ask>),
}

impl std::fmt::Display for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let join = |parts: &[Ask], by: &str| parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(by);
        match self {
            Self::Word(word) => f.write_str(WORDS[*word]),
            Self::Beginning(stem) => write!(f, "{stem}*"),
            Self::Tag(word) => write!(f, "#{}", WORDS[*word]),
            Self::Handle(word) => write!(f, "@{}", WORDS[*word]),
            Self::Skull => f.write_str("💀"),
            Self::Run => f.write_str("退款"),
            Self::Phrase(words) => {
                write!(f, "\"{}\"", words.iter().map(|word| WORDS[*word]).collect::<Vec<_>>().join(" "))
            }
            Self::Near(a, distance, b) => write!(f, "{} NEAR/{distance} {}", WORDS[*a], WORDS[*b]),
            Self::Lang => f.write_str("lang:en"),
            Self::Not(inner) => write!(f, "NOT ({inner})"),
            Self::All(parts) => write!(f, "({})", join(parts, " ")),
            Self::Any(parts) => write!(f, "({})", join(parts, " OR ")),
        }
    }
}

fn is_word(bit: &Bit, wanted: usize) -> bool {
    matches!(bit, Bit::Word(word) | Bit::Possessive(word) | Bit::Tag(word) if *word == wanted)
}

fn meant(ask: &Ask, bits: &[Bit], english: bool) -> bool {
    let some = |test: &dyn Fn(&Bit) -> bool| bits.iter().any(test);
    match ask {
        Ask::Word(word) => some(&|bit| is_word(bit, *word)),
        Ask::Beginning(stem) => {
            some(&|bit| (0..WORDS.len()).any(|word| WORDS[word].starts_with(stem) && is_word(bit, word)))
        }
        Ask::Tag(word) => some(&|bit| matches!(bit, Bit::Tag(tag) if tag == word)),
        Ask::Handle(word) => some(&|bit| matches!(bit, Bit::Handle(handle) if handle == word)),
        Ask::Skull => some(&|bit| matches!(bit, Bit::Skull)),
        Ask::Run => some(&|bit| matches!(bit, Bit::Run)),
        Ask::Phrase(words) => {
            let placed: Vec<_> = bits.iter().filter(|bit| bit.places() > 0).collect();
            placed.windows(words.len()).any(|window| window.iter().zip(words).all(|(bit, word)| is_word(bit, *word)))
        }
        Ask::Near(a, distance, b) => {
            let mut place = 0;
            let placed: Vec<_> = bits.iter().map(|bit| (place_of(&mut place, bit), bit)).collect();
            let of = |word| placed.iter().filter(move |(_, bit)| is_word(bit, word));
            of(*a).any(|(x, _)| of(*b).any(|(y, _)| x != y && (x - y).abs() - 1 <= *distance))
        }
        Ask::Lang => english,
        Ask::Not(inner) => !meant(inner, bits, english),
        Ask::All(parts) => parts.iter().all(|part| meant(part, bits, english)),
        Ask::Any(parts) => parts.iter().any(|part| meant(part, bits, english)),
    }
}

/// The place of a bit; moves on to the next.
fn place_of(next: &mut i64, bit: &Bit) -> i64 {
    let place = *next;
    *next += bit.places();
    place
}

fn word() -> impl Strategy<Value = usize> {
    0..WORDS.len()
}

fn bits() -> impl Strategy<Value = Vec<(Bit, bool, &'static str)>> {
    let bit = prop_oneof![
        6 => word().prop_map(Bit::Word),
        1 => word().prop_map(Bit::Possessive),
        1 => word().prop_map(Bit::Tag),
        1 => word().prop_map(Bit::Handle),
        1 => Just(Bit::Skull),
        1 => Just(Bit::Run),
    ];
    prop::collection::vec((bit, any::<bool>(), prop::sample::select(vec![" ", ", ", "\n", " – ", " \"", "! "])), 0..9)
}

fn ask() -> impl Strategy<Value = Ask> {
    let leaf = prop_oneof![
        4 => word().prop_map(Ask::Word),
        1 => prop::sample::select(vec!["k", "kil", "kiln", "tram", "lat"]).prop_map(Ask::Beginning),
        1 => word().prop_map(Ask::Tag),
        1 => word().prop_map(Ask::Handle),
        1 => Just(Ask::Skull),
        1 => Just(Ask::Run),
        2 => prop::collection::vec(word(), 2..4).prop_map(Ask::Phrase),
        2 => (word(), 1..4_i64, word()).prop_map(|(a, distance, b)| Ask::Near(a, distance, b)),
        1 => Just(Ask::Lang),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|ask| Ask::Not(Box::new(ask))),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Ask::All),
            prop::collection::vec(inner, 1..4).prop_map(Ask::Any),
        ]
    })
}

/// Pieces of texts and queries that the index may spell differently.
const PIECES: &[&str] = &[
    "kiln",
    "KILN",
    "kiln's",
    "kilns’ x",
    "l'kiln",
    "d’Łódź",
    "łódź",
    "lodz",
    "Straße",
    "strasse",
    "stras",
    "Ærø",
    "aero",
    "Αθήνα",
    "αθηνα",
    "ὁδός",
    "οδος",
    "ещё",
    "еще",
    "мой",
    "Мои\u{306}",
    "don't",
    "DON’T",
    "don",
    "#big_kiln",
    "#kiln",
    "@kiln",
    "@ana@host.example",
    "@ana",
    "@lou.bsky.social",
    "wi-fi",
    "退款",
    "已退款了",
    "💀",
    "5.1",
    "café",
    "cafe\u{301}",
    "ﬁn",
    "Đặng",
    "ǿ",
    "ŋa",
    "हिन्दी",
    "מוֹ",
    "naïve",
    "ϕως",
    "φως",
    "ſo",
    "so",
    "ǡb",
    "ab",
    "œuvre",
    "½",
    "x²",
    "İı",
];

/// Pieces that the tokenizer of the index reads wrongly unless they are prepared for it.
const ODD_PIECES: &[&str] = &[
    "今日kilnを",
    "退款kiln",
    "🥰kiln",
    "kiln🥰",
    "ｋｉｌｎ",
    "𝗸𝗶𝗹𝗻's",
    "Fahr\u{ad}rad",
    "fahrrad",
    "k\u{336}iln",
    "kilnʼs",
    "ʼkiln",
    "kiln\u{2060}",
    "\u{2066}kiln",
    "oﬃce",
    "office",
    "kiln\u{f8ff}",
    "#𝗸𝗶𝗹𝗻",
    "@ｋｉｌｎ",
    "αθη\u{342}να",
];

/// The tokens that `unicode61` makes, as measured: letters and numbers of any script, and also what is newer than its
/// tables; Latin letters without diacritics, others as they are.
fn index_tokens(text: &str) -> Vec<String> {
    let is_token = |c: char| {
        let group = c.general_category_group();
        let newer = matches!(c, '🥰' | '\u{2066}' | '\u{f8ff}');
        matches!(group, GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number) || is_skipped(c) || newer
    };
    text.split(|c| !is_token(c)).map(index_form).filter(|token| !token.is_empty()).collect()
}

/// Marks that the tokenizer skips; all others separate.
fn is_skipped(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{304}' | '\u{306}'..='\u{30C}' | '\u{30F}' | '\u{311}' | '\u{31B}' | '\u{323}'..='\u{328}'
        | '\u{32D}' | '\u{32E}' | '\u{330}' | '\u{331}')
}

fn index_form(token: &str) -> String {
    token
        .chars()
        .filter(|c| !is_skipped(*c))
        .map(|c| {
            let lower = match c {
                'ẞ' => 'ß',
                'ς' => 'σ',
                'İ' => 'i',
                'ſ' | 'ẛ' => return 's',
                'ϕ' => 'φ',
                'µ' => 'μ',
                'Ǡ' | 'ǡ' => return 'ǡ',
                c => c.to_lowercase().next().unwrap(),
            };
            let mut base = None;
            decompose_canonical(lower, |part| {
                base.get_or_insert(part);
            });
            base.filter(char::is_ascii).unwrap_or(lower)
        })
        .collect()
}

fn in_index(narrowing: &Narrowing, tokens: &[String]) -> bool {
    match narrowing {
        Narrowing::Everything => true,
        Narrowing::Word(word) => tokens.contains(word),
        Narrowing::Prefix(start) => tokens.iter().any(|token| token.starts_with(start.as_str())),
        Narrowing::Phrase(words) => tokens.windows(words.len()).any(|window| window == words.as_slice()),
        Narrowing::All(parts) => parts.iter().all(|part| in_index(part, tokens)),
        Narrowing::Any(parts) => parts.iter().any(|part| in_index(part, tokens)),
    }
}

fn pieces(
    from: &'static [&'static str],
    and: &'static [&'static str],
    most: usize,
) -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select([from, and].concat()), 1..most)
}

/// Side by side, in quotes, joined by operators, as beginnings.
fn query_of(pieces: &[&str], shape: u8) -> String {
    let strip = |piece: &&str| piece.replace([' ', '\u{2066}'], "");
    let parts: Vec<_> = pieces.iter().map(strip).collect();
    match shape {
        0 => parts.join(" "),
        1 => format!("\"{}\"", parts.join(" ")),
        2 => parts.join(" OR "),
        3 => parts.join("* ") + "*",
        4 => parts.join(" NEAR/2 "),
        _ => format!("{} NOT lang:en", parts.join(" ")),
    }
}

fn assert_narrowed(query: &str, text: &str, given: &str) {
    let Ok(query) = Query::parse(query) else { return };
    let matcher = Matcher::new(std::slice::from_ref(&query));
    if !matcher.matches(&Post { text, ..Post::default() }).is_empty() {
        let tokens = index_tokens(given);
        let narrowing = query.narrowing();
        assert!(in_index(&narrowing, &tokens), "{}: {narrowing:?} loses {text:?}: {tokens:?}", query.explain());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_matcher_reads_what_is_meant(asks in prop::collection::vec(ask(), 1..6), bits in bits(), english: bool) {
        let text: String = bits.iter().map(|(bit, shout, after)| bit.write(*shout) + after).collect();
        let bits: Vec<_> = bits.into_iter().map(|(bit, _, _)| bit).collect();
        let (asks, queries): (Vec<_>, Vec<_>) = asks
            .iter()
            .filter_map(|ask| Some((ask, Query::parse(&ask.to_string()).ok()?)))
            .unzip();
        let post = Post { text: &text, lang: if english { "en" } else { "" }, ..Post::default() };
        let hits = Matcher::new(&queries).matches(&post);
        let found: Vec<_> = hits.iter().map(|hit| hit.query).collect();
        let wanted: Vec<_> = (0..asks.len()).filter(|at| meant(asks[*at], &bits, english)).collect();
        prop_assert_eq!(found, wanted, "{:?} {:?}", asks.iter().map(ToString::to_string).collect::<Vec<_>>(), text);
        for hit in hits {
            let mut end = 0;
            for span in hit.spans {
                prop_assert!(span.start >= end && span.start < span.end && text.get(span.clone()).is_some());
                end = span.end;
            }
        }
    }

    #[test]
    fn a_query_is_refused_if_it_matches_a_post_that_meets_nothing_and_only_then(ask in ask()) {
        prop_assert_eq!(Query::parse(&ask.to_string()).is_err(), meant(&ask, &[], false), "{}", ask);
    }

    #[test]
    fn the_index_loses_nothing(
        asked in pieces(PIECES, &[], 4), said in pieces(PIECES, &[], 6), shape in 0..6_u8, between in "[ ,\n]",
    ) {
        let text = said.join(&between);
        assert_narrowed(&query_of(&asked, shape), &text, &text);
    }

    #[test]
    fn the_prepared_index_loses_nothing(
        asked in pieces(PIECES, ODD_PIECES, 4), said in pieces(ODD_PIECES, PIECES, 6), shape in 0..6_u8, between in "[ ,\n-]?",
    ) {
        let text = said.join(&between);
        assert_narrowed(&query_of(&asked, shape), &text, &indexed(&text));
    }

    #[test]
    fn a_word_is_found_where_it_stands(at in 0..PIECES.len() + ODD_PIECES.len()) {
        let piece = PIECES.iter().chain(ODD_PIECES).nth(at).unwrap().trim_end_matches(" x").replace('\u{2066}', "");
        if let Ok(query) = Query::parse(&format!("\"{piece}\"")) {
            let text = format!("… {piece} !");
            let hits = Matcher::new(&[query]).matches(&Post { text: &text, ..Post::default() });
            prop_assert_eq!(hits.len(), 1, "{}", text);
        }
    }

    #[test]
    fn nothing_panics(query: String, more in "[ ()\"#@*:a-cNOTRAD/1-]{0,30}", text: String) {
        for query in [query.clone(), more.clone(), format!("{query}{more}")] {
            match Query::parse(&query) {
                Ok(read) => {
                    let post = Post { text: &text, author: &text, source: &text, lang: &text, ..Post::default() };
                    read.explain();
                    read.narrowing();
                    for hit in Matcher::new(&[read]).matches(&post) {
                        prop_assert!(hit.spans.into_iter().all(|span| text.get(span).is_some()));
                    }
                }
                Err(error) => {
                    prop_assert!(error.column <= query.chars().count() + 1 && error.width >= 1);
                    prop_assert!(!error.underlined(&query).chars().any(|c| c.is_control() && c != '\n'));
                }
            }
        }
    }
}
