//! What lies on top of the panes: help, palette, explanations, the name of a new watch. A stack; the topmost one
//! takes the keys.

mod help;
mod palette;

pub use palette::{Palette, ROWS as PALETTE_ROWS};

use super::action::Action;
use super::answering::leaving;
use super::campaigns::form::{self, Form};
use super::cmd::{Aim, Forgetting, PeopleDeed};
use super::composer::replies::{Picker, SavedReply};
use super::context::Context;
use super::correct::Correcting;
use super::cursor::Motion;
use super::game::{Answer as GameAnswer, Game};
use super::giving::popup::Judging;
use super::inbox::popup::{self, Popup};
use super::layout::{Area, HINTS_FROM};
use super::msg::Typing;
use super::page::Page;
use super::people::Erasing;
use super::prompt::{Prompt, Typed};
use super::why::Why;
use crate::domain::CampaignChange;
use crate::domain::case::CaseChange;
use crate::domain::{ActId, Deed};

/// Most overlays on top of one another.
pub const DEEPEST: usize = 4;

/// A page on top, with an optional line that filters it.
#[derive(Debug, Clone)]
pub struct Sheet {
    title: String,
    page: Page,
    scroll: usize,
    height: usize,
}

impl Sheet {
    /// A sheet.
    pub fn new(title: impl Into<String>, page: Page, height: usize) -> Self {
        Self { title: title.into(), page, scroll: 0, height: height.max(1) }
    }

    /// Shows another page, scrolled as before. Tells whether it differs.
    pub(super) fn turn_into(&mut self, other: Self) -> bool {
        let differs = self.page != other.page;
        let most = other.page.lines().len().saturating_sub(other.height);
        *self = Self { scroll: self.scroll.min(most), ..other };
        differs
    }

    /// Its title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Its page.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// First visible line.
    pub fn scroll(&self) -> usize {
        self.scroll
    }

    /// Another page in its place; the reader stays where they are, as far as there is room.
    pub fn replace(&mut self, page: Page, height: usize) {
        self.page = page;
        self.height = height.max(1);
        self.go(Motion::Rows(0));
    }

    /// Scrolls.
    pub fn go(&mut self, motion: Motion) {
        let most = self.page.lines().len().saturating_sub(self.height);
        self.scroll = motion.apply(self.scroll, most + 1, self.height);
    }
}

/// Something on top.
#[derive(Debug, Clone)]
pub enum Overlay {
    /// Keys and signs, filtered as a person types.
    Help(Prompt, Sheet),
    /// Every action by name.
    Palette(Palette),
    /// What a figure is made of.
    Explain(Sheet),
    /// Why a mention is read as it is.
    Why(Box<Why>),
    /// The name for a query that becomes a watch.
    Name {
        /// The line.
        prompt: Prompt,
        /// The query.
        query: String,
    },
    /// What a change to a case needs.
    Case(Box<Popup>),
    /// What a person says of readings.
    Correct(Correcting),
    /// What a person says that an act does.
    Judge(Judging),
    /// The game in which the readers are taught.
    Game(Box<Game>),
    /// A saved reply is chosen.
    Replies(Picker),
    /// A content warning is written.
    Warning(Prompt),
    /// What a campaign is made of, or what was paid.
    Campaign(Box<Form>),
    /// Words of handles and names.
    People(Prompt),
    /// Something about accounts that a person must be sure of.
    Sure {
        /// What.
        words: String,
        /// The deed.
        deed: PeopleDeed,
    },
    /// Somebody is to be forgotten.
    Forget(Box<Erasing>),
    /// The program is to be left while something is held.
    Leaving {
        /// It is left as soon as nothing is held any more.
        waits: bool,
    },
}

