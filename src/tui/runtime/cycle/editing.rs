//! The screen away, a person's editor in its place, and the screen again, whatever the editor did to the terminal.

use super::super::TuiError;
use super::super::editor::Letter;
use super::super::errands::LONGEST_LINE;
use super::Cycle;
use crate::domain::SafeText;
use crate::tui::app::Msg;
use crate::tui::app::composer::errand::Told;
use crate::tui::app::msg::Answer;
use crate::tui::terminal::{Console, Signal, Urgency};

impl<C: Console> Cycle<C> {
    /// Lets a person write on at a text in their editor. The draft was stored before.
    pub(super) async fn edit(&mut self, question: u64, text: &str) -> Result<(), TuiError> {
        let letter = match Letter::write(&self.scratch, text) {
            Ok(letter) => letter,
            Err(error) => {
                let why = format!("no file can be written for the editor in {}: {error}", self.scratch.display());
                return self.edited(question, Err(why));
            }
        };
        self.errands.settle().await;
        self.console.leave();
        let told = match letter.edit(self.editor.as_deref()) {
            Ok(mut child) => {
                let succeeded = self.wait_for(&mut child).await;
                match letter.read() {
                    Ok(words) if succeeded || self.ending.is_some() => Ok(words),
                    Ok(_) => Err("the editor failed: the text is as it was".to_owned()),
                    Err(error) => Err(format!("what the editor wrote cannot be read ({error}): the text is as it was")),
                }
            }
            Err(error) => Err(format!("the editor does not start: {error}")),
        };
        self.console.tidy();
        self.edited(question, told)?;
        self.take_terminal_again()
    }

    fn edited(&mut self, question: u64, told: Result<String, String>) -> Result<(), TuiError> {
        let told = told.map_err(|why| SafeText::line(&why, LONGEST_LINE));
        self.tell(Msg::Answer { question, answer: Answer::Told(Told::Edited(told)) }, Urgency::Key)
    }

    /// Waits for the editor; whether it ended well. What the system tells meanwhile is heeded: the end, and Ctrl-Z in
    /// the editor, which must stop us too or the shell would never have the terminal.
    async fn wait_for(&mut self, child: &mut tokio::process::Child) -> bool {
        loop {
            tokio::select! {
                biased;
                Some(signal) = self.signals.recv() => match signal {
                    Signal::End(why) => {
                        self.ending = Some(why);
                        let _ = child.start_kill();
                        let _ = child.wait().await;
                        return false;
                    }
                    Signal::Suspend if self.console.can_stop() => self.console.stop(),
                    Signal::Suspend | Signal::Continued | Signal::Resized | Signal::Reload => {}
                },
                ended = child.wait() => return ended.is_ok_and(|status| status.success()),
            }
        }
    }
}
