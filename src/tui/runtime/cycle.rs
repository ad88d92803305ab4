//! The loop. Nothing else touches the model, and nothing in here waits for the store, the network or a file.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::broadcast::{self, error::RecvError, error::TryRecvError};
use tokio::sync::mpsc;

use super::errands::{Brought, Errands, info};
use super::timers::Timers;
use super::{Newsroom, Setup, TuiError};
use crate::domain::time::SignedDuration;
use crate::domain::{Clock, Role, SafeText, SubjectId, Timestamp};
use crate::engine::Event as News;
use crate::tui::app::msg::Answer;
use crate::tui::app::{Model, Msg};
use crate::tui::input::{Resolved, Resolver};
use crate::tui::terminal::{
    Browser, Console, Event, FramePolicy, Heard, Screen, Signal, Surroundings, TerminalError, Urgency, Why, is_gone,
};
use crate::tui::theme::Theme;

/// How often the terminal is asked whether it is still there: some hang-ups send no signal.
const WATCH: Duration = Duration::from_secs(30);
/// A window that is being dragged settles for so long before it is measured...
const SETTLE: Duration = Duration::from_millis(50);
/// ...but no longer than this after the first change.
const SETTLE_AT_MOST: Duration = Duration::from_millis(150);
/// Answers so soon after a key are the key's: drawn as fast as it.
const ANSWERS_A_KEY: Duration = Duration::from_millis(500);
/// Between messages the model's moment may be so old.
const FRESH: SignedDuration = SignedDuration::from_millis(100);
/// Most of each kind that is taken in before a frame is drawn.
const AT_ONCE: usize = 256;

mod editing;
mod effects;

pub(super) struct Cycle<C: Console> {
    console: C,
    signals: mpsc::Receiver<Signal>,
    news: broadcast::Receiver<News>,
    news_end: bool,
    narrator: mpsc::Receiver<String>,
    newsroom: Arc<dyn Newsroom>,
    errands: Errands,
    clock: Arc<dyn Clock>,
    timers: Timers,
    told_time: Timestamp,
    model: Model,
    resolver: Resolver,
    theme: Theme,
    screen: Screen,
    frames: FramePolicy,
    browser: Browser,
    around: Surroundings,
    bell: bool,
    brand: Option<SubjectId>,
    title: Option<SafeText>,
    pending: String,
    last_key: Option<Instant>,
    /// When a changed window is measured, and when it changed first.
    settling: Option<(Instant, Instant)>,
    watch: Instant,
    suspending: bool,
    /// A text that a person wants to edit, and the number of the question.
    editing: Option<(u64, String)>,
    editor: Option<String>,
    scratch: std::path::PathBuf,
    ending: Option<Why>,
}

/// What the loop woke up for.
enum Woken {
    Signal(Signal),
    Heard(Heard),
    News(Result<News, RecvError>),
    Brought(Brought),
    Narrated(String),
    Timer,
}

impl<C: Console> Cycle<C> {
    pub(super) fn new(console: C, signals: mpsc::Receiver<Signal>, setup: Setup) -> Result<Self, TuiError> {
        let Setup { store, newsroom, mut model, keymap, theme, clock, screen, save_watch, reload, eraser, narrator } =
            setup;
        let size = console.size().map_err(TuiError::Draw)?;
        let now = clock.now();
        model.size = size;
        model.now = now;
        model.keys = keymap.names();
        let brand = model.subjects.iter().find(|subject| subject.role == Role::Brand).map(|subject| subject.id);
        let title = screen.modes.title.then(|| SafeText::line(&format!("goodword · {}", model.brand), 80));
        let around = Surroundings::here();
        let news = newsroom.subscribe();
        let (model, first) = Model::new(model);
        let mut cycle = Self {
            console,
            signals,
            news,
            news_end: false,
            narrator,
            errands: Errands::new(store, Arc::clone(&newsroom), save_watch, reload).erasing(eraser),
            newsroom,
            clock,
            timers: Timers::new(now),
            told_time: now,
            model,
            resolver: Resolver::new(keymap),
            theme,
            screen: Screen::new(size, screen.modes.synchronized),
            frames: FramePolicy::default(),
            browser: Browser::new(screen.browser.as_deref(), around),
            around,
            bell: screen.bell,
            brand,
            title,
            pending: String::new(),
            last_key: None,
            settling: None,
            watch: Instant::now() + WATCH,
            suspending: false,
            editing: None,
            editor: screen.editor,
            scratch: screen.scratch.unwrap_or_else(std::env::temp_dir),
            ending: None,
        };
        cycle.tell_title()?;
        cycle.carry_out(first)?;
        for event in cycle.newsroom.so_far() {
            cycle.tell(Msg::Engine(event), Urgency::Key)?;
        }
        cycle.frames.want(Instant::now(), Urgency::Key);
        Ok(cycle)
    }

