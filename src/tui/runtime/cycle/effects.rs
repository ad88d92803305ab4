//! What the loop does: tell the model, carry out its commands, draw, go to the shell and come back.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::TuiError;
use super::super::errands::{Change, Words, info, trouble};
use super::{Cycle, SETTLE, SETTLE_AT_MOST, WATCH};
use crate::domain::SafeText;
use crate::domain::time::SignedDuration;
use crate::store::cases::ByHand;
use crate::tui::app::{Cmd, Msg};
use crate::tui::terminal::{Console, Signal, Urgency, Why, clipboard};
use crate::tui::view;

/// How long to wait for being continued after a stop, of which the loop itself sees nothing. Only a signal that got
/// lost is waited for.
const STOPPED: Duration = Duration::from_secs(1);
/// Longest link on the status line, in characters.
const LONGEST_LINK: usize = 300;

impl<C: Console> Cycle<C> {
    /// Tells the model something and carries out what it asks for, and what follows from that.
    pub(super) fn tell(&mut self, message: Msg, urgency: Urgency) -> Result<(), TuiError> {
        let mut messages = VecDeque::from([message]);
        while let Some(message) = messages.pop_front() {
            let update = self.model.update(message);
            if update.dirty {
                self.frames.want(Instant::now(), urgency);
            }
            for command in update.cmds {
                messages.extend(self.carry_out_one(command)?);
            }
        }
        Ok(())
    }

    /// Carries out commands that follow from no message.
    pub(super) fn carry_out(&mut self, commands: Vec<Cmd>) -> Result<(), TuiError> {
        for command in commands {
            if let Some(message) = self.carry_out_one(command)? {
                self.tell(message, Urgency::Key)?;
            }
        }
        Ok(())
    }

    /// Carries out a command; gives what is to be said about it at once.
    fn carry_out_one(&mut self, command: Cmd) -> Result<Option<Msg>, TuiError> {
        Ok(match command {
            Cmd::Load { question, load } => self.errands.load(question, load, self.brand),
            Cmd::Try { question, query } => {
                self.errands.attempt(question, query, self.clock.now());
                None
            }
            Cmd::EndTrial => {
                self.errands.end_trial();
                None
            }
            Cmd::SaveWatch { question, name, query } => self.errands.save_watch(question, name, query),
            Cmd::MarkRead { question, ids, read } => self.errands.change(Change::Read { question, ids, read }),
            Cmd::MarkAllRead { question, filter, last } => {
                self.errands.change(Change::AllRead { question, filter, last })
            }
            Cmd::ChangeCases { question, order } => self.errands.change(Change::Cases { question, order }),
            Cmd::ChangeCampaigns { question, change, voice, at } => {
                let newsroom = Arc::clone(&self.newsroom);
                self.errands.change(Change::Campaigns { question, newsroom, change, voice, at })
            }
            Cmd::UndoSteps { question, steps, voice, at } => {
                let by = ByHand { voice: Some(voice), at };
                self.errands.change(Change::UndoSteps { question, steps, by })
            }
            Cmd::Correct { question, ids, subject, said, occasion } => {
                let (newsroom, words) = (Arc::clone(&self.newsroom), Words { ids, subject, said, occasion });
                self.errands.change(Change::Correct { question, newsroom, words })
            }
            Cmd::UndoCorrections { question, ids } => {
                let newsroom = Arc::clone(&self.newsroom);
                self.errands.change(Change::Uncorrect { question, newsroom, ids })
            }
            Cmd::CorrectActs { question, acts, deed } => {
                self.errands.change(Change::CorrectActs { question, acts, deed })
            }
            Cmd::UndoActCorrections { question, ids } => self.errands.change(Change::UncorrectActs { question, ids }),
            Cmd::Forget { question, whom, sure } => self.errands.forget(question, whom, sure),
            Cmd::People { question, deed, at } => self.errands.change(Change::People { question, deed, at }),
            Cmd::SeeSignal(signal) => self.errands.change(Change::Seen(signal)),
            Cmd::Refresh(source) => (!self.newsroom.refresh(source))
                .then(|| info("another goodword collects into this data directory; it polls when it is time")),
            Cmd::Pause(paused) => {
                self.errands.pause(Arc::clone(&self.newsroom), paused);
                None
            }
            Cmd::Errand { question, errand } => self.errands.errand(question, errand, self.clock.now()),
            Cmd::Edit { question, text } => {
                self.editing = Some((question, text));
                None
            }
            Cmd::Copy(text) => Some(self.copy(&text)?),
            Cmd::Browse(link) => Some(self.browse(&link)),
            Cmd::Bell => {
                if self.bell {
                    self.console.write(b"\x07").map_err(TuiError::Draw)?;
                }
                None
            }
            Cmd::Wake(moment) => {
                self.timers.wake_at(moment);
                None
            }
            Cmd::Reload => self.errands.reload(true),
            Cmd::Redraw => {
                self.window_changed();
                None
            }
            Cmd::Suspend => {
                self.suspending = true;
                None
            }
            Cmd::Quit => {
                self.ending.get_or_insert(Why::Asked);
                None
            }
        })
    }

