//! About us or not: whether a word that is also a brand's name means the brand here.
//!
//! The name's dress (capitals, sign, possessive), its neighbours (articles, verbs, street words) and the matter of the
//! text (trade or everyday things) are weighed by logistic regression: `P(about) = 1 / (1 + exp(-w · m))`. Words from the
//! watch's own context count on top, and decide where they stand. Where the name is not found in the text, the watch
//! has matched by other words and the text is about the subject.

use std::sync::Arc;

use super::lexicon::{Cue, Cues, Lexicon};
use super::library::Library;
use super::names::{NameKeys, Part};
use super::tokens::{self, Case, Kind, Token};
use super::weights::ABOUT;
use super::{Evidence, ReadAbout, SubjectContext};

/// Log-odds from which a text is about the subject. Below even odds, for a missed complaint costs more than a bird among
/// the mentions.
const THRESHOLD: f32 = -0.8;
/// Log-odds that a context word of the watch adds.
const CONTEXT: f32 = 3.0;
/// Log-odds that a watch with context words loses where none of them stands.
const NO_CONTEXT: f32 = -0.5;

/// What is weighed, in the order of the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Always 1.
    Always,
    /// As a handle or hashtag.
    Signed,
    /// A name of several words stands whole.
    WholeOfSeveral,
    /// Only the first word of several.
    FirstOfSeveral,
    /// The name is one word.
    OneWord,
    /// In lower case.
    Lower,
    /// In lower case where the text knows capitals.
    LowerAmidCapitals,
    /// Capitalised within a sentence.
    CapitalWithin,
    /// Capitalised where a sentence begins.
    CapitalFirst,
    /// In capitals or in a mixture.
    OtherCase,
    /// Possessive.
    Owns,
    /// After an article or adjective, in lower case.
    ArticleLower,
    /// After an article or adjective, capitalised.
    ArticleCapital,
    /// After `to` and the like, in lower case.
    VerbLike,
    /// After a preposition or verb that goes with names.
    Attached,
    /// Before a verb or noun that goes with brands.
    Acts,
    /// After another capitalised word: a person's surname.
    AfterCapital,
    /// Before another capitalised word.
    BeforeCapital,
    /// After a title or role.
    AfterPerson,
    /// Before a street or place word.
    BeforePlace,
    /// Before `of`.
    BeforeOf,
    /// Beside a word of everyday things.
    BesidePlain,
    /// Beside a word of trade.
    BesideTrade,
    /// Only an inflected form stands there: `kestrels`.
    Inflected,
    /// The name itself is a word of everyday things.
    OrdinaryName,
    /// Words of trade, ln(1 + n).
    Trade,
    /// Words of everyday things, ln(1 + n).
    Plain,
    /// Complaints' words, ln(1 + n).
    Grievance,
    /// Offers' words, ln(1 + n).
    Offer,
    /// News' words, ln(1 + n).
    News,
    /// Praise's words, ln(1 + n).
    Praise,
    /// Question's words, ln(1 + n).
    Question,
    /// The name more than once.
    Repeated,
    /// A question mark.
    Asked,
    /// The name opens the text in lower case, without an article.
    OpensLower,
    /// The name ends the text or stands before a mark.
    BeforeMark,
}

/// How many there are.
pub const SIGNS: usize = Sign::BeforeMark as usize + 1;

/// Tells by rules whether the subject is meant.
#[derive(Debug, Clone)]
pub struct RuleAbout {
    library: Arc<Library>,
}

impl RuleAbout {
    /// A reader with these lists.
    pub fn new(library: Arc<Library>) -> Self {
        Self { library }
    }

    /// The scene and its log-odds; `None` where the text cannot be weighed and the watch is trusted.
    fn weigh(&self, text: &str, lang: Option<&str>, subject: &SubjectContext<'_>) -> Option<(Vec<Token>, Weighing)> {
        let tokens = tokens::scan(text);
        let (_, lexicon) = self.library.lexicon(text, &tokens, lang).or_else(|| self.library.fallback(lang))?;
        let mut weighing = weigh(text, &tokens, lexicon, subject.name)?;
        weighing.odds += context(&tokens, subject.context, &mut weighing.evidence);
        Some((tokens, weighing))
    }
}

impl ReadAbout for RuleAbout {
    fn about(&self, text: &str, lang: Option<&str>, subject: &SubjectContext<'_>) -> bool {
        self.odds(text, lang, subject).is_none_or(|odds| odds >= 0.0)
    }

    fn odds(&self, text: &str, lang: Option<&str>, subject: &SubjectContext<'_>) -> Option<f32> {
        self.weigh(text, lang, subject).map(|(_, weighing)| weighing.odds - THRESHOLD)
    }

    fn explain(&self, text: &str, lang: Option<&str>, subject: &SubjectContext<'_>) -> Vec<Evidence> {
        let Some((tokens, weighing)) = self.weigh(text, lang, subject) else { return Vec::new() };
        let mut evidence: Vec<Evidence> = weighing
            .evidence
            .iter()
            .filter_map(|(at, weight, why)| Some(Evidence { span: tokens.get(*at)?.span(), weight: *weight, why }))
            .filter(|evidence| evidence.weight != 0.0)
            .collect();
        evidence.sort_by_key(|evidence| evidence.span.start);
        evidence
    }
}

