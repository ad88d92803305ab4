//! The hint bar: what can be done here, with the keys in force.

use super::action::Action;
use super::layout::{Pane, View};
use super::overlay::Overlay;
use super::{InputMode, Model};
use crate::domain::case::CaseRow;

/// A key and what it does, both short.
pub type Hint = (String, String);

/// What to show on the hint bar, the most useful first.
pub fn hints(model: &Model) -> Vec<Hint> {
    let pending = model.status().pending();
    if !pending.is_empty() {
        return continuations(model, pending);
    }
    if let Some(overlay) = model.overlays().last() {
        return on_overlay(model, overlay);
    }
    if model.desk().view() == View::Trial && model.trial().editing() {
        return fixed(&[("Enter", "try it"), ("↑", "earlier queries"), ("Esc", "done")]);
    }
    if let Some(composer) = model.composer() {
        return writing(model, composer);
    }
    let mut actions: Vec<Action> = here(model).to_vec();
    let happy = is_happy_end(model);
    if happy {
        actions.retain(|action| *action != Action::Resolve);
        actions.insert(0, Action::Resolve);
    }
    actions.extend([Action::Palette, Action::Quit]);
    let words = |action| match action {
        Action::Resolve if happy => "resolve: they are happy".to_owned(),
        Action::StopSending if model.outbox().stopped() => "let sending go on".to_owned(),
        action => label(action),
    };
    actions.into_iter().filter_map(|action| Some((model.context().keys().short(action)?, words(action)))).collect()
}

/// The person of the case under the cursor came back happy: resolving it is what comes next.
fn is_happy_end(model: &Model) -> bool {
    let inbox = model.inbox();
    let row = match model.desk().focus() {
        Pane::Case => inbox.file().row(),
        Pane::Inbox if inbox.marked().is_empty() => inbox.selected(),
        _ => None,
    };
    row.is_some_and(CaseRow::is_happy_end)
}

/// What stands at the end of the hint bar, whatever else fits: the help.
pub fn last(model: &Model) -> Option<Hint> {
    let typing = matches!(model.input_mode(), InputMode::Prompt | InputMode::Composer);
    if typing || !model.overlays().is_empty() || !model.status().pending().is_empty() {
        return None;
    }
    Some((model.context().keys().short(Action::Help)?, label(Action::Help)))
}

fn here(model: &Model) -> &'static [Action] {
    if !model.inbox().marked().is_empty() && model.desk().view() == View::Inbox {
        return &[
            Action::Reply,
            Action::Resolve,
            Action::Acknowledge,
            Action::Snooze,
            Action::Dismiss,
            Action::Claim,
            Action::Mark,
            Action::Back,
        ];
    }
    if !model.marks().is_empty() {
        return &[Action::Reply, Action::ToggleRead, Action::Correct, Action::Mark, Action::Back];
    }
    match model.desk().focus() {
        Pane::Stream => &[
            Action::Open,
            Action::Reply,
            Action::OpenFirst,
            Action::ToggleRead,
            Action::NextTab,
            Action::NextSubject,
            Action::Search,
            Action::Correct,
            Action::Explain,
        ],
        Pane::First => &[Action::Open, Action::Reply, Action::ToggleRead, Action::Explain, Action::NextPane],
        Pane::Detail => &[
            Action::Back,
            Action::Reply,
            Action::NextUnread,
            Action::CopyLink,
            Action::Browse,
            Action::ToggleRead,
            Action::Correct,
            Action::Why,
        ],
        Pane::Sentiment | Pane::Voice | Pane::Trends => &[Action::NextPeriod, Action::Open, Action::Explain],
        Pane::Inbox => &[
            Action::Open,
            Action::Resolve,
            Action::Acknowledge,
            Action::Snooze,
            Action::Dismiss,
            Action::Claim,
            Action::NextTab,
            Action::Explain,
        ],
        Pane::Case => &[
            Action::Resolve,
            Action::Acknowledge,
            Action::Snooze,
            Action::Promise,
            Action::KeepPromise,
            Action::Note,
            Action::HandOver,
            Action::Back,
        ],
        Pane::Giving => &[Action::Explain, Action::ViewCampaigns, Action::NextPane],
        Pane::Clocks => &[Action::Explain, Action::NextPane],
        Pane::Campaigns | Pane::Campaign => super::campaigns::hints(model.campaigns(), model.desk().focus()),
        Pane::Acts => &[Action::Open, Action::Correct, Action::Undo, Action::NextPane, Action::Back],
        Pane::Ledger => &[Action::Explain, Action::NextPane, Action::Back],
        Pane::People => {
            &[Action::Open, Action::NextTab, Action::Search, Action::ForgetPerson, Action::Explain, Action::Back]
        }
        Pane::Person => &[Action::Back, Action::MergePeople, Action::Undo, Action::ForgetPerson, Action::Explain],
        Pane::Sources => &[Action::Refresh, Action::Explain],
        Pane::Signals => &[Action::Open, Action::Explain],
        Pane::Watches => &[Action::Open, Action::Search],
        Pane::Outbox => super::outbox::hints(model.outbox()),
        Pane::Composer => &[],
        Pane::Trial | Pane::Reading => {
            &[Action::Open, Action::SearchNext, Action::Search, Action::SaveWatch, Action::Back]
        }
    }
}

