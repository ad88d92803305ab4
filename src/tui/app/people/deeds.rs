//! What is done about people: looking at one, another order, words, saying that two accounts are one person, and taking
//! that back.

use std::sync::Arc;

use crate::domain::person::PersonFile;
use crate::tui::app::Model;
use crate::tui::app::action::Action;
use crate::tui::app::asks::Thing;
use crate::tui::app::cmd::{Cmd, PeopleDeed, Whose};
use crate::tui::app::layout::{Pane, View};
use crate::tui::app::msg::Weight;
use crate::tui::app::overlay::Overlay;
use crate::tui::app::prompt::Prompt;

/// Title of the card that lies over a sheet.
const CARD: &str = "Person";

impl Model {
    /// Does what has another meaning among people. False when it has not.
    pub(in crate::tui::app) fn people_act(&mut self, action: Action, cmds: &mut Vec<Cmd>) -> bool {
        if action == Action::ShowPerson && self.desk.view() != View::People {
            self.show_person();
            return true;
        }
        if self.desk.view() != View::People {
            if action == Action::ForgetPerson {
                self.status.say(Weight::Info, "go to the people first");
            }
            return action == Action::ForgetPerson;
        }
        match action {
            Action::ForgetPerson => self.ask_to_forget(cmds),
            Action::NextTab | Action::PreviousTab => {
                self.people.step_order(action == Action::NextTab);
                self.desk.focus_on(Pane::People);
                self.asks.now(Thing::People);
            }
            Action::Search => {
                let prompt = Prompt::with(&self.people.filter.words);
                self.push(Overlay::People(prompt));
            }
            Action::MergePeople => self.ask_to_merge(),
            Action::Undo => self.ask_to_split(),
            _ => return false,
        }
        true
    }

    /// The person whose mention or case is selected or open.
    fn show_person(&mut self) {
        let case = matches!(self.desk.view(), View::Inbox).then(|| {
            let open = self.inbox.file().row().filter(|_| self.desk.focus() == Pane::Case);
            open.or_else(|| self.inbox.selected()).and_then(|row| row.person)
        });
        let mention = || self.detail.row().filter(|_| self.desk.focus() == Pane::Detail).map(|row| row.id);
        let mention = || mention().or_else(|| self.listed().map(|(row, _)| row.id));
        let whose = case.flatten().map(Whose::Person).or_else(|| mention().map(Whose::Mention));
        let Some(whose) = whose else {
            return self.status.say(Weight::Info, "select a mention or a case first");
        };
        let from = self.desk.view();
        self.desk.show(View::People);
        self.people.from = Some(from);
        self.people.file.show(whose);
        self.desk.read_person();
    }

    /// A step back to where one person was looked at from; false when there is none.
    pub(in crate::tui::app) fn back_from_person(&mut self) -> bool {
        let Some(from) = self.people.from.take().filter(|_| self.desk.view() == View::People) else { return false };
        self.desk.show(from);
        true
    }

    /// The list: whoever was looked at from elsewhere is not any more.
    pub(in crate::tui::app) fn people_shown(&mut self) {
        self.people.from = None;
        self.people.happened();
    }

    /// Beside the list, the card shows whom is selected there; once opened it stays.
    pub(in crate::tui::app) fn preview_person(&mut self) {
        if self.desk.view() != View::People || self.desk.focus() == Pane::Person {
            return;
        }
        match self.people.selected().map(|row| row.id) {
            Some(id) => self.people.file.show(Whose::Person(id)),
            None => self.people.file.clear(),
        }
    }

    fn ask_to_merge(&mut self) {
        let Some(file) = self.people.file.known().cloned() else { return };
        let Some(other) = file.alike.first() else {
            let words = "no account elsewhere has the same handle or name";
            return self.status.say(Weight::Info, words);
        };
        let words = format!(
            "{} on {} is the same person as {}",
            other.who,
            other.network,
            file.row.handles.first().map(|own| format!("{} on {}", own.who, own.network)).unwrap_or_default()
        );
        let voice = self.context.voice().map(str::to_owned);
        let deed = PeopleDeed::Merge { one: file.row.id, other: other.person, voice };
        self.push(Overlay::Sure { words, deed });
    }

    fn ask_to_split(&mut self) {
        let Some(file) = self.people.file.known().cloned() else { return };
        let Some(last) = file.row.handles.last().filter(|_| file.row.handles.len() > 1) else {
            return self.status.say(Weight::Info, "nothing is to be undone here: this person has one account");
        };
        let first = file.row.handles.first().map(|own| own.who.to_string()).unwrap_or_default();
        let words = format!("{} on {} is a person of their own, and not {first}", last.who, last.network);
        self.push(Overlay::Sure { words, deed: PeopleDeed::Split { account: last.person } });
    }