/// Log-odds and what they came from: token, weight, reason.
struct Weighing {
    odds: f32,
    evidence: Vec<(usize, f32, &'static str)>,
}

/// The measures of a text for a name, and where each flag was raised.
pub(super) struct Marks {
    /// In the order of [`Sign`].
    pub(super) values: [f32; SIGNS],
    raised: Vec<(usize, Sign)>,
}

impl Marks {
    /// Their log-odds of being about the subject.
    pub(super) fn odds(&self) -> f32 {
        self.values.iter().zip(&ABOUT).map(|(value, weight)| value * weight).sum()
    }

    fn raise(&mut self, sign: Sign, at: usize, yes: bool) {
        if yes {
            self.set(sign, 1.0);
            self.raised.push((at, sign));
        }
    }

    fn set(&mut self, sign: Sign, value: f32) {
        if let Some(slot) = self.values.get_mut(sign as usize) {
            *slot = value;
        }
    }
}

fn weigh(text: &str, tokens: &[Token], lexicon: &Lexicon, name: &str) -> Option<Weighing> {
    let marks = marks(text, tokens, lexicon, name)?;
    let odds = marks.odds();
    let weight_of = |sign: Sign| ABOUT.get(sign as usize).copied().unwrap_or_default();
    let evidence = marks.raised.iter().map(|(at, sign)| (*at, weight_of(*sign), sign.reason())).collect();
    Some(Weighing { odds, evidence })
}

/// Measures the places of a name; `None` where it does not stand in the text in any form.
pub(super) fn marks(text: &str, tokens: &[Token], lexicon: &Lexicon, name: &str) -> Option<Marks> {
    let keys = NameKeys::new(name);
    let mut marks = Marks { values: [0.0; SIGNS], raised: Vec::new() };
    let neighbours = Neighbours { text, tokens, lexicon };
    let (mut at, mut found) = (0, 0usize);
    while at < tokens.len() && found < 16 {
        let Some((taken, part)) = keys.at(tokens, at) else {
            at += 1;
            continue;
        };
        found += 1;
        neighbours.place(&mut marks, at, taken, part, keys.several());
        at += taken;
    }
    if found == 0 {
        let inflected = tokens.iter().position(|token| keys.inflected(text, token))?;
        marks.raise(Sign::Inflected, inflected, true);
        neighbours.beside(&mut marks, inflected, inflected + 1);
    }
    marks.set(Sign::Always, 1.0);
    marks.set(Sign::Repeated, f32::from(u8::from(found > 1)));
    marks.set(Sign::OneWord, f32::from(u8::from(!keys.several())));
    let ordinary = tokens::scan(name).iter().any(|token| {
        lexicon.word(name, token).is_some_and(|entry| entry.cues.has(Cue::Plain) || entry.cues.has(Cue::Place))
    });
    marks.set(Sign::OrdinaryName, f32::from(u8::from(ordinary)));
    matter(text, tokens, lexicon, &mut marks);
    Some(marks)
}

/// What the text as a whole is about.
fn matter(text: &str, tokens: &[Token], lexicon: &Lexicon, marks: &mut Marks) {
    let mut counts = [0.0f32; 7];
    let groups: [&[Cue]; 7] = [
        &[Cue::Trade],
        &[Cue::Plain],
        &[Cue::Failure, Cue::Money, Cue::Service, Cue::Leaving, Cue::Report],
        &[Cue::Price, Cue::Referral, Cue::Bait, Cue::Hiring, Cue::Resale, Cue::Shop],
        &[Cue::News],
        &[Cue::Commends],
        &[Cue::Asks],
    ];
    for at in 0..tokens.len() {
        let rest = tokens.get(at..).unwrap_or_default();
        let Some((_, entry)) = lexicon.longest(text, rest) else { continue };
        for (count, group) in counts.iter_mut().zip(groups) {
            *count += f32::from(u8::from(group.iter().any(|cue| entry.cues.has(*cue))));
        }
        if entry.cues.has(Cue::Trade) != entry.cues.has(Cue::Plain) && marks.raised.len() < 64 {
            let sign = if entry.cues.has(Cue::Trade) { Sign::Trade } else { Sign::Plain };
            marks.raised.push((at, sign));
        }
    }
    let signs = [Sign::Trade, Sign::Plain, Sign::Grievance, Sign::Offer, Sign::News, Sign::Praise, Sign::Question];
    for (sign, count) in signs.into_iter().zip(counts) {
        marks.set(sign, count.ln_1p());
    }
    marks.set(Sign::Asked, f32::from(u8::from(tokens.iter().any(Token::is_question))));
}

struct Neighbours<'a> {
    text: &'a str,
    tokens: &'a [Token],
    lexicon: &'a Lexicon,
}

