//! What stands between a text and its being sent. A placeholder and a text that is too long block; whatever else
//! speaks against it is said and costs one more deliberate key. Neither is a letter or Enter, so that no paste sends.

use super::Composer;
use super::errand::{Errand, Submit};
use crate::domain::case::{CaseStatus, Step, StepKind, Turn};
use crate::domain::outbox::{Seen, Submission};
use crate::domain::{OutgoingId, SafeText, Timestamp};
use crate::tui::app::context::Context;
use crate::tui::app::inbox::page::{dismissal_name, status_name};

/// Said where a second voice must approve and nobody knows whose the first is.
pub const NO_VOICE: &str =
    "a second voice must approve it, so say who writes: set answering.voice in the configuration, or give --voice NAME";

/// What is asked before it is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Asking {
    /// What speaks against it, a line each.
    pub reasons: Vec<String>,
    /// What the deliberate key does.
    pub then: Then,
}

impl Asking {
    /// What the deliberate key says.
    pub fn yes(&self) -> &'static str {
        if self.is_by_hand() { "I posted it" } else { "yes, all the same" }
    }

    /// The words are handed out: it is only asked whether they are posted.
    pub fn is_by_hand(&self) -> bool {
        matches!(self.then, Then::Record | Then::Posted)
    }
}

/// What the deliberate key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Sends.
    Send,
    /// Sends though the thread has moved on.
    SendAllTheSame,
    /// Copies the words and opens the page.
    HandOut,
    /// Records that a person has posted it.
    Record,
    /// A person has put a post of our own where it belongs: the draft is done with.
    Posted,
}

/// What the world outside the sheet says.
#[derive(Debug, Clone, Copy, Default)]
pub struct Outside {
    /// All sending is stopped.
    pub stopped: bool,
    /// All traffic is held back.
    pub paused: bool,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Go {
    /// Nothing: it is blocked, asked or under way.
    No,
    /// These errands, in this order; the last one is the wish to send.
    Send(Vec<Errand>),
    /// The words go to the clipboard, and the page is opened.
    HandOut {
        /// The words.
        text: String,
        /// The page.
        url: Option<String>,
    },
    /// The person's word is recorded.
    Record(Errand),
    /// The draft is done with: a person has posted it.
    Posted(Option<Errand>),
}

/// What became of the wish to send.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is in the outbox until then.
    Held(Timestamp),
    /// It waits for a second voice.
    Awaits,
    /// Something is asked, or went wrong: on with the sheet.
    Stays,
}

impl Composer {
    /// The send chord.
    pub fn send(&mut self, outside: Outside, context: &Context) -> Go {
        if self.sending.is_some() {
            return Go::No;
        }
        self.coach(context);
        self.asking = None;
        self.blocked = self.blocks(outside, context);
        if !self.blocked.is_empty() {
            return Go::No;
        }
        let reasons = self.doubts(outside, context);
        let then = if self.is_by_hand() { Then::HandOut } else { Then::Send };
        if reasons.is_empty() {
            return self.go(then, context);
        }
        self.asking = Some(Asking { reasons, then });
        Go::No
    }

    /// The deliberate key. It means nothing unless something was asked.
    pub fn send_anyway(&mut self, outside: Outside, context: &Context) -> Go {
        let Some(asking) = self.asking.take() else { return Go::No };
        if !matches!(asking.then, Then::Record | Then::Posted) {
            self.blocked = self.blocks(outside, context);
            if !self.blocked.is_empty() {
                return Go::No;
            }
        }
        self.go(asking.then, context)
    }

