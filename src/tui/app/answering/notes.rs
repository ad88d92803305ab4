//! What the sheet says besides the coach: another answer of ours that is on its way to the same person, what of the words
//! is for this one of a batch only, and what did not fit onto the sheet.

use super::Purpose;
use crate::domain::outbox::{Outgoing, OutgoingState};
use crate::domain::{OutgoingId, SafeText};
use crate::tui::app::Model;
use crate::tui::app::action::Action;
use crate::tui::app::cmd::Cmd;
use crate::tui::app::composer::Composer;
use crate::tui::app::composer::errand::{Errand, Wanted};
use crate::tui::app::msg::Weight;
use crate::tui::app::outbox::{seconds_to, state_look};
use crate::tui::app::page::Tone;
use crate::tui::app::when;

/// Most characters that are shown of each stretch that is for one only.
const SHOWN: usize = 24;
/// Most stretches that are named.
const MOST_NAMED: usize = 4;

impl Model {
    /// Another answer of ours to the same post or person that is not out yet.
    fn other_answer(&self) -> Option<&Outgoing> {
        let sheet = self.answering.composer()?;
        let (case, mention) = (sheet.case().map(|case| case.id), sheet.mention().map(|mention| mention.row.id));
        let mut others = self.answering.outbox.about_what(case, mention);
        others.retain(|one| Some(one.id) != sheet.id());
        let begun = |one: &&&Outgoing| self.is_another_s(one) && sheet.theirs().is_none() && mention == one.mention;
        others.iter().find(|one| one.is_under_way()).or_else(|| others.iter().find(begun)).copied()
    }

    /// A draft of another voice.
    fn is_another_s(&self, one: &Outgoing) -> bool {
        let writer = one.voice.as_ref().map(SafeText::as_str);
        one.state == OutgoingState::Draft && !one.is_left_behind() && writer.is_some() && writer != self.context.voice()
    }

    /// What is said below the text, the most important first.
    pub fn sheet_notes(&self) -> Vec<(Tone, String)> {
        let Some(sheet) = self.answering.composer() else { return Vec::new() };
        let mut notes = Vec::new();
        notes.extend(sheet.cut().map(|words| (Tone::Bad, format!("! {words}"))));
        notes.extend(self.other_answer().map(|one| self.about_other(one)));
        let own = |one: &&Outgoing| Some(one.id) == sheet.id() && one.is_left_behind();
        if self.answering.outbox.items().any(|one| own(&one)) {
            let words = "◷ this was held when goodword ended, and was not sent: it goes out when you send it";
            notes.push((Tone::Warn, words.to_owned()));
        }
        if self.answering.place().is_some_and(|(place, many)| place < many) {
            notes.extend(for_this_one(sheet).map(|words| (Tone::Muted, words)));
        }
        notes
    }

    fn about_other(&self, one: &Outgoing) -> (Tone, String) {
        let (tone, sign) = state_look(one.state);
        let mine = self.answering.mine.contains(&one.id);
        let answer = match one.voice.as_ref().map(SafeText::as_str) {
            voice if mine || voice.is_some() && voice == self.context.voice() => "an answer of yours".to_owned(),
            Some(voice) => format!("an answer by {voice}"),
            None => "another answer".to_owned(),
        };
        let key = |action| self.context.keys().short(action).unwrap_or_else(|| "no key".to_owned());
        let here = key(Action::RecallHere);
        let words = match one.state {
            OutgoingState::Held => {
                let left = one.next.map_or(0, |next| seconds_to(self.context.now(), next));
                let left = if left > 0 { format!(", {left} s left") } else { String::new() };
                format!("{answer} is held{left}: {here} recalls it into this sheet")
            }
            OutgoingState::AwaitingApproval => {
                format!("{answer} waits for approval: {here} recalls it into this sheet")
            }
            OutgoingState::Sending => format!("{answer} is being sent at this moment"),
            OutgoingState::Uncertain => {
                format!("whether {answer} is out is uncertain: look before you write again; the outbox has it")
            }
            OutgoingState::Draft if self.is_another_s(one) => {
                let begun = when::ago(self.context.now(), one.changed);
                format!("{answer} was begun, {begun}: {here} brings these words into this sheet")
            }
            OutgoingState::Failed => format!("{answer} failed, its words are kept: {here} brings them into this sheet"),
            _ => format!("{answer} was held when goodword ended, not sent: {here} brings it into this sheet"),
        };
        let (tone, sign) = match one.state {
            OutgoingState::Draft if self.is_another_s(one) => (Tone::Warn, "!"),
            OutgoingState::Draft => (Tone::Warn, "◷"),
            _ => (tone, sign),
        };
        (tone, format!("{sign} {words}"))
    }