/// What a key on an overlay leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Nothing outside.
    Stay,
    /// It goes away.
    Close,
    /// It goes away and an action is done.
    Act(Action),
    /// A watch gets a name.
    Save {
        /// The name.
        name: String,
        /// The query.
        query: String,
    },
    /// Cases are changed.
    Case(Aim, Box<CaseChange>),
    /// It goes away and acts are corrected.
    Judge(Vec<ActId>, Deed),
    /// It goes away and readings are corrected.
    Say(Box<Correcting>),
    /// A question of the game is answered.
    Answer(Box<GameAnswer>),
    /// It goes away and a saved reply goes into the text.
    Reply(Box<SavedReply>),
    /// It goes away and this warning stands before the text.
    Warning(String),
    /// It goes away and something about campaigns is changed.
    Campaign(Box<CampaignChange>),
    /// It goes away and people with these words are shown.
    Find(String),
    /// It goes away and this is done.
    Sure(PeopleDeed),
    /// It goes away and this person is erased.
    Forget(Forgetting),
    /// Whether the program is left.
    Leave(leaving::Choice),
}

impl Overlay {
    /// The help.
    pub fn help(context: &Context, size: (u16, u16)) -> Self {
        let prompt = Prompt::default();
        let sheet = help::sheet("", context, size);
        Self::Help(prompt, sheet)
    }

    /// An explanation.
    pub fn explain(title: impl Into<String>, size: (u16, u16), write: impl FnOnce(&mut Page)) -> Self {
        let area = area(size);
        let mut page = Page::new(usize::from(area.width.saturating_sub(4)));
        write(&mut page);
        Self::Explain(Sheet::new(title, page, usize::from(area.height.saturating_sub(2))))
    }

    /// Whether a person types into it.
    pub fn takes_text(&self) -> bool {
        !matches!(self, Self::Explain(_) | Self::Why(_))
    }

    /// The line that a person types into, where there is one.
    pub fn line(&self) -> Option<&str> {
        match self {
            Self::Help(prompt, _) | Self::Warning(prompt) | Self::People(prompt) | Self::Name { prompt, .. } => {
                Some(prompt.text())
            }
            Self::Palette(palette) => Some(palette.prompt().text()),
            Self::Replies(picker) => Some(picker.prompt().text()),
            Self::Case(popup) => Some(popup.prompt().text()),
            Self::Campaign(form) => form.prompt().map(Prompt::text),
            Self::Forget(erasing) => Some(erasing.prompt().text()),
            Self::Explain(_)
            | Self::Why(_)
            | Self::Correct(_)
            | Self::Judge(_)
            | Self::Game(_)
            | Self::Sure { .. }
            | Self::Leaving { .. } => None,
        }
    }

    /// Takes a key of a prompt in.
    pub fn type_in(&mut self, typing: &Typing, context: &Context, size: (u16, u16)) -> Step {
        match self {
            Self::Help(prompt, sheet) => match prompt.type_in(typing) {
                Typed::Changed => *sheet = help::sheet(prompt.text(), context, size),
                Typed::Kept => {}
                Typed::Previous => sheet.go(Motion::Rows(-1)),
                Typed::Next => sheet.go(Motion::Rows(1)),
                Typed::Submit | Typed::Cancel => return Step::Close,
            },
            Self::Palette(palette) => return palette.type_in(typing),
            Self::Replies(picker) => return picker.type_in(typing),
            Self::Warning(prompt) => match prompt.type_in(typing) {
                Typed::Submit => return Step::Warning(prompt.text().trim().to_owned()),
                Typed::Cancel => return Step::Close,
                _ => {}
            },
            Self::Name { prompt, query } => match prompt.type_in(typing) {
                Typed::Submit if !prompt.text().trim().is_empty() => {
                    return Step::Save { name: prompt.text().trim().to_owned(), query: query.clone() };
                }
                Typed::Cancel => return Step::Close,
                _ => {}
            },
            Self::People(prompt) => match prompt.type_in(typing) {
                Typed::Submit => return Step::Find(prompt.text().trim().to_owned()),
                Typed::Cancel => return Step::Close,
                _ => {}
            },
            Self::Sure { deed, .. } => match typing {
                Typing::Submit => return Step::Sure(deed.clone()),
                Typing::Cancel => return Step::Close,
                _ => {}
            },
            Self::Forget(erasing) => return erasing.type_in(typing),
            Self::Leaving { .. } => return Step::Leave(leaving::choice(typing)),
            Self::Case(popup) => match popup.type_in(typing, context) {
                popup::Step::Stay => {}
                popup::Step::Close => return Step::Close,
                popup::Step::Do(aim, change) => return Step::Case(aim, Box::new(change)),
            },
            Self::Campaign(form) => match form.type_in(typing, context) {
                form::Step::Stay => {}
                form::Step::Close => return Step::Close,
                form::Step::Do(change) => return Step::Campaign(change),
            },
            Self::Correct(correcting) => return correcting.type_in(typing),
            Self::Judge(judging) => return judging.type_in(typing),
            Self::Game(game) => return game.type_in(typing),
            Self::Explain(_) | Self::Why(_) => match typing {
                Typing::Previous => return self.act(Action::Up, None),
                Typing::Next => return self.act(Action::Down, None),
                Typing::Submit | Typing::Cancel => return Step::Close,
                _ => {}
            },
        }
        Step::Stay
    }