/// What the hint bar calls an action: its name, as in the palette.
fn label(action: Action) -> String {
    action.name().replace('-', " ")
}

/// What may follow a key that begins a sequence. A count before it ("12 g") does not matter.
fn continuations(model: &Model, pending: &str) -> Vec<Hint> {
    let typed = pending.trim_start_matches(|c: char| c.is_ascii_digit()).trim();
    let mut hints = vec![(pending.to_owned(), "…".to_owned())];
    hints.extend(model.context().keys().continuations(typed).into_iter().map(|(key, action)| (key, label(action))));
    hints
}

fn on_overlay(model: &Model, overlay: &Overlay) -> Vec<Hint> {
    match overlay {
        Overlay::Help(..) => fixed(&[("type", "to filter"), ("↑ ↓", "scroll"), ("Esc", "close")]),
        Overlay::Palette(_) => fixed(&[("type", "to find"), ("↑ ↓", "choose"), ("Enter", "do it"), ("Esc", "close")]),
        Overlay::Replies(_) => {
            fixed(&[("type", "to find"), ("↑ ↓", "choose"), ("Enter", "put it in"), ("Esc", "close")])
        }
        Overlay::Case(_) => fixed(&[("Enter", "do it"), ("↑ ↓", "choose"), ("Esc", "do not")]),
        Overlay::Warning(_) => fixed(&[("Enter", "put it before the text; empty: none"), ("Esc", "leave it as it is")]),
        Overlay::Campaign(_) => fixed(&[("Enter", "save"), ("↑ ↓", "next line"), ("Esc", "do not")]),
        Overlay::Name { .. } => fixed(&[("Enter", "save the watch"), ("Esc", "do not")]),
        Overlay::Judge(_) => fixed(super::giving::popup::HINTS),
        Overlay::People(_) => fixed(&[("Enter", "find"), ("Esc", "as before")]),
        Overlay::Sure { .. } => fixed(&[("Enter", "yes"), ("Esc", "no")]),
        Overlay::Forget(_) => fixed(&[("Enter", "erase, once the handle is typed"), ("Esc", "do not")]),
        Overlay::Leaving { .. } => {
            fixed(&[("Esc", "stay"), ("w", "wait until they are out, then leave"), ("l", "leave now")])
        }
        Overlay::Correct(_) => fixed(super::correct::HINTS),
        Overlay::Game(game) => fixed(game.hints()),
        Overlay::Explain(_) | Overlay::Why(_) => {
            let keys = model.context().keys();
            let close = keys.short(Action::Quit).or_else(|| keys.short(Action::Back)).unwrap_or_default();
            let correct = keys.short(Action::Correct).filter(|_| matches!(overlay, Overlay::Why(_)));
            let correct = correct.map(|key| (key, label(Action::Correct)));
            let hints = vec![
                (
                    format!(
                        "{} {}",
                        keys.short(Action::Down).unwrap_or_default(),
                        keys.short(Action::Up).unwrap_or_default()
                    ),
                    "scroll".to_owned(),
                ),
                (close, "close".to_owned()),
            ];
            hints.into_iter().chain(correct).collect()
        }
    }
}

/// While an answer is written: the keys that are no letters.
fn writing(model: &Model, composer: &super::composer::Composer) -> Vec<Hint> {
    let keys = model.context().keys();
    let hint = |action, words: &str| Some((keys.short(action)?, words.to_owned()));
    let ends = if model.batch().is_some() { "end the batch" } else { "keep as draft" };
    let post = composer.is_post();
    let esc = Some(("Esc".to_owned(), ends.to_owned()));
    let hints = if let Some(asking) = composer.asking() {
        vec![hint(Action::SendAnyway, asking.yes()), Some(("Esc".to_owned(), "back to the text".to_owned()))]
    } else {
        vec![
            hint(Action::Send, "send"),
            model.batch().and_then(|_| hint(Action::Skip, "skip")),
            esc,
            hint(Action::SavedReply, "saved replies"),
            Some(("Tab".to_owned(), "next blank".to_owned())),
            hint(Action::Editor, "editor"),
            hint(Action::Identity, "account"),
            post.then(|| hint(Action::Visibility, "who reads")).flatten(),
            post.then(|| hint(Action::Warning, "content warning")).flatten(),
            post.then(|| hint(Action::Skip, "new post")).flatten(),
            (!post).then(|| hint(Action::Quote, "quote")).flatten(),
            hint(Action::Parts, "several posts"),
            hint(Action::UndoText, "undo"),
        ]
    };
    hints.into_iter().flatten().collect()
}

fn fixed(hints: &[(&str, &str)]) -> Vec<Hint> {
    hints.iter().map(|(key, words)| ((*key).to_owned(), (*words).to_owned())).collect()
}
