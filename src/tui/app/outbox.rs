//! The outbox on the screen: what is on its way, in doubt, failed or to be approved, what was sent lately, and drafts.
//! Only what is held ticks, once a second, and nothing when nothing is held.

mod standing;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::action::Action;
use super::composer::errand::Tray;
use super::context::Context;
use super::cursor::{Cursor, Motion};
use super::page::{Line, Page, Tone};
use super::text::{width, wrap};
use super::when;
use crate::domain::outbox::{Identity, Outgoing, OutgoingState};
use crate::domain::time::SignedDuration;
use crate::domain::{OutgoingId, SafeText, SourceId, Timestamp};

/// The outbox.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    /// What went out of late, as the engine told.
    out: VecDeque<OutgoingId>,
    tray: Arc<Tray>,
    known: bool,
    order: Vec<OutgoingId>,
    cursor: Cursor<OutgoingId>,
    height: usize,
    /// What the status line said when it was last looked at.
    said: String,
    woken: Option<Timestamp>,
    /// What was left behind when a program ended, and was told here.
    told_left: BTreeSet<OutgoingId>,
}

/// The order of the list: what a person must do something about, what is on its way, what is behind us.
fn rank(state: OutgoingState) -> u8 {
    match state {
        OutgoingState::Failed => 0,
        OutgoingState::Uncertain => 1,
        OutgoingState::AwaitingApproval => 2,
        OutgoingState::Held => 3,
        OutgoingState::Sending => 4,
        OutgoingState::Draft => 5,
        OutgoingState::Sent => 6,
        OutgoingState::Withdrawn => 7,
    }
}

/// A state in a word or two.
pub fn state_name(state: OutgoingState) -> &'static str {
    match state {
        OutgoingState::Draft => "draft",
        OutgoingState::AwaitingApproval => "to be approved",
        OutgoingState::Held => "held",
        OutgoingState::Sending => "sending",
        OutgoingState::Sent => "sent",
        OutgoingState::Uncertain => "uncertain",
        OutgoingState::Failed => "failed",
        OutgoingState::Withdrawn => "given up",
    }
}

/// Its tone and its sign: never colour alone.
pub fn state_look(state: OutgoingState) -> (Tone, &'static str) {
    match state {
        OutgoingState::Failed => (Tone::Bad, "!"),
        OutgoingState::Uncertain => (Tone::Warn, "?"),
        OutgoingState::AwaitingApproval => (Tone::Question, "◇"),
        OutgoingState::Held => (Tone::Strong, "◷"),
        OutgoingState::Sending => (Tone::Strong, "→"),
        OutgoingState::Sent => (Tone::Good, "✓"),
        OutgoingState::Draft => (Tone::Text, "·"),
        OutgoingState::Withdrawn => (Tone::Muted, "×"),
    }
}

/// Seconds until a moment, begun ones counted whole; 0 when it is over.
pub fn seconds_to(now: Timestamp, moment: Timestamp) -> i64 {
    let left = moment.duration_since(now);
    if left <= SignedDuration::ZERO {
        0
    } else {
        (left.as_millis().saturating_add(999) / 1_000).try_into().unwrap_or(i64::MAX)
    }
}

/// Seconds of a hold that has just begun. The moment that the screen knows may be a little behind, which must not make
/// eleven of ten.
pub fn whole_seconds(now: Timestamp, until: Timestamp) -> i64 {
    let left = until.duration_since(now).as_millis().saturating_add(500) / 1_000;
    i64::try_from(left).unwrap_or(i64::MAX).max(0)
}

/// How many that went out are remembered until a list tells of them.
const MOST_OUT: usize = 64;

impl Outbox {
    /// Takes the list in. Tells whether anything changed.
    pub fn answer(&mut self, tray: Arc<Tray>) -> bool {
        let fresh = !self.known;
        self.known = true;
        self.show(tray) || fresh
    }

