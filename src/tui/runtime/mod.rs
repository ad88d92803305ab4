//! The loop that joins everything: keys, signals, the engine's news and the store's answers become messages to the
//! model, its commands are carried out, and what changed is drawn.
//!
//! - [`run`] takes the terminal and gives it back;
//! - `cycle` is the loop: signals first, then keys, then news, then answers, then timers; whatever waits is taken in
//!   before one frame is drawn;
//! - `errands` carries out commands, in tasks that belong to the loop;
//! - [`timers`] knows when to wake up. An idle screen wakes up once a minute, and twice to ask whether the terminal is
//!   still there.
//!
//! This is the only room of the screen that knows the store and the engine.

mod cycle;
mod editor;
mod errands;
mod letters;
pub mod news;
pub mod timers;
mod trial;

#[cfg(test)]
#[allow(dead_code)]
#[path = "../../../tests/support/shelf.rs"]
mod shelf;
#[cfg(test)]
mod silent;

pub(crate) use letters::open as everything_for;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::app;
use super::app::cmd::Forgetting;
use super::app::people::Forgotten;
use super::input::Keymap;
use super::terminal::{self, Modes, TerminalError, Tty, Why, signals};
use super::theme::Theme;
use crate::domain::Clock;
use crate::store::Store;
use cycle::Cycle;
pub use news::{HowToSend, Newsroom};

/// Saves a query as a watch: its name and the query. Gives a line for the status line, or what went wrong. May take
/// its time, it is called where that blocks nobody.
pub type SaveWatch = Arc<dyn Fn(&str, &str) -> Result<String, String> + Send + Sync>;

/// Reads the configuration anew and brings it into force: what changed for the screen, or what is wrong with it.
pub type Reload = Arc<dyn Fn() -> BoxFuture<'static, Result<Reloaded, String>> + Send + Sync>;

/// Erases people for good, and proves it.
#[async_trait::async_trait]
pub trait Eraser: Send + Sync {
    /// What there is of somebody, a line each, or why they cannot be erased.
    async fn remains(&self, whom: &Forgetting) -> Result<Vec<String>, String>;
    /// Erases it, and searches for what is left; or why it was not.
    async fn erase(&self, whom: &Forgetting) -> Result<Forgotten, String>;
}

/// What a new configuration changes on the screen.
pub struct Reloaded {
    /// For the model. Its key names are taken from the keymap.
    pub model: app::Reconfigured,
    /// The keys.
    pub keymap: Keymap,
    /// The styles.
    pub theme: Theme,
    /// What to say on the status line.
    pub notice: String,
}

/// How the screen behaves towards the terminal and the person.
#[derive(Debug, Clone, Default)]
pub struct ScreenSettings {
    /// What the terminal is asked to do.
    pub modes: Modes,
    /// Ring the bell when the model wants to.
    pub bell: bool,
    /// The command that opens links, words separated by spaces, `{}` standing for the link; without one the
    /// system's opener, where the person sits at this machine.
    pub browser: Option<String>,
    /// The command with which a person edits texts, as the shell reads it; without one, `vi`.
    pub editor: Option<String>,
    /// Where the text lies meanwhile: a directory that only this user may read; without one, the system's.
    pub scratch: Option<std::path::PathBuf>,
}

/// Everything that the screen needs.
pub struct Setup {
    /// Where mentions are read and marked.
    pub store: Arc<dyn Store>,
    /// Who tells the news.
    pub newsroom: Arc<dyn Newsroom>,
    /// For the model. Its moment, its size and its key names are set when the screen is up.
    pub model: app::Setup,
    /// The keys.
    pub keymap: Keymap,
    /// The styles.
    pub theme: Theme,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The terminal.
    pub screen: ScreenSettings,
    /// How a watch is saved; `None` when there is no configuration to save it in.
    pub save_watch: Option<SaveWatch>,
    /// How the configuration is read anew (`SIGUSR1`, and after a watch was saved); `None` when there is none.
    pub reload: Option<Reload>,
    /// Who erases people; `None` where nobody can be erased.
    pub eraser: Option<Arc<dyn Eraser>>,
    /// What a narrator says beside what happens; a closed channel when there is none.
    pub narrator: mpsc::Receiver<String>,
}

/// What can go wrong with the screen, told to a person.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TuiError {
    /// The terminal cannot be used.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    /// Drawing failed while the program ran.
    #[error("the screen cannot be drawn any more: {0}")]
    Draw(std::io::Error),
    /// The system does not let us listen to signals.
    #[error("signals cannot be listened to: {0}")]
    Signals(std::io::Error),
}

/// How long closing down may take after a person asked to leave, before the program is ended.
const CLOSING: Duration = Duration::from_secs(10);

/// Shows the dashboard until a person leaves, a signal ends it or the terminal is gone. Returns with the terminal as
/// it was, and why it ended: [`Why::exit_code`] is what to exit with.
///
/// From then on the program is expected to end: after a signal within two seconds of it, else within ten. A backstop
/// ends it by force. Must run on a runtime with several threads.
///
/// # Errors
/// When there is no terminal, or it cannot be drawn on any more.
pub async fn run(setup: Setup) -> Result<Why, TuiError> {
    terminal::panic::install_hook();
    let listener = signals::Signals::listen().map_err(TuiError::Signals)?;
    let (tell, told) = mpsc::channel(64);
    let mut listening = JoinSet::new();
    let console = Tty::open(setup.screen.modes)?;
    listening.spawn(listener.forward(tell));
    let ended = terminal::panic::fatal(async move {
        let mut cycle = Cycle::new(console, told, setup)?;
        let ended = cycle.run().await;
        cycle.close().await;
        ended
    })
    .await;
    terminal::guard::restore();
    match &ended {
        Err(_) => signals::backstop(CLOSING, 1),
        Ok(Why::Asked) => signals::backstop(CLOSING, Why::Asked.exit_code()),
        Ok(Why::HungUp) => signals::backstop(signals::BACKSTOP, Why::HungUp.exit_code()),
        // The backstop runs since the signal came.
        Ok(Why::Interrupted | Why::Terminated) => {}
    }
    ended
}
