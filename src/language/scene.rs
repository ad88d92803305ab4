//! What a text holds, measured once: attitudes with what turns and strengthens them, cues, shape.
//!
//! Pure. The readers of sentiment and intent weigh these measures; explanations come from the same walk.

use std::rc::Rc;

use super::SubjectContext;
use super::lexicon::{Cue, Cues, Entry, Lexicon};
use super::names::names;
use super::sums::Sums;
use super::tokens::{self, Case, Kind, Token};

/// How a text is built, apart from its words; the measures after the cues in [`Measures`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Always 1.
    Always,
    /// Weight of good attitudes, s/(s+4).
    Good,
    /// Weight of bad attitudes, s/(s+4).
    Bad,
    /// Both at once, the product of the two.
    Both,
    /// A question mark anywhere.
    Asked,
    /// A question mark at the end.
    AskedLast,
    /// A sentence opens with a question word.
    Opener,
    /// The same, without any question mark.
    OpenerBare,
    /// Exclamation marks, at most 3, as a share of 3.
    Exclaimed,
    /// Share of words in capitals.
    Shouted,
    /// Share of words that open no sentence and yet are capitalised.
    Titled,
    /// An address.
    Linked,
    /// Hashtags, at most 3, as a share of 3.
    Tagged,
    /// A sum of money.
    Money,
    /// A percentage.
    Percent,
    /// Numbers, ln(1 + n).
    Numbers,
    /// Length, ln(1 + words) / 4.
    Length,
    /// Six words or fewer.
    Short,
    /// Words in quotation marks.
    Quoted,
    /// Negations that turned no attitude, ln(1 + n).
    Denied,
    /// It begins with the subject's name.
    NameFirst,
    /// The subject's name as possessor.
    NameOwns,
    /// The name comes last.
    NameLast,
    /// It begins in lower case.
    LowerStart,
    /// No mark at the end.
    Unmarked,
    /// An `or` between words.
    Either,
    /// Dots of omission.
    Dotted,
    /// A handle or a call by name at the start.
    Hailed,
    /// Emoji, ln(1 + n).
    Emoji,
    /// The last attitude that was met, -1 to 1.
    LastWord,
    /// Good and bad words within the same sentence as irony's favourites.
    Twist,
}

impl Shape {
    /// How many there are.
    pub const COUNT: usize = Self::Twist as usize + 1;
}

/// How many measures a text has.
pub const MEASURES: usize = Cue::COUNT + Shape::COUNT;

/// Measures of a text: ln(1 + n) for each cue, then the shapes.
#[derive(Debug, Clone)]
pub struct Measures(pub [f32; MEASURES]);

impl Measures {
    pub(super) fn set(&mut self, shape: Shape, value: f32) {
        if let Some(slot) = self.0.get_mut(Cue::COUNT + shape as usize) {
            *slot = value;
        }
    }
}

/// One thing that was met on the walk.
#[derive(Debug, Clone, Copy)]
pub struct Hit {
    /// First token.
    pub first: usize,
    /// One past the last token.
    pub end: usize,
    /// Attitude with everything that turned or strengthened it; 0 for none.
    pub valence: f32,
    /// Cues.
    pub cues: Cues,
}

/// A text in its pieces, with the places of the names in it.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The text.
    pub text: &'a str,
    /// Its pieces.
    pub tokens: Rc<Vec<Token>>,
    /// Where the subject is named: token ranges, in order.
    pub named: Vec<std::ops::Range<usize>>,
    /// Where others are named.
    pub others: Vec<std::ops::Range<usize>>,
}

impl<'a> Scene<'a> {
    /// Takes a text to pieces and finds the names.
    pub fn new(text: &'a str, subject: &SubjectContext<'_>) -> Self {
        let tokens = tokens::shared(text);
        let named = names(&tokens, subject.name);
        let mut others: Vec<_> = subject.others.iter().flat_map(|other| names(&tokens, other)).collect();
        others.sort_unstable_by_key(|range| range.start);
        Self { text, tokens, named, others }
    }

    /// The bytes of a range of tokens.
    pub fn span(&self, first: usize, end: usize) -> Option<std::ops::Range<usize>> {
        let last = self.tokens.get(first..end)?.last()?;
        Some(self.tokens.get(first)?.start..last.end)
    }

