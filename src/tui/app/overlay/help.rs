//! The help: every action with its keys, from the action table, and the signs; filtered as a person types.

use super::{Sheet, area};
use crate::tui::app::action::{Action, Group};
use crate::tui::app::context::Context;
use crate::tui::app::page::{Line, Page, Tone};
use crate::tui::app::text;

/// The signs of the screen and what they mean.
const SIGNS: [(&str, &str, Tone); 22] = [
    ("●", "unread", Tone::Strong),
    ("✓", "marked for a batch; of a source: it works; of a case: resolved", Tone::Good),
    ("−", "negative", Tone::Negative),
    ("·", "neutral", Tone::Muted),
    ("+", "positive", Tone::Positive),
    ("~", "uncertain: no sentiment reaches a half; of a number: guessed; of a source: silent", Tone::Warn),
    ("≠", "the word has another sense here: not about the subject", Tone::Muted),
    ("!", "complaint; of a source: it failed and is asked again", Tone::Complaint),
    ("?", "question", Tone::Question),
    ("*", "praise", Tone::Positive),
    ("$", "promotion", Tone::Muted),
    ("↵", "answered by us; of a case: acknowledged", Tone::Good),
    ("⚿", "private: not public, in no statistic and no export", Tone::Bad),
    ("×7", "a story of seven mentions: the same link, a repost, nearly the same words", Tone::Text),
    ("×", "of a source: stopped until a person does something", Tone::Bad),
    ("◌", "of a source: not asked yet", Tone::Muted),
    ("▲", "a signal: a spike or a flood; of a case: late, and nobody has answered", Tone::Bad),
    ("▸", "of a case: the last third of the time to answer runs", Tone::Warn),
    ("→", "of a case: handed over", Tone::Muted),
    ("@name", "of a case: this voice has taken it on", Tone::Good),
    ("▁▃█", "mentions over time; red or bold, with − above, where negative ones prevail", Tone::Text),
    ("k", "net with the tell factor: a negative reading weighs k positive ones", Tone::Text),
];

/// Columns of the keys on a page of so many columns.
fn keys_width(page: &Page) -> usize {
    if page.columns() < 50 { 9 } else { 14 }
}

/// The help as far as it has to do with the words.
pub(super) fn sheet(words: &str, context: &Context, size: (u16, u16)) -> Sheet {
    let area = area(size);
    let mut page = Page::new(usize::from(area.width.saturating_sub(4)));
    let wanted: Vec<String> = words.to_lowercase().split_whitespace().map(ToOwned::to_owned).collect();
    let fits = |haystack: &str| {
        let haystack = haystack.to_lowercase();
        wanted.iter().all(|word| haystack.contains(word.as_str()))
    };
    for group in Group::ALL {
        let mut begun = false;
        for action in Action::ALL.iter().copied().filter(|action| action.group() == group) {
            let keys = context.keys().all(action);
            if !fits(&format!("{keys} {} {} {}", action.name(), action.describe(), group.heading())) {
                continue;
            }
            if !begun {
                page.heading(group.heading());
                begun = true;
            }
            entry(&mut page, Tone::Key, if keys.is_empty() { "no key" } else { &keys }, action.describe());
        }
    }
    let signs: Vec<_> = SIGNS.iter().filter(|(sign, meaning, _)| fits(&format!("{sign} {meaning} signs"))).collect();
    if !signs.is_empty() {
        page.heading("Signs");
    }
    for (sign, meaning, tone) in signs {
        entry(&mut page, *tone, sign, meaning);
    }
    if page.lines().is_empty() {
        page.line(Line::of(Tone::Muted, "nothing here has to do with that"));
    }
    Sheet::new("Help", page, usize::from(area.height.saturating_sub(3)))
}

fn entry(page: &mut Page, tone: Tone, sign: &str, meaning: &str) {
    let keys = keys_width(page);
    let room = page.columns().saturating_sub(keys + 2);
    let mut lines = text::wrap(meaning, room, 9).into_iter();
    page.line(
        Line::of(tone, text::fit(sign, keys)).with(Tone::Text, "  ").with(Tone::Text, lines.next().unwrap_or_default()),
    );
    for line in lines {
        page.line(Line::of(Tone::Text, " ".repeat(keys + 2)).with(Tone::Text, line));
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::tui::app::keys::KeyNames;
    use crate::tui::app::samples::now;
    use crate::tui::app::setup::Setup;

    fn words(sheet: &Sheet) -> String {
        sheet.page().lines().iter().map(|line| line.words() + "\n").collect()
    }

    #[test]
    fn every_action_is_in_the_help_with_the_keys_in_force() {
        let mut setup = Setup::new("b", TimeZone::UTC, now(), (200, 50));
        setup.keys = KeyNames::of(|action| vec![format!("ctrl-x {}", action.name().chars().next().unwrap())]);
        let context = Context::new(&setup);
        let help = words(&sheet("", &context, (200, 50)));
        for action in Action::ALL {
            let first = text::wrap(action.describe(), 64, 9).remove(0);
            assert!(help.contains(&first), "{} is missing", action.name());
        }
        assert_eq!(help.matches("^x ").count(), Action::ALL.len());
    }

    #[test]
    fn typing_filters_and_says_when_nothing_is_left() {
        let context = Context::new(&Setup::new("b", TimeZone::UTC, now(), (80, 24)));
        let help = words(&sheet("unread next", &context, (80, 24)));
        assert!(help.contains("Next unread mention") && !help.contains("Leave at once"));
        assert!(words(&sheet("zzz", &context, (80, 24))).contains("nothing here"));
    }
}