    /// Shows a list. Tells whether it is another one.
    fn show(&mut self, tray: Arc<Tray>) -> bool {
        let tray = self.newest(tray);
        let changed = self.tray != tray;
        self.tray = tray;
        let mut items: Vec<&Outgoing> = self.tray.items.iter().collect();
        items.sort_by_key(|one| (rank(one.state), std::cmp::Reverse(one.changed), one.id));
        self.order = items.iter().map(|one| one.id).collect();
        self.cursor.settle(&self.order, self.height.max(1));
        changed
    }

    /// This was just sent on its way: a list that was asked for before does not have it yet.
    pub fn submitted(&mut self, one: Outgoing) {
        self.out.retain(|id| *id != one.id);
        let mut tray = (*self.tray).clone();
        tray.items.retain(|item| item.id != one.id);
        tray.items.push(one);
        self.show(Arc::new(tray));
    }

    /// It went out, as the engine tells; the list that says where it is comes after it.
    pub fn went_out(&mut self, id: OutgoingId) {
        self.out.push_back(id);
        while self.out.len() > MOST_OUT {
            self.out.pop_front();
        }
        self.show(Arc::clone(&self.tray));
    }

    /// A list as it is: it may have been read just before something went out that was told since.
    fn newest(&self, tray: Arc<Tray>) -> Arc<Tray> {
        let late = |one: &Outgoing| {
            matches!(one.state, OutgoingState::Held | OutgoingState::Sending) && self.out.contains(&one.id)
        };
        if !tray.items.iter().any(late) {
            return tray;
        }
        let mut tray = (*tray).clone();
        tray.items.iter_mut().filter(|one| late(one)).for_each(|one| one.state = OutgoingState::Sent);
        Arc::new(tray)
    }

    /// Whether the store has answered.
    pub fn known(&self) -> bool {
        self.known
    }

    /// All sending is stopped.
    pub fn stopped(&self) -> bool {
        self.tray.stopped
    }

    /// Sending is stopped, or goes on. Tells whether that is news.
    pub fn stop(&mut self, stopped: bool) -> bool {
        let changed = self.tray.stopped != stopped;
        if changed {
            self.tray = Arc::new(Tray { stopped, ..(*self.tray).clone() });
        }
        changed
    }

    /// The list, in its order.
    pub fn items(&self) -> impl Iterator<Item = &Outgoing> {
        self.order.iter().filter_map(|id| self.item(*id))
    }

    fn item(&self, id: OutgoingId) -> Option<&Outgoing> {
        self.tray.items.iter().find(|one| one.id == id)
    }

    /// The selected one.
    pub fn selected(&self) -> Option<&Outgoing> {
        self.item(self.cursor.selected()?)
    }

    /// Place of the selected one.
    pub fn index(&self) -> usize {
        self.cursor.index()
    }

    /// First visible one.
    pub fn offset(&self) -> usize {
        self.cursor.offset()
    }

    /// Moves the selection.
    pub fn go(&mut self, motion: Motion) {
        self.cursor.go(motion, &self.order, self.height.max(1));
    }

    /// Selects the next one, or else the one before, when this one is selected: it is done with.
    pub fn step_off(&mut self, id: OutgoingId) {
        if self.cursor.selected() != Some(id) {
            return;
        }
        self.go(Motion::Rows(1));
        if self.cursor.selected() == Some(id) {
            self.go(Motion::Rows(-1));
        }
    }

    /// So many rows are visible.
    pub fn fit(&mut self, height: usize) {
        self.height = height.max(1);
        self.cursor.settle(&self.order, self.height);
    }

    /// The handle of an account; whose it is when it has none.
    pub fn account(&self, source: SourceId) -> String {
        let identity = self.tray.identities.iter().find(|identity| identity.source == source);
        identity.map_or_else(|| "an account that goodword does not know".to_owned(), Identity::shown)
    }

