//! Which chords, and which sequences of them, call which action: the action table's keys, with the user's choices
//! laid over them.
//!
//! What a user gives an action replaces all of that action's keys. A key of the user's wins over the same key of
//! the table (so that a later version with new default keys never refuses an old configuration) and the loss is a
//! warning; two keys of the user's that contradict each other are refused.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::chord::{Chord, ChordError};
use crate::tui::app::{Action, KeyNames};

/// What the configuration says about one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChoice {
    /// The action's name.
    pub action: String,
    /// Where the name stands, for messages ("config.toml:12:1").
    pub place: String,
    /// Its keys as text, and where each stands. None at all: the action has no key.
    pub keys: Vec<(String, String)>,
}

/// What is wrong with the keys of a configuration, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// No such action.
    #[error("{place}: there is no action `{name}`{}", suggestion.map(|like| format!(", did you mean `{like}`?")).unwrap_or_default())]
    UnknownAction {
        /// Where.
        place: String,
        /// What was written.
        name: String,
        /// The action with the most similar name, when one is similar.
        suggestion: Option<&'static str>,
    },
    /// A chord cannot be read.
    #[error("{place}: {error}")]
    Chord {
        /// Where.
        place: String,
        /// Why.
        error: ChordError,
    },
    /// Digits are counts.
    #[error("{place}: `{keys}` begins with a digit, and digits are counts (`5 j`): choose another key for `{}`", action.name())]
    Digit {
        /// Where.
        place: String,
        /// The keys.
        keys: String,
        /// The action.
        action: Action,
    },
    /// The same keys twice, or keys that begin longer ones.
    #[error("{place}: `{keys}` for `{}` and `{others}` for `{}` exclude each other: choose other keys for one of them", action.name(), other.name())]
    Conflict {
        /// Where.
        place: String,
        /// The keys.
        keys: String,
        /// Their action.
        action: Action,
        /// The keys that were there before.
        others: String,
        /// The action of those.
        other: Action,
    },
    /// Nobody could leave any more.
    #[error("no key is left that leaves the program: give `quit`, `leave` or `palette` one")]
    NoWayOut,
}

/// Something about the keys of a configuration that a person should know; the keys work all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeymapWarning {
    /// Where.
    pub place: String,
    /// What.
    pub text: String,
}

impl fmt::Display for KeymapWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

/// The keys in force.
#[derive(Debug, Clone, Default)]
pub struct Keymap {
    root: Node,
    keys: BTreeMap<Action, Vec<Vec<Chord>>>,
    warnings: Vec<KeymapWarning>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    action: Option<Action>,
    next: HashMap<Chord, Node>,
}

/// What chords that were typed lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// An action.
    Action(Action),
    /// Longer sequences begin like this.
    Beginning,
    /// Nothing.
    Nothing,
}

/// A sequence with what is needed to judge it.
struct Bound {
    action: Action,
    chords: Vec<Chord>,
    /// Where the user wrote it; `None` for the table's.
    place: Option<String>,
}

impl Bound {
    fn excludes(&self, other: &Self) -> bool {
        self.chords.starts_with(&other.chords) || other.chords.starts_with(&self.chords)
    }
}

impl Keymap {
    /// The table's keys with the user's choices over them.
    ///
    /// # Errors
    /// Everything that is wrong with the choices, in their order.
    pub fn new(choices: &[KeyChoice]) -> Result<Self, Vec<KeymapError>> {
        let mut errors = Vec::new();
        let mut warnings = Vec::new();
        let mut chosen: Vec<Bound> = Vec::new();
        let mut replaced = Vec::new();
        for choice in choices {
            let Some(action) = Action::named(&choice.action) else {
                errors.push(KeymapError::UnknownAction {
                    place: choice.place.clone(),
                    name: choice.action.clone(),
                    suggestion: most_similar(&choice.action),
                });
                continue;
            };
            replaced.push(action);
            for (keys, place) in &choice.keys {
                match sequence(keys, place, action) {
                    Ok(chords) => choose(&mut chosen, action, chords, place, &mut errors, &mut warnings),
                    Err(error) => errors.push(error),
                }
            }
        }
        let bound = with_defaults(chosen, &replaced, &mut warnings);
        let mut map = Self { warnings, ..Self::default() };
        for one in bound {
            map.bind(one.action, one.chords);
        }
        let ways_out = [Action::Quit, Action::Leave, Action::Palette];
        if errors.is_empty() && ways_out.iter().all(|action| map.sequences(*action).is_empty()) {
            errors.push(KeymapError::NoWayOut);
        }
        if errors.is_empty() { Ok(map) } else { Err(errors) }
    }

    fn bind(&mut self, action: Action, chords: Vec<Chord>) {
        let mut node = &mut self.root;
        for chord in &chords {
            node = node.next.entry(*chord).or_default();
        }
        node.action = Some(action);
        self.keys.entry(action).or_default().push(chords);
    }