    /// Takes the other answer onto this sheet: what is held is taken back first.
    pub(super) fn recall_here(&mut self, cmds: &mut Vec<Cmd>) {
        let Some(session) = self.answering.composer().filter(|sheet| !sheet.is_sending()).map(|sheet| sheet.session())
        else {
            return;
        };
        let Some((id, state)) = self.other_answer().map(|one| (one.id, one.state)) else {
            return self.status.say(Weight::Info, "no other answer of ours is on its way here");
        };
        let purpose = Purpose::TakeHere(session, id);
        match state {
            OutgoingState::Held | OutgoingState::AwaitingApproval => {
                self.send_errand(purpose, Errand::Recall(id), cmds);
            }
            OutgoingState::Failed => {
                self.send_errand(purpose, Errand::Redraft(id), cmds);
            }
            OutgoingState::Draft => self.take_here(session, id, cmds),
            _ => self.status.say(Weight::Info, "it may be out: it cannot be taken back"),
        }
    }

    /// The other answer is a draft again: it is opened in place of this sheet.
    pub(super) fn take_here(&mut self, session: u64, id: OutgoingId, cmds: &mut Vec<Cmd>) {
        if self.sheet(session).is_none() {
            return self.status.say(Weight::Info, "taken back: it is a draft again");
        }
        self.open_sheet(Wanted::Outgoing(id), cmds);
        self.answering.swap = self.answering.opening;
    }

    /// The sheet that is open gives way to this one: what was written on it goes behind the words that are there. False
    /// when it is on its way into the outbox by now.
    pub(super) fn give_way(&mut self, to: &mut Composer, cmds: &mut Vec<Cmd>) -> bool {
        let Some(sheet) = self.answering.composer.take_if(|sheet| !sheet.is_sending()) else {
            self.status.say(Weight::Info, "taken back: it is a draft again, in the outbox");
            return false;
        };
        if let Some(batch) = self.batch_of(sheet.session()) {
            batch.ask(Some(to.session()));
        }
        let written = sheet.written();
        if !written.is_empty() {
            to.put_behind(&written, self.context.now());
        }
        if let Some(errand) = sheet.give_up() {
            self.send_errand(Purpose::Discard, errand, cmds);
        }
        let words = if written.is_empty() { "" } else { "; what you had begun stands behind it" };
        self.status.say(Weight::Info, &format!("taken back into this sheet: it is not sent{words}"));
        true
    }

    /// What did not find room where it was pasted.
    pub(in crate::tui::app) fn tell_cut(&mut self, cut: Option<String>) {
        if let Some(words) = cut {
            self.status.say(Weight::Trouble, &words);
        }
    }
}

/// What of the words is for this one of a batch only; `None` when everything goes on.
fn for_this_one(sheet: &Composer) -> Option<String> {
    let shown = |(words, open): (&str, &str)| match words.trim() {
        "" => format!("nothing for {}", SafeText::line(open, SHOWN)),
        words => format!("“{}”", SafeText::line(words, SHOWN)),
    };
    let private: Vec<String> = sheet.private().map(shown).collect();
    let named = private.get(..MOST_NAMED.min(private.len())).filter(|named| !named.is_empty())?.join(", ");
    let more = private.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("only for this one: {named}{more}; the rest of your words goes on to the next"))
}