    /// Goes round until the program ends.
    pub(super) async fn run(&mut self) -> Result<Why, TuiError> {
        let ended = self.go_round().await;
        match ended {
            // A terminal that is gone is no failure of ours, and there is nobody to tell it to.
            Err(TuiError::Draw(error) | TuiError::Terminal(TerminalError::Refused { error, .. }))
                if is_gone(&error) =>
            {
                Ok(Why::HungUp)
            }
            other => other,
        }
    }

    async fn go_round(&mut self) -> Result<Why, TuiError> {
        loop {
            self.draw_if_due()?;
            let woken = self.wait().await;
            self.take(woken)?;
            self.drain()?;
            if std::mem::take(&mut self.suspending) {
                self.suspend().await?;
            }
            if let Some((question, text)) = self.editing.take() {
                self.edit(question, &text).await?;
            }
            self.timers_struck()?;
            if let Some(why) = self.ending {
                return Ok(why);
            }
        }
    }

    /// Ends what was begun; changes that a person made are stored.
    pub(super) async fn close(&mut self) {
        // However it ended, what is being written is stored; nothing of that needs the terminal.
        let last = self.model.last_words();
        let _ = self.carry_out(last);
        self.console.leave();
        self.errands.close().await;
    }

    async fn wait(&mut self) -> Woken {
        let frame = if self.settling.is_some() { None } else { self.frames.due() };
        let settled = self.settling.map(|(until, _)| until);
        let struck = Instant::now() + self.timers.rest(self.clock.now());
        let next = [frame, settled].into_iter().flatten().fold(struck.min(self.watch), Instant::min);
        tokio::select! {
            biased;
            Some(signal) = self.signals.recv() => Woken::Signal(signal),
            heard = self.console.next() => Woken::Heard(heard),
            news = self.news.recv(), if !self.news_end => Woken::News(news),
            brought = self.errands.next() => Woken::Brought(brought),
            Some(line) = self.narrator.recv() => Woken::Narrated(line),
            () = tokio::time::sleep_until(next.into()) => Woken::Timer,
        }
    }

    fn take(&mut self, woken: Woken) -> Result<(), TuiError> {
        if !matches!(woken, Woken::Timer) {
            // What comes now is judged by the present moment, not by the last full minute.
            self.tell_time(FRESH)?;
        }
        match woken {
            Woken::Signal(signal) => self.signal(signal),
            Woken::Heard(heard) => self.heard(heard),
            Woken::News(news) => self.news(news),
            Woken::Brought(brought) => self.brought(brought),
            Woken::Narrated(line) => {
                tracing::info!(line, "the narrator");
                self.tell(info(&line), Urgency::Data)
            }
            Woken::Timer => Ok(()),
        }
    }