impl Neighbours<'_> {
    fn cues(&self, at: Option<usize>) -> Cues {
        let token = at.and_then(|at| self.tokens.get(at)).filter(|token| token.is_wordish());
        token.and_then(|token| self.lexicon.word(self.text, token)).map(|entry| entry.cues).unwrap_or_default()
    }

    fn place(&self, marks: &mut Marks, at: usize, taken: usize, part: Part, several: bool) {
        let Some(token) = self.tokens.get(at) else { return };
        if part == Part::Sign {
            return marks.raise(Sign::Signed, at, true);
        }
        marks.raise(Sign::WholeOfSeveral, at, several && part == Part::Whole);
        marks.raise(Sign::FirstOfSeveral, at, part == Part::First);
        let before = at.checked_sub(1);
        let end = at + taken;
        let (previous, next) = (self.cues(before), self.cues(Some(end)));
        let amid_capitals = self.tokens.iter().any(|token| token.opens && token.case == Case::Capital);
        let lower = token.case == Case::Lower;
        marks.raise(Sign::Lower, at, lower);
        marks.raise(Sign::LowerAmidCapitals, at, lower && amid_capitals);
        marks.raise(Sign::CapitalWithin, at, token.case == Case::Capital && !token.opens);
        marks.raise(Sign::CapitalFirst, at, token.case == Case::Capital && token.opens);
        marks.raise(Sign::OtherCase, at, matches!(token.case, Case::Upper | Case::Mixed));
        let stopped = previous.has(Cue::Stopping);
        marks.raise(Sign::ArticleLower, at, stopped && lower);
        marks.raise(Sign::ArticleCapital, at, stopped && !lower);
        marks.raise(Sign::VerbLike, at, lower && previous.has(Cue::Infinitive));
        marks.raise(Sign::Attached, at, previous.has(Cue::Attach) && !stopped);
        marks.raise(Sign::Acts, at, next.has(Cue::Acts));
        marks.raise(Sign::AfterPerson, at, previous.has(Cue::Person));
        marks.raise(Sign::BeforePlace, at, next.has(Cue::Place));
        marks.raise(Sign::OpensLower, at, lower && at == 0);
        self.dress(marks, at, end, lower);
        self.beside(marks, at, end);
    }

    /// Capitals and marks around the name.
    fn dress(&self, marks: &mut Marks, at: usize, end: usize, lower: bool) {
        let capital = |token: &Token| token.kind == Kind::Word && token.case == Case::Capital && !token.opens;
        let before = at.checked_sub(1).and_then(|before| self.tokens.get(before));
        let next = self.tokens.get(end);
        marks.raise(Sign::AfterCapital, at, !lower && before.is_some_and(capital));
        marks.raise(Sign::BeforeCapital, at, !lower && next.is_some_and(capital));
        marks.raise(Sign::Owns, at, next.is_some_and(|token| token.key == tokens::fold_key("'s")));
        marks.raise(Sign::BeforeOf, at, next.is_some_and(|token| token.key == tokens::fold_key("of")));
        marks.raise(Sign::BeforeMark, at, next.is_none_or(|token| !token.is_wordish()));
    }

    /// Words within two of the name.
    fn beside(&self, marks: &mut Marks, at: usize, end: usize) {
        let near = (at.saturating_sub(2)..at).chain(end..end + 2);
        for place in near {
            let cues = self.cues(Some(place));
            marks.raise(Sign::BesidePlain, place, cues.has(Cue::Plain) && !cues.has(Cue::Trade));
            marks.raise(Sign::BesideTrade, place, cues.has(Cue::Trade) && !cues.has(Cue::Plain));
        }
    }
}

/// What the watch's own words add.
pub(super) fn context(tokens: &[Token], words: &[String], evidence: &mut Vec<(usize, f32, &'static str)>) -> f32 {
    if words.is_empty() {
        return 0.0;
    }
    let mut found = false;
    for word in words.iter().map(|word| NameKeys::new(word)) {
        let place = (0..tokens.len()).find(|at| matches!(word.at(tokens, *at), Some((_, Part::Whole | Part::Sign))));
        if let Some(at) = place {
            evidence.push((at, CONTEXT, "word of the watch's context"));
            found = true;
        }
    }
    if found { CONTEXT } else { NO_CONTEXT }
}

impl Sign {
    fn reason(self) -> &'static str {
        match self {
            Self::Signed => "handle or hashtag",
            Self::WholeOfSeveral => "the whole name",
            Self::FirstOfSeveral => "part of the name",
            Self::Lower | Self::LowerAmidCapitals | Self::OpensLower => "in lower case",
            Self::CapitalWithin | Self::CapitalFirst | Self::OtherCase => "capitalised",
            Self::Owns => "possessive",
            Self::ArticleLower | Self::ArticleCapital => "after an article",
            Self::VerbLike => "like a verb",
            Self::Attached | Self::Acts => "as brands are spoken of",
            Self::AfterCapital | Self::AfterPerson => "like a surname",
            Self::BeforeCapital => "part of another name",
            Self::BeforePlace => "like a place",
            Self::BeforeOf => "like a common noun",
            Self::Inflected => "another form of the word",
            Self::BesidePlain | Self::Plain => "everyday matter",
            Self::BesideTrade | Self::Trade => "matter of trade",
            Self::BeforeMark => "before a mark",
            _ => "the text as a whole",
        }
    }
}
