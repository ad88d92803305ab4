//! A query made ready for matching, and what was seen in a post held against it.

use std::ops::Range;

use super::Post;
use super::expr::{Expr, Text};
use super::fields::Test;
use super::index::{Builder, Element, Sighting};

/// Pieces side by side, as elements.
type Phrase = Box<[Element]>;

/// A query in terms of elements.
#[derive(Debug)]
pub(super) enum Plan {
    All(Vec<Plan>),
    Any(Vec<Plan>),
    Not(Box<Plan>),
    Text(Phrase),
    /// Operands, each with the words that may stand between it and the one before it.
    Near(Vec<(u32, Vec<Phrase>)>),
    /// A condition, and the element that is seen in a post where it may hold.
    Field(Element, Test),
}

impl Plan {
    pub(super) fn new(expr: &Expr, builder: &mut Builder) -> Self {
        match expr {
            Expr::All(parts) => Self::All(parts.iter().map(|part| Self::new(part, builder)).collect()),
            Expr::Any(parts) => Self::Any(parts.iter().map(|part| Self::new(part, builder)).collect()),
            Expr::Not(inner, _) => Self::Not(Box::new(Self::new(inner, builder))),
            Expr::Text(text) => Self::Text(phrase(text, builder)),
            Expr::Field(test) => Self::Field(builder.condition(test), test.clone()),
            Expr::Near(near) => {
                let distances = std::iter::once(0).chain(near.rest.iter().map(|(distance, _)| *distance));
                let mut phrases = |texts: &[Text]| texts.iter().map(|text| phrase(text, builder)).collect();
                Self::Near(distances.zip(near.operands().map(&mut phrases)).collect())
            }
        }
    }

    /// Elements of which at least one is in every post that the plan matches; `None` if there are no such.
    pub(super) fn cover(&self, builder: &Builder) -> Option<Vec<Element>> {
        match self {
            Self::Not(_) => None,
            Self::Field(element, _) => Some(vec![*element]),
            Self::Text(phrase) => rarest(phrase, builder),
            Self::All(parts) => best(parts.iter().filter_map(|part| part.cover(builder)), builder),
            Self::Any(parts) => union(parts.iter().map(|part| part.cover(builder))),
            Self::Near(operands) => {
                let covers = operands.iter().map(|(_, any)| union(any.iter().map(|phrase| rarest(phrase, builder))));
                best(covers.flatten(), builder)
            }
        }
    }
}

fn phrase(text: &Text, builder: &mut Builder) -> Phrase {
    text.pieces.iter().map(|piece| builder.element(piece)).collect()
}

fn rarest(phrase: &[Element], builder: &Builder) -> Option<Vec<Element>> {
    phrase.iter().max_by_key(|element| builder.rarity(**element)).map(|element| vec![*element])
}

fn union(covers: impl Iterator<Item = Option<Vec<Element>>>) -> Option<Vec<Element>> {
    let mut all = covers.collect::<Option<Vec<_>>>()?.concat();
    all.sort_unstable();
    all.dedup();
    Some(all)
}

/// The cover that will be seen least: by its commonest element, then by size.
fn best(covers: impl Iterator<Item = Vec<Element>>, builder: &Builder) -> Option<Vec<Element>> {
    let commonest = |cover: &Vec<Element>| cover.iter().map(|element| builder.rarity(*element)).min().unwrap_or(0);
    covers.max_by_key(|cover| (commonest(cover), std::cmp::Reverse(cover.len())))
}

/// A phrase, seen.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    start: usize,
    end: usize,
    pos: u32,
    end_pos: u32,
}

/// What was seen in a post.
#[derive(Debug)]
pub(super) struct Sight<'a> {
    sightings: &'a [Sighting],
    post: &'a Post<'a>,
    /// Where the text ends; what begins later stands in an image description.
    text_end: usize,
}

impl<'a> Sight<'a> {
    /// `sightings` by element, then place.
    pub(super) fn new(sightings: &'a [Sighting], post: &'a Post<'a>) -> Self {
        Self { sightings, post, text_end: post.text.len() }
    }

    /// Whether the plan matches.
    pub(super) fn holds(&self, plan: &Plan) -> bool {
        match plan {
            Plan::All(parts) => parts.iter().all(|part| self.holds(part)),
            Plan::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Plan::Not(inner) => !self.holds(inner),
            Plan::Text(phrase) => self.has(phrase),
            Plan::Near(operands) => self.near(operands).last().is_some_and(|last| !last.is_empty()),
            Plan::Field(element, test) => !self.of(*element).is_empty() && test.holds_for(self.post),
        }
    }

