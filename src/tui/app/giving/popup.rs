//! What a person says that an act does: one key, and it is kept.

use super::super::context::Context;
use super::super::msg::Typing;
use super::super::overlay::Step;
use super::super::page::{Line, Page, Tone};
use super::super::text;
use super::pages::look;
use crate::domain::{ActId, Deed, Give, SafeText};
use crate::engine::books::shown::Standing;

/// The keys of the popup, for the hint bar.
pub const HINTS: &[(&str, &str)] = &[("a … n", "say what it does"), ("Esc", "do not")];

/// Each deed with its key and in more words.
const CHOICES: [(char, Deed, &str); 13] = [
    ('a', Deed::Give(Give::Answer), "a question is answered"),
    ('t', Deed::Give(Give::Teach), "something is taught"),
    ('k', Deed::Give(Give::Thank), "somebody is thanked"),
    ('s', Deed::Give(Give::Share), "another's work is shown"),
    ('f', Deed::Give(Give::Fix), "something is put right"),
    ('d', Deed::Give(Give::Donate), "money, goods or work are given away"),
    ('o', Deed::SoftAsk, "asks for little: read, follow, repost"),
    ('h', Deed::HardAsk, "asks for much: buy, sign up, order"),
    ('c', Deed::Conditional { capped: false, all_proceeds: false }, "gives only if others act first"),
    ('m', Deed::Conditional { capped: true, all_proceeds: false }, "the same, up to a most"),
    ('p', Deed::Conditional { capped: false, all_proceeds: true }, "all that comes in is given away"),
    ('q', Deed::Conditional { capped: true, all_proceeds: true }, "the same, up to a most"),
    ('n', Deed::Talk, "neither gives nor asks"),
];

/// What a person is about to say of an act.
#[derive(Debug, Clone, PartialEq)]
pub struct Judging {
    act: ActId,
    words: SafeText,
    now: Deed,
}

impl Judging {
    /// Of this act.
    pub fn of(standing: &Standing) -> Self {
        Self { act: standing.act.id, words: standing.act.text.clone(), now: standing.line.entry.deed }
    }

    /// Its title.
    pub fn title(&self) -> &'static str {
        "What does it do?"
    }

    /// Takes a key in.
    pub(in crate::tui::app) fn type_in(&self, typing: &Typing) -> Step {
        match typing {
            Typing::Character(key) => {
                let key = key.to_ascii_lowercase();
                let chosen = CHOICES.iter().find(|(known, _, _)| *known == key);
                chosen.map_or(Step::Stay, |(_, deed, _)| Step::Judge(vec![self.act], *deed))
            }
            Typing::Submit | Typing::Cancel => Step::Close,
            _ => Step::Stay,
        }
    }

    /// What the popup shows.
    pub fn page(&self, columns: usize, context: &Context) -> Page {
        let mut page = Page::new(columns);
        let words = SafeText::line(self.words.as_str(), 400);
        let words = text::fold(words.as_str(), context.emoji());
        page.line(Line::of(Tone::Muted, text::clip(&words, columns).into_owned()));
        page.gap();
        for (key, deed, more) in CHOICES {
            let (tone, sign) = look(deed.gesture());
            let name = text::fit(deed.words(), 17);
            let name = if deed == self.now { (Tone::Found, name) } else { (tone, name) };
            page.line(
                Line::of(Tone::Key, format!("{key}  "))
                    .with(tone, format!("{sign} "))
                    .with(name.0, name.1)
                    .with(Tone::Muted, format!(" {}", text::clip(more, columns.saturating_sub(23)))),
            );
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_deed_has_a_key_of_its_own() {
        let keys: BTreeSet<char> = CHOICES.iter().map(|(key, _, _)| *key).collect();
        assert_eq!(keys.len(), Deed::ALL.len());
        assert!(Deed::ALL.iter().all(|deed| CHOICES.iter().any(|(_, known, _)| known == deed)));
    }
}
