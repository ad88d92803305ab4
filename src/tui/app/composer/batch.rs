//! Answering several, one after the other: who is still to come, who is left out, and the words of the last one as a
//! beginning for the next. Every one is a sheet of its own, with a chord of its own; nothing is written for those who
//! are still to come.

use std::collections::VecDeque;

use super::Composer;
use super::advice;
use super::errand::Opened;
use super::paper::Paper;
use super::personal::{Person, personalise};
use super::template::Template;
use crate::domain::case::{Case, StepKind};
use crate::domain::{CaseId, MentionId, SafeText, Timestamp};
use crate::tui::app::context::Context;

/// Most people who are named when they are left out.
const MOST_NAMED: usize = 3;

/// One who is to be answered, as it was when the batch began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The case, when there is one: one answer a case.
    pub case: Option<CaseId>,
    /// What is answered.
    pub mention: MentionId,
    /// Marked mentions that the answer is for.
    pub marked: Vec<MentionId>,
    /// The case was open.
    pub open: bool,
    /// When the mention was first answered, if it was.
    pub answered: Option<Timestamp>,
}

impl Next {
    /// Why it is not to be answered any more: another voice has it, or was quicker.
    pub fn why_not(&self, opened: &Opened, voice: &str, began: Timestamp, now: Timestamp) -> Option<String> {
        let case = opened.case.as_deref();
        let claim = case.and_then(|case| case.row.claim.as_ref());
        if let Some(claim) = claim.filter(|claim| claim.until > now && claim.voice.as_str() != voice) {
            return Some(format!("{} has taken it on", claim.voice));
        }
        let answered = match case {
            Some(case) => was_answered(case, began),
            None => opened.mention.as_ref().is_some_and(|mention| mention.row.answered != self.answered),
        };
        if answered {
            return Some("answered meanwhile".to_owned());
        }
        let closed = self.open && case.is_some_and(|case| !case.row.status.is_open());
        closed.then(|| "closed meanwhile".to_owned())
    }
}

/// Whether the case was answered since, by whomever and wherever.
fn was_answered(case: &Case, since: Timestamp) -> bool {
    let answers = |kind: &StepKind| matches!(kind, StepKind::Answered(_) | StepKind::AnsweredByHand(_));
    case.steps.iter().any(|step| step.at > since && !step.undone && answers(&step.kind))
}

/// The words of the last one, and whom they were for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Last {
    words: String,
    /// The words began as the network wants it: with whom they answer.
    addressed: bool,
    whom: Person,
}

/// A batch under way.
#[derive(Debug, Clone)]
pub struct Batch {
    waiting: VecDeque<Next>,
    current: Option<Next>,
    total: usize,
    answered: usize,
    skipped: usize,
    left_out: Vec<String>,
    /// Left out since it was last told.
    untold: usize,
    last: Option<Last>,
    began: Timestamp,
    /// The question under which the current one was asked for, which is the number of its sheet.
    question: Option<u64>,
    /// The current one is done with and the next one not there yet.
    between: bool,
}

impl Batch {
    /// A batch of these, in this order.
    pub fn new(line: Vec<Next>, began: Timestamp) -> Self {
        Self {
            total: line.len(),
            waiting: line.into(),
            current: None,
            answered: 0,
            skipped: 0,
            left_out: Vec::new(),
            untold: 0,
            last: None,
            began,
            question: None,
            between: true,
        }
    }

    /// Place of the current one, from 1, and how many there are.
    pub fn place(&self) -> (usize, usize) {
        (self.total - self.waiting.len(), self.total)
    }

    /// The current sheet is done with, and the next one is not there yet: keys mean nothing.
    pub fn is_between(&self) -> bool {
        self.between
    }

    /// Whether this is the sheet, or the question, of the current one.
    pub fn is_about(&self, session: u64) -> bool {
        self.question == Some(session)
    }

    /// Goes on to the next one. `None`: that was all.
    pub fn advance(&mut self) -> Option<MentionId> {
        self.between = true;
        self.question = None;
        self.current = self.waiting.pop_front();
        self.current.as_ref().map(|next| next.mention)
    }

    /// The current one was asked for.
    pub fn ask(&mut self, question: Option<u64>) {
        self.question = question;
    }

