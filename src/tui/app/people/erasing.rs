//! Forgetting a person from the screen: what will be erased is looked up and shown, their handle is typed, and what was
//! found afterwards is told.

use crate::domain::PersonId;
use crate::domain::person::PersonRow;
use crate::tui::app::Model;
use crate::tui::app::asks::Thing;
use crate::tui::app::cmd::{Cmd, Forgetting};
use crate::tui::app::msg::{Typing, Weight};
use crate::tui::app::overlay::{Overlay, Step};
use crate::tui::app::page::{Page, Tone};
use crate::tui::app::prompt::{Prompt, Typed};

/// Title of the sheet that tells what was erased and found.
const TITLE: &str = "Forgotten";

/// What was erased, and what a search of every byte found afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten {
    /// Nothing of them is left.
    pub clean: bool,
    /// What was erased and what was found, a line each; cleaned.
    pub lines: Vec<String>,
}

/// The question before somebody is erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasing {
    whom: Forgetting,
    /// Their accounts.
    who: Vec<String>,
    /// What will be erased; `None` until it was looked up.
    remains: Option<Vec<String>>,
    question: u64,
    prompt: Prompt,
    refused: Option<String>,
}

impl Erasing {
    fn of(row: &PersonRow, question: u64) -> Option<Self> {
        let first = row.handles.first()?;
        let accounts: Vec<PersonId> = row.handles.iter().map(|handle| handle.person).collect();
        let who = row.handles.iter().map(|handle| {
            let name = if handle.name.is_empty() { String::new() } else { format!(" ({})", handle.name) };
            format!("{} on {}{name}", handle.who, handle.network)
        });
        Some(Self {
            whom: Forgetting { handle: first.who.to_string(), accounts },
            who: who.collect(),
            remains: None,
            question,
            prompt: Prompt::default(),
            refused: None,
        })
    }

    /// The line that a person types into.
    pub fn prompt(&self) -> &Prompt {
        &self.prompt
    }

    /// What must be typed.
    pub fn handle(&self) -> &str {
        &self.whom.handle
    }

    /// What is said above the line.
    pub fn page(&self, columns: usize) -> Page {
        let mut page = Page::new(columns);
        for who in &self.who {
            page.prose(Tone::Strong, 0, who);
        }
        page.gap();
        match &self.remains {
            None => page.prose(Tone::Muted, 0, "looking up what there is of them …"),
            Some(lines) => {
                page.prose(Tone::Text, 0, "This will be erased, here and in the copies beside it, for good:");
                for line in lines {
                    page.prose(Tone::Warn, 2, line);
                }
                page.prose(Tone::Text, 0, "The logs will be emptied. They will not be collected again.");
            }
        }
        page.gap();
        match &self.refused {
            Some(why) => page.prose(Tone::Bad, 0, &format!("! {why}")),
            None => page.prose(Tone::Text, 0, &format!("Type {} and Enter to erase all of this.", self.handle())),
        }
        page
    }

    /// Takes a key in.
    pub(in crate::tui::app) fn type_in(&mut self, typing: &Typing) -> Step {
        match self.prompt.type_in(typing) {
            Typed::Submit => {}
            Typed::Cancel => return Step::Close,
            Typed::Changed => {
                self.refused = None;
                return Step::Stay;
            }
            _ => return Step::Stay,
        }
        let bare = |handle: &str| handle.trim().trim_start_matches('@').to_lowercase();
        if self.remains.is_none() {
            self.refused = Some("wait until it is known what there is of them".to_owned());
        } else if bare(self.prompt.text()) == bare(self.handle()) {
            return Step::Forget(self.whom.clone());
        } else {
            self.refused = Some(format!("that is not {}: nothing was erased", self.handle()));
        }
        Step::Stay
    }
}

impl Model {
    /// Asks what there is of the person of the card, or of the selected one, and whether they are to be erased.
    pub(in crate::tui::app) fn ask_to_forget(&mut self, cmds: &mut Vec<Cmd>) {
        let open = self.people.file.known().map(|file| &file.row);
        let row = open.filter(|_| self.shows_card()).or_else(|| self.people.selected()).cloned();
        let question = self.asks.number();
        let Some(erasing) = row.and_then(|row| Erasing::of(&row, question)) else {
            return self.status.say(Weight::Info, "select a person first");
        };
        cmds.push(Cmd::Forget { question, whom: erasing.whom.clone(), sure: false });
        self.push(Overlay::Forget(Box::new(erasing)));
    }

    /// The card is what the keys are about.
    fn shows_card(&self) -> bool {
        self.desk.focus() == crate::tui::app::layout::Pane::Person
    }

    /// A person typed the handle.
    pub(in crate::tui::app) fn forget_person(&mut self, whom: Forgetting, cmds: &mut Vec<Cmd>) {
        let question = self.asks.number();
        self.people.erasing = Some(question);
        self.status.say(Weight::Info, "erasing, then searching every file for what is left …");
        cmds.push(Cmd::Forget { question, whom, sure: true });
    }

    /// What there is of them was looked up.
    pub(in crate::tui::app) fn remains_known(&mut self, question: u64, lines: Vec<String>) -> bool {
        let asks = |overlay: &&mut Overlay| matches!(overlay, Overlay::Forget(one) if one.question == question);
        let Some(Overlay::Forget(erasing)) = self.overlays.iter_mut().find(asks) else { return false };
        erasing.remains = Some(lines);
        true
    }

    /// They were erased.
    pub(in crate::tui::app) fn person_forgotten(&mut self, question: u64, told: &Forgotten) -> bool {
        if self.people.erasing.take_if(|asked| *asked == question).is_none() {
            return false;
        }
        self.people.file.clear();
        self.people.happened();
        self.asks.now(Thing::People);
        match told.clean {
            true => self.status.say(Weight::Info, "erased: nothing of them is left"),
            false => self.status.say(Weight::Trouble, "erased, and something of them was found that is left"),
        }
        let tone = if told.clean { Tone::Text } else { Tone::Warn };
        let sheet = Overlay::explain(TITLE, self.desk.size(), |page| {
            told.lines.iter().for_each(|line| page.prose(tone, 0, line));
        });
        self.push(sheet);
        true
    }

    /// It could not be looked up, or erased; false when it was another question.
    pub(in crate::tui::app) fn forgetting_failed(&mut self, question: u64, why: &str) -> bool {
        if self.people.erasing.take_if(|asked| *asked == question).is_some() {
            return true;
        }
        let asks = |overlay: &&mut Overlay| matches!(overlay, Overlay::Forget(one) if one.question == question);
        let Some(Overlay::Forget(erasing)) = self.overlays.iter_mut().find(asks) else { return false };
        erasing.refused = Some(why.to_owned());
        true
    }
}
