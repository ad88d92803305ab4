//! Small popups that ask what a change to a case needs: until when, why, what, where to.

use super::moment::{self, EXAMPLES, Said};
use crate::domain::case::{CaseChange, CaseStatus, Dismissal, Promise, Snooze};
use crate::domain::time::SignedDuration;
use crate::tui::app::cmd::Aim;
use crate::tui::app::context::Context;
use crate::tui::app::cursor::Motion;
use crate::tui::app::msg::Typing;
use crate::tui::app::prompt::{Prompt, Typed};
use crate::tui::app::when;

/// Most promises to choose from; more are kept one after the other.
const MOST_PROMISES: usize = 9;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Until when to put aside.
    Snooze,
    /// Why nothing is to be done.
    Dismiss,
    /// Who has it from now on and where, and by when.
    HandOver,
    /// A note.
    Note,
    /// What is promised, and by when.
    Promise,
    /// Which promise is kept.
    Keep,
}

impl Ask {
    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Snooze => "Put aside",
            Self::Dismiss => "Dismiss: why?",
            Self::HandOver => "Hand over: to whom and where, and by when",
            Self::Note => "Note for ourselves",
            Self::Promise => "Promise: what, and by when",
            Self::Keep => "Which promise is kept?",
        }
    }

    /// Whether words can be typed.
    pub fn takes_words(self) -> bool {
        !matches!(self, Self::Dismiss | Self::Keep)
    }

    fn example(self) -> &'static str {
        match self {
            Self::Snooze => "or type a time: 2h, fri 14:00, tomorrow 9:00",
            Self::HandOver => "such as: Ana by e-mail by tomorrow 9:00",
            Self::Note => "only we read it",
            Self::Promise => "such as: refund by fri 17:00",
            Self::Dismiss | Self::Keep => "",
        }
    }
}

/// One of a few answers, with its key.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The key.
    pub key: char,
    /// What it means.
    pub words: String,
    change: CaseChange,
}

/// A popup and whom it is about. What is meant is kept from the moment when it was opened: the list may go on.
#[derive(Debug, Clone, PartialEq)]
pub struct Popup {
    ask: Ask,
    aim: Aim,
    /// Whom it is about, for the frame.
    about: String,
    choices: Vec<Choice>,
    index: usize,
    prompt: Prompt,
    refused: bool,
}

/// What a key on a popup leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Nothing outside.
    Stay,
    /// It goes away.
    Close,
    /// This is to be done.
    Do(Aim, CaseChange),
}

impl Popup {
    /// Asks until when to put something aside. `aside`: it is put aside already.
    pub fn snooze(aim: Aim, about: String, aside: bool, context: &Context) -> Self {
        let (zone, now) = (context.zone(), context.now());
        let until = |key, words: &str, at| Choice {
            key,
            words: format!("{words}: {}", when::full(zone, now, at)),
            change: CaseChange::Snooze(Some(Snooze::Until(at))),
        };
        let hour = now.checked_add(SignedDuration::from_hours(1)).ok();
        let mut choices: Vec<Choice> = [
            hour.map(|at| until('h', "an hour", at)),
            moment::evening(zone, now).map(|at| until('e', "this evening", at)),
            moment::tomorrow(zone, now).map(|at| until('n', "next morning", at)),
            moment::monday(zone, now).map(|at| until('k', "next week", at)),
        ]
        .into_iter()
        .flatten()
        .collect();
        // On a Sunday the next week begins next morning: a time is offered once.
        choices.dedup_by(|later, earlier| later.change == earlier.change);
        let until_reply = CaseChange::Snooze(Some(Snooze::UntilReply));
        choices.push(Choice { key: 'r', words: "until they reply".to_owned(), change: until_reply });
        if aside {
            let back = CaseChange::Snooze(None);
            choices.push(Choice { key: 'b', words: "bring it back now".to_owned(), change: back });
        }
        Self { choices, ..Self::line(Ask::Snooze, aim, about) }
    }