    /// The current one's sheet is there.
    pub fn begin(&mut self) {
        self.between = false;
    }

    /// Why the current one is not to be answered any more.
    pub fn why_not(&self, opened: &Opened, voice: &str, now: Timestamp) -> Option<String> {
        self.current.as_ref()?.why_not(opened, voice, self.began, now)
    }

    /// The current one was answered: which marks it loses.
    pub fn answered(&mut self, last: Option<Last>) -> Option<Next> {
        self.answered += 1;
        self.last = last.or_else(|| self.last.take());
        self.current.take()
    }

    /// The current one is skipped.
    pub fn skip(&mut self, last: Option<Last>) {
        self.skipped += 1;
        self.last = last.or_else(|| self.last.take());
    }

    /// The current one is left out.
    pub fn leave_out(&mut self, who: &str, why: &str) {
        self.left_out.push(format!("{} ({why})", SafeText::line(who, 40)));
        self.untold += 1;
    }

    /// The words of the last one.
    pub fn last(&self) -> Option<&Last> {
        self.last.as_ref()
    }

    /// Who was left out since this was asked last.
    pub fn news(&mut self) -> Option<String> {
        let fresh = self.left_out.len() - std::mem::take(&mut self.untold).min(self.left_out.len());
        named(self.left_out.get(fresh..).unwrap_or_default())
    }

    /// What became of all of them.
    pub fn outcome(&self) -> String {
        let mut words = if self.answered == self.total {
            format!("all {} are answered", self.total)
        } else {
            format!("{} of {} answered", self.answered, self.total)
        };
        let remain = self.total - self.answered;
        if remain > 0 {
            words.push_str(if remain == 1 { ", 1 stays marked" } else { ", the others stay marked" });
        }
        if let Some(left_out) = named(&self.left_out) {
            words.push_str(&format!("; {left_out}"));
        }
        words
    }
}

fn named(left_out: &[String]) -> Option<String> {
    let shown = left_out.get(..MOST_NAMED.min(left_out.len())).filter(|shown| !shown.is_empty())?;
    let more = left_out.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("left out: {}{more}", shown.join(", ")))
}

impl Composer {
    /// Whom it answers, as they are addressed.
    pub(super) fn person(&self) -> Person {
        Person { handle: self.handle(), name: self.name() }
    }

    /// The name that they gave themselves.
    pub(super) fn name(&self) -> Option<String> {
        let mention = self.mention.as_ref()?;
        let card = self.card.as_ref().map(|card| &card.name);
        let name = Some(&mention.author_name).filter(|name| !name.is_empty()).or(card)?.as_str().trim();
        let handle = mention.row.author.as_str().trim_start_matches('@');
        (!name.is_empty() && name.trim_start_matches('@') != handle).then(|| name.to_owned())
    }

    /// The words as a beginning for the next one; `None` when there are none.
    pub fn last(&self) -> Option<Last> {
        let text = self.template.for_others();
        let (words, addressed) = match text.strip_prefix(self.pristine.as_str()) {
            Some(words) => (words.to_owned(), true),
            None => (text, false),
        };
        (!words.trim().is_empty()).then(|| Last { words, addressed, whom: self.person() })
    }

    /// Begins with the words of the last one, meant for this one. A draft that was there already stays.
    pub fn begin_with(&mut self, last: &Last, context: &Context) {
        if self.id.is_some() || self.theirs.is_some() {
            return;
        }
        let words = personalise(&last.words, &last.whom, &self.person());
        let address = if last.addressed { self.pristine.as_str() } else { "" };
        self.offered = format!("{address}{words}");
        self.paper = Paper::with(&self.offered);
        self.template = Template::of(&self.offered);
        self.coach(context);
        if let Some(blank) = advice::braces(&self.offered).first() {
            self.paper.select(blank.start, blank.end);
        }
    }

    /// What of the words is for this one only, and what the next one gets in place of it.
    pub fn private(&self) -> impl Iterator<Item = (&str, &str)> {
        self.template.private()
    }

    /// Whether nothing of the writer's own is on it: it is as it was opened.
    pub fn is_as_offered(&self) -> bool {
        self.id.is_none() && self.kept.is_none() && self.paper.text() == self.offered
    }
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