    /// What the chords lead to.
    pub fn find(&self, typed: &[Chord]) -> Found {
        let mut node = &self.root;
        for chord in typed {
            let Some(next) = node.next.get(chord) else { return Found::Nothing };
            node = next;
        }
        match node.action {
            Some(action) => Found::Action(action),
            None if node.next.is_empty() => Found::Nothing,
            None => Found::Beginning,
        }
    }

    /// The sequences of an action.
    pub fn sequences(&self, action: Action) -> &[Vec<Chord>] {
        self.keys.get(&action).map_or(&[], Vec::as_slice)
    }

    /// All keys as text, for help, hint bar and palette.
    pub fn names(&self) -> KeyNames {
        KeyNames::of(|action| self.sequences(action).iter().map(|chords| written(chords)).collect())
    }

    /// What a person should know about their choices.
    pub fn warnings(&self) -> &[KeymapWarning] {
        &self.warnings
    }
}

/// Chords as text, with spaces between.
pub fn written(chords: &[Chord]) -> String {
    chords.iter().map(|chord| chord.text()).collect::<Vec<_>>().join(" ")
}

fn sequence(keys: &str, place: &str, action: Action) -> Result<Vec<Chord>, KeymapError> {
    let place = || place.to_owned();
    let chords: Vec<Chord> = keys
        .split_whitespace()
        .map(Chord::parse)
        .collect::<Result<_, _>>()
        .map_err(|error| KeymapError::Chord { place: place(), error })?;
    match chords.first() {
        None => Err(KeymapError::Chord { place: place(), error: ChordError::Unknown(keys.to_owned()) }),
        Some(first) if first.digit().is_some_and(|digit| digit > 0) => {
            Err(KeymapError::Digit { place: place(), keys: keys.to_owned(), action })
        }
        Some(_) => Ok(chords),
    }
}

/// Adds one of the user's sequences, unless it contradicts an earlier one.
fn choose(
    chosen: &mut Vec<Bound>,
    action: Action,
    chords: Vec<Chord>,
    place: &str,
    errors: &mut Vec<KeymapError>,
    warnings: &mut Vec<KeymapWarning>,
) {
    let bound = Bound { action, chords, place: Some(place.to_owned()) };
    match chosen.iter().find(|other| other.excludes(&bound)) {
        // Said twice for the same action: no harm.
        Some(other) if other.action == action && other.chords == bound.chords => {}
        Some(other) => errors.push(KeymapError::Conflict {
            place: place.to_owned(),
            keys: written(&bound.chords),
            action,
            others: written(&other.chords),
            other: other.action,
        }),
        None => {
            warnings.extend(bound.chords.iter().filter_map(|chord| taken_elsewhere(*chord)).map(|by| KeymapWarning {
                place: place.to_owned(),
                text: format!("`{}` may never arrive: {by}", written(&bound.chords)),
            }));
            chosen.push(bound);
        }
    }
}

/// The user's sequences and those of the table that stand beside them.
fn with_defaults(chosen: Vec<Bound>, replaced: &[Action], warnings: &mut Vec<KeymapWarning>) -> Vec<Bound> {
    let mut bound = Vec::new();
    for action in Action::ALL {
        let mut kept = 0;
        let mut lost_to = None;
        for keys in action.default_keys().iter().filter(|_| !replaced.contains(action)) {
            let Ok(chords) = keys.split(' ').map(Chord::parse).collect::<Result<Vec<_>, _>>() else { continue };
            let one = Bound { action: *action, chords, place: None };
            match chosen.iter().find(|other| other.excludes(&one)) {
                Some(winner) => lost_to = Some((written(&one.chords), winner)),
                None => {
                    kept += 1;
                    bound.push(one);
                }
            }
        }
        if let Some((keys, winner)) = lost_to {
            let rest = if kept == 0 { "which has no key now" } else { "which keeps its other keys" };
            warnings.push(KeymapWarning {
                place: winner.place.clone().unwrap_or_default(),
                text: format!("`{}` takes `{keys}` from `{}`, {rest}", winner.action.name(), action.name()),
            });
        }
    }
    bound.extend(chosen);
    // The table's order, so that the first key shown is the same in every run.
    bound.sort_by_key(|one| one.action);
    bound
}

/// Who else wants a chord, when somebody does.
fn taken_elsewhere(chord: Chord) -> Option<&'static str> {
    let text = chord.text();
    match text.as_str() {
        "ctrl-a" => Some("screen takes Ctrl-A for itself"),
        "ctrl-b" => Some("tmux takes Ctrl-B for itself"),
        "ctrl-s" | "ctrl-q" => Some("many terminals stop and continue their output with Ctrl-S and Ctrl-Q"),
        _ if text.contains("alt-") => Some("terminals and window managers take Alt chords, and slow links split them"),
        _ => None,
    }
}

/// The action whose name is most like this one, if any is.
fn most_similar(name: &str) -> Option<&'static str> {
    Action::ALL
        .iter()
        .map(|action| (strsim::jaro_winkler(&name.to_lowercase(), action.name()), action.name()))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, like)| like)
}

#[cfg(test)]
mod tests;
