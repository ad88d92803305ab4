//! Asking a person at the terminal, secrets without showing them. Without a terminal, lines are read from standard
//! input, so that scripts can answer; nothing secret ever comes from an argument.

use std::io::{BufRead, IsTerminal, Write};

use async_trait::async_trait;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use secrecy::SecretString;
use tokio::sync::oneshot;

use crate::domain::SafeText;
use crate::sources::Person;

/// Longest answer, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The person at the terminal.
pub struct Terminal {
    interactive: bool,
}

impl Terminal {
    /// Whoever is at standard input.
    pub fn new() -> Self {
        Self { interactive: std::io::stdin().is_terminal() }
    }

    fn prompt(&self, question: &str) {
        if self.interactive {
            let mut err = std::io::stderr().lock();
            let question = SafeText::line(question.trim_end().trim_end_matches(':'), 200);
            let _ = write!(err, "{question}: ");
            let _ = err.flush();
        }
    }
}

impl Default for Terminal {
    fn default() -> Self {
        Self::new()
    }
}

/// One line of standard input, without its end; `None` for an empty one, or none at all.
fn line() -> Option<String> {
    use std::io::Read;
    let mut text = String::new();
    std::io::stdin().lock().take(LONGEST).read_line(&mut text).ok()?;
    let text = text.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The same, without holding up what else goes on. Dropped, it leaves a thread that still reads, until the end of
/// the program, which is near then.
async fn answer() -> Option<String> {
    let (done, answer) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = done.send(line());
    });
    answer.await.ok().flatten()
}

/// A terminal that shows nothing of what is typed; as before when dropped.
struct Silence(Termios);

impl Silence {
    fn begin() -> Option<Self> {
        let before = tcgetattr(std::io::stdin()).ok()?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        silent.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(std::io::stdin(), OptionalActions::Flush, &silent).ok()?;
        Some(Self(before))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Flush, &self.0);
    }
}

#[async_trait]
impl Person for Terminal {
    async fn tell(&self, words: &str) {
        super::output::remark(SafeText::block(words).as_str());
    }

    async fn ask(&self, question: &str) -> Option<String> {
        self.prompt(question);
        answer().await
    }

    async fn ask_secret(&self, question: &str) -> Option<SecretString> {
        // Before the question: who answers at once is not shown either.
        let _silence = self.interactive.then(Silence::begin).flatten();
        self.prompt(question);
        answer().await.map(SecretString::from)
    }
}
