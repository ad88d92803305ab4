//! How the answers to a case stand: what its row in the inbox and its page say of what is held, in doubt, failed, to be
//! approved, or was left behind when the program ended.

use super::{Outbox, pause, rank, seconds_to, state_look};
use crate::domain::case::CaseRow;
use crate::domain::outbox::{Outgoing, OutgoingState};
use crate::domain::{CaseId, MentionId, SafeText, Timestamp};
use crate::tui::app::action::Action;
use crate::tui::app::context::Context;
use crate::tui::app::page::Tone;
use crate::tui::app::text::counted;
use crate::tui::app::when;

/// Sign of what was held when the program ended.
const LEFT_BEHIND: &str = "◷";

impl Outbox {
    /// What is on its way, or is to be written on, about this case or this mention; what a person must see to first.
    pub fn about_what(&self, case: Option<CaseId>, mention: Option<MentionId>) -> Vec<&Outgoing> {
        let same = |one: &&Outgoing| case.is_some() && one.case == case || mention.is_some() && one.mention == mention;
        let mut found: Vec<&Outgoing> = self.tray.items.iter().filter(same).collect();
        found.sort_by_key(|one| (rank(one.state), std::cmp::Reverse(one.changed), one.id));
        found
    }

    /// What the row of a case says of its answers: the worst of it, in a word or two. `None` when all is well.
    pub fn tag(&self, row: &CaseRow, now: Timestamp) -> Option<(Tone, String)> {
        let found = self.about_what(Some(row.id), Some(row.mention.id));
        let one = found.into_iter().find(|one| one.is_under_way())?;
        let (tone, sign) = state_look(one.state);
        Some(match one.state {
            OutgoingState::Held if self.waits_longer(one) => (tone, format!("{sign} held")),
            OutgoingState::Held => {
                let left = one.next.map_or(0, |next| seconds_to(now, next));
                (tone, if left > 0 { format!("{sign} out in {left}s") } else { format!("{sign} held") })
            }
            OutgoingState::Draft => (Tone::Warn, format!("{LEFT_BEHIND} not sent")),
            OutgoingState::AwaitingApproval => (tone, format!("{sign} to approve")),
            state => (tone, format!("{sign} {}", super::state_name(state))),
        })
    }

    /// It does not go out when its time is over: something holds it.
    fn waits_longer(&self, one: &Outgoing) -> bool {
        self.stopped() || !one.trouble.is_empty() && one.attempts == 0
    }

    /// What the page of a case says of its answers, and what to do about each.
    pub fn told(&self, row: &CaseRow, context: &Context) -> Vec<(Tone, String)> {
        let found = self.about_what(Some(row.id), Some(row.mention.id));
        found.into_iter().filter_map(|one| self.tell(one, context)).collect()
    }

    fn tell(&self, one: &Outgoing, context: &Context) -> Option<(Tone, String)> {
        let now = context.now();
        let key = |action: Action| context.keys().short(action).unwrap_or_else(|| "no key".to_owned());
        let (tone, sign) = state_look(one.state);
        let answer = self.named(one, context);
        let why = if one.trouble.is_empty() { String::new() } else { format!(": {}", one.trouble) };
        let outbox = format!("{} opens the outbox", key(Action::ViewOutbox));
        let words = match one.state {
            OutgoingState::Held if self.waits_longer(one) => {
                let why = if one.trouble.is_empty() { ": all sending is stopped".to_owned() } else { why };
                format!("{sign} held: {answer} is not sent yet{why}; {outbox}, {} takes it back", key(Action::Recall))
            }
            OutgoingState::Held => {
                let left = one.next.map_or(0, |next| seconds_to(now, next));
                let when = if left > 0 { format!(" in {left} s") } else { " now".to_owned() };
                format!("{sign} held: {answer} goes out{when}{why}; {} takes it back", key(Action::Recall))
            }
            OutgoingState::Sending => format!("{sign} sending: the network is being asked to publish {answer}"),
            OutgoingState::AwaitingApproval => {
                format!(
                    "{sign} to be approved: {answer} waits for a second voice; {outbox}, {} approves it",
                    key(Action::Approve)
                )
            }
            OutgoingState::Uncertain => {
                let left = one.next.map(|next| seconds_to(now, next)).filter(|left| *left > 0);
                let again = left.map(|left| format!("; it is looked for again in {}", pause(left))).unwrap_or_default();
                format!(
                    "{sign} uncertain: nobody knows whether {answer} is out{why}{again}. Look yourself: {outbox}, {} if it is out, {} if it is not",
                    key(Action::ItIsOut),
                    key(Action::ItIsNotOut)
                )
            }
            OutgoingState::Failed => {
                format!(
                    "{sign} failed: {answer} did not go out{why}. The words are kept: {outbox}, {} writes on",
                    key(Action::Open)
                )
            }
            OutgoingState::Draft if one.is_left_behind() => {
                let when = when::lately(context.zone(), now, one.changed);
                let words = format!(
                    "{LEFT_BEHIND} not sent: {answer} was held since {when} when goodword ended, and waits as a draft; {} brings it back, to be sent by you",
                    key(Action::Reply)
                );
                return Some((Tone::Warn, words));
            }
            OutgoingState::Draft => {
                return Some((
                    Tone::Muted,
                    format!("{sign} draft: {answer} was begun; {} brings it back", key(Action::Reply)),
                ));
            }
            OutgoingState::Sent | OutgoingState::Withdrawn => return None,
        };
        Some((tone, words))
    }

    /// An answer as a sentence names it: "the answer by Kim under @ferris".
    fn named(&self, one: &Outgoing, context: &Context) -> String {
        let by = match one.voice.as_ref().map(SafeText::as_str) {
            Some(voice) if Some(voice) == context.voice() => "your answer".to_owned(),
            Some(voice) => format!("the answer by {voice}"),
            None => "the answer".to_owned(),
        };
        format!("{by} under {}", self.account(one.source))
    }

    /// What was left behind and was not told yet: a line that says how much waits, since when, and where it is.
    pub fn left_news(&mut self, context: &Context) -> Option<String> {
        let left: Vec<&Outgoing> = self.tray.items.iter().filter(|one| one.is_left_behind()).collect();
        let news = left.iter().any(|one| !self.told_left.contains(&one.id));
        let since = left.iter().map(|one| one.changed).min();
        let many = left.len() as u64;
        let replies = left.iter().all(|one| !one.is_post());
        self.told_left = left.iter().map(|one| one.id).collect();
        let since = since.filter(|_| news)?;
        let what = match many {
            1 if replies => "1 reply".to_owned(),
            many if replies => format!("{many} replies"),
            many => counted(many, "text"),
        };
        let key = context.keys().short(Action::ViewOutbox).unwrap_or_else(|| "no key".to_owned());
        let (waits, was) = if many == 1 { ("waits", "it was") } else { ("wait", "they were") };
        Some(format!(
            "{what} {waits} since {}, not sent: {was} held when goodword ended; {key} opens the outbox",
            when::lately(context.zone(), context.now(), since)
        ))
    }

    /// How many were left behind.
    pub(super) fn many_left(&self) -> usize {
        self.tray.items.iter().filter(|one| one.is_left_behind()).count()
    }

    /// Of these, what is held, or being sent at this moment.
    pub fn held_of<'a>(&'a self, ours: impl Fn(&Outgoing) -> bool + 'a) -> impl Iterator<Item = &'a Outgoing> {
        let held = |one: &&Outgoing| matches!(one.state, OutgoingState::Held | OutgoingState::Sending);
        self.tray.items.iter().filter(held).filter(move |one| ours(one))
    }
}
