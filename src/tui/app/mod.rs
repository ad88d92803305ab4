//! The pure core of the screen: a model, messages that change it, and commands that it asks for.
//! No clock, no I/O, no terminal: the runtime brings messages and carries out commands.

pub mod action;
mod acts;
mod answering;
mod answers;
pub mod asks;
pub mod campaigns;
pub mod clocks;
pub mod cmd;
pub mod composer;
pub mod context;
pub mod correct;
pub mod cursor;
pub mod desk;
pub mod detail;
pub mod dossier;
mod explain;
pub mod figures;
pub mod first;
pub mod flow;
pub mod game;
pub mod giving;
pub mod hints;
pub mod inbox;
pub mod keys;
pub mod layout;
pub mod lists;
pub mod marks;
pub mod meters;
pub mod msg;
pub mod outbox;
pub mod overlay;
pub mod page;
pub mod people;
pub mod prompt;
mod reading;
#[cfg(test)]
pub(crate) mod samples;
pub mod scrolled;
pub mod setup;
pub mod status;
pub mod stream;
pub mod text;
pub mod trends;
pub mod trial;
pub mod when;
pub mod why;
pub mod window;

pub use action::Action;
pub use cmd::Cmd;
pub use keys::KeyNames;
pub use msg::Msg;
pub use setup::{Emoji, Occasion, Reconfigured, Setup, Writer};

use self::answering::Answering;
use self::asks::{Asks, Thing};
use self::campaigns::Campaigns;
use self::clocks::Clocks;
use self::context::Context;
use self::desk::Desk;
use self::detail::Detail;
use self::first::First;
use self::giving::Giving;
use self::inbox::Inbox;
use self::layout::{Pane, View};
use self::lists::{Signals, Sources, Watches};
use self::marks::Marks;
use self::overlay::Overlay;
use self::people::People;
use self::status::Status;
use self::stream::Stream;
use self::trends::Trends;
use self::trial::Trial;

/// What the key resolver must know: whether keys are actions or letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputMode {
    /// Keys are actions; digits are counts.
    Normal,
    /// Something lies on top that scrolls; keys are actions still.
    Overlay,
    /// A person types: every key is a [`msg::Typing`], pasted text included. Only `leave`, `suspend` and
    /// `redraw` stay actions.
    Prompt,
    /// A person writes an answer: every key is a [`msg::Typing`], Enter a line break, pasted text included. Besides
    /// those of a prompt only the actions of [`action::Place::Composer`] stay actions, and none within a paste.
    Composer,
}

/// What a message changed.
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use]
pub struct Update {
    /// Something visible changed: draw.
    pub dirty: bool,
    /// What the model asks for.
    pub cmds: Vec<Cmd>,
}

/// The whole screen as data. Each part keeps its own rules; what concerns several of them is decided here.
#[derive(Debug, Clone)]
pub struct Model {
    context: Context,
    desk: Desk,
    stream: Stream,
    first: First,
    detail: Detail,
    trends: Trends,
    lists: Lists,
    trial: Trial,
    overlays: Vec<Overlay>,
    status: Status,
    asks: Asks,
    marks: Marks,
    inbox: Inbox,
    giving: Giving,
    clocks: Clocks,
    campaigns: Campaigns,
    offer: game::Offer,
    answering: Answering,
    people: People,
}

/// The plain lists.
#[derive(Debug, Clone, Default)]
struct Lists {
    sources: Sources,
    signals: Signals,
    watches: Watches,
}

impl Model {
    /// The model of an empty screen, and what it asks for first.
    pub fn new(setup: Setup) -> (Self, Vec<Cmd>) {
        let context = Context::new(&setup);
        let mut status = Status::default();
        for notice in setup.notices {
            status.notice(notice);
        }
        let mut model = Self {
            desk: Desk::new(setup.size),
            stream: Stream::new(context.brand_id()),
            first: First::default(),
            detail: Detail::default(),
            trends: Trends::default(),
            lists: Lists::default(),
            trial: Trial::default(),
            overlays: Vec::new(),
            status,
            asks: Asks::default(),
            marks: Marks::default(),
            inbox: Inbox::default(),
            giving: Giving::default(),
            clocks: Clocks::default(),
            campaigns: Campaigns::default(),
            offer: game::Offer::default(),
            answering: Answering::default(),
            people: People::default(),
            context,
        };
        model.everything_is_stale();
        let mut update = Update::default();
        model.settle(&mut update);
        (model, update.cmds)
    }