    /// What can be taken back of what these are: sent on its way last, what is held first.
    pub fn newest_held(&self, is_own: impl Fn(&Outgoing) -> bool) -> Option<&Outgoing> {
        let recallable = |one: &&Outgoing| matches!(one.state, OutgoingState::Held | OutgoingState::AwaitingApproval);
        let held = self.tray.items.iter().filter(recallable).filter(|one| is_own(one));
        held.max_by_key(|one| (one.state == OutgoingState::Held, one.changed, one.id))
    }

    fn many(&self, state: OutgoingState) -> usize {
        self.tray.items.iter().filter(|one| one.state == state).count()
    }

    fn next_out(&self) -> Option<Timestamp> {
        self.tray.items.iter().filter(|one| one.state == OutgoingState::Held).filter_map(|one| one.next).min()
    }

    /// Its part of the status line; empty when there is nothing to say. `brief` leaves out the words.
    pub fn status(&self, now: Timestamp, brief: bool) -> Vec<(Tone, String)> {
        let mut parts = Vec::new();
        if self.stopped() {
            parts.push((Tone::Bad, if brief { "stopped".to_owned() } else { "sending stopped".to_owned() }));
        }
        let (held, sending) = (self.many(OutgoingState::Held), self.many(OutgoingState::Sending));
        if held > 0 {
            let seconds = self.next_out().map_or(0, |next| seconds_to(now, next));
            let when = if seconds == 0 { String::new() } else { format!(" in {seconds}s") };
            parts.push((Tone::Strong, format!("outbox {held}{when}")));
        } else if sending > 0 {
            parts.push((Tone::Strong, if brief { "sending".to_owned() } else { format!("sending {sending}") }));
        }
        for (state, tone, sign) in
            [(OutgoingState::Failed, Tone::Bad, "!"), (OutgoingState::Uncertain, Tone::Warn, "?")]
        {
            let many = self.many(state);
            if many > 0 {
                let words =
                    if brief { format!("{sign}{many} out") } else { format!("{sign} {many} {}", state_name(state)) };
                parts.push((tone, words));
            }
        }
        let left = self.many_left();
        if left > 0 {
            let words = match left {
                _ if brief => format!("◷{left} not sent"),
                1 => "◷ 1 waits, not sent".to_owned(),
                many => format!("◷ {many} wait, not sent"),
            };
            parts.push((Tone::Warn, words));
        }
        let waiting = self.many(OutgoingState::AwaitingApproval);
        if waiting > 0 && !brief {
            parts.push((Tone::Question, format!("{waiting} to approve")));
        }
        parts
    }

    /// Whether the time that passed changed what is said.
    pub fn tick(&mut self, now: Timestamp) -> bool {
        let said: String = self.status(now, false).into_iter().map(|(_, words)| words).collect();
        let changed = self.said != said;
        self.said = said;
        changed
    }

    /// When the countdown shows another second; `None` when that is known already, or nothing is held.
    pub fn wake(&mut self, now: Timestamp) -> Option<Timestamp> {
        let next = self.next_out().filter(|next| *next > now)?;
        let left = next.duration_since(now).as_millis();
        let whole = i64::try_from((left - 1).max(0) / 1_000).unwrap_or(0);
        let moment = next.checked_sub(SignedDuration::from_secs(whole)).ok()?;
        if self.woken == Some(moment) {
            return None;
        }
        self.woken = Some(moment);
        Some(moment)
    }

