//! The thread above the answer: who said what, the newest in sight, one turn selected for quoting.

use std::collections::BTreeSet;

use crate::domain::case::Turn;
use crate::domain::outbox::Seen;
use crate::domain::{Mention, MentionId, SafeText};
use crate::tui::app::context::Context;
use crate::tui::app::page::{Line, Page, Tone};
use crate::tui::app::when;

/// The thread.
#[derive(Debug, Clone, Default)]
pub struct Thread {
    turns: Vec<Turn>,
    /// What came after the writer began, by native id.
    fresh: BTreeSet<String>,
    /// Those of them that the writer has not looked at: neither selected nor was stopped by.
    unseen: BTreeSet<String>,
    /// Whose words were changed after the writer began.
    edited: BTreeSet<String>,
    selected: usize,
    page: Page,
    /// First line of each turn on the page.
    starts: Vec<usize>,
    composed: Option<usize>,
    scroll: usize,
}

impl Thread {
    /// The thread of a mention. Where the store knows of no other turn, the mention is the thread.
    pub fn of(mut turns: Vec<Turn>, mention: Option<&Mention>) -> Self {
        if let Some(mention) = mention
            && !turns.iter().any(|turn| turn.mention == Some(mention.row.id))
        {
            turns.push(turn(mention));
            turns.sort_by_key(|turn| turn.at);
        }
        let answered = mention.and_then(|mention| turns.iter().position(|turn| turn.mention == Some(mention.row.id)));
        let selected = answered.unwrap_or(turns.len().saturating_sub(1));
        Self { turns, selected, ..Self::default() }
    }

    /// The turns, oldest first.
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }

    /// What was said meanwhile, marked.
    pub fn add(&mut self, turns: &[Turn]) {
        for turn in turns {
            self.unseen.remove(&turn.native_id);
            if self.turns.iter().any(|known| known.native_id == turn.native_id) {
                continue;
            }
            self.fresh.insert(turn.native_id.clone());
            self.turns.push(turn.clone());
        }
        self.turns.sort_by_key(|turn| turn.at);
        self.selected = self.turns.len().saturating_sub(1);
        self.composed = None;
    }

    /// The thread as it is now, while the writer writes: what came is marked and nothing moves; what was taken down goes.
    /// Tells whether anything changed. A thread of which nothing is stored any more stays as it was read.
    pub fn refresh(&mut self, turns: &[Turn], answered: Option<MentionId>) -> bool {
        if turns.is_empty() {
            return false;
        }
        let selected = self.selected().map(|turn| turn.native_id.clone());
        let mut now: Vec<Turn> = turns.to_vec();
        let missing = |turn: &&Turn| {
            turn.mention.is_some() && turn.mention == answered && now.iter().all(|one| one.native_id != turn.native_id)
        };
        let kept: Vec<Turn> = self.turns.iter().filter(missing).cloned().collect();
        now.extend(kept);
        now.sort_by_key(|turn| turn.at);
        if now == self.turns {
            return false;
        }
        for turn in &now {
            match self.turns.iter().find(|known| known.native_id == turn.native_id) {
                None => {
                    self.fresh.insert(turn.native_id.clone());
                    self.unseen.insert(turn.native_id.clone());
                }
                Some(known) if known.text != turn.text => {
                    self.edited.insert(turn.native_id.clone());
                }
                Some(_) => {}
            }
        }
        self.unseen.retain(|id| now.iter().any(|turn| turn.native_id == *id));
        self.turns = now;
        let place = self.turns.iter().position(|turn| Some(&turn.native_id) == selected.as_ref());
        self.selected = place.unwrap_or(self.selected.min(self.turns.len().saturating_sub(1)));
        self.composed = None;
        true
    }

    /// How many turns came that the writer has not looked at.
    pub fn unseen(&self) -> usize {
        self.unseen.len()
    }

    /// What the writer has seen of it. What came quietly counts only once it was selected.
    pub fn seen(&self) -> Seen {
        let turns: Vec<Turn> =
            self.turns.iter().filter(|turn| !self.unseen.contains(&turn.native_id)).cloned().collect();
        let first = self.turns.first().map(|turn| turn.at);
        let seen = Seen::of(&turns);
        // A thread of which nothing was seen is looked at all the same.
        Seen { newest: seen.newest.or(first), ..seen }
    }

    /// The selected turn.
    pub fn selected(&self) -> Option<&Turn> {
        self.turns.get(self.selected)
    }

    /// Selects the turn before (false) or after (true).
    pub fn step(&mut self, later: bool) {
        let last = self.turns.len().saturating_sub(1);
        self.selected = if later { (self.selected + 1).min(last) } else { self.selected.saturating_sub(1) };
        if let Some(id) = self.selected().map(|turn| turn.native_id.clone()) {
            self.unseen.remove(&id);
        }
        self.composed = None;
    }

    /// Composes the page for a pane of this size, the selected turn in sight.
    pub fn compose(&mut self, columns: usize, height: usize, context: &Context) {
        if self.composed != Some(columns) {
            self.composed = Some(columns);
            self.write(columns, context);
        }
        let most = self.page.lines().len().saturating_sub(height);
        let start = self.starts.get(self.selected).copied().unwrap_or(0);
        let end = self.starts.get(self.selected + 1).copied().unwrap_or(self.page.lines().len());
        // All of the turn if there is room for it, else its beginning.
        self.scroll = end.saturating_sub(height).min(start).min(most);
    }

    fn write(&mut self, columns: usize, context: &Context) {
        let mut page = Page::new(columns);
        self.starts.clear();
        for (index, turn) in self.turns.iter().enumerate() {
            self.starts.push(page.lines().len());
            let chosen = index == self.selected;
            let (sign, tone) = if turn.ours { ("→ ", Tone::Good) } else { ("", Tone::Strong) };
            let mut line = Line::of(Tone::Key, if chosen { "▸ " } else { "  " }).with(tone, sign);
            let us = turn.ours && turn.who.is_empty();
            line = if us { line.with(tone, "us") } else { line.foreign(tone, &turn.who) };
            line = line.with(Tone::Muted, format!("  {}", when::stamp(context.zone(), context.now(), turn.at)));
            if self.fresh.contains(&turn.native_id) {
                line = line.with(Tone::Bad, "  ! new since you opened");
            } else if self.edited.contains(&turn.native_id) {
                line = line.with(Tone::Warn, "  ! changed since you opened");
            }
            page.line(line);
            page.prose(Tone::Text, 2, turn.text.as_str());
        }
        self.page = page;
    }

    /// The page.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// First visible line.
    pub fn scroll(&self) -> usize {
        self.scroll
    }
}

fn turn(mention: &Mention) -> Turn {
    let words = if mention.text.is_empty() { &mention.row.title } else { &mention.text };
    Turn {
        at: mention.row.published,
        ours: false,
        who: mention.row.author.clone(),
        text: words.clone(),
        mention: Some(mention.row.id),
        act: None,
        native_id: mention.native_id.clone(),
    }
}

/// Words as a quotation in Markdown.
pub fn quotation(words: &SafeText) -> String {
    let mut quoted: String = words.as_str().lines().map(|line| format!("> {line}\n")).collect();
    quoted.push('\n');
    quoted
}