    /// Takes in whatever waits, in the same order of importance, so that one frame shows all of it.
    fn drain(&mut self) -> Result<(), TuiError> {
        for _ in 0..AT_ONCE {
            let Ok(signal) = self.signals.try_recv() else { break };
            self.signal(signal)?;
        }
        for _ in 0..AT_ONCE {
            if self.ending.is_some() {
                return Ok(());
            }
            let Some(heard) = self.console.try_next() else { break };
            self.heard(heard)?;
        }
        for _ in 0..AT_ONCE {
            match self.news.try_recv() {
                Ok(event) => self.news(Ok(event))?,
                Err(TryRecvError::Lagged(missed)) => self.news(Err(RecvError::Lagged(missed)))?,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        for _ in 0..AT_ONCE {
            let Some(brought) = self.errands.try_next() else { break };
            self.brought(brought)?;
        }
        Ok(())
    }

    fn signal(&mut self, signal: Signal) -> Result<(), TuiError> {
        match signal {
            Signal::End(why) => self.ending = Some(why),
            Signal::Resized => self.window_changed(),
            Signal::Suspend => self.suspending = true,
            Signal::Continued => self.take_terminal_again()?,
            Signal::Reload => {
                if let Some(told) = self.errands.reload(true) {
                    self.tell(told, Urgency::Key)?;
                }
            }
        }
        Ok(())
    }

    fn heard(&mut self, heard: Heard) -> Result<(), TuiError> {
        let mode = self.model.input_mode();
        let resolved = match heard.event {
            Event::Closed => {
                self.ending = Some(Why::HungUp);
                return Ok(());
            }
            Event::Focus(focused) => return self.tell(Msg::Focus(focused), Urgency::Key),
            Event::Paste(text, characters) => self.resolver.paste(&text, characters, mode),
            Event::Key(key) => self.resolver.key(&key, heard.at, mode),
        };
        self.last_key = Some(heard.at);
        match resolved {
            Resolved::Action(action, count) => self.tell(Msg::Act { action, count }, Urgency::Key)?,
            Resolved::Typing(typing) => self.tell(Msg::Type(typing), Urgency::Key)?,
            Resolved::Pending | Resolved::Nothing => {}
        }
        let pending = self.resolver.pending();
        if pending != self.pending {
            self.pending.clone_from(&pending);
            self.tell(Msg::Pending(pending), Urgency::Key)?;
        }
        Ok(())
    }

    fn news(&mut self, news: Result<News, RecvError>) -> Result<(), TuiError> {
        let event = match news {
            Ok(event) => event,
            Err(RecvError::Lagged(missed)) => {
                tracing::debug!(missed, "the screen lagged behind the news and reads the store again");
                News::Changed
            }
            Err(RecvError::Closed) => {
                self.news_end = true;
                return Ok(());
            }
        };
        self.tell(Msg::Engine(event), Urgency::Data)
    }

    fn brought(&mut self, brought: Brought) -> Result<(), TuiError> {
        let soon = self.last_key.is_some_and(|at| at.elapsed() < ANSWERS_A_KEY);
        // The model reads the list a few times a second at most; a list that was read is shown at once.
        let listed =
            matches!(brought, Brought::Message(Msg::Answer { answer: Answer::Rows(_) | Answer::Cases(_), .. }));
        let urgency = if soon || listed { Urgency::Key } else { Urgency::Data };
        match brought {
            Brought::Nothing => Ok(()),
            Brought::Message(message) => self.tell(message, urgency),
            Brought::Saved(message) => {
                self.tell(message, Urgency::Key)?;
                self.errands.reload(false).map_or(Ok(()), |told| self.tell(told, Urgency::Key))
            }
            Brought::Reloaded(mut reloaded) => {
                reloaded.model.keys = reloaded.keymap.names();
                let subjects = &reloaded.model.subjects;
                self.brand = subjects.iter().find(|subject| subject.role == Role::Brand).map(|subject| subject.id);
                self.resolver = Resolver::new(reloaded.keymap);
                self.theme = reloaded.theme;
                self.screen.repaint();
                self.tell(Msg::Reconfigured(Box::new(reloaded.model)), Urgency::Key)?;
                self.tell(info(&reloaded.notice), Urgency::Key)
            }
        }
    }
}

#[cfg(test)]
mod tests;
