//! Leaving the program while answers that were sent from here are held: nothing is sent unattended, so a person decides
//! whether to stay, to wait until they are out, or to leave and send them another time.

use crate::domain::outbox::{Outgoing, OutgoingState};
use crate::tui::app::Model;
use crate::tui::app::cmd::Cmd;
use crate::tui::app::msg::{Typing, Weight};
use crate::tui::app::outbox::seconds_to;
use crate::tui::app::overlay::{DEEPEST, Overlay};
use crate::tui::app::text::counted;

/// What a key on the question leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It stays.
    Ask,
    /// On with the work.
    Stay,
    /// Leave as soon as they are out.
    Wait,
    /// Leave now.
    Leave,
}

/// The choice of a key. Only a letter of its own leaves: Enter and Esc stay.
pub fn choice(typing: &Typing) -> Choice {
    match typing {
        Typing::Cancel | Typing::Submit | Typing::Character('s' | 'S') => Choice::Stay,
        Typing::Character('w' | 'W') => Choice::Wait,
        Typing::Character('l' | 'L' | 'q' | 'Q') => Choice::Leave,
        _ => Choice::Ask,
    }
}

impl Model {
    /// What is held, or being sent, for this screen: it goes on only while this program is there.
    fn held_here(&self) -> Vec<&Outgoing> {
        let mine = &self.answering.mine;
        self.answering.outbox.held_of(|one| mine.contains(&one.id)).collect()
    }

    /// Leaves, or asks first when something is held here. Asked already: leaves.
    pub(in crate::tui::app) fn leave(&mut self, cmds: &mut Vec<Cmd>) {
        let asked = matches!(self.overlays.last(), Some(Overlay::Leaving { .. }));
        if asked || self.held_here().is_empty() {
            return cmds.push(Cmd::Quit);
        }
        self.overlays.truncate(DEEPEST - 1);
        self.overlays.push(Overlay::Leaving { waits: false });
    }

    /// The question, as it stands at this moment: what is held, and what becomes of it.
    pub fn leaving_words(&self) -> Vec<String> {
        let held = self.held_here();
        if held.is_empty() {
            return vec!["Nothing is held any more.".to_owned()];
        }
        let many = held.len();
        let what = if held.iter().all(|one| !one.is_post()) { "answer" } else { "text" };
        let (is, it, waits) = if many == 1 { ("is", "it", "waits") } else { ("are", "they", "wait") };
        let (goes, drafts) = if many == 1 { ("goes", "a draft") } else { ("go", "drafts") };
        let now = self.context.now();
        let last = held.iter().filter_map(|one| one.next).max().map_or(0, |next| seconds_to(now, next));
        let when = if self.answering.outbox.stopped() {
            format!("All sending is stopped: {it} {goes} out when that is lifted, while somebody is here.")
        } else if self.status.paused() {
            format!("All traffic is paused: {it} {goes} out when that is lifted, while somebody is here.")
        } else if last == 0 {
            format!("{it} {goes} out now, while you are here.", it = capital(it))
        } else if many == 1 {
            format!("It goes out in {last} s, while you are here.")
        } else {
            format!("They go out within {last} s, while you are here.")
        };
        vec![
            format!("{} {is} held. {when}", counted(many as u64, what)),
            format!(
                "If you leave now, {it} {is} not sent: {it} {waits} as {drafts}, and {goes} out only when somebody is back and sends {}.",
                if many == 1 { "it" } else { "them" }
            ),
        ]
    }

    /// A person has chosen.
    pub(in crate::tui::app) fn leave_or_stay(&mut self, choice: Choice, cmds: &mut Vec<Cmd>) {
        match choice {
            Choice::Ask => {}
            Choice::Stay => {
                self.overlays.pop();
            }
            Choice::Leave => cmds.push(Cmd::Quit),
            Choice::Wait => {
                if let Some(Overlay::Leaving { waits }) = self.overlays.last_mut() {
                    *waits = true;
                }
                self.leave_when_out(cmds);
            }
        }
    }

    /// Whoever waits leaves once nothing is held here any more, unless something went wrong with it.
    pub(in crate::tui::app) fn leave_when_out(&mut self, cmds: &mut Vec<Cmd>) {
        if !matches!(self.overlays.last(), Some(Overlay::Leaving { waits: true })) || !self.held_here().is_empty() {
            return;
        }
        let wrong = |one: &&Outgoing| {
            matches!(one.state, OutgoingState::Failed | OutgoingState::Uncertain)
                && self.answering.mine.contains(&one.id)
        };
        if self.answering.outbox.items().any(|one| wrong(&one)) {
            self.overlays.pop();
            return self
                .status
                .say(Weight::Trouble, "you are still here: what was held is failed or uncertain, see the outbox");
        }
        cmds.push(Cmd::Quit);
    }
}

fn capital(word: &str) -> String {
    let mut signs = word.chars();
    signs.next().into_iter().flat_map(char::to_uppercase).chain(signs).collect()
}