    /// Nobody can know whether the terminal took it, so it is only said to be sent.
    fn copy(&mut self, text: &str) -> Result<Msg, TuiError> {
        let copying = clipboard::copy(text, self.around.tmux);
        self.console.write(&copying.bytes).map_err(TuiError::Draw)?;
        let what = if copying.cut { "the beginning, " } else { "" };
        Ok(info(&format!("sent to the terminal's clipboard: {what}{} characters", copying.characters)))
    }

    fn browse(&mut self, link: &str) -> Msg {
        let shown = SafeText::line(link, LONGEST_LINK);
        match self.browser.open(link) {
            Ok(true) => info(&format!("opening {shown}")),
            Ok(false) => info(&format!("no browser here, the link is {shown}")),
            Err(error) => trouble(&format!("the browser does not start ({error}), the link is {shown}")),
        }
    }

    /// The size may be another, and nothing is known of what the terminal shows: several such changes in a row
    /// become one.
    pub(super) fn window_changed(&mut self) {
        let now = Instant::now();
        let first = self.settling.map_or(now, |(_, first)| first);
        self.settling = Some(((now + SETTLE).min(first + SETTLE_AT_MOST), first));
    }

    fn measure(&mut self) -> Result<(), TuiError> {
        self.settling = None;
        let size = self.console.size().map_err(TuiError::Draw)?;
        let changed = size != self.screen.size();
        // Also when the size is the same: that is how tmux and dtach say that somebody attached.
        self.screen.resize(size);
        self.frames.want(Instant::now(), Urgency::Key);
        if changed { self.tell(Msg::Resize(size.0, size.1), Urgency::Key) } else { Ok(()) }
    }

    /// Tells the model the time when a timer struck, or when what it knows is older than `age`.
    pub(super) fn tell_time(&mut self, age: SignedDuration) -> Result<(), TuiError> {
        let now = self.clock.now();
        if self.timers.has_struck(now) || now.duration_since(self.told_time) >= age {
            self.told_time = now;
            self.tell(Msg::Clock(now), Urgency::Data)?;
        }
        Ok(())
    }

    /// What is due by the time alone.
    pub(super) fn timers_struck(&mut self) -> Result<(), TuiError> {
        self.tell_time(SignedDuration::MAX)?;
        let at = Instant::now();
        if self.settling.is_some_and(|(until, _)| until <= at) {
            self.measure()?;
        }
        if self.watch <= at {
            self.watch = at + WATCH;
            self.browser.reap();
            self.console.size().map_err(TuiError::Draw)?;
        }
        Ok(())
    }

    pub(super) fn draw_if_due(&mut self) -> Result<(), TuiError> {
        if self.settling.is_some() || !self.frames.is_due(Instant::now()) {
            return Ok(());
        }
        let (model, theme) = (&self.model, &self.theme);
        let bytes = self.screen.frame(|area, buffer| view::draw(model, theme, area, buffer)).map_err(TuiError::Draw)?;
        if !bytes.is_empty() {
            self.console.write(bytes).map_err(TuiError::Draw)?;
        }
        self.frames.drawn(Instant::now());
        Ok(())
    }

    pub(super) fn tell_title(&mut self) -> Result<(), TuiError> {
        let Some(title) = &self.title else { return Ok(()) };
        self.console.write(format!("\x1b]2;{title}\x07").as_bytes()).map_err(TuiError::Draw)
    }

    /// To the shell, until somebody continues the program.
    pub(super) async fn suspend(&mut self) -> Result<(), TuiError> {
        if !self.console.can_stop() {
            return self
                .tell(trouble("there is no shell to go to: this terminal has run goodword alone"), Urgency::Key);
        }
        // What came before the stop must not be taken for the continuation.
        while let Ok(signal) = self.signals.try_recv() {
            match signal {
                Signal::End(why) => {
                    self.ending = Some(why);
                    return Ok(());
                }
                Signal::Reload => {
                    self.errands.reload(true);
                }
                Signal::Resized | Signal::Suspend | Signal::Continued => {}
            }
        }
        // A process that is stopped may be killed: what is being written is stored first.
        self.errands.settle().await;
        self.console.leave();
        self.console.stop();
        let continued = async {
            while let Some(signal) = self.signals.recv().await {
                match signal {
                    Signal::Continued => return None,
                    Signal::End(why) => return Some(why),
                    Signal::Resized | Signal::Suspend | Signal::Reload => {}
                }
            }
            None
        };
        if let Ok(Some(why)) = tokio::time::timeout(STOPPED, continued).await {
            self.ending = Some(why);
            return Ok(());
        }
        self.take_terminal_again()
    }

    /// After a stop, asked for or not: the shell may have changed everything.
    pub(super) fn take_terminal_again(&mut self) -> Result<(), TuiError> {
        // With a hang-up the system also continues the program: then there is nothing to take.
        if self.ending.is_some() {
            return Ok(());
        }
        self.console.size().map_err(TuiError::Draw)?;
        self.console.leave();
        self.console.enter()?;
        self.tell_title()?;
        self.measure()
    }
}
