//! The lists of sources, signals and watches.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::context::Context;
use super::cursor::{Cursor, Motion};
use super::page::{Line, Page, Tone};
use super::text;
use super::when;
use crate::domain::{Signal, SignalId, SignalKind, SourceHealth, SourceId, SourceState, WatchId, WatchRule};

/// The sources and how they fare.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    states: Arc<[SourceState]>,
    polling: BTreeSet<SourceId>,
    cursor: Cursor<SourceId>,
    known: bool,
    height: usize,
}

impl Sources {
    /// Every source, those that worry first, else in the configuration's order.
    pub fn states(&self) -> &[SourceState] {
        &self.states
    }

    /// They were read at least once.
    pub fn known(&self) -> bool {
        self.known
    }

    /// Whether a source is being asked right now.
    pub fn is_polling(&self, id: SourceId) -> bool {
        self.polling.contains(&id)
    }

    /// How many work, and how many there are.
    pub fn working(&self) -> (usize, usize) {
        (self.states.iter().filter(|state| !worries(state)).count(), self.states.len())
    }

    /// Takes the states in.
    pub fn answer(&mut self, states: &[SourceState]) -> bool {
        let mut ordered = states.to_vec();
        ordered.sort_by_key(|state| !worries(state));
        let changed = *self.states != *ordered || !self.known;
        self.states = ordered.into();
        self.known = true;
        let ids: BTreeSet<SourceId> = self.ids().into_iter().collect();
        self.polling.retain(|id| ids.contains(id));
        self.settle();
        changed
    }

    /// A poll began or ended.
    pub fn polling(&mut self, id: SourceId, polling: bool) -> bool {
        // Bounded by the number of sources: one that is not known is not remembered.
        if polling && self.states.iter().any(|state| state.id == id) {
            self.polling.insert(id)
        } else {
            self.polling.remove(&id)
        }
    }

    /// A source's name.
    pub fn name(&self, id: SourceId) -> &str {
        self.states.iter().find(|state| state.id == id).map_or("", |state| state.name.as_str())
    }

    /// The selected source.
    pub fn selected(&self) -> Option<&SourceState> {
        self.states.get(self.cursor.index())
    }

    /// Place of the selected source.
    pub fn index(&self) -> usize {
        self.cursor.index()
    }

    /// First visible source.
    pub fn offset(&self) -> usize {
        self.cursor.offset()
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion) {
        self.cursor.go(motion, &self.ids(), self.height);
    }

    /// Rows that are visible.
    pub fn fit(&mut self, height: usize) {
        self.height = height.max(1);
        self.settle();
    }

    /// Everything about the selected source.
    pub fn explain(&self, page: &mut Page, context: &Context) {
        page.prose(
            Tone::Text,
            0,
            "How every source fares: ✓ works, ◌ not asked yet, ~ works but has been silent for much longer than its habit, ! failed and is asked again, × stopped until a person does something. What worries stands first.",
        );
        let Some(state) = self.selected() else { return };
        page.heading(crate::domain::SafeText::line(&state.name, 80).as_str());
        if !state.trouble.is_empty() {
            page.prose(Tone::Bad, 2, state.trouble.as_str());
        }
        let moment = |at: Option<jiff::Timestamp>| match at {
            Some(at) => when::full(context.zone(), context.now(), at),
            None => "never".to_owned(),
        };
        for (label, value) in [
            ("kind", crate::domain::SafeText::line(state.network.name(), 40).to_string()),
            ("asked", moment(state.polled)),
            ("answered well", moment(state.answered)),
            ("brought news", moment(state.fresh)),
            (
                "asked next",
                match state.next {
                    _ if state.live => "live: it is connected and tells by itself".to_owned(),
                    Some(at) => when::full(context.zone(), context.now(), at),
                    None => "not by itself".to_owned(),
                },
            ),
            ("interval", state.interval.map_or_else(|| "not known".to_owned(), when::long)),
            ("failures in a row", state.failures.to_string()),
            ("mentions", text::grouped(state.mentions)),
        ] {
            page.line(Line::of(Tone::Muted, format!("  {label:<18}")).with(Tone::Text, value));
        }
    }

    fn ids(&self) -> Vec<SourceId> {
        self.states.iter().map(|state| state.id).collect()
    }

    fn settle(&mut self) {
        self.cursor.settle(&self.ids(), self.height);
    }
}

/// A source that wants a look.
pub fn worries(state: &SourceState) -> bool {
    matches!(state.health, SourceHealth::Silent | SourceHealth::Failing | SourceHealth::Stopped)
}

/// The sign and the word for a source's health.
pub fn health_sign(health: SourceHealth) -> (&'static str, &'static str, Tone) {
    match health {
        SourceHealth::New => ("◌", "not asked yet", Tone::Muted),
        SourceHealth::Working => ("✓", "works", Tone::Good),
        SourceHealth::Silent => ("~", "silent", Tone::Warn),
        SourceHealth::Waiting => ("…", "waiting", Tone::Muted),
        SourceHealth::Failing => ("!", "failing", Tone::Bad),
        SourceHealth::Stopped => ("×", "stopped", Tone::Bad),
    }
}

/// The word for a kind of signal.
pub fn signal_name(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::Spike => "spike",
        SignalKind::Silence => "silence",
        SignalKind::SourceTrouble => "source",
        SignalKind::Flood => "flood",
        SignalKind::StoreTrouble => "store",
        SignalKind::Late => "late",
        SignalKind::PromiseDue => "promise",
        SignalKind::Canned => "canned",
        SignalKind::Backlash => "backlash",
        SignalKind::HandOverDue => "hand-over",
    }
}

