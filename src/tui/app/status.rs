//! What the status line knows: figures, whether we collect, trouble that concerns everything, a notice.

use super::context::Context;
use super::figures;
use super::lists::{Signals, Sources};
use super::msg::{Notice, Weight};
use super::page::{Line, Page, Tone};
use super::text;
use crate::domain::{Overview, SafeText};
use crate::engine::Standing;

/// Longest line of trouble or notice, in characters.
const LONGEST: usize = 400;

/// The status line.
#[derive(Debug, Clone, Default)]
pub struct Status {
    overview: Option<Overview>,
    standing: Option<Standing>,
    paused: bool,
    trouble: Option<SafeText>,
    notices: Vec<Notice>,
    pending: String,
    unfocused: bool,
}

impl Status {
    /// Most notices that wait to be read.
    const MOST_NOTICES: usize = 20;

    /// Figures of the store, once they are known.
    pub fn overview(&self) -> Option<Overview> {
        self.overview
    }

    /// Takes the figures in.
    pub fn answer(&mut self, overview: Overview) -> bool {
        let changed = self.overview != Some(overview);
        self.overview = Some(overview);
        changed
    }

    /// Whether this process collects, once it is known.
    pub fn standing(&self) -> Option<&Standing> {
        self.standing.as_ref()
    }

    /// Whether we collect changed.
    pub fn stand(&mut self, standing: Standing) -> bool {
        let changed = self.standing.as_ref() != Some(&standing);
        self.standing = Some(standing);
        changed
    }

    /// All traffic with the networks is held back.
    pub fn paused(&self) -> bool {
        self.paused
    }

    /// All traffic is held back, or goes on.
    pub fn pause(&mut self, paused: bool) -> bool {
        std::mem::replace(&mut self.paused, paused) != paused
    }

    /// Trouble that concerns everything.
    pub fn trouble(&self) -> Option<&SafeText> {
        self.trouble.as_ref()
    }

    /// The store is in trouble, or well again.
    pub fn set_trouble(&mut self, trouble: Option<&str>) -> bool {
        let trouble = trouble.map(|words| SafeText::line(words, LONGEST));
        let changed = self.trouble != trouble;
        self.trouble = trouble;
        changed
    }

    /// Says something; the oldest goes when too much was said.
    pub fn say(&mut self, weight: Weight, words: &str) {
        self.notice(Notice { weight, text: SafeText::line(words, LONGEST) });
    }

    /// Says something.
    pub fn notice(&mut self, notice: Notice) {
        self.notices.retain(|known| *known != notice);
        self.notices.push(notice);
        if self.notices.len() > Self::MOST_NOTICES {
            self.notices.remove(0);
        }
    }

    /// What a notice that begins so told of has come about: these words take its place. False when there is none.
    pub fn overtaken(&mut self, begins: &str, words: &str) -> bool {
        let notice = self.notices.iter_mut().find(|known| known.text.as_str().starts_with(begins));
        notice.map(|notice| notice.text = SafeText::line(words, LONGEST)).is_some()
    }

    /// The notice to show.
    pub fn shown(&self) -> Option<&Notice> {
        self.notices.last()
    }

    /// A key was pressed: the notice that is shown was read. Trouble that was told before it is shown next; what was
    /// said only in passing is over.
    pub fn heed(&mut self) {
        self.notices.pop();
        self.notices.retain(|notice| notice.weight == Weight::Trouble);
    }

    /// What was typed of a count or a sequence.
    pub fn pending(&self) -> &str {
        &self.pending
    }

    /// Takes in what was typed of a count or a sequence.
    pub fn set_pending(&mut self, pending: String) -> bool {
        let changed = self.pending != pending;
        self.pending = pending;
        changed
    }

    /// The terminal window got or lost the focus.
    pub fn focus(&mut self, focused: bool) {
        self.unfocused = !focused;
    }

    /// Whether the terminal window is known to be without the focus.
    pub fn unfocused(&self) -> bool {
        self.unfocused
    }

    /// What the status line is made of.
    pub fn explain(&self, page: &mut Page, context: &Context, sources: &Sources, signals: &Signals) {
        let row = |page: &mut Page, number: String, words: &str| {
            page.line(Line::of(Tone::Strong, format!("{number:>9}  ")).with(Tone::Text, words));
        };
        match self.overview {
            Some(overview) => {
                row(page, text::grouped(overview.unread), "mentions that no person has seen");
                row(
                    page,
                    text::grouped(overview.unread_complaints),
                    &format!("of them complaints about {}", context.brand()),
                );
                row(page, text::grouped(overview.today), "published since midnight");
                row(page, text::grouped(overview.mentions), "in the store");
            }
            None => page.line(Line::of(Tone::Muted, "the store has not answered yet")),
        }
        let (working, all) = sources.working();
        row(page, format!("{working}/{all}"), "sources without trouble, of all");
        row(page, signals.unseen().to_string(), "signals that no person has seen");
        page.gap();
        let standing = match &self.standing {
            Some(Standing::Collecting) => "collecting: this process asks the sources".to_owned(),
            Some(Standing::Following { holder }) => format!(
                "following: {} asks the sources; this process takes over if it ends",
                SafeText::line(holder, 80)
            ),
            None => "not known yet whether this process collects".to_owned(),
        };
        page.prose(Tone::Text, 0, &standing);
        if self.paused {
            let words =
                "paused: no source is asked, nothing is sent and no connection is kept, until a person lifts it";
            page.prose(Tone::Warn, 0, words);
        }
        page.prose(
            Tone::Muted,
            0,
            &format!(
                "k = {}, below {} readings a net says \"too few\".",
                context.tell_factor_text(),
                figures::FEWEST_READINGS
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_are_shown_newest_first_and_bounded() {
        let mut status = Status::default();
        for number in 0..40 {
            let weight = if number == 30 { Weight::Trouble } else { Weight::Info };
            status.say(weight, &format!("notice {number}"));
        }
        assert_eq!(status.notices.len(), Status::MOST_NOTICES);
        assert_eq!(status.shown().unwrap().text.as_str(), "notice 39");
        status.heed();
        assert_eq!(status.shown().unwrap().text.as_str(), "notice 30", "what was said in passing is over");
        status.heed();
        assert!(status.shown().is_none());
    }
}