    /// What the list shows.
    pub fn explain(&self, page: &mut Page, context: &Context) {
        let keys = context.keys();
        let key = |action: Action| keys.short(action).unwrap_or_else(|| "no key".to_owned());
        page.prose(Tone::Text, 0, "Every answer is stored before it is sent. It is held for a little while, in which it can be taken back; then the process that talks to the networks sends it, once.");
        let lines: [(OutgoingState, &str); 6] = [
            (OutgoingState::Failed, "the network does not have it; the reason is told, the words are kept"),
            (
                OutgoingState::Uncertain,
                "nobody knows whether the network has it: it is looked for, never sent again blindly",
            ),
            (OutgoingState::AwaitingApproval, "a second voice must approve it"),
            (OutgoingState::Held, "goes out when its time is over, while somebody is there"),
            (OutgoingState::Sending, "the network is being asked"),
            (OutgoingState::Sent, "the network has it"),
        ];
        for (state, words) in lines {
            let (tone, sign) = state_look(state);
            entry(page, (tone, format!(" {sign} {:<15}", state_name(state))), words);
        }
        page.gap();
        for (action, words) in [
            (Action::Open, "writes on: a draft, what failed, what is held (taken back first); shows what is out"),
            (Action::Recall, "takes back what was held last"),
            (Action::Approve, "approves it"),
            (Action::ItIsOut, "you have seen it out there"),
            (Action::ItIsNotOut, "you looked and it is not there: a draft again"),
            (Action::Withdraw, "gives it up; its words are kept"),
            (Action::Undo, "brings back what was given up, takes back what was approved"),
            (Action::StopSending, "stops all sending, for every process and beyond restarts; again lifts it"),
        ] {
            entry(page, (Tone::Key, format!(" {:>5}  ", key(action))), words);
        }
    }
}

/// A name, and words that stand beside it however many lines they need.
fn entry(page: &mut Page, (tone, name): (Tone, String), words: &str) {
    let indent = width(&name);
    let mut lines = wrap(words, page.columns().saturating_sub(indent), usize::MAX).into_iter();
    page.line(Line::of(tone, name).with(Tone::Text, lines.next().unwrap_or_default()));
    for line in lines {
        page.line(Line::of(Tone::Text, " ".repeat(indent)).with(Tone::Text, line));
    }
}

/// All about one that is out, or may be: its words, where it is, whom and what it answers.
pub fn whole(outgoing: &Outgoing, outbox: &Outbox, context: &Context, page: &mut Page) {
    about(outgoing, outbox, context, page);
    page.gap();
    let key = |action: Action| context.keys().short(action).unwrap_or_else(|| "no key".to_owned());
    if outgoing.is_post() {
        page.prose(Tone::Muted, 0, "A post of our own: it belongs to no case.");
    } else {
        let who = outgoing.target.who.as_deref().map_or("somebody", |who| who.trim_start_matches('@'));
        let case = outgoing.case.map_or("no case".to_owned(), |case| format!("case {case}"));
        page.prose(Tone::Muted, 0, SafeText::line(&format!("Answers {who}: {case}."), 200).as_str());
    }
    let at = when::full(context.zone(), context.now(), outgoing.changed);
    page.prose(Tone::Muted, 0, &format!("{}: {at}.", state_name(outgoing.state)));
    if outgoing.parts.iter().any(|part| part.url.is_some()) {
        let words =
            format!("In the list {} opens its page, {} copies the link.", key(Action::Browse), key(Action::CopyLink));
        page.prose(Tone::Muted, 0, &words);
    }
}

/// The voice that may approve something.
///
/// # Errors
/// A line that says why it may not.
pub fn may_approve<'a>(outgoing: &Outgoing, voice: Option<&'a str>) -> Result<&'a str, &'static str> {
    let name = |name: &str| name.trim().to_owned();
    match (voice.filter(|voice| !voice.trim().is_empty()), &outgoing.voice) {
        (None, _) => Err("say who approves: set answering.voice, or give --voice NAME"),
        (Some(_), None) => Err("nobody's name is on it: take it back and send it under a voice"),
        (Some(voice), Some(writer)) if name(voice) == name(writer.as_str()) => {
            Err("you wrote it: another voice must approve it")
        }
        (Some(voice), Some(_)) => Ok(voice),
    }
}