    /// Takes a message in.
    pub fn update(&mut self, msg: Msg) -> Update {
        let mut update = Update::default();
        update.dirty = match msg {
            // Nobody writes, sends or changes what they cannot see.
            Msg::Act { action, .. } if self.is_hidden() && !action.is_for_the_blind() => false,
            Msg::Type(_) if self.is_hidden() => false,
            Msg::Act { action, count } => {
                self.status.heed();
                self.act(action, count, &mut update.cmds);
                true
            }
            Msg::Type(typing) => {
                self.status.heed();
                self.type_in(&typing, &mut update.cmds);
                true
            }
            Msg::Engine(event) => self.hear(event, &mut update.cmds),
            Msg::Answer { question, answer } => self.take_answer(question, answer, &mut update.cmds),
            Msg::Clock(now) => {
                let minute = self.tick(now, &mut update.cmds);
                self.tick_answers(&mut update.cmds) || minute
            }
            Msg::Resize(columns, rows) => {
                self.desk.resize((columns, rows));
                if let Some(overlay) = self.overlays.last_mut() {
                    overlay.fit(&self.context, (columns, rows));
                }
                true
            }
            Msg::Focus(focused) => {
                self.status.focus(focused);
                false
            }
            Msg::Notice(notice) => {
                self.status.notice(notice);
                true
            }
            Msg::Pending(pending) => self.status.set_pending(pending),
            Msg::Reconfigured(new) => {
                self.reconfigure(*new);
                true
            }
        };
        self.settle(&mut update);
        update
    }

    /// The terminal is too small to show anything.
    fn is_hidden(&self) -> bool {
        layout::too_small(self.desk.size())
    }

    /// Whether keys are actions or letters now.
    pub fn input_mode(&self) -> InputMode {
        match self.overlays.last() {
            Some(overlay) if overlay.takes_text() => InputMode::Prompt,
            Some(_) => InputMode::Overlay,
            None if self.answering.is_writing() => InputMode::Composer,
            None if self.desk.view() == View::Trial && self.desk.focus() == Pane::Trial && self.trial.editing() => {
                InputMode::Prompt
            }
            None => InputMode::Normal,
        }
    }

    fn tick(&mut self, now: crate::domain::Timestamp, cmds: &mut Vec<Cmd>) -> bool {
        let another_minute = self.context.tick(now);
        if another_minute {
            self.retry();
            if self.desk.view() == View::Acts {
                // What was given and asked fades.
                self.asks.stale(Thing::Books);
            }
            if self.trends.tick(&self.context) {
                self.trends_are_stale();
                self.asks.stale(Thing::Overview);
            }
        }
        let late = self.inbox_ticks(another_minute, cmds);
        another_minute || late
    }

    fn reconfigure(&mut self, new: Reconfigured) {
        self.context.reconfigure(new);
        self.stream.check_subject(&self.context);
        self.trends.retain(&self.context);
        self.detail.invalidate();
        self.inbox.file_mut().invalidate();
        self.people.file_mut().invalidate();
        let size = self.desk.size();
        for overlay in &mut self.overlays {
            overlay.fit(&self.context, size);
        }
        self.everything_is_stale();
    }

    /// Settings, names and the present moment.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Where the reader is.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The stream of mentions.
    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// What to answer first.
    pub fn first(&self) -> &First {
        &self.first
    }

    /// The inbox.
    pub fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// Our own posts, and the books.
    pub fn giving(&self) -> &Giving {
        &self.giving
    }

    /// The people who had to do with us.
    pub fn people(&self) -> &People {
        &self.people
    }

    /// The clocks of today.
    pub fn clocks(&self) -> &Clocks {
        &self.clocks
    }

    /// The campaigns.
    pub fn campaigns(&self) -> &Campaigns {
        &self.campaigns
    }

    /// The detail pane.
    pub fn detail(&self) -> &Detail {
        &self.detail
    }

    /// Trends.
    pub fn trends(&self) -> &Trends {
        &self.trends
    }

    /// The sources.
    pub fn sources(&self) -> &Sources {
        &self.lists.sources
    }

    /// The signals.
    pub fn signals(&self) -> &Signals {
        &self.lists.signals
    }

    /// The selection among the watches.
    pub fn watches(&self) -> &Watches {
        &self.lists.watches
    }

    /// The search.
    pub fn trial(&self) -> &Trial {
        &self.trial
    }

    /// What lies on top, the topmost last.
    pub fn overlays(&self) -> &[Overlay] {
        &self.overlays
    }

    /// The status line.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Marked mentions.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// The sheet on which an answer is written, while one is.
    pub fn composer(&self) -> Option<&composer::Composer> {
        self.answering.composer()
    }

    /// Place of that sheet among those that are answered one after the other, from 1, and how many there are.
    pub fn batch(&self) -> Option<(usize, usize)> {
        self.answering.place()
    }

    /// The outbox.
    pub fn outbox(&self) -> &outbox::Outbox {
        &self.answering.outbox
    }

    /// What is asked of the store.
    pub fn asks(&self) -> &Asks {
        &self.asks
    }
}

#[cfg(test)]
mod tests;