    /// Where the words stand by which a plan that holds does so.
    pub(super) fn spans(&self, plan: &Plan) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        self.collect(plan, &mut spans);
        spans.sort_unstable_by_key(|span: &Range<usize>| (span.start, span.end));
        let mut apart: Vec<Range<usize>> = Vec::with_capacity(spans.len());
        for span in spans {
            match apart.last_mut().filter(|last| span.start < last.end) {
                Some(last) => last.end = last.end.max(span.end),
                None => apart.push(span),
            }
        }
        apart
    }

    fn collect(&self, plan: &Plan, spans: &mut Vec<Range<usize>>) {
        let mut add = |stretches: Vec<Stretch>| {
            let shown = stretches.into_iter().filter(|stretch| stretch.end <= self.text_end);
            spans.extend(shown.map(|stretch| stretch.start..stretch.end));
        };
        match plan {
            Plan::All(parts) => parts.iter().for_each(|part| self.collect(part, spans)),
            Plan::Any(parts) => {
                parts.iter().filter(|part| self.holds(part)).for_each(|part| self.collect(part, spans));
            }
            Plan::Not(_) | Plan::Field(..) => {}
            Plan::Text(phrase) => add(self.stretches(phrase)),
            Plan::Near(operands) => self.nearest(operands).into_iter().for_each(add),
        }
    }

    fn of(&self, element: Element) -> &'a [Sighting] {
        let from = self.sightings.partition_point(|sighting| sighting.element < element);
        let rest = self.sightings.get(from..).unwrap_or_default();
        let many = rest.partition_point(|sighting| sighting.element == element);
        rest.get(..many).unwrap_or_default()
    }

    fn has(&self, phrase: &[Element]) -> bool {
        match phrase {
            [only] => !self.of(*only).is_empty(),
            [first, rest @ ..] => self.of(*first).iter().any(|sighting| self.follow(sighting, rest).is_some()),
            [] => false,
        }
    }

    fn stretches(&self, phrase: &[Element]) -> Vec<Stretch> {
        let Some((first, rest)) = phrase.split_first() else { return Vec::new() };
        self.of(*first).iter().filter_map(|sighting| self.follow(sighting, rest)).collect()
    }

    /// The stretch from a sighting through elements that stand right behind it, one after the other.
    fn follow(&self, first: &Sighting, rest: &[Element]) -> Option<Stretch> {
        let mut stretch = Stretch { start: first.start, end: first.end, pos: first.pos, end_pos: first.end_pos };
        for element in rest {
            let all = self.of(*element);
            let from = all.partition_point(|sighting| sighting.start < stretch.end);
            let beside = all
                .get(from..)
                .unwrap_or_default()
                .iter()
                .take_while(|sighting| sighting.pos <= stretch.end_pos)
                .find(|sighting| sighting.pos == stretch.end_pos)?;
            stretch.end = beside.end;
            stretch.end_pos = beside.end_pos;
        }
        Some(stretch)
    }

    fn any_of(&self, phrases: &[Phrase]) -> Vec<Stretch> {
        phrases.iter().flat_map(|phrase| self.stretches(phrase)).collect()
    }

    /// By operand: the stretches that are near one of the operand before it, which is near one before it, and so on.
    fn near(&self, operands: &[(u32, Vec<Phrase>)]) -> Vec<Vec<Stretch>> {
        let mut all: Vec<Vec<Stretch>> = Vec::with_capacity(operands.len());
        for (distance, phrases) in operands {
            let mut stretches = self.any_of(phrases);
            if let Some(before) = all.last() {
                keep_near(&mut stretches, before, *distance);
            }
            let none = stretches.is_empty();
            all.push(stretches);
            if none {
                break;
            }
        }
        all
    }

    /// By operand: the stretches that take part in a whole row.
    fn nearest(&self, operands: &[(u32, Vec<Phrase>)]) -> Vec<Vec<Stretch>> {
        let mut all = self.near(operands);
        let mut after: Option<(Vec<Stretch>, u32)> = None;
        for (stretches, (distance, _)) in all.iter_mut().zip(operands).rev() {
            if let Some((after, distance)) = &after {
                keep_near(stretches, after, *distance);
            }
            after = Some((stretches.clone(), *distance));
        }
        all
    }
}

/// Keeps the stretches that have one of the others at most so many words before or after them.
fn keep_near(stretches: &mut Vec<Stretch>, others: &[Stretch], distance: u32) {
    let mut ends: Vec<u32> = others.iter().map(|other| other.end_pos).collect();
    let mut starts: Vec<u32> = others.iter().map(|other| other.pos).collect();
    ends.sort_unstable();
    starts.sort_unstable();
    stretches.retain(|stretch| {
        let before = ends.get(..ends.partition_point(|end| *end <= stretch.pos)).and_then(<[u32]>::last);
        let after = starts.get(starts.partition_point(|start| *start < stretch.end_pos)..).and_then(<[u32]>::first);
        before.is_some_and(|end| stretch.pos - end <= distance)
            || after.is_some_and(|start| start - stretch.end_pos <= distance)
    });
}