/// What can be done with what is selected.
pub fn hints(outbox: &Outbox) -> &'static [Action] {
    match outbox.selected().map(|one| one.state) {
        Some(OutgoingState::Held) => &[Action::Recall, Action::Open, Action::StopSending, Action::Explain],
        Some(OutgoingState::AwaitingApproval) => &[Action::Approve, Action::Open, Action::Withdraw, Action::Explain],
        Some(OutgoingState::Uncertain) => &[Action::ItIsOut, Action::ItIsNotOut, Action::Browse, Action::Explain],
        Some(OutgoingState::Failed) => &[Action::Open, Action::ItIsOut, Action::Withdraw, Action::Explain],
        Some(OutgoingState::Draft) => &[Action::Open, Action::Withdraw, Action::Explain],
        Some(OutgoingState::Withdrawn) => &[Action::Open, Action::CopyText, Action::Explain],
        Some(OutgoingState::Sent) => &[Action::Open, Action::Browse, Action::CopyLink, Action::Explain],
        _ => &[Action::Explain, Action::StopSending],
    }
}

/// What is being done about something, and what a person can do, a line each.
pub fn about(outgoing: &Outgoing, outbox: &Outbox, context: &Context, page: &mut Page) {
    let (tone, sign) = state_look(outgoing.state);
    let now = context.now();
    let until = outgoing.next.map(|next| seconds_to(now, next));
    let key = |action: Action| context.keys().short(action).unwrap_or_else(|| "no key".to_owned());
    let mut head = Line::of(tone, format!("{sign} {}", state_name(outgoing.state)));
    if outgoing.dry {
        head = head.with(Tone::Warn, "  rehearsal: sent to no network");
    }
    head = head.with(Tone::Muted, format!("  under {} on {}", outbox.account(outgoing.source), outgoing.network));
    if let Some(voice) = &outgoing.voice {
        head = head.with(Tone::Muted, format!("  by {voice}"));
    }
    page.line(head);
    match (outgoing.state, until) {
        (OutgoingState::Held, Some(seconds)) if seconds > 0 => {
            page.prose(Tone::Text, 0, &format!("It goes out in {seconds} s. {} takes it back.", key(Action::Recall)));
        }
        (OutgoingState::Uncertain, until) => {
            if let Some(seconds) = until.filter(|seconds| *seconds > 0) {
                page.prose(Tone::Text, 0, &format!("It is looked for again in {}.", pause(seconds)));
            }
            let words = format!(
                "Or look yourself: {} if it is out, {} if it is not.",
                key(Action::ItIsOut),
                key(Action::ItIsNotOut)
            );
            page.prose(Tone::Text, 0, &words);
        }
        (OutgoingState::Withdrawn, _) => {
            page.prose(Tone::Muted, 0, &format!("The words are kept: {} brings them back.", key(Action::Open)));
        }
        (OutgoingState::Failed, _) => {
            page.prose(Tone::Text, 0, &format!("The words are kept: {} writes on.", key(Action::Open)));
        }
        (OutgoingState::AwaitingApproval, _) => {
            let words = match may_approve(outgoing, context.voice()) {
                Ok(_) => format!("{} approves it, and then it is held.", key(Action::Approve)),
                Err(why) => format!("It waits for a second voice: {why}."),
            };
            page.prose(Tone::Text, 0, &words);
        }
        _ => {}
    }
    if !outgoing.trouble.is_empty() {
        page.prose(Tone::Bad, 0, outgoing.trouble.as_str());
    }
    for remark in &outgoing.remarks {
        page.prose(Tone::Warn, 0, remark.as_str());
    }
    page.gap();
    for part in &outgoing.parts {
        page.prose(Tone::Text, 0, SafeText::block(&part.text).as_str());
        if let Some(url) = &part.url {
            page.prose(Tone::Link, 0, url.as_str());
        }
    }
}

fn pause(seconds: i64) -> String {
    if seconds < 120 { format!("{seconds} s") } else { format!("{} min", seconds / 60) }
}

#[cfg(test)]
mod tests;