    /// Takes an action in; an overlay knows movements and ways out.
    pub fn act(&mut self, action: Action, count: Option<u32>) -> Step {
        if let Some(motion) = Motion::of(action, count) {
            match self {
                Self::Help(_, sheet) | Self::Explain(sheet) => sheet.go(motion),
                Self::Why(why) => why.sheet_mut().go(motion),
                Self::Palette(palette) => palette.go(motion),
                Self::Replies(picker) => picker.go(motion),
                Self::Name { .. }
                | Self::Warning(_)
                | Self::Case(_)
                | Self::Correct(_)
                | Self::Judge(_)
                | Self::Game(_)
                | Self::Campaign(_)
                | Self::People(_)
                | Self::Sure { .. }
                | Self::Forget(_)
                | Self::Leaving { .. } => {}
            }
            return Step::Stay;
        }
        match action {
            Action::Correct if matches!(self, Self::Why(_)) => Step::Act(action),
            Action::Why if matches!(self, Self::Why(_)) => Step::Close,
            Action::Back | Action::Quit | Action::Open | Action::Explain | Action::Help => Step::Close,
            _ => Step::Stay,
        }
    }

    /// The terminal has another size, or names changed: pages are composed anew.
    pub fn fit(&mut self, context: &Context, size: (u16, u16)) {
        let rows = usize::from(area(size).height.saturating_sub(2)).max(1);
        match self {
            Self::Help(prompt, sheet) => {
                let scroll = sheet.scroll;
                *sheet = help::sheet(prompt.text(), context, size);
                sheet.scroll = scroll.min(sheet.page.lines().len().saturating_sub(rows));
            }
            Self::Explain(sheet) => {
                sheet.height = rows;
                sheet.go(Motion::Rows(0));
            }
            Self::Why(why) => why.fit(context, size),
            Self::Palette(_)
            | Self::Name { .. }
            | Self::Warning(_)
            | Self::Replies(_)
            | Self::Case(_)
            | Self::Correct(_)
            | Self::Campaign(_)
            | Self::Judge(_)
            | Self::People(_)
            | Self::Sure { .. }
            | Self::Forget(_)
            | Self::Leaving { .. }
            | Self::Game(_) => {}
        }
    }
}

/// Where an overlay lies on a terminal of this size, its frame included: all of a small screen, the middle of a
/// large one, and never over the status line and the hint bar.
pub fn area(size: (u16, u16)) -> Area {
    let width = if size.0 < 96 { size.0 } else { 88 };
    let free = size.1.saturating_sub(if size.1 >= HINTS_FROM { 2 } else { 1 });
    let height = if size.1 < 32 { free } else { (size.1 - 6).min(44) };
    Area::new((size.0 - width) / 2, 1 + (free - height) / 2, width, height)
}