    /// The card of the person who is answered, over the sheet.
    pub(in crate::tui::app) fn person_while_writing(&mut self) {
        let Some(mention) = self.answering.composer().and_then(|composer| composer.mention()) else { return };
        self.people.file.show(Whose::Mention(mention.row.id));
        self.people.file.doubt();
        self.people.over = true;
        self.asks.now(Thing::Person);
    }

    /// A card came.
    pub(in crate::tui::app) fn person_answered(&mut self, file: Option<Arc<PersonFile>>) -> bool {
        let taken = self.people.file.answer(file);
        if taken && std::mem::take(&mut self.people.watching) && self.answering.is_writing() {
            return self.person_looked_at_again();
        }
        if std::mem::take(&mut self.people.over) && self.answering.is_writing() {
            match self.people.file.known().cloned() {
                Some(file) => {
                    let (size, context) = (self.desk.size(), &self.context);
                    let sheet = Overlay::explain(CARD, size, |page| super::about(page, &file, context));
                    self.push(sheet);
                }
                None => self.status.say(Weight::Info, "nothing is kept of this author"),
            }
            return true;
        }
        taken && self.shows(Pane::Person)
    }

    /// Somebody may have been forgotten, or changed: a card over a sheet is read again, and so is whom the sheet answers.
    pub(in crate::tui::app) fn doubt_person(&mut self) {
        let answered = self.answering.composer().and_then(|sheet| sheet.mention()).and_then(|mention| mention.person);
        if let Some(person) = answered {
            self.people.file.look_again(person);
            self.people.watching = true;
            self.asks.stale(Thing::Person);
        }
    }

    /// Whom the sheet answers, as they are stored now. Who is stored no more leaves nothing on the screen.
    fn person_looked_at_again(&mut self) -> bool {
        let Some(file) = self.people.file.known().cloned() else {
            let answered = self.answering.composer().and_then(|sheet| sheet.mention()).and_then(|one| one.person);
            if answered.map(Whose::Person) != self.people.file.whose() {
                return false;
            }
            self.people.file.clear();
            self.drop_sheet();
            let words = "whom this answers is stored no more, forgotten or taken down: the sheet is closed";
            self.status.say(Weight::Trouble, words);
            return true;
        };
        let is_card = |overlay: &Overlay| matches!(overlay, Overlay::Explain(sheet) if sheet.title() == CARD);
        let Some(place) = self.overlays.iter().position(is_card) else { return false };
        let (size, context) = (self.desk.size(), &self.context);
        let fresh = Overlay::explain(CARD, size, |page| super::about(page, &file, context));
        match self.overlays.get_mut(place) {
            Some(Overlay::Explain(old)) => match fresh {
                Overlay::Explain(new) => old.turn_into(new),
                _ => false,
            },
            _ => false,
        }
    }

    /// A person is sure.
    pub(in crate::tui::app) fn do_to_people(&mut self, deed: PeopleDeed, cmds: &mut Vec<Cmd>) {
        let question = self.asks.number();
        self.people.doing = Some((question, matches!(deed, PeopleDeed::Split { .. })));
        cmds.push(Cmd::People { question, deed, at: self.context.now() });
    }

    /// It is stored; false when it is nobody's answer.
    pub(in crate::tui::app) fn people_changed(&mut self, question: u64, done: bool) -> bool {
        let Some((_, parts)) = self.people.doing.take_if(|(asked, _)| *asked == question) else { return false };
        self.people.happened();
        let key = |action| self.context.keys().short(action).unwrap_or_default();
        let words = match (done, parts) {
            (true, true) => {
                let again = key(Action::MergePeople);
                format!("they are two people from now on, with a tie each; {again} on one of them makes them one again")
            }
            (true, false) => {
                let undo = key(Action::Undo);
                format!("they are one person from now on, with one tie; {undo} here parts them again")
            }
            (false, _) => "that is so already".to_owned(),
        };
        self.status.say(Weight::Info, &words);
        true
    }

    /// It could not be stored; false when it was another question.
    pub(in crate::tui::app) fn people_failed(&mut self, question: u64) -> bool {
        self.people.doing.take_if(|(asked, _)| *asked == question).is_some()
    }

    /// The selected person, for the card.
    pub(in crate::tui::app) fn open_person(&mut self) {
        if let Some(id) = self.people.selected().map(|row| row.id) {
            self.people.file.show(Whose::Person(id));
            self.desk.read_person();
        }
    }
}