    fn go(&mut self, then: Then, context: &Context) -> Go {
        match then {
            Then::Send | Then::SendAllTheSame => {
                let Some(parts) = self.posts(context) else { return Go::No };
                let Some(draft) = self.draft(parts, context) else { return Go::No };
                self.kept = Some(draft.clone());
                self.due = None;
                let submit = Submit {
                    session: self.session,
                    network: self.network().clone(),
                    seen: Seen { case: self.step, all_the_same: then == Then::SendAllTheSame, ..self.thread.seen() },
                    voice: context.voice().map(str::to_owned),
                };
                Go::Send(vec![Errand::Save { session: self.session, draft: Box::new(draft) }, Errand::Submit(submit)])
            }
            Then::HandOut if self.post => {
                let words = format!(
                    "the words went to the clipboard: post them on {}; once that is done, this draft is done with, and the post is counted when its account shows it",
                    self.network()
                );
                self.asking = Some(Asking { reasons: vec![words], then: Then::Posted });
                Go::HandOut { text: self.finished(context), url: None }
            }
            Then::Posted => {
                let begun = self.id.is_some() || self.kept.is_some();
                Go::Posted(begun.then_some(Errand::Discard(self.session, self.opened)))
            }
            Then::HandOut => {
                let url = self.mention.as_ref().and_then(|mention| mention.url.as_ref()).map(SafeText::to_string);
                let whither = url.as_deref().unwrap_or("the page of the mention");
                let words = format!(
                    "the words went to the clipboard: post them at {whither}; once that is done, it is recorded"
                );
                self.asking = Some(Asking { reasons: vec![words], then: Then::Record });
                Go::HandOut { text: self.finished(context), url }
            }
            Then::Record => {
                let Some(mention) = self.mention.as_ref().map(|mention| mention.row.id) else { return Go::No };
                Go::Record(Errand::ByHand {
                    session: self.session,
                    mention,
                    case: self.case.as_ref().map(|case| case.id),
                    text: self.finished(context),
                    voice: context.voice().map(str::to_owned),
                    answering: Box::new(context.answering()),
                })
            }
        }
    }

    /// What keeps it from being sent whatever a person says.
    fn blocks(&mut self, outside: Outside, context: &Context) -> Vec<String> {
        let mut blocks = Vec::new();
        let text = self.paper.text();
        if self.paper.is_blank() || text.trim() == self.pristine.trim() {
            blocks.push("there is nothing to send yet".to_owned());
            return blocks;
        }
        if outside.stopped && !self.is_by_hand() {
            blocks.push("all sending is stopped: lift that first; the draft is kept".to_owned());
        }
        if let Some(slot) = self.advice.slots().iter().min_by_key(|slot| slot.start) {
            let words = text.get(slot.clone()).unwrap_or_default();
            blocks.push(format!("{} is not filled in yet", SafeText::line(words, 60)));
            self.paper.select(slot.start, slot.end);
        } else if self.advice.has_slot() {
            blocks.push("a placeholder or a note to yourself was left in".to_owned());
        }
        if context.writer().approval && context.voice().is_none() && !self.is_by_hand() {
            blocks.push(NO_VOICE.to_owned());
        }
        let tally = self.tally(context);
        if self.posts(context).is_none() {
            let over = tally.words(&self.rules());
            let parted = self.parted;
            blocks.push(if parted {
                format!("{over}, also in {} posts: shorten it", super::split::MOST)
            } else {
                format!("{over}: shorten it, or let it go out as several posts")
            });
        }
        if tally.length < tally.shortest {
            blocks.push(format!("too short: this network wants at least {}", tally.shortest));
        }
        if self.post {
            blocks.extend(self.blocks_a_post());
        }
        blocks
    }

    /// What speaks against it, though a person may send it.
    fn doubts(&self, outside: Outside, context: &Context) -> Vec<String> {
        let mut doubts = Vec::new();
        if let (true, Some(identity)) = (self.unconfirmed, self.identity()) {
            doubts.push(format!("it goes out under {}, which was not known when you began", identity.handle));
        } else if let (true, Some(identity)) = (self.is_unusual(), self.identity()) {
            doubts.push(format!(
                "it goes out under {}, not under the account last used on {}",
                identity.shown(),
                self.network()
            ));
        }
        let many = self.posts(context).map_or(1, |posts| posts.len());
        if many > 1 && !self.is_by_hand() {
            doubts.push(format!("it goes out as {many} posts"));
        }
        if let Some(claim) = self.case.as_ref().and_then(|case| case.claim.as_ref())
            && context.signs_as() != claim.voice.as_str()
        {
            doubts.push(format!("{} has taken this on", claim.voice));
        }
        for remark in self.advice.remarks() {
            doubts.push(format!("{}: {}", super::advice::name(remark.flag), remark.advice));
        }
        doubts.extend(self.warnings(context));
        if let Some((alike, of)) = self.advice.canned() {
            doubts.push(format!("{alike} of your last {of} replies say nearly this: write to this person"));
        }
        match self.advice.same() {
            0 => {}
            _ if self.advice.canned().is_some() => {}
            many if self.post => doubts.push(match many {
                1 => "nearly the same was published a while ago".to_owned(),
                many => format!("nearly the same was published {many} times a while ago"),
            }),
            1 => doubts.push(
                "nearly the same was just sent to one other: say something that is meant for this person".to_owned(),
            ),
            many => doubts.push(format!(
                "nearly the same was just sent to {many} others: say something that is meant for this person"
            )),
        }
        if outside.paused && !self.is_by_hand() {
            doubts.push("all traffic is paused: it goes out when the pause is lifted".to_owned());
        }
        doubts
    }