    fn is_name(&self, at: usize) -> bool {
        self.named.iter().chain(&self.others).any(|range| range.contains(&at))
    }

    /// How much an attitude at this place is meant for the subject: 1, less when another name stands nearer,
    /// negative before "than SUBJECT".
    fn aim(&self, at: usize) -> f32 {
        if self.others.is_empty() || self.named.is_empty() {
            return 1.0;
        }
        let gap = |ranges: &[std::ops::Range<usize>]| ranges.iter().map(|range| self.gap(range, at)).min();
        let than = tokens::fold_key("than");
        let compared = self.named.iter().any(|range| {
            range.start > at
                && range.start - at < 6
                && range.start.checked_sub(1).and_then(|before| self.tokens.get(before)).is_some_and(|t| t.key == than)
        });
        match (gap(&self.named), gap(&self.others)) {
            _ if compared => -1.0,
            (Some(own), Some(other)) if other < own => 0.4,
            _ => 1.0,
        }
    }

    /// How far a name is from a word, in tokens: a name that follows is a little farther, one beyond a comma or full stop
    /// farther still.
    fn gap(&self, name: &std::ops::Range<usize>, at: usize) -> usize {
        let (low, high) = if name.start > at { (at, name.start) } else { (name.end, at) };
        let apart = high.saturating_sub(low);
        let between = self.tokens.get(low..high).unwrap_or_default().iter().take(16);
        let parted = between.filter(|token| matches!(token.kind, Kind::Mark(mark) if ends_clause(mark))).count();
        apart + usize::from(name.start > at) + parted.min(1) * 3
    }

    /// Walks the text once and tells every hit, with negation, strength and shouting worked in.
    pub fn walk(&self, lexicon: &Lexicon, mut tell: impl FnMut(Step)) {
        let shouting = self.tokens.iter().filter(|token| token.case == Case::Upper).count() * 2 > self.tokens.len();
        let (mut negated, mut boost, mut at) = (0usize, 1.0f32, 0usize);
        let mut turned = false;
        while let Some(token) = self.tokens.get(at) {
            if let Kind::Mark(mark) = token.kind {
                if ends_clause(mark) {
                    (negated, boost) = (0, 1.0);
                }
                tell(Step::Mark(at, mark));
                at += 1;
                continue;
            }
            if self.is_name(at) {
                at += 1;
                continue;
            }
            let rest = self.tokens.get(at..).unwrap_or_default();
            let found = lexicon.longest(self.text, rest).map(|(taken, entry)| (taken, *entry));
            let Some((taken, phrase)) = found else {
                negated = negated.saturating_sub(1);
                boost = 1.0;
                at += 1;
                continue;
            };
            let weighs = |entry: &Entry| entry.valence != 0.0 || entry.boost != 0.0 || entry.negates || entry.turns;
            // A phrase that only gives a cue leaves its words their own attitude.
            let (step, says) = if taken == 1 || weighs(&phrase) {
                (taken, phrase)
            } else {
                (1, lexicon.word(self.text, token).copied().unwrap_or_default())
            };
            let mut valence = says.valence;
            if valence != 0.0 {
                valence *= boost;
                if token.case == Case::Upper && !shouting {
                    valence *= 1.25;
                }
                if negated > 0 {
                    valence *= if valence > 0.0 { -0.7 } else { -0.35 };
                    turned = true;
                }
                valence *= self.aim(at);
            }
            if valence != 0.0 || !phrase.cues.is_empty() {
                tell(Step::Hit(Hit { first: at, end: at + taken, valence, cues: phrase.cues }));
            }
            if says.turns {
                (negated, boost) = (0, 1.0);
                tell(Step::But);
            } else if says.negates && says.valence == 0.0 {
                if negated > 0 && !turned {
                    tell(Step::Denied);
                }
                (negated, boost, turned) = (4, 1.0, false);
                tell(Step::Denied);
            } else if says.boost != 0.0 && says.valence == 0.0 {
                boost = says.boost;
                negated = negated.saturating_sub(1);
            } else {
                boost = 1.0;
                negated = negated.saturating_sub(step);
            }
            at += step;
        }
    }

