//! What to answer first: unread complaints and questions about the brand by impact, under what must be known now.

use std::collections::BTreeSet;

use super::cmd::Load;
use super::context::Context;
use super::cursor::{Cursor, Motion};
use super::figures::{self, Impact};
use super::page::{Page, Tone};
use super::when;
use crate::domain::case::CaseRow;
use crate::domain::{CaseId, Filter, Intent, MentionId, MentionRow, Signal, SignalId, SignalKind, Span};

/// Most complaints, and most questions, that are weighed: the newest ones.
pub const WEIGHED: u32 = 100;

/// Signals above the mentions, at most.
const MOST_SIGNALS: usize = 2;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryId {
    /// A mention.
    Mention(MentionId),
    /// A case.
    Case(CaseId),
    /// A signal.
    Signal(SignalId),
}

/// Something that wants a person now.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A mention and its weight.
    Mention(Box<MentionRow>, Impact),
    /// A case.
    Case(Box<CaseRow>),
    /// A signal that nobody has seen.
    Signal(Signal),
}

impl Entry {
    /// What it is.
    pub fn id(&self) -> EntryId {
        match self {
            Self::Mention(row, _) => EntryId::Mention(row.id),
            Self::Case(row) => EntryId::Case(row.id),
            Self::Signal(signal) => EntryId::Signal(signal.id),
        }
    }

    /// What was said, unless it is a signal.
    pub fn mention(&self) -> Option<&MentionRow> {
        match self {
            Self::Mention(row, _) => Some(row),
            Self::Case(case) => Some(&case.mention),
            Self::Signal(_) => None,
        }
    }
}

/// The list of what to answer first.
#[derive(Debug, Clone, Default)]
pub struct First {
    complaints: Vec<MentionRow>,
    questions: Vec<MentionRow>,
    cases: Vec<CaseRow>,
    /// The store keeps cases, open or closed: they tell what waits, and single mentions do not.
    any_case: bool,
    entries: Vec<Entry>,
    cursor: Cursor<MentionOrSignal>,
    known: bool,
    height: usize,
}

type MentionOrSignal = (u8, i64);

fn key(entry: &Entry) -> MentionOrSignal {
    match entry.id() {
        EntryId::Mention(id) => (0, id.0),
        EntryId::Signal(id) => (1, id.0),
        EntryId::Case(id) => (2, id.0),
    }
}

impl First {
    /// The question for the unread mentions about the brand with an intent; `None` without a brand.
    pub fn ask(intent: Intent, context: &Context) -> Option<Load> {
        let filter = Filter {
            subject: Some(context.brand_id()?),
            intent: Some(intent),
            unread: true,
            one_per_group: true,
            private: true,
            ..Filter::default()
        };
        Some(Load::Rows { filter: Box::new(filter), span: Span::Newest, limit: WEIGHED })
    }

    /// Rows of an intent came.
    pub fn answer(&mut self, intent: Intent, rows: &[MentionRow], signals: &[Signal], context: &Context) -> bool {
        let list = if intent == Intent::Complaint { &mut self.complaints } else { &mut self.questions };
        *list = rows.iter().filter(|row| !row.history).cloned().collect();
        self.known |= intent == Intent::Complaint;
        self.rank(signals, context)
    }

    /// The first cases of the inbox came; `any`: there are cases, if only closed ones.
    pub fn answer_cases(&mut self, rows: &[CaseRow], any: bool, signals: &[Signal], context: &Context) -> bool {
        self.cases = rows.to_vec();
        let other = std::mem::replace(&mut self.any_case, any) != any;
        self.rank(signals, context) || other
    }

    /// The store keeps cases: the list is the top of the inbox.
    pub fn of_cases(&self) -> bool {
        self.any_case
    }