    /// The store is being asked; `None` when it no longer is.
    pub fn set_sending(&mut self, question: Option<u64>) {
        self.sending = question;
    }

    /// Whether this is the answer that is waited for.
    pub fn awaits(&self, question: u64) -> bool {
        self.sending == Some(question)
    }

    /// What became of the wish to send.
    pub fn submitted(&mut self, submission: &Submission) -> Outcome {
        self.sending = None;
        match submission {
            Submission::Held(until) => return Outcome::Held(*until),
            Submission::AwaitingApproval => return Outcome::Awaits,
            Submission::Changed { turns, steps, claimed } => self.moved_on(turns, steps, claimed.as_ref()),
            Submission::Answered(id, by) => self.answered(*id, by.as_ref()),
            Submission::Stale => {
                // Whatever it is now, these words are not lost: they begin a new draft.
                self.id = None;
                self.opened = None;
                self.kept = None;
                self.blocked = vec![
                    "the draft was sent or changed on another screen; these words are kept as a new one".to_owned(),
                ];
            }
        }
        Outcome::Stays
    }

    fn moved_on(&mut self, turns: &[Turn], steps: &[Step], claimed: Option<&SafeText>) {
        let mut reasons: Vec<String> = turns
            .iter()
            .map(|turn| {
                let who = if turn.ours { "we answered" } else { "they wrote" };
                format!("{who} meanwhile: {}: {}", turn.who, SafeText::line(turn.text.as_str(), 160))
            })
            .collect();
        reasons.extend(steps.iter().map(settled));
        reasons.extend(claimed.map(|voice| format!("{voice} has taken this on")));
        if reasons.is_empty() {
            reasons.push("the thread has changed since you opened it".to_owned());
        }
        self.thread.add(turns);
        self.step = steps.iter().map(|step| step.id).max().max(self.step);
        self.asking = Some(Asking { reasons, then: Then::SendAllTheSame });
    }

    fn answered(&mut self, _id: OutgoingId, by: Option<&SafeText>) {
        let whose = by.map_or("another answer".to_owned(), |voice| format!("an answer by {voice}"));
        let reasons = vec![format!("{whose} to the same post is on its way or out already")];
        self.asking = Some(Asking { reasons, then: Then::SendAllTheSame });
    }
}

/// How another voice settled the case meanwhile.
fn settled(step: &Step) -> String {
    let who = step.voice.as_ref().map(SafeText::as_str).filter(|who| !who.is_empty()).unwrap_or("somebody");
    let line = |words: &SafeText| SafeText::line(words.as_str(), 160);
    match &step.kind {
        StepKind::AnsweredByHand(words) => format!("{who} answered by hand meanwhile: {}", line(words)),
        StepKind::HandedTo(words, _) => format!("{who} handed it over meanwhile: {}", line(words)),
        StepKind::Status(CaseStatus::Dismissed, Some(reason)) => {
            format!("{who} dismissed it meanwhile: {}", dismissal_name(*reason))
        }
        StepKind::Status(status, _) => format!("meanwhile {who} marked it as {}", status_name(*status)),
        _ => format!("{who} changed the case meanwhile"),
    }
}