    /// The measures of the text.
    pub fn measures(&self, lexicon: &Lexicon) -> Measures {
        let mut sums = Sums::default();
        self.walk(lexicon, |step| sums.take(self, step));
        let mut measures = Measures([0.0; MEASURES]);
        for (slot, count) in measures.0.iter_mut().zip(sums.cues) {
            *slot = f32::from(count).ln_1p();
        }
        sums.shapes(self, &mut measures);
        self.plain_shapes(&mut measures);
        measures
    }

    /// Shapes that need no list.
    fn plain_shapes(&self, measures: &mut Measures) {
        let (mut words, mut upper, mut titled, mut numbers) = (0.0f32, 0.0f32, 0.0f32, 0.0f32);
        let (mut tags, mut emoji) = (0.0f32, 0.0f32);
        let either = tokens::fold_key("or");
        for (at, token) in self.tokens.iter().enumerate() {
            match token.kind {
                Kind::Word => {
                    words += 1.0;
                    if !self.is_name(at) {
                        upper += f32::from(u8::from(token.case == Case::Upper && token.end - token.start > 1));
                        titled += f32::from(u8::from(token.case == Case::Capital && !token.opens));
                    }
                    if token.key == either {
                        measures.set(Shape::Either, 1.0);
                    }
                }
                Kind::Number => numbers += 1.0,
                Kind::Money => measures.set(Shape::Money, 1.0),
                Kind::Percent => measures.set(Shape::Percent, 1.0),
                Kind::Link => measures.set(Shape::Linked, 1.0),
                Kind::Hashtag => tags += 1.0,
                Kind::Emoji | Kind::Emoticon => emoji += 1.0,
                Kind::Mark('"' | '“' | '”' | '„' | '«') => measures.set(Shape::Quoted, 1.0),
                Kind::Mark('…') => measures.set(Shape::Dotted, 1.0),
                _ => {}
            }
        }
        let share = |part: f32| if words > 0.0 { part / words } else { 0.0 };
        measures.set(Shape::Always, 1.0);
        measures.set(Shape::Shouted, share(upper));
        measures.set(Shape::Titled, share(titled));
        measures.set(Shape::Numbers, numbers.ln_1p());
        measures.set(Shape::Tagged, tags.min(3.0) / 3.0);
        measures.set(Shape::Emoji, emoji.ln_1p());
        measures.set(Shape::Length, words.ln_1p() / 4.0);
        measures.set(Shape::Short, f32::from(u8::from(words <= 6.0)));
        self.name_shapes(measures);
    }

    fn name_shapes(&self, measures: &mut Measures) {
        let own = tokens::fold_key("'s");
        let flag = |yes: bool| f32::from(u8::from(yes));
        let first = self.tokens.first();
        let last = self.tokens.last();
        let starts = self.named.first().is_some_and(|range| range.start == 0);
        measures.set(Shape::NameFirst, flag(starts));
        measures.set(Shape::NameLast, flag(self.named.last().is_some_and(|range| range.end == self.tokens.len())));
        let owns = self.named.iter().any(|range| self.tokens.get(range.end).is_some_and(|token| token.key == own));
        measures.set(Shape::NameOwns, flag(owns));
        let lower = first.is_some_and(|token| token.kind == Kind::Word && token.case == Case::Lower);
        measures.set(Shape::LowerStart, flag(lower));
        measures.set(Shape::Unmarked, flag(last.is_some_and(|token| !matches!(token.kind, Kind::Mark(_)))));
        let hailed = first.is_some_and(|token| token.kind == Kind::Handle);
        measures.set(Shape::Hailed, flag(hailed));
    }
}

/// What the walk tells.
#[derive(Debug)]
pub enum Step {
    /// A listed word or phrase.
    Hit(Hit),
    /// A mark, by token.
    Mark(usize, char),
    /// From here on more weight.
    But,
    /// A negation.
    Denied,
}

fn ends_clause(mark: char) -> bool {
    matches!(mark, '.' | ',' | ';' | ':' | '!' | '?' | '\n' | '…' | '(' | ')' | '—' | '–' | '。' | '！' | '？')
}