    /// Ranks anew: signals first, then by impact, then by how long it waits. Tells whether the order changed.
    pub fn rank(&mut self, signals: &[Signal], context: &Context) -> bool {
        let mut weighed: Vec<Entry> = Vec::new();
        let mut seen = BTreeSet::new();
        if let Some(brand) = context.brand_id().filter(|_| !self.any_case) {
            for row in self.complaints.iter().chain(&self.questions).filter(|row| !row.read && row.answered.is_none()) {
                if seen.insert(row.id)
                    && let Some(impact) = figures::impact(row, brand, context.tell_factor())
                {
                    weighed.push(Entry::Mention(Box::new(row.clone()), impact));
                }
            }
        }
        weighed.sort_by(|one, other| match (one, other) {
            (Entry::Mention(one, a), Entry::Mention(other, b)) => {
                b.value().total_cmp(&a.value()).then(one.first_seen.cmp(&other.first_seen)).then(one.id.cmp(&other.id))
            }
            _ => std::cmp::Ordering::Equal,
        });
        let urgent = |signal: &&Signal| !signal.seen && matches!(signal.kind, SignalKind::Spike | SignalKind::Flood);
        let urgent = signals.iter().filter(urgent).take(MOST_SIGNALS).cloned().map(Entry::Signal);
        let cases = self.cases.iter().cloned().map(|row| Entry::Case(Box::new(row)));
        let entries: Vec<Entry> = urgent.chain(cases).chain(weighed).collect();
        let changed = entries != self.entries;
        self.entries = entries;
        self.settle();
        changed
    }

    /// What wants a person, most urgent first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Mentions among the entries.
    pub fn mentions(&self) -> usize {
        self.entries.iter().filter(|entry| entry.mention().is_some()).count()
    }

    /// The complaints were read at least once.
    pub fn known(&self) -> bool {
        self.known
    }

    /// The selected entry.
    pub fn selected(&self) -> Option<&Entry> {
        self.entries.get(self.cursor.index())
    }

    /// Place of the selected entry.
    pub fn index(&self) -> usize {
        self.cursor.index()
    }

    /// First visible entry.
    pub fn offset(&self) -> usize {
        self.cursor.offset()
    }

    /// The most urgent mention.
    pub fn most_urgent(&self) -> Option<&MentionRow> {
        self.entries.iter().find_map(Entry::mention)
    }

    /// Selects the most urgent mention.
    pub fn go_first_mention(&mut self) -> Option<&MentionRow> {
        let entry = self.entries.iter().find(|entry| entry.mention().is_some())?;
        self.cursor.select(key(entry));
        self.settle();
        self.entries.get(self.cursor.index())?.mention()
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion) {
        let keys: Vec<_> = self.entries.iter().map(key).collect();
        self.cursor.go(motion, &keys, self.height);
    }

    /// Nobody looks at the selection: the most urgent entry is shown.
    pub fn rest(&mut self) {
        self.cursor.reset();
        self.settle();
    }

    /// Rows that are visible.
    pub fn fit(&mut self, height: usize) {
        self.height = height.max(1);
        self.settle();
    }

    /// Marks changed.
    pub fn set_read(&mut self, ids: &BTreeSet<MentionId>, read: bool, signals: &[Signal], context: &Context) -> bool {
        for row in self.complaints.iter_mut().chain(&mut self.questions).filter(|row| ids.contains(&row.id)) {
            row.read = read;
        }
        for case in self.cases.iter_mut().filter(|case| ids.contains(&case.mention.id)) {
            case.mention.read = read;
        }
        self.rank(signals, context)
    }

    /// Everything that a test accepts is read now.
    pub fn read_where(&mut self, accepts: impl Fn(&MentionRow) -> bool, signals: &[Signal], context: &Context) {
        for row in self.complaints.iter_mut().chain(&mut self.questions).filter(|row| accepts(row)) {
            row.read = true;
        }
        self.rank(signals, context);
    }