    /// Asks why nothing is to be done.
    pub fn dismiss(aim: Aim, about: String) -> Self {
        let choice = |key, words: &str, why| Choice {
            key,
            words: words.to_owned(),
            change: CaseChange::Status(CaseStatus::Dismissed, Some(why)),
        };
        let choices = vec![
            choice('a', "needs no answer", Dismissal::NoAnswerNeeded),
            choice('n', "not about us", Dismissal::NotAboutUs),
            choice('s', "spam or advertising", Dismissal::Spam),
            choice('d', "a duplicate of another case", Dismissal::Duplicate),
        ];
        Self { choices, ..Self::line(Ask::Dismiss, aim, about) }
    }

    /// Asks which promise is kept.
    pub fn keep<'a>(aim: Aim, about: String, promises: impl Iterator<Item = &'a Promise>, context: &Context) -> Self {
        let choices = ('1'..='9').zip(promises.take(MOST_PROMISES)).map(|(key, promise)| Choice {
            key,
            words: format!("{}, due {}", promise.text, when::full(context.zone(), context.now(), promise.due)),
            change: CaseChange::Keep(promise.id),
        });
        Self { choices: choices.collect(), ..Self::line(Ask::Keep, aim, about) }
    }

    /// Asks for a line.
    pub fn line(ask: Ask, aim: Aim, about: String) -> Self {
        Self { ask, aim, about, choices: Vec::new(), index: 0, prompt: Prompt::default(), refused: false }
    }

    /// What it asks.
    pub fn ask(&self) -> Ask {
        self.ask
    }

    /// Whom it is about.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// The answers to choose from.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// Place of the chosen one, while no words are typed.
    pub fn index(&self) -> Option<usize> {
        (!self.choices.is_empty() && self.prompt.text().is_empty()).then_some(self.index)
    }

    /// The line.
    pub fn prompt(&self) -> &Prompt {
        &self.prompt
    }

    /// What the words mean so far, or an example; and whether they were refused.
    pub fn meaning(&self, context: &Context) -> (String, bool) {
        let words = self.prompt.text().trim();
        if words.is_empty() {
            let nothing = if self.refused { "type something first; Esc closes" } else { self.ask.example() };
            return (nothing.to_owned(), self.refused);
        }
        let at = |at| when::full(context.zone(), context.now(), at);
        match (self.ask, self.change(context)) {
            (Ask::Snooze, Some(CaseChange::Snooze(Some(Snooze::Until(until))))) => (format!("→ {}", at(until)), false),
            (Ask::Promise, Some(CaseChange::Promise(what, due))) => (format!("→ {what} · due {}", at(due)), false),
            (Ask::HandOver, Some(CaseChange::HandOver(to, Some(due)))) => {
                let (_, said) = moment::hand_over(words, context.zone(), context.now());
                let why = if said == Said::Nothing { ", the next working day (or say by when)" } else { "" };
                (format!("→ {to} · due {}{why}", at(due)), false)
            }
            (Ask::HandOver, Some(CaseChange::HandOver(to, None))) => (format!("→ {to} · no reminder"), false),
            (Ask::Snooze, None) if self.refused => (format!("no time to come: write {EXAMPLES}"), true),
            (Ask::Promise, None) if self.refused => (format!("when? End with \"by\" and a time: {EXAMPLES}"), true),
            (Ask::HandOver, None) if self.refused => (format!("to whom, by when? Such as {EXAMPLES}"), true),
            (Ask::Snooze | Ask::Promise | Ask::HandOver, None) => ("→ …".to_owned(), false),
            _ => (String::new(), false),
        }
    }

    /// The change that the words mean.
    fn change(&self, context: &Context) -> Option<CaseChange> {
        let words = self.prompt.text().trim();
        if words.is_empty() {
            return None;
        }
        let (zone, now) = (context.zone(), context.now());
        match self.ask {
            Ask::Snooze => moment::parse(words, zone, now).map(|at| CaseChange::Snooze(Some(Snooze::Until(at)))),
            Ask::HandOver => {
                let (to, said) = moment::hand_over(words, zone, now);
                match said {
                    Said::At(due) => Some(CaseChange::HandOver(to, Some(due))),
                    Said::Never => Some(CaseChange::HandOver(to, None)),
                    Said::Nothing => {
                        let due = moment::next_working_day(context.hours(), zone, now);
                        Some(CaseChange::HandOver(to, Some(due)))
                    }
                    Said::Unclear => None,
                }
            }
            Ask::Note => Some(CaseChange::Note(words.to_owned())),
            Ask::Promise => {
                let promise = moment::promise(words, context.hours(), zone, now);
                promise.map(|(what, due)| CaseChange::Promise(what, due))
            }
            Ask::Dismiss | Ask::Keep => None,
        }
    }

    fn choose(&self, index: usize) -> Step {
        match self.choices.get(index) {
            Some(choice) => Step::Do(self.aim.clone(), choice.change.clone()),
            None => Step::Stay,
        }
    }

    /// Takes a key in.
    pub fn type_in(&mut self, typing: &Typing, context: &Context) -> Step {
        let last = self.choices.len().saturating_sub(1);
        match typing {
            Typing::Cancel => return Step::Close,
            Typing::Previous => self.index = Motion::Rows(-1).apply(self.index, last + 1, 1),
            Typing::Next => self.index = Motion::Rows(1).apply(self.index, last + 1, 1),
            Typing::Submit if self.index().is_some() => return self.choose(self.index),
            Typing::Submit => match self.change(context) {
                Some(change) => return Step::Do(self.aim.clone(), change),
                None => self.refused = true,
            },
            Typing::Character(sign) if self.index().is_some() => {
                let found = self.choices.iter().position(|choice| Some(choice.key) == sign.to_lowercase().next());
                match found {
                    Some(found) => return self.choose(found),
                    None => self.write(typing),
                }
            }
            _ => self.write(typing),
        }
        Step::Stay
    }

    fn write(&mut self, typing: &Typing) {
        if self.ask.takes_words() && self.prompt.type_in(typing) == Typed::Changed {
            self.refused = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CaseId;
    use crate::domain::SafeText;
    use crate::tui::app::Setup;
    use crate::tui::app::samples::{minutes_ago, setup};

    fn context() -> Context {
        Context::new(&setup((80, 24)))
    }

    fn aim() -> Aim {
        Aim::Cases(vec![CaseId(7)])
    }

    fn typed(popup: &mut Popup, words: &str) -> Step {
        let context = context();
        for sign in words.chars() {
            let step = popup.type_in(&Typing::Character(sign), &context);
            if step != Step::Stay {
                return step;
            }
        }
        popup.type_in(&Typing::Submit, &context)
    }

    fn snoozed(words: &str) -> Step {
        typed(&mut Popup::snooze(aim(), "ana".into(), false, &context()), words)
    }

    #[test]
    fn a_hand_over_is_to_whom_and_by_when_and_what_is_not_said_is_shown() {
        let handed = |words: &str| match typed(&mut Popup::line(Ask::HandOver, aim(), "kim".into()), words) {
            Step::Do(_, CaseChange::HandOver(to, due)) => (to, due),
            other => panic!("{other:?}"),
        };
        let tomorrow = Some(minutes_ago(-24 * 60));
        assert_eq!(handed("to Ana by e-mail by tomorrow 9:00"), ("Ana by e-mail".to_owned(), tomorrow));
        assert_eq!(handed("support@, by tomorrow"), ("support@".to_owned(), tomorrow));
        assert_eq!(handed("the shop, without a date"), ("the shop".to_owned(), None));
        // It is Saturday, nine o'clock: the next working day is Monday.
        assert_eq!(handed("Ana by e-mail"), ("Ana by e-mail".to_owned(), Some(minutes_ago(-2 * 24 * 60))));
        let mut popup = Popup::line(Ask::HandOver, aim(), "kim".into());
        assert!(popup.meaning(&context()).0.contains("Ana by e-mail by tomorrow 9:00"));
        popup.type_in(&Typing::pasted(SafeText::line("Ana", 80)), &context());
        let (words, refused) = popup.meaning(&context());
        assert!(!refused && words.starts_with("→ Ana · due Mon 24 Nov 09:00, the next working day"), "{words}");
        assert_eq!(typed(&mut Popup::line(Ask::HandOver, aim(), "kim".into()), ""), Step::Stay, "to whom must be said");
    }

    fn until(minutes: i64) -> Step {
        Step::Do(aim(), CaseChange::Snooze(Some(Snooze::Until(minutes_ago(-minutes)))))
    }

    #[test]
    fn a_key_or_words_put_aside() {
        assert_eq!(snoozed("h"), until(60));
        assert_eq!(snoozed(""), until(60), "the first one is chosen");
        assert_eq!(snoozed("r"), Step::Do(aim(), CaseChange::Snooze(Some(Snooze::UntilReply))));
        assert_eq!(snoozed("n"), until(24 * 60), "it is nine in the morning");
        assert_eq!(snoozed("2h"), until(120), "words may begin like this");
        assert_eq!(snoozed("tomorrow 10:00"), until(25 * 60));
        let mut popup = Popup::snooze(aim(), "ana".into(), true, &context());
        assert_eq!(typed(&mut popup, "yesterday"), Step::Stay);
        let (words, refused) = popup.meaning(&context());
        assert!(refused && words.contains("fri 14:00"), "{words}");
        assert_eq!(
            typed(&mut Popup::snooze(aim(), "ana".into(), true, &context()), "b"),
            Step::Do(aim(), CaseChange::Snooze(None))
        );
    }

    #[test]
    fn no_time_is_offered_twice() {
        // From Saturday nine o'clock on, through Sunday, on which the next morning is that of the next week.
        for hours in 0..72 {
            let context = Context::new(&Setup { now: minutes_ago(-60 * hours), ..setup((80, 24)) });
            let popup = Popup::snooze(aim(), "ana".into(), false, &context);
            let changes: Vec<_> = popup.choices().iter().map(|choice| &choice.change).collect();
            let twice = changes.iter().enumerate().any(|(at, change)| changes[..at].contains(change));
            assert!(!twice, "{hours}: {changes:?}");
        }
    }

    #[test]
    fn a_reason_is_one_key_and_nothing_is_typed() {
        let mut popup = Popup::dismiss(aim(), "ana".into());
        assert_eq!(popup.type_in(&Typing::Character('z'), &context()), Step::Stay);
        assert_eq!(popup.prompt().text(), "");
        let spam = CaseChange::Status(CaseStatus::Dismissed, Some(Dismissal::Spam));
        assert_eq!(popup.type_in(&Typing::Character('S'), &context()), Step::Do(aim(), spam));
        assert_eq!(popup.type_in(&Typing::Cancel, &context()), Step::Close);
    }

    #[test]
    fn a_promise_needs_a_time_and_a_paste_never_submits() {
        let mut popup = Popup::line(Ask::Promise, aim(), "ana".into());
        let pasted = Typing::pasted(SafeText::block("refund by fri\n"));
        assert_eq!(popup.type_in(&pasted, &context()), Step::Stay);
        assert!(popup.meaning(&context()).0.starts_with("→ refund · due Fri 28 Nov 18:00"));
        let mut popup = Popup::line(Ask::Promise, aim(), "ana".into());
        assert_eq!(typed(&mut popup, "refund"), Step::Stay);
        assert!(popup.meaning(&context()).1);
        let Step::Do(_, CaseChange::Promise(what, _)) = typed(&mut popup, " by 17:00") else { panic!("refused") };
        assert_eq!(what, "refund");
    }
}