/// The newest signals.
#[derive(Debug, Clone, Default)]
pub struct Signals {
    signals: Vec<Signal>,
    cursor: Cursor<SignalId>,
    known: bool,
    height: usize,
}

impl Signals {
    /// Most that are kept.
    pub const BOUND: usize = 200;

    /// The signals, newest first.
    pub fn all(&self) -> &[Signal] {
        &self.signals
    }

    /// They were read at least once.
    pub fn known(&self) -> bool {
        self.known
    }

    /// How many nobody has seen.
    pub fn unseen(&self) -> usize {
        self.signals.iter().filter(|signal| !signal.seen).count()
    }

    /// Takes the signals in, newest first.
    pub fn answer(&mut self, signals: &[Signal]) -> bool {
        let changed = self.signals != signals || !self.known;
        self.signals = signals.iter().take(Self::BOUND).cloned().collect();
        self.known = true;
        self.settle();
        changed
    }

    /// A person saw one.
    pub fn see(&mut self, id: SignalId) {
        for signal in self.signals.iter_mut().filter(|signal| signal.id == id) {
            signal.seen = true;
        }
    }

    /// The selected signal.
    pub fn selected(&self) -> Option<&Signal> {
        self.signals.get(self.cursor.index())
    }

    /// Selects a signal.
    pub fn select(&mut self, id: SignalId) {
        self.cursor.select(id);
        self.settle();
    }

    /// Place of the selected signal.
    pub fn index(&self) -> usize {
        self.cursor.index()
    }

    /// First visible signal.
    pub fn offset(&self) -> usize {
        self.cursor.offset()
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion) {
        let ids = self.ids();
        self.cursor.go(motion, &ids, self.height);
    }

    /// Rows that are visible.
    pub fn fit(&mut self, height: usize) {
        self.height = height.max(1);
        self.settle();
    }

    /// The selected signal in full.
    pub fn explain(&self, page: &mut Page, context: &Context) {
        page.prose(
            Tone::Text,
            0,
            "A signal is something to be told at once: a spike of mentions, a source that fell silent or stopped, a watch that floods, trouble with the store. The same news within an hour is one signal.",
        );
        let Some(signal) = self.selected() else { return };
        page.heading(format!(
            "{} · {}",
            signal_name(signal.kind),
            when::full(context.zone(), context.now(), signal.at)
        ));
        if let Some(subject) = signal.subject {
            page.line(Line::of(Tone::Strong, format!("  {}", context.subject_name(subject))));
        }
        page.prose(Tone::Text, 2, signal.text.as_str());
    }

    fn ids(&self) -> Vec<SignalId> {
        self.signals.iter().map(|signal| signal.id).collect()
    }

    fn settle(&mut self) {
        self.cursor.settle(&self.ids(), self.height);
    }
}

/// The selection among the watches; the watches themselves are settings.
#[derive(Debug, Clone, Default)]
pub struct Watches {
    cursor: Cursor<WatchId>,
    height: usize,
}

impl Watches {
    /// The selected watch.
    pub fn selected<'a>(&self, context: &'a Context) -> Option<&'a WatchRule> {
        context.watches().get(self.cursor.index())
    }

    /// Place of the selected watch.
    pub fn index(&self) -> usize {
        self.cursor.index()
    }

    /// First visible watch.
    pub fn offset(&self) -> usize {
        self.cursor.offset()
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion, context: &Context) {
        self.cursor.go(motion, &ids(context), self.height);
    }

    /// Rows that are visible.
    pub fn fit(&mut self, height: usize, context: &Context) {
        self.height = height.max(1);
        self.cursor.settle(&ids(context), self.height);
    }
}

fn ids(context: &Context) -> Vec<WatchId> {
    context.watches().iter().map(|watch| watch.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Network, SafeText};

    fn state(id: i64, health: SourceHealth) -> SourceState {
        SourceState {
            id: SourceId(id),
            name: format!("source {id}"),
            network: Network::FEED,
            cursor: String::new(),
            health,
            trouble: SafeText::default(),
            failures: 0,
            polled: None,
            answered: None,
            fresh: None,
            next: None,
            interval: None,
            mentions: 0,
            meters: Vec::new(),
            live: false,
            own_history: None,
        }
    }

    #[test]
    fn what_worries_stands_first_and_the_selection_stays() {
        let mut sources = Sources::default();
        sources.fit(5);
        assert!(sources.answer(&[state(1, SourceHealth::Working), state(2, SourceHealth::New)]));
        sources.go(Motion::Rows(1));
        assert!(sources.answer(&[
            state(1, SourceHealth::Working),
            state(2, SourceHealth::Working),
            state(3, SourceHealth::Failing)
        ]));
        assert_eq!(sources.states()[0].id, SourceId(3));
        assert_eq!(sources.selected().map(|state| state.id), Some(SourceId(2)));
        assert_eq!(sources.working(), (2, 3));
    }

    #[test]
    fn polls_of_unknown_sources_are_not_remembered() {
        let mut sources = Sources::default();
        sources.answer(&[state(1, SourceHealth::Working)]);
        assert!(sources.polling(SourceId(1), true));
        assert!(!sources.polling(SourceId(9), true));
        assert!(sources.is_polling(SourceId(1)) && !sources.is_polling(SourceId(9)));
    }
}