    /// How the order comes about, on the example of the selected entry.
    pub fn explain(&self, page: &mut Page, context: &Context) {
        if self.any_case {
            page.prose(
                Tone::Text,
                0,
                "The top of the inbox: open cases that are not put aside, a row a story, the first due first. The inbox explains each place.",
            );
            return;
        }
        let k = context.tell_factor_text();
        page.prose(
            Tone::Text,
            0,
            &format!(
                "Unread complaints and questions about {}, the newest {WEIGHED} of each, a row a story. The highest impact comes first; among equals, what waits longest. A mention leaves this list when it is read or answered.",
                context.brand()
            ),
        );
        page.gap();
        page.prose(Tone::Strong, 0, "impact = severity × reach × repeated");
        page.prose(Tone::Text, 2, &format!("severity: a complaint {k} (the tell factor k), a question 3"));
        page.prose(
            Tone::Text,
            2,
            &format!(
                "reach: log10(10 + followers), at most a million; where a network does not tell them they count as {}, shown as \"reach ?\"",
                figures::UNKNOWN_FOLLOWERS
            ),
        );
        page.prose(Tone::Text, 2, "repeated: 1 + a tenth for each further mention of the story, at most 4");
        let Some(Entry::Mention(row, impact)) = self.selected() else { return };
        page.heading("The selected one");
        page.prose(Tone::Text, 2, &format!("severity {:.0}", impact.severity));
        let followers = match row.followers {
            Some(followers) => format!("{} followers", super::text::grouped(followers)),
            None => format!("followers unknown, counted as {}", figures::UNKNOWN_FOLLOWERS),
        };
        page.prose(Tone::Text, 2, &format!("× reach {:.2} ({followers})", impact.reach));
        page.prose(Tone::Text, 2, &format!("× repeated {:.1} ({} in the story)", impact.repeated, row.group_size));
        page.prose(Tone::Strong, 2, &format!("= impact {:.1}", impact.value()));
        page.prose(Tone::Text, 2, &format!("heard {}; it waits since then", when::ago(context.now(), row.first_seen)));
    }

    fn settle(&mut self) {
        let keys: Vec<_> = self.entries.iter().map(key).collect();
        self.cursor.settle(&keys, self.height);
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::domain::{Role, SafeText, Sentiment, Subject, SubjectId};
    use crate::tui::app::samples::{now, reading, row};
    use crate::tui::app::setup::Setup;

    fn context() -> Context {
        let mut setup = Setup::new("Ferris Bikes", TimeZone::UTC, now(), (80, 24));
        setup.subjects = vec![Subject { id: SubjectId(1), name: "Ferris Bikes".into(), role: Role::Brand }];
        Context::new(&setup)
    }

    fn complaint(id: i64, followers: Option<u64>, story: u32) -> MentionRow {
        let readings = vec![reading(1, Sentiment::Negative, 0.9, &[Intent::Complaint])];
        MentionRow { followers, group_size: story, readings, ..row(id) }
    }

    fn order(first: &First) -> Vec<i64> {
        first.entries().iter().map(|entry| key(entry).1).collect()
    }

    #[test]
    fn the_burning_one_comes_first_and_the_longest_waiting_among_equals() {
        let mut first = First::default();
        first.fit(5);
        let rows = [complaint(5, Some(90), 1), complaint(4, Some(90), 1), complaint(3, Some(90_000), 7)];
        first.answer(Intent::Complaint, &rows, &[], &context());
        let question = MentionRow {
            readings: vec![reading(1, Sentiment::Neutral, 0.9, &[Intent::Question])],
            followers: Some(90),
            ..row(9)
        };
        first.answer(Intent::Question, &[question], &[], &context());
        assert_eq!(order(&first), [3, 4, 5, 9]);
        let Some(Entry::Mention(_, impact)) = first.selected() else { panic!("no mention") };
        assert!((impact.value() - 10.0 * (90_010f64).log10() * 1.6).abs() < 1e-9);
    }

    #[test]
    fn what_is_read_leaves_and_history_never_enters() {
        let mut first = First::default();
        let rows = [complaint(5, None, 1), MentionRow { history: true, ..complaint(4, None, 1) }];
        first.answer(Intent::Complaint, &rows, &[], &context());
        assert_eq!(order(&first), [5]);
        first.set_read(&[MentionId(5)].into(), true, &[], &context());
        assert!(first.entries().is_empty());
        first.set_read(&[MentionId(5)].into(), false, &[], &context());
        assert_eq!(order(&first), [5], "undone");
    }

    #[test]
    fn an_unseen_spike_stands_above_and_a_seen_one_does_not() {
        let spike = Signal {
            id: SignalId(8),
            kind: SignalKind::Spike,
            at: now(),
            subject: Some(SubjectId(1)),
            source: None,
            text: SafeText::line("spike", 80),
            seen: false,
        };
        let mut first = First::default();
        first.answer(Intent::Complaint, &[complaint(5, None, 1)], std::slice::from_ref(&spike), &context());
        assert_eq!(first.entries()[0].id(), EntryId::Signal(SignalId(8)));
        assert_eq!(first.go_first_mention().map(|row| row.id), Some(MentionId(5)));
        first.rank(&[Signal { seen: true, ..spike }], &context());
        assert_eq!(order(&first), [5]);
    }
}
